"""The main window: the start page, one open report, and the library they come from.

It says what happened in a bar that never asks anything. What only an open report needs is imported when the first one is opened, and the
library after the window is on the screen, so that the start does not wait for them.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QWidget

from gxdesk.errors import UserError
from gxdesk.report import Report, Slot
from ui import magnify
from ui.custody import Custody
from ui.dialogs import ask_save
from ui.due import Today
from ui.focus import step
from ui.intake import Intake
from ui.message_bar import NARROWEST, MessageBar
from ui.pages.start import StartPage
from ui.parts import Sheet, column, holder, plain
from ui.samples import EXAMPLE, SLIPS
from ui.tokens import S4, Mode, look

if TYPE_CHECKING:
    from gxdesk.forms.definition import FormDef
    from gxdesk.session import Change
    from ui.ahead import Ahead
    from ui.library import Library
    from ui.manual import ManualWindow
    from ui.report_window import ReportWindow
    from ui.selfcheck import SelfCheck
    from ui.worker import RenderWorker

TITLE = "政府信息公开工作年度报告"
AGENCY_NAME = Slot("agency", "name")
FILE_FILTER = "报告文件 (*.gxreport)"
MAXIMISED_UP_TO = 1440  # px of screen width


class MainWindow(QMainWindow):
    """The one window. It comes up without a library; once `attach`ed it owns that until it is closed."""

    mode_chosen = Signal(object)  # the Mode she chose, to be remembered
    large_chosen = Signal(bool)  # 大字 or not, to be remembered
    magnify_chosen = Signal(int)  # per cent, to be remembered
    closing = Signal()  # nothing changes any more, and the library is still open

    def __init__(self, *, today: Today = date.today) -> None:
        super().__init__()
        self._today = today
        self._library: Library | None = None
        self.report: ReportWindow | None = None
        self._worker: RenderWorker | None = None
        self._ahead: Ahead | None = None
        self._manual: ManualWindow | None = None
        self._self_check: SelfCheck | None = None
        self._closed = False
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.setMinimumSize(magnify.LEAST)
        self.start = StartPage(today)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self._ground = holder(column(self.stack, gap=0), Sheet("canvas"))
        self.setCentralWidget(self._ground)
        self.bar = MessageBar(self._ground, self._message_room)
        self.custody = Custody(self)
        self.intake = Intake(self)
        start = self.start
        start.open_requested.connect(self.open_draft)
        start.new_requested.connect(self.new_report)
        start.copy_requested.connect(self.copy_report)
        start.file_requested.connect(self.intake.choose)
        start.last_year_requested.connect(self.intake.choose_last_year)
        start.example_requested.connect(self.open_example)
        start.slips_requested.connect(self.open_slips)
        start.sources_requested.connect(self.open_sources)
        start.export_requested.connect(self._choose_export)
        start.delete_requested.connect(self.delete_draft)
        start.undelete_requested.connect(self._undelete)
        start.library_requested.connect(self.custody.pop_up)
        start.mode_chosen.connect(self._use_mode)
        start.large_chosen.connect(self._use_large)
        start.magnify_chosen.connect(self._magnify)
        start.times_requested.connect(self.show_times)
        start.manual_requested.connect(self.show_manual)
        start.self_check_requested.connect(self.show_self_check)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.show_manual)
        plain_size = QShortcut(QKeySequence("Ctrl+0"), start, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)  # in a preview it is that one's
        plain_size.activated.connect(lambda: self._magnify(magnify.STEPS[0]))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    @property
    def library(self) -> "Library":
        """The library. Raises RuntimeError before `attach`."""
        if self._library is None:
            raise RuntimeError("no library attached")
        return self._library

    def show_manual(self) -> None:
        """用户手册 beside this window, at what she is doing."""
        from ui.manual import ManualWindow

        if self._manual is None:
            self._manual = ManualWindow()
        manual = self._manual
        manual.show()
        manual.raise_()
        manual.activateWindow()
        manual.show_topic(getattr(self.stack.currentWidget(), "topic", ""))

    def show_self_check(self) -> None:
        """自检 beside this window; it starts at once."""
        from ui.selfcheck import SelfCheck

        if self._self_check is None:
            self._self_check = SelfCheck()
        self._self_check.show()
        self._self_check.raise_()
        self._self_check.activateWindow()

    # --- start page ---

    def attach(self, library: "Library") -> None:
        """Take the library over and show it."""
        self._library = library
        self.show_start()

    def show_start(self) -> None:
        """Leave the open report, if any, and show the library."""
        if not self.leave_report():
            return
        self.intake.close_page()
        self.guarded(self.refresh_start)
        self.stack.setCurrentWidget(self.start)
        self.setWindowTitle(TITLE)
        self.start.take_focus()
        if self.library.read_only:
            self.bar.say(self.library.read_only, kind="explain")

    def refresh_start(self) -> None:
        library = self.library
        self.start.show_drafts(library.forms, library.drafts(), library.deleted(), library.agency_name(), library.earlier_deadline())

    # --- reports ---

    def open_draft(self, draft_id: int, key: str = "") -> None:
        """Open a report of the library, on the page with this key or where she was."""

        def load() -> None:
            from ui.report_window import ReportWindow

            window = ReportWindow(self.library.open(draft_id), today=self._today, worker=self._renderer())
            self._put(window)
            window.show_page(key or window.key)

        if self.leave_report():
            self.guarded(load)

    def new_report(self, year: int) -> None:
        """A blank report with the agency's data, opened."""

        def make() -> None:
            self.library.begin_as(self.start.said_agency)
            self.open_draft(self.library.new(year))

        self.guarded(make)

    def copy_report(self, draft_id: int, year: int) -> None:
        """A report for another year with agency and texts of this one, opened. Its figures stay blank."""

        def make() -> None:
            self.open_draft(self.library.copy(draft_id, year))
            self.bar.say(f"文字已照抄过来，请逐句改成 {year} 年的情况；表格的数都空着。", kind="hint")

        self.guarded(make)

    def open_file(self, path: Path, *, printing: bool = False) -> None:
        """Open a report file or package, or show what is in any other file; `printing` goes on to print a report file."""
        self.intake.open_file(path, printing=printing)

    def _settle_last_year(self, report: "ReportWindow", last: int) -> None:
        def settle() -> None:
            self.library.store.settle_last_year(report.draft_id, last or None)
            self.reopen(report)

        self.guarded(settle)

    def reopen(self, report: "ReportWindow") -> None:
        """The open report anew, where she is, with what is last year's now."""
        self.open_draft(report.draft_id, report.key)

    def open_example(self) -> None:
        """试填样例: a finished report of an invented agency, to look at."""
        self._open_sample(EXAMPLE, "preamble")

    def open_slips(self) -> None:
        """错误示范: the same with the usual slips in it, to see what is found and how it is mended."""
        self._open_sample(SLIPS, "overview")

    def _open_sample(self, which: str, key: str) -> None:
        def show() -> None:
            from ui.report_window import ReportWindow

            window = ReportWindow(self.library.sample(which), today=self._today, worker=self._renderer())
            window.copy_requested.connect(lambda: self._copy_sample(which, window.key))
            self._put(window)
            window.show_page(key)

        if self.leave_report():
            self.guarded(show)

    def _copy_sample(self, which: str, key: str) -> None:
        """One of her own like the example, at the page she was looking at."""

        def bring() -> None:
            self.open_draft(self.library.example(which), key)
            self.bar.say("这一份在您的报告库里，随便改。用完在开始页删除。", kind="hint")

        self.guarded(bring)

    def show_times(self) -> None:
        """时间与提醒 beside its button on the start page."""
        from ui.panels.deadlines import Deadlines

        dated, at = self.start.dated, self.start.card.times
        if dated is not None:
            shown = Deadlines(self, self.library, *dated)
            shown.earlier_chosen.connect(self.start.show_earlier)
            shown.told.connect(lambda words, kind: self.bar.say(words, kind=kind, seconds=20))
            shown.ask_at(QRect(at.mapTo(self, QPoint(0, 0)), at.size()))

    def open_sources(self) -> None:
        """The official texts, to read and search."""
        from ui.panels.sources import open_sources

        open_sources(self)

    def delete_draft(self, draft_id: int) -> None:
        """Put a report into the bin and offer to take it back."""

        def delete() -> None:
            year = next((d.year for d in self.library.drafts() if d.id == draft_id), None)
            self.library.store.delete(draft_id)
            self.refresh_start()
            self.start.take_focus()
            self.bar.say(f"已删除 {year or ''} 年度报告。", action=("撤销", lambda: self._undelete(draft_id)))

        self.guarded(delete)

    def export_file(self, draft_id: int, path: Path) -> None:
        """Write a report of the library as a `.gxreport` file."""

        def write() -> None:
            self.library.export(draft_id, path)
            self.bar.say(f"已导出到“{path}”。", seconds=20)

        self.guarded(write)

    # --- the keyboard ---

    def focusNextPrevChild(self, forward: bool) -> bool:
        return step(self, forward=forward)

    # --- closing ---

    def flush(self) -> bool:
        """Put what is open on disk; False if that was refused."""
        return self.report is None or self.report.flush()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            event.accept()
            return
        if not self.leave_report():
            event.ignore()
            return
        self._closed = True
        for beside in filter(None, (self._manual, self._self_check)):
            beside.close()
        if self._worker is not None:
            self._worker.close()
        self.intake.stop()
        if self._library is not None:
            self.hide()  # copies that are being written may take a while
            self.closing.emit()
            self._library.store.close()
        super().closeEvent(event)

    def leave_report(self) -> bool:
        """Save and let go of the open report. Only where it cannot be saved is she asked; False if she would rather stay."""
        window = self.report
        if window is None:
            return True
        while not window.flush():
            if not self._ask_unsaved(window):
                return False
            if window.property("abandoned"):
                break
        self.report = None
        self.bar.hide()
        window.shut()
        self.library.leave()
        self.stack.removeWidget(window)
        window.deleteLater()
        return True

    def _ask_unsaved(self, window: "ReportWindow") -> bool:
        """What cannot be undone is asked: she leaves and loses, or keeps it elsewhere. False to stay."""
        box_ = QMessageBox(self)
        box_.setIcon(QMessageBox.Icon.Warning)
        box_.setWindowTitle("还没有存上")
        box_.setText(plain(f"最近改的内容没有存上：{window.autosave.refusal}"))
        again = box_.addButton("再试一次", QMessageBox.ButtonRole.AcceptRole)
        elsewhere = box_.addButton("存成文件…", QMessageBox.ButtonRole.ActionRole)
        leave = box_.addButton("不要了，离开", QMessageBox.ButtonRole.DestructiveRole)
        stay = box_.addButton("留在这里", QMessageBox.ButtonRole.RejectRole)
        box_.setDefaultButton(again)
        box_.setEscapeButton(stay)
        box_.exec()
        chosen = box_.clickedButton()
        if chosen is elsewhere:
            from ui.library import file_name, write_file

            path = ask_save(self, "存成报告文件", file_name(window.session.report), FILE_FILTER)
            if path:
                try:
                    write_file(window.session.report, path)
                    window.setProperty("abandoned", True)
                except UserError as error:
                    self.bar.say(str(error), kind="error")
                    return False
        elif chosen is leave:
            window.setProperty("abandoned", True)
        return chosen is not stay

    # --- events ---

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow() and self.report is not None:
            self.report.autosave.flush_unsaved()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)

    # --- how ---

    def _put(self, window: "ReportWindow") -> None:
        self.bar.hide()
        self.intake.close_page()
        self.report = window
        window.back_requested.connect(self.show_start)
        window.top.manual.clicked.connect(self.show_manual)
        window.page_shown.connect(self.bar.turn)
        window.last_year_chosen.connect(lambda last: self._settle_last_year(window, last))
        window.last_year_wanted.connect(lambda: self.intake.choose_last_year(window.draft_id))
        window.message.connect(lambda words, kind: self.bar.say(words, kind=kind, seconds=0 if kind == "error" else 6))
        window.message_over.connect(self._saving_works)
        window.resize(self.stack.size())
        self.stack.addWidget(window)
        self.stack.setCurrentWidget(window)
        window.bridge.changed.connect(self._follow_name)
        self._name_window(window.session.report)
        self._prepare(window.session.form)

    def _prepare(self, form: "FormDef") -> None:
        from ui.ahead import Ahead

        if self._ahead is None:
            self._ahead = Ahead(self)
            self._ahead.ready.connect(self._build_ahead)
        self._ahead.prepare(form)

    def _build_ahead(self) -> None:
        if self.report is not None:
            self.report.build_ahead()

    def _follow_name(self, change: "Change") -> None:
        if self.report is not None and AGENCY_NAME in change.slots:
            self._name_window(self.report.session.report)

    def _name_window(self, report: Report) -> None:
        self.setWindowTitle(" ".join(filter(None, (f"{report.year or ''} 年度报告", report.get(AGENCY_NAME).strip()))))

    def _message_room(self) -> QRect:
        """Where a message covers nothing she needs: over the name in the top bar of a report, below that where it is too narrow."""
        wide = QRect(S4, 0, self._ground.width() - 2 * S4, 0)
        report = self.report
        if report is None or self.stack.currentWidget() is not report or report.top.isHidden():
            return wide
        free = report.top.free()
        free.moveTo(report.top.mapTo(self._ground, free.topLeft()))
        return free if free.width() >= NARROWEST else wide.translated(0, report.top.height())

    def _renderer(self) -> "RenderWorker":
        """The renderer's process, shared by all reports; it starts a while after the first was opened."""
        from ui.worker import RenderWorker

        if self._worker is None:
            self._worker = RenderWorker(parent=self)
        self._worker.start_when_idle()
        return self._worker

    def _saving_works(self) -> None:
        if self.bar.isVisible() and self.bar.words.text().startswith("没有存上"):
            self.bar.hide()

    def _undelete(self, draft_id: int) -> None:
        def bring_back() -> None:
            self.library.store.undelete(draft_id)
            self.refresh_start()
            self.bar.hide()

        self.guarded(bring_back)

    def _use_mode(self, mode: Mode) -> None:
        look().use(mode)
        self.mode_chosen.emit(mode)

    def _use_large(self, large: bool) -> None:
        look().use(look().mode, large=large)
        self.large_chosen.emit(large)

    def _magnify(self, percent: int) -> None:
        self.start.magnified = percent
        self.magnify_chosen.emit(percent)
        self.bar.say(f"关掉窗口再打开，就放大到 {percent} %。" if percent > 100 else "关掉窗口再打开，就不再放大。", kind="hint", seconds=20)

    def _choose_export(self, draft_id: int) -> None:
        def choose() -> None:
            from ui.library import file_name

            path = ask_save(self, "导出报告文件", file_name(self.library.report(draft_id)), FILE_FILTER)
            if path:
                self.export_file(draft_id, path)

        self.guarded(choose)

    def guarded(self, act: Callable[[], object]) -> None:
        """Do something that the world may refuse; the sentence goes into the bar."""
        try:
            act()
        except UserError as error:
            self.bar.say(str(error), kind="error")

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if self.report is not None and old is not None and old is not new:
            self.report.autosave.flush_unsaved()

    def open_on_screen(self, geometry: QByteArray) -> None:
        """Show the window where `saveGeometry` found it, else in its own size, and on a small screen as large as it goes."""
        room = self.screen().availableSize()
        self.resize(min(room.width(), 1366), min(room.height(), 768))
        if not geometry.isEmpty() and self.restoreGeometry(geometry):
            self.show()
        elif room.width() <= MAXIMISED_UP_TO:
            self.showMaximized()
        else:
            self.show()


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file of a drop."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
