"""Figures that need a window."""

import os
import tempfile
import time
from datetime import date
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gxdesk import report
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged
from gxdesk.session import Session
from ui.application import Application
from ui.bridge import Bridge
from ui.library import Library
from ui.table.sheet import TableSheet
from ui.tokens import Look
from ui.window import MainWindow

FORMS = Forms.load()


def application() -> QApplication:
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    app = Application()
    Look.install(app)
    return app


def start_page_times(reports: int = 10_000, runs: int = 9) -> list[float]:
    """Milliseconds from asking for the start page to its painted window, with this many reports in the library."""
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        store = DraftStore.open(Path(folder, "library.gxd"))
        for n in range(reports):
            store.create(Report("2021", 2021 + n % 6, {"name": f"第 {n} 局"}))
        window = MainWindow(today=lambda: date(2027, 1, 19))
        window.attach(Library(store, FORMS))
        window.resize(1366, 768)
        window.show()
        app.processEvents()
        values = []
        for _ in range(runs):
            start = time.perf_counter()
            window.show_start()
            window.repaint()
            app.processEvents()
            values.append((time.perf_counter() - start) * 1000)
        window.close()
    return values


def repaint_times() -> list[float]:
    """Milliseconds for one key in an open cell of the largest table up to the painted window."""
    app = application()
    example = report.read(packaged("examples", "service-center-2026.gxreport"), FORMS)
    session = Session(example, FORMS["2021"])
    bridge = Bridge(session)
    table = max(session.form.tables.values(), key=lambda t: len(t.cells))
    sheet = TableSheet(session, bridge, table.key)
    sheet.resize(1100, 700)
    sheet.show()
    app.processEvents()
    grid, model = sheet.grid, sheet.grid.model()
    values = []
    for column in range(3):
        for row in range(12):
            grid.setCurrentIndex(model.index(row, column))
            app.processEvents()
            for key in "12":
                start = time.perf_counter()
                QTest.keyClicks(QApplication.focusWidget() or grid, key)
                app.processEvents()
                values.append((time.perf_counter() - start) * 1000)
            QTest.keyClick(QApplication.focusWidget() or grid, Qt.Key.Key_Return)
    sheet.close()
    return values
