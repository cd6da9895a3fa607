"""Files handed to the desktop: opened in the program she uses for them, shown where they lie."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import PySide6
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from ui import magnify


def open_file(path: Path) -> bool:
    """Open a file or a folder as a double click would; returns whether anything did."""
    with _as_started():
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> bool:
    """Open the folder of `path`, on Windows with the file marked in it; returns whether that worked."""
    return _marked(path) or open_file(path.parent)


def _marked(path: Path) -> bool:
    """By the shell itself: the command line of Explorer does not take every name. False elsewhere than on Windows."""
    if sys.platform != "win32":
        return False
    import ctypes

    shell = ctypes.WinDLL("shell32")
    shell.ILCreateFromPathW.restype = ctypes.c_void_p
    shell.ILCreateFromPathW.argtypes = (ctypes.c_wchar_p,)
    shell.ILFree.argtypes = (ctypes.c_void_p,)
    shell.SHOpenFolderAndSelectItems.argtypes = (ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_ulong)
    item = shell.ILCreateFromPathW(str(path))
    if not item:
        return False
    try:
        with _as_started():
            return bool(shell.SHOpenFolderAndSelectItems(item, 0, None, 0) == 0)
    finally:
        shell.ILFree(item)


@contextmanager
def _as_started() -> Iterator[None]:
    """The environment this program was started with, for the one that is started now: without what makes Qt draw larger, and without the folder of our
    Qt, which PySide6 puts first on PATH on Windows."""
    ours = [magnify.FACTOR, magnify.OURS] if magnify.OURS in os.environ else []
    kept = {name: os.environ[name] for name in (*ours, "PATH") if name in os.environ}
    for name in ours:
        del os.environ[name]
    if "PATH" in kept:
        qt = os.path.normcase(Path(PySide6.__file__).parent)
        os.environ["PATH"] = os.pathsep.join(folder for folder in kept["PATH"].split(os.pathsep) if os.path.normcase(folder) != qt)
    try:
        yield
    finally:
        os.environ.update(kept)


def let_come_forward() -> None:
    """Let another window of ours put itself in front: Windows allows that only to whom the program that was just started allows it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.WinDLL("user32").AllowSetForegroundWindow(ctypes.c_ulong(0xFFFFFFFF))  # ASFW_ANY
