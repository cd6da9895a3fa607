"""What she prints besides the report: five papers for those who write, check, sign and read it.

A `Paper` is plain data in the order in which it is read; one template prints them all and the read-back looks for every text of it. Nothing
here knows a form: what is compared, drawn and explained is said by the form file and by the checks. Only the 图解 is for publication.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gxdesk.cells import CellRef, Number, show
from gxdesk.checks.engine import answered
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.lastyear import follows
from gxdesk.document.edition import Edition
from gxdesk.document.view import TableView, build_view, clean
from gxdesk.figures import Figures
from gxdesk.forms.definition import ChartDef, FormDef, Measure, TableDef
from gxdesk.forms.help import table_help
from gxdesk.report import Report

UNSAID = "未填"
NAME_MOST, CELL_MOST = 60, 64  # characters: two lines of a head, and of a cell where everything must stay on one page
DONE_MOST = 60  # characters of a reason on the 预检表; whole it stands on the 说明

FILLED_IN = ("填报科室", "填表人", "日期")  # by hand, above each table
# Who has to agree before the report goes out, and to what.
STEPS = (
    ("编制", "数据、文字已逐项核对，要说明的已经写明。"),
    ("保密审查", "依照《政府信息公开条例》第十七条审查，可以公开。"),
    ("审核", "内容属实，与去年的报告衔接。"),
    ("签发", "同意印发。"),
    ("盖章", "成文日期、印章齐全。"),
    ("报送", "{deadline}{to}。"),
    ("公布", "已在网站公布，网址：{website}"),
)


@dataclass(frozen=True)
class Listing:
    """A table of words. `kind` is its look. Without rows only `note` is printed, with them it stands below the heading."""

    kind: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def said(self) -> Iterator[str]:
        yield from (self.heading, self.note)
        yield from (text for row in (self.columns, *self.rows) if self.rows for text in row)


@dataclass(frozen=True)
class Sheet:
    """A table of the form to be filled in by hand, on pages of its own. What stands in its cells is last year's."""

    heading: str
    note: str
    table: TableView

    def said(self) -> Iterator[str]:
        yield from (self.heading, *FILLED_IN, self.note)
        yield from (cell.text for row in self.table.rows for cell in row)


@dataclass(frozen=True)
class Bar:
    name: str
    value: Number | None
    last: Number | None = None


@dataclass(frozen=True)
class Chart:
    """A picture, its figures as a table, and what it shows in a sentence. Where there is nothing to draw the sentence says why."""

    figures: Listing
    bars: tuple[Bar, ...]
    series: tuple[str, ...]  # what the bars of one name stand for: this year, and last year's where they are compared
    text: str
    drawn: bool

    def said(self) -> Iterator[str]:
        yield from self.figures.said()
        if not self.drawn:
            yield self.text


@dataclass(frozen=True)
class Paper:
    """`facts` are names and what they name, above the blocks. A draft says that it is one."""

    name: str
    report: str
    draft: bool
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Listing | Sheet | Chart, ...]

    def said(self) -> Iterator[str]:
        """Every text of it in the order of reading, without those that are empty."""
        texts = (self.name, self.report, *(text for fact in self.facts for text in fact), *(text for block in self.blocks for text in block.said()))
        return (text for text in texts if text)

    def tables(self) -> Iterator[TableView]:
        return (block.table for block in self.blocks if isinstance(block, Sheet))


# --- the papers -----------------------------------------------------------------------------------------------------


def sign_off(edition: Edition, pages: int | None = None) -> Paper:
    """签批单: what is being signed, how its checks stand, and a line to sign for each who must."""
    form, year = edition.form, edition.report.year
    month, day = form.deadline
    deadline = f"{f'{year + 1}年' if year else ''}{month}月{day}日前"
    facts = (
        *_identity(edition),
        *([("正文", f"{pages} 页")] if pages else []),
        ("内容校验码", edition.view.fingerprint),
        ("核对", _summary(edition)),
    )
    known = {"deadline": deadline, "to": form.deadline_to, "website": _clipped(edition.report.agency.get("website", ""), NAME_MOST)}
    steps = tuple((name, what.format_map(known), "", "", "年　月　日") for name, what in STEPS)
    return _paper(edition, "签批单", facts, Listing("steps", "", ("环节", "事项", "意见", "签名", "日期"), steps))


