"""The only translator between the core and Qt: each `Change` of a session becomes signals."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gxdesk.session import Change, Session


class Bridge(QObject):
    """Signals of one session, emitted after every change, in this order and each only if it has something to say."""

    cells_changed = Signal(object)  # frozenset[CellRef]: cells that may read differently, totals included
    slots_changed = Signal(object)  # frozenset[Slot]: texts that are another now
    findings_changed = Signal(object, object)  # tuples of Finding: those that came, those that went
    changed = Signal(object)  # the Change itself, last of all

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        leave = session.subscribe(self._tell)
        self._leave: Callable[[], None] | None = leave
        self.destroyed.connect(leave)  # a window closed without `close` must not leave a listener that is no more

    def close(self) -> None:
        """Listen no longer. To be called where the session outlives its window."""
        if self._leave is not None:
            self.destroyed.disconnect(self._leave)
            self._leave()
            self._leave = None

    def _tell(self, change: Change) -> None:
        if change.cells:
            self.cells_changed.emit(change.cells)
        if change.slots:
            self.slots_changed.emit(change.slots)
        if change.added or change.removed:
            self.findings_changed.emit(change.added, change.removed)
        self.changed.emit(change)
