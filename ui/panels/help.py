"""怎么数: what the row and the column of the current cell count, beside the table or behind its button."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gxdesk.cells import CellRef, show
from gxdesk.forms.help import Help, Source, table_help
from gxdesk.session import Change, Session
from ui.panels.sources import basis_line
from ui.parts import Button, Item, Margins, Rule, Sheet, column, holder, label, row, show_if
from ui.tokens import S1, S2, S3, S4, W_FINDINGS, Tone, font

SETTLE_MS = 120  # arrows held down run over many cells
SOURCES: dict[Source, tuple[str, Tone]] = {Source.NATIONAL: ("国家规定", "accent"), Source.LOCAL: ("各地做法", "warn"), Source.ADVICE: ("建议", "ok")}
UNDER_WIDTH = 720  # px: longer lines are hard to read
RING = 2  # px of a pane for the ring of the keyboard
WHO = "国家规定"  # the longest of them


def help_card(session: Session, ref: CellRef, *, margins: Margins = (S4, S3, S4, S3)) -> QWidget | None:
    """The row of a cell, then its column: what it is, how it is counted and who says so. None for a form without help."""
    form, last = session.form, session.last_figures
    found, cell = table_help(form, ref.table), form.cells[ref]
    if found is None:
        return None
    of_row, of_column = found.rows[cell.row.key], found.columns[cell.column.key]
    last_year = last.printed(ref) if last is not None and ref in last.form.cells else ""
    out = _parts(of_row)
    if last_year:
        out.append(_said("去年", "text3", f"这一格是 {last_year}。"))
    if not cell.parts and last is not None:
        out.append(Expectation(session, ref))
    out += [basis_line(of_row.basis), S1, Rule(), S1, *_parts(of_column)]
    if of_column.basis != of_row.basis:
        out.append(basis_line(of_column.basis))
    out.append(None)
    card = holder(column(*out, gap=6, margins=margins), Sheet())
    card.setAccessibleName(f"怎么数：{cell.place}")
    return card


class Expectation(QWidget):
    """What follows for a cell from last year's report, and the one press that puts it there. It follows the figures it is reckoned from."""

    def __init__(self, session: Session, ref: CellRef) -> None:
        super().__init__()
        self._session, self._ref = session, ref
        self._words = label("", "label", "text2", wrap=True)
        self.fill = Button("", "plain", small=True)
        self.fill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fill.clicked.connect(self._fill)
        who = label("推算", "caption-strong", "accent")
        who.setFixedWidth(_who_width())
        out = row(who, column(self._words, row(self.fill, None), gap=S1), gap=S2)
        out.setStretch(1, 1)
        out.setAlignment(who, Qt.AlignmentFlag.AlignTop)
        self.setLayout(out)
        self.destroyed.connect(session.subscribe(self._follow))
        self._show()

    def _follow(self, change: Change) -> None:
        if change.cells:
            self._show()

    def _show(self) -> None:
        found = self._session.expected(self._ref)
        if self.parentWidget() is None:
            show_if(self, found is not None)
        else:
            self.setVisible(found is not None)
        if found is None:
            return
        value = show(found.value)
        same = self._session.figures.value(self._ref) == found.value
        reckoned = f"（{found.relation.text}）" if found.relation.text else ""
        self._words.setText(f"和按去年推算的一样，是 {value}。" if same else f"按去年推算应为 {value}{reckoned}。")
        self.fill.setText(f"填 {value}")
        self.fill.updateGeometry()
        self.fill.setVisible(not same)
        self._value = value

    def _fill(self) -> None:
        self._session.set_cells({self._ref: self._value}, f"填 {self._value}")


def _parts(of: Help) -> list[Item]:
    return [
        label(of.name, "label-strong", wrap=True),
        label(of.line, "label", "text2", wrap=True),
        _said("定义", "text3", of.means),
        *(_said(*SOURCES[s.source], s.text) for s in of.statements),
        _said("例", "text3", of.example),
        _said("常错", "error", of.mistake),
    ]


def _who_width() -> int:
    return round(QFontMetricsF(font("caption-strong")).horizontalAdvance(WHO)) + 4


def _said(who: str, tone: Tone, text: str) -> QWidget:
    """Who says it, in a narrow column of its own, and what."""
    source = label(who, "caption-strong", tone)
    source.setFixedWidth(_who_width())
    words = label(text, "label", "text2", wrap=True)
    out = row(source, words, gap=S2)
    out.setStretch(1, 1)
    out.setAlignment(source, Qt.AlignmentFlag.AlignTop)
    return holder(out)


class HelpPanel(QWidget):
    """The help of the current cell of whichever table is shown, beside it or `under` a low one; nothing where there is none."""

    def __init__(self, session: Session, *, under: bool = False) -> None:
        super().__init__()
        self._session, self._under = session, under
        self._ref: CellRef | None = None
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("怎么数")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setProperty("box", "pane")
        self._scroll.viewport().setAutoFillBackground(False)
        left = RING if under else S4  # under a table it stands level with its edge
        head = holder(row(label("怎么数", "heading"), None, margins=(left, S3, S4, S2)))
        if under:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self.setLayout(column(head, Rule(), self._scroll, gap=0))
        else:
            self.setFixedWidth(W_FINDINGS)
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            inner = holder(column(Rule(), head, Rule(), self._scroll, gap=0), Sheet())
            self.setLayout(row(Rule(upright=True), inner, gap=0))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._show)
        self._show()

    def show_cell(self, ref: CellRef | None) -> None:
        """Explain this cell once she rests on it; the one that is explained already stays, with the keyboard if that is in it."""
        if ref != self._ref:
            self._ref = ref
            self._settle.start()

    def _show(self) -> None:
        margins = (0 if self._under else S4, S3, S4, S3)
        card = help_card(self._session, self._ref, margins=margins) if self._ref is not None else None
        if card is None:
            card = holder(column(label("停在哪一格，这里就说哪一格怎么数。", "label", "text2", wrap=True), None, margins=margins), Sheet())
        if self._under:
            card.setMaximumWidth(UNDER_WIDTH)
        self._scroll.setWidget(card)
