"""Finished files: read back before they replace anything."""

import errno
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gxdesk import files
from gxdesk.cells import CellRef
from gxdesk.document import export as exporting
from gxdesk.document import html
from gxdesk.document.export import Exported, check_html, check_pdf, export, file_name
from gxdesk.document.pdf import Box, Press, Rendered
from gxdesk.document.view import DocumentView, build_view
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef, Forms
from gxdesk.report import Report
from tests.document.conftest import AGENCY, Printed, report_for

REF = CellRef("requests.granted.person")


def with_figure(view: DocumentView, ref: CellRef, text: str) -> DocumentView:
    """The view as if the report said something else in one cell, in what is to be found only."""
    return replace(view, numbers=tuple((r, text if r == ref else t) for r, t in view.numbers))


def refused(rendered: Rendered, view: DocumentView, path: Path, words: str = "不一致") -> None:
    path.write_bytes(rendered.data)
    with pytest.raises(ExportError, match=words):
        check_pdf(path, view, rendered.boxes)


def test_export_writes_all_three(press: Press, printed: Printed, tmp_path: Path) -> None:
    view, rendered = printed("2021")
    targets = {kind: tmp_path / f"报告.{kind}" for kind in ("pdf", "html", "fragment")}
    exported = export(view, press, **targets)
    assert exported == Exported(tuple(targets.values()), (), rendered.pages)
    assert targets["pdf"].read_bytes() == rendered.data
    assert targets["html"].read_text(encoding="utf-8") == html.render_page(view)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in targets.values())


def test_export_without_a_press_and_over_an_old_file(third: FormDef, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"old")
    view = build_view(report_for(third), third, draft=True)
    assert export(view, pdf=tmp_path / "a.pdf").pages == 2
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert export(view) == Exported((), (), None)


# --- tampering ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["", "0", "1", "77", "7", "x"])
def test_a_wrong_figure_in_a_pdf_is_found(printed: Printed, tmp_path: Path, wrong: str) -> None:
    view, rendered = printed("2021")
    assert dict(view.numbers)[REF] not in {"", wrong}
    refused(rendered, with_figure(view, REF, wrong), tmp_path / "a.pdf")


def test_every_single_figure_is_looked_at(printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view, rendered = printed("2019")
    (tmp_path / "a.pdf").write_bytes(rendered.data)
    read = exporting._figures_on
    pages: dict[int, dict[CellRef, str]] = {}

    def read_each_page_once(page: object, boxes: dict[CellRef, Box]) -> dict[CellRef, str]:
        number = next(iter(boxes.values())).page
        if number not in pages:
            pages[number] = read(page, boxes)
        return pages[number]

    monkeypatch.setattr(exporting, "_figures_on", read_each_page_once)
    for ref, text in view.numbers:
        with pytest.raises(ExportError, match=re.escape(ref)):
            check_pdf(tmp_path / "a.pdf", with_figure(view, ref, str(int(text) + 1)), rendered.boxes)


@pytest.mark.parametrize(
    "tamper",
    [
        # a figure changed, dropped, doubled; hidden outside of its cell; pushed out; two cells swapped; one cell missing; one over another
        lambda s: s.replace(f'id="{REF}" class="figure">', f'id="{REF}" class="figure">1'),
        lambda s: re.sub(rf'(id="{re.escape(REF)}" class="figure">)\d+', r"\1", s),
        lambda s: re.sub(rf'(id="{re.escape(REF)}" class="figure">)(\d+)', r"\1\2 \2", s),
        lambda s: s.replace(f'id="{REF}" class="figure"', f'id="{REF}" class="figure" style="text-indent:14mm"'),
        lambda s: s.replace(f'id="{REF}" class="figure"', f'id="{REF}" class="figure" style="font-size:40pt;white-space:nowrap"'),
        lambda s: s.replace(REF, "x").replace("requests.partial.person", REF).replace('id="x"', 'id="requests.partial.person"'),
        lambda s: s.replace(f' id="{REF}"', ""),
        lambda s: re.sub(rf'(id="{re.escape(REF)}" class="figure">)(\d+)', r'\1<span style="position:relative;top:30mm">\2</span>', s),
        lambda s: s.replace("</body>", '<div style="position:fixed;top:0;left:0;width:150mm">' + "8 " * 2000 + "</div></body>"),
    ],
)
def test_a_spoilt_rendering_replaces_nothing(
    press: Press, printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tamper: object
) -> None:
    view, _ = printed("2021")
    spoilt = tamper(html.render_print(view, with_style=False))  # type: ignore[operator]
    assert spoilt != html.render_print(view, with_style=False)
    monkeypatch.setattr(html, "render_print", lambda _, with_style: spoilt if with_style is False else None)
    (tmp_path / "a.pdf").write_bytes(b"old")
    with pytest.raises(ExportError, match="不一致，没有替换原来的文件"):
        export(view, press, pdf=tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_damaged_pdf_is_found(printed: Printed, tmp_path: Path) -> None:
    view, rendered = printed("2021")
    refused(replace(rendered, data=rendered.data[:2000]), view, tmp_path / "a.pdf", "打不开")
    refused(replace(rendered, data=b""), view, tmp_path / "a.pdf", "打不开")


def test_a_pdf_of_another_report_is_found(printed: Printed, tmp_path: Path) -> None:
    view, rendered = printed("2021")
    _, other_rendered = printed("2030")
    refused(replace(rendered, data=other_rendered.data), view, tmp_path / "a.pdf")
    refused(other_rendered, view, tmp_path / "a.pdf")


@pytest.mark.parametrize("render", [html.render_page, html.render_fragment])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rf'(data-ref="{REF}"[^>]*>)\d+', r"\g<1>1"),
        (rf'(data-ref="{REF}"[^>]*>)\d+', r"\g<1>"),
        (rf'(data-ref="{REF}"[^>]*>)(\d+)', r"\1\2<b>0</b>"),
        (rf'data-ref="{REF}"', 'data-ref="requests.partial.person"'),
        (rf' data-ref="{REF}"', ""),
        (rf"<td[^>]*{REF}.*", ""),
    ],
)
def test_a_wrong_figure_in_html_is_found(printed: Printed, tmp_path: Path, render: object, old: str, new: str) -> None:
    view, _ = printed("2021")
    source = render(view)  # type: ignore[operator]
    (tmp_path / "a.html").write_text(source, encoding="utf-8")
    check_html(tmp_path / "a.html", view)
    spoilt = re.sub(old, new, source, flags=re.DOTALL)
    assert spoilt != source
    (tmp_path / "a.html").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ExportError, match="没有替换原来的文件"):
        check_html(tmp_path / "a.html", view)


