"""A report as frozen data, and the `.gxreport` file it is kept in.

Everything in a report is text under a `Slot`: cells as typed, texts, the agency's data, written explanations. What a file holds beyond
that (unknown keys, refs of another form) is kept in place and written back; `checks` reports it. Format: docs/architecture.md.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from gxdesk import attached, files
from gxdesk.cells import CellRef
from gxdesk.errors import UserError
from gxdesk.forms.definition import FIRST_YEAR, LAST_YEAR, FormDef
from gxdesk.forms.known import Forms

VERSION = 1
MAX_BYTES = 20_000_000
MAX_DEPTH = 100  # a report is three deep; what is nested deeper than json can be relied on to write again is refused when it is read
AGENCY_FIELDS = {  # and what each is called, wherever it is named
    "name": "机关全称", "self_reference": "自称", "kind": "机构类型", "address": "地址", "phone": "电话", "email": "电子邮箱", "website": "网站",
}  # fmt: skip

Part = Literal["cells", "texts", "agency", "explanations", "explained", "unread", "drafted", "notes"]
PARTS: tuple[Part, ...] = ("agency", "texts", "cells", "explanations", "explained", "unread", "drafted", "notes")
BESIDE: tuple[Part, ...] = ("explanations", "explained", "unread", "drafted", "notes")  # beside the report, never printed
Texts = Mapping[str, str]
_HALF = re.compile("[\ud800-\udfff]")


class Slot(NamedTuple):
    """Where a text lives in a report: `Slot("cells", "requests.received.person")`, `Slot("texts", "overview")`, `Slot("agency", "name")`."""

    part: Part
    key: str


@dataclass(frozen=True)
class Report:
    """One year's report of one agency. Blank values are left out of the mappings.

    `explained` says for an explanation which figures it was written about (`Finding.about`); one without this is good for any.

    `unread` holds by text the sentences put in from last year that she has neither edited nor confirmed, `drafted` those drafted from the
    figures (`gxdesk.unread`).

    `notes` are what she leaves for whoever writes this page next year, by the key of the page.

    `extra` holds the rest of a file, in the file's own shape: keys this version does not know, and under the name of a part what stands
    there and is no text (`{"later": 1, "cells": {"requests.received.person": [1]}}`).
    """

    form: str
    year: int | None
    agency: Texts = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    cells: Texts = field(default_factory=dict)
    explanations: Texts = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    explained: Texts = field(default_factory=dict)
    unread: Texts = field(default_factory=dict)
    drafted: Texts = field(default_factory=dict)
    notes: Texts = field(default_factory=dict)

    def get(self, slot: Slot) -> str:
        values: Texts = getattr(self, slot.part)
        return values.get(slot.key, "")

    def with_values(self, values: Mapping[Slot, str]) -> "Report":
        """A copy in which these slots hold these texts; an empty text removes the entry."""
        parts: dict[str, Any] = {part: dict(getattr(self, part)) for part in {slot.part for slot in values}}
        for slot, text in values.items():
            if text:
                parts[slot.part][slot.key] = text
            else:
                parts[slot.part].pop(slot.key, None)
        return replace(self, **parts)

    def slots(self) -> Iterable[tuple[Slot, str]]:
        """Every text it holds, in the order of a file."""
        for part in PARTS:
            for key, text in getattr(self, part).items():
                yield Slot(part, key), text

    def extra_names(self) -> list[str]:
        """What `extra` holds, by name: a key of its own as `later`, a value of a part as `cells.requests.received.person`."""
        return [name for key, value in self.extra.items() for name in ([f"{key}.{k}" for k in _strays(key, value)] or [key])]

    def published(self, form: FormDef) -> "Report":
        """The part of it that goes out with the paper: nothing that is kept beside it, which is the agency's own, and nothing that its form does not know."""
        texts = {key: text for key, text in self.texts.items() if key in form.texts}
        cells = {ref: text for ref, text in self.cells.items() if ref in form.cells}
        agency = {key: text for key, text in self.agency.items() if key in AGENCY_FIELDS}
        return Report(self.form, self.year, agency, texts, cells)

    def title(self, form: FormDef) -> str:
        """The heading of the report: agency and year filled into the form's pattern, with 〇〇 where they are missing."""
        return form.title.format(agency=self.agency.get("name", "").strip() or "〇〇〇", year=self.year or "〇〇〇〇")


def dumps(report: Report) -> bytes:
    """The `.gxreport` file of a report: UTF-8 JSON, keys in a fixed order, one line a value."""
    data: dict[str, Any] = {"gxreport": VERSION, "form": report.form, "year": report.year}
    for part in PARTS:
        data[part] = {**_strays(part, report.extra.get(part)), **getattr(report, part)}
    data.update((key, value) for key, value in report.extra.items() if key not in data)
    for part in BESIDE:
        if not data[part]:
            del data[part]
    return (_sound(json.dumps(data, ensure_ascii=False, indent=1)) + "\n").encode("utf-8")


