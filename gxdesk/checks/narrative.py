"""Group N, text against tables: every number the texts say of a quantity the form knows, against the cells it must agree with, against what
the texts say of it elsewhere, and against last year's.

A number is held against its cells as far as these are filled in: a sum over blanks is at least what is there, and contradicts only less.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from gxdesk.cells import CellRef, Number, show
from gxdesk.checks import numerals
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Fix, Rewrite, Severity
from gxdesk.checks.lastyear import compared
from gxdesk.checks.phrases import Mention, Scope, clause, pieces
from gxdesk.figures import Figures
from gxdesk.forms.definition import PREAMBLE_PAGE, Cells, SaidDef

COINCIDENCE = 10  # two counts below this are equal by chance often enough
COMPARED = 8  # of the mentions of one quantity so many are held against those that follow
_IN_YUAN = {"元": 1, "万元": 10_000}
_LISTING = re.compile(r"(?:专栏|栏目|版块|板块|频道)?(?:主动|集中|及时|累计|共)*$")
_CHANGE = re.compile(
    r"[，,（(]?\s*(?:同比|[较比](?:上一?年度?|去年|(\d{4})\s*年)(?:度|同期)?)\s*(增长|增加|上升|提高|多|下降|减少|回落|降低|少)了?\s*(?:约)?(\d+(?:\.\d+)?)\s*(%|％|倍|件|条)"
)
_FEWER = ("下降", "减少", "回落", "降低", "少")


@dataclass(frozen=True, slots=True)
class Sum:
    """What cells come to: `value` is all of it where `exact`, else what is there so far."""

    cells: Cells
    value: Number
    exact: bool
    unit: str = ""  # of money

    @classmethod
    def of(cls, cells: Cells, figures: Figures, unit: str = "") -> "Sum":
        value: Number = 0
        exact = True
        for ref in cells:
            known = figures.value(ref)
            if known is None:
                exact = False
                known = figures.total(ref).value if figures.form.cells[ref].parts else 0
            value += known
        printed = figures.form.cells[cells[0]].unit
        if unit in _IN_YUAN and printed in _IN_YUAN:
            return cls(cells, numerals.plain(Decimal(value) * _IN_YUAN[printed] / _IN_YUAN[unit]), exact, unit)
        return cls(cells, value, exact)

    def agrees(self, said: Number) -> bool:
        return said == self.value if self.exact else said >= self.value


def mentions(facts: Facts, key: str) -> tuple[Mention, ...]:
    """What a text says of the form's quantities."""
    report = facts.report
    return facts.reader.mentions(report.texts.get(key, ""), report.year, report.agency.get("name", ""))


def place(facts: Facts, key: str) -> str:
    """Where a text is, in the officer's words."""
    return next((s.short for s in facts.form.sections if s.key == key), PREAMBLE_PAGE)


def against_tables(facts: Facts, key: str) -> Iterator[Finding]:
    """N-APPLY, N-RESULT, N-REVIEW, N-TABLE2, T-CONTRA: a number and its cells disagree. N-SCOPE: they do, or agree, because one counts more."""
    for m in mentions(facts, key):
        if not m.said.equals or m.rounded:
            continue
        sums = [Sum.of(cells, facts.figures, m.unit) for cells in m.said.equals]
        agrees = any(s.agrees(m.value) for s in sums)
        if m.scope is Scope.WIDER:
            if m.value >= COINCIDENCE and any(s.exact and s.value == m.value for s in sums):
                yield _finding(facts, key, m, "N-SCOPE", sums[0], "这个数说的范围比本单位大，表里的数却和它一样")
        elif not agrees:
            other = next((s for s in (Sum.of(cells, facts.figures, m.unit) for cells in m.said.near) if s.value == m.value), None)
            possible = f"{_spelled(facts, other)}，和正文一样" if other else ""
            if m.scope is Scope.OFFICE:
                yield _finding(facts, key, m, "N-SCOPE", sums[0], "正文说的好像只是其中一个单位的数")
            else:
                yield _finding(facts, key, m, m.said.code, sums[0], _all_spelled(facts, sums), possible)


