"""Finished files: all of them read back before any replaces anything."""

import errno
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gxdesk import report as reports
from gxdesk.cells import CellRef
from gxdesk.document import html
from gxdesk.document.edition import Sides
from gxdesk.document.export import Exported, Workshop, export, file_name, refuse_targets
from gxdesk.document.formats import FORMATS
from gxdesk.document.pdf import Press
from gxdesk.document.view import build_view
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import AGENCY, Printed, edition

REF = CellRef("requests.granted.person")


def test_export_writes_every_format(press: Press, printed: Printed, form: FormDef, tmp_path: Path) -> None:
    view, rendered = printed("2021")
    targets = {key: tmp_path / f"报告{f.ending}" for key, f in FORMATS.items()}
    heard: list[str] = []
    exported = export(edition(form), targets, Workshop(press), before=heard.append)
    assert exported == Exported(tuple(targets.values()), (), rendered.pages) and heard == list(FORMATS)
    assert targets["pdf"].read_bytes() == FORMATS["pdf"].make(edition(form), press).data
    assert targets["html"].read_text(encoding="utf-8") == html.render_page(view)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in targets.values())


def test_export_without_a_workshop_and_over_an_old_file(third: FormDef, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"old")
    one = edition(third, draft=True)
    assert export(one, {"pdf": tmp_path / "a.pdf"}).pages == 2
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert export(one, {}) == Exported((), (), None)


