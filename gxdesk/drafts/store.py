"""The library of drafts: one SQLite file that holds every report she ever wrote, with all that can be undone.

What crosses this module: `Report` and `History` as they are, and a draft's number in the library. `save` is given the whole report and
the whole history and writes the rows that changed, in one transaction, so that it can be called at every pause of the keys.

Every method raises LibraryError, with a sentence for the officer, when the world refuses (disk full, file locked, read-only or damaged);
the library then holds what it held before, and the same call can be made again. A draft number that does not exist is a KeyError. Texts
come back exactly as given, to the last lone surrogate and NUL. A store belongs to the thread that opened it.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gxdesk.drafts.file import LibraryFile
from gxdesk.drafts.moments import Kind, Moment, Moments
from gxdesk.drafts.rows import TEXT, data_of, difference, heading, json_of, parts_from, parts_of, splices_from, splices_of, time_from
from gxdesk.errors import LibraryError
from gxdesk.history import History, Step
from gxdesk.report import BESIDE, Report

# The undo of a year's work: a report is some 200 cells and a few pages, typed in bursts, so that 5,000 steps are several reports' worth.
# Without an end a library grows with every correction and opening a report gets slower each year; nobody walks back further than this.
MAX_STEPS = 5_000
OPEN = "open_draft"  # the setting that names the draft on the screen
EARLIER_DEADLINE = "earlier_deadline"  # the setting: month and day by which her place asks for the report
NONE = 0  # the `last_year` of a draft that is to have none


@dataclass(frozen=True)
class Draft:
    """A report as it lies in the library. `place` is where the caret was; times are seconds since the epoch."""

    id: int
    report: Report
    history: History
    place: str
    created: float
    modified: float
    exported_at: float | None


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A line of the start page. `progress` is what `save` was given; `deleted_at` is set for a draft in the bin. `rewritten`: what is printed
    of it changed since it was exported. `sample`: of a copy of an example the agency it came with."""

    id: int
    year: int | None
    form: str
    agency: str
    created: float
    modified: float
    progress: str
    exported_at: float | None
    exported_what: str
    deleted_at: float | None
    rewritten: bool = False
    sample: str = ""

    @property
    def is_sample(self) -> bool:
        """Whether it is a copy of an example that was given no name of its own."""
        return bool(self.sample) and self.agency == self.sample

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """From a row of the file with these columns. Raises ValueError."""
        summary = cls(*row)
        for seconds in (summary.created, summary.modified, summary.exported_at, summary.deleted_at):
            if seconds is not None:
                time_from(seconds)
        return summary


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the file holds of a draft, in the objects the caller knows it by: `history.steps[i]` for i in `span` is row `first + i`."""

    report: Report
    history: History
    first: int
    span: range
    place: str
    progress: str
    created: float
    modified: float


class DraftStore:
    """The library file, open for this program alone. Made by `open`."""

    def __init__(self, file: LibraryFile, clock: Callable[[], float] = time.time) -> None:
        self.file = file
        self.moments = Moments(file, clock)
        self._clock = clock
        self._begun = False
        self._kept: dict[int, _Kept] = {}

    @classmethod
    def open(cls, path: Path, clock: Callable[[], float] = time.time) -> Self:
        """Open the library at `path`, made with its folder if it is not there. Raises LibraryError; see `LibraryFile.open`."""
        return cls(LibraryFile.open(path), clock)

    @classmethod
    def look(cls, path: Path, read_only: str) -> Self:
        """The library as it is now, though another program has it open. Whatever would write raises LibraryError(read_only)."""
        return cls(LibraryFile.look(path, read_only))

    @property
    def path(self) -> Path:
        return self.file.called

    @property
    def read_only(self) -> str:
        """Why nothing can be written; empty as a rule."""
        return self.file.read_only

    def close(self) -> None:
        """Give the file back. May be called twice."""
        if self._begun:
            with suppress(LibraryError):
                self.end()
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- what is on the screen --------------------------------------------------------------------------------------------

    def begin(self, draft_id: int) -> None:
        """The draft is on the screen from now on, until `end` or `close`."""
        self.set_setting(OPEN, draft_id)
        self._begun = True

    def end(self) -> None:
        """No draft is on the screen."""
        self._begun = False
        self.set_setting(OPEN, None)

    def interrupted(self) -> int | None:
        """The draft that was on the screen when the program ended without closing the library; None as a rule."""
        draft_id = None if self._begun else self.setting(OPEN)
        return draft_id if isinstance(draft_id, int) and draft_id.bit_length() < 64 and self._listed(draft_id) else None

    # --- one draft ----------------------------------------------------------------------------------------------------

    def create(self, report: Report) -> int:
        """A new draft holding `report`, without history; returns its number."""
        now = self._clock()
        rows = [(part, key, text) for part, values in parts_of(report) for key, text in values.items()]
        with self.file.transaction() as db:
            cursor = db.execute(
                f"INSERT INTO drafts (form, year, agency, created, modified) VALUES ({TEXT}, ?, {TEXT}, ?, ?)",
                (*heading(report), now, now),
            )
            draft_id = cursor.lastrowid
            assert draft_id is not None  # an INSERT that did not raise has one; this tells mypy
            self._write_slots(draft_id, rows)
        self._kept.pop(draft_id, None)  # a number whose making was taken back may come a second time
        return draft_id

    def load(self, draft_id: int) -> Draft:
        """The draft as it was last saved, also one in the bin."""
        kept = self._read(draft_id)
        self._kept[draft_id] = kept
        (exported_at,) = self._head(draft_id, "exported_at")
        with self.file.whole():
            exported_at = None if exported_at is None else time_from(exported_at)
        return Draft(draft_id, kept.report, kept.history, kept.place, kept.created, kept.modified, exported_at)

    def report(self, draft_id: int) -> Report:
        """Only the report of a draft, as it was last saved."""
        form, year = self._head(draft_id, "form, year")
        slots = self.file.rows("SELECT part, key, text FROM slots WHERE draft = ? ORDER BY id", draft_id)
        with self.file.whole():
            return Report(form, year, **parts_from(slots))

    def save(self, draft_id: int, report: Report, history: History, *, place: str = "", progress: str = "", note: bool = True) -> None:
        """Make the draft hold exactly this. Only rows that differ from what the file holds are written; with none, nothing is.

        `modified` moves when the report or its history did, not with the caret. Of a history longer than `MAX_STEPS` the oldest steps
        are dropped in the file; the caller need not drop them. Every half hour of work becomes a moment, unless `note` is False. The report and its mappings must not be changed after the call.
        """
        kept = self._kept.get(draft_id) or self._read(draft_id)
        written, removed = difference(kept.report, report)
        steps = _StepChanges.between(kept, history)
        position = kept.first + history.position
        edited = bool(written or removed or steps.dropped or steps.added or history.position != kept.history.position)
        edited = edited or (report.form, report.year) != (kept.report.form, kept.report.year)
        modified = self._clock() if edited else kept.modified
        if edited or (place, progress) != (kept.place, kept.progress):
            # Not trusted any more until the commit is through: after a failure the next save asks the file itself what it holds.
            self._kept.pop(draft_id, None)
            with self.file.transaction() as db:
                db.execute(
                    f"UPDATE drafts SET form = {TEXT}, year = ?, agency = {TEXT}, modified = ?, position = ?, place = {TEXT},"
                    f" progress = {TEXT}, rewritten = rewritten OR (? AND exported_at IS NOT NULL) WHERE id = ?",
                    (*heading(report), modified, position, data_of(place), data_of(progress), _reads_otherwise(written, removed), draft_id),
                )
                db.conn.executemany(
                    f"DELETE FROM slots WHERE draft = ? AND part = ? AND key = {TEXT}",
                    [(draft_id, part, data_of(key)) for part, key in removed],
                )
                self._write_slots(draft_id, written)
                self._write_steps(draft_id, kept.first, history, steps)
                if note and edited and self.moments.work_due(draft_id):
                    self.moments.note(draft_id, Kind.WORKED, report)
        self._kept[draft_id] = _Kept(report, history, kept.first, steps.span, place, progress, kept.created, modified)

    def delete(self, draft_id: int) -> None:
        """Put the draft into the bin. Nothing of it is lost, and saving to it goes on working."""
        self._set(draft_id, "deleted_at = ?", self._clock())

    def undelete(self, draft_id: int) -> None:
        """Take the draft out of the bin."""
        self._set(draft_id, "deleted_at = ?", None)

    def note_export(self, draft_id: int, report: Report, what: str) -> None:
        """Remember that the draft was exported just now, as `report`, which may be no longer what is saved; `what` says what came out ("PDF")."""
        rewritten = _reads_otherwise(*difference(report, self.report(draft_id)))
        with self.file.transaction():
            self._set(draft_id, f"exported_at = ?, exported_what = {TEXT}, rewritten = ?", self._clock(), data_of(what), rewritten)
            self.moments.note(draft_id, Kind.EXPORTED, report, what)

    def take_in(self, report: Report, what: str, *, before: Report | None = None, progress: str = "", sample: bool = False) -> int:
        """A new draft that holds what was imported; it and what stood there `before`, if anything, become moments. `sample`: it is an example.
        Returns its number."""
        with self.file.transaction():
            draft_id = self.create(before or report)
            if sample:
                self._set(draft_id, "sample = agency")
            if before is not None:
                self.moments.note(draft_id, Kind.BEFORE_IMPORT, before, what)
            self.save(draft_id, report, History(), progress=progress, note=False)
            self.moments.note(draft_id, Kind.IMPORTED, report, what)
        self._kept.pop(draft_id, None)  # it was saved before it was committed
        return draft_id

    def create_like(self, draft_id: int, report: Report) -> int:
        """A new draft holding `report`, an example if the other is one; returns its number."""
        with self.file.transaction():
            made = self.create(report)
            self._set(made, "sample = (SELECT sample FROM drafts WHERE id = ?)", draft_id)
        return made

    def adopt(self, draft: Draft, summary: DraftSummary, moments: Iterable[tuple[Moment, Report]]) -> int:
        """A draft of another library with all that belongs to it, as a new one here; returns its number here."""
        with self.file.transaction():
            draft_id = self.create(draft.report)
            for moment, report in moments:
                self.moments.keep(draft_id, moment, report)
            self.save(draft_id, draft.report, draft.history, place=draft.place, progress=summary.progress, note=False)
            self.stamp(draft_id, summary)
        return draft_id

    def stamp(self, draft_id: int, summary: DraftSummary) -> None:
        """Give a draft what else is known of it in another library: when it was made, changed, exported, put into the bin; whether it is an example."""
        with self.file.transaction() as db:
            db.execute(
                f"UPDATE drafts SET created = ?, modified = ?, exported_at = ?, exported_what = {TEXT}, deleted_at = ?, rewritten = ?, sample = {TEXT} WHERE id = ?",
                (
                    summary.created, summary.modified, summary.exported_at, data_of(summary.exported_what), summary.deleted_at,
                    bool(summary.rewritten), data_of(summary.sample), draft_id,
                ),
            )
        self._kept.pop(draft_id, None)

    # --- all drafts ---------------------------------------------------------------------------------------------------

    def drafts(self, deleted: bool = False) -> list[DraftSummary]:
        """All drafts, or all in the bin: latest report year first (without a year last), then the one worked on last."""
        rows = self.file.rows(
            "SELECT id, year, form, agency, created, modified, progress, exported_at, exported_what, deleted_at, rewritten, sample FROM drafts"
            f" WHERE deleted_at IS {'NOT ' if deleted else ''}NULL ORDER BY year DESC, modified DESC, id DESC"
        )
        with self.file.whole():
            return [DraftSummary.of(row) for row in rows]

    def last_year_of(self, draft_id: int) -> int | None:
        """The draft that is last year's report of this one: what was settled, else that of the year before under the same name, of several
        the one worked on last. None if there is none, or she wants none.

        Never another agency's, nor one of nobody knows whom, without her word: its figures would be held against this one.
        """
        (year, agency), settled = self._head(draft_id, "year, agency"), self.settled_last_year(draft_id)
        if settled is not None and (settled == NONE or self._listed(settled)):
            return settled or None
        if year is None:
            return None
        before = self.file.rows("SELECT id, agency FROM drafts WHERE deleted_at IS NULL AND year = ? ORDER BY modified DESC, id DESC", year - 1)
        return next((number for number, name in before if name == agency), None)

    def settled_last_year(self, draft_id: int) -> int | None:
        """The draft that was settled on as last year's report of this one, `NONE` if none at all was; None while nothing is settled."""
        (settled,) = self._head(draft_id, "last_year")
        with self.file.whole():
            if settled is not None and not isinstance(settled, int):
                raise ValueError(settled)
            return settled

    def settle_last_year(self, draft_id: int, last: int | None) -> None:
        """From now on this draft is last year's report of the other, whatever either is called; None for none at all."""
        self._set(draft_id, "last_year = ?", last or NONE)

    def settle_alike(self, other: "DraftStore", numbers: Mapping[int, int]) -> None:
        """Settle here what is settled in another library and not yet here. `numbers`: those of the same drafts there and here."""
        for there, here in numbers.items():
            last = other.settled_last_year(there)
            if last is not None and self.settled_last_year(here) is None and (last == NONE or last in numbers):
                self.settle_last_year(here, numbers.get(last))

    # --- what is asked once -------------------------------------------------------------------------------------------

    def agency(self) -> dict[str, str]:
        """The agency's data for the next new report; empty before they were given."""
        return dict(self.file.rows("SELECT key, text FROM agency ORDER BY rowid"))

    def set_agency(self, values: Mapping[str, str]) -> None:
        """Replace the agency's data."""
        with self.file.transaction() as db:
            db.execute("DELETE FROM agency")
            db.conn.executemany(
                f"INSERT INTO agency (key, text) VALUES ({TEXT}, {TEXT})", [(data_of(key), data_of(text)) for key, text in values.items()]
            )

    def setting(self, key: str, default: Any = None) -> Any:
        """What `set_setting` was last given under `key`: a value of JSON."""
        found = self.file.rows("SELECT value FROM settings WHERE key = ?", key)
        with self.file.whole():
            return json.loads(found[0][0]) if found else default

    def set_setting(self, key: str, value: Any) -> None:
        """Remember a value of JSON under `key`."""
        with self.file.transaction() as db:
            db.execute(
                f"INSERT INTO settings (key, value) VALUES (?, {TEXT}) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, data_of(json_of(value))),
            )

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _head(self, draft_id: int, columns: str) -> Any:
        found = self.file.rows(f"SELECT {columns} FROM drafts WHERE id = ?", draft_id)
        if not found:
            raise KeyError(draft_id)
        return found[0]

    def _listed(self, draft_id: int) -> bool:
        """Whether there is such a draft, and not in the bin."""
        return bool(self.file.rows("SELECT 1 FROM drafts WHERE id = ? AND deleted_at IS NULL", draft_id))

    def _set(self, draft_id: int, assignments: str, *values: Any) -> None:
        with self.file.transaction() as db:
            if db.execute(f"UPDATE drafts SET {assignments} WHERE id = ?", (*values, draft_id)).rowcount != 1:
                raise KeyError(draft_id)

    def _write_slots(self, draft_id: int, rows: Iterable[tuple[str, str, str]]) -> None:
        self.file.db.conn.executemany(
            f"INSERT INTO slots (draft, part, key, text) VALUES (?, ?, {TEXT}, {TEXT}) ON CONFLICT (draft, part, key) DO UPDATE SET text = excluded.text",
            [(draft_id, part, data_of(key), data_of(text)) for part, key, text in rows],
        )

    def _write_steps(self, draft_id: int, first: int, history: History, changes: "_StepChanges") -> None:
        for rows in changes.dropped:
            self.file.db.execute(
                "DELETE FROM steps WHERE draft = ? AND number >= ? AND number < ?", (draft_id, first + rows.start, first + rows.stop)
            )
        for rows in changes.added:
            steps = zip(rows, history.steps[rows.start : rows.stop], strict=True)
            self.file.db.conn.executemany(
                f"INSERT INTO steps (draft, number, time, label, splices) VALUES (?, ?, ?, {TEXT}, {TEXT})",
                [(draft_id, first + i, step.time, data_of(step.label), splices_of(step)) for i, step in steps],
            )

    def _read(self, draft_id: int) -> _Kept:
        report = self.report(draft_id)
        position, place, progress, created, modified = self._head(draft_id, "position, place, progress, created, modified")
        rows = self.file.rows("SELECT number, time, label, splices FROM steps WHERE draft = ? ORDER BY number", draft_id)
        first = rows[0][0] if rows else position
        with self.file.whole():
            steps = tuple(Step(splices_from(splices), label, when) for _, when, label, splices in rows)
            if [number for number, *_ in rows] != list(range(first, first + len(rows))) or not first <= position <= first + len(rows):
                raise ValueError(position)
            created, modified = time_from(created), time_from(modified)
        return _Kept(report, History(steps, position - first), first, range(len(rows)), place, progress, created, modified)


