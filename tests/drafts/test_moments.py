"""回到过去: every named moment of a report can be seen and gone back to, and the way back can be taken back too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.drafts import moments
from gxdesk.drafts.moments import DAY, Kind, Moment, dispensable
from gxdesk.drafts.rows import packed, packed_from
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.forms.definition import FormDef
from gxdesk.history import History
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from gxdesk.timeline import Timeline
from tests.drafts.test_store import SLOW_DISK, reports

OVERVIEW = Slot("texts", "overview")
NOON = 1_767_240_000.0  # a day's noon in China


class Clock:
    """The computer's clock, set by hand."""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path, clock: Callable[[], float]) -> Iterator[DraftStore]:
    with DraftStore.open(tmp_path / "reports.gxd", clock) as library:
        yield library


def wrote(text: str) -> Report:
    return Report("2021", 2026, {"name": "某中心"}, {"overview": text})


def kinds(library: DraftStore, draft: int) -> list[Kind]:
    return [moment.kind for moment in library.moments.of(draft)]


@SLOW_DISK
@given(report=reports, what=st.text(st.characters(exclude_categories=()), max_size=8))
def test_a_moment_comes_back_to_the_letter(library: DraftStore, report: Report, what: str) -> None:
    draft = library.create(report)
    library.moments.note(draft, Kind.IMPORTED, report, what)
    (moment,) = library.moments.of(draft)
    assert (moment.kind, moment.what, moment.time) == (Kind.IMPORTED, what, NOON)
    assert library.moments.report(moment.id) == report
    assert packed_from(packed(report)) == report


