"""Text against tables: what is tied, and above all what is not. Sentences are made up; the figures are those of real reports."""

import re
from dataclasses import replace

import pytest

from gxdesk.cells import CellRef
from gxdesk.checks.engine import check
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.narrative import against_tables, near
from gxdesk.checks.phrases import government
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report, Slot
from gxdesk.session import Session

T = {
    "received": "requests.received.person",
    "carried_in": "requests.carried_in.person",
    "carried_out": "requests.carried_out.person",
    "granted": "requests.granted.person",
    "partial": "requests.partial.person",
    "denied": "requests.denied.process.person",
    "not_held": "requests.unavailable.not_held.person",
    "created": "requests.unavailable.needs_creation.person",
    "unprocessed": "requests.unprocessed.petition.person",
    "petition": "requests.unprocessed.petition.business",
    "otherwise": "requests.otherwise.else.person",
    "business": "requests.received.business",
    "review": "remedies.review.other",
    "upheld": "remedies.review.upheld",
    "corrected": "remedies.review.corrected",
    "pending": "remedies.review.pending",
    "suits": "remedies.suit_direct.other",
    "suits_upheld": "remedies.suit_direct.upheld",
    "issued": "disclosure.normative.issued",
    "repealed": "disclosure.normative.repealed",
    "in_force": "disclosure.normative.in_force",
    "rules": "disclosure.regulations.issued",
    "licenses": "disclosure.licenses.decisions",
    "penalties": "disclosure.penalties.decisions",
    "fees": "disclosure.fees.amount",
}
NUMBERS = ("N-", "T-CONTRA")


def made(form: FormDef, text: str, name: str = "某某区民政局", year: int = 2025, **cells: int | str) -> Report:
    """A report in which every cell is 0 but those named, with a text as its first section."""
    values = {ref: "0" for t in form.tables.values() for ref in t.inputs} | {T[k]: str(v) for k, v in cells.items()}
    return Report(form.id, year, {"name": name}, {"overview": text}, values)


