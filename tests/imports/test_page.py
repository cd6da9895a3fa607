"""What a published page shows otherwise than its form: each code found where it should be, and quiet close by and where the page may have been lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.finding import Finding, Severity
from gxdesk.cli import main
from gxdesk.document.view import build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.imports import reading
from gxdesk.imports.html import read_html
from gxdesk.imports.matching import match
from gxdesk.imports.page import CODES
from gxdesk.imports.stream import Grid, Stream
from gxdesk.imports.worker import audit
from gxdesk.report import Report
from tests.conftest import CORPUS
from tests.imports.sources import Distortion, page

PROSE = "2026年制发行政规范性文件2件，作出行政许可128件。"
SQUASHED = "信息内容本年制发件数本年废止件数现行有效件数规章行政规范性文件信息内容本年处理决定数量行政许可行政处罚行政强制信息内容本年收费金额行政事业性收费：没有"
Change = Callable[[str], str]


def instead_of_the_first_table(words: str) -> Change:
    return lambda text: re.sub(r"<table.*?</table>", f"<p>{words}</p>", text, count=1, flags=re.DOTALL)


def put(old: str, new: str) -> Change:
    """Another label; `old` may be broken by nothing in the page."""

    def changed(text: str) -> str:
        assert f">{old}<" in text
        return text.replace(f">{old}<", f">{new}<")

    return changed


def without_row(label: str) -> Change:
    def changed(text: str) -> str:
        root = html.fromstring(text)
        (row,) = [tr for tr in root.iter("tr") if any("".join(cell.itertext()) == label for cell in tr)]
        row.getparent().remove(row)
        for cell in root.xpath("//*[@rowspan > 15]"):
            cell.set("rowspan", str(int(cell.get("rowspan")) - 1))
        return str(html.tostring(root, encoding="unicode"))

    return changed


def without_column(head: str, stream: Stream) -> Stream:
    """A stream in which nothing stands in the column under this head."""

    def changed(grid: Grid) -> Grid:
        columns = {p.column for p in grid.places if p.text == head}
        return replace(grid, places=tuple(p for p in grid.places if p.column not in columns))

    return tuple(changed(block) if isinstance(block, Grid) else block for block in stream)


def cut_after(words: str) -> Change:
    return lambda text: text[: text.index(words)]


# code -> (what is done to a page so that it is found, what is done close by and is none)
CASES: dict[str, tuple[Change, Change]] = {
    "C-TABLE": (instead_of_the_first_table(PROSE), instead_of_the_first_table("2026年的数据见附件，共3项。")),
    "C-ROWS": (without_row("（二）部分公开（区分处理的，只计这一情形，不计其他情形）"), lambda text: text),
    "F-LABEL": (put("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"), put("2.其他法律行政法规禁止公开", "2、其他法律、行政法规 禁止公开")),
}


@pytest.fixture
def written(example: Report, form: FormDef) -> str:
    return page(build_view(example, form, draft=False), Distortion(plain_cells=True))


def found(text: str, forms: Forms) -> tuple[Finding, ...]:
    return reading.loads(text.encode(), forms, "页面.html").findings


def test_every_code_has_cases() -> None:
    assert set(CASES) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_found_where_it_should_be_and_quiet_close_by(code: str, written: str, forms: Forms) -> None:
    fails, passes = CASES[code]
    (finding,) = found(fails(written), forms)
    entry = catalogue()[code]
    assert finding.code == code and finding.severity is entry.severity and "{" not in finding.message and finding.place and "号" in finding.basis
    assert entry.why and entry.todo and entry.name
    assert found(passes(written), forms) == ()


def test_rows_and_columns_are_named(written: str, forms: Forms) -> None:
    (row,) = found(CASES["C-ROWS"][0](written), forms)
    assert row.message == "表三少了 1 行：“（二）部分公开”。" and {ref.row for ref in row.refs} == {"partial"} and len(row.refs) == 7
    (column,) = match(without_column("法律服务机构", read_html(written)), forms, "网页").findings
    assert column.message == "表三少了 1 列：“法律服务机构”。" and {ref.column for ref in column.refs} == {"legal"}


@pytest.mark.parametrize(
    ("old", "new", "slip"),
    [
        ("社会公益组织", "社会组织", True),
        ("行政规范性文件", "规范性文件", True),
        ("法律服务机构", "法律服务<br>机 构", False),
        ("4.保护第三方合法权益", "4、保护第三方 合法权益（含商业秘密）", False),  # a remark as provinces put them
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "(二)部分公开", False),
        ("现行有效件数", "现行有效件数（件）", True),
        ("5.属于三类内部事务信息", "5.属于三类内部事务", False),  # the end may have been cut off
        ("5.属于三类内部事务信息", "", False),
        ("8.属于行政查询事项", "8.属于行政查□事项", False),  # a character that a converter lost
    ],
)
def test_a_label_in_other_words_is_told_from_one_written_or_lost_otherwise(old: str, new: str, slip: bool, written: str, forms: Forms) -> None:
    findings = found(put(old, new)(written), forms)
    assert [(f.code, f.excerpt) for f in findings] == ([("F-LABEL", new.replace("（", "(").replace("）", ")"))] if slip else [])


@pytest.mark.parametrize(
    "change",
    [
        cut_after("（四）无法提供"),  # the source ends here: who knows what the page had
        instead_of_the_first_table(""),  # a picture, perhaps
        instead_of_the_first_table(f"{SQUASHED}。"),  # a table, but not drawn
        lambda text: cut_after("<p>三、")(instead_of_the_first_table(PROSE)(text)),
        lambda text: re.sub(r"<tr><td[^>]*>（二）部分公开.*?</tr>", "<tr></tr>", text, flags=re.DOTALL),  # a row is there, what stood in it is not
    ],
)
def test_what_may_only_have_been_lost_on_the_way_is_not_held_against_the_page(change: Change, written: str, forms: Forms) -> None:
    assert found(change(written), forms) == ()


def test_a_table_told_in_sentences_is_not_also_called_empty(written: str, forms: Forms) -> None:
    remarks = audit(reading.loads(CASES["C-TABLE"][0](written).encode(), forms, "页面.html")).remarks
    assert [r.message for r in remarks if r.place == "二、主动公开" and r.severity is Severity.ERROR] == ["“二、主动公开政府信息情况”下面没有表格，是用文字写的。"]


def test_the_command_line_says_it_in_its_place_and_an_import_is_not_held_up(written: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "页面.html"
    source.write_text(CASES["F-LABEL"][0](written), encoding="utf-8")
    assert main(["check", str(source)]) == 0  # to be explained, not an error
    assert "请说明  三、申请办理  表三里写的是“2.其他法律行政止公开”，格式里是“2.其他法律行政法规禁止公开”。〔F-LABEL〕" in capfd.readouterr().out
    source.write_text(CASES["C-TABLE"][0](written), encoding="utf-8")
    assert main(["check", "--json", str(source)]) == 1
    assert '"code": "C-TABLE", "severity": "error", "section": "disclosure"' in capfd.readouterr().out
    source.write_text(CASES["F-LABEL"][0](written), encoding="utf-8")
    assert main(["import", str(source), "-o", str(tmp_path / "读到的.gxreport")]) == 0


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_published_reports_show_what_was_noted_of_them_and_no_more(forms: Forms) -> None:
    shown = {}
    for path in sorted(CORPUS.glob("*.*")):
        if path.suffix in (".html", ".pdf", ".md", ".txt") and not path.name.startswith("33-"):  # that one is an excerpt without a heading
            for finding in reading.read(path, forms).findings:
                shown.setdefault(path.name[:2] + path.suffix, []).append((finding.code, finding.excerpt or finding.message))
    slip = ("F-LABEL", "2.其他法律行政止公开")
    assert shown == {
        "04.pdf": [("C-ROWS", "表三少了 2 行：“（六）1.逾期不补正”、“（六）2.逾期未缴费”。"), slip],
        "04.txt": [slip],
        "14.txt": [("F-LABEL", "规范性文件")],
        "18.txt": [("C-ROWS", "表三少了 19 行：“（二）部分公开”、“（三）1.属于国家秘密”、“（三）2.其他法律行政法规禁止公开”等。"), ("F-LABEL", "社会组织")],
        "19.txt": [("F-LABEL", "采购总金额(万元)")],
    }
