"""基本信息与引言: who reports, and the words before and after the six sections.

Every field is bound to its slot; nothing here is kept apart from the session. The agency's data are asked once: the window puts them into
every later report.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gxdesk.checks.finding import Finding
from gxdesk.drafting import opening, signature
from gxdesk.drafts.store import DraftSummary
from gxdesk.report import AGENCY_FIELDS, Slot
from gxdesk.session import Change, Session
from gxdesk.unread import drafted
from ui.bridge import Bridge
from ui.due import Today
from ui.library import LastYear
from ui.pages.page import Page
from ui.parts import Button, column, holder, label, row, show_if
from ui.refusal import tell_refusals
from ui.text_binding import BoundEditor, BoundField
from ui.tokens import H_CONTROL, S1, S2, S3, S4, S5
from ui.unread import Gutter, UnreadBar

TEXT_WIDTH = 790
ASKED_FIRST = ("name", "self_reference", "phone", "address")  # what 引言 is made of
KINDS = {
    "department": "政府部门",
    "government": "人民政府",
    "township": "乡镇人民政府、街道办事处",
    "service_center": "事业单位、服务中心",
    "enterprise": "国有企业、平台公司",
    "other": "其他",
}
_BY_ENDING = {
    "局": ("我局", "本局"), "委": ("我委", "本委"), "委员会": ("我委", "本委"), "办公室": ("我办", "本办"), "厅": ("我厅", "本厅"), "中心": ("我中心", "本中心"),
    "街道办事处": ("我街道", "本街道"), "镇人民政府": ("我镇", "本镇"), "乡人民政府": ("我乡", "本乡"), "县人民政府": ("我县",), "区人民政府": ("我区",),
    "市人民政府": ("我市",), "公司": ("我公司", "本公司"), "学校": ("我校", "本校"), "医院": ("我院", "本院"), "院": ("我院", "本院"), "队": ("我队", "本队"),
}  # fmt: skip
_BY_KIND = {"department": ("我局", "本机关"), "government": ("本机关",), "township": ("我镇", "我街道"), "service_center": ("我中心", "我单位"), "enterprise": ("我公司", "本公司")}


def self_references(name: str, kind: str) -> tuple[str, ...]:
    """What an agency may call itself: by the end of its name, else by its kind; three at most."""
    name = name.strip()
    ending = max((e for e in _BY_ENDING if name.endswith(e)), key=len, default="")
    found = (*_BY_ENDING.get(ending, ()), *(() if ending else _BY_KIND.get(kind, ())), "本机关", "本单位")
    return tuple(dict.fromkeys(found))[:3]


class KindButton(Button):
    """机构类型, chosen from a menu. Up and Down open it too, as a combo box would."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__("", "plain", trailing="down")
        self._session, self._slot = session, Slot("agency", "kind")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._choose)
        self.setEnabled(not session.read_only)
        bridge.changed.connect(self._follow)
        self._show()

    def _follow(self, change: Change) -> None:
        if self._slot in change.slots:
            self._show()

    def _show(self) -> None:
        kind = self._session.text(self._slot)
        self.setText(KINDS.get(kind, kind) or "请选择")
        self.setAccessibleName(f"机构类型：{self.text()}")

    def _choose(self) -> None:
        menu = QMenu(self)
        for key, words in KINDS.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(key == self._session.text(self._slot))
            action.triggered.connect(lambda _=False, k=key: self._session.set_text(self._slot, k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._choose()
        else:
            super().keyPressEvent(event)


class LastYearButton(Button):
    """去年的报告: which it is, and from a menu another one, one out of a file, or none."""

    chosen = Signal(int)  # the number of a draft, 0 for none
    file_wanted = Signal()

    def __init__(self, last: LastYear, session: Session) -> None:
        super().__init__("", "plain", trailing="down")
        self._last, self._year = last, session.report.year
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._pop_up)
        self.setEnabled(not session.read_only and self._year is not None)
        now = next((d for d in last.choices if d.id == last.chosen), None)
        self.setText(_told(now) if now else "没有，格子旁边不显示去年的数" if self._year else "今年这份没有年度，不知道哪份是去年的")
        self.setAccessibleName(f"去年的报告：{self.text()}")
        self.setToolTip("格子旁边的去年数、与去年比、去年原文都从这一份来")

    def menu(self) -> QMenu:
        menu = QMenu(self)
        for draft in self._last.choices:
            self._offer(menu, _told(draft), draft.id, draft.id == self._last.chosen)
        if not self._last.choices:
            menu.addAction(f"报告库里没有 {(self._year or 1) - 1} 年度的报告").setEnabled(False)
        menu.addSeparator()
        menu.addAction("从文件读入…").triggered.connect(self.file_wanted)
        self._offer(menu, "不与去年比", 0, self._last.chosen is None)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _offer(self, menu: QMenu, words: str, number: int, now: bool) -> None:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(now)
        action.triggered.connect(lambda: self.chosen.emit(number))

    def _pop_up(self) -> None:
        self.menu().popup(self.mapToGlobal(QPoint(0, self.height())))


def _told(draft: DraftSummary) -> str:
    return f"{draft.year} 年度　{draft.agency or '没有写单位'}"


class SelfReference(QWidget):
    """自称, with what agencies of this name and kind usually say, one press away while the field is empty or holds one of them."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__()
        self._session, self._slot = session, Slot("agency", "self_reference")
        self.field = BoundField(session, bridge, self._slot)
        self.chips = [Button("", "quiet", small=True) for _ in range(3)]
        for chip in self.chips:
            chip.clicked.connect(self._take(chip))
        lay = row(self.field, *self.chips, gap=2)
        self.setLayout(lay)
        lay.setStretch(0, 1)
        bridge.changed.connect(self._follow)
        self._show()

    def _take(self, chip: Button) -> Callable[[], None]:
        return lambda: self._session.set_text(self._slot, chip.text())

    def _follow(self, change: Change) -> None:
        if any(slot.part == "agency" for slot in change.slots):
            self._show()

    def _show(self) -> None:
        said = self._session.text(self._slot).strip()
        offered = [w for w in self_references(self._session.text(Slot("agency", "name")), self._session.text(Slot("agency", "kind"))) if w != said]
        for i, chip in enumerate(self.chips):
            words = offered[i] if not said and i < len(offered) and not self._session.read_only else ""
            if chip.text() != words:
                chip.setText(words)
                chip.updateGeometry()
            chip.setVisible(bool(words))
        self.field.setPlaceholderText("" if offered else "例如 我中心")  # what is offered beside it says more, and needs the room


class AgencyPage(Page):
    """The first page of a report."""

    topic = "first"

    def __init__(self, key: str, session: Session, bridge: Bridge, *, today: Today = date.today, last_year: LastYear | None = None) -> None:
        """`last_year` is None for an example, which has none and can get none."""
        super().__init__(key, session, bridge)
        self._today = today
        self._last_field: QWidget | None = None
        self.fields: dict[str, QLineEdit] = {k: self._field(k) for k in ("name", "address", "phone", "email", "website")}
        self_reference = SelfReference(session, bridge)
        self.fields["self_reference"] = self_reference.field
        self.kind = KindButton(session, bridge)
        self.last_year = LastYearButton(last_year or LastYear(), session)
        hints = {"name": "公章上的全称", "website": "http://", "phone": "区号-号码"}
        for name, hint in hints.items():
            self.fields[name].setPlaceholderText(hint)
        self.editors = {"preamble": self._editor("preamble", 32, (4 * 29 + 26, 13 * 29)), "closing": self._editor("closing", 0, (2 * 29 + 24, 4 * 29 + 24))}
        self.editors["preamble"].set_prompt("写明编制依据、统计期限、哪里可以下载、怎么联系。也可以先插入常用引言，再改。")
        self.editors["closing"].set_prompt(f"{AGENCY_FIELDS['name']}，另起一行写日期")
        self.unread = {key: UnreadBar(session, bridge, editor, confirms=True) for key, editor in self.editors.items()}
        self.draft_opening = Button("插入常用引言", "quiet", "plus", small=True)
        self.draft_opening.clicked.connect(self._draft_opening)
        self.draft_closing = Button("插入落款", "quiet", "plus", small=True)
        self.draft_closing.clicked.connect(self._draft_closing)
        grid = QGridLayout()
        grid.setHorizontalSpacing(S4)
        grid.setVerticalSpacing(S3)
        for c in range(6):
            grid.setColumnStretch(c, 1)
        places: tuple[tuple[str, QWidget, int, int, int], ...] = (
            ("name", self.fields["name"], 0, 0, 4),
            ("kind", self.kind, 0, 4, 2),
            ("self_reference", self_reference, 1, 0, 2),
            ("phone", self.fields["phone"], 1, 2, 2),
            ("email", self.fields["email"], 1, 4, 2),
            ("address", self.fields["address"], 2, 0, 3),
            ("website", self.fields["website"], 2, 3, 3),
        )
        for key_of, widget, line, at, span in places:
            grid.addLayout(self._named(AGENCY_FIELDS[key_of], widget), line, at, 1, span)
        last = holder(self._named("去年的报告", self.last_year))
        show_if(last, last_year is not None)
        grid.addWidget(last, 3, 0, 1, 6)
        self._advice = label("单位信息填一次，以后每年的报告自动带入。", "label", "text2", wrap=True)
        inside = holder(
            column(
                label("基本信息与引言", "title"), self._advice, S3, grid, S5,
                row(label("引言", "heading"), None, self.draft_opening), self.unread["preamble"], self.editors["preamble"], S4,
                row(label("落款", "heading"), None, self.draft_closing), self.unread["closing"], self.editors["closing"], None, gap=S1,
            )
        )  # fmt: skip
        inside.setMaximumWidth(TEXT_WIDTH)
        inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._outer = row(inside, None, margins=(S5, S4, S5, S4), gap=0)
        self._outer.setStretch(0, 1000)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = holder(self._outer)
        self._scroll.setWidget(ground)
        for widget in (self._scroll.viewport(), ground):
            widget.setAutoFillBackground(False)  # the content sheet with its round corner shows through
        self.setLayout(column(self._scroll, margins=(0, 0, 0, 0), gap=0))
        self._gutters = [Gutter(bar, self.editors[key], ground) for key, bar in self.unread.items()]
        for of, bar in self.unread.items():
            bar.changed.connect(self._mark(of))
            self._mark(of)()
        bridge.changed.connect(self._follow)
        self._offer_drafts()

    # --- the page ---

    def show_finding(self, finding: Finding) -> None:
        key = finding.span[0] if finding.span else finding.subject
        editor = self.editors.get(key)
        if editor is not None:
            if finding.span:
                editor.setTextCursor(editor.cursor_at(finding.span[1], finding.span[2]))
            self._go(editor)
        elif key in self.fields:
            self._go(self.fields[key])
            self.fields[key].selectAll()
        else:
            self.take_focus()

    def take_focus(self) -> None:
        """To the first thing that is still empty, else to the start."""
        empty = next((self.fields[k] for k in ASKED_FIRST if not self.fields[k].text().strip()), None)
        unwritten = next((e for e in self.editors.values() if not e.text().strip()), None)
        self._go(empty or unwritten or self.editors["preamble"])

    def place(self) -> str:
        for key, editor in self.editors.items():
            if editor is self._last_field or editor.hasFocus():
                return f"{key}:{editor.caret()}"
        return ""

    def return_to(self, place: str) -> None:
        key, _, at = place.partition(":")
        if key in self.editors and at.isdecimal():
            self.editors[key].setTextCursor(self.editors[key].cursor_at(int(at)))

    def set_narrow(self, narrow: bool) -> None:
        pad = S4 if narrow else S5
        self._outer.setContentsMargins(pad, S2 if narrow else S4, pad, S3)
        self._advice.setVisible(not narrow)

    # --- how ---

    def _field(self, key: str) -> BoundField:
        out = BoundField(self.session, self.bridge, Slot("agency", key))
        out.setFixedHeight(H_CONTROL)
        return out

    def _editor(self, key: str, indent: int, heights: tuple[int, int]) -> BoundEditor:
        out = BoundEditor(self.session, self.bridge, Slot("texts", key), indent=indent)
        out.setProperty("box", "field")
        out.setAccessibleName({"preamble": "引言", "closing": "落款"}[key])
        out.grow_between(*heights)
        tell_refusals(out)
        return out

    @staticmethod
    def _named(words: str, widget: QWidget) -> QVBoxLayout:
        name = label(words, "caption", "text2")
        target = widget.field if isinstance(widget, SelfReference) else widget
        name.setBuddy(target)
        if not isinstance(widget, Button):
            target.setAccessibleName(words)
        target.setFixedHeight(H_CONTROL)
        return column(name, widget, gap=S1)

    def _go(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(widget, 0, S5)

    def _mark(self, key: str) -> Callable[[], None]:
        return lambda: self.editors[key].setExtraSelections(self.unread[key].marks())

    def _follow(self, change: Change) -> None:
        if any(slot.part in ("texts", "agency") for slot in change.slots):
            self._offer_drafts()

    def _offer_drafts(self) -> None:
        """Drafts are offered only where nothing is written: they never replace her words."""
        for key, button in (("preamble", self.draft_opening), ("closing", self.draft_closing)):
            button.setVisible(not self.session.read_only and not self.session.text(Slot("texts", key)).strip())

    def _draft_opening(self) -> None:
        words = opening(self.session.report, self.session.form)
        self._insert("preamble", words, drafted(self.session.report, "preamble", words))

    def _draft_closing(self) -> None:
        self._insert("closing", signature(self.session.report, self._today()))

    def _insert(self, key: str, text: str, marks: Mapping[Slot, str] = MappingProxyType({})) -> None:
        self.session.seal()
        self.session.put({Slot("texts", key): text, **marks}, "放进起草的文字")
        self.editors[key].setTextCursor(self.editors[key].cursor_at(len(text)))
        self._go(self.editors[key])
