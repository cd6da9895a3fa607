"""自检 in a window of its own: every part of the program tried on this computer by a process of its own, and a page of it she can send."""

import json
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gxdesk.selftest import PAGE, Line, complete
from ui import child, desktop
from ui.announce import announce
from ui.dialogs import documents
from ui.parts import Button, Mark, Rule, Sheet, column, holder, label, row
from ui.tokens import S1, S2, S3, S4, S5

TITLE, FOLDER = "自检", "GXDesk 自检"
WIDTH, HEIGHT, W_PART = 720, 560, 168
ABOUT = "在这台电脑上把程序的各部分逐一试一遍，大约要半分钟。用的是样例，不碰您的报告，也不上网。"
TRYING, STOPPED = "正在试…", "自检中途停了。请再试一次；还不行，请重新安装本程序。"
PASSED, FAILED = "全部通过。", "有 {} 项没通过，原因写在它后面。"
KEPT = "结果在“{}”里，可以发给维护人员；里面没有报告的内容。"


class SelfCheck(QWidget):
    """Starts when it is shown; a second showing tries everything anew."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` takes the page and what was made; without it, a folder in her documents."""
        super().__init__()
        self._folder = folder or documents() / FOLDER
        self._process: QProcess | None = None
        self._told: list[Line] = []
        self.setWindowTitle(TITLE)
        self.resize(WIDTH, HEIGHT)
        self.verdict = label("", "heading")
        self._kept = label("", "label", "text2", wrap=True, selectable=True)
        self.again = Button("再试一次", small=True)
        self.show_page = Button("打开所在文件夹", small=True)
        self.again.clicked.connect(self.start)
        self.show_page.clicked.connect(lambda: desktop.show_in_folder(self._folder / PAGE))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(TITLE)
        head = holder(column(label(ABOUT, "label", "text2", wrap=True), gap=0, margins=(S5, S4, S5, S3)))
        foot = holder(column(row(self.verdict, None, self.again, self.show_page, gap=S2), self._kept, gap=S1, margins=(S5, S3, S5, S4)))
        self.setLayout(column(holder(column(head, Rule(), self._scroll, Rule(), foot, gap=0), Sheet()), gap=0))
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)

    def start(self) -> None:
        """Try every part; one line each as it comes."""
        self._stop()
        self._told = []
        self._lines = column(None, gap=S3, margins=(S5, S4, S5, S4))
        self._scroll.setWidget(holder(self._lines, Sheet()))
        self._say(TRYING)
        self.again.setEnabled(False)
        self.show_page.setEnabled(False)
        process = child.process(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(lambda error: self._ended() if error is QProcess.ProcessError.FailedToStart else None)
        self._process = process
        process.start(child.MODULE[0], [*child.MODULE[1:], "gxdesk", "self-test", "--json", str(self._folder)])

    # --- how ---

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            with suppress(ValueError, TypeError):  # what a library says there is no line of ours; one that is missing is found at the end
                self._add(Line(**json.loads(bytes(self._process.readLine().data()))))

    def _add(self, told: Line) -> None:
        self._told.append(told)
        what, detail, passed = told.what, told.detail, told.passed
        name, words = label(what, "label-strong"), label(detail, "label", "text2" if passed else "error", wrap=True, selectable=True)
        name.setFixedWidth(W_PART)
        mark = Mark("done" if passed else "error")
        line = row(mark, name, words, gap=S3)
        line.setStretch(2, 1)
        for part in (mark, name):
            line.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        shown = holder(line)
        shown.setAccessibleName(f"{what}，{'通过' if passed else '没通过'}。{detail}")
        self._lines.insertWidget(self._lines.count() - 1, shown)

    def _ended(self) -> None:
        self._read()
        process, self._process = self._process, None
        if process is None:
            return
        failed = sum(not line.passed for line in self._told)
        normal = process.exitStatus() is QProcess.ExitStatus.NormalExit and process.exitCode() == bool(failed)
        whole = normal and complete([line.what for line in self._told])
        process.deleteLater()
        there = (self._folder / PAGE).is_file()
        verdict = STOPPED if not whole else FAILED.format(failed) if failed else PASSED
        self._say(verdict, KEPT.format(self._folder / PAGE) if whole and there else "")
        self.again.setEnabled(True)
        self.show_page.setEnabled(there)

    def _say(self, verdict: str, kept: str = "") -> None:
        self.verdict.setText(verdict)
        self._kept.setText(kept)
        announce(self.verdict, verdict + kept, urgent=False)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._process is None and not event.spontaneous():
            self.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)
