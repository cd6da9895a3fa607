"""A library put back from a copy, and a damaged one made whole from what can be read of it and the newest good copy.

Both work on a library that nobody has open, and set the file that was there aside first: nothing is ever thrown away here.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gxdesk import files
from gxdesk.drafts import file
from gxdesk.drafts.backups import Copy, local_now
from gxdesk.drafts.file import LibraryFile
from gxdesk.drafts.moments import Moment
from gxdesk.drafts.rows import time_from
from gxdesk.drafts.store import Draft, DraftStore, DraftSummary
from gxdesk.errors import DamagedError, LibraryError
from gxdesk.history import History
from gxdesk.report import Report

MOST = 100_000  # reports looked for in a damaged library, whose numbers may be noise


@dataclass(frozen=True, slots=True)
class Saved:
    """A report that was saved: out of the damaged library itself, or as the copy of `copied` had it. `undo` tells whether its steps were."""

    year: int | None
    agency: str
    modified: float
    copied: datetime | None
    undo: bool = True


@dataclass(frozen=True, slots=True)
class Recovery:
    """The library that was, set aside, and what is in the new one."""

    aside: Path
    saved: tuple[Saved, ...]


def restore(path: Path, copy: Path, folder: Path, clock: Callable[[], datetime] = local_now) -> Path | None:
    """Make the library at `path` what `copy` is; returns where in `folder` the library before lies, None if there was none.

    Raises LibraryError, and the library is then as it was.
    """
    file.check(copy)
    fresh = _beside(path)
    try:
        _copy(copy, fresh)
        LibraryFile.open(fresh, called=copy).close()  # brought to this version's shape before it is anywhere
        return _exchange(path, fresh, folder, clock(), "恢复前")
    except OSError as error:
        raise LibraryError(files.refusal(error, path)) from error
    finally:
        _clear(fresh)


def recover(path: Path, copies: Sequence[Copy], folder: Path, clock: Callable[[], datetime] = local_now) -> Recovery:
    """Make a damaged library whole: the newest good of `copies`, and over it every report that can be read in the file itself.

    Raises LibraryError if nothing at all can be saved, and the library is then as it was.
    """
    fresh = _beside(path)
    try:
        copied = _newest_good(copies, fresh)
        with DraftStore.open(fresh) as store:
            saved = {summary.id: Saved(summary.year, summary.agency, summary.modified, copied) for summary in _all(store)}
            saved.update(_salvage(path, store))
        if not saved:
            raise DamagedError(f"报告库“{path}”损坏了，里面的报告读不出来，也没有找到完好的备份。程序没有动它。请把它复制一份，交给懂电脑的人看看。")
        aside = _exchange(path, fresh, folder, clock(), "损坏")
        assert aside is not None  # it was there: something was read from it or it would not be damaged
        return Recovery(aside, tuple(saved.values()))
    except OSError as error:
        raise LibraryError(files.refusal(error, path)) from error
    finally:
        _clear(fresh)


# --- how --------------------------------------------------------------------------------------------------------------


def _newest_good(copies: Sequence[Copy], fresh: Path) -> datetime | None:
    """Put the newest copy that is whole at `fresh`; returns when it was taken, None if there is none and nothing was put there."""
    for copy in sorted(copies, key=lambda copy: copy.when, reverse=True):
        with suppress(LibraryError, OSError):
            file.check(copy.path)
            _copy(copy.path, fresh)
            with DraftStore.open(fresh) as store:
                for summary in _all(store):
                    store.load(summary.id)
            return copy.when
        _clear(fresh)
    return None


def _salvage(path: Path, into: DraftStore) -> dict[int, Saved]:
    """Take over every report of the damaged library that can be read and is newer than in `into`."""
    scratch = path.with_name(f"{path.name}.read")
    found: dict[int, Saved] = {}
    try:
        for suffix in ("", "-wal"):  # what was committed before a kill may stand in the log
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{scratch}{suffix}")
        with closing(file.unchecked(scratch)) as damaged:
            store = DraftStore(damaged)
            there = {summary.id: summary for summary in _all(into)}
            numbers: dict[int, int] = {}  # there and here
            for summary in _readable(store):
                known = there.get(summary.id)
                same = known is not None and known.created == summary.created
                if same:
                    numbers[summary.id] = summary.id
                    there_already = {(m.time, m.kind) for m in into.moments.of(summary.id)}
                    for moment, report in _moments(store, summary.id):
                        if (moment.time, moment.kind) not in there_already:
                            into.moments.keep(summary.id, moment, report)
                if same and known is not None and known.modified >= summary.modified:
                    continue
                draft = _draft(store, summary)
                if draft is None:
                    continue
                if same:
                    into.save(summary.id, draft.report, draft.history, place=draft.place, progress=summary.progress, note=False)
                    into.stamp(summary.id, summary)
                    number = summary.id
                else:
                    number = numbers[summary.id] = into.adopt(draft, summary, _moments(store, summary.id))
                found[number] = Saved(summary.year, summary.agency, summary.modified, None, undo=bool(draft.history.steps))
            with suppress(LibraryError):  # it may be of an earlier shape
                into.settle_alike(store, numbers)
            _take_agency(store, into)
    except LibraryError:
        pass  # not even the list of reports can be read: what the copy has is all there is
    finally:
        _clear(scratch)
    return found


def _readable(store: DraftStore) -> list[DraftSummary]:
    """The reports of a damaged library as far as their list can be read, in the file's own order: its index may be what is broken."""
    found = []
    with suppress(LibraryError):
        (last,) = store.file.rows("SELECT max(rowid) FROM drafts NOT INDEXED")[0]
        for number in range(1, min(last or 0, MOST) + 1):
            with suppress(LibraryError):
                rows = store.file.rows(
                    "SELECT id, year, form, agency, created, modified, progress, exported_at, exported_what, deleted_at,"
                    " coalesce(modified > exported_at, 0) FROM drafts NOT INDEXED WHERE rowid = ?",
                    number,
                )
                found += [_dated(summary) for summary in (DraftSummary(*row) for row in rows) if summary.deleted_at is None]
    return found


