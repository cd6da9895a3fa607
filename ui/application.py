"""The application: look, language, library, and what happens when something of ours breaks.

Started by `gxdesk` without a command. Nothing is imported here that the first window does not show; the renderer runs in a process of its own
and never starts before a report is opened.
"""

import gc
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEventLoop, QLibraryInfo, QLocale, QObject, QSettings, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from gxdesk import __version__
from gxdesk.errors import LibraryError
from gxdesk.places import NAME, data_folder
from ui.due import local
from ui.tokens import Look, Mode
from ui.window import MainWindow

if TYPE_CHECKING:
    from gxdesk.drafts.store import DraftStore

PATIENCE_SECONDS = 0.5  # for the screen to take the window
HEARTBEAT_MS = 200  # Python sees a signal only between two of its own instructions; Qt's loop has none while nothing happens
LIBRARY_FILTER = "报告库 (*.gxd);;所有文件 (*)"

_log = logging.getLogger(__name__)


def default_library() -> Path:
    """Where her reports lie unless she says otherwise."""
    return data_folder() / "library.gxd"


class Application(QApplication):
    """The one application object: it owns look, translation and the main window."""

    def __init__(self, arguments: Sequence[str] = ("gxdesk",)) -> None:
        super().__init__(list(arguments))
        self.setApplicationName(NAME)
        self.setApplicationVersion(__version__)
        self.setApplicationDisplayName("政府信息公开工作年度报告")
        self.setDesktopFileName("gxdesk")
        QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Script.SimplifiedChineseScript, QLocale.Country.China))
        self._translator = QTranslator(self)
        if self._translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            self.installTranslator(self._translator)
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
        """A defect of ours: keep what she wrote, tell her in one sentence, leave the traceback in a file for whoever mends it."""
        where = write_crash(kind, trace)
        _log.error("%s, see %s", kind.__name__, where.name if where else "nothing")
        if self._telling:  # a second one while the first is told
            return
        self._telling = True
        try:
            kept = self._keep()
            words = "程序刚才出了一个错，您写的内容已经存好，可以接着写。" if kept else "程序刚才出了一个错，最近几个字可能没有存上。请先把它们抄下来，再关掉程序重新打开。"
            if where:
                words += f"\n\n给开发者看的记录在：{where}\n里面没有报告的内容。"
            box = QMessageBox(QMessageBox.Icon.Warning, "出了一个错", words, QMessageBox.StandardButton.Ok, self.window)
            box.exec()
        finally:
            self._telling = False

    def _keep(self) -> bool:
        try:
            return self.window is None or self.window.flush()
        except Exception:  # noqa: BLE001  # whatever broke may be what saving needs
            _log.info("saving after a defect failed")
            return False


def run(*, library: Path | None = None, file: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code. `file` is a report file to open in it.

    The window is on the screen before library and forms are read, which takes nearly as long again.
    """
    app = Application()
    kept = QSettings(str(data_folder() / "window.ini"), QSettings.Format.IniFormat)
    Look.install(app, _mode(kept))
    window = app.window = MainWindow()
    window.mode_chosen.connect(lambda mode: kept.setValue("mode", mode.value))
    sys.excepthook = app.notify_crash
    geometry = kept.value("geometry")
    window.open_on_screen(geometry if isinstance(geometry, QByteArray) else QByteArray())
    app.paint(window)
    if not _attach(window, library):
        return 2
    gc.enable()  # cli.py switched it off for the start
    if file is not None:
        window.open_file(file)
    heartbeat = _obey_signals(app)  # not before: until here the system's own way of ending it is right, nothing is written yet
    code = app.exec()
    heartbeat.stop()
    kept.setValue("geometry", window.saveGeometry())
    window.close()
    return code


def _mode(kept: QSettings) -> Mode:
    said = kept.value("mode")
    return Mode(said) if said in list(Mode) else Mode.SYSTEM


def _attach(window: MainWindow, path: Path | None) -> bool:
    """Read forms and library and give them to the window; False if she gives up on the library."""
    from gxdesk.forms.definition import Forms
    from ui.library import Library

    store = open_library(path or default_library(), window)
    if store is None:
        return False
    window.attach(Library(store, Forms.load()))
    return True


def open_library(path: Path, parent: QWidget | None) -> "DraftStore | None":
    """The library at `path`, or at a place she chooses where that one cannot be opened. None if she gives up."""
    from gxdesk.drafts.store import DraftStore

    while True:
        try:
            return DraftStore.open(path)
        except LibraryError as error:
            box = QMessageBox(QMessageBox.Icon.Warning, "报告库打不开", str(error), QMessageBox.StandardButton.NoButton, parent)
            again = box.addButton("再试一次", QMessageBox.ButtonRole.AcceptRole)
            elsewhere = box.addButton("换一个位置…", QMessageBox.ButtonRole.ActionRole)
            leave = box.addButton("退出", QMessageBox.ButtonRole.RejectRole)
            box.setDefaultButton(again)
            box.setEscapeButton(leave)
            box.exec()
            if box.clickedButton() is leave:
                return None
            if box.clickedButton() is elsewhere:
                chosen, _ = QFileDialog.getSaveFileName(parent, "报告库放在哪里", str(path), LIBRARY_FILTER, options=QFileDialog.Option.DontConfirmOverwrite)
                path = Path(chosen) if chosen else path


def write_crash(kind: type[BaseException], trace: TracebackType | None) -> Path | None:
    """Put a traceback beside the library; returns the file. No text of a report goes in: neither messages nor values, only places in our source."""
    import platform
    import tempfile
    import traceback

    frames = "".join(f"  {Path(f.filename).name}:{f.lineno} {f.name}\n" for f in traceback.extract_tb(trace))
    now = local()
    told = f"gxdesk {__version__}\n{now:%Y-%m-%d %H:%M:%S}\n{platform.platform()}, Python {platform.python_version()}\n{kind.__name__}\n{frames}"
    for folder in (default_library().parent, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"crash-{now:%Y%m%d-%H%M%S}.txt"
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
