"""Undo and redo as data: every change is a list of splices, each of which has an inverse.

A splice replaces `removed` by `inserted` at a position of one slot's text. A cell, a paragraph, an agency field and a paste over forty
cells are all the same thing, so one history serves them all and survives in the library.
"""

from dataclasses import dataclass, field

from gxdesk.report import Slot


@dataclass(frozen=True, slots=True)
class Splice:
    """In the text of `slot`, at character `at`, `removed` became `inserted`."""

    slot: Slot
    at: int
    removed: str
    inserted: str

    @classmethod
    def between(cls, slot: Slot, old: str, new: str) -> "Splice":
        """The shortest splice that turns `old` into `new`."""
        start = 0
        shortest = min(len(old), len(new))
        while start < shortest and old[start] == new[start]:
            start += 1
        end = 0
        while end < shortest - start and old[-1 - end] == new[-1 - end]:
            end += 1
        return cls(slot, start, old[start : len(old) - end], new[start : len(new) - end])

    def apply(self, text: str) -> str:
        return text[: self.at] + self.inserted + text[self.at + len(self.removed) :]

    def inverse(self) -> "Splice":
        return Splice(self.slot, self.at, self.inserted, self.removed)


@dataclass(frozen=True, slots=True)
class Step:
    """What one undo takes back. `label` says what it was ("粘贴 12 格"); `time` is seconds since the epoch."""

    splices: tuple[Splice, ...]
    label: str = ""
    time: float = 0.0

    def inverse(self) -> "Step":
        return Step(tuple(s.inverse() for s in reversed(self.splices)), self.label, self.time)


@dataclass(frozen=True, slots=True)
class History:
    """Steps done so far and those undone: `steps[:position]` can be undone, `steps[position:]` redone."""

    steps: tuple[Step, ...] = field(default=())
    position: int = 0
