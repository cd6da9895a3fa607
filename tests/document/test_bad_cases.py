"""Reports and computers as bad as they come: the paper still holds everything, or one sentence says why there is none."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gxdesk.document import html, layout
from gxdesk.document.edition import Edition
from gxdesk.document.formats import FORMATS, Made
from gxdesk.document.pdf import NO_FONTS, SLOW, Press
from gxdesk.document.readback import boxes_in
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged
from tests.document.conftest import edition, glyphs, report_for, words

NOTO = Path("/usr/share/fonts/opentype/noto")
FOOT = 264.0  # mm: below are the page number and the fingerprint


def made(one: Edition, press: Press) -> Made:
    """The PDF, read back, and nothing of it outside the type area or on a page of its own without text."""
    pdf = FORMATS["pdf"].make(one, press)
    for page in range(pdf.pages or 0):
        drawn = [g for g in glyphs(pdf.data, page) if not g.askew and g.bottom < FOOT]
        left, right = (26, 182) if page % 2 else (28, 184)
        assert drawn, f"page {page + 1} is blank"
        assert min(g.left for g in drawn) >= left - 0.3 and max(g.right for g in drawn) <= right + 0.3 and max(g.bottom for g in drawn) <= 262.6
    return pdf


@pytest.mark.no_cover
def test_a_section_of_30000_characters(press: Press, form: FormDef) -> None:
    text = "坚持“公开为常态、不公开为例外”，全年办结1,280件；" * 1112
    pdf = made(edition(form, report_for(form, texts={"overview": text[:30_000]})), press)
    assert pdf.pages and pdf.pages >= 30_000 / 28 / 22 and pdf.notices == ()


@pytest.mark.no_cover
def test_one_word_of_5000_letters_as_text_title_and_signature(press: Press, form: FormDef) -> None:
    one = edition(form, report_for(form, agency="W" * 5000, texts={"other": "x" * 5000, "closing": "W" * 5000}))
    pdf = made(one, press)
    said = "".join(words(pdf.data, page) for page in range(pdf.pages or 0))
    assert said.count("x") == 5000 and said.count("W") == 10_000 + one.view.fingerprint.count("W")
    assert FORMATS["signoff"].make(one, press).pages == 1


@pytest.mark.parametrize("draft", [True, False])
def test_an_empty_report(press: Press, forms: Forms, third: FormDef, draft: bool) -> None:
    for form in (*forms.values(), third):
        pdf = made(edition(form, Report(form.id, None), draft=draft), press)
        assert pdf.pages and pdf.notices == ()


@pytest.mark.no_cover
def test_every_cell_twelve_digits_long(press: Press, forms: Forms, third: FormDef) -> None:
    for form in (*forms.values(), third):
        report = report_for(form, cells={ref: "999999999999" for table in form.tables.values() for ref in table.inputs})
        one = edition(form, report)
        pdf = made(one, press)
        shrunk = [s.heading for s in one.view.sections if s.table and smallest(one, s.key) < layout.READABLE]
        assert [n.partition("”")[0].removeprefix("“") for n in pdf.notices] == shrunk
        assert FORMATS["docx"].make(one, press).notices == pdf.notices
        boxes = boxes_in(pdf.data)
        assert all(b.right - b.left > 10 and b.top > b.bottom for b in boxes.values())
        for table in one.view.tables():
            for row in table.rows:
                cells = [boxes[c.ref] for c in row if c.ref]
                assert all(a.right <= b.left + 0.5 for a, b in pairwise(cells))
        assert shrunk or form is third


def smallest(one: Edition, section: str) -> float:
    table = next(s.table for s in one.view.sections if s.key == section)
    assert table
    measures = layout.lay_out(table, layout.heading_lines(one.view, table))
    return min(measures.figure_size(c) for row in table.rows for c in row if c.ref)


def test_the_official_table_with_ordinary_figures_shrinks_nothing_below_reading(press: Press, forms: Forms) -> None:
    for form in forms.values():
        report = report_for(form, cells={ref: "12345" for table in form.tables.values() for ref in table.inputs})
        assert FORMATS["pdf"].make(edition(form, report), press).notices == ()


@pytest.mark.no_cover
def test_everything_bad_at_once_is_still_a_page(forms: Forms) -> None:
    for form in forms.values():
        report = report_for(form, texts={"overview": "长" * 30_000, "other": "x" * 5000}, cells=dict.fromkeys(form.tables["requests"].inputs, "9" * 12))
        for key in ("html", "fragment"):
            FORMATS[key].make(edition(form, report), Press())  # reads it back
        assert "x" * 5000 in html.render_page(edition(form, report).view)


def exported_with_fonts(folder: Path, *fonts: Path) -> subprocess.CompletedProcess[str]:
    """Export the example where only these folders hold fonts."""
    listed = "".join(f"<dir>{path}</dir>" for path in fonts)
    (folder / "fonts.conf").write_text(f"<fontconfig>{listed}<cachedir>{folder / 'cache'}</cachedir></fontconfig>", encoding="utf-8")
    example = packaged("examples", "service-center-2026.gxreport")
    command = [sys.executable, "-m", "gxdesk", "export", str(example), "--pdf", str(folder / "a.pdf")]
    environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


def test_no_font_at_all_is_one_sentence(tmp_path: Path) -> None:
    done = exported_with_fonts(tmp_path)
    assert (done.returncode, done.stderr.strip(), done.stdout) == (2, NO_FONTS, "")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.skipif(not NOTO.is_dir(), reason="fonts-noto-cjk is not installed")
def test_without_the_faces_of_official_documents_the_export_works_and_says_so(tmp_path: Path) -> None:
    done = exported_with_fonts(tmp_path, NOTO)
    assert done.returncode == 0 and (tmp_path / "a.pdf").stat().st_size > 100_000
    assert done.stderr.startswith("这台电脑没有小标宋、黑体、楷体、仿宋、宋体，") and "Noto Serif CJK SC" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.no_cover
def test_without_harfbuzz_subset_the_export_works_and_says_so(form: FormDef, example: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint.pdf import fonts

    monkeypatch.setattr(fonts, "harfbuzz_subset", None)
    pdf = FORMATS["pdf"].make(edition(form, example), Press())
    assert pdf.notices == (SLOW,) and pdf.pages
