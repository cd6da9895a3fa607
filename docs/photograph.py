"""Photographs the real window: `python docs/photograph.py [FOLDER] [--dark] [--size 1366x768] [--only NAME]`; QT_SCALE_FACTOR sets the scale.

Without a folder it makes the pictures of the README in docs/pictures. Every page is shown with the 2026 example, one figure of it made wrong.
"""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

os.environ.setdefault("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))  # where the fonts are
os.environ["HOME"] = "/home/officer"  # no path of this machine in a picture
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace

from PySide6.QtCore import QEventLoop, QTimer

from gxdesk import report
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import Forms
from gxdesk.resources import packaged
from ui.application import Application
from ui.library import Library
from ui.tokens import Look, Mode
from ui.window import MainWindow

TODAY = date(2027, 1, 19)
PICTURES = Path(__file__).parent / "pictures"
PLACES = {"disclosure": "disclosure.normative.in_force", "requests": "requests.unavailable.not_held.person", "remedies": "remedies.review.pending"}
README = ("start", "overview", "requests", "review")  # shown there


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    ask.add_argument("--dark", action="store_true")
    ask.add_argument("--size", default="1366x768")
    ask.add_argument("--only", default="")
    ask.add_argument("--tag", default="")
    options = ask.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = Application()
    Look.install(app, Mode.DARK if options.dark else Mode.LIGHT)
    forms = Forms.load()
    with tempfile.TemporaryDirectory() as folder:
        photograph(DraftStore.open(Path(folder, "library.gxd")), forms, options)


def photograph(store: DraftStore, forms: Forms, options: argparse.Namespace) -> None:
    def shot(window: MainWindow, name: str, wait: int = 300) -> None:
        if options.only not in name or (options.folder == PICTURES and name not in README):
            return
        loop = QEventLoop()  # not QTest.qWait, which keeps Python's lock, so that the preview's thread could not draw
        QTimer.singleShot(wait, loop.quit)
        loop.exec()
        window.grab().save(str(options.folder / f"{name}{options.tag}.png"))

    width, height = map(int, options.size.split("x"))
    window = MainWindow(today=lambda: TODAY)
    window.attach(Library(store, forms))
    window.resize(width, height)
    window.show()
    shot(window, "start-empty")
    example = report.read(packaged("examples", "service-center-2026.gxreport"), forms)
    last = {**example.cells, "requests.carried_out.person": "2", "requests.granted.person": "4", "disclosure.normative.in_force": "8", "requests.received.business": "1"}
    for year in (2023, 2024, 2025):
        draft = store.create(replace(example, year=year, cells=last, texts=dict.fromkeys(example.texts, "往年的情况。")))
        store.note_export(draft, store.load(draft).report, "PDF、网页")
    now = store.create(replace(example, cells={**example.cells, "requests.unavailable.not_held.person": "2", "requests.carried_out.other": ""}))
    window.open_draft(now)
    assert window.report is not None
    for key in ("preamble", "overview", "disclosure", "requests", "remedies", "problems", "review"):
        window.report.show_page(key).return_to(PLACES.get(key, ""))
        shot(window, key, 7000 if key == "review" else 500)
    window.show_start()
    shot(window, "start")
    window.close()


if __name__ == "__main__":
    main()
