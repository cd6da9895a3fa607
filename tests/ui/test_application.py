"""The application: signals close it cleanly, a library that cannot be opened is one sentence, a defect of ours loses nothing."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from gxdesk import crash
from gxdesk.drafts.backups import Backups
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged
from ui import application, desktop, magnify
from ui.application import Application, open_library
from ui.library import Library
from ui.window import MainWindow

ROOT = packaged().parent


def launch(library: Path, *arguments: str, config: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(config)}
    return subprocess.Popen(
        [sys.executable, "-m", "gxdesk", *arguments, "--library", str(library)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def press(words: str, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every question answered with the button that begins with these words; what was asked is added to `said`."""

    def exec_(box: QMessageBox) -> None:
        said.append(box.text())
        next(b for b in box.buttons() if b.text().startswith(words)).click()

    monkeypatch.setattr(QMessageBox, "exec", exec_)


def wait_until_it_obeys(running: subprocess.Popen[str]) -> None:
    """Until SIGTERM would close the window instead of ending the process: the last thing a start does. Linux tells, elsewhere it is a guess."""
    status = Path(f"/proc/{running.pid}/status")
    if not status.exists():
        time.sleep(5)
        return
    began = time.monotonic()
    while time.monotonic() - began < 60 and running.poll() is None:
        caught = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("SigCgt"))
        if int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.1)


@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without telling it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it_with_everything_saved(tmp_path: Path, number: signal.Signals) -> None:
    library, file = tmp_path / "library.gxd", packaged("examples", "service-center-2026.gxreport")
    running = launch(library, str(file), config=tmp_path)
    try:
        wait_until_it_obeys(running)
        running.send_signal(number)
        said, wrong = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0, wrong
    assert "Traceback" not in said + wrong
    with DraftStore.open(library) as store:
        assert [d.year for d in store.drafts()] == [2026]


