"""The text in a cell <-> its number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.cells import MAX_DIGITS, CellKind, CellRef, State, parse, show


@pytest.mark.parametrize(
    ("text", "kind", "state", "value"),
    [
        ("0", "count", State.NUMBER, 0),
        ("007", "count", State.NUMBER, 7),
        ("１２", "count", State.NUMBER, 12),
        (" 12 ", "count", State.NUMBER, 12),
        ("12 8", "count", State.BAD, None),
        ("6\n8", "count", State.BAD, None),
        ("12 345", "count", State.NUMBER, 12345),
        ("1\u200b5", "count", State.NUMBER, 15),
        ("1,234", "count", State.NUMBER, 1234),
        ("1，234，567", "count", State.NUMBER, 1234567),
        ("12.0", "count", State.NUMBER, 12),
        ("1,23", "count", State.BAD, None),
        ("12.5", "count", State.BAD, None),
        ("-3", "count", State.BAD, None),
        ("1e9", "count", State.BAD, None),
        ("abc", "count", State.BAD, None),
        ("①", "count", State.BAD, None),
        ("٣", "count", State.BAD, None),
        ("9" * 40, "count", State.BAD, None),
        ("", "count", State.BLANK, None),
        ("  ", "count", State.BLANK, None),
        ("/", "count", State.BLANK, None),
        ("—", "count", State.BLANK, None),
        ("-", "count", State.BLANK, None),
        ("无", "count", State.BLANK, None),
        ("不适用", "count", State.BLANK, None),
        ("22（其中修订16件）", "count", State.REMARK, 22),
        ("5件", "count", State.REMARK, 5),
        ("增 55", "change", State.REMARK, 55),
        ("减3", "change", State.REMARK, -3),
        ("-18", "change", State.NUMBER, -18),
        ("+2", "change", State.NUMBER, 2),
        ("－８", "change", State.NUMBER, -8),
        ("3415.74", "money", State.NUMBER, Decimal("3415.74")),
        ("24252.311082", "money", State.NUMBER, Decimal("24252.311082")),
        ("2792220.8元", "money", State.REMARK, Decimal("2792220.8")),
        ("-1", "money", State.BAD, None),
        ("0.1234567890123", "money", State.BAD, None),
        ("0.123456789012", "money", State.NUMBER, Decimal("0.123456789012")),
        ("3万元", "count", State.BAD, None),
        ("3件", "money", State.BAD, None),
        ("1.5件", "count", State.BAD, None),
    ],
)
def test_reads_what_officers_type(text: str, kind: str, state: State, value: object) -> None:
    entry = parse(text, CellKind(kind))
    assert (entry.state, entry.value, entry.text) == (state, value, text)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("5000元", "万元", Decimal("0.5")), ("3.64万元", "万元", Decimal("3.64")), ("5000元", "", Decimal(5000)), ("3万元", "", Decimal(30000)), ("3", "万元", Decimal(3))],
)
def test_money_is_read_in_the_unit_of_its_cell(text: str, unit: str, value: Decimal) -> None:
    assert parse(text, CellKind.MONEY, unit).value == value


def test_says_why_a_cell_is_no_number() -> None:
    assert "整数" in parse("12.5").why
    assert "负数" in parse("-3").why
    assert "40 位" in parse("9" * 40).why


@given(st.text())
def test_never_fails_and_keeps_the_text(text: str) -> None:
    for kind in CellKind:
        entry = parse(text, kind)
        assert entry.text == text
        assert (entry.value is None) == (entry.state in (State.BLANK, State.BAD))


@given(st.integers(0, 10**MAX_DIGITS - 1))
def test_a_count_written_and_read_is_itself(value: int) -> None:
    assert parse(show(value)).value == value
    assert parse(f"{value:,}").value == value


@given(st.decimals(0, 10**8, places=6))
def test_an_amount_written_and_read_is_itself(value: Decimal) -> None:
    entry = parse(show(value), CellKind.MONEY)
    assert entry.value == value
    assert entry.value is not None and show(entry.value) == show(value)


def test_a_ref_has_its_parts() -> None:
    ref = CellRef("requests.denied.state_secret.person")
    assert (ref.table, ref.row, ref.column) == ("requests", "denied.state_secret", "person")
    assert CellRef.of("requests", "denied.state_secret", "person") == ref == "requests.denied.state_secret.person"
