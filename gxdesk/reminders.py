"""The last days of a report, for her kind of body and for her place, and the calendar file (RFC 5545) that reminds of them every year."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gxdesk.checks.language import bare_name
from gxdesk.errors import UserError
from gxdesk.forms.definition import FIRST_YEAR, LAST_YEAR, FormDef

ALARMS = (30, 14, 7, 1)  # days before, at nine in the morning
LOCAL = "本地要求的时间"
EARLIEST = 120  # days a local deadline may lie before the one of the Regulation
FOLD = 75  # octets a line of the file may have
_DAY = re.compile(r"(\d{1,2})\s*(?:月|[-./ ])\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class Due:
    """A day by which something must be done, and where that is written."""

    day: date
    what: str
    basis: str

    @property
    def local(self) -> bool:
        return self.basis == LOCAL


def statutory(form: FormDef, year: int, agency: str) -> tuple[Due, ...]:
    """The days of the Regulation and the notice for the report about `year` of a body with this name, the earliest first.

    A library may hold any number as a year: one that the calendar does not reach is counted like the nearest that it does.
    """
    following = min(max(year, FIRST_YEAR), LAST_YEAR) + 1
    out = [Due(date(following, *form.deadline), form.deadline_to, form.deadline_clause)]
    if (later := form.later_deadline(bare_name(agency))) is not None:
        clause, _, what = later.clause.partition("：")
        out.append(Due(date(following, *later.day), what or form.deadline_to, clause))
    return tuple(sorted(out, key=lambda due: due.day))


def dues(form: FormDef, year: int, agency: str, local: Sequence[int] = ()) -> tuple[Due, ...]:
    """All days that hold for her. `local` is month and day of what her place asks for earlier, or nothing."""
    by_law = statutory(form, year, agency)
    if not local:
        return by_law
    return (Due(_before(by_law[0].day, local[0], local[1]), LOCAL, LOCAL), *by_law)


def next_due(days: Sequence[Due], today: date) -> Due:
    """The one to count to: the first that is not over, else the last."""
    return next((due for due in days if due.day >= today), days[-1])


def read_local(text: str, by_law: Sequence[Due]) -> tuple[int, int]:
    """Month and day as typed: 1月10日, 1-10, 1.10, full-width digits too. Raises UserError for what is no day, or not earlier than `by_law`."""
    typed, last = unicodedata.normalize("NFKC", text).strip(), by_law[0].day
    try:
        month, day_of_month = map(int, _DAY.fullmatch(typed).groups())  # type: ignore[union-attr]
        day = _before(last, month, day_of_month)
    except (AttributeError, ValueError):
        raise UserError(f"“{typed}”看不出是哪一天。请写成“1月10日”这样的月和日。") from None
    if last - day > timedelta(EARLIEST) or day == last:
        raise UserError(f"本地要求的时间要早于 {last.month} 月 {last.day} 日，最多早 {EARLIEST} 天。请核对“{typed}”。")
    return day.month, day.day


def calendar(days: Sequence[Due], agency: str, subject: str, *, now: datetime) -> bytes:
    """A calendar file: each day every year from these on, with `ALARMS`. Taken in a second time it replaces what it brought the first time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gxdesk//annual report//ZH", "CALSCALE:GREGORIAN"]
    for due in days:
        title = f"{subject}：{due.what}"
        about = "\n".join(filter(None, (agency, "" if due.local else f"依据：{due.basis}")))
        name = hashlib.sha256(f"{agency}|{due.basis}|{due.what}".encode()).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{name}@gxdesk",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due.day + timedelta(1):%Y%m%d}",
            "RRULE:FREQ=YEARLY",
            f"SUMMARY:{_escaped(title)}",
            f"DESCRIPTION:{_escaped(about)}",
            "TRANSP:TRANSPARENT",
        ]
        for before in ALARMS:
            ahead = f"P{before - 1}DT15H" if before > 1 else "PT15H"
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(f'还有 {before} 天：{title}')}", f"TRIGGER:-{ahead}", "END:VALARM"]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _before(last: date, month: int, day: int) -> date:
    """The last such day that is not after `last`. Raises ValueError if there is none."""
    this_year = date(last.year, month, day)
    return this_year if this_year <= last else date(last.year - 1, month, day)


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most `FOLD` octets, no character torn; all but the first begin with a blank."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > FOLD:
            yield piece
            piece = b" "
        piece += octets
    yield piece
