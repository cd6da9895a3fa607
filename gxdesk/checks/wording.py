"""Group T, and whatever else one way of writing gives away: the patterns of `wording.toml`, doubled words, punctuation, contact data."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding
from gxdesk.checks.language import language
from gxdesk.checks.phrases import PARAGRAPHS
from gxdesk.checks.texts import blanked, found, lines, own_words, without_addresses
from gxdesk.forms.definition import PREAMBLE_PAGE, TEXTS_AROUND
from gxdesk.outline import HEADING_LENGTH, NUMERALS, is_heading

HAN = "\u4e00-\u9fff"
_HALF = str.maketrans(",;:?!.", "，；：？！。")
_HALF_WIDTH = re.compile(rf"(?<=[{HAN}）”》])\s?[,;:?!](?=\s?[{HAN}（“《]|$)|(?<=[{HAN}）”》])\.(?=[{HAN}]|$)|(?<=[\d%])[,;](?=[{HAN}“《（])")
_NESTED = re.compile(r"《([^《》\n]*)[《<]([^《》<>\n]+)[》>]([^《》\n]*)》")
_PAIRS = {"”": "“", "’": "‘", "》": "《", "）": "（", "〕": "〔", "〉": "〈", "】": "【"}
_NUMBERS = tuple(f"{NUMERALS}0123456789")
_ENDS = "。！？；：…”’）》!?.;:、，,"
_MAIL = re.compile(rf"[^\s@，。；：、（）()“”《》:{HAN}]{{0,64}}@[^\s@，。；、（）()“”《》{HAN}]{{0,64}}")
_NO_MAIL = re.compile(r"(?:邮箱|邮件|[Ee]-?mail)(?:地址)?[:：]\s*(?![\w.+\-]*@)([A-Za-z0-9][\w.+\-#]{3,64})", re.ASCII)
_GOOD_MAIL = re.compile(r"[\w+\-]+(?:\.[\w+\-]+)*@[\w\-]+(?:\.[\w\-]+)*\.[A-Za-z]{2,}", re.ASCII)
_PHONES = re.compile(r"(?:电话|传真|热线)(?:号码)?(?:/传真)?[:：为是]?\s*([\d（(][\d\-—–－（）() ]{3,}\d)")
_GOOD_PHONE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}(?:\d{1,4})?|1[3-9]\d{9}|12345|400\d{7}|1\d{4}")


class Hit(NamedTuple):
    """One thing found in a paragraph. `put` in its place mends it, None if that is not certain."""

    code: str
    start: int
    end: int
    put: str | None
    variant: str = ""


def patterns(facts: Facts, key: str) -> Iterator[Finding]:
    """Every way of writing that `wording.toml` knows, words written twice, punctuation."""
    text = facts.report.texts.get(key, "")
    for start, line in lines(text):
        for hit in _hits(line):
            yield found(hit.code, facts, key, (start + hit.start, start + hit.end), put=hit.put, variant=hit.variant)
    yield from _half_width(facts, key, text)


@lru_cache(maxsize=PARAGRAPHS)  # a keystroke changes one paragraph
def _hits(line: str) -> tuple[Hit, ...]:
    words = own_words(line)
    hits = [Hit(p.code, *m.span(), None if p.put is None else m.expand(p.put), p.variant) for p in language().patterns for m in p.find.finditer(words)]
    prose = blanked(language().navigation, without_addresses(line))
    hits += [Hit("T-TYPO", *m.span(), m["word"], "doubled") for m in language().doubled.finditer(prose)]
    hits += [*_nested(line), *_unpaired(line)]
    return tuple(sorted(hits, key=lambda h: (h.start, h.end, h.code)))


def _half_width(facts: Facts, key: str, text: str) -> Iterator[Finding]:
    """T-PUNCT: Western marks among Chinese words, one finding a text: whoever types them types them throughout, and they are mended together."""
    marks = [start + m.end() - 1 for start, line in lines(text) for m in _HALF_WIDTH.finditer(own_words(line))]
    if marks:
        first, end = marks[0], marks[-1] + 1
        put = list(text[first:end])
        for at in marks:
            put[at - first] = text[at].translate(_HALF)
        yield found("T-PUNCT", facts, key, (first, end), put="".join(put), variant="half", count=len(marks), mark=text[first])


def _nested(line: str) -> Iterator[Hit]:
    for m in _NESTED.finditer(line):
        yield Hit("T-PUNCT", m.start(), m.end(), f"《{m[1]}〈{m[2]}〉{m[3]}》", "nested")


def _unpaired(line: str) -> Iterator[Hit]:
    """The first quotation mark or bracket without its partner. Half-width brackets count as full ones; "一）" is numbering."""
    plain = _NESTED.sub(lambda m: "《" + "、" * (len(m[0]) - 2) + "》", line.replace("(", "（").replace(")", "）"))
    opened: list[tuple[int, str]] = []
    for i, mark in enumerate(plain):
        if mark in _PAIRS.values():
            opened.append((i, mark))
        elif mark in _PAIRS:
            if not opened and mark == "）" and plain[:i][-1:] in _NUMBERS:
                continue
            if not opened or opened[-1][1] != _PAIRS[mark]:
                yield Hit("T-PUNCT", i, i + 1, None, "unpaired")
                return
            opened.pop()
    if opened:
        yield Hit("T-PUNCT", opened[0][0], opened[0][0] + 1, None, "unpaired")


def unfinished(facts: Facts, key: str) -> Iterator[Finding]:
    """T-PUNCT: a paragraph without a full stop; of the last one she may still be writing."""
    if key == TEXTS_AROUND[1]:
        return
    text = facts.report.texts.get(key, "")
    last = len(text.rstrip())
    for start, line in lines(text):
        words = line.rstrip()
        end = start + len(words)
        if len(words) > HEADING_LENGTH // 2 and words[-1] not in _ENDS and not is_heading(words) and not words.startswith(("http", "www")):
            yield found("T-PUNCT", facts, key, (end - 1, end), put=words[-1] + "。", variant="end", incomplete=end == last)


def contact_in_text(facts: Facts, key: str) -> Iterator[Finding]:
    """T-CONTACT: an e-mail address or a telephone number in a text that cannot be right, or a free mailbox."""
    text = facts.report.texts.get(key, "")
    for m in _MAIL.finditer(text):
        said = m[0].rstrip(".")
        if said != facts.report.agency.get("email", "").strip() and (variant := _mail(said)):  # that one is told where it was entered
            yield found("T-CONTACT", facts, key, (m.start(), m.start() + len(said)), variant=variant)
    for m in _NO_MAIL.finditer(text):
        yield found("T-CONTACT", facts, key, m.span(1), variant="mail")
    for m in _PHONES.finditer(text):
        if not _phone(m[1]):
            yield found("T-CONTACT", facts, key, m.span(1), variant="phone")


def contact(facts: Facts, _: str) -> Iterator[Finding]:
    """T-CONTACT: the same of the agency's own data."""
    agency, entry = facts.report.agency, catalogue()["T-CONTACT"]
    mail, phone = (agency.get(key, "").strip() for key in ("email", "phone"))
    for key, said, variant in (("email", mail, _mail(mail) if mail else ""), ("phone", phone, "" if not phone or _phone(phone) else "phone")):
        if variant:
            message = entry.variants[variant].format(said=said)
            yield Finding(entry.code, entry.severity, TEXTS_AROUND[0], message, entry.basis, PREAMBLE_PAGE, subject=key, excerpt=said)


def _mail(said: str) -> str:
    """Which variant of T-CONTACT an e-mail address is, "" if nothing is to be said."""
    if not _GOOD_MAIL.fullmatch(said):
        return "mail"
    return "free" if said.rpartition("@")[2].lower() in language().free_mail else ""


def _phone(said: str) -> bool:
    numbers = re.split(r"[/、，,；; ]+", re.sub(r"(?<=\d)\s*[\-—–－]\s*(?=\d)|[（）()]", "", said))
    return all(_GOOD_PHONE.fullmatch(n) for n in numbers if n)


def template_in_agency(facts: Facts, _: str) -> Iterator[Finding]:
    """R-TEMPLATE: a placeholder among the agency's data."""
    entry = catalogue()["R-TEMPLATE"]
    for key, text in facts.report.agency.items():
        if hit := next((h for h in _hits(text) if h.code == entry.code), None):
            said = text[hit.start : hit.end]
            yield Finding(entry.code, entry.severity, TEXTS_AROUND[0], entry.message.format(said=said), entry.basis, PREAMBLE_PAGE, subject=key, excerpt=said)
