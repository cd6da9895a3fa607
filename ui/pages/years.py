"""The reports of past years on the start page: what is said of each, and the one list view that shows them.

A view over a model, so that 10,000 reports cost no more than what is in sight.
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
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gxdesk.states import State
from ui.due import day_words, local
from ui.paint import LEFT, box, line, shape
from ui.parts import KEYBOARD
from ui.standing import Standing
from ui.tokens import (
    R_CARD,
    R_CONTROL,
    S2,
    S3,
    S4,
    Tone,
    colour,
    font,
    theme,
)

if TYPE_CHECKING:  # the window is on the screen before library and forms are read
    from gxdesk.drafts.store import DraftSummary
    from gxdesk.forms.known import Forms

ROW_HEIGHT = 58
YEAR_AT, STATE_AT, DETAIL_AT = 25, 144, 301  # where the columns of a past year begin
Index = QModelIndex | QPersistentModelIndex
DRAFT = "草稿"  # how 核对与导出 names an export that is not the final one


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
    if draft.is_sample:
        mark, state, detail = "file", "样例", f"试填用的，{day_told(when, today)}改过"
    elif draft.exported_at is not None:
        stage, _, files = draft.exported_what.rpartition("：")
        mark, state = "doing" if stage == DRAFT or draft.rewritten else "done", exported_words(draft)
        detail = f"{day_told(local(draft.exported_at).date(), today)}导出 {files}".strip()
        if draft.rewritten:
            detail += f"，{day_told(when, today)}改过"
    elif not standing.sections:
        mark, state, detail = "file", "没有打开过", f"{day_told(when, today)}加入"
    else:
        worst = standing.strongest
        words = {State.ERROR: "有必须改的", State.EXPLAIN: "有要说明的", State.DONE: "已写完", State.DOING: "进行中", State.TODO: "未开始"}
        mark, state, detail = worst.value, words[worst], f"{day_told(when, today)}改过，{len(standing.sections)} 项中 {standing.done} 项完成"
    if draft.agency and draft.agency != agency:
        detail = f"{draft.agency}，{detail}"
    name = forms[draft.form].name if draft.form in forms else ""
    return YearLine(draft.id, year_words(draft), mark, state, detail, name.replace(" 年", " "))


def exported_words(draft: DraftSummary) -> str:
    """That it was exported, as what, and whether that still holds."""
    stage = draft.exported_what.rpartition("：")[0]
    return f"导出{stage}后又改过" if draft.rewritten else f"已导出{stage}"


def year_words(draft: DraftSummary) -> str:
    return f"{draft.year} 年度" if draft.year else "年度未填"


def day_told(day: date, today: date) -> str:
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
        self._ring = event.reason() in KEYBOARD
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model_.index(0))
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls, not the list in it
