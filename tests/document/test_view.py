"""The one view all outputs are made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxdesk.document.view import Paragraph, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.grid import Role
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import report_for


def test_all_sections_in_order_also_when_the_report_is_empty(forms: Forms, third: FormDef) -> None:
    for form in (*forms.values(), third):
        view = build_view(Report(form.id, None), form, draft=True)
        assert [s.heading for s in view.sections] == [s.heading for s in form.sections]
        assert all((s.table is None) == (form.sections[i].table is None) for i, s in enumerate(view.sections))
        assert all(s.paragraphs == (Paragraph(""),) for s in view.sections if s.table is None)
        assert not view.signature and not view.preamble


def test_numbers_are_every_cell_once_in_reading_order(forms: Forms, third: FormDef) -> None:
    for form in (*forms.values(), third):
        view = build_view(report_for(form), form, draft=False)
        assert [ref for ref, _ in view.numbers] == [ref for s in form.sections if s.table for ref in form.tables[s.table].cells]
        assert all(text for _, text in view.numbers)


def test_blank_stays_blank_zero_is_zero_and_an_incomplete_total_says_nothing(form: FormDef) -> None:
    cells = {"requests.received.person": "0", "requests.received.business": "１２", "disclosure.fees.amount": "12.50", "requests.granted.person": "三"}
    numbers = dict(build_view(Report("2021", 2026, {}, {}, cells), form, draft=True).numbers)
    assert numbers["requests.received.person"] == "0"
    assert numbers["requests.received.business"] == "12"
    assert numbers["disclosure.fees.amount"] == "12.50"
    assert numbers["requests.granted.person"] == "三"
    assert numbers["requests.received.research"] == "" and numbers["requests.received.total"] == ""


@pytest.mark.parametrize(
    ("line", "lead", "text"),
    [
        ("（一）主动公开情况", "（一）主动公开情况", ""),
        ("(二)依申请公开", "(二)依申请公开", ""),
        ("（二）依申请公开。全年8件。", "（二）依申请公开。", "全年8件。"),
        ("（一）全年公开信息256条。", "", "（一）全年公开信息256条。"),
        ("（三）这一句很长很长很长很长很长很长很长很长很长很长很长很长没有句号", "", "（三）这一句很长很长很长很长很长很长很长很长很长很长很长很长没有句号"),
        ("1.健全制度", "", "1.健全制度"),
        ("（1）人员", "", "（1）人员"),
        ("　　缩进的一段", "", "缩进的一段"),
    ],
)
def test_second_level_headings(form: FormDef, line: str, lead: str, text: str) -> None:
    view = build_view(Report("2021", 2026, {}, {"overview": line}), form, draft=False)
    assert view.sections[0].paragraphs == (Paragraph(text, lead),)


def test_characters_no_output_can_hold_are_dropped_once(form: FormDef) -> None:
    report = Report("2021", 2026, {"name": "甲\x00乙\ufeff局\n"}, {"overview": "a\x07b\u202ec\ud800d\ufffee\U0001fffff\r\ng\x85h\tj"}, {"disclosure.licenses.decisions": "1\x0b\u200b2 件"})
    view = build_view(report, form, draft=False)
    assert view.agency == "甲乙局" and view.title.startswith("甲乙局2026年")
    assert [p.text for p in view.sections[0].paragraphs] == ["abcdef", "g", "h j"]
    assert dict(view.numbers)["disclosure.licenses.decisions"] == "1 2 件"


def test_scopes(form: FormDef, forms: Forms) -> None:
    for each in forms.values():
        for table in build_view(Report(each.id, None), each, draft=True).tables():
            for cell in (c for row in table.rows for c in row):
                assert bool(cell.scope) == (cell.role not in {Role.INPUT, Role.TOTAL}) or (cell.role is Role.CORNER)
                assert cell.scope in {"", "col", "colgroup", "row", "rowgroup"}
    scopes = {c.text: c.scope for t in build_view(Report("2021", None), form, draft=True).tables() for row in t.rows for c in row if c.scope}
    assert scopes["申请人情况"] == "colgroup" and scopes["自然人"] == "col" and scopes["本年收费金额（单位：万元）"] == "col"
    assert scopes["（三）不予公开"] == "rowgroup" and scopes["（七）总计"] == "row" and scopes["信息内容"] == "col"


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200), figure=st.text(max_size=20))
def test_any_text_makes_a_view(text: str, figure: str) -> None:
    form = FORMS["2021"]
    view = build_view(Report("2021", 2026, {"name": text}, dict.fromkeys(form.texts, text), dict.fromkeys(form.cells, figure)), form, draft=True)
    assert len(view.numbers) == len(form.cells)
    for printed in (view.title, view.agency, *(t for _, t in view.numbers), *(p.text + p.lead for s in view.sections for p in s.paragraphs)):
        assert printed.isprintable() or all(c.isspace() or ord(c) > 0xA0 for c in printed if not c.isprintable())
        printed.encode("utf-8")


FORMS = Forms.load()
