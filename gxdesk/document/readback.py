"""Finished files read again and compared with what they were made of.

The read-back trusts a file in nothing but where it says a cell is, its named destinations: in the PDF the characters drawn inside that
rectangle, whole and in that place, must be the cell's figure and nothing else, the headings must stand in the text in their order, and the
fingerprint on the last page; HTML and Word must hold every heading, paragraph, label and figure in order, each figure in its place, and
nothing else.
"""

import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import Any

from gxdesk import report as reports
from gxdesk.cells import CellRef
from gxdesk.document import layout
from gxdesk.document.html import DRAFT, DRAFT_NOTE, fingerprint_line
from gxdesk.document.papers import Paper
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms

_SAID = 60  # characters of a heading in a sentence
_SLACK = 0.75  # pt a glyph may stand out of its cell: rounding, half a rule


@dataclass(frozen=True)
class Box:
    """Where a cell stands in a PDF: page from 0, edges in points from the left and the lower edge of the page."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


def check_pdf(data: bytes, view: DocumentView) -> None:
    """Compare the figures and headings drawn in a PDF, and its fingerprint, with the view. Raises ExportError."""
    with _opened(data) as document:
        boxes = _boxes(document)
        strange = boxes.keys() ^ dict(view.numbers).keys()
        if strange:
            raise _wrong_cell("PDF", min(strange), view)
        _check_order(view, boxes)
        figures, pages = _drawn(document, boxes)
    for ref, figure in view.numbers:
        if figures[ref] != _comparable(figure):
            raise _wrong_cell("PDF", ref, view)
    text, position = "".join(words.removesuffix(str(number)) for number, words in enumerate(pages, 1)), 0  # a heading may go on on the next page
    for heading in (view.title, *(s.heading for s in view.sections)):
        at = text.find(_words(heading), position)
        if at < 0:
            raise _wrong("PDF", _title(heading))
        position = at + len(_words(heading))
    if _words(fingerprint_line(view)) not in pages[-1]:
        raise _wrong("PDF", "校验码")


def boxes_in(data: bytes) -> Mapping[CellRef, Box]:
    """Where a PDF says that its cells are. Raises ExportError."""
    with _opened(data) as document:
        return _boxes(document)


def compared(data: bytes, view: DocumentView) -> tuple[tuple[CellRef, ...], bool]:
    """The cells of the view whose figure is not what a PDF shows in their place, in reading order, and whether the PDF is the view's:
    there are none, and it bears its fingerprint. Raises ExportError."""
    with _opened(data) as document:
        figures, pages = _drawn(document, _boxes(document))
    differing = tuple(ref for ref, figure in view.numbers if figures.get(ref) != _comparable(figure))
    return differing, not differing and _words(fingerprint_line(view)) in "".join(pages[-1:])


def check_html(data: bytes, view: DocumentView) -> None:
    """Compare all that a page or a fragment says with the view. Raises ExportError."""
    reader = _Reader()
    reader.feed(data.decode("utf-8", errors="replace"))
    reader.close()
    note = [("p", DRAFT_NOTE)] if view.draft else []
    _compare("网页", [*note, *_said(view), ("p", fingerprint_line(view))], reader.said, view)
    if reader.open:
        raise _wrong("网页", "结尾")


def check_docx(data: bytes, view: DocumentView) -> None:
    """Compare all that a Word document says, and whether it is marked as a draft, with the view. Raises ExportError."""
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        document = docx.Document(io.BytesIO(data))
        headers = [part.blob for part in document.part.package.iter_parts() if part.partname.startswith("/word/header")]
    except (zipfile.BadZipFile, PackageNotFoundError, XMLSyntaxError, KeyError, ValueError) as error:
        raise ExportError("写好的 Word 文件打不开，没有替换原来的文件。请再导出一次；还不行，请换一个文件夹或磁盘。") from error
    _compare("Word 文件", [*_said(view), ("fingerprint", fingerprint_line(view))], list(_said_in_word(document.element.body, view)), view)
    if any(f'string="{DRAFT}"'.encode() in header for header in headers) != view.draft:
        raise _wrong("Word 文件", f"“{DRAFT}”字样")


def check_report(data: bytes, report: reports.Report, form: FormDef) -> None:
    """Read a `.gxreport` file again and compare it with the report. Raises ExportError."""
    try:
        same = reports.loads(data, Forms.of(form)) == report
    except UserError as error:
        raise ExportError(f"写好的报告文件读不回来，没有替换原来的文件：{error}") from error
    if not same:
        raise _wrong("报告文件", "内容")


def check_paper(data: bytes, paper: Paper) -> None:
    """Look in a PDF for every text of a paper in its order, and for the figures of its sheets in their cells. Raises ExportError."""
    figures = {cell.ref: cell.text for table in paper.tables() for row in table.rows for cell in row if cell.ref}
    with _opened(data) as document:
        drawn = "".join(_words(text) for page in document for text in _objects(page)[:-1])  # the last is the number of the page
        found, _ = _drawn(document, _boxes(document))
    if found != {ref: _comparable(text) for ref, text in figures.items()}:
        raise _wrong(f"《{paper.name}》", "表格里的数")
    position = 0
    for said in paper.said():
        at = drawn.find(_words(said), position)
        if at < 0:
            raise _wrong(f"《{paper.name}》", f"“{said[:20]}”这一处")
        position = at + len(_words(said))


def fonts_of(path: Path, texts: Sequence[str]) -> tuple[str, ...]:
    """The family each of these texts is set in in a PDF, "" for one that is not there. Raises ExportError."""
    drawn: list[tuple[str, str]] = []
    with _opened(path.read_bytes()) as document:  # PDFium takes names of files in UTF-8 only, and no long ones
        for page in document:
            drawn += _letters(page)
    whole = "".join(letter for letter, _ in drawn)
    places = [whole.find("".join(text.split())) for text in texts]
    return tuple(drawn[at][1] if at >= 0 and text else "" for at, text in zip(places, texts, strict=True))


def _wrong(kind: str, what: str) -> ExportError:
    return ExportError(f"写好的{kind}里{what}和报告不一致，没有替换原来的文件。请再导出一次；还不行，请把这份报告发给开发者。")


def _title(heading: str) -> str:
    return f"“{heading[:_SAID]}”这一标题"


def _wrong_cell(kind: str, ref: CellRef, view: DocumentView) -> ExportError:
    heading = next((s.heading for s in view.sections if s.table and s.key == ref.table), view.title)
    return _wrong(kind, f"“{heading}”有一格（{ref}）")


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
                raise _wrong_cell("PDF", ref, view)
        before = ref, box


def _boxes(document: Any) -> dict[CellRef, Box]:
    """The named destinations of a PDF that are rectangles."""
    import ctypes

    from pypdfium2 import raw

    found: dict[CellRef, Box] = {}
    size, count, edges = ctypes.c_long(), ctypes.c_ulong(), (ctypes.c_float * 4)()
    for i in range(raw.FPDF_CountNamedDests(document)):
        raw.FPDF_GetNamedDest(document, i, None, size)
        name = ctypes.create_string_buffer(max(0, size.value))
        place = raw.FPDF_GetNamedDest(document, i, name, size)
        page = raw.FPDFDest_GetDestPageIndex(document, place)
        if page >= 0 and raw.FPDFDest_GetView(place, count, edges) == raw.PDFDEST_VIEW_FITR:
            found[CellRef(name.raw.decode("utf-16-le", errors="replace").rstrip("\0"))] = Box(page, *edges)
    return found


def _drawn(document: Any, boxes: Mapping[CellRef, Box]) -> tuple[dict[CellRef, str], list[str]]:
    """What is drawn in each box, and the words of each page."""
    figures: dict[CellRef, str] = {}
    pages = []
    for number, page in enumerate(document):
        text_page = page.get_textpage()
        if here := {ref: box for ref, box in boxes.items() if box.page == number}:
            figures |= _figures_on(text_page, here)
        pages.append(_words(text_page.get_text_range()))
    return figures, pages


def _figures_on(text_page: Any, boxes: Mapping[CellRef, Box]) -> dict[CellRef, str]:
    """What is drawn in each box of one page: the characters wholly inside, in the order they are drawn, those alone that are compared."""
    import ctypes

    from pypdfium2 import raw

    found: dict[CellRef, str] = dict.fromkeys(boxes, "")
    left, right, top, bottom = (ctypes.c_double() for _ in range(4))
    for i in range(raw.FPDFText_CountChars(text_page)):
        drawn = _sure(chr(raw.FPDFText_GetUnicode(text_page, i)))
        if not drawn:  # which is most of a page; the draft mark too, which lies under the figures
            continue
        raw.FPDFText_GetCharBox(text_page, i, left, right, bottom, top)
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        for ref, box in boxes.items():
            if box.bottom <= y <= box.top and box.left <= x <= box.right:
                inside = left.value >= box.left - _SLACK and right.value <= box.right + _SLACK
                found[ref] += drawn if inside else "\ufffd"
                break
    return found


def _comparable(text: str) -> str:
    """The part of a figure that survives fonts and text extraction without doubt: digits, signs, Latin letters."""
    return "".join(map(_sure, text))


@cache
def _sure(character: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", character) if "!" <= c <= "~" or c == "\ufffd")


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise ExportError("写好的 PDF 打不开，没有替换原来的文件。请再导出一次；还不行，请换一个文件夹或磁盘。") from error


def _objects(page: Any) -> list[str]:
    """The texts of a page in the order in which they are drawn, not in that of their lines, which mixes the cells of a table."""
    from pypdfium2 import raw

    return [text.extract() for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage())]


def _words(text: str) -> str:
    """The characters of a heading that any Chinese font draws and any extraction gives back, without blanks."""
    return unicodedata.normalize("NFKC", "".join(text.split())).encode("gb2312", errors="ignore").decode("gb2312")


def _letters(page: Any) -> Iterator[tuple[str, str]]:
    """The characters of a page without blanks, each with the family of its font."""
    import ctypes

    from pypdfium2 import raw

    text_page = page.get_textpage()
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    for i in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, i)
        if code > 32:
            raw.FPDFText_GetFontInfo(text_page, i, name, len(name), flags)
            family = name.value.decode("utf-8", errors="replace").rpartition("+")[2]  # before it the mark of a subset
            yield chr(code), family.replace("-", " ")


# --- HTML and Word ------------------------------------------------------------------------------------------------


def _said(view: DocumentView) -> Iterator[tuple[str, str]]:
    """All that a report says, in order: the kind of each piece, which is the ref of a figure, and its text."""
    yield "h1", view.title
    for paragraph in view.preamble:
        yield "h3" if paragraph.is_heading else "p", paragraph.lead + paragraph.text
    for section in view.sections:
        yield "h2", section.heading
        for paragraph in section.paragraphs:
            yield "h3" if paragraph.is_heading else "p", paragraph.lead + paragraph.text
        if section.table:
            yield "caption", section.table.caption
            for cell in (cell for row in section.table.rows for cell in row):
                yield cell.ref or "label", cell.text
    for line in layout.signature_lines(view.signature):
        yield "p", line


def _compare(kind: str, expected: Sequence[tuple[str, str]], found: Sequence[tuple[str, str]], view: DocumentView) -> None:
    """Piece by piece. Raises ExportError for the first that differs."""
    heading = view.title
    for wanted, got in zip_longest(expected, found):
        if wanted is None:
            raise _wrong(kind, f"“{heading[:_SAID]}”后面")
        what, text = wanted
        heading = text if what in {"h1", "h2"} else heading
        if got is None or got[0] != what or _comparable_piece(*got) != _comparable_piece(what, text):
            if isinstance(what, CellRef):
                raise _wrong_cell(kind, what, view)
            raise _wrong(kind, _title(heading) if what in {"h1", "h2"} else f"“{heading[:_SAID]}”下面“{text[:20]}”这一处")


def _comparable_piece(kind: str, text: str) -> list[str]:
    """A figure is its words; elsewhere blanks only say where a line was broken."""
    return text.split() if isinstance(kind, CellRef) else ["".join(text.split())]


class _Reader(HTMLParser):
    """Collects what `_said` gives, and the elements left open."""

    _PIECES = frozenset({"h1", "h2", "h3", "p", "caption", "th", "td"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []
        self.open: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag in self._PIECES:
            self._inside = True
            ref = dict(attrs).get("data-ref")
            self.said.append((CellRef(ref) if ref else "label" if tag in {"th", "td"} else tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stands in a line break, a column, a word about the page."""

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        if tag in self._PIECES:
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            kind, text = self.said[-1]
            self.said[-1] = kind, text + data


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_STYLES = {"Title": "h1", "Heading1": "h2", "Heading2": "h3", "BodyText": "p", "Signature": "p", "Fingerprint": "fingerprint"}


def _said_in_word(body: Any, view: DocumentView) -> Iterator[tuple[str, str]]:
    """What `_said` gives. A cell goes by the place of the table it stands in; the empty line at the very end is Word's."""
    tables = iter(view.tables())
    for block in body:
        if block.tag == f"{_WORD}p":
            style, text = block.style or "", _word_text(block)
            if style != "End" or text:
                yield _WORD_STYLES.get(style, style), text
        elif block.tag == f"{_WORD}tbl":
            table = next(tables, None)
            places = {(c.row, c.column): c.ref or "label" for row in table.rows for c in row} if table else {}
            yield "caption", "".join(caption.get(f"{_WORD}val", "") for caption in block.iter(f"{_WORD}tblCaption"))
            for number, row in enumerate(block.tr_lst):
                for cell in row.tc_lst:
                    if cell.vMerge != "continue":
                        yield places.get((number, cell.grid_offset), "cell"), _word_text(cell)


def _word_text(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_WORD}t"))