def found(report: Report, form: FormDef, last: Report | None = None) -> list[Finding]:
    return [f for f in check(report, form, last, form if last else None) if f.code.startswith(NUMBERS)]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        # what another implementation met
        ("受理政府信息公开申请3259件，答复3278件（含上年度结转申请77件，另有58件顺延到下年度答复）。", {"received": 3259, "carried_in": 77, "granted": 3278, "carried_out": 58}),
        ("受理政府信息公开申请19件，其中11件均按规定程序办结，8件申请人主动撤销。", {"received": 19, "granted": 11, "otherwise": 8}),
        ("受理政府信息公开申请10件，办理上年度结转申请1件。答复11件。", {"received": 10, "carried_in": 1, "granted": 11}),
        ("收到70件申请，及时办结69件，1件结转下年度继续办理。", {"received": 70, "granted": 69, "carried_out": 1}),
        ("收办政府信息公开申请3607件。", {"received": 3511, "carried_in": 96, "granted": 3607}),
        ("全年备案审查行政复议案件134件，行政诉讼案件57件。", {"review": 170, "suits": 77}),
        # other false alarms of the rule list
        ("公开政策文件4件。全年受理政府信息公开申请749件。", {"issued": 6, "received": 713, "carried_in": 36}),
        ("区政府办公室受理政府信息公开申请95件。", {"received": 95}),
        ("收取行政事业性收费7730.28万元。", {"fees": "7730.28"}),
        ("制定规章13件，其中修改废止4件。", {"rules": 13}),
        # whose number it is
        ("全区共收到政府信息公开申请312件，我局收到政府信息公开申请3件。", {"received": 3}),
        ("全市收到政府信息公开申请50件。", {"received": 3}),
        ("各街道收到政府信息公开申请40件。", {"received": 3}),
        # when
        ("2024年收到政府信息公开申请8件。", {"received": 3}),
        ("去年收到政府信息公开申请8件，答复8件。", {"received": 3, "granted": 3}),
        ("一季度收到政府信息公开申请1件。", {"received": 3}),
        ("下一步计划办理政府信息公开申请100件。", {"received": 3}),
        ("收到政府信息公开申请3件，较2024年减少5件。", {"received": 3}),
        # of what
        ("全年答复网民留言92件，办结人大建议、政协提案12件，均已办结。", {"granted": 3, "carried_out": 1}),
        ("发放《关于印发规范性文件12件的通知》。", {"issued": 3}),
        ("收到政府信息公开申请3件，其中通过网络收到申请2件。", {"received": 3}),
        ("举办培训班，讲授不予公开2件典型案例。", {"denied": 0}),
        ("落实国办公开办函〔2021〕30号要求，全年收到申请3件。", {"received": 3}),
        ("均在法定期限内予以答复，按时办结率100%。", {"carried_out": 4}),
        ("收到政府信息公开申请3件，未发生被行政复议纠错或者行政诉讼败诉的情形。", {"received": 3, "upheld": 2, "suits_upheld": 1}),
        ("收到政府信息公开申请近300件。", {"received": 296}),
        ("未收到法人或其他组织提出的政府信息公开申请。", {"received": 3}),
        ("没有发生针对公开工作的行政复议申请、行政诉讼案件。", {"received": 3}),
        ("收到网上政府信息公开申请2件。", {"received": 3}),
        ("除1件结转2026年外，收到的申请均已答复。", {"received": 3, "carried_out": 1}),
        ("上年结转申请2件，均已办结。", {"carried_in": 2, "carried_out": 1}),
        ("本年度共新收案件40件。", {"received": 3}),
        ("收到申请3件。本年度共新收案件40件。", {"received": 3}),
        ("新增依申请公开事项2项。", {"received": 3}),
        ("无信息公开事项引发的纠纷。", {"received": 3}),
        ("公开规划计划类信息9条，收到申请3件。", {"received": 3}),
    ],
)
def test_nothing_is_said_where_nothing_is_wrong(text: str, cells: dict[str, int | str], form: FormDef) -> None:
    assert [f for f in found(made(form, text, **cells), form) if f.severity is not Severity.HINT] == []

