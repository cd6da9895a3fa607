"""Python's collector runs between events, in the window's thread, and nowhere else."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.collector import Collector


class Ring(QObject):
    """Held by itself alone."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_what_nobody_holds_goes_between_two_events_and_not_in_a_thread(qtbot: QtBot) -> None:
    owner = QObject()
    Collector(owner)
    ring = weakref.ref(Ring())
    made: list[list[int]] = []
    other = threading.Thread(target=lambda: made.extend([] for _ in range(20 * gc.get_threshold()[0])))
    other.start()
    other.join()
    assert ring() is not None
    qtbot.waitUntil(lambda: ring() is None)
