"""A library is put back from a copy, and a damaged one made whole; whatever was there before lies aside."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from gxdesk.drafts import file, recovery
from gxdesk.drafts.backups import Backups, Copy, copies
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

OVERVIEW = Slot("texts", "overview")
PAGE = 4096


def report(year: int, text: str) -> Report:
    return Report("2021", year, {"name": "某中心"}, {"overview": text * 400}, {f"requests.r{i}.person": str(year + i) for i in range(150)})


def now() -> datetime:
    return datetime(2026, 1, 20, 10, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of five years, a copy of it, and what was written since: 2025 gone on with, 2026 begun."""
    path = tmp_path / "报告库" / "library.gxd"
    with DraftStore.open(path) as library:
        for year in range(2021, 2026):
            draft = library.create(report(year, "备份时。"))
            library.save(draft, report(year, "备份时。"), History((Step((Splice(OVERVIEW, 0, "", "备"),)),), 1))
        Backups(library, lambda: datetime(2026, 1, 19, 9, 0)).take()
        library.save(5, report(2025, "后来写的。"), library.load(5).history)
        library.create(report(2026, "新开的。"))
    return path


@pytest.fixture
def spare(path: Path) -> Path:
    return path.parent / "备份"


def copies_of(path: Path) -> list[Copy]:
    return copies(path.parent / "备份")


def holds(path: Path) -> dict[int | None, str]:
    with DraftStore.open(path) as library:
        return {d.year: library.load(d.id).report.get(OVERVIEW).partition("。")[0] for d in library.drafts()}


def page_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return int(page)


def noise(path: Path, page: int, seed: int = 0) -> None:
    with path.open("r+b") as f:
        f.seek(PAGE * (page - 1))
        f.write(random.Random(seed).randbytes(PAGE))


# --- from a copy ---------------------------------------------------------------------------------------------------------


def test_a_library_is_put_back_and_the_one_before_lies_aside(path: Path, spare: Path) -> None:
    (copy,) = copies_of(path)
    before = path.read_bytes()
    aside = recovery.restore(path, copy.path, spare, now)
    assert aside == spare / "2026-01-20_100000_恢复前.gxd" and aside.read_bytes() == before
    assert holds(path) == dict.fromkeys(range(2025, 2020, -1), "备份时")
    recovery.restore(path, aside, spare, lambda: datetime(2026, 1, 20, 10, 1))  # and back again
    assert holds(path)[2026] == "新开的"
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, "备份"]


def test_a_log_left_by_a_kill_lies_aside_too_and_spoils_nothing(path: Path, spare: Path, tmp_path: Path) -> None:
    (copy,) = copies_of(path)
    with DraftStore.open(path) as library:
        library.file.connection.execute("PRAGMA wal_autocheckpoint = 0")
        library.file.connection.execute("INSERT INTO settings VALUES ('a', '1')")
        library.file.connection.commit()
        killed = tmp_path / "killed"
        killed.mkdir()
        for name in (path.name, f"{path.name}-wal"):
            shutil.copy(path.with_name(name), killed / name)
    aside = recovery.restore(killed / path.name, copy.path, spare, now)
    assert holds(killed / path.name)[2025] == "备份时"
    assert aside is not None and Path(f"{aside}-wal").exists()
    with DraftStore.open(aside) as library:
        assert library.setting("a") == 1


@pytest.mark.parametrize("bad", ["no library", "damaged", "gone", "newer"])
def test_a_bad_copy_changes_nothing(path: Path, spare: Path, tmp_path: Path, bad: str) -> None:
    (copy,) = copies_of(path)
    if bad == "no library":
        copy.path.write_bytes(b"text" * 5000)
    elif bad == "damaged":
        noise(copy.path, page_of(copy.path, "slots"))
    elif bad == "newer":
        with closing(sqlite3.connect(copy.path)) as db:
            db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gxdesk', 'm900_seals', '2031-01-01')")
            db.commit()
    else:
        copy.path.unlink()
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="请") as caught:
        recovery.restore(path, copy.path, spare, now)
    assert copy.path.name in str(caught.value)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, "备份"]


def test_a_library_that_is_gone_is_put_back_too(path: Path, spare: Path) -> None:
    (copy,) = copies_of(path)
    path.unlink()
    assert recovery.restore(path, copy.path, spare, now) is None
    assert len(holds(path)) == 5


# --- damaged -------------------------------------------------------------------------------------------------------------


def test_a_page_of_steps_overwritten_costs_undo_and_nothing_else(path: Path, spare: Path) -> None:
    noise(path, page_of(path, "steps"))
    done = recovery.recover(path, copies_of(path), spare, now)
    assert holds(path) == {2026: "新开的", 2025: "后来写的", **dict.fromkeys(range(2024, 2020, -1), "备份时")}
    told = {saved.year: (saved.copied is not None, saved.undo) for saved in done.saved}
    assert told == {2026: (False, False), 2025: (False, False), **dict.fromkeys(range(2021, 2025), (True, True))}
    assert done.aside.name == "2026-01-20_100000_损坏.gxd"


