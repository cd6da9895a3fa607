"""从备份恢复: the copies of the library, what is in each, and the way back to one. A dialog: while it is open nothing is written."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QScrollArea, QWidget

from gxdesk.drafts.backups import Copy
from gxdesk.errors import UserError
from ui.due import local
from ui.library import Library
from ui.panels.times import Instant, TimeList, ago
from ui.parts import Button, Rule, Sheet, column, holder, label, row
from ui.tokens import S2, S3, S4, S5

WIDTH, HEIGHT = 820, 520
LIBRARY_FILTER = "报告库的备份 (*.gxd)"
NONE_YET = "还没有备份。程序每天备份一次，每次导出也备份一次；U 盘上的备份可以点“选别的文件…”。"


def size_words(size: int) -> str:
    """The size of a file as one says it."""
    return f"{max(1, round(size / 1000))} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


class CopiesDialog(QDialog):
    """The copies of `library`. `now` is the time to reckon from, on the clock the copies are named by."""

    chosen = Signal(object)  # the Path of the copy to go back to

    def __init__(self, library: Library, parent: QWidget | None = None, *, now: Callable[[], datetime] = lambda: local().replace(tzinfo=None)) -> None:
        super().__init__(parent)
        self._library, self._now = library, now
        self._copies: list[Copy] = library.copies()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("从备份恢复")
        self.resize(WIDTH, HEIGHT)
        self.list = TimeList("备份")
        self.title, self.where = label("", "heading"), label("", "label", "text2", wrap=True, selectable=True)
        self._inside = column(gap=S2)
        inside = QScrollArea()
        inside.setFrameShape(QFrame.Shape.NoFrame)
        inside.setWidgetResizable(True)
        inside.setWidget(holder(column(self._inside, None, gap=0), Sheet()))
        self.elsewhere = Button("选别的文件…", "quiet", "open")
        self.back = Button("恢复到这一份", "primary")
        self.leave = Button("关闭")
        side = holder(column(self.list, margins=(0, S2, 0, S2), gap=0), Sheet("canvas"))
        told = holder(column(self.title, self.where, S3, inside, gap=2, margins=(S5, S4, S4, 0)), Sheet())
        beside = row(side, Rule(upright=True), told, gap=0)
        beside.setStretch(2, 1)
        promise = label("现在的报告库会先另存一份，恢复以后还能换回来。", "label", "text2", wrap=True)
        foot = row(self.elsewhere, promise, self.back, self.leave, gap=S2, margins=(S4, S3, S4, S3))
        foot.setStretch(1, 1)
        lay = column(beside, Rule(), holder(foot, Sheet()), gap=0)
        lay.setStretch(0, 1)
        self.setLayout(lay)
        self.list.currentRowChanged.connect(self._show)
        self.back.clicked.connect(self._choose)
        self.elsewhere.clicked.connect(self._choose_elsewhere)
        self.leave.clicked.connect(self.close)
        self.list.show_instants([Instant(c.when, self._told(c), c.exported, str(c.path)) for c in self._copies], now())
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self._copies:
            self._show(-1)

    @staticmethod
    def _told(copy: Copy) -> str:
        kind = "导出时的备份" if copy.exported else "每天的备份"
        try:
            return f"{kind}，{size_words(copy.path.stat().st_size)}"
        except OSError:
            return kind

    def _show(self, at: int) -> None:
        """What is in the copy of row `at`."""
        while self._inside.count():
            self._inside.takeAt(0).widget().deleteLater()
        if not 0 <= at < len(self._copies):
            self.title.setText("还没有备份")
            self.where.setText(NONE_YET)
            self.back.setEnabled(False)
            return
        copy = self._copies[at]
        self.title.setText(f"{copy.when.year} 年 {copy.when.month} 月 {copy.when.day} 日 {copy.when:%H:%M} 的报告库")
        self.where.setText(str(copy.path))
        try:
            drafts = self._library.inside(copy.path)
        except UserError as error:
            self._inside.addWidget(label(str(error), "body", "error", wrap=True))
            self.back.setEnabled(False)
            return
        self.back.setEnabled(True)
        for draft in drafts:
            name = " ".join(filter(None, (f"{draft.year} 年度" if draft.year else "未填年度", draft.agency)))
            changed = ago(local(draft.modified).replace(tzinfo=None), self._now())
            self._inside.addWidget(holder(column(label(name, "body"), label(f"最后改于{changed}", "caption", "text2"), gap=0)))
        if not drafts:
            self._inside.addWidget(label("这一份里还没有报告。", "body", "text2"))

    def _choose(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._copies):
            self._go(self._copies[at].path)

    def _choose_elsewhere(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "选一份备份", str(self._library.backups.folder), LIBRARY_FILTER)
        if path:
            self._go(Path(path))

    def _go(self, path: Path) -> None:
        self.close()
        self.chosen.emit(path)
