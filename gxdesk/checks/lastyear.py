"""Group Y: this year's figures against last year's report, where one is given."""

from collections.abc import Iterator

from gxdesk.cells import CellKind, Number, show
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding

JUMP_TIMES = 3
JUMP_LEAST = 20


def relations(facts: Facts, table: str) -> Iterator[Finding]:
    """Y-CARRY, Y-VALID, Y-PUB, Y-ITEMS, Y-PENDING: the relations of the form that reach across two years."""
    if facts.last is not None:
        yield from facts.arithmetic[table].findings(facts.figures, facts.last, table, years=True)


def jumps(facts: Facts, table: str) -> Iterator[Finding]:
    """Y-JUMP: an input more than three times last year's or less than a third of it, or to or from 0; below 20 nothing is said."""
    if facts.last is None:
        return
    code = catalogue()["Y-JUMP"]
    for ref in facts.form.tables[table].inputs:
        cell = facts.form.cells[ref]
        if ref not in facts.last.form.cells or cell.kind is CellKind.CHANGE:
            continue
        then, now = facts.last.value(ref), facts.figures.value(ref)
        if then is None or now is None:
            continue
        how = jump(then, now)
        if how:
            message = code.message.format(left=show(then), right=show(now), how=how)
            yield Finding(code.code, code.severity, table, message, code.basis, cell.place, (ref,), left=then, right=now)


def jump(then: Number, now: Number) -> str:
    """How `now` moved away from `then`, in words; "" if it need not be explained."""
    if max(then, now) < JUMP_LEAST or then == now:
        return ""
    if not then:
        return "去年没有"
    if not now:
        return "今年没有了"
    if now > then * JUMP_TIMES:
        return "超过三倍"
    return "不到三分之一" if now * JUMP_TIMES < then else ""


def all_zero(facts: Facts, table: str) -> Iterator[Finding]:
    """B-ZEROALL: a whole table of zeros where last year's was not."""
    definition = facts.form.tables[table]
    if facts.last is None or not definition.zeros_suspect:
        return
    before = [facts.last.value(ref) for ref in definition.inputs if ref in facts.last.form.cells]
    if any(before) and all(facts.figures.value(ref) == 0 for ref in definition.inputs):
        code = catalogue()["B-ZEROALL"]
        yield Finding(code.code, code.severity, table, code.message, code.basis, definition.name, definition.inputs[:1])


def identity(facts: Facts, _: str) -> Iterator[Finding]:
    """Y-SCOPE, Y-BREAK: last year's report is another body's, or stands in another format."""
    if facts.last_report is None or facts.last is None:
        return
    then, now = facts.last_report.agency.get("name", "").strip(), facts.report.agency.get("name", "").strip()
    if then and now and then != now:
        code = catalogue()["Y-SCOPE"]
        yield Finding(code.code, code.severity, "preamble", code.message.format(left=then, right=now), code.basis, "基本信息与引言", subject="name")
    if facts.last.form.id != facts.form.id:
        code = catalogue()["Y-BREAK"]
        message = code.message.format(left=facts.last.form.name, right=facts.form.name)
        yield Finding(code.code, code.severity, "preamble", message, code.basis, "基本信息与引言", subject="form")
