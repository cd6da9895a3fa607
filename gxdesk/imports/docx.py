"""A Word file (.docx, as Word and WPS write it) -> stream.

The markup is read as it stands, for what lies in content controls, text boxes and tracked changes belongs to the report and libraries for
writing Word files pass over it. Nothing is unpacked before its size is known.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gxdesk.errors import UserError
from gxdesk.imports.lines import is_figure
from gxdesk.imports.stream import MAX_SPAN, Block, Grid, Paragraph, Place, Stream

MAX_XML = 16_000_000  # bytes; a long report has two million, and what is all empty tags is read a thousand times slower than it unpacks
_DAMAGED = "这个 Word 文档损坏了，读不出来。请用 Word 或 WPS 打开，另存一份再试。"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GONE = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "tblPr", "tblGrid", "tcPr", "trPr", "sectPr"})


def read_docx(data: bytes) -> Stream:
    """The stream of a Word file. Raises UserError."""
    from lxml import etree

    try:
        xml = _document(data)
    except UserError:
        raise
    except RuntimeError as error:  # what zipfile says of a password
        raise UserError("这个 Word 文档加了密码，读不出来。请打开后去掉密码，另存一份再试。") from error
    except Exception as error:  # zlib and lzma have errors of their own for a damaged file
        raise UserError(_DAMAGED) from error
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False))
    except etree.LxmlError as error:
        raise UserError(_DAMAGED) from error
    return tuple(_blocks(root)) if root is not None else ()


def _document(data: bytes) -> bytes:
    """The XML of the text, at most MAX_XML of it, whatever size the archive claims."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = next((n for n in archive.namelist() if n.replace("\\", "/").lower() == "word/document.xml"), None)
        if entry is None:
            raise UserError("这不是 Word 文档（.docx）。请用 Word 或 WPS 打开报告，另存为 .docx 再试。")
        with archive.open(entry) as part:
            xml = part.read(MAX_XML + 1)
    if len(xml) > MAX_XML:
        raise UserError("这个 Word 文档的内容大得不正常，没有读。请用 Word 或 WPS 打开，另存一份再试。")
    return xml


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: Any, path: str, default: str = "") -> str | None:
    """The `val` of a property, `default` where it stands without one, None where it does not stand."""
    for space in (_W, _STRICT):
        found = element.find("/".join(space + step for step in path.split("/")))
        if found is not None:
            return str(found.get(f"{space}val", default))
    return None


def _blocks(element: Any) -> Iterator[Block]:
    """What stands inside `element`, through content controls and whatever else wraps paragraphs and tables."""
    for child in element:
        name = _name(child)
        if name == "p":
            yield from _paragraph(child)
        elif name == "tbl":
            yield from _table(child)
        elif name not in _GONE:
            yield from _blocks(child)


def _paragraph(p: Any) -> Iterator[Block]:
    for line in _text(p).split("\n"):
        if line.strip():
            yield Paragraph(line.strip())
    for box in p.iter(f"{_W}txbxContent", f"{_STRICT}txbxContent"):
        if not any(_name(above) == "Fallback" for above in box.iterancestors()):
            yield from _blocks(box)


def _text(element: Any) -> str:
    pieces: list[str] = []
    for child in element:
        name = _name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name == "tab":
            pieces.append(" ")
        elif name not in _GONE and name != "txbxContent":
            pieces.append(_text(child))
    return "".join(pieces)


@dataclass(frozen=True)
class _Cell:
    """A cell of a table: its element, and what stands in it, read once however deep tables stand in each other."""

    element: Any
    blocks: tuple[Block, ...]

    @cached_property
    def nests(self) -> bool:
        """Whether a table stands in it."""
        return next(self.element.iter(f"{_W}tbl", f"{_STRICT}tbl"), None) is not None

    @cached_property
    def text(self) -> str:
        """Its own text; a table inside it is not its text."""
        return "\n".join(block.text for block in self.blocks if isinstance(block, Paragraph))


def _table(table: Any) -> Iterator[Block]:
    """A table, and behind it those that stand in its cells. One that only lays out is what stands in its cells: it is a single column, or
    holds other tables and no figure beside them."""
    rows = [(row, [_Cell(cell, tuple(_blocks(cell))) for cell in _within(row, "tc")]) for row in _within(table, "tr")]
    cells = [cell for _, inside in rows for cell in inside]
    grid = _grid(rows)
    nesting = any(cell.nests for cell in cells)
    if grid.width == 1 or (nesting and not any(is_figure(cell.text) for cell in cells if not cell.nests)):
        for cell in cells:
            yield from cell.blocks
    elif grid.places:
        yield grid
        for cell in cells:
            yield from (block for block in cell.blocks if isinstance(block, Grid))


def _grid(rows: Iterable[tuple[Any, Sequence[_Cell]]]) -> Grid:
    places: list[Place] = []
    open_at: dict[int, int] = {}  # column -> index of the place that is merged downwards there
    for r, (row, cells) in enumerate(rows):
        before = _value(row, "trPr/gridBefore") or "0"
        c = min(int(before), MAX_SPAN) if before.isdecimal() else 0
        for cell in cells:
            span = _value(cell.element, "tcPr/gridSpan") or "1"
            wide = min(max(1, int(span)), MAX_SPAN) if span.isdecimal() else 1
            merge = _value(cell.element, "tcPr/vMerge", "continue")
            above = open_at.get(c)
            if merge == "continue" and above is not None:
                place = places[above]
                places[above] = Place(place.row, place.column, place.text, r - place.row + 1, place.colspan)
            else:
                places.append(Place(r, c, cell.text, 1, wide))
                open_at.pop(c, None)
                if merge == "restart":
                    open_at[c] = len(places) - 1
            c += wide
    return Grid(tuple(places))


def _within(element: Any, name: str) -> Iterator[Any]:
    """Rows of a table, cells of a row: its own, also inside content controls."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _within(child, name)
