"""Reports to print, one warm press for all tests, and the characters of a PDF with their places."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

from gxdesk.document.edition import Edition, Sides
from gxdesk.document.pdf import Attachment, Press, Rendered
from gxdesk.document.view import DocumentView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report

AGENCY = "青石区民生服务中心"
OVERVIEW = """本中心坚持“公开为常态、不公开为例外”，围绕“一老一小”、社会救助等事项，持续做好政府信息公开工作。
（一）主动公开情况
全年公开信息256条，其中政策解读18条，办事指南42条；现场解答咨询1,280余人次，“多跑路、少跑腿”的目标逐步实现。
（二）依申请公开情况。全年新收申请8件，均在法定期限内办结。
1.健全制度。修订审查办法，落实“先审查、后公开”要求。"""

MM = 25.4 / 72


@dataclass(frozen=True)
class Glyph:
    """A character on a page: origin of its baseline and edges of its ink, mm from the left and the upper edge."""

    text: str
    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float
    askew: bool


def glyphs(data: bytes, number: int) -> list[Glyph]:
    """The characters of page `number`, from 0, in the order they are drawn, without blanks."""
    found = []
    with pypdfium2.PdfDocument(data) as document:
        page = document[number]
        height = page.get_height()
        text = page.get_textpage()
        x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
        for i in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(text, i)
            if code > 32:
                raw.FPDFText_GetCharOrigin(text, i, x, y)
                raw.FPDFText_GetCharBox(text, i, left, right, bottom, top)
                place = (x.value, height - y.value, left.value, right.value, height - top.value, height - bottom.value)
                found.append(Glyph(chr(code), *(v * MM for v in place), askew=raw.FPDFText_GetCharAngle(text, i) > 0.01))
    return found


def words(data: bytes, number: int) -> str:
    """The text of a page without the draft mark and without blanks."""
    return "".join(g.text for g in glyphs(data, number) if not g.askew)


def report_for(form: FormDef, *, agency: str = AGENCY, texts: dict[str, str] | None = None, cells: dict[str, str] | None = None) -> Report:
    """A complete report of any form: every input has a figure of its own, every text a word."""
    inputs = [ref for table in form.tables.values() for ref in table.inputs]
    written = {key: f"{key}：无。" for key in form.texts} | {"overview": OVERVIEW, "closing": f"{agency}\n2027年1月20日"} | (texts or {})
    figures = {ref: str((7 * i) % 1000) for i, ref in enumerate(inputs)} | (cells or {})
    return Report(form.id, form.first_year, {"name": agency}, {k: v for k, v in written.items() if k in form.texts}, figures)


class RememberingPress(Press):
    """What it has printed once it hands out again: equal sources give equal bytes, which a press of its own proves in test_archival.py and
    test_papers.py. Whoever changes something underneath a press takes a new one."""

    def __init__(self) -> None:
        super().__init__()
        self._printed, self._counted = cache(super().print), cache(super().pages)

    def print(self, source: str, style: str, attachment: Attachment | None = None) -> Rendered:
        return self._printed(source, style, attachment)

    def pages(self, source: str, style: str) -> int:
        return self._counted(source, style)


@pytest.fixture(scope="session")
def press() -> Press:
    return RememberingPress()


@pytest.fixture(scope="session")
def third() -> FormDef:
    """A form nobody has issued: what prints it without knowing it prints the next official one."""
    return Forms.load(Path(__file__).parents[1] / "forms")["2030"]


def edition(form: FormDef, report: Report | None = None, *, draft: bool = False, sides: Sides = Sides.BOTH) -> Edition:
    """What is exported of a form's complete report, or of another under that form."""
    return Edition(report or report_for(form), form, draft, sides)


Printed = Callable[..., tuple[DocumentView, Rendered]]


@pytest.fixture(scope="session")
def printed(press: Press, forms: Forms, third: FormDef) -> Printed:
    """The paper of a form's complete report, rendered once a session."""
    made: dict[tuple[str, bool], tuple[DocumentView, Rendered]] = {}

    def paper(form_id: str, *, draft: bool = False) -> tuple[DocumentView, Rendered]:
        if (form_id, draft) not in made:
            form = third if form_id == third.id else forms[form_id]
            view = build_view(report_for(form), form, draft=draft)
            made[form_id, draft] = view, press.render(view)
        return made[form_id, draft]

    return paper
