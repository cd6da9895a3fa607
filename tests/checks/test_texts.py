"""What the texts say: what must be found, with the words that mend it, and what must be left alone. A false alarm costs more than a missed hint."""

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from gxdesk import report as report_file
from gxdesk.checks import language as language_module
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.engine import Checker, check
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.language import language
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.progress import progress
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.session import Session
from gxdesk.states import State
from tests.checks.test_catalogue import CASES, adds, agency, before, cells, old, says

HANGS = 300  # seconds, many times what it takes


def of(report: Report, form: FormDef, code: str = "") -> list[Finding]:
    return [f for f in check(report, form) if f.code == code or (not code and f.severity is not Severity.HINT)]


@pytest.mark.parametrize(
    ("code", "key", "text", "mended"),
    [
        ("R-PERIOD", "preamble", "数据统计时限为2025年1月1日至2025年12月31日。", "数据统计时限为2026年1月1日至2026年12月31日。"),
        ("R-PERIOD", "preamble", "所列数据自2026年1月1日起到11月30日止。", "所列数据自2026年1月1日至2026年12月31日止。"),
        ("R-YEAR", "preamble", "现公布2025年度政府信息公开工作年度报告。", "现公布2026年度政府信息公开工作年度报告。"),
        ("R-CITE", "preamble", "《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2019〕60号）。", "《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）。"),
        ("R-YEARWORD", "overview", "2026我中心公开信息。", "2026年我中心公开信息。"),
        ("F-ITEM", "overview", "第二十条第(二)款。", "第二十条第(二)项。"),
        ("F-NUMBERING", "overview", "—、总体情况", "一、总体情况"),
        ("F-NUMBERING", "overview", "一）主动公开\n公开信息。", "（一）主动公开\n公开信息。"),
        ("F-NUMBERING", "overview", "（一）主动公开\n(二)依申请公开", "（一）主动公开\n（二）依申请公开"),
        ("F-ENUM", "problems", "一是慢；三是少；三是旧。", "一是慢；二是少；三是旧。"),
        ("T-UNIT", "overview", "收到申请0件次。", "收到申请0件。"),
        ("T-UNIT", "overview", "制定0条行政规范性文件。", "制定0件行政规范性文件。"),
        ("T-NAME", "other", "没有收取信息公开处理费。", "没有收取政府信息公开信息处理费。"),
        ("T-NAME", "preamble", "2026年度政府信息公开年度报告。", "2026年度政府信息公开工作年度报告。"),
        ("T-TYPO", "overview", "截止到2026年12月31日，安排资金资金管理。", "截至2026年12月31日，安排资金资金管理。"),
        ("T-TYPO", "overview", "加强工作工作落实。", "加强工作落实。"),
        ("T-TYPO", "overview", "数据截止日期为20261231日。", "数据截止日期为2026年12月31日。"),
        ("T-PUNCT", "overview", "公开及时,内容准确;没有遗漏.", "公开及时，内容准确；没有遗漏。"),
        ("T-PUNCT", "overview", "公开及时，。内容准确。", "公开及时。内容准确。"),
        ("T-PUNCT", "overview", "《关于印发《格式》的通知》已学习。", "《关于印发〈格式〉的通知》已学习。"),
        ("T-PUNCT", "overview", "全年公开政府信息三十条，均按规定办理", "全年公开政府信息三十条，均按规定办理。"),
        ("T-BRACKET", "overview", "印发示政办发(2026) 3号。", "印发示政办发〔2026〕 3号。"),
    ],
)
def test_one_click_mends_it(code: str, key: str, text: str, mended: str, example: Report, form: FormDef) -> None:
    report = says(example, key, text)
    finding = next(f for f in of(report, form, code) if f.rewrite)
    assert finding.rewrite is not None and finding.span == (key, finding.rewrite.start, finding.rewrite.end)
    assert text[: finding.rewrite.start] + finding.rewrite.value + text[finding.rewrite.end :] == mended


