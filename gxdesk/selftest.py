"""What `gxdesk self-test` tries on this machine: every part once, for real, in a temporary folder."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gxdesk import report
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.engine import blocks, check
from gxdesk.errors import UserError
from gxdesk.forms.definition import Forms
from gxdesk.resources import packaged

EXAMPLE = "service-center-2026.gxreport"


@dataclass(frozen=True)
class Line:
    """One thing tried: `detail` says what was seen, or the sentence of what failed."""

    what: str
    passed: bool
    detail: str


def run() -> Iterator[Line]:
    """Try the parts one after another; a failure is a line, never an exception."""
    with tempfile.TemporaryDirectory(prefix="gxdesk-", ignore_cleanup_errors=True) as folder:
        for what, trial in (("报告格式", _forms), ("样例报告", _example), ("报告库", _library), ("导出 PDF 和网页", _export)):
            try:
                yield Line(what, True, trial(Path(folder)))
            except (UserError, ImportError, OSError) as error:
                yield Line(what, False, str(error))


def _forms(_: Path) -> str:
    forms = Forms.load()
    return f"{len(forms)} 种格式，{len(catalogue())} 种检查"


def _example(_: Path) -> str:
    forms = Forms.load()
    read = report.read(packaged("examples", EXAMPLE), forms)
    findings = check(read, forms[read.form])
    if blocks(findings):
        raise UserError("样例报告没有通过检查，程序文件可能损坏了。请重装本程序。")
    return f"{len(read.cells)} 格，检查通过"


def _library(folder: Path) -> str:
    from gxdesk.drafts.store import DraftStore

    forms = Forms.load()
    original = report.read(packaged("examples", EXAMPLE), forms)
    path = folder / "自检.gxd"
    store = DraftStore.open(path)
    try:
        draft = store.create(original)
    finally:
        store.close()
    store = DraftStore.open(path)
    try:
        if store.load(draft).report != original:
            raise UserError("报告库存取的内容不一致。请换一个磁盘再试。")
    finally:
        store.close()
    return "存取一致"


def _export(folder: Path) -> str:
    from gxdesk.document.export import export
    from gxdesk.document.view import build_view

    forms = Forms.load()
    read = report.read(packaged("examples", EXAMPLE), forms)
    done = export(build_view(read, forms[read.form], draft=False), pdf=folder / "自检.pdf", html=folder / "自检.html", fragment=None)
    return "；".join([f"{file.name} {file.stat().st_size // 1024} KB" for file in done.files] + list(done.notices))
