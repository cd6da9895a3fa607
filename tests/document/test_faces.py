"""What is said about fonts, for computers that are not this one."""

import pytest

from gxdesk.document.faces import notices, to_add
from gxdesk.document.view import DocumentView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report

WINDOWS = {"小标宋": "STZhongsong", "黑体": "SimHei", "楷体": "KaiTi", "仿宋": "FangSong_GB2312", "宋体": "SimSun"}


def view_of(form: FormDef, **texts: str) -> DocumentView:
    return build_view(Report(form.id, 2026, {"name": "某局"}, texts, {"requests.received.person": "1"}), form, draft=False)


def drawn(view: DocumentView, **fonts: str) -> dict[str, frozenset[str]]:
    """Every character of a view from each of these fonts."""
    cells = "".join(cell.text for table in view.tables() for row in table.rows for cell in row)
    paragraphs = [*view.preamble, *(p for section in view.sections for p in section.paragraphs)]
    text = view.title + cells + "".join(s.heading for s in view.sections) + "".join(p.lead + p.text for p in paragraphs)
    return dict.fromkeys(fonts.values(), frozenset(text))


def test_with_every_official_face_nothing_is_said(form: FormDef) -> None:
    view = view_of(form, overview="（一）概况。全年1件。")
    assert list(notices(view, drawn(view, **WINDOWS))) == []


@pytest.mark.parametrize("kind", ["小标宋", "黑体", "仿宋", "宋体"])
def test_a_missing_face_is_named_with_what_stands_in_even_if_that_is_another_official_face(form: FormDef, kind: str) -> None:
    view = view_of(form)
    rest = {k: f for k, f in WINDOWS.items() if k != kind}
    [notice] = notices(view, drawn(view, **rest))
    assert notice.startswith(f"这台电脑没有{kind}，") and any(f"“{f}”" in notice for f in rest.values())


def test_a_face_that_no_text_asks_for_is_not_missed(form: FormDef) -> None:
    view = view_of(form)
    assert list(notices(view, drawn(view, **{k: f for k, f in WINDOWS.items() if k != "楷体"}))) == []


def test_a_character_from_another_official_face_is_named(form: FormDef) -> None:
    view = view_of(form, overview="堃")
    fonts = drawn(view, **WINDOWS)
    fonts = {family: characters - {"堃"} if family != "SimSun" else characters for family, characters in fonts.items()}
    [notice] = notices(view, fonts)
    assert notice.startswith("这台电脑的仿宋里没有“堃”，PDF 里用“SimSun”的字印出")


@pytest.mark.parametrize(
    ("families", "lacking"),
    [
        (["FangSong", "KaiTi", "SimHei", "Arial"], ""),
        (["仿宋", "楷体", "黑体"], ""),
        (["KaiTi", "SimHei", "GX FangSong"], "没有仿宋，"),
        (["SimSun", "Arial"], "没有仿宋、楷体、黑体，"),
    ],
)
def test_on_windows_it_is_said_how_to_add_what_windows_brings(families: list[str], lacking: str) -> None:
    told = to_add(families, "win32")
    assert lacking in told and ("可选功能" in told and "安装" in told if lacking else not told)
    assert to_add(families, "linux") == ""
