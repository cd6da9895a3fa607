"""Text fields bound to one slot of the session, both ways and live.

What she types becomes `session.set_text(slot, …)` at every keystroke. What changes the slot from elsewhere (undo, redo, a fix) is patched
into the field as the one splice that differs, so that caret, selection and scroll position stay. The session holds the only undo history:
Ctrl+Z and Ctrl+Y pass through to the window, and the context menu has no 撤销 of its own.

While an input method composes, nothing is patched in: that would throw away the syllables she has not chosen yet. The patch waits for the
end of the composition, and what she then commits is put where it belongs in the changed text.

The two spellings of a text meet here: in the session lines end with "\\n" and positions count characters; in a QTextDocument blocks end with
U+2029 and positions count UTF-16 units. A text whose lines end otherwise is not changed by being shown, only by being edited.
"""

import re
from bisect import bisect_left

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QTextEdit, QWidget

from gxdesk.history import Splice
from gxdesk.report import Slot
from gxdesk.session import Change, Session
from ui.bridge import Bridge
from ui.tokens import font, look

MOST_CHARACTERS = 200_000  # of a text: some two hundred times what the format advises for its longest; more is a slip of the clipboard
LINE_HEIGHT, INDENT = 29, 32  # look.md §1, role "editor": 16 px type on lines of 29, first line indented by two characters
_RARE = re.compile("[\U00010000-\U0010ffff]")
_MODIFIERS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock})


