"""The card on the start page of the report that is due: how far it is, how many days are left, and the one thing to do next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from gxdesk.states import State
from ui.due import day_words
from ui.pages.years import DRAFT, exported_words, year_words
from ui.paint import LEFT, shape
from ui.parts import Button, Mark, Rule, column, holder, label, plain, row, set_tone
from ui.standing import Standing
from ui.tokens import S1, S2, S3, S4, S5, Tone, colour, font

if TYPE_CHECKING:
    from gxdesk.drafts.store import DraftSummary


class Steps(QWidget):
    """The states of the parts of a report, side by side: shape and mark."""

    def __init__(self) -> None:
        super().__init__()
        self._standing = Standing()
        self.setFixedHeight(20)

    def show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self.setAccessibleName("，".join(f"{mark}：{words}" for mark, _, words in standing.sections))
        self.setToolTip(plain("　".join(f"{mark}：{words}" for mark, _, words in standing.sections)))
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
        self._worst, self._told = label("", "body"), label("", "body", "text2", elided=True)
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
        self.times = Button("时间与提醒", "quiet", "clock", small=True)
        right = holder(column(self._before, days, self._to, S1, row(self.times, None), None, gap=0))
        right.setFixedWidth(148)
        lay = row(left, S4, Rule(upright=True), S5, right, margins=(S5, S5, S4, S5), gap=0)
        lay.setStretch(0, 1)
        self.setLayout(lay)

    def show_draft(self, draft: DraftSummary) -> None:
        standing = Standing.loads(draft.progress)
        self.title.setText(f"{year_words(draft)}报告")
        errors = standing.words(State.ERROR) or standing.words(State.EXPLAIN)
        kind = State.ERROR if standing.words(State.ERROR) else State.EXPLAIN
        exported = draft.exported_at is not None and not draft.exported_what.startswith(DRAFT)
        self._mark.set_name(kind.value if errors else "doing" if exported and draft.rewritten else "done" if exported else standing.strongest.value)
        self._worst.setText(errors or (exported_words(draft) if exported else ""))
        set_tone(self._worst, "error" if errors and kind is State.ERROR else "warn" if errors or draft.rewritten else "text2")
        self._worst.setVisible(bool(self._worst.text()))
        self._dot.setVisible(bool(self._worst.text()))
        told = f"{len(standing.sections)} 项中 {standing.done} 项完成" if standing.sections else "还没有写"
        self._told.setText(f"{told}，最近写到{standing.page}" if standing.page else told)
        self.steps.show_standing(standing)
        self.steps.setVisible(bool(standing.sections))
        self.go.setText("继续写" if standing.sections else "开始写")
        self.other.setText("核对与导出")
        self.other.setVisible(True)
        self.menu.setVisible(True)

    def show_due(self, year: int, last: DraftSummary | None, *, beside: bool) -> None:
        """There is none yet for the year that is due. `last` is the newest there is, if any; `beside`: its figures will stand beside hers."""
        self.title.setText(f"{year} 年度报告")
        self._mark.set_name("todo")
        self._worst.setVisible(False)
        self._dot.setVisible(False)
        self._told.setText(
            f"还没有开始。新建后，单位信息自动带入，{year - 1} 年度的数显示在格子旁边。"
            if beside
            else f"还没有开始。报告库里没有 {year - 1} 年度的报告，格子旁边不显示去年的数。"
        )
        self.steps.setVisible(False)
        self.go.setText(f"新建 {year} 年度报告")
        self.other.setText(f"用 {year_words(last)}的文字起草" if last else "")
        self.other.setVisible(last is not None)
        self.menu.setVisible(False)

    def show_days(self, day: date, left: int, to: str) -> None:
        self._before.setText(f"距 {day_words(day)}" if left > 0 else f"{day_words(day)}" if left == 0 else f"{day_words(day)}已过")
        self._days.setText("今天" if left == 0 else str(abs(left)))
        self._unit.setVisible(left != 0)
        tone: Tone = "text" if left > 7 else "warn" if left >= 0 else "error"
        set_tone(self._days, tone)
        set_tone(self._unit, tone)
        self._to.setText(to)
