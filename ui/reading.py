"""A file from outside, read and checked by a process of its own: it can neither stop the window nor bring it down."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from ui import child

PATIENCE_MS = 60_000  # the longest published report takes a few seconds
SLOW = "“{}”读了一分钟还没有读完，已经停下，什么也没有读进来。请换一种格式（网页、Word）再试。"
BROKEN = "“{}”读到一半停了，什么也没有读进来。请换一种格式（网页、Word）再试。"


class SourceReader(QObject):
    """Reads one file after the other; a new one replaces the one under way."""

    read = Signal(Path, object)  # the file, an Audited
    failed = Signal(Path, str)  # the file, one sentence

    def __init__(self, forms: Forms, parent: QObject | None = None, command: Sequence[str] | None = None) -> None:
        """`command` replaces the reading program, for tests."""
        super().__init__(parent)
        self._forms = forms
        self._command = tuple(command or (*child.MODULE, "gxdesk.imports.worker"))
        self._under_way: list[QProcess] = []  # one, or none
        self._path = Path()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._give_up(SLOW))
        under_way = self._under_way
        self.destroyed.connect(lambda: _end(under_way))  # of which nothing but the list is left: a window may go without being closed

    def start(self, path: Path) -> None:
        """Read this file; one of the signals says what came of it."""
        self.stop()
        self._path = path
        process = child.process(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(lambda: self._ended(process))
        process.errorOccurred.connect(lambda error: self._give_up(BROKEN) if error is QProcess.ProcessError.FailedToStart else None)
        self._under_way.append(process)
        self._patience.start()
        process.start(self._command[0], [*self._command[1:], str(path)])

    def stop(self) -> None:
        """Give up what is being read, without a word."""
        self._patience.stop()
        _end(self._under_way)

    def _ended(self, process: QProcess) -> None:
        from gxdesk.imports.worker import loads

        data = bytes(process.readAllStandardOutput().data())
        path = self._path
        self.stop()
        try:
            audited = loads(data, self._forms) if data else None
        except UserError as error:
            self.failed.emit(path, str(error))
            return
        if audited is None:
            self.failed.emit(path, BROKEN.format(path.name))
        else:
            self.read.emit(path, audited)

    def _give_up(self, words: str) -> None:
        path = self._path
        self.stop()
        self.failed.emit(path, words.format(path.name))


def _end(processes: list[QProcess]) -> None:
    """End them and forget them; they say nothing any more."""
    while processes:
        process = processes.pop()
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(1000)
        process.deleteLater()
