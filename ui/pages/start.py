"""The start page: the report that is due, the reports of past years, and the ways to a new one.

It shows what it is given (`show_drafts`) and asks for everything else by signal; it neither opens nor changes a report. Past years are one
list view over a model, so that 10,000 of them cost no more than what is in sight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QHideEvent,
    QIntValidator,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gxdesk.errors import UserError
from gxdesk.progress import State
from ui.due import Today, day_words, days_left, deadline, local, year_due
from ui.paint import LEFT, box, line, shape
from ui.parts import (
    Button,
    Mark,
    Popover,
    Rule,
    Sheet,
    column,
    holder,
    label,
    row,
    set_tone,
)
from ui.standing import Standing
from ui.tokens import (
    H_CONTROL,
    R_CARD,
    R_CONTROL,
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    Mode,
    Tone,
    colour,
    font,
    look,
    theme,
)

if TYPE_CHECKING:  # the window is on the screen before library and forms are read
    from gxdesk.drafts.store import DraftSummary
    from gxdesk.forms.definition import Forms

PAGE_WIDTH = 880
ROW_HEIGHT = 58
YEAR_AT, STATE_AT, DETAIL_AT = 25, 144, 301  # where the columns of a past year begin
Index = QModelIndex | QPersistentModelIndex
DRAFT = "草稿"  # how 核对与导出 names an export that is not the final one
MODES = {Mode.SYSTEM: "跟随系统", Mode.LIGHT: "浅色", Mode.DARK: "深色"}


@dataclass(frozen=True)
class YearLine:
    """One past report as a line: what is painted and what a screen reader says."""

    id: int
    year: str
    mark: str
    state: str
    detail: str
    form: str

    @property
    def spoken(self) -> str:
        return "，".join(filter(None, (self.year, self.state, self.detail, self.form)))


def year_line(draft: DraftSummary, forms: Forms, agency: str, today: date) -> YearLine:
    """What the list says of a draft. `agency` is the officer's own; another one is named."""
    standing = Standing.loads(draft.progress)
    when = local(draft.modified).date()
    if draft.exported_at is not None:
        stage, _, files = draft.exported_what.rpartition("：")
        mark, state = "doing" if stage == DRAFT else "done", f"已导出{stage}"
        detail = f"{_day(local(draft.exported_at).date(), today)}导出 {files}".strip()
    elif not standing.sections:
        mark, state, detail = "file", "没有打开过", f"{_day(when, today)}加入"
    else:
        worst = standing.strongest
        words = {State.ERROR: "有必须改的", State.EXPLAIN: "有要说明的", State.DONE: "已写完", State.DOING: "进行中", State.TODO: "未开始"}
        mark, state, detail = worst.value, words[worst], f"{_day(when, today)}改过，{len(standing.sections)} 项中 {standing.done} 项完成"
    if draft.agency and draft.agency != agency:
        detail = f"{draft.agency}，{detail}"
    name = forms[draft.form].name if draft.form in forms else ""
    return YearLine(draft.id, _year(draft), mark, state, detail, name.replace(" 年", " "))


def _year(draft: DraftSummary) -> str:
    return f"{draft.year} 年度" if draft.year else "年度未填"


def _day(day: date, today: date) -> str:
    return "今天" if day == today else day_words(day) if day.year == today.year else f"{day.year} 年 {day_words(day)}"


class YearModel(QAbstractListModel):
    """Past reports, newest first. Lines are put into words when they are first painted."""

    def __init__(self, words: Callable[[DraftSummary], YearLine]) -> None:
        super().__init__()
        self._words = words
        self._drafts: Sequence[DraftSummary] = ()
        self._lines: dict[int, YearLine] = {}

    def show(self, drafts: Sequence[DraftSummary]) -> None:
        self.beginResetModel()
        self._drafts, self._lines = drafts, {}
        self.endResetModel()

    def draft(self, row: int) -> DraftSummary:
        return self._drafts[row]

    def line(self, row: int) -> YearLine:
        found = self._lines.get(row)
        if found is None:
            found = self._lines[row] = self._words(self._drafts[row])
        return found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self._drafts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.line(index.row()).spoken
        return None


