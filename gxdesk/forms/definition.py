"""The official form as frozen data.

`FormDef` holds sections and tables; `TableDef` holds row and column trees, the cells they span, the sums and relations among them,
and a `Grid`: the table exactly as it is printed, every label and cell placed with its row and column span. Screen, paper, web page,
checks and import all read the same grid. No other module knows the name of a row or a column.

Three shapes of table cover both official forms and come out of the same two trees:
- one block: the column tree lies on top, the row tree at the left (表三);
- several blocks: each has a title line, a line of column names and its rows (表二);
- `across`: the row tree lies on top of the column tree, everything in one line (表四).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from gxdesk.cells import CellKind, CellRef
from gxdesk.forms.grid import Grid, place
from gxdesk.forms.trees import LineDef, Tree, leaves

FIRST_YEAR, LAST_YEAR = 1900, date.max.year - 1  # of a report: the last one is due in the year after, which the calendar must have
PREAMBLE_PAGE = "基本信息与引言"  # what the place of agency, year and preamble is called everywhere
TEXTS_AROUND = ("preamble", "closing")  # texts of every report that belong to no section


class Op(StrEnum):
    """How the two sides of a relation compare. NONZERO_IF: left is not zero if right is not zero."""

    EQUAL = "equal"
    AT_LEAST = "at_least"
    NONZERO_IF = "nonzero_if"


@dataclass(frozen=True)
class Term:
    """One addend of a relation: a line, with its sign, of this year's report or of last year's."""

    line: str
    sign: int = 1
    last_year: bool = False


@dataclass(frozen=True)
class RelationDef:
    """A rule among cells, said once for all `over` lines: `each="column"` sums rows within every column, `each="row"` the other way."""

    code: str
    each: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    op: Op
    over: tuple[str, ...]  # keys of the columns (or rows) it holds for
    severity: str | None  # where it differs from the catalogue's
    text: str  # the relation in words, as printed in the form or as the officer says it
    todo: str  # what to look at when it fails, a sentence
    across_forms: bool  # of one that reaches across two years: also where last year's report is in another format
    basis: str

    def ref(self, table: str, key: str, line: str) -> CellRef:
        """The cell in which `line`, one of its terms, crosses `key`, one of `over`."""
        return CellRef.of(table, *((key, line) if self.each == "row" else (line, key)))


@dataclass(frozen=True)
class BlockDef:
    """Rows that share their columns. `columns`: (key, number of grid columns)."""

    title: str
    corner: str
    columns: tuple[tuple[str, int], ...]
    rows: Tree


@dataclass(frozen=True)
class CellDef:
    """One cell. `parts` are the cells a computed cell adds up, empty for an input."""

    ref: CellRef
    row: LineDef
    column: LineDef
    kind: CellKind
    unit: str
    parts: tuple[CellRef, ...]
    place: str  # where it is, in the officer's words


@dataclass(frozen=True)
class Measure:
    """A figure that is said outside of its table, under a name of its own. `ref` may name a keyed group instead of a row: then it is what
    the cells of that group come to, so that two forms that divide it otherwise can still be compared."""

    name: str
    ref: CellRef


@dataclass(frozen=True)
class ChartDef:
    """What a picture shows: parts of one whole, or with `compare` figures beside those of last year."""

    title: str
    bars: tuple[Measure, ...]
    compare: bool


@dataclass(frozen=True)
class TableDef:
    key: str
    name: str  # 表二, 表三, 表四
    across: bool
    corner: str
    columns: Tree
    blocks: tuple[BlockDef, ...]
    relations: tuple[RelationDef, ...]
    label_widths: tuple[float, ...]  # of the label columns on paper, mm of 156
    zeros_suspect: bool  # all zeros deserve a look where last year's were not
    clause: str
    note: str  # what is to be known to fill it, one line
    brief: tuple[Measure, ...]  # what one who reads a single page wants to know of it
    charts: tuple[ChartDef, ...]

    @cached_property
    def column_lines(self) -> tuple[LineDef, ...]:
        return tuple(leaves(self.columns))

    @cached_property
    def row_lines(self) -> tuple[LineDef, ...]:
        return tuple(line for block in self.blocks for line in leaves(block.rows))

    @cached_property
    def cells(self) -> Mapping[CellRef, CellDef]:
        """Every cell in reading order."""
        return {cell.ref: cell for cell in self._cells()}

    @cached_property
    def inputs(self) -> tuple[CellRef, ...]:
        return tuple(ref for ref, cell in self.cells.items() if not cell.parts)

    @cached_property
    def grid(self) -> Grid:
        return place(self)

    def under(self, ref: CellRef) -> tuple[CellRef, ...]:
        """The cell itself, or where its row is the key of a group the cells of that group in its column; none if there is neither."""
        if ref in self.cells:  # no group has the key of a line
            return (ref,)
        group, column = f"{self.key}.{ref.row}.", f".{ref.column}"
        return tuple(r for r in self.cells if r.startswith(group) and r.endswith(column)) if ref.table == self.key else ()

    def _cells(self) -> Iterator[CellDef]:
        columns = {c.key: c for c in self.column_lines}
        for block in self.blocks:
            shown = [columns[key] for key, _ in block.columns]
            for row in leaves(block.rows):
                for column in shown:
                    parts = tuple(CellRef.of(self.key, row.key, k) for k in column.sum) or tuple(CellRef.of(self.key, k, column.key) for k in row.sum)
                    kind = row.kind if column.kind is CellKind.COUNT else column.kind
                    place = " · ".join((self.name, row.short) if len(shown) == 1 else (self.name, row.short, column.short))
                    yield CellDef(CellRef.of(self.key, row.key, column.key), row, column, kind, column.unit or row.unit, parts, place)

    def sums(self) -> Iterator[RelationDef]:
        """The sums of the form as relations: each computed line equals its parts, for every line that crosses it."""
        rows, columns = {r.key: r for r in self.row_lines}, {c.key: c for c in self.column_lines}
        for each, lines, crossing in (("row", columns, rows), ("column", rows, columns)):
            for line in (x for x in lines.values() if x.sum):
                groups: dict[str, list[str]] = {}
                for other in crossing.values():
                    if all(CellRef(f"{self.key}.{p}") in self.cells for p in self._crossed(each, other.key, (line.key, *line.sum))):
                        groups.setdefault(f"{line.code}-{other.abbr}" if other.abbr else line.code, []).append(other.key)
                for code, over in groups.items():
                    text = " ＋ ".join(lines[k].short for k in line.sum) if len(line.sum) <= 6 else f"{lines[line.sum[0]].short} 到 {lines[line.sum[-1]].short} 各项相加"
                    yield RelationDef(code, each, tuple(Term(k) for k in line.sum), (Term(line.key),), Op.EQUAL, tuple(over), None, f"{text} ＝ {line.short}", "", False, line.clause)

    def head(self, relation: RelationDef, key: str) -> CellRef:
        """The cell that stands for `relation` in the line `key`: its finding jumps there first and is kept under it.

        Across two years it is what this year's report says on the right, else the first cell of this year's that she can type in.
        """
        terms = relation.left + relation.right
        ours = [relation.ref(self.key, key, t.line) for t in terms if not t.last_year]
        if len(ours) < len(terms) and relation.right and not relation.right[0].last_year:
            return relation.ref(self.key, key, relation.right[0].line)
        return next((ref for ref in ours if not self.cells[ref].parts), ours[0])

    @staticmethod
    def _crossed(each: str, other: str, keys: Iterable[str]) -> list[str]:
        return [f"{other}.{k}" if each == "row" else f"{k}.{other}" for k in keys]


@dataclass(frozen=True)
class Named:
    """Something a text should speak of: what it is called, and the words any of which speaks of it."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class FeeDef:
    """A section in which a fee must be accounted for: words that speak of it, words that say there was none, and the cell counting those
    who were told to pay it and did not."""

    name: str
    words: tuple[str, ...]
    none: tuple[str, ...]
    unpaid: CellRef | None
    clause: str


