"""Finished files: rendered, written beside their targets, read back, compared with what they were made of, and only then moved into place."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gxdesk import files
from gxdesk import report as reports
from gxdesk.document import html
from gxdesk.document.pdf import Press
from gxdesk.document.readback import check_html, check_pdf, check_report
from gxdesk.document.view import DocumentView
from gxdesk.errors import ExportError
from gxdesk.forms.definition import Forms

NAME_BYTES = 240  # of 255 that file systems allow, leaving room for “(2)”
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "_")


@dataclass(frozen=True)
class Exported:
    """The files written, in the order PDF, page, fragment, others, what is to be said about them, and the pages of the PDF, if there is one."""

    files: tuple[Path, ...]
    notices: tuple[str, ...]
    pages: int | None = None


@dataclass(frozen=True)
class Output:
    """A file to be: where, what, and what reads it back and raises ExportError if it does not hold what it should."""

    path: Path
    data: bytes
    check: Callable[[Path], None]


def report_copy(report: reports.Report, forms: Forms, path: Path) -> Output:
    """The report itself as a `.gxreport` file."""
    return Output(path, reports.dumps(report), lambda written: check_report(written, report, forms))


def export(
    view: DocumentView,
    press: Press | None = None,
    /,
    *,
    pdf: Path | None = None,
    html: Path | None = None,
    fragment: Path | None = None,
    others: Sequence[Output] = (),
) -> Exported:
    """Make the files asked for, the PDF with `press` if one is at hand. No target is touched before every new file is rendered, written
    beside it and read back. Raises ExportError with one sentence; a target it speaks of is as it was before."""
    refuse_targets([*(path for path in (pdf, html, fragment) if path is not None), *(output.path for output in others)])
    notices: tuple[str, ...] = ()
    pages = None
    outputs: list[Output] = []
    if pdf is not None:
        rendered = (press or Press()).render(view)
        notices, pages = rendered.notices, rendered.pages
        outputs.append(Output(pdf, rendered.data, lambda path: check_pdf(path, view, rendered.boxes)))
    if html is not None:
        outputs.append(Output(html, _page(view), lambda path: check_html(path, view)))
    if fragment is not None:
        outputs.append(Output(fragment, _fragment(view), lambda path: check_html(path, view)))
    done: list[Path] = []
    try:
        _place([*outputs, *others], done)
    except ExportError as error:
        if done:
            raise ExportError(f"{error}（已经写好：{'、'.join(p.name for p in done)}）") from error
        raise
    return Exported(tuple(done), notices, pages)


def refuse_targets(targets: Iterable[Path], sources: Iterable[Path] = ()) -> None:
    """Refuse what cannot be a target: a folder, a place that is not there, one place for two files, a file that is read from. Raises ExportError."""
    read = {_identity(path) for path in sources}
    seen: set[object] = set()
    for path in targets:
        place = _identity(path)
        if path.is_dir():
            raise ExportError(f"“{path}”是一个文件夹，不是文件。请在它后面写上文件名。")
        if not path.parent.is_dir():
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
    tail = f"_{_portable(view.subject)}_{'草稿' if view.draft else '终稿'}{suffix}"
    room = NAME_BYTES - len((head + tail).encode())
    return head + _shortened(_portable(view.agency) or "单位未填", room) + tail


def _portable(text: str) -> str:
    return text.translate(_FORBIDDEN).strip(" .")


def _shortened(text: str, most: int) -> str:
    """The beginning of `text` in at most `most` bytes of UTF-8."""
    return text.encode()[: max(0, most)].decode(errors="ignore").rstrip(" .")


def _place(outputs: Sequence[Output], done: list[Path]) -> None:
    """Write and read back the last, then all before it, and move it when they are in place: the first move comes after the last reading."""
    if not outputs:
        return
    *before, last = outputs

    def check(written: Path) -> None:
        last.check(written)
        _place(before, done)

    files.replace(last.path, last.data, check)
    done.append(last.path)


def _identity(path: Path) -> object:
    """What two paths to one file have in common, however they are written."""
    try:
        there = path.stat()
        if there.st_ino:  # some shared drives number no files
            return there.st_dev, there.st_ino
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:  # a name too long, a drive that does not answer
        raise ExportError(files.refusal(error, path)) from error
    return os.path.normcase(os.path.realpath(path))


def _page(view: DocumentView) -> bytes:
    return html.render_page(view).encode("utf-8")


def _fragment(view: DocumentView) -> bytes:
    return html.render_fragment(view).encode("utf-8")
