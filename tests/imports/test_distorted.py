"""Reports distorted as real pages are: what is read is right, what is not read is said, and where nothing is lost everything is read."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gxdesk.cells import CellRef, parse
from gxdesk.document import html
from gxdesk.document.pdf import Press
from gxdesk.document.view import DocumentView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.imports import pdf, reading
from gxdesk.imports.matching import Imported, match
from gxdesk.imports.stream import Grid, Paragraph, Place
from gxdesk.imports.text import read_text
from gxdesk.report import Report
from gxdesk.resources import packaged
from tests.imports.sources import DUMPS, Distortion, docx, dump, packed, page

FORMS = Forms.load()
THIRD = Path(__file__).resolve().parents[1] / "forms" / "third.toml"
FIGURES = st.one_of(st.just("0"), st.integers(0, 99999).map(str), st.just(""))
FLAGS = ("spans", "paragraphs", "half_width", "full_width", "unclosed", "layout", "chrome", "no_spans", "plain_cells")


@st.composite
def reports(draw: st.DrawFn, *, filled: bool = False) -> Report:
    """A report of either official form with figures in its inputs, some of them blank."""
    form = draw(st.sampled_from([FORMS["2019"], FORMS["2021"]]))
    kinds = st.integers(0, 99999).map(str) if filled else FIGURES
    figures = draw(st.lists(kinds, min_size=40, max_size=40))
    inputs = [ref for ref, cell in form.cells.items() if not cell.parts]
    cells = {ref: text for i, ref in enumerate(inputs) if (text := figures[(i * 7 + i // 40) % 40])}
    texts = {"preamble": "根据有关规定编制本报告。", "overview": "（一）主动公开\n全年公开信息12条。", "problems": "一是更新不及时。", "other": "没有收费。", "closing": "某某市测试局\n2022年1月9日"}
    return Report(form.id, draw(st.integers(form.first_year, form.last_year or 2030)), {"name": "某某市测试局"}, texts, cells)


def values(view: DocumentView, form: FormDef) -> dict[CellRef, object]:
    return {ref: parse(text, form.cells[ref].kind, form.cells[ref].unit).value for ref, text in view.numbers if text}


def read_values(got: Imported) -> dict[CellRef, object]:
    return {CellRef(ref): parse(text, got.form.cells[CellRef(ref)].kind, got.form.cells[CellRef(ref)].unit).value for ref, text in got.report.cells.items()}


def assert_honest(got: Imported, view: DocumentView, form: FormDef) -> None:
    """Nothing wrong, nothing silent, and no fault found in a page that is the form's but for what was done to it."""
    assert got.form.id == form.id and got.findings == ()
    true = values(view, form)
    said = {ref for d in got.doubts for ref in d.refs} | set(got.missing)
    for ref, value in read_values(got).items():
        assert value == true.get(ref), ref
    assert not [ref for ref in true if ref not in got.report.cells and ref not in said]


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(), st.fixed_dictionaries(dict.fromkeys(FLAGS, st.booleans())), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_page_in_any_dialect_is_read_whole(report: Report, flags: dict[str, bool], encoding: str) -> None:
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    got = reading.loads(page(view, Distortion(**flags)).encode(encoding), FORMS, "网页.html")
    assert_honest(got, view, form)
    assert read_values(got) == values(view, form)
    assert got.report.texts == report.texts
    assert (got.report.year, got.agency) == (report.year, "某某市测试局")


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(filled=True), st.lists(st.integers(1, 27), max_size=3), st.lists(st.integers(2, 27), max_size=2), st.booleans())
def test_fragments_and_rows_the_form_does_not_have_do_not_move_a_figure(report: Report, breaks: list[int], extra: list[int], word: bool) -> None:
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    distortion = Distortion(breaks=tuple(breaks), extra_rows=tuple(extra), plain_cells=True)
    got = reading.loads(docx(view, distortion) if word else page(view, distortion).encode(), FORMS)
    assert_honest(got, view, form)
    assert read_values(got) == values(view, form)


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(), st.integers(2, 27), st.integers(1, 14), st.lists(st.integers(1, 27), max_size=2))
@example(Report("2019", 2019, {"name": "某某市测试局"}, {}, {ref: "0" for ref, cell in FORMS["2019"].cells.items() if not cell.parts and ".state_secret." not in ref}), 7, 1, [])
def test_a_lost_label_never_puts_a_figure_elsewhere(report: Report, row: int, head: int, breaks: list[int]) -> None:
    """A row that has no figure either is not there any more: that one is rightly missed."""
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    got = reading.loads(page(view, Distortion(lost_row=row, lost_head=head, breaks=tuple(breaks))).encode(), FORMS)
    assert_honest(replace(got, findings=tuple(f for f in got.findings if any(report.cells.get(ref) for ref in f.refs))), view, form)