def against_itself(facts: Facts, key: str) -> Iterator[Finding]:
    """N-TWICE, T-CONTRA, N-SCOPE: the same quantity said again with another number, where no table decides which is right. One finding for
    each quantity, at the first place that contradicts; a text that repeats itself a thousand times is told once.
    """
    contradicted: dict[tuple[str, str, SaidDef, str], list[tuple[tuple[str, Mention], tuple[str, Mention]]]] = {}
    for a, b in _pairs(facts, key):
        if wrong := _contradiction(a[1], b[1]):
            contradicted.setdefault((*wrong, b[1].said, _listed(b[1].channel)), []).append((a, b))
    for (code, how, *_), ((a, (where, n)), *more) in contradicted.items():
        first, second = (f"“{_clause(facts, text, m)}”" for text, m in (a, (where, n)))
        others = len({m.start for _, (_, m) in more} - {n.start})
        yield _finding(facts, where, n, code, None, how.format(first=first, second=second) + (f"；后面还有 {others} 处" if others else ""))


def _contradiction(m: Mention, n: Mention) -> tuple[str, str] | None:
    """The code of what is wrong with two mentions of a quantity, and how to say it; None if both can hold."""
    if Scope.WIDER in (m.scope, n.scope):
        alike = m.scope is not n.scope and not (m.channel or n.channel) and m.value == n.value >= COINCIDENCE
        return ("N-SCOPE", "同一个数，{first}和{second}说的范围不同") if alike else None
    if m.value == n.value:
        return None
    if m.number is None or n.number is None:
        return ("T-CONTRA", "前面写{first}，这里写{second}") if max(m.value, n.value) else None
    if _same_channel(m.channel, n.channel):
        return "N-TWICE", "前面写{first}，这里写{second}，不是同一个数"
    if (n.value > m.value and not m.channel) or (m.value > n.value and not n.channel):
        return "N-TWICE", "前面写{first}，这里写{second}，一部分比总数还多"
    return None


def _pairs(facts: Facts, key: str) -> Iterator[tuple[tuple[str, Mention], tuple[str, Mention]]]:
    """Two exact mentions of one quantity that no table holds (yet), the later in the text `key`, the other among the first of the report."""
    earlier: dict[SaidDef, list[tuple[str, Mention]]] = {}
    for text in facts.form.texts[: facts.form.texts.index(key) + 1]:
        for m in mentions(facts, text):
            if m.rounded or m.scope is Scope.OFFICE or any(Sum.of(cells, facts.figures).exact for cells in m.said.equals):
                continue
            before = earlier.setdefault(m.said, [])
            if text == key:
                yield from ((a, (text, m)) for a in before)
            if len(before) < COMPARED:
                before.append((text, m))


def results(facts: Facts, key: str) -> Iterator[Finding]:
    """N-SUM: all the parts of a total are said beside it and do not come to what the total is said to be."""
    text = facts.report.texts.get(key, "")
    begins = [at for at, _ in pieces(text)]
    exact = [m for m in mentions(facts, key) if m.said.equals and m.number and not m.rounded and m.scope is Scope.OURS]
    for _, group in groupby(exact, lambda m: bisect_right(begins, m.start)):
        told = {m.said.equals[0]: m for m in group}
        for (ref, *more), total in told.items():
            rows = {CellRef.of(ref.table, row, ref.column) for row in facts.form.cells[ref].row.sum} if not more else set()
            parts = [(cells, m) for cells, m in told.items() if rows.issuperset(cells)]
            if rows and sorted(rows) == sorted(c for cells, _ in parts for c in cells) and sum(m.value for _, m in parts) != total.value:
                added = " ＋ ".join(show(m.value) for _, m in parts)
                yield _finding(facts, key, total, "N-SUM", None, f"{added} ＝ {show(sum(m.value for _, m in parts))}，不是 {show(total.value)}")


def against_last_year(facts: Facts, key: str) -> Iterator[Finding]:
    """N-YOY: "同比增长 20%" behind a number, reckoned again from last year's report."""
    last = compared(facts)
    if last is None:
        return
    text = facts.report.texts.get(key, "")
    for m in mentions(facts, key):
        change = _CHANGE.match(text, m.end) if m.said.equals and not m.rounded and m.scope is Scope.OURS else None
        if change is None or (change[1] and int(change[1]) != (facts.report.year or 0) - 1):
            continue
        then = [Sum.of(cells, last) for cells in m.said.equals if all(c in last.form.cells for c in cells)]
        fewer = change[2] in _FEWER
        if then and all(s.exact and not _moved(s.value, m.value, fewer, change[3], change[4]) for s in then):
            how = f"去年报告里是 {show(then[0].value)}，今年写 {show(m.value)}，合不上“{change[0].strip('，,（( ')}”"
            yield _finding(facts, key, m, "N-YOY", None, how)


