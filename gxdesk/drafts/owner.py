"""Who has a library open, and how to ask that window to come forward: two small files beside the library, no socket.

SQLite's lock alone decides who may open the library; the system drops it when a process ends, however it ends, so that no stale lock can ever
keep her out. `….owner` only says whose it is. A second window on the same PC leaves `….request`, which the first one takes away: that is the answer.
"""

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gxdesk import files
from gxdesk.errors import UserError

ANSWER_SECONDS = 3.0  # for a window that is busy writing to notice
MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever has the library open: computer, user, process, and since when in seconds since the epoch."""

    host: str
    user: str
    pid: int
    since: float

    @classmethod
    def me(cls) -> "Owner":
        host = os.environ.get("COMPUTERNAME", "") if sys.platform == "win32" else os.uname().nodename  # `platform.node` asks a socket
        return cls(host, os.environ.get("USERNAME") or os.environ.get("USER") or "", os.getpid(), time.time())

    @property
    def is_here(self) -> bool:
        """Whether it is a program of this user on this computer: its window can be asked to come forward."""
        me = Owner.me()
        return (self.host, self.user) == (me.host, me.user)

    @property
    def read_only(self) -> str:
        """Why nothing can be written now, for her."""
        name = "、".join(filter(None, (self.user and f"用户“{self.user}”", self.host and f"电脑“{self.host}”"))) or "另一台电脑"
        return f"{name}正开着这个报告库，这里只能看，不能改。请等那边关掉程序，再重新打开。"


UNKNOWN = Owner("", "", 0, 0.0)  # a library somebody has open who said nothing, as a tool that looks into databases


def claim(path: Path) -> None:
    """Say that the library at `path` is open here. That it cannot be said is no reason not to work."""
    _put(_beside(path, "owner"), asdict(Owner.me()))
    with suppress(OSError):
        _beside(path, "request").unlink(missing_ok=True)  # asked of one that is gone


def release(path: Path) -> None:
    """Say no more."""
    for what in ("owner", "request"):
        with suppress(OSError):
            _beside(path, what).unlink(missing_ok=True)


def of(path: Path) -> Owner:
    """Who has the library at `path` open, as far as is known."""
    match _get(_beside(path, "owner")):
        case {"host": str(host), "user": str(user), "pid": int(pid), "since": int() | float() as since}:
            return Owner(_named(host), _named(user), pid, since)
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Request:
    """What a second start asks of the window that is open: to come forward, to open a file, to print it."""

    opening: Path | None = None
    printing: bool = False


def ask(path: Path, request: Request, patience: float = ANSWER_SECONDS) -> bool:
    """Ask it of the window that has the library at `path` open. Returns whether it did within `patience` seconds."""
    file = _beside(path, "request")
    if not _put(file, {"open": str(request.opening.absolute()) if request.opening else None, "print": request.printing}):
        return False
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if not file.exists():
            return True
        time.sleep(0.05)
    with suppress(OSError):
        file.unlink(missing_ok=True)
    return False


def asked(path: Path) -> Request | None:
    """What was asked of the window that has the library at `path` open, if anything was. Asked once, answered once."""
    file = _beside(path, "request")
    said = _get(file)
    if said is None:
        return None
    with suppress(OSError):
        file.unlink()
    match said:
        case {"open": str(opening)} if "\0" not in opening:
            return Request(Path(opening), said.get("print") is True)
    return Request()


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def _put(path: Path, value: dict[str, Any]) -> bool:
    """Write JSON in one step; returns whether it worked."""
    try:
        files.replace(path, json.dumps(value).encode())
    except UserError:
        return False
    return True


def _get(path: Path) -> Any:
    """The JSON at `path`, None if there is none that can be read."""
    try:
        return json.loads(files.read_bytes(path, MAX_BYTES))
    except (UserError, ValueError, RecursionError):
        return None


def _named(text: str) -> str:
    """A name from a file that anybody may write, fit for a sentence."""
    return "".join(c for c in text if c.isprintable())[:40]
