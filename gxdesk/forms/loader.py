"""Reads a form file, strictly: whatever the program could not show, add up, print or tell apart later is a FormError here that names the
file and the place in it. An unknown key, a missing or empty one, a name given twice, a line that does not exist, a sum that runs in a circle
or out of its table, a table that does not fill its grid.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from gxdesk.cells import CellKind, CellRef
from gxdesk.errors import FormError
from gxdesk.forms.definition import (
    TEXTS_AROUND,
    BlockDef,
    Cells,
    ChartDef,
    Deadline,
    FeeDef,
    FormDef,
    Measure,
    Named,
    Notice,
    Op,
    RelationDef,
    SaidDef,
    SectionDef,
    TableDef,
    Term,
    WordingDef,
)
from gxdesk.forms.fields import Fields
from gxdesk.forms.trees import Group, LineDef, Tree, leaves

SEVERITIES = ("error", "explain", "hint")  # those of `checks.finding.Severity`; the forms know no checks
_PHRASE = re.compile(r"(?:[^{}|。]|\{[^{}N*。]*\|[^{}N*。]*\})*。?")


def load_head(path: Path) -> tuple[str, int]:
    """The id of the form in a file and the first year it is for: in TOML they stand before the first table. Raises FormError."""
    top = _fields(path, head=True)
    return top.take("id", str), top.positive("first_year")


def load_form(path: Path) -> FormDef:
    """Read one form file. Raises FormError."""
    top = _fields(path)
    notice = Fields(top.take("notice", dict), f"{path.name}.notice")
    deadline = Fields(top.take("deadline", dict), f"{path.name}.deadline")
    all_tables = tuple(_table(f) for f in top.each("tables"))
    _unique((t.key for t in all_tables), f"{path.name}：表")
    _unique((t.name for t in all_tables), f"{path.name}：表名")
    tables = {t.key: t for t in all_tables}
    sections = tuple(_section(f, tables) for f in top.each("sections"))
    form = FormDef(
        file=path.name,
        id=top.take("id", str),
        name=top.take("name", str),
        first_year=top.positive("first_year"),
        last_year=None,
        title=_title(top),
        subject=top.take("subject", str),
        aliases=top.words("aliases", ()),
        notice=Notice(notice.take("number", str), notice.take("title", str), notice.take("issued", str)),
        deadline=_day(deadline),
        deadline_clause=deadline.take("clause", str),
        deadline_to=deadline.take("to", str),
        deadlines=tuple(_deadline(f) for f in deadline.each("later", [])),
        wording=_wording(Fields(top.take("wording", dict, {}), f"{path.name}.wording")),
        sections=sections,
        tables=tables,
        said=tuple(_said(f, tables) for f in top.each("said", [])),
        apart=top.words("apart", ()),
    )
    for fields in (notice, deadline, top):
        fields.finish()
    _unique((s.key for s in sections), f"{path.name}：部分")
    _unique((s.number for s in sections), f"{path.name}：部分的序号")
    _unique((name for s in sections for name in (s.heading, *s.aliases)), f"{path.name}：标题")
    _unique((s.table for s in sections if s.table), f"{path.name}：部分的表")
    if unused := set(tables) - {s.table for s in sections}:
        raise FormError(f"{path.name}：表 {'、'.join(unused)} 没有放进任何部分。")
    return form


def _fields(path: Path, *, head: bool = False) -> Fields:
    try:
        text = path.read_text(encoding="utf-8")
        return Fields(tomllib.loads(text.partition("\n[")[0] if head else text), path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormError(f"格式文件 {path.name} 读不出来：{error}") from error


def _title(f: Fields) -> str:
    title = f.take("title", str)
    if re.search("[{}]", re.sub(r"\{(agency|year)\}", "", title)):
        raise FormError(f"{f.where}.title：大括号里只能是 agency 或 year，现在是 {title}。")
    return title


def _day(f: Fields) -> tuple[int, int]:
    month, day = f.take("month", int), f.take("day", int)
    try:
        date(2001, month, day)  # not a leap year: the day must come every year
    except (ValueError, OverflowError) as error:
        raise FormError(f"{f.where}：不是每年都有 {month} 月 {day} 日。") from error
    return month, day


def _deadline(f: Fields) -> Deadline:
    deadline = Deadline(f.words("endings"), _day(f), f.take("clause", str))
    f.finish()
    return deadline


def _wording(f: Fields) -> WordingDef:
    wording = WordingDef(
        retired=f.words("retired", ()),
        retired_counted=f.words("retired_counted", ()),
        retired_headings=f.words("retired_headings", ()),
        preamble=tuple(_named(n) for n in f.each("preamble", [])),
        signed=f.take("signed", bool, False),
    )
    f.finish()
    return wording


def _named(f: Fields) -> Named:
    named = Named(f.take("name", str), f.words("words"))
    f.finish()
    return named


def _fee(f: Fields, tables: Mapping[str, TableDef]) -> FeeDef:
    unpaid = CellRef(f.take("unpaid", str, ""))
    fee = FeeDef(f.take("name", str), f.words("words"), f.words("none"), unpaid or None, f.take("clause", str))
    f.finish()
    if unpaid and not (unpaid.table in tables and unpaid in tables[unpaid.table].cells):
        raise FormError(f"{f.where}.unpaid：没有 {unpaid} 这一格。")
    return fee


def _aspects(f: Fields) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The aspects, the words of each, and those of which a figure is expected."""
    aspects = f.words("aspects", ())
    words = tuple(_named(n) for n in f.each("aspect_words", []))
    counted = f.words("counted_aspects", ())
    if unknown := [name for name in (*(n.name for n in words), *counted) if name not in aspects]:
        raise FormError(f"{f.where}：aspects 里没有 {unknown[0]}。")
    by_name = {n.name: n.words for n in words}
    return aspects, tuple(by_name.get(name, ()) for name in aspects), counted


