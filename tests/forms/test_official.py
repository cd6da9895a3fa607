"""The two official forms, label for label. The words are those of the notices' templates."""

import pytest

from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.grid import Role
from gxdesk.forms.known import Forms

RESULTS_2019 = [
    "（一）予以公开",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
    "1.本机关不掌握相关政府信息",
    "2.没有现成信息需要另行制作",
    "3.补正后申请内容仍不明确",
    "1.信访举报投诉类申请",
    "2.重复申请",
    "3.要求提供公开出版物",
    "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
    "（六）其他处理",
    "（七）总计",
]
OTHERWISE_2021 = [
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
]
HEADINGS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def printed(form: FormDef, table: str) -> list[list[tuple[str, int, int]]]:
    """Rows of (label or "", rowspan, colspan) as printed."""
    return [[(p.text, p.rowspan, p.colspan) for p in row] for row in form.tables[table].grid.rows()]


@pytest.mark.parametrize(("form_id", "counts"), [("2021", (10, 175, 15)), ("2019", (22, 161, 15))])
def test_number_of_cells(forms: Forms, form_id: str, counts: tuple[int, int, int]) -> None:
    assert tuple(len(t.cells) for t in forms[form_id].tables.values()) == counts


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_six_headings(forms: Forms, form_id: str) -> None:
    assert [s.heading for s in forms[form_id].sections] == HEADINGS


def test_rows_of_table_three(forms: Forms) -> None:
    old = [r.label for r in forms["2019"].tables["requests"].row_lines]
    new = [r.label for r in forms["2021"].tables["requests"].row_lines]
    first, last = ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"], ["四、结转下年度继续办理"]
    assert old == first + RESULTS_2019 + last
    assert new == first + RESULTS_2019[:-2] + OTHERWISE_2021 + RESULTS_2019[-1:] + last


def test_head_and_merged_labels_of_table_three(form: FormDef) -> None:
    rows = printed(form, "requests")
    assert rows[0] == [(CORNER, 3, 3), ("申请人情况", 1, 7)]
    assert rows[1] == [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)]
    assert [text for text, _, _ in rows[2]] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    merged = [place for row in rows[3:] for place in row if place[0] and place[1] > 1]
    assert merged == [("三、本年度办理结果", 22, 1), ("（三）不予公开", 8, 1), ("（四）无法提供", 3, 1), ("（五）不予处理", 5, 1), ("（六）其他处理", 3, 1)]


def test_table_four_stands_in_one_line(form: FormDef) -> None:
    rows = printed(form, "remedies")
    kinds = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    assert rows[0] == [("行政复议", 1, 5), ("行政诉讼", 1, 10)]
    assert rows[1] == [(k, 2, 1) for k in kinds] + [("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)]
    assert rows[2] == [(k, 1, 1) for k in kinds * 2]
    assert len(rows) == 4 and len(rows[3]) == 15


def test_table_two_of_2021(form: FormDef) -> None:
    rows = printed(form, "disclosure")
    assert len(rows) == 14
    assert rows[0] == [("第二十条第（一）项", 1, 4)]
    assert [t for t, _, _ in rows[1]] == ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]
    assert rows[5] == [("信息内容", 1, 1), ("本年处理决定数量", 1, 3)]
    assert rows[12] == [("信息内容", 1, 1), ("本年收费金额（单位：万元）", 1, 3)]
    assert [r.label for r in form.tables["disclosure"].row_lines] == ["规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费"]


def test_table_two_of_2019(forms: Forms) -> None:
    rows = printed(forms["2019"], "disclosure")
    assert len(rows) == 18
    assert [row[0][0] for row in rows if row[0][2] == 4] == [f"第二十条第（{n}）项" for n in "一五六八九"]
    assert [t for t, _, _ in rows[1]] == ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"]
    assert [t for t, _, _ in rows[5]] == ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"]
    assert [t for t, _, _ in rows[16]] == ["信息内容", "采购项目数量", "采购总金额"]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_the_grid_of_every_table_is_covered_exactly_once(forms: Forms, form_id: str) -> None:
    for table in forms[form_id].tables.values():
        covered = [(r, c) for p in table.grid.places for r in range(p.row, p.row + p.rowspan) for c in range(p.column, p.column + p.colspan)]
        assert sorted(covered) == [(r, c) for r in range(table.grid.height) for c in range(table.grid.width)]
        assert [p.ref for p in table.grid.places if p.role in (Role.INPUT, Role.TOTAL)] == list(table.cells)


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_every_line_and_section_names_its_clause(forms: Forms, form_id: str) -> None:
    form = forms[form_id]
    assert all(s.clause for s in form.sections)
    assert all(row.clause or row.sum for t in form.tables.values() for row in t.row_lines)
    assert all(r.basis and r.text for t in form.tables.values() for r in t.relations)


def test_the_year_chooses_the_form(forms: Forms) -> None:
    assert [forms.for_year(y).id for y in (2019, 2020, 2021, 2026, 2100)] == ["2019", "2019", "2021", "2021", "2021"]
    assert (forms["2019"].first_year, forms["2019"].last_year, forms["2021"].last_year) == (2019, 2020, None)
    with pytest.raises(UserError, match="2018"):
        forms.for_year(2018)
