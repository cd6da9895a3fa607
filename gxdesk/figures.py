"""The numbers of one report under one form: what every cell says, what every total comes to.

A total is computed from its parts and never stored by the window. A total typed in a file is kept beside the computed one: it is what
that report *says*, so relations are tested on it (`value`), while `total` always answers with the sum of the parts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gxdesk.cells import CellRef, Entry, Number, State, parse, show
from gxdesk.forms.definition import FormDef


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a computed cell's parts: what is there, and how many inputs below it are missing (blank or no number)."""

    value: Number
    missing: int


class Figures:
    """Entries and totals of one report. `set` changes one cell and recomputes only the totals above it."""

    def __init__(self, form: FormDef, cells: Mapping[str, str]) -> None:
        self.form = form
        self._entries: dict[CellRef, Entry] = {ref: parse(cells.get(ref, ""), cell.kind, cell.unit) for ref, cell in form.cells.items()}
        self._totals: dict[CellRef, Total] = {}
        for ref, cell in form.cells.items():
            if cell.parts and ref not in self._totals:
                self._compute(ref)

    def set(self, ref: CellRef, text: str) -> tuple[CellRef, ...]:
        """Put `text` into a cell of the form; returns every cell that may read differently now, itself first."""
        cell = self.form.cells[ref]
        self._entries[ref] = parse(text, cell.kind, cell.unit)
        changed = [ref]
        for above in self.form.dependents.get(ref, ()):
            before = self._totals[above]
            if self._add_up(above) != before:
                changed.append(above)
        return tuple(changed)

    def entry(self, ref: CellRef) -> Entry:
        """What is typed in the cell, also in a total's cell."""
        return self._entries[ref]

    def total(self, ref: CellRef) -> Total:
        """The sum of a computed cell's parts."""
        return self._totals[ref]

    def value(self, ref: CellRef) -> Number | None:
        """What the report says in this cell: the number typed, else, for a total with all its parts, their sum; None if it says nothing."""
        typed = self._entries[ref].value
        if typed is not None or ref not in self._totals:
            return typed
        total = self._totals[ref]
        return None if total.missing else total.value

    def sum(self, refs: Iterable[CellRef]) -> Number | None:
        """What the report says these cells come to; None if there are none or one of them says nothing."""
        values = [self.value(ref) for ref in refs]
        return sum((v for v in values if v is not None), 0) if values and None not in values else None

    def is_typed(self, ref: CellRef) -> bool:
        return self._entries[ref].state is not State.BLANK

    def printed(self, ref: CellRef) -> str:
        """The cell on paper: a number in its plain spelling, text that is no number as typed, nothing for a blank or an incomplete total."""
        entry = self._entries[ref]
        if entry.state is State.NUMBER and entry.value is not None:
            return show(entry.value)
        if entry.state is State.BLANK:
            value = self.value(ref)
            return "" if value is None else show(value)
        return entry.text.strip()

    def _compute(self, ref: CellRef) -> None:
        for part in self.form.cells[ref].parts:
            if self.form.cells[part].parts and part not in self._totals:
                self._compute(part)
        self._add_up(ref)

    def _add_up(self, ref: CellRef) -> Total:
        value: Number = 0
        missing = 0
        for part in self.form.cells[ref].parts:
            below = self._totals.get(part)
            if below is not None:
                value += below.value
                missing += below.missing
            else:
                entry = self._entries[part]
                if entry.value is None:
                    missing += 1
                else:
                    value += entry.value
        self._totals[ref] = Total(value, missing)
        return self._totals[ref]
