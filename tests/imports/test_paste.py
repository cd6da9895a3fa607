"""贴表: by labels, by shape, or refused with the reason."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxdesk.cells import CellRef
from gxdesk.document.view import build_view
from gxdesk.forms.definition import FormDef, Forms
from gxdesk.forms.grid import Role
from gxdesk.imports.paste import place
from gxdesk.report import Report
from tests.imports.sources import Distortion, page

FORMS = Forms.load()


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda f: f.id)
def test_a_table_copied_from_a_page_or_a_sheet_finds_its_cells(form: FormDef) -> None:
    cells = {ref: str(i * 37 % 1000) for i, (ref, cell) in enumerate(form.cells.items()) if not cell.parts}
    view = build_view(Report(form.id, form.first_year, cells=cells), form, draft=False)
    for key, table in form.tables.items():
        alone = replace(view, preamble=(), signature=(), sections=tuple(s for s in view.sections if s.key == key))
        sheet = "\r\n".join("\t".join(p.text if p.ref is None else cells.get(p.ref, "") for p in spread(row, table.grid.width)) for row in occupied(table))
        for got in (place(page(alone, Distortion(spans=True)), form, table, html=True), place(sheet, form, table)):
            assert got.by_labels and not got.reason
            assert got.cells == {ref: text for ref, text in cells.items() if ref.table == key}


def occupied(table):  # type: ignore[no-untyped-def]
    return [{p.column: p for p in table.grid.places if p.row == r} for r in range(table.grid.height)]


def spread(row, width):  # type: ignore[no-untyped-def]
    """A row as a sheet copies it: what a merged cell covers is blank."""
    from gxdesk.forms.grid import Placed

    return [row.get(c, Placed(0, c, 1, 1, Role.LABEL)) for c in range(width)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["2019", "2021"]), st.integers(1, 30), st.integers(1, 20), st.data())
def test_figures_alone_go_where_they_fit_or_nowhere(form_id: str, tall: int, wide: int, data: st.DataObject) -> None:
    form = FORMS[form_id]
    table = data.draw(st.sampled_from(list(form.tables.values())))
    start = data.draw(st.sampled_from(list(table.cells)))
    block = [[str(100 * r + c) for c in range(wide)] for r in range(tall)]
    got = place("\n".join("\t".join(row) for row in block), form, table, start)
    placed = {**got.cells, **got.totals}
    if got.reason:
        assert not got.cells and got.reason.startswith("没有粘贴")
    else:
        assert len(placed) == tall * wide and next(iter(dict.fromkeys([*placed])), None) is not None
        assert placed[start] == "0"


def test_what_does_not_fit_is_refused_and_never_cut(form: FormDef) -> None:
    table = form.tables[form.sections[2].key]
    assert "只放得下 7 个" in place("\t".join("12345678"), form, table, CellRef("requests.received.person")).reason
    assert "只有 1 行" in place("1\n2", form, table, CellRef("requests.carried_out.person")).reason
    assert "总计自动得出" in place("1", form, table, CellRef("requests.received.total")).reason
    assert "没有表格" in place(" ", form, table).reason
    assert place("这不是表\n真的不是", form, table).reason


def test_one_labelled_row_is_enough(form: FormDef) -> None:
    table = form.tables["requests"]
    got = place("二、上年结转政府信息公开申请数量\t1\t0\t0\t0\t2\t0\t3", form, table)
    assert got.cells["requests.carried_in.legal"] == "2" and got.totals == {"requests.carried_in.total": "3"}


@pytest.mark.parametrize(("block", "rows"), [("5\r\n\r\n7\r\n", ["5", "", "7"]), ("\t1\r\n7\t3\r\n", ["", "7"]), ("5\t1\r\n\t\r\n7\t3\r\n", ["5", "", "7"])])
def test_a_blank_cell_of_a_sheet_keeps_its_row(block: str, rows: list[str], form: FormDef) -> None:
    table = form.tables["requests"]
    got = place(block, form, table, CellRef("requests.received.person"))
    assert [got.cells[CellRef(f"requests.{row}.person")] for row in ("received", "carried_in", "granted")[: len(rows)]] == rows


def test_a_column_of_a_page_with_a_blank_in_it_is_refused(form: FormDef) -> None:
    column = "<table><tr><td>5</td></tr><tr><td></td></tr><tr><td>7</td></tr></table>"
    got = place(column, form, form.tables["requests"], CellRef("requests.received.person"), html=True)
    assert not got.cells and "空着的格" in got.reason