@pytest.mark.parametrize(
    ("code", "key", "text"),
    [
        ("R-YEAR", "other", "2025年没有发生收取信息处理费的情况。"),
        ("R-YEAR", "overview", "据统计，2025年我中心公开信息三十条。"),
        ("R-YEAR", "overview", "（三）信息管理情况 2025年，中心办公室制定制度三项。"),
        ("R-YEAR", "overview", "截至2025年12月31日，公开信息三十条。"),
        ("R-YEAR", "overview", "现将我中心2025年政务信息公开情况报告如下："),
        ("R-YEAR", "overview", "依据有关办法，我中心2025年没有收费。"),
        ("R-YEAR", "preamble", "编制了《示例市高新区社会事务综合服务中心2025年政府信息公开工作年度报告》。"),
        ("R-YEAR", "preamble", "结合2025年示例市高新区社会事务综合服务中心政府信息公开情况编制。"),
        ("R-YEAR", "preamble", "2025年，我中心认真贯彻条例。"),
        ("R-PERIOD", "preamble", "我中心对2025年1月1日至2025年12月31日期间政府信息公开情况进行公开。"),
        ("R-PERIOD", "preamble", "数据的统计期限从2025年1月1日至12月31止。"),
        ("R-PERIOD", "preamble", "本报告涵盖2026年1月1日至12月21日的公开情况。"),
        ("R-YEAR", "problems", "2026年，我中心将继续加强培训。"),
        ("R-YEAR", "problems", "为进一步规范公开工作，2026年我中心加大培训。"),
        ("R-CITE", "preamble", "根据《国办政府信息公开年度报告有关事项通知》编制。"),
        ("R-CITE", "preamble", "根据《中华人民共和国政府信息公开条例》编制。"),
        ("R-AGENCY", "preamble", "现公布示例市高新区2026年政府信息公开工作年度报告。"),
        ("R-AGENCY", "preamble", "编制《示例市城南街道办事处2026年政府信息公开工作年度报告》。"),
        ("R-AGENCY", "preamble", "示例市水利局\n2026年政府信息公开工作年度报告"),
        ("R-AGENCY", "overview", "现公布示例市水利局2026年政府信息公开工作年度报告。"),
        ("R-FORMAT", "overview", "其他对外管理服务事项0件。"),
        ("R-FORMAT", "overview", "上一年项目数量3个。"),
        ("R-TEMPLATE", "other", "收取信息处理费情况在此处报告。"),
        ("R-TEMPLATE", "preamble", "请与行政机关规范全称联系，电话XXXX。"),
        ("R-TEMPLATE", "preamble", "请登录门户网站（具体网址）查看____。"),
        ("C-FIVE", "problems", "无"),
        ("C-FIVE", "problems", "加强学习。" * 20),
        ("C-FIVE", "problems", "办事指南更新慢，存在很大的差距。" * 5),
        ("F-NUMBERING", "overview", "（一）主动公开\n1.政策\n3.依申请公开情况"),
        ("F-NUMBERING", "overview", "（一）主动公开\n（一）依申请公开"),
        ("F-ENUM", "problems", "二是少；三是旧。"),
        ("F-SELF", "overview", "自查中我局发现问题。"),
        ("T-PUNCT", "overview", "“政策公开讲品牌很好。"),
        ("T-SENS", "overview", "联系人手机13812345678。"),
        ("T-SENS", "overview", "身份证号37040319900101123X。"),
        ("T-CONTACT", "preamble", "邮箱abmi.@zz.shandong.cn。"),
        ("T-CONTACT", "preamble", "电话：0632-86。"),
        ("T-CONTACT", "preamble", "电子邮箱：xxgk.zz.shandong.cn。"),
        ("T-TYPO", "preamble", "根据《政府信息公开工作年度报告报告格式》编制。"),
        ("T-TYPO", "overview", "在门户网站首页开设专栏专栏，接受监督。"),
        ("T-TYPO", "overview", "所在的位置已标明。首页开设专栏专栏。"),
        ("T-TYPO", "preamble", "当前位置：首页>年报。我中心开设专栏专栏。"),
        ("R-YEARWORD", "overview", "2026度公开信息三十条。"),
        ("D-SUBMIT", "closing", "2026年1月15日"),
        ("D-SUBMIT", "closing", "2027年2月30日"),
    ],
)
def test_is_found(code: str, key: str, text: str, example: Report, form: FormDef) -> None:
    assert of(says(example, key, text), form, code)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        # years that are at home
        ("overview", "2026年收到申请21件，同比2025年增长三成。"),
        ("overview", "较2025年，公开信息增加十条。"),
        ("overview", "2025年结转申请2件，均已办结。"),
        ("overview", "2019年修订的条例施行以来，工作稳步推进。"),
        ("overview", "制发《2027年度门户网站工作进展通报》。"),
        ("overview", "2025年，我中心印发了公开制度。"),
        ("overview", "按时发布中心办公室2025年度政府信息公开年报、2025年度部门决算。"),
        ("overview", "2026年1月，按时编制并公布2025年度政府信息公开工作年度报告。"),
        ("overview", "按时编制、发布2025年政府信息公开工作年度报告，接受社会监督。"),
        ("overview", "及时公布2025年度企业信息公开年报12份。"),
        ("other", "2025年度政府信息公开工作年度报告已按期公布。"),
        ("preamble", "我中心另向社会公布2025年度企业信用信息公开年报。"),
        ("overview", "依申请公开系统由中心2025年建成，2026年升级。"),
        ("problems", "2025年工作中存在的问题已逐项整改。"),
        ("problems", "针对2025年存在的问题，我中心逐项整改。"),
        ("problems", "2027年，我中心将继续加强培训。"),
        ("problems", "2026年，我中心将政务公开纳入考核。"),
        ("preamble", "根据《关于做好2025年度政府信息公开工作年度报告编制发布工作的通知》编制。"),
        ("overview", "2026年3月1日至6月30日，开展专项数据清理。"),
        # words that look alike
        ("overview", "为了了解需求，参与与评价并重，构建和和谐谐的环境，以及及时公开的目的的实现。"),
        ("overview", "区政府政府信息公开、规范规范性文件管理、一步一步推进、按排名公示、以经济建设为中心。"),
        ("overview", "沭阳县县政府和市市场监管局公开信息，条条有回音。"),
        ("preamble", "当前位置： 首页政务公开政府信息公开政府信息公开年报"),
        ("preamble", "您当前的位置：首页 > 专栏专栏 > 年报"),
        ("preamble", "首页 > 专栏专栏 > 年报"),
        ("overview", "申请人张贴公告，申请人对答复满意。"),
        ("overview", "有待补充的内容已补充，XXGK@example.gov.cn、http://www.example.gov.cn/xx_xx/__a.html。"),
        ("overview", "我办理、我处理、自我局限、我们的工作，我区门户网站，本机关、本单位、我单位。"),
        ("overview", "其他对外管理服务事项的依据、条件和程序已经公开。"),
        # numbering
        ("problems", "存在问题：\n1.更新慢。\n2.人员少。\n改进措施：\n1.建立清单。\n2.确定后备。"),
        ("problems", "问题有：一是更新慢，包括：一是指南、二是目录；二是人员少。改进：一是建清单；二是定后备，看是否有效，三是否落实要检查。"),
        ("problems", "（一）存在的主要问题\n一是更新慢……三是人员少。\n（二）改进情况\n一是建立清单。二是确定后备。"),
        ("problems", "还存在一些差距。下一步抓好以下工作：一\n是扎实培训。二是加强检查。三\n是落实责任。"),
        ("overview", "依照条例第二十条公开：（一）法规；（三）规划。"),
        ("overview", "一、本年新收政府信息公开申请数量 3\n二、上年结转政府信息公开申请数量 0\n三、本年度办理结果 3"),
        # another body that is the same
        ("preamble", "现将示例市高新区社会事务综合服务中心2026年政府信息公开工作年度报告公布如下。"),
        ("preamble", "现将高新区社会事务中心2026年政府信息公开工作年度报告公布如下。"),
        ("preamble", "现向社会公布我中心2026年政府信息公开工作年度报告。"),
        ("overview", "配合示例市人民政府编制2026年政府信息公开工作年度报告。"),
        ("preamble", "按照国办公开办函〔2019〕61号《关于规范政府信息公开平台有关事项的通知》建设平台。"),
        ("closing", "示例市高新区社会事务中心\n2027年1月31日"),
        # fees
        ("other", "2026年度，政府信息公开未发生收费情况。"),
        ("other", "2026年，无收取信息处理费情况。"),
        ("other", "收取信息处理费共计380元，其中民政局1件，收取380元。"),
        ("other", "依据《政府信息公开信息处理费管理办法》，本年度发出收费通知0件，总金额0元。"),
    ],
)
def test_is_left_alone(key: str, text: str, example: Report, form: FormDef) -> None:
    """No error and no explain finding; what a section must say beside is said."""
    base = {"overview": "培训、考核、平台、信息管理、主动公开、依申请。", "other": "没有收取信息处理费。", "problems": example.texts["problems"]}
    said = text if key in ("preamble", "closing") or (key == "other" and "费" in text) else f"{text}\n{base[key]}"
    assert of(says(example, key, said), form) == []


