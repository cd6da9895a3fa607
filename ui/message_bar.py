"""The bar in which the window says what happened."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.announce import announce
from ui.paint import box
from ui.parts import Button, Mark, holder, label, row
from ui.tokens import H_CONTROL, R_CONTROL, S1, S2, S4, Tone, look, theme

SHADOW, WIDEST, NARROWEST = 5, 720, 320  # px
Action = tuple[str, Callable[[], object]]


class MessageBar(QWidget):
    """A card over the top of its parent: what happened, and at most one thing to do about it. It moves nothing, takes no focus and asks
    nothing. What only tells is gone with the page it told of (`turn`)."""

    def __init__(self, parent: QWidget, room: Callable[[], QRect]) -> None:
        """`room`: where in the parent it may lie, now. It is as wide as that allows, and grows downwards."""
        super().__init__(parent)
        self._room = room
        self._lasting = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._place)
        self._mark = Mark("hint")
        self.words = label("", "label", wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.action = Button("", "quiet", small=True)
        self._close = Button("", "icon", "cross", small=True, name="收起")
        self._act: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.action.clicked.connect(self._do)
        self._close.clicked.connect(self.hide)
        for button in (self.action, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        out = row(self._mark, self.words, self.action, self._close, margins=(S4 + SHADOW, S1 + SHADOW, S2 + SHADOW, S1 + SHADOW), gap=S2)
        out.setStretch(1, 1)
        self._tone: Tone = "accent_soft"
        holder(out, self)
        parent.installEventFilter(self)
        self.hide()

    def say(self, words: str, *, kind: str = "done", action: Action | None = None, seconds: int = 0) -> None:
        """Show `words`. `kind`: "done", "hint", "explain" or "error". After `seconds` it goes by itself; 0 stays until closed or replaced."""
        self._lasting = kind in ("explain", "error") or action is not None
        self._mark.set_name(kind)
        self._tone = {"error": "error_soft", "explain": "warn_soft"}.get(kind, "accent_soft")  # type: ignore[assignment]
        self.words.setText(words)
        self.action.setVisible(action is not None)
        self._act = action[1] if action else None
        if action is not None:
            self.action.setText(action[0])
            self.action.updateGeometry()
        self._timer.stop()
        if seconds:
            self._timer.start(seconds * 1000)
        self.setAccessibleName(words)
        announce(self, words, urgent=kind == "error")
        self._place()
        self._settle.start()  # once more when what was just shown below it has its place
        self.show()
        self.raise_()
        self.update()

    def turn(self) -> None:
        """Another page is shown: what only told something goes."""
        if not self._lasting:
            self.hide()

    def _do(self) -> None:
        act, self._act = self._act, None
        self.hide()
        if act is not None:
            act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """In the middle of its room, as wide as the words need."""
        room = self._room()
        words = self.words.fontMetrics().horizontalAdvance(self.words.text())
        width = min(words + self.sizeHint().width() + S4, WIDEST, room.width())
        self.setGeometry(room.x() + (room.width() - width) // 2, room.y(), width, max(self.heightForWidth(width), H_CONTROL + 2 * SHADOW))

    def paintEvent(self, event: QPaintEvent) -> None:
        p, r = QPainter(self), QRectF(self.rect())
        for grow in (0, 2, 4):  # a shadow of three flat steps, as a popover's
            box(p, r.adjusted(grow, grow, -grow, -grow), R_CONTROL + SHADOW - grow, "#0A000000")
        box(p, r.adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW), R_CONTROL, look().colour(self._tone).name(), theme().field)
