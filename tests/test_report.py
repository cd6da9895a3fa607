"""The `.gxreport` file: what goes in comes out, and what is no report is refused with a sentence."""

import contextlib
import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk import files, report
from gxdesk.cells import CellRef
from gxdesk.checks.engine import answered
from gxdesk.checks.finding import Finding, Severity
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.definition import FIRST_YEAR, LAST_YEAR
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from tests.conftest import corpus

FORMS = Forms.load()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
REPORTS = st.builds(
    Report,
    form=st.sampled_from(list(FORMS)),
    year=st.none() | st.integers(FIRST_YEAR, LAST_YEAR),
    agency=st.dictionaries(TEXT, TEXT, max_size=4),
    texts=st.dictionaries(TEXT, TEXT, max_size=4),
    cells=st.dictionaries(st.sampled_from(list(FORMS["2021"].cells)) | TEXT, TEXT, max_size=8),
    explanations=st.dictionaries(TEXT, TEXT, max_size=2),
    explained=st.dictionaries(TEXT, TEXT, max_size=2),
    extra=st.dictionaries(TEXT.map(lambda t: f"x{t}"), st.none() | st.integers() | TEXT | st.lists(TEXT, max_size=2), max_size=2),
)
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)  # with half surrogates, which are pasted and stand in files as \\ud800
KEYS = st.sampled_from(["name", "overview", "requests.received.person"]) | ANY_TEXT
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
FILES = st.builds(
    lambda known, more: {**more, "gxreport": 1, "form": "2021", **known},
    st.fixed_dictionaries({}, optional={part: st.none() | st.dictionaries(KEYS, ANY_JSON, max_size=4) for part in report.PARTS}),
    st.dictionaries(ANY_TEXT, ANY_JSON, max_size=3),
)


@given(REPORTS)
def test_written_and_read_is_the_same(original: Report) -> None:
    assert report.loads(report.dumps(original), FORMS) == original


def meaning(raw: dict[str, Any]) -> dict[str, Any]:
    """A file without what is blank, numbers of the parts as their spelling."""

    def spelt(value: Any) -> Any:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    parts = {part: {k: spelt(v) for k, v in (raw.get(part) or {}).items() if v is not None and v != ""} for part in report.PARTS}
    return {"year": None, **raw, **parts}


@pytest.mark.no_cover
@given(FILES)
def test_any_file_keeps_its_meaning(raw: dict[str, Any]) -> None:
    read = report.loads(json.dumps(raw).encode(), FORMS)
    written = report.dumps(read)
    assert report.loads(written, FORMS) == read
    if not any("\ud800" <= c <= "\udfff" for c in json.dumps(raw, ensure_ascii=False)):
        assert meaning(json.loads(written)) == meaning(raw)


MADE_EXTRA = st.dictionaries(ANY_TEXT | st.sampled_from(report.PARTS), ANY_JSON)


@pytest.mark.no_cover
@given(st.builds(Report, st.just("2021"), st.none(), *[st.dictionaries(ANY_TEXT, ANY_TEXT)] * 4, MADE_EXTRA))
def test_a_report_made_elsewhere_can_always_be_written(made: Report) -> None:
    read = report.loads(report.dumps(made), FORMS)
    assert report.loads(report.dumps(read), FORMS) == read


@pytest.mark.parametrize("path", corpus(), ids=lambda p: p.name[:12])
def test_published_reports_survive_a_round_trip(path: Path) -> None:
    read = report.read(path, FORMS)
    raw = json.loads(path.read_text(encoding="utf-8"))
    again = json.loads(report.dumps(read))
    assert {k: v for k, v in raw["cells"].items() if v} == again["cells"]
    assert raw["corpus"] == again["corpus"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空文件"),
        (b"  \n", "空文件"),
        (b'{"gxreport": 1, "form": "2021"', "不完整"),
        ("报告".encode("gbk"), "UTF-8"),
        (b"[" * 200_000, "嵌套"),
        (b'{"gxreport": 1, "form": "2021", "x": ' + b"[" * 150 + b"]" * 150 + b"}", "嵌套"),
        (b"[1]", "不是 gxdesk 的报告文件"),
        (b'{"form": "2021"}', "没有 gxreport 标记"),
        (b'{"gxreport": true, "form": "2021"}', "标记不是版本号"),
        (b'{"gxreport": 2, "form": "2021"}', "新版程序"),
        (b'{"gxreport": 1, "form": "2035", "year": 2035}', "本程序只有"),
        (b'{"gxreport": 1, "form": ["2021"]}', "本程序只有"),
        (b'{"gxreport": 1, "year": 2018}', "2018 年"),
        (b'{"gxreport": 1, "year": "2026"}', "四位年份"),
        (b'{"gxreport": 1, "form": "2021", "year": 9999}', "1900 到 9998"),
        (b'{"gxreport": 1, "form": "2021", "cells": []}', "cells"),
        (b'{"gxreport": 1, "year": ' + b"9" * 5000 + b"}", "不完整或损坏"),
    ],
)
def test_what_is_no_report_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        report.loads(data, FORMS, "年报.gxreport")
    assert "年报.gxreport" in str(caught.value) or "2018" in str(caught.value)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_a_report_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(UserError):
        assert isinstance(report.loads(data, FORMS), Report)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "大.gxreport"
    with path.open("wb") as f:
        f.truncate(report.MAX_BYTES + 1)
    with pytest.raises(UserError, match="20 MB"):
        report.read(path, FORMS)


