"""The empty start page: the first report in three steps. Nothing is stored before she says go, or takes over what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from gxdesk.report import AGENCY_FIELDS
from ui.due import said_of_year
from ui.paint import CENTRE, box
from ui.parts import Button, Item, Rule, column, holder, label, row
from ui.tokens import H_CONTROL, S1, S2, S3, S4, S5, colour, font, theme
from ui.year_field import YearField

if TYPE_CHECKING:
    from gxdesk.forms.known import Forms

NUMBER = 28  # px
NAME_WIDTH = 420


class StepNumber(QWidget):
    """Which step, in a disc."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.setFixedSize(NUMBER, NUMBER)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        box(p, QRectF(self.rect()), NUMBER / 2, theme().accent_soft)
        p.setFont(font("strong"))
        p.setPen(colour("accent"))
        p.drawText(self.rect(), CENTRE, str(self._number))


class FirstStart(QFrame):
    """Her agency, last year's report if there is one, go."""

    last_year_requested = Signal()
    file_requested = Signal()
    begun = Signal(int)  # the year

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "line")
        self._forms: Forms | None = None
        self.name = QLineEdit()
        self.name.setPlaceholderText("公章上的全称")
        self.name.setAccessibleName(AGENCY_FIELDS["name"])
        self.name.setMinimumWidth(120)
        self.name.setMaximumWidth(NAME_WIDTH)
        self.last_year = Button("选去年的报告…", icon="copy")
        self.last_year.clicked.connect(self.last_year_requested)
        self.file = Button("打开文件…", "quiet", "open")
        self.file.setToolTip("已经有报告文件、交接包，或 gxdesk 导出的 PDF")
        self.file.clicked.connect(self.file_requested)
        self.year = YearField()
        self.go = Button("开始写", "primary", trailing="next")
        self.go.clicked.connect(self._begin)
        self.name.setFixedHeight(H_CONTROL)
        for field in (self.name, self.year):
            field.returnPressed.connect(self._begin if field is self.year else self._go_on)
        self.year.textChanged.connect(self._judge)
        self._told = label("", "label", "text2", wrap=True)
        self._about = label("只问这一次，以后每年的报告自动带入。电话、地址在报告的第一页填。", "label", "text2", wrap=True)
        last = label("网站上存下来的网页、Word、PDF 都能读，也可以拖进窗口：文字带过来，去年的数显示在格子旁边。没有就跳过这一步。", "label", "text2", wrap=True)
        name = row(self.name, None)
        name.setStretch(0, 1)
        steps = (
            self._step(1, "您的单位", self._about, name),
            self._step(2, "去年的报告，有就选", last, row(self.last_year, self.file, None, gap=S1)),
            self._step(3, "开始", self._told, row(self.year, label("年度", "body"), S2, self.go, None, gap=S2)),
        )
        self.setLayout(column(steps[0], Rule(), steps[1], Rule(), steps[2], gap=0))

    def show_forms(self, forms: Forms, year: int) -> None:
        """Offer a report of `year`."""
        self._forms = forms
        if not self.year.text():
            self.year.setText(str(year))
        self._judge()

    @property
    def agency(self) -> dict[str, str]:
        """What she has said of her agency, as a report keeps it."""
        name = self.name.text().strip()
        return {"name": name} if name else {}

    def set_tight(self, tight: bool, *, least: bool = False) -> None:
        """Closer together in a low window; in the `least` one without what can be gone without, so that the last step is in sight."""
        space = S1 if least else S2 if tight else S4
        for step in self.findChildren(QWidget, "step"):
            step.layout().setContentsMargins(S5, space, S5, space)
        self._about.setHidden(least)

    @staticmethod
    def _step(number: int, heading: str, about: QWidget, controls: Item) -> QWidget:
        words = column(label(heading, "heading"), about, S1, controls, gap=S1)
        out = holder(row(column(StepNumber(number), None, gap=0), words, gap=S3, margins=(S5, S4, S5, S4)))
        out.layout().setStretch(1, 1)
        out.setObjectName("step")
        return out

    def _judge(self) -> None:
        if self._forms is not None:
            words, good = said_of_year(self._forms, self.year.text())
            self._told.setText(words)
            self.go.setEnabled(good)

    def _go_on(self) -> None:
        self.last_year.setFocus(Qt.FocusReason.TabFocusReason)  # by the keyboard: shown

    def _begin(self) -> None:
        if self.go.isEnabled():
            self.begun.emit(self.year.year)

