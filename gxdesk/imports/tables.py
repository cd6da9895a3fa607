"""The tables of a source against those of a form: which line is which row, which of its values stands under which head.

Lines of all fragments of a table, drawn or only written down, are put in one order and aligned with the rows of the form; then the
values of each line with the cells of its row, by their heads where the source drew heads over them, by their number where it did not and
the number is exactly that of the row. What neither decides is a doubt.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from math import comb

from gxdesk.cells import CellKind, CellRef, State, parse
from gxdesk.forms.definition import FormDef
from gxdesk.imports.alignment import align
from gxdesk.imports.labels import NAMELESS, FormLine, TableLabels, best, core, likeness, whole
from gxdesk.imports.stream import Grid, Paragraph, Place

MAX_LINES = 400  # of one table in one source: the rest is no table of a report
MAX_LABEL = 300  # characters, with the remarks provinces put behind a label
MAX_WRITTEN = 100_000  # characters of a section in which figures are looked for
EXCERPT = 80


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


@dataclass(frozen=True)
class Value:
    text: str
    heads: tuple[str, ...] = ()  # the heads above it, comparable, from the top


@dataclass(frozen=True)
class Line:
    """A line of a source that has values. `labels` from the outermost, comparable; `headed`: heads were drawn above its values."""

    labels: tuple[str, ...]
    nameless: bool
    values: tuple[Value, ...]
    headed: bool
    excerpt: str
    padded: bool = False  # blanks that are too many stand behind the values
    loose: bool = False  # a figure may be cut off: only where the sums of the form hold it is whole


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


# --- lines of a drawn table -------------------------------------------------------------------------------------------


def belongs(grid: Grid, labels: TableLabels) -> int:
    """How many labels of a table stand in a grid."""
    texts = [p.text for p in grid.places if p.row < MAX_LINES and len(p.text) <= MAX_LABEL]
    found = {whole(text) for text in texts} | {core(text) for text in texts}
    known = labels.rows | labels.row_groups | labels.columns | labels.column_groups
    return len(found & known) + sum(1 for text in found - known if len(text) >= 6 and best(text, labels.rows) > 0)


def grid_lines(grid: Grid, labels: TableLabels, caption: str = "") -> Iterator[Line]:
    """The lines of a grid that hold values. `caption` stands over it, and may name the group of its columns where the grid does not."""
    groups = tuple(name for name in labels.column_groups if name in whole(caption))
    if any(core(p.text) in labels.column_groups for p in grid.places):
        groups = ()
    heads: list[int] = []
    in_heads = False
    begins, placed, padded = _layout(grid, labels)
    for r, places in enumerate(_rows(grid)):
        if _is_head(places, labels):
            heads = [*heads, r] if in_heads else [r]
            in_heads = True
            continue
        in_heads = False
        at = _own_label(places, labels)
        if at is not None:
            first = at + 1
            while placed and first < len(places) and places[first].column < begins and not places[first].text.strip():
                first += 1  # still under the labels
            label_places, values = places[:first], places[first:]
        else:
            first = next((i for i, p in enumerate(places) if _is_figure(p.text) or (p.column >= begins and parse(p.text).state is State.BLANK)), len(places))
            label_places, values = places[:first], places[first:]
        if len(label_places) == 1 and label_places[0].colspan >= grid.width > 1:
            heads = []  # a title across the table: what follows has heads of its own
            continue
        named = tuple(name for p in label_places if (name := core(p.text)))
        nameless = at is None and all(name in labels.row_groups or name in labels.columns | labels.column_groups for name in named)
        if not values or (nameless and not any(_is_figure(p.text) for p in values)):
            continue
        drawn = placed and all(grid.reach.get(h) == grid.reach.get(r) for h in heads)  # else spans were lost, and heads stand anywhere
        under = [Value(_one_line(p.text), (*groups, *found) if drawn and (found := _heads(grid, heads, p)) else ()) for p in values]
        kept = named if not nameless else tuple(n for n in named if n in labels.row_groups)
        yield Line(kept, nameless, tuple(under), any(v.heads for v in under), grid.line(r)[:EXCERPT], padded, grid.loose)


def _rows(grid: Grid) -> Iterator[list[Place]]:
    """The places that reach into each row, from the left."""
    for r in range(min(grid.height, MAX_LINES)):
        yield [p for p in dict.fromkeys(grid.covers.get((r, c)) for c in range(grid.width)) if p is not None]


def _layout(grid: Grid, labels: TableLabels) -> tuple[int, bool, bool]:
    """In which column the values of most labelled rows begin, whether places stand under their heads, and whether rows are filled up behind.

    A converter that knows no spans either leaves the columns of a wide label blank, or moves everything to the left and fills up behind:
    then a head or a figure stands where in another row a label does.
    """
    begins: Counter[int] = Counter()
    firsts: list[int] = []
    heads: list[int] = []
    for places in _rows(grid):
        at = _own_label(places, labels)
        figures = [p.column for p in places if _is_figure(p.text)]
        if _is_head(places, labels):
            heads += [p.column for p in places if core(p.text) in labels.columns | labels.column_groups]
        elif at is not None and figures:
            begins[places[at].column + places[at].colspan] += 1
            firsts.append(figures[0])
    most = begins.most_common(1)[0][0] if begins else 0
    if grid.drawn:
        return most, True, False
    padded = min([*firsts, *heads], default=0) < max(begins, default=0)
    whole_heads = len(heads) == grid.width  # heads over every column, and no label: nothing can have moved
    placed = bool(heads) and (bool(begins) or whole_heads) and not padded and len(set(grid.reach.values())) == 1
    return min(heads) if placed else most, placed, padded


def _is_head(places: Sequence[Place], labels: TableLabels) -> bool:
    """Whether a row holds column heads: heads of this table and no figure, and it is no row named like a head."""
    if any(_is_figure(p.text) for p in places):
        return False
    names = [whole(p.text) for p in places if p.text.strip()]
    cores = [core(p.text) for p in places if p.text.strip()]
    known = labels.columns | labels.column_groups
    hits = sum(1 for name, bare in zip(names, cores, strict=True) if name in known or bare in known - labels.rows)
    return hits > 1 or (hits == 1 and not any(bare in labels.rows for bare in cores))


def _own_label(places: Sequence[Place], labels: TableLabels) -> int | None:
    """Where a row's own label stands: the last that names a row, before the first figure."""
    found = None
    weight = 0
    for i, p in enumerate(places):
        if _is_figure(p.text):
            break
        name = core(p.text)
        group = name in labels.row_groups and (p.rowspan > 1 or name not in labels.rows)
        here = best(name, labels.rows) if name and not group else 0
        if here and (here >= weight or here > 5):
            found, weight = i, here
    return found


