"""A PDF -> stream: tables from their ruling lines, everything else from lines of characters. Or, exactly, the report a PDF carries inside.

Characters are placed by their boxes, so the order in which a program drew them does not matter. Lengths in points, y upwards as in the PDF.
"""

import contextlib
import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from gxdesk.errors import UserError
from gxdesk.imports.stream import ENDS, Block, Grid, Paragraph, Place, Stream, joined

MAX_PAGES = 200
MAX_CHARACTERS = 30_000  # on a page
MAX_LINES = 4_000  # ruling lines on a page: more are a drawing
_NEAR = 3.0  # pt: lines that meet, in the thick and thin of what programs draw
_FIGURES_APART = 0.5  # of the size: figures in columns stand closer than columns of words
_PADDING = 5.4  # pt: what word processors leave on either side of a cell's text
_ROW = 8.0  # pt: no row is lower
_THIN = 3.0  # pt: a filled rectangle no wider is a line
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(第\s*)?\d{1,3}(\s*页)?[-—–－·\s]*(/\s*\d{1,3})?")
_NARROWEST = 0.6  # of the width of a page: no text ends further left, whatever lines it has


@dataclass(frozen=True, slots=True)
class _Char:
    """A character and its field, which is as high for a comma as for a word."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    middle: tuple[float, float]  # of what is drawn, not of the field
    blank: bool = False  # a blank the document itself holds stands before it

    @property
    def level(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text, and where it begins and ends; its pieces with wide gaps between them."""

    text: str
    left: float
    right: float
    top: float
    size: float
    pieces: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A ruling line: at `at` from `start` to `end`."""

    at: float
    start: float
    end: float


def read_pdf(data: bytes) -> Stream:
    """The stream of a PDF. Raises UserError: encrypted, damaged, without text."""
    from pypdfium2 import PdfiumError

    with _opened(data) as document:
        if len(document) > MAX_PAGES:
            raise UserError(f"这个 PDF 有 {len(document)} 页，不像一份年度报告。请核对选的文件。")
        pages = []
        for number in range(len(document)):
            with contextlib.suppress(PdfiumError):  # a damaged page: the others can be read
                pages.append(_page(document[number]))
    blocks = _blocks(pages)
    if not blocks:
        raise UserError("这个 PDF 里没有文字，可能是扫描件或图片。请找原来的 Word、网页，或能选中文字的 PDF。")
    return blocks


def _opened(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise UserError("这个 PDF 加了密码，读不出来。请在 PDF 阅读器里去掉密码另存一份，或改用网页、Word。") from error
        raise UserError("这个 PDF 损坏了，打不开。请重新下载或换一份。") from error


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands on a page from top to bottom."""

    width: float
    items: tuple[_Line | Grid, ...]

    @property
    def lines(self) -> Iterator[_Line]:
        return (item for item in self.items if isinstance(item, _Line))


def _page(page: Any) -> _Page:
    width, height = page.get_size()
    chars = list(_chars(page))
    grids: list[tuple[float, Grid]] = []
    for cells in _tables(*_edges(page, width, height)):
        places, inside = _filled(cells, chars)
        if any(p.text for p in places):
            grids.append((max(top for *_, top in cells.values()), Grid(places)))
            chars = [c for i, c in enumerate(chars) if i not in inside]
    lines = list(_lines(chars))
    for end in (-1, 0):
        if lines and _PAGE_NUMBER.fullmatch(lines[end].text):
            lines.pop(end)
    items: list[tuple[float, _Line | Grid]] = [*_by_columns(lines), *grids]
    return _Page(width, tuple(item for _, item in sorted(items, key=lambda pair: -pair[0])))


def _blocks(pages: Sequence[_Page]) -> Stream:
    """The blocks of a document, page after page; a paragraph goes on over the end of a page."""
    alike: dict[int, list[_Line]] = {}  # the lines of all pages of a width, in whole points
    for page in pages:
        alike.setdefault(round(page.width), []).extend(page.lines)
    margins = {width: (min(line.left for line in lines), max(line.right for line in lines)) for width, lines in alike.items() if lines}
    blocks: list[Block] = []
    running: list[_Line] = []  # the lines of a paragraph that may go on
    for page in pages:
        left, right = margins.get(round(page.width), (0.0, 0.0))
        for item in page.items:
            if running and (isinstance(item, Grid) or not _goes_on(running[-1], item, left, max(right, _NARROWEST * page.width))):
                blocks.append(_paragraph(running))
                running = []
            if isinstance(item, Grid):
                blocks.append(item)
            else:
                running.append(item)
    return (*blocks, _paragraph(running)) if running else tuple(blocks)


