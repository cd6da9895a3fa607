"""给明年的话: a line she leaves on a page for whoever writes it next year, and last year's line on the same page. Neither is ever printed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy

from gxdesk.report import Slot
from gxdesk.session import Change, Session
from ui.bridge import Bridge
from ui.parts import Button, Mark, Sheet, column, holder, label, row
from ui.popover import Popover
from ui.refusal import tell_refusals
from ui.text_binding import BoundEditor
from ui.tokens import H_SMALL, S1, S2, S4

WIDTH = 340  # px
LINES = (3 * 24 + 14, 8 * 24 + 14)  # px: least and greatest height of what she writes
SEEN = 3  # lines of last year's
RING, EDGE = 2, 3  # px around it: the ring of the keyboard, and so much that one line stands level with the cross
WRITE, WRITTEN = "给明年留句话", "给明年的话"
ABOUT = "明年写到这一部分，它会出现在最上面。只留在报告库里，不印在报告中。"


class NoteButton(Button):
    """Opens what she leaves on the page that is shown; says whether there is something."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__("", "quiet", "pen")
        self._session, self._bridge = session, bridge
        self._key, self._name, self._folded = "", "", False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._write)
        bridge.changed.connect(self._follow)

    def show_page(self, key: str, name: str) -> None:
        Popover.put_away(self)
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
        if Popover.put_away(self):
            return
        editor = BoundEditor(self._session, self._bridge, Slot("notes", self._key), line_height=24, indent=0)
        editor.setProperty("box", "field")
        editor.setAccessibleName(f"{WRITTEN}：{self._name}")
        editor.setPlaceholderText("例如：文件的数找法规科要")
        editor.setFixedWidth(WIDTH)
        editor.grow_between(*LINES)
        tell_refusals(editor)
        about = label(ABOUT, "label", "text2", wrap=True)
        about.setFixedWidth(WIDTH)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)  # where the keyboard goes back to
        Popover.open_under(self, column(label(f"{WRITTEN}：{self._name}", "heading"), about, S1, editor, gap=S1))
        editor.setFocus(Qt.FocusReason.OtherFocusReason)


class _Lines(QScrollArea):
    """Words as high as they are, up to `SEEN` lines of them; the rest scrolls, and only then the keyboard comes here."""

    def __init__(self, words: QLabel) -> None:
        super().__init__()
        self._words = words
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setContentsMargins(0, EDGE, 0, EDGE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("box", "pane")
        self.setWidget(words)
        for ground in (self.viewport(), words):
            ground.setAutoFillBackground(False)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.verticalScrollBar().rangeChanged.connect(lambda _, most: self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most else Qt.FocusPolicy.NoFocus))

    def heightForWidth(self, width: int) -> int:
        most = SEEN * self._words.fontMetrics().lineSpacing() + 2 * EDGE
        return max(min(self._words.heightForWidth(max(width - 2 * RING, 1)), most) + 2 * RING, H_SMALL)

    def sizeHint(self) -> QSize:
        return QSize(H_SMALL, H_SMALL)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class LastNote(Sheet):
    """What was left on this page last year; nothing where nothing was. Put away with its cross until the report is opened again."""

    def __init__(self, session: Session) -> None:
        super().__init__("accent_soft")
        self._left = session.last_report.notes if session.last_report is not None else {}
        self._year = session.last_report.year if session.last_report is not None else None
        self._away: set[str] = set()
        self._key = ""
        self.words = label("", "label", wrap=True, selectable=True)
        self._lines = _Lines(self.words)
        self.close_ = Button("", "icon", "cross", small=True, name="收起去年留的话")
        self.close_.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_.clicked.connect(self._put_away)
        mark, who = Mark("pen", 16, "text2"), label(f"{self._year} 年留的话" if self._year else "去年留的话", "label-strong")
        top = holder(row(mark, who, gap=S2))
        top.setFixedHeight(H_SMALL)
        lay = row(top, self._lines, self.close_, gap=S2, margins=(S4, S1, S2, S1))
        lay.setStretch(1, 1)
        for part in (top, self.close_):
            lay.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        holder(lay, self)
        self.hide()

    def show_page(self, key: str) -> None:
        self._key = key
        said = self._left.get(key, "").strip()
        self.words.setText(said)
        self._lines.updateGeometry()
        self._lines.verticalScrollBar().setValue(0)
        self._lines.setAccessibleName(f"去年留的话：{said}")
        self.setVisible(bool(said) and key not in self._away)

    def _put_away(self) -> None:
        self._away.add(self._key)
        self.hide()
