"""A table of the report as a Qt model.

The model's rows and columns are those of `TableLayout`. It holds no figures: it reads the session, keeps what painting asks again and
again, and after a change tells Qt exactly the cells that read differently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from gxdesk.cells import CellRef, State, show
from gxdesk.checks.finding import Severity
from gxdesk.checks.relations import Balance
from gxdesk.forms.grid import Role
from gxdesk.forms.help import table_help
from gxdesk.report import Slot
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.table.layout import Label, Place, TableLayout

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place shows. `beside` is last year's figure, empty where it is no news; `missing` counts the blanks under a total;
    `said` is a typed total that differs from the computed one; `bad` is text that is no number."""

    role: Role
    ref: CellRef | None = None
    text: str = ""
    beside: str = ""
    missing: int = 0
    said: str = ""
    bad: bool = False


class TableAdapter(QAbstractTableModel):
    """One table of a session. Only the session changes figures; `setData` hands on to it."""

    marks_changed = Signal(object)  # frozenset[int]: columns whose header mark came or went
    balances_changed = Signal(object)  # frozenset[int]: columns whose balance reads differently

    def __init__(self, session: Session, bridge: Bridge, table: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.table = session.form.tables[table]
        help_ = table_help(session.form, table)
        self.layout = TableLayout(self.table, {key: of.line for key, of in help_.rows.items()} if help_ is not None else {})
        self.show_last_year = True
        self._shown: dict[Place, Shown] = {}
        self._under: dict[CellRef, int] = {}
        self._held = False
        self._wrong, self._marks = self._earned()
        self.balances: dict[int, tuple[Balance, ...]] = {}
        self._weigh()
        bridge.cells_changed.connect(self._cells_changed)
        bridge.findings_changed.connect(self._findings_changed)

    # --- places ---

    def ref_at(self, index: Index) -> CellRef | None:
        """The cell that covers an index."""
        placed = self.layout.covers.get((index.row(), index.column()))
        return placed.ref if placed else None

    def index_of(self, ref: CellRef) -> QModelIndex:
        """The index of a cell; invalid if the table has no such cell."""
        at = self.layout.places.get(ref)
        return self.index(*at) if at else QModelIndex()

    # --- what Qt asks ---

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.layout.rows

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.layout.columns

    def flags(self, index: Index) -> Qt.ItemFlag:
        placed = self.layout.covers.get((index.row(), index.column()))
        if placed is None or placed.ref is None:
            return Qt.ItemFlag.NoItemFlags
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both | Qt.ItemFlag.ItemIsEditable if placed.role is Role.INPUT and not self.session.read_only else both

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.shown(index.row(), index.column()).text
        ref = self.ref_at(index)
        if ref is None:
            return None
        if role == Qt.ItemDataRole.EditRole:
            return self.typed(ref)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(ref)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self.remark(ref) or None
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        ref = self.ref_at(index)
        if role != Qt.ItemDataRole.EditRole or ref is None or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        self.session.set_cell(ref, str(value).strip())
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The whole path of labels; as tool tip and description with the clause."""
        labels = self.layout.path(self.layout.top if orientation is Qt.Orientation.Horizontal else self.layout.side, section)
        path = "，".join(x.text for x in labels if x.text)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return path
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole) and path:
            clause = self._clause(labels)
            return f"{path}\n{clause}" if clause else path
        return None

    @staticmethod
    def _clause(labels: Iterable[Label]) -> str:
        return next((x.of.clause for x in reversed(tuple(labels)) if x.of is not None and x.of.clause), "")

    # --- what the view asks ---

    def typed(self, ref: CellRef) -> str:
        return self.session.text(Slot("cells", ref))

    def shown(self, row: int, column: int) -> Shown:
        """What stands at a place."""
        found = self._shown.get((row, column))
        if found is None:
            found = self._shown[row, column] = self._look(row, column)
        return found

    def _look(self, row: int, column: int) -> Shown:
        placed = self.layout.covers[row, column]
        if placed.ref is None:
            return Shown(placed.role, text=placed.text)
        ref, figures = placed.ref, self.session.figures
        typed = self.typed(ref).strip()
        then = self.last(ref)
        if placed.role is Role.TOTAL:
            total, entry = figures.total(ref), figures.entry(ref)
            said = typed if entry.state is not State.BLANK and (total.missing or entry.value != total.value) else ""
            text = "" if total.missing >= self._inputs_under(ref) else show(total.value)
            return Shown(placed.role, ref, text, then if text != "0" or then != "0" else "", total.missing, said)
        bad = figures.entry(ref).state is State.BAD
        return Shown(placed.role, ref, typed, then if typed != "0" or then != "0" else "", bad=bad)

    def _inputs_under(self, ref: CellRef) -> int:
        found = self._under.get(ref)
        if found is None:
            parts = self.session.form.cells[ref].parts
            found = self._under[ref] = sum(self._inputs_under(part) for part in parts) if parts else 1
        return found

    def last(self, ref: CellRef) -> str:
        """Last year's figure as printed; empty if there is none."""
        last = self.session.last_figures
        return last.printed(ref) if last is not None and ref in last.form.cells else ""

    def wrong(self, ref: CellRef) -> bool:
        """Whether the cell has part in an error that is earned: a complete equation that fails, or text that is no number."""
        return ref in self._wrong

    def marked(self, column: int) -> bool:
        """Whether an equation of this column fails."""
        return column in self._marks

    def spoken(self, ref: CellRef) -> str:
        """The cell for a screen reader: row, column, value, last year."""
        cell = self.session.form.cells[ref]
        seen = self.shown(*self.layout.places[ref])
        said = [cell.row.short, cell.column.short, seen.text or "未填"]
        if seen.role is Role.TOTAL:
            said.append(f"自动计算，还缺 {seen.missing} 格" if seen.missing else "自动计算")
        if then := self.last(ref):
            said.append(f"去年 {then}")
        if self.wrong(ref):
            said.append("必须改")
        return "，".join(said)

    def remark(self, ref: CellRef) -> str:
        """What is to be said about a cell when the pointer rests on it: its strongest finding, else how a total comes about
        or what follows from last year."""
        findings = [f for f in self.session.findings_of(ref) if not f.incomplete]
        if findings:
            return findings[0].message
        seen = self.shown(*self.layout.places[ref])
        if seen.role is Role.TOTAL:
            return f"自动计算，还缺 {seen.missing} 格。" if seen.missing else "自动计算，点一下看由哪些数相加。"
        expected = self.session.expected(ref)
        if expected is not None and self.session.figures.value(ref) != expected.value:
            return f"按去年推算应为 {show(expected.value)}。"
        return ""

    def hold(self) -> None:
        """A cell is being typed in: what becomes wrong now is not shown before `release`, what becomes right is."""
        self._held = True

    def release(self) -> None:
        self._held = False
        self._findings_changed()

    def set_show_last_year(self, shown: bool) -> None:
        if shown != self.show_last_year:
            self.show_last_year = shown
            self._all_changed()

    # --- following the session ---

    def _cells_changed(self, refs: Iterable[CellRef]) -> None:
        self._tell(ref for ref in refs if ref in self.layout.places)
        before = self.balances
        self._weigh()
        if changed := frozenset(c for c, balances in self.balances.items() if balances != before[c]):
            self.balances_changed.emit(changed)

    def _findings_changed(self, *_: object) -> None:
        earned, marks = self._earned()
        if self._held:
            earned, marks = earned & self._wrong, marks & self._marks
        wrong, marked = earned ^ self._wrong, marks ^ self._marks
        self._wrong, self._marks = earned, marks
        self._tell(wrong)
        if marked:
            self.marks_changed.emit(frozenset(marked))

    def _earned(self) -> tuple[set[CellRef], set[int]]:
        """Cells of errors that are more than a blank, and the columns in which an equation lies and fails."""
        wrong: set[CellRef] = set()
        marks: set[int] = set()
        for finding in self.session.findings:
            if finding.severity is not Severity.ERROR or finding.incomplete or finding.section != self.table.key:
                continue
            here = [ref for ref in finding.refs if ref in self.layout.places]
            wrong.update(here)
            columns = {self.layout.places[ref][1] for ref in here}
            if len(here) > 1 and len(columns) == 1:
                marks |= columns
        return wrong, marks

    def _weigh(self) -> None:
        """Ask for the printed relations and put each under the column all its cells stand in."""
        found: dict[int, list[Balance]] = {}
        for balance in self.session.balances(self.table.key):
            columns = {self.layout.places[ref][1] for ref in balance.refs}
            if len(columns) == 1:
                found.setdefault(columns.pop(), []).append(balance)
        self.balances = {column: tuple(balances) for column, balances in sorted(found.items())}

    def _tell(self, refs: Iterable[CellRef]) -> None:
        places = [self.layout.places[ref] for ref in refs]
        for at in places:
            self._forget(at)
        if len(places) > 40:  # a paste: one signal over all costs less than many
            self._all_changed()
        else:
            for at in places:
                index = self.index(*at)
                self.dataChanged.emit(index, index)

    def _forget(self, at: Place) -> None:
        rows, columns = self.layout.span(at)
        for r in range(at[0], at[0] + rows):
            for c in range(at[1], at[1] + columns):
                self._shown.pop((r, c), None)

    def _all_changed(self) -> None:
        self._shown.clear()
        self.dataChanged.emit(self.index(0, 0), self.index(self.layout.rows - 1, self.layout.columns - 1))