@pytest.mark.no_cover
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(filled=True), st.data())
def test_a_remark_beside_a_figure_is_kept_and_reported(report: Report, data: st.DataObject) -> None:
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    ref = data.draw(st.sampled_from(sorted(form.tables[form.sections[2].key].inputs)))
    got = reading.loads(page(view, Distortion(remark=frozenset({ref}))).encode(), FORMS)
    assert read_values(got) == values(view, form)
    assert [(d.ref, d.text) for d in got.doubts] == [(ref, f"{report.cells[ref]}（其中修订1件）")]


@pytest.mark.no_cover
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_a_word_file_is_read_whole(report: Report) -> None:
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    got = reading.loads(docx(view), FORMS)
    assert read_values(got) == values(view, form) and got.report.texts == report.texts and got.kind == "Word 文档"


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(), st.sampled_from(sorted(DUMPS)))
def test_text_however_its_tables_are_written_is_never_read_wrongly(report: Report, written: str) -> None:
    form = FORMS[report.form]
    view = build_view(report, form, draft=False)
    got = reading.loads(dump(view, DUMPS[written]).encode(), FORMS, "报告.md" if written.startswith("Markdown") else "报告.txt")
    assert_honest(got, view, form)
    assert got.report.texts == report.texts


@pytest.mark.parametrize("written", DUMPS)
def test_text_with_every_cell_filled_is_read_whole(written: str, example: Report) -> None:
    form = FORMS[example.form]
    view = build_view(example, form, draft=False)
    got = reading.loads(dump(view, DUMPS[written]).encode(), FORMS, "报告.txt")
    assert read_values(got) == values(view, form)
    assert got.report.texts == example.texts and not got.doubts


@pytest.mark.parametrize("paragraph", ["\t全年公开信息12条。", "（一）\t全年公开信息12条。"])
def test_a_tab_in_front_or_behind_a_number_makes_no_table(paragraph: str) -> None:
    text = f"某局2024年政府信息公开工作年度报告\n一、\t总体情况\n{paragraph}\n五、\t存在的主要问题及改进情况\n没有。\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert got.report.texts == {"overview": paragraph.replace("\t", ""), "problems": "没有。"}


def test_short_lines_on_a_page_of_their_own_are_paragraphs(example: Report) -> None:
    import weasyprint

    form = FORMS[example.form]
    texts = {**example.texts, "problems": "没有问题。", "other": "没有收费。"}
    view = build_view(Report(form.id, 2025, example.agency, texts, example.cells), form, draft=False)
    sheets = [weasyprint.CSS(string=html.style("print.css") + "h2:nth-of-type(5){break-before:page}p,h2{text-indent:0!important}")]
    got = reading.loads(weasyprint.HTML(string=html.render_print(view)).write_pdf(stylesheets=sheets), FORMS)
    assert (got.report.texts["problems"], got.report.texts["other"], got.report.texts["closing"]) == ("没有问题。", "没有收费。", texts["closing"])


PIECES = """某局2025年政府信息公开工作年度报告
四、政府信息公开行政复议、行政诉讼情况
### 行政复议
| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |
|---|---|---|---|---|
| 27 | 10 | 9 | 15 | 61 |
### {}
| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |
|---|---|---|---|---|
| 3 | 0 | 1 | 2 | 6 |
### 行政诉讼（复议后起诉）
| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |
|---|---|---|---|---|
| 8 | 0 | 1 | 1 | 10 |
五、存在的主要问题及改进情况
没有。
"""


def test_one_row_in_pieces_is_put_together_by_what_stands_over_them() -> None:
    got = reading.loads(PIECES.format("行政诉讼（未经复议直接起诉）").encode(), FORMS, "报告.md")
    keys = [f"remedies.{group}.{case}" for group in ("review", "suit_direct", "suit_after_review") for case in ("upheld", "corrected", "other", "pending", "total")]
    assert got.report.cells == dict(zip(keys, ["27", "10", "9", "15", "61", "3", "0", "1", "2", "6", "8", "0", "1", "1", "10"], strict=True))