def checked(edition: Edition) -> Paper:
    """预检表: every finding with its place, both sides and basis, and what was done about it; to go with the 签批单."""
    columns = ("位置", "情况", "依据", "处理")
    listings = []
    for severity in Severity:
        found = [f for f in edition.findings if f.severity is severity]
        rows = tuple((f.place, _both_sides(f), f.basis, _done(f, edition.report)) for f in found)
        listings.append(Listing("checked", f"{severity.words} {len(found)}", columns, rows, "" if rows else "没有。"))
    return _paper(edition, "预检表", (*_identity(edition), ("内容校验码", edition.view.fingerprint), ("核对", _summary(edition))), *listings)


def brief(edition: Edition, most: int | None = None) -> Paper:
    """一页纸: what changed against last year, what is open, what was explained. `most` lines of these, the most important first; each
    list says how many lines of it are elsewhere."""
    named = [f for f in edition.findings if f.severity is not Severity.HINT]
    pending = sorted((f for f in named if not answered(f, edition.report)), key=lambda f: f.severity.rank)
    open_rows = tuple((f.severity.words, f.place, f.message) for f in pending)
    told_rows = tuple((f.place, f.message, _reason(f, edition.report)) for f in named if answered(f, edition.report))
    compared = _compared(edition)
    columns = ("部分", "项目", "今年", "去年", "增减")
    changes = tuple(_changes(edition.form, Figures(edition.form, edition.report.cells), compared))
    listings, room = [], len(changes) + len(open_rows) + len(told_rows) if most is None else most
    for listing, where in (
        (Listing("changes", "与去年相比" if compared else "主要数据", columns if compared else columns[:3], changes, _why_alone(edition)), "报告各表"),
        (Listing("open", "还没有解决的", ("轻重", "位置", "情况"), open_rows, "" if open_rows else "没有。"), "程序的核对页"),
        (Listing("told", "已经说明的", ("位置", "情况", "说明"), told_rows, "" if told_rows else "没有。"), "《说明》"),
    ):
        listings.append(_shortened(listing, room, where))
        room = max(0, room - len(listing.rows))
    return _paper(edition, "一页纸", (*_identity(edition), ("核对", _summary(edition))), *listings)


def brief_lines(edition: Edition) -> int:
    """How many lines the whole 一页纸 has."""
    return sum(len(block.rows) for block in brief(edition).blocks if isinstance(block, Listing))


def collection(edition: Edition) -> Paper:
    """采集表: each table of the form blank, with last year's figures in grey and how its rows and columns are counted."""
    form, compared = edition.form, _compared(edition)
    then: dict[CellRef, str] = dict(build_view(*edition.last, draft=False).numbers) if edition.last and compared else {}
    blank = build_view(Report(form.id, edition.report.year, edition.report.agency), form, draft=False)
    blocks: list[Sheet | Listing] = []
    for section, table in ((s, s.table) for s in blank.sections if s.table):
        rows = tuple(tuple(replace(c, lines=(then.get(c.ref, ""),)) if c.ref else c for c in row) for row in table.rows)
        definition = form.tables[table.key]
        note = definition.note + ("灰色小字是去年的数。" if any(ref in then for ref in definition.cells) else "")
        blocks.append(Sheet(section.heading, note, replace(table, rows=rows)))
        if guides := tuple(_guides(form, definition)):
            blocks.append(Listing("guides", "怎么数", ("项目", "数什么", "依据"), guides))
    paper = _paper(edition, "采集表", _identity(edition), *blocks)
    return replace(paper, draft=False)


