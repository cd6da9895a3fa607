"""Any table fits the type area."""

import pytest

from gxdesk.document import layout
from gxdesk.document.view import DocumentView, TableView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.grid import Role
from gxdesk.forms.known import Forms
from gxdesk.forms.loader import load_form
from gxdesk.report import Report

WIDE = """
id = "wide"
name = "宽表"
first_year = 2050
title = "{{agency}}{{year}}年报告"
subject = "报告"
[notice]
number = "号"
title = "题"
issued = "2050-01-01"
[deadline]
month = 1
day = 31
to = "处"
clause = "条"
[[sections]]
key = "t"
number = "一"
heading = "一、表"
short = "表"
table = "t"
clause = "条"
note = "注"
[[tables]]
key = "t"
name = "表"
clause = "条"
note = "注"
columns = [{columns}]
rows = [{rows}]
"""


def wide(tmp_path_factory: pytest.TempPathFactory, columns: int, rows: int) -> FormDef:
    path = tmp_path_factory.mktemp("forms") / "wide.toml"
    lines = [", ".join(f'{{ key = "{k}{i}", label = "{label}{i}" }}' for i in range(n)) for k, label, n in (("c", "列", columns), ("r", "很长的一个行标题", rows))]
    path.write_text(WIDE.format(columns=lines[0], rows=lines[1]), encoding="utf-8")
    return load_form(path)


def view_of(form: FormDef, figure: str = "0") -> DocumentView:
    return build_view(Report(form.id, form.first_year, {}, {}, dict.fromkeys(form.cells, figure)), form, draft=False)


def check_measures(table: TableView) -> None:
    t = layout.lay_out(table)
    assert len(t.columns) == table.width
    assert sum(t.columns) == pytest.approx(layout.TABLE_WIDTH)
    assert min(t.columns) > 0 and t.size >= min(layout.SIZES)


def test_official_tables_are_whole(forms: Forms, third: FormDef) -> None:
    for form in (*forms.values(), third):
        for table in view_of(form).tables():
            check_measures(table)
            t = layout.lay_out(table)
            assert t.whole and t.size >= 9.5
            assert all(t.width_of(c) > 0 for row in table.rows for c in row)


@pytest.mark.no_cover
@pytest.mark.parametrize("columns", [1, 2, 15, 30, 60])
@pytest.mark.parametrize("rows", [1, 40, 150])
def test_tables_of_any_size(tmp_path_factory: pytest.TempPathFactory, columns: int, rows: int) -> None:
    (table,) = view_of(wide(tmp_path_factory, columns, rows)).tables()
    check_measures(table)
    assert layout.lay_out(table).whole == (rows == 1 or (rows == 40 and columns <= 15))


def test_labels_break_well(form: FormDef) -> None:
    table = next(t for t in view_of(form).tables() if t.label_columns == 3)
    t = layout.lay_out(table)
    lines = {c.text: t.lines(c) for row in table.rows for c in row if c.ref is None}
    assert lines["三、本年度办理结果"] == ("三、", "本", "年", "度", "办", "理", "结", "果")
    assert lines["自然人"] == ("自然", "人")
    assert lines["社会公益组织"] == ("社会", "公益", "组织")
    assert lines["（三）不予公开"] == ("（三）", "不予公开")
    assert lines["2.其他法律行政法规禁止公开"] == ("2.其他法律行政法规禁止公开",)
    assert all("".join(x) == text for text, x in lines.items())


def test_long_figures_get_smaller_type_and_short_ones_do_not(form: FormDef) -> None:
    for figure, whole in (("123456", True), ("123456789012", False)):
        table = list(view_of(form, figure).tables())[2]
        t = layout.lay_out(table)
        cell = next(c for row in table.rows for c in row if c.role is Role.INPUT)
        assert (t.figure_size(cell) > 7) == whole
        assert len(figure) * layout.FIGURE * t.figure_size(cell) * layout.POINT <= t.width_of(cell)


@pytest.mark.parametrize(
    ("agency", "lines"),
    [
        ("某局", ("某局2026年政府信息公开工作年度报告",)),
        ("青石区民生服务中心", ("青石区民生服务中心", "2026年政府信息公开工作年度报告")),
        ("枣庄高新技术产业开发区社会事务综合服务中心", ("枣庄高新技术产业开发区", "社会事务综合服务中心", "2026年政府信息公开工作年度报告")),
    ],
)
def test_title_lines(agency: str, lines: tuple[str, ...]) -> None:
    assert layout.title_lines(f"{agency}2026年政府信息公开工作年度报告", agency) == lines


def test_title_lines_of_absurd_names_lose_nothing() -> None:
    for n in (21, 50, 300):
        title = "长" * n + "2026年报告"
        lines = layout.title_lines(title, "长" * n)
        assert "".join(lines) == title and all(layout.length(x) <= layout.TITLE_LENGTH for x in lines)


def test_signature_gap() -> None:
    # 7.3.5.1: the date ends four characters from the edge, the agency is centred above it.
    assert layout.signature_gap(("某局", "2027年1月20日")) == pytest.approx(4 * layout.CHARACTER)
    wide_name = layout.signature_gap(("青石区民生服务中心", "2027年1月20日"))
    assert wide_name + (layout.length("青石区民生服务中心") - 6.5) / 2 * layout.CHARACTER == pytest.approx(4 * layout.CHARACTER)
    assert layout.signature_gap(("字" * 26, "2027年1月20日")) == 0
    assert layout.signature_gap(()) == 0