def test_a_piece_that_could_be_another_is_not_put_anywhere() -> None:
    first, _, rest = PIECES.format("行政诉讼").partition("### 行政诉讼（复议后起诉）")
    got = reading.loads((first + rest[rest.index("五、") :]).encode(), FORMS, "报告.md")
    assert {ref.split(".")[1] for ref in got.report.cells} == {"review"}
    assert any("3 0 1 2 6" in d.text and len(d.refs) == 10 for d in got.doubts)


def test_the_number_of_a_page_between_a_label_and_its_figures() -> None:
    text = "某局2024年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n3.要求提供公开出版物 0 0 0 0 0 0 0\n4.无正当理由大量反复申请\n1\n|7|0|0|0|0|0|7|\n5.要求行政机关确认或重新出具已获取信息 0 0 0 0 0 0 0\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert got.report.cells["requests.unprocessed.excessive.total"] == "7" and len(got.report.cells) == 21


def test_sections_under_other_numbers_than_the_form_gives_them() -> None:
    text = "2024年某局政府信息公开工作\n年度报告\n一、总体情况\n平稳。\n二、工作机制\n健全。\n四、政府信息公开申请情况\n收到34件。\n一、主动公开政府信息情况\n行政许可 97\n三、政府信息公开行政复议、行政诉讼情况\n1 0 0 0 1 0 0 0 0 0 0 0 0 0 0\n五、其他需要报告的事项\n没有。\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert got.report.texts == {"overview": "平稳。\n二、工作机制\n健全。\n四、政府信息公开申请情况\n收到34件。", "other": "没有。"}
    assert got.report.cells["disclosure.licenses.decisions"] == "97" and got.report.cells["remedies.review.total"] == "1"
    assert (got.title, got.agency, got.year) == ("2024年某局政府信息公开工作年度报告", "某局", 2024)


@pytest.mark.parametrize("columns", [1, 2])
def test_a_word_table_inside_another_is_read_once_and_whole(columns: int, example: Report) -> None:
    form = FORMS[example.form]
    view = build_view(example, form, draft=False)
    beside = "<w:tc><w:tcPr/><w:p/></w:tc>" * (columns - 1)
    with zipfile.ZipFile(io.BytesIO(docx(view))) as archive:
        xml = archive.read("word/document.xml").decode()
    wrapped = xml.replace("<w:tbl>", "<w:tbl><w:tblPr/><w:tr><w:tc><w:tcPr/><w:tbl>").replace("</w:tbl>", f"</w:tbl><w:p/></w:tc>{beside}</w:tr></w:tbl>")
    got = reading.loads(packed(wrapped.encode()), FORMS)
    assert read_values(got) == values(view, form) and not got.doubts and not got.not_understood


NESTED = "<w:tbl><w:tblPr/><w:tr><w:tc><w:p><w:r><w:t>其中涉企</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>9</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"


def test_a_small_table_in_a_cell_of_a_word_table_takes_nothing_of_that_apart(example: Report) -> None:
    """A remark in a table of figures may hold a table: the rows around it stay rows, and what it says is said."""
    form = FORMS[example.form]
    view = build_view(example, form, draft=False)
    with zipfile.ZipFile(io.BytesIO(docx(view))) as archive:
        xml = archive.read("word/document.xml").decode()
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p>{}</w:tc>"
    with_remark = xml.replace("</w:tbl>", f"<w:tr>{cell.format('备注', '')}{cell.format('见表', NESTED + '<w:p/>')}</w:tr></w:tbl>", 1)
    got = reading.loads(packed(with_remark.encode()), FORMS)
    assert read_values(got) == values(view, form) and got.report.texts == example.texts
    assert got.not_understood == ("其中涉企 | 9",)


def test_word_tables_deep_in_each_other_are_each_read_once() -> None:
    """Read once a level, not twice: that would take longer than there is time for."""
    words = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("某局2024年政府信息公开工作年度报告", "一、总体情况", "平稳。", "六、其他需要报告的事项", "没有。"))
    for beside in ("", *["<w:tc><w:p/></w:tc>"] * 60):
        words = f"<w:tbl><w:tr><w:tc>{words}</w:tc>{beside}</w:tr></w:tbl>"
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    got = reading.loads(packed(f'<w:document xmlns:w="{namespace}"><w:body>{words}</w:body></w:document>'.encode()), FORMS)
    assert got.report.texts == {"overview": "平稳。", "other": "没有。"}