ORDINARY = """
2025年，我局共收到政府信息公开申请8件，其中自然人申请6件，法人或其他组织2件，均为网上申请。
全年收到公民、法人和其他组织政府信息公开申请8件，较上年增加3件，增长60%。
全年共收到依申请公开申请8件，其中当面申请1件、信函申请2件、网络申请5件。
2025年共收到政府信息公开申请 8 件，上年结转 1 件，已办结 8 件，结转下年度继续办理 1 件。
本年度新收政府信息公开申请8件，上年结转政府信息公开申请1件，办理结果：予以公开3件，部分公开1件，不予公开1件，无法提供2件，不予处理1件，其他处理0件。结转下年度继续办理1件。
共办理政府信息公开申请9件（含上年结转1件），按时答复8件，按期答复率100%。
共收到申请8件，同意公开3件，部分公开1件，因信息不存在无法提供2件。
收到信访件32件，均已办结。收到政府信息公开申请8件。
全年共受理12345热线工单1560件，办结率100%。依申请公开方面，受理申请8件。
共收到行政复议申请2件，行政应诉案件1件。
因政府信息公开引发的行政复议案件2件，结果均为维持；行政诉讼案件1件。
2025年，全市各级行政机关共收到政府信息公开申请3500件，我局办理8件。
行政复议案件2件，均维持；行政诉讼1件，尚未审结0件。
全年办理行政复议案件156件，纠错12件，综合纠错率7.7%。
全年审理行政复议案件156件，办理行政诉讼应诉案件30件。
我局作为被告的行政诉讼案件20件，其中涉及政府信息公开的1件。
公开行政许可信息120条、行政处罚信息5条。
公示行政许可决定130件，行政处罚决定15件。
全年作出行政许可120件、行政处罚5件、行政强制0件。
全年共制发公文56件，其中主动公开23件，依申请公开10件，不予公开23件。
2025年印发文件45件，属性为主动公开的30件、依申请公开的5件、不予公开的10件。
制定出台规范性文件3件，全部进行了解读，解读率100%。
对3件行政规范性文件进行了合法性审核，清理规范性文件20件，废止2件，修订1件，继续有效17件。
报备行政规范性文件3件，均在规定时限内公开。
发布规范性文件4件（含转发1件）。
截至2025年底，现行有效规范性文件12件，其中2025年制定3件，废止1件。
我镇主动公开信息500条，其中机构职能信息10条，政策文件信息20条，财政信息30条，其他信息440条。
全年通过门户网站公开政府信息500条，通过微信公众号公开信息300条，通过政务公开栏公开信息50条。
通过政府网站公开政府信息320条，其中：重点领域信息公开政府信息120条。
本年度主动公开政府信息500条，同比增长12%。公开的信息中，本级政策类信息公开信息20条。
上半年公开信息200条，下半年公开信息300条。
各科室公开信息数量：办公室公开信息20条，人事科公开信息10条。
办公室公开信息20条，人事科公开信息10条，财务科公开信息30条。
没有收取任何费用，未收取信息处理费。
全年收取信息处理费0元。
组织召开政务公开工作推进会2次，开展培训3次，培训人员60余人次。
全年制作图解12个，视频8个，共计20个。
回复网民留言36条，其中咨询类20条、建议类10条、投诉类5条。
共收到意见建议9条，采纳5条，不予采纳4条。
办理人大代表建议5件、政协提案3件，办结率100%，满意率100%。
政策解读20篇，其中文字解读20篇，图片解读12篇，视频解读3篇。
公开会议12次，其中邀请公众代表列席3次，网络直播2次。
存在以下三个方面的问题：一是思想认识不足；二是更新不及时；三是队伍不稳。针对以上三个问题，下一步重点做好两项工作：一是加强学习，二是强化监督。
一是抓培训，二是抓考核，三是抓监督。三个方面齐头并进。
抓好四个方面工作。（一）加强领导。一是成立小组；二是明确分工。（二）完善制度。一是制定办法；二是落实责任；三是建立台账。
本报告由六部分组成：总体情况；主动公开政府信息情况；收到和处理政府信息公开申请情况；政府信息公开行政复议、行政诉讼情况；存在的主要问题及改进情况；其他需要报告的事项。
本报告包括总体情况、主动公开、依申请公开、复议诉讼、存在问题、其他事项等6个部分。
本报告由总体情况，主动公开政府信息情况，收到和处理政府信息公开申请情况，政府信息公开行政复议、行政诉讼情况，存在的主要问题及改进情况和其他需要报告的事项六部分组成。
2024年结转至2025年的申请1件已办结。
2024年度结转申请1件，2025年新收8件。
收到申请8件，同比下降20%；其中6件由自然人提出，占75%，2件由企业提出，占25%。
答复8件，予以公开3件，占37.5%，无法提供2件，占25%。
办结8件，其中予以公开3件（占比37.5%）、部分公开1件（占比12.5%）。
门户网站访问量120万人次，同比增长30%，其中移动端占60%。
采购预算120.5万元，合同金额118万元，节约2.5万元，节约率2.07%。
公开信息1,200条，比2024年的1,000条增加200条。
公布权力清单120项，其中行政许可20项，行政处罚80项，其他20项。
行政许可20项，行政处罚80项，行政强制3项。
行政事业性收费项目2项，收费金额3.5万元。
上年度结转的1件申请已按期办结，本年度新收到的8件申请中，7件已办结，1件按规定结转下年办理。
按照国办《关于做好2025年5件大事的通知》要求，收到申请8件。
本年度未收到涉及商业秘密的政府信息公开申请。
截至12月31日，未收到因政府信息公开提起的行政复议以外的投诉举报。
全年未发生因政府信息公开引发的负面舆情，行政复议2件、行政诉讼1件。
未发生因政府信息公开工作被行政复议责令履行的情形。
未因政府信息公开工作被追究责任，未发生泄密事件。
收到申请8件，其中1件正在办理，其余均已答复。
受理的8件申请中，7件均已办结，1件未到答复期限。
除1件结转下年外，其余申请均已办结。
到期申请全部办结。
申请人主动撤回申请1件。
向申请人发出补正通知2件，延期答复1件。
协助市政府办公室办理依申请公开3件。
承办市政府转办的依申请公开件5件，均已答复。
""".strip().splitlines()


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_of_a_report_that_ties_is_let_be(text: str, form: FormDef) -> None:
    cells = {"received": 6, "business": 2, "carried_in": 1, "granted": 3, "partial": 1, "denied": 1, "not_held": 2, "carried_out": 1, "upheld": 2, "suits_upheld": 1}
    cells |= {"issued": 3, "repealed": 1, "in_force": 12, "licenses": 120, "penalties": 5}
    report = made(form, text, "某某市民政局", fees="3.5", petition=1, **cells)
    assert [f for f in found(report, form) if f.severity is not Severity.HINT] == []



