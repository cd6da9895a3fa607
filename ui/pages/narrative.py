"""A section that is a text: its outline at the left, the text in lines of 36 characters, what the checks say at the right.

The stored text is plain paragraphs, one a line, without blanks for indenting: the first-line indent, the line height and the bold
sub-headings are only shown. Which parts a section has (aspects, a guide length, advice) comes from its `SectionDef`.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QHelpEvent, QResizeEvent, QShowEvent, QTextCharFormat
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QTextEdit, QWidget

from gxdesk.checks.finding import Finding, Severity
from gxdesk.drafting import Proposal, put_in
from gxdesk.forms.definition import SectionDef
from gxdesk.outline import Aspect, characters, outline, with_heading
from gxdesk.report import BESIDE, Slot
from gxdesk.session import Change, Session
from gxdesk.similarity import Sentence
from gxdesk.unread import drafted
from ui.bridge import Bridge
from ui.narrative_editor import EDITOR_WIDTH, NarrativeEditor
from ui.pages.page import Page
from ui.panels.compare import Comparison, last_text
from ui.panels.drafts import Drafts, anything_to_offer
from ui.panels.margin import NOTES_LEAST, NOTES_MOST, Notes
from ui.panels.outline import SIDE_WIDTH, Outline
from ui.parts import Bar, Button, Item, Rule, column, holder, label, row, set_tone, show_if, show_tip
from ui.popover import Popover
from ui.refusal import tell_refusals
from ui.tokens import S1, S2, S3, S4, S5, theme
from ui.unread import Gutter, UnreadBar, UnreadNote

LEAST_WIDTH = 320  # narrower than its parts would like: the window decides how narrow it gets, not a page
SENTENCE_ENDS = "。！？；"
NOTHING = (0, 0)  # no stretch of the text


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
        tell_refusals(self.editor)
        self._narrow = False
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
        self.notes.finding_requested.connect(self._show_finding_in_text)
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
        """To where it can be closed: the field for its reason if it has one, else its words in the text."""
        if finding.span is not None and finding.span[0] == self.key:
            self.editor.setTextCursor(self.editor.cursor_at(finding.span[1], finding.span[2]))
            self.editor.ensureCursorVisible()
        if not self.notes.write_reason(finding):
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_finding_in_text(self, finding: Finding) -> None:
        if finding.span is not None and finding.span[0] == self.key:
            self._show_words(finding.span[1], finding.span[2])

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
            show_tip(event.globalPos(), "\n".join(said), self.editor)
            return True
        return super().eventFilter(watched, event)

    # --- drafts ---

    def _show_drafts(self) -> None:
        """Sentences from the figures, each to be put in by itself, and questions only she can answer."""
        if Popover.put_away(self.draft_button):
            return
        drafts = Drafts(self.session, self.key)
        drafts.chosen.connect(self._put_in)
        drafts.answered.connect(self._put_answer)
        popover = Popover.open_under(self.draft_button, column(drafts))
        drafts.chosen.connect(popover.hide)
        drafts.answered.connect(popover.hide)

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
        if Popover.put_away(self.compare_button):
            return
        comparison = Comparison(self.session, self.key)
        comparison.chosen.connect(self._show_sentence)
        comparison.chosen.connect(Popover.open_under(self.compare_button, column(comparison)).hide)

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

    def held_back(self) -> frozenset[Finding]:
        start, end = self._left_alone
        return frozenset(f for f in self.session.findings if f.span is not None and f.span[0] == self.key and start < f.span[2] <= end)

    def _findings(self) -> list[Finding]:
        """Of a sentence that is still being written nothing is said."""
        held_back = self.held_back()
        return [f for f in self.session.findings if f.section == self.key and not f.incomplete and f not in held_back]

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
            self.sentence_left.emit()

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
