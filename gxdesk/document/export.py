"""Finished files: rendered, written beside their target, read back, compared with the view, and only then moved into place.

The read-back trusts nothing of the rendering but where it says a cell is: in the PDF the characters drawn inside that cell's box, whole
and in that place, must be its figure and nothing else; in HTML the elements with `data-ref` must be the cells, in order.
"""

import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from gxdesk import files
from gxdesk.cells import CellRef
from gxdesk.document import html
from gxdesk.document.pdf import Box, Press
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError

NAME_BYTES = 240  # of 255 that file systems allow, leaving room for “(2)”
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "_")
_SLACK = 0.75  # pt a glyph may stand out of its cell: rounding, half a rule


@dataclass(frozen=True)
class Exported:
    """The files written, in the order PDF, page, fragment, what is to be said about them, and the pages of the PDF, if there is one."""

    files: tuple[Path, ...]
    notices: tuple[str, ...]
    pages: int | None = None


@dataclass(frozen=True)
class _Output:
    path: Path
    data: bytes
    check: Callable[[Path], None]


def export(
    view: DocumentView, press: Press | None = None, /, *, pdf: Path | None = None, html: Path | None = None, fragment: Path | None = None
) -> Exported:
    """Make the files asked for, the PDF with `press` if one is at hand. Everything is rendered before the first target is touched, and no target is replaced unless its new file
    holds the numbers of `view`. Raises ExportError with one sentence; a target it speaks of is as it was before."""
    _refuse_targets([path for path in (pdf, html, fragment) if path is not None])
    notices: tuple[str, ...] = ()
    pages = None
    outputs: list[_Output] = []
    if pdf is not None:
        rendered = (press or Press()).render(view)
        notices, pages = rendered.notices, rendered.pages
        outputs.append(_Output(pdf, rendered.data, lambda path: check_pdf(path, view, rendered.boxes)))
    if html is not None:
        outputs.append(_Output(html, _page(view), lambda path: check_html(path, view)))
    if fragment is not None:
        outputs.append(_Output(fragment, _fragment(view), lambda path: check_html(path, view)))
    done: list[Path] = []
    for output in outputs:
        try:
            files.replace(output.path, output.data, output.check)
        except ExportError as error:
            if done:
                raise ExportError(f"{error}（已经写好：{'、'.join(p.name for p in done)}）") from error
            raise
        done.append(output.path)
    return Exported(tuple(done), notices, pages)


def file_name(view: DocumentView, suffix: str = ".pdf") -> str:
    """The name a finished file goes by, allowed on Windows, macOS and Linux:
    `2026年度_某某中心_政府信息公开工作年度报告_终稿.pdf`. It begins with the year, so it is none of Windows' reserved names."""
    head = f"{view.year}年度_" if view.year else "年度未填_"
    tail = f"_{_portable(view.subject)}_{'草稿' if view.draft else '终稿'}{suffix}"
    room = NAME_BYTES - len((head + tail).encode())
    return head + _shortened(_portable(view.agency) or "单位未填", room) + tail


def _portable(text: str) -> str:
    return text.translate(_FORBIDDEN).strip(" .")


def _shortened(text: str, most: int) -> str:
    """The beginning of `text` in at most `most` bytes of UTF-8."""
    return text.encode()[: max(0, most)].decode(errors="ignore").rstrip(" .")


def check_pdf(path: Path, view: DocumentView, boxes: Mapping[CellRef, Box]) -> None:
    """Compare the figures drawn in a PDF with the view. Raises ExportError."""
    import pypdfium2

    expected = dict(view.numbers)
    if expected.keys() != boxes.keys():
        raise _mismatch("PDF", next(iter(expected.keys() ^ boxes.keys())), view)
    _check_order(view, boxes)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ExportError("写好的 PDF 打不开，没有替换原来的文件。请再导出一次；还不行，请换一个文件夹或磁盘。") from error
    with document:
        found: dict[CellRef, str] = {}
        for number in sorted({box.page for box in boxes.values()}):
            here = {ref: box for ref, box in boxes.items() if box.page == number}
            if number >= len(document):
                raise _mismatch("PDF", next(iter(here)), view)
            found |= _figures_on(document[number], here)
    for ref, text in view.numbers:
        if found[ref] != _comparable(text):
            raise _mismatch("PDF", ref, view)


