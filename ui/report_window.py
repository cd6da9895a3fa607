"""One open report and what stands around its pages: top bar, section list, findings, foot.

A page is built when it is first shown. The window above (`ui.window`) decides where the report comes from and where it is kept.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QWidget

from gxdesk.checks.finding import Finding, Severity
from gxdesk.drafts.moments import Kind
from gxdesk.errors import UserError
from gxdesk.progress import progress
from gxdesk.report import Report, Slot
from gxdesk.session import Change
from ui.announce import FindingsVoice
from ui.autosave import Autosave
from ui.bridge import Bridge
from ui.due import Today, local
from ui.focus import stops
from ui.frame import Drawer, Foot, TopBar
from ui.library import OpenDraft, earlier_deadline
from ui.pages.page import Page
from ui.panels.findings import FindingsPanel
from ui.panels.help import HelpPanel
from ui.panels.notes import LastNote, NoteButton
from ui.parts import Button, Mark, Rule, Sheet, column, holder, label, row, show_if
from ui.section_list import Section, SectionList
from ui.standing import Standing
from ui.tokens import (
    NARROW_BELOW,
    NO_BAR_BELOW,
    S1,
    S2,
    S4,
    W_FINDINGS,
    W_SECTIONS,
    W_SECTIONS_NARROW,
)  # fmt: skip

if TYPE_CHECKING:
    from ui.pages.moments import MomentsDialog
    from ui.worker import RenderWorker

PREAMBLE, REVIEW = "preamble", "review"
REVIEW_NAME = "核对与导出"
HELP_FROM = 620  # px of height for 怎么数 under the findings
SETTLE_MS = 60  # a burst of keys changes the section list once


class ReportWindow(QWidget):
    """One open report. `key`s of pages are "preamble", the sections' keys and "review"."""

    back_requested = Signal()
    message = Signal(str, str)  # words, kind
    message_over = Signal()
    copy_requested = Signal()  # of an example: one of her own like it
    last_year_chosen = Signal(int)  # which draft is last year's report of this one, 0 for none
    last_year_wanted = Signal()  # out of a file
    page_shown = Signal()  # another than before

    def __init__(self, draft: OpenDraft, *, today: Today = date.today, worker: "RenderWorker | None" = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        session, place = draft.session, draft.place
        self.session = session
        self.bridge = Bridge(session)
        self._draft, self._worker, self._today = draft, worker, today
        self._reviewed = draft.exported
        self._sections_shown: tuple[Section, ...] = ()
        self._pages: dict[str, Page] = {}
        self.keys = (PREAMBLE, *(s.key for s in session.form.sections), REVIEW)
        self._names = {p.key: p.name for p in progress(session)} | {REVIEW: REVIEW_NAME}
        self.key = ""
        self._places = dict([_split(place)]) if place else {}
        self._past: MomentsDialog | None = None
        self.top = TopBar(session, today, earlier_deadline(draft.choices.recall))
        self.sections = SectionList()
        self.home = Button("", "icon", "back", name="回到开始页")  # in sight where the top bar is not
        self.rail = holder(column(self.sections, row(None, self.home, None, margins=(0, 0, 0, S1)), margins=(0, S1, 0, 0), gap=0), Sheet("canvas"))
        self.stack = QStackedWidget()
        self.findings = FindingsPanel(session, self.bridge)
        self.help = HelpPanel(session)
        self.note = LastNote(session)
        self.foot = Foot(NoteButton(session, self.bridge))
        self._aside = column(self.findings, self.help, gap=0)
        self._beside = row(self.stack, self._aside, gap=0)
        self._beside.setStretch(0, 1)
        self._sheet = holder(column(self.note, self._beside, Rule(), self.foot, gap=0, margins=(1, 1, 0, 0)), Sheet(rounded=True))
        self._drawer = Drawer(self._sheet)
        holder(column(margins=(5, 5, 5, 5)), self._drawer)
        body = row(self.rail, self._sheet, gap=0)
        body.setStretch(1, 1)
        self.copy = Button("照它建一份来改", "plain", small=True)
        self.copy.clicked.connect(self.copy_requested)
        self.top.past.setHidden(draft.is_example)
        holder(column(self.top, _looking(draft, self.copy), body, gap=0), self)
        self.autosave = Autosave(session, self._write, self)
        self._voice = FindingsVoice(session, self.bridge, self.findings)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._follow_settled)
        self._wire()
        self.top.show_saved(local(draft.saved))
        self.findings.set_strict(self._reviewed)
        self._show_sections()
        self.fold()
        first = place.partition("|")[0]
        self.show_page(first if first in self.keys else PREAMBLE, focus=False)

    @property
    def draft_id(self) -> int:
        """Its number in the library; 0 of an example."""
        return self._draft.id

    # --- pages ---

    def build_ahead(self) -> None:
        """Build the page with most on it before she goes there; it asks for nothing until it is shown."""
        self._page(REVIEW)

    def show_page(self, key: str, *, focus: bool = True) -> Page:
        """Show a page, built now if it was never shown, and give it the keyboard. Unknown keys show the first page."""
        key = key if key in self.keys else PREAMBLE
        try:
            page = self._page(key)
        except Exception:
            QTimer.singleShot(0, self._mark_section)  # the page of before stays, whatever the list does behind the press that asked for another
            raise
        if key != self.key:
            self.session.seal()
            self._remember_place()
            self.key = key
            if key == REVIEW and not self._reviewed:
                self._reviewed = True
                self.findings.set_strict(True)
                self._settle.start(0)
            self.stack.setCurrentWidget(page)
            self.findings.set_section(key)
            self.help.show_cell(page.cell())
            self.note.show_page(key)
            self.foot.note.show_page(key, self._names[key])
            self._fold_findings()
            self._mark_section()
            at = self.keys.index(key)
            self.foot.show_neighbours(self._names[self.keys[at - 1]] if at else "", self._names[self.keys[at + 1]] if at + 1 < len(self.keys) else "")
            self.page_shown.emit()
        if focus:
            page.take_focus()
        return page

    def _mark_section(self) -> None:
        if self.key:
            blocked = self.sections.blockSignals(True)
            self.sections.setCurrentRow(self.keys.index(self.key))
            self.sections.blockSignals(blocked)

    def print(self) -> None:
        """核对与导出 with its 打印 pressed."""
        from ui.pages.review import ReviewPage

        page = self.show_page(REVIEW)
        if isinstance(page, ReviewPage):
            page.print()

    def page(self, key: str) -> Page | None:
        """A page that was shown before."""
        return self._pages.get(key)

    @property
    def topic(self) -> str:
        """What the manual says of the page that is shown."""
        return self._page(self.key).topic

    def show_finding(self, finding: Finding) -> None:
        """Go to what a finding speaks of."""
        key = finding.section if finding.section in self.keys else PREAMBLE
        self._drawer.hide()  # it would lie over what is to be shown
        self.show_page(key, focus=False).show_finding(finding)

    def step(self, by: int) -> None:
        """To the page before or after this one."""
        at = self.keys.index(self.key) + by
        if 0 <= at < len(self.keys):
            self.show_page(self.keys[at])

    def step_pane(self, by: int) -> None:
        """The keyboard to the next part of the window: top bar, section list, last year's note, page, findings, foot. Tab would have to go through a whole table."""
        panes = [p for p in (self.top, self.rail, self.note, self.stack, self.findings, self.foot) if p.isVisible() and stops(p)]
        focused = QApplication.focusWidget()
        at = next((i for i, pane in enumerate(panes) if focused is not None and pane.isAncestorOf(focused)), 0)
        pane = panes[(at + by) % len(panes)]
        if pane is self.stack:
            self._page(self.key).take_focus()
        else:
            stops(pane)[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- undo ---

    def undo(self) -> None:
        self.session.seal()
        self.session.undo()

    def redo(self) -> None:
        self.session.redo()

    def show_past(self) -> "MomentsDialog":
        """回到过去, in a window of its own beside this one."""
        from ui.pages.moments import MomentsDialog

        timeline = self._draft.timeline
        assert timeline is not None  # an example offers neither the button nor the key
        self.session.seal()
        if self._past is None:
            self._past = MomentsDialog(timeline, self.session, self.window())
            self._past.finished.connect(self._forget_past)
        self._past.show()
        self._past.raise_()
        self._past.activateWindow()
        return self._past

    def _forget_past(self) -> None:
        self._past = None

    # --- leaving ---

    def flush(self) -> bool:
        """Put everything on disk, the caret's place too; False if that was refused."""
        return self.autosave.flush()

    def shut(self) -> None:
        """The report is left: nothing listens any more."""
        self._settle.stop()
        if self._past is not None:
            self._past.close()
        self._voice.stop()
        self.autosave.close()
        self.bridge.close()
        for page in self._pages.values():
            closing = getattr(page, "shut", None)
            if callable(closing):
                closing()

    def _write(self) -> None:
        self._remember_place()
        place = f"{self.key}|{self._places.get(self.key, '')}"
        if self._draft.write is not None:
            self._draft.write(place, Standing.of(self.session, self._names.get(self.key, "")).dumps())

    def _remember_place(self) -> None:
        page = self._pages.get(self.key)
        if page is not None:
            self._places[self.key] = page.place()

    # --- how ---

    def _page(self, key: str) -> Page:
        page = self._pages.get(key)
        if page is None:
            page = self._build(key)
            page.finding_requested.connect(self.show_finding)
            page.page_requested.connect(self.show_page)
            page.cell_chosen.connect(self.help.show_cell)
            page.moment_reached.connect(self._note)
            page.sentence_left.connect(self._settle_soon)
            page.set_narrow(self.width() < NARROW_BELOW)
            self._pages[key] = page
            self.stack.addWidget(page)
            if self._places.get(key):
                page.return_to(self._places[key])
        return page

    def _build(self, key: str) -> Page:
        if key == PREAMBLE:
            from ui.pages.agency import AgencyPage

            agency = AgencyPage(key, self.session, self.bridge, today=self._today, last_year=self._draft.last_year)
            agency.last_year.chosen.connect(self.last_year_chosen)
            agency.last_year.file_wanted.connect(self.last_year_wanted)
            return agency
        if key == REVIEW:
            from ui.pages.review import ReviewPage

            review = ReviewPage(key, self.session, self.bridge, self._worker, self._draft.choices)
            review.exported.connect(self._exported)
            return review
        if self.session.form.section(key).table is not None:
            from ui.pages.table import TablePage

            return TablePage(key, self.session, self.bridge, self._draft.choices)
        from ui.pages.narrative import NarrativePage

        return NarrativePage(key, self.session, self.bridge)

    def _exported(self, what: str, report: Report) -> None:
        if self._draft.note_export is None:
            return
        self.flush()  # so that what was typed since can be told from what is in the files
        try:
            self._draft.note_export(what, report)
        except UserError as error:
            self.message.emit(str(error), "error")

    def _note(self, kind: Kind, what: str) -> None:
        """Keep a moment. Where the library refuses, the work goes on: autosave tells of it, and the step can be undone all the same."""
        if self._draft.timeline is not None:
            with suppress(UserError):
                self._draft.timeline.note(kind, what)

    def _wire(self) -> None:
        for button in (self.top.back, self.home):
            button.clicked.connect(self.back_requested)
        self.top.undo.clicked.connect(self.undo)
        self.top.redo.clicked.connect(self.redo)
        self.top.past.clicked.connect(self.show_past)
        self.foot.back.clicked.connect(lambda: self.step(-1))
        self.foot.forward.clicked.connect(lambda: self.step(1))
        self.foot.drawer_requested.connect(self._toggle_drawer)
        self.sections.currentRowChanged.connect(lambda at: at >= 0 and self.show_page(self.keys[at], focus=False))
        self.findings.finding_requested.connect(self.show_finding)
        self.findings.counts_changed.connect(self._count)
        self.bridge.changed.connect(self._changed)
        self.autosave.saved.connect(self._saved)
        self.autosave.failed.connect(self._failed)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("F8", self.findings.next),
            ("Shift+F8", self.findings.previous),
            ("F6", lambda: self.step_pane(1)),
            ("Shift+F6", lambda: self.step_pane(-1)),
            ("Ctrl+Z", self.undo),
            ("Ctrl+Y", self.redo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+PgUp", lambda: self.step(-1)),
            ("Ctrl+PgDown", lambda: self.step(1)),
            ("Alt+Up", lambda: self.step(-1)),
            ("Alt+Down", lambda: self.step(1)),
            ("Ctrl+E", lambda: self.show_page(REVIEW)),
            ("Alt+Left", self.back_requested.emit),
            ("Ctrl+S", self._save_asked),
        )
        if not self._draft.is_example:
            keys += (("Ctrl+H", self.show_past),)
        for sequence, act in keys:
            action = QAction(self)
            action.setShortcut(QKeySequence(sequence))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)

    def _save_asked(self) -> None:
        """Ctrl+S is a habit; it does what would have been done anyway."""
        if not self.session.read_only and self.flush():
            self.message.emit("已经存好。本程序随写随存，不用自己保存。", "done")

    def _changed(self, change: Change) -> None:
        self._settle_soon()
        if change.origin != "edit" and (key := self._page_of(change)) is not None and key != self.key:
            self.show_page(key)

    def _settle_soon(self) -> None:
        if not self._settle.isActive():
            self._settle.start(SETTLE_MS)

    def _follow_settled(self) -> None:
        self.top.follow()
        self._show_sections()
        if not isinstance(QApplication.focusWidget(), QLineEdit):  # nothing moves under the hand that types
            self._fold_findings()

    def _page_of(self, change: Change) -> str | None:
        """The page where a change can be seen; None if the one shown will do."""
        keys = [self._page_of_slot(slot) for slot in change.slots]
        return None if self.key in keys else next((k for k in keys if k is not None), None)

    def _page_of_slot(self, slot: Slot) -> str | None:
        form = self.session.form
        if slot.part == "cells":
            return form.section_of(form.cells[slot.key].ref).key if slot.key in form.cells else None  # type: ignore[index]
        if slot.part in ("texts", "unread", "drafted", "notes") and slot.key in self.keys:
            return slot.key
        if slot.part in ("explanations", "explained"):
            about = slot.key.partition(":")[2].partition(":")[0]
            if self.key == REVIEW:
                return REVIEW
            return form.section_of(form.cells[about].ref).key if about in form.cells else about if about in self.keys else None  # type: ignore[index]
        return PREAMBLE

    def _show_sections(self) -> None:
        numbers = {s.key: s.number for s in self.session.form.sections}
        page = self._pages.get(self.key)
        held_back = page.held_back() if page is not None else frozenset()
        shown = [Section(p.name, p.state.value, p.words, numbers.get(p.key, "引")) for p in progress(self.session, held_back)]
        shown.append(Section(REVIEW_NAME, "file", self._review_words(held_back), "核", apart=True))
        if tuple(shown) != self._sections_shown:
            self._sections_shown = tuple(shown)
            blocked = self.sections.blockSignals(True)
            self.sections.set_sections(shown)
            self.sections.blockSignals(blocked)
            self._mark_section()

    def _review_words(self, held_back: frozenset[Finding]) -> str:
        if not self._reviewed:
            return "还没有核对"
        left = [f for f in self.session.findings if f not in held_back and not self.session.answered(f)]
        told = [f"{n} {word}" for s, word in ((Severity.ERROR, "必须改"), (Severity.EXPLAIN, "请说明")) if (n := sum(f.severity is s for f in left))]
        return " · ".join(told) or "可以导出终稿"

    def _saved(self, when: datetime) -> None:
        self.top.show_saved(when)
        self.message_over.emit()

    def _failed(self, sentence: str) -> None:
        self.top.show_failed(sentence)
        self.message.emit(f"没有存上：{sentence}内容都还在，程序会接着再试。", "error")

    # --- folding ---

    def fold(self) -> None:
        """Fold what the size of the window does not hold (look.md §1)."""
        width, height = self.width(), self.height()
        narrow = width < NARROW_BELOW
        self.top.setVisible(height >= NO_BAR_BELOW)
        self.home.setVisible(height < NO_BAR_BELOW)
        self.top.set_width(width)
        self.sections.set_narrow(narrow)
        self.rail.setFixedWidth(W_SECTIONS_NARROW if narrow else W_SECTIONS)
        for page in self._pages.values():
            page.set_narrow(narrow)
        self._fold_findings()

    def _fold_findings(self) -> None:
        page = self._pages.get(self.key)
        least = getattr(page, "least_width", None)  # of a table that would be scrolled sideways if the findings stood beside it
        narrow = self.width() < NARROW_BELOW or (callable(least) and self.width() - self.rail.width() - W_FINDINGS < least())
        wanted = self.key not in ("", REVIEW) and not getattr(page, "shows_findings", False)
        inside = self.findings.parentWidget() is self._drawer
        if narrow and not inside:
            self._drawer.layout().addWidget(self.findings)
        elif not narrow and inside:
            self._aside.insertWidget(0, self.findings)
        if not narrow or not wanted:
            self._drawer.hide()
        self.findings.setVisible(wanted)
        explains = wanted and not narrow and self.height() >= HELP_FROM and page is not None and page.explained
        self.help.setVisible(explains)
        if page is not None:
            page.set_help_beside(explains)
        self.foot.set_folded(narrow and wanted, width=self.width())
        self._count()
        self._place_drawer()

    def _count(self) -> None:
        counts = self.findings.counts
        self.foot.show_counts(counts.errors, counts.explains, counts.hints, counts.blanks)
        if not self.findings.writing:  # the field of a reason stays where it is written in
            self._aside.setStretch(0, 1)
            self._aside.setStretch(1, 1 if counts.total or counts.blanks else 4)  # nothing to mend: the room is for 怎么数

    def _toggle_drawer(self) -> None:
        self._drawer.setVisible(not self._drawer.isVisible())
        self._place_drawer()
        self._drawer.raise_()

    def _place_drawer(self) -> None:
        room = self._sheet.size()
        height = min(max(room.height() - self.foot.height() - S4, 120), 420)
        self._drawer.setGeometry(room.width() - W_FINDINGS - 10 - S2, room.height() - self.foot.height() - height - 2, W_FINDINGS + 10, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._drawer.isVisible():
            self._drawer.hide()
        elif self.session.read_only and event.text().isprintable() and event.text():  # a field refused it
            self.message.emit(self._draft.read_only, "hint")
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()


def _looking(draft: OpenDraft, copy: Button) -> QWidget:
    """The thin bar over a report that can only be looked at, with the way to a `copy` of an example; nothing as a rule."""
    show_if(copy, draft.is_example)
    lay = row(Mark("hint" if draft.is_example else "explain", 14), label(draft.read_only, "label", wrap=True), copy, gap=S2, margins=(S4, S1, S4, S1))
    lay.setStretch(1, 1)
    out = holder(lay, Sheet("accent_soft" if draft.is_example else "warn_soft"))
    out.setHidden(not draft.read_only)
    return out


def _split(place: str) -> tuple[str, str]:
    key, _, rest = place.partition("|")
    return key, rest
