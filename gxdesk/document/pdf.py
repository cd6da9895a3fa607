"""A `DocumentView` as PDF (PDF/A-3a, PDF/UA-1), laid out after GB/T 9704-2012 by WeasyPrint.

WeasyPrint is imported by the first rendering, never before. It reads packaged files only, asks no clock, and the same view
gives the same bytes. What it warns about becomes a notice for the officer; nothing it logs goes anywhere else.
"""

import gc
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from gxdesk import places, resources
from gxdesk.document import archival, cjk_justify, faces, html, layout
from gxdesk.document.edition import Sides
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError

NO_LIBRARIES = "生成 PDF 要用的排版部件装不起来，PDF 没有生成。" + (
    "请重新安装本程序；还不行，可能是被杀毒软件拦下了，请管理员把程序文件夹加进信任。"
    if sys.platform == "win32"
    else "Debian、Ubuntu、统信 UOS、麒麟系统请安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0。"
)
NO_FONTS = "这台电脑上一种字体也没有，PDF 没有生成。请先安装中文字体（如仿宋、宋体），再导出。"
SLOW = "排版部件缺了一个，PDF 照样生成，只是慢几倍到几十倍。" + (
    "请重新安装本程序。" if sys.platform == "win32" else "Debian、Ubuntu、统信 UOS、麒麟系统请安装 libharfbuzz-subset0。"
)
_NAMED = 12  # characters named in a notice
_MISSING_GLYPH = re.compile(r"\.notdef glyph.*\(U\+([0-9A-F]+)\)$", re.DOTALL)


@dataclass(frozen=True)
class Attachment:
    """A file inside a PDF, which was made from it. `name` is ASCII: readers disagree about any other."""

    name: str
    description: str
    data: bytes


@dataclass(frozen=True)
class Rendered:
    """A PDF, what is to be said about it, and what it prints from which font. Where each cell stands the file itself says: its named destinations."""

    data: bytes
    notices: tuple[str, ...]
    pages: int
    drawn: faces.Drawn


@contextmanager
def without_gc() -> Iterator[None]:
    """A rendering makes hundreds of thousands of objects that live to its end: collecting in between only costs time. What can wait with
    it until the file is out does its own work inside of this too."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Press:
    """WeasyPrint, loaded at the first rendering and kept warm: fonts found and style sheets parsed once for all."""

    def __init__(self) -> None:
        self._styles: dict[str, tuple[Any, tuple[str, ...]]] = {}

    def render(self, view: DocumentView, sides: Sides = Sides.BOTH, source: Attachment | None = None) -> Rendered:
        """The PDF of a report, with what it was made from inside. Raises ExportError."""
        rendered = self.print(html.render_print(view, sides), "print.css", source)
        return replace(rendered, notices=(*rendered.notices, *faces.notices(view, rendered.drawn), *layout.notices(view)))

    def print(self, source: str, style: str, attachment: Attachment | None = None) -> Rendered:
        """The PDF of any HTML under the style sheet `style` of `templates/`. Raises ExportError."""
        weasyprint, _, fetcher = self._loaded
        _, noticed = self._style(style)
        with _warnings() as warned, cjk_justify.active() as justified, without_gc():
            document = self._laid_out(source, style)
            attachments = [_attached(weasyprint, fetcher, attachment)] if attachment else []
            with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # WeasyPrint leaves closing its colour profile to Python
                data: bytes = document.write_pdf(pdf_variant=archival.VARIANT, attachments=attachments, finisher=archival.finish)
        notices = (*noticed, *_notices(warned))
        if not justified:
            notices = (*notices, "排版部件换了版本，正文各行的右端没有对齐，其他不受影响。")
        return Rendered(data, notices, len(document.pages), _drawn(document))

    def pages(self, source: str, style: str) -> int:
        """How many pages `print` would make, for half of its time. Raises ExportError."""
        with _warnings(), cjk_justify.active(), without_gc():
            return len(self._laid_out(source, style).pages)

    def _laid_out(self, source: str, style: str) -> Any:
        weasyprint, fonts, fetcher = self._loaded
        parsed = _parsed(weasyprint, source, fetcher)
        return parsed.render(font_config=fonts, stylesheets=[self._style(style)[0]])

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Any]:
        weasyprint, fonts, urls = _load()
        return weasyprint, fonts.FontConfiguration(), _packaged_files(urls)

    def _style(self, name: str) -> tuple[Any, tuple[str, ...]]:
        if name not in self._styles:
            weasyprint, fonts, fetcher = self._loaded
            with _warnings() as warned:
                sheet = weasyprint.CSS(string=html.style(name), font_config=fonts, url_fetcher=fetcher, base_url=_base())
            self._styles[name] = sheet, _notices(warned)
        return self._styles[name]


def _parsed(weasyprint: Any, source: str, fetcher: Any) -> Any:
    """HTML for WeasyPrint, whose own reader is written in Python: what is well-formed, as report and papers are, the XML reader reads in a
    fiftieth of the time. What is not, as a control character makes it, is left to the other."""
    from xml.etree import ElementTree as ET

    import cssselect2

    try:
        root = ET.fromstring(source)  # noqa: S314  made from our templates, which declare no entities; text in them is escaped
    except ET.ParseError:
        return weasyprint.HTML(string=source, url_fetcher=fetcher, base_url=_base())
    html = weasyprint.HTML(string="<html>", url_fetcher=fetcher, base_url=_base())
    html.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
    html.etree_element = root
    return html


def fetch(url: str) -> Any:
    """WeasyPrint's way to other files: templates and manual, no others. Raises ValueError, which WeasyPrint reports as a warning."""
    from weasyprint.urls import URLFetcherResponse

    for folder in (resources.templates().resolve(), resources.manual().resolve()):
        path = folder.joinpath(unquote(url.removeprefix(f"{folder.as_uri()}/"))).resolve()
        if url.startswith(f"{folder.as_uri()}/") and path.is_relative_to(folder) and path.is_file():
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


