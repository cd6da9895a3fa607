"""The language of the reports, whatever the form: `wording.toml`, read strictly. An unknown or missing key is a defect: KeyError, TypeError or re.error."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from gxdesk.resources import packaged


@dataclass(frozen=True, slots=True)
class Body:
    """A sort of body: how its name ends, what it may call itself and what it may never, as patterns."""

    endings: tuple[str, ...]
    own: tuple[str, ...]
    never: tuple[str, ...] = ()

    def calls_itself(self, said: str) -> bool:
        return re.fullmatch("|".join(self.own), said) is not None


@dataclass(frozen=True, slots=True)
class Level:
    """A level of administration: what the whole of it is called, and how the names of its bodies end where that is certain."""

    words: tuple[str, ...]
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of writing that a code reports. `put` is what it should read, None where that is not certain."""

    code: str
    find: re.Pattern[str]
    put: str | None
    variant: str  # of the code's message


@dataclass(frozen=True, slots=True)
class Improving:
    """What a section on problems and improvement is recognised by. `nothing` matches one that says there are none."""

    least: int
    nothing: re.Pattern[str]
    problems: re.Pattern[str]
    measures: re.Pattern[str]
    parts: re.Pattern[str]  # problems stand before it, measures behind


@dataclass(frozen=True, slots=True)
class Names:
    """How the name of a body stands in a sentence. `verbs` run into it, `places` end it, `relative` is none, a place with one of the
    `seats` behind it is the body itself, `leads` is what only a body of a higher level does."""

    verbs: re.Pattern[str]
    places: tuple[str, ...]
    relative: tuple[str, ...]
    seats: tuple[str, ...]
    leads: str


@dataclass(frozen=True, slots=True)
class Years:
    """What stands around a year: a statistics period; words that give a report out; what stands before a year that opens a sentence or a
    clause and what behind it, if it states something of that year; what makes it one of history, of a comparison, of what was carried over, or
    the past that is improved upon; what is counted until its end."""

    figures: re.Pattern[str]
    given_out: re.Pattern[str]
    begins: re.Pattern[str]
    opens: re.Pattern[str]
    states: re.Pattern[str]
    carried: re.Pattern[str]
    history: re.Pattern[str]
    compared: re.Pattern[str]
    until: re.Pattern[str]
    year_end: re.Pattern[str]
    improved: re.Pattern[str]


@dataclass(frozen=True)
class Language:
    bodies: tuple[Body, ...]
    levels: tuple[Level, ...]
    names: Names
    years: Years
    improving: Improving
    patterns: tuple[Pattern, ...]
    doubled: re.Pattern[str]
    navigation: re.Pattern[str]  # what a web page says of where it is
    free_mail: tuple[str, ...]
    plans: re.Pattern[str]
    plan_of_year: re.Pattern[str]  # behind a year
    own_words: re.Pattern[str]  # everything any body calls itself

    def body(self, name: str) -> Body | None:
        """The sort of body a name tells of, by its longest ending; what stands in brackets behind it does not count."""
        bare = bare_name(name)
        fitting = [(len(e), b) for b in self.bodies for e in b.endings if bare.endswith(e)]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def level(self, name: str) -> int | None:
        """The level a body certainly belongs to, as a place in `levels`."""
        bare = bare_name(name)
        return next((i for i, level in enumerate(self.levels) if any(bare.endswith(e) for e in level.ends)), None)


def bare_name(name: str) -> str:
    """A body's name without blanks and without what stands in brackets at its end."""
    return re.sub(r"[（(][^（()）]*[）)]$", "", "".join(name.split()))


def same_body(one: str, other: str) -> bool:
    """Whether one name may be short for the other, as 区政府办 is for 某某区人民政府办公室: its characters in the same order."""

    def short_for(short: str, long: str) -> bool:
        rest = iter(long)
        return all(c in rest for c in short)

    return short_for(one, other) or short_for(other, one)


@cache
def language() -> Language:
    raw = tomllib.loads(packaged("checks", "wording.toml").read_text(encoding="utf-8"))
    bodies = tuple(Body(**_tuples(b)) for b in raw.pop("bodies"))
    improving, names, years = (raw.pop(key) for key in ("improving", "names", "years"))
    out = Language(
        bodies=bodies,
        levels=tuple(Level(**_tuples(x)) for x in raw.pop("levels")),
        names=Names(re.compile(f"^.*(?:{'|'.join(names.pop('verbs'))})"), leads="|".join(names.pop("leads")), **_tuples(names)),
        years=Years(*(_any(years.pop(f.name)) for f in fields(Years))),
        improving=Improving(improving.pop("least"), *(_any(improving.pop(key)) for key in ("nothing", "problems", "measures", "parts"))),
        patterns=tuple(Pattern(p.pop("code"), _any(p.pop("find")), p.pop("put", None), p.pop("variant", "")) for p in raw["patterns"]),
        navigation=_any(raw["doubling"].pop("navigation")),
        doubled=_doubled(**raw.pop("doubling")),
        free_mail=tuple(raw.pop("contact")["free"]),
        plans=_any(raw["plans"].pop("words")),
        plan_of_year=re.compile(raw["plans"].pop("after_year")),
        own_words=re.compile(f"(?<!自)(?:{'|'.join(sorted({word for b in bodies for word in b.own}, key=len, reverse=True))})"),
    )
    if unread := [*improving, *years, *raw.pop("plans"), *(key for p in raw.pop("patterns") for key in p), *raw]:
        raise KeyError(f"wording.toml: {unread}")
    return out


def _tuples(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(words) for key, words in entry.items()}


def _any(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{a})" for a in alternatives))


def _doubled(fine: list[str], working: list[str]) -> re.Pattern[str]:
    """A word of two to six characters written twice, except those that may stand so."""
    may_stand = "|".join([*(word * 2 for word in fine), f"工作工作(?:{'|'.join(working)})", "一.一", "(?P<one>.)(?P=one)"])
    return re.compile(rf"(?!{may_stand})(?P<word>[\u4e00-\u9fff]{{2,6}})(?P=word)")
