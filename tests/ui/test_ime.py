"""Composing with an input method, in every kind of field: nothing is lost, doubled or mixed up, and the candidates stand at the caret."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from tests.ui.conftest import Hands, NewSession, OpenTable, let_pass
from ui.bridge import Bridge
from ui.manual import ManualWindow
from ui.narrative_editor import NarrativeEditor
from ui.pages.agency import AgencyPage
from ui.pages.first import FirstStart
from ui.pages.start import NewReport
from ui.panels.findings import FindingCard, reason_slot
from ui.panels.sources import SourcesWindow
from ui.text_binding import BoundEditor, BoundField

Place = tuple[QWidget, Session, Slot]  # a field of hers, and where its text goes
Open = Callable[[str], Place]
PLACES = ("text", "preamble", "closing", "name", "address", "self_reference", "reason")


@pytest.fixture
def place(qtbot: QtBot, forms: Forms) -> Open:
    """`place(kind)`: a field as the window makes it, shown, with its session and slot."""
    kept: list[QWidget] = []

    def make(kind: str) -> Place:
        session = Session(Report("2021", 2026), forms["2021"])
        bridge = Bridge(session)
        if kind == "text":
            slot, widget = Slot("texts", "overview"), NarrativeEditor(session, bridge, Slot("texts", "overview"))
            top: QWidget = widget
        elif kind == "reason":
            finding = Finding("T", Severity.EXPLAIN, "overview", "某处", "某句", "")
            top = FindingCard(session, bridge, finding)
            slot, widget = reason_slot(finding), top.field
        else:
            top = AgencyPage("preamble", session, bridge, today=lambda: date(2027, 1, 19))
            part = "texts" if kind in top.editors else "agency"
            slot, widget = Slot(part, kind), top.editors[kind] if kind in top.editors else top.fields[kind]
        assert isinstance(widget, BoundEditor | BoundField)
        bridge.setParent(top)
        kept.append(top)
        qtbot.addWidget(top)
        top.resize(800, 600)
        top.show()
        qtbot.waitExposed(top)
        widget.setFocus()
        return widget, session, slot

    return make


def compose(widget: QWidget, preedit: str = "", commit: str = "", replaced: tuple[int, int] = (0, 0)) -> None:
    """What an input method sends: the syllables so far, the words that were chosen, what of the text before the caret they take the place of."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit, *replaced)
    QApplication.sendEvent(widget, event)


def shown(widget: QWidget) -> str:
    return widget.toPlainText() if isinstance(widget, QTextEdit) else widget.text() if isinstance(widget, QLineEdit) else ""


