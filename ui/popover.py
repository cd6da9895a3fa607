"""The card that points at what it speaks of: help, notes, addends, what a paste will do."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPolygonF, QShowEvent
from PySide6.QtWidgets import QApplication, QLayout, QWidget
from shiboken6 import isValid

from ui.paint import box, snap
from ui.tokens import R_SHEET, colour, theme


class Popover(QWidget):
    """A small card with a pointer at what it speaks of, inside the window. It never takes the focus by itself.

    A `passing` one closes at the next key, press or turn of the wheel elsewhere; one that holds buttons closes with Esc or a press outside.
    Tab comes to it from what had the keyboard when it was shown, its `opener`, and there the keyboard goes back to.
    """

    closed = Signal()
    _SHADOW, _POINTER = 6, 8

    def __init__(self, window: QWidget, layout: QLayout, *, passing: bool = False) -> None:
        super().__init__(window)
        self._passing = passing
        self._at, self._below = 40.0, True
        self.button: QWidget | None = None
        self.opener: QWidget | None = None
        layout.setContentsMargins(20, 18, 20, 20)
        self.setLayout(layout)
        self.hide()

    @classmethod
    def open_under(cls, button: QWidget, layout: QLayout) -> "Popover":
        """The only one of its window, under `button` as long as that can be seen. Once closed it is gone: nobody has to keep it."""
        window = button.window()
        for other in window.findChildren(cls, options=Qt.FindChildOption.FindDirectChildrenOnly):
            other.hide()
        out = cls(window, layout)
        out.button = button
        out.closed.connect(out.deleteLater)
        out.show_at(QRect(button.mapTo(window, QPoint(0, 0)), button.size()))
        return out

    @classmethod
    def put_away(cls, button: QWidget) -> bool:
        """Close the one that is open under `button`; whether there was one. A second press is to close what the first has opened."""
        mine = [p for p in button.window().findChildren(cls, options=Qt.FindChildOption.FindDirectChildrenOnly) if p.button is button and p.isVisible()]
        for popover in mine:
            popover.hide()
        return bool(mine)

    def show_at(self, anchor: QRect) -> None:
        """Show it with the pointer at `anchor` (in the coordinates of its window), under it if there is room, else above."""
        parent = self.parentWidget()
        self.opener = QApplication.focusWidget()
        self.adjustSize()
        size = self.size()
        self._below = anchor.bottom() + size.height() <= parent.height() or anchor.top() < size.height()
        x = min(max(anchor.center().x() - 40, 4), max(parent.width() - size.width() - 4, 4))
        y = anchor.bottom() - 2 if self._below else anchor.top() - size.height() + 2
        y = min(max(y, 0), max(parent.height() - size.height(), 0))
        self._at = min(max(anchor.center().x() - x, 24), size.width() - 24)
        self.move(x, y)
        self.show()
        self.raise_()

    def setVisible(self, visible: bool) -> None:
        here = QApplication.focusWidget()
        inside = here is not None and self.isAncestorOf(here)
        if not visible and inside and self.opener is not None and isValid(self.opener):
            self.opener.setFocus(Qt.FocusReason.ShortcutFocusReason)
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Cancel):
                self.hide()
                return True
            if self._passing:
                self.hide()
        elif kind is QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            if watched not in (self, self.button) and not self.isAncestorOf(watched):  # its button puts it away itself
                self.hide()
        elif (
            (kind in (QEvent.Type.Wheel, QEvent.Type.WindowDeactivate) and self._passing and watched is not self)
            or (kind is QEvent.Type.Resize and watched is self.parentWidget())
            or (kind is QEvent.Type.Hide and watched is self.button)
        ):
            self.hide()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), theme()
        r = QRectF(self.rect()).adjusted(self._SHADOW, 7, -self._SHADOW, -8)
        for grow in (5, 3, 1):  # a shadow of three flat steps; blur effects smear at 150 %
            box(p, r.adjusted(-grow, -grow + 3, grow, grow + 3), R_SHEET + grow, "#0A000000")
        box(p, r, R_SHEET, t.surface, t.field)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = snap(p, r)
        x, y, up = self._at, edge.y() if self._below else edge.bottom(), -1 if self._below else 1
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(colour("surface"))
        p.drawPolygon(QPolygonF([QPointF(x - 8, y - 1.5 * up), QPointF(x, y + 6 * up), QPointF(x + 8, y - 1.5 * up)]))
        p.setPen(colour("field"))
        p.drawPolyline(QPolygonF([QPointF(x - 7, y - 0.5 * up), QPointF(x, y + 6 * up), QPointF(x + 7, y - 0.5 * up)]))
