"""Whatever is put in the place of a file of ours: the one documented error with a sentence, in bounded time, and nothing written elsewhere."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxdesk import report as report_file
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import UserError
from gxdesk.forms.definition import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged

EXAMPLE = packaged("examples", "service-center-2026.gxreport").read_bytes()
FEW = settings(deadline=5000, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["gxreport", "form", "year", "agency", "texts", "cells", "explanations", "later"])
hits = st.lists(st.tuples(st.integers(0, 10**7), st.binary(min_size=1, max_size=20)), min_size=1, max_size=8)


def hit(data: bytes, at: list[tuple[int, bytes]]) -> bytes:
    """`data` written over here and there."""
    out = bytearray(data)
    for place, noise in at:
        start = place % len(out)
        out[start : start + len(noise)] = noise
    return bytes(out)


def readable(data: bytes, forms: Forms) -> None:
    told = "来历不明"
    try:
        one = report_file.loads(data, forms, "来历不明.gxreport")
        assert report_file.loads(report_file.dumps(one), forms) == one
    except UserError as error:
        told = str(error)
    assert "来历不明" in told and "\n" not in told


@FEW
@given(at=hits)
def test_a_report_file_written_over(forms: Forms, at: list[tuple[int, bytes]]) -> None:
    readable(hit(EXAMPLE, at), forms)


@FEW
@given(raw=st.dictionaries(keys, values, max_size=8))
def test_a_report_file_of_any_values(forms: Forms, raw: dict[str, object]) -> None:
    readable(json.dumps({"gxreport": 1, "year": 2026, **raw}).encode("utf-8", "surrogatepass"), forms)


@given(data=st.binary(max_size=400))
def test_a_report_file_of_any_bytes(forms: Forms, data: bytes) -> None:
    readable(data, forms)


@pytest.mark.parametrize("bomb", [b"[" * 1_000_000, b'{"a":' * 200_000, b'{"gxreport": 1, "year": ' + b"9" * 1_000_000 + b"}", b'{"gxreport": 1e999}'])
def test_a_report_file_made_to_hang(forms: Forms, bomb: bytes) -> None:
    with pytest.raises(UserError):
        report_file.loads(bomb, forms)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "library.gxd"
    with DraftStore.open(path) as store:
        one = Report("2021", 2026, {"name": "某中心"}, {"overview": "本年度。" * 300}, {f"requests.r{i}.person": str(i) for i in range(100)})
        store.note_export(store.create(one), one, "PDF")
    return path.read_bytes()


@FEW
@given(at=hits, cut=st.none() | st.integers(0, 10**7))
def test_a_library_written_over_or_cut_short(tmp_path_factory: pytest.TempPathFactory, library: bytes, at: list[tuple[int, bytes]], cut: int | None) -> None:
    path = tmp_path_factory.mktemp("hit") / "library.gxd"
    data = hit(library, at)
    path.write_bytes(data if cut is None else data[: cut % len(data)])
    told = path.name
    try:
        with DraftStore.open(path) as store:
            for summary in store.drafts():
                store.load(summary.id)
                for moment in store.moments.of(summary.id):
                    store.moments.report(moment.id)
    except UserError as error:
        told = str(error)
    assert path.name in told and "\n" not in told
    assert {p.name for p in path.parent.iterdir()} <= {path.name, f"{path.name}-wal"}
