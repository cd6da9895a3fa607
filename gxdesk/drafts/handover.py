"""交接包: all reports with history, moments, explanations and a note for the successor, in one file that another PC takes in.

It is a library without what belongs to this PC (its settings, but for the day by which her place asks for the report) and without the bin, so
that nothing in it names a place on a disk. One that comes
from elsewhere is never opened where it lies and never trusted: it is copied, must hold tables of ours and nothing that acts by itself, and
every report is read and checked as one of our own before the first is taken in.
"""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from gxdesk import files
from gxdesk.drafts import file
from gxdesk.drafts.file import DAMAGED, LibraryFile, explained
from gxdesk.drafts.rows import TEXT, data_of, json_of
from gxdesk.drafts.store import EARLIER_DEADLINE, DraftStore
from gxdesk.errors import DamagedError, LibraryError, UserError
from gxdesk.temporary import TemporaryDirectory

SUFFIX = ".gxhandover"
MAX_BYTES = 200_000_000  # four times what ten years of reports take
STEPS = 20_000  # groups of 1,000 instructions SQLite may take to read a file from elsewhere: some seconds
_NOTE = "handover_note"


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in: the numbers of the new drafts, how many reports were here already, and the note that came with them."""

    drafts: tuple[int, ...]
    known: int
    note: str


def write(store: DraftStore, path: Path, note: str = "") -> None:
    """Put everything into a package at `path`. Raises LibraryError, and what was there before is then still there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with closing(store.file.snapshot()) as snapshot:
            _strip(snapshot, note)
            part.unlink(missing_ok=True)
            file.write(snapshot, part)
        files.move(part, path)
    except OSError as error:
        raise LibraryError(files.refusal(error, path)) from error
    finally:
        for suffix in ("", "-journal"):
            with suppress(OSError):
                Path(f"{part}{suffix}").unlink(missing_ok=True)


def receive(store: DraftStore, path: Path) -> Received:
    """Take all reports of the package at `path` into the library that are not there yet, or none: LibraryError. The package is only read."""
    with TemporaryDirectory(prefix="gxdesk-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder, "library.gxd")
        try:
            copy.write_bytes(files.read_bytes(path, MAX_BYTES))
        except UserError as error:
            raise LibraryError(str(error)) from error
        except OSError as error:  # there is no room for the copy
            raise LibraryError(files.refusal(error, copy)) from error
        _distrust(copy, path)
        with DraftStore(LibraryFile.open(copy, called=path)) as package:
            _bound(package.file.connection)
            return _take_in(store, package)


def _strip(snapshot: sqlite3.Connection, note: str) -> None:
    binned = "SELECT id FROM drafts WHERE deleted_at IS NOT NULL"
    for table, column in (("slots", "draft"), ("steps", "draft"), ("moments", "draft"), ("drafts", "id")):
        snapshot.execute(f"DELETE FROM {table} WHERE {column} IN ({binned})")
    snapshot.execute("DELETE FROM settings WHERE key != ?", (EARLIER_DEADLINE,))
    snapshot.execute(f"INSERT INTO settings (key, value) VALUES (?, {TEXT})", (_NOTE, data_of(json_of(note))))
    snapshot.commit()
    snapshot.execute("VACUUM")  # what was deleted must not be found in the file's free pages


def _distrust(copy: Path, path: Path) -> None:
    """Refuse a file that is no library, or holds more than tables and indexes: triggers, views and virtual tables would act when it is read."""
    with explained(path), closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        _bound(connection)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        acting = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' OR sql LIKE '%GENERATED%' OR sql LIKE '%CHECK%'"
        ).fetchone()[0]
        if acting or not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'drafts'").fetchone():
            raise LibraryError(f"“{path.name}”不是 gxdesk 的交接包，程序没有读入任何内容。请核对选的文件，或请对方重新做一份。")


def _bound(connection: sqlite3.Connection) -> None:
    """Have SQLite give up on a file that takes without end to read."""
    left = STEPS

    def step() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(step, 1000)


def _take_in(store: DraftStore, package: DraftStore) -> Received:
    coming = [(package.load(summary.id), summary) for summary in package.drafts()]
    note = package.setting(_NOTE, "")
    if not isinstance(note, str):
        raise DamagedError(DAMAGED.format(path=package.path))
    agency = package.agency()
    here = [(store.report(summary.id), summary.id) for summary in store.drafts()]
    numbers: dict[int, int] = {}  # there and here
    new: list[int] = []
    with store.file.transaction():
        for draft, summary in reversed(coming):  # so that what was worked on last is worked on last here too
            found = next((number for report, number in here if report == draft.report), None)
            if found is None:
                unpacked = ((m, package.moments.report(m.id)) for m in reversed(package.moments.of(draft.id)))  # one at a time: a packed MB may be a GB
                new.append(found := store.adopt(draft, summary, unpacked))
            numbers[draft.id] = found
        store.settle_alike(package, numbers)
        if agency and not store.agency():
            store.set_agency(agency)
        if store.setting(EARLIER_DEADLINE, None) is None and (day := package.setting(EARLIER_DEADLINE, None)) is not None:
            store.set_setting(EARLIER_DEADLINE, day)
    return Received(tuple(new), len(coming) - len(new), note)
