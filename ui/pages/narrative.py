"""A section that is a text: its outline at the left, the text in lines of 36 characters, what the checks say at the right.

The stored text is plain paragraphs, one a line, without blanks for indenting: the first-line indent, the line height and the bold
sub-headings are only shown. Which parts a section has (aspects, a guide length, advice) comes from its `SectionDef`.
"""

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QSizePolicy,
    QTextEdit,
    QToolTip,
    QWidget,
)

from gxdesk.checks.finding import Finding, Severity
from gxdesk.drafting import Proposal, put_in
from gxdesk.forms.definition import SectionDef
from gxdesk.outline import Aspect, characters, first_missing, is_heading, outline, with_heading
from gxdesk.report import BESIDE, Slot
from gxdesk.session import Change, Session
from gxdesk.similarity import Sentence
from gxdesk.unread import drafted
from ui.bridge import Bridge
from ui.pages.page import Page
from ui.paint import box, shape
from ui.panels.compare import Comparison, last_text
from ui.panels.drafts import Drafts, anything_to_offer
from ui.panels.findings import FindingCard, keyed
from ui.parts import KEYBOARD, Bar, Button, Item, Popover, Rule, column, holder, label, row, set_tone, show_if
from ui.text_binding import BoundEditor
from ui.tokens import R_CONTROL, S1, S2, S3, S4, S5, colour, font, theme
from ui.unread import Gutter, UnreadBar, UnreadNote

CHARACTERS = 36  # a line
TYPE_SIZE = 16
EDITOR_WIDTH = CHARACTERS * TYPE_SIZE + 20  # with a gap of 8 and the scroll bar; without the bar less than another character more
SIDE_WIDTH = 220
SPOKEN = "已写到"  # of an aspect without a sub-heading of its own
NOTES_LEAST, NOTES_MOST = 196, 300
LEAST_WIDTH = 320  # narrower than its parts would like: the window decides how narrow it gets, not a page
SENTENCE_ENDS = "。！？；"
NOTHING = (0, 0)  # no stretch of the text
_INDENT = " \t\u3000\xa0"


def tidied(pasted: str, *, at_line_start: bool = True) -> str:
    """Pasted text as plain paragraphs: indents, blank lines and line-end blanks go, a tab becomes one blank; no other character does.

    `at_line_start` says whether its first line begins a paragraph, where leading blanks would be an indent.
    """
    plain = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", pasted).replace("\xa0", " ")
    lines = [re.sub(r" *\t[ \t]*", " ", line.rstrip(_INDENT)) if line.strip() else "" for line in plain.split("\n")]
    stripped = [line.lstrip(_INDENT) if i or at_line_start else line for i, line in enumerate(lines)]
    kept = "\n".join(line for line in stripped if line)
    return kept + "\n" if kept and "\n" in plain and not stripped[-1] else kept


class _BoldHeadings(QSyntaxHighlighter):
    """Shows sub-headings in bold; the text knows nothing of it."""

    def highlightBlock(self, text: str) -> None:
        if is_heading(text):
            bold = QTextCharFormat()
            bold.setFontWeight(QFont.Weight.Bold)
            self.setFormat(0, 2 * len(text), bold)


