"""The list of the parts of a report: where she is, and how each stands, as shape and word."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.paint import CENTRE, LEFT, box, line, shape
from ui.parts import KEYBOARD
from ui.tokens import R_CONTROL, font, theme


@dataclass(frozen=True)
class Section:
    """One line of the section list: name ("三、申请办理"), status (a key of `paint.STATUS`, or "file"), status word, and what stands for
    the name when the list is narrow. `apart`: under a rule, another kind of thing."""

    name: str
    status: str
    word: str
    short: str = ""
    apart: bool = False


class SectionList(QListWidget):
    """Where she is in the report: status as shape and word. `currentRowChanged` says where she wants to go."""

    def __init__(self) -> None:
        super().__init__()
        self._narrow = self.ring = False
        self.setAccessibleName("报告的各部分")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_SectionPainter(self))

    @property
    def narrow(self) -> bool:
        return self._narrow

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def set_narrow(self, narrow: bool) -> None:
        """Shapes and numerals only."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.doItemsLayout()
            self.viewport().update()

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these sections; where their number is the same, only what differs is repainted and the current row stays."""
        if len(sections) != self.count():
            self.clear()
            for _ in sections:
                QListWidgetItem(self)
        for i, section in enumerate(sections):
            item = self.item(i)
            if item.data(Qt.ItemDataRole.UserRole) == section:
                continue
            item.setData(Qt.ItemDataRole.UserRole, section)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{section.name}，{section.word}")
            item.setToolTip(f"{section.name}：{section.word}")
        self.doItemsLayout()


class _SectionPainter(QStyledItemDelegate):
    def __init__(self, of: SectionList) -> None:
        super().__init__(of)
        self._list = of

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        section = index.data(Qt.ItemDataRole.UserRole)
        extra = 13 if isinstance(section, Section) and section.apart else 0
        return QSize(10, (44 if self._list.narrow else 50) + extra)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        section = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(section, Section):
            return
        t, r = theme(), QRectF(option.rect).adjusted(8, 2, -8, -2)
        if section.apart:
            line(p, r.x() + 12, r.y() + 4, r.right() - 12, r.y() + 4, t.line)
            r.setTop(r.top() + 13)
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            box(p, r, R_CONTROL, t.accent_soft if chosen else t.hover)
        if chosen:
            box(p, QRectF(r.x(), r.center().y() - 9, 3, 18), 1.5, t.accent)
        if self._list.ring and state & QStyle.StateFlag.State_HasFocus:
            box(p, r, R_CONTROL, None, t.accent, 2)
        ground = t.accent_soft if chosen else t.canvas
        p.setPen(t.text)
        p.setFont(font("body", bold=chosen))
        if self._list.narrow:
            shape(p, section.status, QRectF(r.x() + 6, r.center().y() - 7, 14, 14), ground=ground)
            p.drawText(r.adjusted(22, 0, 0, 0), CENTRE, section.short or section.name[:1])
            return
        shape(p, section.status, QRectF(r.x() + 13, r.y() + 7, 16, 16), ground=ground)
        p.drawText(QRectF(r.x() + 40, r.y() + 4, r.width() - 44, 21), LEFT, section.name)
        small = font("caption")
        p.setFont(small)
        p.setPen({"error": t.error, "explain": t.warn}.get(section.status, t.text2))
        room = r.width() - 44
        word = QFontMetricsF(small).elidedText(section.word, Qt.TextElideMode.ElideRight, room)
        p.drawText(QRectF(r.x() + 40, r.y() + 25, room, 17), LEFT, word)
