"""The Word file: what it says, how it is built, and its pages as LibreOffice sets them."""

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx as python_docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openxml_audit import FileFormat, OpenXmlValidator

from gxdesk.document import docx, html, layout
from gxdesk.document.edition import Sides
from gxdesk.document.pdf import Press
from gxdesk.document.readback import _said, check_docx
from gxdesk.document.view import DocumentView, build_view
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import templates
from tests.conftest import corpus
from tests.document.conftest import Printed, report_for

FORM_IDS = ("2019", "2021", "2030")
SOFFICE = shutil.which("soffice")
SENTENCES = (
    "本中心坚持以公开为常态、不公开为例外，持续做好政府信息公开工作。",
    "围绕“一老一小”、社会救助等群众关心的事项，及时更新办事指南和服务目录。",
    "对依申请公开逐件登记、逐件审查、逐件答复，涉及其他部门的先行会商。",
    "公开前由科室初审、办公室复核、分管负责人签发。",
    "落实“先审查、后公开”的要求，没有发生失泄密情况。",
)
# Paragraphs of many lengths: LibreOffice reads overflowPunct the wrong way round and lets a stop hang over the edge; in paragraphs of one
# length the same saved line would add up to pages.
LONG = "\n".join("".join(SENTENCES[(i + j) % 5] for j in range(1, 4 + i % 9)) for i in range(1, 61))


def opened(data: bytes) -> python_docx.document.Document:
    return python_docx.Document(io.BytesIO(data))


