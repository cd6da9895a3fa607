"""The strict loader: what it refuses, each with the place of the fault; and the official files side by side."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from gxdesk.checks.finding import Severity
from gxdesk.checks.relations import Arithmetic
from gxdesk.errors import FormError
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.forms.loader import SEVERITIES, load_form
from gxdesk.forms.trees import LineDef, Tree
from gxdesk.resources import packaged

OFFICIAL = packaged("forms", "2021.toml").read_text(encoding="utf-8")
THIRD = Path(__file__).with_name("third.toml").read_text(encoding="utf-8")


def load(folder: Path, text: str) -> None:
    path = folder / "changed.toml"
    path.write_text(text, encoding="utf-8")
    load_form(path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "2021"', 'id = "2021"\ncolour = "red"', "不认识的键 colour"),
        ('key = "person", label', 'key = "person", hue = 1, label', "不认识的键 hue"),
        ('key = "legal", label = "法律服务机构"', 'key = "legal"', "缺少 label"),
        ('first_year = 2021', 'first_year = "2021"', "应当是整数"),
        ('sum = ["person", "business"', 'sum = ["persons", "business"', "没有 persons"),
        ('sum = ["person", "business"', 'sum = ["person", "person", "business"', "写了两次"),
        ('left = ["received", "carried_in"]', 'left = ["received", "carried"]', "没有 carried"),
        ('over = ["regulations", "normative"]\nop', 'over = ["regulations", "licenses"]\nop', "没有 disclosure.licenses"),
        ('label = "科研机构", lines = ["科研", "机构"]', 'label = "商业企业"', "商业企业 写了两次"),
        ('lines = ["科研", "机构"]', 'lines = ["科研", "机关"]', "拼起来不是"),
        ('key = "research"', 'key = "business"', "business 写了两次"),
        ('key = "received", label', 'key = "received", sum = ["handled"], label', "有 sum 就要有 code"),
        ('key = "granted", label', 'key = "granted", sum = ["handled"], code = "X", label', "绕了一圈"),
        ('kind = "money"', 'kind = "euro"', "只能是"),
        ('{ key = "decisions", span = 3 }', '{ key = "decision", span = 3 }', r"columns\[0\].key：只能是 issued、.*现在是 decision"),
        ('table = "remedies"', 'table = "remedy"', "没有表 remedy"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = [8.0]', "3 层行标题"),
        ('unpaid = "requests.otherwise.fee_unpaid.total"', 'unpaid = "requests.otherwise.fee.total"', "没有 requests.otherwise.fee.total 这一格"),
        ('counted_aspects = ["主动公开"', 'counted_aspects = ["主动"', "aspects 里没有 主动"),
        ('{ name = "监督保障", words', '{ name = "监督", words', "aspects 里没有 监督"),
        ('signed = true', 'signed = 1', "应当是true 或 false"),
        ('signed = true', 'singed = true', "不认识的键 singed"),
        ('{ name = "责任追究", words = [', '{ name = "责任追究", word = "x", words = [', "不认识的键 word"),
        ('month = 3\nday = 31', 'month = 3\nday = 32', "不是每年都有 3 月 32 日"),
        ('op = "at_least"', 'op = "roughly"', "只能是"),
        ('cell = "licenses.decisions"', 'cell = "licences.decisions"', r"brief\[2\].cell：表里没有 disclosure.licences.decisions"),
        ('cell = "licenses.decisions"', 'cell = "licenses.issued"', "表里没有 disclosure.licenses.issued"),
        ('name = "行政处罚 处理决定"', 'name = "行政许可 处理决定"', "brief：名称 行政许可 处理决定 写了两次"),
        ('title = "申请人构成"', 'title = "申请人构成"\ncolour = "red"', r"charts\[1\]：不认识的键 colour"),
        ('title = "申请人构成"\nbars = [', 'title = "申请人构成"\nbars = []\nbrief = [', r"charts\[1\].bars：是空的"),
        ('{ name = "自然人", cell = "received.person" }', '{ name = "自然人", cell = "received.persons" }', "也没有这样一组"),
        ('heading = "六、其他需要报告的事项"', 'heading = "一、总体情况"', "写了两次"),
        ('aliases = ["二、行政机关主动公开政府信息情况"]', 'aliases = ["一、总体情况"]', "写了两次"),
        ('number = "六"', 'number = "一"', "序号 一 写了两次"),
        ('name = "表四"', 'name = "表三"', "表名 表三 写了两次"),
        ('note = "写清五个方面', 'note = " "\n#', r"sections\[0\].note：是空的"),
        ('title = "{agency}{year}年', 'title = "{agency}{yaer}年', r"title：大括号里只能是 agency 或 year"),
        ('title = "{agency}{year}年', 'title = "{agency}{year年', r"title：大括号里只能是"),
        ('title = "{agency}{year}年', 'title = "{agency}year}年', r"title：大括号里只能是"),
        ('title = "{agency}{year}年', 'title = "{}{year}年', r"title：大括号里只能是"),
        ('title = "{agency}{year}年', 'title = "{agency.x}{year!r:>9}年', r"title：大括号里只能是"),
        ('first_year = 2021', 'first_year = 0', "first_year：应当大于 0"),
        ('month = 1\n', 'month = 13\n', "deadline：不是每年都有 13 月 31 日"),
        ('month = 1\n', 'month = 99999999999999999999\n', "deadline：不是每年都有"),
        ('month = 1\nday = 31', 'month = 2\nday = 29', "deadline：不是每年都有 2 月 29 日"),
        ('month = 1\nday = 31', 'month = 2\nday = 30', "deadline：不是每年都有 2 月 30 日"),
        ('guide_length = 1000', 'guide_length = -1', "guide_length：应当大于 0"),
        ('each = "row"', 'each = "cell"', "each：只能是 row、column"),
        ('op = "at_least"', 'op = "at_least"\nseverity = "warn"', r"relations\[0\].severity：只能是 error、explain、hint"),
        ('over = ["regulations", "normative"]\nop', 'over = ["regulations", "regulations"]\nop', "over regulations 写了两次"),
        ('over = ["regulations", "normative"]\nop', 'over = []\nop', "over：是空的"),
        ('left = ["in_force"]', 'left = []', r"relations\[0\]：left 不能空"),
        ('left = ["in_force"]\nright = ["issued"]', 'left = ["last:in_force"]\nright = ["last:issued"]', "至少要有一项是今年的"),
        ('code = "Y-VALID"', 'code = "A2-VALID"', r"tables\[0\]：A2-VALID 在 disclosure.regulations.in_force 有两条"),
        ('units = ["元", "万元"]\nequals', 'units = ["元", "万元"]\ncolour = "red"\nequals', r"said\[\d+\]：不认识的键 colour"),
        ('phrases = ["行政事业性收费N"', 'phrases = ["行政事业性{收费|N}"', r"said\[\d+\]：\{甲\|乙\} 里不能再有括号、N、\* 和"),
        ('phrases = ["行政事业性收费N"', 'phrases = ["行政{事业*|}性收费N"', r"\{甲\|乙\} 里不能再有括号、N、\* 和"),
        ('phrases = ["行政事业性收费N"', 'phrases = ["行政。收费N"', "只能在末尾"),
        ('phrases = ["行政事业性收费N"', 'phrases = ["N。"', "两边都要有字"),
        ('phrases = ["行政事业性收费N"', 'phrases = ["行政*性*收费N"', r"最多一个 \*"),
        ('equals = ["disclosure.fees.amount"]', 'equals = ["disclosure.fees.sum"]', r"said\[\d+\].equals：没有 disclosure.fees.sum"),
        ('equals = ["disclosure.fees.amount"]', 'equals = ["taxes.fees.amount"]', "没有 taxes.fees.amount"),
        ('equals = ["disclosure.fees.amount"]', 'equals = ["disclosure.fees.amount + disclosure.fees.amount"]', "写了两次"),
        ('phrases = ["行政事业性收费N", ', 'phrases = ["行政事业性收费", ', "每一句有一个 N"),
        ('phrases = ["行政事业性收费N", ', 'phrases = ["行政事业性收费N…", ', "两边都要有字"),
        ('phrases = ["行政事业性收费N", ', 'phrases = ["行政…*收费N", ', "两边都要有字"),
        ('phrases = ["行政事业性收费N", "行政事业性收费金额N", "行政事业性收费…合计N"]', '', "phrases 和 none 至少要有一个"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = ["a", 16.65, 54]', r"tables\[1\].label_widths：.*'a' 不是"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = [true, 16.65, 54]', "label_widths：.*True 不是"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = [0, 16.65, 54]', "label_widths：.*0 不是"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = [8.0, inf, nan]', "label_widths：.*inf 不是"),
        ('{ key = "decisions", span = 3 }', '{ key = "decisions", span = 0 }', r"blocks\[1\].columns\[0\].span：应当大于 0"),
        ('{ key = "decisions", span = 3 }', '{ key = "decisions", span = 2 }', r"tables\[0\]：印出来第 6 行第 4 格空着或重叠"),
        ('{ key = "decisions", span = 3 }', '{ key = "decisions", span = 4 }', r"tables\[0\]：印出来第 2 行第 5 格空着或重叠"),
        ('{ key = "decisions", span = 3 }', '{ key = "decisions" }, { key = "decisions", span = 2 }', r"blocks\[1\]：列 decisions 写了两次"),
        ('columns = [{ key = "amount", span = 3 }]', 'columns = []', r"blocks\[3\].columns：是空的"),
        ('columns = [{ key = "amount", span = 3 }]', 'columns = [{ key = "decisions", span = 3 }]', r"tables\[0\].columns：列 amount 没有放进任何一块"),
        ('title = "第二十条第（八）项"', 'title = ""', r"blocks\[3\].title：是空的"),
        ('{ key = "amount", label', '{ label = "甲", columns = [] },\n { key = "amount", label', r"columns\[4\].columns：是空的"),
        ('label = "行政许可"', 'label = "规章"', r"tables\[0\]：行 规章 写了两次"),
        ('label = "（四）无法提供", lines = ["（四）", "无法提供"]', 'label = "（三）不予公开"', "行 三、本年度办理结果 · （三）不予公开 写了两次"),
        ('label = "行政许可"', 'label = "行政许可", short = "规章"', "行的简称 规章 写了两次"),
        ('label = "行政许可"', 'label = "行政许可", aliases = ["规范性文件"]', r"tables\[0\]：行的名称 规范性文件 写了两次"),
        ('label = "行政许可"', 'label = "行政许可", aliases = ["行政处罚"]', "行的名称 行政处罚 写了两次"),
        ('label = "行政许可"', 'label = "行政许可", aliases = [""]', "aliases：每一项都应当是文字，不能空"),
        ('aliases = ["社会组织"]', 'aliases = ["其他"]', r"tables\[1\]：列的名称 其他 写了两次"),
        ('across = true', 'across = true\ncorner = "角"', r"tables\[2\]：不认识的键 corner"),
        ('key = "granted"', 'key = "denied"', "行 denied 也是一组的键"),
        ('short = "一、新收"', 'short = ""', "short：是空的"),
        ('[notice]', '[[notice]]', "notice：应当是一组键和值"),
        ('table = "remedies"', '', "表 remedies 没有放进任何部分"),
        ('key = "other"\nnumber', 'key = "closing"\nnumber', "closing 是引言、落款用的名字"),
        ('key = "problems"', 'key = "disclosure"', "部分 disclosure 写了两次"),
        ('key = "remedies"\nname', 'key = "re.medies"\nname', "表的键 re.medies 里不能有点"),
        ('key = "total", label = "总计", code = "A4', 'key = "to.tal", label = "总计", code = "A4', "列的键 to.tal 里不能有点"),
        ('key = "requests"\nnumber = "三"', 'key = "request"\nnumber = "三"', "部分 request 的表也要叫 request"),
        ('right = ["issued"]\ntext', 'right = ["issue"]\ntext', r"relations\[0\].right：没有 issue"),
        ('over = ["regulations", "normative"]\nop', 'over = ["regulation"]\nop', r"relations\[0\].over：没有 regulation"),
    ],
)
def test_refuses_and_names_the_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in OFFICIAL
    with pytest.raises(FormError, match=complaint) as caught:
        load(tmp_path, OFFICIAL.replace(old, new, 1))
    assert "changed.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('kind = "money" }]', 'kind = "money" }, { key = "all", label = "合计", sum = ["count", "cost"], code = "X" }]', "没有放进任何一块"),
        (
            'kind = "money" }]\n\n[[tables.blocks]]\ntitle = "第一栋"\ncolumns = [{ key = "count" }, { key = "cost" }]',
            'sum = ["count"], code = "X" }]\n\n[[tables.blocks]]\ntitle = "第一栋"\ncolumns = [{ key = "cost", span = 2 }]',
            r"tables\[1\]：windows.east.cost 的 sum 要加 windows.east.count，表里没有这一格",
        ),
        ('label = "西窗" }', 'label = "西窗" }, { key = "both", label = "都算", sum = ["west", "north"], code = "X" }', "没有 north"),
        ('{ key = "east", label = "东窗" }', '{ key = "east", label = "东窗", sum = ["west"], code = "X" }', "windows.east.cost 的 sum 要加 windows.west.cost"),
        ('{ key = "count", label = "扇数" }', '{ label = "一组", columns = [{ key = "count", label = "扇数" }] }', r"tables\[1\].columns：分 blocks 的表，列不能再分组"),
        ('key = "windows"\nname', 'across = true\nkey = "windows"\nname', r"tables\[1\]：.*不能分 blocks"),
        ('{ label = "其他门", columns', '{ label = "前门", columns', "列 前门 写了两次"),
    ],
)
def test_refuses_a_table_that_does_not_hold_together(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in THIRD
    text = THIRD.replace('corner = "项目"\n', "") if "across" in new else THIRD
    with pytest.raises(FormError, match=complaint) as caught:
        load(tmp_path, text.replace(old, new, 1))
    assert "changed.toml" in str(caught.value)


def test_a_label_may_come_again_under_another_group(tmp_path: Path) -> None:
    text = THIRD.replace('{ key = "broken", label = "坏了" }', '{ label = "坏", rows = [{ key = "broken", label = "开着", short = "坏了开着" }] }', 1)
    assert text != THIRD
    load(tmp_path, text)


def test_the_severities_are_those_of_the_findings() -> None:
    assert tuple(Severity) == SEVERITIES


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_a_relation_is_known_by_the_cell_its_finding_jumps_to(forms: Forms, form_id: str) -> None:
    form, pick = forms[form_id], Random(form_id)
    for table in form.tables.values():
        known = {(r.code, table.head(r, key)) for r in table.relations for key in r.over}
        met = set()
        for _ in range(20):
            spreads = (pick.choice([(0,), (-9, 0, 5, 9)]) for _ in range(2))
            now, last = (Figures(form, {ref: str(pick.choice(spread)) for ref in table.inputs}) for spread in spreads)
            found = [f for years in (False, True) for f in Arithmetic(table).findings(now, last, table.key, years=years)]
            assert len({f.key for f in found}) == len(found)
            met |= {(f.code, f.refs[0]) for f in found}
        assert met <= known and {code for code, _ in met} == {r.code for r in table.relations}


def test_refuses_what_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="读不出来"):
        load(tmp_path, "id = ")


def test_refuses_two_forms_for_the_same_years(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(OFFICIAL.replace('id = "2021"', f'id = "{name}"', 1), encoding="utf-8")
    with pytest.raises(FormError, match=r"b\.toml\.first_year：2021 年起用的已经有 a\.toml"):
        Forms.load(tmp_path)


def test_refuses_two_files_of_one_form(tmp_path: Path) -> None:
    for year in ("2021", "2025"):
        (tmp_path / f"{year}.toml").write_text(OFFICIAL.replace("first_year = 2021", f"first_year = {year}", 1), encoding="utf-8")
    with pytest.raises(FormError, match=r"2025\.toml\.id：2021 已经是 2021\.toml 的 id"):
        Forms.load(tmp_path)


# --- the official files side by side: what they share is corrected in both ----------------------------------------------------------------

OTHER_LINES = {("disclosure", key) for key in ("normative", "decisions", "amount")}  # worded otherwise in the notices themselves
OTHER_SUMS = {("requests", "handled")}  # （六）其他处理 is one row in 2019, three in 2021


def lines(tree: Tree, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], LineDef]]:
    for node in tree:
        if isinstance(node, LineDef):
            yield above, node
        else:
            yield from lines(node.children, (*above, *node.lines))


def said(form: FormDef) -> dict[tuple[str, ...], object]:
    """What a form says of its sections, lines and relations, without the number of its notice."""
    out: dict[tuple[str, ...], object] = {}
    for s in form.sections:
        out["section", s.key] = (s.number, s.heading, s.short, s.aliases, s.clause.replace(form.notice.number, ""))
    for t in form.tables.values():
        out["table", t.key] = (t.name, t.across, t.corner, t.label_widths, t.zeros_suspect, t.clause.replace(form.notice.number, ""))
        for above, line in (x for tree in (t.columns, *(b.rows for b in t.blocks)) for x in lines(tree)):
            if (t.key, line.key) not in OTHER_LINES:
                summed = () if (t.key, line.key) in OTHER_SUMS else line.sum
                out[t.key, line.key] = (above, replace(line, sum=summed, clause=line.clause.replace(form.notice.number, "")))
        out |= {("relation", t.key, r.code): replace(r, basis=r.basis.replace(form.notice.number, "")) for r in t.relations}
    return out


def test_what_the_official_forms_share_reads_alike(forms: Forms) -> None:
    old, new = said(forms["2019"]), said(forms["2021"])
    assert len(old.keys() & new.keys()) > 50
    assert {key: (old[key], new[key]) for key in old.keys() & new.keys() if old[key] != new[key]} == {}


def test_the_lines_worded_otherwise_are_so_in_the_notices(forms: Forms) -> None:
    def labels(form_id: str) -> list[str]:
        table = forms[form_id].tables["disclosure"]
        return [x.label for key in ("normative", "decisions", "amount") for x in (*table.row_lines, *table.column_lines) if x.key == key]

    assert labels("2019") == ["规范性文件", "处理决定数量", "采购总金额"]
    assert labels("2021") == ["行政规范性文件", "本年处理决定数量", "本年收费金额（单位：万元）"]
    aspects = [forms[form_id].section("overview").aspects for form_id in ("2019", "2021")]
    assert [set(a) - set(b) for a, b in (aspects, aspects[::-1])] == [{"平台建设"}, {"政府信息公开平台建设"}]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_the_subject_is_the_end_of_the_title(forms: Forms, form_id: str) -> None:
    assert forms[form_id].title == f"{{agency}}{{year}}年{forms[form_id].subject}"
