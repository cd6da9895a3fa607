"""The row and column trees of a form's table: lines are the leaves, groups the merged labels over them."""

from collections.abc import Iterator
from dataclasses import dataclass

from gxdesk.cells import CellKind


@dataclass(frozen=True)
class LineDef:
    """A row or a column: a leaf of its tree. `sum` names the lines it adds up, in the same tree; `short` is for messages."""

    key: str
    label: str
    lines: tuple[str, ...]  # the label, broken where it breaks well
    short: str
    aliases: tuple[str, ...]
    kind: CellKind
    unit: str  # of a money line, "" where the form names none
    sum: tuple[str, ...]
    code: str  # of the check that the sum holds
    clause: str
    abbr: str  # completes the code of the crossing line's sum: A4-SUM + fy

    @property
    def names(self) -> tuple[str, ...]:
        """What published reports call it: the label first, then the variants seen."""
        return (self.label, *self.aliases)


@dataclass(frozen=True)
class Group:
    """A merged label over lines or further groups."""

    label: str
    lines: tuple[str, ...]
    children: tuple["Group | LineDef", ...]


Tree = tuple[Group | LineDef, ...]


def leaves(tree: Tree) -> Iterator[LineDef]:
    for node in tree:
        if isinstance(node, LineDef):
            yield node
        else:
            yield from leaves(node.children)


def depth(tree: Tree) -> int:
    return max((1 + depth(n.children) if isinstance(n, Group) else 1 for n in tree), default=0)