def test_the_file_dialog_speaks_chinese() -> None:
    """Of Qt's own, where the system has none. In a process of its own: there is one application in each."""
    code = (
        "from PySide6.QtWidgets import QFileDialog, QLabel; from ui.application import Application; app = Application();"
        " dialog = QFileDialog(); dialog.setOption(QFileDialog.Option.DontUseNativeDialog);"
        " print([w.text() for w in dialog.findChildren(QLabel)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", timeout=60, check=True, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"})
    assert "查找范围(&L)：" in done.stdout and "文件类型(&T)：" in done.stdout and "Files" not in done.stdout


def test_a_library_that_cannot_be_opened_offers_another_place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = tmp_path / "bad.gxd", tmp_path / "good.gxd"
    bad.write_bytes(b"this is no library at all, only text" * 50)
    said: list[str] = []

    press("退出", said, monkeypatch)
    assert open_library(bad, None) is None
    press("换一个位置", said, monkeypatch)
    monkeypatch.setattr(application.QFileDialog, "getSaveFileName", lambda *_, **__: (str(good), ""))
    opened = open_library(bad, None)
    assert opened is not None
    opened.close()
    assert str(bad) in said[0] and "Error" not in said[0] and bad.read_bytes().startswith(b"this")


def test_a_defect_is_told_once_everything_saved_and_its_record_holds_no_contents(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(application, "default_library", lambda: tmp_path / "data" / "library.gxd")
    record = tmp_path / "出错记录.txt"
    monkeypatch.setattr(application.QFileDialog, "getSaveFileName", lambda *_: (str(record), ""))
    said: list[str] = []
    press("把记录存成文件", said, monkeypatch)
    saved: list[bool] = []
    described = crash.describe

    def describe(error: BaseException, when: datetime) -> str:
        assert saved, "kept before anything else that may break"
        return described(error, when)

    monkeypatch.setattr(crash, "describe", describe)

    class Program:
        """What `notify_crash` needs of the application; a process has only one, and that is the tests'."""

        window = None
        _telling = False
        _save_record = Application._save_record
        _tell = Application._tell

        def _keep(self) -> bool:
            saved.append(True)
            return True

    try:
        int("秘密的内容")
    except ValueError as error:
        Application.notify_crash(Program(), type(error), error, error.__traceback__)  # type: ignore[arg-type]
    assert saved == [True] and not said, "no box in the midst of what broke"
    qtbot.waitUntil(lambda: bool(said))
    assert len(said) == 1 and "已经存好" in said[0] and "维护人员" in said[0]
    (kept,) = (tmp_path / "data").iterdir()
    for path in (kept, record):
        told = path.read_text(encoding="utf-8")
        assert "ValueError" in told and "test_application.py" in told and "秘密" not in told and str(tmp_path) not in told
    assert [r.getMessage().split(",")[0] for r in caplog.get_records("call")] == ["ValueError"]
    caplog.clear()


@pytest.mark.parametrize(("kept", "words"), [(True, "写的已经存好"), (False, "不要关掉程序")])
def test_a_program_on_a_stick_that_was_pulled_out_says_so(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool, words: str) -> None:
    """Nothing that is not loaded yet can be had then, what describes a defect least of all."""
    said: list[str] = []

    class Program:
        window = None
        _telling = False
        _tell_gone = Application._tell_gone

        def _keep(self) -> bool:
            return kept

    program = Program()

    def warning(_parent: object, _title: str, text: str) -> None:
        said.append(text)
        Application.notify_crash(program, ImportError, ImportError(), None)  # type: ignore[arg-type]  # clicked again meanwhile

    monkeypatch.setattr(QMessageBox, "warning", warning)
    monkeypatch.setattr(application, "__file__", str(tmp_path / "U 盘" / "application.py"))
    monkeypatch.setitem(sys.modules, "gxdesk.crash", None)
    Application.notify_crash(program, ImportError, ImportError(), None)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(said))
    QApplication.processEvents()
    assert len(said) == 1 and "U 盘" in said[0] and words in said[0]


def test_a_damaged_library_offers_to_find_again_what_can_be_found(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "library.gxd"
    with DraftStore.open(path) as store:
        store.create(Report("2021", 2025, {"name": "某中心"}))
        Backups(store).take()
    path.write_bytes(b"\xa5" * path.stat().st_size)
    said: list[str] = []
    press("找回内容", said, monkeypatch)
    monkeypatch.setattr(QMessageBox, "information", lambda _parent, _title, words: said.append(words))
    opened = open_library(path, None)
    assert opened is not None
    with opened:
        assert [d.year for d in opened.drafts()] == [2025]
    assert "2025 某中心" in said[1] and "备份时的样子" in said[1] and "损坏" in said[1]


def test_a_library_open_on_another_pc_is_looked_at(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "library.gxd"
    with DraftStore.open(path) as theirs:
        theirs.create(Report("2021", 2025, {"name": "某中心"}))
        path.with_name("library.gxd.owner").write_text('{"host": "办公室二", "user": "小李", "pid": 1, "since": 1}', encoding="utf-8")
        looking = open_library(path, None)
        assert looking is not None
        with looking:
            assert "小李" in looking.read_only and [d.year for d in looking.drafts()] == [2025]


@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal, which Windows does not send")
def test_a_second_start_brings_the_first_window_forward_with_its_file(tmp_path: Path) -> None:
    library = tmp_path / "library.gxd"
    first = launch(library, config=tmp_path)
    try:
        wait_until_it_obeys(first)
        second = launch(library, str(packaged("examples", "service-center-2026.gxreport")), config=tmp_path)
        said, wrong = second.communicate(timeout=60)
        assert (second.returncode, said, wrong) == (0, "", "")
        first.send_signal(signal.SIGTERM)
        said, wrong = first.communicate(timeout=60)
        assert first.returncode == 0 and "Traceback" not in wrong, wrong
    finally:
        first.kill()
    with DraftStore.open(library) as store:
        assert [d.year for d in store.drafts()] == [2026]
    assert [p.name for p in tmp_path.glob("library*")] == ["library.gxd"]


def test_the_window_speaks_chinese(qtbot: QtBot) -> None:
    code = (
        "from ui.application import Application; from PySide6.QtWidgets import QDialogButtonBox as B;"
        "app = Application(); box = B(B.StandardButton.Cancel); print(box.buttons()[0].text())"
    )
    out = subprocess.run([sys.executable, "-c", code], env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert out.stdout.strip() == "取消"


def test_the_start_imports_nothing_it_does_not_show(tmp_path: Path) -> None:
    library = tmp_path / "library.gxd"
    DraftStore.open(library).close()
    later = "weasyprint docx jinja2 pypdfium2 sqlite_utils gxdesk.session gxdesk.checks.finding gxdesk.outline gxdesk.unread gxdesk.progress ui.report_window"
    code = (
        "import sys, gxdesk.cli; from PySide6.QtWidgets import QApplication\n"
        "QApplication.exec = lambda self: (self.processEvents(), 0)[1]\n"  # the whole start, up to where it waits for her
        "assert gxdesk.cli.main(['--library', sys.argv[1]]) == 0; print([m for m in sys.argv[2].split() if m in sys.modules])"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    out = subprocess.run([sys.executable, "-c", code, str(library), later], env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(("kept", "percent"), [(None, 100), ("", 100), ("150", 150), (200, 200), ("180", 150), ("90", 100), ("much", 100), ("500", 200)])
def test_what_is_magnified_holds_from_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: object, percent: int) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    if kept is not None:
        settings.setValue(magnify.KEY, kept)
    assert magnify.chosen(settings) == percent
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.pop(magnify.FACTOR, None)
    assert magnify.prepare(settings, lambda: QSize(1920, 1040)) == percent
    assert os.environ.get(magnify.FACTOR) == {100: None, 150: "1.5", 200: "2"}[percent]
    os.environ[magnify.FACTOR] = "1.1"
    magnify.prepare(settings, lambda: QSize(100, 100))
    assert os.environ[magnify.FACTOR] == "1.1", "what the environment says goes first"


@pytest.mark.parametrize("ours", [True, False])
def test_what_she_opens_is_started_as_this_program_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: bool) -> None:
    """Not drawn larger, and without our Qt on its PATH, where PySide6 puts it on Windows."""
    given = os.pathsep.join(["first", "second"])
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(PySide6.__file__).parent), given]))
    monkeypatch.setenv(magnify.FACTOR, "1.5")
    monkeypatch.delenv(magnify.OURS, raising=False)
    if ours:
        monkeypatch.setenv(magnify.OURS, "1.5")
    before = dict(os.environ)
    started: list[dict[str, str]] = []

    def start(_: object) -> bool:
        started.append(dict(os.environ))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", start)
    assert desktop.open_file(tmp_path)
    assert started[0]["PATH"] == given and started[0].get(magnify.FACTOR) == (None if ours else "1.5")
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("room", "steps"),
    [((1920, 1040), (100, 125, 150, 200)), ((1366, 728), (100, 125, 150)), ((910, 485), (100,)), ((640, 2000), (100,)), ((300, 200), (100,))],
)
def test_nothing_is_magnified_until_the_way_back_is_off_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: tuple[int, int], steps: tuple[int, ...]
) -> None:
    assert magnify.fitting(QSize(*room)) == steps
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue(magnify.KEY, 200)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.pop(magnify.FACTOR, None)
    assert magnify.prepare(settings, lambda: QSize(*room)) == steps[-1]
    for percent in steps:
        assert percent == 100 or (room[0] / percent * 100 >= 640 and room[1] / percent * 100 >= 360)


