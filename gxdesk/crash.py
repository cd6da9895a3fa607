"""What a defect of the program leaves for whoever mends it: versions and places in our source, never a word or a figure of a report.

Messages of exceptions are left out, since they quote values; so are the values themselves and the folders files lie in.
"""

import sqlite3
import sys
import traceback
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gxdesk import __version__, system

PACKAGES = ("PySide6_Essentials", "weasyprint", "Jinja2", "pypdfium2", "sqlite-utils")


def describe(error: BaseException, when: datetime) -> str:
    """The report of a defect: the exception, what led to it, and what the program runs on."""
    lines = [f"gxdesk {__version__}", f"{when:%Y-%m-%d %H:%M:%S}", f"{system.name()}, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"]
    lines.append(", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    seen: set[int] = set()
    link = "raised"
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        lines += ["", f"{link} {type(at).__name__}"]
        lines += [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(at.__traceback__)]
        link, at = ("caused by", at.__cause__) if at.__cause__ is not None else ("while handling", None if at.__suppress_context__ else at.__context__)
    return "\n".join(lines) + "\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a packaged program may come without its metadata
        return "?"