def test_a_missing_file_or_a_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到"):
        report.read(tmp_path / "没有.gxreport", FORMS)
    with pytest.raises(UserError, match="文件夹"):
        report.read(tmp_path, FORMS)


def test_odd_content_is_kept_not_refused() -> None:
    raw = {"gxreport": 1, "form": "2021", "year": 2026, "cells": {"requests.received.person": 6, "no.such.cell": "1", "requests.received.business": True}, "later": {"a": [1]}}
    read = report.loads(json.dumps(raw).encode(), FORMS)
    assert read.cells == {"requests.received.person": "6", "no.such.cell": "1"}
    assert read.extra == {"later": {"a": [1]}, "cells": {"requests.received.business": True}}
    assert read.extra_names() == ["later", "cells.requests.received.business"]
    assert report.loads(report.dumps(read), FORMS) == read
    again = json.loads(report.dumps(read.with_values({Slot("cells", "no.such.cell"): ""})))
    assert again["cells"] == {"requests.received.business": True, "requests.received.person": "6"}
    assert set(again) == {"gxreport", "form", "year", "agency", "texts", "cells", "later"}


def test_half_a_character_does_not_stop_the_file_from_being_saved() -> None:
    half = b'{"gxreport": 1, "form": "2021", "texts": {"other": "a\\ud800b"}, "cells": {"\\ud800": "1"}, "\\udc00": {"x": ["\\ud800"]}}'
    read = report.loads(half, FORMS)
    assert (read.texts, read.cells, read.extra) == ({"other": "a\ufffdb"}, {"\ufffd": "1"}, {"\ufffd": {"x": ["\ufffd"]}})
    assert report.dumps(read)
    typed = Report("2021", 2026, texts={"other": "a\ud800b", "whole": "\ud83d\ude00"}, extra={"\udc00": "\ud800"})
    written = json.loads(report.dumps(typed))
    assert (written["texts"], written["\ufffd"]) == ({"other": "a\ufffdb", "whole": "😀"}, "\ufffd")


def test_values_change_without_touching_the_original() -> None:
    one = Report("2021", 2026)
    two = one.with_values({Slot("cells", "requests.received.person"): "6", Slot("agency", "name"): "甲"})
    three = two.with_values({Slot("agency", "name"): ""})
    assert (one.cells, one.agency) == ({}, {})
    assert two.get(Slot("agency", "name")) == "甲" and three.agency == {}


def test_a_failed_check_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text("旧", encoding="utf-8")

    def refuse(_: Path) -> None:
        raise ExportError("不对")

    with pytest.raises(ExportError):
        files.replace(path, "新".encode(), refuse)
    assert path.read_text(encoding="utf-8") == "旧"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")
def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "盘").mkdir()
    path, target, new = tmp_path / "报告.txt", tmp_path / "盘" / "真.txt", tmp_path / "新.txt"
    target.write_bytes(b"old")
    target.chmod(0o600)
    path.symlink_to(Path("盘") / "真.txt")
    files.replace(path, b"new")
    assert path.is_symlink() and target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    target.unlink()
    files.replace(path, b"again")  # what the link points to was gone
    mask = os.umask(0o027)
    try:
        files.replace(new, b"new")
    finally:
        os.umask(mask)
    assert path.is_symlink() and target.read_bytes() == b"again"
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.rglob("*")) == sorted(["盘", "真.txt", "报告.txt", "新.txt"])


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "磁盘满"), (errno.EROFS, "只读"), (errno.ENOENT, "找不到"), (errno.EACCES, "别的程序"), (errno.EISDIR, "文件夹"), (errno.ENAMETOOLONG, "太长"), (errno.EIO, "读写出错")],
)
def test_refusals_of_the_system_are_sentences(number: int, sentence: str) -> None:
    assert sentence in files.refusal(OSError(number, os.strerror(number)), Path("甲/乙.pdf"))


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
def test_a_device_is_never_replaced_by_a_file() -> None:
    before = Path("/dev/null").stat().st_mode
    with pytest.raises(ExportError, match="普通文件"):
        files.replace(Path("/dev/null"), b"x")
    assert Path("/dev/null").stat().st_mode == before


def test_a_byte_order_mark_is_no_fault() -> None:
    assert report.loads(b"\xef\xbb\xbf" + report.dumps(Report("2021", 2026)), FORMS) == Report("2021", 2026)


def test_a_reason_that_does_not_say_of_which_figures_is_good_for_any() -> None:
    """Files of older versions and of other programs hold only the reasons; the figures stand beside them, so that they can read ours."""
    finding = Finding("Y-JUMP", Severity.EXPLAIN, "disclosure", "", "", "", (CellRef("disclosure.licenses.decisions"),), left=20, right=128)
    old = {"gxreport": 1, "form": "2021", "year": 2026, "explanations": {finding.key: "新增事项"}}
    assert answered(finding, report.loads(json.dumps(old).encode(), FORMS))
    for figures, good in (("20 / 128", True), ("20 / 129", False)):
        read = report.loads(json.dumps(old | {"explained": {finding.key: figures}}).encode(), FORMS)
        assert answered(finding, read) is good and report.loads(report.dumps(read), FORMS) == read
    assert b"explained" not in report.dumps(Report("2021", 2026))
