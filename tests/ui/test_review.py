"""核对与导出: the list, the files, the preview. A stand-in for the renderer answers when the test says so; one test uses the real one."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw
from PySide6.QtCore import QLibraryInfo, QObject, QPoint, Qt, QTranslator, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk import report
from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding, Severity
from gxdesk.document import html
from gxdesk.document.edition import Edition, Sides
from gxdesk.document.formats import FORMATS
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.session import Session
from tests.ui.conftest import NewSession
from ui import desktop, dialogs, printing
from ui.bridge import Bridge
from ui.library import Choices
from ui.pages.review import SETTLE_MS, FindingLine, ReviewPage, free_paths
from ui.panels import export
from ui.panels.changes import ChangesView
from ui.panels.export import ExportBox, Wish
from ui.panels.preview import THUMB
from ui.parts import Button, column, holder
from ui.pdf_pages import PdfPages
from ui.printing import PrintJob
from ui.tokens import Look, Mode
from ui.worker import RenderWorker

Received = CellRef("requests.received.person")
Open = Callable[..., ReviewPage]


class Renderer(QObject):
    """Stands in for `RenderWorker`: notes what was asked."""

    rendered = Signal(int, list, list)
    failed = Signal(int, str)
    making = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.previews: list[tuple[Report, bool]] = []
        self.exports: list[tuple[Mapping[str, Path], bool]] = []
        self.exported: list[Report] = []
        self.sides: list[Sides] = []
        self.cancelled: list[int] = []

    def preview(self, edition: Edition) -> int:
        self.previews.append((edition.report, edition.draft))
        self.sides.append(edition.sides)
        return len(self.previews)

    def export(self, edition: Edition, targets: Mapping[str, Path]) -> int:
        self.exports.append((targets, edition.draft))
        self.exported.append(edition.report)
        return 1000 + len(self.exports)

    def cancel(self, asked: int) -> None:
        self.cancelled.append(asked)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def opened(qtbot: QtBot, renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(export, "to_add", lambda _: "")  # what a Windows without 仿宋 adds has a test of its own
    kept: list[QWidget] = []

    def make(session: Session, worker: object = renderer, size: tuple[int, int] = (1150, 676), narrow: bool = False, choices: Choices | None = None) -> ReviewPage:
        bridge = Bridge(session)
        page = ReviewPage("review", session, bridge, worker, choices)  # type: ignore[arg-type]
        bridge.setParent(page)
        page.export_box.folder = tmp_path
        page.set_narrow(narrow)
        window = holder(column(page))
        kept.append(window)
        qtbot.addWidget(window, before_close_func=lambda _: page._pages.shut())
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        QApplication.processEvents()
        return page

    return make


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Three empty pages of A4."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(3):
        document.new_page(595, 842)
    path = tmp_path / "preview.pdf"
    document.save(path)
    document.close()
    return path


def press(what: QWidget) -> None:
    QTest.mouseClick(what, Qt.MouseButton.LeftButton)


def said(of: QWidget) -> list[str]:
    return [x.text() for x in of.findChildren(QLabel) if x.isVisible() and x.text()]


def lines(page: ReviewPage) -> list[FindingLine]:
    return [x for x in page.findChildren(FindingLine) if x.isVisible()]


def faulty(session: NewSession, form: FormDef) -> Session:
    """Texts written, figures 0 but 6 requests; last year's fees and documents differ."""
    cells = session(fill="0").report.cells
    out = session({Received: "6", CellRef("disclosure.normative.in_force"): "9"}, fill="0", last={**cells, CellRef("disclosure.normative.in_force"): "5"})
    return complete(out, form)


OVERVIEW = """（一）主动公开
2026年，我中心在网站上公布办事指南12条。
（二）依申请公开
每件申请都登记编号，2人共同审核答复文书。
（三）政府信息管理
公开属性在拟文时确定，目录每季度核对1次。
（四）政府信息公开平台建设
公开专栏设八个栏目，可以检索、下载。
（五）监督保障
一名负责人分管，全年组织业务学习2次。"""


