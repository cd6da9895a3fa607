"""What `gxdesk self-test` tries on this machine: every part once, for real, in a temporary folder or in one that is kept."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from gxdesk import __version__, files, report, system
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.engine import blocks, check
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.places import data_folder, native_folder, program_folder
from gxdesk.resources import packaged
from gxdesk.temporary import TemporaryDirectory, TemporaryFile

EXAMPLE = "service-center-2026.gxreport"
PDF, PAGE = "自检.pdf", "自检.txt"
READ_BACK = ("自检.docx", "自检.html")
PLACE = "存放的文件夹"  # tried before everything else, and told of only where it refuses: then nothing else is tried
LEAST_FREE = 100_000_000  # bytes: a library of ten years with its backups is a tenth of that
WINDOW = "import PySide6.QtWidgets, PySide6.QtPrintSupport"
WINDOW_SECONDS = 60  # a virus scanner reads every file of Qt the first time


@dataclass(frozen=True)
class Line:
    """One thing tried: `detail` says what was seen, or the sentence of what failed."""

    what: str
    passed: bool
    detail: str

    def __str__(self) -> str:
        return f"{'通过' if self.passed else '没通过'}  {self.what}{f'：{self.detail}' if self.detail else ''}"


def complete(tried: Sequence[str]) -> bool:
    """Whether these are the names of all that a `run` tells of, and it did not break off."""
    return list(tried) in ([*TRIALS], [PLACE])


def run(kept: Path | None = None) -> Iterator[Line]:
    """Try the parts one after another; a failure is a line, never an exception.

    With `kept`, what was made stays in that folder, with the lines and the machine in a page of text for whoever is asked for help.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = kept or Path(stack.enter_context(TemporaryDirectory(prefix="gxdesk-", ignore_cleanup_errors=True)))
            folder.mkdir(parents=True, exist_ok=True)
            page = stack.enter_context((folder / PAGE).open("w", encoding="utf-8-sig"))
        except OSError:
            yield Line(PLACE, False, "写不进去，其余各项没有试。请清理磁盘，或者换一个能写的文件夹；没有指定文件夹的，请管理员查看系统的临时文件夹。")
            return
        page.write(f"gxdesk {__version__}，{system.name()}，Python {sys.version.split()[0]}\n程序在 {program_folder()}\n\n")
        for what, trial in TRIALS.items():
            line = _tried(what, trial, folder)
            page.write(f"{line}\n")
            yield line


def _tried(what: str, trial: Callable[[Path], str], folder: Path) -> Line:
    try:
        return Line(what, True, trial(folder))
    except UserError as error:
        return Line(what, False, str(error))
    except Exception as error:  # noqa: BLE001  finding out what is broken is what this is for
        return Line(what, False, f"程序内部出错（{type(error).__name__}），这一项用不了。请重装本程序；还不行，请把这句话告诉开发者。")


def _data(_: Path) -> str:
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        raise UserError(f"“{folder}”里存不了东西。{files.refusal(error, folder)}") from error
    if free < LEAST_FREE:
        raise UserError(f"“{folder}”所在的磁盘只剩 {free // 1_000_000} MB，快存不下了。请清理磁盘。")
    return f"{folder}，可以写，还有 {free // 1_000_000} MB"


def _window(_: Path) -> str:
    """The window's library, loaded in a process of its own: the core does not import it."""
    try:
        told = subprocess.run(
            [sys.executable, "-P", "-c", WINDOW], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=WINDOW_SECONDS, check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{WINDOW_SECONDS} 秒还没有装起来，可能是杀毒软件在逐个检查。请等它查完再试。") from error
    if told.returncode != 0:
        raise UserError("装不起来，有程序文件缺了、坏了，或者被杀毒软件拦下了。请重装本程序；还不行，请管理员把程序文件夹加进信任。")
    return f"Qt {version('PySide6_Essentials')}"


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
    path.unlink(missing_ok=True)  # of the trial before in a folder that is kept
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
    targets = {"pdf": PDF, **{Path(name).suffix[1:]: name for name in READ_BACK}}
    done = export(Edition(read, forms[read.form], draft=False), {key: folder / name for key, name in targets.items()})
    return "；".join([f"{file.name} {file.stat().st_size // 1024} KB" for file in done.files] + list(done.notices))


def _import(folder: Path) -> str:
    """What was just made is read as any published report would be; it says the sums too."""
    from gxdesk.imports import reading

    forms = Forms.load()
    original = report.read(packaged("examples", EXAMPLE), forms)
    for name in READ_BACK:
        if not (folder / name).exists():
            raise UserError("没有可读的文件。请先解决上一项。")
        if not original.cells.items() <= reading.read(folder / name, forms).report.cells.items():
            raise UserError(f"从“{name}”读出的数和样例不一致。请重装本程序；还不行，请把这个文件夹发给维护人员。")
    return f"{'、'.join(READ_BACK)} 读出的数一致"


def _libraries(_: Path) -> str:
    """What lays out pages, once the PDF was made: of the Windows package it must be its own, not that of another program."""
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    told = f"Pango {number // 10000}.{number // 100 % 100}.{number % 100}"
    native = native_folder()
    if native is None:
        return told
    places = {file.name: system.loaded(file.name) for file in native.glob("*.dll")}
    if foreign := {str(place) for place in places.values() if place and place.parent != native}:
        raise UserError(f"用了别的程序的文件：{'、'.join(sorted(foreign))}。请把这句话发给维护人员。")
    told += f"，{sum(place is not None for place in places.values())} 个文件都是本程序自带的"
    return told + "。这个 Windows 早于 1903 版，程序装在带生僻字的文件夹里时，PDF 可能没有字体" * system.narrow_names()


def _printers(_: Path) -> str:
    names = system.printers()
    return f"{len(names)} 台：{'、'.join(names)}" if names else "没有装打印机。可以导出 PDF，拿到有打印机的电脑上打印"


def _fonts(folder: Path) -> str:
    """What the PDF just made is really set in."""
    from gxdesk.document.faces import KINDS, is_official, to_add
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
    return told + ("。代用的字体不妨碍导出；" + (to_add(families) or "要用正式的字体，请安装后再导出") if substitutes else "")


TRIALS: dict[str, Callable[[Path], str]] = {
    "数据文件夹": _data,
    "窗口部件": _window,
    "报告格式": _forms,
    "样例报告": _example,
    "报告库": _library,
    "导出 PDF、Word 和网页": _export,
    "读入 Word 和网页": _import,
    "排版部件": _libraries,
    "字体": _fonts,
    "打印机": _printers,
}
