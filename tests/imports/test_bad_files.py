"""Files that are no report, or a damaged one: one sentence each, and never anything else than a UserError."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxdesk import files
from gxdesk.document.pdf import Press
from gxdesk.document.view import build_view
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.imports import docx, reading, worker
from gxdesk.report import Report
from tests.imports.measure import sources
from tests.imports.sources import Distortion, packed, page
from tests.imports.sources import docx as word

FORMS = Forms.load()


def sentence(data: bytes, name: str = "某文件.html") -> str:
    with pytest.raises(UserError) as refused:
        reading.loads(data, FORMS, name)
    said = str(refused.value)
    assert said.endswith("。") and "\n" not in said
    return said


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return Press().render(build_view(Report("2021", 2025, {"name": "某局"}), FORMS["2021"], draft=False)).data


def test_an_encrypted_pdf(pdf: bytes) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "密码" in sentence(out.getvalue())


def test_a_scanned_pdf_holds_no_text() -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    assert "没有文字" in sentence(out.getvalue())


def test_a_pdf_with_its_data_inside_is_read_exactly(pdf: bytes, example: Report) -> None:
    from pypdf import PdfReader, PdfWriter

    from gxdesk import report

    writer = PdfWriter(PdfReader(io.BytesIO(pdf)))
    writer.add_attachment("报告.gxreport", report.dumps(example))
    out = io.BytesIO()
    writer.write(out)
    got = reading.loads(out.getvalue(), FORMS)
    assert got.report == example and got.kind == "带数据的 PDF" and not got.doubts


def test_word_files_that_are_none(pdf: bytes) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    assert "不是 Word" in sentence(other.getvalue(), "报告.docx")
    assert "损坏" in sentence(word(build_view(Report("2021", 2025), FORMS["2021"], draft=False))[:300], "报告.docx")


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "MAX_XML", 100_000)
    assert "大得不正常" in sentence(packed(b"<a>" + b" " * 200_000 + b"</a>"), "报告.docx")


def test_an_old_word_file_without_an_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_office", lambda: None)
    assert "另存为 .docx" in sentence(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "改了名字.docx")


def test_pages_that_are_no_report() -> None:
    assert "只有图片" in sentence(b"<html><body><img src=1.jpg><img src=2.jpg></body></html>")
    listed = "".join(f"<li><a href={y}>某局{y}年政府信息公开工作年度报告</a></li>" for y in range(2018, 2026))
    assert "目录页" in sentence(f"<html><body><ul>{listed}</ul></body></html>".encode())
    assert "不像一份" in sentence("<html><body><p>关于召开会议的通知。</p></body></html>".encode())
    assert "空文件" in sentence(b" \r\n")


def test_a_page_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1_000_000)
    large = tmp_path / "大.html"
    large.write_bytes(b"<html>" + b"x" * 1_000_001)
    with pytest.raises(UserError, match="超过 1 MB"):
        reading.read(large, FORMS)
    monkeypatch.setattr(reading, "MAX_TEXT", 1000)
    assert "太长了" in sentence(("<p>" + "很长" * 1000).encode())


def test_pictures_inside_a_saved_page_do_not_make_it_too_long(monkeypatch: pytest.MonkeyPatch, example: Report) -> None:
    text = page(build_view(example, FORMS[example.form], draft=False), Distortion())
    monkeypatch.setattr(reading, "MAX_TEXT", len(text) + 100)
    inside = text.replace("</body>", f"<img src='data:image/png;base64,{'QUJD' * 5000}'></body>")
    assert reading.loads(inside.encode(), FORMS).report.texts == example.texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_any_encoding(encoding: str) -> None:
    text = "测试局2025年政府信息公开工作年度报告\n一、总体情况\n全年平稳。\n五、存在的主要问题及改进情况\n没有问题。\n"
    got = reading.loads(text.encode(encoding), FORMS, "报告.txt")
    assert (got.agency, got.year, got.report.texts["overview"]) == ("测试局", 2025, "全年平稳。")


def test_a_page_that_lies_about_its_encoding(example: Report) -> None:
    text = page(build_view(example, FORMS[example.form], draft=False), Distortion()).replace("<head>", "<head><meta charset='utf-8'>")
    assert reading.loads(text.encode("gb18030"), FORMS).report.texts == example.texts


def test_a_single_file_page(example: Report) -> None:
    import email.mime.multipart
    import email.mime.text

    message = email.mime.multipart.MIMEMultipart("related")
    message.attach(email.mime.text.MIMEText(page(build_view(example, FORMS[example.form], draft=False), Distortion()), "html", "gb18030"))
    got = reading.loads(b"From: <saved>\r\n" + message.as_bytes(), FORMS, "网页.mht")
    assert got.report.texts == example.texts and got.agency == example.agency["name"]


def refused_or_read(data: bytes, name: str) -> None:
    try:
        reading.loads(data, FORMS, name)
    except UserError as error:
        if not str(error).endswith("。"):
            raise AssertionError(str(error)) from error


@pytest.mark.no_cover
@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html><table><tr><td>", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n", b'{"gxreport":', b"\xff\xfe"]))
def test_no_bytes_raise_anything_else(data: bytes, head: bytes) -> None:
    refused_or_read(head + data, "x.md")


MUTABLE = [source for source, _ in sources() if source.suffix in (".pdf", ".html", ".md")]


@pytest.mark.no_cover
@pytest.mark.skipif(not MUTABLE, reason="the corpus is not here")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_a_real_report_raises_anything_else(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(MUTABLE))
    content = bytearray(files.read_bytes(source, reading.MAX_BYTES))
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=30)):
        content[at] = value
    end = data.draw(st.integers(len(content) // 2, len(content)))
    refused_or_read(bytes(content[:end]), source.name)


def test_a_word_file_with_a_password() -> None:
    plain = bytearray(packed(b"<a/>"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = plain.find(mark)
        while start >= 0:
            plain[start + at] |= 1  # "encrypted", as the archive says of each part
            start = plain.find(mark, start + 4)
    assert "密码" in sentence(bytes(plain), "报告.docx")


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def test_an_old_word_file_is_converted_where_an_office_is_installed(monkeypatch: pytest.MonkeyPatch, example: Report) -> None:
    converted = word(build_view(example, FORMS[example.form], draft=False))

    def run(command: list[str], **_: object) -> None:
        folder = Path(command[command.index("--outdir") + 1])
        assert (folder / "report.doc").read_bytes() == OLD_WORD
        (folder / "report.docx").write_bytes(converted)

    monkeypatch.setattr(reading, "_office", lambda: "soffice")
    monkeypatch.setattr(reading.subprocess, "run", run)
    assert reading.loads(OLD_WORD, FORMS, "报告.doc").report.texts == example.texts
    monkeypatch.setattr(reading.subprocess, "run", lambda *_, **__: None)
    assert "没有转换成" in sentence(OLD_WORD, "报告.doc")


def test_a_defect_of_a_reader_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(docx, "read_docx", broken)
    assert "ZeroDivisionError" in sentence(packed(b"<a/>"), "报告.docx")


def test_what_is_no_text_at_all() -> None:
    assert "不是报告能用的文件" in sentence(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20, "图.png")


def test_a_report_file_read_for_another_year_stays_as_it_is(example: Report) -> None:
    from gxdesk import report

    got = reading.loads(report.dumps(example), FORMS, year=2030)
    assert got.report == example and "没有改成 2030" in got.notes[0]


def test_the_clipboard_holds_a_whole_report(example: Report) -> None:
    text = page(build_view(example, FORMS[example.form], draft=False), Distortion())
    assert reading.pasted(text, FORMS, html=True).report.texts == example.texts
    assert reading.pasted("某局2025年政府信息公开工作年度报告\n一、总体情况\n平稳。\n六、其他需要报告的事项\n无。", FORMS, year=2024).report.year == 2024


SECTIONS = "一、总体情况\n二、主动公开政府信息情况\n{}\n三、收到和处理政府信息公开申请情况\n"
ENDLESS = {"figures": "1 " * 40_000 + "x", "digits": "规章 " + "1" * 90_000 + "x", "brackets": "规章 " + "(1 " * 30_000, "tables": "<table><tr><td>规章<td>1<td>2</table>" * 2000}


@pytest.mark.parametrize("inside", ENDLESS.values(), ids=ENDLESS)
def test_endless_content_is_read_in_time(inside: str) -> None:
    """What takes quadratic time anywhere takes minutes here."""
    start = time.monotonic()
    refused_or_read(SECTIONS.format(inside).encode(), "x.txt")
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"report": []}', b'{"report": {"year": 2026}}', b'{"report": 1}', b"null"])
def test_an_answer_of_the_reading_process_that_makes_no_sense(answer: bytes, forms: Forms) -> None:
    with pytest.raises(UserError, match="中途停了"):
        worker.loads(answer, forms)
