"""The library as a whole, from the window: 回到过去, copies and the way back to one, 交接包, and a library that can only be looked at."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.drafts import handover
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from ui.application import _attach
from ui.autosave import Safekeeping
from ui.library import Library
from ui.pages.copies import CopiesDialog
from ui.table.placing import PlacingCard
from ui.window import MainWindow
from ui.worker import RenderWorker

LEFT = Qt.MouseButton.LeftButton
NAME, PREAMBLE = Slot("agency", "name"), Slot("texts", "preamble")
CELL = CellRef("requests.received.person")


@pytest.fixture(autouse=True)
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)


def shown(qtbot: QtBot, library: Library) -> MainWindow:
    out = MainWindow(today=lambda: date(2027, 1, 19))
    qtbot.addWidget(out)
    out.attach(library)
    out.resize(1366, 768)
    out.show()
    qtbot.waitExposed(out)
    return out


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, forms: Forms) -> Iterator[MainWindow]:
    library = Library(DraftStore.open(tmp_path / "library.gxd"), forms)
    library.store.create(Report("2021", 2026, {"name": "某中心"}, texts={"preamble": "原来的引言。"}))
    yield shown(qtbot, library)
    library.store.close()


def entry(window: MainWindow, words: str) -> QAction:
    return next(action for action in window.custody.menu().actions() if action.text() == words)


def test_the_past_is_one_press_away_and_back(window: MainWindow, qtbot: QtBot) -> None:
    window.open_draft(1)
    report = window.report
    assert report is not None
    report.session.set_text(PREAMBLE, "改过的引言。")
    qtbot.mouseClick(report.top.past, LEFT)
    dialog = report.show_past()  # the same one comes forward
    assert dialog.isVisible() and "改过的引言" in dialog.changes.toPlainText()
    qtbot.mouseClick(dialog.back, LEFT)
    assert report.session.text(PREAMBLE) == "原来的引言。"
    assert window.library.store.moments.of(1)[0].kind is Kind.BEFORE_RESTORE
    qtbot.mouseClick(dialog.undo, LEFT)
    assert report.session.text(PREAMBLE) == "改过的引言。" and not dialog.undo.isVisible()
    window.show_start()
    assert not [w for w in QApplication.topLevelWidgets() if w is dialog and w.isVisible()]


def test_a_labelled_block_put_in_is_a_moment_before_and_one_after(window: MainWindow, qtbot: QtBot, example: Report, form: FormDef) -> None:
    window.open_draft(1)
    report = window.report
    assert report is not None
    page = report.show_page("requests")
    QApplication.clipboard().setText(f"{form.cells[CELL].row.label}\t1\t0\t0\t0\t2\t0\t3\n")
    page.grid.blocks.paste()  # type: ignore[attr-defined]
    (card,) = window.findChildren(PlacingCard)
    qtbot.mouseClick(card.go, LEFT)
    after, before = report._draft.timeline.moments()[:2]
    assert (after.kind, before.kind) == (Kind.IMPORTED, Kind.BEFORE_IMPORT)
    assert [report._draft.timeline.report(m).cells.get(CELL, "") for m in (before, after)] == ["", "1"]


def test_a_block_without_labels_is_a_moment_too_and_one_figure_is_none(window: MainWindow) -> None:
    window.open_draft(1)
    report = window.report
    assert report is not None
    page = report.show_page("requests")
    page.grid.setCurrentIndex(page.grid.adapter.index_of(CELL))  # type: ignore[attr-defined]
    QApplication.clipboard().setText("7")
    page.grid.blocks.paste()  # type: ignore[attr-defined]
    kinds = [m.kind for m in report._draft.timeline.moments()]
    QApplication.clipboard().setText("1\t2\t3")
    page.grid.blocks.paste()  # type: ignore[attr-defined]
    assert [m.kind for m in report._draft.timeline.moments()] == [Kind.IMPORTED, Kind.BEFORE_IMPORT, *kinds]


def test_an_export_of_the_report_file_is_a_moment_and_a_copy(window: MainWindow, tmp_path: Path) -> None:
    taken: list[bool] = []
    window.library.exported = lambda: taken.append(True)
    window.export_file(1, tmp_path / "报告.gxreport")
    (moment,) = window.library.store.moments.of(1)
    assert (moment.kind, moment.what, taken) == (Kind.EXPORTED, "报告文件", [True])


def test_at_the_start_page_no_report_is_open(window: MainWindow) -> None:
    window.open_draft(1)
    assert window.library.store.setting("open_draft") == 1
    window.show_start()
    assert window.library.store.setting("open_draft") is None


def test_back_to_a_copy_and_to_what_was_before(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    library = window.library
    library.backups.set_folder(stick := tmp_path / "U盘")
    stick.mkdir()
    window.open_draft(1)  # copies are taken while a report is open
    assert library.backups.take() == ""
    library.backups.set_folder(elsewhere := tmp_path / "网络盘")
    elsewhere.mkdir()
    window.show_start()
    library.new(2030)
    (copy,) = [c for c in stick.iterdir() if c.suffix == ".gxd"]
    assert [d.year for d in library.inside(copy)] == [2026]
    library.backups.set_folder(stick)
    entry(window, "从备份恢复…").trigger()
    (dialog,) = window.findChildren(CopiesDialog)
    assert dialog.list.count() == 1
    library.backups.set_folder(elsewhere)
    qtbot.mouseClick(dialog.back, LEFT)
    assert [d.year for d in library.drafts()] == [2026]
    assert library.backups.folder == elsewhere and library.interrupted() is None
    qtbot.mouseClick(window.bar.action, LEFT)
    assert [d.year for d in library.drafts()] == [2030, 2026]


def test_a_spoilt_copy_is_a_sentence_and_the_library_stays(window: MainWindow, tmp_path: Path) -> None:
    bad = tmp_path / "2026-01-12_0900.gxd"
    bad.write_bytes(b"noise" * 100)
    window.custody.restore(bad)
    assert "不是 gxdesk 的报告库" in window.bar.words.text()
    assert [d.year for d in window.library.drafts()] == [2026]


def test_a_package_is_made_with_a_note_and_opened_like_a_file(window: MainWindow, qtbot: QtBot, tmp_path: Path, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "给小李"), ""))
    asking = window.custody.ask_note()
    QTest.keyClicks(asking.note, "see file 3")
    qtbot.mouseClick(asking.go, LEFT)
    package = tmp_path / "给小李.gxhandover"
    assert package.is_file() and "1 份报告" in window.bar.words.text()
    with DraftStore.open(tmp_path / "other.gxd") as theirs:
        assert handover.receive(theirs, package).note == "see file 3"
    window.library.store.save(1, Report("2021", 2026, {"name": "别的"}), window.library.store.load(1).history)
    window.open_file(package)
    assert "收进了 1 份报告" in window.bar.words.text() and window.bar.action.text() == "看留言"
    window.open_file(package)
    assert "都已经有了" in window.bar.words.text() and len(window.library.drafts()) == 2


def test_what_somebody_else_has_open_can_be_read_and_not_typed_into(qtbot: QtBot, tmp_path: Path, forms: Forms) -> None:
    with DraftStore.open(tmp_path / "library.gxd") as theirs:
        theirs.create(Report("2021", 2026, {"name": "某中心"}, texts={"preamble": "引言。"}, cells={CELL: "6"}))
        with DraftStore.look(tmp_path / "library.gxd", "用户“小李”正开着这个报告库，这里只能看，不能改。") as store:
            window = shown(qtbot, Library(store, forms))
            assert "小李" in window.bar.words.text()
            window.open_draft(1)
            report = window.report
            assert report is not None
            before = report.session.report
            agency = report.show_page("preamble")
            QTest.keyClicks(agency.fields["phone"], "110")  # type: ignore[attr-defined]
            QTest.keyClicks(agency.editors["preamble"], "x")  # type: ignore[attr-defined]
            table = report.show_page("requests")
            table.grid.go_to(CELL)  # type: ignore[attr-defined]
            for key in (Qt.Key.Key_7, Qt.Key.Key_Delete):
                QTest.keyClick(table.grid, key)  # type: ignore[attr-defined]
            assert table.nothing.isHidden()  # type: ignore[attr-defined]
            QTest.keyClicks(report.show_page("overview").editor, "x")  # type: ignore[attr-defined]
            assert report.session.report == before
            assert not report.show_past().back.isVisible()
            assert window.close()  # nothing is unsaved, so nothing is asked


def test_a_folder_that_refuses_is_told_once_in_the_bar(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.library.backups.set_folder(tmp_path / "拔掉的U盘")
    _attach(QApplication.instance(), window, window.library.store)  # type: ignore[arg-type]
    keeper = window.findChild(Safekeeping)
    assert keeper is not None
    with qtbot.waitSignal(keeper.told):
        keeper.daily()
    assert window.bar.isVisible() and "拔掉的U盘" in window.bar.words.text()
    window.bar.hide()
    with qtbot.waitSignal(keeper._written):
        keeper.daily()
    keeper.close()
    assert not window.bar.isVisible()
