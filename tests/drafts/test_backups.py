"""Copies of the library: taken by themselves, each a whole library, thinned out by fixed rules, and a lost folder is told of once."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.drafts import backups, file
from gxdesk.drafts.backups import Backups, Copy, copies, dispensable
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.history import History
from gxdesk.report import Report
from tests.drafts.test_faults import fill_up, small_disk

START = datetime(2026, 1, 12, 9, 0)
REPORT = Report("2021", 2025, {"name": "某中心"}, {"overview": "本年度"})


class Clock:
    """The computer's clock, set by hand."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[DraftStore]:
    with DraftStore.open(tmp_path / "报告库" / "library.gxd") as library:
        library.create(REPORT)
        yield library


@pytest.fixture
def kept(library: DraftStore, clock: Clock) -> Backups:
    return Backups(library, clock)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_copy_a_day_beside_the_library(kept: Backups, library: DraftStore, clock: Clock) -> None:
    assert kept.due()
    assert kept.take() == ""
    assert not kept.due()
    clock.now += timedelta(hours=5)
    assert not kept.due()
    clock.now += timedelta(days=1)
    assert kept.due()
    kept.take()
    assert names(library.path.parent / "备份") == ["2026-01-12_0900.gxd", "2026-01-13_1400.gxd"]


def test_a_copy_is_the_whole_library_in_one_file(kept: Backups, library: DraftStore, tmp_path: Path) -> None:
    library.save(1, REPORT, History(), place="overview|3")
    library.moments.note(1, Kind.EXPORTED, REPORT, "PDF")
    kept.take()
    (copy,) = kept.copies()
    assert names(copy.path.parent) == [copy.path.name]  # no log, no half-written file beside it
    file.check(copy.path)
    with closing(sqlite3.connect(f"{copy.path.as_uri()}?mode=ro", uri=True)) as db:  # also on a disk that cannot be written
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with DraftStore.open(copy.path) as store:
        assert store.load(1) == library.load(1)
        assert store.moments.of(1) == library.moments.of(1)


def test_copies_after_exports_have_their_own_name_and_none_replaces_another(kept: Backups) -> None:
    for _ in range(3):
        kept.take(exported=True)
    assert names(kept.spare) == ["2026-01-12_0900_导出.gxd", "2026-01-12_0900_导出_2.gxd", "2026-01-12_0900_导出_3.gxd"]
    assert all(copy.exported for copy in kept.copies())


def test_writing_needs_no_store_and_disturbs_no_typing(kept: Backups, library: DraftStore) -> None:
    """The copy holds what the library held when it began, whatever is typed while a slow stick takes it."""
    copying = kept.begin()
    library.save(1, REPORT.with_values({}), History(), place="later")
    done: list[backups.Outcome] = []
    thread = threading.Thread(target=lambda: done.append(copying.run()))
    thread.start()
    library.create(REPORT)
    thread.join()
    assert kept.finish(done[0]) == ""
    assert done[0].path is not None
    with DraftStore.open(done[0].path) as store:
        assert len(store.drafts()) == 1 and store.load(1).place == ""


# --- a folder that is not there, full, or not hers -----------------------------------------------------------------------


def test_a_lost_folder_is_told_once_copied_beside_and_tried_again(kept: Backups, library: DraftStore, clock: Clock, tmp_path: Path) -> None:
    stick = tmp_path / "U盘" / "备份"
    kept.set_folder(stick)
    told = kept.take()
    assert str(stick) in told and "自动再试" in told and told.endswith("。") and "\n" not in told
    assert not stick.exists()  # a folder made where the stick should be would lie on the disk
    assert kept.due() and kept.take() == "" and kept.due()  # nothing new to say, and not done
    assert names(kept.spare) == ["2026-01-12_0900.gxd"]  # meanwhile one beside the library, not one at every try
    assert Backups(library, clock).take() == ""  # the program was started anew: she knows
    stick.mkdir(parents=True)
    assert kept.take() == "" and not kept.due()
    assert names(stick) == ["2026-01-12_0900.gxd"]
    (stick / "2026-01-12_0900.gxd").unlink()
    stick.rmdir()
    clock.now += timedelta(days=1)
    assert str(stick) in kept.take()  # it had worked in between: this is news


