"""The table widget as her hands know it: real key events into 表三, 表四 and the 2019 表二."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QFocusEvent, QImage, QInputMethodEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.forms.grid import Role
from gxdesk.forms.known import Forms
from gxdesk.forms.loader import load_form
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.session import Session
from tests.ui.conftest import Hands, NewSession, OpenTable
from ui.bridge import Bridge
from ui.popover import Popover
from ui.table.clipboard import read_block, write_block
from ui.table.layout import TableLayout
from ui.tokens import Look, Mode

K = Qt.Key
TOTAL = 6  # column of 总计 in 表三
HANDLED = 23  # row of （七）总计 in the 2021 表三


def ref(row: str, column: str = "person") -> CellRef:
    return CellRef.of("requests", row, column)


@pytest.fixture
def requests(session: NewSession, opened: OpenTable) -> Hands:
    """表三 with every input 0."""
    return Hands(opened(session(fill="0"), "requests"))


def text(hands: Hands, cell: CellRef) -> str:
    return hands.adapter.session.text(Slot("cells", cell))


# --- layout -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", ["2019", "2021"])
@pytest.mark.parametrize("table", ["disclosure", "requests", "remedies"])
def test_every_cell_of_a_form_has_exactly_one_place(forms: Forms, form_id: str, table: str) -> None:
    definition = forms[form_id].tables[table]
    layout = TableLayout(definition)
    assert set(layout.places) == set(definition.cells)
    assert len(layout.places) == len(set(layout.places.values()))
    assert {layout.anchors[at].ref for at in layout.inputs} == set(definition.inputs)
    assert set(layout.covers) == {(r, c) for r in range(layout.rows) for c in range(layout.columns)}, "no hole in the body"


def test_the_shapes_of_the_three_tables(forms: Forms) -> None:
    tables = forms["2021"].tables
    requests, remedies, disclosure = (TableLayout(tables[k]) for k in ("requests", "remedies", "disclosure"))
    assert (requests.rows, requests.columns, requests.head_levels, requests.label_levels) == (25, 7, 3, 3)
    assert (remedies.rows, remedies.columns, remedies.head_levels, remedies.label_levels) == (1, 15, 3, 0)
    assert disclosure.head_levels == 0
    assert disclosure.label_levels == 1
    assert requests.corner is not None
    assert {placed.role for placed in disclosure.anchors.values()} == {Role.BAND, Role.HEAD, Role.INPUT}


def test_headers_say_the_whole_path_and_the_clause(requests: Hands) -> None:
    side = requests.adapter.headerData(4, Qt.Orientation.Vertical)
    assert side == "三、本年度办理结果，（三）不予公开，1.属于国家秘密"
    assert "条例" in requests.adapter.headerData(4, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
    assert requests.adapter.headerData(1, Qt.Orientation.Horizontal) == "申请人情况，法人或其他组织，商业企业"


def test_a_made_up_form_gets_its_tables_without_code(tmp_path: Path, opened: OpenTable, qtbot: QtBot) -> None:
    """A form of one file, with a group two levels deep and another number of columns."""
    words = packaged("forms", "2021.toml").read_text(encoding="utf-8")
    words = words.replace(
        '{ key = "research", label = "科研机构", lines = ["科研", "机构"] },',
        '{ key = "research", label = "科研机构" },\n      { key = "school", label = "学校" },',
        1,
    )
    words = words.replace('"research", "welfare"', '"research", "school", "welfare"')
    path = tmp_path / "2030.toml"
    path.write_text(words.replace('id = "2021"', 'id = "2030"', 1).replace("first_year = 2021", "first_year = 2030", 1), encoding="utf-8")
    form = load_form(path)
    hands = Hands(opened(Session(Report("2030", 2031), form), "requests"))
    assert hands.adapter.columnCount() == 8
    hands.go(0, 3)
    hands.type("4")
    assert hands.adapter.session.text(Slot("cells", ref("received", "school"))) == "4"
    assert hands.grid.grab().width() > 0


def test_frozen_headers_keep_step_while_scrolling(requests: Hands) -> None:
    requests.resize(480, 300)
    grid = requests.grid
    assert grid.verticalScrollBar().maximum() > 0
    assert grid.horizontalScrollBar().maximum() > 0
    grid.go_to(ref("carried_out", "total"))
    QApplication.processEvents()
    assert grid.verticalScrollBar().value() > 0
    assert grid.side.sectionViewportPosition(24) == grid.rowViewportPosition(24)
    assert grid.top.sectionViewportPosition(6) == grid.columnViewportPosition(6)
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))


@pytest.mark.parametrize("table", ["requests", "disclosure", "remedies"])
def test_scrolling_leaves_no_pixel_behind(session: NewSession, opened: OpenTable, qtbot: QtBot, table: str) -> None:
    """Qt scrolls by moving pixels; what it moved must be what a fresh painting shows. Odd steps, for screens at 125 and 150 %."""
    hands = Hands(opened(session(fill="0", form="2019"), table, (380, 330)))
    grid, window = hands.grid, hands.sheet.window()

    def on_screen() -> QImage:
        qtbot.wait(30)
        return window.screen().grabWindow(window.winId()).toImage()

    for step in (1, 7, 33, 64, 3):
        for bar in (grid.verticalScrollBar(), grid.horizontalScrollBar()):
            bar.setValue(step)
            moved = on_screen()
            for part in (window, grid.viewport(), grid.top.viewport(), grid.side.viewport(), *hands.sheet.strips):
                part.repaint()
            assert moved == on_screen(), (step, bar.orientation())


def test_the_frame_is_as_wide_and_high_as_its_table(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session(), "remedies", (1200, 500)))
    sheet = hands.sheet
    assert sheet.grid.width() == sheet.grid.table_width()
    assert sheet.grid.height() == sheet.grid.table_height()
    assert not sheet.grid.horizontalScrollBar().isVisible()
    hands.resize(700, 500)
    assert sheet.grid.horizontalScrollBar().isVisible()
    assert not sheet.grid.verticalScrollBar().isVisible(), "the scroll bar has its own room"


# --- moving -------------------------------------------------------------------------------------------------------


def test_tab_goes_right_over_inputs_only_and_wraps(requests: Hands) -> None:
    requests.go(0, 5)
    requests.press(K.Key_Tab)
    assert requests.at == (1, 0), "the computed 总计 is skipped"
    requests.press(K.Key_Tab, shift=True)
    assert requests.at == (0, 5)
    requests.go(HANDLED - 1, 5)
    requests.press(K.Key_Tab)
    assert requests.at == (HANDLED + 1, 0), "the computed row is skipped whole"


def test_tab_leaves_the_table_at_its_end(requests: Hands, qtbot: QtBot) -> None:
    beyond = QWidget(requests.sheet)
    beyond.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    beyond.show()
    requests.go(24, 5)
    requests.press(K.Key_Tab)
    assert QApplication.focusWidget() is not requests.grid
    requests.grid.setFocus()
    requests.go(24, 5)
    requests.type("3\t")
    assert requests.editor() is None
    assert QApplication.focusWidget() is not requests.grid
    assert text(requests, ref("carried_out", "other")) == "3"


def test_enter_goes_down_over_inputs_and_on_to_the_next_column(requests: Hands) -> None:
    requests.go(HANDLED - 1, 0)
    requests.press(K.Key_Return)
    assert requests.at == (HANDLED + 1, 0), "a number typed on the computed row would be lost"
    requests.press(K.Key_Return)
    assert requests.at == (0, 1)
    requests.press(K.Key_Return, shift=True)
    assert requests.at == (HANDLED + 1, 0)
    requests.go(24, 5)
    requests.press(K.Key_Return)
    assert requests.at == (24, 5), "the end is the end"


@pytest.mark.parametrize("table", ["disclosure", "requests", "remedies"])
@pytest.mark.parametrize("back", [False, True])
def test_enter_meets_every_input_once_merged_ones_too(session: NewSession, opened: OpenTable, table: str, back: bool) -> None:
    hands = Hands(opened(session(), table, (1200, 700)))
    inputs = list(hands.grid.adapter.layout.inputs)
    hands.go(*max(inputs, key=lambda at: (at[1], at[0])) if back else min(inputs, key=lambda at: (at[1], at[0])))
    met = [hands.at]
    for _ in range(len(inputs) + 5):
        hands.press(K.Key_Return, shift=back)
        if hands.at == met[-1]:
            break
        met.append(hands.at)
    assert len(met) == len(set(met)) and set(met) == set(inputs)


def test_arrows_reach_totals_and_totals_take_no_number(requests: Hands) -> None:
    requests.go(0, 5)
    requests.press(K.Key_Right)
    assert requests.at == (0, TOTAL)
    requests.type("5")
    assert requests.editor() is None
    assert requests.at == (0, TOTAL), "no search for cells that begin with 5 either"
    assert requests.shows(0, TOTAL) == "0"
    requests.press(K.Key_Delete)
    assert not requests.adapter.session.can_undo


def test_fast_typing_down_a_column(requests: Hands) -> None:
    """No turn of the event loop between the keys: each number must land in its own cell."""
    requests.go(0, 0)
    requests.type("11\n22\n33\n4\t5\t")
    assert [requests.shows(r, 0) for r in range(4)] == ["11", "22", "33", "4"]
    assert requests.shows(3, 1) == "5"
    assert requests.at == (3, 2)


def test_arrows_leave_a_cell_just_typed_but_move_the_caret_after_f2(requests: Hands) -> None:
    requests.go(2, 1)
    requests.type("12")
    requests.press(K.Key_Right)
    assert requests.at == (2, 2)
    assert requests.shows(2, 1) == "12"
    requests.go(2, 1)
    requests.press(K.Key_F2)
    requests.press(K.Key_Right, K.Key_Left)
    assert requests.editor() is not None
    requests.type("3")
    assert requests.editor().text() == "132"  # type: ignore[union-attr]
    requests.press(K.Key_Up)
    assert requests.at == (1, 1)


def test_merged_cells_of_the_2019_disclosure_table(session: NewSession, opened: OpenTable) -> None:
    of = session(form="2019")
    hands = Hands(opened(of, "disclosure"))
    visited = []
    hands.go(*hands.adapter.layout.inputs[0])
    for _ in range(60):
        visited.append(hands.at)
        before = hands.at
        hands.press(K.Key_Tab)
        if hands.at == before:
            break
    assert tuple(visited) == hands.adapter.layout.inputs, "every input once, in reading order"
    assert len(visited) == 22
    for cell in of.form.tables["disclosure"].inputs:
        assert hands.grid.go_to(cell)
        assert hands.grid.current_ref() == cell
    hands.go(*hands.adapter.layout.inputs[0])
    for _ in range(30):
        hands.press(K.Key_Down)
    assert hands.grid.current_ref() is not None, "arrows pass over headings"
    assert hands.at is not None
    assert hands.at[0] == max(r for r, _ in hands.adapter.layout.inputs)


def test_down_enter_in_a_table_of_one_row_goes_right(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session(), "remedies", (1200, 400)))
    hands.go(0, 0)
    hands.type("1\n2\n3\n4\n5\n")
    assert [hands.shows(0, c) for c in range(6)] == ["1", "2", "3", "4", "10", "5"]


def test_the_focus_comes_to_the_first_input(requests: Hands) -> None:
    fresh = requests.grid
    fresh.setCurrentIndex(requests.adapter.index(-1, -1))
    QApplication.sendEvent(fresh, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert requests.at == (0, 0)


# --- typing -------------------------------------------------------------------------------------------------------


def test_typing_replaces_and_every_key_is_in_the_session(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("1")
    assert text(requests, ref("received")) == "1"
    requests.type("2")
    assert text(requests, ref("received")) == "12", "nothing waits for the end of the cell"
    assert requests.shows(0, TOTAL) == "12", "totals follow while she types"
    requests.press(K.Key_Return)
    requests.adapter.session.undo()
    assert text(requests, ref("received")) == "0", "one cell, one step"
    assert not requests.adapter.session.can_undo


def test_esc_brings_back_and_leaves_no_step(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("456")
    requests.press(K.Key_Escape)
    assert text(requests, ref("received")) == "0"
    assert requests.editor() is None
    assert requests.at == (0, 0)
    assert not requests.adapter.session.can_undo


def test_two_cells_are_two_steps_also_the_same_cell_twice(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("1\n")
    requests.go(0, 0)
    requests.type("2\n")
    requests.press(K.Key_Z, ctrl=True)
    assert text(requests, ref("received")) == "1"
    assert requests.at == (0, 0), "the cursor goes to what changed"
    requests.press(K.Key_Z, ctrl=True)
    assert text(requests, ref("received")) == "0"
    requests.press(K.Key_Y, ctrl=True)
    requests.press(K.Key_Z, ctrl=True, shift=True)
    assert text(requests, ref("received")) == "2"


def test_undo_and_redo_in_an_open_editor(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("7\n")
    requests.go(0, 1)
    requests.type("8")
    requests.press(K.Key_Z, ctrl=True)
    assert requests.editor() is None
    assert text(requests, ref("received", "business")) == "0", "first what is under the hand"
    assert text(requests, ref("received")) == "7"
    requests.press(K.Key_Z, ctrl=True)
    assert text(requests, ref("received")) == "0"
    requests.press(K.Key_F2)
    requests.press(K.Key_Y, ctrl=True)
    assert text(requests, ref("received")) == "7"


def test_undo_from_elsewhere_reaches_an_open_editor(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("78")
    requests.adapter.session.undo()
    assert requests.editor().text() == "0"  # type: ignore[union-attr]
    requests.press(K.Key_Escape)
    assert text(requests, ref("received")) == "0"


def test_f2_and_double_click_edit_what_is_there(requests: Hands, qtbot: QtBot) -> None:
    requests.go(0, 0)
    requests.type("12\n")
    requests.go(0, 0)
    requests.press(K.Key_F2)
    requests.press(K.Key_End)
    requests.type("3")
    assert text(requests, ref("received")) == "123"
    requests.press(K.Key_Escape)
    assert text(requests, ref("received")) == "12"
    at = requests.grid.visualRect(requests.adapter.index(0, 0)).center()
    requests.click(0, 0)
    qtbot.mouseDClick(requests.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert requests.editor() is not None


def test_delete_and_backspace(requests: Hands) -> None:
    requests.go(0, 0)
    requests.press(K.Key_Delete)
    assert text(requests, ref("received")) == ""
    requests.go(1, 0)
    requests.press(K.Key_Down, shift=True)
    requests.press(K.Key_Right, shift=True)
    requests.press(K.Key_Delete)
    assert [requests.shows(r, c) for r in (1, 2) for c in (0, 1)] == [""] * 4
    requests.press(K.Key_Z, ctrl=True)
    assert [requests.shows(r, c) for r in (1, 2) for c in (0, 1)] == ["0"] * 4, "a selection is one step"
    requests.go(3, 0)
    requests.press(K.Key_Backspace)
    requests.type("9\n")
    assert requests.shows(3, 0) == "9"
    requests.press(K.Key_Z, ctrl=True)
    assert requests.shows(3, 0) == "0"


def test_a_jump_selects_one_cell_and_is_where_a_selection_begins(requests: Hands) -> None:
    requests.go(2, 0)
    requests.press(K.Key_Down, K.Key_Down, shift=True)
    requests.press(K.Key_Return, shift=True)
    assert not requests.grid.several, "Shift+Enter goes up and selects nothing"
    requests.go(10, 3)
    requests.press(K.Key_Down, shift=True)
    requests.press(K.Key_Delete)
    assert {requests.adapter.ref_at(requests.adapter.index(*at)) for at in ((10, 3), (11, 3))} == set(requests.grid.blank_inputs())


def test_space_never_empties_a_cell(requests: Hands) -> None:
    requests.go(0, 0)
    requests.press(K.Key_Space)
    assert requests.editor() is None
    assert text(requests, ref("received")) == "0"


def test_what_is_no_number_stays_and_is_marked_after_typing(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("abc")
    assert not requests.adapter.wrong(ref("received")), "calm while she types"
    requests.press(K.Key_Return)
    assert text(requests, ref("received")) == "abc"
    assert requests.adapter.wrong(ref("received"))
    assert requests.adapter.shown(0, 0).bad


def test_full_width_digits_count(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("１２\n")
    assert text(requests, ref("received")) == "１２"
    assert requests.shows(0, TOTAL) == "12"


def test_the_input_method_is_off(requests: Hands) -> None:
    requests.go(0, 0)
    grid = requests.grid
    event = QInputMethodEvent("shi", [])
    event.setCommitString("十")
    assert not grid.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QApplication.sendEvent(grid, event)
    assert requests.editor() is None
    requests.press(K.Key_F2)
    editor = requests.editor()
    assert editor is not None
    assert not editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    event = QInputMethodEvent("", [])
    event.setCommitString("十")
    QApplication.sendEvent(editor, event)
    assert editor.text() == "0"
    assert text(requests, ref("received")) == "0"


def test_the_wheel_scrolls_and_never_changes_a_number(requests: Hands) -> None:
    requests.resize(500, 300)
    requests.go(2, 0)
    requests.press(K.Key_F2)
    editor = requests.editor()
    assert editor is not None
    before = [requests.shows(r, 0) for r in range(25)]
    for target in (editor, requests.grid.viewport()):
        centre = QPointF(target.rect().center())
        turn = QWheelEvent(
            centre,
            target.mapToGlobal(centre),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, turn)
    assert [requests.shows(r, 0) for r in range(25)] == before
    assert not requests.adapter.session.can_undo
    assert requests.grid.verticalScrollBar().value() > 0


def test_a_click_elsewhere_keeps_what_was_typed(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("31")
    requests.click(4, 3)
    assert requests.editor() is None
    assert text(requests, ref("received")) == "31"
    assert requests.at == (4, 3)


# --- blocks -------------------------------------------------------------------------------------------------------


def test_reading_blocks_as_excel_and_wps_write_them() -> None:
    assert read_block("1\t2\r\n3\t4\r\n") == (("1", "2"), ("3", "4"))
    assert read_block("1\t2\n3\t4") == (("1", "2"), ("3", "4"))
    assert read_block('"1\n2"\t"a ""b"""\n') == (("1\n2", 'a "b"'),)
    assert read_block('5"\t6\n') == (('5"', "6"),)
    assert read_block('"5\t6\n7') == (('"5', "6"), ("7",)), "a quote never closed is a character"
    assert read_block("\u3000１２\xa0\n") == (("１２",),)
    assert read_block("1\n\n3\n") == (("1",), ("",), ("3",)), "an empty row is a row"
    for rows in ([["1", ""], ["", "x\ty"]], [['a"b', "c\nd"]]):
        assert read_block(write_block(rows)) == tuple(tuple(r) for r in rows)


