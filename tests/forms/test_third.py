"""A third form as one more file: arithmetic, progress, import labels, command line, paper and web page, without touching code.

Its screen is proved in tests/ui/test_third_form.py.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gxdesk import report
from gxdesk.cells import CellRef
from gxdesk.checks.engine import blocks, check
from gxdesk.checks.finding import Finding
from gxdesk.document.html import render_page
from gxdesk.document.pdf import Press
from gxdesk.document.view import build_view
from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged
from gxdesk.session import Session


@pytest.fixture(scope="module")
def third_forms(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    folder = tmp_path_factory.mktemp("forms")
    for path in [*packaged("forms").glob("*.toml"), Path(__file__).with_name("third.toml")]:
        shutil.copy(path, folder)
    return Forms.load(folder)


@pytest.fixture(scope="module")
def third(third_forms: Forms) -> FormDef:
    return third_forms.for_year(2031)


@pytest.fixture(scope="module")
def filled(third: FormDef) -> Report:
    cells = {ref: str(i + 10) for i, ref in enumerate(r for t in third.tables.values() for r in t.inputs)}
    for column in ("front", "back", "side"):
        cells[f"doors.built.{column}"] = str(sum(int(cells[f"doors.{row}.{column}"]) for row in ("state.open", "state.shut", "broken")))
    return Report(third.id, 2031, {"name": "虚构局"}, {"preamble": "一段引言，门牌一号。", "thoughts": "看门、看窗有体会，没有修门费。"}, cells)


def test_the_year_chooses_it(third_forms: Forms, third: FormDef) -> None:
    assert third.id == "2030" and third_forms.for_year(2029).id == "2021"
    assert third_forms["2021"].last_year == 2029


def test_its_arithmetic(third: FormDef, filled: Report) -> None:
    assert check(filled, third) == ()
    session = Session(filled, third)
    session.set_cell(CellRef("doors.broken.front"), "99")
    (finding,) = session.findings
    assert (finding.code, finding.place, finding.basis) == ("A3-BAL", "附表一 · 前门列", "附表一注")
    assert session.balances("doors")[0].state == "off" and session.balances("doors")[0].text == "开 ＋ 关 ＝ 总数 － 坏"


def test_no_word_of_the_official_forms_is_said_of_it(third: FormDef, filled: Report) -> None:
    wrong = dict(filled.cells) | {"doors.broken.front": "99", "doors.state.open.all": "1", "windows.east.cost": "3件"}
    last = Report("2030", 2030, {"name": "另一局"}, {}, {})
    reports = [Report("2030", 2031, {"name": "甲局"}, {"thoughts": "长" * 51}, wrong), Report("2030", 2025, {}, {}, {}), last]
    findings = [f for r in reports for f in check(r, third, last, third)]
    words = " ".join(f.message + f.basis + f.place for f in findings)
    assert {"A3-ROW", "A3-BAL", "A-INT", "C-LEN", "C-SECTION", "R-FORMAT", "Y-SCOPE", "F-TITLE", "B-BLANK"} <= {f.code for f in findings}
    official = ("表二", "表三", "表四", "申请", "办结", "复议", "30号", "60号", "条例", "六个部分", "自然人", "一千字", "1,000")
    assert [w for w in official if w in words.replace("附表二", "")] == []


def test_its_texts_are_held_against_its_tables(third: FormDef, filled: Report) -> None:
    opened = sum(int(filled.cells[f"doors.state.open.{c}"]) for c in ("front", "back", "side"))
    said = replace(filled, texts={**filled.texts, "thoughts": f"今年开门{opened + 1}扇，有体会。"})

    def against_tables(report: Report) -> list[Finding]:
        return [f for f in check(report, third) if f.code.startswith("N-")]

    (finding,) = against_tables(said)
    assert (finding.code, finding.left, finding.right, finding.section) == ("N-TABLE2", opened + 1, opened, "thoughts")
    assert finding.rewrite is not None and finding.rewrite.value == str(opened)
    assert against_tables(replace(said, texts={**said.texts, "thoughts": f"今年开门{opened}扇，有体会。"})) == []
    states = opened + sum(int(filled.cells[f"doors.state.shut.{c}"]) for c in ("front", "back", "side"))
    assert third.said[1].equals == (("doors.state.open.all", "doors.state.shut.all"),)  # the key of a group stands for its rows
    assert against_tables(replace(said, texts={**said.texts, "thoughts": f"门的状态记录{states}条。"})) == []


def test_its_blanks_sections_and_lengths(third: FormDef, filled: Report) -> None:
    empty = check(Report("2030", 2030, {"name": "甲"}), third)
    assert [f.section for f in empty if f.code == "C-SECTION"] == ["doors", "thoughts", "windows"] and blocks(empty)
    long = Report("2030", 2030, filled.agency, {"preamble": "引言，门牌。", "thoughts": "看门、看窗，没有修门费。" + "长" * 40}, filled.cells)
    assert [f.code for f in check(long, third)] == ["C-LEN", "T-PUNCT"]


def test_its_words(third: FormDef, filled: Report) -> None:
    """What its texts must say, and the words of other forms, come out of its file; those of the official forms are words like any other."""
    texts = {"preamble": "依据虚构函〔2029〕1号编制，旧门3件。", "thoughts": "（一）看门\n门窗总数不提。\n（二）门的历史\n上一年项目数量。", "closing": "虚构总会\n2032年3月2日"}
    report = Report(third.id, 2031, {"name": "虚构总会"}, texts, filled.cells)
    found = {f.code: f for f in check(report, third)}
    assert {"R-FORMAT", "R-OLDHEAD", "C-INTRO", "C-ASPECT", "C-ASPECT-NUM", "C-SIX-FEE", "D-SUM"} <= set(found)
    assert [f.excerpt for f in check(report, third) if f.code == "R-FORMAT"] == ["旧门", "门窗总数"]
    assert found["C-SIX-FEE"].basis == "虚构办法第三条：写明修门费" and found["D-SUM"].basis == "虚构办法第九条"
    assert "看窗" in found["C-ASPECT"].message and "看门" not in found["C-ASPECT"].message and "门牌号" in found["C-INTRO"].message


def test_its_file_and_its_import_labels(third_forms: Forms, third: FormDef, filled: Report) -> None:
    assert report.loads(report.dumps(filled), third_forms) == filled
    assert third.tables["doors"].column_lines[1].names == ("后门", "后边的门")


def test_its_print_and_web_page_hold_its_words_and_figures(third: FormDef, filled: Report) -> None:
    view = build_view(filled, third, draft=False)
    page = render_page(view)
    words = [s.heading for s in third.sections] + [p.text for t in third.tables.values() for p in t.grid.places if p.text]
    assert not [w for w in words if w not in page.replace("<br/>", "").replace("<wbr>", "")]
    assert [text for _, text in view.numbers].count("") == 0 and len(view.numbers) == len(third.cells)
    assert Press().render(view).data.startswith(b"%PDF")


def test_a_form_that_asks_for_a_check_the_program_lacks_is_refused_at_once(tmp_path: Path, filled: Report) -> None:
    text = Path(__file__).with_name("third.toml").read_text(encoding="utf-8").replace('code = "A3-BAL"', 'code = "A9-NEW"')
    text_rule = text.replace('code = "A9-NEW"', 'code = "A3-BAL"').replace('code = "N-TABLE2"', 'code = "N-NEW"')
    for changed, code in ((text, "A9-NEW"), (text_rule, "N-NEW")):
        (tmp_path / "newer.toml").write_text(changed, encoding="utf-8")
        with pytest.raises(FormError, match=code):
            check(filled, Forms.load(tmp_path)["2030"])
