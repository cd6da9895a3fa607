"""One open report: the only place where it changes.

Every change goes through a `set_…`, becomes one `Step` of the history, recomputes the totals above the changed cells, runs again the checks
that read them, and is told to the subscribers as one `Change`. There is no unsaved state here: whoever keeps drafts subscribes too.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from gxdesk import drafting
from gxdesk.cells import CellRef, Number
from gxdesk.checks.engine import Checker, answered
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding
from gxdesk.checks.relations import Balance
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

if TYPE_CHECKING:
    from gxdesk.imports.carry import Expected

BURST_SECONDS = 1.5  # a pause longer than this ends what one undo takes back
Origin = Literal["edit", "undo", "redo"]


@dataclass(frozen=True)
class Change:
    """What one change did: slots that hold another text, cells that read differently, findings that came and went."""

    slots: frozenset[Slot]
    cells: frozenset[CellRef]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    origin: Origin


@dataclass(frozen=True)
class Addend:
    """One part of a total, for "show me the sum": `value` is None where it is missing."""

    ref: CellRef
    label: str
    value: Number | None


class Session:
    """An open report under its form, with last year's beside it if there is one."""

    def __init__(
        self,
        report: Report,
        form: FormDef,
        *,
        history: History | None = None,
        last_year: tuple[Report, FormDef] | None = None,
        clock: Callable[[], float] = time.time,
        read_only: bool = False,
    ) -> None:
        """Where it is `read_only` the report cannot change, whatever is called: what cannot be kept must not be typed."""
        self.read_only = read_only
        last_report, last = (last_year[0], Figures(last_year[1], last_year[0].cells)) if last_year else (None, None)
        self._facts = Facts(form, report, Figures(form, report.cells), last_report, last)
        self._checker = Checker(self._facts)
        self._findings: tuple[Finding, ...] | None = None
        history = history or History()
        self._steps, self._position = list(history.steps), history.position
        self._clock = clock
        self._sealed = True
        self._offered: tuple[drafting.Proposal, ...] | None = None  # the drafts as the texts followed them last
        self._moved = False  # a figure or the agency changed since then
        self._listeners: list[Callable[[Change], None]] = []

    # --- what it holds ---

    @property
    def form(self) -> FormDef:
        return self._facts.form

    @property
    def report(self) -> Report:
        """The report as it stands now."""
        return self._facts.report

    @property
    def figures(self) -> Figures:
        return self._facts.figures

    @property
    def last_report(self) -> Report | None:
        return self._facts.last_report

    @property
    def last_year(self) -> tuple[Report, FormDef] | None:
        """Last year's report with its form."""
        report, figures = self._facts.last_report, self._facts.last
        return (report, figures.form) if report is not None and figures is not None else None

    @property
    def last_figures(self) -> Figures | None:
        return self._facts.last

    @property
    def history(self) -> History:
        return History(tuple(self._steps), self._position)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, by section, weight and place; those already answered by a written reason included."""
        if self._findings is None:
            self._findings = self._checker.findings
        return self._findings

    def findings_of(self, ref: CellRef) -> tuple[Finding, ...]:
        """The findings that speak of a cell, strongest first."""
        return tuple(sorted((f for f in self.findings if ref in f.refs), key=lambda f: f.severity.rank))

    def answered(self, finding: Finding) -> bool:
        """Whether a written reason closes it. 必须改 is never closed by words, and a reason lapses with its figures."""
        return answered(finding, self.report)

    def text(self, slot: Slot) -> str:
        return self.report.get(slot)

    def balances(self, table: str) -> tuple[Balance, ...]:
        """The relation the form prints under a table, a column each; empty for a table without one."""
        return self._facts.arithmetic[table].balances(self.figures)

    def addends(self, ref: CellRef) -> tuple[Addend, ...]:
        """What a computed cell adds up, in the order of the form; empty for an input."""
        cell = self.form.cells[ref]
        by_row = bool(cell.parts) and cell.parts[0].row == cell.row.key
        parts = (self.form.cells[part] for part in cell.parts)
        return tuple(Addend(p.ref, p.column.short if by_row else p.row.short, self.figures.value(p.ref)) for p in parts)

    def expected(self, ref: CellRef) -> "Expected | None":
        """What the form's relations make of an input out of last year's report, as far as the other cells are known."""
        from gxdesk.imports.carry import expected

        if self.last_year is None:
            return None
        return next((e for e in expected(self.report, self.form, *self.last_year) if e.ref == ref), None)

    # --- changing it ---

    def set_cell(self, ref: CellRef, text: str, *, typing: bool = False) -> None:
        """Put `text` into a cell, as typed. While `typing`, changes to the same cell are one step until `seal`."""
        self._edit({Slot("cells", ref): text}, "填数", typing, burst=False)

    def set_cells(self, values: Mapping[CellRef, str], label: str) -> None:
        """Put many texts into cells as one step."""
        self.put({Slot("cells", ref): text for ref, text in values.items()}, label)

    def put(self, values: Mapping[Slot, str], label: str) -> None:
        """Change any texts and cells as one step."""
        self._edit(values, label, False, burst=False)

    def set_text(self, slot: Slot, text: str) -> None:
        """Change a text, an agency field or an explanation. Keystrokes that follow each other closely are one step."""
        self._edit({slot: text}, "修改文字", True, burst=True)

    def restore(self, report: Report, label: str) -> None:
        """Make every text what it is in `report`, as one step."""
        self.seal()
        before = dict(self.report.slots())
        values = dict.fromkeys(before, "") | dict(report.slots())
        changed = {slot: text for slot, text in values.items() if text != before.get(slot, "")}
        if changed:  # as it was, so neither reasons nor drafts follow what is restored
            self._record(Step(tuple(Splice.between(slot, before.get(slot, ""), text) for slot, text in changed.items()), label, self._clock()), False, False)
            self._offered = None
            self._apply(changed, "edit")

    def seal(self) -> None:
        """End the current burst of typing: the next change is a step of its own. Drafts in the texts that speak of what changed follow it."""
        self._sealed = True
        if self._moved and self._offered is not None and self._position == len(self._steps):
            before, self._offered = self._offered, drafting.proposals(self.report, self.form, self.figures)
            values = drafting.follow(before, self._offered, self.report)
            if values:
                last = self._steps.pop()
                self._steps.append(replace(last, splices=(*last.splices, *(Splice.between(s, self.text(s), text) for s, text in values.items()))))
                self._apply(values, "edit")
        self._moved = False

    @property
    def can_undo(self) -> bool:
        return self._position > 0 and not self.read_only

    @property
    def can_redo(self) -> bool:
        return self._position < len(self._steps) and not self.read_only

    @property
    def undo_label(self) -> str:
        return self._steps[self._position - 1].label if self.can_undo else ""

    @property
    def redo_label(self) -> str:
        return self._steps[self._position].label if self.can_redo else ""

    def undo(self) -> Step | None:
        """Take back the last step; returns it, or None if there is none."""
        self.seal()
        if not self.can_undo:
            return None
        self._position -= 1
        step = self._steps[self._position]
        self._replay(step.inverse(), "undo")
        return step

    def redo(self) -> Step | None:
        """Do again the step taken back last; returns it, or None."""
        if not self.can_redo:
            return None
        step = self._steps[self._position]
        self._position += 1
        self._replay(step, "redo")
        return step

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` after every change; returns the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # --- how ---

    def _edit(self, values: Mapping[Slot, str], label: str, joins: bool, *, burst: bool) -> None:
        values = {**values, **self._figures_of_reasons(values)}
        before = {slot: self.text(slot) for slot in values}
        changed = {slot: text for slot, text in values.items() if text != before[slot]}
        if not changed or self.read_only:
            return
        if self._moved and not (self._steps and {s.slot for s in self._steps[-1].splices} == set(changed)):
            self.seal()  # another cell is another step, and the drafts follow the one before
        if self._offered is None and any(self.report.texts.values()):
            self._offered = drafting.proposals(self.report, self.form, self.figures)
        step = Step(tuple(Splice.between(slot, before[slot], text) for slot, text in changed.items()), label, self._clock())
        self._record(step, joins, burst)
        self._apply(changed, "edit")
        self._moved = any(slot.part in ("cells", "agency") for slot in changed)
        if not joins:
            self.seal()

    def _figures_of_reasons(self, values: Mapping[Slot, str]) -> dict[Slot, str]:
        """With a written reason goes which figures it was written about, so that it lapses when they change and holds again when they return."""
        reasons = {slot.key: text for slot, text in values.items() if slot.part == "explanations"}
        about = {f.key: f.about for f in self.findings if f.key in reasons} if reasons else {}
        return {Slot("explained", key): about.get(key, "") if text.strip() else "" for key, text in reasons.items()}

    def _record(self, step: Step, joins: bool, burst: bool) -> None:
        """Append the step, or melt it into the one before if both are typing at the same place."""
        del self._steps[self._position :]
        last = self._steps[-1] if self._steps else None
        slot = step.splices[0].slot
        if (
            joins
            and not self._sealed
            and last is not None
            and len(step.splices) == 1
            and last.splices[0].slot == slot
            and all(s.slot.part == "explained" for s in last.splices[1:])
            and not (burst and step.time - last.time > BURST_SECONDS)
            and not (burst and step.splices[0].inserted.endswith("\n"))
        ):
            now = self.text(slot)
            original, final = last.splices[0].inverse().apply(now), step.splices[0].apply(now)
            self._steps.pop()
            joins = original != final  # back where the burst began: there is no step left that more could join
            if joins:
                self._steps.append(Step((Splice.between(slot, original, final), *last.splices[1:]), last.label, step.time))
        else:
            self._steps.append(step)
        self._position = len(self._steps)
        self._sealed = not joins

    def _replay(self, step: Step, origin: Origin) -> None:
        self._sealed = True
        self._offered, self._moved = None, False
        values: dict[Slot, str] = {}
        for splice in step.splices:
            values[splice.slot] = splice.apply(values.get(splice.slot, self.text(splice.slot)))
        self._apply(values, origin)

    def _apply(self, values: Mapping[Slot, str], origin: Origin) -> None:
        self._facts.report = self.report.with_values(values)
        cells: set[CellRef] = set()
        for slot, text in values.items():
            if slot.part == "cells" and slot.key in self.form.cells:
                cells.update(self.figures.set(CellRef(slot.key), text))
        added, removed = self._checker.update(values, cells)
        self._findings = None
        change = Change(frozenset(values), frozenset(cells), added, removed, origin)
        for listener in tuple(self._listeners):
            listener(change)
