"""The whole window without a mouse and without eyes: names, order and visibility of the keyboard's stops, what is told, contrast."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gxdesk import report as report_file
from gxdesk.cells import CellRef
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.resources import packaged
from gxdesk.session import Session
from tests.ui.conftest import let_pass
from ui import announce
from ui.announce import FindingsVoice
from ui.bridge import Bridge
from ui.focus import stops
from ui.library import Library
from ui.pages.table import TablePage
from ui.panels.help import SETTLE_MS
from ui.popover import Popover
from ui.tokens import Look, Mode, Tone, contrast, theme
from ui.window import MainWindow
from ui.worker import RenderWorker

PAGES = ("preamble", "overview", "disclosure", "requests", "remedies", "problems", "other", "review")
TABLES = ("disclosure", "requests", "remedies")
PERSON = CellRef("requests.received.person")


class Windows(QObject):
    """Notes every window that opens, but the one under test."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow() and not isinstance(watched, MainWindow):
            self.opened.append(type(watched).__name__)
        return False


@pytest.fixture(autouse=True)
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here needs a page laid out."""
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, forms: Forms) -> Iterator[MainWindow]:
    """A library with two reports, this year's with mistakes in it."""
    with DraftStore.open(tmp_path / "library.gxd") as store:
        example = report_file.read(packaged("examples", "service-center-2026.gxreport"), forms)
        store.create(replace(example, year=2025, cells={**example.cells, "requests.carried_out.person": "2"}))
        store.create(replace(example, cells={**example.cells, "requests.unavailable.not_held.person": "2"}))
        out = MainWindow(today=lambda: date(2027, 1, 19))
        qtbot.addWidget(out)
        out.resize(1366, 768)
        out.attach(Library(store, forms))
        out.show()
        qtbot.waitExposed(out)
        out.activateWindow()
        qtbot.waitUntil(out.isActiveWindow)
        yield out
        out.close()


def show(window: MainWindow, page: str) -> None:
    if page == "start":
        window.show_start()
    else:
        if window.report is None:
            window.open_draft(2)
        assert window.report is not None
        window.report.show_page(page)
    let_pass(200)  # findings and help settle


def everything(of: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """What can be seen of an interface and below; the cells of a table are asked for one by one elsewhere."""
    yield of
    for at in range(0 if of.role() is QAccessible.Role.Table else of.childCount()):
        child = of.child(at)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from everything(child)


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["start", *PAGES])
def test_whatever_takes_the_keyboard_has_a_name(window: MainWindow, page: str) -> None:
    show(window, page)
    met = 0
    for interface in everything(QAccessible.queryAccessibleInterface(window)):
        if interface.state().focusable:
            met += 1
            assert interface.text(QAccessible.Text.Name).strip(), (interface.role(), interface.object())
    assert met > 5


@pytest.mark.parametrize("page", PAGES)
def test_fields_of_one_page_can_be_told_apart(window: MainWindow, page: str) -> None:
    show(window, page)
    fields = [w for w in stops(window) if isinstance(w, QLineEdit | QTextEdit)]
    names = [w.accessibleName() for w in fields]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("page", TABLES)
def test_a_cell_says_row_column_value_last_year_and_whether_it_is_a_total(window: MainWindow, page: str) -> None:
    show(window, page)
    assert window.report is not None
    shown = window.report.page(page)
    assert isinstance(shown, TablePage)
    table = QAccessible.queryAccessibleInterface(shown.grid)
    spoken = {table.child(i).text(QAccessible.Text.Name) for i in range(table.childCount())}
    for ref, place in shown.adapter.layout.places.items():
        cell, seen = shown.session.form.cells[ref], shown.adapter.shown(*place)
        said = next((s for s in spoken if s.startswith(f"{cell.row.short}，{cell.column.short}，")), "")
        assert (seen.text or "未填") in said, ref
        assert ("自动计算" in said) == bool(cell.parts), ref
        assert f"去年 {shown.adapter.last(ref)}" in said, ref


# --- the keyboard ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1366, 768), (911, 512)])
@pytest.mark.parametrize("page", ["start", *PAGES])
def test_tab_reaches_everything_in_order_and_comes_round(window: MainWindow, page: str, size: tuple[int, int]) -> None:
    window.resize(*size)
    show(window, page)
    if page in TABLES and window.report is not None:
        window.report.show_page(page)  # with a cell to rest on, so that 怎么数 changes no more
        let_pass(SETTLE_MS + 50)
    order = stops(window)
    order[0].setFocus()
    met = [order[0]]
    for _ in range(400):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is order[0]:
            break
        if focused is not met[-1]:
            met.append(focused)
    assert [(type(w).__name__, w.accessibleName(), getattr(w, "text", str)()) for w in met] == [(type(w).__name__, w.accessibleName(), getattr(w, "text", str)()) for w in order]
    assert met == order
    pressed = {w for w in window.findChildren(QWidget) if isinstance(w, QAbstractButton | QLineEdit | QTextEdit) and w.isVisible() and w.isEnabled()}
    outside = {w for w in pressed - set(order) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and type(w).__module__.startswith("ui.")}
    assert not outside, "every control is reached"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is order[-1]


def test_the_page_comes_between_section_list_and_findings(window: MainWindow) -> None:
    show(window, "requests")
    report = window.report
    assert report is not None
    order = stops(window)
    page = report.page("requests")
    assert isinstance(page, TablePage)
    ours = [order.index(w) for w in (report.top.back, report.sections, page.nothing, page.grid, stops(report.findings)[0], report.foot.forward)]
    assert ours == sorted(ours)