class _YearPainter(QStyledItemDelegate):
    """A past year: year, state, what happened last, format, 打开 and the menu."""

    def __init__(self, of: YearList) -> None:
        super().__init__(of)
        self._list = of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(10, ROW_HEIGHT)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, r, said = theme(), QRectF(option.rect), self._list.model_.line(index.row())
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_MouseOver:
            box(p, r.adjusted(1, 1 if index.row() else 0, -1, 0), R_CARD - 1 if self._list.model_.rowCount() == 1 else 0, t.sunken)
        if index.row():
            line(p, r.left(), r.top(), r.right(), r.top(), t.line)
        if self._list.ringed == index.row():
            box(p, r.adjusted(4, 4, -4, -4), R_CONTROL, None, t.accent, 2)
        middle = r.center().y()
        open_at, menu_at = self._list.open_rect(r.toRect()), self._list.menu_rect(r.toRect())
        self._text(p, r, YEAR_AT, STATE_AT, said.year, "strong", "text")
        shape(p, said.mark, QRectF(r.left() + STATE_AT, middle - 8, 16, 16))
        self._text(p, r, STATE_AT + 24, DETAIL_AT, said.state, "body", "text")
        form_width = QFontMetricsF(font("caption")).horizontalAdvance(said.form)
        form_left = open_at.left() - S3 - form_width
        roomy = form_left - DETAIL_AT > 160
        self._text(p, r, DETAIL_AT, (form_left if roomy else open_at.left()) - S4, said.detail, "label", "text2")
        if roomy:
            self._text(p, r, form_left, form_left + form_width + S2 + 2, said.form, "caption", "text3")
        over = self._list.hot
        for part, rect in (("open", open_at), ("menu", menu_at)):
            if over == (index.row(), part):
                box(p, rect, R_CONTROL, t.hover)
        p.setFont(font("label"))
        p.setPen(t.accent)
        p.drawText(QRectF(open_at), Qt.AlignmentFlag.AlignCenter, "打开")
        shape(p, "more", QRectF(menu_at).adjusted(6, 6, -6, -6), t.text2)

    @staticmethod
    def _text(p: QPainter, r: QRectF, left: float, right: float, words: str, role: Any, tone: Tone) -> None:
        f = font(role)
        p.setFont(f)
        p.setPen(colour(tone))
        room = QRectF(r.left() + left, r.top(), max(right - left - S2, 0), r.height())
        p.drawText(room, LEFT, QFontMetricsF(f).elidedText(words, Qt.TextElideMode.ElideRight, room.width()))


