"""The grid that serves every table of every form: frozen merged headers, keyboard as in a spreadsheet.

Manners (ux.md §5.9): Enter goes down and Shift+Enter up over what can be typed in, at the end of a column on to the next one; Tab and
Shift+Tab go right and left likewise, row by row, and out of the table at its end; arrows reach totals too. Typing replaces, F2 or double
click edits, Esc brings back. Blocks are `ui.table.pasting`'s. Undo and redo are the
session's, also from an open editor. The wheel scrolls and never changes a number; the input method is off.
"""

from collections.abc import Iterable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QFontMetricsF, QInputMethodEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QApplication, QMenu, QTableView, QWidget

from gxdesk.cells import CellRef, State
from gxdesk.forms.grid import Role
from gxdesk.history import Step
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.popover import Popover
from ui.table.adapter import TableAdapter
from ui.table.addends import addends_card
from ui.table.cell import CellEditor, NumberCell, is_redo, is_undo
from ui.table.headers import Corner, TreeHeader, label_widths
from ui.table.layout import Place
from ui.table.pasting import Blocks
from ui.tokens import H_ROW, H_ROW_NARROW, font, look

LIT_MS = 1600  # how long the cells of an equation stay tinted after a jump to it
_Hint = QAbstractItemDelegate.EndEditHint
_Key = Qt.Key
_Action = QAbstractItemView.CursorAction
_ARROWS = {
    _Key.Key_Left: _Action.MoveLeft,
    _Key.Key_Right: _Action.MoveRight,
    _Key.Key_Up: _Action.MoveUp,
    _Key.Key_Down: _Action.MoveDown,
    _Key.Key_Home: _Action.MoveHome,
    _Key.Key_End: _Action.MoveEnd,
    _Key.Key_PageUp: _Action.MovePageUp,
    _Key.Key_PageDown: _Action.MovePageDown,
}