def _heads(grid: Grid, rows: Iterable[int], place: Place) -> tuple[str, ...]:
    above = dict.fromkeys(p for r in rows for c in range(place.column, place.column + place.colspan) if (p := grid.covers.get((r, c))) is not None)
    return tuple(name for p in above if (name := core(p.text)))


def _is_figure(text: str) -> bool:
    bare = _one_line(text)
    return any(c.isdigit() for c in bare) and any(parse(bare, kind).value is not None for kind in (CellKind.CHANGE, CellKind.MONEY))


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- lines of a table that is only written down -------------------------------------------------------------------------

_FIGURE = r"(?:[+-]?\d[\d,]*(?:\.\d+)?(?:万?元)?(?:\s*\((?![一二三四五六七八九十\d]{1,3}\))[^()]{0,40}\))?|[增减]\s*\d+|/|-{1,2}|—{1,2})"
_FIGURES = re.compile(rf"\s*({_FIGURE}(?:\s+{_FIGURE})*)[^\S\n]*(?=\n|$)")
_ONE = re.compile(_FIGURE)
_RUN_TOGETHER = re.compile(r"\s*([-+\d.,万元 ]{1,100}?)\s*$")  # up to the next label, on one line
_TRAILING = re.compile(rf"(?:^|[\s\]])((?:{_FIGURE}\s+)*{_FIGURE})\s*$")
_BETWEEN = r"\W*"


