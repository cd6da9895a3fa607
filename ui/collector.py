"""Python's collector, at rest but for a moment between two events of the window's own thread.

Anywhere else, amid an event or in another thread, it might destroy a widget that Qt is at work on.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Collector(QObject):
    """Takes over from Python's own timing. What lives by then lives as long as the program, and is not gone through again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(EVERY_MS)

    def collect(self) -> None:
        """Collect the oldest generation that is due, as Python would have."""
        due = [age for age, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most]
        if due:
            gc.collect(due[-1])
