"""Whoever pulls the plug while she types loses at most the last second: the real session, autosave and library, in a program that is killed.

A child process types into a cell and a text every 20 ms and says each keystroke with its own clock. `tests/drafts/test_kill.py` proves that
no save is lost; this proves that typing is saved soon enough. GXDESK_SEED gives the instants of a run that failed.
"""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

import gxdesk
from gxdesk.cells import CellRef
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.history import History
from gxdesk.report import Report, Slot
from gxdesk.session import Session

ROUNDS, SIDE_BY_SIDE = 3, 5  # kills: 15
EVERY_MS = 20
PERSON = CellRef("requests.received.person")
OVERVIEW = Slot("texts", "overview")
BLANK = Report("2021", 2026, {"name": "某中心"})


def report_at(number: int) -> Report:
    """What she has typed by keystroke `number`."""
    return BLANK.with_values({Slot("cells", PERSON): str(number or ""), OVERVIEW: "".join(f"{i}，" for i in range(1, number + 1))})


def number_of(report: Report) -> int:
    return int(report.get(Slot("cells", PERSON)) or 0)


def type_on(path: Path) -> None:
    """Open the first draft as the window does, and type where the last who was killed left off, for ever."""
    from PySide6.QtCore import QCoreApplication, QTimer

    from ui.autosave import Autosave
    from ui.library import Library

    application = QCoreApplication([])
    draft = Library(DraftStore.open(path), Forms.load()).open(1)
    session = draft.session
    keeper = Autosave(session, lambda: draft.write("overview", ""))
    number = number_of(session.report)

    def key() -> None:
        nonlocal number
        number += 1
        session.set_cell(PERSON, str(number), typing=True)
        session.set_text(OVERVIEW, f"{session.text(OVERVIEW)}{number}，")
        os.write(1, f"{number} {time.monotonic()}\n".encode())

    keys = QTimer(keeper)
    keys.timeout.connect(key)
    keys.start(EVERY_MS)
    application.exec()


def typist(path: Path) -> subprocess.Popen[bytes]:
    search = os.pathsep.join(filter(None, [str(Path(gxdesk.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen([sys.executable, __file__, str(path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": search})


@pytest.mark.no_cover
def test_a_killed_program_loses_at_most_the_last_second(tmp_path: Path) -> None:
    seed = int(os.environ.get("GXDESK_SEED", str(random.randrange(10**6))))
    print(f"GXDESK_SEED={seed}")
    instants = random.Random(seed)
    paths = [tmp_path / str(i) / "reports.db" for i in range(SIDE_BY_SIDE)]
    for path in paths:
        with DraftStore.open(path) as library:
            library.create(BLANK)
    told = 0
    for _ in range(ROUNDS):
        children = [typist(path) for path in paths]
        try:
            first = [child.stdout.readline() for child in children if child.stdout]
            start = time.monotonic()
            for after, child in sorted(((instants.uniform(0, 2.5), c) for c in children), key=lambda pair: pair[0]):
                time.sleep(max(0.0, start + after - time.monotonic()))
                child.kill()
        finally:
            for child in children:
                child.kill()
        for path, line, child in zip(paths, first, children, strict=True):
            told += look_into(path, (line + child.communicate()[0]).decode().split("\n")[:-1])  # the last is empty, or half a line
    assert told, "no child was ever killed after a second of typing: this machine is too busy for the test to say anything"


def look_into(path: Path, said: list[str]) -> bool:
    """Open what the killed child left. Returns whether it had typed long enough for something to have to be there."""
    keystrokes = [(int(number), float(at)) for number, at in (line.split() for line in said)]
    first, last = keystrokes[0], keystrokes[-1]
    # Both clocks are the child's: how late this process killed it says nothing. A child that the machine does not let run, or that is
    # writing, types nothing, and its timers are late by as much; so the longest gap between two keystrokes is added, some 25 ms as a rule.
    allowed = 1.0 + max((after[1] - before[1] for before, after in pairwise(keystrokes)), default=0.0)
    due = max((number for number, at in keystrokes if at < last[1] - allowed), default=first[0] - 1)
    with DraftStore.open(path) as library:
        draft = library.load(1)
    number = number_of(draft.report)
    assert due <= number <= last[0] + 1, f"{last[0]} typed, {number} kept, {due} due at the latest {allowed:.3f} s after they were typed"
    assert draft.report == report_at(number)
    session = Session(draft.report, Forms.load()["2021"], history=draft.history)
    while session.undo():
        pass
    assert session.report == BLANK
    assert draft.history == History(draft.history.steps, len(draft.history.steps))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    return due >= first[0]


if __name__ == "__main__":
    type_on(Path(sys.argv[1]))
