"""Blocks of cells to and from the clipboard, as Excel and WPS do it. Delete clears the selection.

A block with labels of its own (`gxdesk.imports.paste`) is shown before it goes where they say; figures alone go in at once from the upper
left corner of the selection. Nothing is ever cut off: a block that does not fit is refused whole, with the reason.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QApplication

from gxdesk.cells import CellRef, parse
from gxdesk.drafts.moments import Kind
from gxdesk.forms.grid import Role
from ui.parts import column
from ui.popover import Popover
from ui.table.cell import CellEditor
from ui.table.clipboard import Block, read_block, write_block
from ui.table.layout import Place

if TYPE_CHECKING:  # the readers of pages are imported at the first paste of one
    from gxdesk.imports.paste import Placement
    from ui.table.view import FormGrid


class Blocks:
    """The clipboard of one grid."""

    def __init__(self, grid: "FormGrid") -> None:
        self._grid = grid
        self._layout = grid.adapter.layout

    def copy(self) -> None:
        """The selected block to the clipboard; totals as computed."""
        places = self._grid.selected_places()
        if places:
            QApplication.clipboard().setText(write_block(self._block(places)))

    def cut(self) -> None:
        self.copy()
        self.clear("剪切")

    def _refused_to_look(self) -> bool:
        """Whether the report is only to be looked at; she is told."""
        if self._grid.session.read_only:
            self._grid.refused.emit("这份报告现在只能看，不能改。")
        return self._grid.session.read_only

    def _block(self, places: list[Place]) -> list[list[str]]:
        ends = [(r + self._layout.span((r, c))[0], c + self._layout.span((r, c))[1]) for r, c in places]
        rows = range(min(r for r, _ in places), max(r for r, _ in ends))
        columns = range(min(c for _, c in places), max(c for _, c in ends))
        chosen = set(places)
        return [
            [
                self._grid.adapter.shown(r, c).text
                if (r, c) in self._layout.anchors and ((r, c) in chosen or self._layout.anchors[r, c].ref is None)
                else ""
                for c in columns
            ]
            for r in rows
        ]

    def clear(self, label: str) -> None:
        """Empty the selected inputs, and typed totals that came with a file, as one step."""
        if self._refused_to_look():
            return
        refs = [ref for at in self._grid.selected_places() if (ref := self._layout.anchors[at].ref) is not None and self._grid.adapter.typed(ref)]
        if refs:
            self._grid.session.set_cells(dict.fromkeys(refs, ""), f"{label} {len(refs)} 格")

    def paste(self) -> None:
        """The block on the clipboard: by its own labels after she has seen what that changes, else at once from the upper left corner of the
        selection. Refused whole if it does not fit."""
        if self._refused_to_look():
            return
        grid = self._grid
        places = grid.selected_places() or [at for at in (grid.current_place(),) if at]
        block = _block_held()
        if not places or not any(map(any, block)):
            if places:
                grid.refused.emit("剪贴板里没有可以粘贴的数。")
            return
        if len(block) == len(block[0]) == 1 and len(places) > 1:
            self._put(dict.fromkeys(places, block[0][0]))
        elif any(cell and parse(cell).value is None for line in block for cell in line) and (placement := self._by_labels()) is not None:
            self._show_placing(placement)
        else:
            self._paste_from((min(r for r, _ in places), min(c for _, c in places)), block)

    def _by_labels(self) -> "Placement | None":
        """Where a block goes by its own labels: those of the page it was copied from, where the clipboard has it, say more than its text. None: it has none."""
        from gxdesk.imports.paste import place

        form, table = self._grid.session.form, self._grid.adapter.table
        sources = ((_html_held(), True), (QApplication.clipboard().text(), False))
        labelled = [placement for source, html in sources if source and (placement := place(source, form, table, html=html)) is not None]
        return next((placement for placement in labelled if not placement.reason), labelled[0] if labelled else None)

    def _show_placing(self, placement: "Placement") -> None:
        from ui.table.placing import PlacingCard

        if placement.reason:
            self._grid.refused.emit(placement.reason)
            return
        shown = PlacingCard(self._grid.session, placement)
        shown.accepted.connect(self._paste_placed)
        card = self._grid.pop(Popover(self._grid.window(), column(shown)), self._grid.visualRect(self._grid.currentIndex()))
        for done in (shown.accepted, shown.left):
            done.connect(card.hide)
            done.connect(self._grid.setFocus)
        shown.take_focus()

    def _paste_placed(self, cells: dict[CellRef, str]) -> None:
        self._enter(cells)
        self._select(self._layout.places[ref] for ref in cells)
        self._grid.refit()
        self._grid.noticed.emit(f"粘贴了 {len(cells)} 格。")

    def _enter(self, cells: dict[CellRef, str]) -> None:
        """A block as one step, the report kept as it was before and as it is then; one figure is as if it had been typed."""
        moments = self._grid.moment_reached.emit if len(cells) > 1 else lambda *_: None
        what = f"贴到{self._grid.adapter.table.name}"
        moments(Kind.BEFORE_IMPORT, what)
        self._grid.session.set_cells(cells, f"粘贴 {len(cells)} 格")
        moments(Kind.IMPORTED, what)

    def _paste_from(self, start: Place, block: Block) -> None:
        rows, columns = len(block), max(map(len, block))
        free_rows, free_columns = self._layout.rows - start[0], self._layout.columns - start[1]
        if rows > free_rows or columns > free_columns:
            self._grid.refused.emit(
                f"没有粘贴：剪贴板里是 {rows} 行 {columns} 列，从这一格起只有 {free_rows} 行 {free_columns} 列。请从左上角那一格开始粘贴，或少复制一些。"
            )
            return
        values: dict[Place, str] = {}
        for r, cells in enumerate(block, start[0]):
            for c, text in enumerate(cells, start[1]):
                if (r, c) in self._layout.anchors:
                    values[r, c] = text
                elif text:
                    self._grid.refused.emit(
                        f"没有粘贴：表里有合并的格，第 {r - start[0] + 1} 行第 {c - start[1] + 1} 个数“{text[:12]}”没有格可放。请分块粘贴。"
                    )
                    return
        self._put(values)

    def _put(self, values: dict[Place, str]) -> None:
        """Values into inputs, as one step; what falls on totals and headings is left out, and said."""
        anchors = self._layout.anchors
        taken: dict[CellRef, str] = {}
        for at, text in values.items():
            ref = anchors[at].ref
            if ref is not None and anchors[at].role is Role.INPUT:
                taken[ref] = text
        left_out = sum(1 for at, text in values.items() if text and anchors[at].role is Role.TOTAL)
        if not taken:
            self._grid.refused.emit("没有粘贴：总计自动得出，不用填。" if left_out else "没有粘贴：这里没有可以填的格。")
            return
        self._enter(taken)
        self._select(values)
        self._grid.refit()
        ignored = f"；落在总计上的 {left_out} 个数没有用，总计自动得出" if left_out else ""
        self._grid.noticed.emit(f"粘贴了 {len(taken)} 格{ignored}。")

    def _select(self, places: Iterable[Place]) -> None:
        chosen = QItemSelection()
        for at in places:
            index = self._grid.adapter.index(*at)
            if self._layout.anchors[at].ref is not None:
                chosen.select(index, index)
        self._grid.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def paste_into(self, editor: CellEditor) -> None:
        """Paste into an open editor: one value goes to the caret, a block to the cells."""
        block = _block_held()
        if len(block) == len(block[0]) == 1:
            editor.insert(block[0][0])
        else:
            self._grid.cell.restore()
            self._grid.finish()
            self.paste()


def _block_held() -> Block:
    """The cells on the clipboard: those of the one table of a page, for the text of a page tells the lines of a cell from rows as little as
    blank cells from none; else those of the text."""
    if page := _html_held():
        from gxdesk.imports.html import only_table

        if rows := only_table(page):
            return rows
    return read_block(QApplication.clipboard().text())


def _html_held() -> str:
    """The clipboard as a page, where it holds a table drawn as one."""
    html = QApplication.clipboard().mimeData().html()
    return html if "<table" in html.lower() else ""
