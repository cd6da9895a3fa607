"""法规和格式通知 and 错误示范, with real clicks: opened from the start page, from a finding, at the clause."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from ui.library import Library
from ui.pages.moments import MomentsDialog
from ui.panels.sources import SourcesWindow, basis_line
from ui.parts import Button, column, holder
from ui.samples import EXAMPLE, SLIPS
from ui.window import MainWindow
from ui.worker import RenderWorker

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def library(tmp_path: Path, forms: Forms) -> Iterator[Library]:
    with DraftStore.open(tmp_path / "library.gxd") as store:
        yield Library(store, forms)


@pytest.fixture
def window(qtbot: QtBot, library: Library, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    out = MainWindow(today=lambda: date(2027, 1, 19))
    qtbot.addWidget(out)
    out.attach(library)
    out.resize(1366, 768)
    out.show()
    qtbot.waitExposed(out)
    return out


def current(shown: SourcesWindow) -> str:
    item = shown.list.currentItem()
    return item.text() if item is not None else ""


def test_the_slips_are_of_many_kinds_and_each_is_found(library: Library) -> None:
    findings = library.open(library.example(SLIPS)).session.findings
    assert {f.code for f in findings} == {"R-PERIOD", "T-CONTACT", "R-TEMPLATE", "R-YEAR", "N-SUM", "N-RESULT", "A3-BAL", "B-BLANK", "C-SIX-FEE"}


@pytest.mark.parametrize("which", [EXAMPLE, SLIPS])
def test_the_start_page_opens_the_examples_to_look_at_and_a_copy_to_change(window: MainWindow, library: Library, qtbot: QtBot, which: str) -> None:
    qtbot.mouseClick(window.start.slips if which == SLIPS else window.start.example, LEFT)
    report = window.report
    assert report is not None and report.session.read_only and library.drafts() == []
    assert {f.code for f in report.session.findings} == {f.code for f in library.open(library.example(which)).session.findings}
    library.store.delete(1)
    before = report.session.report
    for key in report.keys:
        report.show_page(key)
        focused = window.focusWidget() or window
        QTest.keyClicks(focused, "12")
    assert report.session.report == before, "nothing can be typed into it"
    assert "只能看" in window.bar.words.text(), "and that is said"
    told = [w.text() for w in report.findChildren(QLabel)]
    assert any(words.startswith("改法：") for words in told) == (which == SLIPS), "how it is mended is told where it cannot be"
    report.show_page("requests")
    qtbot.mouseClick(report.copy, LEFT)
    mine = window.report
    assert mine is not None and mine is not report and mine.key == "requests" and not mine.session.read_only
    assert len(library.drafts()) == 1 and library.agency_name() == ""
    window.show_start()
    assert window.start.model.line(0).state == "样例" and before.agency["name"] in window.start.model.line(0).detail


def test_leaving_an_example_leaves_nothing(window: MainWindow, library: Library, qtbot: QtBot) -> None:
    window.open_example()
    report = window.report
    assert report is not None and report.top.past.isHidden()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert not window.findChildren(MomentsDialog), "it has no past"
    window.show_start()
    assert window.report is None and library.drafts() == [] and library.interrupted() is None


def test_the_start_page_opens_the_texts_once_and_they_can_be_searched(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.start.sources, LEFT)
    qtbot.mouseClick(window.start.sources, LEFT)
    (shown,) = window.findChildren(SourcesWindow)
    assert shown.isVisible() and "国务院令第711号" in shown.text.toPlainText() and "摘录" in shown.text.toPlainText()
    shown.field.setFocus()
    QTest.keyClicks(shown.field, "1000")
    assert shown.list.count() == 0 and "没有找到" in shown.count.text()
    shown.field.setText("信息处理费")
    assert current(shown).startswith("第四十二条") and shown.count.text() == "3 条里有"
    shown.close()


def test_a_basis_is_opened_at_its_clause(qtbot: QtBot) -> None:
    line = basis_line("国办公开办函〔2021〕30号 一（六）：收取信息处理费的情况")
    window = holder(column(line))
    qtbot.addWidget(window)
    window.show()
    button = line.findChild(Button)
    assert button is not None
    qtbot.mouseClick(button, LEFT)
    shown = window.findChild(SourcesWindow)
    assert shown is not None and current(shown).startswith("一（六）") and "〔2021〕30号" in shown.text.toPlainText()
    assert shown.text.verticalScrollBar().value() > 0
    shown.close()


def test_a_basis_that_is_not_kept_is_words_alone(qtbot: QtBot) -> None:
    line: QWidget = basis_line("列举的次序")
    qtbot.addWidget(line)
    assert not line.findChildren(Button)
