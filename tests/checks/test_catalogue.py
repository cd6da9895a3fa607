"""Every code: a case that passes and a case that fails, a message and a basis. A code without both is a failure of this file."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gxdesk.checks.catalogue import FROM_FORM, catalogue
from gxdesk.checks.engine import RULES, check
from gxdesk.forms.known import Forms
from gxdesk.imports import page
from gxdesk.report import Report

Make = Callable[[Report], tuple[Report, Report | None]]


def cells(base: Report, **changes: str) -> Report:
    """`requests__received__person="6"`; a group's dot in a row key is written `___`."""
    return replace(base, cells={**base.cells, **{k.replace("___", ".").replace("__", "."): v for k, v in changes.items()}})


def without(base: Report, table: str) -> Report:
    return replace(base, cells={k: v for k, v in base.cells.items() if not k.startswith(table + ".")})


def before(base: Report, **changes: str) -> Report:
    """The report of the year before."""
    return replace(cells(base, **changes), year=(base.year or 0) - 1)


def old(base: Report, year: int = 2020) -> Report:
    """A complete report in the 2019 form."""
    form = Forms.load()["2019"]
    return Report("2019", year, base.agency, base.texts, {ref: "0" for t in form.tables.values() for ref in t.inputs})


def says(base: Report, key: str, text: str) -> Report:
    """The report with this for one of its texts."""
    return replace(base, texts={**base.texts, key: text})


def adds(base: Report, key: str, text: str) -> Report:
    return says(base, key, f"{base.texts[key]}\n{text}")


def agency(base: Report, **values: str) -> Report:
    return replace(base, agency={**base.agency, **values})


def two(code_fails: Callable[[Report], Report], passes: Callable[[Report], Report] = lambda r: r) -> tuple[Make, Make]:
    """Cases that need no report of last year."""
    return lambda r: (code_fails(r), None), lambda r: (passes(r), None)


NOTICE = "国办公开办函〔2021〕30号"


def saying(base: Report, text: str, *more: str) -> Report:
    """The report with this as its first section."""
    return replace(base, texts={**base.texts, "overview": "\n".join((text, *more))})


