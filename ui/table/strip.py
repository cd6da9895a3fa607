"""The relation a form prints under its table, column by column, always in sight: 平, 差 n, or 待填 n. Calm while she types."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gxdesk.cells import show
from gxdesk.checks.relations import Balance
from ui.paint import CENTRE, LEFT, line, shape
from ui.parts import show_tip
from ui.table.view import FormGrid
from ui.tokens import S3, font, look, theme

HIGH, LOW = 44, 30
_SHAPES = {"off": "error", "todo": "todo", "tied": "check"}


class BalanceStrip(QWidget):
    """Bound to the columns of a grid and scrolled with them. `which` picks the relation where a form prints several."""

    def __init__(self, grid: FormGrid, which: int = 0) -> None:
        super().__init__()
        self._grid, self._which, self._narrow = grid, which, False
        self.set_narrow(False)
        self.setMouseTracking(True)
        grid.adapter.balances_changed.connect(self._balances_changed)
        grid.horizontalScrollBar().valueChanged.connect(self.update)
        grid.top.sectionResized.connect(self.update)
        look().changed.connect(self.update)

    def set_narrow(self, narrow: bool) -> None:
        """One line instead of two."""
        self._narrow = narrow
        self.setFixedHeight(LOW if narrow else HIGH)
        self.update()

    def balance(self, column: int) -> Balance | None:
        """What the strip shows under a column."""
        here = self._grid.adapter.balances.get(column, ())
        return here[self._which] if self._which < len(here) else None

    def words(self, balance: Balance) -> str:
        """平, 差 n or 待填 n."""
        if balance.state == "off":
            return f"差 {show(max(balance.left, balance.right) - min(balance.left, balance.right))}"
        return f"待填 {balance.missing}" if balance.state == "todo" else "平"

    def _place(self, column: int) -> QRectF:
        top = self._grid.top
        return QRectF(self._grid.label_width() + top.sectionViewportPosition(column), 0, top.sectionSize(column), self.height())

    def _balances_changed(self, columns: Iterable[int]) -> None:
        for column in columns:
            self.update(self._place(column).toAlignedRect())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            columns = self._grid.adapter.balances
            at = next(
                (c for c in columns if event.pos().x() >= self._grid.label_width() and self._place(c).contains(event.pos().toPointF())),
                None,
            )
            balance = self.balance(at) if at is not None else None
            if at is not None and balance is not None:
                sides = (
                    "" if balance.missing else f"\n{show(balance.left)} {'＝' if balance.state == 'tied' else '≠'} {show(balance.right)}"
                )
                path = self._grid.adapter.headerData(at, Qt.Orientation.Horizontal)
                show_tip(event.globalPos(), f"{path}：{self.words(balance)}\n{balance.text}{sides}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t, grid = QPainter(self), theme(), self._grid
        left, high = grid.label_width(), self.height()
        wide = min(grid.table_width(), self.width())
        p.fillRect(event.rect(), t.surface)
        p.save()
        p.setClipRect(QRectF(left, 0, wide - left, high))
        text = ""
        for column in grid.adapter.balances:
            balance = self.balance(column)
            if balance is None:
                continue
            text = balance.text
            r = self._place(column)
            if r.intersects(QRectF(event.rect())):
                self._column(p, balance, r)
                if grid.column_end(column):
                    line(p, r.right() - 1, 0, r.right() - 1, high, t.line)
        p.restore()
        p.fillRect(QRectF(0, 0, left, high), t.sunken)
        p.setPen(t.text)
        p.setFont(font("label-strong"))
        p.drawText(QRectF(S3, 5 if self._narrow else 4, left - 20, 19), LEFT, "每列要平")
        after = S3 + QFontMetricsF(font("label-strong")).horizontalAdvance("每列要平") + S3
        p.setFont(font("caption"))
        p.setPen(t.text2)
        p.drawText(QRectF(after, 5, left - after - 4, 19) if self._narrow else QRectF(S3, 22, left - 16, 17), LEFT, text)
        line(p, left - 1, 0, left - 1, high, t.line)
        line(p, 0, 0, wide, 0, t.edge)

    def _column(self, p: QPainter, balance: Balance, r: QRectF) -> None:
        t = theme()
        off, todo = balance.state == "off", balance.state == "todo"
        if off:
            p.fillRect(r, t.error_soft)
        f, words = font("label", bold=off), self.words(balance)
        wide = QFontMetricsF(f).horizontalAdvance(words)
        if wide + 20 > r.width():
            f = font("caption", bold=off)
            wide = QFontMetricsF(f).horizontalAdvance(words)
        mark = 17 if wide + 18 <= r.width() else 0  # the word alone where both have no room
        x, y = r.center().x() - (wide + mark) / 2, 5 if self._narrow else 12 if todo else 4
        if mark:
            shape(
                p,
                _SHAPES[balance.state],
                QRectF(x, y + 3, 13, 13),
                t.error if off else t.text3 if todo else t.ok,
                t.error_soft if off else None,
            )
        p.setPen(t.error if off else t.text2)
        p.setFont(f)
        p.drawText(QRectF(x + mark, y, wide + 4, 19), LEFT, words)
        if not todo and not self._narrow:
            p.setFont(font("micro"))
            p.setPen(t.error if off else t.text3)
            p.drawText(QRectF(r.x(), 23, r.width(), 15), CENTRE, f"{show(balance.left)} {'≠' if off else '＝'} {show(balance.right)}")
