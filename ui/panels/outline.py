"""The aspects a section has to speak of, how far each is written, and the way to each."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gxdesk.outline import Aspect, first_missing
from ui.paint import box, shape
from ui.parts import KEYBOARD, Button, column, label, row
from ui.tokens import R_CONTROL, S1, colour, font, theme

SIDE_WIDTH = 220
SPOKEN = "已写到"  # of an aspect without a sub-heading of its own


class OutlineItem(QAbstractButton):
    """One aspect: its state as a shape, its name, how long it is. Chosen, it goes there; one the text says nothing of is put in."""

    def __init__(self, aspect: Aspect, state: str, compact: bool) -> None:
        super().__init__()
        self._ring = False
        self._current = False
        self._compact = compact
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(28 if compact else 34)
        self.setSizePolicy(QSizePolicy.Policy.Fixed if compact else QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_aspect(aspect, state, current=False)

    def show_aspect(self, aspect: Aspect, state: str, *, current: bool) -> None:
        words = f"{aspect.characters} 字" if aspect.present else SPOKEN if aspect.covered else "未写"
        new = (aspect.name, state, words, current)
        if new != getattr(self, "_shown", None):
            self._shown = new
            self.aspect, self._state, self._words, self._current = aspect, state, words, current
            self.setText(aspect.name)
            self.setAccessibleName(f"{aspect.name}，{words}")
            self.setToolTip(f"{aspect.heading}：{words}")
            self.updateGeometry()
            self.update()
        self.aspect = aspect

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(font("label")).horizontalAdvance(self.text())) + 28 if self._compact else SIDE_WIDTH, self.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t, r = QPainter(self), theme(), QRectF(self.rect())
        if self._current or self.underMouse():
            box(p, r, R_CONTROL, t.accent_soft if self._current else t.hover)
        if self._ring:
            box(p, r, R_CONTROL, None, t.accent, 2)
        x = 4 if self._compact else 9
        shape(p, self._state, QRectF(x, r.center().y() - 7, 14, 14))
        p.setFont(font("label", bold=self._current and not self._compact))
        p.setPen(colour("text"))
        p.drawText(r.adjusted(x + (17 if self._compact else 20), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        name, words = QFontMetricsF(p.font()).horizontalAdvance(self.text()), QFontMetricsF(font("caption")).horizontalAdvance(self._words)
        if not self._compact and x + 20 + name + words + 14 <= r.width():  # in large type a long name has the line to itself
            p.setFont(font("caption"))
            p.setPen(colour("text3"))
            p.drawText(r.adjusted(0, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._words)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class Outline(QWidget):
    """The aspects the format names, one under the other, or folded to one line."""

    chosen = Signal(object)  # the Aspect she wants to go to
    wanted = Signal(object)  # the missing Aspect whose sub-heading should be put in

    def __init__(self, names: Sequence[str], *, compact: bool, inserts: bool = True) -> None:
        super().__init__()
        self._items = [OutlineItem(Aspect(name, name), "todo", compact) for name in names]
        self._insert = Button("插入", "quiet", "plus", small=compact)
        self._missing: Aspect | None = None
        self._inserts = inserts
        for item in self._items:
            item.clicked.connect(self._choose(item))
        self._insert.clicked.connect(lambda: self._missing and self.wanted.emit(self._missing))
        if compact:
            self.setLayout(row(*self._items, self._insert, None, gap=2))
        else:
            self.setLayout(column(label(f"{'零一二三四五六七八九十'[len(names)] if len(names) <= 10 else len(names)}个方面", "caption-strong", "text2"), S1, *self._items, S1, row(self._insert, None), None, gap=2))
            self.setFixedWidth(SIDE_WIDTH)
        self._compact = compact

    def show_aspects(self, aspects: Sequence[Aspect], states: Sequence[str], current: str) -> None:
        for item, aspect, state in zip(self._items, aspects, states, strict=True):
            item.show_aspect(aspect, state, current=aspect.name == current)
        self._missing = first_missing(aspects) if self._inserts else None
        self._insert.setVisible(self._missing is not None)
        if self._missing is not None:
            words = "插入" if self._compact else f"插入{self._missing.heading.partition('）')[0]}）小标题"
            if words != self._insert.text():
                self._insert.setText(words)
                self._insert.updateGeometry()
            self._insert.setToolTip(f"插入小标题“{self._missing.heading}”")

    def _choose(self, item: OutlineItem) -> object:
        return lambda: (self.chosen if item.aspect.covered else self.wanted).emit(item.aspect)
