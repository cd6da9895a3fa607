"""First drafts of 引言 and 落款, and sentences from figures."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.checks.engine import check
from gxdesk.drafting import Proposal, follow, opening, proposals, put_in, sentences, signature, worded
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.outline import numeral, outline
from gxdesk.report import Report, Slot
from gxdesk.unread import confirmed, drafted, redrafted, unread


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
    assert told.get("other/") == ([""] if form_id == "2021" else None)  # whether a fee was charged stands in no table


def test_what_no_table_holds_is_asked_and_her_answer_put_into_words(forms: Forms) -> None:
    form = forms["2021"]
    (question,) = sentences(form).questions
    none, some = question.answers
    report = Report(form.id, 2026, agency={"self_reference": "我中心"})
    assert worded(none, report) == "2026年，我中心没有收取政府信息公开信息处理费。"
    assert worded(some, report) == "" and worded(some, report, "320.5").endswith("收取政府信息公开信息处理费320.5元。")
    assert worded(none, replace(report, year=None)) == ""
    assert not sentences(forms["2019"]).questions
    for text in (worded(none, report), worded(some, report, "320.5")):
        codes = {f.code for f in check(replace(report, texts={question.text: text}), form)}
        assert not codes & {"C-SIX-FEE", "C-SIX-CONS"}


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
        "因政府信息公开工作被申请行政复议2件：结果维持2件。被提起行政诉讼1件：尚未审结1件。",
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
    slot, marks = Slot("texts", "overview"), Slot("drafted", "overview")

    def report(words: str, unread: str = "") -> Report:
        return Report("2021", 2026, texts={"overview": words}, drafted={"overview": unread})

    changed = follow(before, now, report(text))
    assert changed.get(slot, text) == f"{around}{next(p.words for p in now if p.aspect == '依申请公开')}{around}{words[1]}"
    hers = text.replace("件", "项", 1) if "件" in words[0] else text.replace("没有", "未", 1)
    assert follow(before, now, report(hers)) == follow(before, before, report(text)) == {}
    unread = drafted(report(""), "overview", words[0])[marks]
    left = follow(before, now, report(text, unread)).get(marks, unread)
    assert left == drafted(report(""), "overview", next(p.words for p in now if p.aspect == "依申请公开"))[marks], "what is new is to be read"
    assert marks not in changed, "what was read stays read"


def test_a_draft_is_marked_until_it_is_read_or_changed(forms: Forms) -> None:
    first, second = "2026年，我中心没有制发行政规范性文件。", "全年没有因政府信息公开工作被申请行政复议、提起行政诉讼。"
    report = Report("2021", 2026, texts={"overview": f"（一）主动公开\n{first}{second}"}, unread={"overview": "去年的一句话，还没有看过。"})
    report = report.with_values(drafted(report, "overview", f"{first}\n{second}"))
    assert [s.text for s in unread(report, "overview")] == [first, second] and unread(report, "overview", ("unread",)) == ()
    read = report.with_values(confirmed(report, "overview", {first}))
    assert [s.text for s in unread(read, "overview")] == [second] and read.unread == report.unread
    edited = read.with_values({Slot("texts", "overview"): f"{first}{second}".replace("没有因", "未因")})
    assert unread(edited, "overview") == ()


def test_of_a_draft_that_changes_only_what_is_new_is_to_be_read() -> None:
    kept = redrafted("别处起草的另一句话。\n本年收到政府信息公开申请三件。", "本年收到政府信息公开申请三件。其中予以公开两件、不予公开一件。", "本年收到政府信息公开申请四件。其中予以公开两件、不予公开一件。")
    assert kept.split("\n") == ["别处起草的另一句话。", "本年收到政府信息公开申请四件。"]
    assert redrafted("别处起草的另一句话。", "本年收到政府信息公开申请三件。", "本年收到政府信息公开申请四件。") == "别处起草的另一句话。"


def filling(form: FormDef, chance: Random) -> dict[str, str]:
    """A form filled so that nothing in it contradicts itself: every application received has one outcome."""
    cells = {str(ref): str(chance.choice((0, 0, chance.randint(0, 3), chance.randint(0, 400)))) for table in form.tables.values() for ref in table.inputs}
    requests = form.tables["requests"]
    for column in {ref.column for ref in requests.inputs}:
        at = {ref.row: str(ref) for ref in requests.inputs if ref.column == column}
        ended = sum(int(cells[ref]) for row, ref in at.items() if row not in ("received", "carried_in"))
        carried = chance.choice((0, chance.randint(0, ended)))
        cells |= {at["carried_in"]: str(carried), at["received"]: str(ended - carried)}
    return cells


NOT_ABOUT_WORDS = {"C-ASPECT", "C-FIVE", "C-SECTION", "C-ASPECT-NUM", "C-SIX-FEE", "C-GOV"}  # what is still missing beside the sentence, not in it


NAMES = ("示例市高新区社会事务综合服务中心", "示例县财政局", "示例县人民政府", "示例县城关镇人民政府")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("form", Forms.load().values(), ids=lambda form: form.id)
def test_no_sentence_it_offers_is_found_fault_with(seed: int, form: FormDef) -> None:
    cells, name = filling(form, Random(seed)), NAMES[seed % len(NAMES)]
    ours = {"name": name, "self_reference": "本机关", "address": "示例路 1 号", "phone": "0632-1234567", "website": "www.example.gov.cn", "email": "a@example.gov.cn"}
    bare = Report(form.id, form.first_year + 1, ours, {}, cells)
    offered = proposals(bare, form, Figures(form, cells))
    texts: dict[str, str] = {}
    for p in offered:
        aspects = form.section(p.text).aspects if p.text != "preamble" else ()
        texts[p.text] = put_in(texts.get(p.text, ""), aspects, [p])
    before = {f.key for f in check(bare, form)}
    new = [f for f in check(replace(bare, texts=texts), form) if f.key not in before and f.code not in NOT_ABOUT_WORDS and not f.incomplete]
    assert [(f.code, f.message, f.excerpt) for f in new] == []
