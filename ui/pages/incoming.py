"""What was read of a published report, before any of it is hers: how much, what is doubtful, what the checks say, what may be taken over.

Nothing is in the library yet. She takes last year's report as the beginning of this year's, keeps it for its figures alone, or has only
looked at what the checks say of it.
"""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gxdesk.cells import State
from gxdesk.checks.finding import Severity
from gxdesk.figures import Figures
from gxdesk.forms.definition import Forms
from gxdesk.imports.carry import Carried, carry
from gxdesk.imports.tables import Doubt
from gxdesk.imports.worker import Audited, Remark
from gxdesk.outline import characters
from gxdesk.report import Slot
from ui.library import Takeover
from ui.paint import WORDS
from ui.parts import Button, Item, Mark, Rule, Sheet, Tick, column, holder, label, row, show_if
from ui.tokens import S1, S2, S3, S4, S5

WIDTH = 880
MOST = 40  # lines of one list; the rest is counted


class IncomingPage(QWidget):
    """One file that was read."""

    topic = "last-year"  # of the manual
    accepted = Signal(Takeover)
    closed = Signal()

    def __init__(self, name: str, audited: Audited, forms: Forms, agency: str, fallback_year: int) -> None:
        """`name` is the file's, `agency` the officer's own, `fallback_year` that of a report that does not say its own. Raises UserError for
        a report of a year before the first form."""
        super().__init__()
        imported = audited.imported
        self._imported, self._remarks, self._forms, self._agency = imported, audited.remarks, forms, agency
        self._last = imported.report.year or fallback_year
        self._year = self._last + 1
        self._carried: Carried = carry(replace(imported.report, year=self._last), imported.form, self._year, forms.for_year(self._year))
        self._adopted: dict[int, Doubt] = {}
        back = Button("", "icon", "back", name="关掉，什么也不读入")
        back.clicked.connect(self.closed)
        head = row(back, label(f"读到的内容：{name}", "title"), None, margins=(S3, S3, S4, S3))
        self.texts = Tick("文字", f"{sum(len(t.sentences) for t in self._carried.texts)} 句，每句标“去年原文”，改过或确认后去掉", checked=True)
        self.figures = Tick("结转的数", f"{len(self._carried.figures)} 格，由去年的报告得出", checked=True)
        show_if(self.texts, bool(self._carried.texts))
        show_if(self.figures, bool(self._carried.figures))
        self._moves: dict[tuple[str, int], Tick] = {}
        inner = holder(column(*self._parts(), None, gap=S2, margins=(S5, S4, S5, S4)), Sheet())
        inner.setMaximumWidth(WIDTH)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        ground = row(None, inner, None, margins=(S4, 0, S4, S4), gap=0)
        ground.setStretch(1, 1000)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder(ground, Sheet("canvas")))
        scroll.setAccessibleName("读到的内容")
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setProperty("box", "pane")
        self.go = Button(f"接着写 {self._year} 年度报告", "primary")
        self.go.clicked.connect(lambda: self._accept(self._year))
        self.keep = Button("只存进报告库", "plain")
        self.keep.setToolTip(f"{self._last} 年度的数会显示在 {self._year} 年度报告的格子旁边")
        self.keep.clicked.connect(lambda: self._accept(None))
        leave = Button("不要了", "quiet")
        leave.clicked.connect(self.closed)
        foot = holder(row(None, leave, self.keep, self.go, margins=(S4, S3, S5, S3)), Sheet())
        self.setLayout(column(holder(head, Sheet("canvas")), scroll, Rule(), foot, gap=0))

    def take_focus(self) -> None:
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what it says ---

    def _parts(self) -> list[Item]:
        imported = self._imported
        said = [f"{self._last} 年度", imported.form.name, f"从{imported.kind}读入"]
        out: list[Item] = [label(imported.title or "没有找到标题", "heading", wrap=True), label(" · ".join(filter(None, [imported.agency, *said])), "label", "text2", wrap=True)]
        out += [label(self._counts(), "body", wrap=True)]
        if self._agency and imported.agency and imported.agency != self._agency:
            out.append(_line("explain", f"这是“{imported.agency}”的报告，您的单位是“{self._agency}”。"))
        out += [_line("hint", note) for note in imported.notes]
        out += self._doubts()
        out += self._left()
        out += self._findings()
        out += self._takeover()
        return out

    def _counts(self) -> str:
        figures, tables = Figures(self._imported.form, self._imported.report.cells), self._imported.form.tables.values()
        cells = [ref for table in tables for ref in table.inputs]
        read = sum(figures.entry(ref).state is not State.BLANK for ref in cells)
        missing = sum(ref in set(cells) for ref in self._imported.missing)
        words = [f"表格 {len(cells)} 格，读到 {read} 格"]
        words += [f"原文空着 {blank} 格"] if (blank := len(cells) - read - missing) > 0 else []
        words += [f"没有找到 {missing} 格"] if missing else []
        return f"{'，'.join(words)}；文字 {sum(characters(text) for text in self._imported.report.texts.values()):,} 字。没有读到的都空着，不补 0。"

    def _doubts(self) -> list[Item]:
        doubts = self._imported.doubts
        if not doubts:
            return []
        out: list[Item] = [S2, Rule(), label(f"拿不准的 {len(doubts)} 处", "heading")]
        for number, doubt in enumerate(doubts[:MOST]):
            where = self._imported.form.cells[doubt.refs[0]].place if doubt.refs else "原文"
            more = f"等 {len(doubt.refs)} 格" if len(doubt.refs) > 1 else ""
            said = column(label(f"{where}{more}：{doubt.why}", "label", wrap=True), label(f"原文：{doubt.excerpt}", "caption", "text2", wrap=True), gap=2)
            line = row(said, gap=S2)
            line.setStretch(0, 1)
            if doubt.ref is not None and doubt.text and self._imported.report.cells.get(doubt.ref) != doubt.text:
                line.addWidget(self._adopt_button(number, doubt))
            out.append(holder(line))
        return [*out, *_rest(len(doubts))]

    def _adopt_button(self, number: int, doubt: Doubt) -> Button:
        out = Button(f"就用 {doubt.text}", "plain", "check", small=True, checkable=True)
        out.toggled.connect(lambda on: self._adopted.__setitem__(number, doubt) if on else self._adopted.pop(number, None))
        return out

    def _left(self) -> list[Item]:
        left = self._imported.not_understood
        if not left:
            return []
        said = holder(column(*(label(text, "caption", "text2", wrap=True, selectable=True) for text in left[:MOST]), *_rest(len(left)), gap=S1))
        said.hide()
        show = Button("看看是什么", "quiet", small=True, checkable=True)
        show.toggled.connect(said.setVisible)
        return [S2, Rule(), row(label(f"没有读懂的 {len(left)} 段，没有读入", "heading"), None, show), said]

    def _findings(self) -> list[Item]:
        findings = self._remarks
        counts = [f"{WORDS[s.value]} {n}" for s in Severity if (n := sum(f.severity is s for f in findings))]
        out: list[Item] = [S2, Rule(), label(f"检查这份报告：{'，'.join(counts) or '没有发现问题'}", "heading")]
        return [*out, *(_finding(f) for f in findings[:MOST]), *_rest(len(findings))]

    def _takeover(self) -> list[Item]:
        out: list[Item] = [S2, Rule(), label(f"带进 {self._year} 年度报告的", "heading"), label("单位信息都带过去；去年的数只显示在格子旁边，不填进去。", "label", "text2", wrap=True)]
        out += [self.texts, self.figures]
        moves = [(text.key, i, change) for text in self._carried.texts for i, change in enumerate(text.years)]
        if moves:
            out += [S1, label("文字里的年份，改的打勾：", "label")]
        for key, i, change in moves:
            tick = Tick(f"{change.old} 改成 {change.new}", f"…{change.excerpt}…", checked=True)
            self._moves[key, i] = tick
            self.texts.toggled.connect(tick.setEnabled)
            out.append(tick)
        if self._carried.left_out:
            out.append(label(f"{len(self._carried.left_out)} 段文字在新格式里没有位置，不带过去。", "label", "text2", wrap=True))
        return out

    # --- what comes of it ---

    def _accept(self, year: int | None) -> None:
        values = {Slot("cells", doubt.ref): doubt.text for doubt in self._adopted.values() if doubt.ref is not None}
        report = replace(self._imported.report.with_values(values), year=self._last)
        years = {t.key: frozenset(i for i in range(len(t.years)) if self._moves[t.key, i].isChecked()) for t in self._carried.texts}
        self.accepted.emit(Takeover(report, year, self.texts.isChecked(), self.figures.isChecked(), years))


def _line(mark: str, words: str) -> QWidget:
    shape, text = Mark(mark, 16), label(words, "label", wrap=True)
    out = row(shape, text, gap=S2)
    out.setStretch(1, 1)
    out.setAlignment(shape, Qt.AlignmentFlag.AlignTop)
    return holder(out)


def _finding(finding: Remark) -> QWidget:
    shape = Mark(finding.severity.value, 16)
    out = row(shape, column(label(finding.message, "label", wrap=True), label(finding.place, "caption", "text2", wrap=True), gap=1), gap=S2)
    out.setStretch(1, 1)
    out.setAlignment(shape, Qt.AlignmentFlag.AlignTop)
    return holder(out)


def _rest(count: int) -> list[Item]:
    return [label(f"另有 {count - MOST} 处没有列出。", "caption", "text2")] if count > MOST else []
