"""核对与导出: everything the checks still say, the files to be made, and the report as it will be printed.

The list is the session's findings and nothing else: a line goes away when what it says is mended. The preview is the PDF the renderer makes,
so that screen and paper cannot disagree. Nothing here waits: rendering and exporting come back as signals of the `RenderWorker`.
"""

import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gxdesk.checks.engine import blocks
from gxdesk.checks.finding import Finding, Severity
from gxdesk.diff import across_years
from gxdesk.document import html
from gxdesk.document.edition import Edition, Sides
from gxdesk.document.export import file_name
from gxdesk.document.formats import FORMATS
from gxdesk.document.text import render_text
from gxdesk.forms.definition import PREAMBLE_PAGE
from gxdesk.report import BESIDE
from gxdesk.session import Change, Session
from gxdesk.unread import counted
from ui import printing
from ui.bridge import Bridge
from ui.library import Choices
from ui.pages.page import Page
from ui.panels.changes import ChangesView
from ui.panels.export import ExportBox, Wish
from ui.panels.findings import keyed, mends
from ui.panels.preview import PreviewPane
from ui.parts import Button, Mark, Rule, Sheet, column, holder, label, row, set_tone, show_if
from ui.pdf_pages import PdfPages
from ui.printing import PrintJob
from ui.tokens import S1, S2, S3, S4, S5
from ui.worker import RenderWorker

SETTLE_MS = 600  # after the last change, before the page is laid out again
LIST_WIDTH = 452
LEAST_WIDTH = 320  # the window decides how narrow it gets, not a page
BOTH_FROM = 760  # px of width for list and preview side by side
VERBS = {Severity.ERROR: "去改", Severity.EXPLAIN: "去写", Severity.HINT: "去看"}

_log = logging.getLogger(__name__)


def free_paths(folder: Path, names: Mapping[str, str]) -> dict[str, Path]:
    """Where to put files so that none that is there is replaced: all keep their names, or all get the same （2）, （3） … The key "" names
    a folder."""
    number = 1
    while True:
        mark = "" if number == 1 else f"（{number}）"
        paths = {key: folder / (f"{Path(name).stem}{mark}{Path(name).suffix}" if key else f"{name}{mark}") for key, name in names.items()}
        if not any(path.exists() for path in paths.values()):
            return paths
        number += 1