@pytest.mark.parametrize(
    ("text", "cells", "code", "left", "right"),
    [
        ("收到政府信息公开申请75件。", {"received": 74}, "N-APPLY", 75, 74),
        ("新收政府信息公开申请１７件。", {"received": 95}, "N-APPLY", 17, 95),
        ("收到政府信息公开申请十二件。", {"received": 3}, "N-APPLY", 12, 3),
        ("收到政府信息公开申请1,203件。", {"received": 1230}, "N-APPLY", 1203, 1230),
        ("共受理政府信息公开申请2件。", {"received": 3}, "N-APPLY", 2, 3),
        ("我局未收到政府信息公开申请。", {"received": 3}, "N-APPLY", 0, 3),
        ("上年结转2件。", {"carried_in": 1}, "N-APPLY", 2, 1),
        ("收到申请5件，另有1件顺延到下年度答复。", {"received": 5, "carried_out": 2}, "N-APPLY", 1, 2),
        ("收到申请5件，其中自然人3件、商业企业2件。", {"received": 3, "business": 1}, "N-APPLY", 5, 4),
        ("收到申请4件。予以公开及部分公开258件。", {"received": 4, "granted": 272, "partial": 3}, "N-RESULT", 258, 275),
        ("收到申请4件。其中，因不掌握等原因无法提供265件。", {"received": 4, "not_held": 265, "created": 72}, "N-RESULT", 265, 337),
        ("行政复议7件，均获维持。", {"upheld": 5, "pending": 2}, "N-REVIEW", 0, 2),
        ("行政复议3件，行政诉讼1件。", {"review": 3, "suits": 2}, "N-REVIEW", 1, 2),
        ("清理后现行有效的行政规范性文件393件。", {"in_force": 470}, "N-TABLE2", 393, 470),
        ("作出行政许可决定12件。", {"licenses": 21}, "N-TABLE2", 12, 21),
        ("收取行政事业性收费36400元。", {"fees": "3.65"}, "N-TABLE2", 36400, 36500),
        ("收取行政事业性收费4.5万元。", {"fees": "3.5"}, "N-TABLE2", 45000, 35000),
        ("收到申请5件，转入下一年度继续办理3件。", {"received": 5, "carried_out": 1}, "N-APPLY", 3, 1),
        ("全年无行政复议、行政诉讼案件。", {"suits": 1}, "N-REVIEW", 0, 1),
        ("收到申请3件，所有申请均已办结。", {"received": 3, "carried_out": 1}, "T-CONTRA", 0, 1),
    ],
)
def test_the_two_sides_are_shown(text: str, cells: dict[str, int | str], code: str, left: int, right: int, form: FormDef) -> None:
    finding = next(f for f in found(made(form, text, **cells), form) if f.code == code)
    assert (finding.left, finding.right) == (left, right)
    assert finding.span is not None and finding.excerpt == text[finding.span[1] : finding.span[2]]
    assert finding.excerpt in finding.left_text
    assert str(right) in finding.message and finding.right_text


