"""The screen of a made-up third form: its tables, headers, strip and pages come out of the file alone."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged
from gxdesk.session import Session
from tests.ui.conftest import OpenTable
from ui.library import Library
from ui.report_window import ReportWindow


@pytest.fixture
def third(tmp_path: Path) -> FormDef:
    for path in [*packaged("forms").glob("*.toml"), Path(__file__).parents[1] / "forms" / "third.toml"]:
        shutil.copy(path, tmp_path)
    return Forms.load(tmp_path)["2030"]


def test_its_table_is_typed_in_and_added_up(third: FormDef, opened: OpenTable) -> None:
    session = Session(Report("2030", 2030), third)
    sheet = opened(session, "doors")
    model = sheet.grid.model()
    assert (model.rowCount(), model.columnCount()) == (4, 4)
    assert model.headerData(0, Qt.Orientation.Vertical) == "状态，开着"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "其他门，后门"
    sheet.grid.setCurrentIndex(model.index(0, 0))
    for key in ("3", "4", "5"):
        QTest.keyClicks(sheet.grid.focusProxy() or sheet.grid, key)
        QTest.keyClick(sheet.grid.viewport().focusWidget() or sheet.grid, Qt.Key.Key_Tab)
    assert [model.index(0, c).data() for c in range(4)] == ["3", "4", "5", "12"]


def test_each_of_its_sections_has_a_page(third: FormDef, tmp_path: Path, qtbot: QtBot) -> None:
    with DraftStore.open(tmp_path / "library.gxd") as store:
        library = Library(store, Forms.load(tmp_path))
        window = ReportWindow(library.open(store.create(Report("2030", 2030, {"name": "虚构局"}))))
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        for section in third.sections:
            page = window.show_page(section.key)
            assert page.isVisible() and page.key == section.key
