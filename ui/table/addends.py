"""The card that shows what a total adds up."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from gxdesk.cells import show
from gxdesk.session import Addend
from ui.paint import RIGHT
from ui.parts import Rule, column, label
from ui.popover import Popover
from ui.tokens import S1, S4

FULL = 9  # up to so many lines all are listed; of more, the zeros are counted instead


def addends_card(window: QWidget, title: str, addends: Sequence[Addend], total: str, missing: int) -> Popover:
    """A passing popover: label and value of each addend, the sum under a line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(S4 * 2)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(0, 1)
    zeros = [a for a in addends if a.value == 0] if len(addends) > FULL else []
    listed = [a for a in addends if a not in zeros]
    lines = [(a.label, "未填" if a.value is None else show(a.value), a.value is None) for a in listed]
    if zeros:
        lines.append((f"其余 {len(zeros)} 项" if listed else f"{len(zeros)} 项", "0", False))
    for i, (words, value, blank) in enumerate(lines):
        grid.addWidget(label(words, "label", "text2"), i, 0)
        number = label(value, "label", "warn" if blank else "text")
        number.setAlignment(RIGHT)
        grid.addWidget(number, i, 1)
    at = len(lines)
    grid.addWidget(Rule(), at, 0, 1, 2)
    grid.addWidget(label(f"合计，还缺 {missing} 格" if missing else "合计", "label-strong"), at + 1, 0)
    result = label(total, "label-strong", "text3" if missing else "text")
    result.setAlignment(RIGHT)
    grid.addWidget(result, at + 1, 1)
    card = Popover(window, column(label(title, "caption", "text2"), S1, grid, gap=2), passing=True)
    card.setAccessibleName("，".join([title, *(f"{words} {value}" for words, value, _ in lines), f"合计 {total}"]))
    return card
