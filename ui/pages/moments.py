"""回到过去: the moments of a report, what changed since each, and the way back. A window of its own, which need not be closed to go on writing."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from gxdesk.diff import Difference
from gxdesk.drafts.moments import Kind, Moment
from gxdesk.errors import UserError
from gxdesk.session import Session
from gxdesk.timeline import Timeline
from ui.due import local
from ui.panels.changes import ChangesView
from ui.panels.times import Instant, TimeList, ago
from ui.parts import Button, Rule, Sheet, column, holder, label, row, show_if
from ui.tokens import S2, S3, S4, S5

NAMES = {
    Kind.OPENED: "当天第一次打开",
    Kind.WORKED: "写了半小时",
    Kind.BEFORE_IMPORT: "导入之前",
    Kind.IMPORTED: "导入之后",
    Kind.BEFORE_RESTORE: "回到过去之前",
    Kind.EXPORTED: "导出",
}
WIDTH, HEIGHT = 940, 620
NOTHING_YET = "还没有可以回去的时刻。程序在每天第一次打开、写满半小时、导入前后、导出的时候各记一次，写一会儿就有了。"


def named(moment: Moment) -> str:
    return f"{NAMES[moment.kind]}：{moment.what}" if moment.what else NAMES[moment.kind]


class MomentsDialog(QDialog):
    """The moments of one open report. `now` is the time to reckon from."""

    def __init__(self, timeline: Timeline, session: Session, parent: QWidget | None = None, *, now: Callable[[], datetime] = local) -> None:
        super().__init__(parent)
        self._timeline, self._session, self._now = timeline, session, now
        self._moments: tuple[Moment, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("回到过去")
        self.resize(WIDTH, HEIGHT)
        self.list = TimeList("以前的时刻")
        self.title, self.summary = label("", "heading"), label("", "label", "text2", wrap=True)
        self.changes = ChangesView("从那时到现在改了什么", "那时", "现在")
        self.words = label("", "label", "text2", wrap=True)
        self.undo = Button("撤销", "quiet", "undo")
        self.undo.setToolTip("不回去了，还是刚才的样子（Ctrl+Z）")
        self.undo.hide()
        self.back = Button("回到这个时刻", "primary")
        show_if(self.back, not session.read_only)
        self.leave = Button("关闭")
        side = holder(column(self.list, margins=(0, S2, 0, S2), gap=0), Sheet("canvas"))
        told = holder(column(self.title, self.summary, S3, self.changes, gap=2, margins=(S5, S4, S4, 0)), Sheet())
        beside = row(side, Rule(upright=True), told, gap=0)
        beside.setStretch(2, 1)
        foot = row(self.words, self.undo, self.back, self.leave, gap=S2, margins=(S5, S3, S4, S3))
        foot.setStretch(0, 1)
        lay = column(beside, Rule(), holder(foot, Sheet()), gap=0)
        lay.setStretch(0, 1)
        self.setLayout(lay)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.activated.connect(self.take_back)
        self.undo.clicked.connect(self.take_back)
        self.list.currentRowChanged.connect(self._show)
        self.back.clicked.connect(self.restore)
        self.leave.clicked.connect(self.close)
        self.destroyed.connect(session.subscribe(lambda _: self._show_again()))
        self._fill()

    def restore(self) -> None:
        """Go back to the chosen moment; the list then begins with how it was before."""
        at = self.list.currentRow()
        if not 0 <= at < len(self._moments):
            return
        moment = self._moments[at]
        try:
            self._timeline.restore(moment)
        except UserError as error:
            self.words.setText(str(error))
            return
        self._fill()
        self.undo.show()
        self.words.setText(f"已回到{ago(local(moment.time), self._now())}的样子。要反悔，点“撤销”或按 Ctrl+Z。")

    def take_back(self) -> None:
        """Undo the way back, as long as nothing was written since."""
        if self.undo.isVisible():
            self.undo.hide()
            self._session.undo()
            self.words.setText("撤销了，还是回去以前的样子。")

    def _fill(self) -> None:
        """Read the list anew."""
        try:
            self._moments = self._timeline.moments()
        except UserError as error:
            self._moments = ()
            self.words.setText(str(error))
        instants = [Instant(local(m.time), named(m), m.kind is Kind.EXPORTED) for m in self._moments]
        self.list.show_instants(instants, self._now())
        if not self._moments:
            self._tell("还没有以前的时刻", NOTHING_YET, None)
        self.back.setEnabled(bool(self._moments))

    def _show(self, at: int) -> None:
        """What changed since the moment in row `at`."""
        if not 0 <= at < len(self._moments):
            return
        moment = self._moments[at]
        title = f"{ago(local(moment.time), self._now())}　{named(moment)}"
        try:
            since = self._timeline.since(moment)
        except UserError as error:
            self._tell(title, str(error), None)
            self.back.setEnabled(False)
            return
        self._tell(title, summary(since), since)
        self.back.setEnabled(bool(since))
        self.words.setText("")

    def _show_again(self) -> None:
        """The report changed: what was said of going back holds no longer."""
        self.undo.hide()
        self._show(self.list.currentRow())

    def _tell(self, title: str, words: str, since: Difference | None) -> None:
        self.title.setText(title)
        self.summary.setText(words)
        self.changes.show_difference(since, self._session.form)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # a slip of the Enter key must not go back
            event.ignore()
            return
        super().keyPressEvent(event)


def summary(since: Difference) -> str:
    """How much changed, in one line."""
    parts = [f"表格改了 {len(since.cells)} 格" if since.cells else "", f"文字改了 {len(since.texts)} 处" if since.texts else ""]
    return f"从那时到现在，{'，'.join(filter(None, parts))}。" if since else "从那时到现在没有改动。"
