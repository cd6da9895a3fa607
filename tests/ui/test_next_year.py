"""What is left for next year's self, walked from one January to the next; and drafted sentences, marked until she has read them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gxdesk import report as report_file
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.progress import progress
from gxdesk.report import Slot
from gxdesk.resources import packaged
from gxdesk.unread import unread
from ui.library import Library
from ui.pages.narrative import NarrativePage
from ui.panels.drafts import Drafts
from ui.parts import Button
from ui.popover import Popover
from ui.text_binding import BoundEditor
from ui.window import MainWindow
from ui.worker import RenderWorker

LEFT = "台账找信访科要，规范性文件的数找法规科要。"


@pytest.fixture(autouse=True)
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)


@pytest.fixture
def library(tmp_path: Path, forms: Forms) -> Iterator[Library]:
    with DraftStore.open(tmp_path / "library.gxd") as store:
        report = report_file.read(packaged("examples", "service-center-2026.gxreport"), forms)
        store.create(report)
        store.set_agency(report.agency)  # as whoever wrote it has said on its first page
        yield Library(store, forms)


def shown(qtbot: QtBot, library: Library, today: date) -> MainWindow:
    out = MainWindow(today=lambda: today)
    qtbot.addWidget(out)
    out.resize(1366, 768)
    out.attach(library)
    out.show()
    qtbot.waitExposed(out)
    out.activateWindow()
    qtbot.waitUntil(out.isActiveWindow)
    return out


def test_a_note_of_this_january_stands_on_the_same_page_next_january(qtbot: QtBot, library: Library) -> None:
    window = shown(qtbot, library, date(2027, 1, 19))
    window.open_draft(1, "requests")
    assert window.report is not None
    report, note = window.report, window.report.foot.note
    note.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(note, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, BoundEditor) and field.accessibleName() == "给明年的话：三、申请办理"
    field.insertPlainText(LEFT)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is note and note.text() == "给明年的话"
    assert report.session.report.notes == {"requests": LEFT} and not report.note.isVisible()
    assert report.session.report.published(report.session.form).notes == {}, "it is not for publication"
    report.undo()
    assert note.text() == "给明年留句话"
    report.redo()
    window.show_start()

    window._today = window.start._today = lambda: date(2028, 1, 5)  # a year later
    window.new_report(2027)
    assert window.report is not None
    report = window.report
    met = {}
    for key in report.keys:
        report.show_page(key)
        met[key] = report.note.words.text() if report.note.isVisible() else ""
    assert met == {key: LEFT if key == "requests" else "" for key in report.keys}
    report.show_page("requests")
    QTest.mouseClick(report.note.close_, Qt.MouseButton.LeftButton)
    report.show_page("overview")
    report.show_page("requests")
    assert not report.note.isVisible() and report.session.report.notes == {}


def test_a_drafted_sentence_is_marked_follows_its_cells_and_is_read(qtbot: QtBot, library: Library) -> None:
    window = shown(qtbot, library, date(2027, 1, 19))
    window.open_draft(1, "overview")
    assert window.report is not None
    report, session = window.report, window.report.session
    page = report.page("overview")
    assert isinstance(page, NarrativePage)
    session.put({Slot("texts", "overview"): ""}, "")
    page.draft_button.click()
    drafts = next(p for p in window.findChildren(Popover) if p.isVisible()).findChild(Drafts)
    assert drafts is not None
    next(b for b in drafts.findChildren(Button) if b.text() == "全部放进去").click()
    marked = [s.text for s in unread(session.report, "overview")]
    assert len(marked) > 3 and "句起草的没看过" in next(p.words for p in progress(session) if p.key == "overview")
    assert page.unread.current is not None and page.unread.drafted
    session.set_cell(next(ref for ref in session.form.tables["requests"].inputs if ref.row == "received" and ref.column == "person"), "99")
    session.seal()
    now = [s.text for s in unread(session.report, "overview")]
    assert len(now) == len(marked) and now != marked and any("新收政府信息公开申请106件" in s for s in now)
    page.unread.go_on()
    page.unread.confirm()
    assert len(unread(session.report, "overview")) == len(marked) - 1


def open_popovers(window: MainWindow) -> list[Popover]:
    return [p for p in window.findChildren(Popover) if p.isVisible()]


def test_what_is_opened_under_a_button_is_the_only_one_and_goes_with_a_second_press_or_the_page(qtbot: QtBot, library: Library) -> None:
    window = shown(qtbot, library, date(2027, 1, 19))
    window.open_draft(1, "requests")
    assert window.report is not None
    report, note = window.report, window.report.foot.note
    for _ in range(2):  # the one before is gone by the time the next is opened, and takes nothing of it along
        QTest.mouseClick(note, Qt.MouseButton.LeftButton)
        (popover,) = open_popovers(window)
        QTest.mouseClick(note, Qt.MouseButton.LeftButton)
        assert not open_popovers(window)
        QTest.mouseClick(note, Qt.MouseButton.LeftButton)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert not open_popovers(window)
    QTest.mouseClick(note, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    (popover,) = window.findChildren(Popover)
    report.show_page("overview")
    assert not popover.isVisible()
    page = report.page("overview")
    assert isinstance(page, NarrativePage)
    QTest.mouseClick(page.draft_button, Qt.MouseButton.LeftButton)
    assert len(open_popovers(window)) == 1
    QTest.mouseClick(page.draft_button, Qt.MouseButton.LeftButton)
    assert not open_popovers(window)
    QTest.mouseClick(page.draft_button, Qt.MouseButton.LeftButton)
    report.show_page("requests")
    assert not open_popovers(window), "its button is not on this page"


@pytest.mark.parametrize("size", [(911, 512), (1366, 768)])
def test_a_long_note_of_last_year_leaves_the_page_its_room_and_scrolls(qtbot: QtBot, library: Library, forms: Forms, size: tuple[int, int]) -> None:
    now = library.store.load(1).report
    library.store.create(replace(now, year=2025, notes={"requests": "去年的话，写得很长很长。\n" * 40, "problems": "一句话。"}))
    window = shown(qtbot, library, date(2027, 1, 19))
    window.resize(*size)
    window.open_draft(1, "requests")
    report = window.report
    assert report is not None
    QApplication.processEvents()
    assert report.note.isVisible() and report.note.height() < 84 and report.note.close_.y() < 8
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    words = QApplication.focusWidget()
    assert words is not None and report.note.isAncestorOf(words)
    before = report.note.words.mapTo(report.note, QPoint(0, 0)).y()
    QTest.keyClick(words, Qt.Key.Key_Down)
    assert report.note.words.mapTo(report.note, QPoint(0, 0)).y() < before
    report.show_page("problems")
    qtbot.waitUntil(lambda: report.note.height() < 40)
