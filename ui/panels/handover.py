"""做交接包: a few words for the successor before the file is made."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.parts import Button, column, label, row
from ui.popover import Popover
from ui.tokens import S1, S2, font

WIDTH, HEIGHT = 380, 104


class HandOver(Popover):
    """Asks for the words, which may stay empty."""

    wanted = Signal(str)

    def __init__(self, window: QWidget) -> None:
        self.note = QPlainTextEdit()
        self.note.setProperty("box", "field")
        self.note.setFont(font("body"))
        self.note.setFixedSize(WIDTH, HEIGHT)
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName("给接手的人留几句话")
        self.note.setPlaceholderText("哪些数向谁要、往年怎么答复、签批找谁……可以不写。")
        self.go = Button("选位置，做成一个文件…", "primary")
        words = label("全部报告、修改历史、说明都装进一个文件。接手的人在自己电脑上打开它就能接着用。", "label", "text2", wrap=True)
        words.setFixedWidth(WIDTH)
        super().__init__(window, column(label("给接手的人留几句话", "strong"), words, S1, self.note, S1, row(None, self.go), gap=S2))
        self.go.clicked.connect(self._choose)
        self.closed.connect(self.deleteLater)

    def ask_at(self, anchor: QRect) -> None:
        self.show_at(anchor)
        self.note.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self) -> None:
        words = self.note.toPlainText().strip()
        self.hide()
        self.wanted.emit(words)
