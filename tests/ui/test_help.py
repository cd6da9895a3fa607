"""怎么数 on the screen, for every row and every column of both forms: a line under the label, and the side panel."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gxdesk.forms.help import table_help
from gxdesk.forms.known import Forms
from gxdesk.sources import places
from tests.ui.conftest import NewSession, OpenTable
from ui.panels.help import SOURCES, help_card
from ui.table.headers import label_widths

FORMS = Forms.load()
TABLES = [(form, table) for form in FORMS for table in FORMS[form].tables]


@pytest.mark.parametrize(("form", "table"), TABLES)
def test_every_row_and_column_has_its_panel(session: NewSession, qtbot: QtBot, form: str, table: str) -> None:
    of = session(form=form, fill="3", last={str(ref): "7" for t in FORMS[form].tables.values() for ref in t.inputs})
    found, cells = table_help(of.form, table), of.form.tables[table].cells
    assert found is not None
    rows = {cell.row.key: ref for ref, cell in reversed(cells.items()) if not cell.parts}
    columns = {cell.column.key: ref for ref, cell in reversed(cells.items())}
    assert {cell.row.key for cell in cells.values()} <= set(found.rows) and set(columns) == set(found.columns)
    for ref in {*rows.values(), *columns.values()}:
        card = help_card(of, ref)
        assert card is not None
        qtbot.addWidget(card)
        said = [w.text() for w in card.findChildren(QLabel)]
        for part in (found.rows[cells[ref].row.key], found.columns[cells[ref].column.key]):
            assert {part.name, part.line, part.means, part.example, part.mistake, f"依据：{part.basis}"} <= set(said), ref
            assert {s.text for s in part.statements} <= set(said) and {SOURCES[s.source][0] for s in part.statements} <= set(said)
            assert not places(part.basis) or any(b.text() == "看原文" for b in card.findChildren(QPushButton)), part.basis
        assert ref not in of.form.tables[table].inputs or "这一格是 7。" in said


@pytest.mark.parametrize(("form", "table"), TABLES)
def test_what_a_row_counts_stands_under_its_label(session: NewSession, opened: OpenTable, form: str, table: str) -> None:
    of = session(form=form)
    sheet = opened(of, table, (1000, 800))
    found, side = table_help(of.form, table), sheet.grid.side
    assert found is not None
    leaves = {label.of.key: label for label in side._labels if label.leaf and label.of is not None}
    if not leaves:
        return  # rows that lie across: the line over the table says it
    assert {key: label.how for key, label in leaves.items()} == {key: found.rows[key].line for key in leaves}
    widths = label_widths(sheet.grid._layout, narrow=False, explained=True)
    for label in leaves.values():
        width = sum(widths[label.level : label.level + label.levels])
        assert "".join(side._lines(label, width)[1]).endswith(label.how)
    high = sheet.grid.table_height()
    sheet.grid.set_explained(False)
    QApplication.processEvents()
    assert sheet.grid.table_height() < high
    sheet.grid.set_explained(True)
    sheet.set_narrow(True)
    assert sheet.grid.table_height() < high, "a narrow window says it over the table"
