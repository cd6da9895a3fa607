"""The findings of one section, as cards beside the page, and the way from one to the next through the whole report.

Calm by rule: a change rebuilds only the cards that read differently, nothing here takes the focus, and the order stands still while she
writes a reason. What is only not filled in yet is one quiet line until 核对与导出 was opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from gxdesk.cells import show
from gxdesk.checks.finding import Finding, Fix, Severity
from gxdesk.report import BESIDE, Slot
from gxdesk.session import Change, Session
from ui.bridge import Bridge
from ui.paint import STATUS, WORDS, line
from ui.panels.sources import basis_line
from ui.parts import (
    Button,
    Equation,
    Item,
    Kind,
    Margins,
    Mark,
    Rule,
    Sheet,
    column,
    holder,
    label,
    plain,
    row,
    set_tone,
)
from ui.text_binding import BoundField
from ui.tokens import H_CONTROL, S1, S2, S3, S4, W_FINDINGS, theme

SETTLE_MS = 60  # a burst of keys changes the cards once, and no key waits for them
REASON_HINT = "原因只留存，不印在报告里"
NOT_WRONG = "没有错"
MOST_CARDS = 60  # what nobody scrolls through is counted, and moves up as the first ones are mended
LONG = 10  # characters that a button can quote


@dataclass(frozen=True)
class Counts:
    """Open findings of a section, and how much of it is only not filled in yet."""

    errors: int = 0
    explains: int = 0
    hints: int = 0
    blanks: int = 0

    @property
    def total(self) -> int:
        return self.errors + self.explains + self.hints


def reason_slot(finding: Finding) -> Slot:
    """Where the written reason of a finding is kept."""
    return Slot("explanations", finding.key)


def blank_cells(session: Session, findings: Iterable[Finding]) -> int:
    """How many different cells these findings speak of that hold nothing yet."""
    cells = {ref for f in findings for ref in f.refs if not session.form.cells[ref].parts}
    return sum(1 for ref in cells if not session.figures.is_typed(ref))


def apply_fix(session: Session, fix: Fix) -> None:
    """Make the one change that mends a finding, as one step of undo."""
    session.set_cells({fix.ref: fix.value}, _becomes(session, fix))


def apply_rewrite(session: Session, finding: Finding) -> None:
    """Put the words of a finding right in its text, as one step of undo. A card that is about to go says nothing of the text any more."""
    if (rewrite := finding.rewrite) is not None and finding in session.findings:
        slot = Slot("texts", rewrite.text)
        text = session.text(slot)
        session.put({slot: text[: rewrite.start] + rewrite.value + text[rewrite.end :]}, "改文字")


def _becomes(session: Session, fix: Fix) -> str:
    """A blank is filled, a figure is changed."""
    return f"{'改成' if session.figures.is_typed(fix.ref) else '填'} {fix.value}"


def fix_words(session: Session, finding: Finding) -> str:
    """What its one cell becomes; empty where it offers none."""
    if (fix := finding.fix) is None:
        return ""
    place = session.form.cells[fix.ref].place
    clear = len(finding.refs) == 1 or finding.suspect == fix.ref or place in finding.message
    return f"{'' if finding.rewrite is None else '表里'}{'' if clear else _short(place) + ' '}{_becomes(session, fix)}"


def rewrite_words(finding: Finding) -> str:
    """What its words become; empty where it offers none."""
    rewrite = finding.rewrite
    return "" if rewrite is None else f"文字改成“{rewrite.value}”" if rewrite.value else "删去"


def mends(session: Session, finding: Finding) -> list[Button]:
    """The one change to a cell and the one to the text that put it right, each a button: of text and table either may be the one that is wrong."""
    out = []
    if finding.fix is not None:
        fix, before = finding.fix, session.figures.printed(finding.fix.ref)
        out.append(_button(finding, fix_words(session, finding), "plain", lambda: apply_fix(session, fix)))
        out[-1].setToolTip(plain(f"{session.form.cells[fix.ref].place}：{f'{before} ' if before else ''}{_becomes(session, fix)}，可以撤销"))
    if finding.rewrite is not None:
        value, words = finding.rewrite.value, finding.excerpt
        out.append(_button(finding, "照样改好" if len(value) > LONG else rewrite_words(finding), "plain", lambda: apply_rewrite(session, finding)))
        out[-1].setToolTip(plain(f"“{words}”改成“{value}”，可以撤销" if value else f"删去“{words}”，可以撤销"))
    return out


def _button(finding: Finding, words: str, kind: Kind, then: Callable[[], None]) -> Button:
    out = Button(words, kind, small=True)
    out.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where she writes: the card may go with what it mends
    out.setAccessibleDescription(f"{finding.place}：{finding.message}")
    out.clicked.connect(then)
    return out


def keyed(findings: Iterable[Finding]) -> dict[tuple[str, int], Finding]:
    """Findings under names that stay theirs while their figures change: the key, counted where several share one."""
    out: dict[tuple[str, int], Finding] = {}
    seen: Counter[str] = Counter()
    for finding in findings:
        key = finding.key
        out[key, seen[key]] = finding
        seen[key] += 1
    return out


def strongest_first(session: Session, findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """One finding a cell, the strongest that is open, with the number of open ones that wait behind it. Open ones come before answered ones."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(str(finding.refs[0]) if finding.refs else finding.key, []).append(finding)
    chosen = []
    for group in groups.values():
        ranked = sorted(group, key=lambda f: (session.answered(f), f.severity.rank))
        chosen.append((ranked[0], sum(1 for f in ranked[1:] if not session.answered(f))))
    return sorted(chosen, key=lambda pair: (session.answered(pair[0]), pair[0].severity.rank))


