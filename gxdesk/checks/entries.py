"""Groups A and B: what stands in the cells, whether it is a number, whether it adds up, what is still blank."""

from collections.abc import Iterator

from gxdesk.cells import CellKind, CellRef, State, show
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Fix

_HOLDS = {CellKind.COUNT: "件数是不小于 0 的整数", CellKind.CHANGE: "增减是带正负号的整数", CellKind.MONEY: "金额是不小于 0 的数"}


def arithmetic(facts: Facts, table: str) -> Iterator[Finding]:
    """A3, A4, A2: the sums and relations of the form within the year."""
    yield from facts.arithmetic[table].findings(facts.figures, facts.last, table, years=False)


def not_numbers(facts: Facts, table: str) -> Iterator[Finding]:
    """A-INT, B-TEXTNUM: a cell that is no number of its kind, or a number with a unit or remark beside it."""
    for ref, cell in facts.form.tables[table].cells.items():
        entry = facts.figures.entry(ref)
        if entry.state is State.BAD:
            code = catalogue()["A-INT"]
            text = entry.text.strip()
            message = code.message.format(text=text if len(text) <= 20 else text[:20] + "…", reason=entry.why)
            yield Finding(code.code, code.severity, table, message, f"{code.basis}：{_HOLDS[cell.kind]}", cell.place, (ref,), excerpt=text[:60])
        elif entry.state is State.REMARK and entry.value is not None:
            code = catalogue()["B-TEXTNUM"]
            value, text = show(entry.value), entry.text.strip()
            message = code.message.format(text=text, value=value)
            yield Finding(code.code, code.severity, table, message, code.basis, cell.place, (ref,), fix=Fix(ref, value), excerpt=text)


def blanks(facts: Facts, table: str) -> Iterator[Finding]:
    """B-BLANK, B-BLANK-TOTAL. Totals are asked for only where the report carries typed totals at all: the window never does."""
    definition, figures = facts.form.tables[table], facts.figures
    code = catalogue()["B-BLANK"]
    blank: tuple[CellRef, ...] = ()
    for mark, group in _unfilled(facts, table).items():
        if not mark:
            blank = group
            continue
        message = code.variants["mark" if len(group) == 1 else "marks"].format(mark=mark, count=len(group))
        fix = Fix(group[0], "0") if len(group) == 1 else None
        yield Finding(code.code, code.severity, table, message, code.basis, _where(facts, group), group, fix=fix, excerpt=mark)
    if blank:
        message = code.message.format(count=len(blank))
        fix = Fix(blank[0], "0") if len(blank) == 1 else None
        yield Finding(code.code, code.severity, table, message, code.basis, _where(facts, blank), blank, fix=fix, incomplete=True)
    totals = [ref for ref, cell in definition.cells.items() if cell.parts]
    if any(figures.is_typed(ref) for ref in totals):
        empty = tuple(ref for ref in totals if not figures.is_typed(ref) and any(figures.value(p) is not None for p in facts.form.cells[ref].parts))
        if empty:
            code = catalogue()["B-BLANK-TOTAL"]
            message = code.message.format(count=len(empty))
            value = figures.value(empty[0])
            fix = Fix(empty[0], show(value)) if len(empty) == 1 and value is not None else None
            yield Finding(code.code, code.severity, table, message, code.basis, _where(facts, empty), empty, fix=fix)


def _unfilled(facts: Facts, table: str) -> dict[str, tuple[CellRef, ...]]:
    """The inputs without a number, by what stands there instead: "" for nothing, else a mark people write for nothing ("/", 无)."""
    out: dict[str, tuple[CellRef, ...]] = {}
    for ref in facts.form.tables[table].inputs:
        entry = facts.figures.entry(ref)
        if entry.state is State.BLANK:
            mark = entry.text.strip()
            out[mark] = (*out.get(mark, ()), ref)
    return out


def _where(facts: Facts, refs: tuple[CellRef, ...]) -> str:
    """The table, with the row or column if all the cells lie in one."""
    cells = [facts.form.cells[r] for r in refs]
    name = facts.form.tables[refs[0].table].name
    if len(cells) == 1:
        return cells[0].place
    if len({c.row.key for c in cells}) == 1:
        return f"{name} · {cells[0].row.short}"
    if len({c.column.key for c in cells}) == 1:
        return f"{name} · {cells[0].column.short}列"
    return name