# {} is a number that ties: of 21 new requests (18 of people, 3 of businesses), 2 carried in, 22 dealt with, 1 carried out
WAYS = """
收到依申请公开{21}件，办结{22}件。
收到群众依申请公开{21}件。
收到公民、法人和其他组织提出的政府信息公开申请{21}件。
收到{21}件依申请公开办件。
收到信息公开申请{21}起，答复{22}起。
接收到申请书{21}份，主要涉及征地。
依申请公开受理和办结{21}件。
共办理回复依申请公开事项{22}件。
受理依申请政府信息公开事项{21}件。
作出行政处罚{15}宗，作出{120}宗行政许可。
累计处理政府信息依申请公开{23}件，其中本年度新接收{21}件，2024年结转办理{2}件。
全年共有{21}件政府信息公开申请。
政府信息公开申请总量为{21}件。
依申请公开共收到{21}件。
办理申请：本年新收{21}件，上年结转{2}件，往年遗留{2}件。
收到申请21件，2024年度结转{2}件。
除{1}件转结2026年办理以外，均已答复。
收到申请21件，结转至2026年办理{1}件，转下年度办理{1}件，{1}件结转下年。
收到申请21件，尚在办理中{1}件。
收到申请21件，其中{18}件为自然人申请，{3}件为商业企业申请，科研机构{0}件，社会公益组织{0}件，法律服务机构{0}件。
收到申请21件，其中公民申请{18}件，企业提出{3}件。
收到申请21件，{9}件予以公开，{3}件部分公开，{2}件不予公开，{5}件无法提供。
收到申请21件，作出予以公开决定{9}件，作出部分公开决定{3}件，作出不予公开决定{2}件。
收到申请21件，公开{9}件，部分公开{3}件。
收到申请21件，不存在{4}件，需要另行制作{1}件，属于过程性信息{2}件，信访举报投诉类申请{2}件，其他处理情形{1}件。
行政复议{5}件，未经复议直接起诉{2}件，复议后起诉{0}件。
{5}件行政复议，{2}件行政诉讼。
行政复议和行政诉讼共计{7}件。
制定{5}件行政规范性文件，废止规范性文件{2}件，现有有效规范性文件{31}件。
作出行政许可决定{120}项，行政处罚处理决定数量{15}件。
""".strip().splitlines()
NONE = """
未收到依申请公开。
没有收到政府信息公开申请。
未收到个人、法人或者其他组织向本机关申请公开政府信息。
无依申请公开申请。
无依申请公开事项
没有依申请公开申请的情况，没有举报。
没有上年结转申请。
没有结转下年度的申请。
不存在因政府信息公开工作被申请行政复议、提起行政诉讼的情况。
未引发行政复议、行政诉讼。
无因政府信息公开工作被申请行政复议或提起行政诉讼的情况。
行政复议、行政诉讼均为0。
未出台行政规范性文件。
未作出行政处罚。
""".strip().splitlines()
SAID = {"received": 18, "business": 3, "carried_in": 2, "carried_out": 1, "granted": 9, "partial": 3, "denied": 2, "not_held": 4, "created": 1, "unprocessed": 2, "otherwise": 1}
SAID |= {"upheld": 3, "corrected": 1, "pending": 1, "suits_upheld": 2, "issued": 5, "repealed": 2, "in_force": 31, "licenses": 120, "penalties": 15}


def contradicted(text: str, form: FormDef) -> int:
    report = made(form, f"2025年，我局{text}", **SAID)
    return len(list(against_tables(Facts(form, report, Figures(form, report.cells)), "overview")))


@pytest.mark.parametrize("sentence", WAYS)
def test_a_number_is_tied_however_it_is_said(sentence: str, form: FormDef) -> None:
    said = re.split(r"\{(\d+)\}", sentence)
    assert contradicted("".join(said), form) == 0
    for at in range(1, len(said), 2):
        assert contradicted("".join([*said[:at], str(int(said[at]) + 57), *said[at + 1 :]]), form), said[at]


