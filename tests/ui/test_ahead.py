"""What is loaded while she reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gxdesk import drafting
from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef
from gxdesk.resources import packaged
from ui.ahead import Ahead
from ui.pages.review import ReviewPage
from ui.report_window import REVIEW
from ui.window import MainWindow

ROOT = packaged().parent


def test_the_last_page_stands_before_she_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    for open_one in (window.open_example, window.open_slips):  # what the second needs is loaded already
        open_one()
        report = window.report
        assert report is not None and report.findChild(ReviewPage) is None
        qtbot.waitUntil(lambda r=report: r.findChild(ReviewPage) is not None)
        assert report.key != REVIEW


def test_what_cannot_be_loaded_is_left_to_whoever_needs_it(form: FormDef, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: FormDef) -> None:
        raise FormError("没有这样的句子。")

    monkeypatch.setattr(drafting, "prepare", refuse)
    ahead = Ahead()
    with qtbot.waitSignal(ahead.ready):
        ahead.prepare(form)


WITHOUT_ITS_FILES = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from ui.application import Application
from ui.library import Library
from ui.tokens import Look
from ui.window import MainWindow

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("gxdesk", "ui", "jinja2", "_strptime", "sqlite_utils"):
            raise ModuleNotFoundError(name)

def loop(milliseconds):
    waiting = QEventLoop()
    QTimer.singleShot(milliseconds, waiting.quit)
    waiting.exec()

app = Application()
Look.install(app)
window = MainWindow()
window.show()
window.attach(Library(DraftStore.open(Path(sys.argv[1])), Forms.load()))
window.new_report(2026)
report = window.report
if window._ahead._left:
    ready = QEventLoop()
    window._ahead.ready.connect(ready.quit)
    ready.exec()
loop(100)
broken = []
sys.excepthook = lambda kind, error, trace: broken.append(f"{kind.__name__}: {error}")
sys.meta_path.insert(0, Gone())

def out_of_reach(event, about):
    if event == "open" and str(about[0]).startswith(tuple(sys.argv[2:])):
        raise FileNotFoundError(about[0])

sys.addaudithook(out_of_reach)
QTest.keyClicks(report.show_page("preamble").fields["name"], "x")
for key in ("overview", "problems", "other"):
    editor = report.show_page(key).editor
    editor.setFocus()
    for text in ("2025", "abc"):
        QTest.keyClicks(editor, text)
        QApplication.clipboard().setText("公开信息25条。")
        editor.paste()
        loop(50)
for key in ("disclosure", "requests", "remedies"):
    grid = report.show_page(key).sheet.grid
    grid.go_to(grid.blank_inputs()[0])
    QTest.keyClicks(grid, "5")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    loop(50)
report.undo()
report.redo()
report.show_page("review")
assert report.flush()
window.show_start()
window.open_draft(1)
print(broken)
saved = window.library.store.load(1).report
print(saved.agency["name"], [saved.texts[key].count("25条") for key in ("overview", "problems", "other")], sorted(saved.cells.values()))
os._exit(0)
"""


def test_a_report_is_written_to_its_end_after_the_program_is_out_of_reach(tmp_path: Path) -> None:
    """As on a stick that was pulled out: no key is lost for want of what takes it."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WITHOUT_ITS_FILES, str(tmp_path / "library.gxd"), *(str(ROOT / part) for part in ("gxdesk", "ui", "templates"))]
    told = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert told.stdout.splitlines() == ["[]", "x [2, 2, 2] ['5', '5', '5']"], told.stderr
