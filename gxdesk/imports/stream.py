"""What every reader yields: paragraphs and grids in reading order, without any idea of what they mean.

A `Grid` holds its places by 0-based row and column with their spans, as the source drew them; nothing says that it is complete, that its
places fill it, or that it is a table of the form.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise, product

ENDS = tuple("。！？!?；;：:")  # what a paragraph ends with, where its lines are all that shows it
MAX_SPAN = 60  # rows or columns one place may cover: no table of a report is as large, and a page may claim any number


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Place:
    """A cell of a source table: its text as it stands there, line breaks included."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True)
class Grid:
    """`drawn`: a place stands under the head that is over it. False where rows are only cells one after the other.

    `loose`: nothing was drawn around the cells, and figures stand below some of them that may be the rest of theirs.
    """

    places: tuple[Place, ...]
    drawn: bool = True
    loose: bool = False

    @cached_property
    def covers(self) -> dict[tuple[int, int], Place]:
        """The place that covers each position."""
        return {at: p for p in self.places for at in product(range(p.row, p.row + p.rowspan), range(p.column, p.column + p.colspan))}

    @cached_property
    def reach(self) -> dict[int, int]:
        """The last column that something covers in each row."""
        last: dict[int, int] = {}
        for row, column in self.covers:
            last[row] = max(column, last.get(row, 0))
        return last

    @cached_property
    def height(self) -> int:
        return max((p.row + p.rowspan for p in self.places), default=0)

    @cached_property
    def width(self) -> int:
        return max((p.column + p.colspan for p in self.places), default=0)

    def line(self, row: int) -> str:
        """A row as text, for people."""
        places = dict.fromkeys(self.covers[at] for at in ((row, c) for c in range(self.width)) if at in self.covers)
        return " | ".join(" ".join(p.text.split()) for p in places)


Block = Paragraph | Grid
Stream = tuple[Block, ...]


def laid_out(rows: Iterable[Sequence[tuple[str, int, int]]]) -> Grid:
    """A grid from rows of (text, rowspan, colspan) as HTML lists them: what an earlier row covers is stepped over."""
    places: list[Place] = []
    taken: set[tuple[int, int]] = set()
    for r, cells in enumerate(rows):
        c = 0
        for text, rowspan, colspan in cells:
            while (r, c) in taken:
                c += 1
            down, across = (min(max(1, span), MAX_SPAN) for span in (rowspan, colspan))
            places.append(Place(r, c, text, down, across))
            taken.update(product(range(r, r + down), range(c, c + across)))
            c += across
    return Grid(tuple(places))


def joined(lines: Sequence[str]) -> str:
    """The lines of one paragraph as its text: only words of Latin letters have a blank between them."""
    blanks = (" " if all(c.isascii() and c.isalpha() for c in (first[-1], second[0])) else "" for first, second in pairwise(lines))
    return "".join(chain.from_iterable(zip(lines, [*blanks, ""], strict=True)))
