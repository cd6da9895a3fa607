"""First drafts of 引言 and 落款, and the numerals they count with."""

from dataclasses import replace
from datetime import date

import pytest

from gxdesk.drafting import opening, signature
from gxdesk.forms.definition import FormDef
from gxdesk.outline import numeral, outline
from gxdesk.report import Report


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "二十一"), (99, "九十九")])
def test_numerals(number: int, words: str) -> None:
    assert numeral(number) == words


@pytest.mark.parametrize(("times", "words"), [(1, "六个部分"), (2, "十二个部分"), (4, "二十四个部分")])
def test_an_opening_counts_the_sections_of_any_form(form: FormDef, times: int, words: str) -> None:
    first = opening(Report("2021", 2026), replace(form, sections=form.sections * times)).partition("\n")[0]
    assert words in first and "总体情况，主动公开政府信息情况，" in first


def test_more_aspects_than_ten_are_numbered(form: FormDef) -> None:
    assert [a.heading for a in outline("", [f"第{i}方面" for i in range(21)])][-2:] == ["（二十）第19方面", "（二十一）第20方面"]


def test_what_is_not_known_is_left_out(form: FormDef) -> None:
    bare, full = opening(Report("2021", None), form), opening(Report("2021", 2026, {"website": "www.example.cn", "phone": "123", "self_reference": "我局"}), form)
    assert "统计期限" not in bare and bare.endswith("\n对报告内容有疑问的，请与本单位联系。")
    assert "2026年1月1日至2026年12月31日" in full and full.endswith("（www.example.cn）下载。对报告内容有疑问的，请与我局联系（电话：123）。")
    assert signature(Report("2021", None), date(2027, 1, 20)) == "2027年1月20日"
    assert signature(Report("2021", 2026, {"name": " 甲局 "}), date(2027, 1, 20)) == "甲局\n2027年1月20日"
    assert signature(Report("2021", 2026, {"name": "甲局"}), date(2026, 12, 20)) == "甲局\n2027年1月"