def reasons(edition: Edition) -> Paper:
    """说明: every finding that asks for a reason, with its figures, its basis and the reason written. It is never part of the report."""
    asked = [f for f in edition.findings if f.severity is Severity.EXPLAIN]
    told = sum(answered(f, edition.report) for f in asked)
    summary = f"请说明 {len(asked)} 处，已说明 {told} 处，没有说明 {len(asked) - told} 处。" if asked else "没有要说明的。"
    blocks = (Listing("reason", f"{i}. {f.place}", (), tuple(_told(f, edition.report))) for i, f in enumerate(asked, 1))
    facts = (*_identity(edition), ("情况", summary), ("用途", "内部留存，随签批单备查，不公布，不是报告的组成部分。"))
    return _paper(edition, "说明", facts, *blocks)


def charts(edition: Edition) -> Paper:
    """图解: the pictures the form names, with their figures."""
    compared = _compared(edition) is not None
    drawn = [_chart(c, edition) for table in edition.form.tables.values() for c in table.charts if compared or not c.compare]
    facts = (("说明", "图中的数都出自报告的表格。" if drawn else "这种格式没有规定要画的图。"),)
    return _paper(edition, "图解", facts, *drawn)


# --- their parts ----------------------------------------------------------------------------------------------------


def _paper(edition: Edition, name: str, facts: Iterable[tuple[str, str]], *blocks: Listing | Sheet | Chart) -> Paper:
    return Paper(name, _clipped(edition.view.title, NAME_MOST), edition.draft, tuple(facts), blocks)


def _identity(edition: Edition) -> tuple[tuple[str, str], ...]:
    year = f"{edition.report.year} 年" if edition.report.year else UNSAID
    return ("单位", _clipped(edition.view.agency, NAME_MOST) or UNSAID), ("年度", f"{year}（{edition.form.name}，{edition.form.notice.number}）")


def _summary(edition: Edition) -> str:
    found = {s: [f for f in edition.findings if f.severity is s] for s in Severity}
    told = sum(answered(f, edition.report) for f in found[Severity.EXPLAIN])
    counts = [f"{s.words} {len(found[s])} 处" + (f"（已说明 {told} 处）" if s is Severity.EXPLAIN and told else "") for s in Severity]
    return "，".join(counts) + "。"


def _compared(edition: Edition) -> tuple[Figures, FormDef] | None:
    """Last year's figures and form, if what was given is the report of the year before."""
    if edition.last is None or not follows(edition.report, edition.last[0]):
        return None
    report, form = edition.last
    return Figures(form, report.cells), form


def _why_alone(edition: Edition) -> str:
    """Why figures stand there without those of last year, or without some of them; "" if none is missing."""
    if edition.last is None:
        return "没有给出去年的报告，不能对照。"
    if _compared(edition) is None:
        return "给出的不是上一年度的报告，不能对照。"
    if edition.last[1].id != edition.form.id:
        return f"去年用的是{edition.last[1].name}，只对照两种格式都有的项目。"
    return ""


def _last(measure: Measure, compared: tuple[Figures, FormDef] | None) -> Number | None:
    if compared is None:
        return None
    figures, form = compared
    table = form.tables.get(measure.ref.table)
    return figures.sum(table.under(measure.ref)) if table else None


def _changes(form: FormDef, figures: Figures, compared: tuple[Figures, FormDef] | None) -> Iterator[tuple[str, ...]]:
    for table in form.tables.values():
        for measure in table.brief:
            value, last = figures.sum(table.under(measure.ref)), _last(measure, compared)
            row = (table.name, measure.name, _shown(value), show(last) if last is not None else "—", _difference(value, last))
            yield row if compared else row[:3]


def _shown(value: Number | None) -> str:
    return UNSAID if value is None else show(value)


def _difference(value: Number | None, last: Number | None) -> str:
    if value is None or last is None:
        return "—"
    return "持平" if value == last else f"{'增' if value > last else '减'} {show(max(value, last) - min(value, last))}"


