"""The official form as frozen data, read from TOML by a strict loader.

`FormDef` holds sections and tables; `TableDef` holds row and column trees, the cells they span, the sums and relations among them,
and a `Grid`: the table exactly as it is printed, every label and cell placed with its row and column span. Screen, paper, web page,
checks and import all read the same grid. No other module knows the name of a row or a column.

Three shapes of table cover both official forms and come out of the same two trees:
- one block: the column tree lies on top, the row tree at the left (表三);
- several blocks: each has a title line, a line of column names and its rows (表二);
- `across`: the row tree lies on top of the column tree, everything in one line (表四).
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from gxdesk.cells import CellKind, CellRef
from gxdesk.errors import FormError, UserError
from gxdesk.resources import packaged

T = TypeVar("T")
TEXTS_AROUND = ("preamble", "closing")  # texts of every report that belong to no section


class Op(StrEnum):
    """How the two sides of a relation compare. NONZERO_IF: left is not zero if right is not zero."""

    EQUAL = "equal"
    AT_LEAST = "at_least"
    NONZERO_IF = "nonzero_if"


class Role(StrEnum):
    """What stands in a place of the printed table."""

    CORNER = "corner"  # the note where label columns and header rows meet
    HEAD = "head"  # a column label
    BAND = "band"  # the title line of a block
    LABEL = "label"  # a row label
    INPUT = "input"
    TOTAL = "total"


@dataclass(frozen=True)
class LineDef:
    """A row or a column: a leaf of its tree. `sum` names the lines it adds up, in the same tree; `short` is for messages."""

    key: str
    label: str
    lines: tuple[str, ...]  # the label, broken where it breaks well
    short: str
    aliases: tuple[str, ...]
    kind: CellKind
    sum: tuple[str, ...]
    code: str  # of the check that the sum holds
    clause: str
    abbr: str  # completes the code of the crossing line's sum: A4-SUM + fy

    @property
    def names(self) -> tuple[str, ...]:
        """What published reports call it: the label first, then the variants seen."""
        return (self.label, *self.aliases)


@dataclass(frozen=True)
class Group:
    """A merged label over lines or further groups."""

    label: str
    lines: tuple[str, ...]
    children: tuple["Group | LineDef", ...]


Tree = tuple[Group | LineDef, ...]


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
    basis: str


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
    parts: tuple[CellRef, ...]
    place: str  # where it is, in the officer's words


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


@dataclass(frozen=True)
class Guide:
    """One piece of counting help: what, and how."""

    term: str
    text: str


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
    guides: tuple[Guide, ...]

    @cached_property
    def column_lines(self) -> tuple[LineDef, ...]:
        return tuple(_leaves(self.columns))

    @cached_property
    def row_lines(self) -> tuple[LineDef, ...]:
        return tuple(line for block in self.blocks for line in _leaves(block.rows))

    @cached_property
    def cells(self) -> Mapping[CellRef, CellDef]:
        """Every cell in reading order."""
        return {cell.ref: cell for cell in self._cells()}

    @cached_property
    def inputs(self) -> tuple[CellRef, ...]:
        return tuple(ref for ref, cell in self.cells.items() if not cell.parts)

    @cached_property
    def grid(self) -> Grid:
        return _place(self)

    def _cells(self) -> Iterator[CellDef]:
        columns = {c.key: c for c in self.column_lines}
        for block in self.blocks:
            shown = [columns[key] for key, _ in block.columns]
            for row in _leaves(block.rows):
                for column in shown:
                    parts = tuple(CellRef.of(self.key, row.key, k) for k in column.sum) or tuple(CellRef.of(self.key, k, column.key) for k in row.sum)
                    kind = row.kind if column.kind is CellKind.COUNT else column.kind
                    place = " · ".join((self.name, row.short) if len(shown) == 1 else (self.name, row.short, column.short))
                    yield CellDef(CellRef.of(self.key, row.key, column.key), row, column, kind, parts, place)

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
                    yield RelationDef(code, each, tuple(Term(k) for k in line.sum), (Term(line.key),), Op.EQUAL, tuple(over), None, f"{text} ＝ {line.short}", line.clause)

    @staticmethod
    def _crossed(each: str, other: str, keys: Iterable[str]) -> list[str]:
        return [f"{other}.{k}" if each == "row" else f"{k}.{other}" for k in keys]


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


@dataclass(frozen=True)
class Notice:
    number: str
    title: str
    issued: str


@dataclass(frozen=True)
class FormDef:
    """One official format. `first_year` is the first report year it serves; it serves until the next format begins."""

    id: str
    name: str
    first_year: int
    title: str  # with {agency} and {year}
    notice: Notice
    deadline: tuple[int, int]  # month, day of the following year
    deadline_clause: str
    deadline_to: str
    sections: tuple[SectionDef, ...]
    tables: Mapping[str, TableDef]

    @cached_property
    def cells(self) -> Mapping[CellRef, CellDef]:
        return {ref: cell for table in self.tables.values() for ref, cell in table.cells.items()}

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

    def section_of(self, ref: CellRef) -> SectionDef:
        return next(s for s in self.sections if s.table == ref.table)

    def section(self, key: str) -> SectionDef:
        return next(s for s in self.sections if s.key == key)


class Forms(Mapping[str, FormDef]):
    """The formats known, by id. The report year chooses among them."""

    def __init__(self, forms: Iterable[FormDef]) -> None:
        self._forms = {f.id: f for f in sorted(forms, key=lambda f: f.first_year)}
        for earlier, later in pairwise(self._forms.values()):
            if earlier.first_year == later.first_year:
                raise FormError(f"格式 {earlier.id} 和 {later.id} 都从 {later.first_year} 年起用，只能有一个。")

    @classmethod
    def load(cls, folder: Path | None = None) -> "Forms":
        """Every `*.toml` of `folder` (default: those that come with the program). Raises FormError."""
        return cls(load_form(path) for path in sorted((folder or packaged("forms")).glob("*.toml")))

    def __getitem__(self, form_id: str) -> FormDef:
        return self._forms[form_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def __len__(self) -> int:
        return len(self._forms)

    def for_year(self, year: int) -> FormDef:
        """The format of a report about `year`. Raises UserError for a year before the first format."""
        fitting = [f for f in self._forms.values() if f.first_year <= year]
        if not fitting:
            first = next(iter(self._forms.values()), None)
            raise UserError(f"{year} 年的报告没有全国统一格式：统一格式从 {first.first_year if first else '…'} 年度起用。请核对报告年度。")
        return fitting[-1]

    def years_of(self, form: FormDef) -> tuple[int, int | None]:
        """First and last report year of `form`; None while it is in force."""
        later = [f.first_year for f in self._forms.values() if f.first_year > form.first_year]
        return form.first_year, min(later) - 1 if later else None


# --- reading ------------------------------------------------------------------------------------------------------


class _Fields:
    """A TOML table read key by key; `finish` refuses what was not read. `where` is the place for messages."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise FormError(f"{where}：这里应当是一组键和值。")
        self.data, self.where = dict(data), where

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        if key not in self.data:
            if default is None:
                raise FormError(f"{self.where}：缺少 {key}。")
            return default
        value = self.data.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise FormError(f"{self.where}.{key}：应当是{_KINDS[kind]}，现在是 {value!r}。")
        return value

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self.take(key, list, None if default is None else list(default))
        if not all(isinstance(v, str) for v in values):
            raise FormError(f"{self.where}.{key}：每一项都应当是文字。")
        return tuple(values)

    def finish(self) -> None:
        if self.data:
            raise FormError(f"{self.where}：不认识的键 {'、'.join(self.data)}。")