def edited(data: bytes, change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """The same package with one part changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, change(text.decode()) if name == part else text)
    assert written.getvalue() != data
    return written.getvalue()


def view_of(form: FormDef, *, draft: bool = False, report: Report | None = None) -> DocumentView:
    return build_view(report or report_for(form), form, draft=draft)


def words(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# --- what it says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("form_id", FORM_IDS)
def test_says_what_the_view_says(forms: Forms, third: FormDef, form_id: str, draft: bool) -> None:
    view = view_of(third if form_id == third.id else forms[form_id], draft=draft)
    check_docx(docx.render(view), view)
    check_docx(docx.render(view, Sides.ONE), view)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_text_and_figures_are_those_of_the_pdf(printed: Printed, form_id: str) -> None:
    view, rendered = printed(form_id)
    with pypdfium2.PdfDocument(rendered.data) as pdf:
        paper = words([re.sub("— ?[0-9]+ ?—", "", page.get_textpage().get_text_range()) for page in pdf])
    document = opened(docx.render(view))
    assert sorted(words([t.text or "" for t in document.element.body.iter(qn("w:t"))])) == sorted(paper)
    at = 0
    for paragraph in document.paragraphs:
        text = words([paragraph.text])
        at = paper.index(text, at) + len(text)
    cells = [cell.p_lst[0] for table in document.tables for cell in table._tbl.iter_tcs()]
    figures = [paragraph.text for paragraph in cells if paragraph.style == "TableFigure"]
    assert figures == [text for _, text in view.numbers]


@pytest.mark.no_cover
def test_published_reports_read_back(forms: Forms) -> None:
    files = corpus()
    if not files:
        pytest.skip("no corpus beside the checkout")
    from gxdesk import report as reports

    for file in files:
        report = reports.read(file, forms)
        view = build_view(report, forms[report.form], draft=True)
        check_docx(docx.render(view), view)


@pytest.mark.no_cover
@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=120), figure=st.text(max_size=12))
def test_any_text_is_kept(text: str, figure: str) -> None:
    report = Report("2021", 2026, {"name": text}, dict.fromkeys(FORM.texts, f"（一）{text}\n{text}"), dict.fromkeys(list(FORM.cells)[:30], figure))
    view = build_view(report, FORM, draft=False)
    check_docx(docx.render(view), view)


def test_properties_of_a_document_hold_255_characters(form: FormDef) -> None:
    view = view_of(form, report=report_for(form, agency="某某街道办事处" * 60))
    data = docx.render(view)
    check_docx(data, view)
    assert opened(data).core_properties.title == view.title[:255]


# --- what reading back finds --------------------------------------------------------------------------------------


CHANGES = {
    "a figure": lambda xml: xml.replace(">490<", ">491<", 1),
    "a label": lambda xml: xml.replace(">行政许可<", ">行政处理<", 1),
    "a word": lambda xml: xml.replace("“一老一小”", "“一小一老”", 1),
    "a heading that is none": lambda xml: xml.replace('w:val="Heading1"', 'w:val="BodyText"', 1),
    "another paragraph at the end": lambda xml: xml.replace("<w:sectPr", "<w:p><w:r><w:t>多</w:t></w:r></w:p><w:sectPr", 1),
    "text in the line that is Word's": lambda xml: xml.replace("<w:sectPr", '<w:p><w:pPr><w:pStyle w:val="End"/></w:pPr><w:r><w:t>多</w:t></w:r></w:p><w:sectPr', 1),
    "a row less": lambda xml: re.sub(r"<w:tr>(?:(?!<w:tr>).)*?>490<.*?</w:tr>", "", xml, count=1),
    "two rows changed places": lambda xml: re.sub(r"(<w:tr>(?:(?!<w:tr>).)*?>490<.*?</w:tr>)(<w:tr>.*?</w:tr>)", r"\2\1", xml, count=1),
    "a table less": lambda xml: re.sub(r"<w:tbl>.*?</w:tbl>", "", xml, count=1),
    "a table more": lambda xml: re.sub(r"(<w:tbl>.*?</w:tbl>)(?!.*<w:tbl>)", r"\1\1", xml, count=1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_difference_is_found(form: FormDef, change: Callable[[str], str]) -> None:
    view = view_of(form)
    with pytest.raises(ExportError, match="Word"):
        check_docx(edited(docx.render(view), change), view)


def test_a_wrong_figure_is_named(form: FormDef) -> None:
    view = view_of(form)
    ref = next(ref for ref, text in view.numbers if text == "490")
    with pytest.raises(ExportError, match=re.escape(str(ref))):
        check_docx(edited(docx.render(view), CHANGES["a figure"]), view)


def test_draft_mark_and_fingerprint_are_compared(form: FormDef) -> None:
    draft, final = view_of(form, draft=True), view_of(form)
    with pytest.raises(ExportError, match="草稿"):
        check_docx(docx.render(final), draft)
    with pytest.raises(ExportError, match="草稿"):
        check_docx(docx.render(draft), final)
    with pytest.raises(ExportError):
        check_docx(edited(docx.render(final), lambda xml: xml.replace(final.fingerprint, "AAAA-BBBB")), final)


@pytest.mark.parametrize("damage", [lambda data: data[:-200], lambda _: b"", lambda _: b"PK", lambda data: edited(data, lambda xml: xml[:-20])])
def test_a_damaged_file_is_one_sentence(form: FormDef, damage: Callable[[bytes], bytes]) -> None:
    view = view_of(form)
    with pytest.raises(ExportError, match="打不开"):
        check_docx(damage(docx.render(view)), view)


# --- how it is built ----------------------------------------------------------------------------------------------


def test_equal_reports_give_equal_files(form: FormDef, monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(form)
    first = docx.render(view)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert docx.render(view) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {part.date_time for part in package.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    about = opened(first).core_properties
    assert (about.title, about.author, about.language) == (view.title, view.agency, "zh-CN")
    assert about.created == about.modified and about.created.year == 2000


@pytest.mark.no_cover
@pytest.mark.parametrize("sides", Sides)
@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("form_id", FORM_IDS)
def test_word_has_nothing_to_repair(forms: Forms, third: FormDef, tmp_path: Path, form_id: str, draft: bool, sides: Sides) -> None:
    """Every part keeps to the schemas and rules of Office. A theme, which the checker asks for, is left out so that no font comes from one."""
    file = tmp_path / "a.docx"
    file.write_bytes(docx.render(view_of(third if form_id == third.id else forms[form_id], draft=draft), sides))
    for version in (FileFormat.OFFICE_2010, FileFormat.MICROSOFT_365):
        assert [e for e in OpenXmlValidator(version).validate(file).errors if not e.description.endswith("relationships/theme' is missing.")] == []


def test_headings_are_headings_and_nothing_is_of_a_theme(form: FormDef) -> None:
    view = view_of(form)
    data = docx.render(view)
    document = opened(data)
    named = [(p.style.name, words([p.text])) for p in document.paragraphs if p.style.name in {"Title", "Heading 1", "Heading 2"}]
    inner = [p.lead for s in view.sections for p in s.paragraphs if p.is_heading]
    assert named[0] == ("Title", view.title)
    assert [text for name, text in named if name == "Heading 1"] == [s.heading for s in view.sections]
    assert [text for name, text in named if name == "Heading 2"] == inner != []
    for style, level in (("Heading 1", "0"), ("Heading 2", "1")):
        assert document.styles[style].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) == level
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        everything = "".join(package.read(name).decode() for name in package.namelist())
        assert not [name for name in package.namelist() if "theme" in name or "thumbnail" in name]
    assert not re.search(r"(?i)asciiTheme|eastAsiaTheme|themeColor|https?://(?!schemas\.|purl\.org|www\.w3\.org)", everything)
    assert set(re.findall(r'<w:color w:val="(\w+)"', everything)) <= {"595959"}  # the fingerprint; all else is black


def test_every_font_is_one_of_the_paper() -> None:
    paper, word = html.style("print.css"), templates().joinpath("word.xml").read_text(encoding="utf-8")
    named = {n for font in re.findall(r'w:font w:name="([^"]+)"><w:altName w:val="([^"]+)"', word) for n in (font[0], *font[1].split(","))}
    assert {n for n in named if f'"{n}"' not in paper} == {"宋体"}  # there by its English name, SimSun
    assert set(re.findall(r'w:eastAsia="([^"]+)" w:hAnsi', word)) <= {font for font, _ in re.findall(r'w:font w:name="([^"]+)"(>)', word)}


def test_page_is_that_of_the_standard(form: FormDef) -> None:
    page = opened(docx.render(view_of(form))).sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert page.left_margin.mm == pytest.approx(28, abs=0.02) and page.right_margin.mm == pytest.approx(26, abs=0.02)
    width = page.page_width.mm - page.left_margin.mm - page.right_margin.mm
    height = page.page_height.mm - page.top_margin.mm - page.bottom_margin.mm
    assert width == pytest.approx(layout.WIDTH, abs=0.05)
    pitch = 592 / 20 * layout.POINT
    assert pitch == pytest.approx(layout.LINE, abs=0.01) and 22 * pitch <= height < 23 * pitch
    assert 28 * (16 - 0.25) * layout.POINT <= width < 29 * (16 - 0.25) * layout.POINT


@pytest.mark.parametrize("sides", Sides)
def test_margins_and_numbers_change_sides_on_paper_printed_on_both(form: FormDef, sides: Sides) -> None:
    document = opened(docx.render(view_of(form), sides))
    both = sides is Sides.BOTH
    assert document.settings.odd_and_even_pages_header_footer is both
    assert (document.settings.element.find(qn("w:mirrorMargins")) is not None) is both
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert line.text.replace(" ", "") == "——" and line._p.find(qn("w:fldSimple")).get(qn("w:instr")).strip() == "PAGE"
        assert line._p.pPr.jc.get(qn("w:val")) == side


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_tables_have_the_spans_widths_and_heights_of_the_paper(forms: Forms, third: FormDef, form_id: str) -> None:
    view = view_of(third if form_id == third.id else forms[form_id])
    for word, table in zip(opened(docx.render(view)).tables, view.tables(), strict=True):
        measures = layout.lay_out(table, layout.heading_lines(view, table))
        assert [c.w.mm for c in word._tbl.tblGrid.gridCol_lst] == pytest.approx(measures.columns, abs=0.01)
        for number, row in enumerate(word._tbl.tr_lst):
            covered = [c for cells in table.rows for c in cells if c.row <= number < c.row + c.rowspan]
            assert [tc.grid_span for tc in row.tc_lst] == [c.colspan for c in sorted(covered, key=lambda c: c.column)]
            assert row.trPr.find(qn("w:cantSplit")) is not None
            assert (row.trPr.find(qn("w:tblHeader")) is not None) is (number < table.head_rows)
            least = measures.head if number < table.head_rows else measures.row
            assert row.trHeight_val.mm == pytest.approx(max(0.0, least - layout.RULE), abs=0.01)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_signature_is_kept_with_what_stands_before_it(forms: Forms, third: FormDef, form_id: str) -> None:
    view = view_of(third if form_id == third.id else forms[form_id])
    blocks = [b for b in opened(docx.render(view)).element.body if b.tag in {qn("w:p"), qn("w:tbl")}][:-2]  # without the fingerprint and Word's own end
    signature = [i for i, b in enumerate(blocks) if b.tag == qn("w:p") and b.style == "Signature"]
    assert len(signature) == len(view.signature) == 2
    for before, _ in pairwise(blocks[signature[0] - 1 :]):
        last = before.tr_lst[-1] if before.tag == qn("w:tbl") else before
        assert all(p.pPr.find(qn("w:keepNext")) is not None for p in last.iter(qn("w:p")))


# --- as LibreOffice sets it ---------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_sets_the_same_pages_with_the_same_words(
    forms: Forms, third: FormDef, example: Report, seed: Report, press: Press, tmp_path: Path
) -> None:
    reports = {"example": example, "seed": seed, "empty": Report("2021", None)} | {f.id: report_for(f) for f in (*forms.values(), third)}
    reports["long"] = report_for(forms["2021"], texts={"overview": LONG})
    all_forms = {**forms, third.id: third}
    views = {name: build_view(report, all_forms[report.form], draft=name == "seed") for name, report in reports.items()}
    sides = {name: Sides.ONE if name == "2019" else Sides.BOTH for name in views}
    for name, view in views.items():
        (tmp_path / f"{name}.docx").write_bytes(docx.render(view, sides[name]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *(str(tmp_path / f"{n}.docx") for n in views)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for name, view in views.items():
        with pypdfium2.PdfDocument(tmp_path / f"{name}.pdf") as pdf, pypdfium2.PdfDocument(press.render(view, sides[name]).data) as ours:
            texts = [words([page.get_textpage().get_text_range()]) for page in pdf]
            assert len(texts) == len(ours), name
        assert all(f"—{number}—" in text for number, text in enumerate(texts, 1)), name
        bare = [letters(re.sub("—[0-9]+—", "", text)) for text in texts]  # a stop that hangs over the edge is not in LibreOffice's text
        whole, at = "".join(bare), 0
        for kind, text in _said(view):
            if kind in {"h1", "h2", "h3", "p"}:
                assert letters(text) in whole[at:], (name, text)
                at = whole.index(letters(text), at) + len(letters(text))
        for _, figure in view.numbers:
            assert letters(figure) in whole
        assert not view.signature or len(bare[-1]) > len(letters("".join(view.signature))), name  # never alone on its page


FORM = Forms.load()["2021"]
