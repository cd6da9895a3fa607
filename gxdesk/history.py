"""Undo and redo as data: every change is a list of splices, each of which has an inverse.

A splice replaces `removed` by `inserted` at a position of one slot's text. A cell, a paragraph, an agency field and a paste over forty
cells are all the same thing, so one history serves them all and survives in the library.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from gxdesk.report import Slot


def _alike(most: int, same: Callable[[int], bool]) -> int:
    """The greatest length up to `most` at which two texts are the same, found by halving: a key in a long text is compared in a few strides."""
    return bisect_left(range(1, most + 1), True, key=lambda n: not same(n))


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
        shortest = min(len(old), len(new))
        start = _alike(shortest, lambda n: old[:n] == new[:n])
        end = _alike(shortest - start, lambda n: old[len(old) - n :] == new[len(new) - n :])
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