class Written:
    """Finds the labels of one table in running text, however it is broken into lines, and the figures behind them."""

    def __init__(self, labels: TableLabels) -> None:
        self._labels = labels
        spellings = sorted({unicodedata.normalize("NFKC", s) for s in labels.spellings}, key=len, reverse=True)
        self._pattern = re.compile("|".join(f"({_pattern(s, s in self._ambiguous(spellings))})" for s in spellings if core(s)))
        self._cores = [core(s) for s in spellings if core(s)]

    @staticmethod
    def _ambiguous(spellings: Sequence[str]) -> frozenset[str]:
        """Spellings that are told apart by their numbering only: （七）总计 and 总计."""
        bare = Counter(core(s) for s in spellings)
        return frozenset(s for s in spellings if bare[core(s)] > 1)

    def lines(self, paragraphs: Sequence[str]) -> tuple[list[Line], list[str]]:
        """The lines found, and the paragraphs in which something else was left over."""
        text = unicodedata.normalize("NFKC", "\n".join(" ".join(p.split()) for p in paragraphs))
        if len(text) > MAX_WRITTEN:
            return [], list(paragraphs)
        found = self._found(text)
        lines: list[Line] = []
        used = [False] * len(text)
        for n, (start, end, name) in enumerate(found):
            following = found[n + 1][0] if n + 1 < len(found) else len(text)
            used[start:end] = [True] * (end - start)
            position = end
            run = _FIGURES.match(text, end, following) if name in self._labels.rows else None
            if run is None and name in self._labels.rows:
                run = _RUN_TOGETHER.match(text, end, following)
            if run is not None:
                lines.append(self._line((name,), run[1], text[start : run.end()]))
                used[run.start() : run.end()] = [True] * (run.end() - run.start())
                position = run.end()
            for values, begin, stop in self._loose(text, position, following):
                lines.append(self._line((), values, text[begin:stop]))
                used[begin:stop] = [True] * (stop - begin)
        if not found:
            for values, begin, stop in self._loose(text, 0, len(text)):
                lines.append(self._line((), values, text[begin:stop]))
                used[begin:stop] = [True] * (stop - begin)
        return lines, [paragraph for paragraph, rest in zip(paragraphs, _rests(text, used), strict=True) if len(rest) > 1]

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for match in self._pattern.finditer(text):
            start, end = match.span()
            before = text[start - 1] if start else "\n"
            touches = found[-1][1] == start if found else False
            if touches or not before.isalpha():
                found.append((start, end, self._cores[(match.lastindex or 1) - 1]))
        return found

    def _loose(self, text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """Runs of figures that follow no label of a row: lines of three figures or more, or figures one a line."""
        at = start
        run: list[tuple[str, int, int]] = []
        for line in text[start:end].split("\n"):
            match = _TRAILING.search(line) if len(line) <= MAX_LABEL else None
            if match and re.fullmatch(r"\s*(\[[^\]]*\])?\s*", line[: match.start(1)]):
                run.append((match[1], at, at + len(line)))
            elif run:
                yield from self._run(run)
                run = []
            at += len(line) + 1
        yield from self._run(run)

    @staticmethod
    def _run(run: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
        values = " ".join(text for text, *_ in run)
        if len(_ONE.findall(values)) > 2 or re.fullmatch(r"\d{3,}", values):
            yield values, run[0][1], run[-1][2]

    def _line(self, labels: tuple[str, ...], values: str, excerpt: str) -> Line:
        return Line(labels, not labels, tuple(Value(_one_line(v)) for v in _ONE.findall(values)), False, " ".join(excerpt.split())[:EXCERPT])


def _pattern(spelling: str, numbered: bool) -> str:
    """A label as a pattern: blanks and line ends anywhere, numbering written this way or that, a remark behind it."""
    number = re.match(r"\(([一二三四五六七八九十\d]{1,3})\)|([一二三四五六七八九十]{1,2})、|(\d{1,2})\.", spelling)
    bare = re.sub(r"\([^()]*\)$", "", spelling) or spelling
    words = re.sub(r"\W|_", "", bare.removeprefix(number[0]) if number else bare)
    body = _BETWEEN.join(map(re.escape, words))
    head = ""
    if number:
        sign = number[1] or number[2] or number[3]
        head = rf"(?:\(?\s*{sign}\s*[.、,:)]\s*)" + ("" if numbered else "?")
    elif numbered:
        head = r"(?<![).、])"
    return rf"{head}{body}[”’\"']?(?:\s*\([^()]{{0,120}}\))?"


def _rests(text: str, used: Sequence[bool]) -> Iterator[str]:
    """Of each line what no label and no figure took, without numbering and punctuation."""
    at = 0
    for line in text.split("\n"):
        rest = "".join(c for c, taken in zip(line, used[at : at + len(line)], strict=True) if not taken)
        yield re.sub(r"[\W_]|[一二三四五六七八九十]", "", rest)
        at += len(line) + 1


# --- lines to rows, values to cells -----------------------------------------------------------------------------------


def read_table(lines: Sequence[Line], labels: TableLabels, form: FormDef, units: Mapping[str, str]) -> Reading:
    """Rows and cells of one table from all lines found of it, in the order of the source. `units`: those it names for money columns."""
    reading = Reading(units=units)
    rows = labels.lines
    lines = list(_without_strays(_mended(_joined(_without_copies(lines), rows), labels), reading.strange))[:MAX_LINES]
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
        elif any(_is_figure(v.text) for v in line.values):
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


def _without_copies(lines: Iterable[Line]) -> Iterator[Line]:
    """A page may hold a table twice, for the screen and for the phone."""
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for line in lines:
        key = line.labels, tuple(v.text for v in line.values)
        if line.nameless or key not in seen:
            yield line
        seen.add(key)


def _joined(lines: Iterable[Line], rows: Sequence[FormLine]) -> Iterator[Line]:
    """The one row of a table without labels may be given in several pieces, each under heads of its own."""
    pieces: dict[Line, None] = {}
    for line in lines:
        if len(rows) == 1 and not rows[0].stack and line.headed and len(line.values) < len(rows[0].cells):
            pieces[line] = None
        else:
            yield line
    if pieces:
        yield Line((), True, tuple(v for line in pieces for v in line.values), True, " | ".join(line.excerpt for line in pieces))


def _mended(lines: Iterable[Line], labels: TableLabels) -> Iterator[Line]:
    """Rows that the end of a page cut through: two halves of a label are one line again, and a label whose figures follow alone is none."""
    waiting: Line | None = None
    for line in lines:
        if waiting is not None and (whole_line := _halves(waiting, line, labels)) is not None:
            waiting = whole_line
            continue
        if waiting is not None and not (line.nameless and _is_blank(waiting) and not _is_blank(line)):
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _is_blank(line: Line) -> bool:
    return not any(v.text.strip() for v in line.values)


def _halves(first: Line, second: Line, labels: TableLabels) -> Line | None:
    if not (first.labels and second.labels) or len(first.values) != len(second.values) or {first.labels[-1], second.labels[-1]} & labels.rows:
        return None
    name = first.labels[-1] + second.labels[-1]
    if name not in labels.rows:
        return None
    values = tuple(Value(" ".join(filter(None, (a.text, b.text))), a.heads or b.heads) for a, b in zip(first.values, second.values, strict=True))
    return replace(first, labels=(*first.labels[:-1], name), nameless=False, values=values, headed=any(v.heads for v in values), excerpt=f"{first.excerpt} {second.excerpt}"[:EXCERPT])


def _without_strays(lines: Iterable[Line], strange: list[str]) -> Iterator[Line]:
    """A single figure behind a label, where a line of figures follows that has none, is the number of a page."""
    for line, following in pairwise([*lines, None]):
        if line and following and following.nameless and len(line.values) == 1 < len(following.values) and not line.nameless and not line.headed:
            strange.append(line.excerpt)
        elif line:
            yield line


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
    if line.loose and not _adds_up({row.cells[j]: values[i].text for i, j in pairs.items()}, row, form):
        reading.doubts.append(Doubt(row.cells, _shown(line), line.excerpt, "这一行的数加起来不等于总计，可能有数没有读全，没有填。"))
        return
    for i, j in pairs.items():
        _take(row.cells[j], values[i].text, line, form, reading)
    rest = [v.text for i, v in enumerate(values) if i not in pairs and v.text.strip()]
    open_cells = tuple(ref for j, ref in enumerate(row.cells) if j not in pairs.values())
    if rest and open_cells:
        why = "看不出这个数在哪一列。" if line.headed else f"这一行应当有 {len(row.cells)} 个数，原文有 {len(values)} 个，分不清各是哪一列。"
        reading.doubts.append(Doubt(open_cells, " ".join(rest), line.excerpt, why))
    elif any(map(_is_figure, rest)):
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
    return parts if _totals(row, form) and comb(len(text) - 1, len(row.cells) - 1) == 1 and _adds_up(dict(zip(row.cells, text, strict=True)), row, form) else ()


def _totals(row: FormLine, form: FormDef) -> list[CellRef]:
    """The totals of a row over cells of its own."""
    return [ref for ref in row.cells if (parts := form.cells[ref].parts) and all(part in row.cells for part in parts)]


def _adds_up(cells: Mapping[CellRef, str], row: FormLine, form: FormDef) -> bool:
    """Whether every total of a row that is given is the sum of its parts, blanks taken for nothing."""
    values = {ref: parse(text, form.cells[ref].kind, form.cells[ref].unit).value for ref, text in cells.items()}
    return all(sum(values.get(part) or 0 for part in form.cells[ref].parts) == total for ref in _totals(row, form) if (total := values.get(ref)) is not None)


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
    return section if section is not None and any(_is_figure(p.text) for p in grid.places) else None
