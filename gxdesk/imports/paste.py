"""A block from Excel, WPS, Word or a web page into a table of the form by the labels it bears: 贴表.

The answer is a `Placement` to be shown and then applied as one step with `Session.set_cells`. Figures without labels are the grid's to place
(`ui.table.pasting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gxdesk.cells import CellRef, parse
from gxdesk.forms.definition import FormDef, TableDef
from gxdesk.imports.labels import TableLabels
from gxdesk.imports.lines import belongs
from gxdesk.imports.stream import Grid, Paragraph, Place, Stream
from gxdesk.imports.tables import Doubt, gathered, read_table


@dataclass(frozen=True)
class Placement:
    """Where the values of a block go. With a `reason` nothing goes anywhere.

    `cells` are inputs only; totals are computed, `totals` tells what the block says there, for the preview.
    """

    cells: Mapping[CellRef, str] = field(default_factory=dict)
    totals: Mapping[CellRef, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[str, ...] = ()  # rows of the block that are none of the table's
    reason: str = ""


def place(text: str, form: FormDef, table: TableDef, *, html: bool = False) -> Placement | None:
    """Where the clipboard's `text` (tab-separated, or HTML) goes in `table`. None: it bears no labels that could say so."""
    stream = _stream(text, html)
    grids = [block for block in stream if isinstance(block, Grid)]
    labels = TableLabels.of(table)
    if sum(belongs(grid, labels) for grid in grids) < 2 and (grids or not any(map(_wordy, stream))):
        return None
    lines, left = gathered([(table.key, block) for block in stream], {table.key: labels})
    reading = read_table(lines[table.key], labels, form, {})
    if not reading.cells:
        return Placement(doubts=tuple(reading.doubts), reason=f"没有粘贴：剪贴板里的行、列和{table.name}对不上，没有一个数能放进去。请连同行标题和表头一起复制。")
    inputs = {ref: text for ref, text in reading.cells.items() if not table.cells[ref].parts}
    totals = {ref: text for ref, text in reading.cells.items() if table.cells[ref].parts}
    return Placement(inputs, totals, tuple(reading.doubts), (*reading.strange, *(text for _, text in left)))


def _stream(text: str, html: bool) -> Stream:
    if html:
        from gxdesk.imports.html import read_html

        return read_html(text)
    rows = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
    if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
        return (Grid(tuple(Place(r, c, cell.strip()) for r, row in enumerate(rows) for c, cell in enumerate(row))),)  # as a sheet copies its cells, blanks included
    from gxdesk.imports.text import read_text

    return read_text(text)


def _wordy(block: Grid | Paragraph) -> bool:
    """Whether it may be labels: a figure that no cell takes, such as -5, is none."""
    return isinstance(block, Paragraph) and parse(block.text).value is None and any(map(str.isalpha, block.text))
