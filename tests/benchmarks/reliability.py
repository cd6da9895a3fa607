"""What was really done to the program, and what it survived: kills, faults, hostile files, ten years of reports."""

import importlib.util
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gxdesk import report
from gxdesk.drafts import recovery
from gxdesk.drafts.backups import Backups, copies
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.forms.definition import Forms
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged

KILLS = 40  # of each act
FUZZ_SECONDS = 20  # for each reader
READERS = ("report", "moment", "library", "handover", "owner")
PAGE = 4096
OVERVIEW = Slot("texts", "overview")


def kills() -> tuple[int, int, int]:
    """kill -9 in every act: tried, of them after something was acknowledged, and the seed. What is lost raises AssertionError."""
    from tests.drafts.kills import ACTS, kill

    seed = random.randrange(10**6)
    with tempfile.TemporaryDirectory() as folder:
        at_work = sum(kill(act, KILLS, Path(folder), seed) for act in ACTS)
    return KILLS * len(ACTS), at_work, seed


def no_room() -> tuple[int, int]:
    """Writes under a limit on the size of a file: tried, and of them refused."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-m", "tests.drafts.full_disk", folder, "96"], capture_output=True, text=True, encoding="utf-8", check=True)
    tried, refused = done.stdout.split()
    return int(tried), int(refused)


def noise() -> tuple[int, int, int]:
    """Every page of a library overwritten in turn: tried, told of at the opening, and reports lost that a copy had."""
    years = range(2021, 2026)
    tried = told = lost = 0
    with tempfile.TemporaryDirectory() as name:
        good = Path(name, "good")
        with DraftStore.open(good / "library.gxd") as library:
            for year in years:
                draft = library.create(_written(year, 0))
                library.save(draft, _written(year, 1), History(tuple(_step(n) for n in range(300)), 300))
            Backups(library).take()
            library.save(1, _written(2021, 2), History())
        pages = (good / "library.gxd").stat().st_size // PAGE
        for page in range(pages):
            there = Path(name, "hit")
            shutil.copytree(good, there)
            path = there / "library.gxd"
            with path.open("r+b") as f:
                f.seek(PAGE * page)
                f.write(random.Random(page).randbytes(PAGE))
            tried += 1
            try:
                DraftStore.open(path).close()
            except LibraryError:
                told += 1
                recovery.recover(path, copies(there / "备份"), there / "备份")
            with DraftStore.open(path) as library:
                found = {d.year: library.report(d.id) for d in library.drafts()}
            lost += sum(found.get(year) not in (_written(year, 1), _written(year, 2)) for year in years)
            shutil.rmtree(there)
    return tried, told, lost


def faults() -> tuple[int, int, int]:
    """The fault tests of the suite in a run of their own: passed, failed, skipped."""
    files = ["tests/drafts", "tests/test_files.py", "tests/test_crash.py", "tests/test_hostile.py", "--deselect", "tests/drafts/test_kill.py"]
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *files], capture_output=True, text=True, encoding="utf-8", check=False)
    last = done.stdout.strip().splitlines()[-1]
    passed, failed, skipped = (int(found[1]) if (found := re.search(rf"(\d+) {what}", last)) else 0 for what in ("passed", "failed", "skipped"))
    return passed, failed, skipped


def fuzz() -> tuple[int, int] | None:
    """Inputs a coverage-guided fuzzer made up, and its findings; None where atheris is not installed."""
    if importlib.util.find_spec("atheris") is None:
        return None
    runs = findings = 0
    for reader in READERS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.benchmarks.fuzz", reader, str(FUZZ_SECONDS), folder]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
        ran = re.search(r"number_of_executed_units: (\d+)", done.stderr)
        runs += int(ran[1]) if ran else 0
        findings += done.returncode != 0 or ran is None
        if done.returncode != 0:
            print(done.stderr[-3000:], file=sys.stderr)
    return runs, findings


def ten_years() -> tuple[float, float, float]:
    """A library of ten yearly reports with full history and moments: MB, and ms to open it and the newest report, and the same with one report, best of 15."""
    with tempfile.TemporaryDirectory() as folder:
        ten, one = Path(folder, "ten.gxd"), Path(folder, "one.gxd")
        _filled(ten, range(2017, 2027))
        _filled(one, range(2026, 2027))
        times = [(_opened(ten), _opened(one)) for _ in range(15)]
        return ten.stat().st_size / 1e6, *(min(column) for column in zip(*times, strict=True))  # type: ignore[return-value]


def _opened(path: Path) -> float:
    began = time.perf_counter()
    with DraftStore.open(path) as library:
        library.load(library.drafts()[0].id)
        return (time.perf_counter() - began) * 1000


def _filled(path: Path, years: range) -> None:
    """As many steps as are kept, and of each January forty days of three hours with an opening, six half hours and an export."""
    example = report.read(packaged("examples", "service-center-2026.gxreport"), Forms.load())
    now = 0.0
    with DraftStore.open(path, lambda: now) as library:
        for year in years:
            now = (year - 1969) * 31_556_952.0
            mine = Report(example.form, year, example.agency, example.texts, example.cells, example.explanations)
            draft = library.create(mine)
            library.save(draft, mine, History(tuple(_step(n) for n in range(5_000)), 5_000))
            for day in range(40):
                for half in range(8):
                    now += 1800
                    wrote = mine.with_values({OVERVIEW: f"{mine.get(OVERVIEW)}第 {day} 天第 {half} 次。"})
                    library.moments.note(draft, Kind.OPENED if half == 0 else Kind.EXPORTED if half == 7 else Kind.WORKED, wrote)
                now += 86_400 - 8 * 1800


def _written(year: int, state: int) -> Report:
    return Report("2021", year, {"name": "某中心"}, {"overview": f"第 {state} 稿。" * 900}, {f"requests.r{i}.person": str(year + i) for i in range(150)})


def _step(number: int) -> Step:
    return Step((Splice(OVERVIEW, number % 900, "旧的几个字", f"新写的第 {number} 句话，二十个字左右。"),), "修改文字", float(number))
