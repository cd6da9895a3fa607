"""Finished files: made and read back, written beside their targets, compared with what was read back, and only then moved into place."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gxdesk import files
from gxdesk.document.edition import Edition
from gxdesk.document.formats import FORMATS, Made
from gxdesk.document.pdf import Press
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError


@dataclass(frozen=True)
class Exported:
    """The files written, in the order of their targets, what is to be said about them, and the pages of the report, if there is a PDF."""

    files: tuple[Path, ...]
    notices: tuple[str, ...]
    pages: int | None = None


class Workshop:
    """Makes files with one warm press. What was made of an edition is at hand until another edition comes, so that what was looked at
    in the preview is exported without being made again."""

    def __init__(self, press: Press | None = None) -> None:
        self._press = press or Press()
        self._edition: Edition | None = None
        self._made: dict[str, Made] = {}

    def make(self, key: str, edition: Edition) -> Made:
        """The file of this format, read back. Raises ExportError."""
        if edition != self._edition:
            self._edition, self._made = edition, {}
        if key not in self._made:
            self._made[key] = FORMATS[key].make(edition, self._press)
        return self._made[key]


def export(
    edition: Edition, targets: Mapping[str, Path], workshop: Workshop | None = None, *, before: Callable[[str], None] = lambda _: None
) -> Exported:
    """Make the files asked for: `targets` maps keys of `FORMATS` to where they go. No target is touched before every new file is made, read
    back and written beside it. `before` hears of each format before it is made; what it raises ends the export with nothing written.
    Raises ExportError with one sentence; a target it speaks of is as it was before."""
    refuse_targets(targets.values())
    workshop = workshop or Workshop()
    made: dict[str, Made] = {}
    for key in targets:
        before(key)
        made[key] = workshop.make(key, edition)
    done: list[Path] = []
    try:
        _place([(targets[key], file.data) for key, file in made.items()], done)
    except ExportError as error:
        if done:
            raise ExportError(f"{error}（已经写好：{'、'.join(p.name for p in done)}）") from error
        raise
    notices = tuple(dict.fromkeys(notice for file in made.values() for notice in file.notices))
    return Exported(tuple(done), notices, made["pdf"].pages if "pdf" in made else None)


def refuse_targets(targets: Iterable[Path], sources: Iterable[Path] = ()) -> None:
    """Refuse what cannot be a target: a folder, a place that is not there, one place for two files, a file that is read from. Raises ExportError."""
    read = {_identity(path) for path in sources}
    seen: set[object] = set()
    for path in targets:
        place = _identity(path)
        if files.reachable(path).is_dir():
            raise ExportError(f"“{path}”是一个文件夹，不是文件。请在它后面写上文件名。")
        if not files.reachable(path.parent).is_dir():
            raise ExportError(f"文件夹“{path.parent}”不存在，“{path.name}”没有写成。请先建好这个文件夹，或换一个位置。")
        if place in read:
            raise ExportError(f"导出文件不能盖掉要读的报告文件“{path.name}”，什么也没有写。请换一个名字。")
        if place in seen:
            raise ExportError(f"两种文件要写到同一个“{path.name}”，后写的会盖掉先写的。请不要用同一个名字。")
        seen.add(place)


def file_name(view: DocumentView, suffix: str = ".pdf") -> str:
    """The name a finished file goes by, allowed on Windows, macOS and Linux:
    `2026年度_某某中心_政府信息公开工作年度报告_终稿.pdf`. It begins with the year, so it is none of Windows' reserved names."""
    head = f"{view.year}年度_" if view.year else "年度未填_"
    tail = f"_{files.portable(view.subject)}_{'草稿' if view.draft else '终稿'}{suffix}"
    room = files.NAME_BYTES - len((head + tail).encode())
    return head + (files.portable(view.agency, room) or "单位未填") + tail


def _place(outputs: Sequence[tuple[Path, bytes]], done: list[Path]) -> None:
    """Write the last and compare it, then all before it, and move it when they are in place: the first move comes after the last reading."""
    if not outputs:
        return
    *before, (path, data) = outputs

    def check(written: Path) -> None:
        if written.read_bytes() != data:
            raise ExportError(f"写好的“{path.name}”读回来和写进去的不一样，没有替换原来的文件。请换一个文件夹或磁盘再试。")
        _place(before, done)

    files.replace(path, data, check)
    done.append(path)


def _identity(path: Path) -> object:
    """What two paths to one file have in common, however they are written."""
    try:
        there = files.reachable(path).stat()
        if there.st_ino:  # some shared drives number no files
            return there.st_dev, there.st_ino
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:  # a name too long, a drive that does not answer
        raise ExportError(files.refusal(error, path)) from error
    return os.path.normcase(os.path.realpath(path))