def as_shown(text: str) -> str:
    """A text of the session as a document spells it back: every kind of line end is "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")


def units(text: str) -> int:
    """Length in UTF-16 units, in which a QTextDocument counts: a rare character of a name (𠮷) is two."""
    return len(text) + len(_RARE.findall(text))


class BoundEditor(QTextEdit):
    """A text of several lines under `slot`.

    A QTextEdit, not a QPlainTextEdit: the layout of the latter knows neither a fixed line height nor an indent. It takes plain text only.
    The page may add extra selections and child widgets; it must not call `setPlainText`, `clear` or `undo`.
    """

    refused = Signal(str)  # why something was not pasted

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        slot: Slot,
        parent: QWidget | None = None,
        *,
        line_height: int = LINE_HEIGHT,
        indent: int = INDENT,
        gap: int = 0,
    ) -> None:
        """`line_height`, first-line `indent` and `gap` below a paragraph are logical px."""
        super().__init__(parent)
        self.slot = slot
        self._session = session
        self._take("")
        self._patching = False
        self._composing = False
        self._least, self._most = 0, 0
        self.setAcceptRichText(False)
        self.setReadOnly(session.read_only)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(font("editor"))
        self.document().setDocumentMargin(0)
        self._indent = indent
        self._format_blocks(line_height, indent, gap)
        self._patch(move_caret=False)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.textChanged.connect(self._read_document)
        bridge.changed.connect(self._follow)
        look().changed.connect(self._dress)

    # --- for the page ---

    def set_prompt(self, words: str) -> None:
        """What stands in it while it is empty, where the text would begin."""
        self.setPlaceholderText("\u3000\u3000" * bool(self._indent) + words)

    def text(self) -> str:
        """The text as shown; that of the session but for the spelling of line ends."""
        return self._shown

    def cursor_at(self, start: int, end: int | None = None) -> QTextCursor:
        """A cursor that selects the characters `start` to `end` of the text, e.g. the span of a finding; without `end` a place."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._unit(start))
        if end is not None:
            cursor.setPosition(self._unit(end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _unit(self, place: int) -> int:
        """A place in the text as the document counts. When she deletes, the caret and the scroll bar tell of it before the text does: what
        is asked for then may lie behind the end, and is asked for again in a moment."""
        return min(place + bisect_left(self._rare, place), self.document().characterCount() - 1)

    def caret(self) -> int:
        """The caret, counted in characters."""
        return self.place_of(self.textCursor())

    def place_of(self, cursor: QTextCursor) -> int:
        """Where a cursor stands, counted in characters."""
        rare = self._rare
        return cursor.position() - bisect_left(range(len(rare)), cursor.position(), key=lambda i: rare[i] + i)

    def grow_between(self, least: int, most: int) -> None:
        """Be as high as the text, within these logical px; beyond them it scrolls."""
        self._least, self._most = least, most
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def composing(self) -> bool:
        """Whether an input method holds text that is not committed yet."""
        return self._composing

    def _take(self, text: str) -> None:
        """The document's text, now that it is the same as the session's, and where the characters of two units stand in it. There is hardly
        ever one: with that known, a place in a long text costs nothing."""
        self._shown = text
        self._rare = tuple(m.start() for m in _RARE.finditer(text))

    # --- from her to the session ---

    def _read_document(self) -> None:
        now = as_shown(self.document().toRawText())  # toPlainText would turn a hard blank into a soft one
        if self._patching or now == self._shown:
            return
        mine = Splice.between(self.slot, self._shown, now)
        base = self._shown
        self._take(now)
        current = as_shown(self._session.text(self.slot))
        if current != base:  # changed from elsewhere while she composed
            mine = _rebased(mine, Splice.between(self.slot, base, current))
        self._session.set_text(self.slot, mine.apply(current))
        if not self._composing:
            self._patch(move_caret=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            event.ignore()
            return
        if self.textCursor().hasSelection():
            self._session.seal()  # what a selection is replaced with is a step of its own
        before = self._shown
        super().keyPressEvent(event)
        if self._shown == before and event.key() not in _MODIFIERS:
            self._session.seal()  # the caret went elsewhere: typing there is another step

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._session.seal()
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._session.seal()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """As text into the paragraphs that are there: Qt's own paste would put paragraphs of its own format, without indent and line height."""
        if self.isReadOnly() or not (text := source.text()):
            return
        if len(self._shown) - len(self.textCursor().selectedText()) + len(text) > MOST_CHARACTERS:
            self.refused.emit(f"没有粘贴：剪贴板里是 {text.count(chr(10)) + 1:,} 行、{len(text):,} 字，这里总共只放得下 {MOST_CHARACTERS:,} 字。请只复制要写在这里的部分。")
            return
        self._session.seal()
        self.textCursor().insertText(text)
        self.ensureCursorVisible()
        self._session.seal()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return super().canInsertFromMimeData(source) and not source.hasUrls()  # a dropped file is for the window

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.preeditString():
            self._composing = True
        if self.textCursor().hasSelection():
            self._session.seal()  # as with a key: what replaces a selection is a step of its own
        super().inputMethodEvent(event)
        if not event.preeditString():
            self._composing = False
            self._patch(move_caret=False)

    def event(self, event: QEvent) -> bool:
        return _leave_undo_to_window(event) or super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        _without_own_undo(menu).exec(event.globalPos())
        menu.deleteLater()

    # --- from the session to her ---

    def _follow(self, change: Change) -> None:
        if self.slot in change.slots and not self._composing:
            self._patch(move_caret=change.origin != "edit")

    def _patch(self, *, move_caret: bool) -> None:
        target = as_shown(self._session.text(self.slot))
        if target == self._shown:
            return
        splice = Splice.between(self.slot, self._shown, target)
        cursor = self.cursor_at(splice.at, splice.at + len(splice.removed))
        self._patching = True
        self._take(target)  # before the document tells that the caret moved: who hears of it asks for places in the text
        try:
            cursor.insertText(splice.inserted)
        finally:
            self._patching = False
        if move_caret:
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    # --- look ---

    def _format_blocks(self, line_height: int, indent: int, gap: int) -> None:
        block = QTextBlockFormat()
        # Proportional heights multiply the font's own leading, which differs from font to font.
        block.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        block.setTextIndent(indent)
        block.setBottomMargin(gap)
        QTextCursor(self.document()).setBlockFormat(block)  # the one empty block; every later one inherits it

    def _dress(self) -> None:
        self.setFont(font("editor"))

    def _fit(self) -> None:
        margins = self.height() - self.viewport().height() if self.isVisible() else 2 * self.frameWidth()
        wanted = round(self.document().size().height()) + max(margins, 0)
        self.setFixedHeight(max(self._least, min(self._most, wanted)))


class BoundField(QLineEdit):
    """A text of one line under `slot`."""

    def __init__(self, session: Session, bridge: Bridge, slot: Slot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slot = slot
        self._session = session
        self._composing = False
        self.setReadOnly(session.read_only)
        self._shown = ""  # the field's text when it was last the same as the session's
        self._show(caret=False)
        self.textEdited.connect(self._read_field)
        bridge.changed.connect(self._follow)

    def _read_field(self, text: str) -> None:
        mine = Splice.between(self.slot, self._shown, text)
        base, self._shown = self._shown, text
        current = self._session.text(self.slot)
        if current != base:  # changed from elsewhere while she composed
            mine = _rebased(mine, Splice.between(self.slot, base, current))
        self._session.set_text(self.slot, mine.apply(current))

    def _follow(self, change: Change) -> None:
        if self.slot in change.slots and not self._composing:
            self._show(caret=change.origin != "edit")

    def _show(self, *, caret: bool) -> None:
        """Show the session's text; with `caret` put it behind what changed, else leave it as near as it was."""
        old, text = self.text(), self._session.text(self.slot)
        self._shown = text
        if text == old:
            return
        splice = Splice.between(self.slot, old, text)
        position = self.cursorPosition()
        self.setText(text)
        behind = units(text[: splice.at + len(splice.inserted)])
        if caret:
            position = behind
        elif position > units(old[: splice.at]):
            position = max(units(old[: splice.at]), position + units(text) - units(old))
        self.setCursorPosition(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            event.ignore()
            return
        if self.hasSelectedText():
            self._session.seal()
        before = self.text()
        super().keyPressEvent(event)
        if self.text() == before and event.key() not in _MODIFIERS:
            self._session.seal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._session.seal()
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._session.seal()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = self._composing or bool(event.preeditString())
        if self.hasSelectedText():
            self._session.seal()
        super().inputMethodEvent(event)
        if not event.preeditString():
            self._composing = False
            self._show(caret=False)

    def event(self, event: QEvent) -> bool:
        return _leave_undo_to_window(event) or super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        _without_own_undo(menu).exec(event.globalPos())
        menu.deleteLater()


def _rebased(mine: Splice, theirs: Splice) -> Splice:
    """`mine`, made on the same text as `theirs`, as it reads after `theirs`. Where both touched the same words theirs stays and mine is added."""
    if mine.at + len(mine.removed) <= theirs.at:
        return mine
    if mine.at >= theirs.at + len(theirs.removed):
        return Splice(mine.slot, mine.at + len(theirs.inserted) - len(theirs.removed), mine.removed, mine.inserted)
    return Splice(mine.slot, theirs.at + len(theirs.inserted), "", mine.inserted)


def _leave_undo_to_window(event: QEvent) -> bool:
    """Whether `event` asks if the field itself takes Ctrl+Z or Ctrl+Y. Unanswered, Qt's text fields say yes and nothing happens."""
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        event.ignore()
        return True
    return False


def _without_own_undo(menu: QMenu) -> QMenu:
    """The standard menu without 撤销 and 重做 of the field's own history, which is switched off or behind the session's."""
    for action in menu.actions():
        if action.objectName() in ("edit-undo", "edit-redo"):
            menu.removeAction(action)
    first = menu.actions()[0] if menu.actions() else None
    if first is not None and first.isSeparator():
        menu.removeAction(first)
    return menu