def check_html(path: Path, view: DocumentView) -> None:
    """Compare the cells in a page or a fragment with the view. Raises ExportError."""
    reader = _CellReader()
    reader.feed(path.read_bytes().decode("utf-8"))
    reader.close()
    if len(reader.cells) != len(view.numbers):
        raise ExportError(f"写好的网页里有 {len(reader.cells)} 个数字格，应当有 {len(view.numbers)} 个，没有替换原来的文件。请把这份报告发给开发者。")
    for (ref, text), (found_ref, found) in zip(view.numbers, reader.cells, strict=True):
        if ref != found_ref or text.split() != found.split():
            raise _mismatch("网页", ref, view)


def _refuse_targets(paths: Iterable[Path]) -> None:
    seen: dict[str, Path] = {}
    for path in paths:
        try:
            if path.is_dir():
                raise ExportError(f"“{path}”是一个文件夹，不是文件。请在它后面写上文件名。")
            if not path.parent.is_dir():
                raise ExportError(f"文件夹“{path.parent}”不存在，“{path.name}”没有写成。请先建好这个文件夹，或换一个位置。")
        except OSError as error:  # a name too long, a drive that does not answer
            raise ExportError(files.refusal(error, path)) from error
        same = seen.setdefault(os.path.normcase(os.path.realpath(path)), path)
        if same is not path:
            raise ExportError(f"两种文件要写到同一个“{path.name}”，后写的会盖掉先写的。请给它们起不同的名字。")


def _page(view: DocumentView) -> bytes:
    return html.render_page(view).encode("utf-8")


def _fragment(view: DocumentView) -> bytes:
    return html.render_fragment(view).encode("utf-8")


def _mismatch(kind: str, ref: CellRef, view: DocumentView) -> ExportError:
    number = next((i for i, s in enumerate(view.sections) if s.table and s.key == ref.table), 0)
    heading = view.sections[number].heading
    return ExportError(f"写好的{kind}里“{heading}”有一格（{ref}）和报告不一致，没有替换原来的文件。请再导出一次；还不行，请把这份报告发给开发者。")


# --- PDF ----------------------------------------------------------------------------------------------------------


def _check_order(view: DocumentView, boxes: Mapping[CellRef, Box]) -> None:
    """Cells stand on paper in the order of the view: no row or column has changed places with another, and none lies over another."""
    before: tuple[CellRef, Box] | None = None
    for ref, _ in view.numbers:
        box = boxes[ref]
        if before is not None:
            last_ref, last = before
            right_of = box.page == last.page and abs(box.top - last.top) < 1 and box.left > last.right - 1
            below = box.page > last.page or (box.page == last.page and box.top < last.bottom + 1)
            same_row = last_ref.table == ref.table and last_ref.row == ref.row
            if not (right_of if same_row else right_of or below):
                raise _mismatch("PDF", ref, view)
        before = ref, box


def _figures_on(page: Any, boxes: Mapping[CellRef, Box]) -> dict[CellRef, str]:
    """What is drawn in each box of one page: the characters wholly inside, in the order they are drawn, without blanks."""
    import ctypes

    from pypdfium2 import raw

    text_page = page.get_textpage()
    found: dict[CellRef, str] = dict.fromkeys(boxes, "")
    by_row = sorted(boxes.items(), key=lambda item: -item[1].top)
    left, right, top, bottom = (ctypes.c_double() for _ in range(4))
    for i in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, i)
        if code <= 32 or abs(raw.FPDFText_GetCharAngle(text_page, i)) > 0.01:  # the draft mark lies askew under the figures
            continue
        raw.FPDFText_GetCharBox(text_page, i, left, right, bottom, top)
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        for ref, box in by_row:
            if box.bottom <= y <= box.top and box.left <= x <= box.right:
                inside = left.value >= box.left - _SLACK and right.value <= box.right + _SLACK
                found[ref] += chr(code) if inside else "\ufffd"
                break
    return {ref: _comparable(text) for ref, text in found.items()}


def _comparable(text: str) -> str:
    """The part of a figure that survives fonts and text extraction without doubt: digits, signs, Latin letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if "!" <= c <= "~" or c == "\ufffd")


# --- HTML ---------------------------------------------------------------------------------------------------------


@dataclass
class _CellReader(HTMLParser):
    """Collects the text of every element with `data-ref`."""

    cells: list[tuple[str, str]] = field(default_factory=list)
    _ref: str | None = None
    _text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        ref = dict(attrs).get("data-ref")
        if tag in {"td", "th"} or ref is not None:
            self._finish()
            self._ref = ref

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._finish()

    def handle_data(self, data: str) -> None:
        if self._ref is not None:
            self._text += data

    def _finish(self) -> None:
        if self._ref is not None:
            self.cells.append((self._ref, self._text))
        self._ref, self._text = None, ""