def complete(of: Session, form: FormDef) -> Session:
    """With texts about which nothing is to be said, whatever the tables hold: those of the example, and an overview that counts nothing of theirs."""
    example = report.read(packaged("examples", "service-center-2026.gxreport"), Forms.of(form))
    for key in ("preamble", *(s.key for s in form.sections if s.table is None)):
        of.set_text(Slot("texts", key), (OVERVIEW if key == "overview" else example.texts[key]).replace("2026", str(of.report.year)))
    of.set_text(Slot("agency", "name"), "示例/中心")
    return of


# --- the list ---


def test_every_finding_is_listed_under_its_severity(session: NewSession, form: FormDef, opened: Open) -> None:
    of = faulty(session, form)
    page = opened(of)
    counts = {s: sum(1 for f in of.findings if f.severity is s) for s in Severity}
    assert f"必须改 {counts[Severity.ERROR]}" in said(page) and f"请说明 {counts[Severity.EXPLAIN]}" in said(page)
    assert sorted(line.finding.key for line in lines(page)) == sorted(f.key for f in of.findings)
    verbs = {line.finding.severity: line.button.text() for line in lines(page)}
    assert verbs == {Severity.ERROR: "去改", Severity.EXPLAIN: "去写"}


def test_blank_cells_and_missing_sections_are_errors_here(session: NewSession, opened: Open) -> None:
    page = opened(session())
    assert {line.finding.code for line in lines(page)} >= {"C-SECTION", "F-TITLE", "B-BLANK"}


def test_a_line_leads_to_its_finding_by_button_and_by_itself(session: NewSession, form: FormDef, opened: Open) -> None:
    of = faulty(session, form)
    page = opened(of)
    asked: list[Finding] = []
    page.finding_requested.connect(asked.append)
    first, second = lines(page)[:2]
    press(first.button)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, second.rect().center())
    assert asked == [first.finding, second.finding]


def test_lines_drop_out_as_they_are_mended_and_the_others_stay(session: NewSession, form: FormDef, opened: Open) -> None:
    of = faulty(session, form)
    page = opened(of)
    explain = next(line for line in lines(page) if line.finding.severity is Severity.EXPLAIN)
    of.set_cell(Received, "0")
    QApplication.processEvents()
    assert lines(page) == [explain]
    of.set_text(Slot("explanations", explain.finding.key), "集中清理")
    QApplication.processEvents()
    assert "请说明 0，已说明 1" in said(page) and "已说明" in said(explain) and not explain.button.isVisible()
    assert "没有要改的了。" in said(page)
    of.undo()
    of.undo()
    QApplication.processEvents()
    assert any(line.finding.severity is Severity.ERROR for line in lines(page))


def test_a_line_says_what_it_rests_on_and_mends_either_side(session: NewSession, form: FormDef, opened: Open) -> None:
    of = faulty(session, form)
    of.set_text(Slot("texts", "overview"), f"{of.text(Slot('texts', 'overview'))}全年收到政府信息公开申请7件。")
    page = opened(of)
    line = next(x for x in lines(page) if x.finding.code == "N-APPLY")
    assert any(words.startswith(f"{line.finding.place}　依据：") for words in said(line))
    table, text = [b for b in line.findChildren(Button) if b.isVisible() and b is not line.button]
    assert table.text() == "表里改成 7" and text.text() == "文字改成“6”"
    press(text)
    assert of.text(Slot("texts", "overview")).endswith("申请6件。")
    of.undo()
    QApplication.processEvents()
    press(next(b for b in page.findChildren(Button) if b.isVisible() and b.text() == "表里改成 7"))
    assert of.figures.value(Received) == 7
    assert all(x.finding.code != "N-APPLY" for x in lines(page))


def test_only_what_changed_since_last_year_or_all_of_it(session: NewSession, form: FormDef, opened: Open, qtbot: QtBot) -> None:
    of = faulty(session, form)
    page = opened(of)
    button = next(b for b in page.findChildren(Button) if b.text() == "只看变化")
    press(button)
    shown = page.findChildren(ChangesView)[0]
    assert shown.isVisible() and not page.preview.isVisible() and button.text() == "看全文"
    assert "去年" in shown.toPlainText() and "12条" in shown.toPlainText()
    before = shown.toPlainText()
    of.set_cell(Received, "8")
    assert shown.toPlainText() == before, "no key waits for the comparison"
    qtbot.waitUntil(lambda: "8" in shown.toPlainText())
    press(button)
    assert page.preview.isVisible() and not shown.isVisible()
    assert all(b.text() != "只看变化" for b in opened(session()).findChildren(Button) if b.isVisible())


