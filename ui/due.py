"""Which report is due, how many days are left for it, and what time it is on her clock. Day and addressee come from the form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from gxdesk.errors import UserError

if TYPE_CHECKING:
    from gxdesk.forms.definition import FormDef
    from gxdesk.forms.known import Forms
    from gxdesk.reminders import Due

Today = Callable[[], date]


def year_due(today: date) -> int:
    """The report year a new report is about: last year until the end of March (many are late for 1 月 31 日), then the running one."""
    return today.year - 1 if today.month <= 3 else today.year


def due(form: FormDef, year: int, agency: str, earlier: Sequence[int], today: date) -> Due:
    """The last day to count to for the report about `year`: by law for a body of this name, or `earlier`, month and day, as her place asks for it."""
    from gxdesk.reminders import dues, next_due  # knows bodies by their names, which is not needed to show the first window

    return next_due(dues(form, year, agency, earlier), today)


def said_of_year(forms: Forms, text: str) -> tuple[str, bool]:
    """What a report of the year she types would be, and whether there can be one."""
    if len(text) < 4:
        return "写四位年份，例如 2026。", False
    year = int(text)
    try:
        form = forms.for_year(year)
    except UserError as error:
        return str(error), False
    day = date(year + 1, *form.deadline)
    return f"用 {form.name}，{day.year} 年 {day_words(day)}前{form.deadline_to}。", True


def day_words(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def local(seconds: float | None = None) -> datetime:
    """A moment, in seconds since the epoch or now, on the clock of this computer."""
    return (datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)).astimezone()