class FindingCard(QWidget):
    """One finding: shape and severity, place, what to do, the sum if there is one, the ways to close it."""

    finding_requested = Signal(object)

    def __init__(self, session: Session, bridge: Bridge, finding: Finding, behind: int = 0, *, margins: Margins = (S4, S3, S4, 14), ruled: bool = True, locates: bool = True) -> None:
        """`behind` is how many findings about the same cell wait behind this one; `locates` puts in the way there."""
        super().__init__()
        self.finding, self.behind = finding, behind
        self._session, self._ruled, self._locates = session, ruled, locates
        self.dismissed = session.answered(finding) and finding.severity is Severity.HINT
        self._mark = Mark(finding.severity.value, 16)
        self._word = label(WORDS[finding.severity.value], "caption-strong", STATUS[finding.severity.value])
        place = label(finding.place, "caption", "text2", wrap=True)
        head = row(self._mark, self._word, place, gap=6)
        head.setStretch(2, 1)
        head.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        head.setAlignment(self._word, Qt.AlignmentFlag.AlignTop)
        message = label(finding.message, "label", "text2" if self.dismissed else "text", wrap=True)
        body: list[Item] = [head, 2, message]
        self.field: BoundField | None = None
        if not self.dismissed:
            body += self._details()
        if finding.severity is Severity.EXPLAIN and not (session.read_only and not session.text(reason_slot(finding))):
            self.field = BoundField(session, bridge, reason_slot(finding))
            self.field.setPlaceholderText(REASON_HINT)
            self.field.setFixedHeight(H_CONTROL)
            self.field.setAccessibleName(f"原因，{finding.place}：{finding.message}")
            body += [S1, self.field]
        if finding.basis and not self.dismissed:
            body += [basis_line(finding.basis)]
        if buttons := self._buttons():
            body += [2, *(row(mend, None, gap=S1) for mend in buttons[:-2]), row(*buttons[-2:], None, gap=S1)]  # three would not fit side by side
        self.setLayout(column(*body, gap=4, margins=margins))
        self.setAccessibleName(f"{WORDS[finding.severity.value]}，{finding.place}")
        self.show_answered()

    def show_answered(self) -> None:
        """Shape and word follow the written reason, in place."""
        answered = self._session.answered(self.finding)
        severity = self.finding.severity
        self._mark.set_name(severity.value, "text3" if answered else None)
        self._word.setText("已说明" if answered and severity is Severity.EXPLAIN else "没有错" if answered else WORDS[severity.value])
        set_tone(self._word, "text2" if answered else STATUS[severity.value])

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ruled:
            line(QPainter(self), 0, self.height() - 1, self.width(), self.height() - 1, theme().line)

    @property
    def writing(self) -> bool:
        """Whether the caret stands in its reason field."""
        return self.field is not None and self.field.hasFocus()

    def _details(self) -> list[Item]:
        out: list[Item] = []
        finding, cells = self.finding, self._session.form.cells
        if finding.left_text and finding.right_text:
            sides = [(words, "" if number is None else show(number)) for words, number in ((finding.left_text, finding.left), (finding.right_text, finding.right))]
            rest = show(finding.difference) if finding.difference else ""
            wrong = finding.severity is Severity.ERROR  # only what must be changed is red
            out += [S1, Equation(sides if wrong or not rest else [*sides, ("相差", rest)], f"差 {rest}" if wrong and rest else ""), 2]
        if finding.excerpt and finding.excerpt not in finding.message:
            out += [label(f"“{finding.excerpt}”", "caption", "text2", wrap=True)]
        if finding.suspect is not None and cells[finding.suspect].place not in finding.message:
            out += [label(f"先查：{cells[finding.suspect].place}", "caption", "text2", wrap=True)]
        if finding.possible:
            out += [label(finding.possible, "caption", "text2", wrap=True)]
        if self._session.read_only and (ways := [words for words in (fix_words(self._session, finding), rewrite_words(finding)) if words]):
            out += [label(f"改法：{'；或'.join(ways)}", "label", "text2", wrap=True)]
        if self.behind:
            out += [label(f"这一格另有 {self.behind} 处，改好这处再看。", "caption", "text3", wrap=True)]
        return out

    def _buttons(self) -> list[Button]:
        finding = self.finding
        if self._session.read_only:
            return [self._button("定位", "plain", lambda: self.finding_requested.emit(finding))] if self._locates else []
        if self.dismissed:
            return [self._button("重新提示", "quiet", lambda: self._answer(""))]
        out = []
        if finding.severity is Severity.HINT:
            out.append(self._button(NOT_WRONG, "plain", lambda: self._answer(NOT_WRONG)))
        out += mends(self._session, finding)
        if self._locates:
            out.append(self._button("定位", "quiet" if out or finding.severity is Severity.EXPLAIN else "plain", lambda: self.finding_requested.emit(finding)))
        return out

    def _button(self, words: str, kind: Kind, then: Callable[[], None]) -> Button:
        return _button(self.finding, words, kind, then)

    def _answer(self, words: str) -> None:
        self._session.seal()
        self._session.set_text(reason_slot(self.finding), words)
        self._session.seal()


