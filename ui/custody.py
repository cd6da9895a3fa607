"""报告库 on the start page: where copies go, back to a copy, everything handed over in one file, and such a file taken in.

Each of these concerns the library as a whole, so that no report is open while it is done. What came of it is said in the window's bar.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from gxdesk import files
from ui.dialogs import ask_open, ask_save
from ui.due import local
from ui.parts import plain

if TYPE_CHECKING:
    from gxdesk.drafts.handover import Received
    from ui.library import Library
    from ui.panels.handover import HandOver
    from ui.window import MainWindow

PACKAGE = ".gxhandover"
PACKAGE_FILTER = "交接包 (*.gxhandover)"


class Custody(QObject):
    """Belongs to a window with a library."""

    def __init__(self, window: "MainWindow", *, now: Callable[[], datetime] = local) -> None:
        super().__init__(window)
        self._window, self._now = window, now

    @property
    def _library(self) -> "Library":
        return self._window.library

    # --- the menu ---

    def menu(self) -> QMenu:
        """What can be done, under the button of the start page."""
        menu = QMenu(self._window)
        backups = self._library.backups
        menu.addAction("备份放到…").triggered.connect(self._choose_folder)
        menu.actions()[0].setToolTip(plain(f"现在放在“{backups.folder}”"))
        if backups.folder != backups.spare:
            menu.addAction("备份放回报告库旁边").triggered.connect(lambda: self.keep_copies_in(None))
        menu.addAction("从备份恢复…").triggered.connect(self.show_copies)
        menu.addSeparator()
        menu.addAction("做交接包…").triggered.connect(self.ask_note)
        menu.addAction("打开交接包…").triggered.connect(self._choose_package)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def pop_up(self) -> None:
        button = self._window.start.library
        self._window.guarded(lambda: self.menu().popup(button.mapToGlobal(QPoint(0, button.height()))))

    # --- copies ---

    def keep_copies_in(self, folder: Path | None) -> None:
        """Have copies go there from now on; None for beside the library."""

        def keep() -> None:
            self._library.backups.set_folder(folder)
            self._window.bar.say(f"以后的备份放到“{self._library.backups.folder}”。每天一份，每次导出也有一份。", seconds=10)

        self._window.guarded(keep)

    def show_copies(self) -> None:
        """The copies there are, and the way back to one."""

        def show() -> None:
            from ui.pages.copies import CopiesDialog

            dialog = CopiesDialog(self._library, self._window)
            dialog.chosen.connect(self.restore)
            dialog.setModal(True)
            dialog.show()

        self._window.guarded(show)

    def restore(self, copy: Path) -> None:
        """Make the library what the copy is; the one before is one press away."""

        def restore() -> None:
            aside = self._library.restore(copy)
            self._window.show_start()
            self._window.bar.say(
                f"已恢复到“{copy.name}”的样子。恢复前的报告库另存在“{aside}”。", action=("换回来", lambda: self.restore(aside))
            )

        if self._window.leave_report():
            self._window.guarded(restore)

    # --- handing over ---

    def ask_note(self) -> "HandOver":
        """Ask for a few words to the successor, then for the place."""
        from ui.panels.handover import HandOver

        button = self._window.start.library
        asking = HandOver(self._window)
        asking.wanted.connect(self._choose_place)
        asking.ask_at(QRect(button.mapTo(self._window, QPoint(0, 0)), button.size()))
        return asking

    def hand_over(self, path: Path, note: str) -> None:
        """Everything into one file."""

        def write() -> None:
            self._library.hand_over(path, note)
            self._window.bar.say(f"交接包已做成：“{path}”，里面有 {len(self._library.drafts())} 份报告。把这个文件交给接手的人。")

        self._window.guarded(write)

    def receive(self, path: Path, also: str = "") -> None:
        """Take in what a predecessor handed over. `also` is said with what came of it."""

        def receive() -> None:
            received = self._library.receive(path)
            self._window.show_start()
            note = received.note.strip()
            self._window.bar.say(received_words(received) + also, action=("看留言", lambda: self._show_note(note)) if note else None)

        self._window.guarded(receive)

    # --- how ---

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._window, "备份放到哪个文件夹（U 盘、网络盘都行）", str(self._library.backups.folder))
        if chosen:
            self.keep_copies_in(Path(chosen))

    def _choose_place(self, note: str) -> None:
        agency = files.portable(self._library.agency_name(), 120)
        name = "_".join(filter(None, ("交接包", agency, f"{self._now():%Y-%m-%d}"))) + PACKAGE
        path = ask_save(self._window, "交接包放在哪里", name, PACKAGE_FILTER)
        if path:
            self.hand_over(path if path.suffix.lower() == PACKAGE else path.with_name(path.name + PACKAGE), note)

    def _choose_package(self) -> None:
        chosen = ask_open(self._window, "打开交接包", PACKAGE_FILTER)
        if chosen:
            self.receive(chosen)

    def _show_note(self, note: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "前任的留言", "", QMessageBox.StandardButton.Ok, self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(note)
        box.exec()


def received_words(received: "Received") -> str:
    """What was taken in, in one sentence or two."""
    new = f"从交接包收进了 {len(received.drafts)} 份报告，连同修改历史。" if received.drafts else "交接包里的报告这里都已经有了，没有收进新的。"
    return new + (f"另有 {received.known} 份这里已经有了，没有重复收。" if received.drafts and received.known else "")
