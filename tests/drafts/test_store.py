"""A draft comes back exactly as it was saved, and saving it touches only the rows that changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlite_utils import Database

from gxdesk.cells import CellRef
from gxdesk.drafts import migrations, store
from gxdesk.drafts.store import DraftStore
from gxdesk.history import History, Splice, Step
from gxdesk.report import PARTS, Report, Slot

OVERVIEW = Slot("texts", "overview")
PERSON = Slot("cells", "requests.received.person")
SLOW_DISK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

# Every str there can be: lone surrogates and NUL are typed or pasted, and must not make a save fail.
texts = st.text(st.characters(exclude_categories=()), max_size=12)
parts = st.dictionaries(texts, texts, max_size=4)
plain_json = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
anything = st.recursive(plain_json, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6)
years = st.none() | st.integers(1900, 9999)
reports = st.builds(Report, texts, years, parts, parts, parts, parts, st.dictionaries(texts, anything, max_size=3), parts)
splices = st.builds(Splice, st.builds(Slot, st.sampled_from(PARTS), texts), st.integers(0, 10_000), texts, texts)
steps = st.builds(Step, st.lists(splices, max_size=3).map(tuple), texts, st.floats(0, 4e9))


@st.composite
def histories(draw: st.DrawFn, of: st.SearchStrategy[Step] = steps) -> History:
    done = tuple(draw(st.lists(of, max_size=8)))
    return History(done, draw(st.integers(0, len(done))))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "报告库 2026年#1 100%" / "reports.db"


@pytest.fixture
def library(path: Path) -> Iterator[DraftStore]:
    with DraftStore.open(path) as library:
        yield library


def sample(year: int | None = 2026, agency: str = "某区社会事务综合服务中心", **parts: Any) -> Report:
    return Report("2021", year, {"name": agency, "phone": "0632-0000000"}, **parts)


def step(number: int) -> Step:
    return Step((Splice(PERSON, 0, str(number - 1), str(number)),), time=float(number))


# --- round trips --------------------------------------------------------------------------------------------------------


@SLOW_DISK
@given(report=reports)
def test_a_created_report_comes_back(library: DraftStore, report: Report) -> None:
    draft = library.load(library.create(report))
    assert draft.report == report
    assert list(draft.report.slots()) == list(report.slots())  # also in its order
    assert draft.history == History()
    assert all(isinstance(ref, CellRef) for ref in draft.report.cells)


@pytest.mark.no_cover
@SLOW_DISK
@given(saves=st.lists(st.tuples(reports, histories(), texts, texts), min_size=1, max_size=4))
def test_what_was_saved_last_comes_back_after_closing(path: Path, saves: list[tuple[Report, History, str, str]]) -> None:
    with DraftStore.open(path) as library:
        draft_id = library.create(saves[0][0])
        for report, history, place, progress in saves:
            library.save(draft_id, report, history, place=place, progress=progress)
            assert library.load(draft_id).report == report
    with DraftStore.open(path) as library:
        draft = library.load(draft_id)
        assert (draft.report, draft.history, draft.place) == (report, history, place)
        assert [d.progress for d in library.drafts() if d.id == draft_id] == [progress]
        library.delete(draft_id)


class Editing(RuleBasedStateMachine):
    """Typing, undo, redo, typing over undone steps and reopening, with room for four steps only."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.path = self.folder / f"{id(self)}.db"
        self.library = DraftStore.open(self.path)
        self.report, self.history, self.number = sample(), History(), 0
        self.draft = self.library.create(self.report)

    def save(self) -> None:
        self.library.save(self.draft, self.report, self.history)

    @rule(count=st.integers(1, 7))
    def type(self, count: int) -> None:
        for _ in range(count):
            self.number += 1
            edit = Splice.between(PERSON, self.report.get(PERSON), str(self.number))
            self.report = self.report.with_values({PERSON: edit.apply(self.report.get(PERSON))})
            position = self.history.position + 1
            self.history = History((*self.history.steps[: position - 1], Step((edit,), time=self.number)), position)
        self.save()

    @rule(count=st.integers(1, 9))
    def undo(self, count: int) -> None:
        for _ in range(min(count, self.history.position)):
            position = self.history.position - 1
            (edit,) = self.history.steps[position].inverse().splices
            self.report = self.report.with_values({PERSON: edit.apply(self.report.get(PERSON))})
            self.history = History(self.history.steps, position)
        self.save()

    @rule(count=st.integers(1, 9))
    def redo(self, count: int) -> None:
        for _ in range(min(count, len(self.history.steps) - self.history.position)):
            (edit,) = self.history.steps[self.history.position].splices
            self.report = self.report.with_values({PERSON: edit.apply(self.report.get(PERSON))})
            self.history = History(self.history.steps, self.history.position + 1)
        self.save()

    @rule()
    def merge_keys(self) -> None:
        """The last step grows: the same splices in a new object, with a new time."""
        if self.history.position:
            last = replace(self.history.steps[self.history.position - 1], label="输入")
            self.history = History((*self.history.steps[: self.history.position - 1], last), self.history.position)
            self.save()

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = DraftStore.open(self.path)
        kept = self.library.load(self.draft)
        self.report, self.history = kept.report, kept.history

    @invariant()
    def the_file_holds_it(self) -> None:
        with DraftStore.open(self.copy()) as other:
            kept = other.load(self.draft)
        assert kept.report == self.report
        start = self.history.position - kept.history.position
        assert kept.history.steps == self.history.steps[start : start + store.MAX_STEPS]
        assert len(kept.history.steps) == min(len(self.history.steps), store.MAX_STEPS)
        if len(self.history.steps) - self.history.position >= store.MAX_STEPS:
            assert kept.history.position == 0  # all room goes to what can be redone, nearest first
        else:
            assert kept.history.steps[-1:] == self.history.steps[-1:]

    def copy(self) -> Path:
        """Another file with what is committed: this one is held by the store."""
        target = self.path.with_suffix(".copy")
        target.unlink(missing_ok=True)
        with closing(sqlite3.connect(target)) as copy:
            self.library.file.db.conn.backup(copy)
        return target

    def teardown(self) -> None:
        self.library.close()


