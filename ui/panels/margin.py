"""What the checks say of a text, beside the lines it speaks of."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gxdesk.checks.finding import Finding, Severity
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.narrative_editor import NarrativeEditor
from ui.paint import box
from ui.panels.findings import FindingCard, keyed
from ui.parts import column
from ui.tokens import S3, theme
from ui.unread import UnreadNote

NOTES_LEAST, NOTES_MOST = 196, 300  # px of width


class NoteCard(QWidget):
    """A finding in the margin; the bar at its left joins it to the marked words."""

    def __init__(self, session: Session, bridge: Bridge, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self.card = FindingCard(session, bridge, finding, margins=(14, 0, 0, 0), ruled=False, locates=finding.span is not None)
        self.setLayout(column(self.card, gap=0))

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = {Severity.ERROR: theme().error, Severity.EXPLAIN: theme().warn, Severity.HINT: theme().field}[self.finding.severity]
        box(QPainter(self), QRectF(0, 0, 3, self.height()), 1.5, tone)


def _start(finding: Finding) -> int:
    """Where the words it speaks of begin; -1 for the whole text."""
    return finding.span[1] if finding.span is not None else -1


class Notes(QWidget):
    """The findings of the text and 去年原文, each on the line of its words as far as there is room; those about the whole text at the top."""

    finding_requested = Signal(object)

    def __init__(self, session: Session, bridge: Bridge, editor: NarrativeEditor, unread: UnreadNote) -> None:
        super().__init__()
        self._session, self._bridge, self._editor, self._unread = session, bridge, editor, unread
        unread.setParent(self)
        self._wanted: dict[tuple[str, int], Finding] = {}
        self._cards: dict[tuple[str, int], NoteCard] = {}  # of those in sight
        self._flowing = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        self._wanted = dict(sorted(keyed(findings).items(), key=lambda item: _start(item[1])))
        for key in [k for k in self._cards if k not in self._wanted]:
            self._drop(key)
        self.arrange()

    def set_flowing(self, flowing: bool) -> None:
        """One under the other instead of beside the lines, where the column lies below the text."""
        self._flowing = flowing
        self.arrange()

    def write_reason(self, finding: Finding) -> bool:
        """Put the caret into the reason field of a note; False if it has none."""
        card = next((note.card for note in self._cards.values() if note.finding == finding), None)
        if card is None or card.field is None:
            return False
        card.field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @property
    def filled(self) -> bool:
        return bool(self._wanted) or self._unread.start is not None

    def arrange(self) -> None:
        """Put the notes where they belong for the present scroll position. Only those in sight are made: a long text may have thousands."""
        below, width = 0, min(self.width(), NOTES_MOST)
        first, last = self._editor.in_sight()
        unread, waiting = self._unread.start, self._unread.start is not None
        self._unread.setVisible(waiting)
        shown: set[tuple[str, int]] = set()
        for key, finding in self._wanted.items():
            start = _start(finding)
            if waiting and unread is not None and unread < start:
                below, waiting = self._place(self._unread, unread, below, width), False
            if below > self.height() or not (start < 0 or self._flowing or first <= start <= last):
                continue
            below = self._place(self._card(key, finding), start, below, width)
            shown.add(key)
        if waiting and unread is not None:
            self._place(self._unread, unread, below, width)
        for key in self._cards.keys() - shown:
            if self._cards[key].card.writing:
                self._cards[key].hide()
            else:
                self._drop(key)

    def _card(self, key: tuple[str, int], finding: Finding) -> NoteCard:
        """The note of a finding, made anew if it reads differently; not while she writes in it."""
        card = self._cards.get(key)
        if card is not None and card.finding != finding and not card.card.writing:
            self._drop(key)
            card = None
        if card is None:
            card = self._cards[key] = NoteCard(self._session, self._bridge, finding)
            card.setParent(self)
            card.card.finding_requested.connect(self.finding_requested)
        else:
            card.card.show_answered()
        return card

    def _place(self, note: QWidget, start: int, below: int, width: int) -> int:
        """Put a note on the line of the character `start`, or under the one before; returns where the next can begin."""
        at = below
        if start >= 0 and not self._flowing:
            line = self._editor.cursorRect(self._editor.cursor_at(start))
            note.setVisible(line.bottom() > 0 and line.top() < self._editor.viewport().height())
            if note.isHidden():
                return below
            at = max(line.top(), below)
        else:
            note.show()
        height = note.heightForWidth(width) if note.hasHeightForWidth() else note.sizeHint().height()
        note.setGeometry(0, at, width, height)
        return at + height + S3

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def _drop(self, key: tuple[str, int]) -> None:
        note = self._cards.pop(key)
        if (focused := QApplication.focusWidget()) is not None and note.isAncestorOf(focused):
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        note.hide()
        note.deleteLater()
