"""What stands around the pages of an open report: top bar, foot, and the drawer of the findings where the window is narrow."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from gxdesk.checks.finding import Severity
from gxdesk.session import Session
from ui.due import Today, day_words, due
from ui.paint import STATUS, box
from ui.panels.notes import NoteButton
from ui.parts import Button, Mark, Sheet, holder, label, plain, row, set_tone
from ui.tokens import H_BAR, H_FOOT, H_FOOT_NARROW, NARROW_BELOW, R_SHEET, S1, S2, S3, S4, S5, VERBS_BELOW, theme


class TopBar(Sheet):
    """Back, which report, whether it is saved, undo and redo, days left."""

    def __init__(self, session: Session, today: Today, earlier: Sequence[int]) -> None:
        """`earlier`: month and day by which her place asks for the report."""
        super().__init__("canvas")
        self._session, self._today, self._earlier = session, today, earlier
        self.setFixedHeight(H_BAR)
        self.back = Button("", "icon", "back", name="回到开始页")
        self._year, self._agency = label("", "strong"), label("", "label", "text2", elided=True)
        self._saved_mark, self._saved = Mark("check", 14, "ok"), label("", "caption", "text2")
        self.undo = Button("", "icon", "undo", name="撤销")
        self.redo = Button("", "icon", "redo", name="重做")
        self._days_before, self._days = label("", "caption", "text2"), label("", "strong")
        self.past = Button("", "icon", "clock", small=True, name="回到过去")
        self.past.setToolTip("回到过去：看看以前的样子，也可以退回去（Ctrl+H）")
        self.manual = Button("", "icon", "help", name="用户手册（F1）")
        for button in (self.back, self.undo, self.redo, self.past, self.manual):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a press leaves the caret where it is
        out = row(
            self.back, S1, self._year, self._agency, S2, self._saved_mark, self._saved, S3, self.undo, self.redo, self.past, S3, self._days_before, self._days,
            S1, self.manual, gap=S2, margins=(S2, 0, S2, 0),
        )  # fmt: skip
        out.setStretch(3, 1)
        holder(out, self)
        self.follow()

    def follow(self) -> None:
        """Say again what comes from the session: year, agency, what can be undone."""
        report = self._session.report
        self._say(self._year, f"{report.year or '〇〇〇〇'} 年度报告")
        self._say(self._agency, report.agency.get("name", "").strip())
        for button, can, verb, what, keys in (
            (self.undo, self._session.can_undo, "撤销", self._session.undo_label, "Ctrl+Z"),
            (self.redo, self._session.can_redo, "重做", self._session.redo_label, "Ctrl+Y"),
        ):
            button.setEnabled(can)
            button.setToolTip(f"{verb}{what}（{keys}）" if can else f"没有可{verb}的（{keys}）")
        if report.year is not None:
            counted = due(self._session.form, report.year, report.agency.get("name", ""), self._earlier, self._today())
            left, day = (counted.day - self._today()).days, counted.day
            self._days_before.setToolTip(counted.what)
            self._say(self._days_before, f"距 {day_words(day)}" if left > 0 else day_words(day) if left == 0 else f"{day_words(day)}已过")
            self._say(self._days, f"{abs(left)} 天" if left else "今天")
            set_tone(self._days, "text" if left > 7 else "warn" if left >= 0 else "error")

    def show_saved(self, when: datetime) -> None:
        if self._session.read_only:
            self._saved_mark.set_name("hint")
            self._say(self._saved, "只能看")
            return
        self._saved_mark.set_name("check", "ok")
        self._say(self._saved, f"已自动保存 {when:%H:%M}" if when.date() == self._today() else f"已保存 {day_words(when.date())}")
        self._saved.setToolTip("随写随存，不用自己保存")
        set_tone(self._saved, "text2")

    def show_failed(self, sentence: str) -> None:
        self._saved_mark.set_name("error")
        self._say(self._saved, "未能保存")
        self._saved.setToolTip(plain(sentence))
        set_tone(self._saved, "error")

    def set_width(self, width: int) -> None:
        """Below 1000 px one name is a shape only, below 760 px the countdown's words and the agency make room."""
        self.past.setText("回到过去" if width >= NARROW_BELOW else "")
        self.past.updateGeometry()
        self._days_before.setVisible(width >= VERBS_BELOW)
        self._agency.setVisible(width >= VERBS_BELOW - 160)

    def free(self) -> QRect:
        """The stretch between the year and whether it is saved: there only the agency's name stands."""
        left = self._year.geometry().right() + S2
        return QRect(left, 0, self._saved_mark.x() - S2 - left, self.height())

    @staticmethod
    def _say(where: QLabel, words: str) -> None:
        if where.text() != words:
            where.setText(words)