def _section(f: Fields, tables: Mapping[str, TableDef]) -> SectionDef:
    length = f.positive("guide_length", 0)
    aspects, aspect_words, counted = _aspects(f)
    section = SectionDef(
        key=f.take("key", str),
        number=f.take("number", str),
        heading=f.take("heading", str),
        short=f.take("short", str),
        aliases=f.words("aliases", ()),
        table=f.take("table", str, "") or None,
        clause=f.take("clause", str),
        note=f.take("note", str),
        aspects=aspects,
        guide_length=length or None,
        aspect_words=aspect_words,
        counted_aspects=counted,
        government=tuple(_named(n) for n in f.each("government", [])),
        improves=f.take("improves", bool, False),
        renewed=f.take("renewed", bool, False),
        fee=_fee(Fields(f.data.pop("fee"), f"{f.where}.fee"), tables) if "fee" in f.data else None,
    )
    f.finish()
    if section.table and section.table not in tables:
        raise FormError(f"{f.where}：没有表 {section.table}。")
    if section.table and section.table != section.key:
        raise FormError(f"{f.where}：部分 {section.key} 的表也要叫 {section.key}。")
    if section.key in TEXTS_AROUND:
        raise FormError(f"{f.where}：{section.key} 是引言、落款用的名字，部分不能叫它。")
    return section


