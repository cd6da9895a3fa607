"""The arithmetic of a form: its sums and relations written out as equations among cells, tested, and the wrong cell singled out.

Nothing here knows a row or a column; everything is derived from `FormDef`. An equation over blanks is undecided and says nothing, with
two exceptions: blanks can only add to a sum of counts, so a side that is already too large stays wrong however they are filled; and a
total that somebody wrote beside some of its parts claims that these come to it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from gxdesk.cells import CellKind, CellRef, Number, show
from gxdesk.checks.catalogue import FROM_FORM, catalogue
from gxdesk.checks.finding import Finding, Fix, Severity
from gxdesk.errors import FormError
from gxdesk.figures import Figures
from gxdesk.forms.definition import Op, RelationDef, TableDef, Term
from gxdesk.forms.trees import LineDef

MOST_TERMS = 6  # spelled out in a message; a longer sum names only what is not zero


class Addend(NamedTuple):
    ref: CellRef
    sign: int
    last_year: bool
    name: str


@dataclass(frozen=True)
class Equation:
    """One relation in one line: `left op right`. `target` is the total the sum belongs to, None for a relation among cells."""

    relation: RelationDef
    table: TableDef
    line: LineDef
    left: tuple[Addend, ...]
    right: tuple[Addend, ...]
    target: CellRef | None

    @property
    def place(self) -> str:
        return f"{self.table.name} · {self.line.short}{'列' if self.relation.each == 'column' else ''}"

    @cached_property
    def refs(self) -> tuple[CellRef, ...]:
        """The cells of this year's report it speaks of, without repetition."""
        return tuple(dict.fromkeys(a.ref for a in self.left + self.right if not a.last_year))

    @cached_property
    def crosses_years(self) -> bool:
        return any(a.last_year for a in self.left + self.right)


class Side(NamedTuple):
    """`known` is the sum of what is there; `missing` counts blanks; `bounded` says that the blanks can only make it larger."""

    known: Number
    missing: int
    bounded: bool


@dataclass(frozen=True)
class Outcome:
    """`holds` is None while blanks leave it open."""

    equation: Equation
    left: Side
    right: Side
    holds: bool | None

    @property
    def exact(self) -> bool:
        return not self.left.missing and not self.right.missing


@dataclass(frozen=True)
class Balance:
    """A relation the form prints, in one line, as the strip under the table shows it."""

    code: str
    line: str  # key of the column or row
    refs: tuple[CellRef, ...]
    left: Number
    right: Number
    missing: int
    text: str

    @property
    def state(self) -> str:
        """"todo" while cells are missing, else "tied" or "off"."""
        return "todo" if self.missing else "tied" if self.left == self.right else "off"


def equations(table: TableDef) -> tuple[Equation, ...]:
    """Every sum and relation of a table, written out line by line."""
    return tuple(_written_out(table))


def _written_out(table: TableDef) -> Iterator[Equation]:
    rows, columns = {r.key: r for r in table.row_lines}, {c.key: c for c in table.column_lines}

    def addend(relation: RelationDef, key: str, term: Term) -> Addend:
        ref = CellRef.of(table.key, *((key, term.line) if relation.each == "row" else (term.line, key)))
        name = (columns if relation.each == "row" else rows)[term.line].short
        return Addend(ref, term.sign, term.last_year, f"去年{name}" if term.last_year else name)

    for relation, is_sum in [(r, True) for r in table.sums()] + [(r, False) for r in table.relations]:
        for key in relation.over:
            left = tuple(addend(relation, key, t) for t in relation.left)
            right = tuple(addend(relation, key, t) for t in relation.right)
            line = (rows if relation.each == "row" else columns)[key]
            yield Equation(relation, table, line, left, right, right[0].ref if is_sum else None)


