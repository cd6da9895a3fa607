"""Who has a library open: the second window asks the first to come forward, another PC may look, and no stale file keeps anybody out."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.drafts import file, owner
from gxdesk.drafts.owner import Owner
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import BusyError, LibraryError
from gxdesk.history import History
from gxdesk.report import Report, Slot
from tests.drafts.test_store import SLOW_DISK

REPORT = Report("2021", 2025, {"name": "某中心"}, {"overview": "本年度"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "共享" / "library.gxd"
    with DraftStore.open(path) as library:
        library.create(REPORT)
    return path


def test_an_open_library_is_busy_and_a_closed_one_is_not(path: Path) -> None:
    assert not file.busy(path) and not file.busy(path.with_name("none.gxd"))
    with DraftStore.open(path):
        assert file.busy(path)
        with pytest.raises(BusyError):
            DraftStore.open(path)
    assert not file.busy(path)


def test_the_second_window_is_answered_by_the_first(path: Path, tmp_path: Path) -> None:
    owner.claim(path)
    assert owner.of(path).is_here and owner.of(path).pid == os.getpid()
    assert owner.asked(path) is None
    heard: list[owner.Request | None] = []
    request = owner.Request(tmp_path / "报告.gxreport", printing=True)

    def first() -> None:
        until = time.monotonic() + 60
        while not (heard and heard[-1]) and time.monotonic() < until:
            heard.append(owner.asked(path))
            time.sleep(0.01)

    window = threading.Thread(target=first)
    window.start()
    assert owner.ask(path, request, patience=60)
    window.join()
    assert heard[-1] == request
    owner.release(path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_window_that_does_not_answer_is_not_waited_for(path: Path) -> None:
    owner.claim(path)
    assert not owner.ask(path, owner.Request(), patience=0.2)
    assert owner.asked(path) is None  # what was asked in vain is not answered an hour later


def test_a_file_left_by_a_killed_program_keeps_nobody_out(path: Path) -> None:
    """Here and on another PC: SQLite's lock went with the process."""
    code = "import sys, os; from pathlib import Path; from gxdesk.drafts import owner; from gxdesk.drafts.store import DraftStore; p = Path(sys.argv[1]); s = DraftStore.open(p); owner.claim(p); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    assert owner.of(path).is_here
    assert not file.busy(path)
    DraftStore.open(path).close()
    path.with_name(f"{path.name}.owner").write_text(json.dumps({"host": "办公室二", "user": "小李", "pid": 1, "since": 1.0}), encoding="utf-8")
    DraftStore.open(path).close()


def test_another_pc_looks_without_touching_and_is_told_who_has_it(path: Path) -> None:
    with DraftStore.open(path) as library:
        owner.claim(path)
        path.with_name(f"{path.name}.owner").write_text(json.dumps({"host": "办公室二", "user": "小李", "pid": 1, "since": 1.0}), encoding="utf-8")
        there = owner.of(path)
        assert not there.is_here
        assert "小李" in there.read_only and "办公室二" in there.read_only and "请" in there.read_only
        with DraftStore.look(path, there.read_only) as looking:
            assert looking.path == path
            assert looking.load(1).report == REPORT
            for write in (
                lambda: looking.create(REPORT),
                lambda: looking.save(1, REPORT.with_values({Slot("texts", "overview"): "改了"}), History()),
                lambda: looking.delete(1),
                lambda: looking.set_setting("a", 1),
                lambda: looking.begin(1),
            ):
                with pytest.raises(LibraryError, match="小李"):
                    write()
            library.save(1, REPORT.with_values({Slot("texts", "overview"): "那边接着写"}), History())
            assert looking.load(1).report == REPORT
        with DraftStore.look(path, "x") as again:
            assert again.load(1).report.texts["overview"] == "那边接着写"
    assert library.path.exists()


def test_looking_while_the_other_writes(path: Path) -> None:
    """What is seen is always one state, never half of one: whoever looks while a burst of saves is written, and once it is, sees the last."""
    code = (
        "import sys, time; from pathlib import Path; from gxdesk.drafts.store import DraftStore; from gxdesk.report import Report\n"
        "from gxdesk.history import History\n"
        "s = DraftStore.open(Path(sys.argv[1])); n = 0; print(n, flush=True)\n"
        "while sys.stdin.readline():\n"
        "    for _ in range(10):\n"
        "        n += 1; s.save(1, Report('2021', 2025, texts={k: f'{n} ' * 500 for k in 'abcd'}), History()); time.sleep(n % 5 / 50)\n"
        "    print(n, flush=True)"
    )

    def look() -> set[str]:
        with DraftStore.look(path, "x") as looking:
            return set(looking.load(1).report.texts.values())

    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as writer:
        assert writer.stdin and writer.stdout
        writer.stdout.readline()
        for _ in range(3):
            writer.stdin.write("\n")
            writer.stdin.flush()
            with contextlib.suppress(LibraryError):  # it never held still: she is told to try again
                assert len(look()) == 1
            last = int(writer.stdout.readline())
            assert look() == {f"{last} " * 500}
        writer.stdin.close()


@SLOW_DISK
@given(said=st.binary(max_size=200) | st.dictionaries(st.sampled_from(["host", "user", "pid", "since", "open", "print"]), st.none() | st.integers() | st.text() | st.lists(st.text()), max_size=5).map(lambda d: json.dumps(d).encode()))
def test_whatever_stands_beside_the_library_is_no_error(path: Path, said: bytes) -> None:
    for name in ("owner", "request"):
        path.with_name(f"{path.name}.{name}").write_bytes(said)
    assert "请" in owner.of(path).read_only and "\n" not in owner.of(path).read_only
    assert isinstance(owner.asked(path), owner.Request | None)
    assert isinstance(owner.of(path), Owner)


def test_what_is_written_within_two_seconds_is_seen_though_a_stick_tells_no_other_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT32 tells times by two seconds: a file read in two halves of two states has the same time and size before and after."""
    one, other = path.read_bytes(), bytearray(path.read_bytes())
    other[5000:5100] = bytes(100)
    torn = one[:5050] + bytes(other[5050:])
    reads = iter([torn, one, one])
    monkeypatch.setattr(file.files, "read_bytes", lambda *_: next(reads))
    with DraftStore.look(path, "只能看。") as looking:
        assert looking.report(1) == REPORT