@pytest.mark.parametrize("text", ["一）主动公开，二）申请（附件1），3)培训（表2）。", "《关于印发〈格式〉的通知》（2026年）。", "“政策公开讲”与‘讲政策’。", "公开率100%，3.5万次，10:30开会，A,B两类。"])
def test_marks_that_are_right(text: str, example: Report, form: FormDef) -> None:
    assert not of(adds(example, "overview", text), form, "T-PUNCT")


def test_a_wrong_number_only_for_the_notice_of_the_form(example: Report, forms: Forms) -> None:
    both = "《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）、《关于规范政府信息公开平台有关事项的通知》（国办公开办函〔2019〕61号）。"
    assert not of(says(example, "preamble", both), forms["2021"], "R-CITE")
    assert of(says(old(example), "preamble", both), forms["2019"], "R-CITE")


@pytest.mark.parametrize(("key", "said", "severity"), [("preamble", 2025, Severity.ERROR), ("overview", 2025, Severity.HINT), ("overview", 2024, Severity.ERROR)])
def test_last_years_report_may_have_been_given_out_in_the_year(key: str, said: int, severity: Severity, example: Report, form: FormDef) -> None:
    report = adds(example, key, f"现将我中心{said}年政府信息公开情况报告如下：")
    assert [f.severity for f in of(report, form, "R-YEAR")] == [severity]


