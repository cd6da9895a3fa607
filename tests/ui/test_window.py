"""The main window: opening, keeping, moving about, folding, undoing; with real keys and clicks."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk import report as report_file
from gxdesk.cells import CellRef
from gxdesk.document.edition import Edition
from gxdesk.document.export import export
from gxdesk.document.html import render_page
from gxdesk.document.pdf import Attachment, Press
from gxdesk.document.view import build_view
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from tests.ui.conftest import commit, let_pass
from ui import autosave
from ui.autosave import Autosave
from ui.intake import NOT_PRINTED
from ui.pages.agency import AgencyPage
from ui.pages.incoming import IncomingPage
from ui.pages.narrative import NarrativePage
from ui.pages.review import ReviewPage
from ui.printing import NO_PRINTER
from ui.reading import SourceReader
from ui.report_window import ReportWindow
from ui.window import MainWindow

CTRL, ALT, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
PREAMBLE = Slot("texts", "preamble")
CELL = CellRef("requests.received.person")
Open = Callable[[Report], ReportWindow]


@pytest.fixture
def opened(window: MainWindow, store: DraftStore) -> Open:
    def make(report: Report) -> ReportWindow:
        window.open_draft(store.create(report))
        assert window.report is not None
        QApplication.processEvents()
        return window.report

    return make


def blank(name: str = "某区民政局") -> Report:
    return Report("2021", 2026, {"name": name} if name else {})


def focused() -> object:
    return QApplication.focusWidget()


# --- keeping --------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_on_disk_within_a_second(opened: Open, store: DraftStore, qtbot: QtBot) -> None:
    assert max(autosave.SETTLE_MS, autosave.LIMIT_MS) < 1000
    report = opened(blank())
    page = report.page("preamble")
    assert isinstance(page, AgencyPage)
    QTest.keyClicks(page.editors["preamble"], "abc")
    qtbot.waitUntil(lambda: store.load(1).report.texts.get("preamble") == "abc")
    assert report.top.findChild(type(report.top._saved), "") is not None
    assert report.top._saved.text().startswith("已")


def test_typing_without_a_pause_is_written_within_a_second(qtbot: QtBot, forms: Forms) -> None:
    session, written = Session(blank(), forms["2021"]), []
    saving = Autosave(session, lambda: written.append(session.text(PREAMBLE)))
    for i in range(autosave.LIMIT_MS // 130 + 2):
        session.set_text(PREAMBLE, "x" * (i + 1))
        qtbot.wait(130)
    assert written, "before she pauses"
    saving.close()


def test_an_undo_is_written_at_once(qtbot: QtBot, forms: Forms) -> None:
    session, written = Session(blank(), forms["2021"]), []
    saving = Autosave(session, lambda: written.append(session.text(PREAMBLE)))
    session.set_text(PREAMBLE, "x")
    saving.flush()
    session.undo()
    QApplication.processEvents()
    assert written == ["x", ""]
    saving.close()


def test_a_refused_write_keeps_everything_says_so_once_and_tries_again(qtbot: QtBot, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.autosave.RETRY_MS", 60)
    session, tries, full = Session(blank(), forms["2021"]), [], True

    def write() -> None:
        tries.append(1)
        if full:
            raise LibraryError("磁盘满了。")

    said: list[str] = []
    saving = Autosave(session, write)
    saving.failed.connect(said.append)
    session.set_text(PREAMBLE, "x")
    qtbot.waitUntil(lambda: len(tries) >= 3)
    assert said == ["磁盘满了。"] and saving.unsaved and saving.refusal == "磁盘满了。"
    full = False
    with qtbot.waitSignal(saving.saved):
        pass
    assert not saving.unsaved and not saving.refusal
    saving.close()


def test_a_defect_in_saving_is_told_logged_once_and_without_her_words(
    qtbot: QtBot, forms: Forms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ui.autosave.RETRY_MS", 20)
    session, tries = Session(blank(), forms["2021"]), []

    def write() -> None:
        tries.append(1)
        if len(tries) < 4:
            raise ValueError("秘密的内容")

    saving = Autosave(session, write)
    with qtbot.waitSignal(saving.failed) as told:
        session.set_text(PREAMBLE, "x")
    with qtbot.waitSignal(saving.saved):
        pass
    assert "程序会接着再试" in told.args[0] and not saving.unsaved
    (record,) = caplog.get_records("call")
    assert "ValueError" in record.getMessage() and "秘密" not in caplog.text
    caplog.clear()
    saving.close()


def test_the_window_shows_the_refusal_and_takes_it_away(opened: Open, window: MainWindow, store: DraftStore, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    report = opened(blank())
    real = store.save

    def refuse(*_: object, **__: object) -> None:
        raise LibraryError("磁盘满了，请清出一些空间。")

    monkeypatch.setattr(store, "save", refuse)
    report.session.set_text(PREAMBLE, "x")
    assert not report.flush()
    assert window.bar.isVisible() and "磁盘满了" in window.bar.words.text()
    assert report.top._saved.text() == "未能保存"
    monkeypatch.setattr(store, "save", real)
    assert report.flush()
    assert not window.bar.isVisible() and report.top._saved.text().startswith("已")


def test_leaving_with_a_refused_write_asks_and_can_be_stayed(opened: Open, window: MainWindow, store: DraftStore, monkeypatch: pytest.MonkeyPatch) -> None:
    report = opened(blank())
    real, asked = store.save, []

    def refuse(*_: object, **__: object) -> None:
        raise LibraryError("磁盘满了。")

    monkeypatch.setattr(store, "save", refuse)
    monkeypatch.setattr(window, "_ask_unsaved", lambda _: asked.append(1))  # 留在这里
    report.session.set_text(PREAMBLE, "x")
    assert not window.close()
    window.show_start()
    assert window.report is report and len(asked) == 2
    monkeypatch.setattr(store, "save", real)
    window.show_start()
    assert window.report is None
    assert store.load(1).report.texts["preamble"] == "x"


def test_place_and_undo_survive_closing(opened: Open, window: MainWindow, qtbot: QtBot) -> None:
    report = opened(blank())
    report.show_page("overview")
    QTest.keyClicks(focused(), "abc")  # type: ignore[arg-type]
    window.show_start()
    window.open_draft(1)
    assert window.report is not None and window.report.key == "overview"
    assert window.report.session.can_undo
    QTest.keyClick(focused(), Qt.Key.Key_Z, CTRL)  # type: ignore[arg-type]
    assert window.report.session.text(Slot("texts", "overview")) == ""


# --- moving about -----------------------------------------------------------------------------------------------------


def test_keys_and_buttons_walk_through_the_pages(opened: Open, qtbot: QtBot) -> None:
    report = opened(blank())
    assert report.key == "preamble" and not report.foot.back.isVisible()
    qtbot.mouseClick(report.foot.forward, Qt.MouseButton.LeftButton)
    assert report.key == "overview" and report.foot.back.text() == "上一步：基本信息与引言"
    QTest.keyClick(focused(), Qt.Key.Key_Down, ALT)  # type: ignore[arg-type]
    assert report.key == "disclosure"
    QTest.keyClick(focused(), Qt.Key.Key_PageDown, CTRL)  # type: ignore[arg-type]
    assert report.key == "requests"
    QTest.keyClick(focused(), Qt.Key.Key_PageUp, CTRL)  # type: ignore[arg-type]
    QTest.keyClick(focused(), Qt.Key.Key_Up, ALT)  # type: ignore[arg-type]
    assert report.key == "overview" and report.sections.currentRow() == 1
    QTest.keyClick(focused(), Qt.Key.Key_E, CTRL)  # type: ignore[arg-type]
    assert report.key == "review" and not report.foot.forward.isVisible()
    row = report.sections.visualItemRect(report.sections.item(4))
    qtbot.mouseClick(report.sections.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert report.key == "remedies"


def test_the_list_stays_on_the_page_in_sight_where_another_cannot_be_built(opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the program lies on a stick that was pulled out. Back in its place, the page comes."""
    report = opened(blank())
    with monkeypatch.context() as gone, qtbot.captureExceptions() as broken:
        gone.setitem(sys.modules, "ui.pages.table", None)
        where = report.sections.visualItemRect(report.sections.item(3)).center()
        qtbot.mouseClick(report.sections.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert [kind for kind, *_ in broken] == [ModuleNotFoundError]
    QApplication.processEvents()
    assert report.key == report.keys[0] and report.sections.currentRow() == 0 and [i.row() for i in report.sections.selectedIndexes()] in ([], [0])
    report.sections.setCurrentRow(3)
    assert report.key == report.keys[3] and report.page(report.keys[3]) is report.stack.currentWidget()


def test_undo_opens_the_page_of_the_change(opened: Open) -> None:
    report = opened(blank())
    page = report.page("preamble")
    assert isinstance(page, AgencyPage)
    QTest.keyClicks(page.fields["phone"], "1")
    report.show_page("problems")
    report.session.set_cell(CELL, "6")
    QTest.keyClick(focused(), Qt.Key.Key_Z, CTRL)  # type: ignore[arg-type]
    assert report.key == "requests" and report.session.text(Slot("cells", CELL)) == ""
    QTest.keyClick(focused(), Qt.Key.Key_Z, CTRL)  # type: ignore[arg-type]
    assert report.key == "preamble" and page.fields["phone"].text() == ""
    QTest.keyClick(focused(), Qt.Key.Key_Y, CTRL)  # type: ignore[arg-type]
    assert page.fields["phone"].text() == "1"
    QTest.keyClick(focused(), Qt.Key.Key_Z, CTRL | SHIFT)  # type: ignore[arg-type]
    assert report.key == "requests" and report.session.text(Slot("cells", CELL)) == "6"


def test_f8_walks_through_the_findings_of_all_pages(opened: Open, example: Report) -> None:
    cells = {**example.cells, CELL: "99", CellRef("remedies.review.upheld"): "x"}
    report = opened(Report("2021", 2026, example.agency, example.texts, cells))
    seen = []
    for _ in range(4):
        QTest.keyClick(focused(), Qt.Key.Key_F8)  # type: ignore[arg-type]
        seen.append(report.key)
    assert "requests" in seen and "remedies" in seen
    before = report.key
    QTest.keyClick(focused(), Qt.Key.Key_F8, SHIFT)  # type: ignore[arg-type]
    QTest.keyClick(focused(), Qt.Key.Key_F8)  # type: ignore[arg-type]
    assert report.key == before


def test_the_section_list_follows_the_report_and_says_nothing_of_errors_before_the_review(opened: Open, example: Report, qtbot: QtBot) -> None:
    report = opened(blank())
    assert report._sections_shown[1].status == "todo" and report._sections_shown[-1].word == "还没有核对"
    report.session.set_text(Slot("texts", "problems"), "有问题。")
    qtbot.waitUntil(lambda: report._sections_shown[5].status == "doing")
    report.session.set_text(Slot("texts", "problems"), example.texts["problems"])
    qtbot.waitUntil(lambda: report._sections_shown[5].status == "done")
    report.show_page("review")
    qtbot.waitUntil(lambda: "必须改" in report._sections_shown[-1].word)


def test_the_section_list_too_waits_for_the_end_of_a_sentence(opened: Open, qtbot: QtBot) -> None:
    report = opened(blank("某镇人民政府"))
    page = report.show_page("overview")
    assert isinstance(page, NarrativePage)

    def shown() -> tuple[str, str]:
        report._follow_settled()  # as it does by itself a moment later
        return report._sections_shown[1].status, report._sections_shown[1].word

    commit(page, "我局公开信息三条")
    found = [f for f in report.session.findings if f.code == "F-SELF"]
    assert len(found) == 1 and shown() == ("doing", "进行中")
    commit(page, "。")
    assert shown() == ("explain", "1 处请说明")
    report.session.undo()
    commit(page, "我局公开信息三条")
    assert shown() == ("doing", "进行中")
    report.show_page("problems")  # left unfinished: it is looked at all the same, and without another key
    qtbot.waitUntil(lambda: report._sections_shown[1].status == "explain")


# --- folding ----------------------------------------------------------------------------------------------------------


def test_what_folds_when(opened: Open, window: MainWindow, qtbot: QtBot, example: Report) -> None:
    report = opened(Report("2021", 2026, example.agency, example.texts, {**example.cells, CELL: "99"}))
    report.show_page("requests")
    assert report.findings.isVisible() and report.rail.width() == 216 and not report.foot.drawer.isVisible()
    window.resize(911, 512)
    QApplication.processEvents()
    assert report.rail.width() == 68 and not report.findings.isVisible() and report.foot.drawer.isVisible()
    qtbot.mouseClick(report.foot.drawer, Qt.MouseButton.LeftButton)
    assert report.findings.isVisible()
    drawer = report._drawer.geometry()
    assert drawer.bottom() <= report.foot.geometry().top() and drawer.right() <= report._sheet.width()
    QTest.keyClick(report.foot.drawer, Qt.Key.Key_Escape)
    assert not report.findings.isVisible()
    window.resize(683, 384)
    QApplication.processEvents()
    assert report.foot.forward.text() == "下一步" and not report.top.isVisible() and report.home.isVisible()
    window.resize(1366, 768)
    QApplication.processEvents()
    assert report.findings.isVisible() and report.top.isVisible() and report.rail.width() == 216


def test_the_review_and_texts_have_no_panel_beside_them(opened: Open) -> None:
    report = opened(blank())
    for key, shown in (("overview", False), ("disclosure", True), ("review", False), ("preamble", True)):
        report.show_page(key)
        assert report.findings.isVisible() is shown


# --- the library ------------------------------------------------------------------------------------------------------


def test_delete_and_take_back(opened: Open, window: MainWindow, store: DraftStore, qtbot: QtBot) -> None:
    opened(blank())
    window.show_start()
    window.delete_draft(1)
    assert not store.drafts() and window.bar.isVisible() and window.bar.action.text() == "撤销"
    qtbot.mouseClick(window.bar.action, Qt.MouseButton.LeftButton)
    assert [d.id for d in store.drafts()] == [1] and not window.bar.isVisible()


def test_the_agency_is_asked_once(window: MainWindow, store: DraftStore) -> None:
    window.new_report(2025)
    page = window.report and window.report.page("preamble")
    assert isinstance(page, AgencyPage)
    for piece in ("Bureau", " of Civil", " Affairs"):  # written to disk in between, as while she types
        QTest.keyClicks(page.fields["name"], piece)
        assert window.flush()
    QTest.keyClicks(page.fields["phone"], "0632-1")
    window.show_start()
    assert store.agency() == {"name": "Bureau of Civil Affairs", "phone": "0632-1"}
    window.new_report(2026)
    assert window.report is not None and window.report.session.report.agency == store.agency()
    assert window.report.session.last_report is not None  # last year's figures stand beside


def test_the_example_is_nobodys_agency(window: MainWindow, store: DraftStore) -> None:
    window.open_example()
    assert window.report is not None
    window.report.copy.click()
    window.report.session.set_text(Slot("agency", "phone"), "1")
    window.show_start()
    assert store.agency() == {} and len(store.drafts()) == 1


def test_another_agencys_report_does_not_change_hers(window: MainWindow, store: DraftStore, opened: Open) -> None:
    store.set_agency({"name": "某区民政局"})
    report = opened(blank("某镇人民政府"))
    report.session.set_text(Slot("agency", "phone"), "1")
    window.show_start()
    assert store.agency() == {"name": "某区民政局"}


def test_a_copy_for_another_year_has_the_texts_but_no_figures(window: MainWindow, store: DraftStore, example: Report) -> None:
    window.copy_report(store.create(example), 2027)
    assert window.report is not None
    copied = window.report.session.report
    assert copied.year == 2027 and copied.texts == example.texts and not copied.cells and not copied.explanations


def test_a_file_becomes_a_draft_and_stays_as_it_was(window: MainWindow, store: DraftStore, example: Report, tmp_path: Path) -> None:
    path = tmp_path / "去年.gxreport"
    report_file.write(example, path)
    before = path.read_bytes()
    drop(window, path)
    assert window.report is not None and window.report.session.report.cells == example.cells
    window.report.session.set_text(PREAMBLE, "x")
    window.show_start()
    assert path.read_bytes() == before
    assert store.agency()["name"] == example.agency["name"]


def incoming(window: MainWindow, qtbot: QtBot) -> IncomingPage:
    qtbot.waitUntil(lambda: isinstance(window.stack.currentWidget(), IncomingPage))
    page = window.stack.currentWidget()
    assert isinstance(page, IncomingPage)
    return page


def test_starting_from_last_years_page_of_a_website(window: MainWindow, store: DraftStore, example: Report, form: FormDef, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "去年.html"
    path.write_text(render_page(build_view(example, form, draft=False)), encoding="utf-8")
    drop(window, path)
    page = incoming(window, qtbot)
    assert window.report is None and not store.drafts()  # nothing is hers yet
    assert page.go.text() == "接着写 2027 年度报告" and "2026改成2027" in "".join(t.text() for t in page._moves.values()).replace(" ", "")
    first = next(iter(page._moves))
    page._moves[first].setChecked(False)
    for year in ("202", "2025", "2026"):
        page.year.setText(year)
    assert not page._moves[first].isChecked() and sum(not tick.isChecked() for tick in page._moves.values()) == 1, "what she chose stays"
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert window.report is not None
    session = window.report.session
    assert session.report.year == 2027 and all(session.report.agency[key] == example.agency[key] for key in ("name", "phone", "email"))
    assert session.last_report is not None and session.last_report.cells.items() >= example.cells.items()
    assert set(session.report.cells) == {f"requests.carried_in.{c}" for c in ("person", "business", "research", "welfare", "legal", "other")}
    assert "2027年" in session.report.texts["overview"] and len(store.drafts()) == 2


@pytest.mark.no_cover
def test_what_was_read_can_be_kept_or_left(window: MainWindow, store: DraftStore, example: Report, form: FormDef, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "去年.html"
    printed = render_page(build_view(example, form, draft=False))
    assert "属于行政执法案卷" in printed
    path.write_text(printed.replace("属于行政执法案卷", "属于行政执法案件"), encoding="utf-8")
    window.intake.start_from(path)
    page = incoming(window, qtbot)
    assert any("格式里是“7.属于行政执法案卷”" in words.text() for words in page.findChildren(QLabel))  # said, and nothing is held up by it
    page.closed.emit()
    assert window.stack.currentWidget() is window.start and not store.drafts()
    window.intake.start_from(path)
    qtbot.mouseClick(incoming(window, qtbot).keep, Qt.MouseButton.LeftButton)
    assert [d.year for d in store.drafts()] == [2026] and window.report is None


@pytest.mark.no_cover
def test_a_pdf_that_carries_its_report_opens_as_hers(window: MainWindow, store: DraftStore, example: Report, form: FormDef, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "报告.pdf"
    export(Edition(example, form, draft=False), {"pdf": path})
    drop(window, path)
    qtbot.waitUntil(lambda: window.report is not None)
    assert window.report is not None and window.report.session.report.cells == example.cells and len(store.drafts()) == 1


def test_a_pdf_is_read_away_from_the_window_whatever_it_is_called(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(SourceReader, "start", lambda _, path: read.append(path))
    (tmp_path / "改了名.gxreport").write_bytes(b"%PDF-1.7 and no more")
    window.open_file(tmp_path / "改了名.gxreport")
    assert read == [tmp_path / "改了名.gxreport"]


def test_a_file_that_is_no_report_is_one_sentence(window: MainWindow, store: DraftStore, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "购物清单.txt"
    path.write_text("鸡蛋、牛奶。", encoding="utf-8")
    window.start.first.name.insert("某")
    drop(window, path)
    qtbot.waitUntil(lambda: "不像一份" in window.bar.words.text())
    assert not store.drafts() and not store.agency(), "nothing is kept before she says go"
    assert window.start.said_agency == {"name": "某"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b'{"gxreport": 9}', json.dumps({"gxreport": 1, "year": 1999}).encode()])
def test_a_file_that_cannot_be_read_is_one_sentence_in_the_bar(window: MainWindow, store: DraftStore, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.gxreport"
    path.write_bytes(content)
    window.open_file(path)
    assert window.report is None and not store.drafts()
    assert window.bar.isVisible() and window.bar.words.text().endswith("。")


def test_an_open_report_stays_open_when_a_file_cannot_be_read(opened: Open, window: MainWindow, tmp_path: Path) -> None:
    report = opened(blank())
    window.open_file(tmp_path / "没有.gxreport")
    assert window.report is report and window.bar.isVisible()


def test_a_report_file_is_printed_when_explorer_asks_for_it(window: MainWindow, qtbot: QtBot, tmp_path: Path, example: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.printing.any_printer", lambda: False)
    path = tmp_path / "样例.gxreport"
    report_file.write(example, path)
    window.open_file(path, printing=True)
    assert window.report is not None
    qtbot.waitUntil(lambda: window.report is not None and window.report.key == "review")
    page = window.report.page("review")
    assert isinstance(page, ReviewPage) and page.export_box._result.text() == NO_PRINTER


def test_the_same_file_opened_again_is_the_same_draft_until_that_is_changed(window: MainWindow, store: DraftStore, tmp_path: Path, example: Report) -> None:
    path = tmp_path / "样例.gxreport"
    report_file.write(example, path)
    window.open_file(path)
    window.open_file(path)
    assert len(store.drafts()) == 1 and window.report is not None
    window.report.session.set_text(Slot("texts", "overview"), "改过")
    window.open_file(path)
    assert len(store.drafts()) == 2


@pytest.mark.no_cover
def test_what_is_no_report_file_is_not_printed_in_silence(
    window: MainWindow, store: DraftStore, qtbot: QtBot, tmp_path: Path, example: Report, form: FormDef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.printing.any_printer", lambda: False)
    page = tmp_path / "去年.html"
    page.write_text(render_page(build_view(example, form, draft=False)), encoding="utf-8")
    window.open_file(page, printing=True)
    incoming(window, qtbot)
    assert window.bar.words.text() == NOT_PRINTED
    package = tmp_path / "交接.gxhandover"
    window.library.hand_over(package, "")
    window.open_file(package, printing=True)
    assert window.bar.words.text().endswith(NOT_PRINTED)
    pdf = tmp_path / "报告.pdf"
    attached = Attachment("report.gxreport", "", report_file.dumps(example))
    pdf.write_bytes(Press().render(build_view(example, form, draft=False), source=attached).data)
    window.open_file(pdf, printing=True)
    qtbot.waitUntil(lambda: window.report is not None and window.report.key == "review")


def test_export_of_the_report_file(window: MainWindow, store: DraftStore, forms: Forms, example: Report, tmp_path: Path) -> None:
    path = tmp_path / "报告.gxreport"
    window.export_file(store.create(example), path)
    assert report_file.read(path, forms) == example


def test_the_window_comes_back_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(720, 500)
    kept = window.saveGeometry()
    assert window.close() and window.close()
    other = MainWindow()
    qtbot.addWidget(other)
    other.open_on_screen(kept)
    assert (other.width(), other.height()) == (720, 500)


def test_every_page_opens_under_every_form(window: MainWindow, store: DraftStore, forms: Forms) -> None:
    for form in forms.values():
        window.open_draft(store.create(Report(form.id, form.first_year)))
        report = window.report
        assert report is not None
        for key in report.keys:
            assert report.show_page(key).isVisible()


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where = QPointF(QPoint(300, 300))
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)  # QApplication gives drops only to the target of a drag


def test_an_export_is_noted(opened: Open, window: MainWindow, store: DraftStore) -> None:
    report = opened(blank())
    page = report.show_page("review")
    made = report.session.report
    report.session.set_text(PREAMBLE, "写在导出还没有完成的时候。")
    page.exported.emit("终稿：PDF", made)  # type: ignore[attr-defined]
    draft = store.drafts()[0]
    assert draft.exported_what == "终稿：PDF"
    newest = store.moments.of(draft.id)[0]
    assert (newest.kind, store.moments.report(newest.id)) == (Kind.EXPORTED, made)  # what is in the file, not what she wrote meanwhile


def test_what_is_written_after_an_export_is_told_on_the_start_page(opened: Open, window: MainWindow, example: Report) -> None:
    draft = replace(example, year=2025, agency={"name": "某区民政局"})
    for typed, state in (("", "已导出终稿"), ("1", "导出终稿后又改过")):
        report = opened(draft)
        review = report.show_page("review")
        editor = report.show_page("overview").editor  # type: ignore[attr-defined]
        QTest.keyClicks(editor, typed)
        review.exported.emit("终稿：PDF", draft)  # type: ignore[attr-defined]  # it was typed while the files were made
        window.show_start()
        assert window.start.model.line(0).state == state


# --- the bar --------------------------------------------------------------------------------------------------------


def rect(of: QWidget, window: MainWindow) -> QRect:
    return QRect(of.mapTo(window, QPoint(0, 0)), of.size())


@pytest.mark.parametrize("width", [1920, 1366, 1000, 700])
def test_a_message_covers_neither_saving_nor_undo(opened: Open, window: MainWindow, qtbot: QtBot, width: int) -> None:
    report = opened(blank())
    window.resize(width, 768)
    QTest.keyClick(report, Qt.Key.Key_S, CTRL)
    let_pass(50)
    assert window.bar.isVisible() and "随写随存" in window.bar.words.text()
    over = rect(window.bar, window)
    for part in (report.top.back, report.top._saved, report.top.undo, report.top.redo, report.top.past):
        assert not over.intersects(rect(part, window)), part.accessibleName()


def test_a_message_goes_with_its_page_but_what_asks_for_something_stays(opened: Open, window: MainWindow) -> None:
    report = opened(blank())
    QTest.keyClick(report, Qt.Key.Key_S, CTRL)
    assert window.bar.isVisible()
    QTest.keyClick(report, Qt.Key.Key_PageDown, CTRL)
    assert not window.bar.isVisible()
    report.message.emit("没有存上：磁盘满了。", "error")
    QTest.keyClick(report, Qt.Key.Key_PageDown, CTRL)
    assert window.bar.isVisible()