class YearList(QListView):
    """Past years. Enter or a double click opens, the menu key, the right button or … shows the menu, Delete deletes."""

    open_requested = Signal(int)  # draft id
    menu_requested = Signal(int, QPoint)  # draft id, where, on the screen
    delete_requested = Signal(int)

    def __init__(self, model: YearModel) -> None:
        super().__init__()
        self.model_ = model
        self.hot: tuple[int, str] | None = None  # row and part under the pointer
        self._ring = False
        self._pressed: tuple[int, str] | None = None
        self.setAccessibleName("往年的报告")
        self.setModel(model)
        self.setItemDelegate(_YearPainter(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.modelReset.connect(self._fit)
        self._fit()

    @property
    def ringed(self) -> int:
        """The row with the keyboard's ring, or -1."""
        return self.currentIndex().row() if self._ring and self.hasFocus() else -1

    def open_rect(self, r: QRect) -> QRect:
        return QRect(r.right() - 106, r.center().y() - 14, 48, 29)

    def menu_rect(self, r: QRect) -> QRect:
        return QRect(r.right() - 44, r.center().y() - 14, 29, 29)

    def _fit(self) -> None:
        self.setFixedHeight(min(self.model_.rowCount() * ROW_HEIGHT, 16_000_000))  # Qt's widgets end at 2^24 px

    def _part(self, at: QPoint) -> tuple[int, str] | None:
        index = self.indexAt(at)
        if not index.isValid():
            return None
        r = self.visualRect(index)
        part = "open" if self.open_rect(r).contains(at) else "menu" if self.menu_rect(r).contains(at) else ""
        return index.row(), part

    def _heat(self, part: tuple[int, str] | None) -> None:
        part = part if part and part[1] else None
        if part != self.hot:
            self.hot = part
            self.setCursor(Qt.CursorShape.PointingHandCursor if part else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._heat(self._part(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._heat(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ring = False
        self._pressed = self._part(event.position().toPoint()) if event.button() is Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        part = self._part(event.position().toPoint())
        pressed, self._pressed = self._pressed, None
        if part is None or part != pressed:
            return
        if part[1] == "open":
            self.open_requested.emit(self.model_.draft(part[0]).id)
        elif part[1] == "menu":
            self._menu(part[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        part = self._part(event.position().toPoint())
        if part is not None and not part[1]:
            self.open_requested.emit(self.model_.draft(part[0]).id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        if index.isValid():
            self._menu(index.row(), None if keyboard else event.globalPos())

    def _menu(self, at: int, where: QPoint | None = None) -> None:
        below = self.menu_rect(self.visualRect(self.model_.index(at))).bottomLeft()
        self.menu_requested.emit(self.model_.draft(at).id, where or self.viewport().mapToGlobal(below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        self._ring = True
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit(self.model_.draft(index.row()).id)
        elif index.isValid() and event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit(self.model_.draft(index.row()).id)
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model_.index(0))
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls, not the list in it


class Steps(QWidget):
    """The states of the parts of a report, side by side: shape and mark."""

    def __init__(self) -> None:
        super().__init__()
        self._standing = Standing()
        self.setFixedHeight(20)

    def show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self.setAccessibleName("，".join(f"{mark}：{words}" for mark, _, words in standing.sections))
        self.setToolTip("　".join(f"{mark}：{words}" for mark, _, words in standing.sections))
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font("label"))
        return QSize(round(sum(42 + metrics.horizontalAdvance(mark) for mark, _, _ in self._standing.sections)), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, x = QPainter(self), 0.0
        metrics = QFontMetricsF(font("label"))
        for mark, state, _ in self._standing.sections:
            shape(p, state.value, QRectF(x, 2, 16, 16))
            p.setFont(font("label"))
            p.setPen(colour("text2"))
            p.drawText(QRectF(x + 22, 0, 40, 20), LEFT, mark)
            x += 42 + metrics.horizontalAdvance(mark)


class Card(QFrame):
    """The report that is due: how far it is, how many days are left, and the one filled button."""

    continue_requested = Signal()
    review_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "line")
        self.title = label("", "title")
        self._mark = Mark("todo")
        self._worst, self._told = label("", "body"), label("", "body", "text2")
        self._told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._dot = label("·", "body", "text3")
        self.steps = Steps()
        self.go = Button("", "primary", trailing="next")
        self.other = Button("核对与导出")
        self.menu = Button("", "icon", "more", name="更多")
        self.go.clicked.connect(self.continue_requested)
        self.other.clicked.connect(self.review_requested)
        told = row(self._mark, self._worst, self._dot, self._told, gap=S2)
        told.setStretch(3, 1)
        left = column(self.title, told, S2, self.steps, S3, row(self.go, self.other, self.menu, None), gap=S1)
        self._before, self._days, self._unit, self._to = label("", "label", "text2"), label("", "display"), label("天", "heading"), label("", "caption", "text2", wrap=True)
        days = row(self._days, self._unit, None, gap=S1)
        right = holder(column(self._before, days, self._to, None, gap=0))
        right.setFixedWidth(148)
        lay = row(left, S4, Rule(upright=True), S5, right, margins=(S5, S5, S4, S5), gap=0)
        lay.setStretch(0, 1)
        self.setLayout(lay)

    def show_draft(self, draft: DraftSummary) -> None:
        standing = Standing.loads(draft.progress)
        self.title.setText(f"{_year(draft)}报告")
        errors = standing.words(State.ERROR) or standing.words(State.EXPLAIN)
        kind = State.ERROR if standing.words(State.ERROR) else State.EXPLAIN
        exported = draft.exported_at is not None and not draft.exported_what.startswith(DRAFT)
        self._mark.set_name(kind.value if errors else "done" if exported else standing.strongest.value)
        self._worst.setText(errors or ("已导出终稿" if exported else ""))
        set_tone(self._worst, ("error" if kind is State.ERROR else "warn") if errors else "text2")
        self._worst.setVisible(bool(self._worst.text()))
        self._dot.setVisible(bool(self._worst.text()))
        told = f"{len(standing.sections)} 项中 {standing.done} 项完成" if standing.sections else "还没有写"
        self._told.setText(f"{told}，最近写到{standing.page}" if standing.page else told)
        self.steps.show_standing(standing)
        self.steps.setVisible(bool(standing.sections))
        self.go.setText("继续写" if standing.sections else "开始写")
        self.other.setText("核对与导出")
        self.menu.setVisible(True)

    def show_due(self, year: int, last: DraftSummary) -> None:
        """There is none yet for the year that is due; `last` is the newest there is."""
        self.title.setText(f"{year} 年度报告")
        self._mark.set_name("todo")
        self._worst.setVisible(False)
        self._dot.setVisible(False)
        self._told.setText(f"还没有开始。新建后，单位信息自动带入，{_year(last)}的数显示在格子旁边。")
        self.steps.setVisible(False)
        self.go.setText(f"新建 {year} 年度报告")
        self.other.setText(f"用{_year(last)}的文字起草")
        self.menu.setVisible(False)

    def show_days(self, day: date, left: int, to: str) -> None:
        self._before.setText(f"距 {day_words(day)}" if left > 0 else f"{day_words(day)}" if left == 0 else f"{day_words(day)}已过")
        self._days.setText("今天" if left == 0 else str(abs(left)))
        self._unit.setVisible(left != 0)
        tone: Tone = "text" if left > 7 else "warn" if left >= 0 else "error"
        set_tone(self._days, tone)
        set_tone(self._unit, tone)
        self._to.setText(to)


class Blank(QWidget):
    """The picture of the empty state: a report page in hairlines, its heading in the accent."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(132, 152)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), theme()
        box(p, QRectF(22, 4, 104, 140), 6, t.sunken, t.line)
        box(p, QRectF(6, 10, 104, 140), 6, t.surface, t.field)
        box(p, QRectF(34, 24, 48, 5), 2, t.accent)
        for y in (40, 48, 56):
            box(p, QRectF(20, y, 76 if y < 56 else 50, 3), 1.5, t.line)
        for i in range(4):
            for j in range(4):
                box(p, QRectF(20 + i * 19, 72 + j * 13, 17, 11), 2, t.accent_soft if (i, j) == (1, 1) else t.sunken, t.line)


class NewReport(Popover):
    """Asks for the year of a new report."""

    year_chosen = Signal(int)

    def __init__(self, window: QWidget, forms: Forms, years: Sequence[int | None], year: int) -> None:
        self._forms, self._years = forms, frozenset(years)
        self.field = QLineEdit(str(year))
        self.field.setFixedSize(96, H_CONTROL)
        self.field.setMaxLength(4)
        self.field.setValidator(QIntValidator(0, 9999, self.field))
        self.field.setAccessibleName("报告年度")
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
        text, good = self.field.text(), False
        if len(text) < 4:
            said = "写四位年份，例如 2026。"
        else:
            try:
                form, year = self._forms.for_year(int(text)), int(text)
                good, day = year < 9999, deadline(form, min(year, 9998))
                said = f"用{form.name}，{day.year} 年 {day_words(day)}前{form.deadline_to}。"
                if year in self._years:
                    said = f"已经有一份 {year} 年度的报告，会再建一份。" + said
            except UserError as error:
                said = str(error)
        self.words.setText(said)
        self.words.setFixedHeight(self.words.heightForWidth(248))
        self.go.setEnabled(good)
        self.adjustSize()

    def _choose(self) -> None:
        if self.go.isEnabled():
            year = int(self.field.text())
            self.hide()
            self.year_chosen.emit(year)


class StartPage(QScrollArea):
    """Where the program begins. Until `show_drafts` is first called it shows its heading alone."""

    open_requested = Signal(int, str)  # draft id, key of the page to show or "" for where she was
    new_requested = Signal(int)  # year
    copy_requested = Signal(int, int)  # draft id, new year: its agency and texts for another year
    file_requested = Signal()
    last_year_requested = Signal()
    example_requested = Signal()
    export_requested = Signal(int)
    delete_requested = Signal(int)
    undelete_requested = Signal(int)
    mode_chosen = Signal(object)  # a tokens.Mode

    def __init__(self, today: Today = date.today) -> None:
        super().__init__()
        self._today = today
        self._forms: Forms | None = None
        self._drafts: Sequence[DraftSummary] = ()
        self._deleted: Sequence[DraftSummary] = ()
        self._agency_name = ""
        self._running: DraftSummary | None = None
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
        self._empty = self._empty_state()
        for widget in (self._full, self._empty):
            widget.setVisible(False)
        self.appearance = Button("", "quiet", trailing="down", small=True)
        self.appearance.clicked.connect(self._show_modes)
        self.bin = Button("", "quiet", "trash", small=True)
        self.bin.clicked.connect(self._show_bin)
        self._example = Button("试填样例", "quiet", "file", small=True)
        self._example.clicked.connect(self.example_requested)
        for button in (self._example, self.bin):
            button.setVisible(False)
        self._foot = row(self._example, self.bin, None, self.appearance, gap=S1)
        head = column(label("政府信息公开工作年度报告", "display"), self._agency, gap=S1)
        inner = holder(column(S6, head, S4, self._full, self._empty, None, S3, self._foot, S4, gap=0))
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

    def show_drafts(self, forms: Forms, drafts: Sequence[DraftSummary], deleted: Sequence[DraftSummary] = (), agency: str = "") -> None:
        """Show the library: `drafts` newest first. `agency` is the officer's own."""
        self._forms = forms
        self._stop_asking()
        self._drafts, self._deleted, self._agency_name = drafts, deleted, agency or (drafts[0].agency if drafts else "")
        self._agency.setText(self._agency_name)
        self._agency.setVisible(bool(self._agency_name))
        self._empty.setVisible(not drafts)
        self._full.setVisible(bool(drafts))
        self.bin.setText(f"找回删除的报告（{len(deleted)}）")
        self.bin.setVisible(bool(deleted))
        self._example.setVisible(bool(drafts))
        if drafts:
            hers = [d for d in drafts if d.agency == self._agency_name]
            self._show_running(hers[0] if hers else drafts[0])  # the example and others' reports are among the rows
        past = [d for d in drafts if d is not self._running] if drafts else []
        self.model.show(past)
        self._list.setVisible(bool(past))
        self._no_past.setVisible(not past)

    def take_focus(self) -> None:
        """Put the focus on the one filled button."""
        (self.card.go if self._drafts else self.begin).setFocus(Qt.FocusReason.OtherFocusReason)

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

    # --- how ---

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.hide()

    def _asked(self) -> None:
        self._asking = None

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop_asking()

    def _show_running(self, newest: DraftSummary) -> None:
        due = year_due(self._today())
        started = newest.year is None or newest.year >= due
        self._running = newest if started else None
        if started:
            self.card.show_draft(newest)
        else:
            self.card.show_due(due, newest)
        year = newest.year if started and newest.year else due
        form = self.forms[newest.form] if started and newest.form in self.forms else self.forms.for_year(year)
        self.card.show_days(deadline(form, year), days_left(form, year, self._today()), form.deadline_to)

    def _continue(self) -> None:
        if self._running is not None:
            self.open_requested.emit(self._running.id, "")
        else:
            self.new_requested.emit(year_due(self._today()))

    def _review(self) -> None:
        if self._running is not None:
            self.open_requested.emit(self._running.id, "review")
        else:
            self.copy_requested.emit(self._drafts[0].id, year_due(self._today()))

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
            words = " ".join(filter(None, (_year(draft), draft.agency)))
            when = local(draft.deleted_at or 0).date()
            menu.addAction(f"找回 {words}（{_day(when, self._today())}删除）").triggered.connect(lambda _=False, i=draft.id: self.undelete_requested.emit(i))
        self._pop_up(menu, self._below(self.bin))

    def _show_modes(self) -> None:
        menu = QMenu(self)
        for mode, words in MODES.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(mode is look().mode)
            action.triggered.connect(lambda _=False, m=mode: self.mode_chosen.emit(m))
        self._pop_up(menu, self._below(self.appearance))

    @staticmethod
    def _pop_up(menu: QMenu, where: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    @staticmethod
    def _below(button: QWidget) -> QPoint:
        return button.mapToGlobal(QPoint(0, button.height()))

    def _name_mode(self) -> None:
        self.appearance.setText(f"外观：{MODES[look().mode]}")
        self.appearance.updateGeometry()

    def _keep_in_sight(self, current: QModelIndex) -> None:
        r = self.years.visualRect(current)
        top = self.years.mapTo(self._ground, r.center())
        self.ensureVisible(top.x(), top.y(), 0, ROW_HEIGHT)

    def _file_button(self) -> Button:
        out = Button("打开文件…", "quiet", "open")
        out.setToolTip("打开别处拷来的报告文件（.gxreport）。原文件不会被改动")
        out.clicked.connect(self.file_requested)
        return out

    def _last_year_button(self, kind: Any) -> Button:
        out = Button("从去年的报告开始", kind, "copy")
        out.setToolTip("选去年的报告文件（.gxreport）：单位信息带进今年的报告，去年的数显示在格子旁边")
        out.clicked.connect(self.last_year_requested)
        return out

    def _empty_state(self) -> QWidget:
        self.begin = self._last_year_button("primary")
        blank = Button("新建空白报告", icon="plus")
        blank.clicked.connect(lambda: self.ask_year(blank))
        example = Button("试填样例", "quiet", "file")
        example.clicked.connect(self.example_requested)
        self.blank = blank
        lines = ("有去年的报告文件（.gxreport）就从它开始：单位信息、去年的数都会带过来。没有，就新建一份空白的。", "从去年的网页、Word、PDF 读入，要等以后的版本。")
        first, second = (label(words, "body" if i == 0 else "label", "text2" if i == 0 else "text3", wrap=True) for i, words in enumerate(lines))
        for words in (first, second):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return holder(
            column(
                S6, row(None, Blank(), None), S4, row(None, label("还没有报告", "title"), None), S1, first, second, S4,
                row(None, self.begin, blank, self._file_button(), example, None), gap=S1,
            )
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        tight = self.height() < 560
        layout = self._inner.layout()
        if isinstance(layout, QVBoxLayout) and (space := layout.itemAt(0).spacerItem()) is not None:
            space.changeSize(0, S3 if tight else S6)
            layout.invalidate()
