"""What the world does to a library file, really done to one: each ends in one sentence for the officer, and loses nothing."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PureWindowsPath

import pytest

import gxdesk
from gxdesk.drafts import file
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

OVERVIEW = Slot("texts", "overview")
REPORT = Report("2021", 2026, {"name": "某区社会事务综合服务中心"}, {"overview": "本年度"}, {"requests.received.person": "6"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a library holds `REPORT` as draft 1, closed."""
    path = tmp_path / "报告库" / "reports.db"
    with DraftStore.open(path) as library:
        library.create(REPORT)
    return path


def refused(path: Path, *words: str) -> None:
    """Opening is refused with one sentence holding these words and the name, and the file stays as it is."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LibraryError) as caught:
        DraftStore.open(path)
    says(caught.value, path, *words)
    assert before is None or path.read_bytes() == before


def says(error: LibraryError, path: Path, *words: str) -> None:
    sentence = str(error)
    assert all(word in sentence for word in (*words, "请")), sentence
    assert path.name in sentence or path.parent.name in sentence
    assert "\n" not in sentence and sentence.endswith("。")


def run(*command: str) -> bool:
    return shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """`path` cannot be changed by anybody. Root passes by the mode bits, so there the file system's own flag."""
    if sys.platform == "win32" and path.is_dir():
        pytest.skip("Windows has no read-only folders")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        if not run("chattr", "+i", str(path)):
            pytest.skip("running as root, and chattr +i does not work on this file system")
        try:
            yield
        finally:
            run("chattr", "-i", str(path))
    else:
        mode = path.stat().st_mode
        path.chmod(mode & ~0o222)
        try:
            yield
        finally:
            path.chmod(mode)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    if sys.platform != "linux" or not run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)):
        pytest.skip("this machine does not let a test mount a small file system")
    try:
        yield folder
    finally:
        run("umount", "-l", str(folder))


# --- no library ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"\xe6\x8a\xa5\xe5\x91\x8a" * 400, b"{}", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "报告.docx"
    path.write_bytes(content)
    refused(path, "不是 gxdesk 的报告库", "没有动它")


@pytest.mark.parametrize("application", [0, 0x0F055112])
def test_a_database_of_another_program(tmp_path: Path, application: int) -> None:
    path = tmp_path / "通讯录.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {application}")
        db.execute("CREATE TABLE drafts (name TEXT)")
    refused(path, "不是 gxdesk 的报告库", "没有动它")


def test_a_library_of_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gxdesk', 'm900_seals', '2031-01-01')")
        db.commit()
    refused(path, "更新版本", "没有改动它")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_an_empty_file_is_a_library_to_be(tmp_path: Path) -> None:
    """A kill in the first instant leaves one."""
    path = tmp_path / "reports.db"
    path.touch()
    with DraftStore.open(path) as library:
        assert library.load(library.create(REPORT)).report == REPORT


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    refused(tmp_path, "是一个文件夹")


@pytest.mark.parametrize("name", [f"a{'&' if os.name == 'nt' else '?'}mode=rwc#x%41 报告 100%.gxd", "//报告库.gxd"])  # Windows has no ? in a name
def test_a_name_that_would_mean_something_in_an_address(tmp_path: Path, name: str) -> None:
    path = Path(f"{tmp_path}/{name}")
    DraftStore.open(path).close()
    file.check(path)


def test_a_share_of_another_computer_is_no_address_of_one() -> None:
    assert file.uri(PureWindowsPath(r"\\服务器\share\a.gxd")).startswith("file:%5C%5C%E6%9C%8D")


@pytest.mark.skipif(os.name == "nt", reason="there the folders of a user are hers as they are")
def test_a_folder_made_for_a_library_is_hers_alone(tmp_path: Path) -> None:
    DraftStore.open(tmp_path / "报告库" / "reports.db").close()
    assert (tmp_path / "报告库").stat().st_mode & 0o077 == 0


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "报告库").write_text("")
    refused(tmp_path / "报告库" / "reports.db", "不是文件夹")
    refused(tmp_path / "报告库" / "2026" / "reports.db", "不是文件夹")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="请换") as caught:
        DraftStore.open(tmp_path / ("长" * 300) / "reports.db")
    assert "\n" not in str(caught.value)


# --- damaged ------------------------------------------------------------------------------------------------------------


def overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as f:
        f.seek(start)
        f.write(data)


