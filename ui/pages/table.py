"""A section that is a table: what it wants, the table with its balance strip, and how to count.

Everything about the table comes from `TableDef`; the page knows no row and no column. How to count is said by the window beside the page,
or behind 怎么数 where there is no room.
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gxdesk.cells import CellRef, State
from gxdesk.checks.finding import Finding
from gxdesk.forms.help import table_help
from gxdesk.session import Change, Session
from ui.announce import announce
from ui.bridge import Bridge
from ui.library import Choices
from ui.pages.page import Page
from ui.panels.help import HelpPanel, help_card
from ui.parts import Button, Item, Mark, column, holder, label, row, set_tone, show_if
from ui.popover import Popover
from ui.table.sheet import TableSheet
from ui.tokens import S1, S2, S3, S4, S5, font

LEAST_WIDTH = 320  # the window decides how narrow it gets, not a page
NOTICE_MS = 8000
FILL_LABEL = "全年无发生"
LOW = 2  # rows: a table that leaves room under it
SEEN = 12  # rows of a long table that are to be seen whole (look.md §1)
EXPLAINED = "explained_rows"  # the name of that choice
HOW_FROM = 400  # px of height for a line over the table that says how the cell is counted


class TablePage(Page):
    """A table section."""

    topic = "tables"

    def __init__(self, key: str, session: Session, bridge: Bridge, choices: Choices | None = None) -> None:
        """`choices` is what she chose before, for all tables; without them the page has its own."""
        super().__init__(key, session, bridge)
        self.setMinimumWidth(LEAST_WIDTH)
        self._choices = choices or Choices.of_one_session()
        self.section = session.form.section(key)
        assert self.section.table is not None, key
        self.table = session.form.tables[self.section.table]
        self.sheet = TableSheet(session, bridge, self.table.key)
        self.grid = self.sheet.grid
        self.adapter = self.grid.adapter
        self._narrow = self._beside = False
        self.explained = table_help(session.form, self.table.key) is not None
        self._build_head()
        self._build_totals_strip()
        self._note = label("", "label", "text2", wrap=True)
        self._gap = QWidget()
        self.under = show_if(HelpPanel(session, under=True), False)  # in the room a low table leaves, where there is none beside it
        self._lay = column(self._head, self._note, self._totals, self._gap, self.sheet, self.under, None, gap=2)
        self._lay.setStretch(4, 1000)  # up to its greatest height; what is left stays empty below
        self._lay.setStretch(5, 900)
        self.setLayout(self._lay)
        self._notice_over = QTimer(self)
        self._notice_over.setSingleShot(True)
        self._notice_over.setInterval(NOTICE_MS)
        self._notice_over.timeout.connect(self._say_note)
        self.grid.current_ref_changed.connect(self.cell_chosen)
        self.grid.current_ref_changed.connect(self.under.show_cell)
        self.grid.moment_reached.connect(self.moment_reached)
        self.grid.current_ref_changed.connect(self._cell_changed)
        self.grid.refused.connect(lambda words: self._notify(words, alarming=True))
        self.grid.noticed.connect(lambda words: self._notify(words, alarming=False))
        bridge.changed.connect(self._follow)
        self.set_narrow(False)
        self._show_totals()

    # --- the page ---

    def show_finding(self, finding: Finding) -> None:
        here = [ref for ref in finding.refs if ref in self.table.cells]
        if here:
            self.grid.go_to(here[0], here)
        else:
            self.take_focus()

    def take_focus(self) -> None:
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def cell(self) -> CellRef | None:
        return self.grid.current_ref()

    def place(self) -> str:
        return str(self.cell() or "")

    def return_to(self, place: str) -> None:
        index = self.adapter.index_of(CellRef(place))
        if index.isValid():
            self.grid.setCurrentIndex(index)
            self.grid.scrollTo(index)

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        pad = S4 if narrow else S5
        self._lay.setContentsMargins(pad, S2 if narrow else S4, pad, S2 if narrow else S3)
        self._gap.setFixedHeight(S1 if narrow else S2)
        self.sheet.set_narrow(narrow)
        self.explains.setVisible(self._can_explain and not narrow)
        self._say_note()
        self._say_heading()

    def least_width(self) -> int:
        """Width in px below which the table must be scrolled sideways: the findings had better be folded than this."""
        margins = self._lay.contentsMargins()
        return margins.left() + margins.right() + self.grid.least_width() + 2

    # --- Qt ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_help()
        self._explain()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explain()

    # --- building ---

    def _build_head(self) -> None:
        self._heading = label(self.section.heading, "title")
        items: list[Item] = [self._heading, None]
        self._how = Button("怎么数", "quiet")
        self._how.clicked.connect(self._show_help)
        show_if(self._how, self.explained)
        items.append(self._how)
        self.last_year = Button("去年数", "quiet", "check", checkable=True)
        self.last_year.setChecked(True)
        self.last_year.setToolTip("显示或收起去年的数（Ctrl+L）")
        self.last_year.toggled.connect(self._toggle_last_year)
        show_if(self.last_year, self.session.last_figures is not None)
        if self.session.last_figures is not None:
            items.append(self.last_year)
            shortcut = QShortcut(QKeySequence("Ctrl+L"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.last_year.toggle)
        self.explains = Button("栏目说明", "quiet", "check", checkable=True)
        self.explains.setChecked(True)
        self.explains.setToolTip("每个栏目下面用一句话说明数什么；收起来一屏能看到更多行")
        self.explains.toggled.connect(self._toggle_explained)
        self.explains.clicked.connect(lambda shown: self._choices.keep(EXPLAINED, shown))
        show_if(self.explains, self._can_explain)
        items.append(self.explains)
        self.nothing = Button("本表全年无发生", "plain", small=True)
        self.nothing.setToolTip("空着的格都填 0，填过的不动")
        self.nothing.clicked.connect(self._nothing_happened)
        show_if(self.nothing, not self.session.read_only)
        items.append(self.nothing)
        self._head = holder(row(*items, gap=S1))

    def _say_heading(self) -> None:
        """The heading of the form; its short name where the buttons leave no room for it."""
        buttons = sum(b.sizeHint().width() + S1 for b in (self._how, self.last_year, self.explains, self.nothing) if not b.isHidden())
        margins = self._lay.contentsMargins()
        room = self.width() - margins.left() - margins.right() - buttons - S2
        whole = QFontMetricsF(font("title")).horizontalAdvance(self.section.heading)
        self._heading.setText(self.section.heading if whole <= room else self.section.short)
        self._heading.setToolTip("" if whole <= room else self.section.heading)

    def _build_totals_strip(self) -> None:
        self._totals_words = label("", "label", "warn", wrap=True)
        self.use_sums = Button("改用自动合计", "plain", small=True)
        self.use_sums.clicked.connect(self._use_sums)
        show_if(self.use_sums, not self.session.read_only)
        lay = row(Mark("explain", 14), self._totals_words, self.use_sums, gap=S2, margins=(0, S1, 0, 0))
        lay.setStretch(1, 1)
        self._totals = holder(lay)
        self._totals.hide()

    # --- help ---

    def set_help_beside(self, beside: bool) -> None:
        """Whether the window shows 怎么数 itself; else a button does."""
        self._beside = beside
        self._place_help()
        if not self._notice_over.isActive():
            self._say_note()

    def _place_help(self) -> None:
        low = self.adapter.layout.rows <= LOW and self.height() >= HOW_FROM
        self.under.setVisible(self.explained and not self._beside and low)
        self._how.setVisible(self.explained and not self._beside and not low)
        self._say_heading()

    def _show_help(self) -> None:
        if Popover.put_away(self._how):
            return
        ref = self.grid.current_ref() or next(iter(self.table.cells))
        card = help_card(self.session, ref)
        if card is not None:
            width = min(420, self.window().width() - 80)
            scroll = QScrollArea()
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setWidgetResizable(True)
            scroll.setWidget(card)
            scroll.setFixedSize(width, min(card.heightForWidth(width) + 4, self.window().height() * 2 // 3))
            scroll.setAccessibleName(card.accessibleName())
            scroll.setProperty("box", "pane")
            Popover.open_under(self._how, column(scroll))
            scroll.setFocus(Qt.FocusReason.PopupFocusReason)  # the arrows scroll it, Esc closes it

    # --- zeros for all that is blank ---

    def _nothing_happened(self) -> None:
        """Fill what is blank with 0. Where something else than 0 stands, ask once: perhaps she is on the wrong table."""
        if Popover.put_away(self.nothing):
            return
        self.grid.finish()
        blank = self.grid.blank_inputs()
        if not blank:
            self._notify("没有空着的格。", alarming=False)
            return
        figures = self.session.figures
        others = sum(1 for ref in self.table.inputs if figures.entry(ref).state is State.BAD or figures.value(ref))
        if others:
            self._ask(len(blank), others)
        else:
            self._fill_blanks()

    def _ask(self, blank: int, others: int) -> None:
        yes, no = Button(f"{blank} 个空格填 0", "plain", small=True), Button("先不填", "quiet", small=True)
        words = label(f"这张表已有 {others} 格不是 0。只给空着的 {blank} 格填 0，填过的不动？", "label", wrap=True)
        words.setFixedWidth(260)
        popover = Popover.open_under(self.nothing, column(words, S1, row(yes, no, None, gap=S1), gap=S1))
        yes.clicked.connect(popover.hide)
        yes.clicked.connect(self._fill_blanks)
        no.clicked.connect(popover.hide)
        yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_blanks(self) -> None:
        blank = self.grid.blank_inputs()
        if blank:
            self.session.set_cells(dict.fromkeys(blank, "0"), FILL_LABEL)
            self._notify(f"{len(blank)} 个空格填了 0。填错了可以撤销。", alarming=False)
        self.take_focus()

    # --- totals that came with a file ---

    def _typed_totals(self) -> list[CellRef]:
        return [ref for ref, cell in self.table.cells.items() if cell.parts and self.session.figures.is_typed(ref)]

    def _show_totals(self) -> None:
        figures, typed = self.session.figures, self._typed_totals()
        differing = sum(1 for ref in typed if not figures.total(ref).missing and figures.entry(ref).value != figures.total(ref).value)
        left_out = any(not figures.is_typed(ref) and not figures.total(ref).missing for ref, cell in self.table.cells.items() if cell.parts)
        what = f"有 {differing} 个总计和各项相加不一样" if differing else "的总计没有写全"
        self._totals_words.setText(f"读入的文件里{what}。核对各项没有错，就改用自动合计。")
        self._totals.setVisible(bool(differing or (typed and left_out)))

    def _use_sums(self) -> None:
        """Totals are computed from now on; what the file said is one undo away."""
        self.grid.finish()
        self.session.set_cells(dict.fromkeys(self._typed_totals(), ""), "改用自动合计")
        self.take_focus()

    # --- words ---

    def _follow(self, change: Change) -> None:
        if any(ref.table == self.table.key for ref in change.cells):
            self._show_totals()
            if self._notice_over.isActive():  # what was refused before has been overtaken
                self._notice_over.stop()
                self._say_note()

    @property
    def _can_explain(self) -> bool:
        """Whether there is a label with something to say under it."""
        return any(label.how for label in self.adapter.layout.side)

    def _explain(self) -> None:
        """栏目说明 as she chose it, on whichever table. Until she has: on where `SEEN` whole rows stay in sight with it, else off. What the cell
        she is in counts is then said beside the table, or in the line over it."""
        if self._narrow or not self._can_explain:
            return
        around = self._lay.contentsMargins().bottom() + self.sheet.table_height() - self.grid.table_height() + self.grid.top.height()
        fits = self.grid.explained_height(SEEN) <= self.height() - self.sheet.y() - around
        self.explains.setChecked(bool(self._choices.recall(EXPLAINED, fits)))

    def _toggle_explained(self, shown: bool) -> None:
        self.grid.set_explained(shown)
        self.sheet.updateGeometry()

    def _toggle_last_year(self, shown: bool) -> None:
        self.grid.set_show_last_year(shown)
        self._say_note()

    def _cell_changed(self) -> None:
        if not self._beside and not self._notice_over.isActive():
            self._say_note()

    def _say_note(self) -> None:
        """What is to be known to fill the table, and how the cell she is in is counted where nothing beside the table says it; in a narrow
        window only that."""
        set_tone(self._note, "text2")
        parts = [] if self._narrow else [self.section.note or self.table.note]
        last = self.session.last_report
        if not self._narrow and last is not None and self.last_year.isChecked() and any(self.adapter.last(ref) for ref in self.table.inputs):
            parts.append(f"格右小字是 {last.year} 年的数。" if last.year else "格右小字是去年的数。")
        if not self._beside:
            parts.append(self._how_told())
        self._note.setText("".join(parts))
        self._note.setVisible(any(parts))

    def _how_told(self) -> str:
        """Row and column of the current cell, in one line each."""
        help_, ref = table_help(self.session.form, self.table.key), self.cell()
        if help_ is None or ref is None or self.height() < HOW_FROM or not self.under.isHidden():
            return ""
        cell = self.table.cells[ref]
        return f"{cell.row.short}：{help_.rows[cell.row.key].line}。{cell.column.short}：{help_.columns[cell.column.key].line}。"

    def _notify(self, words: str, *, alarming: bool) -> None:
        """A sentence in place of the note, for a while."""
        set_tone(self._note, "warn" if alarming else "text2")
        self._note.setText(words)
        self._note.show()
        announce(self._note, words)
        self._notice_over.start()