class NarrativeEditor(BoundEditor):
    """The officer's own text. What is pasted comes in as plain, tidied paragraphs; a blank at the start of one is the indent that is there already."""

    def __init__(self, session: Session, bridge: Bridge, slot: Slot) -> None:
        super().__init__(session, bridge, slot, gap=S2)
        self._bold = _BoldHeadings(self.document())
        self._untidy: tuple[int, int] | None = (0, self.document().characterCount())  # from, to: where headings may have come or gone
        self.document().contentsChange.connect(self._changed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMaximumWidth(EDITOR_WIDTH)
        self.setViewportMargins(0, 0, S2, 0)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return QSize(EDITOR_WIDTH, 240)

    def close_up_headings(self) -> None:
        """A sub-heading stands close to what it heads; only the look changes."""
        if self.composing:  # a changed format would end the composition
            return
        if self._untidy is None:
            return
        first, last = self._untidy
        others: list[tuple[QTextCursor, QTextBlockFormat]] = []
        block = self.document().findBlock(first)
        while block.isValid() and block.position() <= last:
            gap = 0 if is_heading(block.text()) else S2
            if (shape_of := block.blockFormat()).bottomMargin() != gap:
                shape_of.setBottomMargin(gap)
                others.append((QTextCursor(block), shape_of))
            block = block.next()
        if others:
            every = QTextCursor(self.document())
            every.beginEditBlock()  # one change for the text, however many headings
            for cursor, shape_of in others:
                cursor.setBlockFormat(shape_of)
            every.endEditBlock()
        self._untidy = None

    def _changed(self, at: int, _removed: int, added: int) -> None:
        first, last = self._untidy or (at, at)
        self._untidy = min(first, at), max(last, at) + added

    def in_sight(self) -> tuple[int, int]:
        """From which character to which the text is on the screen."""
        view = self.viewport().rect()
        first, last = (self.place_of(self.cursorForPosition(corner)) for corner in (view.topLeft(), view.bottomRight()))
        return first, last

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if not text and source.hasHtml():
            document = QTextDocument()
            document.setHtml(source.html())
            text = document.toPlainText().replace("\ufffc", "")  # stands for a picture
        plain = QMimeData()
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionStart())
        plain.setText(tidied(text, at_line_start=cursor.atBlockStart()))
        super().insertFromMimeData(plain)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return super().canInsertFromMimeData(source) or (source.hasHtml() and not source.hasUrls())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        if event.text() in (" ", "\u3000") and cursor.atBlockStart() and not cursor.hasSelection():
            return
        super().keyPressEvent(event)


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