def test_what_is_kept_is_held_against_the_screen_before_the_window_is_made(tmp_path: Path) -> None:
    code = (
        "from PySide6.QtCore import QSettings; from PySide6.QtWidgets import QApplication; from ui import magnify;"
        f"kept = QSettings({str(tmp_path / 'window.ini')!r}, QSettings.Format.IniFormat); kept.setValue('magnify', 200);"
        "percent = magnify.prepare(kept); app = QApplication([]); size = app.primaryScreen().availableSize();"
        "print(percent in magnify.offered(app.primaryScreen()), percent == 100 or size.width() >= 640, app.devicePixelRatio() * 100 == percent)"
    )
    environment = {key: value for key, value in os.environ.items() if key != magnify.FACTOR}
    out = subprocess.run([sys.executable, "-c", code], env={**environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert out.stdout.split() == ["True"] * 3


def test_ctrl_0_on_the_start_page_leads_back(qtbot: QtBot, tmp_path: Path, forms: Forms) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    with DraftStore.open(tmp_path / "library.gxd") as store:
        window.attach(Library(store, forms))
        window.show()
        window.activateWindow()
        window.start.take_focus()
        qtbot.waitUntil(window.isActiveWindow)
        with qtbot.waitSignal(window.magnify_chosen) as told:
            QTest.keyClick(window.start.first.name, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        assert told.args == [100]
        window.close()


def test_magnifying_is_chosen_in_the_menu_of_the_appearance(qtbot: QtBot, tmp_path: Path, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.pages.start.offered", lambda _: (100, 200))
    window = MainWindow()
    qtbot.addWidget(window)
    with DraftStore.open(tmp_path / "library.gxd") as store:
        window.attach(Library(store, forms))
        window.show()
        window.start.appearance.click()
        menu = next(m for m in window.start.findChildren(QMenu) if m.isVisible())
        step = next(a for m in menu.findChildren(QMenu) for a in m.actions() if a.text() == "200 %")
        with qtbot.waitSignal(window.magnify_chosen) as told:
            step.trigger()
        menu.close()
        assert told.args == [200] and window.start.magnified == 200 and "200 %" in window.bar.words.text()
        window.close()
