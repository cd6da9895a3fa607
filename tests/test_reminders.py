"""Which last days hold for whom, and the calendar file: read back as RFC 5545 says a program must read it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef
from gxdesk.reminders import ALARMS, Due, calendar, dues, next_due, read_local, statutory

NOW = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
Event = dict[str, list[str]]


def unfolded(data: bytes) -> list[str]:
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is torn
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def read(data: bytes) -> list[Event]:
    """The events of a calendar, each property with its values; those of alarms under ALARM."""
    events: list[Event] = []
    inside: list[str] = []
    for line in unfolded(data):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert inside.pop() == value
        elif inside[1:]:
            key = "ALARM " + name if inside[-1] == "VALARM" else name
            events[-1].setdefault(key, []).append(re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value))
    assert not inside
    return events


def test_a_department_has_one_day_and_a_government_that_of_its_level_too(form: FormDef) -> None:
    assert [d.day for d in statutory(form, 2026, "某区民政局")] == [date(2027, 1, 31)]
    for name, day in (("某县人民政府", (2, 20)), ("某市人民政府（汇总）", (3, 10)), ("某省人民政府", (3, 31))):
        assert [d.day for d in statutory(form, 2026, name)] == [date(2027, 1, 31), date(2027, *day)], name
    assert statutory(form, 2026, "某县人民政府")[1].what.startswith("县级汇总报告")


@given(st.integers())
def test_any_number_a_library_holds_as_a_year_has_its_days(form: FormDef, year: int) -> None:
    days = dues(form, year, "某县人民政府", (1, 10))
    assert [(d.day.month, d.day.day) for d in days] == [(1, 10), (1, 31), (2, 20)]


def test_an_earlier_local_day_comes_first_and_the_countdown_goes_on_to_the_next(form: FormDef) -> None:
    days = dues(form, 2026, "某县人民政府", (1, 10))
    assert [d.day for d in days] == [date(2027, 1, 10), date(2027, 1, 31), date(2027, 2, 20)] and days[0].local
    assert [next_due(days, date(2027, *d)).day.day for d in ((1, 5), (1, 10), (1, 11), (2, 1), (5, 1))] == [10, 10, 31, 20, 20]
    assert dues(form, 2026, "某局", (12, 25))[0].day == date(2026, 12, 25)


@pytest.mark.parametrize("typed", ["1月10日", "1-10", " 1 月 10 ", "１．１０", "01/10"])
def test_a_day_is_read_as_it_is_written(form: FormDef, typed: str) -> None:
    assert read_local(typed, statutory(form, 2026, "某局")) == (1, 10)


@pytest.mark.parametrize(("typed", "said"), [("十号", "看不出"), ("", "看不出"), ("2月30日", "看不出"), ("1月31日", "要早于 1 月 31 日"), ("2月1日", "要早于"), ("13-1", "看不出")])
def test_what_is_no_earlier_day_is_refused_in_a_sentence(form: FormDef, typed: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_local(typed, statutory(form, 2026, "某局"))


def test_the_calendar_holds_each_day_every_year_with_its_alarms(form: FormDef) -> None:
    days = dues(form, 2026, "某县人民政府", (1, 10))
    events = read(calendar(days, "某县人民政府", form.subject, now=NOW))
    assert [e["DTSTART;VALUE=DATE"] for e in events] == [["20270110"], ["20270131"], ["20270220"]]
    assert all(e["RRULE"] == ["FREQ=YEARLY"] and e["DTSTAMP"] == ["20270105T093000Z"] for e in events)
    assert events[1]["SUMMARY"] == [f"政府信息公开工作年度报告：{form.deadline_to}"]
    assert events[1]["DESCRIPTION"] == [f"某县人民政府\n依据：{form.deadline_clause}"] and events[0]["DESCRIPTION"] == ["某县人民政府"]
    assert events[0]["ALARM TRIGGER"] == ["-P29DT15H", "-P13DT15H", "-P6DT15H", "-PT15H"] and len(events[0]["ALARM DESCRIPTION"]) == len(ALARMS)


def test_taken_in_again_it_replaces_itself(form: FormDef) -> None:
    def names(year: int, local: tuple[int, int]) -> list[list[str]]:
        return [e["UID"] for e in read(calendar(dues(form, year, "某县人民政府", local), "某县人民政府", form.subject, now=NOW))]

    assert names(2026, (1, 10)) == names(2027, (1, 12))
    assert len({n[0] for n in names(2026, (1, 10))}) == 3


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_any_words_come_back_from_the_file(words: str, day: date) -> None:
    event = read(calendar([Due(day, words, "某条")], "某局", "某事", now=NOW))[0]
    assert event["SUMMARY"] == [f"某事：{words}"]
    assert event["DTEND;VALUE=DATE"] == [f"{day + timedelta(1):%Y%m%d}"]
