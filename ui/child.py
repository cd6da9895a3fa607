"""A Python process beside the window: the same interpreter and the same gxdesk, so that long work holds up no keystroke."""

import os
import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from gxdesk.resources import packaged

MODULE = (sys.executable, "-P", "-m")  # `-P` keeps the folder she is in off the module path


def process(parent: QObject) -> QProcess:
    """A process, not started yet, in which `MODULE` finds the modules that run here, wherever this was started from."""
    out = QProcess(parent)
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", os.pathsep.join([str(packaged().parent), *filter(None, [environment.value("PYTHONPATH")])]))
    environment.insert("PYTHONUTF8", "1")
    out.setProcessEnvironment(environment)
    return out
