"""How a table of any size fits the type area of GB/T 9704-2012, and the other measures that follow from the text.

Everything here is arithmetic on a `TableView`: column widths, type size, row heights, where labels break. It names no row and no column,
so a form that does not exist yet prints. Lengths are millimetres unless a name says `pt`. Character widths are those of Chinese fonts:
a full-width character is 1 em, any other half of it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil, floor

from gxdesk.document.view import CellView, DocumentView, TableView
from gxdesk.forms.grid import Role

POINT = 25.4 / 72

# GB/T 9704-2012 5.2.1 and 5.2.3: type area 156 x 225 mm of 22 lines with 28 characters each. 3.2: a line is the height of a character and
# 7/8 of one more, so 22 lines are 40.375 characters high; 225 / 40.375 = 5.573 and 156 / 28 = 5.571 agree.
WIDTH, HEIGHT = 156.0, 225.0
CHARACTER = WIDTH / 28
LINE = CHARACTER * 15 / 8
LINES = 22

TABLE_WIDTH = 155.65  # the type area less the outer rules
PADDING, LABEL_PADDING = 0.3, 0.8  # left and right of a cell's text
RULE = 0.2
AIR = 1.4  # above and below the text of a row, together
FIGURE = 0.58  # em of the widest digit in the fonts of print.css
ROW = 0.8 * LINE  # a table row that has room
ROOM = LINES * LINE - CHARACTER * 7 / 16 - 0.5  # from the upper edge of the first line to the lower edge of the type area, less the outer rule
SIZES = (12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)  # of table type, pt
READABLE = 5.5  # pt: 七号, the smallest type of print that is read and not only looked at
SMALLEST_FIGURE = 3.6  # pt: the sum of several twelve-digit figures in the narrowest official column
NARROW = 2.4  # characters: a label column below this is set one character a line
NARROW_HEAD = 8.0  # a header cell below this spares its padding
TIGHT = 7.2  # a row height below which smaller type reads better, down to TEXT_SIZE
TEXT_SIZE = 9.5  # pt
TITLE_LENGTH = 20  # 2号 characters in 156 mm
SIGNATURE_MOST = 16  # lines of a signature that is kept in one piece: with its room and a line of text it fills a page


@dataclass(frozen=True)
class TableLayout:
    """Measures of a printed table. `whole`: it and its heading fit one page, so they must not be parted. `full`: they leave not a line of it."""

    columns: tuple[float, ...]
    size: float  # pt
    leading: float  # pt
    head: float  # least height of a header row
    row: float  # least height of any other row
    whole: bool
    full: bool = False

    def width_of(self, cell: CellView) -> float:
        """Room for the text of `cell`."""
        outer = sum(self.columns[cell.column : cell.column + cell.colspan]) - RULE
        if cell.role is Role.LABEL and cell.rowspan > 1:
            return outer
        return outer - 2 * (LABEL_PADDING if cell.role is Role.LABEL or (cell.role is Role.HEAD and outer >= NARROW_HEAD) else PADDING)

    def lines(self, cell: CellView) -> tuple[str, ...]:
        """The label as it is broken: whole if it fits; one character a line in a narrow column; else where the form says if that costs no
        line more than running text. Centred labels are broken into even lines."""
        width, em = self.width_of(cell), self.size * POINT
        if cell.ref is not None or length(cell.text) * em <= width:
            return (cell.text,)
        if width < NARROW * em and cell.role is Role.LABEL:
            return tuple(_upright(cell.text))
        most = self.per_line(cell)
        running, broken = ceil(length(cell.text) / most), sum(ceil(length(line) / most) for line in cell.lines)
        lines = cell.lines if broken <= running or cell.role is Role.HEAD else (cell.text,)
        return lines if cell.role is Role.LABEL and cell.rowspan == 1 else tuple(x for line in lines for x in _even(line, most))

    def per_line(self, cell: CellView) -> int:
        """Characters of the label in one line of its cell."""
        return max(1, floor(self.width_of(cell) / (self.size * POINT) + 1e-6))

    def figure_size(self, cell: CellView) -> float:
        """Type size in pt at which the figure of `cell` stays on one line, as far as it can be read."""
        digits = 2 * length(cell.text)
        fitting = self.width_of(cell) / POINT / max(digits * FIGURE, FIGURE)
        return max(SMALLEST_FIGURE, min(self.size, floor(fitting * 10) / 10))


@lru_cache(maxsize=8)  # one paper asks several times for each of its tables
def lay_out(table: TableView, heading_lines: int = 1) -> TableLayout:
    """The largest type with which `table` and its heading stand on one page; where none does, a comfortable one over several pages."""
    sizes = [s for s in SIZES if s <= (12.0 if table.width <= 6 else 10.5)]
    readable = [s for s in sizes if _heads_fit(table, _columns(table, s), s)]
    for size in readable or sizes:
        layout = _stretched(table, _columns(table, size), size, ROOM - heading_lines * LINE)
        if layout is not None and (layout.row >= TIGHT or size <= TEXT_SIZE):
            return layout
    size = (readable or sizes[-1:])[0]
    return TableLayout(_columns(table, size), size, _leading(size), 0.0, ROW, whole=False)


def _leading(size: float) -> float:
    return round(size * 1.12, 2)


def _columns(table: TableView, size: float) -> tuple[float, ...]:
    """Column widths: labels as the form says or as their text needs, the rest shared equally."""
    figures = table.width - table.label_columns
    labels = table.label_widths or tuple(_label_width(table, i, size) for i in range(table.label_columns))
    # Figures come first: a column holds at least six digits at the smallest type, labels may have at most the rest.
    most = TABLE_WIDTH - figures * min(6 * SMALLEST_FIGURE * FIGURE * POINT + 2 * PADDING + RULE, TABLE_WIDTH / table.width)
    scale = min(1.0, most / sum(labels)) if labels else 1.0
    labels = tuple(w * scale for w in labels)
    return (*labels, *((TABLE_WIDTH - sum(labels)) / figures for _ in range(figures)))


def _label_width(table: TableView, column: int, size: float) -> float:
    """Width for the labels of one column where the form gives none: narrow for merged labels, else the longest label within reason."""
    labels = [c for row in table.rows for c in row if c.role is Role.LABEL and c.column == column]
    if column < table.label_columns - 1:
        merged = [c for c in labels if c.colspan == 1]
        lasting = max((c.rowspan / max(length(c.text), 1) for c in merged), default=0.0)
        return (1 if lasting > 1 else 4) * size * POINT + RULE + 2
    longest = max((length(c.text) for c in labels if c.colspan == 1), default=0.0) * size * POINT + 4
    return max(min(longest, 54.0), TABLE_WIDTH / table.width)


def _heads_fit(table: TableView, columns: tuple[float, ...], size: float) -> bool:
    """No header label of two characters or more is set one character a line."""
    layout = TableLayout(columns, size, 0, 0, 0, whole=True)
    return all(layout.width_of(c) >= min(2.0, length(c.text)) * size * POINT for row in table.rows for c in row if c.role is Role.HEAD)


def _stretched(table: TableView, columns: tuple[float, ...], size: float, room: float) -> TableLayout | None:
    """Rows as high as `ROW` if they fit into `room`, else lower; None if even the text does not fit."""
    layout = TableLayout(columns, size, _leading(size), 0.0, 0.0, whole=True)
    needs = _row_needs(table, layout)
    comfort = LINE if len(needs) <= 6 else ROW
    if sum(needs) > room:
        return None
    low, high = 0.0, comfort
    if sum(max(n, comfort) for n in needs) <= room:
        low = comfort
    else:
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(max(n, middle) for n in needs) <= room else (low, middle)
    full = sum(max(n, low) for n in needs) > room - LINE
    return TableLayout(columns, size, layout.leading, min(low, ROW), floor(low * 1000) / 1000, whole=True, full=full)


def _row_needs(table: TableView, layout: TableLayout) -> list[float]:
    """The height every row needs for its text; what a label over several rows lacks is added to its last row."""
    needs = [0.0] * len(table.rows)
    cells = sorted((c for row in table.rows for c in row), key=lambda c: c.rowspan)
    for cell in cells:
        need = _height(cell, layout)
        over = slice(cell.row, cell.row + cell.rowspan)
        needs[cell.row + cell.rowspan - 1] += max(0.0, need - sum(needs[over]))
    return needs


def _height(cell: CellView, layout: TableLayout) -> float:
    if cell.ref is not None:
        size = layout.figure_size(cell)
        count = ceil(2 * length(cell.text) * FIGURE * size * POINT / layout.width_of(cell)) or 1
    else:
        most = layout.per_line(cell)
        count = sum(max(1, ceil(length(line) / most)) for line in layout.lines(cell))
    return count * layout.leading * POINT + RULE + AIR


def length(text: str) -> float:
    """Width of `text` in characters (em)."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _upright(text: str) -> Iterator[str]:
    """One character a line; a stop stays with the character before it."""
    line = ""
    for c in text:
        if line and not unicodedata.category(c).startswith("P"):
            yield line
            line = ""
        line += c
    yield line