@pytest.mark.parametrize("page", ["start", *PAGES])
def test_where_the_keyboard_is_can_be_seen(window: MainWindow, page: str) -> None:
    show(window, page)
    for stop in stops(window):
        stop.clearFocus()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(stop, QTextEdit):
            continue  # its caret blinks
        with_focus = stop.grab().toImage()
        stop.clearFocus()
        assert stop.grab().toImage() != with_focus, (type(stop).__name__, stop.accessibleName())


def test_f6_leaves_a_table_without_tabbing_through_it(window: MainWindow) -> None:
    show(window, "requests")
    report = window.report
    assert report is not None
    met = []
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        met.append(QApplication.focusWidget())
    assert [pane.isAncestorOf(w) for pane, w in zip((report.findings, report.foot, report.top, report.rail, report.stack), met, strict=True)] == [True] * 5


def test_a_popover_is_entered_by_tab_and_gives_the_keyboard_back(window: MainWindow) -> None:
    show(window, "overview")
    draft = next(b for b in stops(window) if isinstance(b, QAbstractButton) and b.text() == "起草")
    draft.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(draft, Qt.Key.Key_Return)
    popover = next(p for p in window.findChildren(Popover) if p.isVisible())
    QTest.keyClick(draft, Qt.Key.Key_Tab)
    inside = QApplication.focusWidget()
    assert popover.isAncestorOf(inside)
    QTest.keyClick(inside, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is draft


def test_no_part_of_a_page_flashes_up_as_a_window(window: MainWindow) -> None:
    app, windows = QApplication.instance(), Windows()
    assert app is not None
    app.installEventFilter(windows)
    for page in PAGES:
        show(window, page)
    app.removeEventFilter(windows)
    assert windows.opened == []


# --- what is told ---------------------------------------------------------------------------------------------------


def test_findings_are_told_politely_once_she_pauses(qtbot: QtBot, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []

    class Ears:
        AnnouncementPoliteness = QAccessible.AnnouncementPoliteness

        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:  # noqa: N802  # Qt's name
            told.append((event.message(), event.politeness()))

    monkeypatch.setattr(announce, "QAccessible", Ears)
    monkeypatch.setattr(announce, "PAUSE_MS", 500)
    example = report_file.read(packaged("examples", "service-center-2026.gxreport"), forms)
    session, widget = Session(example, forms[example.form]), QWidget()
    qtbot.addWidget(widget)
    bridge = Bridge(session, widget)
    FindingsVoice(session, bridge, widget)
    right = session.report.cells[PERSON]
    for typed in ("9", "99", "999"):
        session.set_cell(PERSON, typed, typing=True)
        QApplication.processEvents()
    assert told == [], "not at every key"
    qtbot.waitUntil(lambda: len(told) == 1)
    assert "必须改" in told[0][0] and "表三" in told[0][0]
    assert told[0][1] is QAccessible.AnnouncementPoliteness.Polite
    session.set_cell(PERSON, right)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1][0].startswith("改好")
    session.set_cell(PERSON, "998")
    session.set_cell(PERSON, right)
    qtbot.wait(600)
    assert len(told) == 2, "what came and went meanwhile is no news"


# --- contrast -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("page", ["start", *PAGES])
def test_all_words_stand_out_from_the_ground_they_stand_on(window: MainWindow, dressed: Look, page: str, mode: Mode) -> None:
    """The ground is taken from the picture, so that it is the one that is there."""
    dressed.use(mode)
    show(window, page)
    measured = 0
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.isEnabled() and label.text().strip() and label.property("tone"):
            picture = label.grab().toImage()
            pixels = Counter(picture.pixelColor(x, y).name() for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 2))
            tone: Tone = label.property("tone")
            assert contrast(getattr(theme(), tone), pixels.most_common(1)[0][0]) >= 4.5, (label.text(), tone)
            measured += 1
    assert measured > 3
    dressed.use(Mode.LIGHT)


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_tones_that_are_painted_are_readable_on_their_grounds(dressed: Look, mode: Mode) -> None:
    dressed.use(mode)
    t = theme()
    pairs = [("text", g) for g in ("canvas", "surface", "sunken", "hover", "accent_soft", "error_soft", "warn_soft")]
    pairs += [("text2", g) for g in ("canvas", "surface", "sunken", "hover", "accent_soft")]  # section list, cells, headers
    pairs += [("text3", g) for g in ("canvas", "surface", "sunken", "hover")]  # last year, basis, outline, placeholder
    pairs += [("accent", g) for g in ("canvas", "surface", "hover", "accent_soft")]  # quiet buttons, also in the message bar
    pairs += [("error", g) for g in ("canvas", "surface", "sunken", "accent_soft", "error_soft")]
    pairs += [("warn", g) for g in ("canvas", "surface", "sunken", "accent_soft", "error_soft")]
    pairs += [("ok", g) for g in ("canvas", "surface", "sunken", "accent_soft")]
    pairs += [("on_accent", g) for g in ("fill", "fill_hover")]
    low = {pair: round(contrast(getattr(t, pair[0]), getattr(t, pair[1])), 2) for pair in pairs if contrast(getattr(t, pair[0]), getattr(t, pair[1])) < 4.5}
    assert low == {}
    for ground in ("canvas", "surface", "sunken", "accent_soft"):
        assert contrast(t.accent, getattr(t, ground)) >= 3, "the ring of the keyboard"
    assert QColor(t.edge).isValid() and contrast(t.edge, t.surface) >= 3
    dressed.use(Mode.LIGHT)
