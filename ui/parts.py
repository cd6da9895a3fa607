"""The components every page is made of: label, button, mark, section list, equation, finding card, tick.

They paint themselves from tokens and know nothing of sessions or rules. Texts that a person or a file gave are shown as plain text.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from ui.paint import LEFT, RIGHT, WORDS, box, line, shape
from ui.tokens import H_CONTROL, H_SMALL, R_CONTROL, R_SHEET, S2, S3, Role, Tone, colour, font, theme

Item = QWidget | QLayout | int | None
Margins = tuple[int, int, int, int]
Kind = Literal["primary", "plain", "quiet", "icon"]
Box = TypeVar("Box", bound=QBoxLayout)
Shown = TypeVar("Shown", bound=QWidget)
KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


# --- laying out ---------------------------------------------------------------------------------------------------


def lay(out: Box, items: Sequence[Item], margins: Margins, gap: int) -> Box:
    """Fill a box layout with widgets, layouts, numbers (fixed distances) and None (stretch)."""
    out.setContentsMargins(*margins)
    out.setSpacing(gap)
    for item in items:
        if item is None:
            out.addStretch(1)
        elif isinstance(item, int):
            out.addSpacing(item)
        elif isinstance(item, QWidget):
            out.addWidget(item)
        else:
            out.addLayout(item)
    return out


def row(*items: Item, margins: Margins = (0, 0, 0, 0), gap: int = S2) -> QHBoxLayout:
    return lay(QHBoxLayout(), items, margins, gap)


def column(*items: Item, margins: Margins = (0, 0, 0, 0), gap: int = S2) -> QVBoxLayout:
    return lay(QVBoxLayout(), items, margins, gap)


def holder(layout: QLayout, widget: QWidget | None = None) -> QWidget:
    """A widget around a layout."""
    out = widget or QWidget()
    out.setLayout(layout)
    return out


def show_if(widget: Shown, wanted: bool) -> Shown:
    """Hide a widget that has no place in a window yet, unless it is `wanted`. One that is shown then would open as a window of its own."""
    if not wanted:
        widget.hide()
    return widget


# --- words --------------------------------------------------------------------------------------------------------


class Elided(QLabel):
    """One line that takes the room there is and ends in … where that ends; all of it stands in the tool tip."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setPen(self.palette().color(self.foregroundRole()))
        p.drawText(self.contentsRect(), int(LEFT.value), self._shown())

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def _follow(self) -> None:
        self.setToolTip(plain(self.text()) if self._shown() != self.text() else "")


def label(text: str = "", role: Role = "body", tone: Tone = "text", *, wrap: bool = False, selectable: bool = False, elided: bool = False) -> QLabel:
    """Plain text in a role of the type scale. It follows theme and type scale by itself."""
    out = Elided(text) if elided else QLabel(text)
    out.setTextFormat(Qt.TextFormat.PlainText)  # QLabel would guess rich text in what she typed
    out.setProperty("role", role)
    out.setProperty("tone", tone)
    out.setFont(font(role))
    out.setWordWrap(wrap)
    if selectable:
        out.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return out


def plain(words: str) -> str:
    """Words for a tooltip or a box, where Qt would guess mark-up in what she typed or a file holds, and load what it names."""
    return "<p>" + escape(words).replace("\n", "<br>") + "</p>" if "<" in words or "&" in words else words


def show_tip(at: QPoint, words: str, of: QWidget) -> None:
    """A tooltip at a place on the screen; without words the one that stands there goes."""
    QToolTip.showText(at, plain(words), of)


def set_tone(of: QLabel, tone: Tone) -> None:
    """Change the colour role of a label."""
    if of.property("tone") != tone:
        of.setProperty("tone", tone)
        of.style().unpolish(of)
        of.style().polish(of)