def test_any_course_of_editing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_STEPS", 4)
    monkeypatch.setattr(Editing, "folder", tmp_path, raising=False)
    run_state_machine_as_test(Editing, settings=settings(deadline=None, max_examples=25, stateful_step_count=12))


def test_the_oldest_steps_are_dropped(library: DraftStore) -> None:
    draft = library.create(sample())
    done = tuple(step(i) for i in range(1, store.MAX_STEPS + 1))
    library.save(draft, sample(), History(done, len(done)))
    more = (*done, *(step(store.MAX_STEPS + i) for i in range(1, 11)))
    library.save(draft, sample(), History(more, len(more)))
    assert library.load(draft).history == History(more[10:], store.MAX_STEPS)


# --- only what changed --------------------------------------------------------------------------------------------------


class Watched:
    """A library whose own triggers write down each row that is touched."""

    def __init__(self, path: Path) -> None:
        with DraftStore.open(path) as library:
            self.draft = library.create(
                sample(cells={f"requests.r{i}.person": str(i) for i in range(200)}, texts={"overview": "本年度", "other": "无"})
            )
            report = library.load(self.draft).report
            library.save(self.draft, report, History(tuple(step(i) for i in range(50)), 50))
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE touched (what TEXT)")
            for table, name in (("slots", "part || '.' || {}.key"), ("steps", "number"), ("drafts", "id")):
                for verb, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
                    column = f"{row}.{name.format(row)}"
                    db.execute(
                        f"CREATE TRIGGER t_{table}_{verb} AFTER {verb} ON {table} BEGIN"
                        f" INSERT INTO touched VALUES ('{verb} {table} ' || {column}); END"
                    )
            db.commit()
        self.library = DraftStore.open(path)

    def touched(self) -> list[str]:
        rows = [row[0] for row in self.library.file.db.execute("SELECT what FROM touched ORDER BY rowid")]
        self.library.file.db.execute("DELETE FROM touched")
        return rows


@pytest.fixture
def watched(path: Path) -> Iterator[Watched]:
    watched = Watched(path)
    yield watched
    watched.library.close()


def test_only_rows_that_changed_are_written(watched: Watched) -> None:
    library, draft = watched.library, watched.draft
    loaded = library.load(draft)
    report, history = loaded.report, loaded.history

    library.save(draft, report, history)
    assert watched.touched() == []

    report = report.with_values({Slot("cells", "requests.r7.person"): "70"})
    history = History((*history.steps, step(50)), 51)
    library.save(draft, report, history)
    assert watched.touched() == ["UPDATE drafts 1", "UPDATE slots cells.requests.r7.person", "INSERT steps 50"]

    report = report.with_values({OVERVIEW: "", PERSON: "6"})
    library.save(draft, report, history, place="overview:0")
    assert watched.touched() == ["UPDATE drafts 1", "DELETE slots texts.overview", "INSERT slots cells.requests.received.person"]

    history = History(history.steps, 48)
    library.save(draft, report, history, place="overview:0")
    assert watched.touched() == ["UPDATE drafts 1"]  # undo moves the position only

    history = History((*history.steps[:48], step(99)), 49)
    library.save(draft, report, history, place="overview:0")
    assert watched.touched() == ["UPDATE drafts 1", "DELETE steps 48", "DELETE steps 49", "DELETE steps 50", "INSERT steps 48"]

    equal_but_not_the_same = Report("2021", 2026, *(dict(getattr(report, part)) for part in ("agency", "texts", "cells", "explanations")))
    library.save(draft, equal_but_not_the_same, History(tuple(replace(s) for s in history.steps), 49), place="overview:0")
    assert watched.touched() == []


