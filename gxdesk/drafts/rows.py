"""Reports, steps and settings as the rows and blobs of the library file, and back.

Text goes in as bytes by `data_of` under the SQL `TEXT`, since half of a surrogate pair is typed or pasted and must not make a save fail.
What comes back from a file may be anything: every `…_from` raises ValueError where it is not what this module writes.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gxdesk.cells import CellRef
from gxdesk.errors import LibraryError
from gxdesk.history import Splice, Step
from gxdesk.report import PARTS, Report, Slot

EXTRA = "extra"  # the `part` under which `Report.extra` is kept, its values as JSON
MAX_REPORT_BYTES = 40_000_000  # unpacked; a report file may have 20 MB, and a moment of it some more in JSON's escapes

TEXT = "CAST(? AS TEXT)"  # for what `data_of` made: text that need not be valid Unicode


def data_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def json_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def time_from(seconds: float) -> float:
    """A time the calendar of every system knows, in seconds since the epoch."""
    if not 0 <= seconds < 32_503_680_000:  # the year 3000
        raise ValueError(seconds)
    return seconds


def splices_of(step: Step) -> bytes:
    return data_of(json_of([[s.slot.part, s.slot.key, s.at, s.removed, s.inserted] for s in step.splices]))


def splices_from(text: str) -> tuple[Splice, ...]:
    """`splices_of` backwards. Raises ValueError."""
    match json.loads(text):
        case [*rows]:
            return tuple(_splice_from(row) for row in rows)
    raise ValueError(text)


def _splice_from(row: Any) -> Splice:
    match row:
        case [part, str(key), int(at), str(removed), str(inserted)] if part in PARTS and at >= 0:
            return Splice(Slot(part, key), at, removed, inserted)
    raise ValueError(row)


def parts_of(report: Report) -> list[tuple[str, Mapping[str, str]]]:
    """The parts as they are kept: `extra` becomes texts of JSON, so that 1 and true differ and one changed key is one changed row."""
    try:
        extra = {key: json_of(value) for key, value in report.extra.items()}
    except RecursionError as error:
        raise LibraryError("报告里有 gxdesk 不认识的内容，层层嵌套太深，存不进报告库。请核对这份报告文件是从哪里来的。") from error
    return [*((part, getattr(report, part)) for part in PARTS), (EXTRA, extra)]


def parts_from(slots: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """`parts_of` backwards, from (part, key, text). Raises ValueError."""
    parts: dict[str, dict[str, Any]] = {part: {} for part in (*PARTS, EXTRA)}
    for part, key, text in slots:
        if part not in parts:
            raise ValueError(part)
        parts[part][CellRef(key) if part == "cells" else key] = json.loads(text) if part == EXTRA else text
    return parts


def difference(old: Report, new: Report) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """The slots to write (part, key, text) and the slots to remove (part, key) to make the one into the other."""
    if old.extra is new.extra:  # nobody edits it, and it may be long
        old, new = replace(old, extra={}), replace(new, extra={})
    written: list[tuple[str, str, str]] = []
    removed: list[tuple[str, str]] = []
    for (part, before), (_, after) in zip(parts_of(old), parts_of(new), strict=True):
        if before is not after:
            written += [(part, key, text) for key, text in after.items() if before.get(key) != text]
            removed += [(part, key) for key in before if key not in after]
    return written, removed


def heading(report: Report) -> tuple[bytes, int | None, bytes]:
    """form, year and agency as the table of drafts holds them."""
    return data_of(report.form), report.year, data_of(report.agency.get("name", "").strip())


def packed(report: Report) -> bytes:
    """A whole report in one blob. Each stands for itself: one that is damaged takes no other with it."""
    return zlib.compress(data_of(json_of([report.form, report.year, {part: dict(texts) for part, texts in parts_of(report)}])), 9)


def packed_from(blob: bytes) -> Report:
    """`packed` backwards."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(blob, MAX_REPORT_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacking.eof:
        raise ValueError(len(data))
    match json.loads(data.decode("utf-8", "surrogatepass")):
        case [str(form), int() | None as year, dict(parts)]:
            return Report(form, year, **parts_from(_rows_of(parts)))
    raise ValueError(len(data))


def _rows_of(parts: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for part, texts in parts.items():
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError(part)
        yield from ((part, key, text) for key, text in texts.items())
