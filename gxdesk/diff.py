"""What differs between two states of a report, as data to be coloured: texts sentence by sentence, cells one by one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gxdesk.cells import CellRef
from gxdesk.forms.definition import FormDef
from gxdesk.report import PARTS, Report, Slot

MAX_SENTENCES = 2_000  # matching takes the square of it; a longer text differs as a whole
_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）》]*|\n+)|[^。！？；\n]+")

Mark = Literal["same", "old", "new"]


@dataclass(frozen=True, slots=True)
class Run:
    """Some sentences that stand in both texts, in the old one only, or in the new one only."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that differs. `same` and `old` runs joined are the old text, `same` and `new` runs the new one."""

    slot: Slot
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs, both as typed; "" is blank."""

    ref: CellRef
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs, in the order of the new report, then what only the old one has."""

    texts: tuple[TextChange, ...]
    cells: tuple[CellChange, ...]

    def __bool__(self) -> bool:
        return bool(self.texts or self.cells)


def difference(old: Report, new: Report) -> Difference:
    """What became of `old` in `new`."""
    texts: list[TextChange] = []
    cells: list[CellChange] = []
    for part in PARTS:
        for key in {**getattr(new, part), **getattr(old, part)}:
            before, after = old.get(slot := Slot(part, key)), new.get(slot)
            if before == after:
                continue
            if part == "cells":
                cells.append(CellChange(CellRef(key), before, after))
            else:
                texts.append(TextChange(slot, tuple(runs(before, after))))
    return Difference(tuple(texts), tuple(cells))


def across_years(last: Report, now: Report, form: FormDef) -> Difference:
    """What is not as in last year's report, of what goes out: texts, and cells that are filled in; of another format only the texts."""
    inputs = {ref for table in form.tables.values() for ref in table.inputs} if last.form == now.form else set()
    both = difference(last.published(form), now.published(form))
    return Difference(tuple(c for c in both.texts if c.slot.part == "texts"), tuple(c for c in both.cells if c.ref in inputs))


def sentences(text: str) -> list[str]:
    """The sentences of a text; joined they are the text."""
    return _SENTENCE.findall(text)


def runs(old: str, new: str) -> Iterator[Run]:
    """What became of one text in another, sentence by sentence."""
    before, after = sentences(old), sentences(new)
    if len(before) + len(after) > MAX_SENTENCES:
        before, after = [old], [new]
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Run("same", "".join(before[i:j]))
            continue
        if i < j:
            yield Run("old", "".join(before[i:j]))
        if k < m:
            yield Run("new", "".join(after[k:m]))