# --- what differs ------------------------------------------------------------------------------------------------------


def _reads_otherwise(written: Iterable[tuple[str, str, str]], removed: Iterable[tuple[str, str]]) -> bool:
    """Whether such changes can be seen in what is printed."""
    return any(part not in BESIDE for part, *_ in (*written, *removed))


@dataclass(frozen=True, slots=True)
class _StepChanges:
    """What to do about the rows of steps: the old indices to drop, the new ones to add, and all that are there then."""

    span: range
    dropped: tuple[range, ...]
    added: tuple[range, ...]

    @classmethod
    def between(cls, kept: _Kept, history: History) -> Self:
        span = _window(history)
        same = _common(kept.history.steps, history.steps)
        stays = range(max(kept.span.start, span.start), min(kept.span.stop, span.stop, same))
        return cls(span, _without(kept.span, stays), _without(span, stays))


def _without(whole: range, part: range) -> tuple[range, ...]:
    """What is left of `whole` before and after `part`, which lies within it or is empty."""
    rest = (range(whole.start, part.start), range(part.stop, whole.stop)) if part else (whole,)
    return tuple(r for r in rest if r)


def _window(history: History) -> range:
    """Which steps are kept: all, or `MAX_STEPS` around the position, from which undo and redo still lead on without a gap."""
    count = len(history.steps)
    start = min(history.position, max(0, count - MAX_STEPS))
    return range(start, min(count, start + MAX_STEPS))


def _common(old: Sequence[Step], new: Sequence[Step]) -> int:
    """How many steps both begin with. As a rule `new` is `old` and a step more; comparing tuples of the same objects is microseconds."""
    shortest = min(len(old), len(new))
    if old is new or old[:shortest] == new[:shortest]:
        return shortest
    return next(i for i in range(shortest) if old[i] is not new[i] and old[i] != new[i])


