"""Groups C and F: sections left out, length, a heading that cannot be printed, what a section must speak of."""

import re
from collections.abc import Iterable, Iterator

from gxdesk.cells import CellRef
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.language import bare_name, language
from gxdesk.checks.texts import ELLIPSIS, found, sentence_at
from gxdesk.forms.definition import PREAMBLE_PAGE, TEXTS_AROUND, FeeDef
from gxdesk.outline import characters, outline
from gxdesk.report import AGENCY_FIELDS

_FIGURE = re.compile(r"[\d０-９]|[一二三四五六七八九十百千两零]{1,8}(?=[件条次个项场期家篇份人名])")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_SENTENCE = re.compile(r"[^。！？；，,、\n]+")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,2}[是要]")
_AMOUNT = re.compile(r"(\d[\d,.]*)\s*(万?元)")
_ZERO = re.compile(r"(?<![\d.])0(?![\d.])")


def empty_table(facts: Facts, table: str) -> Iterator[Finding]:
    """C-SECTION: a table in which nothing at all was written."""
    definition = facts.form.tables[table]
    if not any(facts.figures.is_typed(ref) for ref in definition.cells):
        yield _missing(facts, table, "填", definition.inputs)


def empty_text(facts: Facts, key: str) -> Iterator[Finding]:
    """C-SECTION: a text section without a word."""
    if any(s.key == key for s in facts.form.sections) and not facts.report.texts.get(key, "").strip():
        yield _missing(facts, key, "写", ())


def _missing(facts: Facts, key: str, verb: str, refs: tuple[CellRef, ...]) -> Finding:
    code, section = catalogue()["C-SECTION"], facts.form.section(key)
    message = code.message.format(heading=section.heading, verb=verb)
    return Finding(code.code, code.severity, key, message, section.clause, section.short, refs, subject=key, incomplete=True)


def no_preamble(facts: Facts, key: str) -> Iterator[Finding]:
    """C-INTRO: nothing in front of the first section. The format does not ask for it; nearly every published report has it."""
    if key == TEXTS_AROUND[0] and not facts.report.texts.get(key, "").strip():
        code = catalogue()["C-INTRO"]
        yield Finding(code.code, code.severity, key, code.message, code.basis, PREAMBLE_PAGE, subject=key, incomplete=True)


def thin_preamble(facts: Facts, key: str) -> Iterator[Finding]:
    """C-INTRO: an 引言 that leaves out what they usually say."""
    text = facts.report.texts.get(key, "")
    if key == TEXTS_AROUND[0] and text.strip():
        missing = [part.name for part in facts.form.wording.preamble if not _speaks(text, part.words)]
        if missing:
            yield found("C-INTRO", facts, key, variant="thin", incomplete=True, what="、".join(missing))


