"""The self-test: every part tried, every failure a line."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from gxdesk import __version__, report, selftest, system
from gxdesk.document import export as exporting
from gxdesk.document import readback
from gxdesk.document.edition import Edition
from gxdesk.document.faces import KINDS
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.known import Forms
from gxdesk.resources import packaged
from gxdesk.selftest import PAGE, PDF, TRIALS, Line, run


def raising(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def lines() -> dict[str, Line]:
    return {line.what: line for line in run()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything has been tried once, in a folder of hers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selftest, "data_folder", lambda: tmp_path_factory.mktemp("data"))
        folder = tmp_path_factory.mktemp("tried") / "自检 Ω"
        found = list(run(folder))
    assert [line.what for line in found] == list(TRIALS) and all(line.passed for line in found), found
    return folder


def tried(what: str, folder: Path) -> Line:
    return selftest._tried(what, TRIALS[what], folder)


def test_the_faces_of_the_report_are_named(folder: Path) -> None:
    line = tried("字体", folder)
    assert line.passed
    for kind in KINDS:
        assert re.search(rf"(^|，){kind}：\w[\w ]+", line.detail)
    assert "没有印出" not in line.detail


@pytest.mark.parametrize(
    ("families", "substitutes"),
    [
        (("FZXiaoBiaoSong B05S", "SimHei", "KaiTi_GB2312", "FangSong", "NSimSun"), 0),
        (("方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "SimSun"), 0),
        (("SimSun", "SimHei", "KaiTi", "FangSong", "SimSun"), 1),
        (("GX XiaoBiaoSong", "GX HeiTi", "GX KaiTi", "GX FangSong", "GX SongTi"), 5),
        (("Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL KaitiM GB", "Noto Serif CJK SC", ""), 4),
    ],
)
def test_a_substitute_is_named_and_passes(monkeypatch: pytest.MonkeyPatch, folder: Path, families: tuple[str, ...], substitutes: int) -> None:
    monkeypatch.setattr(readback, "fonts_of", lambda *_: families)
    line = tried("字体", folder)
    assert line.passed and line.detail.count("（代用）") == substitutes
    assert ("不妨碍导出" in line.detail) == bool(substitutes)


def test_without_a_pdf_the_fonts_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "Press", raising(ExportError("排版部件装不起来。")))
    found = lines()
    assert [line.what for line in found.values() if not line.passed] == ["导出 PDF、Word 和网页", "读入 Word 和网页", "字体"]
    assert found["导出 PDF、Word 和网页"].detail == "排版部件装不起来。" and "PDF 没有生成" in found["字体"].detail


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is tried in the data folder of whoever runs this."""
    monkeypatch.setattr(selftest, "data_folder", lambda: tmp_path / "data")


@pytest.mark.parametrize("error", [ValueError("english"), ImportError("english"), OSError("english"), RecursionError(), MemoryError(), KeyError("x")])
def test_any_failure_of_any_part_is_a_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    for what in TRIALS:
        monkeypatch.setitem(TRIALS, what, lambda _: "")
    for what in TRIALS:
        with monkeypatch.context() as patch:
            patch.setitem(TRIALS, what, raising(error))
            failed = [line for line in run() if not line.passed]
        assert [line.what for line in failed] == [what] and "english" not in failed[0].detail
        assert re.fullmatch(rf"程序内部出错（{type(error).__name__}），.+请.+。", failed[0].detail)


def test_a_window_that_does_not_load_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "WINDOW", "import no_such_library")
    line = tried("窗口部件", Path())
    assert not line.passed and "请重装本程序" in line.detail


def test_figures_read_back_otherwise_are_a_line(tmp_path: Path) -> None:
    other = report.read(packaged("examples", "common-slips-2026.gxreport"), Forms.load())
    edition = Edition(other, Forms.load()[other.form], draft=True)
    exporting.export(edition, {Path(name).suffix[1:]: tmp_path / name for name in selftest.READ_BACK})
    line = tried("读入 Word 和网页", tmp_path)
    assert not line.passed and "不一致" in line.detail


def test_a_library_of_another_program_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    native, foreign = tmp_path / "native", tmp_path / "GTK" / "pango-1.0-0.dll"
    native.mkdir()
    for name in ("pango-1.0-0.dll", "harfbuzz.dll", "unused.dll"):
        (native / name).touch()
    there = {"pango-1.0-0.dll": native / "pango-1.0-0.dll", "harfbuzz.dll": native / "harfbuzz.dll"}
    monkeypatch.setattr(selftest, "native_folder", lambda: native)
    monkeypatch.setattr(system, "loaded", there.get)
    assert "2 个文件都是本程序自带的" in TRIALS["排版部件"](tmp_path)
    there["pango-1.0-0.dll"] = foreign
    with pytest.raises(UserError, match=r"别的程序.*pango-1\.0-0\.dll.*请"):
        TRIALS["排版部件"](tmp_path)


def test_a_disk_that_is_nearly_full_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "LEAST_FREE", 1 << 60)
    line = tried("数据文件夹", Path())
    assert not line.passed and "请清理磁盘" in line.detail


@pytest.mark.parametrize(("names", "told"), [([], "没有装打印机"), (["HP 1020", "Ω"], "2 台：HP 1020、Ω")])
def test_printers_are_named_and_none_is_no_failure(monkeypatch: pytest.MonkeyPatch, names: list[str], told: str) -> None:
    monkeypatch.setattr(system, "printers", lambda: names)
    assert told in TRIALS["打印机"](Path())


def test_no_room_for_files_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    (line,) = selftest.run()
    assert not line.passed and "文件夹" in line.what and "请清理磁盘" in line.detail


def test_what_was_tried_stays_in_a_folder_of_hers_with_a_page_to_send_and_may_be_tried_again(folder: Path) -> None:
    found = list(run(folder))
    assert all(line.passed for line in found), found
    page = (folder / PAGE).read_text(encoding="utf-8-sig")
    assert page.startswith(f"gxdesk {__version__}，") and all(str(line) in page for line in found)
    assert (folder / PDF).read_bytes().startswith(b"%PDF")


def test_a_data_folder_that_cannot_be_written_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(selftest, "data_folder", lambda: tmp_path / "file" / "GXDesk")
    line = tried("数据文件夹", Path())
    assert not line.passed and str(tmp_path) in line.detail and "请" in line.detail