class Mark(QWidget):
    """One status shape or icon."""

    def __init__(self, name: str, size: int = 16, tone: Tone | None = None) -> None:
        super().__init__()
        self._name, self._tone = name, tone
        self.setFixedSize(size, size)
        self.setAccessibleName(WORDS.get(name, ""))

    def set_name(self, name: str, tone: Tone | None = None) -> None:
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.setAccessibleName(WORDS.get(name, ""))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shape(QPainter(self), self._name, QRectF(self.rect()), colour(self._tone) if self._tone else None)


class Rule(QWidget):
    """A hairline, lying or upright."""

    def __init__(self, *, upright: bool = False) -> None:
        super().__init__()
        self._upright = upright
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        end = (0, self.height()) if self._upright else (self.width(), 0)
        line(QPainter(self), 0, 0, *end, theme().line)


class Sheet(QWidget):
    """A plain ground in one of the surface colours; `rounded`: the content sheet with its one rounded corner on the canvas."""

    def __init__(self, tone: Tone = "surface", *, rounded: bool = False) -> None:
        super().__init__()
        self._tone, self._rounded = tone, rounded

    def paintEvent(self, event: QPaintEvent) -> None:
        p, r = QPainter(self), QRectF(self.rect())
        p.fillRect(r, colour("canvas" if self._rounded else self._tone))
        if self._rounded:
            box(p, r.adjusted(0, 0, 20, 20), R_SHEET, theme().surface, theme().line)


class Frame(QFrame):
    """A hairline with round corners around a table or a list."""

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), R_CONTROL, theme().surface, theme().line)


class Bar(QWidget):
    """A length against a guide, 4 px high. `share` over 1 is shown full."""

    def __init__(self, share: float = 0.0, tone: Tone = "accent") -> None:
        super().__init__()
        self._share, self._tone = share, tone
        self.setFixedHeight(4)

    def set_share(self, share: float, tone: Tone = "accent") -> None:
        self._share, self._tone = share, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        p, r = QPainter(self), QRectF(self.rect())
        box(p, r, 2, theme().line)
        if self._share > 0:
            box(p, QRectF(0, 0, r.width() * min(self._share, 1), r.height()), 2, colour(self._tone))


# --- what is pressed ----------------------------------------------------------------------------------------------