def _speaks(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def aspects(facts: Facts, key: str) -> Iterator[Finding]:
    """C-ASPECT, C-ASPECT-NUM, C-GOV: an aspect the format names that is not spoken of; one without a figure; what governments report beside."""
    section = next((s for s in facts.form.sections if s.key == key), None)
    text = facts.report.texts.get(key, "")
    if section is None or not section.aspects or not text.strip():
        return
    there = outline(text, section.aspects, section.aspect_words)
    missing = [a.name for a in there if not a.covered]
    if missing and ELLIPSIS not in text:
        yield found("C-ASPECT", facts, key, incomplete=True, what="、".join(missing))
    written = [a for a in there if a.start is not None and a.characters and a.name in section.counted_aspects]
    bare = [a.name for a in written if not _FIGURE.search(_YEAR.sub("", text[(a.start or 0) + len(a.heading) : a.end]))]
    if bare:
        yield found("C-ASPECT-NUM", facts, key, incomplete=True, what="、".join(bare))
    if facts.report.agency.get("kind") == "government" or bare_name(facts.report.agency.get("name", "")).endswith("人民政府"):
        unsaid = [part.name for part in section.government if not _speaks(text, part.words)]
        if unsaid and ELLIPSIS not in text:
            yield found("C-GOV", facts, key, incomplete=True, what="、".join(unsaid))


def improving(facts: Facts, key: str) -> Iterator[Finding]:
    """C-FIVE: a section on problems and improvement that names none, or one of the two only, or no more than one, or fewer measures than problems."""
    text = facts.report.texts.get(key, "").strip()
    if not text or not any(s.key == key and s.improves for s in facts.form.sections):
        return
    words = language().improving
    problems = sum(1 for part in _SENTENCE.findall(text) if words.problems.search(part))
    if words.nothing.search(text) or characters(text) < words.least:
        yield found("C-FIVE", facts, key, variant="nothing", incomplete=True)
    elif not problems:
        yield found("C-FIVE", facts, key, variant="problems", incomplete=True)
    elif not words.measures.search(text):
        yield found("C-FIVE", facts, key, variant="measures", incomplete=True)
    elif split := words.parts.search(text):
        named, answered = len(_ITEM.findall(text[: split.start()])), len(_ITEM.findall(text[split.start() :]))
        if 0 < answered < named:
            yield found("C-FIVE", facts, key, variant="fewer", severity=Severity.HINT, problems=named, answers=answered)


def fee(facts: Facts, key: str) -> Iterator[Finding]:
    """C-SIX-FEE, C-SIX-CONS: whether a fee was charged and how much; and what the other texts and the table say of it."""
    section = next((s for s in facts.form.sections if s.key == key and s.fee), None)
    text = facts.report.texts.get(key, "")
    if section is None or section.fee is None or not text.strip():
        return
    here = _charged(text, section.fee, section.fee.words)
    if here is None:
        yield found("C-SIX-FEE", facts, key, basis=section.fee.clause, incomplete=True, name=section.fee.name)
        return
    for other in facts.form.texts:
        there = _charged(facts.report.texts.get(other, ""), section.fee, (section.fee.name,)) if other != key else None
        if there is not None and there != here:
            yield found("C-SIX-CONS", facts, key, subject=other, left=there or "没有收取", right=here or "没有收取", name=section.fee.name, other=_short(facts, other))
    unpaid = facts.figures.value(section.fee.unpaid) if section.fee.unpaid else None
    if unpaid and not here and not _speaks(text, ("通知", "逾期", "缴")):
        place = facts.form.cells[section.fee.unpaid].place if section.fee.unpaid else ""
        yield found("C-SIX-CONS", facts, key, variant="unpaid", severity=Severity.HINT, count=unpaid, place=place, name=section.fee.name)


def _charged(text: str, fee: FeeDef, words: Iterable[str]) -> str | None:
    """What a text says was charged where it speaks of the fee in these words: an amount as written, "" for nothing; None if it does not say."""
    for word in words:
        for m in re.finditer(re.escape(word), text):
            sentence = sentence_at(text, m.start())[1]
            amounts = ["".join(a).replace(",", "") for a in _AMOUNT.findall(sentence)]
            if amounts:
                return "" if amounts[0].strip("0.万元") == "" else amounts[0]
            if _speaks(sentence, fee.none) or _ZERO.search(sentence):
                return ""
    return None


def _short(facts: Facts, key: str) -> str:
    return PREAMBLE_PAGE if key in TEXTS_AROUND else facts.form.section(key).short


def length(facts: Facts, key: str) -> Iterator[Finding]:
    """C-LEN: longer than the official format wants in principle."""
    section = next((s for s in facts.form.sections if s.key == key), None)
    if section and section.guide_length:
        count = characters(facts.report.texts.get(key, ""))
        if count > section.guide_length:
            code = catalogue()["C-LEN"]
            message = code.message.format(count=count, limit=section.guide_length)
            yield Finding(code.code, code.severity, key, message, section.clause, section.short, subject=key, left=count, right=section.guide_length)


def heading(facts: Facts, _: str) -> Iterator[Finding]:
    """F-TITLE: no agency or no year to print in the heading."""
    code = catalogue()["F-TITLE"]
    missing = [what for what, there in (("机关全称", facts.report.agency.get("name", "").strip()), ("报告年度", facts.report.year)) if not there]
    if missing:
        yield Finding(code.code, code.severity, "preamble", code.message.format(what="和".join(missing)), code.basis, PREAMBLE_PAGE, subject="name", incomplete=True)


def year_of_form(facts: Facts, _: str) -> Iterator[Finding]:
    """R-FORMAT: a report in a format that does not serve its year."""
    form, year = facts.form, facts.report.year
    if year is not None and not form.serves(year):
        code = catalogue()["R-FORMAT"]
        message = code.message.format(year=year, form=form.name, years=form.years)
        yield Finding(code.code, code.severity, "preamble", message, form.notice.number, PREAMBLE_PAGE, subject="form")


def unknown(facts: Facts, _: str) -> Iterator[Finding]:
    """X-UNKNOWN: what a file held beyond this form; it is kept, but it is not printed."""
    report, form = facts.report, facts.form
    names = [k for k in report.agency if k not in AGENCY_FIELDS] + [k for k in report.texts if k not in form.texts]
    names += [k for k in report.cells if k not in form.cells] + [k for k in report.explanations if k.partition(":")[0] not in catalogue()]
    names += report.extra_names()
    if names:
        code = catalogue()["X-UNKNOWN"]
        shown = "、".join(n if len(n) <= 40 else n[:40] + "…" for n in names[:3]) + ("等" if len(names) > 3 else "")
        message = code.message.format(count=len(names), names=shown)
        yield Finding(code.code, code.severity, "preamble", message, code.basis, PREAMBLE_PAGE, subject="extra")