def test_the_focus_goes_to_the_first_thing_to_do(session: NewSession, form: FormDef, opened: Open) -> None:
    page = opened(faulty(session, form))
    page.take_focus()
    assert lines(page)[0].button.hasFocus()
    clean = opened(complete(session(fill="0"), form))
    clean.take_focus()
    assert clean.export_box.button.hasFocus()


# --- the files ---


def test_the_button_says_what_it_will_do(session: NewSession, form: FormDef, opened: Open) -> None:
    of = faulty(session, form)
    box = opened(of).export_box
    errors = sum(1 for f in of.findings if f.severity is Severity.ERROR)
    assert box.button.text() == "导出草稿（2 个文件）" and f"还有 {errors} 处必须改，现在导出每页带“草稿”。" in said(box)
    press(box.ticks["html"])
    assert box.button.text() == "导出草稿（1 个文件）"
    of.set_cell(Received, "0")
    assert box.button.text() == "导出终稿（1 个文件）" and any("终稿" in w and "没有写说明" in w for w in said(box))
    press(box.ticks["pdf"])
    assert not box.button.isEnabled()
    press(box.ticks["fragment"])
    assert box.button.isEnabled()


def test_files_get_speaking_names_and_never_replace_one(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path) -> None:
    page = opened(complete(session(fill="0"), form))
    press(page.export_box.ticks["fragment"])
    press(page.export_box.button)
    targets, draft = renderer.exports[0]
    assert renderer.exported == [page.session.report]
    assert not draft and [p.name.replace("2022", "") for p in targets.values()] == [
        "年度_示例_中心_政府信息公开工作年度报告_终稿.pdf",
        "年度_示例_中心_政府信息公开工作年度报告_终稿.html",
        "年度_示例_中心_政府信息公开工作年度报告_终稿_正文片段.html",
    ]
    assert page.export_box.button.text() == "正在导出…" and not page.export_box.button.isEnabled()
    targets["pdf"].write_bytes(b"old")
    renderer.rendered.emit(1001, list(targets.values()), [])
    press(page.export_box.button)
    assert all("（2）." in p.name for p in renderer.exports[1][0].values())


def test_free_paths_keep_the_files_of_one_export_together(tmp_path: Path) -> None:
    (tmp_path / "a.html").touch()
    (tmp_path / "a（2）.pdf").touch()
    assert free_paths(tmp_path, {"pdf": "a.pdf", "html": "a.html"}) == {"pdf": tmp_path / "a（3）.pdf", "html": tmp_path / "a（3）.html"}


def test_what_was_made_is_named_with_links(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(faulty(session, form))
    page.export_box.folder = tmp_path / "交"
    noted: list[str] = []
    page.exported.connect(lambda what, made: noted.append(what if made == page.session.report else ""))
    urls: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    monkeypatch.setattr(desktop, "_marked", lambda _: False)  # Explorer would come up
    page.export_box.ticks["docx"].setChecked(True)
    before = page.export_box.button.mapTo(page, QPoint(0, 0))
    press(page.export_box.button)
    files = list(renderer.exports[0][0].values())
    renderer.rendered.emit(1001, files, [])
    QApplication.processEvents()
    words = next(x for x in page.export_box.findChildren(QLabel) if x.text().startswith("已导出 3 个文件"))
    assert "在“交”里" in words.text() and all(f.name in words.toolTip() for f in files)
    assert page.export_box.button.mapTo(page, QPoint(0, 0)) == before, "nothing moves under her hand"
    assert noted == ["草稿：PDF、Word、网页"]
    for text in ("打开 PDF", "用 WPS/Word 打开", "打开所在文件夹"):
        press(next(b for b in page.export_box.findChildren(Button) if b.text() == text and b.isVisible()))
    by_ending = {f.suffix: f for f in files}
    assert [Path(u.toLocalFile()) for u in urls] == [by_ending[".pdf"], by_ending[".docx"], tmp_path / "交"]
    press(page.export_box.button)
    renderer.rendered.emit(1002, [by_ending[".html"]], [])
    assert not [b for b in page.export_box.findChildren(Button) if b.text() in ("打开 PDF", "用 WPS/Word 打开") and b.isVisible()]


def test_her_documents_bear_the_name_explorer_shows(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dialogs, "documents", lambda: tmp_path / "Documents")
    chinese = QTranslator()
    assert chinese.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) and qapp.installTranslator(chinese)
    try:
        assert dialogs.called(tmp_path / "Documents") == "文档"
        assert dialogs.called(tmp_path / "报告") == "报告"
        assert dialogs.called(Path(tmp_path.anchor)) == tmp_path.anchor
    finally:
        qapp.removeTranslator(chinese)


