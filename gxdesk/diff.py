"""What differs between two states of a report, as data to be coloured: texts by sentence and, where one only changed, by word; cells one by one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gxdesk.cells import CellRef
from gxdesk.forms.definition import FormDef
from gxdesk.report import PARTS, Report, Slot

MAX_SENTENCES = 2_000  # matching takes the square of it; a longer text differs as a whole
ALIKE = 0.6  # share of common characters from which a sentence is the other one, changed
NEAR, LONGEST_SENTENCE = 8, 600  # sentences looked ahead for it, and characters of one compared by words
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）》]*|\n+)|[^。！？；\n]+")

Mark = Literal["same", "old", "new"]


@dataclass(frozen=True, slots=True)
class Run:
    """Some words that stand in both texts, in the old one only, or in the new one only."""

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
    """What became of one text in another, sentence by sentence, and word by word within a sentence that only changed a little."""
    before, after = sentences(old), sentences(new)
    if len(before) + len(after) > MAX_SENTENCES:
        before, after = [old], [new]
    yield from _joined(_by_sentence(before, after))


def _by_sentence(before: list[str], after: list[str]) -> Iterator[Run]:
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Run("same", "".join(before[i:j]))
            continue
        here = k
        for old in before[i:j]:
            at = next((n for n in range(here, min(m, here + NEAR)) if _alike(old, after[n])), None)
            if at is None:
                yield Run("old", old)
                continue
            yield from (Run("new", new) for new in after[here:at])
            yield from _within(old, after[at])
            here = at + 1
        yield from (Run("new", new) for new in after[here:m])


def _alike(old: str, new: str) -> bool:
    if max(len(old), len(new)) > LONGEST_SENTENCE:
        return False
    match = SequenceMatcher(None, old, new, autojunk=False)
    return match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE


def _within(old: str, new: str) -> Iterator[Run]:
    """A number is one word, and one character that happens to stand in both of two changes belongs to them."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for at, (what, i, j, k, m) in enumerate(codes):
        if what == "equal" and not (0 < at < len(codes) - 1 and j - i == 1):
            yield Run("same", "".join(before[i:j]))
        else:
            yield Run("old", "".join(before[i:j]))
            yield Run("new", "".join(after[k:m]))


def _joined(found: Iterable[Run]) -> Iterator[Run]:
    """Runs of one sort are one; between two that stayed, what went comes before what came."""
    went: dict[Mark, list[str]] = {"old": [], "new": []}
    stayed: list[str] = []
    for run in (*found, Run("same", "")):
        if run.mark != "same":
            if stayed:
                yield Run("same", "".join(stayed))
                stayed = []
            went[run.mark].append(run.text)
            continue
        for mark, parts in went.items():
            if text := "".join(parts):
                yield Run(mark, text)
            parts.clear()
        stayed += [run.text] if run.text else []
    if stayed:
        yield Run("same", "".join(stayed))