def test_which_report_is_last_years_is_saved_too(path: Path, spare: Path) -> None:
    with DraftStore.open(path) as library:
        library.settle_last_year(6, 4)
        library.settle_last_year(4, None)
    noise(path, page_of(path, "steps"))
    recovery.recover(path, copies_of(path), spare, now)
    with DraftStore.open(path) as library:
        assert [library.last_year_of(number) for number in (6, 5, 4)] == [4, 4, None], "as settled, by its name, none"


def test_a_damaged_library_of_an_earlier_shape_is_saved(path: Path, spare: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("ALTER TABLE drafts DROP COLUMN sample; ALTER TABLE drafts DROP COLUMN rewritten; ALTER TABLE drafts DROP COLUMN last_year; DELETE FROM _sqlite_migrations WHERE id > 3")
    noise(path, page_of(path, "steps"))
    recovery.recover(path, [], spare, now)
    assert holds(path)[2025] == "后来写的" and len(holds(path)) == 6


def test_without_any_copy_what_can_be_read_is_saved(path: Path, spare: Path) -> None:
    noise(path, page_of(path, "steps"))
    recovery.recover(path, [], spare, now)
    assert holds(path)[2025] == "后来写的" and len(holds(path)) == 6


def test_a_first_page_overwritten_is_the_newest_good_copy(path: Path, spare: Path) -> None:
    noise(path, 1)
    (copy,) = copies_of(path)
    newer = copy.path.with_name("2026-01-20_0800.gxd")
    shutil.copy(copy.path, newer)
    noise(newer, page_of(newer, "slots"))  # the newest copy is damaged too
    done = recovery.recover(path, copies_of(path), spare, now)
    assert {saved.copied for saved in done.saved} == {datetime(2026, 1, 19, 9, 0)}
    assert len(holds(path)) == 5


def test_a_report_is_saved_though_its_time_is_of_no_calendar(path: Path, spare: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE drafts SET modified = 1e300 WHERE id = 6")
        db.commit()
    recovery.recover(path, copies_of(path), spare, now)
    assert holds(path)[2026] == "新开的" and holds(path)[2025] == "后来写的"


def test_nothing_to_be_saved_is_a_sentence_and_the_file_stays(path: Path, spare: Path) -> None:
    noise(path, 1)
    before = path.read_bytes()
    with pytest.raises(LibraryError, match=r"没有找到完好的备份.*没有动它"):
        recovery.recover(path, [], spare, now)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, "备份"]


def test_moments_of_a_report_begun_since_are_saved(path: Path, spare: Path) -> None:
    with DraftStore.open(path) as library:
        library.moments.note(6, Kind.EXPORTED, report(2026, "导出时。"), "PDF")
    noise(path, page_of(path, "steps"))
    recovery.recover(path, copies_of(path), spare, now)
    with DraftStore.open(path) as library:
        draft = next(d.id for d in library.drafts() if d.year == 2026)
        assert Kind.EXPORTED in {m.kind for m in library.moments.of(draft)}


def test_any_page_overwritten_is_noticed_and_recovered(path: Path, spare: Path, tmp_path: Path) -> None:
    """Every page in turn: no report is lost that the copy has, and none comes back as anything but what it was."""
    whole = path.read_bytes()
    for page in range(1, len(whole) // PAGE + 1):
        folder = tmp_path / str(page)
        shutil.copytree(path.parent, folder)
        there = folder / path.name
        noise(there, page, seed=page)
        try:
            DraftStore.open(there).close()
        except LibraryError:
            recovery.recover(there, copies_of(there), folder / "备份", now)
        with DraftStore.open(there) as library:
            found = {d.year: library.load(d.id).report for d in library.drafts()}
        assert set(range(2021, 2026)) <= set(found), page
        for year, one in found.items():
            assert year is not None and one in [report(year, text) for text in ("备份时。", "后来写的。", "新开的。")], page


def test_a_file_cut_short_at_any_place_is_recovered(path: Path, spare: Path, tmp_path: Path) -> None:
    for share in range(10):
        folder = tmp_path / str(share)
        shutil.copytree(path.parent, folder)
        there = folder / path.name
        os.truncate(there, there.stat().st_size * share // 10)
        if share == 0:  # an empty file is a library to be; its copies are still there
            recovery.restore(there, copies_of(there)[0].path, folder / "备份", now)
        else:
            with pytest.raises(LibraryError):
                DraftStore.open(there)
            recovery.recover(there, copies_of(there), folder / "备份", now)
        assert set(range(2021, 2026)) <= set(holds(there))
        file.check(there)
