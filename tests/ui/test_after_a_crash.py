"""After a crash the window is back where it was, and a thin bar says so; closed in good order, nothing is said."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from ui.application import resume
from ui.library import Library
from ui.window import MainWindow
from ui.worker import RenderWorker


@pytest.fixture
def killed(tmp_path: Path, forms: Forms) -> Iterator[Library]:
    """A library as a kill leaves it while its example was open in 表三."""
    path = tmp_path / "library.gxd"
    with DraftStore.open(path) as store:
        library = Library(store, forms)
        library.open(library.example()).write("requests|requests.granted.person", "")
        shutil.copy(path, tmp_path / "killed.gxd")
    with DraftStore.open(path) as closed:
        assert Library(closed, forms).interrupted() is None
    with DraftStore.open(tmp_path / "killed.gxd") as store:
        yield Library(store, forms)


def test_the_report_is_on_the_screen_again_and_the_bar_asks_nothing(
    killed: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    window = MainWindow()
    qtbot.addWidget(window)
    window.attach(killed)
    window.show()
    resume(window)
    QApplication.processEvents()
    assert window.report is not None and window.report.key == "requests"
    assert window.report.page("requests").place() == "requests.granted.person"  # type: ignore[union-attr]
    assert window.bar.isVisible() and "没有正常退出" in window.bar.words.text()
    assert killed.interrupted() is None  # the next start begins anew


def test_a_report_put_into_the_bin_is_not_opened_again(killed: Library) -> None:
    (draft,) = killed.drafts()
    killed.store.delete(draft.id)
    assert killed.interrupted() is None


def test_a_report_that_was_left_is_not_opened_again(killed: Library) -> None:
    killed.leave()
    assert killed.interrupted() is None
