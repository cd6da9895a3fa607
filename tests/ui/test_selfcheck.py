"""帮助 → 自检: tried by a process of its own, told line by line, kept as a page to send."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.selftest import PAGE, PLACE, TRIALS, Line
from ui import child, desktop
from ui.library import Library
from ui.selfcheck import FAILED, PASSED, STOPPED, SelfCheck
from ui.window import MainWindow


def shown(check: SelfCheck) -> list[str]:
    """What each line says, to whoever listens."""
    return [line.accessibleName() for at in range(check._lines.count()) if (item := check._lines.itemAt(at)) and (line := item.widget())]


@pytest.fixture
def check(qtbot: QtBot, tmp_path: Path) -> SelfCheck:
    check = SelfCheck(tmp_path / "自检 Ω")
    qtbot.addWidget(check)
    return check


def answering(monkeypatch: pytest.MonkeyPatch, told: Sequence[Line], then: str) -> None:
    """Have a program that says this and then does that run in the place of the self-test. What it says comes in pieces, torn within a character."""
    said = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in told).encode()
    code = f"import os, sys, time\nfor octet in {said!r}:\n    os.write(1, bytes([octet]))\n{then}"
    monkeypatch.setattr(child, "MODULE", (sys.executable, "-c", code))


@pytest.mark.no_cover
def test_help_tries_every_part_and_keeps_a_page(qtbot: QtBot, forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.dialogs.QStandardPaths.writableLocation", lambda _: str(tmp_path / "文档"))
    window = MainWindow()
    qtbot.addWidget(window)
    window.attach(Library(DraftStore.open(tmp_path / "library.gxd"), forms))
    window.show()
    next(action for action in window.start.help_menu().actions() if action.text() == "自检…").trigger()
    check = window._self_check
    assert check is not None and check.isVisible()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == PASSED, shown(check)
    assert [line.partition("，")[0] for line in shown(check)] == list(TRIALS)
    (page,) = (tmp_path / "文档").rglob(PAGE)
    asked: list[Path] = []
    monkeypatch.setattr(desktop, "show_in_folder", asked.append)
    check.show_page.click()
    assert asked == [page]
    window.close()
    assert not check.isVisible()


def test_what_failed_is_counted_and_says_why(check: SelfCheck, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [Line(what, what != "字体", "没有：请装上。" if what == "字体" else "存取一致") for what in TRIALS]
    answering(monkeypatch, told, "sys.exit(1)")
    check.show()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == FAILED.format(1)
    assert shown(check) == [f"{line.what}，{'通过' if line.passed else '没通过'}。{line.detail}" for line in told]
    check.again.click()
    assert shown(check) == [] and not check.again.isEnabled()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == FAILED.format(1)


def test_a_folder_that_refuses_is_told_though_nothing_else_was_tried(check: SelfCheck, qtbot: QtBot) -> None:
    check._folder.write_text("不是文件夹", encoding="utf-8")
    check.show()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == FAILED.format(1) and shown(check)[0].startswith(f"{PLACE}，没通过")


ALL = [Line(what, True, "好") for what in TRIALS]


@pytest.mark.parametrize(
    ("told", "then"),
    [
        ([], "sys.exit(3)"),
        (ALL[:3], "sys.exit(2)"),
        (ALL, "sys.exit(2)"),
        (ALL[:3], "sys.exit(0)"),
        (ALL[:3], "sys.exit(1)"),
        ([Line("数据文件夹", False, "写不进去")], "sys.exit(1)"),
        (ALL[:3], "os.abort()"),
    ],
)
def test_a_self_test_that_breaks_off_says_so(
    check: SelfCheck, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, told: list[Line], then: str
) -> None:
    answering(monkeypatch, told, then)
    check.show()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == STOPPED and len(shown(check)) == len(told)


def test_a_self_test_that_cannot_begin_says_so(check: SelfCheck, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MODULE", ("/no/such/program",))
    check.show()
    qtbot.waitUntil(check.again.isEnabled)
    assert check.verdict.text() == STOPPED and not check.show_page.isEnabled()