@pytest.mark.parametrize("kind", PLACES)
def test_syllables_are_no_text_and_the_chosen_words_come_once(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    for syllables in ("g", "go", "gong", "gong k", "gong kai"):
        compose(widget, syllables)
        assert session.text(slot) == ""
    compose(widget, commit="公开")
    assert session.text(slot) == shown(widget) == "公开"
    compose(widget, "xin xi")
    compose(widget, commit="信息")
    assert session.text(slot) == shown(widget) == "公开信息"


@pytest.mark.parametrize("kind", PLACES)
def test_what_is_given_up_leaves_nothing_behind(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    compose(widget, commit="前")
    compose(widget, "bu yao")
    compose(widget)
    assert session.text(slot) == shown(widget) == "前"
    session.undo()
    assert (session.text(slot), session.can_undo) == ("", False)


@pytest.mark.parametrize("kind", PLACES)
def test_rare_characters_and_a_word_that_is_taken_back(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    compose(widget, commit="𠮷野𪚥")
    QTest.keyClick(widget, Qt.Key.Key_Home)
    compose(widget, "zai")
    compose(widget, commit="在𠮷")
    assert session.text(slot) == shown(widget) == "在𠮷𠮷野𪚥"
    QTest.keyClick(widget, Qt.Key.Key_End)
    compose(widget, commit="龘", replaced=(-2, 2))  # reconversion of 𪚥: two units of UTF-16
    assert session.text(slot) == shown(widget) == "在𠮷𠮷野龘"


@pytest.mark.parametrize("kind", PLACES)
def test_words_composed_over_a_selection_are_a_step_of_their_own(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    QTest.keyClicks(widget, "abc")
    assert isinstance(widget, QTextEdit | QLineEdit)
    widget.selectAll()
    compose(widget, "ni hao")
    compose(widget, commit="你好")
    assert session.text(slot) == shown(widget) == "你好"
    while session.text(slot) != "abc":
        assert session.can_undo, "what was selected can be had back"
        session.undo()
    assert shown(widget) == "abc"


@pytest.mark.parametrize("kind", PLACES)
def test_a_change_from_elsewhere_waits_and_neither_is_lost(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    compose(widget, commit="后面")
    compose(widget, "mo wei")
    session.set_text(slot, "前头后面")
    assert shown(widget) == "后面", "nothing is put in under her syllables"
    compose(widget, commit="末尾")
    assert session.text(slot) == shown(widget) == "前头后面末尾"


@pytest.mark.parametrize("kind", PLACES)
def test_leaving_the_field_in_the_middle_mixes_nothing_up(place: Open, kind: str) -> None:
    widget, session, slot = place(kind)
    compose(widget, commit="好")
    compose(widget, "wan cheng")
    widget.clearFocus()
    compose(widget)  # the input method is told that nobody listens any more
    assert session.text(slot) == shown(widget) == "好"
    session.set_text(slot, "好的")
    assert shown(widget) == "好的"


@pytest.mark.parametrize("kind", PLACES)
def test_candidates_stand_at_the_caret(place: Open, kind: str) -> None:
    widget, _, _ = place(kind)
    compose(widget, commit="写了几个字")
    compose(widget, "pin yin")
    let_pass(30)  # a field too short for its text scrolls when it paints
    assert isinstance(widget, QTextEdit | QLineEdit)
    area = QRectF(widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle))
    caret = widget.cursorRect()
    offset = widget.viewport().pos() if isinstance(widget, QTextEdit) else QPoint()
    assert QRectF(widget.rect()).contains(area), "inside the field"
    assert 0 < area.height() <= 40, "one line high, so that the window below it covers no text of this line"
    assert abs(area.center().y() - (caret.center() + offset).y()) <= 15
    assert abs(area.x() - (caret.x() + offset.x())) <= 130, "as far as the syllables are long"


WORDS = st.text(alphabet="政府信息公开𠮷𪚥ab １", min_size=1, max_size=4)
ACTS = st.one_of(
    st.tuples(st.just("compose"), WORDS),
    st.tuples(st.just("commit"), WORDS),
    st.tuples(st.just("cancel"), st.just("")),
    st.tuples(st.just("key"), st.sampled_from([Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace])),
    st.tuples(st.just("undo"), st.just("")),
)


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=12), st.sampled_from(["text", "name"]))
def test_field_and_session_agree_whenever_nothing_is_being_composed(place: Open, acts: list[tuple[str, object]], kind: str) -> None:
    widget, session, slot = place(kind)
    for act, what in acts:
        if act == "compose":
            compose(widget, str(what))
            continue
        compose(widget, commit=str(what) if act == "commit" else "")
        if act == "key" and isinstance(what, Qt.Key):
            QTest.keyClick(widget, what)
        elif act == "undo":
            session.undo()
        assert session.text(slot) == shown(widget)
    compose(widget)
    assert session.text(slot) == shown(widget)
    widget.window().close()


# --- where no input method belongs ----------------------------------------------------------------------------------


def test_in_a_number_cell_none_is_offered_and_full_width_digits_count_once(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session(fill="0"), "requests"))
    hands.go(0, 0)
    compose(hands.target(), "shi")
    compose(hands.target(), commit="十")
    assert hands.shows(0, 0) == "0"
    hands.type("１")
    editor = hands.editor()
    assert editor is not None and not editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    compose(editor, "er")
    hands.type("２")
    hands.press(Qt.Key.Key_Return)
    assert hands.shows(0, 0) == "１２"
    assert hands.shows(0, 6) == "12"


@pytest.mark.parametrize("kind", ["sources", "manual", "first", "note"])
def test_in_searches_and_fields_of_no_report_the_chosen_words_come_once(qtbot: QtBot, forms: Forms, kind: str) -> None:
    """`note`: what she leaves for next year; the others are not bound to a report at all."""
    session = Session(Report("2021", 2026), forms["2021"])
    if kind == "sources":
        window: QWidget = SourcesWindow()
        field: QWidget = window.field  # type: ignore[attr-defined]
    elif kind == "manual":
        window = ManualWindow()
        field = window.search  # type: ignore[attr-defined]
    elif kind == "first":
        window = FirstStart()
        field = window.name  # type: ignore[attr-defined]
    else:
        window = field = BoundEditor(session, Bridge(session), Slot("notes", "requests"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    field.setFocus()
    compose(field, preedit="xin'xi'chu'li'fei")
    assert shown(field) == "", "syllables are not searched for"
    if isinstance(window, SourcesWindow):
        assert window.count.isHidden()
    compose(field, commit="信息处理费")
    assert shown(field) == "信息处理费"
    area = QRectF(field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle))
    assert QRectF(field.rect()).contains(area.center()) and area.height() > 8, "candidates stand at the caret"
    if isinstance(window, SourcesWindow):
        assert window.count.text().endswith("条里有") and "第四十二条" in [window.list.item(i).text().strip() for i in range(window.list.count())]
    if isinstance(window, FirstStart):
        assert window.agency == {"name": "信息处理费"}
    if isinstance(window, BoundEditor):
        assert session.report.notes == {"requests": "信息处理费"}
    compose(field, preedit="de")
    compose(field)
    assert shown(field) == "信息处理费", "what is given up leaves nothing"


def test_the_year_takes_digits_only(qtbot: QtBot, forms: Forms) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    asking = NewReport(window, forms, (), 2026)
    asking.show_at(window.rect())
    asking.field.selectAll()
    compose(asking.field, "er ling")
    compose(asking.field, commit="二〇二六")
    assert not asking.field.text().strip("0123456789")
