"""What this year's report may take from last year's."""

from dataclasses import replace

from gxdesk.cells import CellRef
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.imports.carry import carry, expected, untouched, year_changes
from gxdesk.report import Report


def test_agency_and_texts_sentence_by_sentence(example: Report, form: FormDef) -> None:
    found = carry(example, form, 2027, form)
    assert found.agency == example.agency and found.left_out == ()
    assert {t.key: t.text for t in found.texts} == example.texts
    for text in found.texts:
        assert text.sentences and all(text.text[s.start : s.end] == s.text for s in text.sentences)


def test_what_was_carried_out_is_proposed_as_carried_in(example: Report, form: FormDef) -> None:
    found = {e.ref: e.value for e in carry(example, form, 2027, form).figures}
    columns = ("person", "business", "research", "welfare", "legal", "other")
    assert found == {CellRef(f"requests.carried_in.{c}"): int(example.cells[f"requests.carried_out.{c}"]) for c in columns}
    assert all(e.relation.code == "Y-CARRY" for e in carry(example, form, 2027, form).figures)


def test_a_blank_of_last_year_proposes_nothing(example: Report, form: FormDef) -> None:
    gone = CellRef("requests.carried_out.person")
    last = replace(example, cells={k: v for k, v in example.cells.items() if k != gone})
    assert CellRef("requests.carried_in.person") not in {e.ref for e in carry(last, form, 2027, form).figures}


def test_in_force_is_expected_as_soon_as_this_years_figures_are_there(example: Report, form: FormDef) -> None:
    now = Report(form.id, 2027, cells={"disclosure.normative.issued": "4", "disclosure.normative.repealed": "3"})
    in_force = [(e.ref, e.value, e.carried) for e in expected(now, form, example, form) if e.relation.code == "Y-VALID"]
    assert in_force == [("disclosure.normative.in_force", 9 + 4 - 3, False)]
    assert expected(replace(now, year=2029), form, example, form) == ()


def test_across_forms_only_what_is_said_to_hold_there(forms: Forms, seed: Report) -> None:
    last = replace(seed, cells={**seed.cells, "requests.carried_out.person": "3"})
    found = carry(last, forms["2019"], 2021, forms["2021"])
    assert [(e.ref, e.value, e.relation.code) for e in found.figures] == [("requests.carried_in.person", 3, "Y-CARRY")]
    assert [e.ref for e in carry(replace(last, year=2019, cells={**last.cells}), forms["2019"], 2020, forms["2019"]).figures if e.relation.code == "Y-ITEMS"]


def test_years_are_proposed_with_their_surroundings_and_never_those_of_document_numbers() -> None:
    text = "2025年，我局按照国办公开办函〔2021〕30号和某政发〔2025〕3号，针对2024年的问题整改，2026年将继续。二〇二五年十二月。2019年成立。"
    found = tuple(year_changes(text, 2025))
    assert [(c.old, c.new) for c in found] == [("2025", "2026"), ("2024", "2025"), ("2026", "2027"), ("二〇二五", "二〇二六")]
    assert all(text[c.start : c.end] == c.old and c.old in c.excerpt for c in found)


def test_accepted_years_only_are_replaced(example: Report, form: FormDef) -> None:
    overview = next(t for t in carry(example, form, 2027, form).texts if t.key == "overview")
    assert overview.with_years(frozenset()) == overview.text
    assert overview.with_years(frozenset(range(len(overview.years)))) == overview.text.replace("2026", "2027")


def test_a_sentence_is_last_years_until_it_is_edited() -> None:
    last = "办事指南更新不够及时。下一步将加强业务培训。"
    assert [s.text for s in untouched("办事指南更新不够及时。下一步将加强业务培训和检查。", last)] == ["办事指南更新不够及时。"]


def test_figures_and_addresses_are_no_years() -> None:
    text = "2025年收到申请2025件，支出2024.5万元，见 x.gov.cn/2025/01，电话020-2025 1111，统计期限为2025-2026年度，依据国办公开办函〔2021〕30号（2025年印发）。"
    assert [text[c.start : c.start + 5] for c in year_changes(text, 2025)] == ["2025年", "2025-", "2026年", "2025年"]
