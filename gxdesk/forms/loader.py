"""Reads a form file, strictly: an unknown or missing key, a label used twice, a line that does not exist or a sum that runs in a circle is
a FormError that names the file and the place in it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from gxdesk.cells import CellKind, CellRef
from gxdesk.errors import FormError
from gxdesk.forms.definition import TEXTS_AROUND, BlockDef, FormDef, Guide, Notice, Op, RelationDef, SectionDef, TableDef, Term
from gxdesk.forms.trees import Group, LineDef, Tree, leaves

T = TypeVar("T")


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
    named = {c.key for c in leaves(columns)}
    if "rows" in f.data:
        everything = tuple((c.key, 1) for c in leaves(columns))
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
    keys = [line.key for line in leaves(tree)]

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