@pytest.mark.parametrize(
    ("row", "whole"),
    [
        (["2.重复申请", "5883", "12", "0", "0", "0", "0", "5895"], True),
        (["2.重复申请", "5883", "12", "0", "0", "0", "0", "7895"], False),
        (["2.重复申请", "5883", "12", "0", "0", "0", "0", ""], False),
        (["规章", "123", "45", "678"], False),
    ],
    ids=["the total proves it", "the total does not hold", "the total is blank", "the row has no total"],
)
def test_figures_that_may_be_cut_are_read_only_where_a_total_proves_them(row: list[str], whole: bool) -> None:
    """Without lines around them, figures below may be the rest of a figure that was too wide for its column."""
    section = "二、主动公开政府信息情况" if row[0] == "规章" else "三、收到和处理政府信息公开申请情况"
    grid = Grid(tuple(Place(0, c, text) for c, text in enumerate(row)), drawn=False, loose=True)
    got = match((Paragraph("某局2024年政府信息公开工作年度报告"), Paragraph("一、总体情况"), Paragraph(section), grid, Paragraph("六、其他需要报告的事项")), FORMS, "PDF")
    assert list(got.report.cells.values()) == (row[1:] if whole else [])
    assert [len(d.refs) for d in got.doubts] == ([] if whole else [len(row) - 1])


OPEN = """<style>@page{{size:600pt 400pt;margin:20pt}}table{{table-layout:fixed;width:310pt}}td{{font-size:9pt;line-height:1.2;vertical-align:top}}</style><p>某局2024年政府信息公开工作年度报告<p>一、总体情况<p>二、主动公开政府信息情况
<table><col width=100><col width=80><col width=80><col width=80>{rows}</table><p>六、其他需要报告的事项</p>"""


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_figure_that_goes_on_in_the_next_line_of_an_open_table_is_not_read_by_half(cut: int) -> None:
    import weasyprint

    rest = ["<br>5"] * cut + [""] * (3 - cut)
    rows = "".join(f"<tr><td>{name}" + "".join(f"<td>{text}" for text in texts) for name, texts in (("规章", ["123" + r for r in rest]), ("行政规范性文件", ["4", "5", "6"])))
    got = reading.loads(weasyprint.HTML(string=OPEN.format(rows=rows)).write_pdf(), FORMS)
    assert not [ref for ref in got.report.cells if ref.startswith("disclosure.regulations")]
    assert any("disclosure.regulations.issued" in d.refs for d in got.doubts)


@pytest.mark.parametrize("signed", [False, True])
def test_what_a_site_puts_around_a_report_is_no_part_of_it(signed: bool) -> None:
    """A site adds a line of its own above the text, an attachment and its neighbours below; there may be no signature between."""
    head = "<p>某局2024年政府信息公开工作年度报告</p><p>点击接收年报语音朗读</p><p>下载Word 下载PDF</p><p>索引号：abc 成文日期：2025-01-09</p><p>根据《条例》编制。</p>"
    end = "<p>某局</p><p>2025年1月9日</p>" if signed else ""
    foot = "<p>附件：</p><p>某局2024年年报.pdf</p><p>上一篇：某局2023年年报</p><p>主办：某市人民政府</p>"
    got = reading.loads(f"<html>{head}<p>一、总体情况</p><p>平稳。</p><p>六、其他需要报告的事项</p><p>没有收费。</p>{end}{foot}".encode(), FORMS)
    assert got.report.texts == {"preamble": "根据《条例》编制。", "overview": "平稳。", "other": "没有收费。"} | ({"closing": "某局\n2025年1月9日"} if signed else {})
    assert {"点击接收年报语音朗读", "附件：", "某局2024年年报.pdf", "主办：某市人民政府"} <= set(got.not_understood)


NARROW = """<style>@page{{size:300pt 200pt;margin:20pt}}table{{border-collapse:collapse;table-layout:fixed;width:250pt}}td{{border:.5pt solid #000;font-size:9pt;padding:0 5pt;word-break:break-all}}</style>
<p>某局2024年政府信息公开工作年度报告</p><p>一、总体情况</p><p>三、收到和处理政府信息公开申请情况</p>
<table><col width=100>{rows}</table>"""


