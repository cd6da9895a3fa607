"""Group Y: this year's figures against last year's report, where one is given."""

from collections.abc import Iterator
from dataclasses import replace

from gxdesk.cells import CellKind, Number, show
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.figures import Figures
from gxdesk.forms.definition import PREAMBLE_PAGE, Op
from gxdesk.report import Report

JUMP_TIMES = 3
JUMP_LEAST = 20


def compared(facts: Facts) -> Figures | None:
    """Last year's figures, if the report given is that of the year before. One of another year says nothing about this one."""
    return facts.last if facts.last_report is not None and follows(facts.report, facts.last_report) else None


def follows(report: Report, last: Report) -> bool:
    """Whether `last` is, for all that is known, the report of the year before `report`."""
    return last.year is None or report.year is None or last.year == report.year - 1


def _same_body(facts: Facts) -> bool:
    then, now = (r.agency.get("name", "").strip() for r in (facts.last_report or facts.report, facts.report))
    return not then or not now or then == now


def relations(facts: Facts, table: str) -> Iterator[Finding]:
    """Y-CARRY, Y-VALID, Y-PUB, Y-ITEMS, Y-PENDING: the relations of the form that reach across two years.

    While Y-SCOPE asks whether it is the same body at all, none of them can be 必须改.
    """
    last = compared(facts)
    if last is not None:
        for finding in facts.arithmetic[table].findings(facts.figures, last, table, years=True):
            doubtful = finding.severity is Severity.ERROR and not _same_body(facts)
            yield replace(finding, severity=Severity.EXPLAIN, fix=None) if doubtful else finding


def jumps(facts: Facts, table: str) -> Iterator[Finding]:
    """Y-JUMP: an input more than three times last year's or less than a third of it, or to or from 0; below 20 nothing is said, nor of what is
    as another figure of last year's report has it be."""
    last = compared(facts)
    if last is None or last.form.id != facts.form.id:
        return
    code = catalogue()["Y-JUMP"]
    kept = (o.equation for o in facts.arithmetic[table].outcomes(facts.figures, last, years=True) if o.holds)
    carried = {e.refs[0] for e in kept if e.relation.op is Op.EQUAL and len(e.refs) == 1}
    for ref in facts.form.tables[table].inputs:
        cell = facts.form.cells[ref]
        if cell.kind is CellKind.CHANGE or ref in carried:
            continue
        then, now = last.value(ref), facts.figures.value(ref)
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
    last = compared(facts)
    if last is None or last.form.id != facts.form.id or not definition.zeros_suspect:
        return
    if any(last.value(ref) for ref in definition.inputs) and all(facts.figures.value(ref) == 0 for ref in definition.inputs):
        code = catalogue()["B-ZEROALL"]
        yield Finding(code.code, code.severity, table, code.message, code.basis, definition.name, definition.inputs[:1])


def identity(facts: Facts, _: str) -> Iterator[Finding]:
    """Y-SCOPE, Y-BREAK: last year's report is another body's or another year's, or stands in another format."""
    last, now = facts.last_report, facts.report
    if last is None or facts.last is None:
        return
    if compared(facts) is None or not _same_body(facts):
        code = catalogue()["Y-SCOPE"]
        names = [f"“{r.agency.get('name', '').strip()}”{r.year or ''}{'年度' if r.year else ''}" for r in (last, now)]
        message = code.message.format(left=names[0], right=names[1])
        yield Finding(code.code, code.severity, "preamble", message, code.basis, PREAMBLE_PAGE, subject="name")
    elif facts.last.form.id != facts.form.id:
        code = catalogue()["Y-BREAK"]
        message = code.message.format(left=facts.last.form.name, right=facts.form.name)
        yield Finding(code.code, code.severity, "preamble", message, facts.form.notice.number, PREAMBLE_PAGE, subject="form")
