"""The application: look, language, library, and what happens when something of ours breaks.

Started by `gxdesk` without a command. Nothing is imported here that the first window does not show; the renderer runs in a process of its own
and never starts before a report is opened.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEventLoop, QFileSystemWatcher, QLibraryInfo, QLocale, QObject, QSettings, Qt, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from gxdesk import __version__
from gxdesk.drafts import file as library_file
from gxdesk.drafts import owner
from gxdesk.errors import BusyError, DamagedError, LibraryError
from gxdesk.places import NAME, data_folder
from ui import desktop, magnify
from ui.collector import Collector
from ui.dialogs import ask_save, window_settings
from ui.due import local
from ui.parts import plain
from ui.tokens import Look, Mode
from ui.window import MainWindow

if TYPE_CHECKING:
    from gxdesk.drafts.recovery import Recovery
    from gxdesk.drafts.store import DraftStore

PATIENCE_SECONDS = 0.5  # for the screen to take the window
HEARTBEAT_MS = 200  # Python sees a signal only between two of its own instructions; Qt's loop has none while nothing happens
LIBRARY_FILTER = "报告库 (*.gxd);;所有文件 (*)"
TEXT_FILTER = "文本文件 (*.txt)"
GONE = "程序自己的文件读不到了，可能是 U 盘被拔掉或网络断开，刚才的操作没有做成。请接好以后再做一次。"
UNTRANSLATED = {("QFileDialog", "&Look in:"): "查找范围(&L)：", ("QFileDialog", "Files of &type:"): "文件类型(&T)："}

_log = logging.getLogger(__name__)


def default_library() -> Path:
    """Where her reports lie unless she says otherwise."""
    return data_folder() / "library.gxd"


class Untranslated(QTranslator):
    """What Qt's own translation leaves in English and she can meet: the file dialog of systems that have none of their own."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, number: int = -1) -> str | None:
        return UNTRANSLATED.get((context, source))


class Application(QApplication):
    """The one application object: it owns look, translation and the main window."""

    def __init__(self, arguments: Sequence[str] = ("gxdesk",)) -> None:
        super().__init__(list(arguments))
        self.setApplicationName(NAME)
        self.setApplicationVersion(__version__)
        self.setApplicationDisplayName("政府信息公开工作年度报告")
        self.setDesktopFileName("gxdesk")
        QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Script.SimplifiedChineseScript, QLocale.Country.China))
        self._translators = Untranslated(self), QTranslator(self)  # the last is asked first
        self._translators[1].load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        for translator in self._translators:
            self.installTranslator(translator)
        self.gxdesk_look: Look | None = None  # `tokens.look()` finds it here
        self.window: MainWindow | None = None
        self._telling = False

    def paint(self, window: QWidget) -> None:
        """Have a window that was just shown painted before anything else is done."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS and not (window.windowHandle() and window.windowHandle().isExposed()):
            self.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
        self.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def notify_crash(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A defect of ours: keep what she wrote, tell her in one sentence what to do, leave a record for whoever mends it."""
        kept = self._keep()  # before anything else that may break
        if Path(__file__).exists():
            from gxdesk import crash

            told = crash.describe(error.with_traceback(trace), local())
            where = write_crash(told)
            _log.error("%s, see %s", kind.__name__, where.name if where else "nothing")
            tell = partial(self._tell, kept, told)
        else:  # no defect
            tell = partial(self._tell_gone, kept)
        if not self._telling:  # else a second one while the first is told
            self._telling = True
            # A box opened in the midst of what broke, such as the end of an editor, would have Qt go on with what is gone.
            QTimer.singleShot(0, tell)

    def _tell(self, kept: bool, told: str) -> None:
        try:
            words = "程序刚才出了一个错，您写的内容已经存好，可以接着写。" if kept else "程序刚才出了一个错，最近几个字可能没有存上。请先把它们抄下来，再关掉程序重新打开。"
            words += "\n\n如果再出现，请把记录存成文件，交给维护人员；里面没有报告的内容。"
            box = QMessageBox(QMessageBox.Icon.Warning, "出了一个错", words, QMessageBox.StandardButton.Ok, self.window)
            save = box.addButton("把记录存成文件…", QMessageBox.ButtonRole.ActionRole)
            box.exec()
            if box.clickedButton() is save:
                self._save_record(told)
        finally:
            self._telling = False

    def _tell_gone(self, kept: bool) -> None:
        """The program itself is out of reach: no defect, and what is not loaded yet cannot be had, not even the record of it."""
        try:
            hers = "在此之前写的已经存好。" if kept else "在此之前写的还在窗口里，接好以后会自动存上；先不要关掉程序。"
            QMessageBox.warning(self.window, "读不到程序的文件", f"{GONE}\n\n{hers}")
        finally:
            self._telling = False

    def _save_record(self, told: str) -> None:
        chosen = ask_save(self.window, "把记录存成文件", f"gxdesk 出错记录 {local():%Y-%m-%d}.txt", TEXT_FILTER)
        if chosen:
            from gxdesk import files
            from gxdesk.errors import UserError

            try:
                files.replace(chosen, told.encode())
            except UserError as error:
                QMessageBox.warning(self.window, "没有存成", str(error))

    def _keep(self) -> bool:
        try:
            return self.window is None or self.window.flush()
        except Exception:  # noqa: BLE001  # whatever broke may be what saving needs
            _log.info("saving after a defect failed")
            return False