def _dated(summary: DraftSummary) -> DraftSummary:
    """Where a time is what is broken, the report is as good as any: it counts as changed just now."""
    now = time.time()
    return replace(summary, created=_known(summary.created) or now, modified=_known(summary.modified) or now, exported_at=_known(summary.exported_at))


def _known(seconds: float | None) -> float | None:
    with suppress(ValueError, TypeError):
        return None if seconds is None else time_from(seconds)
    return None


def _draft(store: DraftStore, summary: DraftSummary) -> Draft | None:
    """A report with its steps, or without them where they are what is broken; None where it is the report itself."""
    with suppress(LibraryError, KeyError):
        return store.load(summary.id)
    with suppress(LibraryError, KeyError):
        return Draft(summary.id, store.report(summary.id), History(), "", summary.created, summary.modified, summary.exported_at)
    return None


def _moments(store: DraftStore, draft_id: int) -> list[tuple[Moment, Report]]:
    """The moments that can be read, oldest first."""
    found: list[tuple[Moment, Report]] = []
    with suppress(LibraryError):
        for moment in reversed(store.moments.of(draft_id)):
            with suppress(LibraryError, KeyError):
                found.append((moment, store.moments.report(moment.id)))
    return found


def _take_agency(store: DraftStore, into: DraftStore) -> None:
    with suppress(LibraryError):
        if not into.agency() and (agency := store.agency()):
            into.set_agency(agency)


def _all(store: DraftStore) -> list[DraftSummary]:
    return [*store.drafts(), *store.drafts(deleted=True)]


def _beside(path: Path) -> Path:
    """Where the new library is made: on the same disk, so that it can be moved into place."""
    fresh = path.with_name(f"{path.name}.new")
    _clear(fresh)
    return fresh


def _exchange(path: Path, fresh: Path, folder: Path, now: datetime, why: str) -> Path | None:
    """Copy the library at `path` aside with its log, and put `fresh` in its place."""
    aside = None
    if path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{now:%Y-%m-%d_%H%M%S}_{why}.gxd"
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                _copy(Path(f"{path}{suffix}"), Path(f"{aside}{suffix}"))
        files.settle(folder)
    for suffix in ("-wal", "-shm"):  # they belong to the file that goes, and would be played into the one that comes
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    files.move(fresh, path)
    return aside


def _copy(source: Path, target: Path) -> None:
    """Copy a file to the disk itself: after a power cut it must be there before what it came from is gone."""
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())


def _clear(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
