"""与去年比: how much of a text stands in last year's, which sentences did not change, and what did."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from gxdesk.diff import runs
from gxdesk.imports.carry import untouched
from gxdesk.session import Session
from gxdesk.similarity import Sentence, similarity
from ui.panels.changes import as_html, marked
from ui.parts import Bar, Button, Item, Sheet, column, holder, label, row
from ui.tokens import S1, S2, S3

WIDTH, MOST = 480, 420  # px
SAME = 48  # characters of a sentence in the list
MANY = 60  # sentences listed


def last_text(session: Session, key: str) -> str:
    """Last year's text of this section; empty where there is nothing to compare with."""
    return session.last_report.texts.get(key, "") if session.last_report is not None else ""


class Comparison(QWidget):
    """The text `key` of this year against last year's."""

    chosen = Signal(object)  # a Sentence of this year's text to be shown

    def __init__(self, session: Session, key: str) -> None:
        super().__init__()
        now, then = session.report.texts.get(key, ""), last_text(session, key)
        share = similarity(now, then).share
        same = untouched(now, then)
        bar = Bar(share, "warn" if share >= 0.6 else "accent")
        year = session.last_report.year if session.last_report is not None else None
        items: list[Item] = [
            row(label(f"雷同 {round(share * 100)}%", "heading"), None, label(f"与 {year} 年的这一节比" if year else "与去年的这一节比", "label", "text2")), bar, S1,
            label(f"一字未改的 {len(same)} 句" if same else "没有一字未改的句子。", "label-strong"),
            *(self._line(s) for s in same[:MANY]), S2,
            row(label("改了什么", "label-strong"), None, label("今年新写的", "caption", "ok"), label("去年的，已不用", "caption", "error")),
            _difference(then, now), None,
        ]  # fmt: skip
        inner = holder(column(*items, gap=S1, margins=(0, 0, S2, 0)), Sheet())
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFixedSize(WIDTH, min(MOST, inner.heightForWidth(WIDTH - S3)))
        self.setLayout(column(scroll, gap=0))

    def _line(self, sentence: Sentence) -> QWidget:
        text = sentence.text
        button = Button("去看", "quiet", small=True, name=f"去看：{text[:SAME]}")
        button.clicked.connect(lambda: self.chosen.emit(sentence))
        out = row(label(text if len(text) <= SAME else f"{text[:SAME]}…", "label", wrap=True), button, gap=S2)
        out.setStretch(0, 1)
        out.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        return holder(out)


def _difference(then: str, now: str) -> QLabel:
    """Both texts in one: what stayed grey, what is new underlined, what went struck out."""
    out = label("", "label", "text2", wrap=True, selectable=True)
    out.setTextFormat(Qt.TextFormat.RichText)
    out.setText(marked(runs(then, now), as_html))
    out.setAccessibleName("今年和去年的不同")
    return out
