"""A table as a page shows it: the grid in its frame, with the balance strip under it where the form prints a relation."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gxdesk.session import Session
from ui.bridge import Bridge
from ui.parts import Frame
from ui.table.strip import BalanceStrip
from ui.table.view import FormGrid
from ui.tokens import look


class TableSheet(QWidget):
    """Takes the room it is given; the frame in it is exactly as wide as its table and no higher, and what does not fit scrolls."""

    def __init__(self, session: Session, bridge: Bridge, table: str) -> None:
        super().__init__()
        self.grid = FormGrid(session, bridge, table)
        relations = max((len(b) for b in self.grid.adapter.balances.values()), default=0)
        self.strips = tuple(BalanceStrip(self.grid, which) for which in range(relations))
        self._frame = Frame(self)
        for part in (self.grid, *self.strips):
            part.setParent(self._frame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self.grid)
        self.grid.top.sectionResized.connect(self._arrange_soon)
        look().changed.connect(self._arrange_soon)
        self._arranging = False
        self._lying = 0  # height of the horizontal scroll bar, if there is one

    def set_narrow(self, narrow: bool) -> None:
        """Compact rows, headers and strip."""
        self.grid.set_narrow(narrow)
        for strip in self.strips:
            strip.set_narrow(narrow)
        self._arrange()

    def table_height(self) -> int:
        """Height in px of the whole table with frame and strip, without scroll bars."""
        return self.grid.table_height() + self._strips_height() + 2

    def sizeHint(self) -> QSize:
        return QSize(self.grid.table_width() + 2, self.table_height() + self._lying)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, min(self.table_height(), 120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._arrange()

    def _strips_height(self) -> int:
        return sum(strip.height() for strip in self.strips)

    def _arrange_soon(self) -> None:
        if not self._arranging:
            self._arrange()

    def _arrange(self) -> None:
        if self._arranging:
            return
        self._arranging = True
        try:
            grid, room = self.grid, self.width() - 2
            grid.fit(room)
            upright = grid.verticalScrollBar().sizeHint().width() if self.table_height() > self.height() else 0
            if upright:
                grid.fit(room - upright)
            lying = grid.horizontalScrollBar().sizeHint().height() if grid.table_width() + upright > room else 0
            wide = min(grid.table_width() + upright, room)
            high = min(self.table_height() + lying, self.height())
            self._lying = lying
            self.setMaximumHeight(self.table_height() + lying)
            self._frame.setGeometry(0, 0, wide + 2, high)
            strips = self._strips_height()
            grid.setGeometry(1, 1, wide, high - 2 - strips)
            y = high - 1 - strips
            for strip in self.strips:
                strip.setGeometry(1, y, wide, strip.height())
                y += strip.height()
        finally:
            self._arranging = False
        self.updateGeometry()
