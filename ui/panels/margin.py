"""What the checks say of a text, beside the lines it speaks of."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

from gxdesk.checks.finding import Finding, Severity
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.narrative_editor import NarrativeEditor
from ui.paint import box
from ui.panels.findings import FindingCard, keyed
from ui.parts import column
from ui.tokens import S2, S3, theme
from ui.unread import UnreadNote

NOTES_LEAST, NOTES_MOST = 196, 300  # px of width
USUAL = 140  # px of height of a note that is not made yet
NEAR = 3  # screens over and under the one that is seen: Tab finds the next notes made


class NoteCard(QWidget):
    """A finding in the margin; the bar at its left joins it to the marked words."""

    reshaped = Signal()  # it may be of another height than before

    def __init__(self, session: Session, bridge: Bridge, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self.card = FindingCard(session, bridge, finding, margins=(14, 0, 0, 0), ruled=False, locates=finding.span is not None)
        self.setLayout(column(self.card, gap=0))

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.reshaped.emit()
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = {Severity.ERROR: theme().error, Severity.EXPLAIN: theme().warn, Severity.HINT: theme().field}[self.finding.severity]
        box(QPainter(self), QRectF(0, 0, 3, self.height()), 1.5, tone)


def _start(finding: Finding) -> int:
    """Where the words it speaks of begin; -1 for the whole text."""
    return finding.span[1] if finding.span is not None else -1


class Notes(QScrollArea):
    """The findings of the text and 去年原文, each on the line of its words as far as there is room; those about the whole text at the top.

    Where they need more room than there is, they scroll. Of a text with thousands only those are made that are on the screen or near it.
    """

    finding_requested = Signal(object)

    def __init__(self, session: Session, bridge: Bridge, editor: NarrativeEditor, unread: UnreadNote) -> None:
        super().__init__()
        self._session, self._bridge, self._editor, self._unread = session, bridge, editor, unread
        self._wanted: dict[tuple[str, int], Finding] = {}
        self._cards: dict[tuple[str, int], NoteCard] = {}  # those that are made
        self._spans: dict[tuple[str, int], tuple[int, int]] = {}  # where each was put last, and how high it was
        self._flowing = False
        self._ground = QWidget()
        unread.setParent(self._ground)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setWidget(self._ground)
        for ground in (self.viewport(), self._ground):
            ground.setAutoFillBackground(False)
        self.verticalScrollBar().valueChanged.connect(self.arrange)
        editor.verticalScrollBar().valueChanged.connect(self._stand_level)

    def sizeHint(self) -> QSize:
        return QSize(NOTES_LEAST, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        self._wanted = dict(sorted(keyed(findings).items(), key=lambda item: _start(item[1])))
        self._spans = {key: span for key, span in self._spans.items() if key in self._wanted}
        for key in [k for k in self._cards if k not in self._wanted]:
            self._drop(key)
        self.arrange()

    def set_flowing(self, flowing: bool) -> None:
        """One under the other instead of beside the lines, where the column lies below the text."""
        self._flowing = flowing
        self.arrange()

    def write_reason(self, finding: Finding) -> bool:
        """Put the caret into the reason field of a note, wherever it is; False if it has none."""
        key = next((key for key, wanted in self._wanted.items() if wanted == finding), None)
        if key not in self._spans:
            return False
        if key not in self._cards:
            self.verticalScrollBar().setValue(self._spans[key][0])  # there it is made
        field = self._cards[key].card.field if key in self._cards else None
        if field is None:
            return False
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._arrange_around_caret()
        return True

    @property
    def filled(self) -> bool:
        return bool(self._wanted) or self._unread.start is not None

    def arrange(self) -> None:
        """Put the notes where they belong for the present place of the text and of their own scroll bar."""
        below, width = 0, min(self.width() - self.verticalScrollBar().sizeHint().width(), NOTES_MOST)
        top, high = self.verticalScrollBar().value(), self.viewport().height()
        first, last = self._editor.in_sight()
        unread = self._unread.start
        waiting = unread is not None and (self._flowing or first <= unread <= last)
        self._unread.setVisible(waiting)
        shown: set[tuple[str, int]] = set()
        for key, finding in self._wanted.items():
            start = _start(finding)
            if waiting and unread is not None and unread < start:
                below, waiting = self._place(self._unread, self._level(unread, below), width), False
            if not (start < 0 or self._flowing or first <= start <= last):
                continue
            at = self._level(start, below)
            end = at + self._spans.get(key, (0, USUAL))[1]
            writing = key in self._cards and self._cards[key].card.writing
            if writing or (top - NEAR * high <= end and at <= top + (1 + NEAR) * high):
                end = self._place(self._card(key, finding), at, width) - S3
                shown.add(key)
            self._spans[key] = at, end - at
            below = end + S3
        if waiting and unread is not None:
            below = self._place(self._unread, self._level(unread, below), width)
        for key in self._cards.keys() - shown:
            self._drop(key)
        self._ground.resize(width, max(below - S3, 0))  # last: where less is left, the scroll bar asks for all of this again

    def _card(self, key: tuple[str, int], finding: Finding) -> NoteCard:
        """The note of a finding, made anew if it reads differently; not while she writes in it."""
        card = self._cards.get(key)
        if card is not None and card.finding != finding and not card.card.writing:
            self._drop(key)
            card = None
        if card is None:
            card = self._cards[key] = NoteCard(self._session, self._bridge, finding)
            card.setParent(self._ground)
            card.card.finding_requested.connect(self.finding_requested)
            card.reshaped.connect(self._arrange_around_caret)
        else:
            card.card.show_answered()
        return card

    def _level(self, start: int, below: int) -> int:
        """Where a note begins that speaks of the character `start`: on its line, or under the note before."""
        beside = start >= 0 and not self._flowing
        return max(self._editor.cursorRect(self._editor.cursor_at(start)).top(), below) if beside else below

    @staticmethod
    def _place(note: QWidget, at: int, width: int) -> int:
        """Put a note there; returns where the next can begin."""
        note.show()
        height = note.heightForWidth(width) if note.hasHeightForWidth() else note.sizeHint().height()
        note.setGeometry(0, at, width, height)
        return at + height + S3

    def _stand_level(self) -> None:
        """The text was scrolled: beside the lines the notes go with it."""
        if not self._flowing:
            self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_around_caret()

    def _arrange_around_caret(self) -> None:
        """Put the notes anew; the one that has the keyboard stays in sight, whole if it can, else with what stands over the field."""
        self.arrange()
        focused = QApplication.focusWidget()
        note = next((n for n in self._cards.values() if focused is not None and n.isAncestorOf(focused)), None)
        if focused is None or note is None:
            return
        fits = note.height() + 2 * S2 <= self.viewport().height()
        if not fits:
            self.verticalScrollBar().setValue(note.y())
        part = note if fits else focused
        half = (part.height() + 1) // 2  # of a field, Qt's own way of showing a widget would show the caret only
        self.ensureVisible(0, part.mapTo(self._ground, QPoint(0, half)).y(), 0, half + S2)

    def _drop(self, key: tuple[str, int]) -> None:
        note = self._cards.pop(key)
        if (focused := QApplication.focusWidget()) is not None and note.isAncestorOf(focused):
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        note.hide()
        note.deleteLater()
