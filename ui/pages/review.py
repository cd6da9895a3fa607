"""核对与导出: everything the checks still say, the files to be made, and the report as it will be printed.

The list is the session's findings and nothing else: a line goes away when what it says is mended. The preview is the PDF the renderer makes,
so that screen and paper cannot disagree. Nothing here waits: rendering and exporting come back as signals of the `RenderWorker`.
"""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QHideEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gxdesk.checks.engine import blocks
from gxdesk.checks.finding import Finding, Severity
from gxdesk.document.export import file_name
from gxdesk.document.view import build_view
from gxdesk.report import REASONS
from gxdesk.session import Change, Session
from ui.bridge import Bridge
from ui.pages.page import Page
from ui.panels.findings import keyed
from ui.panels.preview import PreviewPane
from ui.parts import (
    Button,
    Mark,
    Rule,
    Sheet,
    Tick,
    column,
    holder,
    label,
    row,
    set_tone,
)
from ui.tokens import S1, S2, S3, S4, S5
from ui.worker import RenderWorker

SETTLE_MS = 600  # after the last change, before the page is laid out again
LIST_WIDTH = 452
LEAST_WIDTH = 320  # the window decides how narrow it gets, not a page
BOTH_FROM = 760  # px of width for list and preview side by side
VERBS = {Severity.ERROR: "去改", Severity.EXPLAIN: "去写", Severity.HINT: "去看"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Output:
    """A kind of file: the renderer's name for it, what she calls it, what it is for, how its name ends."""

    key: str
    name: str
    use: str
    ending: str
    chosen: bool


OUTPUTS = (
    Output("pdf", "PDF", "打印盖章", ".pdf", True),
    Output("html", "网页", "单独一页", ".html", True),
    Output("fragment", "正文片段", "贴进网站", "_正文片段.html", False),
)


def free_paths(folder: Path, names: Mapping[str, str]) -> dict[str, Path]:
    """Where to put files so that none that is there is replaced: all keep their names, or all get the same （2）, （3） …"""
    number = 1
    while True:
        paths = {key: folder / (name if number == 1 else f"{Path(name).stem}（{number}）{Path(name).suffix}") for key, name in names.items()}
        if not any(path.exists() for path in paths.values()):
            return paths
        number += 1


class FindingLine(QWidget):
    """A finding as one line of the list: what it says, where, and the way there. The whole line may be pressed."""

    chosen = Signal(object)

    def __init__(self, session: Session, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self._session = session
        self._mark = Mark(finding.severity.value, 16)
        self._words = label(finding.message, "body", wrap=True)
        place = label(finding.place, "caption", "text2", wrap=True)
        self._done = label("", "caption", "ok")
        self.button = Button(VERBS[finding.severity], "quiet", small=True)
        self.button.setAccessibleName(f"{VERBS[finding.severity]}：{finding.place}，{finding.message}")
        self.button.clicked.connect(lambda: self.chosen.emit(self.finding))
        lay = row(self._mark, S1, column(self._words, place, gap=1), self._done, self.button, margins=(0, S2, 0, S2), gap=S2)
        lay.setStretch(2, 1)
        self.setLayout(lay)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_answered()

    def show_answered(self) -> None:
        """Grey once a written reason closes it."""
        answered = self._session.answered(self.finding)
        self._mark.set_name(self.finding.severity.value, "text3" if answered else None)
        set_tone(self._words, "text2" if answered else "text")
        self._done.setText("已说明" if self.finding.severity is Severity.EXPLAIN else "没有错")
        self._done.setVisible(answered)
        self.button.setVisible(not answered)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.finding)


class FindingGroup(QWidget):
    """The findings of one severity under their number. Lines come, go and change one by one."""

    chosen = Signal(object)

    def __init__(self, session: Session, severity: Severity) -> None:
        super().__init__()
        self._session, self._severity = session, severity
        self._lines: dict[tuple[str, int], tuple[FindingLine, Rule]] = {}
        self._title = label("", "label-strong", "text2")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.setLayout(column(self._title, self._list, gap=S1, margins=(0, 0, 0, S3)))

    def show_findings(self, findings: list[Finding]) -> None:
        mine = sorted((f for f in findings if f.severity is self._severity), key=self._session.answered)
        wanted = keyed(mine)
        for key in [k for k, (line, _) in self._lines.items() if wanted.get(k) != line.finding]:
            for part in self._lines.pop(key):
                self._list.removeWidget(part)
                part.hide()
                part.deleteLater()
        for place, (key, finding) in enumerate(wanted.items()):
            if key not in self._lines:
                line = FindingLine(self._session, finding)
                line.chosen.connect(self.chosen)
                self._lines[key] = line, Rule()
            line, rule = self._lines[key]
            line.show_answered()
            if self._list.indexOf(line) != 2 * place + 1:
                for part in (line, rule):
                    self._list.removeWidget(part)
                self._list.insertWidget(2 * place, rule)
                self._list.insertWidget(2 * place + 1, line)
        answered = sum(1 for f in mine if self._session.answered(f))
        words = {Severity.ERROR: "必须改", Severity.EXPLAIN: "请说明", Severity.HINT: "提示"}[self._severity]
        done = {Severity.EXPLAIN: f"，已说明 {answered}", Severity.HINT: f"，看过 {answered}"}.get(self._severity, "") if answered else ""
        self._title.setText(f"{words} {len(mine) - answered}{done}")
        self.setVisible(bool(mine))


class ExportBox(QWidget):
    """What to make, where to put it, and what came of it. It says what the button will do before it is pressed."""

    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(documents or Path.home())
        self._made: tuple[Path, ...] = ()
        self._draft = False
        self._busy = False
        self._why = label("", "body", wrap=True)
        self.ticks = {o.key: Tick(o.name, o.use, checked=o.chosen) for o in OUTPUTS}
        for tick in self.ticks.values():
            tick.toggled.connect(self._say_button)
        self.button = Button("", "primary")
        self.button.clicked.connect(self.export_wanted)
        self._choose = Button("选择位置…", "quiet")
        self._choose.clicked.connect(self._choose_folder)
        self._where = label("", "caption", "text2")
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._result = label("", "label", "text2", wrap=True, selectable=True)
        self._open_folder = Button("打开文件夹", "quiet", small=True)
        self._open_folder.clicked.connect(lambda: self._open(self._made[0].parent if self._made else None))
        self._open_pdf = Button("打开 PDF", "quiet", small=True)
        self._open_pdf.clicked.connect(lambda: self._open(self._pdf()))
        self._links = holder(row(self._open_pdf, self._open_folder, None, gap=S1))
        self._ticks = row(self.ticks["pdf"], self.ticks["html"], self.ticks["fragment"], None, gap=S3)
        self._lay = column(self._why, self._ticks, row(self.button, self._choose, None), self._where, self._result, self._links, gap=S1, margins=(S5, S3, S5, S3))
        self.setLayout(self._lay)
        self._result.hide()
        self._links.hide()
        self._say_folder()

    @property
    def wanted(self) -> tuple[Output, ...]:
        return tuple(o for o in OUTPUTS if self.ticks[o.key].isChecked())

    def show_state(self, errors: int, explains: int) -> None:
        """How many findings are open decides whether this is the final paper."""
        self._draft = errors > 0
        if errors:
            words = f"还有 {errors} 处必须改，现在导出每页带“草稿”。"
        elif explains:
            words = f"没有必须改的了，导出的就是终稿。还有 {explains} 处没有写说明，不影响导出。"
        else:
            words = "都核对过了，导出的就是终稿。"
        self._why.setText(words)
        self._say_button()

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        if busy:
            self._result.hide()
            self._links.hide()
        self._say_button()

    def show_made(self, paths: tuple[Path, ...], notices: tuple[str, ...]) -> None:
        """The files are there."""
        self._made = paths
        self.set_busy(False)
        names = "、".join(path.name for path in paths)
        set_tone(self._result, "text2")
        self._result.setText("\n".join([f"已导出 {len(paths)} 个文件：{names}", *notices]))
        self._result.show()
        self._open_pdf.setVisible(self._pdf() is not None)
        self._links.show()

    def show_failure(self, sentence: str) -> None:
        """Nothing was written; why, and what to do."""
        self.set_busy(False)
        set_tone(self._result, "error")
        self._result.setText(sentence)
        self._result.show()
        self._links.hide()

    def set_narrow(self, narrow: bool) -> None:
        pad = S4 if narrow else S5
        self._lay.setContentsMargins(pad, S2 if narrow else S3, pad, S2 if narrow else S3)
        self._lay.setSpacing(2 if narrow else S1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_folder()

    def _say_button(self) -> None:
        count = len(self.wanted)
        words = "正在导出…" if self._busy else f"导出{'草稿' if self._draft else '终稿'}（{count} 个文件）" if count else "先选要导出什么"
        if words != self.button.text():
            self.button.setText(words)
            self.button.updateGeometry()
        self.button.setEnabled(count > 0 and not self._busy)

    def _say_folder(self) -> None:
        room = max(80, self._where.width())
        self._where.setText(self._where.fontMetrics().elidedText(f"放到 {self.folder}", Qt.TextElideMode.ElideMiddle, room))
        self._where.setToolTip(str(self.folder))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "导出到哪个文件夹", str(self.folder))
        if chosen:
            self.folder = Path(chosen)
            self._say_folder()
            self._result.hide()  # what was said of the old folder

    def _pdf(self) -> Path | None:
        return next((path for path in self._made if path.suffix == ".pdf"), None)

    def _open(self, path: Path | None) -> None:
        if path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            set_tone(self._result, "error")
            self._result.setText(f"“{path.name}”没有打开，请到“{path.parent}”里找它。")


class ReviewPage(Page):
    """The last page. `shows_findings`: it lists all of them itself."""

    shows_findings = True
    exported = Signal(str)  # what was made: "草稿：PDF、网页"

    def __init__(self, key: str, session: Session, bridge: Bridge, worker: RenderWorker | None = None) -> None:
        """`worker` is the renderer of the window; without one the page has its own."""
        super().__init__(key, session, bridge)
        self.setMinimumWidth(LEAST_WIDTH)
        self._worker = worker or RenderWorker(parent=self)
        self._preview: int | None = None  # the newest one asked for
        self._exporting: int | None = None
        self._making = ""
        self._stale = True
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask_preview)
        self._note = label("改完的会自己从这里消失。", "label", "text2")
        self._groups = [FindingGroup(session, severity) for severity in Severity]
        for group in self._groups:
            group.chosen.connect(self.finding_requested)
        self._clean = holder(row(Mark("done", 16), label("没有要改的了。", "body", "text2"), None, gap=S2, margins=(0, S2, 0, S2)))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list_lay = column(self._clean, *self._groups, None, gap=0, margins=(S5, 0, S5, 0))
        self._scroll.setWidget(holder(self._list_lay, Sheet()))
        self._fold_button = Button("看打印稿", "quiet", small=True, checkable=True)
        self._fold_button.toggled.connect(self._fold)
        self.export_box = ExportBox()
        self.export_box.export_wanted.connect(self._export)
        self._head_lay = column(row(label("核对与导出", "title"), None, self._fold_button), self._note, gap=2, margins=(S5, S4, S5, S3))
        self._over_export = Rule()
        self._left = holder(column(holder(self._head_lay), self._scroll, self._over_export, self.export_box, gap=0))
        self._left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.preview = PreviewPane()
        self._between = Rule(upright=True)
        self._lay = row(self._left, self._between, self.preview, gap=0)
        self._lay.setStretch(2, 1)
        self.setLayout(self._lay)
        self._worker.rendered.connect(self._rendered)
        self._worker.failed.connect(self._failed)
        bridge.changed.connect(self._follow)
        self._show_findings()

    # --- the page ---

    def show_finding(self, finding: Finding) -> None:
        """Findings lie on other pages; here the list is all there is to show."""
        self.take_focus()

    def take_focus(self) -> None:
        if self._list_stale:
            self._show_findings()
        for group in self._groups:
            for line in group.findChildren(FindingLine):
                if not line.button.isHidden():
                    line.button.setFocus(Qt.FocusReason.OtherFocusReason)
                    return
        self.export_box.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_narrow(self, narrow: bool) -> None:
        pad = S4 if narrow else S5
        self._head_lay.setContentsMargins(pad, S2 if narrow else S4, pad, S2 if narrow else S3)
        self._list_lay.setContentsMargins(pad, 0, pad, 0)
        self._note.setVisible(not narrow)
        self.export_box.set_narrow(narrow)
        self.preview.set_narrow(narrow)

    def shut(self) -> None:
        """The report is left: no page is laid out or drawn any more. An export under way is still written."""
        self._settle.stop()
        self._worker.rendered.disconnect(self._rendered)
        self._worker.failed.disconnect(self._failed)
        self.preview.view.shut()

    # --- Qt ---

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._list_stale:
            self._show_findings()
        if self._stale:
            self._settle.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._settle.isActive():
            self._settle.stop()
            self._stale = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold(self._fold_button.isChecked())

    # --- how ---

    def _follow(self, change: Change) -> None:
        if change.added or change.removed or any(slot.part in REASONS for slot in change.slots):
            self._list_stale = True
            if self.isVisible():
                self._show_findings()
        if any(slot.part not in REASONS for slot in change.slots):  # reasons are not printed
            self._stale = True
            if self.isVisible():
                self._settle.start(SETTLE_MS)

    def _show_findings(self) -> None:
        self._list_stale = False
        findings = list(self.session.findings)
        for group in self._groups:
            group.show_findings(findings)
        open_ones = [f for f in findings if not self.session.answered(f)]
        self._clean.setVisible(not open_ones)
        self.export_box.show_state(*(sum(1 for f in open_ones if f.severity is s) for s in (Severity.ERROR, Severity.EXPLAIN)))

    def _fold(self, paper: bool) -> None:
        """Where both do not fit side by side, either the list or the paper."""
        both = self.width() >= BOTH_FROM
        self._fold_button.setVisible(not both)
        self._fold_button.setText("回到列表" if paper else "看打印稿")
        self._left.setMinimumWidth(LIST_WIDTH if both else 0)
        self._left.setMaximumWidth(LIST_WIDTH if both else 16_777_215)
        self._left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum if paper and not both else QSizePolicy.Policy.Expanding)
        for part in (self._scroll, self.export_box, self._over_export):
            part.setVisible(both or not paper)
        self.preview.setVisible(both or paper)
        self._between.setVisible(both)
        self._lay.setDirection(QBoxLayout.Direction.LeftToRight if both else QBoxLayout.Direction.TopToBottom)

    def _draft(self) -> bool:
        return blocks(self.session.findings)

    # --- the preview ---

    def _ask_preview(self) -> None:
        if not self.isVisible():
            return
        self._stale = False
        self.preview.say_state("正在排版…")
        self._preview = self._worker.preview(self.session.report, draft=self._draft())

    def _rendered(self, asked: int, files: list[Path], notices: list[str]) -> None:
        if asked == self._exporting:
            self._exporting = None
            self.export_box.show_made(tuple(files), tuple(notices))
            self.exported.emit(self._making)
        elif asked == self._preview and files and not self._settle.isActive():
            self._preview = None
            try:
                self.preview.open(files[0].read_bytes())
            except OSError as error:
                _log.info("preview file not read: %s", type(error).__name__)
                self.preview.say_state("预览没有读出来，改一处就会重新排版。")

    def _failed(self, asked: int, sentence: str) -> None:
        if asked == self._exporting:
            self._exporting = None
            self.export_box.show_failure(sentence)
        elif asked == self._preview:
            self._preview = None
            self.preview.say_state(sentence)

    # --- the files ---

    def _export(self) -> None:
        if self._exporting is not None:
            return
        draft = self._draft()
        view = build_view(self.session.report, self.session.form, draft=draft)
        with contextlib.suppress(OSError):  # the export says what is wrong with the folder
            self.export_box.folder.mkdir(parents=True, exist_ok=True)
        paths = free_paths(self.export_box.folder, {o.key: file_name(view, o.ending) for o in self.export_box.wanted})
        self._making = f"{'草稿' if draft else '终稿'}：{'、'.join(o.name for o in self.export_box.wanted)}"
        self.export_box.set_busy(True)
        self._exporting = self._worker.export(self.session.report, paths, draft=draft)
