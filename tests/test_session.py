"""One open report: totals follow, findings come and go, and every change can be taken back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gxdesk.cells import CellRef
from gxdesk.checks.engine import check
from gxdesk.drafting import proposals
from gxdesk.figures import Figures, Total
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.history import Splice
from gxdesk.progress import progress
from gxdesk.report import Report, Slot, read
from gxdesk.resources import packaged
from gxdesk.session import Change, Session
from gxdesk.states import State

FORM = Forms.load()["2021"]
PERSON, HANDLED = CellRef("requests.granted.person"), CellRef("requests.handled.person")
OVERVIEW = Slot("texts", "overview")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_totals_follow_a_keystroke(example: Report, form: FormDef) -> None:
    session = Session(example, form)
    seen: list[Change] = []
    session.subscribe(seen.append)
    session.set_cell(PERSON, "17")
    assert session.figures.total(HANDLED) == Total(25, 0)
    assert seen[0].cells == {PERSON, "requests.granted.total", HANDLED, "requests.handled.total"}
    assert [f.code for f in seen[0].added] == ["N-RESULT", "N-RESULT", "A3-BAL"] and seen[0].removed == ()  # the text said what the table said
    session.set_cell(PERSON, "7")
    assert seen[1].removed == seen[0].added and session.findings == ()


def test_a_total_over_a_blank_says_so(example: Report, form: FormDef) -> None:
    session = Session(example, form)
    session.set_cell(PERSON, "/")
    assert session.figures.total(HANDLED).missing == 1
    assert session.figures.value(HANDLED) is None and session.figures.printed(HANDLED) == ""


def test_addends_explain_a_total(example: Report, form: FormDef) -> None:
    session = Session(example, form)
    down, across = session.addends(HANDLED), session.addends(CellRef("requests.granted.total"))
    assert len(down) == 21 and down[0].label == "（一）予以公开" and sum(a.value or 0 for a in down) == 15
    assert [a.label for a in across] == ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    assert session.addends(PERSON) == ()


def test_balances_follow_the_columns_of_the_table(example: Report, form: FormDef) -> None:
    session = Session(example, form)
    assert [b.line for b in session.balances("requests")] == [c.key for c in form.tables["requests"].column_lines]
    assert {b.state for b in session.balances("requests")} == {"tied"}
    session.set_cell(PERSON, "8")
    assert [b.state for b in session.balances("requests")] == ["off", "tied", "tied", "tied", "tied", "tied", "off"]
    session.set_cell(PERSON, "")
    assert session.balances("requests")[0].state == "todo" and session.balances("requests")[0].missing == 1
    assert session.balances("disclosure") == ()


def test_typing_in_one_cell_is_one_undo(form: FormDef) -> None:
    session = Session(Report("2021", 2026), form)
    for text in ("1", "12", "123"):
        session.set_cell(PERSON, text, typing=True)
    session.seal()
    session.set_cell(PERSON, "9", typing=True)
    session.undo()
    assert session.report.cells == {PERSON: "123"}
    session.undo()
    assert session.report.cells == {} and not session.can_undo


def test_typing_and_restoring_leaves_no_step(form: FormDef) -> None:
    session = Session(Report("2021", 2026), form)
    session.set_cell(PERSON, "1", typing=True)
    session.set_cell(PERSON, "", typing=True)
    assert not session.can_undo


def test_typing_after_a_restored_burst_is_a_step_of_its_own(form: FormDef) -> None:
    session = Session(Report("2021", 2026), form)
    session.set_cell(PERSON, "5", typing=True)
    session.seal()
    for text in ("56", "5", "57"):
        session.set_cell(PERSON, text, typing=True)
    session.undo()
    assert session.report.cells == {PERSON: "5"}


def test_typing_after_an_undo_is_a_step_of_its_own(form: FormDef) -> None:
    session = Session(Report("2021", 2026), form)
    session.set_text(OVERVIEW, "全年")
    session.seal()
    session.set_text(OVERVIEW, "全年公开")
    session.undo()
    session.set_text(OVERVIEW, "全年主动")
    session.undo()
    assert session.text(OVERVIEW) == "全年"


def test_the_heading_is_checked_again_when_the_agency_changes(form: FormDef, example: Report) -> None:
    session = Session(example, form)
    session.set_text(Slot("agency", "name"), "")
    assert [f.code for f in session.findings] == ["F-TITLE"]


def test_words_typed_without_a_pause_are_one_undo(form: FormDef) -> None:
    clock = Clock()
    session = Session(Report("2021", 2026), form, clock=clock)
    for i, text in enumerate(("全", "全年", "全年主", "全年主动")):
        clock.now = i * 0.5
        session.set_text(OVERVIEW, text)
    clock.now += 5
    session.set_text(OVERVIEW, "全年主动公")
    session.undo()
    assert session.text(OVERVIEW) == "全年主动"
    session.undo()
    assert session.text(OVERVIEW) == ""


def test_a_paste_is_one_undo_and_a_reason_closes_a_question(example: Report, form: FormDef) -> None:
    last = Report("2021", 2025, example.agency, {}, {**example.cells, "disclosure.licenses.decisions": "20", "requests.carried_out.person": "2", "disclosure.normative.in_force": "8"})
    session = Session(example, form, last_year=(last, form))
    (jump,) = session.findings
    assert jump.code == "Y-JUMP" and not session.answered(jump)
    session.set_text(Slot("explanations", jump.key), "新增下放事项")
    assert session.answered(jump)
    session.undo()
    session.set_cells(dict.fromkeys(form.tables["disclosure"].inputs, "0"), "粘贴")
    session.undo()
    assert session.report == example


def test_a_reason_lapses_with_the_figures_it_spoke_of_and_holds_again_when_they_return(example: Report, form: FormDef) -> None:
    licenses = CellRef("disclosure.licenses.decisions")
    last = Report("2021", 2025, example.agency, {}, {**example.cells, licenses: "20", "requests.carried_out.person": "2", "disclosure.normative.in_force": "8"})
    clock = Clock()
    session = Session(example, form, last_year=(last, form), clock=clock)
    (jump,) = session.findings
    reason = Slot("explanations", jump.key)
    for text in ("新增", "新增下放", "新增下放事项"):
        session.set_text(reason, text)
    assert session.answered(jump) and session.report.explained == {jump.key: "20 / 128"}
    session.set_cell(licenses, "129")
    (moved,) = (f for f in session.findings if f.code == "Y-JUMP")
    assert not session.answered(moved) and session.text(reason) == "新增下放事项"  # her words stay
    session.undo()
    assert session.answered(jump)
    session.redo()
    session.set_text(reason, "新增下放事项。")  # said again of the new figures
    assert session.answered(moved)
    session.undo()
    assert not session.answered(moved)
    session.undo()
    assert session.answered(jump)
    session.undo()  # the whole reason was one step
    assert session.report == example


def test_a_reason_is_confirmed_by_saying_it_once_more(example: Report, form: FormDef) -> None:
    said = replace(example, texts={**example.texts, "other": "收到申请，不予公开9件。"})
    session = Session(said, form)
    (finding,) = (f for f in session.findings if f.code == "N-RESULT")
    session.set_text(Slot("explanations", finding.key), "口径不同")
    session.set_cell(CellRef("requests.denied.process.person"), "2")
    (moved,) = (f for f in session.findings if f.key == finding.key)
    assert not session.answered(moved)
    session.set_text(Slot("explanations", finding.key), "口径不同")
    assert session.answered(moved)


def test_progress_says_how_far_each_section_is(form: FormDef, example: Report) -> None:
    assert {p.state for p in progress(Session(Report("2021", 2026), form))} == {State.TODO}
    session = Session(example, form)
    assert {p.state for p in progress(session)} == {State.DONE} and len(progress(session)) == 7
    session.set_cell(PERSON, "8")
    session.set_cell(CellRef("disclosure.licenses.decisions"), "")
    words = {p.key: (p.state, p.words) for p in progress(session)}
    assert words["requests"] == (State.ERROR, "1 处必须改")
    assert words["disclosure"] == (State.DOING, "1 格未填")


@given(st.text(), st.text())
def test_a_splice_turns_one_text_into_the_other_and_back(old: str, new: str) -> None:
    splice = Splice.between(OVERVIEW, old, new)
    assert splice.apply(old) == new
    assert splice.inverse().apply(new) == old


REFS = st.sampled_from([*FORM.cells, CellRef("requests.no_such_row.person")])
CONTENT = st.sampled_from(["", "0", "3", "12", "１２", "/", "增 5", "abc"])


class Editing(RuleBasedStateMachine):
    """Any mix of edits, undo and redo: what is kept incrementally equals what is made from nothing, and undo leads back."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(Report("2021", 2026), FORM)
        self.shadow: dict[str, object] = {}
        self.listed = set(self.session.findings)
        self.session.subscribe(self.listen)

    def listen(self, change: Change) -> None:
        assert set(change.removed) <= self.listed and not set(change.added) & self.listed
        self.listed = self.listed - set(change.removed) | set(change.added)

    @rule(ref=REFS, text=CONTENT, typing=st.booleans())
    def cell(self, ref: CellRef, text: str, typing: bool) -> None:
        self.session.set_cell(ref, text, typing=typing)

    @rule(values=st.dictionaries(REFS, CONTENT, max_size=5))
    def block(self, values: dict[CellRef, str]) -> None:
        self.session.set_cells(values, "粘贴")

    @rule(key=st.sampled_from(FORM.texts), text=st.text(max_size=8))
    def words(self, key: str, text: str) -> None:
        self.session.set_text(Slot("texts", key), text)

    @precondition(lambda self: self.session.can_undo)
    @rule()
    def undo_and_redo(self) -> None:
        before = self.session.report
        self.session.undo()
        self.session.redo()
        assert self.session.report == before

    @precondition(lambda self: self.session.can_undo)
    @rule()
    def undo(self) -> None:
        self.session.undo()

    @invariant()
    def kept_equals_computed(self) -> None:
        report = self.session.report
        fresh = Figures(FORM, report.cells)
        for ref, cell in FORM.cells.items():
            assert self.session.figures.entry(ref) == fresh.entry(ref)
            if cell.parts:
                assert self.session.figures.total(ref) == fresh.total(ref)
        assert self.session.findings == check(report, FORM)
        assert set(self.session.findings) == self.listed

    def teardown(self) -> None:
        while self.session.undo():
            pass
        assert self.session.report == Report("2021", 2026)


