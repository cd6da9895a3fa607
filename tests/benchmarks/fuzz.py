"""Readers fed with what a fuzzer that watches their branches makes up: `python -m tests.benchmarks.fuzz READER SECONDS FOLDER`.

A finding is any exception but UserError, an input that takes longer than ten seconds, or more than 2 GB of memory; libFuzzer then says so, keeps
the input in FOLDER, which holds all it works with, and ends with an exit code other than 0. Needs atheris (`pip install gxdesk[fuzz]`), which there is for Linux and macOS.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gxdesk"]):
    from gxdesk import report
    from gxdesk.drafts import handover, owner, rows
    from gxdesk.drafts.store import DraftStore
    from gxdesk.errors import UserError
    from gxdesk.forms.definition import Forms
    from gxdesk.resources import packaged

FORMS = Forms.load()
EXAMPLE = packaged("examples", "service-center-2026.gxreport")
WORK = Path(sys.argv[3])


def read_report(data: bytes) -> None:
    """A `.gxreport`; what is read is written and read again."""
    one = report.loads(data, FORMS)
    assert report.loads(report.dumps(one), FORMS) == one


def read_moment(data: bytes) -> None:
    """The blob of a moment, and the steps of a history."""
    for read in (rows.packed_from, lambda blob: rows.splices_from(blob.decode("utf-8", "surrogatepass"))):
        with suppress(ValueError, TypeError, RecursionError):  # what `LibraryFile.whole` turns into a sentence
            read(data)


def read_library(data: bytes) -> None:
    """A library file."""
    path = WORK / "library.gxd"
    path.write_bytes(data)
    for beside in WORK.glob("library.gxd-*"):
        beside.unlink()
    with DraftStore.open(path) as store:
        for summary in store.drafts():
            store.load(summary.id)
            for moment in store.moments.of(summary.id):
                store.moments.report(moment.id)


def read_handover(data: bytes) -> None:
    """A 交接包, taken into a library that holds a report."""
    path = WORK / "p.gxhandover"
    path.write_bytes(data)
    with DraftStore.open(WORK / "mine.gxd") as store:
        if not store.drafts():
            store.create(report.read(EXAMPLE, FORMS))
        handover.receive(store, path)


def read_owner(data: bytes) -> None:
    """What may stand beside a library."""
    for what in ("owner", "request"):
        (WORK / f"x.gxd.{what}").write_bytes(data)
    assert owner.of(WORK / "x.gxd").read_only
    owner.asked(WORK / "x.gxd")


READERS: dict[str, Callable[[bytes], None]] = {
    "report": read_report,
    "moment": read_moment,
    "library": read_library,
    "handover": read_handover,
    "owner": read_owner,
}


def seeds(reader: str, folder: Path) -> None:
    """One good input to begin with."""
    one = report.read(EXAMPLE, FORMS)
    good = {"report": EXAMPLE.read_bytes(), "moment": rows.packed(one), "owner": b'{"host": "a", "user": "b", "pid": 1, "since": 1.0, "open": "c"}'}
    if reader in good:
        (folder / "good").write_bytes(good[reader])
        return
    with DraftStore.open(WORK / "seed.gxd") as store:
        store.note_export(store.create(one), one, "PDF")
        handover.write(store, folder / "good")


def main(reader: str, seconds: str) -> None:
    corpus = WORK / "corpus"
    corpus.mkdir(parents=True)
    seeds(reader, corpus)

    def once(data: bytes) -> None:
        with suppress(UserError):
            READERS[reader](data)

    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix={WORK}/found-", "-max_len=200000", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:3])
