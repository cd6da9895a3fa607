"""A `DocumentView` as a Word document, on the paper of the PDF: the same lines, tables and page numbers, with real styles and headings.

What every report shares (styles, page, page numbers, draft mark) stands in `templates/word.xml`; what follows from the view stands here.
No clock is asked, and the same view gives the same bytes. Importing this module loads python-docx.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement, parse_xml
from lxml import etree

from gxdesk import resources
from gxdesk.document import layout
from gxdesk.document.edition import Sides
from gxdesk.document.html import fingerprint_line
from gxdesk.document.layout import TableLayout
from gxdesk.document.view import CellView, DocumentView, Paragraph, TableView
from gxdesk.forms.grid import Role

Element = Any  # of lxml, which carries no types

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  the date of every file and every part of it: equal reports give equal files
_FLAT = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
_TYPE = '<Override PartName="{}" ContentType="{}"/>'
_STYLES = {Role.LABEL: "TableLabel", Role.BAND: "TableBand", Role.INPUT: "TableFigure", Role.TOTAL: "TableFigure"}
_FOOT = 266.2  # mm from the upper edge of the page to that of the page number
_PROPERTY = 255  # characters a property of a document may have


def render(view: DocumentView, sides: Sides = Sides.BOTH) -> bytes:
    """The .docx of a report. Its fingerprint stands small in the foot of the last page, in the middle."""
    document = docx.Document(io.BytesIO(_package()))
    body: Element = document.element.body
    page = body[-1]
    for block in _blocks(view):
        page.addprevious(block)
    if not view.draft:
        _drop_headers(document, page)
    if sides is Sides.ONE:
        document.settings.odd_and_even_pages_header_footer = False
        document.settings.element.remove(document.settings.element.find(qn("w:mirrorMargins")))
    about = document.core_properties
    about.title, about.author, about.subject = (text[:_PROPERTY] for text in (view.title, view.agency, view.subject))
    about.language, about.last_modified_by, about.created, about.modified = "zh-CN", about.author, _MADE, _MADE
    written = io.BytesIO()
    document.save(written)
    return _dated(written)


def _package() -> bytes:
    """`word.xml` in the shape that python-docx reads."""
    parts = [part for part in parse_xml(resources.templates().joinpath("word.xml").read_bytes()) if isinstance(part.tag, str)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("[Content_Types].xml", _TYPES.format("".join(_TYPE.format(p.get(f"{_FLAT}name"), p.get(f"{_FLAT}contentType")) for p in parts)))
        for part in parts:
            file.writestr(part.get(f"{_FLAT}name").removeprefix("/"), _serialised(part[0][0]))
    return written.getvalue()


def _serialised(element: Element) -> bytes:
    element.getparent().remove(element)
    etree.cleanup_namespaces(element)
    return bytes(etree.tostring(element, encoding="UTF-8", standalone=True))


def _drop_headers(document: Any, page: Element) -> None:
    """The header holds nothing but the draft mark."""
    for reference in page.findall(qn("w:headerReference")):
        page.remove(reference)
    for key in [key for key, relation in document.part.rels.items() if relation.reltype == RELATIONSHIP_TYPE.HEADER]:
        del document.part.rels[key]


def _dated(package: io.BytesIO) -> bytes:
    """The same package with `_MADE` as the time of every part, for which zipfile took the time of writing."""
    written = io.BytesIO()
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0  # zipfile says on which system it runs
            target.writestr(part, source.read(name))
    return written.getvalue()


# --- blocks -------------------------------------------------------------------------------------------------------


def _blocks(view: DocumentView) -> Iterator[Element]:
    """Paragraphs and tables, in order."""
    text = list(_text(view))
    if view.signature:
        _keep_with_next(text[-1])
    yield from text
    yield from _signature(view, after_table=text[-1].tag == qn("w:tbl"))
    # A frame, so that it takes no room from the text: beside the page number on whatever page the text ends.
    place = {"vAnchor": "page", "y": _twips(_FOOT), "hAnchor": "margin", "xAlign": "center"}
    yield _p("Fingerprint", [_run(fingerprint_line(view))], _w("framePr", w=_twips(layout.WIDTH / 3), h=_twips(5), hRule="exact", wrap="around", **place))
    yield _p("End")  # Word ends no document with a frame


def _text(view: DocumentView) -> Iterator[Element]:
    yield _p("Title", _lines(layout.title_lines(view.title, view.agency)))
    for paragraph in view.preamble:
        yield _paragraph(paragraph)
    after_table = False
    for section in view.sections:
        yield _p("Heading1", [_run(section.heading)], *_gap(after_table))
        after_table = section.table is not None
        for paragraph in section.paragraphs:
            yield _paragraph(paragraph)
        if section.table:
            yield _table(section.table, layout.lay_out(section.table, layout.heading_lines(view, section.table)))


def _paragraph(paragraph: Paragraph) -> Element:
    if paragraph.is_heading:
        return _p("Heading2", [_run(paragraph.lead)])
    pieces = ((paragraph.lead, "Lead"), (paragraph.text, ""))
    return _p("BodyText", [_run(text, style=style) for text, style in pieces if text])


def _gap(after_table: bool, lines: float = 0) -> list[Element]:
    """Half a line after a table, and room for `lines` more."""
    before = lines + after_table / 2
    return [_w("spacing", before=_twips(before * layout.LINE))] if before else []


def _signature(view: DocumentView, *, after_table: bool) -> Iterator[Element]:
    """Lines centred above each other where the PDF has them: between indents equally far from their middle, with half a character to spare."""
    lines = layout.signature_lines(view.signature)
    widest = max(map(layout.length, lines), default=0.0) * layout.CHARACTER
    right = layout.signature_gap(view.signature) + widest / 2
    left = layout.WIDTH - right
    room = min(left, right) + layout.CHARACTER / 2
    for i, line in enumerate(lines):
        keep = [_w("keepNext")] if i + 1 < len(lines) else []
        above = _gap(after_table, lines=2) if i == 0 else []
        yield _p("Signature", [_run(line)], *keep, *above, _w("ind", left=_twips(left - room), right=_twips(right - room)))


def _keep_with_next(block: Element) -> None:
    """Of a table, its last row."""
    rows = block.findall(qn("w:tr"))
    for paragraph in rows[-1].iter(qn("w:p")) if rows else [block]:
        paragraph.get_or_add_pPr().get_or_add_keepNext()


# --- tables -------------------------------------------------------------------------------------------------------


def _table(table: TableView, measures: TableLayout) -> Element:
    properties = (
        *(_w("tblStyle", val="ReportTable"), _w("tblW", w=_twips(layout.TABLE_WIDTH), type="dxa"), _w("jc", val="center")),
        *(_w("tblLayout", type="fixed"), _w("tblCaption", val=table.caption)),
    )
    made = _w("tbl", _w("tblPr", *properties), _w("tblGrid", *(_w("gridCol", w=_twips(width)) for width in measures.columns)))
    over = {(row, c.column): c for cells in table.rows for c in cells for row in range(c.row, c.row + c.rowspan)}
    for number, places in groupby(sorted(over), key=lambda place: place[0]):
        keep = measures.whole and number + 1 < len(table.rows)
        made.append(_w("tr", _row(table, number, measures), *(_cell(over[place], number, measures, keep=keep) for place in places)))
    return made


def _row(table: TableView, number: int, measures: TableLayout) -> Element:
    """The properties of a row. Its rule may come on top of its height."""
    head = number < table.head_rows
    least = max(0.0, (measures.head if head else measures.row) - layout.RULE)
    return _w("trPr", _w("cantSplit"), _w("trHeight", val=_twips(least), hRule="atLeast"), *([_w("tblHeader")] if head else []))


def _cell(cell: CellView, row: int, measures: TableLayout, *, keep: bool) -> Element:
    """What `cell` has in `row`: itself where it begins, below that Word's sign that it goes on."""
    properties = [_w("tcW", w=_twips(sum(measures.columns[cell.column : cell.column + cell.colspan])), type="dxa")]
    if cell.colspan > 1:
        properties.append(_w("gridSpan", val=cell.colspan))
    if cell.rowspan > 1:
        properties.append(_w("vMerge", val="restart" if row == cell.row else "continue"))
    merged = cell.role is Role.LABEL and cell.rowspan > 1
    if cell.role is Role.LABEL:
        margin = _twips(0 if merged else layout.LABEL_PADDING)
        properties.append(_w("tcMar", _w("left", w=margin, type="dxa"), _w("right", w=margin, type="dxa")))
    size = measures.size if cell.ref is None else measures.figure_size(cell)
    runs = _lines(measures.lines(cell), size) if row == cell.row and cell.text else []
    style = "TableText" if merged else _STYLES.get(cell.role, "TableText")
    paragraph = _p(style, runs, *([_w("keepNext")] if keep else []), _w("spacing", line=round(measures.leading * 20), lineRule="exact"))
    return _w("tc", _w("tcPr", *properties, _w("vAlign", val="center")), paragraph)