def test_notices_follow_and_a_long_name_gives_up_its_middle(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path) -> None:
    page = opened(faulty(session, form))
    page.export_box.export_wanted.emit(Wish(("signoff",)))
    file = tmp_path / f"{'很长的机关全称' * 12}_签批单.pdf"
    renderer.rendered.emit(1001, [file], ["仿宋用替代字体排的。"])
    (words,) = [x for x in page.export_box.findChildren(QLabel) if x.text().startswith("已导出签批单“")]
    first, _, notice = words.text().partition("\n")
    assert "…" in first and first.endswith("”里") and notice == "仿宋用替代字体排的。" and file.name in words.toolTip()


def test_faces_to_add_to_windows_are_told_with_a_pdf(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(faulty(session, form))
    monkeypatch.setattr(export, "to_add", lambda _: "没有仿宋。")
    for number, (made, told) in enumerate([("年报.pdf", True), ("年报.docx", False)], 1001):
        press(page.export_box.button)
        renderer.rendered.emit(number, [tmp_path / made], [])
        (words,) = [x for x in page.export_box.findChildren(QLabel) if x.text().startswith("已导出")]
        assert ("没有仿宋。" in words.text()) is told


def test_a_failure_is_a_sentence_in_its_place(session: NewSession, form: FormDef, opened: Open, renderer: Renderer) -> None:
    page = opened(faulty(session, form))
    press(page.export_box.button)
    renderer.failed.emit(1001, "磁盘满了，没有写成。")
    assert "磁盘满了，没有写成。" in said(page.export_box) and page.export_box.button.isEnabled()
    assert not [b for b in page.export_box.findChildren(Button) if b.text().startswith("打开") and b.isVisible()]


def test_answers_to_other_requests_are_not_ours(session: NewSession, form: FormDef, opened: Open, renderer: Renderer) -> None:
    page = opened(faulty(session, form))
    renderer.rendered.emit(77, [Path("x.pdf")], [])
    renderer.failed.emit(78, "别人的。")
    assert not any("x.pdf" in w or "别人的" in w for w in said(page))


def test_another_folder_can_be_chosen(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(faulty(session, form))
    there = tmp_path / "年报"
    there.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(there))
    press(page.export_box._choose)
    press(page.export_box.button)
    assert renderer.exports[0][0]["pdf"].parent == there
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    press(page.export_box._choose)
    assert page.export_box.folder == there


# --- the preview ---


def test_the_preview_is_asked_for_when_the_page_is_seen_and_after_changes(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot) -> None:
    of = faulty(session, form)
    page = opened(of)
    page._settle.setInterval(0)
    qtbot.waitUntil(lambda: len(renderer.previews) == 1)
    assert renderer.previews[0] == (of.report, True) and "正在排版…" in said(page)
    of.set_text(Slot("explanations", "Y-VALID:disclosure.normative.in_force"), "清理")  # is not printed
    assert not page._settle.isActive()
    of.set_cell(Received, "1")
    of.set_cell(Received, "0")
    assert page._settle.isActive() and page._settle.interval() == SETTLE_MS
    qtbot.waitUntil(lambda: len(renderer.previews) == 2)
    assert renderer.previews[1] == (of.report, False)
    page.hide()
    of.set_cell(Received, "2")
    qtbot.wait(50)
    assert not page._settle.isActive() and len(renderer.previews) == 2
    page.show()
    qtbot.waitUntil(lambda: len(renderer.previews) == 3)


def test_pages_are_shown_turned_and_fitted_and_stay_white(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot, pdf: Path, dressed: Look) -> None:
    dressed.use(Mode.DARK)
    page = opened(faulty(session, form))
    qtbot.waitUntil(lambda: bool(renderer.previews))
    renderer.rendered.emit(1, [pdf], [])
    view = page.preview.view
    qtbot.waitUntil(lambda: view.count == 3)
    assert "第 1 页，共 3 页" in said(page) and "正在排版…" not in said(page)
    assert QColor(view.grab().toImage().pixel(view.width() // 2, view.height() // 2)) == QColor("white")
    press(page.preview._forth)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.page == 2 and not page.preview._forth.isEnabled()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.page == 0 and not page.preview._back.isEnabled()
    high = view._place().height()
    press(page.preview.fit_button)
    qtbot.waitUntil(lambda: view._place().height() > high + 50 and view.verticalScrollBar().maximum() > 0)
    assert page.preview.fit_button.text() == "整页"
    view.turn(1)
    renderer.previews.clear()
    page._preview = 7
    renderer.rendered.emit(7, [pdf], [])
    qtbot.wait(50)
    assert view.page == 1  # laid out again, she stays where she was
    dressed.use(Mode.LIGHT)


def test_a_preview_that_cannot_be_made_or_read_is_a_sentence(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(faulty(session, form))
    qtbot.waitUntil(lambda: bool(renderer.previews))
    renderer.failed.emit(1, "排版程序中途停了。")
    assert "排版程序中途停了。" in said(page)
    page._preview = 2
    renderer.rendered.emit(2, [tmp_path / "gone.pdf"], [])
    assert any("没有读出来" in w for w in said(page))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no PDF")
    page._preview = 3
    renderer.rendered.emit(3, [broken], [])
    qtbot.waitUntil(lambda: "显示不出来" in page.preview.view._words)


def test_as_much_of_the_list_as_can_be_is_seen(session: NewSession, form: FormDef, opened: Open) -> None:
    """Two findings at the size of a small laptop's window, three at that of the usual one; the formats in one line where it is narrow."""
    for size, narrow, seen in (((843, 428), True, 2), ((1150, 676), False, 3)):
        page = opened(session(), size=size, narrow=narrow)
        view = page._scroll.viewport()
        whole = [x for x in lines(page) if x.mapTo(view, x.rect().bottomLeft()).y() <= view.height()]
        assert len(whole) >= seen
        assert len({t.y() for t in page.export_box.ticks.values()}) == (1 if narrow else 3)
    first = lines(page)[0]
    middle = first.button.mapTo(first, first.button.rect().center()).y()
    assert middle < 28 and abs(first._mark.mapTo(first, first._mark.rect().center()).y() - middle) <= 2


def test_a_blank_is_filled_and_a_figure_is_changed(session: NewSession, opened: Open) -> None:
    of = session(fill="1")
    of.set_cell(Received, "")
    page = opened(of)
    press(next(b for b in page.findChildren(Button) if b.isVisible() and b.text() == "填 0"))
    assert of.report.cells[Received] == "0" and of.undo_label == "填 0"


def test_a_small_window_shows_the_list_or_the_paper(session: NewSession, form: FormDef, opened: Open) -> None:
    page = opened(faulty(session, form), size=(615, 380), narrow=True)
    assert lines(page) and not page.preview.isVisible() and page.export_box.button.isVisible()
    press(page._fold_button)
    QApplication.processEvents()
    assert page.preview.isVisible() and not lines(page) and page.preview.height() > 250
    press(page._fold_button)
    QApplication.processEvents()
    assert lines(page) and not page.preview.isVisible()


@pytest.mark.parametrize("size", [(700, 512), (755, 560)])
def test_a_small_window_shows_the_list_or_the_changes(session: NewSession, form: FormDef, opened: Open, size: tuple[int, int]) -> None:
    page = opened(faulty(session, form), size=size, narrow=True)
    press(page._depth_button)
    changes = page.findChildren(ChangesView)[0]
    assert changes.isVisible() and "12条" in changes.toPlainText() and not lines(page) and not page.preview.isVisible()
    page.window().resize(size[0] - 40, size[1])
    QApplication.processEvents()
    assert changes.isVisible() and not lines(page), "the size of the window takes nothing away"
    press(page._fold_button)
    assert lines(page) and not changes.isVisible() and page._fold_button.text() == "看变化"
    press(page._fold_button)
    assert changes.isVisible() and not lines(page) and page._fold_button.text() == "回到列表"
    press(page._depth_button)
    assert page.preview.isVisible() and not changes.isVisible() and not lines(page)
    press(page._fold_button)
    assert lines(page) and not page.preview.isVisible()


def test_what_she_chose_to_see_stays_when_the_window_becomes_narrow_and_wide(session: NewSession, form: FormDef, opened: Open) -> None:
    page = opened(faulty(session, form))
    press(page._depth_button)
    changes = page.findChildren(ChangesView)[0]
    for width, listed in ((700, False), (1150, True)):
        page.window().resize(width, 600)
        QApplication.processEvents()
        assert changes.isVisible() and bool(lines(page)) is listed


def test_the_keyboard_comes_to_a_line_that_stays(session: NewSession, form: FormDef, opened: Open) -> None:
    """She comes back when the first of the list was mended elsewhere."""
    of = faulty(session, form)
    page = opened(of)
    gone = lines(page)[0].finding
    page.hide()
    for ref in gone.refs:
        of.set_cell(ref, "0")
    assert gone not in of.findings
    page.show()
    page.take_focus()
    QApplication.processEvents()
    here = QApplication.focusWidget()
    assert here is not None and here is lines(page)[0].button


def test_left_pages_listen_no_more(session: NewSession, form: FormDef, opened: Open, renderer: Renderer) -> None:
    page = opened(faulty(session, form))
    press(page.export_box.button)
    page.shut()
    renderer.rendered.emit(1001, [Path("x.pdf")], [])
    assert not any("x.pdf" in w for w in said(page))


@pytest.mark.no_cover
def test_the_real_renderer_makes_the_files_and_the_preview(example: Report, form: FormDef, opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    worker = RenderWorker()
    page = opened(Session(example, form), worker)
    press(page.export_box.button)
    qtbot.waitUntil(lambda: any("已导出 2 个文件" in w for w in said(page.export_box)))
    made = sorted(p.suffix for p in tmp_path.iterdir())
    assert made == [".html", ".pdf"] and all("终稿" in p.name for p in tmp_path.iterdir())
    qtbot.waitUntil(lambda: page.preview.view.count > 3)
    worker.close()


def test_the_page_is_enlarged_step_by_step_and_all_pages_stand_small_beside_it(
    session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot, pdf: Path
) -> None:
    page = opened(faulty(session, form), size=(1400, 700))
    qtbot.waitUntil(lambda: bool(renderer.previews))
    renderer.rendered.emit(1, [pdf], [])
    pane = page.preview
    view, small = pane.view, pane.small
    qtbot.waitUntil(lambda: view.count == 3 and not small.item(2).icon().isNull())
    assert small.isVisible() and small.count() == 3 and small.currentRow() == 0
    QTest.mouseClick(small.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, small.visualItemRect(small.item(2)).center())
    assert view.page == 2 and "第 3 页，共 3 页" in said(page)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert small.currentRow() == 0
    before = view.scale
    QTest.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.scale > before and view.scale in {0.75, 1.0} and f"{view.scale:.0%}" in said(page)
    for _ in range(9):
        press(pane._larger)
    assert view.scale == 3.0 and not pane._larger.isEnabled()
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() > 0 and view.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: round(view._picture.deviceIndependentSize().width()) == round(595 * 96 / 72 * 3))  # drawn, not scaled up
    QTest.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: view.fit == "page" and view.scale == before and view.horizontalScrollBar().maximum() == 0)


# --- the whole set, one side or both, the clipboard -----------------------------------------------------------------


def pick(page: ReviewPage, words: str) -> None:
    """Choose an entry of 更多."""
    next(action for action in page.export_box.menu().actions() if action.text() == words).trigger()


def test_the_whole_set_goes_into_a_folder_of_its_own(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, tmp_path: Path) -> None:
    page = opened(complete(session(fill="0"), form))
    pick(page, "导出全套，放进一个文件夹")
    targets, _ = renderer.exports[0]
    folder = targets["pdf"].parent
    assert folder.parent == tmp_path and folder.is_dir() and folder.name.endswith("年度_示例_中心_政府信息公开工作年度报告_终稿")
    assert set(targets) == {key for key, f in FORMATS.items() if not f.internal} and {p.parent for p in targets.values()} == {folder}
    renderer.making.emit(1001, "html")
    assert page.export_box.button.text() == "正在导出网页…"
    press(page.export_box.cancel)
    assert renderer.cancelled == [1001]
    renderer.failed.emit(1001, "已取消，没有写任何文件。")
    assert not folder.exists() and "已取消，没有写任何文件。" in said(page.export_box) and page.export_box.button.isEnabled()
    folder.mkdir()
    pick(page, "导出全套，放进一个文件夹")
    assert renderer.exports[1][0]["pdf"].parent.name == f"{folder.name}（2）"


def test_one_side_or_both_is_laid_out_and_kept(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot) -> None:
    choices = Choices.of_one_session()
    of = faulty(session, form)
    page = opened(of, choices=choices)
    qtbot.waitUntil(lambda: len(renderer.previews) == 1)
    pick(page, "单面打印的版面")
    qtbot.waitUntil(lambda: renderer.sides == [Sides.BOTH, Sides.ONE])
    again = opened(of, choices=choices)
    qtbot.waitUntil(lambda: len(renderer.sides) == 3)
    assert renderer.sides[2] is Sides.ONE and again is not page


def test_formats_and_folder_are_kept(session: NewSession, form: FormDef, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choices, there = Choices.of_one_session(), tmp_path / "年报"
    there.mkdir()
    page = opened(faulty(session, form), choices=choices)
    press(page.export_box.ticks["html"])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(there))
    press(page.export_box._choose)
    box = ExportBox(choices)
    assert box.wanted == ("pdf",) and box.folder == there
    there.rmdir()
    assert ExportBox(choices).folder != there


def test_the_clipboard_holds_the_fragment_and_its_words(session: NewSession, form: FormDef, opened: Open) -> None:
    of = complete(session({Received: "7", CellRef("requests.granted.person"): "7"}, fill="0"), form)
    page = opened(of)
    pick(page, "复制到网站后台")
    held = QApplication.clipboard().mimeData()
    view = page._edition().view
    assert held.html() == html.render_fragment(view)
    assert "class=" not in held.html() and of.text(Slot("texts", "overview")).splitlines()[0] in held.text()
    assert any(row.split("\t")[-7:] == ["7", "0", "0", "0", "0", "0", "7"] for row in held.text().splitlines())
    assert any("正文已复制" in w for w in said(page.export_box))


# --- the printer ------------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A printer that is a file, chosen in the dialog as it stands there."""
    out = tmp_path / "printed.pdf"

    def ask(parent: QWidget, title: str, sides: Sides, pages: int) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFileName(str(out))
        printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
        return printer

    monkeypatch.setattr(printing, "any_printer", lambda: True)
    monkeypatch.setattr(printing, "ask", ask)
    return out


def test_printing_lays_out_for_the_sides_chosen_and_prints_every_page(
    session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot, pdf: Path, paper: Path
) -> None:
    page = opened(faulty(session, form))
    qtbot.waitUntil(lambda: bool(renderer.previews))
    renderer.rendered.emit(1, [pdf], [])
    noted: list[str] = []
    page.exported.connect(lambda what, made: noted.append(what if made == page.session.report else ""))
    press(page.export_box.print_button)
    assert page.export_box.button.text() == "正在打印…" and not page.export_box.cancel.isVisible()
    qtbot.waitUntil(lambda: renderer.sides == [Sides.BOTH, Sides.ONE])
    assert not paper.exists()  # not before the page is laid out for one side
    renderer.rendered.emit(2, [pdf], [])
    qtbot.waitUntil(lambda: "已交给打印机。" in said(page.export_box))
    assert noted == ["草稿：打印"]
    with pypdfium2.PdfDocument(paper) as printed:
        assert [tuple(round(side) for side in sheet.get_size()) for sheet in printed] == [(595, 842)] * 3


def test_paper_is_printed_at_300_dpi_in_its_own_size(qtbot: QtBot, tmp_path: Path) -> None:
    """A black square of 100 mm on a page comes out as 100 mm, sharp to a third of a millimetre."""
    source = tmp_path / "square.pdf"
    document = pypdfium2.PdfDocument.new()
    side = 100 / 25.4 * 72
    for _ in range(3):
        sheet = document.new_page(595, 842)
        square = raw.FPDFPageObj_CreateNewRect(72, 842 - 72 - side, side, side)
        raw.FPDFPageObj_SetFillColor(square, 0, 0, 0, 255)
        raw.FPDFPath_SetDrawMode(square, raw.FPDF_FILLMODE_WINDING, 0)
        raw.FPDFPage_InsertObject(sheet, square)
        sheet.gen_content()
    document.save(source)
    document.close()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setFromTo(2, 3)
    pages = PdfPages()
    with qtbot.waitSignal(pages.printed) as done:
        pages.print(source.read_bytes(), printer)
    pages.shut()
    assert done.args == [2]
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as printed:
        assert len(printed) == 2
        picture = printed[0].render(scale=300 / 72, grayscale=True)
        dark = [(x, y) for y in range(0, picture.height, 3) for x in range(0, picture.width, 3) if picture.buffer[y * picture.stride + x] < 128]
    assert abs(min(x for x, _ in dark) - 300) <= 4 and abs(min(y for _, y in dark) - 300) <= 4
    assert abs(max(x for x, _ in dark) - 300 - 1181) <= 4 and abs(max(y for _, y in dark) - 300 - 1181) <= 4


def test_a_small_page_is_not_black_with_the_rules_of_its_table(qtbot: QtBot, tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    sheet = document.new_page(595, 842)
    for at in range(50, 800, 10):
        rule = raw.FPDFPageObj_CreateNewPath(40, at)
        raw.FPDFPath_LineTo(rule, 555, at)
        raw.FPDFPageObj_SetStrokeWidth(rule, 0.5)
        raw.FPDFPath_SetDrawMode(rule, raw.FPDF_FILLMODE_NONE, 1)
        raw.FPDFPage_InsertObject(sheet, rule)
    sheet.gen_content()
    document.save(tmp_path / "rules.pdf")
    document.close()
    pages = PdfPages()
    with qtbot.waitSignal(pages.drawn) as done:
        pages.draw("small", (tmp_path / "rules.pdf").read_bytes(), 0, THUMB, "page", 1.0)
    pages.shut()
    picture = done.args[4]
    assert (picture.width(), picture.height()) == (THUMB.width(), THUMB.height())
    middle = [QColor(picture.pixel(picture.width() // 2, y)).lightness() for y in range(10, picture.height() - 10)]
    assert sum(middle) / len(middle) > 200  # a twentieth of the paper is black, not every second pixel


@pytest.mark.parametrize(("code", "words"), [(0, ""), (1, printing.REFUSED)])
def test_a_system_that_prints_pdf_gets_the_file_itself(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdf: Path, code: int, words: str) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only CUPS has lp")
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/said"\nfor f in "$@"; do :; done\ncp "$f" "{tmp_path}/got.pdf"\nexit {code}\n', encoding="utf-8")
    lp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.NativeFormat)
    printer.setDocName("年度报告")
    printer.setFromTo(2, 3)
    # without CUPS a QPrinter keeps neither
    monkeypatch.setattr(printer, "duplex", lambda: QPrinter.DuplexMode.DuplexLongSide)
    monkeypatch.setattr(printer, "outputFileName", lambda: "")
    pages = PdfPages()
    job = PrintJob(pages)
    with qtbot.waitSignal(job.over) as done:
        job.start(pdf.read_bytes(), printer)
    pages.shut()
    assert done.args == [words] and (tmp_path / "got.pdf").read_bytes() == pdf.read_bytes()
    said = (tmp_path / "said").read_text(encoding="utf-8").split()
    assert "sides=two-sided-long-edge" in said and "年度报告" in said and said[said.index("-P") + 1] == "2-3"
    assert not Path(said[-1]).exists()  # nothing of hers stays behind


def test_without_a_printer_there_is_a_sentence(session: NewSession, form: FormDef, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "any_printer", lambda: False)
    page = opened(faulty(session, form))
    press(page.export_box.print_button)
    assert printing.NO_PRINTER in said(page.export_box)
