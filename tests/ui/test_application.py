"""The application: signals close it cleanly, a library that cannot be opened is one sentence, a defect of ours loses nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.resources import packaged
from ui import application
from ui.application import open_library, write_crash

ROOT = packaged().parent


def launch(library: Path, *arguments: str, config: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(config)}
    return subprocess.Popen(
        [sys.executable, "-m", "gxdesk", *arguments, "--library", str(library)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without telling it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it_with_everything_saved(tmp_path: Path, number: signal.Signals) -> None:
    library, file = tmp_path / "library.gxd", packaged("examples", "service-center-2026.gxreport")
    running = launch(library, str(file), config=tmp_path)
    try:
        began = time.monotonic()
        while time.monotonic() - began < 20 and not (library.exists() and library.with_name("library.gxd-wal").exists()):
            time.sleep(0.1)
        time.sleep(1.0)
        running.send_signal(number)
        said, wrong = running.communicate(timeout=10)
    finally:
        running.kill()
    assert running.returncode == 0, wrong
    assert "Traceback" not in said + wrong
    with DraftStore.open(library) as store:
        assert [d.year for d in store.drafts()] == [2026]


def test_a_library_that_cannot_be_opened_offers_another_place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = tmp_path / "bad.gxd", tmp_path / "good.gxd"
    bad.write_bytes(b"this is no library at all, only text" * 50)
    said: list[str] = []

    def press(words: str) -> None:
        def exec_(box: QMessageBox) -> None:
            said.append(box.text())
            next(b for b in box.buttons() if b.text().startswith(words)).click()

        monkeypatch.setattr(QMessageBox, "exec", exec_)

    press("退出")
    assert open_library(bad, None) is None
    press("换一个位置")
    monkeypatch.setattr(application.QFileDialog, "getSaveFileName", lambda *_, **__: (str(good), ""))
    opened = open_library(bad, None)
    assert opened is not None
    opened.close()
    assert str(bad) in said[0] and "Error" not in said[0] and bad.read_bytes().startswith(b"this")


def test_a_crash_file_holds_places_and_no_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "default_library", lambda: tmp_path / "data" / "library.gxd")
    try:
        int("秘密的内容")
    except ValueError as error:
        path = write_crash(type(error), error.__traceback__)
    assert path is not None and path.parent == tmp_path / "data"
    told = path.read_text(encoding="utf-8")
    assert "ValueError" in told and "test_application.py" in told and "秘密" not in told and str(tmp_path) not in told


def test_the_window_speaks_chinese(qtbot: QtBot) -> None:
    code = (
        "from ui.application import Application; from PySide6.QtWidgets import QDialogButtonBox as B;"
        "app = Application(); box = B(B.StandardButton.Cancel); print(box.buttons()[0].text())"
    )
    out = subprocess.run([sys.executable, "-c", code], env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert out.stdout.strip() == "取消"


def test_the_start_imports_nothing_it_does_not_show() -> None:
    code = "import sys, ui.application; print([m for m in ('weasyprint', 'docx', 'jinja2', 'pypdfium2', 'sqlite_utils', 'gxdesk.session', 'ui.report_window') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert out.stdout.strip() == "[]"