# --- elements -----------------------------------------------------------------------------------------------------


def _p(style: str, runs: Iterable[Element] = (), *properties: Element) -> Element:
    """A paragraph. Properties come in the order of the schema, here and below."""
    return _w("p", _w("pPr", _w("pStyle", val=style), *properties), *runs)


def _run(text: str, *, style: str = "", size: float = 0.0) -> Element:
    """Text, which the hint sets in the Chinese font also where both scripts have a character, as “ and —. `size` in pt is cut to halves."""
    properties = [*([_w("rStyle", val=style)] if style else []), _w("rFonts", hint="eastAsia"), *([_w("sz", val=int(size * 2))] if size else [])]
    content = _w("t")
    content.text = text
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return _w("r", _w("rPr", *properties), content)


def _lines(lines: Iterable[str], size: float = 0.0) -> list[Element]:
    """Runs on lines of their own."""
    runs = [_run(line, size=size) for line in lines]
    for run in runs[1:]:
        run.insert(1, _w("br"))
    return runs


def _w(tag: str, *children: Element, **attributes: object) -> Element:
    element: Element = OxmlElement(f"w:{tag}", {qn(f"w:{name}"): str(value) for name, value in attributes.items()})
    element.extend(children)
    return element


def _twips(mm: float) -> int:
    return round(mm / 25.4 * 1440)
