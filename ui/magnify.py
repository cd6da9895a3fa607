"""放大: how large everything is drawn, besides what the screen asks for. Chosen in the menu of the appearance, else what the system's setting for
the size of text says, which Qt does not follow. Qt takes it when the application is made: it holds from the next start on.
"""

import os
import sys

from PySide6.QtCore import QSettings

STEPS = (100, 125, 150, 200)  # per cent
KEY = "magnify"
FACTOR = "QT_SCALE_FACTOR"
_TEXT_SIZE = r"HKEY_CURRENT_USER\Software\Microsoft\Accessibility"


def chosen(kept: QSettings) -> int:
    """Per cent, one of `STEPS`."""
    said = kept.value(KEY)
    percent = int(str(said)) if str(said).isdecimal() else _system()
    return max(step for step in STEPS if step <= max(percent, STEPS[0]))


def prepare(kept: QSettings) -> None:
    """Before the application is made: have it drawn as large as chosen, unless the environment says something else."""
    if (percent := chosen(kept)) != STEPS[0]:
        os.environ.setdefault(FACTOR, f"{percent / 100:g}")


def _system() -> int:
    """The size of text asked for in the settings of Windows, in per cent; 100 elsewhere."""
    if sys.platform != "win32":
        return STEPS[0]
    value = QSettings(_TEXT_SIZE, QSettings.Format.NativeFormat).value("TextScaleFactor", STEPS[0])
    return int(value) if isinstance(value, int) else STEPS[0]
