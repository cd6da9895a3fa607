"""贴表: a block by its labels, and the cells of a page."""

from dataclasses import replace

import pytest

from gxdesk.document.view import build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.grid import Role
from gxdesk.forms.known import Forms
from gxdesk.imports.html import only_table
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
            assert got is not None and not got.reason
            assert got.cells == {ref: text for ref, text in cells.items() if ref.table == key}


def occupied(table):  # type: ignore[no-untyped-def]
    return [{p.column: p for p in table.grid.places if p.row == r} for r in range(table.grid.height)]


def spread(row, width):  # type: ignore[no-untyped-def]
    """A row as a sheet copies it: what a merged cell covers is blank."""
    from gxdesk.forms.grid import Placed

    return [row.get(c, Placed(0, c, 1, 1, Role.LABEL)) for c in range(width)]


@pytest.mark.parametrize("block", ["1\t2\n3\t4\n", "5\r\n\r\n7\r\n", " ", "", "-5"])
def test_figures_alone_bear_no_labels(block: str, form: FormDef) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split(chr(9)))}</tr>" for line in block.split("\n"))
    assert place(block, form, form.tables["requests"]) is place(f"<table>{rows}</table>", form, form.tables["requests"], html=True) is None


def test_words_that_are_none_of_the_tables_are_refused_with_the_reason(form: FormDef) -> None:
    got = place("这不是表\n真的不是", form, form.tables["requests"])
    assert got is not None and not got.cells and got.reason.startswith("没有粘贴：剪贴板里的行、列和表三对不上")


def test_one_labelled_row_is_enough(form: FormDef) -> None:
    table = form.tables["requests"]
    got = place("二、上年结转政府信息公开申请数量\t1\t0\t0\t0\t2\t0\t3", form, table)
    assert got is not None and got.cells["requests.carried_in.legal"] == "2" and got.totals == {"requests.carried_in.total": "3"}


@pytest.mark.parametrize(
    ("page_", "rows"),
    [
        ("<table><tr><td>5</td></tr><tr><td></td></tr><tr><td>7</td></tr></table>", (("5",), ("",), ("7",))),
        ("<table><tr><td></td></tr><tr><td>3<br>4</td></tr></table>", (("",), ("3 4",))),
        ("<p>以下</p><table><tbody><tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4<tr style='display:none'><td>9</table>", (("1", "2", ""), ("", "3", "4"))),
        ("<p>12</p>", ()),
        ("<table><tr></tr></table>", ()),
        ("<table><tr><td>1</table><table><tr><td>2</table>", ()),
        ("", ()),
    ],
)
def test_the_cells_of_the_one_table_of_a_page_keep_their_rows(page_: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert only_table(page_) == rows
