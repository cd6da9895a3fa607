"""kill -9 at random instants: what a child does over and over, and what must be found in the files it leaves.

Each act says a number on standard output once it is done with it and everything is acknowledged; the parent kills it, opens what is there and
compares. What is proved is the death of the process; a power cut needs a plug.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import gxdesk
from gxdesk import report as report_file
from gxdesk.drafts import file, handover, recovery
from gxdesk.drafts.backups import Backups, copies
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

SCHEMAS = Path(__file__).with_name("schemas")
CELLS = [Slot("cells", f"requests.r{i}.person") for i in range(12)]
OVERVIEW = Slot("texts", "overview")
FORMS = Forms.load()


def report_at(number: int) -> Report:
    """What she has typed by save `number`: a text that grows, and every cell with the number, so that half a save is seen."""
    overview = "".join(f"第{i}句，“双引号”与数字{i * i}。" for i in range(number))
    return Report("2021", 2026, {"name": "某区社会事务综合服务中心"}).with_values({OVERVIEW: overview, **dict.fromkeys(CELLS, str(number))})


def step_at(number: int) -> Step:
    before, after = report_at(number - 1), report_at(number)
    return Step(tuple(Splice.between(slot, before.get(slot), after.get(slot)) for slot in (OVERVIEW, *CELLS)), time=float(number))


def history_at(number: int) -> History:
    return History(tuple(step_at(i) for i in range(1, number + 1)), number)


def say(word: object) -> None:
    os.write(1, f"{word}\n".encode())


class Hours:
    """A clock on which every look is an hour later, so that every save is half an hour of work and more."""

    now = 1_767_240_000.0

    def __call__(self) -> float:
        self.now += 3600
        return self.now


class Days:
    """A calendar set by hand."""

    first = now = datetime(2026, 1, 1, 9)

    def __call__(self) -> datetime:
        return self.now


# --- what the child does -------------------------------------------------------------------------------------------------


def typing(folder: Path) -> None:
    """Saves state after state beside last year's report, and closes the library now and then."""
    library = DraftStore.open(folder / "library.gxd")
    library.save(library.create(report_at(5)), report_at(5), history_at(5))
    draft = library.create(report_at(0))
    number = 0
    while True:
        say(number)
        number += 1
        library.save(draft, report_at(number), history_at(number), place=str(number))
        if number % 9 == 0:
            library.close()
            library = DraftStore.open(folder / "library.gxd")


def noting(folder: Path) -> None:
    """Saves with a moment each time, and goes back to one."""
    library = DraftStore.open(folder / "library.gxd", Hours())
    draft = library.create(report_at(0))
    number = 0
    while True:
        say(number)
        number += 1
        library.save(draft, report_at(number), history_at(number))
        library.moments.note(draft, Kind.BEFORE_RESTORE, report_at(number))


def exporting(folder: Path) -> None:
    """Writes a report file and notes the export."""
    library = DraftStore.open(folder / "library.gxd")
    draft = library.create(report_at(0))
    number = 0
    while True:
        say(number)
        number += 1
        library.save(draft, report_at(number), History())
        report_file.write(report_at(number), folder / "报告.gxreport")
        library.note_export(draft, report_at(number), str(number))


def backing_up(folder: Path) -> None:
    """Types and takes a copy each day."""
    library = DraftStore.open(folder / "library.gxd")
    draft = library.create(report_at(0))
    days = Days()
    kept = Backups(library, days)
    number = 0
    while True:
        library.save(draft, report_at(number), History())
        kept.take(exported=number % 3 == 0)
        say(number)
        number += 1
        days.now += timedelta(days=1)


def migrating(folder: Path) -> None:
    """Opens libraries of every older shape."""
    old = sorted(SCHEMAS.glob("*.sql"))[:-1]
    number = 0
    while True:
        making = folder / "making"
        with closing(sqlite3.connect(making)) as db:
            db.executescript(old[number % len(old)].read_text(encoding="utf-8"))
        making.rename(folder / f"{number}.gxd")
        DraftStore.open(folder / f"{number}.gxd").close()
        say(number)
        number += 1


def restoring(folder: Path) -> None:
    """Puts a library back from its copy, goes on writing, hands it over."""
    path = folder / "library.gxd"
    with DraftStore.open(path) as library:
        draft = library.create(report_at(1))
        Backups(library, Days()).take()
    (copy,) = copies(folder / "备份")
    number = 0
    times = Days()
    while True:
        recovery.restore(path, copy.path, folder / "旧的", times)
        times.now += timedelta(seconds=1)
        with DraftStore.open(path) as library:
            library.save(draft, report_at(2), History())
            handover.write(library, folder / "交接.gxhandover")
        say(number)
        number += 1


# --- what must be found --------------------------------------------------------------------------------------------------


