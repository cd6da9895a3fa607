"""Keeps the open report on disk without being asked.

A change is written 300 ms after the last one, at the latest 0.9 s after the first that is not written yet, and at once after an undo, when the
window loses the focus and when it closes. Writing happens between two events of the main thread: some 2 ms, never inside a keystroke.

Where writing is refused (disk full, stick pulled out, file locked) everything stays in the session, the sentence is told, and it is tried
again every two seconds until it works; the keys do not start further tries, since each may wait a second for a lock. Nothing is ever raised.
"""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gxdesk.errors import UserError
from gxdesk.session import Change, Session
from ui.due import local

SETTLE_MS, LIMIT_MS, RETRY_MS = 300, 900, 2000
DEFECT = "刚才没有存上，内容都还在窗口里，程序会接着再试。请不要关机。"

_log = logging.getLogger(__name__)


class Autosave(QObject):
    """Calls `write` whenever the session changed; `write` raises UserError where it is refused."""

    saved = Signal(object)  # the datetime of writing
    failed = Signal(str)  # one sentence; repeated only when it changes

    def __init__(self, session: Session, write: Callable[[], None], parent: QObject | None = None) -> None:
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
        except Exception:  # noqa: BLE001  # a defect; she must be able to go on typing, and what she typed is still in the session
            _log.exception("autosave failed")
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

    def _changed(self, change: Change) -> None:
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