def _shortened(listing: Listing, most: int, where: str) -> Listing:
    """The first `most` rows, each text short enough for a line or two, and a word on the rest."""
    count = len(listing.rows)
    rows = tuple(tuple(_clipped(text, CELL_MOST) for text in row) for row in listing.rows[:most])
    rest = f"共 {count} 项，" + (f"这里列出 {most} 项，其余 {count - most} 项" if most else "") + f"见{where}。" if count > most else ""
    return replace(listing, rows=rows, note=listing.note + rest)


def _clipped(text: str, most: int) -> str:
    text = clean(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"


def _guides(form: FormDef, table: TableDef) -> Iterator[tuple[str, str, str]]:
    """What each row and column counts, and what it rests on."""
    told = table_help(form, table.key)
    for lines, said in ((table.row_lines, told.rows if told else {}), (table.column_lines, told.columns if told else {})):
        for line in lines:
            if not line.sum and (line.key in said or line.clause):  # nobody fills in a sum
                yield line.short, said[line.key].line if line.key in said else "", line.clause


def _both_sides(finding: Finding) -> str:
    """What a finding says, with its two sides where it has them."""
    sides = f"（{finding.left_text} ／ {finding.right_text}）" if finding.left_text else ""
    return clean(f"{finding.message}{sides}")


def _done(finding: Finding, report: Report) -> str:
    if not answered(finding, report):
        return {Severity.ERROR: "待改", Severity.EXPLAIN: "待说明", Severity.HINT: ""}[finding.severity]
    return _clipped(_reason(finding, report), DONE_MOST)


def _reason(finding: Finding, report: Report) -> str:
    return clean(report.explanations.get(finding.key, "")).strip()


def _told(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    yield "核对", clean(finding.message)
    if finding.left_text:
        yield "两边的数", clean(f"{finding.left_text} ／ {finding.right_text}")
    elif finding.left is not None and finding.right is not None:
        yield "两边的数", f"{show(finding.left)} ／ {show(finding.right)}"
    yield "依据", finding.basis
    yield "说明", _reason(finding, report) if answered(finding, report) else "（还没有写）"


def _chart(chart: ChartDef, edition: Edition) -> Chart:
    compared = _compared(edition) if chart.compare else None
    tables, figures = edition.form.tables, Figures(edition.form, edition.report.cells)
    bars = tuple(Bar(m.name, figures.sum(tables[m.ref.table].under(m.ref)), _last(m, compared)) for m in chart.bars)
    year = edition.report.year
    now, then = (f"{year}年", f"{year - 1}年") if year else ("今年", "去年")
    whole = sum(b.value or 0 for b in bars) if all(b.value is not None for b in bars) else 0
    columns: tuple[str, ...] = ("项目", now)
    rows: list[tuple[str, ...]] = [(b.name, _shown(b.value)) for b in bars]
    if compared:
        columns += (then, "增减")
        rows = [(*row, _shown(b.last), _difference(b.value, b.last)) for row, b in zip(rows, bars, strict=True)]
    elif whole and not chart.compare:
        columns += ("占比",)
        rows = [(*row, f"{100 * (b.value or 0) / whole:.1f}%") for row, b in zip(rows, bars, strict=True)]
    why_not = _why_not_drawn(chart, edition, bars)
    told = "；".join(f"{name}，" + "，".join(f"{c} {v}" for c, v in zip(columns[1:], values, strict=True)) for name, *values in rows)
    listing = Listing("figures", chart.title, columns, tuple(rows))
    return Chart(listing, bars, (now, then) if compared else (now,), why_not or f"{chart.title}：{told}。", drawn=not why_not)


def _why_not_drawn(chart: ChartDef, edition: Edition, bars: Iterable[Bar]) -> str:
    """A sentence where there is nothing to draw; "" where there is."""
    values = [n for bar in bars for n in (bar.value, bar.last) if n is not None]
    if chart.compare and _compared(edition) is None:
        return f"{_why_alone(edition)}没有画图。"
    if any(n < 0 for n in values):
        return "有的数是负数，没有画图。"
    if any(values):
        return ""
    return "这些数还没有填全，没有画图。" if any(bar.value is None for bar in bars) else "这些数都是 0，没有画图。"
