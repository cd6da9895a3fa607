"""Copies are taken by themselves while the window is open: once a day, after each export, and a refusal is told once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gxdesk.drafts import backups
from gxdesk.drafts.backups import Backups, copies
from gxdesk.drafts.store import DraftStore
from gxdesk.report import Report
from ui.autosave import COPY_DEFECT, Safekeeping


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DraftStore]:
    with DraftStore.open(tmp_path / "library.gxd") as opened:
        opened.create(Report("2021", 2025))
        yield opened


@pytest.fixture
def keeper(qtbot: QtBot, store: DraftStore) -> Iterator[Safekeeping]:
    out = Safekeeping(lambda: Backups(store))
    yield out
    out.close()


def exported(store: DraftStore) -> list[bool]:
    return [copy.exported for copy in copies(store.path.parent / "备份")]


def test_once_a_day(keeper: Safekeeping, store: DraftStore, qtbot: QtBot) -> None:
    keeper.daily()
    keeper.daily()  # while the first is being written
    qtbot.waitUntil(lambda: not Backups(store).due())
    keeper.daily()
    keeper.close()
    assert exported(store) == [False]


def test_each_export_has_its_copy_also_while_another_is_written(keeper: Safekeeping, store: DraftStore, qtbot: QtBot) -> None:
    keeper.daily()
    keeper.exported()
    qtbot.waitUntil(lambda: sorted(exported(store)) == [False, True])


def test_a_folder_that_is_gone_is_told_once(keeper: Safekeeping, store: DraftStore, qtbot: QtBot, tmp_path: Path) -> None:
    Backups(store).set_folder(tmp_path / "U盘")
    said: list[str] = []
    keeper.told.connect(said.append)
    with qtbot.waitSignal(keeper.told):
        keeper.daily()
    with qtbot.waitSignal(keeper._written):
        keeper.daily()
    assert len(said) == 1 and "U盘" in said[0]


def test_closing_waits_for_the_copy_and_asks_the_library_no_more(keeper: Safekeeping, store: DraftStore, qtbot: QtBot) -> None:
    keeper.daily()
    keeper.close()
    assert not Backups(store).due(), "and remembers that it was taken"
    store.close()
    qtbot.wait(50)  # what the thread said arrives now, and the library is closed: no error
    assert exported(store) == [False]


def test_an_export_just_before_closing_has_its_copy_too(keeper: Safekeeping, store: DraftStore, qtbot: QtBot) -> None:
    keeper.daily()
    draft = store.create(Report("2021", 2026))
    keeper.exported()
    keeper.close()
    store.close()
    (copy,) = [copy for copy in copies(store.path.parent / "备份") if copy.exported]
    with DraftStore.open(copy.path) as taken:
        assert draft in {d.id for d in taken.drafts()}


def test_a_defect_in_copying_is_told_and_the_next_copy_is_taken(
    keeper: Safekeeping, store: DraftStore, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("秘密的内容")

    with monkeypatch.context() as patch, qtbot.waitSignal(keeper.told) as told:
        patch.setattr(backups.Copying, "run", broken)
        keeper.daily()
    assert "没有备份成" in told.args[0]
    keeper.daily()
    qtbot.waitUntil(lambda: exported(store) == [False])
    (record,) = caplog.get_records("call")
    assert "ZeroDivisionError" in record.getMessage() and "秘密" not in caplog.text
    caplog.clear()


def test_what_is_refused_at_closing_is_told_at_the_next_start(store: DraftStore, keeper: Safekeeping, tmp_path: Path) -> None:
    keeper.daily()
    keeper.close()
    Backups(store).set_folder(tmp_path / "U盘")
    keeper.exported()
    keeper.close()
    again = Safekeeping(lambda: Backups(store))
    said: list[str] = []
    again.told.connect(said.append)
    again.daily()
    again.daily()
    again.close()
    assert len(said) == 1 and "U盘" in said[0]


def test_a_defect_in_a_copy_that_waits_does_not_keep_the_window_from_closing(
    store: DraftStore, keeper: Safekeeping, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.daily()
    keeper.exported()

    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(backups.Copying, "run", fail)
    keeper.close()
    assert COPY_DEFECT in Backups(store).untold()
    caplog.clear()
