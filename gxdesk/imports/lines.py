"""The lines of a table as a source has them, drawn or only written down, before anybody says which rows of the form they are.

A line is the labels found beside it and the values in it, each with the heads drawn above it. What pages, converters and machine readings
do to lines is undone here as far as it shows: moved columns, rows cut in two, a table in pieces.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gxdesk.cells import CellKind, State, parse
from gxdesk.imports.labels import FormLine, TableLabels, best, core, whole
from gxdesk.imports.stream import Grid, Place

MAX_LINES = 400  # of one table in one source: the rest is no table of a report
MAX_LABEL = 300  # characters, with the remarks provinces put behind a label
MAX_WRITTEN = 100_000  # characters of a section in which figures are looked for
EXCERPT = 80


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
    loose: bool = False  # a figure may be cut off, its rest standing below: only the totals of the line can tell that none is


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
            first = next((i for i, p in enumerate(places) if is_figure(p.text) or (p.column >= begins and parse(p.text).state is State.BLANK)), len(places))
            label_places, values = places[:first], places[first:]
        if len(label_places) == 1 and label_places[0].colspan >= grid.width > 1:
            heads = []  # a title across the table: what follows has heads of its own
            continue
        named = tuple(name for p in label_places if (name := core(p.text)))
        nameless = at is None and all(name in labels.row_groups or name in labels.columns | labels.column_groups for name in named)
        if not values or (nameless and not any(is_figure(p.text) for p in values)):
            continue
        drawn = placed and all(grid.reach.get(h) == grid.reach.get(r) for h in heads)  # else spans were lost, and heads stand anywhere
        under = [Value(one_line(p.text), (*groups, *found) if drawn and (found := _heads(grid, heads, p)) else ()) for p in values]
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
        figures = [p.column for p in places if is_figure(p.text)]
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
    if any(is_figure(p.text) for p in places):
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
        if is_figure(p.text):
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


def is_figure(text: str) -> bool:
    bare = one_line(text)
    return any(c.isdigit() for c in bare) and any(parse(bare, kind).value is not None for kind in (CellKind.CHANGE, CellKind.MONEY))


def one_line(text: str) -> str:
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
        return Line(labels, not labels, tuple(Value(one_line(v)) for v in _ONE.findall(values)), False, " ".join(excerpt.split())[:EXCERPT])


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


# --- what became of lines on the way -------------------------------------------------------------------------------------


def mended(lines: Iterable[Line], labels: TableLabels, strange: list[str]) -> list[Line]:
    """Lines without copies, halves and pieces put together; what is no line goes to `strange`."""
    return list(_without_strays(_halves_joined(_pieces_joined(_without_copies(lines), labels.lines), labels), strange))[:MAX_LINES]


def _without_copies(lines: Iterable[Line]) -> Iterator[Line]:
    """A page may hold a table twice, for the screen and for the phone."""
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for line in lines:
        key = line.labels, tuple(v.text for v in line.values)
        if line.nameless or key not in seen:
            yield line
        seen.add(key)


def _pieces_joined(lines: Iterable[Line], rows: Sequence[FormLine]) -> Iterator[Line]:
    """The one row of a table without labels may be given in several pieces, each under heads of its own."""
    pieces: dict[Line, None] = {}
    for line in lines:
        if len(rows) == 1 and not rows[0].stack and line.headed and len(line.values) < len(rows[0].cells):
            pieces[line] = None
        else:
            yield line
    if pieces:
        yield Line((), True, tuple(v for line in pieces for v in line.values), True, " | ".join(line.excerpt for line in pieces))


def _halves_joined(lines: Iterable[Line], labels: TableLabels) -> Iterator[Line]:
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
