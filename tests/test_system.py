"""What the operating system answers: on a machine without its tools, and with tools that fail."""

import sys
from pathlib import Path

import pytest

from gxdesk import system


def test_it_has_a_name() -> None:
    assert system.name().startswith("Windows " if sys.platform == "win32" else "Linux ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked itself")
@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("# written by CUPS\nLaser_2|second floor:rm=office:rp=Laser_2:\n\nPDF:rm=office:rp=PDF:\n", ["Laser_2", "PDF"]),
        ("", []),
        (None, []),
    ],
)
def test_printers_are_those_that_are_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, names: list[str]) -> None:
    listing = tmp_path / "printcap"
    if written is not None:
        listing.write_text(written, encoding="utf-8")
    monkeypatch.setattr(system, "PRINTCAP", (tmp_path / "absent", listing))
    assert system.printers() == names


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows tells where a DLL lies")
def test_a_dll_is_found_where_it_lies() -> None:
    found = system.loaded("kernel32.dll")
    assert found is not None and found.name.lower() == "kernel32.dll"
    assert system.loaded("no-such-library.dll") is None
    assert isinstance(system.printers(), list)
