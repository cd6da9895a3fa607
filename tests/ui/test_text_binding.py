"""Text fields bound to the session: both ways, live, and never in the way of an input method."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.text_binding import BoundEditor, BoundField

TEXT, NAME = Slot("texts", "preamble"), Slot("agency", "name")


@dataclass
class Bound:
    session: Session
    bridge: Bridge
    editor: BoundEditor
    field: BoundField


Make = Callable[..., Bound]


@pytest.fixture
def bound(qtbot: QtBot, forms: Forms) -> Make:
    def make(text: str = "", name: str = "") -> Bound:
        session = Session(Report("2021", 2026, {"name": name} if name else {}, {"preamble": text} if text else {}), forms["2021"])
        bridge = Bridge(session)
        editor, field = BoundEditor(session, bridge, TEXT), BoundField(session, bridge, NAME)
        for widget in (editor, field):
            qtbot.addWidget(widget)
            widget.resize(500, 200)
            widget.show()
            qtbot.waitExposed(widget)
        return Bound(session, bridge, editor, field)

    return make


def compose(widget: BoundEditor | BoundField, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def test_keys_reach_the_session_at_once(bound: Make) -> None:
    b = bound("一")
    b.editor.setTextCursor(b.editor.cursor_at(1))
    QTest.keyClicks(b.editor, "ab")
    assert b.session.text(TEXT) == "一ab"
    QTest.keyClick(b.editor, Qt.Key.Key_Return)
    QTest.keyClicks(b.editor, "c")
    assert b.session.text(TEXT) == "一ab\nc"
    QTest.keyClicks(b.field, "xy")
    assert b.session.text(NAME) == "xy"


def test_a_burst_of_keys_is_one_step_and_a_moved_caret_begins_another(bound: Make) -> None:
    b = bound()
    QTest.keyClicks(b.editor, "abc")
    QTest.keyClick(b.editor, Qt.Key.Key_Home)
    QTest.keyClicks(b.editor, "x")
    b.session.undo()
    assert b.session.text(TEXT) == b.editor.text() == "abc"
    b.session.undo()
    assert b.editor.text() == "" and not b.session.can_undo


def test_what_replaces_a_selection_does_not_take_the_typing_before_it_along(bound: Make) -> None:
    b = bound()
    QTest.keyClicks(b.editor, "abc")
    b.editor.selectAll()
    QTest.keyClick(b.editor, Qt.Key.Key_Delete)
    assert b.session.text(TEXT) == ""
    b.session.undo()
    assert b.editor.text() == "abc"


def test_a_change_from_elsewhere_is_patched_in_and_the_caret_stays(bound: Make) -> None:
    b = bound("甲乙丙丁")
    b.editor.setTextCursor(b.editor.cursor_at(3))
    b.session.set_text(TEXT, "零甲乙丙丁")
    assert b.editor.text() == b.editor.toPlainText() == "零甲乙丙丁"
    assert b.editor.caret() == 4
    b.session.undo()
    assert b.editor.caret() == 0  # undo shows where it was


def test_rare_characters_take_one_place_for_the_session_and_two_for_qt(bound: Make) -> None:
    b = bound("𠮷野家𠮷")
    b.editor.setTextCursor(b.editor.cursor_at(3))
    QTest.keyClicks(b.editor, "x")
    assert b.session.text(TEXT) == "𠮷野家x𠮷"
    assert b.editor.caret() == 4
    b.session.set_text(TEXT, "𠮷野家x")
    assert b.editor.toPlainText() == "𠮷野家x"


def test_places_are_right_around_rare_characters(bound: Make) -> None:
    text = "𠮷a𠮷𠮷b一"
    b = bound(text)
    for at in range(len(text) + 1):
        b.editor.setTextCursor(b.editor.cursor_at(at))
        assert b.editor.caret() == at
        assert b.editor.cursor_at(0, at).selectedText() == text[:at]


def test_hard_blanks_survive_and_line_ends_change_only_when_edited(bound: Make) -> None:
    b = bound("甲\xa0乙\r\n丙")
    assert b.session.text(TEXT) == "甲\xa0乙\r\n丙" and not b.session.can_undo
    b.editor.setTextCursor(b.editor.cursor_at(5))
    QTest.keyClicks(b.editor, "x")
    assert b.session.text(TEXT) == "甲\xa0乙\n丙x"


def test_paste_takes_plain_text_and_a_file_is_not_for_the_text(bound: Make) -> None:
    b = bound("前")
    rich = QMimeData()
    rich.setHtml("<b>粗</b>")
    rich.setText("粗")
    b.editor.setTextCursor(b.editor.cursor_at(1))
    b.editor.insertFromMimeData(rich)
    assert b.session.text(TEXT) == "前粗" and "font-weight" not in b.editor.toHtml().split("<p")[1]
    file = QMimeData()
    file.setUrls([QUrl.fromLocalFile("/somewhere/报告.gxreport")])
    assert not b.editor.canInsertFromMimeData(file)


@pytest.mark.parametrize("kind", ["editor", "field"])
def test_composing_is_never_disturbed(bound: Make, kind: str) -> None:
    b = bound("原来的话", "原来的话")
    widget, slot = (b.editor, TEXT) if kind == "editor" else (b.field, NAME)
    if isinstance(widget, BoundEditor):
        widget.setTextCursor(widget.cursor_at(4))
    else:
        widget.setCursorPosition(4)
    compose(widget, "ni hao")
    b.session.set_text(slot, "改过的话")
    compose(widget, "ni hao a")
    shown = widget.document().toRawText() if isinstance(widget, BoundEditor) else widget.text()
    assert shown == "原来的话"  # nothing was patched in while she composed
    compose(widget, "", "你好")
    assert b.session.text(slot).endswith("你好")
    if isinstance(widget, BoundEditor):
        assert b.session.text(slot) == widget.text() == "改过的话你好"


def test_composed_words_meet_a_change_at_the_same_place(bound: Make) -> None:
    b = bound("甲乙丙")
    b.editor.setTextCursor(b.editor.cursor_at(2))
    compose(b.editor, "x")
    b.session.set_text(TEXT, "甲丁丙")
    compose(b.editor, "", "你")
    assert b.session.text(TEXT) == b.editor.text()
    assert set("甲丁你丙") == set(b.session.text(TEXT))


def test_preedit_alone_changes_nothing(bound: Make) -> None:
    b = bound()
    compose(b.editor, "zhong")
    assert b.session.text(TEXT) == "" and b.editor.composing
    compose(b.editor, "")
    assert b.session.text(TEXT) == "" and not b.session.can_undo


def test_undo_keys_are_left_to_the_window(bound: Make) -> None:
    b = bound()
    for widget, slot in ((b.editor, TEXT), (b.field, NAME)):
        QTest.keyClicks(widget, "abc")
        QTest.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert b.session.text(slot) == "abc"  # no window here that would undo


def test_a_place_asked_for_while_she_deletes_is_within_the_text(bound: Make) -> None:
    """The caret tells of a deletion before the text does: Qt's warning of a place out of range fails the test."""
    b = bound("一二三。\n四五六。")
    asked: list[int] = []
    b.editor.cursorPositionChanged.connect(lambda: asked.append(b.editor.cursor_at(9).position()))
    b.editor.setFocus()
    QTest.keyClick(b.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(b.editor, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert asked[-1] == 0 and b.session.text(TEXT) == ""
    b.session.undo()
    assert b.editor.cursor_at(9).position() == 9