def test_what_was_made_of_an_edition_is_not_made_again(press: Press, form: FormDef, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop = Workshop(press)
    made: list[object] = []
    real = press.print
    monkeypatch.setattr(press, "print", lambda *words: (made.append(words), real(*words))[1])
    first = workshop.make("pdf", edition(form))
    assert workshop.make("pdf", edition(form)) is first and len(made) == 1
    assert workshop.make("pdf", edition(form, sides=Sides.ONE)) != first and workshop.make("pdf", edition(form)) == first and len(made) == 3


def test_an_export_given_up_writes_nothing(form: FormDef, tmp_path: Path) -> None:
    def give_up(key: str) -> None:
        if key == "fragment":
            raise ExportError("够了。")

    with pytest.raises(ExportError, match="够了"):
        export(edition(form), {"html": tmp_path / "a", "fragment": tmp_path / "b"}, before=give_up)
    assert list(tmp_path.iterdir()) == []


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "tamper",
    [
        # a figure changed, dropped, doubled; hidden outside of its cell; pushed out; two cells swapped; one cell missing; one over another
        lambda s: s.replace(f'data-ref="{REF}" class="figure">', f'data-ref="{REF}" class="figure">1'),
        lambda s: re.sub(rf'(data-ref="{re.escape(REF)}" class="figure">)\d+', r"\1", s),
        lambda s: re.sub(rf'(data-ref="{re.escape(REF)}" class="figure">)(\d+)', r"\1\2 \2", s),
        lambda s: s.replace(f'data-ref="{REF}" class="figure"', f'data-ref="{REF}" class="figure" style="text-indent:14mm"'),
        lambda s: s.replace(f'data-ref="{REF}" class="figure"', f'data-ref="{REF}" class="figure" style="font-size:40pt;white-space:nowrap"'),
        lambda s: s.replace(REF, "x").replace("requests.partial.person", REF).replace('data-ref="x"', 'data-ref="requests.partial.person"'),
        lambda s: s.replace(f' data-ref="{REF}"', ""),
        lambda s: re.sub(rf'(data-ref="{re.escape(REF)}" class="figure">)(\d+)', r'\1<span style="position:relative;top:30mm">\2</span>', s),
        lambda s: s.replace("</body>", '<div style="position:fixed;top:0;left:0;width:150mm">' + "8 " * 2000 + "</div></body>"),
    ],
)
def test_a_spoilt_rendering_replaces_nothing(
    press: Press, form: FormDef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tamper: Callable[[str], str]
) -> None:
    sound = html.render_print(edition(form).view)
    assert tamper(sound) != sound
    monkeypatch.setattr(html, "render_print", lambda *_: tamper(sound))
    (tmp_path / "a.pdf").write_bytes(b"old")
    with pytest.raises(ExportError, match="不一致，没有替换原来的文件"):
        export(edition(form), {"pdf": tmp_path / "a.pdf"}, Workshop(press))
    assert (tmp_path / "a.pdf").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_nothing_is_replaced_before_everything_is_read_back(press: Press, form: FormDef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = {key: tmp_path / f"a.{key}" for key in FORMATS}
    for path in targets.values():
        path.write_bytes(b"old")
    one = edition(form)

    def untouched() -> bool:
        with pytest.raises(ExportError, match=r"没有替换原来的文件.*[。）]$") as raised:
            export(one, targets, Workshop(press))
        assert "已经写好" not in str(raised.value)
        return {p: p.read_bytes() for p in tmp_path.iterdir()} == dict.fromkeys(targets.values(), b"old")

    with monkeypatch.context() as patch:
        patch.setattr(reports, "dumps", lambda report, real=reports.dumps: real(replace(report, year=2020)))
        assert untouched()
    with monkeypatch.context() as patch:
        page = html.render_page(one.view)
        patch.setattr(html, "render_page", lambda _: page.replace("自然人", "法人"))
        assert untouched()
    with monkeypatch.context() as patch:  # a disk that does not give back what was written
        patch.setattr(Path, "read_bytes", lambda path, real=Path.read_bytes: real(path)[:-1] if path.name.startswith(".gxdesk-") else real(path))
        assert untouched()
    assert export(one, targets, Workshop(press)).files == tuple(targets.values())
    assert reports.read(targets["gxreport"], Forms.of(one.form)) == one.report


# --- targets ------------------------------------------------------------------------------------------------------


def test_targets_that_cannot_be_written(form: FormDef, tmp_path: Path) -> None:
    one = edition(form)
    (tmp_path / "link.html").symlink_to(tmp_path / "a.html")
    with pytest.raises(ExportError, match=r"同一个“a\.html”"):
        export(one, {"html": tmp_path / "a.html", "fragment": tmp_path / "." / "a.html"})
    with pytest.raises(ExportError, match="同一个"):
        export(one, {"html": tmp_path / "a.html", "fragment": tmp_path / "link.html"})
    with pytest.raises(ExportError, match="是一个文件夹"):
        export(one, {"html": tmp_path})
    with pytest.raises(ExportError, match=r"文件夹“.*none”不存在"):
        export(one, {"html": tmp_path / "none" / "a.html"})
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="不存在"):
        export(one, {"html": tmp_path / "file" / "a.html"})
    with pytest.raises(ExportError, match="文件名太长"):
        export(one, {"html": tmp_path / ("长" * 200 + ".html")})
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
    form: FormDef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    one = edition(form)
    (tmp_path / "a.html").write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(ExportError, match=words):
            export(one, {"html": tmp_path / "a.html"})
    assert (tmp_path / "a.html").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_second_failure_names_what_is_done(form: FormDef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = edition(form)
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target.name == "b.html":
            raise OSError(errno.ENOSPC, "No space left")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ExportError, match=r"磁盘满了.*。（已经写好：a\.html）"):
        export(one, {"html": tmp_path / "a.html", "fragment": tmp_path / "b.html"})
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_sources_are_no_targets(tmp_path: Path) -> None:
    source = tmp_path / "a.gxreport"
    source.write_bytes(b"old")
    (tmp_path / "link.gxreport").symlink_to(source)
    refuse_targets([tmp_path / "b.gxreport"], [source, tmp_path / "none"])
    for target in (source, tmp_path / "." / "a.gxreport", tmp_path / "link.gxreport"):
        with pytest.raises(ExportError, match=r"不能盖掉要读的报告文件“(a|link)\.gxreport”"):
            refuse_targets([target], [source])


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
