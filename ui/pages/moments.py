"""回到过去: the moments of a report, what changed since each, and the way back. A window of its own, which need not be closed to go on writing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from gxdesk.diff import CellChange, Difference, TextChange
from gxdesk.drafts.moments import Kind, Moment
from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef
from gxdesk.session import Session
from gxdesk.timeline import Timeline
from ui.due import local
from ui.parts import Button, column, label, row
from ui.tokens import S2, S3, S4, font, look, theme

NAMES = {
    Kind.OPENED: "当天第一次打开",
    Kind.WORKED: "写了半小时",
    Kind.BEFORE_IMPORT: "导入之前",
    Kind.IMPORTED: "导入之后",
    Kind.BEFORE_RESTORE: "回到过去之前",
    Kind.EXPORTED: "导出",
}
AGENCY = {"name": "机关全称", "kind": "机构类型", "self_reference": "自称", "phone": "电话", "email": "电子邮箱", "address": "地址", "website": "网站"}
W_LIST, WIDTH, HEIGHT = 264, 900, 600
BLANK = "空白"


def ago(then: datetime, now: datetime) -> str:
    """When that was, as one says it: 刚才, 20 分钟前, 今天 09:05, 昨天 14:32, 1 月 12 日 09:05, 2025 年 1 月 12 日."""
    past = now - then
    if timedelta() <= past < timedelta(minutes=1):
        return "刚才"
    if timedelta() <= past < timedelta(hours=1):
        return f"{past.seconds // 60} 分钟前"
    if then.date() == now.date():
        return f"今天 {then:%H:%M}"
    if then.date() == now.date() - timedelta(days=1):
        return f"昨天 {then:%H:%M}"
    return f"{then.month} 月 {then.day} 日 {then:%H:%M}" if then.year == now.year else f"{then.year} 年 {then.month} 月 {then.day} 日"


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
        self.list = QListWidget()
        self.list.setFont(font("body"))
        self.list.setFixedWidth(W_LIST)
        self.list.setAccessibleName("以前的时刻")
        self.changes = QTextBrowser()
        self.changes.setOpenLinks(False)
        self.changes.setFont(font("body"))
        self.changes.setAccessibleName("从那时到现在改了什么")
        self.words = label("", "label", "text2", wrap=True)
        self.back = Button("回到这个时刻", "primary")
        self.leave = Button("关闭")
        beside = row(self.list, self.changes, gap=S3)
        beside.setStretch(1, 1)
        foot = row(self.words, self.back, self.leave, gap=S2)
        foot.setStretch(0, 1)
        lay = column(label("选一个时刻，右边是从那时到现在改了什么。", "body"), beside, foot, gap=S3, margins=(S4, S4, S4, S4))
        lay.setStretch(1, 1)
        self.setLayout(lay)
        self.list.currentRowChanged.connect(self._show)
        self.back.clicked.connect(self.restore)
        self.leave.clicked.connect(self.close)
        self.destroyed.connect(session.subscribe(lambda _: self._show_again()))
        look().changed.connect(self._show_again)
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
        self.words.setText(f"已回到{ago(local(moment.time), self._now())}的样子。要反悔，按 Ctrl+Z 撤销。")

    def _fill(self) -> None:
        """Read the list anew."""
        try:
            self._moments = self._timeline.moments()
        except UserError as error:
            self._moments = ()
            self.words.setText(str(error))
        self.list.clear()
        for moment in self._moments:
            item = QListWidgetItem(f"{ago(local(moment.time), self._now())}\n{named(moment)}", self.list)
            item.setToolTip(f"{local(moment.time):%Y-%m-%d %H:%M}")
        self.list.setCurrentRow(0 if self._moments else -1)
        if not self._moments:
            self.changes.setHtml(_page([_paragraph("还没有可以回去的时刻。写一会儿就有了。")]))
        self.back.setEnabled(bool(self._moments))

    def _show(self, at: int) -> None:
        """What changed since the moment in row `at`."""
        if not 0 <= at < len(self._moments):
            return
        try:
            since = self._timeline.since(self._moments[at])
        except UserError as error:
            self.changes.setHtml(_page([_paragraph(str(error))]))
            self.back.setEnabled(False)
            return
        self.changes.setHtml(_page(_told(since, self._session.form)))
        self.back.setEnabled(bool(since))
        self.words.setText("" if since else "从那时到现在没有改动。")

    def _show_again(self) -> None:
        self._show(self.list.currentRow())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # a slip of the Enter key must not go back
            event.ignore()
            return
        super().keyPressEvent(event)


# --- the difference as a page -----------------------------------------------------------------------------------------


def _told(since: Difference, form: FormDef) -> list[str]:
    if not since:
        return [_paragraph("没有改动。")]
    order = {ref: i for i, ref in enumerate(form.cells)}
    cells = sorted(since.cells, key=lambda change: order.get(change.ref, len(order)))
    return [*(_cells(cells, form) if cells else ()), *(part for change in since.texts for part in _text(change, form))]


def _cells(cells: list[CellChange], form: FormDef) -> list[str]:
    rows = "".join(f"<tr><td>{escape(_cell_name(c, form))}</td><td>{_old(c.old or BLANK)}</td><td>{_new(c.new or BLANK)}</td></tr>" for c in cells)
    return [f"<h4>表格 {len(cells)} 格</h4><table cellpadding='4'><tr><th>哪一格</th><th>那时</th><th>现在</th></tr>{rows}</table>"]


def _text(change: TextChange, form: FormDef) -> list[str]:
    marks = {"same": _same, "old": _old, "new": _new}
    runs = "".join(marks[run.mark](run.text) for run in change.runs)
    return [f"<h4>{escape(_text_name(change, form))}</h4><p>{runs}</p>"]


def _cell_name(change: CellChange, form: FormDef) -> str:
    cell = form.cells.get(change.ref)
    return change.ref if cell is None else cell.place


def _text_name(change: TextChange, form: FormDef) -> str:
    part, key = change.slot
    if part == "agency":
        return AGENCY.get(key, key)
    if part == "explanations":
        return "核对时写的说明"
    name = {"preamble": "引言", "closing": "落款"}.get(key) or next((s.heading for s in form.sections if s.key == key), key)
    return f"{name}：没有确认的去年原文" if part == "unread" else name


def _same(text: str) -> str:
    """Of a long stretch that stayed only its ends are shown."""
    return _lines(text if len(text) <= 80 else f"{text[:30]} …… {text[-30:]}")


def _old(text: str) -> str:
    return f"<s style='color:{theme().error};background:{theme().error_soft}'>{_lines(text)}</s>"


def _new(text: str) -> str:
    return f"<span style='color:{theme().ok};background:{theme().accent_soft}'>{_lines(text)}</span>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _paragraph(text: str) -> str:
    return f"<p>{_lines(text)}</p>"


def _page(parts: list[str]) -> str:
    return f"<body style='color:{theme().text}'>{''.join(parts)}</body>"