TestEditing = pytest.mark.no_cover(Editing.TestCase)
TestEditing.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


# --- drafts in the texts follow their figures -------------------------------------------------------------------------


def test_a_draft_follows_its_figure_in_the_same_step_until_it_is_edited(form: FormDef) -> None:
    zeros = {ref: "0" for table in form.tables.values() for ref in table.inputs}
    session = Session(Report("2021", 2026, {"self_reference": "我中心"}, {}, zeros), form)
    draft = next(p for p in proposals(session.report, form, session.figures) if p.aspect == "政府信息管理")
    overview, made = Slot("texts", "overview"), CellRef("disclosure.normative.issued")
    session.set_text(overview, f"（三）政府信息管理\n{draft.words}我写的。")
    session.seal()
    steps = len(session.history.steps)
    session.set_cell(made, "1", typing=True)
    session.set_cell(made, "12", typing=True)
    assert draft.words in session.text(overview)  # not while she types
    session.seal()
    assert session.text(overview) == "（三）政府信息管理\n2026年，我中心制发行政规范性文件12件，年底没有现行有效的文件。我写的。"
    assert len(session.history.steps) == steps + 1
    session.undo()
    assert session.figures.value(made) == 0 and draft.words in session.text(overview)
    session.redo()
    assert "制发行政规范性文件12件" in session.text(overview)
    session.set_text(Slot("agency", "self_reference"), "我局")
    session.seal()
    assert "我局制发" in session.text(overview)
    session.set_text(overview, session.text(overview).replace("制发行政", "共制发行政"))
    session.put({Slot("cells", made): "3"}, "改成 3")
    assert "共制发行政规范性文件12件" in session.text(overview)  # hers now


