"""The start page: the report that is due, the reports of past years, and the ways to a new one.

It shows what it is given (`show_drafts`) and asks for everything else by signal; it neither opens nor changes a report. Past years are one
list view over a model, so that 10,000 of them cost no more than what is in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QHideEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.due import Today, due, local, said_of_year, year_due
from ui.magnify import STEPS, offered
from ui.pages.due import Card
from ui.pages.first import FirstStart
from ui.pages.years import ROW_HEIGHT, YearList, YearModel, day_told, year_line, year_words
from ui.parts import (
    Button,
    Sheet,
    column,
    holder,
    label,
    row,
)
from ui.popover import Popover
from ui.tokens import (
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    Mode,
    look,
)
from ui.year_field import YearField

if TYPE_CHECKING:  # the window is on the screen before library and forms are read
    from gxdesk.drafts.store import DraftSummary
    from gxdesk.forms.definition import FormDef
    from gxdesk.forms.known import Forms

PAGE_WIDTH = 880
LEAST_ROOM = 420  # px of height, below which the empty page goes without what explains
MODES = {Mode.SYSTEM: "跟随系统", Mode.LIGHT: "浅色", Mode.DARK: "深色"}


class NewReport(Popover):
    """Asks for the year of a new report."""

    year_chosen = Signal(int)

    def __init__(self, window: QWidget, forms: Forms, years: Sequence[int | None], year: int) -> None:
        self._forms, self._years = forms, frozenset(years)
        self.field = YearField(year, 96)
        self.go = Button("新建", "primary")
        self.words = label("", "caption", "text2", wrap=True)
        self.words.setFixedWidth(248)
        super().__init__(window, column(label("新建哪一年的报告？", "strong"), S1, row(self.field, label("年度", "body"), None, self.go), self.words, gap=S1))
        self.field.textChanged.connect(self._judge)
        self.field.returnPressed.connect(self._choose)
        self.go.clicked.connect(self._choose)
        self.closed.connect(self.deleteLater)
        self._judge()

    def ask_at(self, anchor: QRect) -> None:
        self.show_at(anchor)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def _judge(self) -> None:
        """Say what the year means before it is chosen."""
        said, good = said_of_year(self._forms, self.field.text())
        if good and self.field.year in self._years:
            said = f"已经有一份 {self.field.text()} 年度的报告，会再建一份。" + said
        self.words.setText(said)
        self.words.setFixedHeight(self.words.heightForWidth(248))
        self.go.setEnabled(good)
        self.adjustSize()

    def _choose(self) -> None:
        if self.go.isEnabled():
            year = self.field.year
            self.hide()
            self.year_chosen.emit(year)


class StartPage(QScrollArea):
    """Where the program begins. Until `show_drafts` is first called it shows its heading alone."""

    topic = "first"  # of the manual
    open_requested = Signal(int, str)  # draft id, key of the page to show or "" for where she was
    new_requested = Signal(int)  # year
    copy_requested = Signal(int, int)  # draft id, new year: its agency and texts for another year
    file_requested = Signal()
    last_year_requested = Signal()
    example_requested = Signal()
    slips_requested = Signal()
    sources_requested = Signal()
    export_requested = Signal(int)
    delete_requested = Signal(int)
    undelete_requested = Signal(int)
    library_requested = Signal()  # the menu of what concerns all reports together
    mode_chosen = Signal(object)  # a tokens.Mode
    large_chosen = Signal(bool)  # 大字
    magnify_chosen = Signal(int)  # 放大, per cent
    times_requested = Signal()  # 时间与提醒 of the report that is due
    manual_requested = Signal()
    self_check_requested = Signal()

    def __init__(self, today: Today = date.today) -> None:
        super().__init__()
        self._today = today
        self._forms: Forms | None = None
        self._drafts: Sequence[DraftSummary] = ()
        self._deleted: Sequence[DraftSummary] = ()
        self._agency_name = ""
        self._earlier: Sequence[int] = ()
        self.magnified = STEPS[0]  # per cent, as chosen for the next start
        self._dated: tuple[FormDef, int] | None = None
        self._running: DraftSummary | None = None
        self._newest: DraftSummary | None = None  # of her own reports
        self._asking: NewReport | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._agency = label("", "body", "text2")
        self.card = Card()
        self.card.continue_requested.connect(self._continue)
        self.card.review_requested.connect(self._review)
        self.card.menu.clicked.connect(lambda: self._running and self._show_menu(self._running.id, self._below(self.card.menu)))
        self.card.times.clicked.connect(self.times_requested)
        self.model = YearModel(lambda d: year_line(d, self.forms, self._agency_name, self._today()))
        self.years = YearList(self.model)
        self.years.open_requested.connect(lambda draft: self.open_requested.emit(draft, ""))
        self.years.menu_requested.connect(self._show_menu)
        self.years.delete_requested.connect(self.delete_requested)
        self.years.selectionModel().currentChanged.connect(self._keep_in_sight)
        self._list = QFrame()
        self._list.setProperty("box", "line")
        holder(column(self.years, margins=(1, 1, 1, 1)), self._list)
        self.new = Button("新建", icon="plus")
        self.new.clicked.connect(lambda: self.ask_year(self.new))
        self._past = label("往年", "heading")
        self._no_past = label("还没有别的报告。有去年的报告，可以从它读入去年的数。", "label", "text2")
        self._tools = holder(row(self._past, None, self._file_button(), self._last_year_button("plain"), self.new))
        self._full = holder(column(self.card, S3, self._tools, self._no_past, self._list, gap=S2))
        self.first = FirstStart()
        self.first.last_year_requested.connect(self.last_year_requested)
        self.first.file_requested.connect(self.file_requested)
        self.first.begun.connect(self.new_requested)
        for widget in (self._full, self.first):
            widget.setVisible(False)
        self.appearance = Button("", "quiet", trailing="down", small=True)
        self.appearance.clicked.connect(self._show_modes)
        self.library = Button("报告库", "quiet", trailing="down", small=True)
        self.library.setToolTip("备份、恢复、交接")
        self.library.clicked.connect(self.library_requested)
        self.bin = Button("", "quiet", "trash", small=True)
        self.bin.clicked.connect(self._show_bin)
        self.example = Button("试填样例", "quiet", "file", small=True)
        self.example.clicked.connect(self.example_requested)
        self.help = Button("帮助", "quiet", "help", trailing="down", small=True)
        self.help.setToolTip("用户手册、自检")
        self.help.clicked.connect(lambda: self._pop_up(self.help_menu(), self._below(self.help)))
        self.slips = Button("错误示范", "quiet", small=True)
        self.slips.setToolTip("一份写错了的样例：看看常见的错怎么被找出来、怎么改")
        self.slips.clicked.connect(self.slips_requested)
        self.sources = Button("法规和格式通知", "quiet", small=True)
        self.sources.clicked.connect(self.sources_requested)
        for button in (self.bin, self.library):
            button.setVisible(False)
        self._foot = row(self.help, self.example, self.slips, self.sources, self.bin, None, self.library, self.appearance, gap=S1)
        head = column(label("政府信息公开工作年度报告", "display"), self._agency, gap=S1)
        inner = holder(column(S6, head, S4, self._full, self.first, None, S3, self._foot, S4, gap=0))
        inner.setMaximumWidth(PAGE_WIDTH)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._inner = inner
        outer = row(None, inner, None, margins=(S5, 0, S5, 0), gap=0)
        outer.setStretch(1, 1000)
        self._ground = holder(outer, Sheet("canvas"))
        self.setWidget(self._ground)
        look().changed.connect(self._name_mode)
        self._name_mode()

    # --- for the window ---

    @property
    def forms(self) -> Forms:
        """The forms. Raises RuntimeError before `show_drafts`."""
        if self._forms is None:
            raise RuntimeError("no forms given yet")
        return self._forms

    def show_drafts(self, forms: Forms, drafts: Sequence[DraftSummary], deleted: Sequence[DraftSummary] = (), agency: str = "", earlier: Sequence[int] = ()) -> None:
        """Show the library: `drafts` newest first. `agency` is the officer's own, `earlier` month and day of the deadline of her place."""
        self._forms, self._earlier = forms, earlier
        self._stop_asking()
        reports = [d for d in drafts if not d.is_sample]
        self._drafts, self._deleted, self._agency_name = drafts, deleted, agency or (reports[0].agency if reports else "")
        self._agency.setText(self._agency_name if drafts else "三步开始第一份报告，不用登录，不用联网，随写随存。")
        self._fit()
        self.first.show_forms(forms, year_due(self._today()))
        if drafts or not self.first.name.isModified():
            self.first.name.setText(agency)
        self.first.setVisible(not drafts)
        self._full.setVisible(bool(drafts))
        self.bin.setText(f"找回删除的报告（{len(deleted)}）")
        self.bin.setVisible(bool(deleted))
        self.library.setVisible(True)
        if drafts:
            hers = [d for d in reports if d.agency == self._agency_name] or reports
            self._show_running(hers[0] if hers else None)  # examples and others' reports are among the rows
        past = [d for d in drafts if d is not self._running] if drafts else []
        earlier_only = all(d.year is not None and d.year < year_due(self._today()) and not d.is_sample for d in past)
        self._past.setText("往年" if earlier_only else "其他报告")
        self.years.setAccessibleName("往年的报告" if earlier_only else "其他报告")
        self.model.show(past)
        self._list.setVisible(bool(past))
        self._no_past.setVisible(not past)

    def take_focus(self) -> None:
        """Put the focus on the one filled button, in an empty library on the first thing to say."""
        (self.card.go if self._drafts else self.first.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_year(self, at: QWidget) -> NewReport:
        """Ask which year a new report is about, beside the button that was pressed."""
        window = self.window()
        asking = NewReport(window, self.forms, [d.year for d in self._drafts], year_due(self._today()))
        asking.year_chosen.connect(self.new_requested)
        asking.closed.connect(self._asked)
        self._stop_asking()
        self._asking = asking
        asking.ask_at(QRect(at.mapTo(window, QPoint(0, 0)), at.size()))
        return asking

    @property
    def dated(self) -> tuple[FormDef, int] | None:
        """Form and year of the report whose days are counted; None in an empty library."""
        return self._dated

    @property
    def said_agency(self) -> dict[str, str]:
        """What she has said of her agency on the empty page."""
        return {} if self._drafts else self.first.agency

    def show_earlier(self, earlier: Sequence[int]) -> None:
        """The deadline of her place changed."""
        self._earlier = earlier
        self._show_days()

    # --- how ---

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.hide()

    def _asked(self) -> None:
        self._asking = None

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop_asking()

    def _show_running(self, newest: DraftSummary | None) -> None:
        wanted = year_due(self._today())
        self._newest = newest
        running = self._running = newest if newest is not None and (newest.year is None or newest.year >= wanted) else None
        if running is not None:
            self.card.show_draft(running)
        else:
            beside = newest is not None and newest.year == wanted - 1 and newest.agency == self._agency_name
            self.card.show_due(wanted, newest, beside=beside)
        year = running.year if running is not None and running.year else wanted
        form = self.forms[running.form] if running is not None and running.form in self.forms else self.forms.for_year(year)
        self._dated = form, year
        self._show_days()

    def _show_days(self) -> None:
        if self._dated is not None:
            counted = due(*self._dated, self._agency_name, self._earlier, self._today())
            self.card.show_days(counted.day, (counted.day - self._today()).days, counted.what)

    def _continue(self) -> None:
        if self._running is not None:
            self.open_requested.emit(self._running.id, "")
        else:
            self.new_requested.emit(year_due(self._today()))

    def _review(self) -> None:
        if self._running is not None:
            self.open_requested.emit(self._running.id, "review")
        elif self._newest is not None:
            self.copy_requested.emit(self._newest.id, year_due(self._today()))

    def _show_menu(self, draft_id: int, where: QPoint) -> None:
        draft = next(d for d in self._drafts if d.id == draft_id)
        menu = QMenu(self)
        menu.addAction("打开").triggered.connect(lambda: self.open_requested.emit(draft_id, ""))
        if draft.year:
            copy = menu.addAction(f"复制为 {draft.year + 1} 年度")
            copy.setToolTip("单位信息和文字照抄，表格的数都空着")
            copy.triggered.connect(lambda: self.copy_requested.emit(draft_id, (draft.year or 0) + 1))
        menu.addAction("导出报告文件…").triggered.connect(lambda: self.export_requested.emit(draft_id))
        menu.addSeparator()
        menu.addAction("删除").triggered.connect(lambda: self.delete_requested.emit(draft_id))
        menu.setToolTipsVisible(True)
        self._pop_up(menu, where)

    def _show_bin(self) -> None:
        menu = QMenu(self)
        for draft in self._deleted[:20]:
            words = " ".join(filter(None, (year_words(draft), draft.agency)))
            when = local(draft.deleted_at or 0).date()
            menu.addAction(f"找回 {words}（{day_told(when, self._today())}删除）").triggered.connect(lambda _=False, i=draft.id: self.undelete_requested.emit(i))
        self._pop_up(menu, self._below(self.bin))

    def help_menu(self) -> QMenu:
        """帮助: what there is to read, and whether everything works on this computer."""
        menu = QMenu(self)
        menu.addAction("用户手册\tF1").triggered.connect(self.manual_requested)
        menu.addAction("自检…").triggered.connect(self.self_check_requested)
        return menu

    def _show_modes(self) -> None:
        menu = QMenu(self)
        for mode, words in MODES.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(mode is look().mode)
            action.triggered.connect(lambda _=False, m=mode: self.mode_chosen.emit(m))
        menu.addSeparator()
        large = menu.addAction("大字")
        large.setCheckable(True)
        large.setChecked(look().large)
        large.triggered.connect(self.large_chosen)
        magnified = menu.addMenu("放大")
        for percent in offered(self.screen()):
            action = magnified.addAction(f"{percent} %")
            action.setCheckable(True)
            action.setChecked(percent == self.magnified)
            action.triggered.connect(lambda _=False, p=percent: self.magnify_chosen.emit(p))
        self._pop_up(menu, self._below(self.appearance))

    @staticmethod
    def _pop_up(menu: QMenu, where: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    @staticmethod
    def _below(button: QWidget) -> QPoint:
        return button.mapToGlobal(QPoint(0, button.height()))

    def _name_mode(self) -> None:
        self.appearance.setText(f"外观：{MODES[look().mode]}{'，大字' if look().large else ''}")
        self.appearance.updateGeometry()

    def _keep_in_sight(self, current: QModelIndex) -> None:
        r = self.years.visualRect(current)
        top = self.years.mapTo(self._ground, r.center())
        self.ensureVisible(top.x(), top.y(), 0, ROW_HEIGHT)

    def _file_button(self) -> Button:
        out = Button("打开文件…", "quiet", "open")
        out.setToolTip("打开别处拷来的报告文件，或看看一份已经公布的报告。原文件不会被改动")
        out.clicked.connect(self.file_requested)
        return out

    def _last_year_button(self, kind: Any) -> Button:
        out = Button("从去年的报告开始", kind, "copy")
        out.setToolTip("选去年的报告（网页、Word、PDF、文本、报告文件都行）：单位信息和文字带进今年的报告，去年的数显示在格子旁边")
        out.clicked.connect(self.last_year_requested)
        return out

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Closer together in a low window, so that the last of the three steps is in sight."""
        tight, least = self.height() < 560, self.height() < LEAST_ROOM
        self.first.set_tight(tight, least=least)
        self._agency.setVisible(bool(self._agency.text()) and (bool(self._drafts) or not least))
        layout = self._inner.layout()
        if isinstance(layout, QVBoxLayout) and (space := layout.itemAt(0).spacerItem()) is not None:
            space.changeSize(0, S1 if least else S3 if tight else S6)
            layout.invalidate()