@pytest.mark.parametrize("sentence", NONE)
def test_none_is_tied_however_it_is_said(sentence: str, form: FormDef) -> None:
    assert contradicted(sentence, form)


def test_either_side_can_be_mended_with_one_press(form: FormDef) -> None:
    text = "全年收到政府信息公开申请 ７ 件。"
    session = Session(made(form, text, received=6, granted=6), form)
    (finding,) = (f for f in session.findings if f.code == "N-APPLY")
    assert finding.severity is Severity.ERROR and finding.fix is not None and finding.rewrite is not None
    session.set_cells({finding.fix.ref: finding.fix.value}, "改成 7")
    assert not [f for f in session.findings if f.code == "N-APPLY"]
    session.undo()
    r = finding.rewrite
    session.set_text(Slot("texts", r.text), text[: r.start] + r.value + text[r.end :])
    assert session.text(Slot("texts", "overview")) == "全年收到政府信息公开申请 6 件。"
    assert not [f for f in session.findings if f.code == "N-APPLY"]


def test_what_it_was_taken_for_is_said_and_only_asked(form: FormDef) -> None:
    (finding,) = found(made(form, "收到政府信息公开申请75件。", received=74, carried_in=1), form)
    assert finding.severity is Severity.EXPLAIN and "上年结转" in finding.possible


def test_blanks_contradict_only_what_is_too_little(form: FormDef) -> None:
    report = made(form, "收到政府信息公开申请7件。", received=6)
    unfinished = replace(report, cells={k: v for k, v in report.cells.items() if k != T["business"]})
    assert found(unfinished, form) == []
    (finding,) = found(replace(unfinished, texts={"overview": "收到政府信息公开申请5件。"}), form)
    assert finding.rewrite is None and finding.fix is None and "至少" in finding.message
    assert found(replace(report, cells={}), form) == []


def test_the_numbers_follow_table_text_year_and_name(form: FormDef) -> None:
    session = Session(made(form, "2025年全区收到政府信息公开申请7件。", received=6), form)

    def codes() -> list[str]:
        return [f.code for f in session.findings if f.code.startswith("N-")]

    assert codes() == []
    session.set_text(Slot("agency", "name"), "某某区人民政府")
    assert codes() == ["N-APPLY"]
    session.set_cells({form.tables["requests"].inputs[0]: "7"}, "改")
    assert codes() == []
    session.undo()
    session.set_text(Slot("texts", "overview"), "2024年全区收到政府信息公开申请7件。")
    assert codes() == []


def test_a_government_counts_its_area(form: FormDef) -> None:
    assert [government(n) for n in ("淮安市人民政府（全市汇总）", "某某区管委会", "某镇人民政府", "某某市民政局", "某市人民政府办公厅", "")] == ["市", "区", "镇", "", "", ""]
    (finding,) = found(made(form, "全年区政府办公室受理政府信息公开申请17件。", "某某区人民政府", received=95), form)
    assert finding.code == "N-SCOPE" and finding.severity is Severity.EXPLAIN


