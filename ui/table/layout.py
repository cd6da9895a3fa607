"""Where the parts of a printed table go on the screen.

`TableDef.grid` places every label and cell. Its first `head_rows` rows are the horizontal header of the view, its first `label_columns`
columns the vertical one, their crossing is the corner, and all else is the model: model row 0, column 0 is grid row `head_rows`, column
`label_columns`. Headings inside the body (the title line and the column names of a block) are model cells nobody can enter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from gxdesk.cells import CellRef
from gxdesk.forms.definition import TableDef
from gxdesk.forms.grid import Placed, Role
from gxdesk.forms.trees import LineDef

Place = tuple[int, int]  # model row, model column


@dataclass(frozen=True)
class Label:
    """A merged label of one header. Levels are header rows or label columns, lines are the model's columns or rows. `how` says in one line
    how a row is counted."""

    lines: tuple[str, ...]
    level: int
    levels: int
    line: int
    length: int
    role: Role
    of: LineDef | None
    how: str = ""

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def last(self) -> int:
        """The last line it covers."""
        return self.line + self.length - 1

    @property
    def leaf(self) -> bool:
        return self.length == 1

    @property
    def note(self) -> str:
        """The bracket that is a note to the label, drawn smaller and grey: a last line that is nothing but a bracket."""
        tail = self.lines[-1]
        return tail if len(self.lines) > 1 and tail.startswith("（") and tail.endswith("）") else ""


class TableLayout:
    """A table taken apart into body, headers and corner. Immutable once made."""

    def __init__(self, table: TableDef, how: Mapping[str, str] = MappingProxyType({})) -> None:
        """`how`: in one line how a row is counted, by its key."""
        grid = table.grid
        self.table = table
        self.rows, self.columns = grid.height - grid.head_rows, grid.width - grid.label_columns
        self.head_levels, self.label_levels = grid.head_rows, grid.label_columns
        self.corner: Placed | None = None
        self.anchors: dict[Place, Placed] = {}
        self.covers: dict[Place, Placed] = {}
        top, side = [], []
        for placed in grid.places:
            row, column = placed.row - grid.head_rows, placed.column - grid.label_columns
            if row < 0 and column < 0:
                self.corner = placed
            elif row < 0:
                top.append(Label(placed.lines, placed.row, placed.rowspan, column, placed.colspan, placed.role, placed.line))
            else:
                if column < 0:
                    levels = min(placed.colspan, grid.label_columns - placed.column)
                    said = how.get(placed.line.key, "") if placed.line is not None and placed.rowspan == 1 else ""
                    side.append(Label(placed.lines, placed.column, levels, row, placed.rowspan, placed.role, placed.line, said))
                for r in range(row, row + placed.rowspan):
                    for c in range(max(column, 0), column + placed.colspan):
                        self.covers[r, c] = placed
                if column + placed.colspan > 0:
                    self.anchors[row, max(column, 0)] = placed
        self.top, self.side = tuple(top), tuple(side)

    @cached_property
    def places(self) -> dict[CellRef, Place]:
        """Where each cell stands, in reading order."""
        return {p.ref: at for at, p in sorted(self.anchors.items(), key=lambda item: item[0]) if p.ref is not None}

    @cached_property
    def inputs(self) -> tuple[Place, ...]:
        """The places that can be typed in, in reading order."""
        return tuple(self.places[ref] for ref in self.places if self.anchors[self.places[ref]].role is Role.INPUT)

    @cached_property
    def group_ends(self) -> frozenset[int]:
        """Columns with a line at their right: where a group or a computed column ends; every column where there is no column tree."""
        if not self.top:
            return frozenset(range(self.columns - 1))
        ends = {label.last for label in self.top if not label.leaf} | {label.line - 1 for label in self.top if not label.leaf}
        return frozenset(ends | {label.line for label in self.top if label.of is not None and label.of.sum})

    def anchor(self, row: int, column: int) -> Place:
        """The place whose cell covers a place."""
        placed = self.covers[row, column]
        return placed.row - self.head_levels, max(placed.column - self.label_levels, 0)

    def span(self, at: Place) -> tuple[int, int]:
        """Rows and columns of the model the cell at an anchor covers."""
        placed = self.anchors[at]
        return placed.rowspan, min(placed.colspan, placed.column + placed.colspan - self.label_levels)

    def path(self, labels: tuple[Label, ...], line: int) -> tuple[Label, ...]:
        """The labels over one row or column, the outermost first."""
        return tuple(sorted((x for x in labels if x.line <= line <= x.last), key=lambda x: x.level))
