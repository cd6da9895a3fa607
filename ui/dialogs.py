"""Questions for a file, with the system's own dialog: they begin in the folder she chose a file in last, at first in her documents."""

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from gxdesk.places import data_folder

LAST_FOLDER = "folder"  # the name of the setting


def window_settings() -> QSettings:
    """What the window remembers on this computer, whichever library it shows."""
    return QSettings(str(data_folder() / "window.ini"), QSettings.Format.IniFormat)


def documents() -> Path:
    """Her documents."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())


def called(folder: Path) -> str:
    """What she knows a folder by: Explorer shows her `Documents` as 文档."""
    if folder == documents():
        return QStandardPaths.displayName(QStandardPaths.StandardLocation.DocumentsLocation)
    return folder.name or str(folder)


def ask_open(parent: QWidget | None, title: str, kinds: str) -> Path | None:
    """Which file to open; `kinds` is a filter of Qt's. None if she chose none."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(_folder()), kinds)
    return _remembered(chosen)


def ask_save(parent: QWidget | None, title: str, name: str, kinds: str) -> Path | None:
    """Where to put a file that would be called `name`. None if she chose nothing."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(_folder() / name), kinds)
    return _remembered(chosen)


def _folder() -> Path:
    last = window_settings().value(LAST_FOLDER)
    return Path(last) if isinstance(last, str) and Path(last).is_dir() else documents()


def _remembered(chosen: str) -> Path | None:
    if not chosen:
        return None
    window_settings().setValue(LAST_FOLDER, str(Path(chosen).parent))
    return Path(chosen)