def test_copy_and_paste_a_block(requests: Hands, qtbot: QtBot) -> None:
    requests.go(0, 0)
    requests.type("1\t2\t3\t")
    requests.go(0, 0)
    requests.press(K.Key_Right, K.Key_Right, shift=True)
    requests.press(K.Key_C, ctrl=True)
    assert QApplication.clipboard().text().replace("\r\n", "\n") == "1\t2\t3\n"
    requests.go(5, 2)
    with qtbot.waitSignal(requests.grid.noticed) as told:
        requests.press(K.Key_V, ctrl=True)
    assert told.args == ["粘贴了 3 格。"]
    assert [requests.shows(5, c) for c in range(6)] == ["0", "0", "1", "2", "3", "0"]
    requests.press(K.Key_Z, ctrl=True)
    assert [requests.shows(5, c) for c in range(6)] == ["0"] * 6, "a paste is one step"
    requests.press(K.Key_Y, ctrl=True)
    assert requests.shows(5, 4) == "3"


def test_paste_from_excel_with_full_width_digits_and_totals(requests: Hands, qtbot: QtBot) -> None:
    QApplication.clipboard().setText('1\t２\t"3"\t4\t5\t6\t21\r\n7\t\t/\t0\t0\t0\t7\r\n')
    requests.go(0, 0)
    with qtbot.waitSignal(requests.grid.noticed) as told:
        requests.press(K.Key_V, ctrl=True)
    assert told.args == ["粘贴了 12 格；落在总计上的 2 个数没有用，总计自动得出。"]
    assert text(requests, ref("received", "business")) == "２"
    assert text(requests, ref("carried_in", "business")) == ""
    assert text(requests, ref("carried_in", "research")) == "/", "as typed; the check speaks of it"
    assert requests.shows(0, TOTAL) == "21"
    assert text(requests, ref("received", "total")) == ""


