"""What was read of a published report, before any of it is hers: how much, what is doubtful, what the checks say, what may be taken over.

Nothing is in the library yet. She takes last year's report as the beginning of this year's, keeps it for its figures alone, or has only
looked at what the checks say of it. Whose report it is and of which year is asked where the source does not say it: figures of a report
without a year or a name would be held against the wrong one.
"""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gxdesk.cells import State
from gxdesk.checks.finding import Severity
from gxdesk.errors import UserError
from gxdesk.figures import Figures
from gxdesk.forms.definition import LAST_YEAR
from gxdesk.forms.known import Forms
from gxdesk.imports.carry import Carried, carry
from gxdesk.imports.matching import NO_NAME, NO_YEAR
from gxdesk.imports.tables import Doubt
from gxdesk.imports.worker import Audited, Remark
from gxdesk.outline import characters
from gxdesk.report import AGENCY_FIELDS, Slot
from ui.library import Takeover
from ui.paint import WORDS
from ui.parts import Button, Item, Mark, Rule, Sheet, Tick, column, holder, label, row, show_if
from ui.tokens import H_CONTROL, S1, S2, S3, S4, S5
from ui.year_field import YearField

WIDTH = 880
TEXTS, FIGURES = "texts", "figures"  # what may be taken over, besides each year in a text
MOST = 40  # lines of one list; the rest is counted