def title_lines(title: str, agency: str) -> tuple[str, ...]:
    """The title broken for the page (7.3.1: several lines must keep words whole and be arranged symmetrically)."""
    if length(title) <= TITLE_LENGTH:
        return (title,)
    if agency and title.startswith(agency):
        return tuple(x for part in (agency, title.removeprefix(agency)) for x in _even(part, TITLE_LENGTH))
    return tuple(_even(title, TITLE_LENGTH))


_UNIT_ENDS = frozenset("省市州盟区县旗乡镇会部委厅局处室院")


def _even(text: str, most: int) -> Iterator[str]:
    """`text` in lines of about equal length, none longer than `most` characters, rather broken after the name of a place or a body."""
    widths = list(accumulate(map(length, text), initial=0.0))  # in front of each character
    start = 0
    for count in range(ceil(widths[-1] / most), 1, -1):
        aim = widths[start] + (widths[-1] - widths[start]) / count
        near = range(start + 1, min(start + 2 * most + 1, len(text)))  # the narrowest character is half as wide as the widest
        cuts = [i for i in near if widths[i] - widths[start] <= most and widths[-1] - widths[i] <= most * (count - 1)]
        if not cuts:
            break
        cut = min(cuts, key=lambda i: (abs(widths[i] - aim) - (2.5 if text[i - 1] in _UNIT_ENDS else 0.0), -i))
        yield text[start:cut]
        start = cut
    if start < len(text):
        yield text[start:]