class Arithmetic:
    """The equations of one table, ready to be tested on figures."""

    def __init__(self, table: TableDef) -> None:
        """Raises FormError if the form names a check this version does not have."""
        self.table = table
        self.equations = equations(table)
        if unknown := sorted({e.relation.code for e in self.equations} - set(catalogue())):
            raise FormError(f"格式文件里{table.name}用了本程序没有的检查 {'、'.join(unknown)}。请安装新版程序。")

    def balances(self, figures: Figures) -> tuple[Balance, ...]:
        """The relations the form prints among its rows, a column each, in the order of the columns."""
        out = []
        for e in self.equations:
            if e.relation.op is Op.EQUAL and e.target is None and not e.crosses_years and e.relation.each == "column":
                left, right = _side(e.left, figures, None), _side(e.right, figures, None)
                out.append(Balance(e.relation.code, e.line.key, e.refs, left.known, right.known, left.missing + right.missing, e.relation.text))
        return tuple(out)

    def outcomes(self, figures: Figures, last: Figures | None, *, years: bool) -> list[Outcome]:
        """What every equation comes to: those within the year, or those across two years. Left out: what holds by construction or follows from others."""
        tested: dict[tuple[int, str], Outcome] = {}
        out = []
        for e in self.equations:
            if e.crosses_years != years or (e.target is not None and not figures.is_typed(e.target)):
                continue
            if years and (last is None or any(a.last_year and a.ref not in last.form.cells for a in e.left + e.right)):
                continue
            if years and last is not None and last.form.id != figures.form.id and not e.relation.across_forms:
                continue
            outcome = _test(e, figures, last)
            tested[id(e.relation), e.line.key] = outcome
            if not self._follows(e, figures, last, tested):
                out.append(outcome)
        return out

    @staticmethod
    def _follows(e: Equation, figures: Figures, last: Figures | None, tested: Mapping[tuple[int, str], Outcome]) -> bool:
        """In a computed line whose cells are all computed, the relation is the sum of those of its parts: once they are decided it says nothing new."""
        if not e.line.sum or any(figures.is_typed(ref) for ref in e.refs):
            return False
        then = [a.ref for a in e.left + e.right if a.last_year]
        if last is not None and any(last.value(ref) != last.total(ref).value for ref in then):
            return False  # last year's report says another total than its parts come to
        parts = [tested.get((id(e.relation), key)) for key in e.line.sum]
        return all(part is not None and part.holds is not None for part in parts)

    def findings(self, figures: Figures, last: Figures | None, section: str, *, years: bool) -> Iterator[Finding]:
        """A finding for each equation that fails."""
        outcomes = self.outcomes(figures, last, years=years)
        failed = [o for o in outcomes if o.holds is False]
        if not failed:
            return
        mends = {} if years else self._mends(outcomes, figures)
        for outcome in failed:
            yield self._finding(outcome, figures, last, section, mends.get(id(outcome)), sum(1 for m in mends.values() if m == mends.get(id(outcome))))

    def _finding(self, o: Outcome, figures: Figures, last: Figures | None, section: str, fix: Fix | None, together: int) -> Finding:
        e = o.equation
        code = catalogue()[e.relation.code]
        left, right = o.left.known, o.right.known
        message = code.message.format(
            left=show(left),
            right=show(right),
            difference=show(max(left, right) - min(left, right)),
            relation=e.relation.text,
            todo=e.relation.todo,
            target=e.right[0].name if e.target else "",
            left_name=e.left[0].name,
            right_name=e.right[0].name if e.right else "",
        )
        if fix and together > 1:
            message += f"有 {together} 处不平都经过“{figures.form.cells[fix.ref].place}”，先查这一格。"
        if fix is None and len(e.refs) == 1:
            fix = self._expected(o, e.refs[0], figures)
        return Finding(
            code.code,
            Severity(e.relation.severity) if e.relation.severity else code.severity,
            section,
            message,
            e.relation.basis if code.basis == FROM_FORM else code.basis,
            e.place,
            refs=tuple(dict.fromkeys((e.target or e.table.head(e.relation, e.line.key), *e.refs))),  # the one to jump to first
            left=left,
            right=right,
            left_text=_spelled(e.left, figures, last),
            right_text=_spelled(e.right, figures, last) or "0",
            suspect=fix.ref if fix and together > 1 else None,
            fix=fix,
            possible=self._possible(o, figures, last) if fix is None and e.relation.op is Op.EQUAL else "",
            incomplete=not o.exact,
        )

    @staticmethod
    def _expected(o: Outcome, ref: CellRef, figures: Figures) -> Fix | None:
        """One cell stands against last year's figures alone: it can be set to what they give."""
        if o.equation.relation.op is not Op.EQUAL or not o.exact:
            return None
        ours_left = o.equation.left[0].ref == ref and not o.equation.left[0].last_year
        value = o.right.known if ours_left else o.left.known
        return Fix(ref, show(value)) if value >= 0 and not (figures.form.cells[ref].parts and not figures.is_typed(ref)) else None

    def _mends(self, outcomes: list[Outcome], figures: Figures) -> dict[int, Fix]:
        """For each failed equation (by id of its outcome) the only single change that mends it and everything that fails with it.

        Totals that are not typed dissolve into their parts, so what remains is a linear system over typed cells. Failed equations that
        share a cell belong together; a cell mends them if one shift puts all of them right and disturbs none that holds.
        """
        exact = [o for o in outcomes if o.exact and o.equation.relation.op is Op.EQUAL]
        weights = {id(o): self._weights(o.equation, figures) for o in exact}
        touched: dict[CellRef, list[Outcome]] = defaultdict(list)
        for o in exact:
            for ref in weights[id(o)]:
                touched[ref].append(o)
        out: dict[int, Fix] = {}
        for group in _joined([o for o in exact if not o.holds], weights):
            members = {id(o) for o in group}
            fixes = []
            for ref in weights[id(group[0])]:
                if any(id(o) not in members for o in touched[ref]) or len(touched[ref]) != len(group):
                    continue
                shifts = {(o.right.known - o.left.known) * weights[id(o)][ref] for o in group}
                value = figures.entry(ref).value
                if len(shifts) == 1 and value is not None and abs(weights[id(group[0])][ref]) == 1:
                    mended = value + shifts.pop()
                    if mended >= 0 or figures.form.cells[ref].kind is CellKind.CHANGE:
                        fixes.append(Fix(ref, show(mended)))
            if len(fixes) == 1:
                out.update((id(o), fixes[0]) for o in group)
        return out

    def _weights(self, e: Equation, figures: Figures) -> dict[CellRef, int]:
        """How often each typed cell counts in `left - right`."""
        weights: dict[CellRef, int] = defaultdict(int)

        def add(ref: CellRef, sign: int) -> None:
            parts = figures.form.cells[ref].parts
            if parts and not figures.is_typed(ref):
                for part in parts:
                    add(part, sign)
            else:
                weights[ref] += sign

        for addends, sign in ((e.left, 1), (e.right, -1)):
            for a in addends:
                add(a.ref, sign * a.sign)
        return {ref: w for ref, w in weights.items() if w}

    def _possible(self, o: Outcome, figures: Figures, last: Figures | None) -> str:
        """Where the missing piece may be: the one cell of the short side that is 0 this year and was not last year."""
        if last is None or o.equation.crosses_years:
            return ""
        short = 1 if o.left.known < o.right.known else -1
        found = [
            (ref, then)
            for ref, weight in self._weights(o.equation, figures).items()
            if weight == short and figures.value(ref) == 0 and ref in last.form.cells and (then := last.value(ref))
        ]
        if len(found) != 1:
            return ""
        ref, then = found[0]
        return f"可能漏在：{figures.form.cells[ref].row.short}，去年 {show(then)}，今年 0。"