def _paragraph(lines: Sequence[_Line]) -> Paragraph:
    return Paragraph(joined([line.text for line in lines]))


def _goes_on(last: _Line, line: _Line, left: float, right: float) -> bool:
    """Whether a line continues a paragraph between these margins: it is not indented, and the line before is full or stops in mid-sentence."""
    if len(last.pieces) > 1 or len(line.pieces) > 1 or line.left > left + line.size or abs(line.size - last.size) > 0.25 * last.size:
        return False
    return last.right > right - 2.2 * last.size or (last.right > (left + right) / 2 and not last.text.endswith(ENDS))


# --- characters and lines -------------------------------------------------------------------------------------------


def _chars(page: Any) -> Iterator[_Char]:
    from pypdfium2 import raw

    text_page = page.get_textpage()
    box = raw.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    blank = False
    for i in range(min(raw.FPDFText_CountChars(text_page), MAX_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text_page, i)
        if code <= 32 or code in (0xA0, 0x3000):
            blank = blank or (raw.FPDFText_IsGenerated(text_page, i) == 0)
            continue
        if abs(raw.FPDFText_GetCharAngle(text_page, i)) > 0.01:  # a mark across the page
            continue
        if 0xD800 <= code < 0xE000 or code > 0x10FFFF or code in (0xFFFE, 0xFFFF):
            continue
        if raw.FPDFText_GetLooseCharBox(text_page, i, box) and raw.FPDFText_GetCharBox(text_page, i, left, right, bottom, top):
            middle = (left.value + right.value) / 2, (bottom.value + top.value) / 2
            yield _Char(chr(code), box.left, box.bottom, box.right, box.top, middle, blank)
            blank = False


def _lines(chars: Iterable[_Char]) -> Iterator[_Line]:
    """Characters as lines from top to bottom."""
    rows: list[list[_Char]] = []
    for c in sorted(chars, key=lambda c: (-c.level, c.left)):
        row = rows[-1] if rows else None
        if row is not None and abs(_level(row) - c.level) < 0.4 * max(c.top - c.bottom, row[0].top - row[0].bottom, 4.0):
            row.append(c)
        else:
            rows.append([c])
    for row in rows:
        row.sort(key=lambda c: c.left)
        size = median(_size(c) for c in row)
        pieces: list[list[_Char]] = []
        for c in row:
            if pieces and c.left - pieces[-1][-1].right <= size * (_FIGURES_APART if c.text.isdigit() and pieces[-1][-1].text.isdigit() else 1):
                pieces[-1].append(c)
            else:
                pieces.append([c])
        parts = tuple((_spaced(piece), piece[0].left, piece[-1].right) for piece in pieces)
        yield _Line(_spaced(row), row[0].left, row[-1].right, max(c.top for c in row), size, parts)


def _level(row: Sequence[_Char]) -> float:
    return max(row[-8:], key=lambda c: c.top - c.bottom).level


def _size(c: _Char) -> float:
    return max(c.right - c.left, c.top - c.bottom)


def _spaced(row: Sequence[_Char]) -> str:
    """The text of a line: a blank where the document has one, or where a gap is wider than the line's own spacing."""
    gaps = [b.left - a.right for a, b in pairwise(row)]
    size = median(_size(c) for c in row)
    usual = min(median(gaps), 0.5 * size) if gaps else 0.0  # a justified line is spaced, a line of a table has gaps
    out = row[0].text
    for (a, b), gap in zip(pairwise(row), gaps, strict=True):
        latin = a.text.isascii() and b.text.isascii()
        if b.blank or gap - max(usual, 0.0) > (0.45 if latin else 0.8) * size:
            out += " "
        out += b.text
    return out


# --- tables without ruling lines ------------------------------------------------------------------------------------------

_FIGURE = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
_LEAST = 3  # figures beside each other that make a line a row of a table
_BELOW = 2.0  # of the size: from a line to the next one of the same cell
_APART = 6  # lines between two such lines of one table: what a label takes, or a row of blanks


def _by_columns(lines: Sequence[_Line]) -> Iterator[tuple[float, _Line | Grid]]:
    """Lines, each with its height; those whose figures stand in columns as the rows of a grid, a blank where a column has none."""
    rows = [i for i, line in enumerate(lines) if len(_figures(line)) >= _LEAST]
    runs: list[list[int]] = []
    for i in rows:
        if runs and i - runs[-1][-1] <= _APART and abs(len(_figures(lines[i])) - len(_figures(lines[runs[-1][-1]]))) <= len(_figures(lines[i])):
            runs[-1].append(i)
        else:
            runs.append([i])
    taken: dict[int, Grid] = {}
    for run in runs:
        within = range(run[0], run[-1] + 1)
        columns = _overlapping([(left, right) for i in within for _, left, right in _figures(lines[i])])
        if len(run) > 1 and all(len({_column(columns, f) for f in _figures(lines[i])}) == len(_figures(lines[i])) for i in within):
            rests = {i for i in range(run[0] + 1, min(run[-1] + 2, len(lines))) if _may_be_rest(lines[i], lines[i - 1], columns)}
            taken.update((i, _row(lines[i], columns, i in rests or i + 1 in rests)) for i in within if _figures(lines[i]))
    for i, line in enumerate(lines):
        yield line.top, taken.get(i, line)


def _figures(line: _Line) -> list[tuple[str, float, float]]:
    """The pieces of a line that are figures; none where figures stand so close that no gap parts them: such a line stays text."""
    found = [piece for piece in line.pieces if _FIGURE.fullmatch(piece[0])]
    others = [text for text, left, _ in line.pieces if found and left > found[0][1] and not _FIGURE.fullmatch(text)]
    close = any(re.fullmatch(rf"{_FIGURE.pattern}( {_FIGURE.pattern})+", text) for text, *_ in line.pieces)
    return found if len(line.pieces) > 1 and not others and not close else []


def _overlapping(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans from left to right, those that overlap taken as one."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if columns and left < columns[-1][1]:
            columns[-1] = columns[-1][0], max(right, columns[-1][1])
        else:
            columns.append((left, right))
    return columns


def _column(columns: Sequence[tuple[float, float]], piece: tuple[str, float, float]) -> int:
    return next(i for i, (left, right) in enumerate(columns) if left <= piece[1] <= right)


def _may_be_rest(line: _Line, above: _Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the figures of a line right below a row may be the rest of figures that were too wide for their columns: they stand without a
    label, or in fewer columns, for the label may go on beside them."""
    rest = [text for text, left, right in line.pieces if _FIGURE.fullmatch(text) and any(begin <= right and left <= end for begin, end in columns)]
    most = len(_figures(above)) - (len(line.pieces) > len(rest))
    return above.top - line.top <= _BELOW * above.size and 0 < len(rest) <= most


def _row(line: _Line, columns: Sequence[tuple[float, float]], loose: bool) -> Grid:
    figures = _figures(line)
    texts = {_column(columns, figure): figure[0] for figure in figures}
    labels = [text for text, left, _ in line.pieces if left < columns[0][0] and (text, left) not in {(f[0], f[1]) for f in figures}]
    cells = [*labels, *(texts.get(i, "") for i in range(len(columns)))]
    return Grid(tuple(Place(0, c, text) for c, text in enumerate(cells)), drawn=False, loose=loose)


# --- tables -----------------------------------------------------------------------------------------------------------


def _edges(page: Any, width: float, height: float) -> tuple[list[_Edge], list[_Edge]]:
    """Ruling lines across and down: thin fills, and the sides of what is stroked. A wider fill is the ground of a text as often as of a cell."""
    from pypdfium2 import raw

    across: list[_Edge] = []
    down: list[_Edge] = []
    for number, path in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=5)):
        if number > MAX_LINES:
            return [], []
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path.raw, fill, stroke)
        left, bottom, right, top = path.get_bounds()
        if not (fill.value or stroke.value) or right - left > width * 1.5 or top - bottom > height * 1.5:
            continue
        if top - bottom <= _THIN:
            across.append(_Edge((top + bottom) / 2, left, right))
        elif right - left <= _THIN:
            down.append(_Edge((left + right) / 2, bottom, top))
        elif stroke.value:
            across += [_Edge(y, left, right) for y in (bottom, top)]
            down += [_Edge(x, bottom, top) for x in (left, right)]
    return (across, down) if len(across) + len(down) <= MAX_LINES else ([], [])


_Rect = tuple[float, float, float, float]  # left, bottom, right, top
_Cells = dict[tuple[int, int, int, int], _Rect]  # row, column, rowspan, colspan


def _tables(across: list[_Edge], down: list[_Edge]) -> Iterator[_Cells]:
    """Every net of ruling lines that meet, as the cells between them."""
    group = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, h in enumerate(across):
        for j, v in enumerate(down, len(across)):
            if h.start - _NEAR <= v.at <= h.end + _NEAR and v.start - _NEAR <= h.at <= v.end + _NEAR:
                group[root(i)] = root(j)
    nets: dict[int, tuple[list[_Edge], list[_Edge]]] = {}
    for i, edge in enumerate([*across, *down]):
        nets.setdefault(root(i), ([], []))[i >= len(across)].append(edge)
    for hs, vs in nets.values():
        xs, ys = _levels(e.at for e in vs), _levels(e.at for e in hs)[::-1]
        if len(xs) > 2 and ys:
            for open_at in (max(e.end for e in vs), min(e.start for e in vs)):
                if not ys[-1] - _ROW <= open_at <= ys[0] + _ROW:  # the end of a page cut through a row
                    hs.append(_Edge(open_at, xs[0], xs[-1]))
                    ys = sorted([*ys, open_at], reverse=True)
        if len(xs) > 2 and len(ys) > 1 and len(xs) * len(ys) < 5000:
            yield _cells(xs, ys, hs, vs)


def _levels(values: Iterable[float]) -> list[float]:
    """Positions, those that lie together taken as one, rising."""
    levels: list[list[float]] = []
    for value in sorted(values):
        if levels and value - levels[-1][-1] <= _NEAR:
            levels[-1].append(value)
        else:
            levels.append([value])
    return [sum(x) / len(x) for x in levels]


def _cells(xs: Sequence[float], ys: Sequence[float], hs: Sequence[_Edge], vs: Sequence[_Edge]) -> _Cells:
    """Fields between neighbouring lines, those without a line between them merged."""

    def ruled(edges: Sequence[_Edge], at: float, middle: float) -> bool:
        return any(abs(e.at - at) <= _NEAR and e.start - _NEAR <= middle <= e.end + _NEAR for e in edges)

    rows, columns = len(ys) - 1, len(xs) - 1
    taken: set[tuple[int, int]] = set()
    cells: _Cells = {}
    for r in range(rows):
        for c in range(columns):
            if (r, c) in taken:
                continue
            wide, tall = 1, 1
            middle_y, middle_x = (ys[r] + ys[r + 1]) / 2, (xs[c] + xs[c + 1]) / 2
            while c + wide < columns and (r, c + wide) not in taken and not ruled(vs, xs[c + wide], middle_y):
                wide += 1
            while r + tall < rows and not ruled(hs, ys[r + tall], middle_x):
                tall += 1
            taken.update((i, j) for i in range(r, r + tall) for j in range(c, c + wide))
            cells[r, c, tall, wide] = (xs[c], ys[r + tall], xs[c + wide], ys[r])
    return cells


def _filled(cells: _Cells, chars: Sequence[_Char]) -> tuple[tuple[Place, ...], set[int]]:
    """The places of a table with the characters drawn in each, and which characters those are."""
    held: dict[tuple[int, int, int, int], list[_Char]] = {key: [] for key in cells}
    inside: set[int] = set()
    for i, char in enumerate(chars):
        x, y = char.middle
        for key, (left, bottom, right, top) in cells.items():
            if left <= x <= right and bottom <= y <= top:
                held[key].append(char)
                inside.add(i)
                break
    places = (Place(r, c, _in_cell(held[r, c, tall, wide], cells[r, c, tall, wide]), tall, wide) for r, c, tall, wide in cells)
    return tuple(sorted(places, key=lambda p: (p.row, p.column))), inside


def _in_cell(chars: Sequence[_Char], rect: _Rect) -> str:
    """The lines of a cell. A figure that fills its line goes on in the next."""
    text = ""
    room = 0.0  # behind the line before
    for line in _lines(chars):
        goes_on = text[-1:].isdigit() and line.text.isdigit() and room < line.size
        text += ("" if goes_on or not text else "\n") + line.text
        room = (rect[2] - rect[0]) - (line.right - line.left) - 2 * _PADDING
    return text
