"""The self-test: every part tried, every failure a line."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from gxdesk import __version__, selftest
from gxdesk.document import export as exporting
from gxdesk.document import readback
from gxdesk.document.faces import KINDS
from gxdesk.errors import ExportError
from gxdesk.selftest import PAGE, PDF, TRIALS, Line, run


def raising(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def lines() -> dict[str, Line]:
    return {line.what: line for line in run()}


def test_the_faces_of_the_report_are_named() -> None:
    found = lines()
    assert list(found) == list(TRIALS) and all(line.passed for line in found.values())
    for kind in KINDS:
        assert re.search(rf"(^|，){kind}：\w[\w ]+", found["字体"].detail)
    assert "没有印出" not in found["字体"].detail


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
def test_a_substitute_is_named_and_passes(monkeypatch: pytest.MonkeyPatch, families: tuple[str, ...], substitutes: int) -> None:
    monkeypatch.setattr(readback, "fonts_of", lambda *_: families)
    line = lines()["字体"]
    assert line.passed and line.detail.count("（代用）") == substitutes
    assert ("不妨碍导出" in line.detail) == bool(substitutes)


def test_without_a_pdf_the_fonts_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "Press", raising(ExportError("排版部件装不起来。")))
    found = lines()
    assert [line.what for line in found.values() if not line.passed] == ["导出 PDF 和网页", "字体"]
    assert found["导出 PDF 和网页"].detail == "排版部件装不起来。" and "PDF 没有生成" in found["字体"].detail


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is tried in the data folder of whoever runs this."""
    monkeypatch.setattr(selftest, "data_folder", lambda: tmp_path / "data")


@pytest.mark.parametrize("error", [ValueError("english"), ImportError("english"), OSError("english"), RecursionError(), MemoryError(), KeyError("x")])
def test_any_failure_of_any_part_is_a_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    for what in TRIALS:
        with monkeypatch.context() as patch:
            patch.setitem(TRIALS, what, raising(error))
            failed = [line for line in run() if not line.passed]
        assert failed[0].what == what and "english" not in failed[0].detail
        assert re.fullmatch(rf"程序内部出错（{type(error).__name__}），.+请.+。", failed[0].detail)


def test_no_room_for_files_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    (line,) = selftest.run()
    assert not line.passed and "文件夹" in line.what and "请清理磁盘" in line.detail


def test_what_was_tried_stays_in_a_folder_of_hers_with_a_page_to_send(tmp_path: Path) -> None:
    folder = tmp_path / "自检 Ω"
    for _ in range(2):  # a second time into the same folder, too
        found = list(run(folder))
        assert all(line.passed for line in found), found
    page = (folder / PAGE).read_text(encoding="utf-8-sig")
    assert page.startswith(f"gxdesk {__version__}，") and all(str(line) in page for line in found)
    assert (folder / PDF).read_bytes().startswith(b"%PDF")


def test_a_data_folder_that_cannot_be_written_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(selftest, "data_folder", lambda: tmp_path / "file" / "GXDesk")
    line = lines()["数据文件夹"]
    assert not line.passed and str(tmp_path) in line.detail and "请" in line.detail
