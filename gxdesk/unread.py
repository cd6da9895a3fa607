"""Sentences that were put in for her and that she has neither edited nor confirmed: 去年原文 and what was drafted from the figures.

Kept beside the report by text, one sentence a line: those from last year under "unread", those drafted under "drafted". A sentence is
marked while it stands in such a list and, as it is, in the text: so an edit takes its mark off and undo brings it back, and no places
have to follow the typing.
"""

from collections.abc import Collection

from gxdesk.forms.definition import FormDef
from gxdesk.report import Part, Report, Slot
from gxdesk.similarity import Sentence, sentences

FROM_LAST_YEAR: Part = "unread"
DRAFTED: Part = "drafted"
MARKED: tuple[Part, ...] = (FROM_LAST_YEAR, DRAFTED)


def listed(text: str) -> str:
    """The sentences of a text that was put in, as they are kept."""
    return "\n".join(dict.fromkeys(s.text for s in sentences(text, formulas=True)))


def unread(report: Report, key: str, parts: Collection[Part] = MARKED) -> tuple[Sentence, ...]:
    """The marked sentences of a text, in its order."""
    kept = frozenset(line for part in parts for line in report.get(Slot(part, key)).split("\n") if line)
    return tuple(s for s in sentences(report.texts.get(key, ""), formulas=True) if s.text in kept) if kept else ()


def drafted(report: Report, key: str, words: str) -> dict[Slot, str]:
    """What to put where these words were drafted into a text: the list with their sentences."""
    kept = report.get(slot := Slot(DRAFTED, key)).split("\n")
    return {slot: "\n".join(dict.fromkeys(line for line in (*kept, *listed(words).split("\n")) if line))}


def redrafted(kept: str, old: str, new: str) -> str:
    """A list of drafted sentences after the draft `old` became `new`: what is new in it is to be read, where something of it still was."""
    lines, was = kept.split("\n"), listed(old).split("\n")
    if not set(lines) & set(was):
        return kept
    now = [line for line in listed(new).split("\n") if line in lines or line not in was]
    return "\n".join(dict.fromkeys(line for line in (*(line for line in lines if line not in was), *now) if line))


def confirmed(report: Report, key: str, read: Collection[str]) -> dict[Slot, str]:
    """What to put where she has said of these sentences that they hold: the lists without them."""
    kept = {Slot(part, key): report.get(Slot(part, key)) for part in MARKED}
    return {slot: "\n".join(line for line in lines.split("\n") if line not in read) for slot, lines in kept.items() if lines}


def counted(report: Report, form: FormDef, parts: Collection[Part] = MARKED) -> dict[str, int]:
    """How many are marked on each page, by the key of its section; those of the texts around the sections under "preamble"."""
    sections = {s.key for s in form.sections}
    out: dict[str, int] = {}
    for key in form.texts:
        if number := len(unread(report, key, parts)):
            page = key if key in sections else "preamble"
            out[page] = out.get(page, 0) + number
    return out


def told(from_last_year: int, drafted: int) -> str:
    """How many of each kind, in words; empty where there is none."""
    return "、".join(words for number, words in ((from_last_year, f"{from_last_year} 句去年原文"), (drafted, f"{drafted} 句起草的没看过")) if number)
