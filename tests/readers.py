"""Every reader of what may come from elsewhere, under one name each: what Hypothesis (test_hostile.py) and the fuzzer (fuzz.py) feed.

The importers are entered behind `reading.loads`, which turns whatever a damaged file trips into a sentence: here it is to be seen.
"""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.mime.text import MIMEText
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from gxdesk import report
from gxdesk.document import reopen  # noqa: F401  # what is imported late must be imported here for the fuzzer to see it
from gxdesk.document.view import build_view
from gxdesk.drafts import backups, handover, owner, recovery, rows
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.imports import docx, html, paste, pdf, reading, text, worker  # noqa: F401
from gxdesk.report import Report
from gxdesk.resources import packaged
from tests.imports import sources
from ui.library import Library
from ui.standing import Standing

FORMS = Forms.load()
FORM = FORMS["2021"]
EXAMPLE = packaged("examples", "service-center-2026.gxreport").read_bytes()
SMALL = Report("2021", 2025, {"name": "某中心"}, {"overview": "全年平稳。"}, dict.fromkeys(FORM.tables["remedies"].inputs, "0"))
VIEW = build_view(SMALL, FORM, draft=False)
VIEW = replace(VIEW, sections=tuple(s for s in VIEW.sections if s.key in ("overview", "remedies")))  # what is short is read many times
BOXES = "".join(f"{x} {y} 60 20 re S\nBT /F {x} {y} Td ({x}) Tj ET\n" for y in (100, 120, 140) for x in (50, 110, 170))  # a table of a PDF


@dataclass(frozen=True)
class Reader:
    """`good` makes an input to begin with, `read` reads one: UserError and nothing else may leave it. Both work in the folder they are given."""

    good: Callable[[Path], bytes]
    read: Callable[[bytes, Path], object]


def read_report(data: bytes, _: Path) -> None:
    """A `.gxreport`, also inside a PDF; what is read is written and read again."""
    one = report.loads(data, FORMS)
    assert report.loads(report.dumps(one), FORMS) == one


def read_moment(data: bytes, _: Path) -> None:
    """The blob of a moment, the steps of a history, how far a report is."""
    for read in (rows.packed_from, lambda blob: rows.splices_from(blob.decode("utf-8", "surrogatepass"))):
        with suppress(ValueError, TypeError, RecursionError):  # what `LibraryFile.whole` turns into a sentence
            read(data)
    Standing.loads(data.decode("utf-8", "replace"))


def read_library(data: bytes, folder: Path) -> None:
    path = folder / "library.gxd"
    path.write_bytes(data)
    for beside in folder.glob("library.gxd-*"):
        beside.unlink()
    with DraftStore.open(path) as store:
        for summary in store.drafts():
            store.load(summary.id)
            for moment in store.moments.of(summary.id):
                store.moments.report(moment.id)


def read_handover(data: bytes, folder: Path) -> None:
    """A 交接包, taken into a library that holds a report."""
    path = folder / "p.gxhandover"
    path.write_bytes(data)
    with DraftStore.open(folder / "mine.gxd") as store:
        if not store.drafts():
            store.create(SMALL)
        handover.receive(store, path)


def read_copy(data: bytes, folder: Path) -> None:
    """A copy in the folder of copies: looked into, gone back to, and taken where the library itself is damaged."""
    there = folder / backups.FOLDER
    there.mkdir(exist_ok=True)
    for old in there.iterdir():
        old.unlink()
    (there / "2026-01-12_0900.gxd").write_bytes(data)
    path = folder / "mine.gxd"
    DraftStore.open(path).close()
    before = path.read_bytes()
    (copy,) = backups.copies(there)
    try:
        with DraftStore.look(copy.path, "这是一份备份。") as store:
            store.drafts()
        recovery.restore(path, copy.path, there)
    except UserError:
        assert path.read_bytes() == before
    path.write_bytes(b"SQLite format 3\0" + bytes(4096))
    with suppress(UserError):
        recovery.recover(path, [copy], there)
    path.unlink()


def read_settings(data: bytes, folder: Path) -> None:
    """What stands in the library's settings: any JSON, or none."""
    value = data.decode("utf-8", "replace")
    keys = ("open_draft", "backup_folder", "backup_day", "backup_trouble")
    with DraftStore.open(folder / "settings.gxd") as store:
        if not store.drafts():
            store.create(SMALL)
        with store.file.transaction() as db:
            db.execute("DELETE FROM settings")
            db.conn.executemany("INSERT INTO settings VALUES (?, ?)", [(key, value) for key in keys])
        library = Library(store, FORMS)
        library.interrupted()
        library.backups.due()
        library.copies()
        library.backups.finish(backups.Outcome(None, "磁盘满了。"))


