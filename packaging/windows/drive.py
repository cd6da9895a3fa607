"""Inside the program's own process under Wine: what a hand on mouse and keyboard has to do next, and whether it had its effect.

    drive.py EXAMPLE LIBRARY

The report of EXAMPLE is written anew, page by page, from a blank one. Each step is a line on standard output, its words divided by tabs:
`hand` and the arguments for xdotool, or something else that prove.py knows how to do. Nothing is put into the program from here; a step
is over when the program shows its effect. Texts go over the clipboard, as from Word. The last line is `end`, or `stuck` and why.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QWidget

from gxdesk import report as report_file
from gxdesk.cli import main
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from ui import application
from ui.pages.agency import KINDS
from ui.parts import Button
from ui.report_window import ReportWindow
from ui.table.view import FormGrid

LOOK_MS, PATIENCE_SECONDS = 50, 120.0
KEYS = {".": "period", "-": "minus", "/": "slash"}
EXPORTED = ("pdf", "docx", "html", "gxreport")


class Step(NamedTuple):
    words: tuple[str, ...]
    done: Callable[[], object]
    settle_ms: int = 200  # before it is asked for
    hold_seconds: float = 0.0  # before its effect is looked at


class Driven(application.Application):
    """The program, which asks for the next step whenever the one before has had its effect."""

    example: Report
    example_form: FormDef

    def exec(self) -> int:
        self.steps = self.plan()
        self.step = Step((), lambda: True)
        self.asked = time.monotonic()
        self.clock = QTimer(self)
        self.clock.timeout.connect(self.look)
        self.clock.start(LOOK_MS)
        return super().exec()

    def look(self) -> None:
        waited = time.monotonic() - self.asked
        if waited > PATIENCE_SECONDS:
            self.end("stuck", *self.step.words)
        elif waited > self.step.hold_seconds and self.step.done():
            if (following := next(self.steps, None)) is None:
                self.end("end")
                return
            self.step, self.asked = following, time.monotonic()
            if following.words:
                QTimer.singleShot(following.settle_ms, lambda: print(*following.words, sep="\t", flush=True))

    def end(self, *words: str) -> None:
        self.clock.stop()
        print(*words, sep="\t", flush=True)
        self.exit(0 if words == ("end",) else 9)

    # --- what is done ---

    def plan(self) -> Iterator[Step]:
        first = self.window.start.first
        yield self.picture("start", 1000)
        QGuiApplication.clipboard().setText(self.example.agency["name"])
        yield self.click(first.name, first.name.hasFocus)
        yield self.keys(["ctrl+v"], lambda: first.name.text() == self.example.agency["name"])
        yield self.click(first.go, lambda: self.window.report is not None)
        yield self.picture("blank", 1500)
        yield from self.agency()
        for section in self.example_form.sections:
            yield self.turn_to(section.key)
            grids = [grid for grid in self.report.findChildren(FormGrid) if grid.isVisible()]
            for grid in grids:
                yield from self.fill(grid)
            if not grids:
                yield from self.paste(self.page.editor, Slot("texts", section.key))
            yield self.picture(section.key, 300)
        yield from self.export()
        yield from self.second_start()

    def agency(self) -> Iterator[Step]:
        page = self.page
        for key, field in page.fields.items():
            yield from self.paste(field, Slot("agency", key))
        kind = self.example.agency["kind"]
        yield self.click(page.kind, lambda: self.activePopupWidget() is not None)
        yield self.keys(["Down"] * (list(KINDS).index(kind) + 1) + ["Return"], lambda: self.said(Slot("agency", "kind")) == kind)
        for key, editor in page.editors.items():
            yield from self.paste(editor, Slot("texts", key))

    def fill(self, grid: FormGrid) -> Iterator[Step]:
        """A click into the first cell, then figures and Tab through all that can be typed in."""
        model = grid.adapter
        places = [model.index(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
        refs = dict.fromkeys(ref for place in places if (ref := model.ref_at(place)) is not None and not self.example_form.cells[ref].parts)
        figures = {ref: self.example.cells[ref] for ref in refs}
        first = model.index_of(next(iter(figures)))
        self.bring_into_sight(grid)
        yield self.click_at(grid.viewport().mapToGlobal(grid.visualRect(first).center()), lambda: grid.currentIndex() == first)
        strokes = [key for figure in figures.values() for key in (*(KEYS.get(c, c) for c in figure), "Tab")]
        yield self.keys([*strokes[:-1], "Return"], lambda: figures.items() <= self.report.session.report.cells.items())

    def export(self) -> Iterator[Step]:
        yield self.turn_to("review")
        box = self.page.export_box
        for key, tick in box.ticks.items():
            if tick.isChecked() != (key in EXPORTED):
                wanted = key in EXPORTED
                yield self.click(tick, lambda tick=tick, wanted=wanted: tick.isChecked() == wanted)
        yield Step((), lambda: self.page.preview.view.count > 0)
        yield self.picture("review", 500)
        yield self.click(box.button, lambda: len(box._made) == len(EXPORTED))
        yield self.picture("exported", 1000)
        for path in box._made:
            yield Step(("made", str(path)), lambda: True)
        folder = next(b for b in box.findChildren(Button) if b.text() == "打开所在文件夹")
        yield self.click(folder, lambda: True)
        yield self.picture("folder", 4000)
        yield Step(("upgrade",), lambda: True)

    def second_start(self) -> Iterator[Step]:
        """Started again with a file, while this window lies in the task bar."""
        first = self.report
        self.window.showMinimized()
        yield Step(("again",), lambda: self.window.report not in (None, first) and not self.window.isMinimized(), 500)
        yield self.picture("again", 1000)

    # --- how ---

    @property
    def report(self) -> ReportWindow:
        assert self.window.report is not None
        return self.window.report

    @property
    def page(self) -> Any:  # which of the pages depends on the step
        return self.report.show_page(self.report.key, focus=False)

    def said(self, slot: Slot) -> str:
        return self.report.session.report.get(slot)

    def turn_to(self, key: str) -> Step:
        sections = self.report.sections
        item = sections.item(self.report.keys.index(key))
        return self.click_at(sections.viewport().mapToGlobal(sections.visualItemRect(item).center()), lambda: self.report.key == key)

    def paste(self, field: QWidget, slot: Slot) -> Iterator[Step]:
        self.bring_into_sight(field)
        text = self.example.get(slot)
        if self.said(slot) == text:  # asked on the start page
            return
        QGuiApplication.clipboard().setText(text)
        yield self.click(field, field.hasFocus)
        yield self.keys(["ctrl+a", "ctrl+v"], lambda: self.said(slot) == text)

    def bring_into_sight(self, widget: QWidget) -> None:
        """As the wheel would."""
        above = widget.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.ensureWidgetVisible(widget)
            self.processEvents()

    def click(self, widget: QWidget, done: Callable[[], object]) -> Step:
        """Near its left edge: a tick lies there, and a text field is nowhere covered."""
        middle = widget.rect().center()
        return self.click_at(widget.mapToGlobal(QPoint(min(12, middle.x()), middle.y())), done)

    @staticmethod
    def click_at(at: QPoint, done: Callable[[], object]) -> Step:
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        return Step(("hand", "mousemove", str(round(at.x() * ratio)), str(round(at.y() * ratio)), "click", "1"), done, hold_seconds=0.3)

    @staticmethod
    def picture(name: str, settle_ms: int) -> Step:
        return Step(("picture", name), lambda: True, settle_ms, (settle_ms + 700) / 1000)

    @staticmethod
    def keys(names: list[str], done: Callable[[], object]) -> Step:
        return Step(("hand", "key", "--delay", "8", *names), done, hold_seconds=0.3)


if __name__ == "__main__":
    forms = Forms.load()
    Driven.example = report_file.read(Path(sys.argv[1]), forms)
    Driven.example_form = forms[Driven.example.form]
    application.Application = Driven
    raise SystemExit(main(["--library", sys.argv[2]]))
