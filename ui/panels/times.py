"""A list of instants, newest first, along a thread: when in plain words, and what it was in grey under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.paint import LEFT, box, line
from ui.parts import plain
from ui.tokens import R_CONTROL, S2, colour, font, theme

WIDTH, ROW = 264, 52
THREAD = 22  # px from the left, where the knots lie
WORDS_AT = 40


def ago(then: datetime, now: datetime) -> str:
    """When that was, as one says it: 刚才, 20 分钟前, 今天 09:05, 昨天 14:32, 1 月 12 日 09:05, 2025 年 1 月 12 日."""
    past = now - then
    if timedelta() <= past < timedelta(minutes=1):
        return "刚才"
    if timedelta() <= past < timedelta(hours=1):
        return f"{past.seconds // 60} 分钟前"
    if then.date() == now.date():
        return f"今天 {then:%H:%M}"
    if then.date() == now.date() - timedelta(days=1):
        return f"昨天 {then:%H:%M}"
    return f"{then.month} 月 {then.day} 日 {then:%H:%M}" if then.year == now.year else f"{then.year} 年 {then.month} 月 {then.day} 日"


@dataclass(frozen=True, slots=True)
class Instant:
    """A line of the list. `kept`: one that stays for good, as what was exported does; its knot is filled."""

    when: datetime
    what: str
    kept: bool = False
    tip: str = ""


class TimeList(QListWidget):
    """`currentRowChanged` says which one she looks at."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedWidth(WIDTH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.setItemDelegate(_InstantPainter(self))

    def show_instants(self, instants: Sequence[Instant], now: datetime) -> None:
        """Show these, the first one chosen."""
        self.clear()
        for instant in instants:
            item = QListWidgetItem(f"{ago(instant.when, now)}\n{instant.what}", self)
            item.setData(Qt.ItemDataRole.UserRole, instant.kept)
            item.setToolTip(plain("\n".join(filter(None, (f"{instant.when:%Y-%m-%d %H:%M}", instant.tip)))))
        self.setCurrentRow(0 if instants else -1)


class _InstantPainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(10, ROW)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        t, r = theme(), QRectF(option.rect)
        when, _, what = str(index.data()).partition("\n")
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            box(p, r.adjusted(S2, 2, -S2, -2), R_CONTROL, t.accent_soft if chosen else t.hover)
        middle, last = r.center().y(), index.row() == index.model().rowCount() - 1
        line(p, THREAD, r.top() if index.row() else middle, THREAD, middle if last else r.bottom() + 1, t.field)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(colour("accent" if index.data(Qt.ItemDataRole.UserRole) else "edge"))
        p.setBrush(colour("accent" if index.data(Qt.ItemDataRole.UserRole) else "surface"))
        p.drawEllipse(QPointF(THREAD + 0.5, middle), 4, 4)
        p.restore()
        room = r.width() - WORDS_AT - 2 * S2
        p.setFont(font("body", bold=chosen))
        p.setPen(t.text)
        p.drawText(QRectF(WORDS_AT, r.y() + 5, room, 22), LEFT, when)
        small = font("caption")
        p.setFont(small)
        p.setPen(t.text2)
        p.drawText(QRectF(WORDS_AT, r.y() + 27, room, 18), LEFT, QFontMetricsF(small).elidedText(what, Qt.TextElideMode.ElideRight, room))
