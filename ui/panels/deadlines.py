"""时间与提醒: the last days that hold for her, the earlier one of her place, and a calendar file that reminds of them every year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gxdesk import files
from gxdesk.errors import UserError
from gxdesk.reminders import calendar, dues, read_local
from ui.dialogs import ask_save
from ui.due import day_words, local
from ui.panels.sources import basis_line
from ui.parts import Button, Item, Rule, column, holder, label, row, set_tone
from ui.popover import Popover
from ui.tokens import H_CONTROL, S1, S2, S3

if TYPE_CHECKING:
    from gxdesk.forms.definition import FormDef
    from ui.library import Library

WIDTH, DAY_WIDTH, FIELD = 380, 96, 132  # px
FILTER = "日历文件 (*.ics)"
ABOUT = "本地通知要求更早交的，写上月和日；没有就空着。"
KEPT = "记下了，开始页和报告上方都按这一天倒数。"
GONE = "不再另记本地的时间。"


class Deadlines(Popover):
    """What the form and the Regulation say for a body of this name, and what she adds."""

    earlier_chosen = Signal(object)  # month and day, or () for none: kept in the library
    told = Signal(str, str)  # what became of the file, and its kind

    def __init__(self, window: QWidget, library: Library, form: FormDef, year: int) -> None:
        self._library, self._form, self._year = library, form, year
        self._by_law, earlier = dues(form, year, library.agency_name()), library.earlier_deadline()
        self.field = QLineEdit(f"{earlier[0]}月{earlier[1]}日" if earlier else "")
        self.field.setPlaceholderText("例如 1月20日")
        self.field.setAccessibleName("本地要求的时间，月和日")
        self.field.setFixedSize(FIELD, H_CONTROL)
        self.keep = Button("记下")
        self.said = label(ABOUT, "caption", "text2", wrap=True)
        self.said.setFixedWidth(WIDTH)
        self.calendar = Button("存成日历文件…", "plain", "clock")
        self.calendar.setToolTip("存成 .ics 文件，双击就加进日历，每年提前 30、14、7、1 天提醒")
        lines: list[Item] = [label("报送时间", "heading"), S1]
        for due in self._by_law:
            day = label(day_words(due.day), "strong")
            day.setFixedWidth(DAY_WIDTH)
            words = column(label(due.what, "label", wrap=True), basis_line(due.basis), gap=2)
            line = row(day, words, gap=S2)
            line.setStretch(1, 1)
            line.setAlignment(day, Qt.AlignmentFlag.AlignTop)
            lines += [line, S1]
        lines += [Rule(), S1, label("本地要求的时间", "strong"), row(self.field, self.keep, None, gap=S2), self.said, S1, Rule(), S1, row(self.calendar, None)]
        inner = holder(column(*lines, gap=S1))
        inner.setFixedWidth(WIDTH)
        super().__init__(window, column(inner, gap=S3))
        self.field.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.calendar.clicked.connect(self._choose_file)
        self.closed.connect(self.deleteLater)

    def ask_at(self, anchor: QRect) -> None:
        self.show_at(anchor)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _keep(self) -> None:
        typed = self.field.text().strip()
        try:
            chosen = read_local(typed, self._by_law) if typed else ()
            self._library.set_earlier_deadline(chosen)
        except UserError as error:
            set_tone(self.said, "error")
            self._say(str(error))
            return
        set_tone(self.said, "text2")
        self._say(KEPT if chosen else GONE)
        self.earlier_chosen.emit(chosen)

    def _choose_file(self) -> None:
        path = ask_save(self.window(), "存成日历文件", "政府信息公开年报提醒.ics", FILTER)
        if path:
            self.write_calendar(path)

    def write_calendar(self, path: Path) -> None:
        """The days that hold for her, every year, as a calendar file."""
        agency = self._library.agency_name()
        days = dues(self._form, self._year, agency, self._library.earlier_deadline())
        try:
            files.replace(path, calendar(days, agency, self._form.subject, now=local()))
        except UserError as error:
            self.told.emit(str(error), "error")
            return
        self.told.emit(f"已存成“{path.name}”。双击它就加进日历，每年到时提醒。", "done")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setFixedHeight(self.said.heightForWidth(WIDTH))
        self.adjustSize()