_KINDS: Mapping[type, str] = {str: "文字", int: "整数", list: "列表", dict: "一组键和值", bool: "true 或 false", float: "小数"}


def load_form(path: Path) -> FormDef:
    """Read one form file. Raises FormError naming file and place for an unknown or missing key, a label used twice, a line that does not exist, or a sum that runs in a circle."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormError(f"格式文件 {path.name} 读不出来：{error}") from error
    top = _Fields(data, path.name)
    notice = _Fields(top.take("notice", dict), f"{path.name}.notice")
    deadline = _Fields(top.take("deadline", dict), f"{path.name}.deadline")
    tables: dict[str, TableDef] = {}
    for i, raw in enumerate(top.take("tables", list)):
        table = _table(_Fields(raw, f"{path.name}.tables[{i}]"))
        if table.key in tables:
            raise FormError(f"{path.name}：表 {table.key} 写了两次。")
        tables[table.key] = table
    sections = tuple(_section(_Fields(raw, f"{path.name}.sections[{i}]"), tables) for i, raw in enumerate(top.take("sections", list)))
    form = FormDef(
        id=top.take("id", str),
        name=top.take("name", str),
        first_year=top.take("first_year", int),
        title=top.take("title", str),
        notice=Notice(notice.take("number", str), notice.take("title", str), notice.take("issued", str)),
        deadline=(deadline.take("month", int), deadline.take("day", int)),
        deadline_clause=deadline.take("clause", str),
        deadline_to=deadline.take("to", str),
        sections=sections,
        tables=tables,
    )
    for fields in (notice, deadline, top):
        fields.finish()
    _unique((s.key for s in sections), f"{path.name}：部分")
    _unique((s.heading for s in sections), f"{path.name}：标题")
    _unique((s.table for s in sections if s.table), f"{path.name}：部分的表")
    if unused := set(tables) - {s.table for s in sections}:
        raise FormError(f"{path.name}：表 {'、'.join(unused)} 没有放进任何部分。")
    return form


def _section(f: _Fields, tables: Mapping[str, TableDef]) -> SectionDef:
    length = f.take("guide_length", int, 0)
    section = SectionDef(
        key=f.take("key", str),
        number=f.take("number", str),
        heading=f.take("heading", str),
        short=f.take("short", str),
        aliases=f.words("aliases", ()),
        table=f.take("table", str, "") or None,
        clause=f.take("clause", str),
        note=f.take("note", str),
        aspects=f.words("aspects", ()),
        guide_length=length or None,
    )
    f.finish()
    if section.table and section.table not in tables:
        raise FormError(f"{f.where}：没有表 {section.table}。")
    if section.table and section.table != section.key:
        raise FormError(f"{f.where}：部分 {section.key} 的表也要叫 {section.key}。")
    if section.key in TEXTS_AROUND:
        raise FormError(f"{f.where}：{section.key} 是引言、落款用的名字，部分不能叫它。")
    return section


def _table(f: _Fields) -> TableDef:
    columns = _whole_sums(_tree(f.take("columns", list), "columns", f"{f.where}.columns"))
    corner = f.take("corner", str, "")
    across = f.take("across", bool, False)
    named = {c.key for c in _leaves(columns)}
    if "rows" in f.data:
        everything = tuple((c.key, 1) for c in _leaves(columns))
        blocks: tuple[BlockDef, ...] = (BlockDef("", corner, everything, _whole_sums(_tree(f.take("rows", list), "rows", f"{f.where}.rows"))),)
    else:
        blocks = tuple(_block(_Fields(raw, f"{f.where}.blocks[{i}]"), corner, named) for i, raw in enumerate(f.take("blocks", list)))
    table = TableDef(
        key=f.take("key", str),
        name=f.take("name", str),
        across=across,
        corner=corner,
        columns=columns,
        blocks=blocks,
        relations=(),
        label_widths=tuple(float(x) for x in f.take("label_widths", list, [])),
        zeros_suspect=f.take("zeros_suspect", bool, False),
        clause=f.take("clause", str),
        note=f.take("note", str),
        guides=tuple(_guide(_Fields(g, f"{f.where}.guides[{i}]")) for i, g in enumerate(f.take("guides", list, []))),
    )
    if "." in table.key:
        raise FormError(f"{f.where}：表的键 {table.key} 里不能有点。")
    for what, lines in (("行", table.row_lines), ("列", table.column_lines)):
        _unique((x.key for x in lines), f"{f.where}：{what}")
        _sums(lines, f"{f.where}：{what}")
    for column in table.column_lines:
        if "." in column.key:
            raise FormError(f"{f.where}：列的键 {column.key} 里不能有点。")
    relations = tuple(_relation(_Fields(raw, f"{f.where}.relations[{i}]"), table) for i, raw in enumerate(f.take("relations", list, [])))
    f.finish()
    if table.label_widths and len(table.label_widths) != table.grid.label_columns:
        raise FormError(f"{f.where}.label_widths：表有 {table.grid.label_columns} 层行标题，这里给了 {len(table.label_widths)} 个宽度。")
    return replace(table, relations=relations)


def _block(f: _Fields, corner: str, named: set[str]) -> BlockDef:
    columns: list[tuple[str, int]] = []
    for i, raw in enumerate(f.take("columns", list)):
        c = _Fields(raw, f"{f.where}.columns[{i}]")
        columns.append((c.take("key", str), c.take("span", int, 1)))
        c.finish()
        if columns[-1][0] not in named:
            raise FormError(f"{c.where}：没有列 {columns[-1][0]}。")
    block = BlockDef(f.take("title", str), f.take("corner", str, "") or corner, tuple(columns), _whole_sums(_tree(f.take("rows", list), "rows", f"{f.where}.rows")))
    f.finish()
    return block


def _guide(f: _Fields) -> Guide:
    guide = Guide(f.take("term", str), f.take("text", str))
    f.finish()
    return guide


def _tree(raw: list[Any], children: str, where: str, prefix: str = "") -> Tree:
    """A row or column tree. A keyed group puts its key and a dot before the keys below it, and its key stands for all of them in a sum."""
    nodes: list[Group | LineDef] = []
    for i, item in enumerate(raw):
        f = _Fields(item, f"{where}[{i}]")
        label = f.take("label", str)
        lines = f.words("lines", (label,))
        if "".join(lines) != label:
            raise FormError(f"{f.where}.lines：拼起来不是 {label}。")
        if children in f.data:
            key = f.take("key", str, "")
            nodes.append(Group(label, lines, _tree(f.take(children, list), children, f"{f.where}.{children}", f"{prefix}{key}." if key else prefix)))
        else:
            nodes.append(_line(f, label, lines, prefix))
        f.finish()
    _unique((n.label for n in nodes), f"{where}：标题")
    return tuple(nodes)


def _line(f: _Fields, label: str, lines: tuple[str, ...], prefix: str) -> LineDef:
    kind = f.take("kind", str, CellKind.COUNT.value)
    if kind not in list(CellKind):
        raise FormError(f"{f.where}.kind：只能是 {'、'.join(CellKind)}。")
    line = LineDef(
        key=prefix + f.take("key", str),
        label=label,
        lines=lines,
        short=f.take("short", str, label),
        aliases=f.words("aliases", ()),
        kind=CellKind(kind),
        sum=f.words("sum", ()),
        code=f.take("code", str, ""),
        clause=f.take("clause", str, ""),
        abbr=f.take("abbr", str, ""),
    )
    if bool(line.sum) != bool(line.code):
        raise FormError(f"{f.where}：有 sum 就要有 code，没有 sum 就不能有。")
    return line


def _whole_sums(tree: Tree) -> Tree:
    """Where a sum names a keyed group, the group's lines in its place."""
    keys = [line.key for line in _leaves(tree)]

    def whole(node: Group | LineDef) -> Group | LineDef:
        if isinstance(node, Group):
            return replace(node, children=tuple(whole(n) for n in node.children))
        return replace(node, sum=tuple(k for part in node.sum for k in [x for x in keys if x.startswith(f"{part}.")] or [part]))

    return tuple(whole(n) for n in tree)


