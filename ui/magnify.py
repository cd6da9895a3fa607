"""放大: how large everything is drawn, besides what the screen asks for. Chosen in the menu of the appearance, else what the system's setting for
the size of text says, which Qt does not follow. Qt takes it when the application is made: it holds from the next start on.

Never larger than leaves the window its least size on the screen: what did not fit would lie outside it, the way back too.
"""

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QMargins, QSettings, QSize
from PySide6.QtGui import QGuiApplication, QScreen

STEPS = (100, 125, 150, 200)  # per cent
KEY = "magnify"
FACTOR = "QT_SCALE_FACTOR"
OURS = "GXDESK_MAGNIFIED"  # stands beside FACTOR where that was set here: no program that she opens shall be drawn larger by it
LEAST = QSize(640, 360)  # of the window
TITLE = 32  # px of its title bar, which lies on the screen too
_TEXT_SIZE = r"HKEY_CURRENT_USER\Software\Microsoft\Accessibility"


def chosen(kept: QSettings) -> int:
    """Per cent, one of `STEPS`."""
    said = kept.value(KEY)
    percent = int(str(said)) if str(said).isdecimal() else _system()
    return max(step for step in STEPS if step <= max(percent, STEPS[0]))


def fitting(room: QSize) -> tuple[int, ...]:
    """The steps that leave the window its least size where, without them, there would be `room`; the first always."""
    least = LEAST.grownBy(QMargins(0, TITLE, 0, 0))
    return tuple(step for step in STEPS if step == STEPS[0] or (room.width() * 100 >= least.width() * step and room.height() * 100 >= least.height() * step))


def offered(screen: QScreen) -> tuple[int, ...]:
    """Those that fit a screen, of an application that may be magnified itself."""
    return fitting(screen.availableSize() * _drawn())


def prepare(kept: QSettings, room: Callable[[], QSize] | None = None) -> int:
    """Before the application is made: have it drawn as large as chosen and as fits, unless the environment says something else. Returns per cent."""
    percent = chosen(kept)
    if percent != STEPS[0] and FACTOR not in os.environ:
        percent = max(step for step in fitting((room or _room)()) if step <= percent)
        if percent != STEPS[0]:
            os.environ[FACTOR] = os.environ[OURS] = f"{percent / 100:g}"
    return percent


def _drawn() -> float:
    """By how much everything is drawn larger now."""
    try:
        return float(os.environ.get(FACTOR, "1"))
    except ValueError:  # Qt does not heed it either
        return 1.0


def _room() -> QSize:
    """What the screen leaves to windows. Only an application knows, so that one is made and ended for it."""
    asking = QGuiApplication([])
    room = asking.primaryScreen().availableSize()
    asking.shutdown()
    return room


def _system() -> int:
    """The size of text asked for in the settings of Windows, in per cent; 100 elsewhere."""
    if sys.platform != "win32":
        return STEPS[0]
    value = QSettings(_TEXT_SIZE, QSettings.Format.NativeFormat).value("TextScaleFactor", STEPS[0])
    return int(value) if isinstance(value, int) else STEPS[0]
