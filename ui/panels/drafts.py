"""起草: sentences a text page offers from the report's own figures, and what no table knows."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gxdesk.drafting import proposals, sentences
from gxdesk.session import Session
from ui.parts import Button, Item, Sheet, column, holder, label, row, show_if
from ui.tokens import S1, S2, S3

WIDTH, MOST = 460, 380  # px
SAID = "句子已经在正文里，跟着表里的数变；您改过一个字，它就不再变。"
NOT_YET = "表里的数填好以后，这里有按数写好的句子。"


def anything_to_offer(session: Session, key: str) -> bool:
    """Whether the form has sentences or questions for the text `key`, whatever its figures are."""
    found = sentences(session.form)
    return any(s.text == key for s in found.sentences) or bool(found.prompts.get(key))


class Drafts(QWidget):
    """What can be put into the text `key`."""

    chosen = Signal(object)  # a tuple of Proposals

    def __init__(self, session: Session, key: str) -> None:
        super().__init__()
        text = session.report.texts.get(key, "")
        mine = [p for p in proposals(session.report, session.form, session.figures) if p.text == key and p.words]
        fresh = tuple(p for p in mine if p.words not in text)
        asked = sentences(session.form).prompts.get(key, ())
        items: list[Item] = []
        if any(s.text == key for s in sentences(session.form).sentences):
            everything = show_if(self._button("全部放进去", fresh), len(fresh) > 1)
            items.append(row(label("按表里的数写好的", "heading"), None, everything))
            items += [self._line(p.aspect, p.words, fresh=p in fresh, button=self._button("放进去", (p,))) for p in mine]
            if not fresh:
                items.append(label(SAID if mine else NOT_YET, "label", "text2", wrap=True))
        if asked:
            items += [S2] if items else []
            items += [label("只有您知道的", "heading"), *(label(f"· {question}", "label", wrap=True) for question in asked)]
        inner = holder(column(*items, None, gap=S2), Sheet())
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFixedSize(WIDTH, min(MOST, inner.heightForWidth(WIDTH - S3)))
        self.setLayout(column(scroll, gap=0))

    def _line(self, aspect: str, words: str, *, fresh: bool, button: Button) -> QWidget:
        show_if(button, fresh)
        said = column(*filter(None, [label(aspect, "caption", "text2") if aspect else None]), label(words, "label", "text" if fresh else "text2", wrap=True), gap=2)
        out = row(said, button, gap=S2, margins=(0, 0, S2, S1))
        out.setStretch(0, 1)
        out.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        return holder(out)

    def _button(self, words: str, of: tuple[object, ...]) -> Button:
        out = Button(words, "quiet", small=True)
        out.clicked.connect(lambda: self.chosen.emit(of))
        return out
