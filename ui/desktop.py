"""Files handed to the desktop: opened in the program she uses for them, shown where they lie."""

import sys
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_file(path: Path) -> bool:
    """Open a file or a folder as a double click would; returns whether anything did."""
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
        return bool(shell.SHOpenFolderAndSelectItems(item, 0, None, 0) == 0)
    finally:
        shell.ILFree(item)


def let_come_forward() -> None:
    """Let another window of ours put itself in front: Windows allows that only to whom the program that was just started allows it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.WinDLL("user32").AllowSetForegroundWindow(ctypes.c_ulong(0xFFFFFFFF))  # ASFW_ANY