def test_figures_over_two_lines_and_rows_over_two_pages_of_a_ruled_table() -> None:
    import weasyprint

    figures = ["1234567", "20", "0", "0", "0", "0", "1234587"]
    labels = ["2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请", "5.要求行政机关确认或重新出具已获取信息"]
    rows = "".join(f"<tr><td>{name}{''.join(f'<td>{text}' for text in figures)}" for name in labels)
    got = reading.loads(weasyprint.HTML(string=NARROW.format(rows=rows)).write_pdf(), FORMS)
    assert list(got.report.cells.values()) == figures * 4 and not got.not_understood


@pytest.mark.parametrize(("first", "second"), [(["2.重复", *[""] * 7], ["申请", *"1230006"]), (["2.重复", *"1230006"], ["申请", *[""] * 7]), (["2.重复申请", *[""] * 7], ["", *"1230006"])])
def test_a_row_cut_by_the_end_of_a_page_is_one_row(first: list[str], second: list[str]) -> None:
    before, after = (Grid(tuple(Place(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))) for rows in ([["1.信访举报投诉类申请", *"0000000"], first], [second, ["3.要求提供公开出版物", *"0000000"]]))
    got = match((Paragraph("某局2024年政府信息公开工作年度报告"), Paragraph("三、收到和处理政府信息公开申请情况"), before, after), FORMS, "PDF")
    assert [got.report.cells[CellRef(f"requests.unprocessed.duplicate.{key}")] for key in ("person", "business", "total")] == ["1", "2", "6"] and len(got.report.cells) == 21


def test_text_broken_at_one_width_is_paragraphs_again() -> None:
    paragraph = "市测试局深入贯彻有关条例和规定，认真落实各项工作部署，扎实推进本部门工作，全年主动公开信息三百九十三件，其中规范性文件十三件。" * 4
    broken = "\n".join(paragraph[i : i + 26] for i in range(0, len(paragraph), 26))
    text = f"2024年某局政府信息公开工作\n年度报告\n\n一、总体情况\n{broken}\n（一）主动公开\n{broken}\n二、主动公开政府信息情况\n行政许可 97\n六、其他需要报告的事项\n没有。\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert got.report.texts == {"overview": f"{paragraph}\n（一）主动公开\n{paragraph}", "other": "没有。"}
    assert got.report.cells == {"disclosure.licenses.decisions": "97"}


PROSE = ["本单位认真贯彻落实政府信息公开条例，全面推进政务公开工作", "各项任务如期完成，门户网站和新媒体平台运行平稳，栏目更新"] * 5
ENDED = "及时，没有发生错敏信息，群众反映良好，各项指标达到要求。"


@pytest.mark.parametrize("after", ["行政许可\t12", "行政许可   12", "某某市某某局", "　　另起一段，从这里开始。", "另起一段，从这里开始。"])
def test_a_line_that_is_no_continuation_is_not_put_behind_a_full_one(after: str) -> None:
    last = PROSE[1] if after.startswith(("行政", "　")) else ENDED
    blocks = read_text("\n".join([*PROSE, last, after]))
    assert blocks[0] == Paragraph("".join([*PROSE, last])) and len(blocks) == 2
    assert blocks[1] == (read_text(after)[0])


def test_paragraphs_of_one_length_stay_paragraphs() -> None:
    paragraphs = [f"{name}建设方面，修订了有关制度，细化了各项工作的流程和要求。" for name in "甲乙丙丁戊己庚辛壬癸"]
    assert read_text("\n".join(paragraphs)) == tuple(map(Paragraph, paragraphs))
    assert [b.text for b in read_text("\n".join([*PROSE, ENDED, *paragraphs[:3]])) if isinstance(b, Paragraph)] == ["".join([*PROSE, ENDED]), *paragraphs[:3]]


@pytest.mark.parametrize("before", ["", "甲", "甲乙丙丁"])
def test_a_page_of_empty_lines_before_a_word(before: str) -> None:
    assert read_text(before + "\n" * 40 + "戊") == tuple(map(Paragraph, filter(None, [before, "戊"])))


def test_words_of_latin_letters_broken_at_a_line_end_stay_two() -> None:
    last = "本单位认真贯彻落实政府信息公开条例，全面推进正版 WPS"
    assert read_text("\n".join([*PROSE, last, "Office 的使用。"])) == (Paragraph("".join([*PROSE, f"{last} Office 的使用。"])),)


