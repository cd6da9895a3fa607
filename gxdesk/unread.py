"""去年原文: sentences put in from last year's report that she has neither edited nor confirmed.

Kept beside the report under `Slot("unread", text key)`, one sentence a line. A sentence is marked while it stands in that list and, as it
is, in the text: so an edit takes its mark off and undo brings it back, and no places have to follow the typing.
"""

from collections.abc import Collection

from gxdesk.forms.definition import FormDef
from gxdesk.report import Report, Slot
from gxdesk.similarity import Sentence, sentences


def listed(text: str) -> str:
    """The sentences of a text that was put in, as they are kept."""
    return "\n".join(dict.fromkeys(s.text for s in sentences(text)))


def unread(report: Report, key: str) -> tuple[Sentence, ...]:
    """The marked sentences of a text, in its order."""
    kept = frozenset(report.unread.get(key, "").split("\n"))
    return tuple(s for s in sentences(report.texts.get(key, "")) if s.text in kept) if kept != {""} else ()


def confirmed(report: Report, key: str, read: Collection[str]) -> dict[Slot, str]:
    """What to put where she has said of these sentences that they hold this year too: the list without them."""
    left = [line for line in report.unread.get(key, "").split("\n") if line not in read]
    return {Slot("unread", key): "\n".join(left)}


def counted(report: Report, form: FormDef) -> dict[str, int]:
    """How many are marked on each page, by the key of its section; those of the texts around the sections under "preamble"."""
    sections = {s.key for s in form.sections}
    out: dict[str, int] = {}
    for key in form.texts:
        if number := len(unread(report, key)):
            page = key if key in sections else "preamble"
            out[page] = out.get(page, 0) + number
    return out
