"""What `gxdesk self-test` tries on this machine: every part once, for real, in a temporary folder."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gxdesk import report
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.engine import blocks, check
from gxdesk.errors import UserError
from gxdesk.forms.definition import Forms
from gxdesk.resources import packaged

EXAMPLE = "service-center-2026.gxreport"
PDF = "自检.pdf"


@dataclass(frozen=True)
class Line:
    """One thing tried: `detail` says what was seen, or the sentence of what failed."""

    what: str
    passed: bool
    detail: str


def run() -> Iterator[Line]:
    """Try the parts one after another; a failure is a line, never an exception."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="gxdesk-", ignore_cleanup_errors=True)
    except OSError as error:
        yield Line("临时文件夹", False, f"建不了临时文件夹（{error.strerror}），其余各项没有试。请清理磁盘，或查看环境变量 TMP 指的地方。")
        return
    with folder:
        for what, trial in TRIALS.items():
            yield _tried(what, trial, Path(folder.name))


def _tried(what: str, trial: Callable[[Path], str], folder: Path) -> Line:
    try:
        return Line(what, True, trial(folder))
    except UserError as error:
        return Line(what, False, str(error))
    except Exception as error:  # noqa: BLE001  finding out what is broken is what this is for
        return Line(what, False, f"程序内部出错（{type(error).__name__}），这一项用不了。请重装本程序；还不行，请把这句话告诉开发者。")


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
    from gxdesk.document.edition import Edition
    from gxdesk.document.export import export

    forms = Forms.load()
    read = report.read(packaged("examples", EXAMPLE), forms)
    done = export(Edition(read, forms[read.form], draft=False), {"pdf": folder / PDF, "html": folder / "自检.html"})
    return "；".join([f"{file.name} {file.stat().st_size // 1024} KB" for file in done.files] + list(done.notices))


def _fonts(folder: Path) -> str:
    """What the PDF just made is really set in."""
    from gxdesk.document.faces import KINDS, is_official
    from gxdesk.document.readback import fonts_of
    from gxdesk.document.view import build_view

    if not (folder / PDF).exists():
        raise UserError("PDF 没有生成，看不出会用哪些字体。请先解决上一项。")
    forms = Forms.load()
    read = report.read(packaged("examples", EXAMPLE), forms)
    view = build_view(read, forms[read.form], draft=False)
    paragraphs = [p for section in view.sections for p in section.paragraphs]
    lead = next(p.lead for p in paragraphs if p.lead)
    text = next(p.text for p in paragraphs if p.text)
    families = fonts_of(folder / PDF, (view.title[:4], view.sections[0].heading, lead, text[:8], "—1—"))  # the last is the page number
    used = dict(zip(KINDS, families, strict=True))
    substitutes = [kind for kind, family in used.items() if not is_official(family, kind)]
    told = "，".join(f"{kind}：{family or '没有印出'}{'（代用）' if kind in substitutes else ''}" for kind, family in used.items())
    return told + ("。代用的字体不妨碍导出；要用正式的字体，请安装后再导出" if substitutes else "")


TRIALS: dict[str, Callable[[Path], str]] = {"报告格式": _forms, "样例报告": _example, "报告库": _library, "导出 PDF 和网页": _export, "字体": _fonts}
