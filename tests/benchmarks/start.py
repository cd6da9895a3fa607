"""One start up to the first painted window, then the end: `start.py gxdesk LIBRARY` or `start.py bare`."""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QVBoxLayout, QWidget

if sys.argv[1] == "bare":
    app = QApplication([])
    window = QMainWindow()
    body = QWidget()
    layout = QVBoxLayout(body)
    for n in range(10):
        layout.addWidget(QLabel(f"第 {n} 行"))
    window.setCentralWidget(body)
else:
    from gxdesk.drafts.store import DraftStore
    from gxdesk.forms.definition import Forms
    from ui.application import Application
    from ui.tokens import Look
    from ui.window import MainWindow

    app = Application()
    Look.install(app)
    window = MainWindow(DraftStore.open(Path(sys.argv[2])), Forms.load())
window.resize(1366, 768)
window.show()
app.processEvents()  # lays out and paints
QTimer.singleShot(0, app.quit)
app.exec()
sys.stdout.flush()