def signature_lines(signature: tuple[str, ...]) -> tuple[str, ...]:
    """The signature broken for the page, where a line is longer than the type area."""
    return tuple(x for line in signature for x in _even(line, 26))


def signature_gap(signature: tuple[str, ...]) -> float:
    """Blank at the right of the signature in mm. 7.3.5.1: the date stands four characters from the edge, the agency centred above it;
    an agency too long for that moves the date to the left."""
    if not signature:
        return 0.0
    signature = signature_lines(signature)
    widest, date = max(length(x) for x in signature), length(signature[-1])
    return max(0.0, 4 - (widest - date) / 2) * CHARACTER


def heading_lines(view: DocumentView, table: TableView) -> int:
    """Lines of the heading above `table`, which is indented by two characters."""
    section = next(s for s in view.sections if s.table is table)
    return ceil((length(section.heading) + 2) / 28)


def notices(view: DocumentView) -> Iterator[str]:
    """What is to be said of tables whose type had to become smaller than can be read with ease."""
    for section in view.sections:
        if section.table is None:
            continue
        table = lay_out(section.table, heading_lines(view, section.table))
        sizes = [table.figure_size(c) for row in section.table.rows for c in row if c.text and c.ref]
        small = [size for size in sizes if size < READABLE]
        if small:
            yield f"“{section.heading}”里有 {len(small)} 个数太长，格子放不下，最小的缩到了 {min(small):.1f} 磅，看起来吃力。请核对这些数有没有多打位数、要不要换成更大的计量单位。"
        elif table.size < READABLE:
            yield f"“{section.heading}”的表格太大，字缩到了 {table.size:.1f} 磅，看起来吃力。"
