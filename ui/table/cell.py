"""How one cell is painted and typed in.

An input is a field with last year's figure beside it; a computed cell is a bold number on the tint of the labels. While a cell is typed
in, every keystroke goes to the session, so totals follow and nothing is lost; all of them together are one step of the history.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gxdesk.cells import CellRef
from gxdesk.forms.grid import Role
from ui.paint import CENTRE, LEFT, RIGHT, Boxes, box, line, snap, write
from ui.table.adapter import Shown, TableAdapter
from ui.table.headers import BAND_PAD, Breaks
from ui.tokens import R_CELL, font, look, theme
from ui.tokens import Role as TypeRole

Index = QModelIndex | QPersistentModelIndex
Place = tuple[int, int]
H_FIELD = 26
WIDE = 140  # from this cell width on, field and last year stand in the middle of the cell
W_FIELD = 96
_SMALLER: tuple[TypeRole, ...] = ("body", "label", "caption", "micro")


class Surroundings(Protocol):
    """What a cell has to know of its view."""

    adapter: TableAdapter
    hovered: Place | None
    several: bool  # more than one cell is selected
    lit: frozenset[CellRef]

    @property
    def ends(self) -> bool: ...

    def hasFocus(self) -> bool: ...

    def current_place(self) -> Place | None: ...
    def label_width(self) -> int: ...
    def column_end(self, column: int) -> bool: ...


class CellEditor(QLineEdit):
    """The line edit in a cell. `before` is the text Esc brings back; `caret_keys` says that left and right move the caret (F2, double
    click) instead of leaving the cell (typed straight away)."""

    def __init__(self, parent: QWidget, ref: CellRef, before: str, caret_keys: bool) -> None:
        super().__init__(parent)
        self.ref, self.before, self.caret_keys = ref, before, caret_keys
        self.setProperty("box", "cell")
        self.setFont(font("body"))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # digits only; no candidate window
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.caret_keys = True
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the table scrolls; a number never changes


class NumberCell(QStyledItemDelegate):
    """Paints cells and runs the editor. `on_key` is asked first about every key in an open editor; it answers whether it took it."""

    def __init__(self, view: QWidget, surroundings: Surroundings, on_key: Callable[[CellEditor, QKeyEvent], bool]) -> None:
        super().__init__(view)
        self._view = surroundings
        self._on_key = on_key
        self._slot: int | None = None
        self._breaks, self._boxes = Breaks(), Boxes()
        self.editor: CellEditor | None = None
        self.opened_by_typing = False

    # --- measures ---

    def forget_measures(self) -> None:
        """Last year's figures, type scale or screen changed."""
        self._slot = None

    def slot(self) -> int:
        """Width in px kept free for last year's figure at the right of an input."""
        adapter = self._view.adapter
        if not adapter.show_last_year:
            return 0
        if self._slot is None:
            metrics = QFontMetricsF(font("micro"))
            shown = [adapter.last(adapter.layout.anchors[at].ref or CellRef("")) for at in adapter.layout.inputs]
            widest = max((metrics.horizontalAdvance(text) for text in shown if text), default=0)
            self._slot = round(widest) + 10 if widest else 0
        return self._slot

    def field(self, r: QRect | QRectF) -> QRectF:
        """The input field inside a cell."""
        r = QRectF(r)
        height = H_FIELD if look().px(10) == 10 else H_FIELD + 4
        y = r.top() + (r.height() - 1 - height) / 2
        if r.width() > WIDE:
            return QRectF(max(r.center().x() - 84, r.x() + 4), y, W_FIELD, height)
        return QRectF(r.x() + 4, y, r.width() - 5 - max(self.slot(), 4), height)

    def needed_width(self, shown: Shown) -> int:
        """Width in px of a column in which this figure can be read whole."""
        words = QFontMetricsF(font("body", bold=shown.role is Role.TOTAL)).horizontalAdvance(shown.text)
        if shown.role is Role.TOTAL:
            return round(words + 14 + max(self._beside_width(shown), self.slot() - 4))
        return round(words + 5 + 16 + max(self.slot(), 4))

    # --- painting ---

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view, t = self._view, theme()
        layout = view.adapter.layout
        at = index.row(), index.column()
        shown = view.adapter.shown(*at)
        area: QRect = option.rect
        r = QRectF(area)
        ref = shown.ref
        computed = shown.role is Role.TOTAL
        wrong = ref is not None and view.adapter.wrong(ref)
        lit = ref is not None and (ref in view.lit or (view.several and bool(option.state & QStyle.StateFlag.State_Selected)))
        p.fillRect(snap(p, r), t.accent_soft if lit else t.error_soft if wrong else t.surface if shown.role is Role.INPUT else t.sunken)
        rows, columns = layout.span(at) if at in layout.anchors else (1, 1)
        end = at[1] + columns - 1
        if at[0] + rows < layout.rows or not view.ends:
            line(p, r.left(), r.bottom() - 1, r.right(), r.bottom() - 1, t.line)
        if shown.role is not Role.BAND and view.column_end(end):
            line(p, r.right() - 1, r.top(), r.right() - 1, r.bottom(), t.line)
        if ref is None:
            self._heading(p, shown, r)
            return
        f = self.field(r)
        current = at == view.current_place()
        if not computed:
            self._boxes.draw(p, f, R_CELL, t.surface, t.error if wrong else t.edge if at == view.hovered else t.field)
        if current:
            ring, fill = (f, t.surface) if not computed else (r.adjusted(2, 2, -3, -3), None)
            box(p, ring, R_CELL, fill, t.accent, 2 if view.hasFocus() or self.editor is not None else 1)
        if self.editor is None or self.editor.ref != ref:
            self._number(p, shown, r, f)
        self._beside(p, shown, r, f)

    def _heading(self, p: QPainter, shown: Shown, r: QRectF) -> None:
        if shown.role is Role.BAND:  # its title begins in the label columns; what is too long for them goes on here
            p.save()
            p.setClipRect(r)
            p.setPen(theme().text)
            write(p, QRectF(BAND_PAD - self._view.label_width(), r.y(), 2000, r.height()), (shown.text,), font("label-strong"), LEFT)
            p.restore()
            return
        p.setPen(theme().text2)
        write(p, r, self._breaks.at((shown.text,), font("caption"), r.width() - 12), font("caption"), CENTRE)

    def _number(self, p: QPainter, shown: Shown, r: QRectF, f: QRectF) -> None:
        t = theme()
        computed = shown.role is Role.TOTAL
        room = f.adjusted(4, 0, -7, 0)
        if computed and r.width() <= WIDE:  # no field: the number begins where the row does, and gives way to 缺 n
            room.setLeft(r.left() + 2)
            room.setRight(min(room.right(), r.right() - 10 - self._beside_width(shown)))
        tone = t.text3 if shown.missing else t.error if shown.bad else t.text2 if shown.text == "0" and not computed else t.text
        written, text = self._fitting(shown.text, room.width(), computed)
        p.setFont(written)
        p.setPen(tone)
        p.drawText(room, RIGHT, text)

    @staticmethod
    def _fitting(text: str, width: float, bold: bool) -> tuple[QFont, str]:
        """The largest type in which the text fits; the end cut off if it fits in none."""
        if len(text) <= 4:
            return font("body", bold=bold), text
        for role in _SMALLER:
            f = font(role, bold=bold)
            if QFontMetricsF(f).horizontalAdvance(text) <= width:
                return f, text
        return f, QFontMetricsF(f).elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _beside_words(self, shown: Shown) -> str:
        """Right of the number: 缺 n under an incomplete total, a typed total that differs, else last year's figure."""
        if shown.missing:
            return f"缺{shown.missing}"
        if shown.said:
            return f"写{shown.said}"
        return shown.beside if self._view.adapter.show_last_year else ""

    def _beside_width(self, shown: Shown) -> float:
        words = self._beside_words(shown)
        return QFontMetricsF(font("micro")).horizontalAdvance(words) if words else 0.0

    def _beside(self, p: QPainter, shown: Shown, r: QRectF, f: QRectF) -> None:
        words = self._beside_words(shown)
        if not words:
            return
        t = theme()
        p.setFont(font("micro"))
        p.setPen(t.warn if shown.missing else t.error if shown.said else t.text3)
        if r.width() > WIDE:
            text = words if shown.missing or shown.said else f"去年 {words}"
            p.drawText(QRectF(f.right() + 8, r.top(), max(r.right() - f.right() - 14, 0), r.height() - 1), LEFT, text)
        else:
            p.drawText(QRectF(r.left(), r.top(), r.width() - 6, r.height() - 1), RIGHT, words)

    # --- typing ---

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        adapter = self._view.adapter
        ref = adapter.ref_at(index)
        if ref is None:
            raise ValueError("no cell to edit here")  # flags() lets Qt ask for inputs only
        editor = CellEditor(parent, ref, adapter.typed(ref), not self.opened_by_typing)
        editor.setAccessibleName(adapter.spoken(ref))
        self.editor = editor
        adapter.session.seal()
        adapter.hold()
        editor.textChanged.connect(self._typed)
        return editor

    def _typed(self, text: str) -> None:
        editor, session = self.editor, self._view.adapter.session
        if editor is not None:
            session.set_cell(editor.ref, text.strip(), typing=True)
            if text.strip() == editor.before.strip():
                session.seal()  # back where it began: nothing is left of the step, and the next key must not join an older one

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Called at the start and after every change of the cell, also by our own typing: then the text is the same but for blanks."""
        if isinstance(editor, CellEditor):
            text = self._view.adapter.typed(editor.ref)
            if editor.text().strip() != text:
                blocked = editor.blockSignals(True)
                editor.setText(text)
                editor.blockSignals(blocked)
                editor.before = text  # it changed from outside (undo): Esc has nothing older to bring back

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Every keystroke has been handed on; what is left is to end the step."""
        self._view.adapter.session.seal()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(self.field(option.rect).adjusted(2, 2, -5, -2).toRect())

    def restore(self) -> None:
        """Bring back the text the open editor began with."""
        if self.editor is not None:
            self._view.adapter.session.set_cell(self.editor.ref, self.editor.before, typing=True)

    def ended(self) -> None:
        """The editor is gone: end the step, show what is wrong now."""
        if self.editor is not None:
            self.editor = None
            self._view.adapter.session.seal()
            self._view.adapter.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, CellEditor) and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride and own_key(event):
                event.accept()  # not the shortcut of a menu: the key is for the table
                return True
            if event.type() is QEvent.Type.KeyPress and self._on_key(watched, event):
                return True
        return super().eventFilter(watched, event)


def is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo)


def is_redo(event: QKeyEvent) -> bool:
    """Ctrl+Y and Ctrl+Shift+Z, whichever the platform prefers."""
    keys = event.keyCombination().toCombined()
    return event.matches(QKeySequence.StandardKey.Redo) or keys in (
        (Qt.Modifier.CTRL | Qt.Key.Key_Y).toCombined(),
        (Qt.Modifier.CTRL | Qt.Modifier.SHIFT | Qt.Key.Key_Z).toCombined(),
    )


def own_key(event: QKeyEvent) -> bool:
    return is_undo(event) or is_redo(event) or event.matches(QKeySequence.StandardKey.Paste)
