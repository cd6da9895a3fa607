"""Group F in the texts: headings, levels of numbering, 一是…二是, the agency's name and what it calls itself, abbreviations."""

import re
from collections.abc import Iterator
from itertools import pairwise

from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.language import bare_name, language, same_body
from gxdesk.checks.texts import ELLIPSIS, found, lines, own_words
from gxdesk.forms.definition import PREAMBLE_PAGE, TEXTS_AROUND
from gxdesk.outline import NUMERALS, numeral

_ORDER = {numeral(n): n for n in range(1, 100)}
_SECOND = re.compile(rf"(?:^|(?<=[\n。…]))[^\S\n]*([（(])([{NUMERALS}]{{1,3}})[）)](?!项|款|条)", re.MULTILINE)
_THIRD = re.compile(r"^[^\S\n]*(\d{1,2})[.．、](?!\d)", re.MULTILINE)
_HALF_BRACKET = re.compile(rf"^[^\S\n]*([{NUMERALS}]{{1,3}})[）)][、.]?", re.MULTILINE)
_DASH = re.compile(r"(?<![\w—－\-―–])([—－\-―–ーㄧ])(?=、)")
_CHAPTER = re.compile(rf"^[^\S\n]*[{NUMERALS}]{{1,2}}、([^\n。；，,]{{2,30}})$", re.MULTILINE)
_ITEM = re.compile(rf"(?:^|(?<=[\n。；;：:，,、！”）)\s]))([{NUMERALS}]{{1,2}})\n?(是(?!否)|要)", re.MULTILINE)  # a printed line may end between
_SHORT_TITLE = re.compile(r"(?<!称)(?<!称[：:“])新?《(条例|办法|规定|通知|意见|格式|细则)》")


def levels(facts: Facts, key: str) -> Iterator[Finding]:
    """F-NUMBERING: a dash for 一, half a pair of brackets, both sorts of brackets, a number left out, repeated or on the wrong level."""
    text = facts.report.texts.get(key, "")
    for m in _DASH.finditer(text):
        yield found("F-NUMBERING", facts, key, m.span(1), put="一", variant="dash")
    for m in _HALF_BRACKET.finditer(text):
        yield found("F-NUMBERING", facts, key, m.span(), put=f"（{m[1]}）", variant="bracket")
    second = list(_SECOND.finditer(text))
    sorts = {m[1] for m in second}
    if len(sorts) > 1:
        odd = next(m for m in second if m[1] == "(")
        yield found("F-NUMBERING", facts, key, (odd.start(1), odd.end()), put=f"（{odd[2]}）", variant="mixed")
    alone = [m for m in second if not m.start() or text[m.start() - 1] == "\n"]
    counted = alone if len(alone) > 1 else second  # what is enumerated within a sentence has its own numbers
    marks = [(m.start(1), m.end(), _ORDER[m[2]], m[0].strip()) for m in counted if m[2] in _ORDER]
    yield from _sequence(facts, key, marks, _unwritten(facts, key, text))
    yield from _third(facts, key, text, [m.start() for m in counted])


def _third(facts: Facts, key: str, text: str, second: list[int]) -> Iterator[Finding]:
    """The "1." below each "（一）": counted anew under every one; an aspect of the section does not belong there while others stand above."""
    aspects = next((s.aspects for s in facts.form.sections if s.key == key), ())
    bounds = [0, *second, len(text)]
    for start, end in pairwise(bounds):
        marks = list(_THIRD.finditer(text, start, end))
        yield from _sequence(facts, key, [(m.start(1), m.end(), int(m[1]), m[0].strip()) for m in marks])
        for m in marks:
            if second and (name := next((a for a in aspects if text.startswith(a, m.end())), "")):
                yield found("F-NUMBERING", facts, key, (m.start(1), m.end() + len(name)), variant="level")


def _unwritten(facts: Facts, key: str, text: str) -> frozenset[int]:
    """The numbers of the section's aspects of which nothing is written yet: that is told by C-ASPECT, and once."""
    aspects = next((s.aspects for s in facts.form.sections if s.key == key), ())
    return frozenset(i for i, name in enumerate(aspects, 1) if name not in text)


def _sequence(facts: Facts, key: str, marks: list[tuple[int, int, int, str]], unwritten: frozenset[int] = frozenset()) -> Iterator[Finding]:
    """Each number one more than the one before, or from 1 again after 2 or more, as problems and measures are numbered. What is left out with
    …… may hold the numbers that are missing, and `unwritten` ones may still come."""
    text, before = facts.report.texts.get(key, ""), 0
    reached = 0
    for start, end, number, said in marks:
        to_come = before < number and unwritten.issuperset(range(before + 1, number))
        if number != before + 1 and not (number == 1 and before > 1) and not to_come and ELLIPSIS not in text[reached:start]:
            yield found("F-NUMBERING", facts, key, (start, end), expected=said.replace(_spelled(number, said), _spelled(before + 1, said)))
        before, reached = number, end


