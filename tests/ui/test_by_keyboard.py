"""A report from the empty library to its files, by keys alone: each goes to whatever has the keyboard, as a person's do."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.document.edition import Edition
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.unread import unread
from ui.library import Library
from ui.panels.export import ExportBox
from ui.table.view import FormGrid
from ui.window import MainWindow
from ui.worker import RenderWorker

K, M = Qt.Key, Qt.KeyboardModifier
FAR = 60  # presses of Tab: what is farther is out of reach


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Path]]:
    """The files that were asked for; none is made."""
    asked: list[Mapping[str, Path]] = []

    def export(_: RenderWorker, __: Edition, targets: Mapping[str, Path]) -> int:
        asked.append(targets)
        return 1

    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    monkeypatch.setattr(RenderWorker, "export", export)
    return asked


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, forms: Forms) -> Iterator[MainWindow]:
    with DraftStore.open(tmp_path / "library.gxd") as store:
        out = MainWindow(today=lambda: date(2027, 1, 19))
        qtbot.addWidget(out)
        out.resize(1366, 768)
        out.show()
        qtbot.waitExposed(out)
        out.activateWindow()
        qtbot.waitUntil(out.isActiveWindow)
        out.attach(Library(store, forms))
        yield out
        out.close()


def here() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None, "the keyboard is nowhere"
    return focused


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = M.NoModifier) -> None:
    QTest.keyClick(here(), key, modifier)
    QApplication.processEvents()


def compose(words: str) -> None:
    """What an input method sends when she has chosen the characters."""
    event = QInputMethodEvent()
    event.setCommitString(words)
    QApplication.sendEvent(here(), event)


def reach(words: str, key: Qt.Key = K.Key_Tab) -> None:
    """Go with Tab, or with `key`, to the button or field that is called so."""
    for _ in range(FAR):
        focused = here()
        called = {focused.accessibleName(), focused.text() if isinstance(focused, QAbstractButton) else ""}
        if words in called:
            return
        press(key)
    raise AssertionError(f"{words} cannot be reached")


def test_the_whole_way_by_keys(window: MainWindow, wanted: list[Mapping[str, Path]], qtbot: QtBot) -> None:
    assert here().accessibleName() == "机关全称"
    compose("示例市高新区社会事务综合服务中心")
    reach("开始写")
    press(K.Key_Return)
    report = window.report
    assert report is not None and report.key == "preamble"
    for field, words in (("自称", "我中心"), ("电话", "0632-1234567"), ("电子邮箱", "a@example.gov.cn"), ("地址", "示例路6号"), ("网站", "www.example.gov.cn")):
        reach(field)
        compose(words)
    for button in ("插入常用引言", "插入落款"):
        reach(button)
        press(K.Key_Return)
    press(K.Key_Down, M.AltModifier)

    assert report.key == "overview"
    for _ in range(3):
        press(K.Key_Down, M.AltModifier)
        grid = here()
        assert isinstance(grid, FormGrid), report.key
        if report.key == "requests":
            QTest.keyClicks(here(), "3")  # 新收，自然人
            press(K.Key_Return)
            press(K.Key_Down)
            QTest.keyClicks(here(), "3")  # 予以公开
            press(K.Key_Return)
        reach("本表全年无发生", K.Key_Backtab)
        press(K.Key_Return)
        if not grid.hasFocus():  # it asks, since not all is 0
            press(K.Key_Return)
        assert grid.hasFocus() and not grid.blank_inputs()
    assert report.key == "remedies"
    for _ in range(3):
        press(K.Key_Up, M.AltModifier)

    assert report.key == "overview"
    reach("起草", K.Key_Backtab)
    press(K.Key_Return)
    reach("全部放进去")
    press(K.Key_Return)
    text = report.session.report.texts["overview"]
    assert "新收政府信息公开申请3件，办结3件" in text and unread(report.session.report, "overview")
    for key, words in (("problems", "一是公开得不够及时。明年每季度检查一次栏目。"), ("other", "2026年，没有收取政府信息公开信息处理费。")):
        while report.key != key:
            press(K.Key_Down, M.AltModifier)
        compose(words)
        assert report.session.report.texts[key] == words

    press(K.Key_E, M.ControlModifier)
    assert report.key == "review"
    box = window.findChild(ExportBox)
    assert box is not None
    reach(box.button.text())
    press(K.Key_Return)
    qtbot.waitUntil(lambda: len(wanted) == 1)
    assert set(wanted[0]) == {"pdf", "html"}
    press(K.Key_Left, M.AltModifier)
    assert window.report is None and here() is window.start.card.go
