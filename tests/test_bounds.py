"""A process that reads what others wrote cannot take the memory of the whole computer."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from gxdesk import bounds, cli

EATING = """
from gxdesk.bounds import bound_memory
bound_memory(400_000_000)
try:
    eaten = bytearray(500_000_000)
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="a job of Windows bounds what is used, not what is asked for; macOS bounds nothing")
def test_memory_beyond_the_bound_is_refused() -> None:
    done = subprocess.run([sys.executable, "-c", EATING], capture_output=True, text=True, encoding="utf-8", check=True, cwd=Path(__file__).parents[1])
    assert done.stdout == "refused\n"


def test_the_importing_process_bounds_itself_before_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.setattr(bounds, "bound_memory", lambda: print("bounded", flush=True))
    monkeypatch.setattr(sys, "argv", ["worker", str(tmp_path / "none.pdf")])
    monkeypatch.delitem(sys.modules, "gxdesk.imports.worker", raising=False)
    runpy.run_module("gxdesk.imports.worker", run_name="__main__")
    said = capfdbinary.readouterr().out
    assert said.startswith(b"bounded") and b"error" in said


@pytest.mark.parametrize(("words", "bounded"), [(["check", "none.pdf"], True), (["import", "none.pdf", "-o", "none.gxreport"], True), (["export", "none.pdf", "--html", "none.html"], False)])
def test_a_command_that_only_reads_bounds_itself(words: list[str], bounded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bounds, "bound_memory", lambda: asked.append(True))
    assert cli.main(words) == cli.FAILED and not asked, "within another process nothing is bounded"
    monkeypatch.setattr(sys, "argv", ["gxdesk", *words])
    assert cli.main() == cli.FAILED and bool(asked) is bounded
