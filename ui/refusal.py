"""Why an editor did not take what was pasted, said at its caret until the next key or press."""

from PySide6.QtCore import QPoint

from ui.announce import announce
from ui.parts import column, label
from ui.popover import Popover
from ui.text_binding import BoundEditor

WIDTH = 300  # px


def tell_refusals(editor: BoundEditor) -> None:
    """From now on, whenever it refuses."""
    editor.refused.connect(lambda why: _tell(editor, why))


def _tell(editor: BoundEditor, why: str) -> None:
    words = label(why, "label", wrap=True)
    words.setFixedWidth(WIDTH)
    popover = Popover(editor.window(), column(words), passing=True)
    popover.closed.connect(popover.deleteLater)
    popover.show_at(editor.cursorRect().translated(editor.viewport().mapTo(editor.window(), QPoint(0, 0))))
    announce(editor, why, urgent=True)
