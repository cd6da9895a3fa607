"""Numbers as Chinese text spells them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.checks import numerals

_DIGITS = "零一二三四五六七八九"


def spelled(n: int) -> str:
    """A number below ten thousand in Chinese, 10 to 19 with 一十."""
    out, zero = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + name
        zero = not digit
    return out or "零"


@given(st.integers(0, 9999))
def test_a_chinese_numeral_is_read_back(n: int) -> None:
    assert numerals.read(spelled(n)) == n
    assert numerals.read(f"{spelled(n)}万") == n * 10_000


@given(st.integers(0, 99_999_999))
def test_every_spelling_in_figures_says_the_same(n: int) -> None:
    full_width = str(n).translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})
    for text in (str(n), f"{n:,}", full_width, f"{n:,}".replace(",", "，")):
        assert re.fullmatch(numerals.NUMBER, text) and numerals.read(text) == n


@pytest.mark.parametrize(
    ("text", "value"),
    [("十二", 12), ("两", 2), ("一百零三", 103), ("一百一十", 110), ("二〇二四", 2024), ("3.5万", 35_000), ("1.5 亿", 150_000_000), ("两万三千", 23_000), ("百千", None), ("五六", 56), ("三二十", None)],
)
def test_a_spelling_has_one_value_or_none(text: str, value: int | None) -> None:
    assert numerals.read(text) == value


@pytest.mark.parametrize(("text", "rounded"), [("近300", True), ("约 300", True), ("共300", False)])
def test_about_so_many_is_not_so_many(text: str, rounded: bool) -> None:
    assert numerals.is_rounded(text, text.index("3"), None) is rounded
    assert numerals.is_rounded(text, text.index("3"), "余")


def test_a_number_is_written_as_the_one_it_replaces() -> None:
    assert [numerals.written(n, like) for n, like in ((5, "六"), (5, "6"), (12, "六"), (35_000, "4.5万"), (35_001, "45000"))] == ["五", "5", "12", "3.5万", "35001"]


@pytest.mark.parametrize(("text", "value"), [("一亿二千万", 120_000_000), ("三亿五千万", 350_000_000), ("一万零二", 10_002), ("一百二", None), ("一万二", None)])
def test_powers_stand_one_under_the_other_and_what_is_left_open_is_no_number(text: str, value: int | None) -> None:
    assert numerals.read(text) == value