class FindingLine(QWidget):
    """A finding as one line of the list: what it says, where and what it rests on as far as the line holds it, what puts it right, and the
    way there. The whole line may be pressed."""

    chosen = Signal(object)

    def __init__(self, session: Session, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self._session = session
        self._mark = Mark(finding.severity.value, 16)
        self._words = label(finding.message, "body", wrap=True)
        where = label("　".join([finding.place, *([f"依据：{finding.basis}"] if finding.basis else [])]), "caption", "text2", elided=True)
        self._done = label("", "caption", "ok")
        self.button = Button(VERBS[finding.severity], "quiet", small=True)
        self.button.setAccessibleName(f"{VERBS[finding.severity]}：{finding.place}，{finding.message}")
        self.button.clicked.connect(lambda: self.chosen.emit(self.finding))
        mending = [] if session.read_only else mends(session, finding)
        self._mends = holder(row(*mending, None, gap=S1, margins=(0, S1, 0, 0)))
        mark = column(self._mark, None, margins=(0, 6, 0, 0))  # mark, words and button stand level at the top
        lay = row(mark, S1, column(self._words, where, self._mends, gap=1, margins=(0, 3, 0, 3)), self._done, self.button, margins=(0, S1, 0, S1), gap=S2)
        lay.setStretch(2, 1)
        lay.setAlignment(self.button, Qt.AlignmentFlag.AlignTop)
        lay.setAlignment(self._done, Qt.AlignmentFlag.AlignTop)
        self._done.setContentsMargins(0, 6, 0, 0)
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
        self._mends.setVisible(not answered and bool(self._mends.findChildren(Button)))

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

    def lines(self) -> list[FindingLine]:
        """From top to bottom, without those that go."""
        there = (self._list.itemAt(at).widget() for at in range(self._list.count()))
        return [part for part in there if isinstance(part, FindingLine)]

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


class UnreadGroup(QWidget):
    """How many sentences of each page were put in for her and not read yet, a quiet line each: it stops no export."""

    chosen = Signal(str)  # the key of a page

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown: dict[str, int] = {}
        self._list = column(gap=0)
        self.setLayout(column(label("没有看过的句子，不影响导出", "label-strong", "text2"), self._list, gap=S1, margins=(0, 0, 0, S3)))
        self.setVisible(False)

    @property
    def count(self) -> int:
        return sum(self._shown.values())

    def show_counts(self) -> None:
        counts = counted(self._session.report, self._session.form)
        if counts == self._shown:
            return
        self._shown = counts
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        names = {s.key: s.heading for s in self._session.form.sections}
        for key, number in counts.items():
            self._list.addWidget(Rule())
            self._list.addWidget(self._line(key, names.get(key, PREAMBLE_PAGE), number))
        self.setVisible(bool(counts))

    def _line(self, key: str, name: str, number: int) -> QWidget:
        button = Button("去看", "quiet", small=True)
        button.setAccessibleName(f"去看：{name}，还有 {number} 句没有看过")
        button.clicked.connect(lambda: self.chosen.emit(key))
        return holder(row(Mark("doing", 16), S1, label(name, "body"), label(f"还有 {number} 句", "caption", "text2"), None, button, margins=(0, S1, 0, S1), gap=S2))


class ReviewPage(Page):
    """The last page. `shows_findings`: it lists all of them itself."""

    topic = "review"
    shows_findings = True
    exported = Signal(str, object)  # what was made ("草稿：PDF、网页"), and the Report that is in it

    def __init__(self, key: str, session: Session, bridge: Bridge, worker: RenderWorker | None = None, choices: Choices | None = None) -> None:
        """`worker` is the renderer of the window, `choices` what she chose before; without them the page has its own."""
        super().__init__(key, session, bridge)
        self.setMinimumWidth(LEAST_WIDTH)
        self._worker = worker or RenderWorker(parent=self)
        self._choices = choices or Choices.of_one_session()
        self._sides = Sides.ONE if self._choices.recall("sides", Sides.BOTH) == Sides.ONE else Sides.BOTH
        self._preview: int | None = None  # the newest one asked for
        self._exporting: int | None = None
        self._kinds = ""  # of what is being made: "PDF、网页"
        self._making = self._printing = "", session.report  # what `exported` will say
        self._made_folder: Path | None = None  # of a whole set: it goes away again if nothing comes of it
        self._printer: QPrinter | None = None  # waits for the preview
        self._stale = self._changes_stale = True  # the preview, and 只看变化
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask_preview)
        self._settle.timeout.connect(self._show_changes)
        self._note = label("改完的会自己从这里消失。", "label", "text2")
        self._groups = [FindingGroup(session, severity) for severity in Severity]
        for group in self._groups:
            group.chosen.connect(self.finding_requested)
        self._unread = UnreadGroup(session)
        self._unread.chosen.connect(self.page_requested)
        self._clean = holder(row(Mark("done", 16), label("没有要改的了。", "body", "text2"), None, gap=S2, margins=(0, S2, 0, S2)))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list_lay = column(self._clean, *self._groups, self._unread, None, gap=0, margins=(S5, 0, S5, 0))
        self._scroll.setWidget(holder(self._list_lay, Sheet()))
        self._depth_button = Button("只看变化", "quiet", small=True, name="只看和去年不一样的地方")
        self._depth_button.setCheckable(True)
        self._depth_button.toggled.connect(self._show_depth)
        show_if(self._depth_button, session.last_report is not None)
        self._changes = ChangesView("和去年不一样的地方", "去年", "今年")
        self._fold_button = Button("看打印稿", "quiet", small=True, checkable=True)
        self._fold_button.toggled.connect(self._show_panes)
        self.export_box = ExportBox(self._choices)
        self.export_box.set_sides(self._sides)
        self.export_box.export_wanted.connect(self._export)
        self.export_box.cancel_wanted.connect(self._cancel)
        self.export_box.print_wanted.connect(self.print)
        self.export_box.copy_wanted.connect(self._copy)
        self.export_box.sides_chosen.connect(self._use_sides)
        self._head_lay = column(row(label("核对与导出", "title"), None, self._depth_button, self._fold_button), self._note, gap=2, margins=(S5, S4, S5, S3))
        self._over_export = Rule()
        self._left = holder(column(holder(self._head_lay), self._scroll, self._over_export, self.export_box, gap=0))
        self._left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pages = PdfPages(self)
        self._job = PrintJob(self._pages, self)
        self._job.over.connect(self._printed)
        self.preview = PreviewPane(self._pages)
        self._between = Rule(upright=True)
        changed = row(label("和去年不一样的地方", "label-strong"), None, label("整份报告在“看全文”里", "caption", "text2"), margins=(S4, S3, S4, S3))
        self._changed = holder(column(holder(changed), Rule(), holder(column(self._changes, margins=(S4, S3, S4, 0))), gap=0), Sheet())
        self._lay = row(self._left, self._between, self.preview, self._changed, gap=0)
        for right in (2, 3):
            self._lay.setStretch(right, 1)
        self.setLayout(self._lay)
        self._worker.rendered.connect(self._rendered)
        self._worker.failed.connect(self._failed)
        self._worker.making.connect(self._say_making)
        bridge.changed.connect(self._follow)
        self._show_findings()

    # --- the page ---

    def show_finding(self, finding: Finding) -> None:
        """Findings lie on other pages; here the list is all there is to show."""
        self.take_focus()

    def take_focus(self) -> None:
        if self._list_stale:
            self._show_findings()
        for line in (line for group in self._groups for line in group.lines()):
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

    def shut(self) -> None:
        """The report is left: no page is laid out or drawn any more. An export under way is still written."""
        self._settle.stop()
        self._worker.rendered.disconnect(self._rendered)
        self._worker.failed.disconnect(self._failed)
        self._worker.making.disconnect(self._say_making)
        self._pages.shut()

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
        self._show_panes()

    # --- how ---

    def _follow(self, change: Change) -> None:
        if change.added or change.removed or any(slot.part in BESIDE or slot.part == "texts" for slot in change.slots):
            self._list_stale = True
            if self.isVisible():
                self._show_findings()
        if any(slot.part not in BESIDE for slot in change.slots):  # what stands beside the report is not printed
            self._stale = self._changes_stale = True
            if self.isVisible():
                self._settle.start(SETTLE_MS)

    def _show_findings(self) -> None:
        self._list_stale = False
        findings = list(self.session.findings)
        for group in self._groups:
            group.show_findings(findings)
        self._unread.show_counts()
        open_ones = [f for f in findings if not self.session.answered(f)]
        self._clean.setVisible(not open_ones)
        errors, explains = (sum(1 for f in open_ones if f.severity is s) for s in (Severity.ERROR, Severity.EXPLAIN))
        self.export_box.show_state(errors, explains, self._unread.count)

    def _show_panes(self) -> None:
        """The list and what is read beside it, the paper or only the changes; where both do not fit, the one she asked for."""
        both, wanted, changes = self.width() >= BOTH_FROM, self._fold_button.isChecked(), self._depth_button.isChecked()
        listed, read = both or not wanted, both or wanted
        self._fold_button.setVisible(not both)
        self._fold_button.setText("回到列表" if wanted else "看变化" if changes else "看打印稿")
        self._fold_button.updateGeometry()
        self._left.setMinimumWidth(LIST_WIDTH if both else 0)
        self._left.setMaximumWidth(LIST_WIDTH if both else 16_777_215)
        self._left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if listed else QSizePolicy.Policy.Maximum)
        for part in (self._scroll, self.export_box, self._over_export):
            part.setVisible(listed)
        self.preview.setVisible(read and not changes)
        self._changed.setVisible(read and changes)
        self._between.setVisible(both)
        self._lay.setDirection(QBoxLayout.Direction.LeftToRight if both else QBoxLayout.Direction.TopToBottom)
        self._show_changes()

    def _show_depth(self, only_changes: bool) -> None:
        """The whole report as it will be printed, or only what is not as last year: either is to be seen at once."""
        self._depth_button.setText("看全文" if only_changes else "只看变化")
        self._depth_button.updateGeometry()
        self._fold_button.setChecked(only_changes or self.width() < BOTH_FROM)
        self._show_panes()

    def _show_changes(self) -> None:
        """Compare anew, if it can be seen: with long texts that takes longer than a key may."""
        last = self.session.last_report
        if self._changes_stale and self._changed.isVisible() and last is not None:
            self._changes_stale = False
            self._changes.show_difference(across_years(last, self.session.report, self.session.form), self.session.form)

    def _edition(self) -> Edition:
        """What would be exported now."""
        return Edition(self.session.report, self.session.form, blocks(self.session.findings), self._sides, self.session.last_year)

    # --- the preview ---

    def _ask_preview(self) -> None:
        if not self.isVisible():
            return
        self._stale = False
        self.preview.say_state("正在排版…")
        self._preview = self._worker.preview(self._edition())

    def _rendered(self, asked: int, files: list[Path], notices: list[str]) -> None:
        if asked == self._exporting:
            self._exporting = self._made_folder = None
            self.export_box.show_made(tuple(files), tuple(notices), self._kinds)
            self.exported.emit(*self._making)
        elif asked == self._preview and files and not self._settle.isActive():
            self._preview = None
            try:
                self.preview.open(files[0].read_bytes())
            except OSError as error:
                _log.info("preview file not read: %s", type(error).__name__)
                self.preview.say_state("预览没有读出来，改一处就会重新排版。")
            self._print_now()

    def _failed(self, asked: int, sentence: str) -> None:
        if asked == self._exporting:
            self._exporting = None
            if self._made_folder is not None:
                with contextlib.suppress(OSError):  # something is in it after all: it stays
                    self._made_folder.rmdir()
                self._made_folder = None
            self.export_box.show_failure(sentence)
        elif asked == self._preview:
            self._preview = None
            self.preview.say_state(sentence)
            if self._printer is not None:
                self._printer = None
                self.export_box.show_failure(sentence)

    def _use_sides(self, sides: Sides) -> None:
        """Lay the pages out for one side of the paper or both."""
        if sides is not self._sides:
            self._sides = sides
            self._choices.keep("sides", str(sides))
            self.export_box.set_sides(sides)
            self._stale = True
            self._settle.start(0)

    # --- the files ---

    def _export(self, wish: Wish) -> None:
        if self._exporting is not None:
            return
        edition, folder = self._edition(), self.export_box.folder
        if wish.folder:
            folder = self._made_folder = free_paths(folder, {"": file_name(edition.view, "")})[""]
        with contextlib.suppress(OSError):  # the export says what is wrong with the folder
            folder.mkdir(parents=True, exist_ok=True)
        formats = [FORMATS[key] for key in wish.keys]
        paths = free_paths(folder, {f.key: file_name(edition.view, f.ending) for f in formats})
        self._kinds = "、".join(f.name for f in formats)
        self._making = f"{'草稿' if edition.draft else '终稿'}：{self._kinds}", edition.report
        self.export_box.show_busy()
        self._exporting = self._worker.export(edition, paths)

    def _say_making(self, asked: int, key: str) -> None:
        if asked == self._exporting and key in FORMATS:
            self.export_box.show_busy(f"正在导出{FORMATS[key].name}…")

    def _cancel(self) -> None:
        if self._exporting is not None:
            self._worker.cancel(self._exporting)

    def _copy(self) -> None:
        """正文片段 on the clipboard: with its look for an editor that keeps it, as plain text for one that does not."""
        view, mime = self._edition().view, QMimeData()
        mime.setHtml(html.render_fragment(view))
        mime.setText(render_text(view))
        QGuiApplication.clipboard().setMimeData(mime)
        draft = "这是草稿，请勿公布。" if view.draft else ""
        self.export_box.tell(f"正文已复制。到网站后台的编辑框里按 Ctrl+V 粘贴，再看一遍表格。{draft}")

    # --- the printer ---

    def print(self) -> None:
        """Ask for the printer and print the report as it is."""
        if not printing.any_printer():
            self.export_box.show_failure(printing.NO_PRINTER)
            return
        edition = self._edition()
        printer = printing.ask(self, edition.view.title, self._sides, self.preview.view.count)
        if printer is not None:
            self._printer = printer
            self._use_sides(printing.sides_of(printer))
            self.export_box.show_busy("正在打印…", can_cancel=False)
            self._print_now()

    def _print_now(self) -> None:
        """Print what is shown, once it is what was asked for."""
        data, current = self.preview.view.data, self._preview is None and not self._settle.isActive() and not self._stale
        if self._printer is not None and data is not None and current:
            printer, self._printer = self._printer, None
            edition = self._edition()
            self._printing = f"{'草稿' if edition.draft else '终稿'}：打印", edition.report
            self._job.start(data, printer)

    def _printed(self, failure: str) -> None:
        self.export_box.tell(failure or "已交给打印机。", failed=bool(failure))
        if not failure:
            self.exported.emit(*self._printing)
