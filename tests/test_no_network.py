"""Law 6: no socket is opened by any path. Every Python process is watched from its first line, the renderer's too."""

import os
import socket  # noqa: TID251  # to see that it is forbidden
import subprocess
import sys
from pathlib import Path

import pytest

from gxdesk import selftest
from gxdesk.resources import packaged

EXAMPLE = packaged("examples", "service-center-2026.gxreport")

# Loaded by every Python that starts. What a hook raises can be swallowed by who asked, so it is written down too.
WATCH = """
import os, sys

def note(words):
    file = os.open(os.environ["SOCKETS_SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (words + "\\n").encode())
    os.close(file)

def watch(event, arguments):
    if event.startswith("socket."):
        note("event " + event)
        raise RuntimeError(event)

sys.addaudithook(watch)
note("process " + repr(sys.orig_argv[1:4]))
"""

# The window opens the example, goes through every page, waits for the preview on the last, and is closed.
WINDOW = """
import sys
from PySide6.QtCore import QTimer
from gxdesk.cli import main
from ui import application

class Visit(application.Application):
    def exec(self):
        QTimer.singleShot(0, self.visit)
        QTimer.singleShot(60_000, lambda: self.exit(3))
        return super().exec()

    def visit(self):
        report = self.window.report
        self.window._renderer().rendered.connect(lambda *_: self.exit(0))
        for key in report.keys:
            report.show_page(key)
            self.processEvents()

application.Application = Visit
code = main([sys.argv[1], "--library", sys.argv[2]])
sys.exit(4 if "PySide6.QtNetwork" in sys.modules else code)  # its sockets are not Python's
"""


def watched(folder: Path, *arguments: str | Path) -> list[str]:
    """Run Python and return what was seen, after the process itself. It must end well."""
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}  # it asks for the name of the machine
    env |= {"PYTHONPATH": str(folder / "watch"), "SOCKETS_SEEN": str(folder / "seen"), "QT_QPA_PLATFORM": "offscreen"}
    env |= {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, *seen = (folder / "seen").read_text(encoding="utf-8").splitlines()
    assert first.startswith("process ")
    return seen


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("arguments", "children"),
    [
        pytest.param(("check", EXAMPLE), [], id="check"),
        pytest.param(("export", EXAMPLE, "--pdf", "a.pdf", "--html", "a.html", "--fragment", "b.html", "--gxreport", "a.gxreport"), [], id="export"),
        pytest.param(("forms", "--json"), [], id="forms"),
        pytest.param(("self-test",), [["-P", "-c", selftest.WINDOW]], id="self-test"),
    ],
)
def test_no_command_opens_a_socket(tmp_path: Path, arguments: tuple[str | Path, ...], children: list[list[str]]) -> None:
    assert watched(tmp_path, "-m", "gxdesk", *arguments) == [f"process {child!r}" for child in children]


@pytest.mark.no_cover
def test_neither_the_window_nor_its_renderer_opens_a_socket(tmp_path: Path) -> None:
    assert watched(tmp_path, "-c", WINDOW, EXAMPLE, tmp_path / "library.gxd") == ["process ['-P', '-m', 'gxdesk.document.worker']"]


@pytest.mark.parametrize("line", ["socket.socket()", "socket.getaddrinfo('localhost', 1)", "socket.gethostname()"])
def test_a_socket_would_be_seen(tmp_path: Path, line: str) -> None:
    seen = watched(tmp_path, "-c", f"import contextlib, socket\nwith contextlib.suppress(RuntimeError):\n    {line}")
    assert len(seen) == 1 and seen[0].startswith("event socket.")


def test_no_test_makes_a_socket_unseen() -> None:
    for make in (socket.socket, socket.getaddrinfo, socket.gethostname):
        with pytest.raises(AssertionError, match="opens no socket"):
            make()  # type: ignore[call-arg]