def _joined(failed: list[Outcome], weights: Mapping[int, Mapping[CellRef, int]]) -> list[list[Outcome]]:
    """Failed equations in groups that share cells."""
    groups: list[tuple[set[CellRef], list[Outcome]]] = []
    for o in failed:
        cells, members = set(weights[id(o)]), [o]
        apart = []
        for other_cells, other_members in groups:
            if cells & other_cells:
                cells |= other_cells
                members = other_members + members
            else:
                apart.append((other_cells, other_members))
        groups = [*apart, (cells, members)]
    return [members for _, members in groups]


def _test(e: Equation, figures: Figures, last: Figures | None) -> Outcome:
    left, right = _side(e.left, figures, last), _side(e.right, figures, last)
    holds: bool | None = None
    if not left.missing and not right.missing:
        match e.relation.op:
            case Op.EQUAL:
                holds = left.known == right.known
            case Op.AT_LEAST:
                holds = left.known >= right.known
            case Op.NONZERO_IF:
                holds = not right.known or bool(left.known)
    elif e.target is not None and left.known != right.known and any(figures.value(a.ref) is not None for a in e.left):
        holds = False  # a total was written, some of its parts too, and they do not come to it: one of them is wrong or still missing
    elif e.relation.op is Op.EQUAL and ((not left.missing and right.bounded and right.known > left.known) or (not right.missing and left.bounded and left.known > right.known)):
        holds = False
    return Outcome(e, left, right, holds)


def _side(addends: tuple[Addend, ...], figures: Figures, last: Figures | None) -> Side:
    known: Number = 0
    missing = 0
    bounded = True
    for a in addends:
        of = last if a.last_year and last is not None else figures  # outcomes() tests across years only with a last year
        value = of.value(a.ref)
        if value is None:
            cell = of.form.cells[a.ref]
            if cell.parts and not of.is_typed(a.ref):
                total = of.total(a.ref)
                known += a.sign * total.value
                missing += total.missing
            else:
                missing += 1
            bounded = bounded and a.sign > 0 and cell.kind is not CellKind.CHANGE
        else:
            known += a.sign * value
    return Side(known, missing, bounded)


def _spelled(addends: tuple[Addend, ...], figures: Figures, last: Figures | None) -> str:
    """The side with names and values: "一、新收 6 ＋ 二、上年结转 2". Of a long sum only what is not zero."""
    items = []
    for a in addends:
        of = last if a.last_year else figures
        value = of.value(a.ref) if of else None
        if len(addends) <= MOST_TERMS or value != 0:
            items.append((a, "空" if value is None else show(value)))
    shown = items if len(items) <= 2 * MOST_TERMS else items[: 2 * MOST_TERMS]
    text = "".join(f"{('－' if a.sign < 0 else '＋') if i or a.sign < 0 else ''} {a.name} {value} " for i, (a, value) in enumerate(shown)).strip()
    return text + (f" 等 {len(items)} 项" if len(shown) < len(items) else "")
