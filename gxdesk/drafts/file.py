"""The library as a file: opened for this program alone, kept in its place, written in transactions, and its refusals as sentences.

Every method raises LibraryError, with a sentence for the officer, when the world refuses. What is committed is in the file itself and not in
a log beside it, so that a copy of the file alone is a whole library. A file belongs to the thread that opened it.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote_from_bytes

from gxdesk import files
from gxdesk.drafts import migrations
from gxdesk.errors import BusyError, DamagedError, LibraryError, UserError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from gxdesk.temporary import TemporaryDirectory

BUSY_SECONDS = 1.0  # a virus scanner lets go within this; another gxdesk does not, and she should not wait to be told
CHECK_ALWAYS_BYTES = 8_000_000  # up to this size the file is checked at every opening: a few ms, and far more than one agency's reports
LOOKS, LOOK_SECONDS = 6, 0.1  # at a file that another program goes on writing: a save of hers takes a few ms, at most one a second
MAX_BYTES = 1_000_000_000  # twenty times what ten years of reports take


class LibraryFile:
    """Made by `open`, or by `look` where another program has it open; what `look` made refuses every write with `read_only`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        *,
        called: Path | None = None,
        read_only: str = "",
        folder: "TemporaryDirectory[str] | None" = None,
    ) -> None:
        self.path, self.called, self.read_only = path, called or path, read_only
        self.connection = connection
        self._identity = _identity(path)
        self._cut_off = False  # from the disk: what is open may be dead, though the file is there again
        self._folder = folder  # holds the copy that is looked at, and goes with it

    @classmethod
    def open(cls, path: Path, *, called: Path | None = None) -> Self:
        """Open the library at `path`, made with its folder if it is not there, and bring it to this version's shape.

        Raises LibraryError if that cannot be; its sentence names the file as `called`. A file that is damaged, of a newer version or no
        library at all is left as it is, but that SQLite itself puts into place what was committed before a kill.
        """
        path = path.absolute()
        try:
            if path.is_dir():
                raise LibraryError(f"“{path}”是一个文件夹，报告库应当是一个文件。请换一个文件名。")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # drafts are nobody else's who uses this computer
        except (FileExistsError, NotADirectoryError) as error:
            raise LibraryError(f"“{path.parent}”当中有一段是文件，不是文件夹，放不了报告库。请换一个位置。") from error
        except OSError as error:
            raise LibraryError(files.refusal(error, path)) from error
        return cls(_connected(path, called or path), path, called=called)

    @classmethod
    def look(cls, path: Path, read_only: str) -> Self:
        """The library at `path` as it is now, whoever has it open: a copy of it is read, and nothing is ever written to it."""
        from gxdesk.temporary import TemporaryDirectory  # its import alone takes as long as reading a report

        folder = TemporaryDirectory(prefix="gxdesk-")
        try:
            copy = Path(folder.name, path.name)
            _copy_unchanged(path, copy)
            return cls(_connected(copy, path), copy, called=path, read_only=read_only, folder=folder)
        except BaseException:
            folder.cleanup()
            raise

    def close(self) -> None:
        """Give the file back. May be called twice."""
        self.connection.close()
        if self._folder is not None:
            self._folder.cleanup()

    @cached_property
    def db(self) -> "Database":
        """For writing. Reading the start page's list must not wait for the import."""
        from sqlite_utils import Database

        return Database(self.connection, execute_plugins=False, recursive_triggers=False)

    @contextmanager
    def transaction(self) -> Iterator["Database"]:
        """Everything done in it reaches the file, or nothing. One within another is part of it."""
        if self.read_only:
            raise LibraryError(self.read_only)
        if not self._cut_off and self.connection.in_transaction:
            yield self.db
            return
        with self._on_disk():
            self._stay()
        with self._on_disk(), self.db.atomic():
            yield self.db
        _settle(self.connection)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with self._on_disk():
            self._stay_connected()
            return self.connection.execute(sql, values).fetchall()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Rows that do not hold what this program writes, as DamagedError."""
        try:
            yield
        except (ValueError, TypeError, RecursionError) as error:  # a value of another type stands in a page that was written over
            raise DamagedError(DAMAGED.format(path=self.called)) from error

    def snapshot(self) -> sqlite3.Connection:
        """A consistent copy in memory, which any one thread may use: a slow disk must not hold up the keys."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        copy.text_factory = bytes
        with self._on_disk():
            self._stay_connected()
            self.connection.backup(copy)
        return copy

    # --- how ---

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """What the world refuses, as `explained`; and remembered, where it was the disk itself."""
        try:
            with explained(self.called):
                yield
        except LibraryError as error:
            self._cut_off = self._cut_off or _primary_code(error.__cause__) == sqlite3.SQLITE_IOERR
            raise

    def _stay_connected(self) -> None:
        if self._cut_off:
            self._stay()

    def _stay(self) -> None:
        """See that the file is still the one that was opened.

        A cleaning tool or a sync folder may have moved or deleted it under us; writing would then succeed into nowhere. What SQLite still
        holds open is put back in its place. Where another file stands there now, that is not touched: LibraryError. After an error of the disk
        it is opened anew: a stick that was pulled out and is back is the same file, but what was open of it stays dead.
        """
        there = _identity(self.path)
        if there == self._identity and not self._cut_off:
            return
        if self._identity is not None:
            if there is None:
                self._put_back()
            elif there != self._identity:
                raise LibraryError(_REPLACED.format(path=self.called))
        self._let_go()
        self.connection = _connected(self.path, self.called)
        self._identity, self._cut_off = _identity(self.path), False

    def _put_back(self) -> None:
        """Write the whole library anew at its path, and let go of the vanished one."""
        if self._cut_off:
            raise LibraryError(_DISK.format(path=self.called))
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)  # not what that lies in: it is gone with its disk, or is called otherwise now
            fresh.unlink(missing_ok=True)
            write(self.connection, fresh)
            files.move(fresh, self.path)
        except OSError as error:
            gone = not self.path.parent.is_dir()
            raise LibraryError(_DISK.format(path=self.called) if gone else files.refusal(error, self.path)) from error
        self._let_go()
        self._identity = None

    def _let_go(self) -> None:
        with suppress(sqlite3.Error):
            self.connection.close()  # takes the vanished file's `-wal` with it
        self.__dict__.pop("db", None)