@given(st.binary(max_size=60) | st.just(packed(Report("2021", 2026))[:-1]))
def test_a_blob_that_is_no_report_is_a_value_error(blob: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the one documented error of whatever comes from a file
        packed_from(blob)


def test_half_an_hour_of_work_is_a_moment(library: DraftStore, clock: Clock) -> None:
    draft = library.create(wrote(""))
    for minute in range(95):
        clock.now = NOON + minute * 60
        library.save(draft, wrote(f"第 {minute} 分钟"), History())
    assert kinds(library, draft) == [Kind.WORKED] * 4
    assert [library.moments.report(m.id).get(OVERVIEW) for m in library.moments.of(draft)] == [f"第 {m} 分钟" for m in (90, 60, 30, 0)]


def test_looking_without_writing_is_no_work(library: DraftStore, clock: Clock) -> None:
    draft = library.create(wrote("字"))
    library.moments.opened(draft, wrote("字"))
    for hour in range(5):
        clock.now = NOON + hour * 3600
        library.save(draft, wrote("字"), History(), place=str(hour))
    assert kinds(library, draft) == [Kind.OPENED]


def test_the_first_opening_of_a_day_is_a_moment_if_anything_changed(library: DraftStore, clock: Clock) -> None:
    draft = library.create(wrote("一"))
    for day, text in enumerate(["一", "一", "二", "二"]):
        for hour in (0, 1):
            clock.now = NOON + day * DAY + hour * 3600
            library.moments.opened(draft, wrote(text))
    assert [library.moments.report(m.id).get(OVERVIEW) for m in library.moments.of(draft)] == ["二", "一"]


def test_a_clock_set_back_a_year_loses_nothing(library: DraftStore, clock: Clock) -> None:
    draft = library.create(wrote(""))
    library.save(draft, wrote("之前"), History())
    clock.now = NOON - 365 * DAY
    library.save(draft, wrote("表拨回去了"), History())
    library.moments.note(draft, Kind.EXPORTED, wrote("导出"), "PDF")
    clock.now = NOON + DAY
    library.save(draft, wrote("之后"), History())
    texts = [library.moments.report(m.id).get(OVERVIEW) for m in library.moments.of(draft)]
    assert texts == ["之后", "导出", "表拨回去了", "之前"]
    assert library.load(draft).report == wrote("之后")


def test_an_export_is_kept_with_what_was_exported(library: DraftStore) -> None:
    draft = library.create(wrote("已经接着写了"))
    library.note_export(draft, wrote("导出的"), "PDF")
    (moment,) = library.moments.of(draft)
    assert (moment.kind, moment.what, library.moments.report(moment.id)) == (Kind.EXPORTED, "PDF", wrote("导出的"))


def test_restoring_is_one_step_and_undone_by_one(library: DraftStore, form: FormDef, example: Report) -> None:
    draft = library.create(example)
    session = Session(example, form)
    timeline = Timeline(library, draft, session)
    timeline.note(Kind.BEFORE_IMPORT)
    session.set_text(OVERVIEW, "全改了")
    session.set_cell(next(iter(form.tables["requests"].inputs)), "99")
    session.set_text(Slot("explanations", "X:y"), "说明")
    changed = session.report
    (moment,) = timeline.moments()
    assert {c.slot for c in timeline.since(moment).texts} == {OVERVIEW, Slot("explanations", "X:y")}
    steps = len(session.history.steps)
    timeline.restore(moment)
    assert session.report == example
    assert not timeline.since(moment)
    assert len(session.history.steps) == steps + 1 and session.undo_label.startswith("回到 ")
    newest = timeline.moments()[0]
    assert newest.kind is Kind.BEFORE_RESTORE and timeline.report(newest) == changed
    session.undo()
    assert session.report == changed
    session.redo()
    assert session.report == example


def test_a_moment_that_cannot_be_kept_stops_the_way_back(library: DraftStore, form: FormDef, example: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = library.create(example)
    session = Session(example, form)
    timeline = Timeline(library, draft, session)
    timeline.note(Kind.OPENED)
    session.set_text(OVERVIEW, "全改了")
    monkeypatch.setattr(library.file, "read_only", "别处正开着，请等一等。")
    with pytest.raises(LibraryError, match="别处"):
        timeline.restore(timeline.moments()[0])
    assert session.text(OVERVIEW) == "全改了"


def test_moments_of_nothing_are_a_defect_of_the_caller(library: DraftStore) -> None:
    with pytest.raises(KeyError):
        library.moments.note(7, Kind.OPENED, wrote(""))
    with pytest.raises(KeyError):
        library.moments.report(7)


# --- thinning out --------------------------------------------------------------------------------------------------------

histories = st.lists(st.tuples(st.floats(0, 1500), st.sampled_from(Kind)), max_size=200).map(
    lambda made: [Moment(i, NOON - age * DAY, kind, "") for i, (age, kind) in enumerate(sorted(made), 1)]
)


@given(histories)
def test_exports_the_oldest_and_the_newest_are_never_dropped(there: list[Moment]) -> None:
    gone = dispensable(there, NOON)
    assert not any(m.kind is Kind.EXPORTED for m in gone)
    assert not set(gone) & {*there[: moments.NEWEST], *there[-1:]}
    assert not any(NOON - m.time <= moments.ALL_DAYS * DAY for m in gone)


@given(histories)
def test_every_day_of_a_year_and_every_month_keeps_one(there: list[Moment]) -> None:
    left = set(there) - set(dispensable(there, NOON))
    day: Callable[[Moment], object] = lambda m: moments._day(m.time)  # noqa: E731
    recent = {day(m) for m in there if NOON - m.time <= moments.DAILY_DAYS * DAY}
    assert recent <= {day(m) for m in left}
    assert {moments._day(m.time)[:2] for m in there} == {moments._day(m.time)[:2] for m in left}
    assert not dispensable(sorted(left, key=lambda m: m.id), NOON)  # once thinned it stays as it is


def test_ten_years_of_half_hours_are_few(library: DraftStore, clock: Clock) -> None:
    there = [Moment(i, NOON - i * 1800, Kind.WORKED, "") for i in range(10 * 365 * 48)]
    left = len(there) - len(dispensable(there, NOON))
    assert 30 * 48 <= left <= 31 * 48 + 340 + 10 * 12


def test_thinning_happens_as_moments_are_noted(library: DraftStore, clock: Clock) -> None:
    draft = library.create(wrote(""))
    for hour in range(200):  # four a day, for fifty days, three years ago
        clock.now = NOON - 1100 * DAY + hour * 6 * 3600
        library.moments.note(draft, Kind.WORKED, wrote(str(hour)))
    assert len(library.moments.of(draft)) > 130
    clock.now = NOON
    library.moments.note(draft, Kind.WORKED, wrote("今天"))
    assert len(library.moments.of(draft)) <= moments.NEWEST + 4
    assert library.moments.report(library.moments.of(draft)[-1].id) == wrote("0")