class IncomingPage(QWidget):
    """One file that was read."""

    topic = "last-year"  # of the manual
    accepted = Signal(Takeover)
    closed = Signal()

    def __init__(self, name: str, audited: Audited, forms: Forms, agency: str, wanted_by: int | None = None) -> None:
        """`name` is the file's, `agency` the officer's own, `wanted_by` the year of an open report that wants this one for its last year's."""
        super().__init__()
        imported = audited.imported
        self._imported, self._remarks, self._forms, self._agency, self._wanted_by = imported, audited.remarks, forms, agency, wanted_by
        self._last: int | None = None
        self._carried: Carried | None = None
        self._adopted: dict[int, Doubt] = {}
        self._moves: dict[tuple[str, int], Tick] = {}
        self.name = QLineEdit(imported.report.agency.get("name", "").strip())
        self.name.setPlaceholderText("公章上的全称")
        self.name.setAccessibleName(AGENCY_FIELDS["name"])
        self.name.setFixedHeight(H_CONTROL)
        self.year = YearField(imported.report.year)
        self.hers = Button(f"就是{agency}", "quiet", small=True)
        self.hers.clicked.connect(lambda: self.name.setText(agency))
        self._asked = _Line("error")
        self._other = _Line("explain")
        self._wanted: dict[str | tuple[str, int], bool] = {}  # what she ticked or not, years by their place in a text; kept while the year of the report is edited
        self._taken = QVBoxLayout()
        back = Button("", "icon", "back", name="关掉，什么也不读入")
        back.clicked.connect(self.closed)
        head = row(back, label(f"读到的内容：{name}", "title"), None, margins=(S3, S3, S4, S3))
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
        self.go = Button("", "primary")
        self.go.clicked.connect(lambda: self._accept(begin=True))
        self.keep = Button("只存进报告库", "plain" if wanted_by is None else "primary")
        self.keep.clicked.connect(lambda: self._accept(begin=False))
        show_if(self.go, wanted_by is None)
        leave = Button("不要了", "quiet")
        leave.clicked.connect(self.closed)
        foot = holder(row(None, leave, self.keep, self.go, margins=(S4, S3, S5, S3)), Sheet())
        self.setLayout(column(holder(head, Sheet("canvas")), scroll, Rule(), foot, gap=0))
        self.year.textChanged.connect(self._follow)
        self.name.textChanged.connect(self._follow)
        self._follow()

    def take_focus(self) -> None:
        """To what is still asked, else to the button that goes on."""
        buttons = (self.keep,) if self._wanted_by else (self.go, self.keep)
        ready = next((button for button in buttons if button.isEnabled()), None)
        (ready or (self.name if self._last is not None else self.year)).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what it says ---

    def _parts(self) -> list[Item]:
        imported = self._imported
        out: list[Item] = [label(imported.title or "没有找到标题", "heading", wrap=True), label(f"{imported.form.name} · 从{imported.kind}读入", "label", "text2", wrap=True)]
        whose = row(label(AGENCY_FIELDS["name"], "label", "text2"), self.name, self.hers, S2, self.year, label("年度", "body"), gap=S2)
        whose.setStretch(1, 1)
        out += [whose, self._asked, self._other, label(self._counts(), "body", wrap=True)]
        out += [_Line("hint", note) for note in imported.notes if note not in (NO_YEAR, NO_NAME)]  # these two are asked above
        out += self._doubts()
        out += self._left()
        out += self._findings()
        return [*out, self._taken]

    def _counts(self) -> str:
        figures, tables = Figures(self._imported.form, self._imported.report.cells), self._imported.form.tables.values()
        cells = [ref for table in tables for ref in table.inputs]
        read = sum(figures.entry(ref).state is not State.BLANK for ref in cells)
        missing = set(self._imported.missing).intersection(cells)
        doubtful = {ref for doubt in self._imported.doubts for ref in doubt.refs if ref in cells and figures.entry(ref).state is State.BLANK}
        words = [f"表格要填的 {len(cells)} 格，读到 {read} 格"]
        words += [f"拿不准没有填 {len(doubtful)} 格"] if doubtful else []
        words += [f"原文空着 {blank} 格"] if (blank := len(cells) - read - len(missing) - len(doubtful)) else []
        words += [f"没有找到 {len(missing)} 格"] if missing else []
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
        out: list[Item] = [S2, Rule(), label(f"照读到的原文检查：{'，'.join(counts) or '没有发现问题'}", "heading")]
        return [*out, *(_finding(f) for f in findings[:MOST]), *_rest(len(findings))]

    # --- whose it is, of which year, and what follows from that ---

    def _follow(self) -> None:
        name, year = self.name.text().strip(), self.year.year
        asked = [word for word, known in (("报告年度", year), (AGENCY_FIELDS["name"], name)) if not known]
        why = f"请填上{'和'.join(asked)}，填上才知道和哪一份对照。" if asked else ""
        carried: Carried | None = None
        if year is not None:
            try:
                carried = self._carry(year)
            except UserError as error:
                year, why = None, str(error)
        self._asked.say(why)
        self._other.say(f"这是“{name}”的报告，您的单位是“{self._agency}”。" if name and self._agency and name != self._agency else "")
        self.hers.setVisible(bool(self._agency) and not name)
        self._name_buttons(year)
        for button in (self.go, self.keep):
            button.setEnabled(not why)
        if year != self._last:
            self._last, self._carried = year, carried
            self._show_takeover()

    def _carry(self, year: int) -> Carried:
        """What the report of the year after would take over. Raises UserError where there can be none."""
        if year >= LAST_YEAR:
            raise UserError(f"年度最晚写到 {LAST_YEAR - 1}。请核对。")
        return carry(replace(self._imported.report, year=year), self._imported.form, year + 1, self._forms.for_year(year + 1))

    def _name_buttons(self, year: int | None) -> None:
        self.go.setText(f"接着写 {year + 1} 年度报告" if year else "接着写下一年度报告")
        if self._wanted_by is not None:
            self.keep.setText(f"作为 {self._wanted_by} 年度报告的去年数" if year == self._wanted_by - 1 else "只存进报告库")
        self.keep.setToolTip(f"{year} 年度的数会显示在 {year + 1} 年度报告的格子旁边" if year else "")
        for button in (self.go, self.keep):
            button.updateGeometry()

    def _show_takeover(self) -> None:
        """What would be taken over into the report of the year after."""
        while (item := self._taken.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._moves = {}
        if self._carried is not None and self._last is not None and self._wanted_by is None:
            self._taken.addWidget(holder(column(*self._takeover(self._carried, self._last + 1), gap=S2)))

    def _takeover(self, carried: Carried, year: int) -> list[Item]:
        out: list[Item] = [S2, Rule(), label(f"带进 {year} 年度报告的", "heading"), label("单位信息都带过去；去年的数只显示在格子旁边，不填进去。", "label", "text2", wrap=True)]
        texts = self._tick(TEXTS, "文字", f"{sum(len(t.sentences) for t in carried.texts)} 句，每句标“去年原文”，改过或确认后去掉")
        figures = self._tick(FIGURES, "结转的数", f"{len(carried.figures)} 格，由去年的报告得出")
        out += [show_if(texts, bool(carried.texts)), show_if(figures, bool(carried.figures))]
        moves = [(text.key, i, change) for text in carried.texts for i, change in enumerate(text.years)]
        if moves:
            out += [S1, label("文字里的年份，改的打勾：", "label")]
        for key, i, change in moves:
            tick = self._tick((key, change.start), f"{change.old} 改成 {change.new}", f"…{change.excerpt}…")
            self._moves[key, i] = tick
            tick.setEnabled(texts.isChecked())
            texts.toggled.connect(tick.setEnabled)
            out.append(tick)
        if carried.left_out:
            out.append(label(f"{len(carried.left_out)} 段文字在新格式里没有位置，不带过去。", "label", "text2", wrap=True))
        return out

    def _tick(self, what: str | tuple[str, int], name: str, use: str) -> Tick:
        out = Tick(name, use, checked=self._wants(what))
        out.toggled.connect(lambda on: self._wanted.__setitem__(what, on))
        return out

    def _wants(self, what: str | tuple[str, int]) -> bool:
        return self._wanted.get(what, True)

    # --- what comes of it ---

    def _accept(self, *, begin: bool) -> None:
        """Only while year and name are there."""
        if self._last is None or self._carried is None:
            return
        values = {Slot("cells", doubt.ref): doubt.text for doubt in self._adopted.values() if doubt.ref is not None}
        values[Slot("agency", "name")] = self.name.text().strip()
        report = replace(self._imported.report.with_values(values), year=self._last)
        if not begin:
            self.accepted.emit(Takeover(report, None))
            return
        years = {t.key: frozenset(i for i, change in enumerate(t.years) if self._wants((t.key, change.start))) for t in self._carried.texts}
        self.accepted.emit(Takeover(report, self._last + 1, self._wants(TEXTS), self._wants(FIGURES), years))


class _Line(QWidget):
    """A mark and what it says; not there while there is nothing to say."""

    def __init__(self, mark: str, words: str = "") -> None:
        super().__init__()
        shape, self._text = Mark(mark, 16), label("", "label", wrap=True)
        out = row(shape, self._text, gap=S2)
        out.setStretch(1, 1)
        out.setAlignment(shape, Qt.AlignmentFlag.AlignTop)
        holder(out, self)
        self.say(words)

    def say(self, words: str) -> None:
        self._text.setText(words)
        self.setHidden(not words)


def _finding(finding: Remark) -> QWidget:
    shape = Mark(finding.severity.value, 16)
    out = row(shape, column(label(finding.message, "label", wrap=True), label(finding.place, "caption", "text2", wrap=True), gap=1), gap=S2)
    out.setStretch(1, 1)
    out.setAlignment(shape, Qt.AlignmentFlag.AlignTop)
    return holder(out)


def _rest(count: int) -> list[Item]:
    return [label(f"另有 {count - MOST} 处没有列出。", "caption", "text2")] if count > MOST else []
