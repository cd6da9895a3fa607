"""Copies of the whole library, taken once a day and at each export into a folder she can choose.

A copy is a library itself: `2026-01-12_0900.gxd`, after an export `2026-01-12_0900_导出.gxd`. Of the daily ones the last 14 days and the first
of each month stay, of exports all. A folder that is gone or full is told of once and tried again; meanwhile the copy goes beside the library.
Files of other names in the folder are never touched.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gxdesk import files
from gxdesk.drafts import file
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError

FOLDER = "备份"
SUFFIX = ".gxd"
DAYS = 14
_NAME = re.compile(r"(\d{4}-\d\d-\d\d_\d{4})(_导出)?(?:_\d+)?\.gxd", re.ASCII)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in the folder; `when` is on the clock of the computer that took it."""

    path: Path
    when: datetime
    exported: bool


UNTOLD = "backup_untold"  # the name of the setting


@dataclass(frozen=True)
class Outcome:
    """What became of a copy: where it is, None if nowhere, and a sentence where it is not in the folder it was meant for."""

    path: Path | None
    trouble: str


class Copying:
    """A copy about to be written. Free of its store: `run` may take its time in a thread of its own, and does not raise for what the world refuses."""

    def __init__(self, snapshot: sqlite3.Connection, folder: Path, spare: Path, now: datetime, exported: bool) -> None:
        self._snapshot, self._folder, self._spare = snapshot, folder, spare
        self._now, self._exported = now, exported

    def run(self) -> Outcome:
        with closing(self._snapshot):
            trouble = ""
            for folder in dict.fromkeys((self._folder, self._spare)):
                try:
                    return Outcome(self._into(folder), trouble)
                except OSError as error:
                    refused = files.refusal(error, folder)
                except LibraryError as error:
                    refused = str(error)
                trouble = trouble or refused
            return Outcome(None, trouble)

    def _into(self, folder: Path) -> Path:
        if folder == self._spare:
            folder.mkdir(parents=True, exist_ok=True)
        there = copies(folder)
        if folder != self._folder and not self._exported and any(c.when.date() == self._now.date() for c in there):
            return there[0].path  # tried again and again while her folder is gone: one a day is enough here
        path = _free(folder, f"{self._now:%Y-%m-%d_%H%M}{'_导出' if self._exported else ''}")
        part = path.with_suffix(".part")
        try:
            part.unlink(missing_ok=True)
            file.write(self._snapshot, part)
            files.move(part, path)
        finally:
            for left in (part, part.with_name(f"{part.name}-journal"), part.with_name(f"{part.name}-wal")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
        for copy in dispensable(copies(folder), self._now):
            if copy.path != path:
                with suppress(OSError):  # it is tried again tomorrow
                    copy.path.unlink()
        return path


def local_now() -> datetime:
    """The time on the clock of this computer, as names of files bear it."""
    return datetime.now(UTC).astimezone().replace(tzinfo=None)


class Backups:
    """The copies of one library; belongs to the thread of its store. Methods that read settings may raise LibraryError."""

    def __init__(self, store: DraftStore, clock: Callable[[], datetime] = local_now) -> None:
        self._store, self._clock = store, clock

    @property
    def spare(self) -> Path:
        """The folder beside the library."""
        return self._store.path.parent / FOLDER

    @property
    def folder(self) -> Path:
        """Where copies are meant to go."""
        chosen = self._store.setting("backup_folder")
        return Path(chosen) if isinstance(chosen, str) and chosen else self.spare

    def set_folder(self, folder: Path | None) -> None:
        """Choose the folder; None for the one beside the library. The next copy is due at once."""
        self._store.set_setting("backup_folder", str(folder) if folder else None)
        self._store.set_setting("backup_day", None)
        self._store.set_setting("backup_trouble", "")

    def copies(self) -> list[Copy]:
        """All there are, in both places, newest first; none where a folder cannot be read."""
        found = [copy for folder in dict.fromkeys((self.folder, self.spare)) for copy in copies(folder)]
        return sorted(found, key=lambda copy: (copy.when, copy.path.name), reverse=True)

    def due(self) -> bool:
        """Whether today's copy is still to be taken into the folder it is meant for."""
        return not self._store.read_only and self._store.setting("backup_day") != self._today()

    def begin(self, *, exported: bool = False) -> Copying:
        """What the library holds now, to be written by `Copying.run`."""
        return Copying(self._store.file.snapshot(), self.folder, self.spare, self._clock(), exported)

    def finish(self, outcome: Outcome) -> str:
        """Remember what became of a copy; returns a sentence to tell her, empty if there is nothing new to say."""
        told = self._store.setting("backup_trouble", "")
        if not outcome.trouble:
            self._store.set_setting("backup_day", self._today())
            if told:
                self._store.set_setting("backup_trouble", "")
            return ""
        if outcome.trouble == told:
            return ""
        self._store.set_setting("backup_trouble", outcome.trouble)
        where = f"这次的备份先存在“{outcome.path.parent}”。" if outcome.path else "这次没有备份成。"
        return f"备份没有写到选定的文件夹：{outcome.trouble}{where}程序过一会儿会自动再试。"

    def tell_later(self, sentence: str) -> None:
        """Keep what there was nobody left to tell."""
        self._store.set_setting(UNTOLD, sentence)

    def untold(self) -> str:
        """What was kept to be told, once; empty as a rule."""
        sentence = self._store.setting(UNTOLD, "")
        if sentence:
            self._store.set_setting(UNTOLD, "")
        return sentence if isinstance(sentence, str) else ""

    def take(self, *, exported: bool = False) -> str:
        """`begin`, `run` and `finish` at a stretch, for who can wait."""
        return self.finish(self.begin(exported=exported).run())

    def _today(self) -> str:
        return self._clock().date().isoformat()


def copies(folder: Path) -> list[Copy]:
    """The copies in a folder, newest first; none if it cannot be read."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match is None:
                continue
            with suppress(ValueError):  # 2026-13-45 is nobody's copy
                found.append(Copy(path, datetime.strptime(match[1], "%Y-%m-%d_%H%M"), match[2] is not None))  # noqa: DTZ007  # the name has no zone
    return sorted(found, key=lambda copy: (copy.when, copy.path.name), reverse=True)


def dispensable(there: Sequence[Copy], now: datetime) -> list[Copy]:
    """Those that may go. A copy from the future was taken by a wrong clock: it stays, and counts for nothing."""
    daily = [copy for copy in there if not copy.exported and copy.when <= now + timedelta(days=1)]
    of_day = {copy.when.date(): copy for copy in sorted(daily, key=lambda copy: copy.when, reverse=True)}  # the first of each day
    of_month = {(day.year, day.month): copy for day, copy in of_day.items()}  # newest first: the first of the month is written last
    stays = {*sorted(of_day, reverse=True)[:DAYS], *(copy.when.date() for copy in of_month.values())}
    return [copy for copy in daily if copy.when.date() not in stays or of_day[copy.when.date()] is not copy]


def _free(folder: Path, stem: str) -> Path:
    """A path in `folder` that nothing has yet."""
    path = folder / f"{stem}{SUFFIX}"
    number = 2
    while path.exists():
        path = folder / f"{stem}_{number}{SUFFIX}"
        number += 1
    return path