def write(report: Report, path: Path) -> None:
    """Write a `.gxreport` file in one step. Raises ExportError."""
    files.replace(path, dumps(report))


def read(path: Path, forms: Forms) -> Report:
    """Read a `.gxreport` file, or the one inside a PDF of gxdesk. Raises UserError with a sentence that names the file."""
    return loads(files.read_bytes(path, MAX_BYTES), forms, path.name)


def loads(data: bytes, forms: Forms, name: str = "报告文件") -> Report:
    """Read the bytes of such a file. Raises UserError; whatever stands in cells and texts is content, not an error."""
    raw = _json(_inside(data, name) if attached.is_pdf(data) else data, name)
    version = raw.pop("gxreport", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise UserError(f"“{name}”不是 gxdesk 的报告文件（里面没有 gxreport 标记，或标记不是版本号）。请核对选的文件。")
    if version != VERSION:
        raise UserError(f"“{name}”是 gxdesk 第 {version} 版格式写的，本程序只认第 {VERSION} 版。请用新版程序打开。")
    year = raw.pop("year", None)
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= LAST_YEAR):
        raise UserError(f"“{name}”里的年度写成了“{_short(year)}”，应当是 {FIRST_YEAR} 到 {LAST_YEAR} 之间的四位年份，例如 2026。")
    form = raw.pop("form", None)
    if form is None:
        if year is None:
            raise UserError(f"“{name}”里没有写年度，不知道该用哪个格式。请在文件里补上 year。")
        form = forms.for_year(year).id
    if not isinstance(form, str) or form not in forms:
        raise UserError(f"“{name}”用的是“{_short(form)}”格式，本程序只有 {'、'.join(forms)} 格式。请核对文件。")
    parts = {part: _texts(raw.pop(part, {}), part, name) for part in PARTS}
    raw.update((part, strays) for part, (_, strays) in parts.items() if strays)
    return Report(form, year, **{part: texts for part, (texts, _) in parts.items()}, extra=raw)


def _inside(pdf: bytes, name: str) -> bytes:
    found = attached.report_in(pdf, name)
    if found is None:
        raise UserError(f"“{name}”里没有报告数据：它不是 gxdesk 导出的 PDF，或者是转存、扫描成的另一份。请选 gxdesk 导出的原件，或选 .gxreport 报告文件。")
    if len(found) > MAX_BYTES:
        raise UserError(f"“{name}”里的报告数据超过 {MAX_BYTES // 1_000_000} MB，不像一份报告。请核对选的是不是这个文件。")
    return found


def _json(data: bytes, name: str) -> dict[str, Any]:
    if not data.strip():
        raise UserError(f"“{name}”是空文件。请换一个文件，或从备份中找回。")
    try:
        raw = _cleaned(json.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise UserError(f"“{name}”不是 UTF-8 编码的报告文件，可能损坏了或选错了文件。") from error
    except RecursionError as error:
        raise UserError(f"“{name}”层层嵌套太深，不是 gxdesk 写的文件。请核对选的文件。") from error
    except ValueError as error:
        raise UserError(f"“{name}”内容不完整或损坏了，读不出来。请换一份完好的文件，或从备份中找回。") from error
    if not isinstance(raw, dict):
        raise UserError(f"“{name}”不是 gxdesk 的报告文件。请核对选的文件。")
    return raw


def _texts(values: Any, part: str, name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts of one part, and what stands there and is no text. A plain number is taken as its spelling."""
    if values is None:
        return {}, {}
    if not isinstance(values, dict):
        raise UserError(f"“{name}”里的 {part} 一节不是一组键和值，文件可能损坏了。请换一份完好的文件。")
    texts: dict[str, str] = {}
    strays: dict[str, Any] = {}
    for key, value in values.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number or isinstance(value, str):
            if text := str(value):
                texts[CellRef(key) if part == "cells" else key] = text
        elif value is not None:
            strays[key] = value
    return texts, strays


def _strays(key: str, value: Any) -> dict[str, Any]:
    """What `extra` holds under a key, if that is the name of a part."""
    return value if key in PARTS and isinstance(value, dict) else {}


def _sound(text: str) -> str:
    """Half of a surrogate pair, which no file can hold, becomes the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _HALF.search(text) else text


def _cleaned(value: Any, depth: int = 0) -> Any:
    """A value of JSON with every text and key in it sound. Raises RecursionError."""
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, list):
        return [_cleaned(v, depth + 1) for v in value]
    if isinstance(value, dict):
        return {_sound(k): _cleaned(v, depth + 1) for k, v in value.items()}
    return value


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 20 else text[:20] + "…"