# --- targets ------------------------------------------------------------------------------------------------------


def test_targets_that_cannot_be_written(printed: Printed, tmp_path: Path) -> None:
    view, _ = printed("2021")
    (tmp_path / "link.html").symlink_to(tmp_path / "a.html")
    with pytest.raises(ExportError, match=r"同一个“a\.html”"):
        export(view, html=tmp_path / "a.html", fragment=tmp_path / "." / "a.html")
    with pytest.raises(ExportError, match="同一个"):
        export(view, html=tmp_path / "a.html", fragment=tmp_path / "link.html")
    with pytest.raises(ExportError, match="是一个文件夹"):
        export(view, html=tmp_path)
    with pytest.raises(ExportError, match=r"文件夹“.*none”不存在"):
        export(view, html=tmp_path / "none" / "a.html")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="不存在"):
        export(view, html=tmp_path / "file" / "a.html")
    with pytest.raises(ExportError, match="文件名太长"):
        export(view, html=tmp_path / ("长" * 200 + ".html"))
    assert {p.name for p in tmp_path.iterdir()} == {"link.html", "file"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left"), "磁盘满了"),
        (OSError(errno.EROFS, "Read-only file system"), "只读"),
        (PermissionError(errno.EACCES, "Permission denied"), "正被别的程序"),
    ],
)
def test_refusals_of_the_system_leave_the_old_file(
    printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    view, _ = printed("2021")
    (tmp_path / "a.html").write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(ExportError, match=words):
            export(view, html=tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_second_failure_names_what_is_done(printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view, _ = printed("2021")
    real = files.replace

    def full(path: Path, *rest: object) -> None:
        if path.name == "b.html":
            raise ExportError("磁盘满了。")
        real(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "replace", full)
    with pytest.raises(ExportError, match=r"磁盘满了。（已经写好：a\.html）"):
        export(view, html=tmp_path / "a.html", fragment=tmp_path / "b.html")


# --- names --------------------------------------------------------------------------------------------------------


def test_file_names(forms: Forms, third: FormDef) -> None:
    def name(agency: str, year: int | None = 2026, *, draft: bool = False, suffix: str = ".pdf") -> str:
        return file_name(build_view(Report("2021", year, {"name": agency}), forms["2021"], draft=draft), suffix)

    assert name(AGENCY) == f"2026年度_{AGENCY}_政府信息公开工作年度报告_终稿.pdf"
    assert name(AGENCY, draft=True, suffix=".html") == f"2026年度_{AGENCY}_政府信息公开工作年度报告_草稿.html"
    assert name("甲/乙:丙*?<>|\"\\局.") == "2026年度_甲_乙_丙_______局_政府信息公开工作年度报告_终稿.pdf"
    assert name("", None) == "年度未填_单位未填_政府信息公开工作年度报告_终稿.pdf"
    assert name("CON").startswith("2026年度_CON_")
    assert len(name("长" * 300).encode()) <= 255 and name("长" * 300).endswith("_政府信息公开工作年度报告_终稿.pdf")
    assert file_name(build_view(Report("2030", 2030, {"name": "某局"}), third, draft=False)) == "2030年度_某局_公开工作简报_终稿.pdf"
