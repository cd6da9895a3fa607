"""What the report window asks of every page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding
from gxdesk.session import Session
from ui.bridge import Bridge


class Page(QWidget):
    """One page of an open report: 基本信息与引言, one of the six sections, or 核对与导出. Pages are built when first shown.

    `key` is "preamble", a section's key, or "review". A page changes the report only through `session`, and learns of every change,
    its own included, through `bridge`.
    """

    finding_requested = Signal(object)  # a Finding that another page should show
    page_requested = Signal(str)  # the key of another page to go to
    cell_chosen = Signal(object)  # the CellRef she rests on, or None
    moment_reached = Signal(object, str)  # the Kind of moment the report is at, to be gone back to, and what it concerns
    sentence_left = Signal()  # what was `held_back` is looked at like anything else
    topic = "texts"  # of the manual: what F1 opens here
    explained = False  # whether there is something to say about how each cell is counted

    def __init__(self, key: str, session: Session, bridge: Bridge) -> None:
        super().__init__()
        self.key, self.session, self.bridge = key, session, bridge

    def show_finding(self, finding: Finding) -> None:
        """Put the caret where the finding speaks of, in sight and with the keyboard focus. A page without such places shows itself."""
        self.take_focus()

    def take_focus(self) -> None:
        """The page was chosen: put the focus where she will want to go on."""
        self.setFocus()

    def cell(self) -> CellRef | None:
        """The cell she rests on, where the page is a table."""
        return None

    def place(self) -> str:
        """Where the caret is, as text that `return_to` understands; kept in the library."""
        return ""

    def return_to(self, place: str) -> None:
        """Put the caret back to a `place` of an earlier session, as far as it still exists."""

    def held_back(self) -> frozenset[Finding]:
        """Findings in the sentence she is writing, of which nothing is said before it is finished."""
        return frozenset()

    def set_help_beside(self, beside: bool) -> None:
        """Whether the window says beside the page how the chosen cell is counted."""

    def set_narrow(self, narrow: bool) -> None:
        """The window is narrower than 1000 px (look.md §1): fold what can be folded."""