def test_a_save_to_a_draft_never_loaded_writes_only_what_differs(watched: Watched) -> None:
    report = sample(cells={f"requests.r{i}.person": str(i) for i in range(200)}, texts={"overview": "本年度", "other": "无。"})
    watched.library.save(watched.draft, report, History(tuple(step(i) for i in range(50)), 50))
    assert watched.touched() == ["UPDATE drafts 1", "UPDATE slots texts.other"]


def test_one_changed_unknown_key_is_one_row(watched: Watched) -> None:
    watched.library.save(watched.draft, sample(extra={"note": {"a": 1}, "flag": 1}), History())
    watched.touched()
    watched.library.save(watched.draft, sample(extra={"note": {"a": 1}, "flag": True}), History())
    assert watched.touched() == ["UPDATE drafts 1", "UPDATE slots extra.flag"]
    assert watched.library.load(watched.draft).report.extra["flag"] is True


def test_the_caret_is_no_modification(library: DraftStore) -> None:
    draft = library.create(sample())
    library.save(draft, sample(), History(), place="requests.received.person", progress="{}")
    loaded = library.load(draft)
    assert loaded.place == "requests.received.person"
    assert loaded.modified == loaded.created
    library.save(draft, sample(2025), History())
    assert library.load(draft).modified > loaded.modified


# --- the list -----------------------------------------------------------------------------------------------------------


def test_drafts_stand_in_order_with_what_the_start_page_shows(library: DraftStore) -> None:
    old, new, undated, newer = (library.create(sample(year)) for year in (2024, 2026, None, 2026))
    assert [d.id for d in library.drafts()] == [newer, new, old, undated]
    library.save(new, sample(2026, agency=" 某街道办事处 "), History(), progress='{"done": 3}')
    library.note_export(new, sample(2026), "PDF")
    first = library.drafts()[0]
    assert (first.id, first.year, first.form, first.agency, first.progress, first.exported_what) == (
        new,
        2026,
        "2021",
        "某街道办事处",
        '{"done": 3}',
        "PDF",
    )
    assert first.exported_at is not None and first.exported_at >= first.modified > first.created
    assert first.deleted_at is None


def test_the_list_needs_one_table_and_its_index(library: DraftStore) -> None:
    statements: list[str] = []
    library.file.db.conn.set_trace_callback(statements.append)
    library.drafts()
    library.file.db.conn.set_trace_callback(None)
    (statement,) = statements
    plan = " ".join(row[3] for row in library.file.db.execute(f"EXPLAIN QUERY PLAN {statement}"))
    assert "USING INDEX drafts_in_order" in plan
    assert "SORT" not in plan and "TEMP B-TREE" not in plan and "slots" not in plan


def test_a_deleted_draft_waits_in_the_bin(library: DraftStore) -> None:
    kept, binned = library.create(sample()), library.create(sample(texts={"overview": "字"}))
    library.delete(binned)
    assert [d.id for d in library.drafts()] == [kept]
    (summary,) = library.drafts(deleted=True)
    assert summary.id == binned and summary.deleted_at is not None
    library.save(binned, sample(texts={"overview": "字字"}), History((step(1),), 1))  # a window may still be open on it
    library.undelete(binned)
    assert library.drafts(deleted=True) == []
    assert library.load(binned).report.get(OVERVIEW) == "字字"


def test_last_year_is_the_same_agencys(library: DraftStore) -> None:
    draft, unnamed = library.create(sample(2026)), library.create(sample(2026, agency=" "))
    assert library.last_year_of(draft) is None
    same = library.create(sample(2025, agency=" 某区社会事务综合服务中心\n", texts={"overview": "同一机关"}))
    blank = library.create(sample(2025, agency="", texts={"overview": "还没有名称"}))
    library.create(sample(2025, agency="别的机关"))
    library.create(sample(2024))
    assert library.last_year_of(draft) == same
    assert library.last_year_of(unnamed) == blank
    library.delete(same)
    assert library.last_year_of(draft) is None  # figures of another agency, or of nobody knows whom, are no last year's
    library.delete(blank)
    assert library.last_year_of(unnamed) is None
    assert library.last_year_of(library.create(sample(None))) is None


