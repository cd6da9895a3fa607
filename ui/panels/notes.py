"""给明年的话: a line she leaves on a page for whoever writes it next year, and last year's line on the same page. Neither is ever printed."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSizePolicy

from gxdesk.report import Slot
from gxdesk.session import Change, Session
from ui.bridge import Bridge
from ui.parts import Button, Mark, Popover, Sheet, column, holder, label, row
from ui.text_binding import BoundEditor
from ui.tokens import S1, S2, S4

WIDTH = 340  # px
LINES = (3 * 24 + 14, 8 * 24 + 14)  # px: least and greatest height of what she writes
WRITE, WRITTEN = "给明年留句话", "给明年的话"
ABOUT = "明年写到这一部分，它会出现在最上面。只留在报告库里，不印在报告中。"


class NoteButton(Button):
    """Opens what she leaves on the page that is shown; says whether there is something."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__("", "quiet", "pen")
        self._session, self._bridge = session, bridge
        self._key, self._name, self._folded = "", "", False
        self._popover: Popover | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._write)
        bridge.changed.connect(self._follow)

    def show_page(self, key: str, name: str) -> None:
        self._close()
        self._key, self._name = key, name
        self._say()

    def set_folded(self, folded: bool) -> None:
        """Where there is no room for words the pen stands alone."""
        self._folded = folded
        self._say()

    def _follow(self, change: Change) -> None:
        if any(slot.part == "notes" for slot in change.slots):
            self._say()

    def _say(self) -> None:
        words = WRITTEN if self._session.text(Slot("notes", self._key)).strip() else WRITE
        self.setText("" if self._folded else words)
        self.setAccessibleName(f"{words}：{self._name}")
        self.setToolTip(f"{words}：{self._name}")
        self.setVisible(not self._session.read_only)
        self.updateGeometry()

    def _write(self) -> None:
        editor = BoundEditor(self._session, self._bridge, Slot("notes", self._key), line_height=24, indent=0)
        editor.setProperty("box", "field")
        editor.setAccessibleName(f"{WRITTEN}：{self._name}")
        editor.setPlaceholderText("例如：文件的数找法规科要")
        editor.setFixedWidth(WIDTH)
        editor.grow_between(*LINES)
        about = label(ABOUT, "label", "text2", wrap=True)
        about.setFixedWidth(WIDTH)
        popover = Popover(self.window(), column(label(f"{WRITTEN}：{self._name}", "heading"), about, S1, editor, gap=S1))
        popover.closed.connect(popover.deleteLater)
        popover.destroyed.connect(self._forget)
        self._popover = popover
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)  # where the keyboard goes back to
        popover.show_at(QRect(self.mapTo(self.window(), QPoint(0, 0)), self.size()))
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close()

    def _close(self) -> None:
        if self._popover is not None:
            self._popover.hide()

    def _forget(self) -> None:
        self._popover = None


class LastNote(Sheet):
    """What was left on this page last year; nothing where nothing was. Put away with its cross until the report is opened again."""

    def __init__(self, session: Session) -> None:
        super().__init__("accent_soft")
        self._left = session.last_report.notes if session.last_report is not None else {}
        self._year = session.last_report.year if session.last_report is not None else None
        self._away: set[str] = set()
        self._key = ""
        self.words = label("", "label", wrap=True, selectable=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.close_ = Button("", "icon", "cross", small=True, name="收起去年留的话")
        self.close_.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_.clicked.connect(self._put_away)
        who = label(f"{self._year} 年留的话" if self._year else "去年留的话", "label-strong")
        lay = row(Mark("pen", 16, "text2"), who, self.words, self.close_, gap=S2, margins=(S4, S1, S2, S1))
        lay.setStretch(2, 1)
        holder(lay, self)
        self.hide()

    def show_page(self, key: str) -> None:
        self._key = key
        said = self._left.get(key, "").strip()
        self.words.setText(said)
        self.setAccessibleName(f"去年留的话：{said}")
        self.setVisible(bool(said) and key not in self._away)

    def _put_away(self) -> None:
        self._away.add(self._key)
        self.hide()