AFTER_A_WORD = """某局2024年政府信息公开工作年度报告
公开平台收到的意见见下。
承办的建议也计算在内。
一、总体情况
平稳。
六、其他需要报告的事项
（一）收费情况：本年未收费。
承办人大代表建议、政协提案12件，全部按时办结。
返回检查的事项3件。
（三）年度工作要点全部落实。
附件：
某局2024年年报.pdf
主办：某市人民政府
打印
"""


def test_a_sentence_that_begins_like_what_a_site_puts_around_is_part_of_the_report() -> None:
    got = reading.loads(AFTER_A_WORD.encode(), FORMS, "报告.txt")
    lines = AFTER_A_WORD.split("\n")
    assert got.report.texts == {"preamble": "\n".join(lines[1:3]), "overview": lines[4], "other": "\n".join(lines[6:10])}
    assert got.not_understood == tuple(lines[10:14])


def _with_third(folder: Path) -> Forms:
    for path in [*packaged("forms").glob("*.toml"), THIRD]:
        (folder / path.name).write_bytes(path.read_bytes())
    return Forms.load(folder)


@pytest.mark.parametrize("suffix", ["a.html", "b.html", "c.pdf"])
@pytest.mark.parametrize("name", ["service-center-2020", "service-center-2026", "third"])
def test_what_gxdesk_puts_out_comes_back(name: str, suffix: str, tmp_path: Path) -> None:
    """Page, fragment and PDF, each without the data inside: cells, texts, form, year, agency."""
    from gxdesk import report as reports_

    forms = _with_third(Path(tempfile.mkdtemp(dir=tmp_path)))
    if name == "third":
        form = forms["2030"]
        cells = {ref: str(3 * i) for i, (ref, cell) in enumerate(form.cells.items()) if not cell.parts}
        report = Report("2030", 2031, {"name": "某某厅"}, {"preamble": "引言一句话。", "thoughts": "体会很深。\n第二段体会。", "closing": "某某厅\n2032年1月5日"}, cells)
    else:
        report = reports_.read(packaged("examples", f"{name}.gxreport"), forms)
        form = forms[report.form]
    view = build_view(report, form, draft=False)
    path = tmp_path / suffix
    made = {"a.html": lambda: html.render_page(view).encode(), "b.html": lambda: html.render_fragment(view).encode(), "c.pdf": lambda: Press().render(view).data}
    path.write_bytes(made[suffix]())
    got = reading.read(path, forms)
    assert {ref: text for ref, text in view.numbers if text} == got.report.cells
    assert (got.report.texts, got.report.form, got.report.year, got.agency) == (report.texts, report.form, report.year, report.agency["name"])
    assert not got.not_understood


@pytest.mark.parametrize("share", [0, 11])
def test_a_pdf_without_ruling_lines_is_read_by_its_columns(share: int, example: Report) -> None:
    """Every `share`-th cell is blank."""
    import weasyprint

    form = FORMS[example.form]
    cells = {ref: str(i * 37 % 5000) for i, (ref, cell) in enumerate(form.cells.items()) if not cell.parts and (not share or i % share)}
    view = build_view(Report(form.id, 2025, example.agency, example.texts, cells), form, draft=False)
    bare = weasyprint.CSS(string=html.style("print.css") + "table,td,th,tr,thead,tbody{border:none!important}")
    got = reading.loads(weasyprint.HTML(string=html.render_print(view)).write_pdf(stylesheets=[bare]), FORMS)
    assert_honest(got, view, form)
    assert len(got.report.cells) > 0.6 * len(values(view, form))


def test_pages_are_gone_through_twice_however_many_there_are() -> None:
    """Once for their margins and once for their text, which goes on over all of them."""

    class Counted(tuple[pdf._Line, ...]):
        times = 0

        def __iter__(self) -> Iterator[pdf._Line]:
            self.times += 1
            return super().__iter__()

    line = pdf._Line("全年公开信息", 50.0, 500.0, 700.0, 12.0, (("全年公开信息", 50.0, 500.0),))
    pages = [pdf._Page(595.0 + 0.1 * (i % 2), Counted([line] * 3)) for i in range(40)]
    assert pdf._blocks(pages) == (Paragraph("全年公开信息" * 120),)
    assert {page.items.times for page in pages if isinstance(page.items, Counted)} == {2}


