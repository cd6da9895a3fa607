"""The printed table: every label and cell of a `TableDef` placed on a grid with its spans.

Screen, paper, web page and import all read this grid, so none of them can have another idea of the table's shape.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from gxdesk.cells import CellRef
from gxdesk.forms.trees import Group, LineDef, Tree, depth, leaves

if TYPE_CHECKING:
    from gxdesk.forms.definition import TableDef


class Role(StrEnum):
    """What stands in a place of the printed table."""

    CORNER = "corner"  # the note where label columns and header rows meet
    HEAD = "head"  # a column label
    BAND = "band"  # the title line of a block
    LABEL = "label"  # a row label
    INPUT = "input"
    TOTAL = "total"


@dataclass(frozen=True)
class Placed:
    """A label or a cell of the printed table: 0-based grid position and spans."""

    row: int
    column: int
    rowspan: int
    colspan: int
    role: Role
    lines: tuple[str, ...] = ()
    ref: CellRef | None = None
    line: LineDef | None = None  # the row or column a label names

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True)
class Grid:
    """The printed table. The first `head_rows` rows and `label_columns` columns are what stays in sight while it scrolls."""

    width: int
    height: int
    head_rows: int
    label_columns: int
    places: tuple[Placed, ...]

    def rows(self) -> Iterator[tuple[Placed, ...]]:
        """The places that begin in each row, from left to right: what a `<tr>` holds."""
        for row in range(self.height):
            yield tuple(p for p in self.places if p.row == row)

    @property
    def uneven(self) -> tuple[int, int] | None:
        """The first position (row, column) that nothing or more than one thing covers; None in a table that can be printed."""
        covered = Counter(at for p in self.places for at in product(range(p.row, p.row + p.rowspan), range(p.column, p.column + p.colspan)))
        every = set(product(range(self.height), range(self.width)))
        return min({at for at, times in covered.items() if times > 1} | (covered.keys() ^ every), default=None)


@dataclass(frozen=True)
class _Span:
    """A label of a tree: levels are header rows or label columns, lines are columns or rows."""

    node: Group | LineDef
    level: int
    levels: int
    line: int
    length: int


def _spans(tree: Tree, levels: int) -> list[_Span]:
    spans: list[_Span] = []

    def walk(node: Group | LineDef, level: int, line: int) -> int:
        if isinstance(node, LineDef):
            spans.append(_Span(node, level, levels - level, line, 1))
            return line + 1
        end = line
        for child in node.children:
            end = walk(child, level + 1, end)
        spans.append(_Span(node, level, 1, line, end - line))
        return end

    line = 0
    for node in tree:
        line = walk(node, 0, line)
    return spans


def place(table: "TableDef") -> Grid:
    """The printed table from its trees."""
    if table.across:
        return _place_across(table)
    places: list[Placed] = []
    label_columns = max(depth(b.rows) for b in table.blocks)
    width = label_columns + max(sum(span for _, span in b.columns) for b in table.blocks)
    head_rows = depth(table.columns) if len(table.blocks) == 1 and not table.blocks[0].title else 0
    columns = {c.key: c for c in table.column_lines}
    row = 0
    for block in table.blocks:
        if block.title:
            places.append(Placed(row, 0, 1, width, Role.BAND, (block.title,)))
            row += 1
        heads = head_rows or 1
        places.append(Placed(row, 0, heads, label_columns, Role.CORNER, (block.corner,)))
        starts: list[tuple[LineDef, int, int]] = []
        at = label_columns
        for key, span in block.columns:
            starts.append((columns[key], at, span))
            at += span
        if head_rows:
            places += [Placed(row + s.level, label_columns + s.line, s.levels, s.length, Role.HEAD, s.node.lines, None, s.node if isinstance(s.node, LineDef) else None) for s in _spans(table.columns, head_rows)]
        else:
            places += [Placed(row, at, 1, span, Role.HEAD, c.lines, None, c) for c, at, span in starts]
        row += heads
        places += [Placed(row + s.line, s.level, s.length, s.levels, Role.LABEL, s.node.lines, None, s.node if isinstance(s.node, LineDef) else None) for s in _spans(block.rows, label_columns)]
        for line in leaves(block.rows):
            places += [_cell(table, row, at, span, CellRef.of(table.key, line.key, c.key)) for c, at, span in starts]
            row += 1
    return Grid(width, row, head_rows, label_columns, _in_order(places))


def _place_across(table: "TableDef") -> Grid:
    upper, lower = depth(table.blocks[0].rows), depth(table.columns)
    per = len(table.column_lines)
    places: list[Placed] = []
    for s in _spans(table.blocks[0].rows, upper):
        leaf = isinstance(s.node, LineDef)
        places.append(Placed(s.level, s.line * per, 1, s.length * per, Role.HEAD, s.node.lines, None, s.node if isinstance(s.node, LineDef) else None))
        if leaf:  # its columns begin right below it, so that a shallow branch has taller column labels
            places += [
                Placed(s.level + 1 + c.level, s.line * per + c.line, c.levels + upper - s.level - 1 if c.level + c.levels == lower else c.levels, c.length, Role.HEAD, c.node.lines, None, c.node if isinstance(c.node, LineDef) else None)
                for c in _spans(table.columns, lower)
            ]
    for i, row in enumerate(leaves(table.blocks[0].rows)):
        places += [_cell(table, upper + lower, i * per + j, 1, CellRef.of(table.key, row.key, c.key)) for j, c in enumerate(table.column_lines)]
    return Grid(per * len(table.row_lines), upper + lower + 1, upper + lower, 0, _in_order(places))


def _cell(table: "TableDef", row: int, column: int, span: int, ref: CellRef) -> Placed:
    return Placed(row, column, 1, span, Role.TOTAL if table.cells[ref].parts else Role.INPUT, (), ref)


def _in_order(places: list[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(places, key=lambda p: (p.row, p.column)))
