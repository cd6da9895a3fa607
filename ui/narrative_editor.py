"""Where the officer writes a section: plain paragraphs, with indent, line height and bold sub-headings only shown.

What is pasted comes in as plain, tidied paragraphs.
"""

import re

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QSyntaxHighlighter, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QSizePolicy

from gxdesk.outline import is_heading
from gxdesk.report import Slot
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.text_binding import BoundEditor
from ui.tokens import S2

CHARACTERS = 36  # a line
TYPE_SIZE = 16
EDITOR_WIDTH = CHARACTERS * TYPE_SIZE + 20  # with a gap of 8 and the scroll bar; without the bar less than another character more
_INDENT = " \t\u3000\xa0"


def tidied(pasted: str, *, at_line_start: bool = True) -> str:
    """Pasted text as plain paragraphs: indents, blank lines and line-end blanks go, a tab becomes one blank; no other character does.

    `at_line_start` says whether its first line begins a paragraph, where leading blanks would be an indent.
    """
    plain = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", pasted).replace("\xa0", " ")
    lines = [re.sub(r" *\t[ \t]*", " ", line.rstrip(_INDENT)) if line.strip() else "" for line in plain.split("\n")]
    stripped = [line.lstrip(_INDENT) if i or at_line_start else line for i, line in enumerate(lines)]
    kept = "\n".join(line for line in stripped if line)
    return kept + "\n" if kept and "\n" in plain and not stripped[-1] else kept


class _BoldHeadings(QSyntaxHighlighter):
    """Shows sub-headings in bold; the text knows nothing of it."""

    def highlightBlock(self, text: str) -> None:
        if is_heading(text):
            bold = QTextCharFormat()
            bold.setFontWeight(QFont.Weight.Bold)
            self.setFormat(0, 2 * len(text), bold)


class NarrativeEditor(BoundEditor):
    """The officer's own text. What is pasted comes in as plain, tidied paragraphs; a blank at the start of one is the indent that is there already."""

    def __init__(self, session: Session, bridge: Bridge, slot: Slot) -> None:
        super().__init__(session, bridge, slot, gap=S2)
        self._bold = _BoldHeadings(self.document())
        self._untidy: tuple[int, int] | None = (0, self.document().characterCount())  # from, to: where headings may have come or gone
        self.document().contentsChange.connect(self._changed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMaximumWidth(EDITOR_WIDTH)
        self.setViewportMargins(0, 0, S2, 0)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return QSize(EDITOR_WIDTH, 240)

    def close_up_headings(self) -> None:
        """A sub-heading stands close to what it heads; only the look changes."""
        if self.composing:  # a changed format would end the composition
            return
        if self._untidy is None:
            return
        first, last = self._untidy
        others: list[tuple[QTextCursor, QTextBlockFormat]] = []
        block = self.document().findBlock(first)
        while block.isValid() and block.position() <= last:
            gap = 0 if is_heading(block.text()) else S2
            if (shape_of := block.blockFormat()).bottomMargin() != gap:
                shape_of.setBottomMargin(gap)
                others.append((QTextCursor(block), shape_of))
            block = block.next()
        if others:
            every = QTextCursor(self.document())
            every.beginEditBlock()  # one change for the text, however many headings
            for cursor, shape_of in others:
                cursor.setBlockFormat(shape_of)
            every.endEditBlock()
        self._untidy = None

    def _changed(self, at: int, _removed: int, added: int) -> None:
        first, last = self._untidy or (at, at)
        self._untidy = min(first, at), max(last, at) + added

    def in_sight(self) -> tuple[int, int]:
        """From which character to which the text is on the screen."""
        view = self.viewport().rect()
        first, last = (self.place_of(self.cursorForPosition(corner)) for corner in (view.topLeft(), view.bottomRight()))
        return first, last

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if not text and source.hasHtml():
            document = QTextDocument()
            document.setHtml(source.html())
            text = document.toPlainText().replace("\ufffc", "")  # stands for a picture
        plain = QMimeData()
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionStart())
        plain.setText(tidied(text, at_line_start=cursor.atBlockStart()))
        super().insertFromMimeData(plain)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return super().canInsertFromMimeData(source) or (source.hasHtml() and not source.hasUrls())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        if event.text() in (" ", "\u3000") and cursor.atBlockStart() and not cursor.hasSelection():
            return
        super().keyPressEvent(event)
