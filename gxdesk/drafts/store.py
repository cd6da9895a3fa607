"""The library of drafts: one SQLite file that holds every report she ever wrote, with all that can be undone.

What crosses this module: `Report` and `History` as they are, and a draft's number in the library. `save` is given the whole report and
the whole history and writes the rows that changed, in one transaction, so that it can be called at every pause of the keys.

Every method raises LibraryError, with a sentence for the officer, when the world refuses (disk full, file locked, read-only or damaged);
the library then holds what it held before, and the same call can be made again. A draft number that does not exist is a KeyError. Texts
come back exactly as given, to the last lone surrogate and NUL. A store belongs to the thread that opened it.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from gxdesk import files
from gxdesk.cells import CellRef
from gxdesk.drafts import migrations
from gxdesk.errors import LibraryError
from gxdesk.history import History, Splice, Step
from gxdesk.report import PARTS, Report, Slot

if TYPE_CHECKING:
    from sqlite_utils import Database

# The undo of a year's work: a report is some 200 cells and a few pages, typed in bursts, so that 5,000 steps are several reports' worth.
# Without an end a library grows with every correction and opening a report gets slower each year; nobody walks back further than this.
MAX_STEPS = 5_000
BUSY_SECONDS = 1.0  # a virus scanner lets go within this; another gxdesk does not, and she should not wait to be told
CHECK_ALWAYS_BYTES = 8_000_000  # up to this size the file is checked at every opening: a few ms, and far more than one agency's reports
EXTRA = "extra"  # the `part` under which `Report.extra` is kept, its values as JSON


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
    """A line of the start page. `progress` is what `save` was given; `deleted_at` is set for a draft in the bin."""

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

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._file = _identity(path)
        self._kept: dict[int, _Kept] = {}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the library at `path`, made with its folder if it is not there, and bring it to this version's shape.

        Raises LibraryError if that cannot be. A file that is damaged, of a newer version or no library at all is left as it is, but that
        SQLite itself puts into place what was committed before a kill.
        """
        path = path.absolute()
        try:
            if path.is_dir():
                raise LibraryError(f"“{path}”是一个文件夹，报告库应当是一个文件。请换一个文件名。")
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise LibraryError(f"“{path.parent}”当中有一段是文件，不是文件夹，放不了报告库。请换一个位置。") from error
        except OSError as error:
            raise LibraryError(files.refusal(error, path)) from error
        return cls(_connected(path), path)

    def close(self) -> None:
        """Give the file back. May be called twice."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- one draft ----------------------------------------------------------------------------------------------------

    def create(self, report: Report) -> int:
        """A new draft holding `report`, without history; returns its number."""
        now = time.time()
        rows = [(part, key, text) for part, values in _parts(report) for key, text in values.items()]
        with self._transaction() as db:
            cursor = db.execute(
                f"INSERT INTO drafts (form, year, agency, created, modified) VALUES ({_TEXT}, ?, {_TEXT}, ?, ?)",
                (*_heading(report), now, now),
            )
            draft_id = cursor.lastrowid
            assert draft_id is not None  # an INSERT that did not raise has one; this tells mypy
            self._write_slots(draft_id, rows)
        return draft_id

    def load(self, draft_id: int) -> Draft:
        """The draft as it was last saved, also one in the bin."""
        kept = self._read(draft_id)
        self._kept[draft_id] = kept
        (exported_at,) = self._head(draft_id, "exported_at")
        return Draft(draft_id, kept.report, kept.history, kept.place, kept.created, kept.modified, exported_at)

    def save(self, draft_id: int, report: Report, history: History, *, place: str = "", progress: str = "") -> None:
        """Make the draft hold exactly this. Only rows that differ from what the file holds are written; with none, nothing is.

        `modified` moves when the report or its history did, not with the caret. Of a history longer than `MAX_STEPS` the oldest steps
        are dropped in the file; the caller need not drop them. The report and its mappings must not be changed after the call.
        """
        kept = self._kept.get(draft_id) or self._read(draft_id)
        written, removed = _difference(kept.report, report)
        steps = _StepChanges.between(kept, history)
        position = kept.first + history.position
        edited = bool(written or removed or steps.dropped or steps.added or history.position != kept.history.position)
        edited = edited or (report.form, report.year) != (kept.report.form, kept.report.year)
        modified = time.time() if edited else kept.modified
        if edited or (place, progress) != (kept.place, kept.progress):
            # Not trusted any more until the commit is through: after a failure the next save asks the file itself what it holds.
            self._kept.pop(draft_id, None)
            with self._transaction() as db:
                db.execute(
                    f"UPDATE drafts SET form = {_TEXT}, year = ?, agency = {_TEXT}, modified = ?, position = ?, place = {_TEXT},"
                    f" progress = {_TEXT} WHERE id = ?",
                    (*_heading(report), modified, position, _bytes(place), _bytes(progress), draft_id),
                )
                db.conn.executemany(
                    f"DELETE FROM slots WHERE draft = ? AND part = ? AND key = {_TEXT}",
                    [(draft_id, part, _bytes(key)) for part, key in removed],
                )
                self._write_slots(draft_id, written)
                self._write_steps(draft_id, kept.first, history, steps)
        self._kept[draft_id] = _Kept(report, history, kept.first, steps.span, place, progress, kept.created, modified)

    def delete(self, draft_id: int) -> None:
        """Put the draft into the bin. Nothing of it is lost, and saving to it goes on working."""
        self._set(draft_id, "deleted_at = ?", time.time())

    def undelete(self, draft_id: int) -> None:
        """Take the draft out of the bin."""
        self._set(draft_id, "deleted_at = ?", None)

    def note_export(self, draft_id: int, what: str) -> None:
        """Remember that the draft was exported just now; `what` says what came out ("PDF")."""
        self._set(draft_id, f"exported_at = ?, exported_what = {_TEXT}", time.time(), _bytes(what))

    # --- all drafts ---------------------------------------------------------------------------------------------------

    def drafts(self, deleted: bool = False) -> list[DraftSummary]:
        """All drafts, or all in the bin: latest report year first (without a year last), then the one worked on last."""
        rows = self._rows(
            "SELECT id, year, form, agency, created, modified, progress, exported_at, exported_what, deleted_at FROM drafts"
            f" WHERE deleted_at IS {'NOT ' if deleted else ''}NULL ORDER BY year DESC, modified DESC, id DESC"
        )
        return [DraftSummary(*row) for row in rows]

    def last_year_of(self, draft_id: int) -> Report | None:
        """The report of the year before by the same agency, else one where either agency has no name yet; of several the one worked on last.

        Never another agency's: its figures would be held against this one. None if there is none.
        """
        year, agency = self._head(draft_id, "year, agency")
        if year is None:
            return None
        found = self._rows("SELECT id, agency FROM drafts WHERE deleted_at IS NULL AND year = ? ORDER BY modified DESC, id DESC", year - 1)
        fitting = [number for number, name in found if name == agency] or [number for number, name in found if not (name and agency)]
        return self._read(fitting[0]).report if fitting else None

    # --- what is asked once -------------------------------------------------------------------------------------------

    def agency(self) -> dict[str, str]:
        """The agency's data for the next new report; empty before they were given."""
        return dict(self._rows("SELECT key, text FROM agency ORDER BY rowid"))

    def set_agency(self, values: Mapping[str, str]) -> None:
        """Replace the agency's data."""
        with self._transaction() as db:
            db.execute("DELETE FROM agency")
            db.conn.executemany(
                f"INSERT INTO agency (key, text) VALUES ({_TEXT}, {_TEXT})", [(_bytes(key), _bytes(text)) for key, text in values.items()]
            )

    def setting(self, key: str, default: Any = None) -> Any:
        """What `set_setting` was last given under `key`: a value of JSON."""
        found = self._rows("SELECT value FROM settings WHERE key = ?", key)
        with _whole(self.path):
            return json.loads(found[0][0]) if found else default

    def set_setting(self, key: str, value: Any) -> None:
        """Remember a value of JSON under `key`."""
        with self._transaction() as db:
            db.execute(
                f"INSERT INTO settings (key, value) VALUES (?, {_TEXT}) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, _bytes(_json(value))),
            )

    # --- rows ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _db(self) -> "Database":
        """For writing. Reading the start page's list must not wait for the import."""
        from sqlite_utils import Database

        return Database(self._connection, execute_plugins=False, recursive_triggers=False)

    def _stay(self) -> None:
        """See that the file is still the one that was opened.

        A cleaning tool or a sync folder may have moved or deleted it under us; writing would then succeed into nowhere. What SQLite still
        holds open is put back in its place. Where another file stands there now, that is not touched: LibraryError.
        """
        there = _identity(self.path)
        if there == self._file:
            return
        if there is not None and self._file is not None:
            raise LibraryError(_REPLACED.format(path=self.path))
        if self._file is not None:
            self._put_back()
        self._connection = _connected(self.path)
        self._file = _identity(self.path)

    def _put_back(self) -> None:
        """Write the whole library anew at its path, and let go of the vanished one."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            with closing(sqlite3.connect(fresh)) as copy:
                self._connection.backup(copy)
            fresh.replace(self.path)
        except OSError as error:
            raise LibraryError(files.refusal(error, self.path)) from error
        self._connection.close()  # takes the vanished file's `-wal` with it
        self.__dict__.pop("_db", None)
        self._file = None

    @contextmanager
    def _transaction(self) -> Iterator["Database"]:
        with _explained(self.path):
            self._stay()
        with _explained(self.path), self._db.atomic():
            yield self._db
        _settle(self._connection)

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with _explained(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _head(self, draft_id: int, columns: str) -> Any:
        found = self._rows(f"SELECT {columns} FROM drafts WHERE id = ?", draft_id)
        if not found:
            raise KeyError(draft_id)
        return found[0]

    def _set(self, draft_id: int, assignments: str, *values: Any) -> None:
        with self._transaction() as db:
            if db.execute(f"UPDATE drafts SET {assignments} WHERE id = ?", (*values, draft_id)).rowcount != 1:
                raise KeyError(draft_id)

    def _write_slots(self, draft_id: int, rows: Iterable[tuple[str, str, str]]) -> None:
        self._db.conn.executemany(
            f"INSERT INTO slots (draft, part, key, text) VALUES (?, ?, {_TEXT}, {_TEXT}) ON CONFLICT (draft, part, key) DO UPDATE SET text = excluded.text",
            [(draft_id, part, _bytes(key), _bytes(text)) for part, key, text in rows],
        )

    def _write_steps(self, draft_id: int, first: int, history: History, changes: "_StepChanges") -> None:
        for rows in changes.dropped:
            self._db.execute(
                "DELETE FROM steps WHERE draft = ? AND number >= ? AND number < ?", (draft_id, first + rows.start, first + rows.stop)
            )
        for rows in changes.added:
            steps = zip(rows, history.steps[rows.start : rows.stop], strict=True)
            self._db.conn.executemany(
                f"INSERT INTO steps (draft, number, time, label, splices) VALUES (?, ?, ?, {_TEXT}, {_TEXT})",
                [(draft_id, first + i, step.time, _bytes(step.label), _splices(step)) for i, step in steps],
            )

    def _read(self, draft_id: int) -> _Kept:
        form, year, position, place, progress, created, modified = self._head(
            draft_id, "form, year, position, place, progress, created, modified"
        )
        slots = self._rows("SELECT part, key, text FROM slots WHERE draft = ? ORDER BY id", draft_id)
        rows = self._rows("SELECT number, time, label, splices FROM steps WHERE draft = ? ORDER BY number", draft_id)
        first = rows[0][0] if rows else position
        with _whole(self.path):
            report = Report(form, year, **_parts_from(slots))
            steps = tuple(Step(_splices_from(splices), label, when) for _, when, label, splices in rows)
            if [number for number, *_ in rows] != list(range(first, first + len(rows))) or not first <= position <= first + len(rows):
                raise ValueError(position)
        return _Kept(report, History(steps, position - first), first, range(len(rows)), place, progress, created, modified)


# --- opening ----------------------------------------------------------------------------------------------------------


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at `path`; None if there is none, or the drive cannot be asked."""
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to the library at `path`, brought to this version's shape."""
    with _explained(path):
        check = _wants_check(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
        try:
            _prepare(connection, path, check)
        except BaseException:
            connection.close()
            raise
        return connection


def _settle(connection: sqlite3.Connection) -> None:
    """Move what was committed from the log into the file, and empty the log.

    A log left by a kill beside a file that somebody then replaces by a backup would be played into that backup and spoil it; and a copy
    of the file alone would lack what stands in the log. Where it fails nothing is lost: the log stays, and the next save tries again.
    """
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _wants_check(path: Path) -> bool:
    """Whether to have SQLite read the whole file: if it is small, or was not closed properly.

    The last to close a file in WAL mode removes the `-wal` beside it. One that is still there was left by a kill or a power cut, or holds
    what a program that is running has written.
    """
    try:
        wal = path.with_name(f"{path.name}-wal")
        return path.stat().st_size <= CHECK_ALWAYS_BYTES or wal.exists()
    except OSError:  # there is none yet, or SQLite will say what is wrong with it
        return False


def _prepare(connection: sqlite3.Connection, path: Path, check: bool) -> None:
    # "surrogatepass" both ways: half of a surrogate pair is no valid Unicode, but it was typed, and a save must not fail for it.
    connection.text_factory = lambda data: data.decode("utf-8", "surrogatepass")
    # Held by one program alone: a second window would not see what the first writes, and the rows to write are found by what this store
    # wrote before. It also lets WAL work on a network drive, where there is no memory to share. The system lets go when the process ends,
    # however it ends.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA foreign_keys = ON")
    # NORMAL would survive kill -9 as well, for what was written lies with the system; but a power cut would take all since the last
    # checkpoint, which in a day of typing is hours. FULL makes every commit one fsync: at most one a second.
    connection.execute("PRAGMA synchronous = FULL")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != migrations.APPLICATION_ID and (application or connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table'").fetchone()):
        raise LibraryError(_NO_LIBRARY.format(path=path))
    if migrations.written_by_newer(connection):
        raise LibraryError(f"报告库“{path}”是更新版本的 gxdesk 写的，这一版打不开，也没有改动它。请安装新版的 gxdesk 再打开。")
    if check and [row[0] for row in connection.execute("PRAGMA quick_check(1)")] != ["ok"]:
        raise LibraryError(_DAMAGED.format(path=path))
    level, connection.isolation_level = connection.isolation_level, None  # no transaction of Python's around these
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("BEGIN IMMEDIATE")  # a file that cannot be written is told of now, not after the first page of typing
        connection.execute("ROLLBACK")
    finally:
        connection.isolation_level = level
    migrations.bring_up_to_date(connection)
    _settle(connection)


# --- what differs -----------------------------------------------------------------------------------------------------


def _parts(report: Report) -> list[tuple[str, Mapping[str, str]]]:
    """The parts as they are kept: `extra` becomes texts of JSON, so that 1 and true differ and one changed key is one changed row."""
    try:
        extra = {key: _json(value) for key, value in report.extra.items()}
    except RecursionError as error:
        raise LibraryError("报告里有 gxdesk 不认识的内容，层层嵌套太深，存不进报告库。请核对这份报告文件是从哪里来的。") from error
    return [*((part, getattr(report, part)) for part in PARTS), (EXTRA, extra)]


def _parts_from(slots: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """`_parts` backwards, from (part, key, text). Raises ValueError."""
    parts: dict[str, dict[str, Any]] = {part: {} for part in (*PARTS, EXTRA)}
    for part, key, text in slots:
        if part not in parts:
            raise ValueError(part)
        parts[part][CellRef(key) if part == "cells" else key] = json.loads(text) if part == EXTRA else text
    return parts


def _difference(old: Report, new: Report) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """The slots to write (part, key, text) and the slots to remove (part, key) to make the one into the other."""
    if old.extra is new.extra:  # nobody edits it, and it may be long
        old, new = replace(old, extra={}), replace(new, extra={})
    written: list[tuple[str, str, str]] = []
    removed: list[tuple[str, str]] = []
    for (part, before), (_, after) in zip(_parts(old), _parts(new), strict=True):
        if before is not after:
            written += [(part, key, text) for key, text in after.items() if before.get(key) != text]
            removed += [(part, key) for key in before if key not in after]
    return written, removed


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


def _heading(report: Report) -> tuple[bytes, int | None, bytes]:
    """form, year and agency as the table of drafts holds them."""
    return _bytes(report.form), report.year, _bytes(report.agency.get("name", "").strip())


# --- values -----------------------------------------------------------------------------------------------------------

_TEXT = "CAST(? AS TEXT)"  # for `_bytes`: text that need not be valid Unicode


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _splices(step: Step) -> bytes:
    return _bytes(_json([[s.slot.part, s.slot.key, s.at, s.removed, s.inserted] for s in step.splices]))


def _splices_from(text: str) -> tuple[Splice, ...]:
    """`_splices` backwards. Raises ValueError."""
    match json.loads(text):
        case [*rows]:
            return tuple(_splice_from(row) for row in rows)
    raise ValueError(text)


def _splice_from(row: Any) -> Splice:
    match row:
        case [part, str(key), int(at), str(removed), str(inserted)] if part in PARTS and at >= 0:
            return Splice(Slot(part, key), at, removed, inserted)
    raise ValueError(row)


# --- refusals ---------------------------------------------------------------------------------------------------------

_NO_LIBRARY = "“{path}”不是 gxdesk 的报告库，程序没有动它。请核对选的文件，或换一个文件名。"
_DAMAGED = "报告库“{path}”损坏了，读不出来。请把它另存一份，再用备份替换它；没有备份就换一个新的报告库。"
_REPLACED = "报告库“{path}”被移走了，原来的位置上现在是另一个文件，程序没有动它。请把那个文件改名或移开，内容会接着存。"
_READ_ONLY = "报告库“{path}”只能读、不能写：文件或它所在的文件夹是只读的，或者没有权限。请去掉“只读”，或换一个能写的文件夹。"
_DISK = "读写报告库“{path}”时磁盘出了错，可能是 U 盘被拔掉、网络断开或磁盘坏了。请检查磁盘后再试。"
_SENTENCES = {
    sqlite3.SQLITE_NOTADB: _NO_LIBRARY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,  # every statement here is a constant that tests have run: a table it does not find was lost
    sqlite3.SQLITE_BUSY: "报告库“{path}”正被另一个程序使用，可能 gxdesk 已经开着一个窗口。请用那个窗口，或关掉那个程序再试。",
    sqlite3.SQLITE_FULL: "磁盘满了，报告库“{path}”写不进去。请清出一些空间再试。",
    sqlite3.SQLITE_TOOBIG: "一段内容太长，报告库“{path}”装不下。请把它删短一些。",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _DISK,
}


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Rows that do not hold what this program writes, as LibraryError."""
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise LibraryError(_DAMAGED.format(path=path)) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the world refuses, as LibraryError. Other errors of SQLite are defects of this program and pass through."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise LibraryError(_DAMAGED.format(path=path)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the part that says where exactly
        sentence = _SENTENCES.get(code)
        if sentence is None:
            raise
        if code == sqlite3.SQLITE_IOERR and path.exists() and not os.access(path, os.W_OK):
            sentence = _READ_ONLY  # a lock for writing on a file opened for reading only is an I/O error to SQLite
        raise LibraryError(sentence.format(path=path)) from error
