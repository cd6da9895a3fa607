"""What the tests of the window share: an application with its look, sessions, a table in a window, and keys pressed in it.

A warning of Qt's or in the log fails a test (pyproject.toml, tests/conftest.py).
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partialmethod
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported; a platform set by the caller wins

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.library import Library
from ui.pages.narrative import NarrativePage
from ui.parts import column, holder
from ui.table.cell import CellEditor
from ui.table.sheet import TableSheet
from ui.tokens import Look, Mode
from ui.window import MainWindow
from ui.worker import RenderWorker

# Said by the plug-ins for displays without a window manager, about windows that open quite well.
HARMLESS = ("propagateSizeHints", r"does not support raise\(\)", "does not support grabbing")

PATIENCE_MS = 120_000
NewSession = Callable[..., Session]
OpenTable = Callable[..., TableSheet]


def pytest_configure(config: pytest.Config) -> None:
    for message in HARMLESS:
        config.addinivalue_line("qt_log_ignore", message)


@pytest.fixture(autouse=True, scope="session")
def kept_from_the_collector(qapp: QApplication) -> None:
    """Modules, forms, and what other tests keep: going through them after each test would double its time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_after_the_test(kept_from_the_collector: None) -> Iterator[None]:
    """A window without a parent is Python's until qtbot closes it. Between the end of the test and that, Python's collector may run amid an event
    of the window, and destroy it under Qt's hands. So what a test lets go of is collected here, where no event is under way. What qtbot closed
    nothing else deletes, outside a running event loop, and each change of the look would go through all of it."""
    gc.disable()
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


class PatientBot(QtBot):
    """Waits until what is waited for is there: how long that takes is a matter of what else the computer does. pytest-qt gives up after 5 s."""

    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE_MS)  # noqa: N815
    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE_MS)  # noqa: N815
    waitSignals = partialmethod(QtBot.waitSignals, timeout=PATIENCE_MS)  # noqa: N815
    waitExposed = partialmethod(QtBot.waitExposed, timeout=PATIENCE_MS)  # noqa: N815


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


def let_pass(ms: int) -> None:
    """So much time, and whatever fell due in it, however late the computer notices."""
    QTest.qWait(ms)
    QApplication.processEvents()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where she chose a file last is no matter of the computer the tests run on."""
    monkeypatch.setattr("ui.dialogs.data_folder", lambda: tmp_path)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Look:
    """The application looks as it does at work, in the light theme."""
    return Look.install(qapp, Mode.LIGHT)


@pytest.fixture(autouse=True, scope="session")
def clipboard_let_go(qapp: QApplication) -> Iterator[None]:
    """Without a display Qt keeps what was copied past the end of Python, and dies of letting it go then."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def session(forms: Forms) -> NewSession:
    """`session(cells, form="2021", last=None, fill=None)`: a session with these cells as typed; `fill` goes into every other input."""

    def make(
        cells: Mapping[str, str] | None = None, form: str = "2021", last: Mapping[str, str] | None = None, fill: str | None = None
    ) -> Session:
        used = forms[form]
        year = used.first_year + 1
        texts = {ref: fill for table in used.tables.values() for ref in table.inputs} if fill is not None else {}
        texts |= {CellRef(k): v for k, v in (cells or {}).items()}
        report = Report(form, year, cells={k: v for k, v in texts.items() if v})
        before = replace(report, year=year - 1, cells=dict(last)) if last is not None else None
        return Session(report, used, last_year=(before, used) if before else None)

    return make


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[OpenTable]:
    """`opened(session, table, size=(900, 620))`: the table in a window on the screen, with the focus in it."""
    windows: list[QWidget] = []

    def make(of: Session, table: str, size: tuple[int, int] = (900, 620)) -> TableSheet:
        bridge = Bridge(of)
        sheet = TableSheet(of, bridge, table)
        bridge.setParent(sheet)
        window = holder(column(sheet, None))
        windows.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        sheet.grid.setFocus()
        QApplication.processEvents()
        return sheet

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DraftStore]:
    """The library of `window`."""
    with DraftStore.open(tmp_path / "library.gxd") as opened:
        yield opened


@pytest.fixture
def window(qtbot: QtBot, store: DraftStore, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The whole window over an empty library, in January 2027. No page is laid out."""
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    out = MainWindow(today=lambda: date(2027, 1, 19))
    qtbot.addWidget(out)
    out.attach(Library(store, forms))
    out.resize(1366, 768)
    out.show()
    qtbot.waitExposed(out)
    out.activateWindow()
    qtbot.waitUntil(out.isActiveWindow)
    return out


class Hands:
    """Presses keys where the focus is, as a person does: in the table, or in the editor that has opened in it."""

    def __init__(self, sheet: TableSheet) -> None:
        self.sheet, self.grid, self.adapter = sheet, sheet.grid, sheet.grid.adapter

    def target(self) -> QWidget:
        return self.editor() or self.grid

    def editor(self) -> CellEditor | None:
        found = [e for e in self.grid.viewport().findChildren(CellEditor) if e.isVisible()]
        return found[0] if found else None

    def press(self, *keys: Qt.Key, shift: bool = False, ctrl: bool = False) -> None:
        modifier = Qt.KeyboardModifier
        held = (modifier.ShiftModifier if shift else modifier.NoModifier) | (modifier.ControlModifier if ctrl else modifier.NoModifier)
        for key in keys:
            QTest.keyClick(self.target(), key, held)

    def type(self, text: str) -> None:
        """Each character by itself, without giving the event loop a turn: fast typing."""
        for character in text:
            if character == "\n":
                self.press(Qt.Key.Key_Return)
            elif character == "\t":
                self.press(Qt.Key.Key_Tab)
            elif character.isascii():
                QTest.keyClicks(self.target(), character)
            else:  # QTest knows the keys of a plain keyboard only
                QApplication.sendEvent(self.target(), QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character))

    def go(self, row: int, column: int) -> None:
        self.grid.finish()
        self.grid.setCurrentIndex(self.adapter.index(row, column))

    @property
    def at(self) -> tuple[int, int] | None:
        return self.grid.current_place()

    def resize(self, width: int, height: int) -> None:
        self.sheet.window().resize(width, height)
        QApplication.processEvents()

    def shows(self, row: int, column: int) -> str:
        return self.adapter.shown(row, column).text

    def click(self, row: int, column: int) -> None:
        at = self.grid.visualRect(self.adapter.index(row, column)).center()
        QTest.mouseClick(self.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def commit(page: NarrativePage, words: str) -> None:
    """As an input method writes."""
    done = QInputMethodEvent()
    done.setCommitString(words)
    QApplication.sendEvent(page.editor, done)
