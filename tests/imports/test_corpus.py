"""Real published reports: what is read is right, what is not is said."""

from pathlib import Path

import pytest

from gxdesk.forms.known import Forms
from gxdesk.imports import reading
from tests.conftest import CORPUS
from tests.imports.measure import measure, sources

WHOLE = {"01-huaian-2024", "04-hongze-2023", "18-zaozhuang-seed-2020"}  # read to the last cell, in every file they are here in


@pytest.mark.parametrize(("source", "expected"), list(sources()), ids=lambda p: p.name[:40])
def test_what_is_read_is_right_and_the_rest_is_said(source: Path, expected: Path, forms: Forms) -> None:
    measured = measure(source, expected, forms)
    assert not measured.wrong
    assert not measured.silent
    if source.stem in WHOLE:
        assert measured.recall == 1.0
    if source.suffix == ".md":
        assert measured.recall > 0.97  # five figures of 24 stand in lines that lost a cell


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_a_real_pdf_is_told_as_a_report(forms: Forms) -> None:
    got = reading.read(CORPUS / "04-hongze-2023.pdf", forms)
    assert (got.agency, got.year, got.kind) == ("洪泽区人民政府", 2023, "PDF")
    assert got.report.agency["phone"] == "0517-87222589" and got.report.agency["email"] == "hzzwgk@126.com"
    assert got.report.texts["overview"].startswith("2023年，洪泽区人民政府坚持") and got.report.texts["overview"].count("\n") == 6
    assert got.report.texts["other"].endswith("信息处理费0元。")
    assert not got.not_understood
    assert "requests.otherwise.else.person" in got.report.cells  # printed as one row, （六）其他处理


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_the_form_is_that_of_the_labels(forms: Forms) -> None:
    text = (CORPUS / "19-beijing-street-guangzhou-2020.txt").read_text(encoding="utf-8").replace("2020年", "2023年")
    got = reading.loads(text.encode(), forms, "x.txt")
    assert got.form.id == "2019" and got.year == 2023 and any("2023 年度应当用另一种格式" in note for note in got.notes)
    assert got.report.cells["disclosure.procurement.amount"] == "477.35万元"  # the head of the column says 万元, the form none