# code -> (a report that fails it, with last year's where it needs one; one close by that passes)
CASES: dict[str, tuple[Make, Make]] = {
    "A3-ROW": (lambda r: (cells(r, requests__received__total="20"), None), lambda r: (cells(r, requests__received__total="21"), None)),
    "A3-SUM7": (lambda r: (cells(r, requests__handled__person="95"), None), lambda r: (cells(r, requests__handled__person="15"), None)),
    "A3-BAL": (lambda r: (cells(r, requests__carried_out__person="0"), None), lambda r: (r, None)),
    "A4-SUM-fy": (lambda r: (cells(r, remedies__review__total="0"), None), lambda r: (cells(r, remedies__review__total="1"), None)),
    "A4-SUM-zj": (lambda r: (cells(r, remedies__suit_direct__total="1"), None), lambda r: (cells(r, remedies__suit_direct__total="0"), None)),
    "A4-SUM-fh": (lambda r: (cells(r, remedies__suit_after_review__total="1"), None), lambda r: (cells(r, remedies__suit_after_review__total="0"), None)),
    "A-INT": (lambda r: (cells(r, disclosure__licenses__decisions="1.5"), None), lambda r: (cells(r, disclosure__fees__amount="1.5"), None)),
    "A2-VALID": (lambda r: (cells(r, disclosure__normative__in_force="1"), None), lambda r: (cells(r, disclosure__normative__in_force="2"), None)),
    "A2-19": (
        lambda r: (cells(old(r), disclosure__licenses__previous="3", disclosure__licenses__change="-4"), None),
        lambda r: (cells(old(r), disclosure__licenses__previous="4", disclosure__licenses__change="-4"), None),
    ),
    "B-BLANK": (lambda r: (cells(r, disclosure__regulations__issued="/"), None), lambda r: (cells(r, disclosure__regulations__issued="0"), None)),
    "B-BLANK-TOTAL": (lambda r: (cells(r, remedies__review__total="1"), None), lambda r: (r, None)),
    "B-TEXTNUM": (lambda r: (cells(r, disclosure__licenses__decisions="128件"), None), lambda r: (cells(r, disclosure__licenses__decisions="128"), None)),
    "B-ZEROALL": (
        lambda r: (replace(r, cells={k: "0" if k.startswith("disclosure.") else v for k, v in r.cells.items()}), before(r)),
        lambda r: (r, before(r)),
    ),
    "C-SECTION": (lambda r: (without(r, "remedies"), None), lambda r: (r, None)),
    "C-INTRO": (lambda r: (replace(r, texts={**r.texts, "preamble": " \n"}), None), lambda r: (r, None)),
    "C-LEN": (lambda r: (replace(r, texts={**r.texts, "overview": "字" * 1001}), None), lambda r: (replace(r, texts={**r.texts, "overview": "字 \n" * 1000}), None)),
    "F-TITLE": (lambda r: (replace(r, agency={}), None), lambda r: (r, None)),
    "R-FORMAT": (lambda r: (replace(r, year=2020), None), lambda r: (replace(r, year=2021), None)),
    "X-UNKNOWN": (lambda r: (replace(r, extra={"note": 1}), None), lambda r: (r, None)),
    "Y-CARRY": (lambda r: (r, before(r, requests__carried_out__person="1")), lambda r: (r, before(r, requests__carried_out__person="2"))),
    "Y-VALID": (lambda r: (r, before(r, disclosure__normative__in_force="9")), lambda r: (r, before(r, disclosure__normative__in_force="8"))),
    "Y-PUB": (
        lambda r: (cells(old(r), disclosure__normative__published_total="5"), old(r, 2019)),
        lambda r: (cells(old(r), disclosure__normative__published_total="5", disclosure__normative__published="5"), old(r, 2019)),
    ),
    "Y-ITEMS": (
        lambda r: (cells(old(r), disclosure__licenses__previous="7"), cells(old(r, 2019), disclosure__licenses__previous="5", disclosure__licenses__change="1")),
        lambda r: (cells(old(r), disclosure__licenses__previous="6"), cells(old(r, 2019), disclosure__licenses__previous="5", disclosure__licenses__change="1")),
    ),
    "Y-PENDING": (lambda r: (r, before(r, remedies__suit_direct__pending="2")), lambda r: (r, before(r, remedies__review__pending="2"))),
    "Y-JUMP": (lambda r: (r, before(r, disclosure__licenses__decisions="42")), lambda r: (r, before(r, disclosure__licenses__decisions="43"))),
    "Y-SCOPE": (lambda r: (r, replace(before(r), agency={"name": "乙局"})), lambda r: (r, before(r))),
    "Y-BREAK": (lambda r: (replace(r, year=2021), old(r)), lambda r: (r, before(r))),
    "R-PERIOD": two(lambda r: says(r, "preamble", r.texts["preamble"].replace("2026年12月31日", "2025年12月31日"))),
    "R-YEAR": two(lambda r: says(r, "other", r.texts["other"].replace("2026年，", "2025年，")), lambda r: adds(r, "problems", "2027年，我中心将继续改进。")),
    "R-YEARWORD": two(lambda r: adds(r, "overview", "今年共培训三次。")),
    "R-TENSE": two(lambda r: adds(r, "overview", "下一步组织培训。"), lambda r: adds(r, "problems", "下一步组织培训。")),
    "R-CITE": two(lambda r: says(r, "preamble", r.texts["preamble"].replace(NOTICE, "国办公开办函〔2019〕60号"))),
    "R-OLDHEAD": two(lambda r: adds(r, "overview", "（六）收费及减免情况\n没有收费。")),
    "R-AGENCY": two(lambda r: adds(r, "preamble", "现公布示例市城南街道办事处2026年政府信息公开工作年度报告。"), lambda r: adds(r, "preamble", "现公布高新区社会事务中心2026年政府信息公开工作年度报告。")),
    "R-SIM": (lambda r: (r, before(r)), lambda r: (r, replace(before(r), texts={**r.texts, "overview": "去年说的是另一些事。" * 20, "problems": "去年的问题是另一些问题。" * 20}))),
    "R-TEMPLATE": two(lambda r: adds(r, "other", "（文字描述）")),
    "C-ASPECT": two(lambda r: says(r, "overview", "2026年，我中心主动公开政府信息3条，没有收到申请。")),
    "C-GOV": two(lambda r: agency(r, name="示例市高新镇人民政府"), lambda r: adds(agency(r, name="示例市高新镇人民政府"), "overview", "年度考核、社会评议为良好，没有责任追究。")),
    "C-ASPECT-NUM": two(lambda r: says(r, "overview", r.texts["overview"].replace("八个栏目", "若干栏目").replace("栏目3个", "一些栏目"))),
    "C-FIVE": two(lambda r: says(r, "problems", "暂无问题。")),
    "C-SIX-FEE": two(lambda r: says(r, "other", "没有其他需要报告的事项。")),
    "C-SIX-CONS": two(lambda r: adds(r, "overview", "全年收取信息处理费380元。"), lambda r: says(adds(r, "overview", "全年收取信息处理费380元。"), "other", "全年收取信息处理费380元。")),
    "C-SIGN": two(lambda r: says(r, "closing", "示例市高新区社会事务综合服务中心")),
    "F-HEAD": two(lambda r: says(r, "problems", "五、存在的主要问题和改进情况\n" + r.texts["problems"])),
    "F-ITEM": two(lambda r: adds(r, "overview", "依照条例第二十条第（二）款公开。"), lambda r: adds(r, "overview", "依照条例第十条第二款公开。")),
    "F-NUMBERING": two(lambda r: says(r, "overview", r.texts["overview"].replace("（四）", "（五）"))),
    "F-ENUM": two(lambda r: says(r, "problems", r.texts["problems"].replace("二是", "三是", 1))),
    "F-SELF": two(lambda r: adds(r, "overview", "我局重视这项工作。"), lambda r: adds(r, "overview", "本机关重视这项工作。")),
    "F-ABBR": two(lambda r: adds(r, "overview", "《条例》的要求已落实。"), lambda r: says(adds(r, "overview", "《条例》的要求已落实。"), "preamble", r.texts["preamble"].replace("公开条例》", "公开条例》（以下简称《条例》）"))),
    "T-UNIT": two(lambda r: adds(r, "overview", "收到申请3条。"), lambda r: adds(r, "overview", "收到申请3个月内办结。")),
    "T-NAME": two(lambda r: adds(r, "overview", "政务信息公开工作正常。"), lambda r: adds(r, "overview", "政务公开工作正常。")),
    "T-TYPO": two(lambda r: adds(r, "overview", "截止2026年底已办结。"), lambda r: adds(r, "overview", "申请的截止日期已公布。")),
    "T-PUNCT": two(lambda r: adds(r, "overview", "公开及时、、准确。"), lambda r: adds(r, "overview", "公开及时、准确。")),
    "T-BRACKET": two(lambda r: adds(r, "overview", "印发了示政办发[2026]3号文件。"), lambda r: adds(r, "overview", "印发了示政办发〔2026〕3号文件。")),
    "T-SENS": two(lambda r: adds(r, "overview", "申请人李小明提出的申请已答复。"), lambda r: adds(r, "overview", "申请人李某提出的申请已答复。")),
    "T-CONTACT": two(lambda r: agency(r, email="xxgk@163.com"), lambda r: agency(r, email="xxgk@zz.shandong.cn")),
    "D-SUBMIT": two(lambda r: says(r, "closing", r.texts["closing"].replace("1月15日", "2月1日")), lambda r: says(r, "closing", r.texts["closing"].replace("1月15日", "1月31日"))),
    "D-SUM": two(
        lambda r: says(agency(r, name="示例市高新区人民政府"), "closing", "示例市高新区人民政府\n2027年2月21日"),
        lambda r: says(agency(r, name="示例市高新区人民政府"), "closing", "示例市高新区人民政府\n2027年2月20日"),
    ),
    "N-APPLY": (lambda r: (saying(r, "收到政府信息公开申请20件。"), None), lambda r: (saying(r, "收到政府信息公开申请21件。"), None)),
    "N-RESULT": (lambda r: (saying(r, "收到申请21件，不予公开3件。"), None), lambda r: (saying(r, "收到申请21件，不予公开2件。"), None)),
    "N-REVIEW": (lambda r: (saying(r, "未发生行政复议、行政诉讼。"), None), lambda r: (saying(r, "行政复议1件，未发生行政诉讼。"), None)),
    "N-TABLE2": (lambda r: (saying(r, "制发行政规范性文件3件。"), None), lambda r: (saying(r, "公开政策文件3件，制发行政规范性文件2件。"), None)),
    "N-SCOPE": (lambda r: (saying(r, "全市收到政府信息公开申请21件。"), None), lambda r: (saying(r, "全市收到政府信息公开申请22件。"), None)),
    "N-TWICE": (lambda r: (saying(r, "主动公开信息28条。", "主动公开信息10条。"), None), lambda r: (saying(r, "主动公开信息28条。", "通过微信公开信息10条。"), None)),
    "N-SUM": (lambda r: (saying(r, "公开信息9条（网站5条、微信5条）。"), None), lambda r: (saying(r, "公开信息9条，其中网站5条、微信3条等。"), None)),
    "N-PCT": (lambda r: (saying(r, "申请21件，其中企业5件，占20%。"), None), lambda r: (saying(r, "申请21件，其中企业5件，占23.8%。"), None)),
    "N-YOY": (lambda r: (saying(r, "收到申请21件，同比增长20%。"), before(r)), lambda r: (saying(r, "收到申请21件，同比增长0%。"), before(r))),
    "N-DERIVED": (lambda r: (saying(r, "预算9万元，成交8万元，节约2万元。"), None), lambda r: (saying(r, "预算9万元，成交8万元，节约1万元。"), None)),
    "N-COUNT": (lambda r: (saying(r, "抓好三个方面：一是培训。二是检查。"), None), lambda r: (saying(r, "抓好两个方面：一是培训。二是检查。"), None)),
    "N-BLANKNUM": (lambda r: (saying(r, "公开信息  条。"), None), lambda r: (saying(r, "公开信息 5 条。"), None)),
    "N-ROUND": (lambda r: (saying(r, "公开信息100余条。"), None), lambda r: (saying(r, "公开信息100条。"), None)),
    "T-CONTRA": (lambda r: (saying(r, "收到的申请均已办结。"), None), lambda r: (saying(r, "收到的申请均已按期限办结。"), None)),
}


