"""Which report is last year's: it stays so under a corrected name, she chooses it, and nothing is compared before year and name are known."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from gxdesk.document.html import render_page
from gxdesk.document.view import build_view
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report
from ui.pages.agency import AgencyPage
from ui.pages.incoming import IncomingPage
from ui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NAME = "某区民政局"


def report(year: int, name: str = NAME, **cells: str) -> Report:
    return Report("2021", year, {"name": name}, cells=cells)


def agency(window: MainWindow) -> AgencyPage:
    assert window.report is not None
    page = window.report.show_page("preamble")
    assert isinstance(page, AgencyPage)
    return page


def last(window: MainWindow) -> Report | None:
    assert window.report is not None
    return window.report.session.last_report


def choose(window: MainWindow, words: str) -> None:
    """Press 去年的报告 and take one of its menu."""
    QTest.mouseClick(agency(window).last_year, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(a for a in menu.actions() if a.text() == words)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def page_of(path: Path, what: Report, form: FormDef) -> Path:
    path.write_text(render_page(build_view(what, form, draft=False)), encoding="utf-8")
    return path


def incoming(window: MainWindow, qtbot: QtBot) -> IncomingPage:
    qtbot.waitUntil(lambda: isinstance(window.stack.currentWidget(), IncomingPage))
    page = window.stack.currentWidget()
    assert isinstance(page, IncomingPage)
    return page


def test_a_corrected_name_keeps_last_year(window: MainWindow, store: DraftStore, qtbot: QtBot) -> None:
    before = report(2025)
    store.create(before)
    draft = store.create(report(2026))
    window.open_draft(draft)
    field = agency(window).fields["name"]
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Home)
    QTest.keyClicks(field, "N")
    assert window.windowTitle() == f"2026 年度报告 N{NAME}"
    QTest.mouseClick(window.report.top.back, LEFT)  # type: ignore[union-attr]
    QTest.mouseClick(window.start.card.go, LEFT)
    assert last(window) == before
    assert any(f.code == "Y-SCOPE" for f in window.report.session.findings), "and it is still asked for a word about the two names"  # type: ignore[union-attr]
    assert agency(window).last_year.text().endswith(NAME)


def test_the_report_before_can_be_renamed_too(window: MainWindow, store: DraftStore) -> None:
    before, draft = store.create(report(2025)), store.create(report(2026))
    window.open_draft(draft)
    window.open_draft(before)
    field = agency(window).fields["name"]
    field.setFocus()
    QTest.keyClicks(field, "X")
    window.open_draft(draft)
    assert last(window) == report(2025, f"X{NAME}")


def test_she_chooses_it_and_can_do_without(window: MainWindow, store: DraftStore) -> None:
    own, other = report(2025), report(2025, "某街道办事处")
    store.create(other)
    store.create(own)
    store.create(report(2024))
    draft = store.create(report(2026))
    window.open_draft(draft)
    assert last(window) == own
    choose(window, "不与去年比")
    assert last(window) is None and "没有" in agency(window).last_year.text()
    window.show_start()
    window.open_draft(draft)
    assert last(window) is None, "that holds"
    choose(window, "2025 年度　某街道办事处")
    assert last(window) == other and any(f.code == "Y-SCOPE" for f in window.report.session.findings)  # type: ignore[union-attr]


@pytest.mark.no_cover
def test_it_is_read_from_a_file_for_the_open_report(
    window: MainWindow, store: DraftStore, qtbot: QtBot, tmp_path: Path, example: Report, form: FormDef, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = page_of(tmp_path / "去年.html", replace(example, year=2025), form)
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: asked.append(a[2]) or (str(path), ""))
    draft = store.create(report(2026))
    window.open_draft(draft)
    for _ in range(2):
        choose(window, "从文件读入…")
        page = incoming(window, qtbot)
        assert page.keep.text() == "作为 2026 年度报告的去年数" and not page.go.isVisible()
        QTest.mouseClick(page.keep, LEFT)
    assert window.report is not None and window.report.draft_id == draft and window.report.key == "preamble"
    assert store.last_year_of(draft) is not None and last(window) is not None and last(window).year == 2025  # type: ignore[union-attr]
    assert len(store.drafts()) == 2, "taken once"
    assert asked[1] == str(tmp_path), "the dialog begins where the last file was"


@pytest.mark.no_cover
def test_what_is_kept_of_hers_is_last_years_from_now_on(window: MainWindow, store: DraftStore, qtbot: QtBot, tmp_path: Path, example: Report, form: FormDef) -> None:
    draft = store.create(report(2026, example.agency["name"]))
    stale = store.create(report(2025, example.agency["name"]))
    window.open_draft(draft)
    assert store.last_year_of(draft) == stale
    window.show_start()
    window.intake.start_from(page_of(tmp_path / "去年.html", replace(example, year=2025), form))
    QTest.mouseClick(incoming(window, qtbot).keep, LEFT)
    assert store.last_year_of(draft) not in (None, stale)
    assert "显示在下一年报告的格子旁边" in window.bar.words.text()
    window.intake.start_from(page_of(tmp_path / "前年.html", replace(example, year=2023), form))
    QTest.mouseClick(incoming(window, qtbot).keep, LEFT)
    assert "等有了下一年的报告" in window.bar.words.text()


def test_year_and_name_are_asked_before_anything_is_taken(window: MainWindow, store: DraftStore, qtbot: QtBot, tmp_path: Path, example: Report, form: FormDef) -> None:
    store.set_agency({"name": NAME})
    nameless = Report("2021", None, texts={"overview": "全年公开信息十二条。"}, cells=example.cells)
    window.intake.start_from(page_of(tmp_path / "公开.html", nameless, form))
    page = incoming(window, qtbot)
    page.name.clear()
    page.year.clear()
    assert not page.go.isEnabled() and not page.keep.isEnabled() and not page._moves
    page.take_focus()
    assert page.year.hasFocus()
    QTest.keyClicks(page.year, "2017")
    assert not page.go.isEnabled() and "统一格式" in page._asked._text.text()
    page.year.selectAll()
    QTest.keyClicks(page.year, "2023")
    assert page.go.text() == "接着写 2024 年度报告" and not page.go.isEnabled(), "whose it is is asked too"
    QTest.mouseClick(page.hers, LEFT)
    assert page.name.text() == NAME and page.go.isEnabled() and page._other.isHidden()
    page.name.setText("某县财政局")
    assert "某县财政局" in page._other._text.text()
    QTest.mouseClick(page.keep, LEFT)
    (kept,) = store.drafts()
    assert (kept.year, kept.agency) == (2023, "某县财政局")


def test_texts_alone_are_said_to_bring_no_figure(window: MainWindow, qtbot: QtBot, tmp_path: Path, form: FormDef) -> None:
    words = Report("2021", 2025, {"name": NAME}, texts={"overview": "全年公开信息十二条。"})
    window.intake.start_from(page_of(tmp_path / "公开.html", words, form))
    QTest.mouseClick(incoming(window, qtbot).go, LEFT)
    assert window.report is not None and "格子旁边不显示" in window.bar.words.text()