class NarrativePage(Page):
    """A text section. `shows_findings`: what the checks say stands beside the text, no panel is needed."""

    shows_findings = True

    def __init__(self, key: str, session: Session, bridge: Bridge) -> None:
        super().__init__(key, session, bridge)
        self._left_alone = NOTHING  # the sentence she is writing
        self.setMinimumWidth(LEAST_WIDTH)
        self.section: SectionDef = session.form.section(key)
        self.editor = NarrativeEditor(session, bridge, Slot("texts", key))
        self.editor.setAccessibleName(self.section.heading)
        self.editor.set_prompt(self._prompt())
        self._narrow = False
        self._popover: Popover | None = None
        self._folded: bool | None = None
        self._current = ""
        self._aspects: tuple[Aspect, ...] = ()
        names = self.section.aspects
        self.outline = Outline(names, compact=False, inserts=not session.read_only) if names else None
        self.outline_line = Outline(names, compact=True, inserts=not session.read_only) if names else None
        for part in filter(None, (self.outline, self.outline_line)):
            part.chosen.connect(self._go_to)
            part.wanted.connect(self._insert)
        self.unread = UnreadBar(session, bridge, self.editor)
        self.unread.changed.connect(self._unread_changed)
        self.notes = Notes(session, bridge, self.editor, UnreadNote(self.unread))
        self.notes.finding_requested.connect(self.show_finding)
        self._number = label("", "heading")
        self._guide = label(f"/ {self.section.guide_length:,} 字" if self.section.guide_length else "字", "label", "text2")
        self._bar = Bar(0)
        self._bar.setFixedWidth(132)
        show_if(self._bar, self.section.guide_length is not None)
        self._count = holder(column(row(self._number, self._guide, None, gap=S1), self._bar, gap=3))
        self._count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._note = show_if(label(self.section.note, "label", "text2", wrap=True), bool(self.section.note))
        self._over = QWidget()
        self._over.setFixedHeight(S3)
        heading = label(self.section.heading, "title")
        titles = column(heading, self._note, gap=2)
        self.draft_button = Button("起草", "quiet", name="按表里的数写好的句子，和只有您知道的事")
        self.draft_button.clicked.connect(self._show_drafts)
        show_if(self.draft_button, not session.read_only and anything_to_offer(session, key))
        self.compare_button = Button("与去年比", "quiet", name="和去年的这一节有多少一样，改了什么")
        self.compare_button.clicked.connect(self._show_comparison)
        show_if(self.compare_button, bool(last_text(session, key)))
        top = row(titles, S4, self.compare_button, self.draft_button, S3, self._count, gap=0)
        for button in (self.compare_button, self.draft_button):
            top.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        top.setStretch(0, 1)
        top.setAlignment(self._count, Qt.AlignmentFlag.AlignTop)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(S4)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.addWidget(self.editor, 10_000)  # both up to their greatest size; what is left stays empty behind them
        self._beside.addWidget(self.notes, 100)
        self._beside.addStretch(1)
        self._side = show_if(holder(row(self.outline, S4, Rule(upright=True), S5, gap=0)), self.outline is not None)
        body = row(self._side, gap=0)
        body.addLayout(self._beside, 1)
        over: list[Item] = [self.outline_line] if self.outline_line is not None else []
        self._lay = column(top, self.unread, *over, self._over, body, gap=2, margins=(S5, S4, S5, 0))
        self._lay.setStretch(self._lay.count() - 1, 1)
        self.setLayout(self._lay)
        self._gutter = Gutter(self.unread, self.editor, self)
        bridge.changed.connect(self._follow)
        self.editor.cursorPositionChanged.connect(self._caret_moved)
        self.editor.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.editor.viewport().installEventFilter(self)
        self.editor.installEventFilter(self)
        self._fold(False)
        self._refresh()

    # --- the page ---

    def show_finding(self, finding: Finding) -> None:
        if finding.span is not None and finding.span[0] == self.key:
            self.editor.setTextCursor(self.editor.cursor_at(finding.span[1], finding.span[2]))
        elif self.notes.write_reason(finding):
            return
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.ensureCursorVisible()

    def take_focus(self) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> str:
        return str(self.editor.caret())

    def return_to(self, place: str) -> None:
        if place.isdecimal():
            self.editor.setTextCursor(self.editor.cursor_at(int(place)))
            self.editor.ensureCursorVisible()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        pad = S4 if narrow else S5
        self._lay.setContentsMargins(pad, S2 if narrow else S4, pad, 0)
        self._over.setFixedHeight(S1 if narrow else S3)
        self._note.setVisible(bool(self.section.note) and not (narrow and self.outline))
        self._fold_to_width()

    # --- Qt ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_to_width()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._scrolled()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "notes"):
            self._mark()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._scrolled()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._look_again()
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.editor.place_of(self.editor.cursorForPosition(event.pos()))
            said = [f.message for f in self._findings() if f.span is not None and f.span[1] <= at < f.span[2]]
            QToolTip.showText(event.globalPos(), "\n".join(said), self.editor)
            return True
        return super().eventFilter(watched, event)

    # --- drafts ---

    def _show_drafts(self) -> None:
        """Sentences from the figures, each to be put in by itself, and questions only she can answer."""
        drafts = Drafts(self.session, self.key)
        drafts.chosen.connect(self._put_in)
        drafts.answered.connect(self._put_answer)
        popover = self._pop(self.draft_button, drafts)
        drafts.chosen.connect(popover.hide)
        drafts.answered.connect(popover.hide)

    def _pop(self, under: Button, shown: QWidget) -> Popover:
        if self._popover is not None:
            self._popover.hide()
        popover = Popover(self.window(), column(shown))
        popover.closed.connect(popover.deleteLater)
        popover.destroyed.connect(self._forget_popover)
        self._popover = popover
        popover.show_at(QRect(under.mapTo(self.window(), QPoint(0, 0)), under.size()))
        return popover

    def _forget_popover(self) -> None:
        self._popover = None

    def _put_in(self, chosen: Sequence[Proposal]) -> None:
        """Drafted sentences, marked to be read."""
        self._write(chosen, drafted(self.session.report, self.key, "\n".join(p.words for p in chosen)))

    def _put_answer(self, answer: Proposal) -> None:
        """What she has just said herself: nothing to be read again."""
        self._write((answer,), {})

    def _write(self, chosen: Sequence[Proposal], marks: Mapping[Slot, str]) -> None:
        """As one step of undo; the caret behind the last sentence."""
        text = put_in(self.editor.text(), self.section.aspects, chosen)
        self.session.put({self.editor.slot: text, **marks}, "放进起草的句子")
        last = chosen[-1].words
        at = text.find(last) + len(last)
        self.editor.setTextCursor(self.editor.cursor_at(at))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.ensureCursorVisible()

    # --- last year's ---

    def _show_comparison(self) -> None:
        comparison = Comparison(self.session, self.key)
        comparison.chosen.connect(self._show_sentence)
        comparison.chosen.connect(self._pop(self.compare_button, comparison).hide)

    def _show_sentence(self, sentence: Sentence) -> None:
        self._show_words(sentence.start, sentence.end)

    def _show_words(self, start: int, end: int) -> None:
        self.editor.setTextCursor(self.editor.cursor_at(start, end))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.ensureCursorVisible()

    def _unread_changed(self) -> None:
        self.notes.arrange()
        self._mark()
        self._fold_to_width()

    # --- how ---

    def _prompt(self) -> str:
        return f"从“（一）{self.section.aspects[0]}”写起：点“插入”放好小标题，再写内容。" if self.section.aspects else "在这里写。"

    def _findings(self) -> list[Finding]:
        """Of a sentence that is still being written nothing is said."""
        start, end = self._left_alone
        mine = (f for f in self.session.findings if f.section == self.key and not f.incomplete)
        return [f for f in mine if f.span is None or f.span[0] != self.key or not start < f.span[2] <= end]

    def _unfinished(self) -> tuple[int, int]:
        """Where the sentence begins and ends in which the caret stands, if it has no end yet; else a stretch that holds nothing."""
        if not self.editor.hasFocus():
            return NOTHING
        text, caret = self.editor.text(), self.editor.caret()
        end = text.find("\n", caret)
        end = len(text) if end < 0 else end
        start = max((text.rfind(stop, 0, caret) for stop in f"{SENTENCE_ENDS}\n"), default=-1) + 1
        return (start, end) if not any(stop in text[caret:end] for stop in SENTENCE_ENDS) else NOTHING

    def _look_again(self) -> None:
        """Once the caret has left it, the sentence she was writing is looked at like any other."""
        start, end = self._unfinished()
        if self._left_alone != NOTHING and (not end or start != self._left_alone[0]):
            self._left_alone = NOTHING
            self._refresh()

    def _follow(self, change: Change) -> None:
        if self.editor.slot in change.slots:
            self._left_alone = self._unfinished()
        if self.editor.slot in change.slots or any(f.section == self.key for f in change.added + change.removed) or any(s.part in BESIDE for s in change.slots):
            self._refresh()

    def _refresh(self) -> None:
        text = self.editor.text()
        self.editor.close_up_headings()
        self._say_count(text)
        findings = self._findings()
        self.notes.show_findings(findings)
        if self.outline is not None:
            self._aspects = outline(text, self.section.aspects, self.section.aspect_words)
            self._show_outline()
        self._mark()
        self._fold_to_width()

    def _say_count(self, text: str) -> None:
        count, guide = characters(text), self.section.guide_length
        over = guide is not None and count > guide
        self._number.setText(f"{count:,}")
        set_tone(self._number, "warn" if over else "text")
        if guide:
            self._bar.set_share(count / guide, "warn" if over else "accent")

    def _show_outline(self) -> None:
        states = [self._state(a) for a in self._aspects]
        caret = self.editor.caret()
        self._current = next((a.name for a in sorted(self._aspects, key=lambda a: a.start or 0, reverse=True) if a.start is not None and a.start <= caret <= a.end), "")
        for part in filter(None, (self.outline, self.outline_line)):
            part.show_aspects(self._aspects, states, self._current)

    def _state(self, aspect: Aspect) -> str:
        if aspect.start is None:
            return "done" if aspect.covered else "todo"
        inside = [f for f in self._findings() if f.span and f.span[0] == self.key and aspect.start <= f.span[1] < aspect.end and not self.session.answered(f)]
        if inside:
            return min((f.severity for f in inside), key=lambda s: s.rank).value
        return "done" if aspect.characters else "doing"

    def _caret_moved(self) -> None:
        self._look_again()
        if self.outline is not None:
            self._show_outline()

    def _scrolled(self) -> None:
        self.notes.arrange()
        self._mark()

    def _mark(self) -> None:
        """Words in sight that need a look get a quiet ground and a line under them."""
        marks = self.unread.marks()
        first, last = self.editor.in_sight()
        for finding in self._findings():
            if finding.span is None or finding.span[0] != self.key or finding.span[1] > last or finding.span[2] < first or self.session.answered(finding):
                continue
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.editor.cursor_at(finding.span[1], finding.span[2])
            error = finding.severity is Severity.ERROR
            mark.format.setBackground(QColor(theme().error_soft if error else theme().warn_soft))
            mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            mark.format.setUnderlineColor(QColor(theme().error if error else theme().warn))
            marks.append(mark)
        self.editor.setExtraSelections(marks)

    def _go_to(self, aspect: Aspect) -> None:
        text = self.editor.text()
        if aspect.start is None:
            if aspect.spoken_at is not None:
                self._show_words(aspect.spoken_at, aspect.spoken_at)
            return
        line_end = text.find("\n", aspect.start)
        behind = len(text) if line_end < 0 else line_end + 1
        self.editor.setTextCursor(self.editor.cursor_at(min(behind, aspect.end) if aspect.characters else behind))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        bar, line = self.editor.verticalScrollBar(), self.editor.cursorRect(self.editor.cursor_at(aspect.start))
        bar.setValue(bar.value() + line.top())

    def _insert(self, aspect: Aspect) -> None:
        """The sub-heading on a line of its own, as one step of undo; she writes on under it."""
        if self.session.read_only:
            return
        text, caret = with_heading(self.editor.text(), self._aspects, aspect)
        self.session.seal()
        self.session.set_text(self.editor.slot, text)
        self.session.seal()
        self.editor.setTextCursor(self.editor.cursor_at(caret))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.ensureCursorVisible()

    def _fold_to_width(self) -> None:
        """Fold what the width does not hold: first the outline to one line, then the notes below the text."""
        margins = self._lay.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        least = EDITOR_WIDTH + S4 + NOTES_LEAST
        self._fold(self._narrow or room < SIDE_WIDTH + S4 + 1 + S5 + least)
        below = room < least if self._folded or not self.outline else False
        direction = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if self._beside.direction() != direction:
            self._beside.setDirection(direction)
            self._beside.setAlignment(self.editor, Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag(0))
            self.editor.updateGeometry()  # else the layout keeps the greatest width of the other alignment
        self.notes.set_flowing(below)
        self.notes.setVisible(not below or self.notes.filled)
        strip = max(96, min(140, self.height() // 3))  # a message and the field for its reason
        self.notes.setMinimumHeight(strip if below else 0)
        self.notes.setMaximumHeight(strip if below else 16_777_215)
        self.notes.setMaximumWidth(16_777_215 if below else NOTES_MOST)

    def _fold(self, folded: bool) -> None:
        if folded == self._folded or self.outline is None or self.outline_line is None:
            return
        self._folded = folded
        self._side.setVisible(not folded)
        self.outline_line.setVisible(folded)
