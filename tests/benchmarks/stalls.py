"""One sitting with the real window and the real renderer, and how long the window stood still in it.

`stalls.py` opens the example, lets the window stand as long as a person reads, visits 核对, changes a text, copies for the website, exports
what was made already, and prints JSON: the longest time in milliseconds between two turns of the event loop during each of these, and the
time from the click on 导出 until the file is in its place. Beside each stands how much of it the window itself was computing, which other
work of the machine does not change. A process of its own: what happens the first time happens once.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.report import Slot, read
from gxdesk.resources import packaged
from tests.benchmarks.screens import application
from ui.library import Library
from ui.report_window import REVIEW, ReportWindow
from ui.window import MainWindow

if TYPE_CHECKING:
    from ui.pages.review import ReviewPage

READING_SECONDS = 8.0  # the renderer starts when the window has stood for three
PATIENCE_SECONDS = 60.0


class Watch:
    """The longest time between two turns of the event loop, and the most computing."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start(1)
        self.restart()

    def restart(self) -> None:
        self._before, self._computed = time.perf_counter(), time.thread_time()
        self.longest = self.most = 0.0
        self.turns = 0

    def _turn(self) -> None:
        now, computed = time.perf_counter(), time.thread_time()
        self.longest, self.most = max(self.longest, (now - self._before) * 1000), max(self.most, (computed - self._computed) * 1000)
        self._before, self._computed = now, computed
        self.turns += 1


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < end, "it does not come"
        QApplication.processEvents()
        time.sleep(0.0005)


def _review(report: ReportWindow) -> "ReviewPage":
    return cast("ReviewPage", report._pages[REVIEW])


def sitting(folder: Path) -> dict[str, tuple[float, float]]:
    app = application()
    store = DraftStore.open(folder / "library.gxd")
    forms = Forms.load()
    number = store.create(read(packaged("examples", "service-center-2026.gxreport"), forms))
    window = MainWindow(today=lambda: date(2027, 1, 19))
    window.attach(Library(store, forms))
    window.resize(1366, 768)
    window.show()
    window.open_draft(number)
    watch, began = Watch(), time.monotonic()
    found: dict[str, tuple[float, float]] = {}

    def longest(what: str, do: Callable[[], object], until: Callable[[], bool]) -> None:
        app.processEvents()
        watch.restart()
        QTimer.singleShot(5, do)
        wait(until)
        turns = watch.turns
        wait(lambda: watch.turns > turns)
        found[what] = watch.longest, watch.most

    longest("while the window stands", lambda: None, lambda: time.monotonic() - began > READING_SECONDS)
    report = window.report
    assert report is not None
    longest("核对 visited first", lambda: report.show_page(REVIEW), lambda: report.key == REVIEW and bool(_review(report).preview.view.count))
    page = _review(report)
    shown = page.preview.view.data
    text = report.session.report.texts["other"] + "另记一笔。"
    longest("the preview after a change", lambda: report.session.set_text(Slot("texts", "other"), text), lambda: page.preview.view.data is not shown)
    copied: list[str] = []
    app.clipboard().dataChanged.connect(lambda: copied.append(""))
    for what in ("复制到网站后台 first", "复制到网站后台 again"):
        copied.clear()
        longest(what, page.export_box.copy_wanted.emit, lambda: bool(copied))
    page.export_box.folder = folder / "out"
    for key, tick in page.export_box.ticks.items():
        tick.setChecked(key == "pdf")
    done: list[str] = []
    page.exported.connect(lambda *_: done.append(""))
    for number, what in enumerate(("导出 of what is made, first click", "导出 of what is made, second click"), 1):
        start, computed = time.perf_counter(), time.thread_time()
        page.export_box.button.click()
        wait(lambda n=number: len(list(page.export_box.folder.glob("*.pdf"))) == n)
        found[what] = (time.perf_counter() - start) * 1000, (time.thread_time() - computed) * 1000
        wait(lambda n=number: len(done) == n)
    app.clipboard().clear()
    window.close()
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        json.dump(sitting(Path(place)), sys.stdout, ensure_ascii=False)
