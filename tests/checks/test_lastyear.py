"""This year against last year: published pairs, and where nothing must be said."""

from dataclasses import replace

import pytest

from gxdesk import report
from gxdesk.cells import CellRef
from gxdesk.checks.engine import check
from gxdesk.checks.finding import Severity
from gxdesk.checks.lastyear import jump
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.conftest import corpus


def across(last: str, this: str, forms: Forms) -> dict[str, list[tuple[object, object]]]:
    """code -> (left, right) of the findings across two published reports; empty where the corpus is absent."""
    (before,), (now,) = corpus(last), corpus(this)
    one, two = report.read(before, forms), report.read(now, forms)
    out: dict[str, list[tuple[object, object]]] = {}
    for f in check(two, forms[two.form], one, forms[one.form]):
        if f.code.startswith("Y-"):
            out.setdefault(f.code, []).append((f.left, f.right))
    return out


@pytest.mark.skipif(not corpus(), reason="shared/corpus is not here")
@pytest.mark.parametrize(("last", "this", "valid"), [("09", "10", []), ("10", "11", [(643, 470)])])
def test_published_neighbours_tie_but_for_a_clearing_out(last: str, this: str, valid: list[tuple[int, int]], forms: Forms) -> None:
    """平潭 2021 to 2022 and 2022 to 2023: the carry-over ties, the stock of documents does not after a clearing out, and that only asks."""
    findings = across(last, this, forms)
    assert "Y-CARRY" not in findings and findings.get("Y-VALID", []) == valid


@pytest.mark.skipif(not corpus(), reason="shared/corpus is not here")
def test_across_the_change_of_form_only_the_carry_over_is_compared(forms: Forms) -> None:
    assert set(across("16", "09", forms)) == {"Y-BREAK"}


@pytest.mark.skipif(not corpus(), reason="shared/corpus is not here")
def test_a_report_of_another_year_or_body_is_named_and_blocks_nothing(forms: Forms) -> None:
    assert set(across("17", "24", forms)) == {"Y-SCOPE"}


def test_its_own_last_year_is_refused(example: Report, form: FormDef) -> None:
    assert [f.code for f in check(example, form, example, form)] == ["Y-SCOPE"]


def test_another_bodys_figures_only_ask(example: Report, form: FormDef) -> None:
    last = replace(example, year=2025, agency={"name": "乙局"}, cells={**example.cells, "requests.carried_out.person": "7"})
    findings = {f.code: f for f in check(example, form, last, form)}
    assert findings["Y-CARRY"].severity is Severity.EXPLAIN and findings["Y-CARRY"].fix is None
    renamed = replace(last, agency=example.agency)
    assert {f.code: f.severity for f in check(example, form, renamed, form)}["Y-CARRY"] is Severity.ERROR


def test_a_total_last_year_wrote_differently_is_compared_too(example: Report, form: FormDef) -> None:
    last = replace(example, year=2025, cells={**example.cells, "requests.carried_out.person": "2", "requests.carried_out.total": "9"})
    carried = [f for f in check(example, form, last, form) if f.code == "Y-CARRY"]
    assert [(f.left, f.right) for f in carried] == [(2, 9)]


@pytest.mark.parametrize(
    ("then", "now", "moved"),
    [(5, 24, True), (8, 24, False), (7, 22, True), (6, 19, False), (0, 20, True), (0, 19, False), (20, 0, True), (19, 0, False), (60, 20, False), (61, 20, True), (30, 30, False)],
)
def test_what_counts_as_a_jump(then: int, now: int, moved: bool) -> None:
    assert bool(jump(then, now)) is moved


def test_changes_are_no_stock_and_cannot_jump(forms: Forms) -> None:
    form = forms["2019"]
    zeros = {ref: "0" for t in form.tables.values() for ref in t.inputs}
    last, now = Report("2019", 2019, {"name": "甲"}, {}, zeros), Report("2019", 2020, {"name": "甲"}, {}, {**zeros, "disclosure.licenses.change": "40"})
    assert not [f for f in check(now, form, last, form) if f.code == "Y-JUMP"]
    assert CellRef("disclosure.licenses.change") in form.cells


def test_what_last_years_report_itself_says_is_no_surprise(example: Report, form: FormDef) -> None:
    """上年结转 is last year's 结转下年度, however far it lies from last year's own 上年结转."""
    ref = "requests.carried_in.person"
    last = replace(example, year=2025, cells={**example.cells, ref: "2", "requests.carried_out.person": "103"})
    jumped = {now: [f for f in check(replace(example, cells={**example.cells, ref: now}), form, last, form) if f.code == "Y-JUMP" and f.refs == (ref,)] for now in ("103", "104")}
    assert not jumped["103"] and jumped["104"]