def read_owner(data: bytes, folder: Path) -> None:
    """What may stand beside a library."""
    for what in ("owner", "request"):
        (folder / f"x.gxd.{what}").write_bytes(data)
    assert owner.of(folder / "x.gxd").read_only
    owner.asked(folder / "x.gxd")


def read_paste(data: bytes, _: Path) -> None:
    """A block on the clipboard, as text and as HTML. Nothing at all may leave this one."""
    words = data.decode("utf-8", "replace")
    for table in FORM.tables.values():
        for as_html in (False, True):
            paste.place(words, FORM, table, html=as_html)


def read_answer(data: bytes, _: Path) -> None:
    """What the importing process says to the window."""
    worker.loads(data, FORMS)


def importing(name: str, wrapped: Callable[[bytes], bytes] = lambda data: data) -> Callable[[bytes, Path], object]:
    """A published report under this name, whose inner part is fuzzed where the outer is a checksum."""
    return lambda data, _: reading._read(wrapped(data), FORMS, name, None)


def page(_: Path) -> bytes:
    return sources.page(VIEW, sources.Distortion()).encode()


def mail(folder: Path) -> bytes:
    return b"From: <saved>\r\n" + MIMEText(page(folder).decode(), "html", "gb18030").as_bytes()


def word_xml(_: Path) -> bytes:
    return docx._document(sources.docx(VIEW))


def pdf_of(inside: bytes | None) -> bytes:
    """A PDF of one page with a ruled table, and a report file inside."""
    writer = PdfWriter()
    leaf = writer.add_blank_page(300, 200)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")})
    leaf[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): font})})
    drawn = DecodedStreamObject()
    drawn.set_data(BOXES.encode())
    leaf[NameObject("/Contents")] = writer._add_object(drawn)
    if inside is not None:
        writer.add_attachment("报告.gxreport", inside)
    out = io.BytesIO()
    writer.write(out)
    assert len(PdfReader(io.BytesIO(out.getvalue())).pages) == 1
    return out.getvalue()


def library_of(folder: Path) -> bytes:
    path = folder / "seed.gxd"
    with DraftStore.open(path) as store:
        store.note_export(store.create(SMALL), SMALL, "PDF")
    return path.read_bytes()


def package_of(folder: Path) -> bytes:
    with DraftStore.open(folder / "seed.gxd") as store:
        store.note_export(store.create(SMALL), SMALL, "PDF")
        handover.write(store, folder / "seed.gxhandover", "印章在二楼。")
    return (folder / "seed.gxhandover").read_bytes()


def answer_of(folder: Path) -> bytes:
    return worker.dumps(worker.audit(reading.loads(page(folder), FORMS)))


def read_planted(data: bytes, _: Path) -> None:
    """A defect to be found by who looks for defects."""
    if data.startswith(b"!"):
        raise ZeroDivisionError


PLANTED = Reader(lambda _: b"?", read_planted)
READERS: dict[str, Reader] = {
    "report": Reader(lambda _: EXAMPLE, read_report),
    "report in a PDF": Reader(lambda _: pdf_of(report.dumps(SMALL)), read_report),
    "moment": Reader(lambda _: rows.packed(SMALL), read_moment),
    "library": Reader(library_of, read_library),
    "copy": Reader(library_of, read_copy),
    "handover": Reader(package_of, read_handover),
    "settings": Reader(lambda _: json.dumps({"a": [1, "E:\\备份", None]}).encode(), read_settings),
    "owner": Reader(lambda _: json.dumps({"host": "a", "user": "b", "pid": 1, "since": 1.0, "open": "c"}).encode(), read_owner),
    "web page": Reader(page, importing("x.html")),
    "single-file web page": Reader(mail, importing("x.mht")),
    "Word": Reader(lambda _: sources.docx(VIEW), importing("x.docx")),
    "XML in Word": Reader(word_xml, importing("x.docx", sources.packed)),
    "PDF": Reader(lambda _: pdf_of(None), importing("x.pdf")),
    "text": Reader(lambda _: "某局2025年年度报告\n一、总体情况\n|a|1|\n|-|-|\n## 五、问题\n[无](x)\t2\n".encode(), importing("x.md")),
    "paste": Reader(lambda _: "二、上年结转政府信息公开申请数量\t1\t0\t0\t0\t2\t0\t3\n<table><tr><td>1<td rowspan=2>2</table>".encode(), read_paste),
    "answer of the importer": Reader(answer_of, read_answer),
}
