"""One fault put into a report about which nothing is to be said, each as hands make them: it is found, under its code, where it stands, and what is missing in its section."""

import pytest

from gxdesk.checks.engine import check
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report
from tests.checks.test_catalogue import says

FAULTS = (
    ("N-APPLY", "overview", "申请21件", "申请12件"),
    ("N-APPLY", "overview", "申请21件", "申请二十件"),
    ("N-APPLY", "overview", "上年结转2件", "上年结转4件"),
    ("N-APPLY", "overview", "下年度1件", "下年度3件"),
    ("N-RESULT", "overview", "办结22件", "办结21件"),
    ("N-RESULT", "overview", "部分公开3件", "部分公开5件"),
    ("N-RESULT", "overview", "无法提供5件", "无法提供１５件"),
    ("N-TABLE2", "overview", "规范性文件2件", "规范性文件7件"),
    ("N-TABLE2", "overview", "现行有效9件", "现行有效19件"),
    ("N-SUM", "overview", "公示公告151条", "公示公告171条"),
    ("N-BLANKNUM", "overview", "信息186条", "信息条"),
    ("N-BLANKNUM", "overview", "2026年，", "年，"),
    ("N-COUNT", "preamble", "六个部分", "五个部分"),
    ("R-PERIOD", "preamble", "2026年12月31日", "2025年12月31日"),
    ("R-PERIOD", "preamble", "12月31日", "11月30日"),
    ("R-YEAR", "overview", "2026年，", "2025年，"),
    ("R-YEAR", "other", "2026年，", "2025年，"),
    ("R-YEARWORD", "overview", "2026年，我", "2026我"),
    ("R-CITE", "preamble", "〔2021〕30号", "〔2019〕60号"),
    ("R-TEMPLATE", "overview", "186条", "XX条"),
    ("R-TEMPLATE", "other", "没有收取", "【填写有无】没有收取"),
    ("R-FORMAT", "overview", "采纳情况", "上一年项目数量3项，采纳情况"),
    ("F-SELF", "overview", "我中心由", "我局由"),
    ("F-NUMBERING", "overview", "（三）", "（四）"),
    ("F-NUMBERING", "overview", "（二）", "(二)"),
    ("F-ENUM", "problems", "二是", "三是"),
    ("F-TITLE", "closing", "社会事务综合服务中心", "教育局"),
    ("T-TYPO", "overview", "业务学习2次", "业务业务学习2次"),
    ("T-PUNCT", "overview", "养老、托育", "养老、、托育"),
    ("T-PUNCT", "preamble", "“政府信息公开”", "“政府信息公开"),
    ("T-PUNCT", "preamble", "公开条例》", "公开条例"),
    ("T-BRACKET", "preamble", "〔2021〕", "[2021]"),
    ("T-NAME", "other", "政府信息公开信息处理费", "信息公开处理费"),
    ("T-UNIT", "overview", "申请21件", "申请21条"),
    ("T-SENS", "preamble", "0632-0000000", "13812345678"),
    ("T-CONTACT", "preamble", "xxgk@example", "xxgk#example"),
    ("D-SUBMIT", "closing", "2027年1月15日", "2027年2月15日"),
    ("D-SUBMIT", "closing", "2027年1月15日", "2027年1月32日"),
)
ABSENT = (  # what is missing stands nowhere: the section that wants it is named
    ("C-SECTION", "problems", None, "", "problems"),
    ("C-FIVE", "problems", None, "没有问题。", "problems"),
    ("C-SIX-FEE", "other", "2026年，我中心没有收取政府信息公开信息处理费。", "", "other"),
    ("C-SIX-CONS", "overview", "采纳情况", "收取信息处理费38元，采纳情况", "other"),
    ("C-SIGN", "closing", "\n2027年1月15日", "", "preamble"),
)


def test_nothing_is_said_of_the_report_itself(example: Report, form: FormDef) -> None:
    assert check(example, form) == ()


@pytest.mark.parametrize(("code", "key", "right", "wrong"), FAULTS)
def test_a_planted_fault_is_found_where_it_stands(code: str, key: str, right: str, wrong: str, example: Report, form: FormDef) -> None:
    text = example.texts[key]
    at = text.index(right)
    planted = text.replace(right, wrong, 1)
    spans = [f.span for f in check(says(example, key, planted), form) if f.code == code and f.span]
    assert (key, planted.count("\n", 0, at)) in [(where, planted.count("\n", 0, start)) for where, start, _ in spans]


@pytest.mark.parametrize(("code", "key", "right", "wrong", "section"), ABSENT)
def test_what_is_taken_away_is_missed_in_its_section(code: str, key: str, right: str | None, wrong: str, section: str, example: Report, form: FormDef) -> None:
    text = example.texts[key]
    assert right is None or right in text
    report = says(example, key, wrong if right is None else text.replace(right, wrong, 1))
    assert [(f.section, f.span) for f in check(report, form) if f.code == code] == [(section, None)]
