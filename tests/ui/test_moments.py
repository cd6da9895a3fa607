"""回到过去: the list says when and what, the difference is coloured and in words she knows, the way back is one press and taken back by one."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import LibraryError
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from gxdesk.timeline import Timeline
from ui.pages.moments import NAMES, MomentsDialog, ago

OVERVIEW = Slot("texts", "overview")
CELL = CellRef("requests.received.person")
NOW = datetime(2026, 1, 12, 15, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=5), "刚才"),
        (timedelta(minutes=20), "20 分钟前"),
        (timedelta(hours=6), "今天 09:30"),
        (timedelta(hours=20), "昨天 19:30"),
        (timedelta(days=3), "1 月 9 日 15:30"),
        (timedelta(days=30), "2025 年 12 月 13 日"),
        (-timedelta(hours=1), "今天 16:30"),  # the clock was set back since
    ],
)
def test_when_that_was(past: timedelta, words: str) -> None:
    assert ago(NOW - past, NOW) == words


def test_every_kind_has_a_name() -> None:
    assert set(NAMES) == set(Kind)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DraftStore]:
    with DraftStore.open(tmp_path / "library.gxd") as opened:
        yield opened


@pytest.fixture
def session(example: Report, form: FormDef) -> Session:
    return Session(example, form)


@pytest.fixture
def dialog(qtbot: QtBot, store: DraftStore, session: Session) -> MomentsDialog:
    timeline = Timeline(store, store.create(session.report), session)
    timeline.note(Kind.OPENED)
    timeline.note(Kind.EXPORTED, "PDF、网页")
    session.set_text(OVERVIEW, f"{session.text(OVERVIEW)}新写的<b>一句</b>。")
    session.set_cell(CELL, "97")
    out = MomentsDialog(timeline, session)
    qtbot.addWidget(out)
    out.show()
    return out


def test_the_list_is_newest_first_and_says_what_it_was(dialog: MomentsDialog) -> None:
    assert [dialog.list.item(i).text() for i in range(dialog.list.count())] == ["刚才\n导出：PDF、网页", "刚才\n当天第一次打开"]


def test_the_difference_names_cells_as_she_knows_them_and_quotes_as_typed(dialog: MomentsDialog, form: FormDef, example: Report) -> None:
    shown = dialog.changes.toPlainText()
    table, _, cell = form.cells[CELL].place.partition(" · ")
    assert form.section("requests").heading in shown and cell in shown and "97" in shown and example.cells[CELL] in shown
    assert f"{table} · " not in shown  # the heading has said it
    assert dialog.summary.text() == "从那时到现在，表格改了 1 格，文字改了 1 处。"
    assert "新写的<b>一句</b>。" in shown  # what she typed is text, never mark-up
    assert str(CELL) not in shown and form.section("overview").heading in shown and "一、一、" not in shown


def test_one_press_goes_back_and_one_undo_comes_again(dialog: MomentsDialog, session: Session, example: Report, qtbot: QtBot) -> None:
    changed = session.report
    qtbot.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    assert session.report == example
    assert dialog.list.item(0).text().endswith(NAMES[Kind.BEFORE_RESTORE]) and dialog.list.count() == 3
    assert "Ctrl+Z" in dialog.words.text()
    session.undo()
    assert session.report == changed
    assert not dialog.back.isEnabled()  # nothing differs from the moment before any more


def test_enter_is_no_way_back(dialog: MomentsDialog, session: Session) -> None:
    changed = session.report
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert session.report == changed and dialog.isVisible()


def test_a_library_that_refuses_is_a_sentence_in_the_window(dialog: MomentsDialog, store: DraftStore, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LibraryError("磁盘满了。请清出一些空间。")

    changed = session.report
    monkeypatch.setattr(store.moments, "note", refuse)
    dialog.restore()
    assert dialog.words.text() == "磁盘满了。请清出一些空间。" and session.report == changed


def test_a_report_without_moments_says_so(qtbot: QtBot, store: DraftStore, session: Session) -> None:
    empty = MomentsDialog(Timeline(store, store.create(session.report), session), session)
    qtbot.addWidget(empty)
    assert "还没有" in empty.title.text() and "第一次打开" in empty.summary.text() and not empty.back.isEnabled()
    session.set_cell(CELL, "5")
