"""First drafts of 引言 and 落款, and sentences from figures."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.drafting import Proposal, follow, opening, proposals, sentences, signature
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef, Forms
from gxdesk.outline import numeral, outline
from gxdesk.report import Report


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "二十一"), (99, "九十九")])
def test_numerals(number: int, words: str) -> None:
    assert numeral(number) == words


@pytest.mark.parametrize(("times", "words"), [(1, "六个部分"), (2, "十二个部分"), (4, "二十四个部分")])
def test_an_opening_counts_the_sections_of_any_form(form: FormDef, times: int, words: str) -> None:
    first = opening(Report("2021", 2026), replace(form, sections=form.sections * times)).partition("\n")[0]
    assert words in first and "总体情况，主动公开政府信息情况，" in first


def test_more_aspects_than_ten_are_numbered(form: FormDef) -> None:
    assert [a.heading for a in outline("", [f"第{i}方面" for i in range(21)])][-2:] == ["（二十）第19方面", "（二十一）第20方面"]


def test_what_is_not_known_is_left_out(form: FormDef) -> None:
    bare, full = opening(Report("2021", None), form), opening(Report("2021", 2026, {"website": "www.example.cn", "phone": "123", "self_reference": "我局"}), form)
    assert "统计期限" not in bare and bare.endswith("\n对报告内容有疑问的，请与本单位联系。")
    assert "2026年1月1日至2026年12月31日" in full and full.endswith("（www.example.cn）下载。对报告内容有疑问的，请与我局联系（电话：123）。")
    assert signature(Report("2021", None), date(2027, 1, 20)) == "2027年1月20日"
    assert signature(Report("2021", 2026, {"name": " 甲局 "}), date(2027, 1, 20)) == "甲局\n2027年1月20日"
    assert signature(Report("2021", 2026, {"name": "甲局"}), date(2026, 12, 20)) == "甲局\n2027年1月"


FORM = Forms.load()["2021"]


# --- sentences from figures -----------------------------------------------------------------------------------------


def said(form: FormDef, cells: dict[str, str] | None = None, fill: str = "0", agency: dict[str, str] | None = None) -> dict[str, list[str]]:
    """What is offered for a report filled with `fill` but for `cells`, by text and aspect."""
    values = {ref: fill for table in form.tables.values() for ref in table.inputs} | (cells or {})
    report = Report(form.id, form.first_year, {"self_reference": "我中心"} if agency is None else agency, {}, values)
    out: dict[str, list[str]] = {}
    for p in proposals(report, form, Figures(form, values)):
        out.setdefault(f"{p.text}/{p.aspect}", []).append(p.words)
    return out


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_nothing_happened(forms: Forms, form_id: str) -> None:
    form = forms[form_id]
    told = said(form)
    year = form.first_year
    assert told["overview/依申请公开"] == [f"{year}年，我中心没有收到政府信息公开申请，也没有上年结转的申请。", "全年没有因政府信息公开工作被申请行政复议、提起行政诉讼。"]
    assert told["overview/主动公开"] == [""]  # nothing decided: nothing to say
    assert told["overview/政府信息管理"][0].startswith(f"{year}年，我中心没有")
    assert told.get("other/") == ([f"{year}年，我中心没有收取政府信息公开信息处理费。"] if form_id == "2021" else None)


def test_one_and_many(forms: Forms) -> None:
    one = said(forms["2021"], {"requests.received.person": "1", "requests.granted.person": "1"})
    assert one["overview/依申请公开"][0] == "2021年，我中心新收政府信息公开申请1件，办结1件。办结的申请中，予以公开1件。"
    many = said(
        forms["2021"],
        {
            "requests.received.person": "5", "requests.received.business": "3", "requests.carried_in.person": "2", "requests.granted.person": "4",
            "requests.denied.process.business": "1", "requests.denied.third_party.business": "2", "requests.otherwise.else.person": "1",
            "requests.carried_out.person": "2", "remedies.suit_direct.pending": "1", "remedies.review.upheld": "2", "disclosure.licenses.decisions": "7",
        },
    )  # fmt: skip
    assert many["overview/依申请公开"] == [
        "2021年，我中心新收政府信息公开申请8件，上年结转2件，办结8件，结转下年度继续办理2件。办结的申请中，予以公开4件、不予公开3件、其他处理1件。",
        "因政府信息公开工作被申请行政复议2件，被提起行政诉讼1件。到年底尚未审结的有1件。",
    ]
    assert many["overview/主动公开"] == ["2021年，我中心作出处理决定：行政许可7件。"]
    only_left = said(forms["2021"], {"requests.carried_in.person": "1", "requests.carried_out.person": "1"}, agency={})
    assert only_left["overview/依申请公开"][0] == "2021年，本单位没有新收政府信息公开申请，上年结转1件，年内没有办结的，结转下年度继续办理1件。"


def test_a_blank_cell_offers_nothing_and_one_that_is_not_asked_does_not_matter(forms: Forms) -> None:
    blank = said(forms["2021"], {"requests.granted.person": "", "disclosure.fees.amount": ""})
    assert blank["overview/依申请公开"][0] == "" and blank["overview/依申请公开"][1] and blank["overview/政府信息管理"][0]
    assert not any(words for key, told in said(forms["2021"], fill="").items() if key != "preamble/" for words in told)


def test_every_sentence_stands_in_a_place_of_its_form_and_texts_have_prompts(forms: Forms) -> None:
    for form in forms.values():
        found = sentences(form)
        assert all(s.aspect or not form.section(s.text).aspects for s in found.sentences)
        assert {s.key for s in form.sections if s.table is None} == set(found.prompts)
        assert all(prompt.endswith(("？", "。")) for asked in found.prompts.values() for prompt in asked)


def test_a_form_without_sentences_has_an_opening_only() -> None:
    third = Forms.load(Path(__file__).parent / "forms")["2030"]
    assert sentences(third).sentences == () and {p.text for p in proposals(Report("2030", 2030), third, Figures(third, {}))} == {"preamble"}


@given(st.lists(st.integers(0, 30), min_size=8, max_size=8), st.lists(st.integers(0, 30), min_size=8, max_size=8), st.text("前后。文", max_size=6))
def test_what_stands_as_offered_follows_and_what_is_hers_stays(first: list[int], then: list[int], around: str) -> None:
    form = FORM
    rows = ("received", "carried_in", "granted", "partial", "denied.process", "unavailable.not_held", "unprocessed.duplicate", "carried_out")

    def offered(numbers: list[int]) -> tuple[Proposal, ...]:
        cells = {ref: "0" for table in form.tables.values() for ref in table.inputs} | {f"requests.{row}.person": str(n) for row, n in zip(rows, numbers, strict=True)}
        return proposals(Report("2021", 2026, {}, {}, cells), form, Figures(form, cells))

    before, now = offered(first), offered(then)
    words = [p.words for p in before if p.aspect == "依申请公开"]
    text = f"{around}{words[0]}{around}{words[1]}"
    changed = follow(before, now, {"overview": text})
    assert changed.get("overview", text) == f"{around}{next(p.words for p in now if p.aspect == '依申请公开')}{around}{words[1]}"
    hers = text.replace("件", "项", 1) if "件" in words[0] else text.replace("没有", "未", 1)
    assert follow(before, now, {"overview": hers}) == {}
    assert follow(before, before, {"overview": text}) == {}
