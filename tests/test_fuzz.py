"""Every reader is fuzzed for a moment in each run of the tests, from one seed; `python -m tests.fuzz` does it for as long as one likes, from
another each time: a gate tells what a change broke, and does not go up or down by chance."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readers import READERS

SECONDS = 2  # for each reader


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """All readers, and one with a defect in it."""
    pytest.importorskip("atheris", reason="atheris, the fuzzer, is not installed: there is none for this system")
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}  # it watches the same lines and makes each run ten times slower
    env.setdefault("GXDESK_SEED", "1")
    command = [sys.executable, "-m", "tests.fuzz", str(SECONDS), str(tmp_path_factory.mktemp("fuzz") / "work"), *READERS, "planted"]
    return subprocess.run(command, cwd=Path(__file__).parents[1], env=env, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)


def test_a_defect_would_be_found(fuzzed: subprocess.CompletedProcess[str]) -> None:
    assert fuzzed.returncode == 1 and "ZeroDivisionError" in fuzzed.stderr, fuzzed.stderr[-6000:]
    assert re.search(r"^planted: \d+ inputs, a finding$", fuzzed.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", READERS)
def test_no_reader_raises_hangs_or_eats_the_memory(fuzzed: subprocess.CompletedProcess[str], name: str) -> None:
    assert re.search(rf"^{name}: [1-9]\d* inputs$", fuzzed.stdout, re.MULTILINE), fuzzed.stdout + fuzzed.stderr[-6000:]