def test_overwritten_pages(path: Path) -> None:
    overwrite(path, 4096 * 2, b"\xa5" * 4096 * 4)
    refused(path, "损坏", "备份")


def test_a_file_cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)
    refused(path, "损坏", "备份")


def test_damage_in_a_large_file_is_looked_for_after_an_unclean_end(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "CHECK_ALWAYS_BYTES", 0)  # as if it were larger than what is always checked
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'slots'").fetchone()
    overwrite(path, 4096 * (page - 1), b"\xa5" * 4096)
    with DraftStore.open(path) as library:  # closed properly: opens at once, and what is read is told of then
        assert [d.id for d in library.drafts()] == [1]
        with pytest.raises(LibraryError) as caught:
            library.load(1)
        says(caught.value, path, "损坏")
    killed = tmp_path / "killed" / "reports.db"
    shutil.copytree(path.parent, killed.parent)
    with DraftStore.open(killed) as library:
        library.set_agency({"name": "某局"})
        for name in (killed.name, f"{killed.name}-wal"):
            shutil.copy(killed.parent / name, tmp_path / name)
    with pytest.raises(LibraryError) as caught:
        DraftStore.open(tmp_path / killed.name)
    says(caught.value, tmp_path / killed.name, "损坏", "备份")


@pytest.mark.parametrize("damage", ["created = 1e300", "modified = -1", "exported_at = 1e17", "deleted_at = -1"])
def test_a_time_that_no_calendar_knows(path: Path, damage: str) -> None:
    """The start page and the copies say when a report was changed: it must not come so far."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE drafts SET {damage}")
        db.commit()
    with DraftStore.open(path) as library, pytest.raises(LibraryError) as caught:
        library.drafts(deleted="deleted" in damage)
    says(caught.value, path, "损坏")


def test_a_number_that_no_report_can_have_on_the_screen(path: Path) -> None:
    with DraftStore.open(path) as library:
        for number in (10**30, -(2**63), 2**63, True, "1", [1]):
            library.set_setting("open_draft", number)
            assert library.interrupted() in (None, 1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE slots SET text = CAST(x'FFFE41' AS TEXT)",
        "UPDATE slots SET part = 'seals' WHERE part = 'texts'",
        "UPDATE slots SET part = 'extra' WHERE part = 'texts'",
        "UPDATE steps SET splices = '[[1'",
        "UPDATE steps SET splices = '[[1]]'",
        "UPDATE steps SET splices = '5'",
        """UPDATE steps SET splices = '[["seals", "overview", 0, "", ""]]'""",
        """UPDATE steps SET splices = '[["texts", "overview", -1, "", ""]]'""",
        """UPDATE steps SET splices = '[["texts", "overview", 0, "", 1]]'""",
        "UPDATE steps SET number = number + 1 WHERE number = 1",
        "UPDATE drafts SET position = 99",
        "UPDATE drafts SET position = -1",
        "DROP TABLE slots",
        "DROP TABLE steps",
    ],
)
def test_damage_that_sqlite_does_not_see(path: Path, damage: str) -> None:
    with DraftStore.open(path) as library:
        step = Step((Splice(OVERVIEW, 0, "", "本"),))
        library.save(1, REPORT, History((step, step), 1))
    with closing(sqlite3.connect(path)) as db:
        db.execute(damage)
        db.commit()
    with DraftStore.open(path) as library, pytest.raises(LibraryError) as caught:
        library.load(1)
    says(caught.value, path, "损坏")


def test_a_library_that_lost_the_record_of_its_shape(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE _sqlite_migrations")
        db.commit()
    refused(path, "损坏", "备份")


def test_a_setting_that_is_no_json(path: Path) -> None:
    with DraftStore.open(path) as library:
        library.set_setting("zoom", 1)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE settings SET value = '{'")
        db.commit()
    with DraftStore.open(path) as library, pytest.raises(LibraryError) as caught:
        library.setting("zoom")
    says(caught.value, path, "损坏")


# --- locked -------------------------------------------------------------------------------------------------------------


def test_two_windows_on_one_library(path: Path) -> None:
    with DraftStore.open(path):
        refused_busy(path)
    with DraftStore.open(path) as library:
        assert library.load(1).report == REPORT


HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute(sys.argv[2])
db.execute("SELECT * FROM drafts").fetchall()
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN EXCLUSIVE"])
def test_another_program_reads_or_writes_it(path: Path, begin: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path), begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdin and holder.stdout
        holder.stdout.readline()
        refused_busy(path)
        holder.stdin.close()
    with DraftStore.open(path) as library:
        assert library.load(1).report == REPORT


def refused_busy(path: Path) -> None:
    with pytest.raises(LibraryError) as caught:
        DraftStore.open(path)
    says(caught.value, path, "正被另一个程序使用")


# --- not to be written --------------------------------------------------------------------------------------------------


def test_a_read_only_file(path: Path) -> None:
    with read_only(path):
        refused(path, "只读")
    with DraftStore.open(path) as library:
        assert library.load(1).report == REPORT


def test_a_read_only_folder(path: Path) -> None:
    with read_only(path.parent):
        refused(path, "只读")
        with pytest.raises(LibraryError) as caught:
            DraftStore.open(path.with_name("new.db"))
        says(caught.value, path.with_name("new.db"), "只读")
        with pytest.raises(LibraryError):
            DraftStore.open(path.parent / "新文件夹" / "new.db")


def test_a_read_only_disk(path: Path, tmp_path: Path) -> None:
    disk = tmp_path / "光盘"
    disk.mkdir()
    with small_disk(disk):
        shutil.copy(path, disk / "reports.db")
        if not run("mount", "-o", "remount,ro", str(disk)):
            pytest.skip("this machine does not let a test mount a disk read-only")
        refused(disk / "reports.db", "只读")


# --- gone -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
@pytest.mark.parametrize("what", ["file", "file and log", "folder", "moved"])
def test_a_library_deleted_or_moved_while_it_is_open_is_written_anew(path: Path, what: str) -> None:
    with DraftStore.open(path) as library:
        draft = library.load(1)
        if what == "folder":
            shutil.rmtree(path.parent)
        elif what == "moved":
            path.rename(path.with_name("elsewhere.db"))
        else:
            path.unlink()
            if what == "file and log":
                path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        first = draft.report.with_values({OVERVIEW: "删了还在"})
        library.save(1, first, draft.history)
        library.save(1, first.with_values({OVERVIEW: "接着写"}), draft.history)
    with DraftStore.open(path) as again:
        assert again.load(1).report == REPORT.with_values({OVERVIEW: "接着写"})
    assert [p.name for p in path.parent.iterdir() if p.name != "elsewhere.db"] == [path.name]


def kill_what_is_open(of: Path) -> None:
    """As a stick that is pulled out leaves it: the file may come back, what a process has open of it does not."""
    for open_file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            there = open_file.readlink()
            if there.name.startswith(of.name):
                dead = os.open(there, os.O_PATH)  # it can be neither read nor written
                os.dup2(dead, int(open_file.name))
                os.close(dead)


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is found in /proc")
@pytest.mark.parametrize("asked", ["saved", "listed"])
def test_a_stick_pulled_out_and_put_back_is_written_again(path: Path, asked: str) -> None:
    with DraftStore.open(path) as library:
        draft = library.load(1)
        typed = draft.report.with_values({OVERVIEW: "拔掉以前写的"})
        library.save(1, typed, draft.history)
        kill_what_is_open(path)
        more = typed.with_values({OVERVIEW: "拔掉以后写的"})
        stick, drawer = path.parent, path.parent.with_name("抽屉")
        stick.rename(drawer)
        stick.write_text("", encoding="utf-8")  # no folder can be made there: the drive is gone
        for _ in range(2):
            with pytest.raises(LibraryError) as caught:
                library.save(1, more, draft.history)
            says(caught.value, path, "U 盘")
        stick.unlink()
        drawer.rename(stick)
        with pytest.raises(LibraryError) as caught:  # nobody knows yet that what is open is dead
            library.save(1, more, draft.history)
        says(caught.value, path, "U 盘")
        if asked == "listed":
            assert [d.id for d in library.drafts()] == [1] and library.load(1).report == typed
        library.save(1, more, draft.history)
    with DraftStore.open(path) as again:
        assert again.load(1).report == more


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is found in /proc")
def test_another_stick_is_not_taken_for_the_one_pulled_out(path: Path) -> None:
    with DraftStore.open(path) as library:
        draft = library.load(1)
        more = draft.report.with_values({OVERVIEW: "还在"})
        kill_what_is_open(path)
        with pytest.raises(LibraryError):
            library.save(1, more, draft.history)
        path.rename(path.with_name("elsewhere.gxd"))
        for _ in range(2):
            with pytest.raises(LibraryError) as caught:
                library.save(1, more, draft.history)
            says(caught.value, path, "U 盘")
        assert not path.exists()
        path.with_name("elsewhere.gxd").rename(path)
        library.save(1, more, draft.history)
        assert library.load(1).report == more


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let the folder of an open file be renamed")
def test_a_program_folder_that_is_called_otherwise_now_is_not_made_anew(tmp_path: Path) -> None:
    """Beside it a second library would be written, and the first one left behind."""
    portable = tmp_path / "GXDesk"
    path = portable / "data" / "library.gxd"
    with DraftStore.open(path) as library:
        draft = library.load(library.create(REPORT))
        more = draft.report.with_values({OVERVIEW: "改名以后写的"})
        portable.rename(tmp_path / "GXDesk2")
        with pytest.raises(LibraryError) as caught:
            library.save(draft.id, more, draft.history)
        says(caught.value, path, "U 盘")
        assert not portable.exists()
        (tmp_path / "GXDesk2").rename(portable)
        library.save(draft.id, more, draft.history)
        assert library.load(draft.id).report == more


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be replaced")
def test_another_file_in_its_place_is_not_touched(path: Path) -> None:
    with DraftStore.open(path) as library:
        draft = library.load(1)
        path.rename(path.with_name("mine.db"))
        path.write_text("别人的", encoding="utf-8")
        changed = draft.report.with_values({OVERVIEW: "没有丢"})
        with pytest.raises(LibraryError) as caught:
            library.save(1, changed, draft.history)
        says(caught.value, path, "移走")
        assert path.read_text(encoding="utf-8") == "别人的"
        path.unlink()
        library.save(1, changed, draft.history)
    with DraftStore.open(path) as again:
        assert again.load(1).report == changed


def test_a_backup_put_in_place_after_a_kill_is_not_spoilt(path: Path) -> None:
    """Nothing of the killed program's log may be played into another file."""
    backup = path.with_name("backup.db")
    shutil.copy(path, backup)
    code = (
        "import os, sys; from pathlib import Path; from gxdesk.drafts.store import DraftStore; from gxdesk.report import Report;"
        "s = DraftStore.open(Path(sys.argv[1])); [s.create(Report('2021', 2026, {'name': str(n)})) for n in range(20)]; os._exit(9)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(gxdesk.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=False).returncode == 9
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as alone:  # the file without its log
        assert alone.execute("SELECT count(*) FROM drafts").fetchone() == (21,)
    shutil.copy(backup, path)
    with DraftStore.open(path) as library:
        assert [d.agency for d in library.drafts()] == [REPORT.agency["name"]]
        assert library.load(1).report == REPORT


# --- full ---------------------------------------------------------------------------------------------------------------


def refusal(library: DraftStore, report: Report, history: History) -> LibraryError | None:
    """What saving was refused with, None if it was not."""
    try:
        library.save(1, report, history)
    except LibraryError as error:
        return error
    return None


def type_until_refused(library: DraftStore, report: Report, history: History, path: Path, key: str) -> tuple[Report, History]:
    """Save longer and longer texts until the disk has no room; returns what was saved last."""
    for number in range(10_000):
        slot = Slot("texts", f"{key}{number}")
        longer = report.with_values({slot: "汉" * 3000})
        after = History((*history.steps, Step((Splice(slot, 0, "", "汉" * 3000),), time=float(number))), len(history.steps) + 1)
        error = refusal(library, longer, after)
        if error is not None:
            says(error, path)
            assert "满" in str(error) or "磁盘" in str(error)
            return report, history
        report, history = longer, after
    raise AssertionError("the disk was never full")


def survives(library: DraftStore, path: Path, make_room: Callable[[], object]) -> None:
    """The disk fills while she types: what was saved stays, typing goes on, and when there is room the next save holds everything."""
    report, history = type_until_refused(library, REPORT, History(), path, "a")
    kept = library.load(1)
    assert (kept.report, kept.history) == (report, history)
    typed = report.with_values({OVERVIEW: "满了以后接着写" * 2000, Slot("cells", "requests.received.person"): ""})
    done = History((*history.steps, Step((Splice(OVERVIEW, 0, "", "满了"),), label="满")), len(history.steps) + 1)
    with pytest.raises(LibraryError):
        library.save(1, typed, done)
    make_room()
    library.save(1, typed, done)
    kept = library.load(1)
    assert (kept.report, kept.history) == (typed, done)
    library.close()
    with DraftStore.open(path) as again:
        kept = again.load(1)
        assert (kept.report, kept.history) == (typed, done)
        assert again.file.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        path, ballast = tmp_path / "reports.db", tmp_path / "ballast"
        ballast.write_bytes(b"\0" * 400_000)
        with DraftStore.open(path) as library:
            library.create(REPORT)
            survives(library, path, ballast.unlink)


def fill_up(ballast: Path) -> None:
    """Write until the disk is full."""
    with ballast.open("wb", buffering=0) as f, contextlib.suppress(OSError):
        while f.write(b"\0" * 4096):
            pass


def test_a_full_disk_before_the_first_report(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        ballast = tmp_path / "ballast"
        fill_up(ballast)
        path = tmp_path / "reports.db"
        with pytest.raises(LibraryError) as caught:
            DraftStore.open(path)
        says(caught.value, path, "满")
        ballast.unlink()
        with DraftStore.open(path) as library:
            assert library.load(library.create(REPORT)).report == REPORT


def test_a_library_on_a_full_disk_can_be_read(path: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk):
        shutil.copy(path, disk / "reports.db")
        fill_up(disk / "ballast")
        with DraftStore.open(disk / "reports.db") as library:
            assert library.load(1).report == REPORT
            with pytest.raises(LibraryError, match="满"):
                library.save(1, REPORT.with_values({OVERVIEW: "字"}), History())


def searching() -> dict[str, str]:
    """The environment of a child that finds the package and the tests."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(gxdesk.__file__).parents[1]), os.environ.get("PYTHONPATH")]))}


LIMITED = """
import resource, sys
from pathlib import Path
from gxdesk.drafts.store import DraftStore
from tests.drafts.test_faults import survives
path = Path(sys.argv[1])
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
with DraftStore.open(path) as library:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    survives(library, path, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))
print("survived")
"""


def test_a_file_that_may_not_grow(path: Path) -> None:
    """A quota or a file system with a limit. In a process of its own, for the limit holds for all it writes."""
    pytest.importorskip("resource", reason="this system has no limit on the size of a file")
    child = subprocess.run([sys.executable, "-c", LIMITED, str(path)], env=searching(), capture_output=True, text=True, check=False)
    assert child.stdout.endswith("survived\n"), child.stderr


def test_no_room_at_every_write(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="this system has no limit on the size of a file")
    child = subprocess.run([sys.executable, "-m", "tests.drafts.full_disk", str(tmp_path), "32"], env=searching(), capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    tried, refused = map(int, child.stdout.split())
    assert tried == 160 and 30 < refused < tried  # some limits are in the way and some are not, or nothing was tested


# --- the clock, the file's mode while it is open --------------------------------------------------------------------------


def test_a_clock_set_back_a_year(path: Path) -> None:
    now = 1_767_240_000.0
    with DraftStore.open(path, lambda: now) as library:
        library.save(1, REPORT.with_values({OVERVIEW: "之前"}), History())
        late = library.create(Report("2021", 2026, {"name": "后建的"}))
    now -= 365 * 86_400
    with DraftStore.open(path, lambda: now) as library:
        library.save(1, REPORT.with_values({OVERVIEW: "之后"}), History())
        library.save(late, Report("2021", 2026, {"name": "后建的"}, {"overview": "也写了"}), History())
        assert library.load(1).report.get(OVERVIEW) == "之后"
        assert library.load(1).modified == now
        assert len(library.drafts()) == 2
        assert [library.moments.report(m.id).get(OVERVIEW) for m in library.moments.of(1)] == ["之后", "之前"]


def test_made_read_only_while_it_is_open(path: Path) -> None:
    """What is refused is in the session still, and saved when the file can be written again."""
    with DraftStore.open(path) as library:
        changed = REPORT.with_values({OVERVIEW: "没有丢"})
        with read_only(path):
            try:
                library.save(1, changed, History())
            except LibraryError as error:
                says(error, path)
            assert library.load(1).report in (REPORT, changed)
        library.save(1, changed, History())
    with DraftStore.open(path) as library:
        assert library.load(1).report == changed


# --- contents that cannot be kept ----------------------------------------------------------------------------------------


def test_contents_nested_too_deep_are_refused_with_a_sentence(path: Path) -> None:
    deep: object = 0
    for _ in range(100_000):
        deep = [deep]
    with DraftStore.open(path) as library:
        with pytest.raises(LibraryError, match="嵌套太深"):
            library.create(Report("2021", 2026, extra={"x": deep}))
        assert len(library.drafts()) == 1