def codes(made: tuple[Report, Report | None], forms: Forms) -> set[str]:
    this, last = made
    return {f.code for f in check(this, forms[this.form], last, forms[last.form] if last else None)}


@pytest.mark.parametrize("code", sorted(CASES))
def test_fails_where_it_should_and_passes_close_by(code: str, example: Report, forms: Forms) -> None:
    failing, passing = CASES[code]
    assert code in codes(failing(example), forms)
    assert code not in codes(passing(example), forms)


def test_every_code_has_cases_and_a_rule() -> None:
    reported = {code for rule in RULES for code in rule.codes}
    assert set(CASES) == reported
    assert reported.isdisjoint(page.CODES) and reported.union(page.CODES) == set(catalogue())  # those of a page: tests/imports/test_page.py


@pytest.mark.parametrize("code", sorted(CASES))
def test_says_what_why_and_what_to_do(code: str, example: Report, forms: Forms) -> None:
    entry = catalogue()[code]
    assert entry.message and entry.basis and entry.why and entry.todo and entry.name
    this, last = CASES[code][0](example)
    finding = next(f for f in check(this, forms[this.form], last, forms[last.form] if last else None) if f.code == code)
    assert "{" not in finding.message and finding.place
    assert finding.basis and finding.basis != FROM_FORM
    assert not any(word in finding.message for word in ("非法", "无效", "错误代码"))
    data = finding.to_json()
    assert data["code"] == code and data["severity"] in ("error", "explain", "hint") and data["message"] and data["basis"]


def test_the_same_report_gives_the_same_findings_in_the_same_order(seed: Report, forms: Forms) -> None:
    assert check(seed, forms["2019"]) == check(replace(seed, cells=dict(reversed(seed.cells.items()))), forms["2019"])
