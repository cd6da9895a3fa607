"""The start page: what is due, past years, and that ten thousand of them cost no more than a few."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftSummary
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.states import State
from ui.due import due, year_due
from ui.pages.start import NewReport, StartPage
from ui.standing import Standing

BASE = DraftSummary(1, 2026, "2021", "某区民政局", 1.7e9, 1.7e9, "", None, "", None)
MADE = Standing((("引言", State.DONE, "完成"), ("一", State.EXPLAIN, "1 处请说明"), ("三", State.ERROR, "2 处必须改，4 格未填")), "三、申请办理")
Open = Callable[..., StartPage]


@pytest.fixture
def start(qtbot: QtBot, forms: Forms) -> Open:
    def make(drafts: list[DraftSummary], today: date = date(2027, 1, 19), deleted: list[DraftSummary] | None = None, size: tuple[int, int] = (1366, 768), agency: str = "某区民政局") -> StartPage:
        page = StartPage(lambda: today)
        qtbot.addWidget(page)
        page.resize(*size)
        page.show_drafts(forms, drafts, deleted or [], agency)
        page.show()
        qtbot.waitExposed(page)
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return make


def past(*years: int) -> list[DraftSummary]:
    return [replace(BASE, id=100 + i, year=year) for i, year in enumerate(years)]


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 11, 23), 2026), (date(2026, 12, 31), 2026), (date(2027, 1, 1), 2026), (date(2027, 1, 31), 2026), (date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027)]
)
def test_the_year_that_is_due(today: date, year: int) -> None:
    assert year_due(today) == year


def test_days_left_come_from_the_form(form: FormDef) -> None:
    counted = due(form, 2026, "某区民政局", (), date(2027, 1, 19))
    assert (counted.day, counted.what) == (date(2027, 1, 31), form.deadline_to)
    assert due(form, 2026, "某区民政局", (1, 20), date(2027, 1, 19)).day == date(2027, 1, 20)
    assert due(form, 2026, "某区民政局", (1, 20), date(2027, 1, 21)).day == date(2027, 1, 31), "the next one, once that is over"


def test_the_running_report_is_the_card_and_the_others_are_rows(start: Open) -> None:
    page = start([replace(BASE, progress=MADE.dumps()), *past(2025, 2024)])
    texts = {w.text() for w in page.card.findChildren(type(page.card.title)) if w.isVisible()}
    assert {"2026 年度报告", "三：2 处必须改", "3 项中 1 项完成，最近写到三、申请办理", "距 1 月 31 日", "12"} <= texts
    assert page.model.rowCount() == 2 and page.model.line(0).year == "2025 年度"


def test_without_a_report_for_the_year_that_is_due_the_card_offers_one(start: Open, qtbot: QtBot) -> None:
    page = start(past(2025, 2024))
    assert page.model.rowCount() == 2
    new, copy = QSignalSpy(page.new_requested), QSignalSpy(page.copy_requested)
    qtbot.mouseClick(page.card.go, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.card.other, Qt.MouseButton.LeftButton)
    assert new.at(0) == [2026] and copy.at(0) == [100, 2026]


def test_the_card_opens_where_she_was_or_the_review(start: Open, qtbot: QtBot) -> None:
    page = start([replace(BASE, progress=MADE.dumps())])
    opened = QSignalSpy(page.open_requested)
    qtbot.mouseClick(page.card.go, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.card.other, Qt.MouseButton.LeftButton)
    assert [opened.at(0), opened.at(1)] == [[1, ""], [1, "review"]]


def test_a_row_is_opened_by_its_word_by_a_double_click_and_by_enter(start: Open, qtbot: QtBot) -> None:
    page = start([BASE, *past(2025, 2024)])
    opened, view = QSignalSpy(page.open_requested), page.years.viewport()
    row = page.years.visualRect(page.model.index(1))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=page.years.open_rect(row).center())
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(40, row.center().y()))  # only chosen
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(40, row.center().y()))
    page.years.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.years, Qt.Key.Key_Up)
    QTest.keyClick(page.years, Qt.Key.Key_Return)
    assert [opened.at(i)[0] for i in range(opened.count())] == [101, 101, 100]


def test_the_menu_copies_for_the_next_year_exports_and_deletes(start: Open, qtbot: QtBot) -> None:
    page = start([BASE, *past(2025)])
    spies = [QSignalSpy(s) for s in (page.copy_requested, page.export_requested, page.delete_requested)]
    row = page.years.visualRect(page.model.index(0))
    for words in ("复制为 2026 年度", "导出报告文件…", "删除"):
        qtbot.mouseClick(page.years.viewport(), Qt.MouseButton.LeftButton, pos=page.years.menu_rect(row).center())
        menu = next(m for m in page.findChildren(QMenu) if m.isVisible())
        next(a for a in menu.actions() if a.text() == words).trigger()
        menu.close()
    assert [s.at(0) for s in spies] == [[100, 2026], [100], [100]]
    page.years.setFocus()
    QTest.keyClick(page.years, Qt.Key.Key_Delete)
    assert spies[2].count() == 2


def test_the_menu_key_shows_the_menu_of_the_current_row(start: Open) -> None:
    page = start([BASE, *past(2025, 2024)])
    asked: list[int] = []
    page.years.menu_requested.connect(lambda draft, _: asked.append(draft))
    page.years.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(page.years.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), page.mapToGlobal(QPoint(0, 0))))
    assert asked == [100]
    for menu in page.findChildren(QMenu):
        menu.close()


def test_a_new_report_asks_for_its_year_and_says_what_that_means(start: Open, qtbot: QtBot) -> None:
    page = start([BASE])
    chosen = QSignalSpy(page.new_requested)
    qtbot.mouseClick(page.new, Qt.MouseButton.LeftButton)
    asking = page.findChild(NewReport)
    assert asking is not None and asking.isVisible() and asking.field.hasFocus()
    assert "已经有一份 2026 年度的报告" in asking.words.text()
    QTest.keyClicks(asking.field, "2017")
    assert not asking.go.isEnabled() and "2017 年的报告没有全国统一格式" in asking.words.text()
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    assert chosen.count() == 0
    asking.field.selectAll()
    QTest.keyClicks(asking.field, "2025")
    assert "2026 年 1 月 31 日前" in asking.words.text()
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    assert chosen.at(0) == [2025] and not asking.isVisible()


def test_escape_closes_the_question(start: Open, qtbot: QtBot) -> None:
    page = start([BASE])
    asking = page.ask_year(page.new)
    QTest.keyClick(asking.field, Qt.Key.Key_Escape)
    assert not asking.isVisible()


def test_the_empty_library(start: Open, qtbot: QtBot) -> None:
    page = start([])
    first = page.first
    spies = [QSignalSpy(s) for s in (page.last_year_requested, page.file_requested, page.example_requested, page.slips_requested)]
    assert first.isVisible() and not page.card.isVisible()
    for button in (first.last_year, first.file, page.example, page.slips):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [s.count() for s in spies] == [1, 1, 1, 1]


def test_the_first_report_takes_three_steps_of_the_keyboard(start: Open) -> None:
    page = start([], agency="")
    begun = QSignalSpy(page.new_requested)
    page.take_focus()
    for step, said in (("某区民政局", "机关全称"), (None, "选去年的报告…"), (None, "打开文件…"), ("2017", "报告年度"), ("2026", "报告年度"), (None, "开始写")):
        focused = QApplication.focusWidget()
        assert (focused.accessibleName() or focused.text()) == said  # type: ignore[attr-defined]
        if said == "报告年度":
            focused.selectAll()  # type: ignore[attr-defined]
        if step is not None:
            QTest.keyClicks(focused, step) if step.isascii() else focused.insert(step)  # type: ignore[attr-defined]
        if step == "2017":
            QTest.keyClick(focused, Qt.Key.Key_Return)
            assert not page.first.go.isEnabled() and begun.count() == 0
        else:
            QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert page.said_agency == {"name": "某区民政局"}
    QTest.keyClick(page.first.go, Qt.Key.Key_Return)
    assert begun.at(0) == [2026]


@pytest.mark.parametrize("size", [(1366, 768), (683, 384), (640, 360)])
def test_all_three_steps_are_in_sight(start: Open, size: tuple[int, int]) -> None:
    page = start([], size=size)
    assert page.first.go.mapTo(page, page.first.go.rect().bottomLeft()).y() < page.viewport().height()


def test_enter_in_the_first_field_shows_where_the_keyboard_went(start: Open) -> None:
    page = start([])
    page.take_focus()
    QTest.keyClick(page.first.name, Qt.Key.Key_Return)
    assert page.first.last_year.hasFocus() and page.first.last_year._ring


def test_the_name_of_her_agency_stands_there_until_she_writes_another(start: Open) -> None:
    page = start([], agency="某局")
    assert page.said_agency == {"name": "某局"}
    page.first.name.insert("区")
    page.show_drafts(page.forms, [], agency="某局")
    assert page.said_agency == {"name": "某局区"}
    page.show_drafts(page.forms, [BASE], agency="别的局")
    assert page.said_agency == {}
    page.show_drafts(page.forms, [], agency="别的局")
    assert page.said_agency == {"name": "别的局"}


def test_deleted_reports_can_be_found_again(start: Open, qtbot: QtBot) -> None:
    page = start([BASE], deleted=[replace(BASE, id=7, year=2024, deleted_at=1.7e9)])
    back = QSignalSpy(page.undelete_requested)
    qtbot.mouseClick(page.bin, Qt.MouseButton.LeftButton)
    menu = next(m for m in page.findChildren(QMenu) if m.isVisible())
    menu.actions()[0].trigger()
    menu.close()
    assert back.at(0) == [7]


def test_another_agency_is_named_and_strange_progress_is_unknown(start: Open) -> None:
    page = start([BASE, replace(BASE, id=2, year=2025, agency="某镇人民政府", progress="{"), replace(BASE, id=3, year=None)])
    assert page.model.line(0).detail.startswith("某镇人民政府") and page.model.line(0).state == "没有打开过"
    assert page.model.line(1).year == "年度未填"


def test_ten_thousand_reports_need_no_more_widgets_than_eight(qtbot: QtBot, start: Open, forms: Forms) -> None:
    page = start([])
    many = [replace(BASE, id=i, year=2026 - i % 8, progress=MADE.dumps()) for i in range(10_000)]
    page.show_drafts(forms, many[:8], [], "某区民政局")
    few = len(page.findChildren(QWidget))
    page.show_drafts(forms, many, [], "某区民政局")
    assert len(page.findChildren(QWidget)) == few  # rows are painted; tests/benchmarks tells the time
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 400_000)
    page.years.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.years, Qt.Key.Key_End)
    assert page.verticalScrollBar().value() > 400_000  # the current row is brought into sight


@pytest.mark.parametrize("size", [(911, 512), (683, 384)])
def test_small_windows_cut_nothing_off(start: Open, size: tuple[int, int]) -> None:
    page = start([replace(BASE, progress=MADE.dumps()), *past(2025)], size=size)
    assert page.widget().width() <= size[0]
    assert page.new.mapTo(page.widget(), QPoint(page.new.width(), 0)).x() <= size[0]
    empty = start([], size=size)
    assert empty.widget().width() <= size[0]
    assert all(b.mapTo(empty.widget(), QPoint(b.width(), 0)).x() <= size[0] for b in empty.widget().findChildren(QPushButton) if b.isVisible())


def test_what_was_changed_after_its_export_says_so(start: Open) -> None:
    done = Standing((("引言", State.DONE, "完成"),), "一、总体情况").dumps()
    exported = replace(BASE, progress=done, exported_at=1.69e9, exported_what="终稿：PDF")
    page = start([exported, replace(exported, id=2, year=2025)])
    card = {w.text() for w in page.card.findChildren(type(page.card.title)) if w.isVisible()}
    assert "已导出终稿" in card and page.model.line(0).state == "已导出终稿"
    page = start([replace(exported, rewritten=True), replace(exported, id=2, year=2025, rewritten=True)])
    card = {w.text() for w in page.card.findChildren(type(page.card.title)) if w.isVisible()}
    assert "导出终稿后又改过" in card and page.model.line(0).state == "导出终稿后又改过"
    assert page.model.line(0).detail.endswith("改过")


def told(page: StartPage) -> str:
    return "".join(w.text() for w in page.card.findChildren(type(page.card.title)) if w.isVisible())


def test_the_card_promises_last_years_figures_only_where_they_are(start: Open, qtbot: QtBot) -> None:
    assert "2025 年度的数显示在格子旁边" in told(start(past(2025, 2024)))
    skipped = start(past(2024))
    assert "没有 2025 年度的报告" in told(skipped) and "数显示在" not in told(skipped)
    others = start([replace(BASE, id=7, year=2025, agency="某镇人民政府"), *past(2024)])
    assert "没有 2025 年度的报告" in told(others)
    copied = QSignalSpy(others.copy_requested)
    assert others.card.other.text() == "用 2024 年度的文字起草"
    qtbot.mouseClick(others.card.other, Qt.MouseButton.LeftButton)
    assert copied.at(0) == [100, 2026], "hers, as its button says"


def test_copies_of_the_examples_are_no_reports_of_hers(start: Open) -> None:
    sample = replace(BASE, id=9, sample=BASE.agency, progress=MADE.dumps())
    page = start([sample, *past(2025)])
    assert page.card.title.text() == "2026 年度报告" and page.card.go.text() == "新建 2026 年度报告"
    assert page.model.line(0).state == "样例" and page.model.line(1).state != "样例"
    assert page.years.accessibleName() == page._past.text() == "其他报告", "one of the running year is among them"
    assert start([BASE, *past(2025)])._past.text() == "往年"
    assert start([replace(sample, sample="样例局")]).card.go.text() == "继续写", "under another name it is a report"
    alone = start([sample])
    assert alone.card.go.text() == "新建 2026 年度报告" and not alone.card.other.isVisible()


@pytest.mark.parametrize(("pasted", "year"), [("２０２４", "2024"), ("２０２４年", "2024"), (" 2024 ", "2024"), ("去年", "2026"), ("20240131", "2026")])
def test_a_year_is_taken_however_it_is_pasted(start: Open, pasted: str, year: str) -> None:
    page = start([BASE])
    asking = page.ask_year(page.new)
    QApplication.clipboard().setText(pasted)
    QTest.keyClick(asking.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)  # over what is selected
    assert asking.field.text() == year


@pytest.mark.parametrize("year", [9999, 2**40, 0, -1])
def test_a_report_of_a_year_that_is_in_no_calendar_is_shown_like_any_other(start: Open, year: int) -> None:
    page = start([replace(BASE, year=year), replace(BASE, id=2, year=2025)])
    assert page.card.title.text() and page.dated is not None


def test_a_year_that_cannot_be_says_why(start: Open) -> None:
    page = start([BASE])
    asking = page.ask_year(page.new)
    QTest.keyClicks(asking.field, "9999")
    assert not asking.go.isEnabled() and "最晚写到 9998" in asking.words.text()


@pytest.mark.parametrize(("what", "state", "ending"), [("终稿：PDF、网页", "已导出终稿", "导出 PDF、网页"), ("草稿：PDF", "已导出草稿", "导出 PDF"), ("PDF", "已导出", "导出 PDF"), ("", "已导出", "导出")])
def test_what_was_exported_is_said(start: Open, what: str, state: str, ending: str) -> None:
    page = start([BASE, replace(BASE, id=2, year=2025, exported_at=1.7e9, exported_what=what)])
    assert page.model.line(0).state == state and page.model.line(0).detail.endswith(ending)
