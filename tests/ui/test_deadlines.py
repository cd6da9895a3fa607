"""时间与提醒 on the start page: the days of her kind of body, the earlier one of her place, the calendar file."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from ui.library import Library
from ui.panels.deadlines import Deadlines
from ui.tokens import Look, Mode
from ui.window import MainWindow
from ui.worker import RenderWorker


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    with DraftStore.open(tmp_path / "library.gxd") as store:
        store.set_agency({"name": "示例县人民政府"})
        store.create(Report("2021", 2026, {"name": "示例县人民政府"}))
        out = MainWindow(today=lambda: date(2027, 1, 12))
        qtbot.addWidget(out)
        out.resize(1366, 768)
        out.attach(Library(store, forms))
        out.show()
        qtbot.waitExposed(out)
        yield out
        out.close()


def shown(window: MainWindow) -> Deadlines:
    QTest.mouseClick(window.start.card.times, Qt.MouseButton.LeftButton)
    return next(d for d in window.findChildren(Deadlines) if d.isVisible())


def days(window: MainWindow) -> list[str]:
    return [w.text() for w in window.start.card.findChildren(QLabel) if w.isVisible()]


def test_the_days_of_her_kind_of_body_and_the_earlier_one_of_her_place(window: MainWindow) -> None:
    times = shown(window)
    said = [w.text() for w in times.findChildren(QLabel)]
    assert {"1 月 31 日", "2 月 20 日"} <= set(said) and any("第四十九条" in words for words in said)
    assert {"距 1 月 31 日", "19"} <= set(days(window))
    QTest.keyClicks(times.field, "2.1")
    QTest.keyClick(times.field, Qt.Key.Key_Return)
    assert "要早于 1 月 31 日" in times.said.text() and window.library.earlier_deadline() == ()
    times.field.setText("1月20日")
    QTest.keyClick(times.field, Qt.Key.Key_Return)
    assert window.library.earlier_deadline() == (1, 20)
    assert {"距 1 月 20 日", "8", "本地要求的时间"} <= set(days(window))
    times.hide()
    window.open_draft(1)
    assert window.report is not None and window.report.top._days.text() == "8 天"
    window.show_start()
    again = shown(window)
    assert again.field.text() == "1月20日"
    again.field.clear()
    QTest.mouseClick(again.keep, Qt.MouseButton.LeftButton)
    assert window.library.earlier_deadline() == () and "距 1 月 31 日" in days(window)


def test_the_calendar_holds_all_of_them(window: MainWindow, tmp_path: Path) -> None:
    window.library.set_earlier_deadline((1, 20))
    times = shown(window)
    times.write_calendar(tmp_path / "提醒.ics")
    text = (tmp_path / "提醒.ics").read_bytes().decode().replace("\r\n ", "")
    assert [f"DTSTART;VALUE=DATE:2027{day}" in text for day in ("0120", "0131", "0220")] == [True] * 3
    assert "已存成“提醒.ics”" in window.bar.words.text()
    times.write_calendar(tmp_path / "没有" / "提醒.ics")
    assert not (tmp_path / "没有").exists() and "已存成" not in window.bar.words.text()


@pytest.mark.parametrize("kept", [None, [], [13, 1], [2, 30], [11, 31], [2, 29], [10**30, 1], [0, 1], [1], ["1", 2], {"a": 1}])
def test_a_strange_setting_is_no_day(window: MainWindow, kept: object) -> None:
    window.library.store.set_setting("earlier_deadline", kept)
    assert window.library.earlier_deadline() == ()


def test_large_type_is_chosen_at_once_and_told_to_be_remembered(window: MainWindow, dressed: Look, qtbot: QtBot) -> None:
    before = window.start.card.title.fontMetrics().height()
    with qtbot.waitSignal(window.large_chosen) as told:
        window.start.large_chosen.emit(True)
    assert told.args == [True] and dressed.large and "大字" in window.start.appearance.text()
    assert window.start.card.title.fontMetrics().height() > before
    dressed.use(Mode.LIGHT, large=False)