def _short(place: str) -> str:
    """The end of a place: row and column without the table, which the card names already."""
    return place.split(" · ", 1)[-1]


class FindingsPanel(QWidget):
    """The findings of the section that is shown. The window moves the focus; the panel only asks for it."""

    finding_requested = Signal(object)  # a Finding to be shown where it lies, in this section or another
    counts_changed = Signal()

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self._section = ""
        self._strict = False
        self._cards: dict[tuple[str, int], FindingCard] = {}
        self._counts = Counts()
        self._at: Finding | None = None  # shown last by F8 or by 定位
        self._place = 0  # where it stood among the open ones, for when it is mended and gone
        self.setFixedWidth(W_FINDINGS)
        self.setAccessibleName("本节要改的地方")
        self._heading = label("", "heading")
        self._next = Button("下一处 F8", "quiet", small=True, name="整份报告里的下一处；Shift+F8 上一处")
        self._next.clicked.connect(self.next)
        self._blank_words = label("", "label", "warn", wrap=True)
        blank = row(Mark("todo", 14, "warn"), self._blank_words, gap=S2, margins=(S4, S3, S4, S3))
        blank.setStretch(1, 1)
        self._blank = holder(column(holder(blank), Rule(), gap=0))
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._rest = label("", "label", "text2", wrap=True)
        self._rest.setContentsMargins(S4, S3, S4, S3)
        inner = holder(column(self._blank, self._list, self._rest, None, gap=0), Sheet())
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        head = holder(row(self._heading, None, self._next, margins=(S4, S3, S2, S2)))
        self.setLayout(row(Rule(upright=True), holder(column(head, Rule(), self._scroll, gap=0), Sheet()), gap=0))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._refresh)
        bridge.changed.connect(self._follow)
        self._refresh()

    # --- for the window ---

    def set_section(self, key: str) -> None:
        """Show the findings of another section."""
        if key != self._section:
            self._section = key
            if self._at is not None and self._at.section != key:
                self._at = None
            self._scroll.verticalScrollBar().setValue(0)
            self._refresh()

    def set_strict(self, strict: bool) -> None:
        """Once 核对与导出 was opened, what is not filled in is a finding like any other."""
        if strict != self._strict:
            self._strict = strict
            self._refresh()

    @property
    def counts(self) -> Counts:
        return self._counts

    @property
    def writing(self) -> bool:
        """Whether she is writing a reason."""
        return any(card.writing for card in self._cards.values())

    def next(self) -> None:
        """Ask for the next open finding of the report, from the one shown last or from this section on."""
        self._step(1)

    def previous(self) -> None:
        self._step(-1)

    # --- how ---

    def _step(self, by: int) -> None:
        candidates = [f for f in self._session.findings if not self._session.answered(f)]
        if not candidates:
            return
        if self._at in candidates:
            at = candidates.index(self._at) + by
        elif self._at is not None:  # mended: the ones behind it have moved up to its place
            at = self._place if by > 0 else self._place - 1
        else:
            order = ["preamble", *(s.key for s in self._session.form.sections)]
            here = order.index(self._section) if self._section in order else 0
            after = [i for i, f in enumerate(candidates) if f.section in order and order.index(f.section) >= here]
            first = after[0] if after else 0
            at = first if by > 0 else first - 1
        self._go(candidates[at % len(candidates)])

    def _go(self, finding: Finding) -> None:
        candidates = [f for f in self._session.findings if not self._session.answered(f)]
        self._at = finding
        self._place = candidates.index(finding) if finding in candidates else 0
        self.finding_requested.emit(finding)
        card = next((c for c in self._cards.values() if c.finding == finding), None)
        if card is not None:
            self._scroll.ensureWidgetVisible(card, 0, S4)

    def _follow(self, change: Change) -> None:
        if (change.added or change.removed or any(slot.part in BESIDE for slot in change.slots)) and not self._settle.isActive():
            self._settle.start()

    def _refresh(self) -> None:
        self._settle.stop()
        session = self._session
        all_here = [f for f in session.findings if f.section == self._section]
        quiet = [] if self._strict else [f for f in all_here if f.incomplete]
        loud = [f for f in all_here if self._strict or not f.incomplete]
        self._say_blank(quiet)
        chosen = strongest_first(session, loud)
        behind = {id(f): more for f, more in chosen}
        wanted = keyed(f for f, _ in chosen[:MOST_CARDS])
        if self.writing:  # the order stands still while she writes
            wanted = {k: wanted[k] for k in [*(k for k in self._cards if k in wanted), *(k for k in wanted if k not in self._cards)]}
        self._put(wanted, behind)
        rest = len(chosen) - len(wanted)
        self._rest.setText(f"后面还有 {rest} 处，改好前面的再看。")
        self._rest.setVisible(rest > 0)
        self._count(loud, quiet)

    def _put(self, wanted: dict[tuple[str, int], Finding], behind: dict[int, int]) -> None:
        """Bring the cards in line with what is wanted, touching only those that differ."""
        for key in [k for k in self._cards if k not in wanted]:
            self._drop(self._cards.pop(key))
        cards: dict[tuple[str, int], FindingCard] = {}
        for place, (key, finding) in enumerate(wanted.items()):
            card = self._cards.get(key)
            if card is not None and not card.writing and not _same(card, finding, behind[id(finding)], self._session):
                self._drop(card)
                card = None
            if card is None:
                card = FindingCard(self._session, self._bridge, finding, behind[id(finding)])
                card.finding_requested.connect(self._go)
            else:
                card.show_answered()
            if self._list.indexOf(card) != place:
                self._list.removeWidget(card)
                self._list.insertWidget(place, card)
            cards[key] = card
        self._cards = cards

    def _drop(self, card: FindingCard) -> None:
        if (focused := QApplication.focusWidget()) is not None and card.isAncestorOf(focused):
            self._next.setFocus(Qt.FocusReason.OtherFocusReason)  # else Qt hands it to whatever widget comes next
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _say_blank(self, quiet: list[Finding]) -> None:
        cells = blank_cells(self._session, quiet)
        words = f"还有 {cells} 格未填" if cells else "\n".join(f.message for f in quiet if not f.refs)
        self._blank_words.setText(words)
        self._blank.setVisible(bool(words))

    def _count(self, loud: list[Finding], quiet: list[Finding]) -> None:
        open_ones = [f for f in loud if not self._session.answered(f)]
        errors, explains, hints = (sum(1 for f in open_ones if f.severity is s) for s in Severity)
        counts = Counts(errors, explains, hints, blank_cells(self._session, quiet))
        self._heading.setText(f"本节还有 {counts.total} 处" if counts.total else "本节还没填完" if self._blank_words.text() else "本节没有要改的")
        if counts != self._counts:
            self._counts = counts
            self.counts_changed.emit()


def _same(card: FindingCard, finding: Finding, behind: int, session: Session) -> bool:
    dismissed = session.answered(finding) and finding.severity is Severity.HINT
    return card.finding == finding and card.behind == behind and card.dismissed == dismissed
