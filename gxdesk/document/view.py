"""What a finished report says, in reading order, before any output has a look of its own.

`build_view` makes a frozen `DocumentView` of a report and its form. Every output (PDF, web page, CMS fragment, review page) is made from
it and from nothing else. Texts are plain Unicode: not escaped, no markup, without the characters that no output can hold. A blank cell
or an incomplete total is the empty text, a zero is "0" (law 4).
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from gxdesk.cells import CellRef
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef, TableDef
from gxdesk.forms.grid import Placed, Role
from gxdesk.outline import parted
from gxdesk.report import Report

# C0 and C1 controls, half surrogates and noncharacters are refused by XML, HTML or PDF; bidirectional controls would print figures in
# another order than they are stored in; a BOM, a soft hyphen and a zero width space are invisible and break searching.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]")
_PLANE_ENDS = re.compile("[" + "".join(f"{chr(p * 0x10000 + 0xFFFE)}{chr(p * 0x10000 + 0xFFFF)}" for p in range(1, 17)) + "]")
_BLANKS = re.compile(r"\s+")
_DATE = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: it is read from paper and typed


@dataclass(frozen=True)
class Paragraph:
    """A line of text. A heading has no text but `lead`; in a paragraph `lead` is the numbered phrase it opens with, up to its full stop."""

    text: str
    lead: str = ""

    @property
    def is_heading(self) -> bool:
        return bool(self.lead) and not self.text


@dataclass(frozen=True)
class CellView:
    """A place of a table. `lines` joined are the label, or the one printed text of a cell with a `ref`; `scope` is HTML's."""

    lines: tuple[str, ...]
    row: int
    column: int
    rowspan: int
    colspan: int
    role: Role
    scope: str
    ref: CellRef | None

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True)
class TableView:
    """A table as it is printed. `width` is in grid columns; `label_widths` in mm may be empty."""

    key: str
    caption: str
    width: int
    head_rows: int
    label_columns: int
    label_widths: tuple[float, ...]
    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True)
class SectionView:
    """One section: its heading stands also when there is nothing under it. A section is a table or paragraphs, at least an empty one."""

    key: str
    heading: str
    paragraphs: tuple[Paragraph, ...]
    table: TableView | None


@dataclass(frozen=True)
class DocumentView:
    title: str
    agency: str
    year: int | None
    subject: str  # the title without agency and year
    form: str
    draft: bool
    preamble: tuple[Paragraph, ...]
    sections: tuple[SectionView, ...]
    signature: tuple[str, ...]  # the issuing agency, then the date; empty if none is written
    numbers: tuple[tuple[CellRef, str], ...]  # every cell and its printed text, in reading order: what a read-back must find

    @property
    def description(self) -> str:
        return f"{self.agency}{self.subject}" + (f"（{self.year}年度）" if self.year else "")

    @property
    def issued(self) -> date | None:
        """The date in the signature; None if none is written, or none in figures (7.3.5.4 of GB/T 9704-2012), or no such day exists."""
        found = _DATE.search(unicodedata.normalize("NFKC", "".join("".join(self.signature).split())))
        try:
            return date(*map(int, found.groups())) if found else None
        except ValueError:
            return None

    @cached_property
    def fingerprint(self) -> str:
        """Two groups of four characters that tell two papers apart: alike as long as every word and figure is, draft or final."""
        said = (
            self.title,
            [p.lead + p.text for p in self.preamble],
            [(s.heading, [p.lead + p.text for p in s.paragraphs]) for s in self.sections],
            self.numbers,
            self.signature,
        )
        digest = hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).digest()
        code = "".join(_CROCKFORD[byte % 32] for byte in digest[:8])
        return f"{code[:4]}-{code[4:]}"

    def tables(self) -> Iterator[TableView]:
        return (s.table for s in self.sections if s.table is not None)


def build_view(report: Report, form: FormDef, *, draft: bool) -> DocumentView:
    """The view of `report` under `form`. Never fails: what is missing or no number is shown as it is."""
    figures = Figures(form, report.cells)
    sections = tuple(
        SectionView(s.key, s.heading, (), _table(form.tables[s.table], figures, s.heading))
        if s.table
        else SectionView(s.key, s.heading, _paragraphs(report.texts.get(s.key, "")) or (Paragraph(""),), None)
        for s in form.sections
    )
    return DocumentView(
        title=_one_line(report.title(form)),
        agency=_one_line(report.agency.get("name", "")),
        year=report.year,
        subject=form.subject,
        form=form.id,
        draft=draft,
        preamble=_paragraphs(report.texts.get("preamble", "")),
        sections=sections,
        signature=tuple(_lines(report.texts.get("closing", ""))),
        numbers=tuple((cell.ref, cell.text) for s in sections if s.table for row in s.table.rows for cell in row if cell.ref),
    )


def _table(table: TableDef, figures: Figures, heading: str) -> TableView:
    rows = tuple(tuple(_cell(p, table, figures) for p in row) for row in table.grid.rows())
    return TableView(table.key, f"{table.name} {heading}", table.grid.width, table.grid.head_rows, table.grid.label_columns, table.label_widths, rows)


def _cell(place: Placed, table: TableDef, figures: Figures) -> CellView:
    lines = (_one_line(figures.printed(place.ref)),) if place.ref else place.lines
    return CellView(lines, place.row, place.column, place.rowspan, place.colspan, place.role, _scope(place, table), place.ref)


def _scope(place: Placed, table: TableDef) -> str:
    """HTML's `scope` of a header cell; empty for a cell, and for a note in the corner, which is the header of nothing."""
    if place.role is Role.HEAD:
        return "colgroup" if place.colspan > 1 and place.line is None else "col"
    if place.role is Role.LABEL:
        return "rowgroup" if place.rowspan > 1 else "row"
    if place.role is Role.BAND:
        return "rowgroup"
    if place.role is Role.CORNER and place.text and not table.grid.head_rows:
        return "col"
    return ""


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text, lead) for lead, text in map(parted, _lines(text)))


def _lines(text: str) -> Iterator[str]:
    """The lines that hold something, without the blanks people indent with: the output indents."""
    return (line for line in (clean(x).strip() for x in text.splitlines()) if line)


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", " ".join(_lines(text)))


def clean(text: str) -> str:
    """`text` without the characters that no output can hold; a tab becomes a space."""
    return _PLANE_ENDS.sub("", _UNPRINTABLE.sub("", text.replace("\t", " ")))