def test_a_full_stick(kept: Backups, tmp_path: Path) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    with small_disk(stick):
        fill_up(stick / "ballast")
        kept.set_folder(stick)
        told = kept.take()
        assert "满" in told
        assert names(stick) == ["ballast"]
        assert len(copies(kept.spare)) == 1
        (stick / "ballast").unlink()
        assert kept.take() == ""
        assert names(stick) == ["2026-01-12_0900.gxd"]


def test_nowhere_at_all_is_a_sentence_and_no_error(kept: Backups, library: DraftStore) -> None:
    kept.spare.write_text("有人在这里放了一个文件", encoding="utf-8")
    told = kept.take()
    assert "没有备份成" in told and kept.due()


def test_other_files_in_the_folder_are_let_alone(kept: Backups, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "杂物"
    folder.mkdir()
    others = ["2020-01-01_0900.gxd.bak", "报告.gxd", "2020-13-45_0900.gxd", "2020-01-02_090000_恢复前.gxd"]
    for name in others:
        (folder / name).write_bytes(b"x")
    kept.set_folder(folder)
    for _ in range(40):
        kept.take()
        clock.now += timedelta(days=1)
    assert set(others) < set(names(folder))


# --- which stay ----------------------------------------------------------------------------------------------------------

days = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 1439), st.booleans()), max_size=120, unique_by=lambda made: made[:2])
folders = days.map(lambda made: [Copy(Path(f"{d}-{m}"), START - timedelta(days=d, minutes=m), exported) for d, m, exported in made])


@given(folders)
def test_fourteen_days_every_month_and_every_export_stay(there: list[Copy]) -> None:
    left = [copy for copy in there if copy not in dispensable(there, START)]
    assert [c for c in there if c.exported] == [c for c in left if c.exported]
    daily = [c for c in there if not c.exported]
    remaining = {c.when.date() for c in left if not c.exported}
    assert set(sorted({c.when.date() for c in daily}, reverse=True)[: backups.DAYS]) <= remaining
    for month in {(c.when.year, c.when.month) for c in daily}:
        assert min(c.when.date() for c in daily if (c.when.year, c.when.month) == month) in remaining
    assert len(left) - sum(c.exported for c in left) <= backups.DAYS + len({(c.when.year, c.when.month) for c in daily})
    assert dispensable(left, START) == []


def test_a_year_of_days(kept: Backups, clock: Clock) -> None:
    for _ in range(365):
        kept.take()
        clock.now += timedelta(days=1)
    assert len(copies(kept.spare)) == 14 + 12
    assert [c.when.day for c in copies(kept.spare)][14:25] == [1] * 11  # and the twelfth is the very first, of 12 January


def test_a_clock_set_back_or_forward_costs_no_copy(kept: Backups, clock: Clock) -> None:
    for _ in range(14):
        kept.take()
        clock.now += timedelta(days=1)
    before = set(names(kept.spare))
    clock.now = datetime(2025, 1, 1, 9, 0)
    kept.take()
    assert names(kept.spare)[0] == "2025-01-01_0900.gxd"  # not thinned out for looking old
    assert before < set(names(kept.spare))
    clock.now = datetime(2099, 1, 1, 9, 0)
    kept.take()
    clock.now = datetime(2026, 2, 1, 9, 0)
    for _ in range(14):
        kept.take()
        clock.now += timedelta(days=1)
    there = names(kept.spare)
    assert "2099-01-01_0900.gxd" in there and sum(n.startswith("2026-02") for n in there) == 14
