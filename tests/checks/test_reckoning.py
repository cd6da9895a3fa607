"""What the numbers of a text say of each other: where that does not add up, and where nothing must be said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxdesk.checks.engine import check
from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report

FORM = Forms.load()["2021"]
CODES = ("N-SUM", "N-PCT", "N-DERIVED", "N-COUNT", "N-BLANKNUM", "N-ROUND")


def found(text: str, form: FormDef) -> list[Finding]:
    return [f for f in check(Report(form.id, 2025, {"name": "某局"}, {"overview": text}, {}), form) if f.code in CODES]


@pytest.mark.parametrize(
    "text",
    [
        # closed lists that add up
        "全年公开信息427条，其中在政府门户网站公开232条，利用微信、微博等形式公开195条，其他渠道公开0条。",
        "公开信息698条，其中政务动态407条(工作动态287条，专题106条，通知14条)，公开信息155条，互动19条，综合117条。微信发布302条。",
        "发布信息249条，其中：公文9条；机构7条；重点工作39条；财政6条；年报1条；指南1条；网站185条；制度1条。受理网络问政182件。",
        "行政复议351件，其中结果维持72件，结果纠正64件，其他结果178件，尚未审结37件；行政诉讼46件，其中结果维持25件，结果纠正5件，其他结果9件，尚未审结7件。",
        "受理申请1295件，办结1191件（含上年结转189件）。其中，公开208件（17.46%），不予公开20件（1.68%），无法提供564件（47.36%），不予处理80件（6.72%），其他处理319件（26.78%）。",
        # open lists, and lists of some of it
        "公开信息114条，其中机构职能3条、领导信息10条、政务动态36条等。",
        "公开信息72条，其中包括机构职能3条、领导信息10条、财政6条。",
        "公开信息114条，其中通过网站72条。",
        "公开文件41件，配发解读32件，其中专家解读16件。",
        "公开信息100条，其中网站80条，微信30次。",
        "公开信息30条（网站20条……）。",
        "答复8件（含上年结转1件，申请人撤回2件）。",
        "收到申请8件（其中涉及土地3件、拆迁2件）。",
        "收到申请8件，其中自然人6件、法人2件，网络申请5件。",
        "收到申请8件，其中自然人6件，网上申请5件。",
        "公开政府信息54条。其中，微信公众号1205条、微博12984条。",
        "共公开信息84条，政策解读12条，回应20条，公告30条。",
        "共公开信息54条，发布解读20条，发布公告20条，推送动态15条。",
        "全年公开信息301条，其中普法8条，动态48条，领导4条。",
        # percentages
        "答复805件，不予公开35件，占4.34%；不予处理158件，占19.6%。",
        "访问量536万次，其中海外占47%。",
        "收到申请26件，答复率100%，满意率99.5%。",
        # money
        "预算50万元，成交45.5万元，节约4.5万元。",
        "节约资金3万元。",
        "预算50万元，成交45万元，节约50000元。",
        # as many as said
        "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、因政府信息公开申请行政复议、提起行政诉讼的情况、存在的主要问题及改进情况和其他需要报告的事项等六个部分组成。",
        "将从三个方面抓好落实：一是强化调度。二是加强培训。三是整合渠道。",
        "主要有以下几个方面：一是更新慢；二是形式少。",
        "做好两方面工作：一是培训。二是检查。下一步做好三方面工作：一是更新。二是解读。三是考核。",
        "报告包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、行政复议、行政诉讼情况、存在问题及改进情况、其他需要报告的事项6个部分。",
        # places that hold their number
        "2019 年，我局发布短视频30条，阅读量1200，粉丝数300。年度工作有序，年内未收到政府信息公开申请件，今日头条、政策文件齐备。",
        "《政府信息公开条例》第二十条，公开信息 34 条，1 件未办结。",
        "统计期限自2025 年1 月1 日起至 2025 年12月31日止，公布信息公开文件2025。",
        "共开展12项工作，一是培训，二是检查。",
        "未收到政府信息公开申请件，统计期限为2025年1月1日至2025年12月31日，2025年月均访问300次。",
        "对每件申请、各项信息逐条审核，发布政府信息条目清楚。",
        "全市累计公开信息5500余条。",
        "公开信息一百余篇。",
    ],
)
def test_nothing_is_said_where_nothing_is_wrong(text: str, form: FormDef) -> None:
    assert found(text, form) == []


@pytest.mark.parametrize(
    ("text", "code", "left", "right"),
    [
        ("公布信息2602条(其中机构82条，政策80条，规划21条，其他2420条)。", "N-SUM", 2602, 2603),
        ("公开信息427条，其中网站公开232条，微信公开195条，其他渠道公开10条。", "N-SUM", 427, 437),
        ("公开信息427条，其中网站公开232条，微信公开95条，其他渠道公开10条。", "N-SUM", 427, 337),
        ("公开信息12条（网站5条、微信6条）。", "N-SUM", 12, 11),
        ("公开信息一百条，其中网站六十条，其他五十条。", "N-SUM", 100, 110),
        ("公开信息145条，其中，网站公开信息18条，微信公开137条。", "N-SUM", 145, 155),
        ("公开信息50条，其中动态40条、机构4条、政策8条。", "N-SUM", 50, 52),
        ("公开信息50条，分别为动态40条、政策8条。", "N-SUM", 50, 48),
        ("共公开信息52条，会议20条，财政4条，实事24条。", "N-SUM", 52, 48),
        ("收到申请8件，其中自然人5件、法人4件。", "N-SUM", 8, 9),
        ("公开信息6391条，其中概况1105条；动态2896条；公众关心的其他信息2004条。", "N-SUM", 6391, 6005),
        ("答复805件，予以公开258件，占33.9%；不予公开35件，占4.34%；不予处理158件，占19.6%。", "N-PCT", 33.9, 32.0),
        ("收到申请26件，其中自然人20件，占80%。", "N-PCT", 80, 77),
        ("预算50万元，成交45.5万元，节约5万元。", "N-DERIVED", 5, 4.5),
        ("本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、存在问题及改进情况、其他需要报告的事项等六部分组成。", "N-COUNT", 6, 5),
        ("将从三个方面抓好落实：一是调度。二是培训。三是渠道。四是考核。", "N-COUNT", 3, 4),
        ("全年公开信息  条。", "N-BLANKNUM", None, None),
        ("全年共收到申请 件，已办结。", "N-BLANKNUM", None, None),
        ("统计期限自2025年1月1日起至年12月31日止。", "N-BLANKNUM", None, None),
        ("统计期限自2025年 月 日起。", "N-BLANKNUM", None, None),
        ("全年公开政府信息12。", "N-BLANKNUM", None, None),
        ("主动公开政府信息条，涉及财政预决算。", "N-BLANKNUM", None, None),
        ("（二）依申请公开。年，我局收到申请三件。", "N-BLANKNUM", None, None),
        ("作出行政处罚件，全部公开。", "N-BLANKNUM", None, None),
        ("公开办事指南23条、公示公告15、解读4条。", "N-BLANKNUM", None, None),
        ("全年公开政府信息100余条。", "N-ROUND", None, None),
        ("发布信息140余条，其中会议7条、解读7条、重点领域65条，其他60余条。", "N-ROUND", None, None),
    ],
)
def test_what_does_not_add_up_is_shown_with_both_numbers(text: str, code: str, left: float | None, right: float | None, form: FormDef) -> None:
    (finding,) = found(text, form)
    assert finding.code == code
    assert (finding.left and float(finding.left), finding.right and float(finding.right)) == (left, right)
    assert finding.span is not None and text[finding.span[1] : finding.span[2]] in text and finding.excerpt in finding.message


def test_a_list_that_leaves_out_very_little_is_only_asked_about(form: FormDef) -> None:
    (finding,) = found("公开信息100条，其中动态30条，机构30条，政策35条。", form)
    assert (finding.code, finding.severity, finding.right) == ("N-SUM", Severity.HINT, 95)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("将从三个方面抓好落实：一是甲。二是乙。", "将从两个方面抓好落实：一是甲。二是乙。"),
        ("公开信息12条（网站5条、微信6条）。", "公开信息11条（网站5条、微信6条）。"),
        ("第一段。\n收到申请26件，其中自然人20件，占80.0%。", "第一段。\n收到申请26件，其中自然人20件，占76.9%。"),
    ],
)
def test_one_press_puts_it_right(text: str, mended: str, form: FormDef) -> None:
    (finding,) = found(text, form)
    r = finding.rewrite
    assert r is not None and text[: r.start] + r.value + text[r.end :] == mended
    assert found(mended, form) == []


WORDS = ["公开信息", "收到", "政府信息公开申请", "其中", "其他", "（", "）", "占", "%", "％", "条", "件", "万", "亿", "元", "预算", "成交", "节约", "三个方面", "一是", "由", "情况", "等六个部分组成", "年", "月", " ", "\n", "，", "；", "。"]
ANYTHING = st.lists(st.sampled_from(WORDS) | st.integers(0, 10**14).map(str) | st.text("零一二两九十百千万亿0９.．,，", max_size=30) | st.text(max_size=5), max_size=40).map("".join)


@pytest.mark.no_cover
@settings(deadline=None)
@given(ANYTHING)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for finding in check(Report("2021", 2025, {"name": "某局"}, {"overview": text, "other": text}, {}), FORM):
        if finding.span is not None:
            _, start, end = finding.span
            assert 0 <= start < end <= len(text)
        if finding.rewrite is not None:
            assert text[finding.rewrite.start : finding.rewrite.end] and finding.rewrite.value
