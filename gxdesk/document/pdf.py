"""A `DocumentView` as PDF, laid out after GB/T 9704-2012 by WeasyPrint.

WeasyPrint is imported when the first `Press` is made, never before. It reads packaged files only, asks no clock, and the same view
gives the same bytes. What it warns about becomes a notice for the officer; nothing it logs goes anywhere else.
"""

import gc
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gxdesk import places, resources
from gxdesk.cells import CellRef
from gxdesk.document import cjk_justify, html
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError

CSS_PIXEL = 72 / 96  # pt
NO_LIBRARIES = (
    "生成 PDF 要用的排版部件（WeasyPrint 和 Pango）装不起来，PDF 没有生成。"
    "Debian、Ubuntu、统信 UOS、麒麟系统请安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0；Windows 请重新安装 gxdesk。"
)
_MISSING_GLYPH = re.compile(r"\.notdef glyph.*\(U\+([0-9A-F]+)\)$", re.DOTALL)


@dataclass(frozen=True)
class Box:
    """Where a cell stands in the PDF: page from 0, edges in points from the left and the lower edge of the page."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Rendered:
    """A PDF, what is to be said about it, and where each cell was put (the file says it too, as named destinations)."""

    data: bytes
    notices: tuple[str, ...]
    boxes: Mapping[CellRef, Box]
    pages: int


class Press:
    """WeasyPrint warmed up: fonts found and the style sheet parsed once for all renderings. Raises ExportError if it cannot be loaded."""

    def __init__(self) -> None:
        self._weasyprint, fonts, urls = _load()
        self._fonts = fonts.FontConfiguration()
        self._fetcher = _packaged_files(urls)
        with _warnings() as warnings:
            self._style = self._weasyprint.CSS(string=html.print_style(), font_config=self._fonts, url_fetcher=self._fetcher, base_url=_base())
        self._notices = _notices(warnings)

    def render(self, view: DocumentView) -> Rendered:
        """The PDF of `view`. Raises ExportError."""
        source = html.render_print(view, with_style=False)
        with _warnings() as warnings, cjk_justify.active() as justified, _without_gc():
            parsed = self._weasyprint.HTML(string=source, url_fetcher=self._fetcher, base_url=_base())
            document = parsed.render(font_config=self._fonts, stylesheets=[self._style])
            data: bytes = document.write_pdf()
        notices = (*self._notices, *_notices(warnings))
        if not justified:
            notices = (*notices, "排版部件换了版本，正文各行的右端没有对齐，其他不受影响。")
        return Rendered(data, notices, dict(_boxes(document.pages)), len(document.pages))


def render_pdf(view: DocumentView) -> bytes:
    """The PDF of `view`, from a press of its own. Raises ExportError. Who renders twice, or wants the notices, makes a `Press`."""
    return Press().render(view).data


def fetch(url: str) -> Any:
    """WeasyPrint's way to other files: those of `templates/` and no others. Raises ValueError, which WeasyPrint reports as a warning."""
    from weasyprint.urls import URLFetcherResponse

    if url.startswith(_base()):
        path = resources.templates().joinpath(unquote(url.removeprefix(_base()))).resolve()
        if path.is_relative_to(resources.templates().resolve()) and path.is_file():
            return URLFetcherResponse(url, path.read_bytes())
    raise ValueError(f"not a packaged file: {url[:200]}")


def _packaged_files(urls: Any) -> Any:
    """`fetch` as the object WeasyPrint wants. It is not initialised as its base class is, so it has no way to open anything at all."""

    class PackagedFiles(urls.URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            self._fail_on_errors = False

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            return fetch(url)

    return PackagedFiles()


def _base() -> str:
    return resources.templates().resolve().as_uri() + "/"


def _load() -> tuple[Any, Any, Any]:
    places.find_native(os.environ)
    try:
        import weasyprint
        from weasyprint import urls
        from weasyprint.text import fonts
    except (ImportError, OSError) as error:
        # cffi raises OSError when a DLL or .so is missing; ImportError is a broken installation.
        raise ExportError(NO_LIBRARIES) from error
    return weasyprint, fonts, urls


def _boxes(pages: list[Any]) -> Iterator[tuple[CellRef, Box]]:
    for number, page in enumerate(pages):
        for name, (x1, y1, x2, y2) in page.anchors.items():
            yield CellRef(name), Box(number, x1 * CSS_PIXEL, (page.height - y2) * CSS_PIXEL, x2 * CSS_PIXEL, (page.height - y1) * CSS_PIXEL)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What WeasyPrint logs inside the block, kept from the program's own log (its messages quote the report)."""
    logger, collector = logging.getLogger("weasyprint"), _Collector()
    propagates = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield collector.messages
    finally:
        logger.propagate = propagates
        logger.removeHandler(collector)


@contextmanager
def _without_gc() -> Iterator[None]:
    """A rendering makes hundreds of thousands of objects that live to its end: collecting in between only costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _notices(messages: list[str]) -> tuple[str, ...]:
    missing: dict[str, None] = {}
    others: dict[str, None] = {}
    for message in messages:
        found = _MISSING_GLYPH.match(message)
        if found:
            missing[chr(int(found[1], 16))] = None
        else:
            others[message] = None
    notices = [f"排版部件提示：{message}" for message in others]
    if missing:
        listed = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing)
        notices.insert(0, f"这台电脑的字体里没有这些字：{listed}，PDF 里印成了空框。请换用别的字，或安装含有它们的字体（如“仿宋”“宋体”）后重新导出。")
    return tuple(notices)
