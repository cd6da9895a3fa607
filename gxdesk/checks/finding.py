"""What a check has to say about a report, in a form that window, command line and print sheet can all show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gxdesk.cells import CellRef, Number, show


class Severity(StrEnum):
    """ERROR 必须改 blocks a final export; EXPLAIN 请说明 is closed by a change or a written reason; HINT 提示 can be passed over."""

    ERROR = "error"
    EXPLAIN = "explain"
    HINT = "hint"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    @property
    def words(self) -> str:
        """What she reads."""
        return {Severity.ERROR: "必须改", Severity.EXPLAIN: "请说明", Severity.HINT: "提示"}[self]


@dataclass(frozen=True, slots=True)
class Fix:
    """The one change that mends it: this text into this cell."""

    ref: CellRef
    value: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The one change to a text that mends it: `value` in place of its characters `start` to `end`."""

    text: str  # the key of the text
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is that of rules.md. `refs` are the cells it speaks of, the one to jump to first.

    `left` and `right` are the two sides that disagree, `left_text` and `right_text` spell them out with labels and values
    ("一、新收 6 ＋ 二、上年结转 2"). `suspect` is the cell at the crossing of several broken relations. `subject` tells findings of
    one code apart where they have no cell ("overview"). `span` is where in a text the `excerpt` stands: text key, start, end. `fix` and
    `rewrite` are the two ways to mend it, in a cell or in a text. `incomplete` marks what is only not filled in yet: amber, not red, while
    she writes.
    """

    code: str
    severity: Severity
    section: str
    message: str
    basis: str
    place: str
    refs: tuple[CellRef, ...] = ()
    subject: str = ""
    left: Number | None = None
    right: Number | None = None
    left_text: str = ""
    right_text: str = ""
    suspect: CellRef | None = None
    fix: Fix | None = None
    rewrite: Rewrite | None = None
    possible: str = ""  # where the missing piece may be, said with last year's figures
    excerpt: str = ""
    span: tuple[str, int, int] | None = None
    incomplete: bool = False

    @property
    def key(self) -> str:
        """What a written reason is kept under: `Y-VALID:disclosure.normative.in_force`, `N-RESULT:overview:不予公开 35 件`."""
        return f"{self.code}:{self.refs[0] if self.refs and not self.span else self.subject}"

    @property
    def about(self) -> str:
        """The figures it speaks of, as a written reason remembers them; "" where it speaks of none of the report's."""
        return " / ".join(show(n) for n in (self.left, self.right) if n is not None) if self.refs else ""

    @property
    def difference(self) -> Number | None:
        if self.left is None or self.right is None:
            return None
        return max(self.left, self.right) - min(self.left, self.right)

    def to_json(self) -> dict[str, Any]:
        """The finding as in docs/architecture.md, absent keys left out."""
        out: dict[str, Any] = {"code": self.code, "severity": self.severity.value, "section": self.section, "refs": list(self.refs), "message": self.message, "basis": self.basis}
        out["place"] = self.place
        sides = {"left": self.left, "right": self.right}
        out |= {key: n if isinstance(n, int) else float(show(n)) for key, n in sides.items() if n is not None}
        words = {"left_text": self.left_text, "right_text": self.right_text, "suspect": self.suspect}
        out |= {key: text for key, text in (words | {"possible": self.possible, "excerpt": self.excerpt}).items() if text}
        if self.span:
            out["span"] = list(self.span)
        if self.fix:
            out["fix"] = {"ref": self.fix.ref, "value": self.fix.value}
        if self.rewrite:
            out["rewrite"] = {"text": self.rewrite.text, "start": self.rewrite.start, "end": self.rewrite.end, "value": self.rewrite.value}
        return out