class Foot(QWidget):
    """上一步, 下一步, and between them, where the window is narrow, what the findings panel would say."""

    drawer_requested = Signal()

    def __init__(self, note: NoteButton) -> None:
        super().__init__()
        self.note = note
        self.back, self.forward = Button("", "plain", "back"), Button("", "primary", trailing="next")
        self._counts = {s: (Mark(s.value, 14), label("", "label", STATUS[s.value])) for s in Severity}
        self._blank = label("", "label", "warn")
        self._fine = label("这一部分没有要改的", "label", "text2")
        self.drawer = Button("", "icon", "up", name="本节要改的地方")
        self.drawer.clicked.connect(self.drawer_requested)
        words = [w for mark, text in self._counts.values() for w in (mark, text)]
        self._middle = holder(row(*words, self._blank, self._fine, self.drawer, gap=6))
        self._lay = row(self.back, None, self._middle, None, note, self.forward, gap=6)
        holder(self._lay, self)
        self._backward_name = self._forward_name = ""
        self._verbs_only = False

    def show_neighbours(self, before: str, after: str) -> None:
        """Names of the pages before and after this one; "" where there is none."""
        self._backward_name, self._forward_name = before, after
        self._name()

    def show_counts(self, errors: int, explains: int, hints: int, blanks: int) -> None:
        for (mark, text), n, word in zip(self._counts.values(), (errors, explains, hints), ("必须改", "请说明", "提示"), strict=True):
            text.setText(f"{n} {word}")
            mark.setVisible(bool(n))
            text.setVisible(bool(n))
        total = errors + explains + hints
        self._blank.setText(f"{blanks} 格未填")
        self._blank.setVisible(bool(blanks) and not total)
        self._fine.setVisible(not total and not blanks)
        self.drawer.setVisible(bool(total or blanks))

    def set_folded(self, folded: bool, *, width: int) -> None:
        """`folded`: the findings are said here instead of at the right."""
        self._middle.setVisible(folded)
        self._verbs_only = width < VERBS_BELOW
        narrow = width < NARROW_BELOW
        self.note.set_folded(narrow)
        self.setFixedHeight(H_FOOT_NARROW if narrow else H_FOOT)
        pad = S4 if narrow else S5
        self._lay.setContentsMargins(pad, 0, pad, 0)
        self._name()

    def _name(self) -> None:
        for button, verb, name in ((self.back, "上一步", self._backward_name), (self.forward, "下一步", self._forward_name)):
            button.setVisible(bool(name))
            button.setText(verb if self._verbs_only else f"{verb}：{name}")
            button.setToolTip(name)
            button.updateGeometry()


class Drawer(QWidget):
    """The findings panel as a card over the page, above the foot, where the window is too narrow to keep it beside."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        p, r = QPainter(self), self.rect()
        for grow in (0, 2, 4):  # a shadow of three flat steps, as a popover's
            box(p, r.adjusted(grow, grow, -grow, -grow), R_SHEET + 5 - grow, "#0A000000")
        box(p, r.adjusted(5, 5, -5, -5), R_SHEET, theme().surface, theme().field)
