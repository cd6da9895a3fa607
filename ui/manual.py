"""用户手册 in a window of its own, which can stand beside the report: topics at the left, the text at the right, a search over all of it."""

from pathlib import Path

from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QLineEdit, QListWidget, QTextBrowser, QWidget

from gxdesk import resources
from gxdesk.document.manual import NAME, for_window, outline
from ui import child
from ui.dialogs import ask_save
from ui.parts import Button, Sheet, column, holder, label, row, set_tone
from ui.tokens import R_CONTROL, S2, S3, S4, S5, font, look, theme

W_TOPICS, W_SEARCH, WIDTH, HEIGHT = 168, 220, 928, 720
PDF_FILTER = "PDF (*.pdf)"
MAKING, MADE = "正在排版…", "已存到“{}”。"
FAILED = "PDF 没有做成，没有写任何文件。请换一个位置再试。"
NOWHERE = "手册里没有“{}”。"


class ManualWindow(QWidget):
    """One window for the whole manual; `show_topic` turns to a topic."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(NAME)
        self.resize(WIDTH, HEIGHT)
        self._keys, titles = zip(*outline(), strict=True)
        self._process: QProcess | None = None
        self.topics = QListWidget()
        self.topics.addItems(titles)
        self.topics.setFixedWidth(W_TOPICS)
        self.topics.setFrameShape(QListWidget.Shape.NoFrame)
        self.topics.setFont(font("body"))
        self.topics.setAccessibleName("目录")
        self.text = QTextBrowser()
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setSearchPaths([str(resources.manual())])
        self.text.setOpenExternalLinks(False)
        self.text.setAccessibleName(NAME)
        self.search = QLineEdit()
        self.search.setPlaceholderText("在手册里找")
        self.search.setAccessibleName("在手册里找")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(W_SEARCH)
        self.save = Button("存成 PDF…", small=True)
        self.said = label("", "label", "text2")
        head = row(self.search, None, self.said, self.save, margins=(S4, S3, S4, S3), gap=S3)
        body = row(self.topics, self.text, gap=S2, margins=(S2, 0, 0, 0))
        body.setStretch(1, 1)
        ground = holder(column(holder(head), body, gap=0), Sheet())
        self.setLayout(column(ground, gap=0))
        self.topics.currentRowChanged.connect(lambda at: self.show_topic(self._keys[at]))
        self.topics.itemClicked.connect(lambda _: self.show_topic(self._keys[self.topics.currentRow()]))
        self.search.returnPressed.connect(self.find_next)
        self.save.clicked.connect(self._choose)
        for sequence, act in (("Ctrl+F", self._to_search), ("F3", self.find_next), ("Esc", self.close)):
            QShortcut(QKeySequence(sequence), self).activated.connect(act)
        look().changed.connect(self._render)
        self._render()

    def show_topic(self, key: str) -> None:
        """Turn to a topic; an unknown key leaves the page as it is."""
        if key in self._keys:
            blocked = self.topics.blockSignals(True)
            self.topics.setCurrentRow(self._keys.index(key))
            self.topics.blockSignals(blocked)
            self.text.scrollToAnchor(key)

    def find_next(self) -> None:
        """To the next place that holds the words in the search field; after the last one, the first."""
        words = self.search.text().strip()
        if not words:
            return
        if not self.text.find(words):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            if not self.text.find(words):
                self._say(NOWHERE.format(words))
                return
        self._say("")

    def save_pdf(self, path: Path) -> None:
        """Have the manual made as a PDF, by a process of its own; what comes of it is said beside the button."""
        process = child.process(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.setStandardOutputFile(QProcess.nullDevice())
        process.finished.connect(lambda code: self._saved(path, made=code == 0))
        process.errorOccurred.connect(lambda error: self._saved(path, made=False) if error is QProcess.ProcessError.FailedToStart else None)
        self._process = process
        self.save.setEnabled(False)
        self._say(MAKING)
        process.start(child.MODULE[0], [*child.MODULE[1:], "gxdesk", "manual", str(path)])

    # --- how ---

    def closeEvent(self, event: QCloseEvent) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            self.save.setEnabled(True)
        super().closeEvent(event)

    def _render(self) -> None:
        """The text in the colours of now, at the place where it was."""
        t, place = theme(), self.text.verticalScrollBar().value()
        self.text.setFont(font("body"))
        self.topics.setStyleSheet(
            f"QListWidget{{background:transparent;outline:none}} QListWidget::item{{padding:6px {S2}px;border-radius:{R_CONTROL}px;color:{t.text}}}"
            f" QListWidget::item:hover{{background:{t.hover}}} QListWidget::item:selected{{background:{t.accent_soft}}}"
        )
        document = self.text.document()
        document.setDocumentMargin(S5)
        document.setDefaultStyleSheet(
            f"body,p,li,td,th,h3{{color:{t.text}}} h2{{color:{t.accent};margin-top:{S5}px;margin-bottom:{S2}px}} p,li{{line-height:150%}}"
            f" p{{margin-top:{S2}px;margin-bottom:{S2}px}} h3{{margin-top:{S4}px;margin-bottom:{S2}px}} a{{color:{t.accent};text-decoration:none}}"
            f" table{{border-collapse:collapse;border-color:{t.field};margin-top:{S2}px;margin-bottom:{S3}px}} th{{background:{t.sunken};text-align:left}}"
        )
        self.text.setHtml(for_window())
        document.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, NAME)
        self.text.verticalScrollBar().setValue(place)

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _choose(self) -> None:
        chosen = ask_save(self, "手册存到哪里", f"{NAME}.pdf", PDF_FILTER)
        if chosen:
            self.save_pdf(chosen.with_suffix(".pdf"))

    def _saved(self, path: Path, *, made: bool) -> None:
        self._process = None
        self.save.setEnabled(True)
        self._say(MADE.format(path.name) if made else FAILED, failed=not made)

    def _say(self, words: str, *, failed: bool = False) -> None:
        set_tone(self.said, "error" if failed else "text2")
        self.said.setText(words)
