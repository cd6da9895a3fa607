"""Photographs the real window: `python docs/photograph.py [FOLDER] [--dark] [--size 1366x768] [--only NAME]`; QT_SCALE_FACTOR sets the scale.

Without a folder it makes the pictures of the README in docs/pictures, with `--manual` those of the manual in docs/manual/pictures.
Every page is shown with the 2026 example, one figure of it made wrong.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

os.environ.setdefault("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))  # where the fonts are
os.environ["HOME"] = "/home/officer"  # no path of this machine in a picture
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gxdesk.document.manual import SCALE

if "--manual" in sys.argv:
    os.environ["QT_SCALE_FACTOR"] = str(SCALE)
if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import fields, replace

from PIL import Image
from PySide6.QtCore import QEventLoop, QRect, QTimer
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QWidget

from gxdesk import report
from gxdesk.document.html import render_page
from gxdesk.document.view import build_view
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.resources import manual, packaged
from ui.application import Application
from ui.library import Library
from ui.pages.review import ReviewPage
from ui.panels.export import ExportBox
from ui.table.strip import BalanceStrip
from ui.tokens import Look, Mode, theme
from ui.window import MainWindow

TODAY = date(2027, 1, 19)
PICTURES = Path(__file__).parent / "pictures"
PLACES = {"disclosure": "disclosure.normative.in_force", "requests": "requests.unavailable.not_held.person", "remedies": "remedies.review.pending"}
EXAMPLE = "service-center-2026.gxreport"
LAST = {"requests.carried_out.person": "2", "requests.granted.person": "4", "disclosure.normative.in_force": "8", "requests.received.business": "1"}
SLIPS = {"requests.unavailable.not_held.person": "2", "requests.carried_out.other": ""}
COLOURS = 128  # enough for a window without photographs
README = ("start", "overview", "requests", "review")  # shown there


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    ask.add_argument("--manual", action="store_true")
    ask.add_argument("--dark", action="store_true")
    ask.add_argument("--size", default="1366x768")
    ask.add_argument("--only", default="")
    ask.add_argument("--tag", default="")
    options = ask.parse_args()
    if options.manual and options.folder == PICTURES:
        options.folder = manual() / "pictures"
    options.folder.mkdir(parents=True, exist_ok=True)
    app = Application()
    Look.install(app, Mode.DARK if options.dark else Mode.LIGHT)
    forms = Forms.load()
    with tempfile.TemporaryDirectory() as folder:
        store = DraftStore.open(Path(folder, "library.gxd"))
        if options.manual:
            for name, widget, part in of_manual(store, forms, Path(folder)):
                picture = options.folder / f"{name}.png"
                keep(widget.grab(part), picture)
        else:
            photograph(store, forms, options)


def wait(milliseconds: int) -> None:
    loop = QEventLoop()  # not QTest.qWait, which keeps Python's lock, so that the preview's thread could not draw
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def keep(picture: QPixmap, path: Path) -> None:
    """As a small file: of few colours, among them all of the theme, for what is only some pixels large is told by its colour."""
    picture.save(str(path))
    whole = Image.open(path).convert("RGB")
    chosen = whole.quantize(COLOURS, dither=Image.Dither.NONE).getpalette() or []
    tokens = [part for field in fields(theme()) for part in QColor(getattr(theme(), field.name)).getRgb()[:3]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chosen[: 3 * COLOURS], *tokens])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def laid_out(window: MainWindow) -> None:
    """Wait for the print preview of the review page, however long this machine takes."""
    page = window.findChild(ReviewPage)
    assert page is not None
    for _ in range(120):
        wait(500)
        if page.preview.view.data is not None:
            break
    wait(1500)  # for the pages to be drawn


def of_manual(store: DraftStore, forms: Forms, folder: Path) -> Iterator[tuple[str, QWidget, QRect]]:
    """What the manual shows: its name, the widget, and the part of it that matters."""
    window = MainWindow(today=lambda: TODAY)
    window.attach(Library(store, forms))
    window.show()

    def shown(width: int, height: int, settle: int = 500) -> QRect:
        window.resize(width, height)
        wait(settle)
        return window.rect()

    yield "start-empty", window, shown(1000, 520)
    example = report.read(packaged("examples", EXAMPLE), forms)
    last = replace(example, year=2025, cells={**example.cells, **LAST})
    published = Path(folder, "2025年年度报告.html")
    published.write_text(render_page(build_view(last, forms[last.form], draft=False)), encoding="utf-8")
    window.intake.start_from(published)
    yield "incoming", window, shown(1000, 600, 4000)
    store.create(last)
    window.open_draft(store.create(replace(example, cells={**example.cells, **SLIPS})))
    assert window.report is not None
    for key in ("overview", "requests", "review"):
        window.report.show_page(key).return_to(PLACES.get(key, ""))
        part = shown(*((1240, 680) if key == "review" else (1340, 700) if key == "requests" else (1180, 640)), 800)
        if key == "review":
            laid_out(window)
        yield key, window, part
        if key == "requests":
            page = window.report.page(key)
            assert page is not None
            strip = page.findChild(BalanceStrip)
            assert strip is not None
            yield "balance", strip, strip.rect()
            yield "counting", window.report.help, window.report.help.rect()
            yield "finding", window.report.findings, QRect(0, 0, window.report.findings.width(), 344)
        if key == "review":
            box = window.findChild(ExportBox)
            assert box is not None
            yield "export", box, box.rect()
    window.close()


def photograph(store: DraftStore, forms: Forms, options: argparse.Namespace) -> None:
    def shot(window: MainWindow, name: str, settle: int = 300) -> None:
        if options.only not in name or (options.folder == PICTURES and name not in README):
            return
        wait(settle)
        keep(window.grab(), options.folder / f"{name}{options.tag}.png")

    width, height = map(int, options.size.split("x"))
    window = MainWindow(today=lambda: TODAY)
    window.attach(Library(store, forms))
    window.resize(width, height)
    window.show()
    shot(window, "start-empty")
    example = report.read(packaged("examples", EXAMPLE), forms)
    last = {**example.cells, **LAST}
    for year in (2023, 2024, 2025):
        draft = store.create(replace(example, year=year, cells=last, texts=dict.fromkeys(example.texts, "往年的情况。")))
        store.note_export(draft, store.load(draft).report, "PDF、网页")
    now = store.create(replace(example, cells={**example.cells, **SLIPS}))
    window.open_draft(now)
    assert window.report is not None
    for key in ("preamble", "overview", "disclosure", "requests", "remedies", "problems", "review"):
        window.report.show_page(key).return_to(PLACES.get(key, ""))
        if key == "review" and options.only in key:
            laid_out(window)
        shot(window, key, 500)
    window.show_start()
    shot(window, "start")
    window.close()


if __name__ == "__main__":
    main()
