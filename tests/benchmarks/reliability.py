"""What was really done to the program, and what it survived: `python -m tests.benchmarks.reliability`.

Prints kills and faults, survived of those tried, what a fuzzer that watches the branches of every reader made up and found, the bytes of
reports that were lost in all of it, and what ten years of reports weigh. Takes some minutes.
"""

import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gxdesk import report
from gxdesk.drafts import recovery
from gxdesk.drafts.backups import Backups, copies
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.forms.known import Forms
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from tests.drafts.kills import ACTS, kill, report_at

KILLS = 40  # of each act
FUZZ_SECONDS = 20  # for each reader
PAGE = 4096
OVERVIEW = Slot("texts", "overview")


@dataclass(frozen=True)
class Faults:
    """Of how many faults how many were survived, and the bytes of saved reports that none brought back."""

    name: str
    tried: int
    survived: int
    lost: int
    told: str


def kills() -> Faults:
    """kill -9 in every act. Where something is amiss, all that had been typed counts as lost."""
    seed = random.randrange(10**6)
    with tempfile.TemporaryDirectory() as folder:
        tolls = [kill(act, KILLS, Path(folder), seed) for act in ACTS]
    amiss = [words for toll in tolls for words in toll.amiss]
    for words in amiss:
        print(words, file=sys.stderr)
    tried, at_work = sum(toll.tried for toll in tolls), sum(toll.at_work for toll in tolls)
    return Faults("kills", tried, tried - len(amiss), len(amiss) * len(report.dumps(report_at(1))), f"while {', '.join(ACTS)}; {at_work} after an acknowledgement, the others before the first; seed {seed}")


def no_room() -> Faults:
    """Writes under a limit on the size of a file. One that loses anything ends the run."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-m", "tests.drafts.full_disk", folder, "96"], capture_output=True, text=True, encoding="utf-8", check=True)
    tried, refused = map(int, done.stdout.split())
    return Faults("writes without room", tried, tried, 0, f"{refused} refused with a sentence, the others done")


def noise() -> Faults:
    """Every page of a library overwritten in turn. Lost is a report that a copy had and that came back as nothing it ever was."""
    years = range(2021, 2026)
    tried = told = survived = lost = 0
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
            gone = [year for year in years if found.get(year) not in (_written(year, 1), _written(year, 2))]
            survived += not gone
            lost += sum(len(report.dumps(_written(year, 1))) for year in gone)
            shutil.rmtree(there)
    return Faults("pages of noise", tried, survived, lost, f"{told} told of at the opening")


def tests() -> Faults:
    """The fault tests of the suite in a run of their own."""
    files = ["tests/drafts", "tests/test_files.py", "tests/test_crash.py", "tests/test_hostile.py", "--deselect", "tests/drafts/test_kill.py"]
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *files], capture_output=True, text=True, encoding="utf-8", check=False)
    last = done.stdout.strip().splitlines()[-1]
    passed, failed, errors, skipped = (int(found[1]) if (found := re.search(rf"(\d+) {what}", last)) else 0 for what in ("passed", "failed", "error", "skipped"))
    return Faults("tests of faults, copies, recovery, handover, hostile files", passed + failed + errors, passed, 0, f"{skipped} skipped")


def fuzz() -> str:
    """What a coverage-guided fuzzer made up for each reader, and what it found."""
    if importlib.util.find_spec("atheris") is None:
        return "fuzz executions: not run, atheris is not installed"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.fuzz", str(FUZZ_SECONDS), str(Path(folder, "work"))]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    runs = re.findall(r"^(.*): (\d+) inputs(, a finding)?$", done.stdout, re.MULTILINE)
    if done.returncode:
        print(done.stderr[-6000:], file=sys.stderr)
    each = ", ".join(f"{name} {count}" for name, count, _ in runs)
    return f"fuzz executions: {sum(int(count) for _, count, _ in runs)}    {FUZZ_SECONDS} s each: {each}\nfindings: {sum(bool(found) for *_, found in runs)}"


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


def main() -> None:
    killed = kills()
    print(f"kills survived / tried: {killed.survived} / {killed.tried}    {killed.told}", flush=True)
    others = (no_room(), noise(), tests())
    print(f"faults survived / tried: {sum(f.survived for f in others)} / {sum(f.tried for f in others)}")
    for f in others:
        print(f"    {f.name}: {f.survived} / {f.tried}, {f.told}", flush=True)
    print(fuzz(), flush=True)
    print(f"bytes lost: {sum(f.lost for f in (killed, *others))}    of reports that had been saved")
    size, ten, one = ten_years()
    print(f"ten yearly reports with 5,000 steps and 320 moments each: {size:.1f} MB, opened in {ten:.1f} ms, one report in {one:.1f} ms    goal < 50 MB, as fast as one")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