def _spelled(number: int, said: str) -> str:
    return str(number) if any(c.isdigit() for c in said) else numeral(number)


def enumeration(facts: Facts, key: str) -> Iterator[Finding]:
    """F-ENUM: 一是…二是…三是 in order, each once. A sub-heading or what is left out with …… begins anew."""
    text = facts.report.texts.get(key, "")
    marks = [m for m in _ITEM.finditer(text) if m[1] in _ORDER]
    before, reached = 0, 0
    outer: set[int] = set()  # where a series broke off for one within it
    for i, m in enumerate(marks):
        number, between = _ORDER[m[1]], text[reached : m.start()]
        if _SECOND.search(between):
            before, outer = 0, set()
        expected = before + 1
        if number == 1:
            outer.add(before)
        elif number != expected and number - 1 not in outer and ELLIPSIS not in between:
            following = _ORDER[marks[i + 1][1]] if i + 1 < len(marks) else 0
            certain = following == expected + 1 or number == before
            yield found("F-ENUM", facts, key, m.span(1), put=numeral(expected) if certain else None, number=m[1] + m[2], expected=numeral(expected) + m[2])
            number = expected if certain else number
        before, reached = number, m.end()


def repeated_heading(facts: Facts, key: str) -> Iterator[Finding]:
    """F-HEAD: a section's heading written into a text: the program prints them itself, in the words of the form."""
    if key in TEXTS_AROUND:
        return
    for m in _CHAPTER.finditer(facts.report.texts.get(key, "")):
        yield found("F-HEAD", facts, key, m.span())


def self_reference(facts: Facts, key: str) -> Iterator[Finding]:
    """F-SELF: calls itself what a body of its sort is not called, or by two names."""
    body = language().body(facts.report.agency.get("name", ""))
    if body is None:
        return
    name, words = bare_name(facts.report.agency["name"]), own_words(facts.report.texts.get(key, ""))
    chosen = facts.report.agency.get("self_reference", "").strip()
    called = {chosen} if body.calls_itself(chosen) else set[str]()
    for m in language().own_words.finditer(words):
        if m[0] not in called:
            if not body.calls_itself(m[0]):
                yield found("F-SELF", facts, key, m.span(), name=name)
            elif called:
                yield found("F-SELF", facts, key, m.span(), variant="two", severity=Severity.HINT, other=min(called))
            called.add(m[0])
    for m in (m for never in body.never for m in re.finditer(never, words)):
        yield found("F-SELF", facts, key, m.span(), name=name)


def self_reference_chosen(facts: Facts, _: str) -> Iterator[Finding]:
    """F-SELF: what it is said to call itself does not fit its name."""
    name, chosen = (facts.report.agency.get(key, "").strip() for key in ("name", "self_reference"))
    body = language().body(name)
    if body is not None and language().own_words.fullmatch(chosen) and not body.calls_itself(chosen):
        entry = catalogue()["F-SELF"]
        message = entry.message.format(said=chosen, name=bare_name(name))
        yield Finding(entry.code, entry.severity, TEXTS_AROUND[0], message, entry.basis, PREAMBLE_PAGE, subject="self_reference", excerpt=chosen)


def abbreviation(facts: Facts, key: str) -> Iterator[Finding]:
    """F-ABBR: 《条例》 for a title that was never introduced with 以下简称."""
    texts = facts.report.texts
    before = "\n".join(texts.get(k, "") for k in facts.form.texts[: facts.form.texts.index(key)])
    text, told = texts.get(key, ""), set[str]()
    for m in _SHORT_TITLE.finditer(text):
        said = m[1]
        introduced = re.compile(rf"称[为：:]?[“\"]?新?《?{said}")
        if said not in told and not introduced.search(before) and not introduced.search(text[: m.start() + 1]):
            told.add(said)
            yield found("F-ABBR", facts, key, m.span())


def signature(facts: Facts, key: str) -> Iterator[Finding]:
    """F-TITLE: the signature names another body than the heading."""
    name = bare_name(facts.report.agency.get("name", ""))
    if key != TEXTS_AROUND[1] or not name:
        return
    for start, line in lines(facts.report.texts.get(key, "")):
        said = bare_name(line)
        if said and language().body(said) and not same_body(said, name):
            at = start + line.index(line.strip())
            yield found("F-TITLE", facts, key, (at, at + len(line.strip())), variant="signature", severity=Severity.EXPLAIN, name=name)