def _sound(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def _state(path: Path, done: int | None, draft: int = 1) -> tuple[DraftStore, int]:
    """The library, open, and the state its draft is in: the last acknowledged or the one after. -1 if there is none yet."""
    library = DraftStore.open(path)
    if draft not in {d.id for d in library.drafts()}:
        assert done is None
        return library, -1
    number = int(library.load(draft).report.get(CELLS[0]))
    assert library.load(draft).report == report_at(number)
    assert done is None or number in (done, done + 1)
    return library, number


def found_typing(folder: Path, done: int | None) -> None:
    library, number = _state(folder / "library.gxd", done, 2)
    with library:
        if number >= 0:
            draft = library.load(2)
            assert (draft.history, draft.place) == (history_at(number), str(number) if number else "")
            assert (library.load(1).report, library.load(1).history) == (report_at(5), history_at(5))
    _sound(folder / "library.gxd")


def found_noting(folder: Path, done: int | None) -> None:
    library, number = _state(folder / "library.gxd", done)
    with library:
        if number < 0:
            return
        states = [library.moments.report(m.id).get(CELLS[0]) for m in library.moments.of(1)]
        assert states in ([str(n) for n in range(number, 0, -1) for _ in range(2)], [str(number), *(str(n) for n in range(number - 1, 0, -1) for _ in range(2))])
    _sound(folder / "library.gxd")


def found_exporting(folder: Path, done: int | None) -> None:
    library, number = _state(folder / "library.gxd", done)
    with library:
        exports = [m.what for m in library.moments.of(1) if m.kind is Kind.EXPORTED] if number >= 0 else []
        assert exports == [str(n) for n in range(int(exports[0]) if exports else 0, 0, -1)]
        assert done is None or len(exports) in (done, done + 1)
    _sound(folder / "library.gxd")
    target = folder / "报告.gxreport"
    if target.exists():
        there = report_file.read(target, FORMS)
        written = int(there.get(CELLS[0]))
        assert there == report_at(written) and done is not None and written in (done, done + 1)
    else:
        assert not done


def found_backing_up(folder: Path, done: int | None) -> None:
    library, _ = _state(folder / "library.gxd", done)
    library.close()
    there = copies(folder / "备份")
    assert done is None or (there and (there[0].when - Days.first).days in (done, done + 1))
    for copy in there:
        file.check(copy.path)
        number = (copy.when - Days.first).days
        with DraftStore.open(copy.path) as store:
            assert store.load(1).report == report_at(number)


def found_migrating(folder: Path, done: int | None) -> None:
    from tests.drafts.test_schemas import HISTORY, REPORT

    there = sorted(folder.glob("*.gxd"))
    assert done is None or len(there) in (done + 1, done + 2)
    for path in there:
        with DraftStore.open(path) as store:
            assert (store.load(1).report, store.load(1).history) == (REPORT, HISTORY)
        _sound(path)


def found_restoring(folder: Path, done: int | None) -> None:
    path = folder / "library.gxd"
    library, number = _state(path, None)
    library.close()
    assert number in (1, 2) or (number == -1 and done is None)
    _sound(path)
    asides = sorted((folder / "旧的").glob("*.gxd"))
    for aside in asides[:-1]:  # the last may be half copied: the library itself is then still in its place
        file.check(aside)
    package = folder / "交接.gxhandover"
    if package.exists():
        with DraftStore.open(folder / "successor.gxd") as store:
            (arrived,) = handover.receive(store, package).drafts
            assert store.load(arrived).report == report_at(2)
    else:
        assert done is None


@dataclass(frozen=True)
class Act:
    """What is done until it is killed, and what must be found then: `found(folder, the last number acknowledged)`."""

    do: Callable[[Path], None]
    found: Callable[[Path, int | None], None]


ACTS = {
    act.do.__name__: act
    for act in (
        Act(typing, found_typing),
        Act(noting, found_noting),
        Act(exporting, found_exporting),
        Act(backing_up, found_backing_up),
        Act(migrating, found_migrating),
        Act(restoring, found_restoring),
    )
}


# --- the killing ---------------------------------------------------------------------------------------------------------


class Nursery:
    """A process with everything loaded, which forks a child for each act: 200 kills are then not mostly 200 starts of an interpreter."""

    def __init__(self) -> None:
        search = os.pathsep.join(filter(None, [str(Path(gxdesk.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
        env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")} | {"PYTHONPATH": search}
        self._process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0)  # no line may wait in a buffer of ours

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def act_and_die(self, act: str, folder: Path, after: float, *, at_work: bool) -> int | None:
        """Have a child act and kill it `after` seconds from its start, or `at_work` from its first acknowledgement; returns the last it gave."""
        self._tell(f"{act} {folder}")
        said = [self._hear()] if at_work else []
        time.sleep(after)
        self._tell("kill")
        while (word := self._hear()) != DEAD:
            said.append(word)
        assert ENDED not in said, f"{act} ended by itself"
        return int(said[-1]) if said else None

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())

    def _hear(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().decode()
        assert line.endswith("\n"), "the nursery is gone"
        return line.strip()


@dataclass(frozen=True)
class Toll:
    """How often an act was killed, how often after it had acknowledged something, and what was found amiss each time that was."""

    tried: int
    at_work: int
    amiss: tuple[str, ...]


def kill(act: str, times: int, folder: Path, seed: int) -> Toll:
    """Kill `act` so many times at random instants and look into what it leaves.

    One in four is killed while it is still making its library.
    """
    instants = random.Random(f"{act} {seed}")
    at_work = 0
    amiss: list[str] = []
    with Nursery() as nursery:
        for n in range(times):
            there = folder / f"{act}{n}"
            there.mkdir()
            done = nursery.act_and_die(act, there, instants.uniform(0, 0.1), at_work=n % 4 != 0)
            at_work += done is not None
            try:
                ACTS[act].found(there, done)
            except Exception:  # noqa: BLE001  # whatever cannot be read, too, is amiss
                amiss.append(f"kill {n} of {act}, seed {seed}, {done} acknowledged\n{traceback.format_exc()}")
            shutil.rmtree(there)
    return Toll(times, at_work, tuple(amiss))


DEAD, ENDED = "dead", "ended"


def serve() -> None:
    """The nursery: a line names act and folder, the next one orders the death of the child that acts."""
    while line := sys.stdin.readline():
        act, _, folder = line.rstrip("\n").partition(" ")
        child = os.fork()
        if child == 0:
            try:
                ACTS[act].do(Path(folder))
            finally:
                say(ENDED)  # what an act never does by itself
        sys.stdin.readline()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        say(DEAD)


if __name__ == "__main__":
    import sqlite_utils  # noqa: F401  # loaded before the work begins, as in a window that is open

    serve()