class Button(QPushButton):
    """primary (one on a screen: the next step), plain (border), quiet (accent text), icon (no text).

    `name` says what it does: for an icon its only words, else what the text leaves open.

    Painted by itself, so that the focus ring shows for the keyboard alone. A checkable button with the icon "check" shows the tick only
    while it is checked. Enter presses it, as Space does.
    """

    def __init__(
        self,
        text: str = "",
        kind: Kind = "plain",
        icon: str = "",
        *,
        trailing: str = "",
        small: bool = False,
        name: str = "",
        checkable: bool = False,
    ) -> None:
        super().__init__(text)
        self._kind, self._icon, self._trailing, self._small, self._ring = kind, icon, trailing, small, False
        self.setFixedHeight(H_SMALL if small else H_CONTROL)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCheckable(checkable)
        if name:
            (self.setAccessibleDescription if text else self.setAccessibleName)(name)  # a name has to hold the words that can be seen
            self.setToolTip(name)

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(self._font()).horizontalAdvance(self.text())
        pad = self._pad() if words else 8
        wide = words + 2 * pad + ((22 if words else 16) if self._icon else 0) + (20 if self._trailing else 0)
        return QSize(round(wide), self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _font(self) -> QFont:
        return font("label" if self._small or self._kind == "quiet" else "body")

    def _pad(self) -> int:
        return 8 if self._kind == "quiet" else 12 if self._small else 16

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t, r = QPainter(self), theme(), QRectF(self.rect())
        live = self.isEnabled()
        filled, over = self._kind == "primary" and live, live and (self.underMouse() or self.isDown())
        if filled:
            box(p, r, R_CONTROL, t.fill_hover if over else t.fill)
        elif self._kind in ("plain", "primary"):
            box(p, r, R_CONTROL, t.hover if over else t.surface, (t.edge if over else t.field) if live else t.line)
        elif over or (self.isChecked() and self._icon != "check"):
            box(p, r, R_CONTROL, t.hover)
        if self._ring:
            box(p, r, R_CONTROL, None, t.text if filled else t.accent, 2)
            if filled:
                box(p, r.adjusted(2, 2, -2, -2), R_CONTROL - 2, None, t.surface)
        tone = t.text3 if not live else t.on_accent if filled else t.accent if self._kind == "quiet" else t.text
        x: float = self._pad() if self.text() else (r.width() - 16) / 2
        if self._icon:
            if not (self._icon == "check" and self.isCheckable() and not self.isChecked()):
                shape(p, self._icon, QRectF(x, r.center().y() - 8, 16, 16), t.text2 if self._kind == "icon" and live else tone)
            x += 22
        p.setFont(self._font())
        p.setPen(tone)
        p.drawText(QRectF(x, 0, r.width() - x, r.height()), int(LEFT.value) | int(Qt.TextFlag.TextHideMnemonic.value), self.text())
        if self._trailing:
            shape(p, self._trailing, QRectF(r.right() - self._pad() - 13, r.center().y() - 7, 14, 14), tone)


class Tick(QCheckBox):
    """A check box with its use in grey behind its name."""

    def __init__(self, name: str, use: str = "", *, checked: bool = False) -> None:
        super().__init__(name)
        self._use, self._ring, self._short = use, False, False
        self.setChecked(checked)
        self.setFixedHeight(30)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleDescription(use)

    def sizeHint(self) -> QSize:
        wide = 28 + QFontMetricsF(font("body")).horizontalAdvance(self.text())
        if self._use and not self._short:
            wide += 8 + QFontMetricsF(font("caption")).horizontalAdvance(self._use)
        return QSize(round(wide) + 4, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_short(self, short: bool) -> None:
        """The name alone; its use in the tool tip."""
        self._short = short
        self.setToolTip(self._use if short else "")
        self.updateGeometry()
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t, checked = QPainter(self), theme(), self.isChecked()
        r = QRectF(2, self.height() / 2 - 9, 18, 18)
        box(p, r, 4, (t.fill if self.isEnabled() else t.text3) if checked else t.surface, None if checked else t.edge)
        if checked:
            shape(p, "check", r.adjusted(1, 1, -1, -1), t.on_accent)
        if self._ring:
            box(p, r.adjusted(-2, -2, 2, 2), R_CONTROL, None, t.accent, 2)
        p.setFont(font("body"))
        p.setPen(t.text if self.isEnabled() else t.text3)
        wide = QFontMetricsF(font("body")).horizontalAdvance(self.text())
        p.drawText(QRectF(28, 0, wide + 4, self.height()), LEFT, self.text())
        if self._short:
            return
        p.setFont(font("caption"))
        p.setPen(t.text2 if self.isEnabled() else t.text3)
        p.drawText(QRectF(36 + wide, 1, self.width() - 36 - wide, self.height()), LEFT, self._use)


# --- findings -----------------------------------------------------------------------------------------------------


class Equation(QFrame):
    """Both sides of a relation, spelled out, results right-aligned, the difference below."""

    def __init__(self, lines: Sequence[tuple[str, str]], difference: str) -> None:
        super().__init__()
        self.setProperty("box", "sunken")
        grid = QGridLayout(self)
        grid.setContentsMargins(S3, S2, S3, S2)
        grid.setHorizontalSpacing(S2)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for i, (words, result) in enumerate(lines):
            grid.addWidget(label(words, "caption", "text2", wrap=True), i, 0)
            grid.addWidget(self._number(result, "text"), i, 1, Qt.AlignmentFlag.AlignTop)
        if difference:
            grid.addWidget(self._number(difference, "error"), len(lines), 0, 1, 2)
        self.setAccessibleName("；".join([*(f"{words} 等于 {result}" for words, result in lines), difference]))

    @staticmethod
    def _number(text: str, tone: Tone) -> QLabel:
        out = label(text, "label-strong", tone)
        out.setAlignment(RIGHT)
        return out


# --- popover ------------------------------------------------------------------------------------------------------
