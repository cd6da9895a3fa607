"""Whoever pulls the plug on gxdesk, at whatever instant, loses no acknowledged save and never meets a broken library.

A child process types: it saves state after state and prints the number of each once `save` has returned. It is killed without warning,
dozens of times, and the library is opened and compared each time. GXDESK_KILLS asks for more than the usual number of kills, GXDESK_SEED
for the instants of a run that failed. What is proved is the death of the process; a power cut needs a plug.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import gxdesk
from gxdesk.drafts.store import DraftStore
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

KILLS = int(os.environ.get("GXDESK_KILLS", "40"))
CELLS = [Slot("cells", f"requests.r{i}.person") for i in range(12)]
OVERVIEW = Slot("texts", "overview")


def report_at(number: int) -> Report:
    """What she has typed by save `number`: a text that grows, and every cell with the number, so that half a save is seen."""
    overview = "".join(f"第{i}句，“双引号”与数字{i * i}。" for i in range(number))
    return Report("2021", 2026, {"name": "某区社会事务综合服务中心"}).with_values({OVERVIEW: overview, **dict.fromkeys(CELLS, str(number))})


def step_at(number: int) -> Step:
    before, after = report_at(number - 1), report_at(number)
    return Step(tuple(Splice.between(slot, before.get(slot), after.get(slot)) for slot in (OVERVIEW, *CELLS)), time=float(number))


def type_on(path: Path) -> None:
    """Type into a new draft for ever, closing the library now and then."""
    library = DraftStore.open(path)
    draft = library.create(report_at(0))
    say(f"draft {draft}")
    history = History()
    number = 0
    while True:
        number += 1
        history = History((*history.steps, step_at(number)), number)
        library.save(draft, report_at(number), history, place=str(number))
        say(f"{number}")
        if number % 9 == 0:
            library.close()
            library = DraftStore.open(path)
            history = library.load(draft).history


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


class Typist:
    """The child, started and waiting, so that its killing is not mostly the killing of a starting interpreter."""

    def __init__(self) -> None:
        search = os.pathsep.join(filter(None, [str(Path(gxdesk.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
        env = {**os.environ, "PYTHONPATH": search}
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)

    def type_and_die(self, path: Path, after: float) -> list[str]:
        """Let it type for `after` seconds, kill it, and return what it acknowledged."""
        assert self.process.stdin and self.process.stdout
        assert self.process.stdout.readline() == b"ready\n"
        self.process.stdin.write(f"{path}\n".encode())
        self.process.stdin.flush()
        time.sleep(after)
        return self.die()

    def die(self) -> list[str]:
        self.process.kill()
        out, _ = self.process.communicate()
        lines = out.decode().split("\n")
        return lines[:-1]  # the last is empty, or half a line


def test_a_killed_program_loses_nothing_it_has_saved(tmp_path: Path) -> None:
    seed = int(os.environ.get("GXDESK_SEED", str(random.randrange(10**6))))
    print(f"GXDESK_SEED={seed}")
    instants = random.Random(seed)
    typing = 0
    finished: dict[int, int] = {}
    path = tmp_path / "报告库" / "reports.db"
    typist = Typist()
    try:
        for kill in range(KILLS):
            if kill % 8 == 0:  # a new library, for the instants of its making
                shutil.rmtree(path.parent, ignore_errors=True)
                finished = {}
            child, typist = typist, Typist()
            said = child.type_and_die(path, instants.uniform(0, 0.02) if kill % 4 == 0 else instants.uniform(0.01, 0.2))
            typing += len(said) > 1
            look_into(path, said, finished)
    finally:
        typist.die()
    assert typing > 0, "no child was ever killed while typing: this machine is too busy for the test to say anything"


def look_into(path: Path, said: list[str], finished: dict[int, int]) -> None:
    """Open what the killed child left: whole, every draft in one state, and that state the last acknowledged or the one after."""
    acknowledged = int(said[-1]) if len(said) > 1 else 0
    with DraftStore.open(path) as library:
        ids = {d.id for d in library.drafts()}
        new = ids - set(finished)
        assert set(finished) <= ids
        assert len(new) <= 1
        assert not said or new == {int(said[0].removeprefix("draft "))}
        for draft_id in new:
            number = int(library.load(draft_id).report.get(CELLS[0]))
            assert number in (acknowledged, acknowledged + 1)
            finished[draft_id] = number
        for draft_id, number in finished.items():
            draft = library.load(draft_id)
            assert draft.report == report_at(number)
            assert draft.history == History(tuple(step_at(i) for i in range(1, number + 1)), number)
            assert draft.place == (str(number) if number else "")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


if __name__ == "__main__":
    say("ready")
    type_on(Path(sys.stdin.buffer.readline().decode().rstrip("\n")))
