"""Reading and replacing files so that nothing is half written, and the operating system's refusals as sentences.

`replace` is the only way a finished file reaches its name: written beside it, flushed to disk, checked by the caller, then moved.
"""

import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gxdesk.errors import ExportError, UserError

HELD = (5, 32, 33)  # what Windows answers while another program has the file: access denied, sharing violation, lock violation
HELD_SECONDS = 4.0  # a virus scanner reads a file that was just written, and lets go within two or so
NAME_BYTES = 240  # of 255 that file systems allow, leaving room for “(2)”
LONG = 240  # characters of a path from which on Windows wants to be told that it is meant; 260 less what is appended to names


def refusal(error: OSError, path: Path) -> str:
    """What went wrong with `path`, as a sentence that says what to do."""
    name = path.name or str(path.absolute())
    if isinstance(error, IsADirectoryError):
        return f"“{name}”是一个文件夹，不是文件。请换一个文件名。"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"找不到“{path}”。请核对文件名和所在的文件夹。"
    if error.errno == errno.ENOSPC or error.errno == getattr(errno, "EDQUOT", None):
        return f"磁盘满了，“{name}”没有写成。请清出一些空间再试，或换一个磁盘。"
    if error.errno == errno.EFBIG:
        return f"“{name}”超过了这个磁盘允许的文件大小，没有写成。请换一个磁盘。"
    if error.errno == errno.EROFS:
        return f"“{path.parent}”是只读的，不能往里写。请换一个文件夹。"
    if error.errno == errno.ENAMETOOLONG:
        return f"文件名太长了：“{name[:30]}…”。请换一个短一些的名字或文件夹。"
    if isinstance(error, PermissionError | FileExistsError) and path.is_dir():
        return f"文件夹“{path}”不许往里写。请换一个文件夹，或请管理员放开它的写入权限。"
    if isinstance(error, PermissionError | FileExistsError):  # the second of `temporary`
        return f"“{name}”不能读写：可能正被别的程序（如 PDF 阅读器）打开，或者这个文件夹不许改动。请关掉那个程序，或换一个名字、换一个文件夹再试。"
    return f"“{name}”读写出错（{errno.errorcode.get(error.errno or 0, type(error).__name__)}），可能是磁盘坏了、U 盘被拔掉或网络断开。请检查磁盘，或换一个位置再试。"


_FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "_")


def portable(text: str, most: int = NAME_BYTES) -> str:
    """`text` as part of a file name on Windows, macOS and Linux, in at most `most` bytes of UTF-8.

    What cannot be seen is left out: a line break would end the name, and a mark that turns the direction of writing would disguise its ending.
    """
    seen = "".join(" " if c.isspace() else c for c in text.translate(_FORBIDDEN) if c.isspace() or c.isprintable())
    return seen.strip(" .").encode()[: max(0, most)].decode(errors="ignore").rstrip(" .")


def reachable(path: Path) -> Path:
    """`path` so that Windows opens it also where it is longer than 260 characters."""
    return Path(extended(str(path.absolute()))) if os.name == "nt" else path


def extended(path: str) -> str:
    """An absolute Windows path in the spelling that has no limit, if it needs one."""
    if len(path) < LONG or path.startswith("\\\\?\\"):
        return path
    return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path


def move(source: Path, target: Path) -> None:
    """Put a finished file in the place of another in one step, waiting for whoever holds one of them. Raises OSError."""
    until = time.monotonic() + HELD_SECONDS
    while True:
        try:
            source.replace(target)
            break
        except PermissionError as error:
            if getattr(error, "winerror", None) not in HELD or time.monotonic() > until:
                raise
        time.sleep(0.1)
    settle(target.parent)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk itself, so that a power cut takes none of them back. Windows and its sticks need no telling."""
    if os.name == "posix":
        with suppress(OSError):  # a network drive may refuse; what is in the files is flushed all the same
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes. Raises UserError."""
    there = reachable(path)
    if there.exists() and not (there.is_file() or there.is_dir()):  # a pipe or a device: reading it may never end
        raise UserError(f"“{path}”不是普通文件，读不了。请核对文件名。")
    try:
        with there.open("rb") as f:
            data = f.read(limit + 1)
    except OSError as error:
        told = IsADirectoryError() if there.is_dir() else error  # of a folder Windows says that access is denied
        raise UserError(refusal(told, path)) from error
    if len(data) > limit:
        raise UserError(f"“{path.name}”超过 {limit // 1_000_000} MB，不像一份报告文件。请核对选的是不是这个文件。")
    return data


def replace(path: Path, data: bytes, check: Callable[[Path], None] = lambda _: None) -> None:
    """Put `data` at `path`. `check` sees the written temporary file first; what it raises leaves the old file as it was. Raises ExportError.

    A link stays one: the file it points to is replaced. Who may read and write a file stays as it was.
    """
    from gxdesk.temporary import mkstemp  # its import alone takes as long as reading a report

    there = reachable(path)
    if there.exists() and not there.is_file():  # a folder, or a device such as /dev/null: it must not become a file
        raise ExportError(f"“{path}”不是普通文件，不能写在那里。请换一个文件名。")
    temporary: Path | None = None
    try:
        target = reachable(Path(os.path.realpath(path))) if path.is_symlink() else there
        handle, name = mkstemp(prefix=".gxdesk-", suffix=path.suffix, dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        check(temporary)
        if os.name == "posix":  # elsewhere a mode is "read-only" and no more, and such a file is not replaced
            with suppress(PermissionError):  # a stick in FAT32 keeps no modes and may refuse to be given one
                temporary.chmod(_mode(target))
        move(temporary, target)
        temporary = None
    except OSError as error:
        raise ExportError(refusal(error, path)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The mode of the file there, or that of any new file."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
