"""The labels of a form in comparable spelling, and how well a label found in a source agrees with one.

Everything here is derived from the printed grid of a form: a row is the labels left of it, from the outermost to its own, a column the
heads above it. Numbering, remarks in brackets, punctuation, blanks and width of characters do not count.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from gxdesk.cells import CellRef
from gxdesk.forms.definition import TableDef
from gxdesk.forms.grid import Placed, Role

EXACT, CLOSE, PIECE, NAMELESS = 12, 7, 5, 1  # how much an agreement weighs; a line without any label can only stand where just it fits
KIN, STRANGER = 1, -5  # for every outer label that agrees, and where one belongs to another line
_NUMBERING = re.compile(r"(?:\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}[、.,:)]|[-—–一][、]|\d{1,2}[、.,:)]|\d(?=[^\W\d]))+")
_REMARK = re.compile(r"\([^()]*\)")
_CLOSE_ENOUGH = 0.8
_SHORTEST_PIECE = 4

Label = tuple[str, ...]  # the names of one label, comparable
Stack = tuple[Label, ...]  # from the outermost label to the line's own


def plain(text: str) -> str:
    """Without blanks, in half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def whole(text: str) -> str:
    """Letters and figures only, numbering kept."""
    return re.sub(r"\W|_", "", plain(text))


@cache
def core(text: str) -> str:
    """A label as it is compared: without numbering, remarks in brackets, punctuation."""
    bare = plain(text)
    unnumbered = bare[found.end() :] if (found := _NUMBERING.match(bare)) else bare
    return re.sub(r"\W|_", "", _REMARK.sub("", unnumbered)) or re.sub(r"\W|_", "", unnumbered)


@dataclass(frozen=True)
class FormLine:
    """One printed row of a form that holds cells: its labels, and each cell with the heads above it."""

    stack: Stack
    cells: tuple[CellRef, ...]
    heads: tuple[Stack, ...]


@dataclass(frozen=True)
class TableLabels:
    """All that can be recognised of one table."""

    table: TableDef
    lines: tuple[FormLine, ...]
    rows: frozenset[str]  # names of rows
    row_groups: frozenset[str]
    columns: frozenset[str]
    column_groups: frozenset[str]
    spellings: tuple[str, ...]  # every label, head, title and corner as the form prints it

    @classmethod
    def of(cls, table: TableDef) -> "TableLabels":
        lines = tuple(_lines(table))
        heads = [stack for line in lines for stack in line.heads]
        return cls(
            table,
            lines,
            frozenset(name for line in lines if line.stack for name in line.stack[-1]),
            frozenset(name for line in lines for label in line.stack[:-1] for name in label),
            frozenset(name for stack in heads if stack for name in stack[-1]),
            frozenset(name for stack in heads for label in stack[:-1] for name in label),
            tuple(dict.fromkeys(name for p in table.grid.places if p.ref is None and p.text for name in (p.text, *(p.line.names if p.line else ())))),
        )


def _lines(table: TableDef) -> Iterator[FormLine]:
    places = table.grid.places
    bands = [p.row for p in places if p.role is Role.BAND]
    for row in sorted({p.row for p in places if p.ref is not None}):
        begins = max((b for b in bands if b < row), default=-1)
        left = [p for p in places if p.role is Role.LABEL and p.row <= row < p.row + p.rowspan]
        cells = [p for p in places if p.ref is not None and p.row == row]
        heads = tuple(tuple(_label(h) for h in places if h.role is Role.HEAD and begins < h.row < row and h.column <= p.column < h.column + h.colspan) for p in cells)
        yield FormLine(tuple(map(_label, left)), tuple(p.ref for p in cells if p.ref), heads)


def _label(place: Placed) -> Label:
    return tuple(dict.fromkeys(map(core, place.line.names if place.line else (place.text,))))


@cache
def agreement(found: str, name: str) -> int:
    """How well a label found (comparable) agrees with a name of the form: EXACT, CLOSE (a slip, a word more), PIECE (a part of it), 0."""
    if found == name:
        return EXACT
    if min(len(found), len(name)) < _SHORTEST_PIECE:
        return 0
    if SequenceMatcher(None, found, name, autojunk=False).ratio() >= _CLOSE_ENOUGH or (found.startswith(name) and len(name) > _SHORTEST_PIECE and len(found) <= 2 * len(name)):
        return CLOSE
    return PIECE if found in name and len(found) * 4 >= len(name) else 0


def best(found: str, names: Iterable[str]) -> int:
    return max((agreement(found, name) for name in names), default=0)


def likeness(found: Sequence[str], stack: Stack, groups: Iterable[str]) -> int:
    """How well the labels found beside a line (outermost first, comparable) agree with a line of the form; 0 if they do not."""
    if not stack:
        return 0
    inner = best(found[-1], stack[-1]) if found else 0
    if not inner:
        return 0
    outer = [name for label in stack[:-1] for name in label]
    others = set(groups) - set(outer)
    return max(0, inner + sum(KIN if label in outer else STRANGER if label in others else 0 for label in found[:-1]))
