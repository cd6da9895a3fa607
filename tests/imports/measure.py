"""Import of a corpus file against the figures that are known of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gxdesk.cells import CellKind, Number, parse
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.imports import reading
from tests.conftest import CORPUS


@dataclass(frozen=True)
class Measured:
    cells: int  # cells that hold something
    read: int
    right: int
    wrong: tuple[str, ...]
    reported: int
    silent: tuple[str, ...]  # hold something, were not read, and nothing says so
    error: str = ""

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.cells if self.cells else 1.0


def sources() -> Iterator[tuple[Path, Path]]:
    """Every source of the corpus with its expected figures."""
    for expected in sorted(CORPUS.glob("*.gxreport.json")) if CORPUS.is_dir() else []:
        for suffix in (".pdf", ".html", ".md", ".txt"):
            source = expected.with_name(expected.name.removesuffix(".gxreport.json") + suffix)
            if source.exists():
                yield source, expected


def measure(source: Path, expected: Path, forms: Forms) -> Measured:
    """Values count, not spellings: "22（其中修订16件）" is 22. A cell the page is cut before cannot be expected of it."""
    known = json.loads(expected.read_text(encoding="utf-8"))
    form = forms[known["form"]]
    figures = {ref: value for ref, text in known["cells"].items() if ref in form.cells and " (" not in str(text) and (value := _value(text, form.cells[ref].kind, form.cells[ref].unit)) is not None}
    try:
        got = reading.read(source, forms)
    except UserError as error:
        return Measured(len(figures), 0, 0, (), len(figures), (), str(error))
    noted = {ref for ref, text in known["cells"].items() if " (" in str(text)}  # a note on the source stands where the figure should
    if got.form.id != form.id:
        return Measured(len(figures), len(got.report.cells), 0, (f"form {got.form.id}, not {form.id}",), 0, ())
    read = {ref: _value(text, form.cells[ref].kind, form.cells[ref].unit) for ref, text in got.report.cells.items() if ref not in noted}
    wrong = tuple(f"{ref}: {value}, not {figures.get(ref)}" for ref, value in read.items() if value != figures.get(ref))
    said = {ref for d in got.doubts for ref in d.refs} | set(got.missing)
    unread = [ref for ref in figures if ref not in read]
    silent = tuple(ref for ref in unread if ref not in said)
    return Measured(len(figures), len(read), len(read) - len(wrong), wrong, len(unread) - len(silent), silent)


def _value(text: str, kind: CellKind, unit: str) -> Number | None:
    return parse(str(text), kind, unit).value
