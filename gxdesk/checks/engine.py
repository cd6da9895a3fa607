"""Runs the rules, and after a change only those that read what changed.

A rule is a generator of findings that runs once for each table, once for each text, or once for the report, and names what else it
reads. A `Checker` holds the findings of every rule at every target, so that `update` can tell what a keystroke added and what it settled.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from gxdesk.cells import CellRef
from gxdesk.checks import completeness, dates, entries, lastyear, leftovers, narrative, numbering, reckoning, wording
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report, Slot


class Reads(Enum):
    """What a rule looks at, and so how often it runs: each table's cells, each text, or the report's heading and agency."""

    TABLE = auto()
    TEXT = auto()
    HEADING = auto()


@dataclass(frozen=True)
class Rule:
    """`codes` are all it may report; `run(facts, target)` gets a table key, a text key, or "" for the heading. It runs again at its target
    when that changes, and at every target when anything of a kind in `also` does."""

    codes: tuple[str, ...]
    reads: Reads
    run: Callable[[Facts, str], Iterator[Finding]]
    also: frozenset[Reads] = frozenset()


NUMBERS_TIE_TO = frozenset({Reads.TABLE, Reads.HEADING})  # the heading holds the year and the body whose numbers they are

RULES: tuple[Rule, ...] = (
    Rule(("A3-ROW", "A3-SUM7", "A3-BAL", "A4-SUM-fy", "A4-SUM-zj", "A4-SUM-fh", "A2-VALID", "A2-19"), Reads.TABLE, entries.arithmetic),
    Rule(("A-INT", "B-TEXTNUM"), Reads.TABLE, entries.not_numbers),
    Rule(("B-BLANK", "B-BLANK-TOTAL"), Reads.TABLE, entries.blanks),
    Rule(("C-SECTION",), Reads.TABLE, completeness.empty_table),
    Rule(("C-SECTION",), Reads.TEXT, completeness.empty_text),
    Rule(("C-INTRO",), Reads.TEXT, completeness.no_preamble),
    Rule(("C-LEN",), Reads.TEXT, completeness.length),
    Rule(("F-TITLE",), Reads.HEADING, completeness.heading),
    Rule(("R-FORMAT",), Reads.HEADING, completeness.year_of_form),
    Rule(("X-UNKNOWN",), Reads.HEADING, completeness.unknown),
    Rule(("Y-CARRY", "Y-VALID", "Y-PUB", "Y-ITEMS", "Y-PENDING"), Reads.TABLE, lastyear.relations, also=frozenset({Reads.HEADING})),  # another body's report binds nothing
    Rule(("Y-JUMP",), Reads.TABLE, lastyear.jumps),
    Rule(("B-ZEROALL",), Reads.TABLE, lastyear.all_zero),
    Rule(("Y-SCOPE", "Y-BREAK"), Reads.HEADING, lastyear.identity),
    # What the texts say of the numbers
    Rule(("N-APPLY", "N-RESULT", "N-REVIEW", "N-TABLE2", "T-CONTRA", "N-SCOPE"), Reads.TEXT, narrative.against_tables, NUMBERS_TIE_TO),
    Rule(("N-TWICE", "T-CONTRA", "N-SCOPE"), Reads.TEXT, narrative.against_itself, NUMBERS_TIE_TO | {Reads.TEXT}),
    Rule(("N-SUM",), Reads.TEXT, narrative.results, NUMBERS_TIE_TO),
    Rule(("N-YOY",), Reads.TEXT, narrative.against_last_year, NUMBERS_TIE_TO),
    Rule(("N-SUM", "N-PCT", "N-DERIVED", "N-COUNT", "N-BLANKNUM", "N-ROUND"), Reads.TEXT, reckoning.slips),
    # What the texts say and how
    Rule(("R-PERIOD",), Reads.TEXT, leftovers.period),
    Rule(("R-YEAR",), Reads.TEXT, leftovers.years),
    Rule(("R-TENSE",), Reads.TEXT, leftovers.tense),
    Rule(("R-CITE",), Reads.TEXT, leftovers.citation),
    Rule(("R-FORMAT", "R-OLDHEAD"), Reads.TEXT, leftovers.retired),
    Rule(("R-AGENCY",), Reads.TEXT, leftovers.other_body, also=frozenset({Reads.HEADING})),
    Rule(("R-SIM",), Reads.TEXT, leftovers.repeats_last_year),
    Rule(("R-TEMPLATE",), Reads.HEADING, wording.template_in_agency),
    Rule(("C-INTRO",), Reads.TEXT, completeness.thin_preamble),
    Rule(("C-ASPECT", "C-ASPECT-NUM", "C-GOV"), Reads.TEXT, completeness.aspects, also=frozenset({Reads.HEADING})),
    Rule(("C-FIVE",), Reads.TEXT, completeness.improving),
    Rule(("C-SIX-FEE", "C-SIX-CONS"), Reads.TEXT, completeness.fee, also=frozenset({Reads.TEXT, Reads.TABLE})),
    Rule(("C-SIGN",), Reads.TEXT, dates.signature, also=frozenset({Reads.HEADING})),
    Rule(("D-SUBMIT", "D-SUM"), Reads.TEXT, dates.deadline, also=frozenset({Reads.HEADING})),
    Rule(("F-TITLE",), Reads.TEXT, numbering.signature, also=frozenset({Reads.HEADING})),
    Rule(("F-HEAD",), Reads.TEXT, numbering.repeated_heading),
    Rule(("F-NUMBERING",), Reads.TEXT, numbering.levels),
    Rule(("F-ENUM",), Reads.TEXT, numbering.enumeration),
    Rule(("F-SELF",), Reads.TEXT, numbering.self_reference, also=frozenset({Reads.HEADING})),
    Rule(("F-SELF",), Reads.HEADING, numbering.self_reference_chosen),
    Rule(("F-ABBR",), Reads.TEXT, numbering.abbreviation, also=frozenset({Reads.TEXT})),
    Rule(("R-TEMPLATE", "R-YEARWORD", "F-ITEM", "T-UNIT", "T-NAME", "T-TYPO", "T-PUNCT", "T-BRACKET", "T-SENS"), Reads.TEXT, wording.patterns),
    Rule(("T-PUNCT",), Reads.TEXT, wording.unfinished),
    Rule(("T-CONTACT",), Reads.TEXT, wording.contact_in_text, also=frozenset({Reads.HEADING})),
    Rule(("T-CONTACT",), Reads.HEADING, wording.contact),
)


class Checker:
    """The findings of one report, kept current. `facts` is shared with its owner, who changes it before calling `update`."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._found: dict[tuple[int, str], tuple[Finding, ...]] = {}
        for number, rule in enumerate(RULES):
            for target in self._targets(rule.reads):
                self._found[number, target] = tuple(rule.run(facts, target))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: by section, then by weight, then by place in the table; the same report always gives the same order."""
        return self.ordered(f for found in self._found.values() for f in found)

    def ordered(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """In the order of `findings`."""
        return tuple(sorted(findings, key=self._order))

    def update(self, slots: Iterable[Slot], cells: Iterable[CellRef] = ()) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Run again what reads these slots, or these cells recomputed from them; returns (added, removed)."""
        touched: set[tuple[Reads, str]] = {(Reads.TABLE, ref.table) for ref in cells}
        for slot in slots:
            if slot.part == "cells":
                touched.add((Reads.TABLE, slot.key.partition(".")[0]) if slot.key in self._cells else (Reads.HEADING, ""))
            elif slot.part == "texts":
                touched.add((Reads.TEXT, slot.key) if slot.key in self.facts.form.texts else (Reads.HEADING, ""))
            elif slot.part == "agency":
                touched.add((Reads.HEADING, ""))
        added: list[Finding] = []
        removed: list[Finding] = []
        kinds = {reads for reads, _ in touched}
        for number, rule in enumerate(RULES):
            everywhere = not kinds.isdisjoint(rule.also)
            for target in self._targets(rule.reads) if everywhere else [target for reads, target in touched if reads is rule.reads]:
                before, now = self._found[number, target], tuple(rule.run(self.facts, target))
                if before != now:
                    self._found[number, target] = now
                    was, stands = frozenset(before), frozenset(now)
                    added += [f for f in now if f not in was]
                    removed += [f for f in before if f not in stands]
        return self.ordered(added), self.ordered(removed)

    def _targets(self, reads: Reads) -> tuple[str, ...]:
        form = self.facts.form
        return {Reads.TABLE: tuple(form.tables), Reads.TEXT: form.texts, Reads.HEADING: ("",)}[reads]

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {key: i for i, key in enumerate(("", "preamble", *(s.key for s in self.facts.form.sections), "closing"))}

    @cached_property
    def _cells(self) -> Mapping[CellRef, int]:
        return {ref: i for i, ref in enumerate(self.facts.form.cells)}

    def _order(self, f: Finding) -> tuple[int, int, int, str, str]:
        first = self._cells.get(f.refs[0], -1) if f.refs else -1
        return self._positions.get(f.section, 99), f.severity.rank, first, f.code, f.key


def check(report: Report, form: FormDef, last_report: Report | None = None, last_form: FormDef | None = None, page: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Every finding of a report, checked from nothing; with last year's report also those across the two years.

    `page` is what the page it was read from shows otherwise than the form. Of a table told in sentences it says more than that it is empty.
    """
    last = Figures(last_form, last_report.cells) if last_report is not None and last_form is not None else None
    checker = Checker(Facts(form, report, Figures(form, report.cells), last_report, last))
    told = {f.section for f in page if f.code == "C-TABLE"}
    return checker.ordered([*page, *(f for f in checker.findings if not (f.code == "C-SECTION" and f.section in told))])


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether a final export must wait."""
    return any(f.severity is Severity.ERROR for f in findings)


def answered(finding: Finding, report: Report) -> bool:
    """Whether a written reason in the report closes the finding. 必须改 is never closed by words, and a reason lapses with its figures."""
    written = bool(report.explanations.get(finding.key, "").strip())
    return written and finding.severity is not Severity.ERROR and report.explained.get(finding.key, finding.about) == finding.about