def _moved(then: Number, now: Number, fewer: bool, figure: str, unit: str) -> bool:
    """Whether `now` is as far from `then` as said, to the decimals printed; a last decimal cut off instead of rounded is let pass."""
    difference = Decimal(then - now if fewer else now - then)
    if unit in ("件", "条"):
        return difference == Decimal(figure)
    if not then:
        return False
    share = difference / Decimal(then) * (100 if unit in "%％" else 1)
    return near(share, figure)


def near(value: Decimal, printed: str) -> bool:
    """Whether `printed` is `value` rounded or cut to its decimals."""
    return abs(value - Decimal(printed)) < Decimal(1).scaleb(-len(printed.partition(".")[2]))


@lru_cache(maxsize=1024)
def _listed(channel: str) -> str:
    """A channel without the words that only say that it is one, or how it was filled."""
    return _LISTING.sub("", channel.strip())


def _same_channel(one: str, other: str) -> bool:
    """The same channel, or one named in full and then in short: 管委会网站审计信息栏目, 审计信息专栏."""
    a, b = sorted((_listed(one), _listed(other)), key=len)
    return a == b or (len(a) >= 4 and b.endswith(a))


def _spelled(facts: Facts, of: Sum) -> str:
    """`表三 · 一、新收 · 总计是 3`; several cells with a plus between them, many by the first and the last."""
    cells = [facts.form.cells[ref] for ref in of.cells]
    places = [cells[0].place, *(c.place.partition(" · ")[2] for c in cells[1:])]
    where = " ＋ ".join(places) if len(cells) <= 3 else f"{places[0]} 到 {places[-1]} 共 {len(cells)} 格"
    return f"{where}{'是' if of.exact else '至少是'} {show(of.value)}{f' {of.unit}' if of.unit else ''}"


def _all_spelled(facts: Facts, sums: list[Sum]) -> str:
    different = list({s.value: _spelled(facts, s) for s in reversed(sums)}.values())[::-1]
    return "，".join(different) + ("，都不是这个数" if len(different) > 1 else "")


def _excerpt(facts: Facts, key: str, m: Mention) -> str:
    return " ".join(facts.report.texts[key][m.start : m.end].split())


def _clause(facts: Facts, key: str, m: Mention) -> str:
    text = facts.report.texts[key]
    start, end = clause(text, m.start, m.end)
    return " ".join(text[start:end].split())


def _finding(facts: Facts, key: str, m: Mention, code_name: str, against: Sum | None, how: str, possible: str = "") -> Finding:
    code = catalogue()[code_name]
    excerpt = _excerpt(facts, key, m)
    severity = Severity(m.said.severity) if m.said.severity and code_name == m.said.code else code.severity
    if possible and severity is Severity.ERROR:
        severity = Severity.EXPLAIN
    message = code.message.format(excerpt=excerpt, how=how)
    rewrite = fix = None
    if against is not None and code_name == m.said.code and against.exact:
        if m.number:
            first, last = m.number
            rewrite = Rewrite(key, first, last, numerals.written(against.value, facts.report.texts[key][first:last]))
        fix = _fix(facts, against, m)
    return Finding(
        code_name,
        severity,
        key,
        message,
        code.basis,
        place(facts, key),
        against.cells if against else (),
        subject=f"{key}:{excerpt}",
        left=m.value,
        right=against.value if against else None,
        left_text=f"正文：{excerpt}",
        right_text=_spelled(facts, against) if against else "",
        fix=fix,
        rewrite=rewrite,
        possible=possible,
        excerpt=excerpt,
        span=(key, m.start, m.end),
    )


def _fix(facts: Facts, against: Sum, m: Mention) -> Fix | None:
    """The cell to change so that the table says what the text says: the only one there that is not zero, if there is only one."""
    if m.unit in _IN_YUAN and facts.form.cells[against.cells[0]].unit != m.unit:
        return None
    inputs = list(_inputs(facts, against.cells))
    filled = [ref for ref in inputs if facts.figures.value(ref)]
    only = filled or inputs
    if len(only) != 1 or any(facts.figures.is_typed(ref) for ref in against.cells if ref not in inputs):
        return None
    return Fix(only[0], show(m.value))


def _inputs(facts: Facts, cells: Iterable[CellRef]) -> Iterator[CellRef]:
    for ref in cells:
        parts = facts.form.cells[ref].parts
        yield from _inputs(facts, parts) if parts else (ref,)


