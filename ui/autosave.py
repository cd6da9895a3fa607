"""Keeps the open report on disk, and copies of the library elsewhere, without being asked.

A change is written 300 ms after the last one, at the latest 0.9 s after the first that is not written yet, and at once after an undo, when the
window loses the focus and when it closes. Writing happens between two events of the main thread: some 2 ms, never inside a keystroke.

Where writing is refused (disk full, stick pulled out, file locked) everything stays in the session, the sentence is told, and it is tried
again every two seconds until it works; the keys do not start further tries, since each may wait a second for a lock. Nothing is ever raised.

A copy of the library is taken once a day and after each export, written by a thread of its own, for sticks and shared folders are slow.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gxdesk.drafts.backups import Backups, Copying, Outcome
from gxdesk.errors import UserError
from ui.due import local

if TYPE_CHECKING:  # the window starts it before any report is open
    from gxdesk.session import Change, Session

SETTLE_MS, LIMIT_MS, RETRY_MS = 300, 900, 2000
COPY_FIRST_MS, COPY_AGAIN_MS = 20_000, 600_000  # not while the window is still coming up; the day may change while it is open
DEFECT = "刚才没有存上，内容都还在窗口里，程序会接着再试。请不要关机。"
COPY_DEFECT = "程序在备份时出了一个错。报告库不受影响。"

_log = logging.getLogger(__name__)


def _log_defect(what: str, error: Exception) -> None:
    """Into the log without the error's own words, which quote what she wrote."""
    from gxdesk import crash

    _log.error("%s\n%s", what, crash.describe(error, local()))


class Autosave(QObject):
    """Calls `write` whenever the session changed; `write` raises UserError where it is refused."""

    saved = Signal(object)  # the datetime of writing
    failed = Signal(str)  # one sentence; repeated only when it changes

    def __init__(self, session: "Session", write: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._unsaved = False
        self._refusal = ""
        self._settle = self._timer(SETTLE_MS)
        self._limit = self._timer(LIMIT_MS)
        self._retry = self._timer(RETRY_MS)
        self._stop = session.subscribe(self._changed)

    @property
    def unsaved(self) -> bool:
        """Whether something is in the session that is not on disk."""
        return self._unsaved

    @property
    def refusal(self) -> str:
        """Why the last try failed; empty if it did not."""
        return self._refusal

    def flush(self) -> bool:
        """Write now, also where only the caret moved. Returns whether everything is on disk."""
        for timer in (self._settle, self._limit, self._retry):
            timer.stop()
        try:
            self._write()
        except UserError as error:
            self._refused(str(error))
        except Exception as error:  # noqa: BLE001  # a defect; she must be able to go on typing, and what she typed is still in the session
            if self._refusal != DEFECT:  # it is tried again every two seconds
                _log_defect("autosave failed", error)
            self._refused(DEFECT)
        else:
            self._unsaved, self._refusal = False, ""
            self.saved.emit(local())
        return not self._unsaved

    def flush_unsaved(self) -> None:
        """Write now if there is something to write."""
        if self._unsaved:
            self.flush()

    def close(self) -> None:
        """Write what is left and listen no more."""
        self._stop()
        self.flush()
        for timer in (self._settle, self._limit, self._retry):
            timer.stop()

    def _changed(self, change: "Change") -> None:
        self._unsaved = True
        if self._retry.isActive():
            return
        self._settle.start(SETTLE_MS if change.origin == "edit" else 0)
        if not self._limit.isActive():
            self._limit.start()

    def _refused(self, sentence: str) -> None:
        self._unsaved = True
        told, self._refusal = self._refusal, sentence
        self._retry.start()
        if sentence != told:
            self.failed.emit(sentence)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.flush)
        return timer


class Safekeeping(QObject):
    """Takes the copies of a library when they are due, one at a time; a folder that refuses is tried again every ten minutes."""

    told = Signal(str)  # one sentence, where there is news of a refusal
    _written = Signal(object)  # the Outcome, from the thread that writes

    def __init__(self, backups: Callable[[], Backups], parent: QObject | None = None) -> None:
        """`backups` gives those of the library as it is open now: it is opened anew when she goes back to a copy."""
        super().__init__(parent)
        self._backups = backups
        self._thread: threading.Thread | None = None
        self._outcome = Outcome(None, "")  # of the copy written last, from the thread that wrote it
        self._waiting: list[Copying] = []  # what exports asked for while a copy is being written
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.daily)
        self._timer.start(COPY_FIRST_MS)
        self._written.connect(self._finish)

    def daily(self) -> None:
        """Take today's copy if it is still to be taken."""
        self._timer.setInterval(COPY_AGAIN_MS)

        def begin() -> None:
            if untold := self._backups().untold():
                self.told.emit(untold)
            if self._backups().due():
                self._begin(exported=False)

        self._guarded(begin)

    def exported(self) -> None:
        """Take the copy that belongs to an export."""
        self._guarded(lambda: self._begin(exported=True))

    def close(self) -> None:
        """Begin no more copies, and wait for those that were begun, while the library is still open. What they have to tell is told at the next
        start: this window is going."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._close_with(self._outcome)
        while self._waiting:
            self._close_with(_outcome(self._waiting.pop(0)))

    def _close_with(self, outcome: Outcome) -> None:
        def remember() -> None:
            if told := self._backups().finish(outcome):
                self._backups().tell_later(told)

        self._guarded(remember)

    def _begin(self, *, exported: bool) -> None:
        if self._thread is None:
            self._start(self._backups().begin(exported=exported))
        elif exported:
            self._waiting.append(self._backups().begin(exported=True))

    def _start(self, copying: Copying) -> None:
        self._thread = threading.Thread(target=self._write, args=(copying,), name="copy of the library")
        self._thread.start()

    def _write(self, copying: Copying) -> None:
        self._outcome = _outcome(copying)
        self._written.emit(self._outcome)

    def _finish(self, outcome: Outcome) -> None:
        if self._thread is None:  # closed meanwhile, and remembered there
            return
        self._thread.join()
        self._thread = None

        def remember() -> None:
            if told := self._backups().finish(outcome):
                self.told.emit(told)

        self._guarded(remember)
        if self._waiting:
            self._start(self._waiting.pop(0))

    def _guarded(self, act: Callable[[], object]) -> None:
        """What the library refuses here is told by the next save."""
        try:
            act()
        except UserError:
            _log.info("copy of the library refused by the library")


def _outcome(copying: Copying) -> Outcome:
    """What becomes of a copy. A defect must not end the taking of copies, nor the closing of the window."""
    try:
        return copying.run()
    except Exception as error:  # noqa: BLE001  # told, and logged for whoever mends it
        _log_defect("copying failed", error)
        return Outcome(None, COPY_DEFECT)