def _sums(lines: tuple[LineDef, ...], where: str) -> None:
    """Every sum names lines that exist, and none adds itself up."""
    by_key = {x.key: x for x in lines}

    def walk(line: LineDef, path: tuple[str, ...]) -> None:
        if line.key in path:
            raise FormError(f"{where} {line.key} 的 sum 绕了一圈又加回自己。")
        for part in line.sum:
            if part not in by_key:
                raise FormError(f"{where} {line.key} 的 sum 里没有 {part}。")
            walk(by_key[part], (*path, line.key))

    for line in lines:
        _unique(line.sum, f"{where} {line.key} 的 sum")
        walk(line, ())


def _relation(f: _Fields, table: TableDef) -> RelationDef:
    each = f.take("each", str)
    if each not in ("row", "column"):
        raise FormError(f"{f.where}.each：只能是 row 或 column。")
    summed, crossing = (table.column_lines, table.row_lines) if each == "row" else (table.row_lines, table.column_lines)
    known, others = {x.key for x in summed}, tuple(x.key for x in crossing)
    op = f.take("op", str, Op.EQUAL.value)
    if op not in list(Op):
        raise FormError(f"{f.where}.op：只能是 {'、'.join(Op)}。")
    over = f.words("over", others)
    relation = RelationDef(
        code=f.take("code", str),
        each=each,
        left=_terms(f.words("left"), known, f"{f.where}.left"),
        right=_terms(f.words("right"), known, f"{f.where}.right"),
        op=Op(op),
        over=over,
        severity=f.take("severity", str, "") or None,
        text=f.take("text", str),
        basis=f.take("basis", str),
    )
    f.finish()
    if unknown := [k for k in over if k not in others]:
        raise FormError(f"{f.where}.over：没有 {'、'.join(unknown)}。")
    for other in over:
        for term in relation.left + relation.right:
            ref = CellRef.of(table.key, *((other, term.line) if each == "row" else (term.line, other)))
            if ref not in table.cells:
                raise FormError(f"{f.where}：表里没有 {ref} 这一格。")
    return relation