def test_a_mailbox_is_looked_for_where_one_is_given(example: Report, form: FormDef) -> None:
    assert not of(adds(example, "overview", "咨询邮箱为www.example.gov.cn网站公布的邮箱。"), form, "T-CONTACT")
    assert of(adds(example, "overview", "咨询邮箱：www.example.gov.cn"), form, "T-CONTACT")


def test_words_of_a_form_are_at_home_in_it(example: Report, forms: Forms) -> None:
    report = adds(old(example), "overview", "上一年项目数量3个，其他对外管理服务事项0件。")
    assert not of(report, forms["2019"], "R-FORMAT")
    assert not of(says(report, "other", "无。"), forms["2019"], "C-SIX-FEE")


def test_governments_have_longer_and_say_more(example: Report, form: FormDef) -> None:
    county = says(agency(example, name="示例县人民政府", self_reference="我县"), "closing", "示例县人民政府\n2027年2月10日")
    assert not of(county, form, "D-SUM") and of(county, form, "C-GOV")
    assert not of(agency(example, name="示例县教育局"), form, "C-GOV")


def test_the_year_of_a_report_without_one_is_not_guessed(example: Report, form: FormDef) -> None:
    report = replace(example, year=None)
    assert not [f for f in of(report, form) if f.code in ("R-PERIOD", "R-YEAR", "D-SUBMIT")]


def test_what_it_calls_itself_follows_its_name(example: Report, form: FormDef) -> None:
    session = Session(adds(example, "overview", "我中心重视公开。"), form)
    assert not [f for f in session.findings if f.code == "F-SELF"]
    session.set_text(Slot("agency", "name"), "示例市教育局")
    assert {f.excerpt for f in session.findings if f.code == "F-SELF"} == {"我中心"}
    session.undo()
    assert not [f for f in session.findings if f.code == "F-SELF"]


def test_the_fee_in_the_table_and_in_the_text(example: Report, form: FormDef) -> None:
    unpaid = cells(example, requests__otherwise___fee_unpaid__person="1", requests__otherwise___else__person="0")
    assert [f.severity for f in of(unpaid, form, "C-SIX-CONS")] == [Severity.HINT]
    assert not of(says(unpaid, "other", "发出收费通知1件，申请人逾期未缴纳信息处理费，没有收取。"), form, "C-SIX-CONS")


def test_new_figures_are_no_repetition(example: Report, form: FormDef, forms: Forms) -> None:
    def alike(then: str) -> list[str]:
        last = replace(before(example), texts={**example.texts, "overview": then, "problems": "另一些话。" * 30})
        return [f.code for f in check(example, form, last, form) if f.code == "R-SIM"]

    this = example.texts["overview"]
    assert alike(this.replace("2026", "2025")) == ["R-SIM"]
    assert alike("（一）主动公开\n去年说的完全是另外一些事情。" * 30) == []


def mendable(forms: Forms, example: Report) -> Iterator[tuple[Report, FormDef, Finding]]:
    for failing, _ in CASES.values():
        report, last = failing(example)
        if last is None:
            yield from ((report, forms[report.form], f) for f in check(report, forms[report.form]) if f.rewrite)


@pytest.mark.no_cover
def test_every_mend_settles_its_finding_and_starts_no_other(forms: Forms, example: Report) -> None:
    seen = set()
    for report, form, finding in mendable(forms, example):
        assert finding.rewrite is not None
        seen.add(finding.code)
        text = report.texts[finding.rewrite.text]
        mended = says(report, finding.rewrite.text, text[: finding.rewrite.start] + finding.rewrite.value + text[finding.rewrite.end :])
        was, now = check(report, form), check(mended, form)
        assert finding not in now
        assert len([f for f in now if f.severity is not Severity.HINT]) <= len([f for f in was if f.severity is not Severity.HINT])
    assert {"R-PERIOD", "F-ITEM", "T-TYPO", "T-UNIT", "T-PUNCT", "T-BRACKET", "T-NAME"} <= seen