def _table(f: Fields) -> TableDef:
    columns = _tree(f, "columns")
    across = f.take("across", bool, False)
    corner = "" if across else f.take("corner", str, "")  # an `across` table has none
    if "rows" in f.data:
        blocks: tuple[BlockDef, ...] = (BlockDef("", corner, tuple((c.key, 1) for c in leaves(columns)), _tree(f, "rows")),)
    elif across:
        raise FormError(f"{f.where}：横排的表（across）只有一块，行写在 rows 里，不能分 blocks。")
    else:
        blocks = _blocks(f, columns, corner)
    table = TableDef(
        key=f.take("key", str),
        name=f.take("name", str),
        across=across,
        corner=corner,
        columns=columns,
        blocks=blocks,
        relations=(),
        label_widths=f.lengths("label_widths"),
        zeros_suspect=f.take("zeros_suspect", bool, False),
        clause=f.take("clause", str),
        note=f.take("note", str),
        brief=(),
        charts=(),
    )
    if "." in table.key:
        raise FormError(f"{f.where}：表的键 {table.key} 里不能有点。")
    for what, trees in (("行", [b.rows for b in blocks]), ("列", [columns])):
        lines = tuple(line for tree in trees for line in leaves(tree))
        _names(trees, lines, f"{f.where}：{what}")
        _sums(lines, f"{f.where}：{what}")
    for column in table.column_lines:
        if "." in column.key:
            raise FormError(f"{f.where}：列的键 {column.key} 里不能有点。")
    for cell in table.cells.values():
        if outside := [part for part in cell.parts if part not in table.cells]:
            raise FormError(f"{f.where}：{cell.ref} 的 sum 要加 {outside[0]}，表里没有这一格。")
    table = replace(
        table,
        relations=tuple(_relation(r, table) for r in f.each("relations", [])),
        brief=_measures(f, "brief", table, []),
        charts=tuple(_chart(c, table) for c in f.each("charts", [])),
    )
    f.finish()
    _told_apart(table, f.where)
    if uneven := table.grid.uneven:
        raise FormError(f"{f.where}：印出来第 {uneven[0] + 1} 行第 {uneven[1] + 1} 格空着或重叠，每一块的列 span 加起来要一样。")
    if table.label_widths and len(table.label_widths) != table.grid.label_columns:
        raise FormError(f"{f.where}.label_widths：表有 {table.grid.label_columns} 层行标题，这里给了 {len(table.label_widths)} 个宽度。")
    return table


def _blocks(f: Fields, columns: Tree, corner: str) -> tuple[BlockDef, ...]:
    named = [c.key for c in leaves(columns)]
    blocks = tuple(_block(b, corner, named) for b in f.each("blocks"))
    if any(isinstance(node, Group) for node in columns):
        raise FormError(f"{f.where}.columns：分 blocks 的表，列不能再分组。")
    if idle := set(named) - {key for block in blocks for key, _ in block.columns}:
        raise FormError(f"{f.where}.columns：列 {'、'.join(sorted(idle))} 没有放进任何一块。")
    return blocks


def _block(f: Fields, corner: str, named: list[str]) -> BlockDef:
    columns: list[tuple[str, int]] = []
    for c in f.each("columns"):
        columns.append((c.choice("key", named), c.positive("span", 1)))
        c.finish()
    _unique((key for key, _ in columns), f"{f.where}：列")
    block = BlockDef(f.take("title", str), f.take("corner", str, "") or corner, tuple(columns), _tree(f, "rows"))
    f.finish()
    return block


def _chart(f: Fields, table: TableDef) -> ChartDef:
    chart = ChartDef(f.take("title", str), _measures(f, "bars", table), f.take("compare", bool, False))
    f.finish()
    return chart


def _measures(above: Fields, key: str, table: TableDef, default: list[Any] | None = None) -> tuple[Measure, ...]:
    measures = []
    for f in above.each(key, default):
        measure = Measure(f.take("name", str), CellRef(f"{table.key}.{f.take('cell', str)}"))
        f.finish()
        if not table.under(measure.ref):
            raise FormError(f"{f.where}.cell：表里没有 {measure.ref} 这一格，也没有这样一组。")
        measures.append(measure)
    _unique((m.name for m in measures), f"{above.where}.{key}：名称")
    return tuple(measures)


def _tree(f: Fields, children: str) -> Tree:
    """The row or column tree under the key `children`, its sums spelled out."""
    return _whole_sums(_nodes(f, children, ""))