def check(path: Path) -> None:
    """See, without writing anything, that a whole library this version can open lies at `path`, alone, with no log beside it."""
    if not path.is_file():
        raise LibraryError(f"找不到“{path}”。请核对文件名和所在的文件夹。")
    with explained(path), closing(sqlite3.connect(f"{uri(path)}?mode=ro&immutable=1", uri=True)) as connection:
        _check_shape(connection, path)
        _check_pages(connection, path)


def uri(path: PurePath) -> str:
    """A path as SQLite takes it in an address. With every sign spelt out: after a plain `//` it would look for the name of a computer, and refuse a share of one."""
    return f"file:{quote_from_bytes(os.fsencode(path), safe='')}"


def busy(path: Path) -> bool:
    """Whether another program has the library at `path` open. Writes nothing, and waits for nobody."""
    if not path.is_file():
        return False
    try:
        with explained(path), closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except LibraryError as error:
        return isinstance(error, BusyError)
    return False


def unchecked(path: Path) -> LibraryFile:
    """A damaged library, or what claims to be one, for reading row by row what can be read. It must be a copy nobody else uses."""
    with explained(path):
        connection = sqlite3.connect(path)
    connection.text_factory = _text
    return LibraryFile(connection, path)


def write(snapshot: sqlite3.Connection, path: Path) -> None:
    """Put a snapshot into a new file at `path`, fit for a disk that is read-only later, flushed and read back. Raises LibraryError, OSError."""
    with explained(path), closing(sqlite3.connect(path)) as copy:
        snapshot.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        _check_pages(copy, path)
    with path.open("r+b") as f:
        os.fsync(f.fileno())


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at `path`; None if there is none, or the drive cannot be asked."""
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _copy_unchanged(path: Path, copy: Path) -> None:
    """Copy a file that another program may be writing, as it was at one instant. Raises LibraryError.

    It is read until it reads the same twice, a while apart: a stick in FAT32 tells times by two seconds, and what is written within them looks
    unchanged.
    """
    import hashlib  # brings OpenSSL, and the start of the window reads this module

    before = b""
    for look in range(LOOKS):
        if look:
            time.sleep(LOOK_SECONDS)
        try:
            data = files.read_bytes(path, MAX_BYTES)
        except UserError as error:
            raise LibraryError(str(error)) from error
        digest = hashlib.sha256(data).digest()
        if digest == before:
            copy.write_bytes(data)
            with suppress(DamagedError):
                return check(copy)
        before = digest
    raise DamagedError(DAMAGED.format(path=path))


def _connected(path: Path, called: Path) -> sqlite3.Connection:
    """A connection to the library at `path`, brought to this version's shape."""
    with explained(called):
        wanted = _wants_check(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
        try:
            _prepare(connection, called, wanted)
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


def _prepare(connection: sqlite3.Connection, path: Path, wanted: bool) -> None:
    connection.text_factory = _text
    # Held by one program alone: a second window would not see what the first writes, and the rows to write are found by what this store
    # wrote before. It also lets WAL work on a network drive, where there is no memory to share. The system lets go when the process ends,
    # however it ends.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA foreign_keys = ON")
    # NORMAL would survive kill -9 as well, for what was written lies with the system; but a power cut would take all since the last
    # checkpoint, which in a day of typing is hours. FULL makes every commit one fsync: at most one a second.
    connection.execute("PRAGMA synchronous = FULL")
    _check_shape(connection, path)
    if wanted:
        _check_pages(connection, path)
    level, connection.isolation_level = connection.isolation_level, None  # no transaction of Python's around these
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("BEGIN IMMEDIATE")  # a file that cannot be written is told of now, not after the first page of typing
        connection.execute("ROLLBACK")
    finally:
        connection.isolation_level = level
    migrations.bring_up_to_date(connection)
    _settle(connection)


def _text(data: bytes) -> str:
    """Half of a surrogate pair is no valid Unicode, but it was typed, and must come back as it went in."""
    return data.decode("utf-8", "surrogatepass")


def _check_shape(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != migrations.APPLICATION_ID and (application or connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table'").fetchone()):
        raise LibraryError(NO_LIBRARY.format(path=path))
    if migrations.written_by_newer(connection):
        raise LibraryError(f"报告库“{path}”是更新版本的 gxdesk 写的，这一版打不开，也没有改动它。请安装新版的 gxdesk 再打开。")


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    if [row[0] for row in connection.execute("PRAGMA quick_check(1)")] != ["ok"]:
        raise DamagedError(DAMAGED.format(path=path))


# --- refusals ---------------------------------------------------------------------------------------------------------

NO_LIBRARY = "“{path}”不是 gxdesk 的报告库，程序没有动它。请核对选的文件，或换一个文件名。"
DAMAGED = "报告库“{path}”损坏了，读不出来。请把它另存一份，再用备份替换它；没有备份就换一个新的报告库。"
_REPLACED = "报告库“{path}”被移走了，原来的位置上现在是另一个文件，程序没有动它。请把那个文件改名或移开，内容会接着存。"
_READ_ONLY = "报告库“{path}”只能读、不能写：文件或它所在的文件夹是只读的，或者没有权限。请去掉“只读”，或换一个能写的文件夹。"
_DISK = "读写报告库“{path}”时磁盘出了错，可能是 U 盘被拔掉、网络断开或磁盘坏了。请检查磁盘后再试。"
_BUSY = "报告库“{path}”正被另一个程序使用，可能 gxdesk 已经开着一个窗口。请用那个窗口，或关掉那个程序再试。"
_SENTENCES: dict[int, tuple[type[LibraryError], str]] = {
    sqlite3.SQLITE_NOTADB: (LibraryError, NO_LIBRARY),
    sqlite3.SQLITE_CORRUPT: (DamagedError, DAMAGED),
    sqlite3.SQLITE_INTERRUPT: (DamagedError, DAMAGED),  # reading a file from elsewhere took without end
    sqlite3.SQLITE_ERROR: (DamagedError, DAMAGED),  # every statement here is a constant that tests have run: a table it does not find was lost
    sqlite3.SQLITE_BUSY: (BusyError, _BUSY),
    sqlite3.SQLITE_FULL: (LibraryError, "磁盘满了，报告库“{path}”写不进去。请清出一些空间再试。"),
    sqlite3.SQLITE_TOOBIG: (LibraryError, "一段内容太长，报告库“{path}”装不下。请把它删短一些。"),
    sqlite3.SQLITE_READONLY: (LibraryError, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (LibraryError, _READ_ONLY),
    sqlite3.SQLITE_PERM: (LibraryError, _READ_ONLY),
    sqlite3.SQLITE_IOERR: (LibraryError, _DISK),
}


def _primary_code(error: BaseException | None) -> int:
    """Of an error of SQLite, without the part that says where exactly; else 0."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What the world refuses, as LibraryError. Other errors of SQLite are defects of this program and pass through."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise DamagedError(DAMAGED.format(path=path)) from error
    except sqlite3.Error as error:
        code = _primary_code(error)
        kind, sentence = _SENTENCES.get(code, (None, ""))
        if kind is None:
            raise
        if code == sqlite3.SQLITE_IOERR and path.exists() and not os.access(path, os.W_OK):
            sentence = _READ_ONLY  # a lock for writing on a file opened for reading only is an I/O error to SQLite
        raise kind(sentence.format(path=path)) from error
