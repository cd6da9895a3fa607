"""What the operating system answers: on a machine without its tools, and with tools that fail."""

import sys
from pathlib import Path

import pytest

from gxdesk import system


def test_it_has_a_name() -> None:
    assert system.name().startswith("Windows " if sys.platform == "win32" else "Linux ")


@pytest.mark.skipif(sys.platform == "win32", reason="no lpstat there")
@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("echo 'Laser_2 accepting requests since now'; echo; echo 'PDF accepting requests since now'", ["Laser_2", "PDF"]),
        ("echo 'lpstat: No destinations added.' >&2; exit 1", []),
        ("exec sleep 60", []),
    ],
)
def test_printers_are_those_that_lpstat_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, names: list[str]) -> None:
    tool = tmp_path / "lpstat"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setattr(system.shutil, "which", lambda _: str(tool))
    monkeypatch.setattr(system, "PATIENCE_SECONDS", 0.5)
    assert system.printers() == names


def test_without_the_tool_there_are_no_printers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    monkeypatch.setattr(system.sys, "platform", "linux")
    assert system.printers() == []


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows tells where a DLL lies")
def test_a_dll_is_found_where_it_lies() -> None:
    found = system.loaded("kernel32.dll")
    assert found is not None and found.name.lower() == "kernel32.dll"
    assert system.loaded("no-such-library.dll") is None
    assert isinstance(system.printers(), list)