def run(*, library: Path | None = None, file: Path | None = None, printing: bool = False) -> int:
    """Open the window and stay until it is closed; returns the exit code. `file` is a report file to open in it, and to print at once.

    Where this user has the library open already, that window comes forward and opens the file. Otherwise the window is on the screen before
    library and forms are read, which takes nearly as long again.
    """
    path = (library or default_library()).absolute()
    if owner.of(path).is_here and library_file.busy(path):
        desktop.let_come_forward()
        if owner.ask(path, owner.Request(file, printing)):
            return 0
    kept = window_settings()
    magnified = magnify.prepare(kept)
    app = Application()
    Look.install(app, _mode(kept), large=kept.value("large", 0, int) == 1)
    window = app.window = MainWindow()
    window.start.magnified = magnified
    window.mode_chosen.connect(lambda mode: kept.setValue("mode", mode.value))
    window.large_chosen.connect(lambda large: kept.setValue("large", int(large)))
    window.magnify_chosen.connect(lambda percent: kept.setValue(magnify.KEY, percent))
    sys.excepthook = app.notify_crash
    geometry = kept.value("geometry")
    window.open_on_screen(geometry if isinstance(geometry, QByteArray) else QByteArray())
    app.paint(window)
    store = open_library(path, window)
    if store is None:
        return 2
    _attach(app, window, store)
    Collector(app)  # cli.py switched Python's own off for the start
    if file is not None:
        window.open_file(file, printing=printing)
    else:
        resume(window)
    heartbeat = _obey_signals(app)  # not before: until here the system's own way of ending it is right, nothing is written yet
    code = app.exec()
    heartbeat.stop()
    kept.setValue("geometry", window.saveGeometry())
    window.close()
    if not store.read_only:
        owner.release(store.path)
    return code


def _mode(kept: QSettings) -> Mode:
    said = kept.value("mode")
    return Mode(said) if said in list(Mode) else Mode.SYSTEM


def _attach(app: QApplication, window: MainWindow, store: "DraftStore") -> None:
    """Read the forms and give them and the library to the window."""
    from gxdesk.forms.known import Forms
    from ui.autosave import Safekeeping
    from ui.library import Library

    library = Library(store, Forms.load())
    window.attach(library)
    if store.read_only:
        window.bar.say(store.read_only, kind="explain")
        return
    owner.claim(store.path)
    watcher = QFileSystemWatcher([str(store.path.parent)], app)
    watcher.directoryChanged.connect(lambda _: come_forward(window, store.path))
    keeper = Safekeeping(lambda: library.backups, window)
    keeper.told.connect(lambda words: window.bar.say(words, kind="explain"))
    library.exported = keeper.exported
    window.closing.connect(keeper.close)


def come_forward(window: MainWindow, path: Path) -> None:
    """If a second start asked for this window, show it, and open the file it was started with."""
    request = owner.asked(path)
    if request is None:
        return
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    if request.opening is not None:
        window.open_file(request.opening, printing=request.printing)


