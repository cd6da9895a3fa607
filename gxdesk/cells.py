"""The name of a cell, and the text in it <-> its value.

A cell holds text as the officer typed it. `parse` reads that text and never fails: it answers with an `Entry` that says blank,
number, number with a remark, or no number. Blank is not zero (law 4), and "/", "-", "无" are ways of leaving a cell blank.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Number = int | Decimal
MAX_DIGITS = 12  # the widest figure the printed tables hold; anything longer is a slip of the keyboard


class CellRef(str):
    """`table.row.column`; the row key may hold a dot for its group: `requests.denied.state_secret.person`.

    A plain `str` with parts, so that the spelling in a file, a dictionary key and a DOM id are one and the same object.
    """

    __slots__ = ()

    @classmethod
    def of(cls, table: str, row: str, column: str) -> "CellRef":
        return cls(f"{table}.{row}.{column}")

    @property
    def table(self) -> str:
        return self.partition(".")[0]

    @property
    def row(self) -> str:
        return self.partition(".")[2].rpartition(".")[0]

    @property
    def column(self) -> str:
        return self.rpartition(".")[2]


class CellKind(StrEnum):
    """What a cell may hold: a count (integer, not negative), a change (integer with sign), an amount of money (decimal, not negative)."""

    COUNT = "count"
    CHANGE = "change"
    MONEY = "money"


class State(StrEnum):
    BLANK = "blank"  # nothing, or one of the marks people write for nothing
    NUMBER = "number"
    REMARK = "remark"  # a number with a unit or a remark beside it: readable, but no number cell prints it
    BAD = "bad"  # text that is no number of this kind


@dataclass(frozen=True, slots=True)
class Entry:
    """What was read in one cell. `value` is None for BLANK and BAD; `why` says in the officer's words what is wrong with BAD."""

    text: str
    state: State
    value: Number | None = None
    why: str = ""


BLANK_MARKS = frozenset({"/", "／", "\\", "-", "－", "—", "——", "–", "―", "_", "无", "无。", "没有", "不适用", "N/A", "n/a", "空"})
_EMPTY = Entry("", State.BLANK)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("−"): "-", ord("。"): "."}
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_GROUPED = re.compile(r"\d{1,3}((,\d{3})+|([ \u3000]\d{3})+)(\.\d+)?$", re.ASCII)
_PLAIN = re.compile(r"\d+(\.\d+)?$", re.ASCII)
_WORDED = re.compile(r"(增加?|减少?|\+|-)?\s*(\d[\d,]*(?:\.\d+)?)\s*(元|万元|件|项|条|个|次|份)?\s*(\([^()]*\))?$", re.ASCII)
_IN_YUAN = {"元": Decimal(1), "万元": Decimal(10_000)}


def normalise(text: str) -> str:
    """Full-width digits, signs and brackets to half-width, blanks around and invisible characters removed: ` １２` -> `12`.

    Blanks inside stay: "12 8" is two numbers, not 128.
    """
    return text.translate(_INVISIBLE).translate(_FULL_WIDTH).strip()


def parse(text: str, kind: CellKind = CellKind.COUNT, unit: str = "") -> Entry:
    """Read `text` as a cell of `kind`; `unit` is that of a money cell, 元 where the form names none. Never raises; the text is kept."""
    if not text:
        return _EMPTY
    bare = normalise(text)
    if not bare or bare in BLANK_MARKS or text.strip() in BLANK_MARKS:
        return Entry(text, State.BLANK)
    sign, digits = (bare[0], bare[1:].lstrip()) if bare[0] in "+-" else ("", bare)
    if _PLAIN.match(digits) or _GROUPED.match(digits):
        return _number(text, sign, _ungrouped(digits), kind, State.NUMBER)
    worded = _WORDED.match(bare)
    if worded and (_PLAIN.match(worded[2]) or _GROUPED.match(worded[2])):
        word, written = worded[1] or "", worded[3] or ""
        if written and (written in _IN_YUAN) != (kind is CellKind.MONEY):
            return Entry(text, State.BAD, why=f"“{written}”不是这一格的单位")
        sign = "-" if word in ("减", "减少", "-") else "+" if word else ""
        factor = _IN_YUAN.get(written, Decimal(1)) / _IN_YUAN.get(unit, Decimal(1)) if written and written != (unit or "元") else Decimal(1)
        return _number(text, sign, _ungrouped(worded[2]), kind, State.REMARK, factor)
    return Entry(text, State.BAD, why="不是数字")


def _ungrouped(digits: str) -> str:
    return "".join(c for c in digits if c not in ", \u3000")


def _number(text: str, sign: str, digits: str, kind: CellKind, state: State, factor: Decimal = Decimal(1)) -> Entry:
    whole, _, places = digits.partition(".")
    if len(whole.lstrip("0")) > MAX_DIGITS or len(places) > MAX_DIGITS:
        return Entry(text, State.BAD, why=f"有 {len(whole) + len(places)} 位数字，太长了")
    if kind is not CellKind.MONEY and places.strip("0"):
        return Entry(text, State.BAD, why="应当是整数")
    if kind is not CellKind.CHANGE and sign == "-" and digits.strip("0."):
        return Entry(text, State.BAD, why="不能是负数")
    if kind is CellKind.COUNT and sign == "+":
        state = State.REMARK
    value: Number = Decimal(digits) * factor if kind is CellKind.MONEY else int(whole)
    return Entry(text, state, -value if sign == "-" else value)


def show(value: Number) -> str:
    """The plain spelling of a number, as it is printed: no thousands mark, the decimals as they are."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
