"""A difference is complete: from either side and the difference the other side can be told."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gxdesk import diff
from gxdesk.cells import CellRef
from gxdesk.diff import CellChange, Run, TextChange, across_years, difference, sentences
from gxdesk.forms.definition import FormDef
from gxdesk.report import PARTS, Report, Slot

OVERVIEW = Slot("texts", "overview")
texts = st.text(st.sampled_from("年度公开一二。！\n”；"), max_size=40)
parts = st.dictionaries(st.sampled_from("abcd"), texts.filter(bool), max_size=3)
reports = st.builds(Report, st.just("2021"), st.just(2026), parts, parts, parts, parts)


def written(text: str) -> Report:
    return Report("2021", 2026, texts={"overview": text} if text else {})


@given(texts)
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


@given(reports, reports)
def test_both_sides_can_be_told_from_it(old: Report, new: Report) -> None:
    found = difference(old, new)
    assert bool(found) == (old != new)
    for change in found.texts:
        assert "".join(run.text for run in change.runs if run.mark != "new") == old.get(change.slot)
        assert "".join(run.text for run in change.runs if run.mark != "old") == new.get(change.slot)
    for cell in found.cells:
        assert (cell.old, cell.new) == (old.cells.get(cell.ref, ""), new.cells.get(cell.ref, ""))
    told = {Slot("cells", cell.ref) for cell in found.cells} | {change.slot for change in found.texts}
    slots = {Slot(part, key) for part in PARTS for report in (old, new) for key in getattr(report, part)}
    assert told == {slot for slot in slots if old.get(slot) != new.get(slot)}


def test_one_sentence_among_others() -> None:
    (change,) = difference(written("制度已经建立。公开了 5 条。培训两次。"), written("制度已经建立。公开了 6 条。培训两次。")).texts
    assert change == TextChange(OVERVIEW, (Run("same", "制度已经建立。公开了 "), Run("old", "5"), Run("new", "6"), Run("same", " 条。培训两次。")))


def test_a_sentence_said_anew_differs_as_a_whole() -> None:
    (change,) = difference(written("组织培训两次，全员参加。"), written("完善网站专栏，安排专人维护。")).texts
    assert [run.mark for run in change.runs] == ["old", "new"]


def test_a_year_is_one_word_and_a_lone_character_between_changes_goes_with_them() -> None:
    (change,) = difference(written("2025年，我中心主动公开信息98条。"), written("2026年，我中心主动公开信息112条。新增一句话在这里。")).texts
    assert change.runs == (
        Run("old", "2025"), Run("new", "2026"), Run("same", "年，我中心主动公开信息"), Run("old", "98"), Run("new", "112"), Run("same", "条。"), Run("new", "新增一句话在这里。"),
    )  # fmt: skip
    (change,) = difference(written("按期组织业务培训三场，全员到会参加。"), written("按期组织座谈培训两次，全员到会参加。")).texts
    assert "".join(run.text for run in change.runs if run.mark == "old") == "业务三场"


def test_a_cell_that_was_blank_and_one_that_is() -> None:
    ref, other = CellRef("requests.received.person"), CellRef("requests.received.other")
    old, new = Report("2021", 2026, cells={other: "3"}), Report("2021", 2026, cells={ref: "6"})
    assert difference(old, new).cells == (CellChange(ref, "", "6"), CellChange(other, "3", ""))


def test_a_text_without_end_is_no_wait() -> None:
    old, new = "句。" * diff.MAX_SENTENCES, "话。" * diff.MAX_SENTENCES
    (change,) = difference(written(old), written(new)).texts
    assert change.runs == (Run("old", old), Run("new", new))


def test_against_last_year_only_what_goes_out_and_was_filled_in(form: FormDef) -> None:
    ref, total = CellRef("requests.received.person"), CellRef("requests.received.total")
    last = Report("2021", 2025, {"name": "甲"}, {"overview": "一。"}, {ref: "5", total: "5"}, unread={"overview": "一。"})
    now = Report("2021", 2026, {"name": "乙"}, {"overview": "二。"}, {ref: "6"})
    found = across_years(last, now, form)
    assert ([c.slot for c in found.texts], found.cells) == ([OVERVIEW], (CellChange(ref, "5", "6"),))
    other = across_years(replace(last, form="2019"), now, form)
    assert ([c.slot for c in other.texts], other.cells) == ([OVERVIEW], ())