@dataclass(frozen=True)
class WordingDef:
    """What the texts of a form must or must not say. `retired` are words of other formats, `retired_counted` those that are only told by
    the number behind them, `retired_headings` sub-headings of other formats; `preamble` is what an 引言 usually says; `signed` asks for
    agency and date at the end."""

    retired: tuple[str, ...] = ()
    retired_counted: tuple[str, ...] = ()
    retired_headings: tuple[str, ...] = ()
    preamble: tuple[Named, ...] = ()
    signed: bool = False


@dataclass(frozen=True)
class SectionDef:
    """One of the six sections; it is a text or a table, and its key is that of its text or its table."""

    key: str
    number: str  # 一 … 六
    heading: str
    short: str
    aliases: tuple[str, ...]
    table: str | None
    clause: str
    note: str
    aspects: tuple[str, ...]  # sub-headings the official format names
    guide_length: int | None  # characters, 原则上
    aspect_words: tuple[tuple[str, ...], ...]  # for each aspect the words by which a text without sub-headings speaks of it
    counted_aspects: tuple[str, ...]  # aspects of which a figure is expected
    government: tuple[Named, ...]  # what governments, not departments, report beside
    improves: bool  # tells of problems and how they are mended
    renewed: bool  # must not repeat last year's
    fee: FeeDef | None


