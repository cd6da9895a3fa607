"""去年原文 and drafted sentences beside an editor: amber bars on the lines, a count above the text, a note at the sentence of the caret.

A mark goes when the sentence is edited, or by 仍属实 and 看过了; neither ever changes the text, and both are undone like everything else.
"""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTextEdit, QWidget

from gxdesk.report import Slot
from gxdesk.session import Change, Session
from gxdesk.similarity import Sentence
from gxdesk.unread import DRAFTED, FROM_LAST_YEAR, MARKED, confirmed, told, unread
from ui.bridge import Bridge
from ui.paint import box
from ui.parts import Button, Kind, Mark, column, label, row
from ui.popover import Popover
from ui.text_binding import BoundEditor
from ui.tokens import S1, colour, theme

CONFIRM = "确认句子"
BAR, AWAY = 3, 9  # px: how wide a bar is, and how far left of the text
ASK_WIDTH = 260
HOLDS, READ, NEXT = "仍属实", "看过了", "下一句"


class UnreadBar(QWidget):
    """How many sentences of an editor's text are marked, the way to the next one, and 全部确认 behind a question. Hidden when there are none."""

    changed = Signal()  # other sentences are marked, or the caret went to another one

    def __init__(self, session: Session, bridge: Bridge, editor: BoundEditor, *, confirms: bool = False) -> None:
        """`confirms`: 仍属实 for the sentence of the caret stands here too, where no note can."""
        super().__init__()
        self._session, self._editor, self._confirms = session, editor, confirms
        self.sentences: tuple[Sentence, ...] = ()
        self.current: Sentence | None = None
        self._words = label("", "label", "warn")
        self.holds = _button(HOLDS, "plain")
        self.next = _button(NEXT, "quiet")
        self.all = _button("全部确认…", "quiet")
        self.holds.clicked.connect(self.confirm)
        self.next.clicked.connect(self.go_on)
        self.all.clicked.connect(self._ask)
        self.setLayout(row(Mark("explain", 14, "warn"), self._words, S1, self.holds, self.next, self.all, None, gap=S1))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bridge.changed.connect(self._follow)
        editor.cursorPositionChanged.connect(self._caret_moved)
        self._read()

    @property
    def key(self) -> str:
        return self._editor.slot.key

    def marks(self) -> list[QTextEdit.ExtraSelection]:
        """The ground of the sentence that 仍属实 would speak of."""
        if self.current is None:
            return []
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._editor.cursor_at(self.current.start, self.current.end)
        mark.format.setBackground(colour("warn_soft"))
        return [mark]

    def confirm(self) -> None:
        """仍属实 for the sentence of the caret, and on to the next one."""
        if self.current is not None:
            self._put({self.current.text}, CONFIRM)
            self.go_on()

    def go_on(self) -> None:
        """The caret to the next marked sentence, after the last one to the first."""
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.sentences:
            here = self.current.start if self.current is not None else self._editor.caret() - 1
            ahead = next((s for s in self.sentences if s.start > here), self.sentences[0])
            self._editor.setTextCursor(self._editor.cursor_at(ahead.start))
            self._editor.ensureCursorVisible()

    # --- how ---

    def _follow(self, change: Change) -> None:
        if self._editor.slot in change.slots or any(Slot(part, self.key) in change.slots for part in MARKED):
            self._read()

    def _read(self) -> None:
        self.sentences = unread(self._session.report, self.key)
        old = unread(self._session.report, self.key, (FROM_LAST_YEAR,))
        self._words.setText(f"还有 {told(len(old), len(self.sentences) - len(old))}")
        self.setVisible(bool(self.sentences))
        self._find_current()
        self.changed.emit()

    def _caret_moved(self) -> None:
        before = self.current
        self._find_current()
        if self.current != before:
            self.changed.emit()

    def _find_current(self) -> None:
        caret = self._editor.caret()
        around = [s for s in self.sentences if s.start <= caret <= s.end]
        self.current = around[-1] if around else None
        self.holds.setText(READ if self.drafted else HOLDS)
        self.holds.setVisible(self._confirms and self.current is not None)

    @property
    def drafted(self) -> bool:
        """Whether the sentence of the caret was drafted from the figures."""
        return self.current is not None and self.current in unread(self._session.report, self.key, (DRAFTED,))

    def _put(self, read: Collection[str], words: str) -> None:
        self._session.seal()
        self._session.put(confirmed(self._session.report, self.key, read), words)

    def _ask(self) -> None:
        """Confirming unread what is to be read is what this is there against: so it takes two presses."""
        if Popover.put_away(self.all):
            return
        read = {s.text for s in self.sentences}
        yes, no = Button("都看过，属实", "plain", small=True), Button("先不确认", "quiet", small=True)
        words = label(f"这 {len(self.sentences)} 句都逐句看过，今年属实？文字不变，只去掉标记。", "label", wrap=True)
        words.setFixedWidth(ASK_WIDTH)
        popover = Popover.open_under(self.all, column(words, S1, row(yes, no, None, gap=S1), gap=S1))
        yes.clicked.connect(popover.hide)
        yes.clicked.connect(lambda: self._put(read, CONFIRM))
        no.clicked.connect(popover.hide)
        no.setFocus(Qt.FocusReason.OtherFocusReason)