def test_another_cell_ends_the_step_and_its_draft_follows(form: FormDef) -> None:
    zeros = {ref: "0" for table in form.tables.values() for ref in table.inputs}
    session = Session(Report("2021", 2026, {}, {}, zeros), form)
    words = "".join(p.words for p in proposals(session.report, form, session.figures) if p.aspect == "依申请公开")
    session.set_text(Slot("texts", "overview"), words)
    session.set_cell(CellRef("requests.received.person"), "2", typing=True)
    session.set_cell(CellRef("requests.granted.person"), "2", typing=True)
    session.seal()
    assert session.text(Slot("texts", "overview")).startswith("2026年，本单位新收政府信息公开申请2件，办结2件。办结的申请中，予以公开2件。")
    session.undo()
    assert session.text(Slot("texts", "overview")).startswith("2026年，本单位新收政府信息公开申请2件，年内没有办结的。")
    session.undo()
    assert session.text(Slot("texts", "overview")) == words


# --- last year's report, and going back -------------------------------------------------------------------------------


@pytest.mark.no_cover
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["name", "kind", "cell", "text"]), st.sampled_from(["", "甲局", "乙局", "示例市高新区社会事务综合服务中心", "7", "2"])), max_size=8))
def test_findings_kept_current_are_those_of_a_check_from_nothing(edits: list[tuple[str, str]]) -> None:
    """Whatever is edited, last year's report beside it: what blocks an export is never an old answer."""
    forms = Forms.load()
    this = read(packaged("examples", "service-center-2026.gxreport"), forms)
    last = replace(this, year=2025, cells={**this.cells, "requests.carried_out.person": "1"})
    session = Session(this, forms["2021"], last_year=(last, forms["2021"]))
    for what, text in edits:
        if what == "cell":
            session.set_cell(CellRef("requests.carried_in.person"), text)
        else:
            session.set_text(Slot("texts", "other") if what == "text" else Slot("agency", what), text)
    session.seal()
    assert set(session.findings) == set(check(session.report, session.form, last, forms["2021"]))


def test_going_back_brings_back_reasons_and_drafts_as_they_were(example: Report, form: FormDef) -> None:
    last = replace(example, year=2025, cells={**example.cells, "disclosure.normative.in_force": "3"})
    session = Session(example, form, last_year=(last, form))
    finding = next(f for f in session.findings if f.code == "Y-VALID")
    session.set_text(Slot("explanations", finding.key), "集中清理")
    draft = next(p for p in proposals(session.report, form, session.figures) if p.aspect == "政府信息管理")
    session.put({Slot("texts", "overview"): draft.words}, "起草")
    then = session.report
    session.set_cell(CellRef("disclosure.normative.in_force"), "30")
    session.seal()
    assert session.text(Slot("texts", "overview")) != draft.words and not session.answered(next(f for f in session.findings if f.key == finding.key))
    session.restore(then, "回到过去")
    assert session.report == then and session.answered(next(f for f in session.findings if f.key == finding.key))
    session.undo()
    assert session.text(Slot("cells", "disclosure.normative.in_force")) == "30"
