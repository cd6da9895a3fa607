"""回到过去: a report as it was at named moments, kept whole beside its steps.

Steps are undone one by one and only so far back; a moment is reached in one stride however long ago it was. Each is a whole report, packed to a
few KB. They are thinned by age: everything of the last month stays, then one a day, after a year one a month. What was exported and the oldest
of a report are never dropped, nor are the newest whatever the clock says: a clock that is wrong must not cost history.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gxdesk.drafts.file import LibraryFile
from gxdesk.drafts.rows import TEXT, data_of, packed, packed_from, time_from
from gxdesk.report import Report

WORK_SECONDS = 30 * 60.0
DAY = 86_400.0
ALL_DAYS, DAILY_DAYS = 30, 365  # up to this age all stay; up to this age one a day; then one a month
NEWEST = 50  # never dropped


class Kind(StrEnum):
    """What a moment was."""

    OPENED = "opened"  # the first opening of a day
    WORKED = "worked"  # half an hour after the last
    BEFORE_IMPORT = "before_import"
    IMPORTED = "imported"
    BEFORE_RESTORE = "before_restore"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class Moment:
    """`time` is seconds since the epoch; `what` says what was imported or exported ("PDF"). Numbers grow in the order of noting."""

    id: int
    time: float
    kind: Kind
    what: str


class Moments:
    """The moments of all reports of a library. Every method may raise LibraryError."""

    def __init__(self, file: LibraryFile, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def of(self, draft_id: int) -> tuple[Moment, ...]:
        """Those of a draft, newest first."""
        rows = self._file.rows("SELECT id, time, kind, what FROM moments WHERE draft = ? ORDER BY id DESC", draft_id)
        with self._file.whole():
            return tuple(Moment(number, time_from(when), Kind(kind), what) for number, when, kind, what in rows)

    def report(self, moment_id: int) -> Report:
        """The report as it was then. KeyError if there is no such moment."""
        found = self._file.rows("SELECT report FROM moments WHERE id = ?", moment_id)
        if not found:
            raise KeyError(moment_id)
        with self._file.whole():
            return packed_from(found[0][0])

    def note(self, draft_id: int, kind: Kind, report: Report, what: str = "") -> None:
        """Keep what the report is now, and thin out the old ones. KeyError if there is no such draft."""
        self.keep(draft_id, Moment(0, self._clock(), kind, what), report)

    def opened(self, draft_id: int, report: Report) -> None:
        """The report was opened: noted once a day, and only if it differs from the newest moment."""
        newest = self._newest(draft_id)
        if newest is None or (_day(newest[0]) != _day(self._clock()) and newest[1] != packed(report)):
            self.note(draft_id, Kind.OPENED, report)

    def work_due(self, draft_id: int) -> bool:
        """Whether half an hour went by since the newest moment, by a clock that may have been set back meanwhile."""
        newest = self._newest(draft_id)
        return newest is None or abs(self._clock() - newest[0]) >= WORK_SECONDS

    def keep(self, draft_id: int, moment: Moment, report: Report) -> None:
        """Keep a moment as it is given, but for its number."""
        with self._file.transaction() as db:
            if not self._file.rows("SELECT 1 FROM drafts WHERE id = ?", draft_id):
                raise KeyError(draft_id)
            db.execute(
                f"INSERT INTO moments (draft, time, kind, what, report) VALUES (?, ?, ?, {TEXT}, ?)",
                (draft_id, moment.time, moment.kind.value, data_of(moment.what), packed(report)),
            )
            gone = dispensable(self.of(draft_id), self._clock())
            db.conn.executemany("DELETE FROM moments WHERE id = ?", [(moment.id,) for moment in gone])

    def _newest(self, draft_id: int) -> tuple[float, bytes] | None:
        rows = self._file.rows("SELECT time, report FROM moments WHERE draft = ? ORDER BY id DESC LIMIT 1", draft_id)
        return rows[0] if rows else None


def dispensable(moments: Sequence[Moment], now: float) -> list[Moment]:
    """Those of one draft, newest first, that may go: of each day or month past, all but the last."""
    gone = []
    seen: set[tuple[int, ...]] = set()
    for moment in moments[NEWEST:-1]:
        age = now - moment.time
        if moment.kind is Kind.EXPORTED or age <= ALL_DAYS * DAY:
            continue
        day = _day(moment.time)
        period = day if age <= DAILY_DAYS * DAY else day[:2]
        if period in seen:
            gone.append(moment)
        seen.add(period)
    return gone


def _day(when: float) -> tuple[int, ...]:
    """Year, month and day on the clock of this computer; one day for all times that no calendar knows."""
    try:
        return tuple(time.localtime(when)[:3])
    except (OverflowError, OSError, ValueError):
        return (0, 0, 0)
