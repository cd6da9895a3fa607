"""What the rules that read texts share: a finding at a place in a text, and a text with the words of others blanked out."""

import re
from collections.abc import Iterator
from functools import lru_cache

from gxdesk.checks.catalogue import FROM_FORM, catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Rewrite, Severity
from gxdesk.checks.phrases import PARAGRAPHS
from gxdesk.forms.definition import PREAMBLE_PAGE, TEXTS_AROUND

LONGEST_EXCERPT = 40
BLANK = "\x00"
ELLIPSIS = "…"  # something is left out here: what seems to be missing may stand in it
_NAMES = {"preamble": f"{PREAMBLE_PAGE} · 引言", "closing": f"{PREAMBLE_PAGE} · 落款"}
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff，。；、）)”》>]+|[\w.+\-]{1,64}@[\w.\-]+", re.ASCII)
TITLE = re.compile(r"《[^《》\n]*(?:《[^《》\n]*》[^《》\n]*)*》")
_STOP = re.compile(r"[。！？；\n]")
REACH = 200  # characters: how far around a place its sentence is read


def found(
    code: str,
    facts: Facts,
    key: str,
    at: tuple[int, int] | None = None,
    *,
    put: str | None = None,
    variant: str = "",
    basis: str = "",
    severity: Severity | None = None,
    subject: str = "",
    incomplete: bool = False,
    **words: object,
) -> Finding:
    """A finding about the text `key`, or about its characters `at`, with {said} and {put} for its message; `put` in their place mends it.

    `subject` tells findings apart that speak of no place: a written reason belongs to the words it was written about.
    """
    entry = catalogue()[code]
    text = facts.report.texts.get(key, "")
    said = text[slice(*at)] if at else ""
    excerpt = said if len(said) <= LONGEST_EXCERPT else said[:LONGEST_EXCERPT] + "…"
    message = (entry.variants[variant] if variant else entry.message).format(said=" ".join(excerpt.split()), put=put, **words)
    return Finding(
        code,
        severity or entry.severity,
        TEXTS_AROUND[0] if key in TEXTS_AROUND else key,
        message,
        basis or (_clause(facts, key) if entry.basis == FROM_FORM else entry.basis),
        place(facts, key),
        subject=f"{key}:{subject or variant}:{excerpt}".rstrip(":"),
        rewrite=Rewrite(key, *at, put) if at and put is not None else None,
        excerpt=excerpt,
        span=(key, *at) if at else None,
        incomplete=incomplete,
    )


def place(facts: Facts, key: str) -> str:
    """What a text is called in the officer's words."""
    return _NAMES.get(key) or facts.form.section(key).short


def _clause(facts: Facts, key: str) -> str:
    return facts.form.notice.number if key in TEXTS_AROUND else facts.form.section(key).clause


@lru_cache(maxsize=PARAGRAPHS)
def own_words(text: str) -> str:
    """The text with addresses and the titles in 《》 blanked out, every place where it was."""
    return blanked(_ADDRESS, blanked(TITLE, text))


def without_addresses(text: str) -> str:
    return blanked(_ADDRESS, text)


def blanked(what: re.Pattern[str], text: str) -> str:
    """The text with whatever matches blanked out, every place where it was."""
    return what.sub(lambda m: BLANK * len(m[0]), text)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Every paragraph with the place where it begins."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def sentence_at(text: str, at: int) -> tuple[int, str]:
    """The sentence a place lies in, as far as `REACH` to either side, with the place where it begins."""
    start = max((m.end() for m in _STOP.finditer(text, max(0, at - REACH), at)), default=max(0, at - REACH))
    end = _STOP.search(text, at, at + REACH)
    return start, text[start : end.start() if end else at + REACH]