@pytest.mark.parametrize(
    ("start", "block"), [((24, 0), "1\n2\n"), ((0, 6), "1\t2\n"), ((0, 0), "1\t" * 7 + "1\n"), ((20, 3), "\n".join("123456"))]
)
def test_a_block_that_does_not_fit_is_refused_whole(requests: Hands, qtbot: QtBot, start: tuple[int, int], block: str) -> None:
    QApplication.clipboard().setText(block)
    requests.go(*start)
    with qtbot.waitSignal(requests.grid.refused) as told:
        requests.press(K.Key_V, ctrl=True)
    assert "没有粘贴" in told.args[0]
    assert not requests.adapter.session.can_undo


def test_a_paste_onto_totals_alone_is_refused(requests: Hands, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("5\n6\n")
    requests.go(0, TOTAL)
    with qtbot.waitSignal(requests.grid.refused):
        requests.press(K.Key_V, ctrl=True)
    assert not requests.adapter.session.can_undo


def test_one_value_fills_a_selection(requests: Hands) -> None:
    QApplication.clipboard().setText("4\r\n")
    requests.go(2, 0)
    requests.press(K.Key_Right, K.Key_Down, shift=True)
    requests.press(K.Key_V, ctrl=True)
    assert [requests.shows(r, c) for r in (2, 3) for c in (0, 1)] == ["4"] * 4


def test_paste_in_an_open_editor(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("1")
    QApplication.clipboard().setText("23\r\n")
    requests.press(K.Key_V, ctrl=True)
    assert requests.editor().text() == "123"  # type: ignore[union-attr]
    QApplication.clipboard().setText("5\t6\r\n")
    requests.press(K.Key_V, ctrl=True)
    assert requests.editor() is None
    assert [requests.shows(0, c) for c in (0, 1)] == ["5", "6"]
    requests.press(K.Key_Z, ctrl=True)
    assert [requests.shows(0, c) for c in (0, 1)] == ["0", "0"]


def test_cut_and_select_all(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("9\n")
    requests.press(K.Key_A, ctrl=True)
    requests.press(K.Key_X, ctrl=True)
    rows = read_block(QApplication.clipboard().text())
    assert len(rows) == 25
    assert {len(r) for r in rows} == {7}
    assert rows[0] == ("9", "0", "0", "0", "0", "0", "9")
    assert len(requests.grid.blank_inputs()) == 24 * 6
    requests.press(K.Key_Z, ctrl=True)
    assert requests.shows(0, 0) == "9"
    requests.press(K.Key_A, ctrl=True)
    requests.press(K.Key_C, ctrl=True)
    requests.go(0, 0)
    requests.press(K.Key_V, ctrl=True)
    assert requests.shows(0, TOTAL) == "9", "a whole table goes out and comes back"


def test_blocks_in_a_table_of_merged_cells(session: NewSession, opened: OpenTable, qtbot: QtBot) -> None:
    hands = Hands(opened(session(), "disclosure"))
    first = hands.adapter.layout.inputs[0]
    QApplication.clipboard().setText("1\t2\t3\n4\t5\t6\n")
    hands.go(*first)
    hands.press(K.Key_V, ctrl=True)
    assert [hands.shows(first[0] + r, c) for r in (0, 1) for c in range(3)] == list("123456")
    licences = hands.adapter.layout.places[CellRef("disclosure.licenses.decisions")]
    hands.go(*licences)
    QApplication.clipboard().setText("128\t\t\n")
    hands.press(K.Key_V, ctrl=True)
    assert hands.shows(*licences) == "128"
    QApplication.clipboard().setText("128\t5\t\n")
    with qtbot.waitSignal(hands.grid.refused):
        hands.press(K.Key_V, ctrl=True)


@pytest.mark.parametrize(
    ("page", "words", "values"),
    [
        ("<table><tr><td>5</td></tr><tr><td></td></tr><tr><td>7</td></tr></table>", "5\n7\n", ["5", "", "7"]),
        ("<table><tr><td></td></tr><tr><td>3<br>4</td></tr></table>", "\n3\n4\n", ["", "3 4", "9"]),
        ("<p>12</p>", "12", ["12", "9", "9"]),
        ("<table><tr><td>5</td></tr><tr><td>6</td></tr></table>", "", ["5", "6", "9"]),
    ],
)
def test_a_column_of_a_page_keeps_its_rows(session: NewSession, opened: OpenTable, page: str, words: str, values: list[str]) -> None:
    rows = ("received", "carried_in", "granted")
    hands = Hands(opened(session({f"requests.{row}.person": "9" for row in rows}), "requests"))
    held = QMimeData()
    held.setHtml(page)
    held.setText(words)
    QApplication.clipboard().setMimeData(held)
    hands.go(*hands.adapter.layout.places[ref(rows[0], "person")])
    hands.press(K.Key_V, ctrl=True)
    assert [text(hands, ref(row, "person")) for row in rows] == values


def test_filling_the_blanks_of_a_table(session: NewSession, opened: OpenTable) -> None:
    of = session({"requests.received.person": "2", "requests.granted.person": " "})
    hands = Hands(opened(of, "requests"))
    blanks = hands.grid.blank_inputs()
    assert len(blanks) == 24 * 6 - 1
    of.set_cells(dict.fromkeys(blanks, "0"), "本表全年无发生")
    assert hands.shows(24, 5) == "0"
    assert hands.shows(HANDLED, TOTAL) == "0"
    hands.press(K.Key_Z, ctrl=True)
    assert hands.shows(24, 5) == ""


# --- what is shown ------------------------------------------------------------------------------------------------


def test_exactly_the_changed_cells_are_told(requests: Hands) -> None:
    told: list[tuple[int, int]] = []
    requests.adapter.dataChanged.connect(lambda a, b: told.append((a.row(), a.column()) if a == b else (-1, -1)))
    requests.adapter.session.set_cell(ref("granted"), "5")
    places = requests.adapter.layout.places
    totals = {places[ref("granted", "total")], places[ref("handled")], places[ref("handled", "total")]}
    broken = {places[ref(r, "person")] for r in ("received", "carried_in", "handled", "carried_out")}
    assert set(told) == {places[ref("granted")]} | totals | broken, "the cell, its totals, and the equation that fails now"


def test_red_is_earned(session: NewSession, opened: OpenTable) -> None:
    of = session({"requests.received.person": "5"})
    hands = Hands(opened(of, "requests"))
    strip = hands.sheet.strips[0]
    assert not hands.adapter.wrong(ref("received")), "an incomplete column accuses nobody"
    balance = strip.balance(0)
    assert balance is not None
    assert strip.words(balance).startswith("待填")
    of.set_cells(dict.fromkeys(hands.grid.blank_inputs(), "0"), "填零")
    assert hands.adapter.wrong(ref("received"))
    assert hands.adapter.wrong(ref("handled"))
    assert hands.adapter.marked(0)
    assert not hands.adapter.marked(1)
    assert strip.words(hands.adapter.balances[0][0]) == "差 5"
    hands.go(2, 0)
    hands.type("5")
    assert not hands.adapter.wrong(ref("received")), "what becomes right is shown at once"
    assert strip.words(hands.adapter.balances[0][0]) == "平"
    hands.type("5")
    assert not hands.adapter.wrong(ref("received")), "what becomes wrong waits for the end of the cell"
    hands.press(K.Key_Return)
    assert hands.adapter.wrong(ref("received"))


def test_incomplete_totals_say_what_is_missing(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session({"requests.received.person": "5"}), "requests"))
    shown = hands.adapter.shown(0, TOTAL)
    assert (shown.text, shown.missing) == ("5", 5)
    assert hands.adapter.shown(1, TOTAL).text == "", "nothing known is not zero"


def test_a_typed_total_is_shown_where_it_differs_and_can_be_removed(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session({"requests.received.total": "7"}, fill="1"), "requests"))
    assert (hands.shows(0, TOTAL), hands.adapter.shown(0, TOTAL).said) == ("6", "7")
    hands.go(0, TOTAL)
    hands.press(K.Key_Delete)
    assert hands.adapter.shown(0, TOTAL).said == ""
    same = Hands(opened(session({"requests.received.total": "6"}, fill="1"), "requests"))
    assert same.adapter.shown(0, TOTAL).said == ""


def test_last_year_stands_beside_but_not_zero_beside_zero(session: NewSession, opened: OpenTable) -> None:
    last = {"requests.received.person": "9", "requests.carried_in.person": "0"}
    hands = Hands(opened(session(fill="0", last=last), "requests"))
    assert hands.adapter.shown(0, 0).beside == "9"
    assert hands.adapter.shown(1, 0).beside == ""
    assert hands.adapter.spoken(ref("received")) == "一、新收，自然人，0，去年 9" or "去年 9" in hands.adapter.spoken(ref("received"))
    wide = hands.grid.cell.slot()
    hands.grid.set_show_last_year(False)
    assert hands.grid.cell.slot() == 0 < wide


def test_a_screen_reader_hears_row_column_value_and_last_year(session: NewSession, opened: OpenTable) -> None:
    hands = Hands(opened(session({"requests.received.person": "3"}, last={"requests.received.person": "9"}), "requests"))
    said = hands.adapter.data(hands.adapter.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert all(word in said for word in ("新收", "自然人", "3", "去年 9"))
    total = hands.adapter.data(hands.adapter.index(0, TOTAL), Qt.ItemDataRole.AccessibleTextRole)
    assert "自动计算，还缺 5 格" in total
    interface = QAccessible.queryAccessibleInterface(hands.grid)
    assert interface.role() is QAccessible.Role.Table
    assert hands.grid.accessibleName() == "表三"


def test_clicking_a_total_shows_its_addends(requests: Hands, qtbot: QtBot) -> None:
    requests.go(0, 0)
    requests.type("4\n")
    with qtbot.waitSignal(requests.grid.addends_requested) as asked:
        requests.click(0, TOTAL)
    assert asked.args[0] == ref("received", "total")
    assert isinstance(asked.args[1], QRect)
    card = requests.grid.window().findChild(Popover)
    assert card is not None
    assert card.isVisible()
    words = [label.text() for label in card.findChildren(QLabel)]
    assert "自然人" in words
    assert words[-1] == "4"
    requests.press(K.Key_Escape)
    assert not card.isVisible()
    requests.go(HANDLED, 0)
    requests.press(K.Key_Space)
    cards = [c for c in requests.grid.window().findChildren(Popover) if c.isVisible()]
    assert len(cards) == 1
    assert requests.grid.window().rect().contains(cards[0].geometry())
    requests.press(K.Key_Down)
    assert not cards[0].isVisible()


def test_go_to(requests: Hands) -> None:
    requests.resize(500, 300)
    cell = ref("unprocessed.reissue", "other")
    assert requests.grid.go_to(cell, [cell, ref("received")])
    assert requests.grid.current_ref() == cell
    assert requests.grid.hasFocus()
    assert requests.grid.lit == {cell, ref("received")}
    assert requests.grid.viewport().rect().contains(requests.grid.visualRect(requests.grid.currentIndex()))
    assert not requests.grid.go_to(CellRef("remedies.case.review.upheld"))


def test_long_figures_widen_their_column_after_typing(requests: Hands) -> None:
    grid = requests.grid
    requests.go(0, 1)
    before = grid.top.sectionSize(1)
    requests.type("123456789012")
    assert grid.top.sectionSize(1) == before, "nothing moves under the hand"
    requests.press(K.Key_Return)
    assert grid.top.sectionSize(1) > before


def test_narrow_mode_is_more_compact(requests: Hands) -> None:
    high, strip = requests.grid.table_height(), requests.sheet.strips[0].height()
    requests.sheet.set_narrow(True)
    assert requests.grid.table_height() < high
    assert requests.sheet.strips[0].height() < strip


def test_dark_theme_and_large_type_are_followed_live(requests: Hands, dressed: Look) -> None:
    light = requests.sheet.grab().toImage()
    row = requests.grid.side.sectionSize(0)
    try:
        dressed.use(Mode.DARK, large=True)
        QApplication.processEvents()
        dark = requests.sheet.grab().toImage()
        assert dark != light
        assert _mean(dark) < 90 < _mean(light)
        assert requests.grid.side.sectionSize(0) > row
    finally:
        dressed.use(Mode.LIGHT, large=False)
    QApplication.processEvents()
    assert requests.sheet.grab().toImage() == light


def _mean(image: QImage) -> float:
    points = [image.pixelColor(x, y).lightness() for x in range(5, image.width() - 5, 37) for y in range(5, image.height() - 5, 37)]
    return sum(points) / len(points)


def test_two_views_of_one_session_agree(session: NewSession, opened: OpenTable) -> None:
    of = session(fill="0")
    one, two = Hands(opened(of, "requests")), Hands(opened(of, "requests"))
    one.go(0, 0)
    one.type("6\n")
    assert two.shows(0, 0) == "6"
    assert two.shows(0, TOTAL) == "6"


def test_the_bridge_tells_and_stops_telling(session: NewSession, qtbot: QtBot) -> None:
    of = session(fill="0")
    bridge = Bridge(of)
    told: list[object] = []
    bridge.cells_changed.connect(told.append)
    with qtbot.waitSignals([bridge.cells_changed, bridge.slots_changed, bridge.findings_changed, bridge.changed]):
        of.set_cell(ref("received"), "1")
    bridge.close()
    bridge.close()
    of.set_cell(ref("received"), "2")
    assert len(told) == 1


def test_back_to_the_beginning_and_on_is_a_step_of_its_own(requests: Hands) -> None:
    requests.go(0, 0)
    requests.type("3\n")
    requests.go(0, 0)
    requests.press(K.Key_F2, K.Key_Backspace)
    requests.type("31\n")
    requests.press(K.Key_Z, ctrl=True)
    assert requests.shows(0, 0) == "3"


def test_one_key_repaints_only_what_changed(requests: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[int, int]] = []
    shown = requests.adapter.shown
    monkeypatch.setattr(requests.adapter, "shown", lambda row, column: (painted.append((row, column)), shown(row, column))[1])
    requests.go(2, 0)
    QApplication.processEvents()
    painted.clear()
    requests.type("5")  # opens the editor
    QApplication.processEvents()
    assert set(painted) <= {(2, 0), (2, TOTAL), (HANDLED, 0), (HANDLED, TOTAL)}
    requests.press(K.Key_Return)
    QApplication.processEvents()
    painted.clear()
    requests.press(K.Key_Down)
    QApplication.processEvents()
    assert set(painted) <= {(3, 0), (4, 0), (2, 0)}
