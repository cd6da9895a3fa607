"""帮助 → 自检: tried by a process of its own, told line by line, kept as a page to send."""

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import Forms
from gxdesk.selftest import PAGE, TRIALS
from ui import child, desktop
from ui.library import Library
from ui.selfcheck import FAILED, PASSED, STOPPED, SelfCheck
from ui.window import MainWindow

PATIENCE_MS = 60_000


def shown(check: SelfCheck) -> list[str]:
    """What each line says, to whoever listens."""
    return [line.accessibleName() for at in range(check._lines.count()) if (item := check._lines.itemAt(at)) and (line := item.widget())]


@pytest.fixture
def check(qtbot: QtBot, tmp_path: Path) -> SelfCheck:
    check = SelfCheck(tmp_path / "自检 Ω")
    qtbot.addWidget(check)
    return check


def answering(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have `code` run in the place of the self-test."""
    monkeypatch.setattr(child, "MODULE", (sys.executable, "-c", code))


def test_help_tries_every_part_and_keeps_a_page(qtbot: QtBot, forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.selfcheck.QStandardPaths.writableLocation", lambda _: str(tmp_path / "文档"))
    window = MainWindow()
    qtbot.addWidget(window)
    window.attach(Library(DraftStore.open(tmp_path / "library.gxd"), forms))
    window.show()
    next(action for action in window.start.help_menu().actions() if action.text() == "自检…").trigger()
    check = window._self_check
    assert check is not None and check.isVisible()
    qtbot.waitUntil(check.again.isEnabled, timeout=PATIENCE_MS)
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
    told = "通过  报告库：存取一致\\n没通过  字体：没有。请装上。\\n"
    answering(monkeypatch, f"import sys; sys.stdout.buffer.write({told!r}.encode()); sys.exit(2)".replace("\\\\n", "\\n"))
    check.show()
    qtbot.waitUntil(check.again.isEnabled, timeout=PATIENCE_MS)
    assert check.verdict.text() == FAILED.format(1)
    assert shown(check) == ["报告库，通过。存取一致", "字体，没通过。没有。请装上。"]
    check.again.click()
    assert shown(check) == [] and not check.again.isEnabled()
    qtbot.waitUntil(check.again.isEnabled, timeout=PATIENCE_MS)
    assert check.verdict.text() == FAILED.format(1)


@pytest.mark.parametrize("command", [(sys.executable, "-c", "raise SystemExit(3)"), ("/no/such/program",)])
def test_a_self_test_that_breaks_off_says_so(check: SelfCheck, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setattr(child, "MODULE", command)
    check.show()
    qtbot.waitUntil(check.again.isEnabled, timeout=PATIENCE_MS)
    assert check.verdict.text() == STOPPED and not check.show_page.isEnabled()
