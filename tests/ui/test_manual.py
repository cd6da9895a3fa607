"""用户手册 in its window: opened by F1 and by its buttons at what she is doing, searched, made into a PDF."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from ui.library import Library
from ui.manual import ManualWindow
from ui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, forms: Forms, tmp_path: Path) -> MainWindow:
    window = MainWindow(today=lambda: date(2027, 1, 19))
    qtbot.addWidget(window)
    window.attach(Library(DraftStore.open(tmp_path / "library.gxd"), forms))
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def manual(qtbot: QtBot) -> ManualWindow:
    manual = ManualWindow()
    qtbot.addWidget(manual)
    manual.show()
    qtbot.waitExposed(manual)
    return manual


def topic(window: MainWindow) -> str:
    manual = window._manual
    assert manual is not None and manual.isVisible()
    return manual.topics.currentItem().text()


def test_f1_opens_it_at_what_she_is_doing(window: MainWindow, qtbot: QtBot, example: Report) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert topic(window) == "第一次打开"
    window.open_draft(window.library.add(example))
    report = window.report
    assert report is not None
    for key, title in (("requests", "填表"), ("overview", "写文字"), ("review", "核对"), ("preamble", "第一次打开")):
        report.show_page(key)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_F1)
        assert topic(window) == title


def test_its_buttons_open_it_and_it_closes_with_the_window(window: MainWindow, example: Report) -> None:
    next(action for action in window.start.help_menu().actions() if action.text().startswith("用户手册")).trigger()
    manual = window._manual
    assert manual is not None and manual.isVisible()
    manual.close()
    window.open_draft(window.library.add(example))
    assert window.report is not None
    QTest.mouseClick(window.report.top.manual, Qt.MouseButton.LeftButton)
    assert manual.isVisible()
    window.close()
    assert not manual.isVisible()


def test_a_topic_is_turned_to_and_the_words_searched_for_are_found(manual: ManualWindow) -> None:
    manual.show_topic("trouble")
    assert manual.text.verticalScrollBar().value() > 0
    manual.show_topic("first")
    top = manual.text.verticalScrollBar().value()
    manual.search.setText("校验码")
    QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.text.textCursor().selectedText() == "校验码" and manual.text.verticalScrollBar().value() > top
    manual.search.setText("没有这几个字的")
    manual.find_next()
    assert manual.said.text() == "手册里没有“没有这几个字的”。"


@pytest.mark.no_cover
def test_it_becomes_a_pdf(manual: ManualWindow, qtbot: QtBot, tmp_path: Path) -> None:
    manual.save_pdf(tmp_path / "手册.pdf")
    qtbot.waitUntil(lambda: manual.said.text() == "已存到“手册.pdf”。")
    assert (tmp_path / "手册.pdf").read_bytes().startswith(b"%PDF-")
    manual.save_pdf(tmp_path / "没有" / "手册.pdf")
    qtbot.waitUntil(lambda: manual.said.text().startswith("PDF 没有做成"))
    assert not (tmp_path / "没有").exists()
