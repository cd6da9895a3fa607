"""The way of the Tab key through a window: what is laid out first comes first, however late it was made.

Qt's own order is that in which widgets were made, so that the cards of a panel, or a page shown for the first time, would come last of all.
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLayout, QLineEdit, QTextEdit, QWidget

from ui.popover import Popover

_WHOLE = (QAbstractItemView, QLineEdit, QTextEdit)  # what is inside them is their own affair


def stops(root: QWidget) -> list[QWidget]:
    """What Tab reaches in `root`, in order. A popover comes behind what it was opened from; what has the keyboard counts even if hidden."""
    found = list(_stops(root, QApplication.focusWidget()))
    for popover in root.findChildren(Popover):
        if popover.isVisible():
            behind = found.index(popover.opener) + 1 if popover.opener in found else len(found)
            found[behind:behind] = _stops(popover, None)
    return found


def step(root: QWidget, *, forward: bool) -> bool:
    """Move the keyboard to the next stop of `root`, round at its end; False if there is none."""
    order, here = stops(root), QApplication.focusWidget()
    if not order:
        return False
    around = [i for i, stop in enumerate(order) if here is not None and (stop is here or stop.isAncestorOf(here))]
    at = around[-1] if around else -1 if forward else 0  # the innermost: a panel that scrolls is a stop, and so is what is in it
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    order[(at + (1 if forward else -1)) % len(order)].setFocus(reason)
    return True


def _stops(of: QWidget, here: QWidget | None) -> Iterator[QWidget]:
    for part in _parts(of):
        if isinstance(part, Popover) or part.isWindow():
            continue
        inside = here is not None and (part is here or part.isAncestorOf(here))
        if (part.isHidden() or not part.isEnabled()) and not inside:
            continue
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None:
            yield part
        if not isinstance(part, _WHOLE):
            yield from _stops(part, here)


def _parts(of: QWidget) -> list[QWidget]:
    """The widgets in `of`: those of its layout in their order, then those that were put into it by hand."""
    layout = of.layout()
    laid = list(_laid(layout)) if layout is not None else []
    return [*laid, *(child for child in of.children() if isinstance(child, QWidget) and child not in laid)]


def _laid(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid(inner)
