"""What a published page shows otherwise than the form prescribes: a table told in sentences, rows or columns left out, labels in other words.

A report always has every row under the labels of its form, so only the page itself can be held against it. What was made from a page may have
lost what the page had: nothing is said of a table that was not understood to its last line, of the end of a text that was cut off, of a label
that is merely not there, nor of one that the end of a line or the edge of a cell may have cut.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice

from gxdesk.cells import CellRef
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.finding import Finding
from gxdesk.forms.definition import SectionDef, TableDef
from gxdesk.forms.grid import Role
from gxdesk.imports.labels import core, plain
from gxdesk.imports.lines import EXCERPT, MAX_LABEL, MAX_LINES
from gxdesk.imports.stream import Grid, Paragraph
from gxdesk.imports.tables import Reading

CODES = ("C-TABLE", "C-ROWS", "F-LABEL")
_ALIKE = 0.8
_SHORTEST = 4  # characters: shorter labels are like too many words
_NAMED = 3  # rows or columns that one message names
_LOST = re.compile(r"[?□■\ufffd\ue000-\uf8ff\u2e80-\u2fdf]")  # what is left of a character that a converter did not know
_FIGURES = re.compile(r"[\s|\d.,+/—–-]+$")
_UNIT = re.compile(r"\((?:单位:?)?[千万亿]?[元件条个项]\)$")  # other remarks behind a label are those of a province
_ELSEWHERE = re.compile(r"附[件表图后]|[下上如见][表图]|表格|图片")
_TOLD = re.compile(r"[\d一二两三四五六七八九十]\s*[件项条部个万元]|[未没无]")


@dataclass(frozen=True)
class SeenTable:
    """A table of the form as the page has it: what was read of it, and what else its section says."""

    table: TableDef
    section: SectionDef
    reading: Reading
    rest: str
    headed: bool  # the heading of its section is there
    goes_on: bool  # so is that of a later one: the source does not end here

    @cached_property
    def there(self) -> frozenset[CellRef]:
        """The cells the page has, whatever it says in them."""
        return frozenset({*self.reading.cells, *self.reading.blanks, *(ref for doubt in self.reading.doubts for ref in doubt.refs)})

    @property
    def understood(self) -> bool:
        """Whether no line of it was left over or stayed in doubt."""
        return not (self.reading.strange or re.search(r"\d", self.rest) or any(len(doubt.refs) > 1 for doubt in self.reading.doubts))


def otherwise(blocks: Sequence[Paragraph | Grid], tables: Sequence[SeenTable]) -> Iterator[Finding]:
    """Every finding about a page. `blocks` are those of its tables: all grids, and the lines of the sections that are tables."""
    labels = [tuple(dict.fromkeys(p.text for p in seen.table.grid.places if p.role in {Role.LABEL, Role.HEAD})) for seen in tables]
    spots = _Spots.of(blocks, frozenset(core(label) for found in labels for label in found))
    for seen, printed in zip(tables, labels, strict=True):
        if seen.there:
            yield from _left_out(seen, spots)
            yield from _other_words(seen, printed, spots)
        else:
            yield from _told_in_sentences(seen, printed)


@dataclass(frozen=True)
class _Spots:
    """Every place of a page where a label can stand alone: cells, and lines without the figures behind them."""

    words: Mapping[str, str]  # as it stands there, in half width -> comparable
    said: str  # all of them, one behind the other
    nearest: Mapping[str, str]  # a spot that is no label of the form -> the label it is like, "" if none
    bare: bool  # a line was drawn in which nothing stands

    @classmethod
    def of(cls, blocks: Sequence[Paragraph | Grid], known: frozenset[str]) -> "_Spots":
        texts = [text for b in blocks for text in ([b.text] if isinstance(b, Paragraph) else [p.text for p in b.places])]
        words = {bare: core(bare) for text in texts if len(text) <= MAX_LABEL and (bare := _FIGURES.sub("", plain(text)))}
        strange = {spot: name for spot, name in words.items() if name not in known and len(name) >= _SHORTEST and not _LOST.search(spot)}
        near = {spot: _nearest(name, known) for spot, name in islice(strange.items(), MAX_LINES)}
        return cls(words, "".join(words.values()), near, any(_bare(block) for block in blocks if isinstance(block, Grid)))


def _bare(grid: Grid) -> bool:
    """Whether nothing begins in some row of it: labels and figures were lost that were there."""
    return bool(set(range(grid.height)) - {p.row for p in grid.places if p.text.strip()})


def _told_in_sentences(seen: SeenTable, labels: Sequence[str]) -> Iterator[Finding]:
    """C-TABLE. Where nothing stands under the heading the table may be a picture, where the text points to one it lies elsewhere, and where
    most labels are there it is only not drawn."""
    bare = core(seen.rest)
    told = "。" in seen.rest and _TOLD.search(seen.rest) and not _ELSEWHERE.search(seen.rest) and 2 * sum(core(label) in bare for label in labels) < len(labels)
    if told and seen.headed and seen.goes_on:
        yield _finding(seen, "C-TABLE", excerpt=seen.rest[:EXCERPT], heading=seen.section.heading)


def _left_out(seen: SeenTable, spots: _Spots) -> Iterator[Finding]:
    """C-ROWS. Rows of which neither a figure nor the label is there, while the page goes on behind them; then columns, of the rows that are."""
    if not seen.understood or spots.bare:
        return
    rows = seen.table.row_lines
    there = [i for i, line in enumerate(rows) if any(ref.row == line.key for ref in seen.there)]
    gone_rows = [line for i, line in enumerate(rows) if i not in there and (seen.goes_on or i < there[-1])]
    kept = {rows[i].key for i in there}
    cells = {line: [ref for ref in seen.table.cells if ref.column == line.key and ref.row in kept] for line in seen.table.column_lines}
    gone_columns = [line for line, refs in cells.items() if refs and seen.there.isdisjoint(refs)]
    for kind, gone in (("行", gone_rows), ("列", gone_columns)):
        unsaid = [line for line in gone if not any(core(name) in spots.said or core(name) in spots.nearest.values() for name in line.names)]
        if unsaid:
            names = "、".join(f"“{line.short}”" for line in unsaid[:_NAMED]) + ("等" if len(unsaid) > _NAMED else "")
            keys = {line.key for line in unsaid}
            refs = tuple(ref for ref in seen.table.cells if (ref.row if kind == "行" else ref.column) in keys)
            yield _finding(seen, "C-ROWS", refs, subject=kind, table=seen.table.name, kind=f"{len(unsaid)} {kind}", names=names)


def _other_words(seen: SeenTable, labels: Iterable[str], spots: _Spots) -> Iterator[Finding]:
    """F-LABEL. A label of the form that the page has in other words only, or with a unit that the form does not name."""
    for label in labels:
        bare = core(label)
        same = [spot for spot, words in spots.words.items() if words == bare]
        if same:
            found = same[0] if all(map(_UNIT.search, same)) and not _UNIT.search(plain(label)) else ""
        elif bare in spots.said:
            found = ""
        else:
            found = next((spot for spot, near in spots.nearest.items() if near == bare and _is_slip(spots.words[spot], bare, spots)), "")
        if found:
            yield _finding(seen, "F-LABEL", subject=label, excerpt=found, table=seen.table.name, label=label, found=found)


def _is_slip(words: str, label: str, spots: _Spots) -> bool:
    """Whether these words are the label with a slip in it, and not a piece of it."""
    return not label.startswith(words) and not (label.endswith(words) and label.removesuffix(words) in spots.words.values())


def _nearest(words: str, known: Iterable[str]) -> str:
    matcher = SequenceMatcher(None, b=words, autojunk=False)
    found = (0.0, "")
    for label in known:
        matcher.set_seq1(label)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
            found = max(found, (ratio, label))
    return found[1]


def _finding(seen: SeenTable, code: str, refs: tuple[CellRef, ...] = (), *, subject: str = "", excerpt: str = "", **said: str) -> Finding:
    entry = catalogue()[code]
    return Finding(code, entry.severity, seen.section.key, entry.message.format(**said), seen.table.clause, seen.section.short, refs, subject=subject, excerpt=excerpt)
