"""Groups C and F as far as they need no reading of the text: sections left out, length, a heading that cannot be printed."""

from collections.abc import Iterator

from gxdesk.cells import CellRef
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding
from gxdesk.forms.definition import PREAMBLE_PAGE, TEXTS_AROUND
from gxdesk.outline import characters
from gxdesk.report import AGENCY_FIELDS


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
