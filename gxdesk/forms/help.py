"""怎么数: what each row and column of a form counts, read from `help/<form>.toml` when it is first asked for.

A form without such a file has no help; one that has it must say something of every row and every column, strictly as the form file is read:
FormError names the file and the place. What a help file does not say itself it takes from the one named as its `base`, where the formats
share a row.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef, TableDef
from gxdesk.resources import packaged


class Source(StrEnum):
    """Who says so: the State's form and regulation, some places' notices and reports, or this program."""

    NATIONAL = "national"
    LOCAL = "local"
    ADVICE = "advice"


@dataclass(frozen=True)
class Statement:
    """One rule of counting and who says so."""

    source: Source
    text: str


@dataclass(frozen=True)
class Help:
    """What is to be known of a row or a column. `line` is one line, `means` what it is, `basis` article and clause."""

    name: str
    line: str
    means: str
    basis: str
    statements: tuple[Statement, ...]
    example: str
    mistake: str


@dataclass(frozen=True)
class TableHelp:
    """Help by the keys of a table's rows and columns."""

    rows: Mapping[str, Help]
    columns: Mapping[str, Help]


LINES = ("rows", "columns")


def table_help(form: FormDef, table: str, folder: Path | None = None) -> TableHelp | None:
    """The help of a table; None for a form that has none. `folder` holds the help files, by default those of the program. Raises FormError."""
    folder = folder or packaged("forms", "help")
    path = folder / f"{form.id}.toml"
    if not path.is_file():
        return None
    return _build(path, form.tables[table])


@cache
def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormError(f"说明文件 {path.name} 读不出来：{error}") from error


def _build(path: Path, table: TableDef) -> TableHelp:
    lines = {"rows": table.row_lines, "columns": table.column_lines}
    own = _of_table(path, table.key)
    for part in LINES:
        if strange := set(own[part]) - {line.key for line in lines[part]}:
            raise FormError(f"{path.name}：{table.key}.{part} 里没有 {'、'.join(sorted(strange))}。")
    base = _read(path).get("base")
    shared = _of_table(path.with_name(f"{base}.toml"), table.key) if base else {part: {} for part in LINES}
    made: dict[str, dict[str, Help]] = {part: {} for part in LINES}
    for part in LINES:
        for line in lines[part]:
            where = f"{path.name}：{table.key}.{part}.{line.key}"
            entry = own[part].get(line.key) or shared[part].get(line.key)
            if entry is None:
                raise FormError(f"{where} 没有说明。")
            made[part][line.key] = _help(entry, where, line.short, line.clause or table.clause)
    return TableHelp(made["rows"], made["columns"])


def _of_table(path: Path, table: str) -> dict[str, Any]:
    said = _read(path).get(table, {})
    if not isinstance(said, dict) or (strange := set(said) - set(LINES)):
        raise FormError(f"{path.name}：{table} 下面只能有 rows 和 columns{'，没有 ' + '、'.join(sorted(strange)) if isinstance(said, dict) else ''}。")
    return {part: said.get(part, {}) for part in LINES}


def _help(entry: Any, where: str, name: str, basis: str) -> Help:
    if not isinstance(entry, dict):
        raise FormError(f"{where} 应当是一组键和值。")
    words = {key: entry.get(key) for key in ("line", "means", "example", "mistake")}
    if missing := [key for key, text in words.items() if not isinstance(text, str) or not text.strip()]:
        raise FormError(f"{where} 缺少 {'、'.join(missing)}。")
    if strange := set(entry) - set(words) - set(Source):
        raise FormError(f"{where}：不认识的键 {'、'.join(sorted(strange))}。")
    statements = []
    for source in Source:
        texts = entry.get(source, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise FormError(f"{where}.{source} 应当是几句话的列表。")
        statements += [Statement(source, text) for text in texts]
    if not statements:
        raise FormError(f"{where} 没有一句计数的规则（{'、'.join(Source)}）。")
    return Help(name, basis=basis, statements=tuple(statements), **{key: str(text) for key, text in words.items()})
