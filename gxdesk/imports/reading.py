"""A file or the clipboard -> `Imported`. What kind of file it is, its content says and not its name.

Nothing but a UserError leaves this module, whatever the file holds.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from gxdesk import files, report
from gxdesk.attached import is_pdf, report_in
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.imports.decoding import decode
from gxdesk.imports.matching import Imported, match
from gxdesk.imports.stream import Stream
from gxdesk.temporary import TemporaryDirectory

MAX_BYTES = 40_000_000
MAX_TEXT = 5_000_000  # characters of a page or a text
CONVERSION_SECONDS = 45  # less than the window waits, so that LibreOffice is ended and its folder removed
_MARKDOWN = re.compile(r"^#{1,6} ?\S", re.MULTILINE)
_MARKUP = re.compile(r"<(!doctype|html|head|body|table|div|p|span|meta|h[1-6]|tr|td|section)\b", re.IGNORECASE)
_MAIL = re.compile(rb"(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){0,20}?(?:MIME-Version|Content-Type):", re.IGNORECASE)
_OLE, _ZIP, _RTF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"{\\rtf"


def read(path: Path, forms: Forms, *, year: int | None = None) -> Imported:
    """Read a published report. Raises UserError: one sentence that says what the file is and what to do."""
    return loads(files.read_bytes(path, MAX_BYTES), forms, path.name, year=year)


def loads(data: bytes, forms: Forms, name: str = "这个文件", *, year: int | None = None) -> Imported:
    """Read the bytes of a published report; `name` is for sentences, and tells .md from .txt. Raises UserError."""
    if not data.strip(b"\0 \t\r\n"):
        raise UserError(f"“{name}”是空文件。请换一个文件。")
    try:
        return _read(data, forms, name, year)
    except UserError:
        raise
    except Exception as error:  # a damaged file may trip any reader; the officer is told, the draft is untouched
        raise UserError(f"“{name}”损坏了或写法特别，读不出来（{type(error).__name__}）。请用原来的程序打开，另存为网页或 Word 再试。") from error


def pasted(text: str, forms: Forms, *, html: bool = False, year: int | None = None) -> Imported:
    """Read what the clipboard holds of a whole report, as HTML or as plain text. Raises UserError."""
    return loads((f"<html>{text}" if html else text).encode("utf-8", "replace"), forms, "剪贴板", year=year)


def _read(data: bytes, forms: Forms, name: str, year: int | None) -> Imported:
    if is_pdf(data):
        from gxdesk.imports.pdf import read_pdf

        if report_in(data, name) is not None:
            from gxdesk.document.reopen import reopen

            opened = reopen(data, forms, name)
            return _exactly(opened.report, forms, "带数据的 PDF", year, opened.notice)
        return match(read_pdf(data), forms, "PDF", year=year, name=name)
    if data.startswith(_ZIP):
        from gxdesk.imports.docx import read_docx

        return match(read_docx(data), forms, "Word 文档", year=year, name=name)
    if data.startswith((_OLE, _RTF)):
        return match(_converted(data, name), forms, "Word 文档", year=year, name=name)
    if re.match(rb'(\xef\xbb\xbf)?\s*\{', data) and b'"gxreport"' in data:
        return _exactly(report.loads(data, forms, name), forms, "报告文件", year)
    if _MAIL.match(data) and b"text/html" in data[:200_000].lower():
        from gxdesk.imports.html import read_mht

        return match(read_mht(data), forms, "网页", year=year, name=name)
    if b"\0\0\0" in data[:4000]:  # in no text, UTF-16 included
        raise UserError(f"“{name}”不是报告能用的文件（网页、Word、PDF、文本）。请核对选的文件。")
    return _text(_short_enough(decode(data), name), forms, name, year)


def _text(text: str, forms: Forms, name: str, year: int | None) -> Imported:
    if not _MARKUP.search(text[:20_000]):
        from gxdesk.imports.text import read_text

        return match(read_text(text, markdown=name.lower().endswith((".md", ".markdown")) or bool(_MARKDOWN.search(text))), forms, "文本", year=year, name=name)
    from gxdesk.imports.html import link_texts, read_html

    stream = read_html(text)
    if not stream and "<img" in text.lower():
        raise UserError(f"“{name}”里只有图片，没有能读的文字。请找有文字的网页、Word 或 PDF。")
    try:
        return match(stream, forms, "网页", year=year, name=name)
    except UserError:
        subjects = [s for form in forms.values() for s in (form.subject, *form.aliases)]
        if sum(any(s in link for s in subjects) for link in link_texts(text)) > 1:
            raise UserError(f"“{name}”是年度报告的目录页，不是报告本身。请点开要的那一年，把报告那一页另存下来再选。") from None
        raise


def _exactly(read: report.Report, forms: Forms, kind: str, year: int | None, notice: str = "") -> Imported:
    """A report file needs no matching."""
    form = forms[read.form]
    agency = read.agency.get("name", "")
    texts = {s.key: read.texts[s.key] for s in form.sections if s.key in read.texts}
    other = f"文件写的是 {read.year} 年度，没有改成 {year} 年度。" if year is not None and year != read.year else ""
    return Imported(read, form, kind, read.title(form), agency, read.year, texts, notes=tuple(filter(None, (notice, other))), exact=True)


def _short_enough(text: str, name: str) -> str:
    if len(text) > MAX_TEXT:
        # Pictures stand in saved pages as text of their own; without them most are small.
        text = re.sub(r"data:[\w/+.-]{0,60};base64,[A-Za-z0-9+/=\s]*", "", text)
    if len(text) > MAX_TEXT:
        raise UserError(f"“{name}”太长了（{len(text) // 10_000} 万字），不像一份年度报告。请核对选的文件。")
    return text


def _converted(data: bytes, name: str) -> Stream:
    """An old Word file, turned into .docx by LibreOffice where it is installed."""
    from gxdesk.imports.docx import read_docx

    office = _office()
    if office is None:
        raise UserError(f"“{name}”是老格式的 Word 文档（.doc），这台电脑读不了。请用 Word 或 WPS 打开，另存为 .docx 再试。")
    with TemporaryDirectory(prefix="gxdesk-import-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, "report.rtf" if data.startswith(_RTF) else "report.doc")
        source.write_bytes(data)
        profile = Path(folder, "profile").as_uri()
        command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx", "--outdir", folder, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=CONVERSION_SECONDS, check=True)
            converted = files.read_bytes(Path(folder, "report.docx"), MAX_BYTES)
        except (OSError, subprocess.SubprocessError, UserError) as error:
            raise UserError(f"“{name}”是老格式的 Word 文档（.doc），没有转换成。请用 Word 或 WPS 打开，另存为 .docx 再试。") from error
    return read_docx(converted)


def _office() -> str | None:
    if sys.platform == "win32":  # never by name: Windows looks into the current folder first, and that may be her downloads
        usual = (Path(root, "LibreOffice", "program", "soffice.exe") for root in (r"C:\Program Files", r"C:\Program Files (x86)"))
        return next((str(path) for path in usual if path.is_file()), None)
    return shutil.which("soffice") or shutil.which("libreoffice")
