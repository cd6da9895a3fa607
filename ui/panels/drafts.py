"""起草: sentences a text page offers from the report's own figures, and what no table knows."""

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget

from gxdesk.drafting import Proposal, Question, proposals, sentences, worded
from gxdesk.report import Report
from gxdesk.session import Session
from ui.parts import Button, Item, Sheet, column, holder, label, row, show_if
from ui.tokens import H_CONTROL, S1, S2, S3

WIDTH, MOST, AMOUNT_WIDTH = 460, 380, 120  # px
SAID = "句子已经在正文里，跟着表里的数变；您改过一个字，它就不再变。"
NOT_YET = "表里的数填好以后，这里有按数写好的句子。"


def anything_to_offer(session: Session, key: str) -> bool:
    """Whether the form has sentences or questions for the text `key`, whatever its figures are."""
    found = sentences(session.form)
    return any(s.text == key for s in found.sentences) or any(q.text == key for q in found.questions) or bool(found.prompts.get(key))


class Drafts(QWidget):
    """What can be put into the text `key`."""

    chosen = Signal(object)  # a tuple of Proposals
    answered = Signal(object)  # the Proposal that words her answer

    def __init__(self, session: Session, key: str) -> None:
        super().__init__()
        text = session.report.texts.get(key, "")
        mine = [p for p in proposals(session.report, session.form, session.figures) if p.text == key and p.words]
        fresh = tuple(p for p in mine if p.words not in text)
        known = sentences(session.form)
        questions, asked = [q for q in known.questions if q.text == key], known.prompts.get(key, ())
        items: list[Item] = []
        if mine or (not questions and any(s.text == key for s in known.sentences)):
            everything = show_if(self._button("全部放进去", fresh), len(fresh) > 1)
            items.append(row(label("按表里的数写好的", "heading"), None, everything))
            items += [self._line(p.aspect, p.words, fresh=p in fresh, button=self._button("放进去", (p,))) for p in mine]
            if not fresh:
                items.append(label(SAID if mine else NOT_YET, "label", "text2", wrap=True))
        if questions or asked:
            items += [S2] if items else []
            items += [label("只有您知道的", "heading"), *(self._question(q, session.report) for q in questions), *(label(f"· {question}", "label", wrap=True) for question in asked)]
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

    def _question(self, question: Question, report: Report) -> QWidget:
        """A question with a button for each answer, and a field where the answer is an amount."""
        lines: list[Item] = [label(question.asks, "label", wrap=True)]
        for answer in question.answers:
            button = Button(f"{answer.choice}，写进去" if not answer.unit else "写进去", "quiet", small=True)
            parts: list[Item] = [button]
            field = QLineEdit()
            if answer.unit:
                field.setFixedSize(AMOUNT_WIDTH, H_CONTROL)
                field.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,9}(\.\d{1,2})?"), field))
                field.setAccessibleName(f"{answer.choice}多少{answer.unit}")
                field.textChanged.connect(lambda _="", b=button, f=field: b.setEnabled(f.hasAcceptableInput()))
                button.setEnabled(False)
                parts = [label(answer.choice, "label"), field, label(answer.unit, "label"), button]
            button.clicked.connect(lambda _=False, a=answer, f=field: self.answered.emit(Proposal(question.text, "", worded(a, report, f.text()))))
            lines.append(row(*parts, None, gap=S1))
        return holder(column(*lines, gap=S1))

    def _button(self, words: str, of: tuple[object, ...]) -> Button:
        out = Button(words, "quiet", small=True)
        out.clicked.connect(lambda: self.chosen.emit(of))
        return out
