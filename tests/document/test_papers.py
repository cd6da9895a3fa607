"""The papers beside the report: what they say, that all of it is on them, and that each is printed as it should be."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from PIL import ImageChops

from gxdesk.cells import CellRef
from gxdesk.checks.engine import answered
from gxdesk.checks.finding import Severity
from gxdesk.document import html, papers
from gxdesk.document.charts import draw
from gxdesk.document.edition import Edition
from gxdesk.document.formats import FORMATS, PAPER
from gxdesk.document.papers import Bar, Chart, Listing, Paper, Sheet
from gxdesk.document.pdf import Press
from gxdesk.document.readback import boxes_in, check_paper
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.help import table_help
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import edition, glyphs, report_for, words

KEYS = ("signoff", "checked", "brief", "collection", "reasons", "charts")
LONG = "青石高新技术产业开发区社会事务与退役军人服务保障综合管理" * 9 + "中心"
REASON = "集中清理文件，三件失效，已在第一部分写明。"


def two_years(form: FormDef, *, last_form: FormDef | None = None, **changes: str) -> Edition:
    """A complete report with that of the year before, in which every figure was another; what is to be explained is, in part."""
    year = form.first_year + 1 if last_form is None else form.first_year
    before = report_for(last_form or form)
    report = replace(report_for(form, cells=changes), year=year)
    first = next(iter(form.tables))  # where much changed
    times = {ref: 9 if ref.startswith(first) else 2 for ref in before.cells}
    last = replace(before, year=year - 1, cells={ref: str(times[ref] * int(text) + 3) for ref, text in before.cells.items()})
    one = Edition(report, form, draft=False, last=(last, last_form or form))
    asked = [f for f in one.findings if f.severity is Severity.EXPLAIN]
    told = {f.key: REASON for f in asked[: len(asked) // 2]}
    return replace(one, report=replace(report, explanations=told))


def cases(form: FormDef) -> dict[str, Edition]:
    named = report_for(form, agency=LONG, cells={ref: "999999999999" for t in form.tables.values() for ref in t.inputs})
    several = two_years(form)
    asked = [f for f in several.findings if f.severity is Severity.EXPLAIN]
    long_reasons = {**several.report.explanations, **{f.key: f"{REASON}\n" * 200 for f in asked[-1:]}}
    return {
        "two years": several,
        "alone": edition(form, draft=True),
        "empty": edition(form, Report(form.id, None), draft=True),
        "long": Edition(replace(named, agency={"name": LONG, "website": "w" * 300}), form, draft=True, last=several.last),
        "long reasons": replace(several, report=replace(several.report, explanations=long_reasons)),
    }


def listings(paper: Paper) -> dict[str, Listing]:
    return {b.heading: b for b in paper.blocks if isinstance(b, Listing)}


# --- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("case", ["two years", "alone", "empty", "long", "long reasons"])
@pytest.mark.parametrize("form_id", ["2019", "2021", "2030"])
def test_every_paper_of_every_form_prints(press: Press, forms: Forms, third: FormDef, form_id: str, case: str) -> None:
    one = cases(third if form_id == third.id else forms[form_id])[case]
    for key in KEYS:
        made = FORMATS[key].make(one, press)
        assert made.notices == (), key
        if key in {"signoff", "brief"}:
            assert made.pages == 1, key
        for number in range(made.pages or 0):
            signs = glyphs(made.data, number)
            assert len(signs) > 20, f"{key} has an empty page"
            assert all(g.left > 26 and g.right < 185 and g.top > 16 and g.bottom < 292 for g in signs), key


@pytest.mark.no_cover
def test_equal_editions_give_equal_papers(press: Press, form: FormDef) -> None:
    one, other = two_years(form), Press()
    for key in KEYS:
        assert FORMATS[key].make(one, press).data == FORMATS[key].make(replace(one), other).data, key


@pytest.mark.no_cover
@pytest.mark.parametrize("key", KEYS)
def test_the_papers_are_grey(press: Press, form: FormDef, key: str) -> None:
    with pypdfium2.PdfDocument(FORMATS[key].make(two_years(form), press).data) as document:
        for page in document:
            red, green, blue = page.render(scale=1).to_pil().convert("RGB").split()
            assert ImageChops.difference(red, green).getbbox() is None
            assert ImageChops.difference(red, blue).getbbox() is None
            assert red.getextrema()[0] < 100  # there is something on it


def test_only_a_draft_says_that_it_is_one(form: FormDef) -> None:
    for make in (papers.sign_off, papers.checked, papers.brief, papers.reasons, papers.charts):
        assert "请勿印发" in html.render_paper(make(edition(form, draft=True)))
        assert "请勿印发" not in html.render_paper(make(edition(form)))
    assert "请勿印发" not in html.render_paper(papers.collection(edition(form, draft=True)))


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("make", "tamper"),
    [
        (papers.brief, lambda s: s.replace("<td>减 ", "<td>增 ", 1)),
        (papers.brief, lambda s: s.replace("<td>行政处罚 处理决定</td>", "<td></td>")),
        (papers.brief, lambda s: re.sub(r"<tr><th scope=\"row\">表四</th>.*?</tr>", "", s, count=1)),
        (papers.sign_off, lambda s: s.replace("保密审查", "审查")),
        (papers.reasons, lambda s: s.replace(REASON, REASON[:-3], 1)),
        (papers.charts, lambda s: s.replace("<td>占比", "").replace("%</td>", "</td>", 1)),
        (papers.collection, lambda s: s.replace('class="figure">', 'class="figure">1', 1)),
        (papers.collection, lambda s: re.sub(r'(class="figure">)\d+', r"\1", s, count=1)),
        (papers.collection, lambda s: s.replace("填报科室", "科室", 1)),
    ],
)
def test_a_spoilt_paper_is_found(press: Press, form: FormDef, make: Callable[[Edition], Paper], tamper: Callable[[str], str]) -> None:
    paper = make(two_years(form))
    source = html.render_paper(paper)
    sound = press.print(source, PAPER)
    check_paper(sound.data, paper)
    assert tamper(source) != source
    spoilt = press.print(tamper(source), PAPER)
    with pytest.raises(ExportError, match=f"《{paper.name}》.*不一致，没有替换"):
        check_paper(spoilt.data, paper)


def test_a_table_over_several_pages_repeats_its_head(press: Press) -> None:
    rows = tuple((f"第{i}行", "说明" * 30) for i in range(120))
    rendered = press.print(html.render_paper(Paper("名称", "报告", False, (), (Listing("guides", "长表", ("项目", "口径"), rows),))), PAPER)
    assert rendered.pages > 2
    for number in range(1, rendered.pages):
        assert words(rendered.data, number).startswith("项目口径第")


# --- 签批单 -----------------------------------------------------------------------------------------------------------


def test_the_sign_off_has_a_line_for_each_step(press: Press, form: FormDef) -> None:
    one = two_years(form)
    text = words(FORMATS["signoff"].make(one, press).data, 0)
    at = [text.index(step) for step in ("编制", "保密审查", "审核内容", "签发", "盖章", "报送2023年1月31日前", "公布已在")]
    assert at == sorted(at) and text.count("年　月　日") == 7
    assert f"正文{FORMATS['pdf'].make(one, press).pages}页" in text
    asked = [f for f in one.findings if f.severity is Severity.EXPLAIN]
    assert f"请说明{len(asked)}处（已说明{len(asked) // 2}处）" in text
    assert f"内容校验码{one.view.fingerprint}" in text


# --- 一页纸 -----------------------------------------------------------------------------------------------------------


def test_the_brief_compares_what_the_form_names(form: FormDef) -> None:
    one = two_years(form, **{"disclosure.licenses.decisions": "128", "disclosure.fees.amount": "3.64"})
    assert one.last
    before = replace(one.last[0], cells={**one.last[0].cells, "disclosure.fees.amount": "3"})
    one = replace(one, last=(before, form))
    changes = listings(papers.brief(one))["与去年相比"]
    assert [row[1] for row in changes.rows] == [m.name for t in form.tables.values() for m in t.brief]
    rows = {row[1]: row[2:] for row in changes.rows}
    then = int(before.cells["disclosure.licenses.decisions"])
    assert rows["行政许可 处理决定"] == ("128", str(then), f"减 {then - 128}")
    assert rows["行政事业性收费（万元）"] == ("3.64", "3", "增 0.64")
    inputs = [ref for ref in form.tables["requests"].inputs if ref.row.startswith("denied.")]
    assert rows["不予公开"][0] == str(sum(int(one.report.cells[ref]) for ref in inputs))


def test_a_figure_is_compared_across_forms_where_both_have_it(forms: Forms) -> None:
    one = two_years(forms["2021"], last_form=forms["2019"])
    changes = listings(papers.brief(one))["与去年相比"]
    rows = {row[1]: row[2:] for row in changes.rows}
    assert one.last
    last = one.last[0].cells
    # one row in 2019, a group of three in 2021
    assert rows["其他处理"][1] == str(sum(int(text) for ref, text in last.items() if ref.startswith("requests.otherwise.")))
    assert rows["行政规范性文件 现行有效"][1:] == ("—", "—") and "2019 年格式" in changes.note


@pytest.mark.parametrize("years_before", [None, 0, 2])
def test_without_the_report_of_the_year_before_nothing_is_compared(form: FormDef, years_before: int | None) -> None:
    one = two_years(form)
    assert one.last and one.report.year
    one = replace(one, last=None if years_before is None else (replace(one.last[0], year=one.report.year - years_before), form))
    changes = listings(papers.brief(one))["主要数据"]
    assert changes.columns == ("部分", "项目", "今年") and "不能对照" in changes.note
    assert not any(c.text for table in papers.collection(one).tables() for row in table.rows for c in row if c.ref)
    assert "与上年对比" not in [b.figures.heading for b in papers.charts(one).blocks if isinstance(b, Chart)]


def test_the_brief_puts_first_what_must_be_changed_and_counts_what_it_leaves_out(press: Press, form: FormDef) -> None:
    one = two_years(form)
    whole, most = listings(papers.brief(one)), papers.brief_lines(one)
    weights = [row[0] for row in whole["还没有解决的"].rows]
    assert set(weights) == {"必须改", "请说明"} and weights == sorted(weights)
    assert [row[2] for row in whole["已经说明的"].rows] == [REASON] * sum(answered(f, one.report) for f in one.findings)
    for lines in (0, 5, most - 1):
        part = listings(papers.brief(one, lines))
        assert sum(len(b.rows) for b in part.values()) == lines
        for heading, listing in part.items():
            rows = whole[heading].rows
            assert listing.rows == rows[: len(listing.rows)]
            assert (f"共 {len(rows)} 项" in listing.note) is (len(listing.rows) < len(rows))
    printed = FORMATS["brief"].make(one, press)
    assert printed.pages == 1 and "其余" in words(printed.data, 0)
    fuller = next(n for n in range(most) if f"共{len(weights)}项，这里列出{n}项" in words(printed.data, 0)) + 1
    assert press.pages(html.render_paper(papers.brief(one, len(whole["与去年相比"].rows) + fuller)), PAPER) == 2


# --- 采集表 -----------------------------------------------------------------------------------------------------------


def test_the_collection_is_blank_but_for_last_years_figures(press: Press, form: FormDef) -> None:
    one = two_years(form)
    paper = papers.collection(one)
    assert one.last
    last = dict(replace(one, report=one.last[0]).view.numbers)
    assert {c.ref: c.text for t in paper.tables() for row in t.rows for c in row if c.ref} == last
    rendered = press.print(html.render_paper(paper), PAPER)
    pages = {t: {box.page for ref, box in boxes_in(rendered.data).items() if ref.table == t} for t in form.tables}
    assert all(len(p) == 1 for p in pages.values()) and len(set.union(*pages.values())) == len(pages)  # each department gets its own sheet
    text = "".join(words(rendered.data, n) for n in range(rendered.pages))
    assert text.count("填报科室") == text.count("项目数什么依据") == len(form.tables)  # no list goes on on another page
    for table in form.tables.values():
        told = table_help(form, table.key)
        lines = [(line, told.rows) for line in table.row_lines] + [(line, told.columns) for line in table.column_lines] if told else []
        for one in (said[line.key] for line, said in lines if not line.sum):
            assert "".join(one.line.split()) in text
        assert all("".join(line.clause.split()) in text for line in (*table.row_lines, *table.column_lines) if not line.sum)


def test_a_sheet_has_room_to_write(press: Press, form: FormDef) -> None:
    rendered = press.print(html.render_paper(papers.collection(edition(form))), PAPER)
    assert min(box.top - box.bottom for box in boxes_in(rendered.data).values()) > 18  # pt
    assert [b.heading for b in papers.collection(edition(form)).blocks if isinstance(b, Sheet)] == [s.heading for s in form.sections if s.table]


# --- 说明 -------------------------------------------------------------------------------------------------------------


def test_every_finding_stands_on_the_check_sheet_with_what_was_done(form: FormDef) -> None:
    one = two_years(form)
    rows = [row for block in papers.checked(one).blocks if isinstance(block, Listing) for row in block.rows]
    assert [(place, said.startswith(f.message)) for f, (place, said, _, _) in zip(sorted(one.findings, key=lambda f: f.severity.rank), rows, strict=True)] == [
        (f.place, True) for f in sorted(one.findings, key=lambda f: f.severity.rank)
    ]
    done = [row[3] for row in rows]
    assert REASON in done and {"待改", "待说明"} <= set(done)


def test_the_reasons_stand_on_their_sheet_and_never_in_the_report(press: Press, form: FormDef) -> None:
    one = two_years(form)
    asked = [f for f in one.findings if f.severity is Severity.EXPLAIN]
    blocks = [b for b in papers.reasons(one).blocks if isinstance(b, Listing)]
    assert [b.heading.partition(" ")[2] for b in blocks] == [f.place for f in asked] and len(asked) > 3
    for f, block in zip(asked, blocks, strict=True):
        rows = dict(block.rows)
        assert (rows["核对"], rows["依据"]) == (f.message, f.basis)
        assert rows["说明"] == (REASON if answered(f, one.report) else "（还没有写）")
        assert f.left is None or (f.left_text or str(f.left)) in rows["两边的数"]
    made = FORMATS["pdf"].make(one, press)
    assert all("集中清理" not in words(made.data, n) for n in range(made.pages or 0))
    assert REASON not in FORMATS["html"].make(one, press).data.decode() + FORMATS["fragment"].make(one, press).data.decode()
    assert REASON in json.dumps(json.loads(FORMATS["gxreport"].make(one, press).data), ensure_ascii=False)


# --- 图解 -------------------------------------------------------------------------------------------------------------


def chart(form: FormDef, title: str, one: Edition) -> Chart:
    return next(b for b in papers.charts(one).blocks if isinstance(b, Chart) and b.figures.heading == title)


def bars(svg: str) -> list[float]:
    """The lengths of the bars from top to bottom, those of nothing left out."""
    rects = [e for g in ET.fromstring(svg).iterfind(".//{*}g") if g.get("class") == "bar" for e in g.iterfind(".//{*}rect")]
    return [float(e.get("width", "0")) for e in sorted(rects, key=lambda e: float(e.get("y", "0")))]


def test_a_bar_is_as_long_as_its_figure(form: FormDef) -> None:
    one = two_years(form)
    for title in ("申请办理结果", "申请人构成"):
        shown = chart(form, title, one)
        values = [float(b.value or 0) for b in shown.bars]
        lengths = bars(draw(shown))
        assert lengths == pytest.approx([lengths[-1] / values[-1] * v for v in values], abs=0.01)
    compared = chart(form, "与上年对比", one)
    values = [float(n or 0) for b in compared.bars for n in (b.value, b.last)]
    lengths = bars(draw(compared))
    assert lengths == pytest.approx([lengths[0] / values[0] * v for v in values], abs=0.01)


def test_a_chart_says_in_words_what_it_draws(form: FormDef) -> None:
    shown = chart(form, "申请办理结果", two_years(form))
    svg = draw(shown)
    assert ET.fromstring(svg).find("{*}title").text == shown.text  # type: ignore[union-attr]
    for bar, (name, figure, share) in zip(shown.bars, shown.figures.rows, strict=True):
        assert f"{bar.name}，2022年 {bar.value}，占比 {share}" in shown.text and (name, figure) == (bar.name, str(bar.value))
        assert f">{bar.name}<" in svg and f">{bar.value}<" in svg
    assert sum(float(row[2][:-1]) for row in shown.figures.rows) == pytest.approx(100, abs=0.3)
    assert "script" not in svg and " id=" not in svg and "pygal.org" not in svg


def test_where_there_is_nothing_to_draw_words_say_so(form: FormDef) -> None:
    def shown(**cells: str) -> Chart:
        return chart(form, "申请人构成", Edition(Report("2021", 2026, cells={k.replace("_", "."): v for k, v in cells.items()}), form, draft=True))

    people = [ref.column for ref in form.tables["requests"].inputs if ref.row == "received"]
    blank, zero = shown(), shown(**{f"requests_received_{p}": "0" for p in people})
    part = shown(requests_received_person="3")
    assert (blank.drawn, blank.text, blank.figures.rows[0][1]) == (False, "这些数还没有填全，没有画图。", "未填")
    assert (zero.drawn, zero.text) == (False, "这些数都是 0，没有画图。")
    assert part.drawn and part.figures.columns == ("项目", "2026年") and len(bars(draw(part))) == 1  # no share of a whole nobody knows


def test_a_form_without_charts_says_so(press: Press, form: FormDef) -> None:
    bare = replace(form, tables={k: replace(t, charts=(), brief=()) for k, t in form.tables.items()})
    assert "没有规定要画的图" in words(FORMATS["charts"].make(edition(bare), press).data, 0)
    assert FORMATS["brief"].make(edition(bare), press).pages == 1


def test_a_negative_figure_is_not_drawn(forms: Forms) -> None:
    form = forms["2019"]
    table = form.tables["disclosure"]
    measure = replace(table.brief[0], name="增减", ref=CellRef("disclosure.licenses.change"))
    odd = replace(form, tables={**form.tables, "disclosure": replace(table, charts=(replace(form.tables["requests"].charts[0], bars=(measure,)),))})
    shown = papers.charts(Edition(Report("2019", 2020, cells={"disclosure.licenses.change": "-8"}), odd, draft=True)).blocks[0]
    assert isinstance(shown, Chart) and not shown.drawn and shown.text == "有的数是负数，没有画图。"


def test_a_long_name_is_whole_in_the_table_beside(press: Press) -> None:
    name = "名称很长很长的一个项目它的条形图旁边写不下"
    shown = Chart(Listing("figures", "图", ("项目", "今年"), ((name, "5"),)), (Bar(name, 5),), ("今年",), "图：" + name, drawn=True)
    paper = Paper("图解", "报告", False, (), (shown,))
    rendered = press.print(html.render_paper(paper), PAPER)
    check_paper(rendered.data, paper)
    assert name in words(rendered.data, 0) and f"{name[:11]}…" in draw(shown)