@dataclass(frozen=True)
class Notice:
    number: str
    title: str
    issued: str


Cells = tuple[CellRef, ...]  # added up


@dataclass(frozen=True)
class SaidDef:
    """A quantity the texts speak of, and the cells it must agree with.

    In a phrase N is the number with its unit, {甲|乙} either word, … a few words without a number, * words that must be the same for two such
    numbers to be the same quantity ("通过*公开信息N"), 。 at its end that the clause ends there. A quantity without `equals` stands in no table and is only compared with itself.
    """

    code: str
    name: str
    phrases: tuple[str, ...]
    none: tuple[str, ...]  # phrases that say there was none
    units: tuple[str, ...]
    equals: tuple[Cells, ...]  # any one of these sums will do
    near: tuple[Cells, ...]  # sums it is easily taken for: said beside the finding, which then only asks
    about: tuple[str, ...]  # the matter: one of these must have been named last before it
    apart: tuple[str, ...]  # other matters, beside those of the whole form
    unless: tuple[str, ...]  # words that make the clause speak of something else
    whole: bool  # counts all of it: behind 其中 or in brackets the phrase speaks of a part
    severity: str | None  # where it differs from the catalogue's


@dataclass(frozen=True)
class Deadline:
    """Of the bodies whose names end so: month, day of the following year, and where that is written."""

    endings: tuple[str, ...]
    day: tuple[int, int]
    clause: str


@dataclass(frozen=True)
class FormDef:
    """One official format. `first_year` is the first report year it serves; it serves until the next format begins.

    Read alone it has no `last_year`; `Forms` fills it in.
    """

    file: str  # it was read from, for messages
    id: str
    name: str
    first_year: int
    last_year: int | None  # the last report year it serves, known only beside the format that follows it
    title: str  # with {agency} and {year}
    subject: str  # the title without them: keywords and file names
    aliases: tuple[str, ...]  # other names published reports give themselves
    notice: Notice
    deadline: tuple[int, int]  # month, day of the following year
    deadline_clause: str
    deadline_to: str
    deadlines: tuple[Deadline, ...]  # of those bodies that gather the reports of others and have longer
    wording: WordingDef
    sections: tuple[SectionDef, ...]
    tables: Mapping[str, TableDef]
    said: tuple[SaidDef, ...]
    apart: tuple[str, ...]  # matters whose numbers no table of the form holds

    @cached_property
    def cells(self) -> Mapping[CellRef, CellDef]:
        return {ref: cell for table in self.tables.values() for ref, cell in table.cells.items()}

    @property
    def years(self) -> str:
        """The report years it serves, in words."""
        return f"{self.first_year} 年度起" if self.last_year is None else f"{self.first_year} 至 {self.last_year} 年度"

    def serves(self, year: int) -> bool:
        return self.first_year <= year <= (self.last_year or year)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Keys of the report's texts, in the order of the report."""
        return (TEXTS_AROUND[0], *(s.key for s in self.sections if s.table is None), TEXTS_AROUND[1])

    @cached_property
    def dependents(self) -> Mapping[CellRef, tuple[CellRef, ...]]:
        """For each cell the computed cells that take it up, directly or through another, in the order they must be computed."""
        users: dict[CellRef, list[CellRef]] = {}
        for ref, cell in self.cells.items():
            for part in cell.parts:
                users.setdefault(part, []).append(ref)

        def depth(ref: CellRef) -> int:
            return 1 + max((depth(p) for p in self.cells[ref].parts), default=-1)

        out: dict[CellRef, tuple[CellRef, ...]] = {}
        for ref in users:
            reached: set[CellRef] = set()
            todo = [ref]
            while todo:
                for user in users.get(todo.pop(), ()):
                    if user not in reached:
                        reached.add(user)
                        todo.append(user)
            out[ref] = tuple(sorted(reached, key=lambda r: (depth(r), r)))
        return out

    def later_deadline(self, name: str) -> Deadline | None:
        """That of a body which gathers the reports of others, told by the end of its bare name."""
        return next((d for d in self.deadlines if name.endswith(d.endings)), None)

    def section_of(self, ref: CellRef) -> SectionDef:
        return next(s for s in self.sections if s.table == ref.table)

    def section(self, key: str) -> SectionDef:
        return next(s for s in self.sections if s.key == key)


