"""The arithmetic of the form on made and on published reports."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxdesk import report
from gxdesk.cells import CellKind, CellRef, parse, show
from gxdesk.checks.engine import check
from gxdesk.checks.finding import Finding, Fix
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.conftest import corpus

ARITHMETIC = ("A3-ROW", "A3-SUM7", "A3-BAL", "A4-SUM-fy", "A4-SUM-zj", "A4-SUM-fh", "A2-VALID", "A2-19", "A-INT")
BROKEN = {  # what corpus/ notes as broken in the complete reports
    "04": {("A4-SUM-fy", 11, 0), ("A4-SUM-fh", 5, 0)},
    "16": {("A3-SUM7", 26, 20), ("A3-SUM7", 27, 21)},
}
COMPLETE = ("01", "02", "04", "09", "10", "11", "14", "16", "17", "24")
BLANKS = {"14", "17", "18", "24"}

pytestmark = pytest.mark.filterwarnings("error")


def found(findings: tuple[Finding, ...], *codes: str) -> list[Finding]:
    return [f for f in findings if f.code in codes]


def of_file(path: Path, forms: Forms) -> tuple[Report, FormDef]:
    read = report.read(path, forms)
    return read, forms[read.form]


def with_totals(filled: Report, form: FormDef) -> Report:
    """The same report as another program would write it: every total typed."""
    figures = Figures(form, filled.cells)
    totals = {ref: show(figures.total(ref).value) for ref, cell in form.cells.items() if cell.parts}
    return replace(filled, cells={**filled.cells, **totals})


def filled(form: FormDef, numbers: list[int]) -> Report:
    refs = [ref for t in form.tables.values() for ref in t.inputs]
    return Report(form.id, form.first_year, {"name": "甲"}, {}, {ref: str(n) for ref, n in zip(refs, numbers, strict=True)})


@pytest.mark.parametrize("path", corpus(*COMPLETE), ids=lambda p: p.name[:12])
def test_complete_published_reports_break_exactly_where_noted(path: Path, forms: Forms) -> None:
    read, form = of_file(path, forms)
    seen = {(f.code, f.left, f.right) for f in found(check(read, form), *ARITHMETIC)}
    assert seen == BROKEN.get(path.name[:2], set())


@pytest.mark.parametrize("path", corpus(*BLANKS), ids=lambda p: p.name[:12])
def test_blanks_of_published_reports_are_named_as_blanks(path: Path, forms: Forms) -> None:
    read, form = of_file(path, forms)
    blank = {ref for t in form.tables.values() for ref in t.inputs if not read.cells.get(ref, "").strip()}
    named = {ref for f in found(check(read, form), "B-BLANK") for ref in f.refs}
    assert blank and named == blank


def related(form: FormDef) -> set[CellRef]:
    """The cells that some sum or printed relation of the year speaks of: all of 表三 and 表四."""
    return {ref for ref, cell in form.cells.items() if cell.parts} | {p for cell in form.cells.values() for p in cell.parts}


@pytest.mark.no_cover
@pytest.mark.parametrize("path", corpus("01", "02", "09", "10", "11", "14", "17", "24"), ids=lambda p: p.name[:12])
def test_any_cell_of_a_consistent_published_report_off_by_one_is_caught(path: Path, forms: Forms) -> None:
    read, form = of_file(path, forms)
    before = Counter((f.code, f.refs) for f in check(read, form))
    missed = []
    for ref in related(form):
        value = parse(read.cells.get(ref, "")).value
        if value is None and not any(read.cells.get(other) for other in form.cells if (other.table, other.row) == (ref.table, ref.row)):
            continue  # a line in which nobody wrote anything contradicts nothing; B-BLANK names it
        changed = replace(read, cells={**read.cells, ref: str((value or 0) + 1)})
        after = Counter((f.code, f.refs) for f in found(check(changed, form), *ARITHMETIC))
        if not after - before:
            missed.append(ref)
    assert missed == []


@pytest.mark.no_cover
def test_any_cell_of_the_example_off_by_one_is_caught(example: Report, form: FormDef) -> None:
    report_ = with_totals(example, form)
    assert not found(check(report_, form), *ARITHMETIC)
    for ref in related(form):
        value = parse(report_.cells[ref]).value
        assert value is not None
        wrong = found(check(replace(report_, cells={**report_.cells, ref: show(value + 1)}), form), *ARITHMETIC)
        assert wrong and all(ref in f.refs for f in wrong), ref


@pytest.mark.no_cover
def test_the_cell_at_the_crossing_is_the_suspect_and_the_fix_restores_it(example: Report, form: FormDef) -> None:
    right = with_totals(example, form)
    for ref in form.tables["requests"].cells:
        value = parse(right.cells[ref]).value
        assert value is not None
        wrong = found(check(replace(right, cells={**right.cells, ref: show(value + 3)}), form), "A3-ROW", "A3-SUM7", "A3-BAL")
        assert len(wrong) >= 2
        assert {f.suspect for f in wrong} == {ref}
        assert {f.fix for f in wrong} == {Fix(ref, show(value))}


def test_a_finding_spells_out_both_sides(form: FormDef, example: Report) -> None:
    cells = {**example.cells, "requests.received.person": "13"}
    (finding,) = found(check(replace(example, cells=cells), form), "A3-BAL")
    assert (finding.left, finding.right, finding.difference) == (15, 16, 1)
    assert finding.left_text == "一、新收 13 ＋ 二、上年结转 2"
    assert finding.right_text == "三（七）总计 15 ＋ 四、结转下年度 1"
    assert finding.place == "表三 · 自然人列"
    assert "第一项加第二项之和，等于第三项加第四项之和" in finding.basis
    assert finding.refs[0] == "requests.received.person"


def test_columns_that_follow_are_not_reported_again(form: FormDef, example: Report) -> None:
    """The 总计 column is out of balance because a column is: one finding, not two."""
    cells = {**example.cells, "requests.received.person": "13", "requests.received.legal": "5"}
    wrong = found(check(replace(example, cells=cells), form), "A3-BAL")
    assert [f.refs[0].column for f in wrong] == ["person", "legal"]


def test_blanks_leave_a_relation_open(form: FormDef, example: Report) -> None:
    cells = dict(example.cells)
    del cells["requests.granted.person"]
    findings = check(replace(example, cells=cells), form)
    assert not found(findings, "A3-BAL")
    (blank,) = found(findings, "B-BLANK")
    assert blank.refs == ("requests.granted.person",) and blank.fix == Fix(CellRef("requests.granted.person"), "0")


def test_what_no_filling_can_mend_is_an_error_already(form: FormDef, example: Report) -> None:
    cells = {**example.cells, "requests.received.person": "3"}
    del cells["requests.denied.state_secret.person"]
    (finding,) = found(check(replace(example, cells=cells), form), "A3-BAL")
    assert finding.incomplete


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_leaf_filling_always_adds_up(form: FormDef, forms: Forms, data: st.DataObject) -> None:
    form = forms[data.draw(st.sampled_from(["2019", "2021"]))]
    count = sum(len(t.inputs) for t in form.tables.values())
    made = filled(form, data.draw(st.lists(st.integers(0, 10**6), min_size=count, max_size=count)))
    sums = ("A3-ROW", "A3-SUM7", "A4-SUM-fy", "A4-SUM-zj", "A4-SUM-fh")
    assert not found(check(made, form), *sums)
    typed = with_totals(made, form)
    assert not found(check(typed, form), *sums)
    total = data.draw(st.sampled_from([ref for ref, cell in form.cells.items() if cell.parts]))
    value = int(parse(typed.cells[total]).value or 0)
    wrong = replace(typed, cells={**typed.cells, total: str(value + data.draw(st.integers(1, 99)))})
    assert all(total in f.refs for f in found(check(wrong, form), *sums))
    assert found(check(wrong, form), *sums)


@pytest.mark.parametrize(
    ("text", "codes"),
    [("-1", {"A-INT"}), ("1.5", {"A-INT"}), ("abc", {"A-INT"}), ("1e9", {"A-INT"}), ("9" * 40, {"A-INT"}), ("/", {"B-BLANK"}), ("—", {"B-BLANK"}), ("不适用", {"B-BLANK"}), ("0", set()), ("１２", set()), ("1,234", set()), ("5件", {"B-TEXTNUM"})],
)
def test_cells_of_table_two(text: str, codes: set[str], form: FormDef, example: Report) -> None:
    ref = CellRef("disclosure.licenses.decisions")
    assert form.cells[ref].kind is CellKind.COUNT
    findings = check(replace(example, cells={**example.cells, ref: text}), form)
    assert {f.code for f in findings} == codes
    assert all(f.refs == (ref,) for f in findings)


def test_the_seed_report_shows_its_gaps(seed: Report, forms: Forms) -> None:
    findings = check(seed, forms["2019"])
    assert "remedies" in {f.section for f in found(findings, "C-SECTION")}
    assert [f.excerpt for f in found(findings, "B-TEXTNUM")] == ["增 55", "增 56", "增 4", "增 3"]
    (blank,) = [f for f in found(findings, "B-BLANK") if f.section == "requests"]
    assert {ref.row for ref in blank.refs} >= {"carried_in", "granted", "partial", "carried_out"}


def test_what_a_cell_may_hold_is_said_by_its_kind(form: FormDef, forms: Forms, example: Report) -> None:
    def basis(of: FormDef, ref: str) -> str:
        (bad,) = found(check(Report(of.id, of.first_year, cells={CellRef(ref): "abc"}), of), "A-INT")
        return bad.basis

    assert "件数" in basis(form, "requests.received.person") and "增减" not in basis(form, "requests.received.person")
    assert "金额" in basis(form, "disclosure.fees.amount")
    assert "增减" in basis(forms["2019"], "disclosure.licenses.change")


def test_a_mark_for_nothing_is_told_as_what_it_is(form: FormDef, example: Report) -> None:
    person, business, blank = (CellRef(f"requests.received.{column}") for column in ("person", "business", "research"))
    one = found(check(replace(example, cells={**example.cells, person: "/", blank: ""}), form), "B-BLANK")
    assert {f.refs: (f.message, f.fix.value if f.fix else None, f.incomplete) for f in one} == {
        (person,): ("这里写的是“/”；没有发生请填 0。", "0", False),
        (blank,): ("还有 1 格没有填；没有发生就填 0。", "0", True),
    }
    (two,) = found(check(replace(example, cells={**example.cells, person: "无", business: "无"}), form), "B-BLANK")
    assert two.refs == (person, business) and two.message.startswith("有 2 格写的是“无”") and two.fix is None


def test_an_all_zero_report_is_a_report(form: FormDef) -> None:
    zeros = filled(form, [0] * sum(len(t.inputs) for t in form.tables.values()))
    assert {f.code for f in check(zeros, form)} == {"C-SECTION", "C-INTRO"}


def test_one_broken_sum_that_only_its_total_can_mend_has_a_fix_but_no_suspect(form: FormDef, example: Report) -> None:
    """A part cannot become negative, so of 10 + 1 + 0 + 0 against 0 only the total can be wrong."""
    cells = {**example.cells, "remedies.review.upheld": "10", "remedies.review.corrected": "1", "remedies.review.total": "0"}
    (finding,) = found(check(replace(example, cells=cells), form), "A4-SUM-fy")
    assert finding.fix == Fix(CellRef("remedies.review.total"), "11") and finding.suspect is None


def test_where_several_cells_could_be_wrong_nothing_is_offered(form: FormDef, example: Report) -> None:
    cells = {**example.cells, "remedies.review.upheld": "10", "remedies.review.total": "4"}
    (finding,) = found(check(replace(example, cells=cells), form), "A4-SUM-fy")
    assert finding.fix is None and finding.suspect is None


def test_a_blank_change_may_be_negative_and_leaves_the_relation_open(forms: Forms, example: Report) -> None:
    form = forms["2019"]
    zeros = {ref: "0" for t in form.tables.values() for ref in t.inputs}
    cells = {**zeros, "disclosure.licenses.previous": "3", "disclosure.licenses.change": ""}
    assert not found(check(Report("2019", 2020, {"name": "甲"}, {}, cells), form), "A2-19")


def test_last_year_tells_where_the_missing_piece_may_be(form: FormDef, example: Report) -> None:
    cells = {**example.cells, "requests.unavailable.not_held.person": "0"}
    (finding,) = found(check(replace(example, cells=cells), form, replace(example, year=2025), form), "A3-BAL")
    assert finding.possible == "可能漏在：（四）1.本机关不掌握相关政府信息，去年 3，今年 0。"
    more = {**cells, "requests.unprocessed.petition.person": "0"}
    (finding,) = found(check(replace(example, cells=more), form, replace(example, year=2025), form), "A3-BAL")
    assert finding.possible == "", "two places could be it"
