"""回到过去: the moments of a report, what changed since each, and the way back. A window of its own, which need not be closed to go on writing."""

from collections.abc import Callable
from datetime import datetime
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QTextBrowser, QWidget

from gxdesk.diff import CellChange, Difference, TextChange
from gxdesk.drafts.moments import Kind, Moment
from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef
from gxdesk.session import Session
from gxdesk.timeline import Timeline
from ui.due import local
from ui.panels.times import Instant, TimeList, ago
from ui.parts import Button, Rule, Sheet, column, holder, label, row, show_if
from ui.tokens import S2, S3, S4, S5, font, look, theme

NAMES = {
    Kind.OPENED: "当天第一次打开",
    Kind.WORKED: "写了半小时",
    Kind.BEFORE_IMPORT: "导入之前",
    Kind.IMPORTED: "导入之后",
    Kind.BEFORE_RESTORE: "回到过去之前",
    Kind.EXPORTED: "导出",
}
AGENCY = {"name": "机关全称", "kind": "机构类型", "self_reference": "自称", "phone": "电话", "email": "电子邮箱", "address": "地址", "website": "网站"}
WIDTH, HEIGHT = 940, 620
BLANK = "空白"
NOTHING_YET = "还没有可以回去的时刻。程序在每天第一次打开、写满半小时、导出的时候各记一次，写一会儿就有了。"


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
        self.changes = QTextBrowser()
        self.changes.setFrameShape(QFrame.Shape.NoFrame)
        self.changes.setOpenLinks(False)
        self.changes.setFont(font("body"))
        self.changes.document().setDocumentMargin(0)
        self.changes.setAccessibleName("从那时到现在改了什么")
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
            self._tell("还没有以前的时刻", NOTHING_YET, [])
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
            self._tell(title, str(error), [])
            self.back.setEnabled(False)
            return
        self._tell(title, summary(since), _told(since, self._session.form))
        self.back.setEnabled(bool(since))
        self.words.setText("")

    def _show_again(self) -> None:
        """The report changed: what was said of going back holds no longer."""
        self.undo.hide()
        self._show(self.list.currentRow())

    def _tell(self, title: str, words: str, parts: list[str]) -> None:
        self.title.setText(title)
        self.summary.setText(words)
        self.changes.setHtml(_page(parts))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # a slip of the Enter key must not go back
            event.ignore()
            return
        super().keyPressEvent(event)


# --- the difference as a page -----------------------------------------------------------------------------------------


def summary(since: Difference) -> str:
    """How much changed, in one line."""
    parts = [f"表格改了 {len(since.cells)} 格" if since.cells else "", f"文字改了 {len(since.texts)} 处" if since.texts else ""]
    return f"从那时到现在，{'，'.join(filter(None, parts))}。" if since else "从那时到现在没有改动。"


def _told(since: Difference, form: FormDef) -> list[str]:
    if not since:
        return []
    order = {ref: i for i, ref in enumerate(form.cells)}
    tables: dict[str, list[CellChange]] = {}
    for change in sorted(since.cells, key=lambda change: order.get(change.ref, len(order))):
        tables.setdefault(_table_name(change, form), []).append(change)
    legend = _paragraph_html(f"<span style='color:{theme().text3}'>{_old('划掉的')} 那时有，现在没有　{_new('下划线的')} 那时没有，现在有</span>")
    return [legend, *(part for name, cells in tables.items() for part in _cells(name, cells, form)), *(part for change in since.texts for part in _text(change, form))]


def _cells(name: str, cells: list[CellChange], form: FormDef) -> list[str]:
    side = f"border-bottom:1px solid {theme().line}"
    head = "".join(f"<td {width} style='{side};color:{theme().text2}' {at}>{words}</td>" for words, width, at in (("哪一格", "", ""), ("那时", "width='72'", "align='right'"), ("现在", "width='72'", "align='right'")))
    rows = "".join(
        f"<tr><td style='{side}'>{escape(_cell_name(c, form))}</td><td align='right' style='{side}'>{_old(c.old) if c.old else BLANK}</td>"
        f"<td align='right' style='{side}'>{_new(c.new) if c.new else BLANK}</td></tr>"
        for c in cells
    )
    return [_heading(name), f"<table width='100%' cellspacing='0' cellpadding='6' style='border-collapse:collapse'><tr>{head}</tr>{rows}</table>"]


def _text(change: TextChange, form: FormDef) -> list[str]:
    marks = {"same": _same, "old": _old, "new": _new}
    runs = "".join(marks[run.mark](run.text) for run in change.runs)
    return [_heading(_text_name(change, form)), _paragraph_html(runs)]


def _table_name(change: CellChange, form: FormDef) -> str:
    cell = form.cells.get(change.ref)
    return "别的格" if cell is None else form.section_of(cell.ref).heading


def _cell_name(change: CellChange, form: FormDef) -> str:
    """The cell under the heading of its table."""
    cell = form.cells.get(change.ref)
    return change.ref if cell is None else cell.place.split(" · ", 1)[-1]


def _text_name(change: TextChange, form: FormDef) -> str:
    part, key = change.slot
    if part == "agency":
        return AGENCY.get(key, key)
    if part == "explanations":
        return "核对时写的说明"
    name = {"preamble": "引言", "closing": "落款", "review": "核对与导出"}.get(key) or next((s.heading for s in form.sections if s.key == key), key)
    return name + {"unread": "：没有确认的去年原文", "drafted": "：没有看过的起草句子", "notes": "：给明年的话"}.get(part, "")


def _same(text: str) -> str:
    """Of a long stretch that stayed only its ends are shown."""
    return _lines(text if len(text) <= 80 else f"{text[:30]} …… {text[-30:]}")


def _old(text: str) -> str:
    return f"<s style='color:{theme().error};background:{theme().error_soft}'>{_lines(text)}</s>"


def _new(text: str) -> str:
    return f"<u style='color:{theme().ok};background:{theme().accent_soft}'>{_lines(text)}</u>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _heading(text: str) -> str:
    return f"<p style='font-weight:700;margin-top:18px;margin-bottom:6px'>{escape(text)}</p>"


def _paragraph_html(html: str) -> str:
    return f"<p style='line-height:160%;margin-top:0;margin-bottom:6px'>{html}</p>"


def _page(parts: list[str]) -> str:
    return f"<body style='color:{theme().text}'>{''.join(parts)}</body>"