WRITTEN = {
    "one cell a line, ended by a bar": "行政许可 |\n128 |\n|\n规章 |\n0 |\n1 |\n2 |\n",
    "bars on lines of their own": "规章\n|\n0\n|\n1\n|\n2\n|\n行政许可\n|\n128\n|\n",
    "rows between bars": "| 规章 | 0 | 1 | 2 |\n| 行政许可 | 128 |\n",
    "rows ended by bars": "规章 | 0 | 1 | 2 |\n行政许可 | 128 | ||\n",
    "tabs": "规章\t0\t1\t2\n行政许可\t128\t\t\n",
    "blanks": "规章 0 1 2 行政许可 128\n",
    "one figure a line": "规章\n0\n1\n2\n行政许可\n128\n",
    "a lost label": "信息内容 本年制发件数 本年废止件数 现行有效件数\n0 1 2\n行政规范性文件 5 6 7\n行政许可 128\n",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_table_in_plain_text_however_it_is_written(written: str, form: FormDef) -> None:
    text = f"某局2024年政府信息公开工作年度报告\n一、总体情况\n平稳。\n二、主动公开政府信息情况\n本年制发件数\n{written}三、收到和处理政府信息公开申请情况\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    expected = {"regulations.issued": "0", "regulations.repealed": "1", "regulations.in_force": "2", "licenses.decisions": "128"}
    assert {f"disclosure.{key}": value for key, value in expected.items()}.items() <= got.report.cells.items()
    assert not got.doubts


@pytest.mark.parametrize("squashed", ["012", "693665", "1 23", "0 01 2"])
def test_figures_run_together_are_never_parted_by_guessing(squashed: str) -> None:
    text = f"某局2024年政府信息公开工作年度报告\n二、主动公开政府信息情况\n本年制发件数本年废止件数现行有效件数规章{squashed}行政许可2293\n三、收到和处理政府信息公开申请情况\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert got.report.cells == {"disclosure.licenses.decisions": "2293"}
    assert [(len(d.refs), d.text) for d in got.doubts] == [(3, squashed)]


def test_a_row_given_twice_with_different_figures_is_left_to_her() -> None:
    rows = "<table><tr><td>信息内容<td>本年处理决定数量<tr><td>行政许可<td>{}</table>"
    page_ = f"<p>某局2024年政府信息公开工作年度报告</p><p>二、主动公开政府信息情况</p>{rows.format(5)}{rows.format(6)}<p>六、其他需要报告的事项</p>"
    got = reading.loads(page_.encode(), FORMS)
    assert not got.report.cells and any("disclosure.licenses.decisions" in d.refs for d in got.doubts)


def test_prose_about_figures_is_no_table() -> None:
    text = "某局2024年政府信息公开工作年度报告\n二、主动公开政府信息情况\n全年办理行政许可12件，行政处罚3件。\n三、收到和处理政府信息公开申请情况\n没有。\n"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert not got.report.cells and "全年办理行政许可12件，行政处罚3件。" in got.not_understood


def test_what_is_missing_is_counted_in_cells_to_fill_and_its_rows_are_named(example: Report, form: FormDef) -> None:
    markup = html.render_page(build_view(example, form, draft=False))
    lacking = re.sub(r"<tr(?:(?!</tr>).)*危及(?:(?!</tr>).)*</tr>", "", markup, flags=re.DOTALL)
    got = reading.loads(lacking.encode(), FORMS, "去年.html")
    gone = [form.cells[ref] for ref in got.missing if not form.cells[ref].parts]
    assert len({cell.row.key for cell in gone}) == 1
    assert got.notes == (f"表三有 {len(gone)} 格在原文里没有找到，空着：{gone[0].row.short}。",)
    without = reading.loads(re.sub(r"<table.*?</table>", "", markup, flags=re.DOTALL).encode(), FORMS, "去年.html")
    assert [note for note in without.notes if "格" in note] == [f"{t.name}有 {len(t.inputs)} 格在原文里没有找到，空着。" for t in form.tables.values()]


def test_a_line_between_the_title_and_a_sentence_that_speaks_of_the_report() -> None:
    headings = "".join(f"{section.number}、{section.heading}\n无。\n" for section in FORMS["2021"].sections)
    text = f"某某市测试局2023年政府信息公开工作年度报告\n发布日期：2024年1月20日\n现将2023年政府信息公开工作年度报告公布如下。\n{headings}"
    got = reading.loads(text.encode(), FORMS, "报告.txt")
    assert (got.agency, got.report.year) == ("某某市测试局", 2023)
