"""Where things lie: in the user's own folder, beside a portable program, in the Windows package."""

import sys
from pathlib import Path

import pytest

from gxdesk import places


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the program that runs."""
    folder = tmp_path / "公开 Ω" / "GXDesk"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(folder / "GXDesk.exe"))
    return folder


def test_only_a_portable_program_keeps_its_data_beside_it(program: Path) -> None:
    own = places.data_folder()
    assert own.name == places.NAME and not own.is_relative_to(program)
    (program / "data").mkdir()
    assert places.data_folder() == program / "data"


def test_a_program_on_a_stick_that_was_pulled_out_writes_nowhere_else(program: Path) -> None:
    beside = program / "data"
    beside.mkdir()
    program.rename(program.with_name("elsewhere"))
    assert places.data_folder() == beside


def test_without_the_package_nothing_is_changed(program: Path) -> None:
    environment = {"PATH": "/usr/bin"}
    places.find_native(environment)
    assert environment == {"PATH": "/usr/bin"}


def test_in_the_package_only_its_own_libraries_and_those_of_windows_are_on_the_way(program: Path) -> None:
    (program / "native").mkdir()
    environment = {"PATH": r"C:\Program Files\GTK3-Runtime Win64\bin", "SystemRoot": r"D:\Windows"}
    places.find_native(environment)
    assert environment["PATH"].split(";") == [str(program / "native"), r"D:\Windows\System32", r"D:\Windows"]
    assert environment["WEASYPRINT_DLL_DIRECTORIES"] == str(program / "native")
    assert Path(environment["FONTCONFIG_FILE"]).parent == program / "native"
    assert Path(environment["XDG_CACHE_HOME"]).parent == places.data_folder()
