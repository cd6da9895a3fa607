"""贴表: what a block with labels of its own would change in a table, shown before anything is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gxdesk.cells import CellRef, parse, show
from gxdesk.figures import Figures
from gxdesk.imports.paste import Placement
from gxdesk.session import Session
from ui.parts import Button, Item, Rule, Sheet, column, holder, label, row
from ui.tokens import S1, S2, S3

WIDTH, MOST = 440, 320  # px
MANY = 200  # lines shown; the rest is counted
BLANK = "空"


class PlacingCard(QWidget):
    """How many cells, before → after for those that change, and what is left out. Nothing is done before 贴进去."""

    accepted = Signal(object)  # the texts by CellRef
    left = Signal()

    def __init__(self, session: Session, placement: Placement) -> None:
        super().__init__()
        cells = placement.cells
        changes = {ref: text for ref, text in cells.items() if text != session.report.cells.get(ref, "")}
        same = len(cells) - len(changes)
        items: list[Item] = [self._change(session, ref, text) for ref, text in list(changes.items())[:MANY]]
        items += [label(f"另有 {len(changes) - MANY} 格会改。", "caption", "text2")] if len(changes) > MANY else []
        items += [label(f"其余 {same} 格和现在一样。" if changes else f"{same} 格都和现在一样，没有要改的。", "label", "text2", wrap=True)] if same else []
        items += [label(words, "label", "warn", wrap=True) for words in _contradicted(session, placement)]
        left = [(d.excerpt, d.why) for d in placement.doubts] + [(text, "表里没有这一行") for text in placement.left_out]
        if left:
            items += [S1, Rule(), label(f"不贴的 {len(left)} 处", "label-strong")]
            items += [column(label(why, "label", wrap=True), label(f"原文：{text}", "caption", "text2", wrap=True), gap=1) for text, why in left[:MANY]]
        inner = holder(column(*items, None, gap=S1, margins=(0, 0, S2, 0)), Sheet())
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setFixedSize(WIDTH, min(MOST, inner.heightForWidth(WIDTH - S3)))
        self.go = Button("贴进去", "primary", small=True)
        self.go.clicked.connect(lambda: self.accepted.emit(cells))
        self.go.setEnabled(bool(changes))
        self.leave = Button("不贴", "quiet", small=True)
        self.leave.clicked.connect(self.left)
        heading = label(f"按行、列标题对上 {len(cells)} 格，会改 {len(changes)} 格", "heading")
        self.setLayout(column(heading, S1, scroll, S1, row(self.go, self.leave, None, gap=S1), gap=S1))

    def take_focus(self) -> None:
        (self.go if self.go.isEnabled() else self.leave).setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _change(session: Session, ref: CellRef, text: str) -> QWidget:
        before = session.report.cells.get(ref, "").strip() or BLANK
        out = row(label(session.form.cells[ref].place.split(" · ", 1)[-1], "label", wrap=True), label(before, "label", "text2"), label("→", "label", "text3"), label(text or BLANK, "label-strong"), gap=S2)
        out.setStretch(0, 1)
        return holder(out)


def _contradicted(session: Session, placement: Placement) -> list[str]:
    """Totals of the block that its own figures do not add up to: what she copied holds a mistake, or a figure was not taken."""
    figures = Figures(session.form, dict(session.report.cells))
    for ref, text in placement.cells.items():
        figures.set(ref, text)
    out = []
    for ref, text in placement.totals.items():
        total, said = figures.total(ref), parse(text).value
        if said is not None and not total.missing and said != total.value:
            out.append(f"{session.form.cells[ref].place.split(' · ', 1)[-1]}：贴来的写着 {text}，各格相加是 {show(total.value)}。总计不贴，自动得出。")
    return out
