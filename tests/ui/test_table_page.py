"""The page of a table section: its buttons, the zeros, totals from a file, jumps, where the help stands."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding
from gxdesk.forms.help import table_help
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from tests.ui.conftest import NewSession, let_pass
from ui.bridge import Bridge
from ui.library import Choices
from ui.pages.table import TablePage
from ui.panels.help import SETTLE_MS
from ui.parts import Button, column, holder
from ui.popover import Popover

Received = CellRef("requests.received.person")
Open = Callable[..., TablePage]
Person = CellRef("requests.received.person")


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    windows: list[QWidget] = []

    def make(session: Session, key: str = "requests", size: tuple[int, int] = (1150, 676), narrow: bool = False, choices: Choices | None = None) -> TablePage:
        bridge = Bridge(session)
        page = TablePage(key, session, bridge, choices)
        bridge.setParent(page)
        page.set_narrow(narrow)
        window = holder(column(page))
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        page.take_focus()
        QApplication.processEvents()
        return page

    return make


def press(what: QWidget) -> None:
    QTest.mouseClick(what, Qt.MouseButton.LeftButton)


def popover(page: TablePage) -> Popover | None:
    return next((p for p in page.window().findChildren(Popover) if p.isVisible()), None)


def said(page: TablePage) -> str:
    return "\n".join(x.text() for x in page.findChildren(QLabel) if x.isVisible())


def test_heading_note_and_last_year_come_from_form_and_session(session: NewSession, opened: Open) -> None:
    of = session(fill="0", last={Person: "3"})
    page = opened(of)
    assert of.form.section("requests").heading in said(page) and of.form.section("requests").note in said(page)
    assert f"{of.last_report.year} 年的数" in said(page)  # type: ignore[union-attr]
    QTest.keyClick(page.grid, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not page.adapter.show_last_year and not page.last_year.isChecked()
    assert "年的数" not in said(page)
    press(page.last_year)
    assert page.adapter.show_last_year


def whole_rows(page: TablePage) -> int:
    grid = page.grid
    ends = [grid.rowViewportPosition(r) + grid.rowHeight(r) for r in range(page.adapter.rowCount())]
    return sum(1 for end in ends if end <= grid.viewport().height())


def test_twelve_rows_come_before_the_lines_under_the_labels_until_she_chooses(session: NewSession, opened: Open) -> None:
    choices = Choices.of_one_session()
    page = opened(session(), choices=choices)
    assert not page.explains.isChecked() and whole_rows(page) >= 12
    page.window().resize(1600, 1000)
    QApplication.processEvents()
    assert page.explains.isChecked() and whole_rows(page) >= 12
    page.window().resize(1150, 676)
    QApplication.processEvents()
    assert not page.explains.isChecked()
    press(page.explains)
    QApplication.processEvents()
    assert page.explains.isChecked() and whole_rows(page) < 12
    page.window().resize(1150, 640)
    QApplication.processEvents()
    assert page.explains.isChecked(), "chosen"
    assert opened(session(), choices=choices).explains.isChecked(), "for every table, and the next time"


def test_without_last_year_there_is_no_button_for_it(session: NewSession, opened: Open) -> None:
    assert not opened(session()).last_year.isVisible()


@pytest.mark.parametrize("key", ["disclosure", "requests", "remedies"])
def test_nothing_happened_fills_an_empty_table_without_a_question(session: NewSession, opened: Open, key: str) -> None:
    of = session()
    page = opened(of, key)
    press(page.nothing)
    assert popover(page) is None
    assert {of.text(Slot("cells", ref)) for ref in of.form.tables[key].inputs} == {"0"}
    assert len(of.history.steps) == 1
    of.undo()
    assert not of.report.cells


def test_nothing_happened_asks_where_something_is_typed_and_overwrites_nothing(session: NewSession, opened: Open) -> None:
    of = session({Person: "6", CellRef("requests.granted.person"): "约3", CellRef("requests.partial.person"): "0"})
    page = opened(of)
    press(page.nothing)
    asked = popover(page)
    assert asked is not None and of.text(Slot("cells", CellRef("requests.granted.other"))) == ""
    assert "2 格不是 0" in "".join(x.text() for x in asked.findChildren(QLabel))
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button) and asked.isAncestorOf(focus)
    QTest.keyClick(focus, Qt.Key.Key_Return)
    assert of.text(Slot("cells", CellRef("requests.granted.other"))) == "0"
    assert (of.text(Slot("cells", Person)), of.text(Slot("cells", CellRef("requests.granted.person")))) == ("6", "约3")
    assert popover(page) is None and page.grid.hasFocus()
    assert len(of.history.steps) == 1


def test_the_question_can_be_put_aside(session: NewSession, opened: Open) -> None:
    of = session({Person: "6"})
    page = opened(of)
    press(page.nothing)
    asked = popover(page)
    assert asked is not None
    press(next(b for b in asked.findChildren(Button) if b.text() == "先不填"))
    assert popover(page) is None and not of.history.steps


def test_a_figure_still_being_typed_counts_for_the_question(session: NewSession, opened: Open) -> None:
    of = session()
    page = opened(of)
    page.grid.setCurrentIndex(page.adapter.index_of(Person))
    QTest.keyClicks(page.grid, "7")
    press(page.nothing)
    assert of.text(Slot("cells", Person)) == "7" and popover(page) is not None


def test_nothing_left_to_fill_is_said(session: NewSession, opened: Open) -> None:
    of = session(fill="0")
    page = opened(of)
    press(page.nothing)
    assert "没有空着的格" in said(page) and not of.history.steps


def test_totals_of_a_file_that_differ_can_be_given_up_in_one_step(session: NewSession, opened: Open, forms: Forms) -> None:
    of = session({Person: "6", CellRef("requests.granted.person"): "6", CellRef("requests.received.total"): "7", CellRef("requests.granted.total"): "6"}, fill="0")
    page = opened(of)
    assert page.use_sums.isVisible() and "1 个总计" in said(page)
    press(page.use_sums)
    assert not of.figures.is_typed(CellRef("requests.received.total")) and not of.figures.is_typed(CellRef("requests.granted.total"))
    assert of.figures.value(CellRef("requests.received.total")) == 6
    assert not page.use_sums.isVisible() and len(of.history.steps) == 1
    of.undo()
    assert page.use_sums.isVisible()


def test_totals_that_agree_or_cannot_be_compared_yet_say_nothing(session: NewSession, opened: Open) -> None:
    total = CellRef("requests.received.total")
    of = session(fill="0")
    every = {ref: "0" for ref, cell in of.form.cells.items() if cell.parts}
    assert not opened(session(every, fill="0")).use_sums.isVisible()
    half = opened(session({total: "0"}, fill="0"))
    assert half.use_sums.isVisible() and "没有写全" in said(half)
    assert not opened(session({total: "7", Person: "6"})).use_sums.isVisible()


def test_a_small_window_is_never_made_wider(session: NewSession, opened: Open) -> None:
    of = session(fill="0", last={Person: "3"})
    page = opened(of, size=(583, 320), narrow=True)
    assert page.window().width() == 583
    assert page.nothing.geometry().right() <= page.width() and of.form.section("requests").short in said(page)


def test_a_finding_puts_the_caret_into_its_cell(session: NewSession, opened: Open) -> None:
    of = session({CellRef("requests.carried_out.other"): "约3"}, fill="0")
    page = opened(of, size=(640, 300))
    page.window().setFocus()
    page.show_finding(next(f for f in of.findings if f.code == "A-INT"))
    assert page.grid.current_ref() == CellRef("requests.carried_out.other") and page.grid.hasFocus()
    at = page.grid.visualRect(page.grid.currentIndex())
    assert page.grid.viewport().rect().contains(at.center())
    QTest.keyClicks(page.grid, "3")
    editor = QApplication.focusWidget()
    assert editor is not None
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert of.text(Slot("cells", CellRef("requests.carried_out.other"))) == "3"


def test_a_finding_without_a_cell_gives_the_table_the_focus(session: NewSession, opened: Open) -> None:
    of = session()
    page = opened(of)
    page.show_finding(replace(of.findings[0], refs=()))
    assert page.grid.hasFocus()


def test_the_place_comes_back_and_a_place_of_another_form_does_no_harm(session: NewSession, opened: Open) -> None:
    page = opened(session())
    page.return_to("requests.granted.research")
    assert page.place() == "requests.granted.research"
    for stray in ("", "nowhere", "a.b.c", "remedies.review.upheld"):
        page.return_to(stray)
    assert page.place() == "requests.granted.research"


def test_why_a_paste_was_refused_is_said_and_the_note_comes_back(session: NewSession, opened: Open, qtbot: QtBot) -> None:
    page = opened(session())
    page._notice_over.setInterval(30)
    page.grid.refused.emit("没有粘贴：放不下。")
    assert "没有粘贴：放不下。" in said(page)
    qtbot.waitUntil(lambda: page.section.note in said(page))


def test_how_to_count_is_behind_a_button_where_the_window_does_not_say_it(session: NewSession, opened: Open) -> None:
    page = opened(session(last={Received: "9"}), "requests", (843, 428), True)
    page.grid.go_to(Received, [Received])
    page.set_help_beside(False)
    press(page._how)
    card = popover(page)
    help_ = table_help(page.session.form, "requests")
    assert card is not None and help_ is not None
    told = [x.text() for x in card.findChildren(QLabel)]
    row = help_.rows["received"]
    assert {row.means, row.example, row.mistake, help_.columns["person"].means, f"依据：{row.basis}", "这一格是 9。"} <= set(told)
    assert told.count("国家规定") >= 1 and "建议" in told  # each rule says who makes it
    assert page.window().rect().contains(card.geometry())
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert popover(page) is None
    page.set_help_beside(True)
    assert not page._how.isVisible()


def test_every_table_of_every_form_opens(forms: Forms, opened: Open) -> None:
    for form in forms.values():
        of = Session(Report(form.id, form.first_year), form)
        for section in form.sections:
            if section.table:
                page = opened(of, section.key)
                assert section.heading in said(page)
                assert page.least_width() >= page.grid.label_width()


def test_findings_of_the_whole_report_can_be_shown_without_harm(session: NewSession, opened: Open) -> None:
    of = session({Person: "6"}, fill="0")
    page = opened(of)
    shown: list[Finding] = []
    for finding in of.findings:
        page.show_finding(finding)
        shown.append(finding)
    assert shown and page.grid.hasFocus()


def test_the_line_over_the_table_names_row_and_column_and_goes_where_they_are_explained_beside(session: NewSession, opened: Open) -> None:
    page = opened(session())
    page.set_help_beside(False)
    page.return_to(str(Person))
    cell = page.table.cells[Person]
    assert f"{cell.row.short}：" in page._note.text() and f"。{cell.column.short}：" in page._note.text()
    page.set_help_beside(True)
    assert f"{cell.row.short}：" not in page._note.text() and page._note.text()


def test_a_low_table_is_explained_under_itself_where_nothing_stands_beside_it(opened: Open, session: NewSession) -> None:
    """表四 takes the whole width and leaves most of the height."""
    page = opened(session(), "remedies")
    page.set_help_beside(False)
    page.return_to("remedies.suit_direct.pending")
    let_pass(SETTLE_MS + 50)
    said = [w.text() for w in page.under.findChildren(QLabel) if w.isVisible()]
    assert page.under.isVisible() and page._how.isHidden() and {"未经复议直接起诉", "尚未审结"} <= set(said)
    page.set_help_beside(True)
    assert page.under.isHidden() and page._how.isHidden()
    page.set_help_beside(False)
    page.window().resize(1150, 300)
    assert page.under.isHidden() and page._how.isVisible(), "too low a window keeps it behind its button"
    tall = opened(session(), "requests")
    tall.set_help_beside(False)
    assert tall.under.isHidden() and tall._how.isVisible()


@pytest.mark.parametrize("key", ["disclosure", "requests", "remedies"])
def test_fields_stay_inside_their_cells_at_every_width(session: NewSession, opened: Open, key: str) -> None:
    page = opened(session(fill="1", last={}), key)
    for width in range(620, 1500, 55):
        page.window().resize(width, 676)
        QApplication.processEvents()
        grid = page.grid
        for at in grid.adapter.layout.inputs:
            cell = grid.visualRect(grid.adapter.index(*at))
            assert QRectF(cell).contains(grid.cell.field(cell)), (width, at)


@pytest.mark.parametrize("mark", ["/", "-", "—", "无", "不适用"])
def test_nothing_happened_puts_0_for_a_mark_that_stands_for_nothing(session: NewSession, opened: Open, mark: str) -> None:
    of = session({"remedies.review.upheld": mark})
    page = opened(of, "remedies")
    press(page.nothing)
    assert {of.text(Slot("cells", ref)) for ref in page.table.inputs} == {"0"}
    of.undo()
    assert of.text(Slot("cells", CellRef("remedies.review.upheld"))) == mark


def test_what_was_refused_is_forgotten_with_the_next_number(session: NewSession, opened: Open) -> None:
    of = session()
    page = opened(of)
    page.grid.refused.emit("没有粘贴：放不下。")
    of.set_cell(page.table.inputs[0], "3")
    assert "没有粘贴：放不下。" not in said(page) and page.section.note in said(page)


def test_last_years_figures_are_spoken_of_only_where_there_are_some(session: NewSession, opened: Open) -> None:
    of = session(last={"requests.received.person": "2"})
    assert "格右小字" in said(opened(of, "requests"))
    assert "格右小字" not in said(opened(of, "remedies"))