def _nodes(above: Fields, children: str, prefix: str) -> Tree:
    """A keyed group puts its key and a dot before the keys below it, and its key stands for all of them in a sum."""
    nodes: list[Group | LineDef] = []
    for f in above.each(children):
        label = f.take("label", str)
        lines = f.words("lines", (label,))
        if "".join(lines) != label:
            raise FormError(f"{f.where}.lines：拼起来不是 {label}。")
        if children in f.data:
            key = f.take("key", str, "")
            nodes.append(Group(label, lines, _nodes(f, children, f"{prefix}{key}." if key else prefix)))
        else:
            nodes.append(_line(f, label, lines, prefix))
        f.finish()
    return tuple(nodes)


def _line(f: Fields, label: str, lines: tuple[str, ...], prefix: str) -> LineDef:
    line = LineDef(
        key=prefix + f.take("key", str),
        label=label,
        lines=lines,
        short=f.take("short", str, label),
        aliases=f.words("aliases", ()),
        kind=CellKind(f.choice("kind", CellKind, CellKind.COUNT)),
        unit=f.take("unit", str, ""),
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
    keys = [line.key for line in leaves(tree)]

    def whole(node: Group | LineDef) -> Group | LineDef:
        if isinstance(node, Group):
            return replace(node, children=tuple(whole(n) for n in node.children))
        return replace(node, sum=tuple(k for part in node.sum for k in [x for x in keys if x.startswith(f"{part}.")] or [part]))

    return tuple(whole(n) for n in tree)


def _names(trees: Iterable[Tree], lines: tuple[LineDef, ...], where: str) -> None:
    """A key, a short name and a label under its groups belong to one row (or column) of the whole table; an alias to none but its own."""
    _unique((x.key for x in lines), where)
    _unique((path for tree in trees for path in _paths(tree)), where)
    _unique((x.short for x in lines), f"{where}的简称")
    _unique([*{x.label: None for x in lines}, *(alias for x in lines for alias in x.aliases)], f"{where}的名称")


def _paths(tree: Tree, above: str = "") -> Iterator[str]:
    for node in tree:
        yield above + node.label
        if isinstance(node, Group):
            yield from _paths(node.children, f"{above}{node.label} · ")


def _told_apart(table: TableDef, where: str) -> None:
    """A finding and the reason written for it are kept under the code and one cell: no two relations may share both."""
    seen: dict[tuple[str, CellRef], RelationDef] = {}
    sums = ((r, r.ref(table.key, key, r.right[0].line)) for r in table.sums() for key in r.over)
    for relation, ref in (*sums, *((r, table.head(r, key)) for r in table.relations for key in r.over)):
        other = seen.setdefault((relation.code, ref), relation)
        if other is not relation:
            raise FormError(f"{where}：{relation.code} 在 {ref} 有两条，“{other.text}”和“{relation.text}”，写的说明会混在一起。给其中一条另一个 code。")


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
        if any(key.startswith(f"{line.key}.") for key in by_key):
            raise FormError(f"{where} {line.key} 也是一组的键，sum 里分不清说的是哪一个。")
        _unique(line.sum, f"{where} {line.key} 的 sum")
        walk(line, ())


def _relation(f: Fields, table: TableDef) -> RelationDef:
    each = f.choice("each", ("row", "column"))
    summed, crossing = (table.column_lines, table.row_lines) if each == "row" else (table.row_lines, table.column_lines)
    known, others = {x.key for x in summed}, tuple(x.key for x in crossing)
    over = f.words("over", others)
    relation = RelationDef(
        code=f.take("code", str),
        each=each,
        left=_terms(f.words("left"), known, f"{f.where}.left"),
        right=_terms(f.words("right"), known, f"{f.where}.right"),
        op=Op(f.choice("op", Op, Op.EQUAL)),
        over=over,
        severity=f.choice("severity", SEVERITIES, "") or None,
        text=f.take("text", str),
        todo=f.take("todo", str, ""),
        across_forms=f.take("across_forms", bool, False),
        basis=f.take("basis", str),
    )
    f.finish()
    if unknown := [k for k in over if k not in others]:
        raise FormError(f"{f.where}.over：没有 {'、'.join(unknown)}。")
    _unique(over, f"{f.where}.over")
    if not over:
        raise FormError(f"{f.where}.over：是空的。")
    if not relation.left or all(t.last_year for t in relation.left + relation.right):
        raise FormError(f"{f.where}：left 不能空，两边至少要有一项是今年的。")
    for other in over:
        for term in relation.left + relation.right:
            if (ref := relation.ref(table.key, other, term.line)) not in table.cells:
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


def _said(f: Fields, tables: Mapping[str, TableDef]) -> SaidDef:
    said = SaidDef(
        code=f.take("code", str),
        name=f.take("name", str),
        phrases=f.words("phrases", ()),
        none=f.words("none", ()),
        units=f.words("units", ("件",)),
        equals=tuple(_cells(sum_, tables, f"{f.where}.equals") for sum_ in f.words("equals", ())),
        near=tuple(_cells(sum_, tables, f"{f.where}.near") for sum_ in f.words("near", ())),
        about=_spelled_out(f.words("about", ())),
        apart=_spelled_out(f.words("apart", ())),
        unless=_spelled_out(f.words("unless", ())),
        whole=f.take("whole", bool, False),
        severity=f.choice("severity", SEVERITIES, "") or None,
    )
    f.finish()
    if not said.phrases and not said.none:
        raise FormError(f"{f.where}：phrases 和 none 至少要有一个。")
    if wrong := [p for p in said.phrases + said.none if not _PHRASE.fullmatch(p)]:
        raise FormError(f"{f.where}：{{甲|乙}} 里不能再有括号、N、* 和 。，。 只能在末尾，{wrong[0]} 不是这样。")
    if wrong := [p for p in said.phrases if p.count("N") != 1] + [p for p in said.none if "N" in p]:
        raise FormError(f"{f.where}：phrases 里每一句有一个 N，none 里没有，{wrong[0]} 不是这样。")
    if wrong := [p for p in said.phrases if p.count("*") > 1] + [p for p in said.none if "*" in p]:
        raise FormError(f"{f.where}：phrases 里每一句最多一个 *，none 里没有，{wrong[0]} 不是这样。")
    if wrong := [p for p in said.phrases + said.none if re.search(r"^N?。?$|^[…*]|[…*]。?$|[…*]{2}", p)]:
        raise FormError(f"{f.where}：… 和 * 两边都要有字，{wrong[0]} 不是这样。")
    return said


def _spelled_out(phrases: Iterable[str]) -> tuple[str, ...]:
    """`{收到|接到}申请N` as 收到申请N and 接到申请N, each once; an empty alternative leaves the place out."""
    out: dict[str, None] = {}
    for phrase in phrases:
        parts = [part[1:-1].split("|") if part.startswith("{") else [part] for part in re.split(r"(\{[^{}]*\})", phrase)]
        out |= dict.fromkeys(map("".join, product(*parts)))
    return tuple(out)


def _cells(sum_: str, tables: Mapping[str, TableDef], where: str) -> Cells:
    """`requests.received.total + requests.carried_in.total`; the key of a group in the place of a row stands for all its rows."""
    cells: list[CellRef] = []
    for word in sum_.split("+"):
        ref = CellRef(word.strip())
        table = tables.get(ref.table)
        found = table.under(ref) if table else ()
        if not found:
            raise FormError(f"{where}：没有 {ref} 这一格。")
        cells += found
    _unique(cells, where)
    return tuple(cells)


def _unique(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FormError(f"{what} {value} 写了两次。")
        seen.add(value)
