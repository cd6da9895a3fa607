"""One start up to the first painted window, then the end.

`start.py least`: an empty QMainWindow, the least a PySide6 program can show. `start.py bare`: a window of the same kinds of widgets as our
start page, as the toolkit draws them: PySide6 makes the Python side of a Qt class when it is first touched, and every program pays for that.
`start.py gxdesk LIBRARY`: ours, with the library read and its reports shown. Each prints the monotonic time at which its window stood.
"""

import sys
import time

from PySide6.QtWidgets import QApplication, QMainWindow

if sys.argv[1] == "gxdesk":
    import gxdesk.cli

    def leave(self: QApplication) -> int:
        self.processEvents()  # lays out and paints
        print(time.monotonic())
        return 0

    QApplication.exec = leave  # the whole real start, up to where it would wait for her
    raise SystemExit(gxdesk.cli.main(["--library", sys.argv[2]]))
app = QApplication([])
window = QMainWindow()
if sys.argv[1] == "bare":
    from PySide6.QtCore import QStringListModel, Qt
    from PySide6.QtWidgets import (
        QFrame,
        QHBoxLayout,
        QLabel,
        QListView,
        QPushButton,
        QScrollArea,
        QSizePolicy,
        QStackedWidget,
        QVBoxLayout,
        QWidget,
    )

    page = QWidget()
    column = QVBoxLayout(page)
    heading = QLabel("政府信息公开工作年度报告")
    heading.setAlignment(Qt.AlignmentFlag.AlignLeft)
    column.addWidget(heading)
    row = QHBoxLayout()
    for words in ("新建", "打开文件…", "从去年的报告开始", "试填样例"):
        button = QPushButton(words)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(button)
    column.addLayout(row)
    years = QListView()
    years.setModel(QStringListModel(["2026 年度", "2025 年度"]))
    years.setFrameShape(QFrame.Shape.NoFrame)
    column.addWidget(years)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(page)
    stack = QStackedWidget()
    stack.addWidget(scroll)
    window.setCentralWidget(stack)
window.resize(1366, 768)
window.show()
app.processEvents()  # lays out and paints
print(time.monotonic())