def test_what_is_settled_as_last_year_survives_any_name(library: DraftStore) -> None:
    draft, last, other = library.create(sample(2026)), library.create(sample(2025)), library.create(sample(2025, agency="别的机关"))
    library.settle_last_year(draft, last)
    library.save(draft, sample(2026, agency="某市某区社会事务综合服务中心"), History())
    assert library.last_year_of(draft) == last
    library.settle_last_year(draft, other)
    assert library.last_year_of(draft) == other
    library.settle_last_year(draft, None)
    assert library.last_year_of(draft) is None
    library.settle_last_year(draft, last)
    library.delete(last)
    assert library.last_year_of(draft) is None, "nothing in the bin is compared with"
    library.undelete(last)
    assert library.last_year_of(draft) == last


def test_a_copy_of_an_example_is_known_until_it_has_a_name_of_its_own(library: DraftStore) -> None:
    draft = library.take_in(Report("2021", 2026, {"name": "样例局"}), "样例", sample=True)
    other = library.create(Report("2021", 2026, {"name": "样例局"}))
    copied = library.create_like(draft, Report("2021", 2027, {"name": "样例局"}))
    assert {d.id: d.is_sample for d in library.drafts()} == {draft: True, other: False, copied: True}
    library.save(draft, Report("2021", 2026, {"name": "某局"}), History())
    assert {d.id: d.is_sample for d in library.drafts()} == {draft: False, other: False, copied: True}


def test_what_is_printed_after_an_export_is_noted_as_rewritten(library: DraftStore) -> None:
    draft, exported = library.create(sample()), sample(texts={"overview": "一。"})

    def rewritten() -> bool:
        return next(d.rewritten for d in library.drafts())

    library.save(draft, exported, History())
    assert not rewritten(), "there is no export it could differ from"
    library.note_export(draft, exported, "终稿：PDF")
    library.save(draft, replace(exported, notes={"overview": "给明年"}), History(), place="overview|1")
    assert not rewritten(), "what stands beside the report is on no paper"
    library.save(draft, sample(texts={"overview": "一二。"}), History())
    assert rewritten()
    library.note_export(draft, sample(texts={"overview": "一二。"}), "终稿：PDF")
    assert not rewritten()
    library.note_export(draft, exported, "终稿：PDF")
    assert rewritten(), "typed while the files were made"


def test_a_number_without_a_draft_is_a_defect_of_the_caller(library: DraftStore) -> None:
    for call in (library.load, library.delete, library.undelete, library.last_year_of):
        with pytest.raises(KeyError):
            call(7)
    with pytest.raises(KeyError):
        library.save(7, sample(), History())
    with pytest.raises(KeyError):
        library.note_export(7, sample(), "PDF")


# --- what is asked once -------------------------------------------------------------------------------------------------


@SLOW_DISK
@given(values=parts)
def test_the_agency_is_kept(library: DraftStore, values: dict[str, str]) -> None:
    library.set_agency(values)
    assert list(library.agency().items()) == list(values.items())


@SLOW_DISK
@given(value=anything)
def test_settings_are_kept(library: DraftStore, value: object) -> None:
    library.set_setting("window", value)
    assert library.setting("window") == value


def test_a_setting_never_made_is_the_default(library: DraftStore) -> None:
    assert library.setting("theme") is None
    assert library.setting("theme", "light") == "light"
    assert library.agency() == {}


# --- the file -----------------------------------------------------------------------------------------------------------


def test_the_file_is_what_it_should_be(path: Path) -> None:
    with DraftStore.open(path) as library:
        library.create(sample())
        pragma = {name: library.file.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert [p.name for p in path.parent.iterdir()] == [path.name]  # a closed library is one file, fit for copying
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID
        assert [row[0] for row in db.execute("SELECT name FROM _sqlite_migrations ORDER BY id")] == [s.__name__ for s in migrations.STEPS]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("done", range(1, len(migrations.STEPS)))
def test_every_older_shape_is_brought_up_to_date(path: Path, done: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(migrations, "STEPS", migrations.STEPS[:done])
        DraftStore.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert len(migrations.applied(db)) == done
    with DraftStore.open(path) as library:
        library.set_agency({"name": "某局"})
        assert library.load(library.create(sample())).report == sample()


def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m900_breaks(db: Database) -> None:
        db.execute("ALTER TABLE drafts ADD COLUMN sealed TEXT")
        raise RuntimeError

    with DraftStore.open(path) as library:
        draft = library.create(sample())
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "STEPS", (*migrations.STEPS, m900_breaks))
        with pytest.raises(RuntimeError):
            DraftStore.open(path)
    with DraftStore.open(path) as library:
        assert "sealed" not in library.file.db.table("drafts").columns_dict
        assert library.load(draft).report == sample()


def test_closing_twice_is_no_error(path: Path) -> None:
    library = DraftStore.open(path)
    library.close()
    library.close()


def test_a_defect_of_the_program_is_no_sentence_for_the_officer(path: Path) -> None:
    library = DraftStore.open(path)
    library.close()
    with pytest.raises(sqlite3.ProgrammingError):
        library.drafts()