@pytest.mark.no_cover
def test_a_place_is_where_the_excerpt_stands(forms: Forms, example: Report) -> None:
    for failing, _ in CASES.values():
        report, _last = failing(example)
        for f in check(report, forms[report.form]):
            if f.span:
                key, start, end = f.span
                assert 0 <= start < end <= len(report.texts[key])
                assert "".join(report.texts[key][start:end].split()).startswith("".join(f.excerpt.rstrip("…").split()))


def test_a_keystroke_elsewhere_changes_nothing_else(forms: Forms, example: Report) -> None:
    """Findings kept current keystroke by keystroke are those of a check from nothing."""
    form = forms["2021"]
    session = Session(example, form)
    for key, text in (("overview", "我局截止2026年底，《条例》落实"), ("other", "无。"), ("closing", "示例市教育局\n2027年3月1日"), ("overview", "")):
        session.set_text(Slot("texts", key), text)
        session.seal()
        assert session.findings == Checker(fresh(session)).findings


def fresh(session: Session) -> Facts:

    return Facts(session.form, session.report, Figures(session.form, session.report.cells))


def read_whole(piece: str) -> None:
    """A report, and last year's, of nothing but `piece`, checked."""
    forms = Forms.load()
    example = report_file.read(packaged("examples", "service-center-2026.gxreport"), forms)
    texts = {key: piece * ((200_000 if key == "overview" else 20_000) // len(piece)) for key in example.texts}
    last = replace(before(example), texts={key: "去年说的话。" + text for key, text in texts.items()})
    check(replace(example, texts=texts), forms[example.form], last, forms[last.form])


WIDE = " " * 2000  # characters: what ends in blanks is tried in every way they can be parted
PIECES = ["公开，", "2026年", "《", "一是", "（一）", "a", "公开信息工作，年度报告。\n", "1、\n", "现公布", "__", "1 ", " ", "\n", "\u3000", f"2025年1月1{WIDE}", f"现公布我局{WIDE}", f"收到申请{WIDE}", f"邮箱：{WIDE}", "公开\n" + "\n" * 2000]


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", PIECES)
def test_a_text_of_two_hundred_thousand_characters_freezes_nothing(piece: str) -> None:
    """In a process of its own, which can be ended: a pattern that goes back and forth takes hours."""
    child = get_context("spawn").Process(target=read_whole, args=(piece,))
    child.start()
    child.join(HANGS)
    code = child.exitcode
    child.kill()
    assert code == 0


def test_the_language_is_read_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = packaged("checks", "wording.toml").read_text(encoding="utf-8")
    for name, changed in (("more", text.replace("[plans]", "[plans]\ncolour = 1")), ("less", text.replace("[contact]\nfree", "[contact]\nfreed")), ("odd", text + "\n[more]\nx = 1\n")):
        path = tmp_path / f"{name}.toml"
        path.write_text(changed, encoding="utf-8")
        monkeypatch.setattr(language_module, "packaged", lambda *_, path=path: path)
        with pytest.raises((KeyError, TypeError)):
            language.__wrapped__()


def test_every_pattern_speaks_of_a_code_that_says_what_it_should_read() -> None:
    for pattern in language().patterns:
        entry = catalogue()[pattern.code]
        message = entry.variants[pattern.variant] if pattern.variant else entry.message
        assert "{said}" in message and ("{put}" not in message or pattern.put is not None)


def test_a_hint_holds_no_section_back(example: Report, form: FormDef) -> None:
    session = Session(says(example, "preamble", "所列数据的统计期限为2026年1月1日至2026年12月31日。"), form)
    assert [f.code for f in session.findings] == ["C-INTRO"]
    assert progress(session)[0].state is State.DONE


def test_the_agencys_own_mailbox_is_told_once(form: FormDef) -> None:
    report = Report("2021", 2026, {"name": "某区数据中心", "email": "ht@126.com"}, {"preamble": "电子邮箱：ht@126.com。"})
    assert [f.subject for f in check(report, form) if f.code == "T-CONTACT"] == ["email"]
    other = replace(report, texts={"preamble": "电子邮箱：xx@126.com。"})
    assert len([f for f in check(other, form) if f.code == "T-CONTACT"]) == 2
