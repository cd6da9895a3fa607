"""A PDF is opened again as the report it was made from, and whoever changed its paper or its data is found out."""

import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxdesk import report as reports
from gxdesk.cells import CellRef
from gxdesk.document.edition import Edition
from gxdesk.document.formats import FORMATS
from gxdesk.document.pdf import Attachment, Press
from gxdesk.document.reopen import Reopened, reopen
from gxdesk.document.view import build_view
from gxdesk.errors import UserError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import edition, report_for

GRANTED = CellRef("requests.granted.person")


@pytest.fixture(scope="module")
def paper(press: Press, forms: Forms) -> bytes:
    return FORMATS["pdf"].make(edition(forms["2021"]), press).data


def opened(data: bytes, forms: Forms, folder: Path) -> Reopened:
    (folder / "报告.pdf").write_bytes(data)
    return reopen((folder / "报告.pdf").read_bytes(), forms, "报告.pdf")


@pytest.mark.no_cover
@pytest.mark.parametrize("draft", [True, False])
def test_a_pdf_opens_as_its_report(press: Press, forms: Forms, third: FormDef, example: Report, seed: Report, tmp_path: Path, draft: bool) -> None:
    for form in (*forms.values(), third):
        known = Forms.of(form)
        for report in (report_for(form), Report(form.id, None), *(r for r in (example, seed) if r.form == form.id)):
            data = FORMATS["pdf"].make(Edition(report, form, draft), press).data
            assert opened(data, known, tmp_path) == Reopened(report.published(form))
            assert reports.read(tmp_path / "报告.pdf", known) == report.published(form)


def test_a_report_file_opens_as_before(forms: Forms, example: Report, tmp_path: Path) -> None:
    reports.write(replace(example, explanations={"a": "b"}), tmp_path / "a.gxreport")
    assert reopen((tmp_path / "a.gxreport").read_bytes(), forms, "a.gxreport") == Reopened(replace(example, explanations={"a": "b"}))


def test_figures_that_differ_are_named(press: Press, forms: Forms, tmp_path: Path) -> None:
    form = forms["2021"]
    inside = report_for(form)
    shown = replace(inside, cells={**inside.cells, GRANTED: "987"})
    source = Attachment("report.gxreport", "", reports.dumps(inside))
    data = press.render(build_view(shown, form, draft=False), source=source).data
    found = opened(data, forms, tmp_path)
    assert found.report == inside and GRANTED in found.differing
    assert {str(ref).rpartition(".")[2] for ref in found.differing} == {"person", "total"}  # the cell and the totals over it
    assert "“报告.pdf”纸面上有" in found.notice and form.tables["requests"].cells[GRANTED].place in found.notice


def test_a_changed_word_is_told_by_the_fingerprint(press: Press, forms: Forms, tmp_path: Path) -> None:
    form = forms["2021"]
    inside = report_for(form)
    shown = replace(inside, texts={**inside.texts, "problems": "没有问题。"})
    data = press.render(build_view(shown, form, draft=False), source=Attachment("report.gxreport", "", reports.dumps(inside))).data
    found = opened(data, forms, tmp_path)
    assert not found.differing and "校验码" in found.notice


def test_a_pdf_that_another_program_saved_again_still_opens(paper: bytes, forms: Forms, tmp_path: Path) -> None:
    writer, saved = pypdf.PdfWriter(clone_from=io.BytesIO(paper)), io.BytesIO()
    writer.add_metadata({"/Title": "另存"})
    writer.write(saved)
    assert saved.getvalue() != paper
    assert opened(saved.getvalue(), forms, tmp_path) == opened(paper, forms, tmp_path)


def test_a_figure_changed_in_the_page_itself_is_found(press: Press, forms: Forms, tmp_path: Path) -> None:
    """As a PDF editor does it: the page is drawn anew, everything else stays."""
    form = forms["2021"]
    inside = report_for(form)
    other = replace(inside, cells={**inside.cells, GRANTED: "987"})
    data = FORMATS["pdf"].make(edition(form, inside), press).data
    changed = press.render(build_view(other, form, draft=False)).data
    number = next(i for i, page in enumerate(pypdf.PdfReader(io.BytesIO(changed)).pages) if "987" in page.extract_text())
    writer, saved = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    page = pypdf.PdfWriter(clone_from=io.BytesIO(changed)).pages[number]
    for key in ("/Contents", "/Resources"):
        writer.pages[number][pypdf.generic.NameObject(key)] = page[key].clone(writer)
    writer.write(saved)
    found = opened(saved.getvalue(), forms, tmp_path)
    assert found.report == inside and GRANTED in found.differing


def refused(data: bytes, forms: Forms, folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        opened(data, forms, folder)
    assert str(caught.value).startswith("“报告.pdf”")
    return str(caught.value)


def test_other_pdfs_are_one_sentence(press: Press, paper: bytes, form: FormDef, forms: Forms, example: Report, tmp_path: Path) -> None:
    view = build_view(example, form, draft=False)
    assert "没有报告数据" in refused(press.render(view).data, forms, tmp_path)
    assert "没有报告数据" in refused(press.render(view, source=Attachment("a.txt", "", b"a")).data, forms, tmp_path)
    assert "不完整或损坏" in refused(press.render(view, source=Attachment("a.gxreport", "", b"{")).data, forms, tmp_path)
    assert "损坏" in refused(paper[:1000], forms, tmp_path)
    writer, locked = pypdf.PdfWriter(clone_from=io.BytesIO(paper)), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(locked)
    assert "设了打开密码" in refused(locked.getvalue(), forms, tmp_path)


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), piece=st.binary(max_size=40), cut=st.booleans())
def test_no_damage_is_more_than_a_sentence(paper: bytes, forms: Forms, tmp_path: Path, at: int, piece: bytes, cut: bool) -> None:
    at %= len(paper)
    try:
        opened(paper[:at] + piece + (b"" if cut else paper[at + len(piece) :]), forms, tmp_path)
    except UserError as error:
        assert "“报告.pdf”" in str(error)  # noqa: PT017  a file that still opens is no failure