def _terms(words: tuple[str, ...], known: set[str], where: str) -> tuple[Term, ...]:
    """`issued`, `-repealed`, `last:in_force`. A constant 0 is an empty side."""
    terms = []
    for word in words:
        bare = word.removeprefix("-")
        line = bare.removeprefix("last:")
        if line not in known:
            raise FormError(f"{where}：没有 {line}。")
        terms.append(Term(line, -1 if word.startswith("-") else 1, bare.startswith("last:")))
    return tuple(terms)


def _unique(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FormError(f"{what} {value} 写了两次。")
        seen.add(value)


# --- placing ------------------------------------------------------------------------------------------------------


def _leaves(tree: Tree) -> Iterator[LineDef]:
    for node in tree:
        if isinstance(node, LineDef):
            yield node
        else:
            yield from _leaves(node.children)


def _depth(tree: Tree) -> int:
    return max((1 + _depth(n.children) if isinstance(n, Group) else 1 for n in tree), default=0)


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


def _place(table: TableDef) -> Grid:
    """The printed table from its trees."""
    if table.across:
        return _place_across(table)
    places: list[Placed] = []
    label_columns = max(_depth(b.rows) for b in table.blocks)
    width = label_columns + max(sum(span for _, span in b.columns) for b in table.blocks)
    head_rows = _depth(table.columns) if len(table.blocks) == 1 and not table.blocks[0].title else 0
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
        for line in _leaves(block.rows):
            places += [_cell(table, row, at, span, CellRef.of(table.key, line.key, c.key)) for c, at, span in starts]
            row += 1
    return Grid(width, row, head_rows, label_columns, _in_order(places))


def _place_across(table: TableDef) -> Grid:
    upper, lower = _depth(table.blocks[0].rows), _depth(table.columns)
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
    for i, row in enumerate(_leaves(table.blocks[0].rows)):
        places += [_cell(table, upper + lower, i * per + j, 1, CellRef.of(table.key, row.key, c.key)) for j, c in enumerate(table.column_lines)]
    return Grid(per * len(table.row_lines), upper + lower + 1, upper + lower, 0, _in_order(places))


def _cell(table: TableDef, row: int, column: int, span: int, ref: CellRef) -> Placed:
    return Placed(row, column, 1, span, Role.TOTAL if table.cells[ref].parts else Role.INPUT, (), ref)


def _in_order(places: list[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(places, key=lambda p: (p.row, p.column)))