def resume(window: MainWindow) -> None:
    """After a crash: back to the report and the place where she was, with a thin bar that says so."""
    try:
        left = window.library.interrupted()
    except LibraryError:  # told when she opens it herself
        return
    if left is None:
        return
    window.open_draft(left.draft_id)
    report = window.report
    if report is None:  # the bar says why
        return

    saved = local(left.saved)
    when = f"{saved:%H:%M}" if saved.date() == local().date() else f"{saved.month} 月 {saved.day} 日 {saved:%H:%M}"
    window.bar.say(f"上次没有正常退出，已回到 {when} 存下的样子。", kind="hint", action=("看差别", report.show_past))


def open_library(path: Path, parent: QWidget | None) -> "DraftStore | None":
    """The library at `path`, or at a place she chooses where that one cannot be opened; where somebody else has it open, to look at. None if
    she gives up."""
    from gxdesk.drafts.store import DraftStore

    while True:
        try:
            try:
                return DraftStore.open(path)
            except BusyError:
                there = owner.of(path)
                if there == owner.UNKNOWN or there.is_here:  # a tool that will soon let go, or a window of ours that does not answer
                    raise
                return DraftStore.look(path, there.read_only)
        except LibraryError as error:
            from gxdesk.drafts import backups, recovery

            copies = [] if isinstance(error, BusyError) else backups.copies(path.parent / backups.FOLDER)
            box = QMessageBox(QMessageBox.Icon.Warning, "报告库打不开", plain(str(error)), QMessageBox.StandardButton.NoButton, parent)
            again = box.addButton("再试一次", QMessageBox.ButtonRole.AcceptRole)
            damaged = isinstance(error, DamagedError)
            mendable = (copies or damaged) and os.access(path.parent, os.W_OK)  # what is found again is written beside it
            mend = box.addButton("找回内容", QMessageBox.ButtonRole.ActionRole) if mendable else None
            elsewhere = box.addButton("换一个位置…", QMessageBox.ButtonRole.ActionRole)
            leave = box.addButton("退出", QMessageBox.ButtonRole.RejectRole)
            box.setDefaultButton(mend if mend is not None and damaged else again)
            box.setEscapeButton(leave)
            box.exec()
            if box.clickedButton() is leave:
                return None
            if mend is not None and box.clickedButton() is mend:
                try:
                    told = recovered_words(recovery.recover(path, copies, path.parent / backups.FOLDER))
                    QMessageBox.information(parent, "找回了", told)
                except LibraryError as failed:
                    QMessageBox.warning(parent, "没有找回", str(failed))
            if box.clickedButton() is elsewhere:
                chosen, _ = QFileDialog.getSaveFileName(parent, "报告库放在哪里", str(path), LIBRARY_FILTER, options=QFileDialog.Option.DontConfirmOverwrite)
                path = Path(chosen) if chosen else path


def recovered_words(recovery: "Recovery") -> str:
    """What was saved, report by report."""
    lines = [
        f"{saved.year or '未填年度'} {saved.agency}："
        + ("最后存下的样子" if saved.copied is None else f"{saved.copied:%Y-%m-%d %H:%M} 备份时的样子")
        + ("" if saved.undo else "，不能再撤销以前的修改")
        for saved in recovery.saved
    ]
    return "\n".join(["找回了这些报告：", *lines, "", f"坏了的报告库另存在“{recovery.aside}”。"])


def write_crash(told: str) -> Path | None:
    """Put the record of a defect beside the library; returns the file."""
    from gxdesk.temporary import gettempdir

    for folder in (default_library().parent, Path(gettempdir())):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"crash-{local():%Y%m%d-%H%M%S}.txt"
            path.write_text(told, encoding="utf-8")
            return path
        except OSError:
            continue
    return None


def _obey_signals(app: QObject) -> QTimer:
    """Let the system or Ctrl+C in a terminal close the program as its own button does: everything saved."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QGuiApplication.exit(0))
    heartbeat = QTimer(app)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(HEARTBEAT_MS)
    return heartbeat