def _drawn(document: Any) -> faces.Drawn:
    drawn: dict[str, frozenset[str]] = {}
    for font in document.fonts.values():
        there = frozenset(c for glyph, text in font.to_unicode.items() if glyph not in font.missing.values() for c in text)
        drawn[font.family] = drawn.get(font.family, frozenset()) | there
    return drawn


def _base() -> str:
    return resources.templates().resolve().as_uri() + "/"


def _load() -> tuple[Any, Any, Any]:
    places.find_native(os.environ)
    try:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # harfbuzz-subset: _notices says it
            # Said where there is no font at all: setting the first character would end the process.
            warnings.filterwarnings("error", ".*FontConfig", UserWarning)
            import weasyprint
            from weasyprint import urls
            from weasyprint.text import fonts
    except UserWarning as warning:
        raise ExportError(NO_FONTS) from warning
    except (ImportError, OSError) as error:
        # cffi raises OSError when a DLL or .so is missing; ImportError is a broken installation.
        raise ExportError(NO_LIBRARIES) from error
    return weasyprint, fonts, urls


def _attached(weasyprint: Any, fetcher: Any, attachment: Attachment) -> Any:
    return weasyprint.Attachment(
        string=attachment.data,
        url_fetcher=fetcher,
        name=attachment.name,
        description=attachment.description,
        created=archival.DATE,
        modified=archival.DATE,
        relationship="Source",
    )


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


def _notices(messages: list[str]) -> tuple[str, ...]:
    missing: dict[str, None] = {}
    others: dict[str, None] = {}
    for message in messages:
        found = _MISSING_GLYPH.match(message)
        if found:
            missing[chr(int(found[1], 16))] = None
        elif "HarfBuzz-Subset" in message:  # said for every font
            others[SLOW] = None
        else:
            others[f"排版部件提示：{message}"] = None
    if not missing:
        return tuple(others)
    named = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in list(missing)[:_NAMED]) + (f"等 {len(missing)} 个字" if len(missing) > _NAMED else "")
    return f"这台电脑的字体里没有{named}，PDF 里印成了空框。请换用别的字，或安装含有这些字的字体（如“仿宋”“宋体”）后重新导出。", *others
