"""The process that reads a file for the window: it ends with what asked for it."""

import sys
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QProcess
from pytestqt.qtbot import QtBot

from gxdesk.forms.known import Forms
from ui.reading import SourceReader

ENDLESS = (sys.executable, "-c", "import time; time.sleep(600)")


def reading(qtbot: QtBot, parent: QObject, forms: Forms) -> tuple[SourceReader, QProcess, list[object]]:
    reader = SourceReader(forms, parent, ENDLESS)
    said: list[object] = []
    reader.failed.connect(lambda *words: said.append(words))
    reader.start(Path("报告.pdf"))
    (process,) = reader.findChildren(QProcess)
    qtbot.waitUntil(lambda: process.state() is QProcess.ProcessState.Running)
    return reader, process, said


def test_a_window_that_goes_while_a_file_is_read_takes_the_reading_along(qtbot: QtBot, forms: Forms) -> None:
    window = QObject()
    _, process, said = reading(qtbot, window, forms)
    shiboken6.delete(window)  # not closed: it is destroyed with all it holds; a warning of Qt or an error in a slot fails the test
    assert not shiboken6.isValid(process) and not said


def test_a_new_file_replaces_the_one_under_way_without_a_word(qtbot: QtBot, forms: Forms) -> None:
    window = QObject()
    reader, first, said = reading(qtbot, window, forms)
    reader.start(Path("另一份.pdf"))
    assert first.state() is QProcess.ProcessState.NotRunning and not said
    reader.stop()
    shiboken6.delete(window)
    assert not said
