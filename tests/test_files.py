"""A finished file reaches its name whole or not at all, also past a virus scanner, on a stick in FAT32 and at the end of a long path."""

import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxdesk import files
from gxdesk.document import export
from gxdesk.document.view import build_view
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report
from ui import library


def held(error_code: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let every rename be refused as Windows does while another program has the file; returns the number of refusals."""
    until = time.monotonic() + seconds
    refusals = 0
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal refusals
        if time.monotonic() < until:
            refusals += 1
            error = PermissionError(13, "The process cannot access the file because it is being used by another process")
            error.winerror = error_code  # type: ignore[attr-defined]
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return lambda: refusals


@pytest.mark.parametrize("code", files.HELD)
def test_a_virus_scanner_holding_the_file_for_two_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    refusals = held(code, 2.0, monkeypatch)
    files.replace(tmp_path / "报告.pdf", b"new")
    assert (tmp_path / "报告.pdf").read_bytes() == b"new" and refusals() > 5
    assert [p.name for p in tmp_path.iterdir()] == ["报告.pdf"]


def test_a_reader_that_never_lets_go_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "报告.pdf").write_bytes(b"old")
    monkeypatch.setattr(files, "HELD_SECONDS", 0.3)
    held(32, 60, monkeypatch)
    with pytest.raises(ExportError, match="关掉那个程序"):
        files.replace(tmp_path / "报告.pdf", b"new")
    assert (tmp_path / "报告.pdf").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["报告.pdf"]


def test_a_refusal_that_is_meant_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = held(0, 60, monkeypatch)
    with pytest.raises(ExportError):
        files.replace(tmp_path / "报告.pdf", b"new")
    assert refusals() == 1


def test_a_stick_that_keeps_no_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT32 under Linux refuses chmod; nothing here needs hard links either."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    monkeypatch.setattr("os.link", refuse)
    files.replace(tmp_path / "报告.pdf", b"new")
    assert (tmp_path / "报告.pdf").read_bytes() == b"new"


def test_two_writers_leave_one_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "报告.pdf"
    contents = [bytes([n]) * 200_000 for n in range(8)]
    writers = [threading.Thread(target=files.replace, args=(target, data)) for data in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert target.read_bytes() in contents and [p.name for p in tmp_path.iterdir()] == ["报告.pdf"]


@pytest.mark.parametrize(
    ("path", "spelt"),
    [
        ("C:\\报告\\a.pdf", "C:\\报告\\a.pdf"),
        ("C:\\" + "长" * 260 + "\\a.pdf", "\\\\?\\C:\\" + "长" * 260 + "\\a.pdf"),
        ("\\\\server\\share\\" + "长" * 260, "\\\\?\\UNC\\server\\share\\" + "长" * 260),
        ("\\\\?\\C:\\" + "长" * 260, "\\\\?\\C:\\" + "长" * 260),
    ],
)
def test_a_path_longer_than_windows_takes_is_spelt_so_that_it_does(path: str, spelt: str) -> None:
    assert files.extended(path) == spelt


def test_a_path_of_300_characters_with_chinese_and_blanks(tmp_path: Path) -> None:
    folder = tmp_path / "政府信息公开 2026年" / ("很长的文件夹名 " * 5).strip() / ("再来一个 " * 12).strip() / ("又一个" * 20) / ("最后一个" * 16)
    folder.mkdir(parents=True)
    path = folder / "2026年度_报告.gxreport"
    assert len(str(path)) > 300
    files.replace(path, b"x")
    assert files.read_bytes(path, 10) == b"x"


# --- names ---------------------------------------------------------------------------------------------------------------

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
NASTY = ["CON", "nul.txt", "某局\r\nSet-Cookie: x", "\u202efdp.某局", "某局...", "../../etc/passwd", "C:\\Windows\\某局", "\ud800某局", "某\0局", "长" * 300, "a" * 300, " . ", "\u2066\u200b", "某局 ", "𠮷" * 100]
names = st.text(st.characters(exclude_categories=()), max_size=300) | st.sampled_from(NASTY)


def allowed(name: str) -> None:
    """A name that every system takes and that looks like what it is."""
    assert len(name.encode()) <= 255 and PureWindowsPath(name).name == PurePosixPath(name).name == name
    assert not set(name) & set('<>:"/\\|?*') and name.isprintable()
    assert name == name.strip(" .") and not RESERVED.fullmatch(name)


@given(names, st.sampled_from([None, 2026]), st.booleans(), st.sampled_from([".pdf", "_正文片段.html"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_agency_is_called_the_file_can_be_written(tmp_path: Path, form: FormDef, agency: str, year: int | None, draft: bool, suffix: str) -> None:
    report = Report("2021", year, {"name": agency})
    for name in (export.file_name(build_view(report, form, draft=draft), suffix), library.file_name(report)):
        allowed(name)
        files.replace(tmp_path / name, b"x")
        assert [p.name for p in tmp_path.iterdir()] == [name]
        (tmp_path / name).unlink()


def test_a_plain_name_is_left_as_it_is() -> None:
    assert files.portable("某区社会事务综合服务中心（筹）") == "某区社会事务综合服务中心（筹）"
    assert files.portable("某局\u3000办公室") == "某局 办公室"


@pytest.mark.parametrize("error", [IsADirectoryError, PermissionError])  # the second is what Windows answers
def test_a_folder_is_called_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]) -> None:
    def refused(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(UserError, match=f"“{tmp_path.name}”是一个文件夹"):
        files.read_bytes(tmp_path, 10)


def test_a_folder_in_which_windows_lets_nobody_write_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There a refusal looks like a name in use, and `tempfile` by itself tries two thousand million of them."""
    tries: list[str] = []

    class Windows:
        name = "nt"

        def __getattr__(self, name: str) -> object:
            return getattr(os, name)

        def open(self, path: str, *_: object) -> int:
            tries.append(path)
            assert len(tries) < 1000, "without end"
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "_os", Windows())
    with pytest.raises(ExportError, match=r"“年报\.pdf”不能读写：.*这个文件夹不许改动"):
        files.replace(tmp_path / "年报.pdf", b"")
    assert tries


def test_temporary_files_are_made_in_one_place() -> None:
    """Whoever imports `tempfile` elsewhere may wait without end."""
    root = Path(files.__file__).parents[1]
    importing = {path.relative_to(root).as_posix() for folder in ("gxdesk", "ui") for path in (root / folder).rglob("*.py") if re.search(r"^\s*(import|from) tempfile\b", path.read_text(encoding="utf-8"), re.MULTILINE)}
    assert importing == {"gxdesk/temporary.py"}


def test_a_folder_that_may_not_be_written_to_is_called_a_folder(tmp_path: Path) -> None:
    assert files.refusal(PermissionError(13, "Permission denied"), tmp_path).startswith(f"文件夹“{tmp_path}”不许往里写")
