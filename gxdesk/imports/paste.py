"""A block from Excel, WPS, Word or a web page into a table of the form: 贴表.

By its labels where it has some, by its shape from a given cell on where it has none. The answer is a `Placement` to be shown and then
applied as one step with `Session.set_cells`; nothing is ever cut off, a block that does not fit is refused with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gxdesk.cells import CellRef, State, parse
from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef, TableDef
from gxdesk.forms.grid import Role
from gxdesk.imports.labels import TableLabels
from gxdesk.imports.lines import belongs
from gxdesk.imports.stream import Grid, Paragraph, Place, Stream
from gxdesk.imports.tables import Doubt, gathered, read_table


@dataclass(frozen=True)
class Placement:
    """Where the values of a block go. With a `reason` nothing goes anywhere. `by_labels`: its own labels said where.

    `cells` are inputs only; totals are computed, `totals` tells what the block says there, for the preview.
    """

    cells: Mapping[CellRef, str] = field(default_factory=dict)
    totals: Mapping[CellRef, str] = field(default_factory=dict)
    by_labels: bool = False
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[str, ...] = ()  # rows of the block that are none of the table's
    reason: str = ""


def place(text: str, form: FormDef, table: TableDef, start: CellRef | None = None, *, html: bool = False) -> Placement:
    """Where the clipboard's `text` (tab-separated, or HTML) goes in `table`; `start` is the cell she is in. Never raises."""
    try:
        stream = _stream(text, html)
    except UserError as error:
        return Placement(reason=str(error))
    grids = [block for block in stream if isinstance(block, Grid)]
    labels = TableLabels.of(table)
    if sum(belongs(grid, labels) for grid in grids) > 1 or (not grids and any(map(_wordy, stream))):
        return _by_labels(stream, form, labels)
    if len(grids) > 1:
        return Placement(reason=f"没有粘贴：剪贴板里有 {len(grids)} 块表，都没有{table.name}的行标题。请一块一块地复制。")
    values = _values(grids[0]) if grids else [[block.text] for block in stream if isinstance(block, Paragraph)]
    if html and not grids and len(values) != text.lower().count("<tr"):
        return Placement(reason="没有粘贴：这一列里有空着的格，看不出各个数在哪一行。请连同旁边一列一起复制。")
    return _by_shape(values, table, start)


def _stream(text: str, html: bool) -> Stream:
    if html:
        from gxdesk.imports.html import read_html

        return read_html(text)
    rows = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
    if len({len(row) for row in rows}) == 1 and (len(rows[0]) > 1 or all(parse(cell).state is not State.BAD for row in rows for cell in row)):
        return (Grid(tuple(Place(r, c, cell.strip()) for r, row in enumerate(rows) for c, cell in enumerate(row))),)  # as a sheet copies its cells, blanks included
    from gxdesk.imports.text import read_text

    return read_text(text)


def _wordy(block: Grid | Paragraph) -> bool:
    return isinstance(block, Paragraph) and parse(block.text).value is None


def _by_labels(stream: Stream, form: FormDef, labels: TableLabels) -> Placement:
    table = labels.table
    lines, left = gathered([(table.key, block) for block in stream], {table.key: labels})
    reading = read_table(lines[table.key], labels, form, {})
    if not reading.cells:
        return Placement(by_labels=True, doubts=tuple(reading.doubts), reason=f"没有粘贴：剪贴板里的行、列和{table.name}对不上，没有一个数能放进去。请连同行标题和表头一起复制。")
    inputs = {ref: text for ref, text in reading.cells.items() if not table.cells[ref].parts}
    totals = {ref: text for ref, text in reading.cells.items() if table.cells[ref].parts}
    return Placement(inputs, totals, True, tuple(reading.doubts), (*reading.strange, *(text for _, text in left)))


def _values(grid: Grid) -> list[list[str]]:
    """The rows of a grid without labels, outer blank rows left out; a merged place counts once, in its first row."""
    rows = []
    for r in range(grid.height):
        places: Sequence[Place] = [p for p in dict.fromkeys(grid.covers.get((r, c)) for c in range(grid.width)) if p is not None]
        rows.append([" ".join(p.text.split()) if p.row == r else "" for p in places])
    while rows and not any(rows[-1]):
        rows.pop()
    while rows and not any(rows[0]):
        rows.pop(0)
    return rows


def _by_shape(values: list[list[str]], table: TableDef, start: CellRef | None) -> Placement:
    if not values:
        return Placement(reason="没有粘贴：剪贴板里没有表格。请先复制要粘贴的格。")
    lines = [[p for p in row if p.ref is not None] for row in table.grid.rows()]
    lines = [line for line in lines if line]
    first, offset = next(((r, c) for r, line in enumerate(lines) for c, p in enumerate(line) if p.ref == start), (0, 0))
    wide, tall = max(map(len, values)), len(values)
    if first + tall > len(lines):
        return Placement(reason=f"没有粘贴：剪贴板里有 {tall} 行，从这一格起{table.name}只有 {len(lines) - first} 行。请从左上角那一格开始粘贴，或少复制一些。")
    cells: dict[CellRef, str] = {}
    totals: dict[CellRef, str] = {}
    for texts, line in zip(values, lines[first:], strict=False):
        room = line[offset:]
        if any(texts[len(room) :]):
            return Placement(reason=f"没有粘贴：剪贴板里一行有 {wide} 个数，这里只放得下 {len(room)} 个。请从左上角那一格开始粘贴，或少复制一些。")
        for text, p in zip(texts, room, strict=False):
            if p.ref is not None:
                (totals if p.role is Role.TOTAL else cells)[p.ref] = text
    if not cells:
        return Placement(totals=totals, reason="没有粘贴：总计自动得出，不用填。")
    return Placement(cells, {ref: text for ref, text in totals.items() if text})
