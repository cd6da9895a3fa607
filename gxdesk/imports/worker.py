"""The process that reads and checks one file for the window: `python -m gxdesk.imports.worker FILE`, one JSON object on standard output.

A file from outside may be hostile or endless: it is read away from the window, which gives up on it after a while, and in bounded memory.
`dumps` and `loads` are the two ends of the pipe. `{"error": "<one sentence>"}` where the file cannot be read.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gxdesk import report as reports
from gxdesk.bounds import bound_memory
from gxdesk.cells import CellRef
from gxdesk.checks.engine import check
from gxdesk.checks.finding import Severity
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.imports import reading
from gxdesk.imports.matching import Imported
from gxdesk.imports.tables import Doubt


@dataclass(frozen=True)
class Remark:
    """What the checks say of a report that is not hers: nothing to mend or to answer."""

    severity: Severity
    place: str
    message: str


@dataclass(frozen=True)
class Audited:
    """A report as it was read, and what the checks say of it."""

    imported: Imported
    remarks: tuple[Remark, ...]


def audit(imported: Imported) -> Audited:
    """Check what was read."""
    return Audited(imported, tuple(Remark(f.severity, f.place, f.message) for f in check(imported.report, imported.form, page=imported.findings)))


def dumps(audited: Audited) -> bytes:
    """What was read, for the other end. What was found of the page is among the remarks."""
    imported = audited.imported
    said: dict[str, Any] = {key: getattr(imported, key) for key in ("kind", "title", "agency", "year", "texts", "not_understood", "missing", "notes", "exact")}
    said |= {"report": reports.dumps(imported.report).decode("utf-8"), "doubts": [asdict(doubt) for doubt in imported.doubts]}
    said["remarks"] = [asdict(remark) for remark in audited.remarks]
    return json.dumps(said, ensure_ascii=True).encode("ascii")


def loads(data: bytes, forms: Forms) -> Audited:
    """What the other end read. Raises UserError with its sentence."""
    try:
        said = json.loads(data)
        if "error" in said:
            raise UserError(said["error"])
        report = reports.loads(said["report"].encode("utf-8"), forms)
        imported = Imported(
            report,
            forms[report.form],
            said["kind"],
            said["title"],
            said["agency"],
            said["year"],
            said["texts"],
            tuple(Doubt(tuple(map(CellRef, d["refs"])), d["text"], d["excerpt"], d["why"]) for d in said["doubts"]),
            tuple(said["not_understood"]),
            tuple(map(CellRef, said["missing"])),
            tuple(said["notes"]),
            bool(said["exact"]),
        )
        return Audited(imported, tuple(Remark(Severity(r["severity"]), r["place"], r["message"]) for r in said["remarks"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError("读这个文件的程序中途停了，什么也没有读进来。请换一种格式（网页、Word）再试。") from error


def main(path: Path) -> bytes:
    """The answer about one file. Never raises."""
    try:
        return dumps(audit(reading.read(path, Forms.load())))
    except UserError as error:
        return json.dumps({"error": str(error)}).encode("ascii")


if __name__ == "__main__":
    bound_memory()
    sys.stdout.buffer.write(main(Path(sys.argv[1])))
