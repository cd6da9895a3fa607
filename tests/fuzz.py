"""Readers fed with what a fuzzer that watches their branches makes up: `python -m tests.fuzz SECONDS FOLDER [READER …]`.

Prints for each reader how many inputs it was given, and ends with 1 if there was a finding: any exception but UserError, an input that takes
longer than ten seconds, more than 2 GB of memory. libFuzzer's own words and the input are then in FOLDER, which holds all it works with.
GXDESK_SEED makes up the same again, as far as the time goes.
Needs atheris, which there is for Linux. The watched modules are loaded once; a child is forked for each reader, two at a time.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it imports what is to be watched
    from tests.readers import Reader

SIDE_BY_SIDE = 2
OPTIONS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=200000", "-print_final_stats=1")


def main(seconds: str, folder: Path, wanted: Iterable[str]) -> int:
    """Fuzz the readers; returns the exit code."""
    import atheris

    with atheris.instrument_imports(include=["gxdesk"]):
        from tests.readers import PLANTED, READERS

    readers = {"planted": PLANTED, **READERS}
    waiting, running, findings = list(wanted or READERS), dict[int, str](), 0
    while waiting or running:
        if waiting and len(running) < SIDE_BY_SIDE:
            name = waiting.pop(0)
            child = os.fork()
            if child == 0:
                fuzz(readers[name], name, seconds, folder / name)
            running[child] = name
            continue
        child, status = os.wait()
        name = running.pop(child)
        said = (folder / name / "said").read_text(encoding="utf-8", errors="replace")
        ran = re.search(r"number_of_executed_units: (\d+)", said)
        sound = status == 0 and ran is not None
        findings += not sound
        print(f"{name}: {ran[1] if ran else 0} inputs{'' if sound else ', a finding'}", flush=True)
        if not sound:
            print(said[-3000:], file=sys.stderr)
    return 1 if findings else 0


def fuzz(reader: "Reader", name: str, seconds: str, folder: Path) -> None:
    """Become the fuzzer of one reader. Does not return."""
    import atheris

    from gxdesk.errors import UserError

    corpus, work = folder / "corpus", folder / "work"
    for new in (corpus, work):
        new.mkdir(parents=True)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    (corpus / "good").write_bytes(reader.good(work))

    def once(data: bytes) -> None:
        with suppress(UserError):
            reader.read(data, work)

    seed = os.environ.get("GXDESK_SEED", "0")  # 0: another each time
    atheris.Setup([name, f"-seed={seed}", f"-max_total_time={seconds}", f"-artifact_prefix={folder}/found-", *OPTIONS, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    place = Path(sys.argv[2])
    shutil.rmtree(place, ignore_errors=True)
    raise SystemExit(main(sys.argv[1], place, sys.argv[3:]))