class UnreadNote(QWidget):
    """In the margin, on the line of the marked sentence the caret is in."""

    def __init__(self, bar: UnreadBar) -> None:
        super().__init__()
        self._bar = bar
        self.holds, self.next = _button(HOLDS, "plain"), _button(NEXT, "quiet")
        self.holds.clicked.connect(bar.confirm)
        self.next.clicked.connect(bar.go_on)
        self._title, self._words = label("", "caption-strong", "warn"), label("", "label", wrap=True)
        self._say()
        bar.changed.connect(self._say)
        self.setLayout(column(self._title, self._words, row(self.holds, self.next, None, gap=S1), gap=S1, margins=(14, 0, 0, 0)))

    def _say(self) -> None:
        drafted = self._bar.drafted
        self._title.setText("按数起草" if drafted else "去年原文")
        self._words.setText("这一句是按表里的数写的，数变它也变。请看一遍。" if drafted else "这一句照搬去年，还没有改。")
        self.holds.setText(READ if drafted else HOLDS)
        self.holds.setToolTip("属实，不用改：去掉标记，文字不变" if drafted else "今年仍然是这样：去掉标记，文字不变")

    @property
    def start(self) -> int | None:
        """Where its sentence begins; None where there is nothing to say."""
        return self._bar.current.start if self._bar.current is not None else None

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(0, 0, BAR, self.height()), BAR / 2, theme().warn)


class Gutter(QWidget):
    """The bars, left of an editor. `ground` is a widget around it with room there."""

    def __init__(self, bar: UnreadBar, editor: BoundEditor, ground: QWidget) -> None:
        super().__init__(ground)
        self._bar, self._editor, self._ground = bar, editor, ground
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bar.changed.connect(self.update)
        editor.verticalScrollBar().valueChanged.connect(self.update)
        editor.document().documentLayout().update.connect(self.update)
        for watched in (editor, editor.parentWidget()):
            if watched is not None:
                watched.installEventFilter(self)
        self._place()

    def lines(self) -> list[tuple[int, int]]:
        """Upper and lower edge of each bar, in px of the editor; sentences that share a line share a bar."""
        out: list[tuple[int, int]] = []
        down = self._editor.viewport().y()
        for s in self._bar.sentences:
            top, end = (down + edge for edge in self._edges(s))
            if out and top < out[-1][1]:
                out[-1] = out[-1][0], max(end, out[-1][1])
            else:
                out.append((top, end))
        return out

    def _edges(self, s: Sentence) -> Sequence[int]:
        return self._editor.cursorRect(self._editor.cursor_at(s.start)).top(), self._editor.cursorRect(self._editor.cursor_at(s.end)).bottom() + 1

    def _place(self) -> None:
        if self._ground.isAncestorOf(self._editor):
            at = self._editor.mapTo(self._ground, QPoint(0, 0))
            self.setGeometry(at.x() - AWAY, at.y(), BAR, self._editor.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        for top, end in self.lines():
            if end > 0 and top < self.height():
                box(p, QRectF(0, top + 4, BAR, end - top - 6), BAR / 2, theme().warn)


def _button(words: str, kind: Kind) -> Button:
    out = Button(words, kind, small=True)
    out.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the caret in the text
    return out
