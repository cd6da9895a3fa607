"""What may be taken from last year's report into this year's, each piece a proposal and none of them done.

Texts come with their sentences, so that every one can stay marked as last year's until it is edited or confirmed; years in them as a list
of replacements to accept or leave. Figures are never copied: only those that a relation of the form derives from last year's are proposed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gxdesk.cells import CellKind, CellRef, Number
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef, Op, RelationDef, TableDef
from gxdesk.report import AGENCY_FIELDS, Report
from gxdesk.similarity import Sentence, sentences, similarity

AROUND = 12  # characters of context on either side of a year
_YEAR = re.compile(r"(?<![\d〔\[./])(20\d\d)(?=\s*(?:年|[-—–至～~]\s*20\d\d))")  # 2025件 and 2024.5万元 are figures
_WRITTEN = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}(?=年)")
_DIGITS = "〇一二三四五六七八九"
_VALUES = {**{ord(c): str(i) for i, c in enumerate(_DIGITS)}, ord("○"): "0", ord("零"): "0"}


@dataclass(frozen=True)
class YearChange:
    """A year of a carried text and what it would be this year. `start`, `end` are places in the carried text."""

    start: int
    end: int
    old: str
    new: str
    excerpt: str


@dataclass(frozen=True)
class CarriedText:
    """A text of last year: every sentence is 去年原文 until something is done about it."""

    key: str
    text: str
    sentences: tuple[Sentence, ...]
    years: tuple[YearChange, ...]

    def with_years(self, accepted: frozenset[int]) -> str:
        """The text with the changes accepted, given by their places in `years`."""
        text = self.text
        for i in sorted(accepted, reverse=True):
            change = self.years[i]
            text = text[: change.start] + change.new + text[change.end :]
        return text


@dataclass(frozen=True)
class Expected:
    """What a relation of the form makes of a cell. `carried`: it follows from last year's report alone, so it can be proposed as it is."""

    ref: CellRef
    value: Number
    relation: RelationDef
    carried: bool


@dataclass(frozen=True)
class Carried:
    """All that may be carried over. `left_out`: texts of last year for which this year's form has no place."""

    agency: Mapping[str, str]
    texts: tuple[CarriedText, ...]
    figures: tuple[Expected, ...]
    left_out: tuple[str, ...]


def carry(last: Report, last_form: FormDef, year: int, form: FormDef) -> Carried:
    """What the report of `year` may take from `last`."""
    step = year - last.year if last.year is not None else 1
    texts = tuple(
        CarriedText(key, text, tuple(sentences(text)), tuple(year_changes(text, last.year or year - 1, step))) for key in form.texts if (text := last.texts.get(key, ""))
    )
    agency = {key: text for key in AGENCY_FIELDS if (text := last.agency.get(key, ""))}
    blank = Report(form.id, year)
    figures = tuple(e for e in expected(blank, form, last, last_form) if e.carried)
    return Carried(agency, texts, figures, tuple(key for key, text in last.texts.items() if text and key not in form.texts))


def year_changes(text: str, year: int, step: int = 1) -> Iterator[YearChange]:
    """Every year close to `year` in a text, moved on by `step`. The year of a document's number, 〔2021〕30号, is none."""
    if not step:
        return
    found = [(m.start(), m.end(), int(m[1]), False) for m in _YEAR.finditer(text)]
    found += [(m.start(), m.end(), int(m[0].translate(_VALUES)), True) for m in _WRITTEN.finditer(text)]
    for start, end, old, written in sorted(found):
        if abs(old - year) <= 1:
            new = str(old + step)
            shown = "".join(_DIGITS[int(d)] for d in new) if written else new
            excerpt = text[max(0, start - AROUND) : end + AROUND].replace("\n", " ")
            yield YearChange(start, end, text[start:end], shown, excerpt)


def expected(report: Report, form: FormDef, last: Report, last_form: FormDef) -> tuple[Expected, ...]:
    """What the relations of the form that reach back to last year make of this year's cells, as far as their other cells are known.

    Nothing if `last` is not the report of the year before. Between two formats only relations that are said to hold across them count.
    """
    if last.year is not None and report.year is not None and last.year != report.year - 1:
        return ()
    now, then = Figures(form, report.cells), Figures(last_form, last.cells)
    return tuple(_expected(form, now, then))


def _expected(form: FormDef, now: Figures, then: Figures) -> Iterator[Expected]:
    for table in form.tables.values():
        for relation in table.relations:
            terms = relation.left + relation.right
            if relation.op is not Op.EQUAL or not any(t.last_year for t in terms) or not (relation.across_forms or then.form.id == form.id):
                continue
            for key in relation.over:
                found = _solved(table, relation, key, now, then)
                if found is not None:
                    yield found


def _solved(table: TableDef, relation: RelationDef, key: str, now: Figures, then: Figures) -> Expected | None:
    """The relation solved for the cell that stands for it; None where another cell is blank, or where that one is a total."""
    head = table.head(relation, key)
    if table.cells[head].parts:
        return None
    rest: Number = 0
    factor = 0
    carried = True
    for side, terms in ((1, relation.left), (-1, relation.right)):
        for term in terms:
            ref = relation.ref(table.key, key, term.line)
            if ref == head and not term.last_year:
                factor += side * term.sign
                continue
            if term.last_year and ref not in then.form.cells:
                return None
            value = (then if term.last_year else now).value(ref)
            if value is None:
                return None
            carried = carried and term.last_year
            rest += side * term.sign * value
    if abs(factor) != 1:
        return None
    value = -factor * rest
    return Expected(head, value, relation, carried) if value >= 0 or table.cells[head].kind is CellKind.CHANGE else None


def untouched(now: str, then: str) -> tuple[Sentence, ...]:
    """The sentences of this year's text that stand there exactly as last year, to be edited or confirmed."""
    return tuple(ours for ours, theirs in similarity(now, then).pairs if ours.text == theirs.text)
