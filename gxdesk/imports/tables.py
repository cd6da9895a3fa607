"""The tables of a source against those of a form: which line is which row, which of its values stands under which head.

Lines of all fragments of a table, drawn or only written down, are put in one order and aligned with the rows of the form; then the
values of each line with the cells of its row, by their heads where the source drew heads over them, by their number where it did not and
the number is exactly that of the row. What neither decides is a doubt.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import comb

from gxdesk.cells import CellRef, State, parse
from gxdesk.forms.definition import FormDef
from gxdesk.imports.alignment import align
from gxdesk.imports.labels import NAMELESS, FormLine, TableLabels, likeness
from gxdesk.imports.lines import MAX_LINES, Line, Value, Written, belongs, grid_lines, is_figure, mended
from gxdesk.imports.stream import Grid, Paragraph


@dataclass(frozen=True)
class Doubt:
    """A value of the source that was not taken, or taken with a reserve. With one ref, `text` is what one click would put there."""

    refs: tuple[CellRef, ...]
    text: str
    excerpt: str  # the line of the source
    why: str  # a sentence

    @property
    def ref(self) -> CellRef | None:
        return self.refs[0] if len(self.refs) == 1 else None


@dataclass
class Reading:
    """What was read of one table."""

    cells: dict[CellRef, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)  # of money columns, as the source names them
    blanks: set[CellRef] = field(default_factory=set)  # seen, and nothing stands there
    doubts: list[Doubt] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)  # lines that are none of the form's

    @property
    def read(self) -> int:
        return len(self.cells) + len(self.blanks)


# --- lines to rows, values to cells -----------------------------------------------------------------------------------


def read_table(lines: Sequence[Line], labels: TableLabels, form: FormDef, units: Mapping[str, str]) -> Reading:
    """Rows and cells of one table from all lines found of it, in the order of the source. `units`: those it names for money columns."""
    reading = Reading(units=units)
    rows = labels.lines
    lines = mended(lines, labels, reading.strange)
    scores = [[_row_score(line, row, labels, form) for row in rows] for line in lines]
    partners = list(align(scores, len(rows)))
    taken = Counter(j for j in partners if j is not None)
    # Out of the form's order, but named so that there is no other, and named once.
    only = {i: found[0] for i, score in enumerate(scores) if partners[i] is None and not lines[i].nameless and len(found := _fitting(score)) == 1}
    claims = Counter(only.values())
    for i, j in only.items():
        if claims[j] == 1 and not taken[j]:
            partners[i] = j
            taken[j] += 1
    for line, partner, score in zip(lines, partners, scores, strict=True):
        if partner is not None:
            _read_line(line, rows[partner], labels, form, reading)
        elif possible := [j for j, s in enumerate(score) if s and not taken[j]]:
            refs = tuple(ref for j in possible for ref in rows[j].cells)
            reading.doubts.append(Doubt(refs, _shown(line), line.excerpt, "分不清是哪一行，没有填。"))
        elif any(is_figure(v.text) for v in line.values):
            again = _fitting(score)
            if again and not line.nameless:
                reading.doubts.append(Doubt(rows[again[0]].cells, _shown(line), line.excerpt, "这一行出现了不止一次，数不一样，请看原文定。"))
            else:
                reading.strange.append(line.excerpt)
    settled = reading.cells.keys() | reading.blanks
    reading.doubts = [d for d in reading.doubts if len(d.refs) < 2 or any(ref not in settled for ref in d.refs)]
    return reading


def _fitting(scores: Sequence[int]) -> list[int]:
    """The rows that agree best."""
    return [j for j, score in enumerate(scores) if score and score == max(scores)]


def _row_score(line: Line, row: FormLine, labels: TableLabels, form: FormDef) -> int:
    if not line.nameless:
        return likeness(line.labels, row.stack, labels.row_groups)
    outer = {name for label in row.stack[:-1] for name in label}
    if len(row.cells) < 3 or any(name not in outer for name in line.labels):
        return 0
    values, pairs = _paired(line, row, labels, form)
    return NAMELESS if pairs and (line.headed or len(values) == len(row.cells)) else 0


def _trimmed(values: Sequence[Value], count: int) -> Sequence[Value]:
    """Without the blank cells at the end that are too many."""
    end = len(values)
    while end > count and not values[end - 1].text.strip():
        end -= 1
    return values[:end]


def _by_heads(line: Line, row: FormLine, labels: TableLabels) -> dict[int, int]:
    """Value -> cell, for the values whose heads say which they are. A value under no head at all fits where nothing else does."""
    scores = [[likeness(v.heads, stack, labels.column_groups) if v.heads and not _only_groups(v, labels) else NAMELESS for stack in row.heads] for v in line.values]
    pairs = {i: j for i, j in enumerate(align(scores, len(row.cells))) if j is not None}
    for i, score in enumerate(scores):
        fitting = [j for j, s in enumerate(score) if s > NAMELESS and s == max(score)]
        if i not in pairs and len(fitting) == 1 and fitting[0] not in pairs.values():
            pairs[i] = fitting[0]
    named = [(i, j) for i, j in sorted(pairs.items()) if scores[i][j] > NAMELESS]
    in_order = all(a[1] < b[1] for a, b in pairwise(named))
    return {i: j for i, j in pairs.items() if in_order or scores[i][j] > NAMELESS}


def _only_groups(value: Value, labels: TableLabels) -> bool:
    return all(name in labels.column_groups or (name not in labels.columns and name in labels.rows) for name in value.heads)


def _read_line(line: Line, row: FormLine, labels: TableLabels, form: FormDef, reading: Reading) -> None:
    values, pairs = _paired(line, row, labels, form)
    if line.loose and pairs and not _proven({row.cells[j]: values[i].text for i, j in pairs.items()}, row, form):
        reading.doubts.append(Doubt(row.cells, _shown(line), line.excerpt, "这一行下面还有数，可能是没有写完的数的后一半；也没有总计能证明各个数是全的，没有填。"))
        return
    for i, j in pairs.items():
        _take(row.cells[j], values[i].text, line, form, reading)
    rest = [v.text for i, v in enumerate(values) if i not in pairs and v.text.strip()]
    open_cells = tuple(ref for j, ref in enumerate(row.cells) if j not in pairs.values())
    if rest and open_cells:
        why = "看不出这个数在哪一列。" if line.headed else f"这一行应当有 {len(row.cells)} 个数，原文有 {len(values)} 个，分不清各是哪一列。"
        reading.doubts.append(Doubt(open_cells, " ".join(rest), line.excerpt, why))
    elif any(map(is_figure, rest)):
        reading.strange.append(line.excerpt)


def _paired(line: Line, row: FormLine, labels: TableLabels, form: FormDef) -> tuple[Sequence[Value], dict[int, int]]:
    """The values of a line, and which cell of the row each of them is: by heads, else by their number."""
    if line.headed:
        pairs = _by_heads(line, row, labels)
        moved = len(line.values) == len(row.cells) > len(pairs) and any(i != j for i, j in pairs.items())
        return line.values, {} if moved else pairs  # as many values as cells, and yet the heads say otherwise
    # Only a label tells where the values begin: without one a blank in front may be the label that is lost, and nothing may be cut off behind.
    values = line.values if line.nameless else _trimmed(line.values, len(row.cells))
    blank_first = bool(line.values) and not line.values[0].text
    if blank_first and (line.nameless and row.stack if len(line.values) <= len(row.cells) else not line.padded):
        return values, {}
    if len(values) == 1 < len(row.cells):
        values = _parted(values[0], row, form) or values
    fitting = len(values) == len(row.cells) and not any(re.match(r"0\d", v.text) for v in values)  # 00: figures that ran together
    return values, {i: i for i in range(len(values))} if fitting else {}


def _take(ref: CellRef, text: str, line: Line, form: FormDef, reading: Reading) -> None:
    cell = form.cells[ref]
    entry = parse(text, cell.kind, cell.unit)
    unit = reading.units.get(ref.column, "")
    if entry.state is State.NUMBER and unit and unit != (cell.unit or "元"):
        text = f"{text.strip()}{unit}"  # the source counts in another unit than the form: 477.35 there is 477.35万元 here
        entry = parse(text, cell.kind, cell.unit)
    if any(ref in d.refs and len(d.refs) == 1 for d in reading.doubts):
        return
    if entry.state is State.BLANK:
        if ref not in reading.cells:
            reading.blanks.add(ref)
        return
    known = reading.cells.get(ref)
    if known is not None and parse(known, cell.kind, cell.unit).value != entry.value:
        del reading.cells[ref]
        reading.doubts.append(Doubt((ref,), text, line.excerpt, f"原文里这一格出现了两次，一处是“{known}”，一处是“{text}”。"))
        return
    plain = unicodedata.normalize("NFKC", text).strip()
    if entry.state is State.BAD and not re.fullmatch(r"[+-]?\d[\d,]*(\.\d+)?", plain):
        reading.doubts.append(Doubt((ref,), text, line.excerpt, "这一格里写的不是数，没有填。"))
        return
    reading.blanks.discard(ref)
    reading.cells[ref] = plain if entry.state is State.NUMBER else text.strip()
    if entry.state is State.REMARK:
        reading.doubts.append(Doubt((ref,), text, line.excerpt, "数字旁边还写了别的，照原样填入，请改成一个数。"))


def _parted(value: Value, row: FormLine, form: FormDef) -> tuple[Value, ...]:
    """Figures run together, where they can be parted in one way only: each one digit, and the sums of the form hold; or all of them zeros."""
    text = value.text
    if not text.isdigit() or not text.isascii() or len(text) != len(row.cells):
        return ()
    parts = tuple(Value(digit) for digit in text)
    if set(text) == {"0"}:
        return parts
    return parts if comb(len(text) - 1, len(row.cells) - 1) == 1 and _proven(dict(zip(row.cells, text, strict=True)), row, form) else ()


def _totals(row: FormLine, form: FormDef) -> list[CellRef]:
    """The totals of a row over cells of its own."""
    return [ref for ref in row.cells if (parts := form.cells[ref].parts) and all(part in row.cells for part in parts)]


def _proven(cells: Mapping[CellRef, str], row: FormLine, form: FormDef) -> bool:
    """Whether totals prove the figures of a row: every cell is a total or part of one, every total is given and the sum of its parts, blanks
    taken for nothing. A row the form has no total for, and one whose total is blank, is never proven."""
    values = {ref: parse(text, form.cells[ref].kind, form.cells[ref].unit).value for ref, text in cells.items()}
    totals = _totals(row, form)
    covered = {ref for total in totals for ref in (total, *form.cells[total].parts)}
    return covered == set(row.cells) and all(sum(values.get(part) or 0 for part in form.cells[total].parts) == values.get(total) for total in totals)


def _shown(line: Line) -> str:
    return " ".join(v.text for v in line.values if v.text)


# --- all tables of a stream -------------------------------------------------------------------------------------------


def gathered(pieces: Iterable[tuple[str | None, Paragraph | Grid]], all_labels: Mapping[str, TableLabels]) -> tuple[dict[str, list[Line]], list[tuple[str | None, str]]]:
    """The lines of each table, in the order of the source, and what no table took, each with the section it stands in.

    `pieces` are paragraphs and grids, each with the table of its section, None outside of those.
    """
    lines: dict[str, list[Line]] = {key: [] for key in all_labels}
    left: list[tuple[str | None, str]] = []
    written = {key: Written(labels) for key, labels in all_labels.items()}
    caption: tuple[str | None, str] = (None, "")
    for (section, drawn), group in groupby(pieces, key=lambda p: (p[0], isinstance(p[1], Grid))):
        if not drawn:
            texts = [block.text for _, block in group if isinstance(block, Paragraph)]
            caption = section, texts[-1]
            if section is None:
                left += [(None, text) for text in texts]
            else:
                found, over = written[section].lines(texts)
                lines[section] += found
                left += [(section, text) for text in over]
            continue
        for _, block in group:
            if isinstance(block, Grid):
                table = _table_of(block, section, all_labels)
                if table is None:
                    left += [(section, block.line(r)) for r in range(min(block.height, MAX_LINES)) if block.line(r).strip(" |")]
                else:
                    lines[table] += grid_lines(block, all_labels[table], caption[1] if caption[0] == section else "")
                caption = None, ""
    return lines, left


def _table_of(grid: Grid, section: str | None, all_labels: Mapping[str, TableLabels]) -> str | None:
    """The table whose labels stand in a grid; the one of its section where there are none, for a fragment may have lost them."""
    counts = {key: belongs(grid, labels) for key, labels in all_labels.items()}
    most = max(counts.values(), default=0)
    if most >= 2 or (most == 1 and section is not None and counts[section] == 1):
        winners = [key for key, n in counts.items() if n == most]
        return section if section in winners else winners[0]
    return section if section is not None and any(is_figure(p.text) for p in grid.places) else None
