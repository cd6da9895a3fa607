"""核对与导出: the list, the files, the preview. A stand-in for the renderer answers when the test says so; one test uses the real one."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gxdesk import report
from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.definition import FormDef, Forms
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.session import Session
from tests.ui.conftest import NewSession
from ui.bridge import Bridge
from ui.pages.review import SETTLE_MS, FindingLine, ReviewPage, free_paths
from ui.parts import Button, column, holder
from ui.tokens import Look, Mode
from ui.worker import RenderWorker

Received = CellRef("requests.received.person")
Open = Callable[..., ReviewPage]


class Renderer(QObject):
    """Stands in for `RenderWorker`: notes what was asked."""

    rendered = Signal(int, list, list)
    failed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.previews: list[tuple[Report, bool]] = []
        self.exports: list[tuple[Mapping[str, Path], bool]] = []
        self.exported: list[Report] = []

    def preview(self, report: Report, *, draft: bool) -> int:
        self.previews.append((report, draft))
        return len(self.previews)

    def export(self, report: Report, targets: Mapping[str, Path], *, draft: bool) -> int:
        self.exports.append((targets, draft))
        self.exported.append(report)
        return 1000 + len(self.exports)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def opened(qtbot: QtBot, renderer: Renderer, tmp_path: Path) -> Open:
    kept: list[QWidget] = []

    def make(session: Session, worker: object = renderer, size: tuple[int, int] = (1150, 676), narrow: bool = False) -> ReviewPage:
        bridge = Bridge(session)
        page = ReviewPage("review", session, bridge, worker)  # type: ignore[arg-type]
        bridge.setParent(page)
        page.export_box.folder = tmp_path
        page.set_narrow(narrow)
        window = holder(column(page))
        kept.append(window)
        qtbot.addWidget(window, before_close_func=lambda _: page.preview.view.shut())
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


def complete(of: Session, form: FormDef) -> Session:
    """With the texts of the example, about which nothing is to be said."""
    example = report.read(packaged("examples", "service-center-2026.gxreport"), Forms([form]))
    for key in ("preamble", *(s.key for s in form.sections if s.table is None)):
        of.set_text(Slot("texts", key), example.texts[key].replace("2026", str(of.report.year)))
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
    noted: list[str] = []
    page.exported.connect(noted.append)
    urls: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    press(page.export_box.button)
    files = list(renderer.exports[0][0].values())
    renderer.rendered.emit(1001, files, ["仿宋用替代字体排的。"])
    words = next(w for w in said(page.export_box) if w.startswith("已导出 2 个文件"))
    assert all(f.name in words for f in files) and "仿宋用替代字体排的。" in words
    assert noted == ["草稿：PDF、网页"]
    for text in ("打开 PDF", "打开文件夹"):
        press(next(b for b in page.export_box.findChildren(Button) if b.text() == text and b.isVisible()))
    assert [Path(u.toLocalFile()) for u in urls] == [files[0], tmp_path]


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
    qtbot.waitUntil(lambda: len(renderer.previews) == 1, timeout=1000)
    assert renderer.previews[0] == (of.report, True) and "正在排版…" in said(page)
    of.set_text(Slot("explanations", "Y-VALID:disclosure.normative.in_force"), "清理")  # is not printed
    assert not page._settle.isActive()
    of.set_cell(Received, "1")
    of.set_cell(Received, "0")
    assert page._settle.isActive() and page._settle.remainingTime() > SETTLE_MS - 200
    qtbot.waitUntil(lambda: len(renderer.previews) == 2, timeout=2000)
    assert renderer.previews[1] == (of.report, False)
    page.hide()
    of.set_cell(Received, "2")
    qtbot.wait(50)
    assert not page._settle.isActive() and len(renderer.previews) == 2
    page.show()
    qtbot.waitUntil(lambda: len(renderer.previews) == 3, timeout=1000)


def test_pages_are_shown_turned_and_fitted_and_stay_white(session: NewSession, form: FormDef, opened: Open, renderer: Renderer, qtbot: QtBot, pdf: Path, dressed: Look) -> None:
    dressed.use(Mode.DARK)
    page = opened(faulty(session, form))
    qtbot.waitUntil(lambda: bool(renderer.previews), timeout=1000)
    renderer.rendered.emit(1, [pdf], [])
    view = page.preview.view
    qtbot.waitUntil(lambda: view.count == 3, timeout=5000)
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
    qtbot.waitUntil(lambda: view._place().height() > high + 50 and view.verticalScrollBar().maximum() > 0, timeout=5000)
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
    qtbot.waitUntil(lambda: bool(renderer.previews), timeout=1000)
    renderer.failed.emit(1, "排版程序中途停了。")
    assert "排版程序中途停了。" in said(page)
    page._preview = 2
    renderer.rendered.emit(2, [tmp_path / "gone.pdf"], [])
    assert any("没有读出来" in w for w in said(page))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no PDF")
    page._preview = 3
    renderer.rendered.emit(3, [broken], [])
    qtbot.waitUntil(lambda: "显示不出来" in page.preview.view._words, timeout=5000)


def test_a_small_window_shows_the_list_or_the_paper(session: NewSession, form: FormDef, opened: Open) -> None:
    page = opened(faulty(session, form), size=(615, 380), narrow=True)
    assert lines(page) and not page.preview.isVisible() and page.export_box.button.isVisible()
    press(page._fold_button)
    QApplication.processEvents()
    assert page.preview.isVisible() and not lines(page) and page.preview.height() > 250
    press(page._fold_button)
    QApplication.processEvents()
    assert lines(page) and not page.preview.isVisible()


def test_left_pages_listen_no_more(session: NewSession, form: FormDef, opened: Open, renderer: Renderer) -> None:
    page = opened(faulty(session, form))
    press(page.export_box.button)
    page.shut()
    renderer.rendered.emit(1001, [Path("x.pdf")], [])
    assert not any("x.pdf" in w for w in said(page))


def test_the_real_renderer_makes_the_files_and_the_preview(example: Report, form: FormDef, opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    worker = RenderWorker()
    page = opened(Session(example, form), worker)
    press(page.export_box.button)
    qtbot.waitUntil(lambda: any("已导出 2 个文件" in w for w in said(page.export_box)), timeout=60_000)
    made = sorted(p.suffix for p in tmp_path.iterdir())
    assert made == [".html", ".pdf"] and all("终稿" in p.name for p in tmp_path.iterdir())
    qtbot.waitUntil(lambda: page.preview.view.count > 3, timeout=60_000)
    worker.close()
