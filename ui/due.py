"""Which report is due, how many days are left for it, and what time it is on her clock. Day and addressee come from the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gxdesk.forms.definition import FormDef

Today = Callable[[], date]


def year_due(today: date) -> int:
    """The report year a new report is about: last year until the end of March (many are late for 1 月 31 日), then the running one."""
    return today.year - 1 if today.month <= 3 else today.year


def deadline(form: FormDef, year: int) -> date:
    """The last day for the report about `year`."""
    return date(year + 1, *form.deadline)


def days_left(form: FormDef, year: int, today: date) -> int:
    """Days until the last day for the report about `year`; negative once it has passed."""
    return (deadline(form, year) - today).days


def day_words(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def local(seconds: float | None = None) -> datetime:
    """A moment, in seconds since the epoch or now, on the clock of this computer."""
    return (datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)).astimezone()
