"""No room at every write: each thing that writes a library, under one limit on the size of a file after the other.

In a process of its own, for the limit holds for all it writes. It either gets done or is refused with a sentence; then the limit goes, and nothing
may be lost of what was there, nor of what is saved next. Says how many were tried and how many of them were refused.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gxdesk.drafts import handover
from gxdesk.drafts.backups import Backups
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

OVERVIEW = Slot("texts", "overview")
MOST = 98_304  # bytes: a library of two reports fits


def written(n: int) -> tuple[Report, History]:
    text = f"{n}：" + "汉" * 4000
    return Report("2021", 2026, {"name": "某中心"}, {"overview": text}), History((Step((Splice(OVERVIEW, 0, "", text),), time=float(n)),), 1)


@contextmanager
def limited(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def sweep(folder: Path, limits: int) -> tuple[int, int]:
    """How many writes were tried under a limit, and how many were refused."""
    tried = refused = 0
    for at in range(0, MOST, MOST // limits):
        path = folder / f"{at}" / "library.gxd"
        with DraftStore.open(path) as library:
            draft = library.create(written(0)[0])
            library.save(draft, *written(0))
            other = library.create(Report("2021", 2025, texts={"overview": "去年的"}))
            acts: tuple[Callable[[], object], ...] = (
                lambda library=library, draft=draft: library.save(draft, *written(1)),
                lambda library=library, draft=draft: library.moments.note(draft, Kind.OPENED, written(0)[0]),
                lambda library=library: library.create(written(2)[0]),
                lambda library=library: handover.write(library, library.path.with_name("p.gxhandover")),
            )
            for act in acts:
                tried += 1
                with limited(at):
                    try:
                        act()
                    except LibraryError:
                        refused += 1
            tried += 1
            copying = Backups(library).begin()
            with limited(at):
                refused += bool(copying.run().trouble)
            assert library.load(draft).report in (written(0)[0], written(1)[0])
            library.save(draft, *written(3))
        with DraftStore.open(path) as library:
            assert (library.load(draft).report, library.load(draft).history) == written(3)
            assert library.load(other).report.get(OVERVIEW) == "去年的"
            assert library.file.rows("PRAGMA integrity_check") == [("ok",)]
    return tried, refused


if __name__ == "__main__":
    print(*sweep(Path(sys.argv[1]), int(sys.argv[2])))