class FormGrid(QTableView):
    """One table of an open report."""

    refused = Signal(str)  # a sentence: why nothing was done
    noticed = Signal(str)  # a sentence: what was done, and what was left out
    stepped = Signal(object)  # the Step that was undone or redone; it may lie outside this table
    addends_requested = Signal(object, QRect)  # CellRef of a computed cell, its rectangle in viewport coordinates
    current_ref_changed = Signal(object)  # CellRef or None
    moment_reached = Signal(object, str)  # a Kind and what it concerns: before and after a labelled block is put in

    def __init__(self, session: Session, bridge: Bridge, table: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt calls overridden methods from inside setModel and setScrollMode: everything they read comes first.
        self.adapter = TableAdapter(session, bridge, table, self)
        self._layout = self.adapter.layout
        self.blocks = Blocks(self)
        self.hovered: Place | None = None
        self.several = False
        self.lit: frozenset[CellRef] = frozenset()
        self._narrow, self._explained = False, True
        self._explained_heights: tuple[int, ...] = ()
        self._card: Popover | None = None
        self._anchor: Place | None = None  # where a selection with Shift begins
        self._extending = False
        self._lit_timer = QTimer(self)
        self._lit_timer.setSingleShot(True)
        self._lit_timer.setInterval(LIT_MS)
        self._lit_timer.timeout.connect(lambda: self._light(()))
        self._corner = Corner(self, self._layout.corner)
        self.top = TreeHeader(Qt.Orientation.Horizontal, self._layout, self.adapter.marked, self)
        self.side = TreeHeader(Qt.Orientation.Vertical, self._layout, lambda _: False, self)
        self.cell = NumberCell(self, self, self._editor_key)
        self.setHorizontalHeader(self.top)
        self.setVerticalHeader(self.side)
        self.setModel(self.adapter)
        self.setItemDelegate(self.cell)
        self.top.setVisible(bool(self._layout.top))
        self.side.setVisible(bool(self._layout.side))
        for at in self._layout.anchors:
            rows, columns = self._layout.span(at)
            if rows > 1 or columns > 1:
                self.setSpan(*at, rows, columns)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setAccessibleName(self.adapter.table.name)
        self.entered.connect(self._hover)
        self.clicked.connect(self._clicked)
        self.viewportEntered.connect(lambda: self._hover(QModelIndex()))
        self.adapter.marks_changed.connect(self.top.update_lines)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled_across)
        self.verticalScrollBar().valueChanged.connect(self.side.viewport().update)
        look().changed.connect(self._look_changed)
        self._room = 0
        self._measure()

    # --- for the page ---

    @property
    def session(self) -> Session:
        return self.adapter.session

    def current_ref(self) -> CellRef | None:
        """The cell she is in."""
        return self.adapter.ref_at(self.currentIndex()) if self.currentIndex().isValid() else None

    def go_to(self, ref: CellRef, refs: Iterable[CellRef] = ()) -> bool:
        """Select a cell, bring it in sight and take the focus; tint the cells `refs` of its equation for a moment. False if it is not here."""
        index = self.adapter.index_of(ref)
        if not index.isValid():
            return False
        self.finish()
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._light(refs)
        return True

    def blank_inputs(self) -> tuple[CellRef, ...]:
        """The inputs with nothing in them, or a mark that stands for nothing."""
        refs = (self._layout.anchors[at].ref for at in self._layout.inputs)
        return tuple(ref for ref in refs if ref is not None and self.adapter.session.figures.entry(ref).state is State.BLANK)

    def finish(self) -> None:
        """Close an open editor; what was typed stays."""
        if self.cell.editor is not None:
            self.closeEditor(self.cell.editor, _Hint.NoHint)

    def set_narrow(self, narrow: bool) -> None:
        """Compact rows and headers, for windows below 1000 px."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._measure()

    def set_explained(self, explained: bool) -> None:
        """Say under each row's label in one line what it counts, where the window is wide enough."""
        if explained != self._explained:
            self._explained = explained
            self._measure()
            self.side.viewport().update()

    def explained_height(self, rows: int) -> int:
        """Height in px of the first `rows` with a line under their labels, as they were when last shown so."""
        return sum(self._explained_heights[:rows])

    def set_show_last_year(self, shown: bool) -> None:
        """Show or hide last year's figures."""
        self.adapter.set_show_last_year(shown)
        self.cell.forget_measures()
        self.refit()

    def undo(self) -> None:
        self._step(self.session.undo)

    def redo(self) -> None:
        self._step(self.session.redo)

    # --- measures ---

    def fit(self, room: int) -> None:
        """Share `room` px out among label columns and columns: columns grow to their most; where they cannot shrink, the table scrolls."""
        self._room = room
        left = self.label_width()
        columns = self._layout.columns
        least, most = self._column_range()
        needs = [self._needed(c, least) for c in range(columns)]
        size = max(least, min(most, (room - left) // columns)) if columns else 0
        wide = sum(n - size for n in needs if n > size)
        if wide and size > least:  # columns with long figures take their room from the others
            size = max(least, size - -(-wide // columns))
        for c in range(columns):
            wanted = max(size, needs[c])
            self.top.resizeSection(
                c, wanted + wanted % 2 if wanted == needs[c] else wanted - wanted % 2
            )  # even: whole device pixels at 150 %
        if self._layout.top:
            self.top.set_levels(
                self.top.head_heights((24 if self._narrow else 26) if self._layout.rows > 3 else 26 if self._narrow else 30)
            )
        self.updateGeometries()

    def least_width(self) -> int:
        """Width in px in which every figure that stands there now can be read whole, without scrolling sideways."""
        least, _ = self._column_range()
        needs = (self._needed(c, least) for c in range(self._layout.columns))
        return self.label_width() + sum(need + need % 2 for need in needs) + self.verticalScrollBar().sizeHint().width()

    def refit(self) -> None:
        """Share the same room out again: figures have become longer or shorter."""
        self.fit(self._room)

    def table_width(self) -> int:
        """Width in px of labels and columns."""
        return self.label_width() + int(self.top.length())

    def table_height(self) -> int:
        """Height in px of headers and rows."""
        return (self.top.height() if self._layout.top else 0) + int(self.side.length())

    def label_width(self) -> int:
        return self.side.width() if self._layout.side else 0

    def _measure(self) -> None:
        """Widths of the label columns, heights of the rows; then the columns."""
        self.cell.forget_measures()
        explained = self.side.explained = self._explained and not self._narrow
        self.side.set_levels(label_widths(self._layout, narrow=self._narrow, explained=explained) if self._layout.side else [])
        least = (36 if self._narrow else 44) if self._layout.rows <= 2 else H_ROW_NARROW if self._narrow else H_ROW
        least += 4 if look().large else 0
        for r in range(self._layout.rows):
            band = self._layout.covers[r, 0].role is Role.BAND
            self.side.resizeSection(r, self.side.row_height(r, least) + (4 if band and not self._narrow else 0))
        if explained:
            self._explained_heights = tuple(self.side.sectionSize(r) for r in range(self._layout.rows))
        self.refit()

    def _column_range(self) -> tuple[int, int]:
        """Least and most width of a column in px: few columns get room for last year in words."""
        if self._layout.columns <= 4:
            return (110 if self._narrow else 120), 200
        return (60 if self._narrow else 64), 112

    def _needed(self, c: int, least: int) -> int:
        """Width a column needs for its figures and for the longest line of its label that cannot be broken."""
        f = QFontMetricsF(font("caption-strong"))
        need = least
        for label in self._layout.top:
            if label.leaf and label.line == c:
                need = max(need, round(max(f.horizontalAdvance(piece) for piece in label.lines) + 10) if len(label.lines) > 1 else need)
        for (r, at), placed in self._layout.anchors.items():
            if at == c and placed.ref is not None and self._layout.span((r, at))[1] == 1:
                need = max(need, self.cell.needed_width(self.adapter.shown(r, at)))
        return need

    def column_end(self, column: int) -> bool:
        """Whether a line stands at the right of a column."""
        last = column >= self._layout.columns - 1
        return (not self.closed) if last else column in self._layout.group_ends

    @property
    def closed(self) -> bool:
        """The frame around the table is the right edge of the last column."""
        return not self.verticalScrollBar().isVisible()

    @property
    def ends(self) -> bool:
        """The frame, or the strip, is the lower edge of the last row."""
        return not self.horizontalScrollBar().isVisible()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        left, top = self.label_width(), self.top.height() if self._layout.top else 0
        self._corner.place(QPoint(0, 0), left, top)
        self.top.closed, self.side.ends = self.closed, self.ends

    def _scrolled_across(self) -> None:
        """Qt moves the pixels; merged labels and the titles of blocks stay where they can be read, so they are painted anew, as those in `side` are."""
        self.top.viewport().update()
        for at, placed in self._layout.anchors.items():
            if placed.role is Role.BAND:
                self.viewport().update(self.visualRect(self.adapter.index(*at)))

    def _look_changed(self) -> None:
        self.finish()
        self._measure()
        self.viewport().update()

    # --- where she is ---

    def current_place(self) -> Place | None:
        """The anchor of the current cell."""
        index = self.currentIndex()
        return self._layout.anchor(index.row(), index.column()) if index.isValid() else None

    def currentChanged(self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex) -> None:
        super().currentChanged(current, previous)
        self.setAttribute(
            Qt.WidgetAttribute.WA_InputMethodEnabled, False
        )  # the base class switches it on for every cell that can be edited
        if not self._extending and self.state() is not QAbstractItemView.State.DragSelectingState:
            self._anchor = self._layout.anchor(current.row(), current.column()) if current.isValid() else None
        self.side.set_current(current.row())
        self.top.set_current(current.column())
        for index in (current, previous):
            if index.isValid():
                self.viewport().update(self.visualRect(index))
        self.current_ref_changed.emit(self.adapter.ref_at(current) if current.isValid() else None)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        several = len(self.selected_places()) > 1
        if several != self.several:
            self.several = several
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Not Qt's own: that repaints every cell whenever an editor opens or closes, and switches the input method on."""
        if not self.currentIndex().isValid() and self._layout.inputs:
            self.setCurrentIndex(self.adapter.index(*self._layout.inputs[0]))
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._update_current()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._update_current()

    def _update_current(self) -> None:
        if self.currentIndex().isValid():
            self.viewport().update(self.visualRect(self.currentIndex()))

    def selected_places(self) -> list[Place]:
        """Anchors of the selected cells, in reading order."""
        return sorted({self._layout.anchor(i.row(), i.column()) for i in self.selectionModel().selectedIndexes()})

    def setCurrentIndex(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """A jump selects its cell alone. Qt's own would add to the selection while Shift (Shift+Enter, Shift+F8) or Ctrl (Ctrl+Z) is down."""
        self.selectionModel().setCurrentIndex(
            self.adapter.index(index.row(), index.column()), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def _extend(self, index: QModelIndex) -> None:
        """Select the block from where the selection began to `index`. Qt's own begins where its last key or press was, not where a jump went."""
        end, start = self._layout.anchor(index.row(), index.column()), self._anchor
        if start is None:
            self.setCurrentIndex(index)
            return
        reach = [(at[0] + span[0] - 1, at[1] + span[1] - 1) for at in (start, end) for span in [self._layout.span(at)]]
        first = self.adapter.index(min(start[0], end[0]), min(start[1], end[1]))
        last = self.adapter.index(max(r for r, _ in reach), max(c for _, c in reach))
        self._extending = True
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(QItemSelection(first, last), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._extending = False

    def _hover(self, index: QModelIndex | QPersistentModelIndex) -> None:
        now = self._layout.anchor(index.row(), index.column()) if index.isValid() else None
        before, self.hovered = self.hovered, now
        for at in (before, now):
            if at is not None and before != now:
                self.viewport().update(self.visualRect(self.adapter.index(*at)))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def _light(self, refs: Iterable[CellRef]) -> None:
        before, self.lit = self.lit, frozenset(refs)
        for ref in before | self.lit:
            self.viewport().update(self.visualRect(self.adapter.index_of(ref)))
        if self.lit:
            self._lit_timer.start()

    def keyboardSearch(self, search: str) -> None:
        """Nothing: a key on a total must not jump to a cell that begins with it."""

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        event.ignore()

    # --- moving ---

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Next and previous are over inputs; everything else as in every table, but that it never ends on a heading."""
        if action in (_Action.MoveNext, _Action.MovePrevious):
            ahead = self._across(1 if action is _Action.MoveNext else -1)
            return self.adapter.index(*ahead) if ahead else self.currentIndex()
        return super().moveCursor(action, modifiers)

    def _across(self, step: int) -> Place | None:
        """The next input to the right (or left), row by row."""
        here = self.current_place() or (-1, -1)
        inputs = self._layout.inputs if step > 0 else self._layout.inputs[::-1]
        return next((at for at in inputs if (at > here if step > 0 else at < here)), None)

    def _along(self, step: int) -> Place | None:
        """The next input below (or above) that begins in this column, so that a merged one is met once; at its end the first (last) of the next column
        that has one."""
        index = self.currentIndex()
        if not index.isValid():
            return self._layout.inputs[0] if self._layout.inputs else None
        rows = range(self._layout.rows)[::step]
        row, column = index.row(), index.column()
        here = self.current_place()
        while 0 <= column < self._layout.columns:
            for r in rows:
                if (r > row if step > 0 else r < row) and self._layout.covers[r, column].role is Role.INPUT:
                    at = self._layout.anchor(r, column)
                    if at != here and at[1] == column:
                        return at
            row = -1 if step > 0 else self._layout.rows
            column += step
        return None

    def _move(self, at: Place | None) -> bool:
        if at is None:
            return False
        self.setCurrentIndex(self.adapter.index(*at))
        return True

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._own_key(event):
            event.accept()
            return
        if event.key() in (_Key.Key_Tab, _Key.Key_Backtab):
            if not self._move(self._across(1 if event.key() == _Key.Key_Tab else -1)):
                event.ignore()  # out of the table: the keyboard is never caught in it
            return
        self.cell.opened_by_typing = bool(event.text()) and event.text().isprintable()
        super().keyPressEvent(event)
        self.cell.opened_by_typing = False

    def _own_key(self, event: QKeyEvent) -> bool:
        """Keys that are for the table itself, editor closed; True if the key was one."""
        standard = QKeySequence.StandardKey
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_redo(event):
            self.redo()
        elif is_undo(event):
            self.undo()
        elif event.matches(standard.Copy):
            self.blocks.copy()
        elif event.matches(standard.Cut):
            self.blocks.cut()
        elif event.matches(standard.Paste):
            self.blocks.paste()
        elif key == _Key.Key_Delete or (key == _Key.Key_Backspace and self.several):
            self.blocks.clear("清除")
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            self._move(self._along(-1 if shift else 1))
        elif key == _Key.Key_Backspace:
            self._edit_emptied()
        elif key in _ARROWS and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ShiftModifier:
            self._extend(self.moveCursor(_ARROWS[_Key(key)], Qt.KeyboardModifier.NoModifier))
        elif key in (_Key.Key_Space, _Key.Key_F2) and self._on_total():
            self._ask_for_addends(self.currentIndex())
        elif key == _Key.Key_Space:
            pass  # it would replace a number by nothing
        else:
            return False
        return True

    def _editor_key(self, editor: CellEditor, event: QKeyEvent) -> bool:
        """Keys in an open editor that end it or go past it; everything happens at once, so that fast typing is never out of step."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if is_redo(event):
            self.redo()
        elif is_undo(event):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.blocks.paste_into(editor)
        elif key == _Key.Key_Escape:
            self.cell.restore()
            self.finish()
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            self.finish()
            self._move(self._along(-1 if shift else 1))
        elif key in (_Key.Key_Tab, _Key.Key_Backtab):
            self.finish()
            if not self._move(self._across(1 if key == _Key.Key_Tab else -1)):
                self.focusNextPrevChild(key == _Key.Key_Tab)
        elif key in (_Key.Key_Up, _Key.Key_Down) or (
            key in (_Key.Key_Left, _Key.Key_Right) and plain and not shift and not editor.caret_keys
        ):
            self.finish()
            QApplication.sendEvent(self, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        else:
            return False
        return True

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, _Hint.NoHint)
        self.cell.ended()
        index = self.currentIndex()
        if index.isValid():
            self._update_current()
            if self._layout.top and self._needed(index.column(), 0) > self.top.sectionSize(index.column()):
                self.refit()  # a long figure gets its room once it is typed, not under the hand

    def _edit_emptied(self) -> None:
        """Backspace: begin anew in this cell."""
        index = self.currentIndex()
        if index.isValid() and self.adapter.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.cell.opened_by_typing = True
            self.edit(index)
            self.cell.opened_by_typing = False
            if self.cell.editor is not None:
                self.cell.editor.clear()

    def _step(self, step: object) -> None:
        self.finish()
        done = step()  # type: ignore[operator]
        if isinstance(done, Step):
            self._show_step(done)
            self.stepped.emit(done)

    def _show_step(self, step: Step) -> None:
        """Go to what was undone or redone, if it is here; a block is selected whole."""
        refs = [CellRef(s.slot.key) for s in step.splices if s.slot.part == "cells"]
        indexes = [i for i in map(self.adapter.index_of, refs) if i.isValid()]
        if not indexes:
            return
        self.setCurrentIndex(indexes[0])
        if len(indexes) > 1:
            chosen = QItemSelection()
            for index in indexes:
                chosen.select(index, index)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # --- totals ---

    def _on_total(self) -> bool:
        at = self.current_place()
        return at is not None and self._layout.anchors[at].role is Role.TOTAL

    def _clicked(self, index: QModelIndex) -> None:
        if self._on_total() and not self.several:
            self._ask_for_addends(index)

    def _ask_for_addends(self, index: QModelIndex) -> None:
        ref = self.adapter.ref_at(index)
        if ref is not None:
            r = self.visualRect(index)
            self._show_addends(ref, r)
            self.addends_requested.emit(ref, r)

    def _show_addends(self, ref: CellRef, r: QRect) -> None:
        shown = self.adapter.shown(*self._layout.places[ref])
        self.pop(addends_card(
            self.window(), self.session.form.cells[ref].place, self.session.addends(ref), shown.text or "未填", shown.missing
        ), r)

    def pop(self, card: Popover, r: QRect) -> Popover:
        """Show a card beside a rectangle of the viewport, instead of the one that is open."""
        if self._card is not None:
            self._card.hide()
        card.closed.connect(card.deleteLater)
        card.destroyed.connect(lambda: self._forget_card(card))
        self._card = card
        card.show_at(QRect(self.viewport().mapTo(self.window(), r.topLeft()), r.size()))
        return card

    def _forget_card(self, card: Popover) -> None:
        if self._card is card:
            self._card = None

    # --- pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.finish()
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            if event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
                self._extend(index)
                return
            self._anchor = self._layout.anchor(index.row(), index.column())
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid() or self.adapter.ref_at(index) is None:
            return
        self.finish()
        if not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the selection."""
        menu = QMenu(self)
        for text, keys, act in (
            ("剪切", QKeySequence.StandardKey.Cut, self.blocks.cut),
            ("复制", QKeySequence.StandardKey.Copy, self.blocks.copy),
            ("粘贴", QKeySequence.StandardKey.Paste, self.blocks.paste),
            ("清除", QKeySequence.StandardKey.Delete, lambda: self.blocks.clear("清除")),
        ):
            action = QAction(text, menu)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _=False, act=act: act())
            action.setEnabled(text == "复制" or not self.session.read_only)
            menu.addAction(action)
        if self._on_total() and not self.several:
            menu.addSeparator()
            menu.addAction("看由哪些数相加", lambda: self._ask_for_addends(self.currentIndex()))
        return menu