@pytest.mark.parametrize(("said", "codes"), [(50, ["N-SCOPE"]), (51, []), (9, [])])
def test_the_same_number_for_the_whole_area_is_asked_about(said: int, codes: list[str], form: FormDef) -> None:
    assert [f.code for f in found(made(form, f"全市收到政府信息公开申请{said}件。", received=said if said != 51 else 50), form)] == codes


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (("通过网站审计信息栏目公开信息20条。", "通过审计信息专栏公开政府信息16条。"), ["N-TWICE"]),
        (("通过政府网站公开信息72条。", "通过微信公众号公开信息16条。"), []),
        (("全年主动公开政府信息114条。", "在政府网站公开信息72条。"), []),
        (("在政府网站公开信息28条。", "全年共公开10条信息。"), ["N-TWICE"]),
        (("全年主动公开政府信息114条。", "2024年主动公开政府信息90条。"), []),
        (("全年主动公开政府信息114条。", "全年主动公开政府信息114条。"), []),
        (("全年没有收取信息处理费。", "全年收取信息处理费300元。"), ["T-CONTRA"]),
        (("全年没有收取信息处理费。", "全年收取信息处理费0元。"), []),
        (("某某区门户网站共公开各类信息58条。", "主动公开政府信息58条。"), ["N-SCOPE"]),
    ],
)
def test_one_thing_has_one_number(texts: tuple[str, str], codes: list[str], form: FormDef) -> None:
    report = made(form, texts[0])
    for second in ({"overview": "\n".join(texts)}, {"overview": texts[0], "other": texts[1]}):
        assert [f.code for f in found(replace(report, texts=second), form)] == codes


def test_results_that_do_not_come_to_the_total_said(form: FormDef) -> None:
    text = "答复政府信息公开申请805件。予以公开及部分公开258件，不予公开35件，无法提供265件，不予处理158件，其他处理{}件。"
    blank = Report(form.id, 2025, {"name": "某局"}, {"overview": text.format(0)}, {})
    (finding,) = found(blank, form)
    assert finding.code == "N-SUM" and "716" in finding.message
    assert found(replace(blank, texts={"overview": text.format(89)}), form) == []


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("同比增长1.4倍", []), ("同比增长1.5倍", ["N-YOY"]), ("，较去年增加15件", []), ("，较去年增加14件", ["N-YOY"]), ("，比2024年增长136.36%", []), ("，比2024年增长136%", []),
        ("，同比下降12.3%", ["N-YOY"]), ("，较2019年增长3%", []), ("，同比增长", []),
    ],
)
def test_a_change_is_reckoned_from_last_years_report(said: str, codes: list[str], form: FormDef) -> None:
    now, last = made(form, f"收到政府信息公开申请26件{said}。", received=26, granted=26), made(form, "", year=2024, received=11, granted=11)
    assert [f.code for f in found(now, form, last)] == codes
    assert found(now, form) == []


def test_a_percentage_may_be_rounded_or_cut() -> None:
    from decimal import Decimal

    assert [near(Decimal(35) * 100 / 805, p) for p in ("4.35", "4.34", "4.3", "4", "4.36", "5")] == [True, True, True, True, False, True]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026年共收到政府信息公开申请3件，全部按时办结。", 1),
        ("收到申请3件，均已按期答复。", 1),
        ("收到申请3件，到期的全部按时办结。", 0),
        ("收到申请3件，其余全部按时办结。", 0),
        ("收到申请3件。12345热线的来电全部按时办结。", 0),
        ("办结的申请全部按时答复。", 0),
    ],
)
def test_all_done_in_time_is_held_against_what_was_carried_over(form: FormDef, example: Report, text: str, told: int) -> None:
    cells = {ref: "0" for table in form.tables.values() for ref in table.inputs}
    cells |= {CellRef("requests.received.person"): "3", CellRef("requests.granted.person"): "2", CellRef("requests.carried_out.person"): "1"}
    report = replace(example, texts={"overview": text}, cells=cells)
    hints = [f for f in check(report, form) if f.code == "T-CONTRA"]
    assert [f.severity for f in hints] == [Severity.HINT] * told
    none_left = cells | {CellRef("requests.granted.person"): "3", CellRef("requests.carried_out.person"): "0"}
    assert not [f for f in check(replace(report, cells=none_left), form) if f.code == "T-CONTRA"]


def test_a_quantity_contradicted_again_and_again_is_told_once(form: FormDef) -> None:
    text = "\n".join(f"我中心主动公开政府信息{n}条。" for n in range(1, 40))
    (told,) = [f for f in check(Report("2021", 2026, {"name": "某某市数据服务中心"}, {"overview": text}), form) if f.code == "N-TWICE"]
    assert "1条" in told.message and "2条" in told.message and "后面还有 37 处" in told.message
