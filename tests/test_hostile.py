"""Whatever is put in the place of a file of ours: the one documented error with a sentence, in bounded time, and nothing written elsewhere."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxdesk import report as report_file
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from tests.readers import READERS

FEW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["gxreport", "form", "year", "agency", "texts", "cells", "explanations", "later"])
hits = st.lists(st.tuples(st.integers(0, 10**7), st.binary(min_size=1, max_size=20)), max_size=8)
cuts = st.none() | st.integers(0, 10**7)


def hit(data: bytes, at: list[tuple[int, bytes]], cut: int | None) -> bytes:
    """`data` written over here and there, and cut short."""
    out = bytearray(data)
    for place, noise in at:
        start = place % len(out)
        out[start : start + len(noise)] = noise
    return bytes(out if cut is None else out[: cut % len(out)])


class Box:
    """A folder for one reader inside of which all it writes must stay, and a good input of it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.reader, self._folder, self._work = READERS[name], folder, folder / "work"
        self._work.mkdir()
        self.good = self.reader.good(self._work)

    def feed(self, data: bytes) -> None:
        try:
            self.reader.read(data, self._work)
        except UserError as error:
            told = str(error)
            assert told.endswith("。") and "\n" not in told, told
        assert {p.name for p in self._folder.iterdir()} == {"work"} and Path.cwd() == self._work


@pytest.fixture(params=READERS)
def box(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    out = Box(request.param, tmp_path)
    monkeypatch.chdir(tmp_path / "work")
    return out


def test_a_good_input_is_read(box: Box) -> None:
    box.feed(box.good)


@pytest.mark.no_cover
@FEW
@given(at=hits, cut=cuts)
def test_a_good_input_written_over_or_cut_short(box: Box, at: list[tuple[int, bytes]], cut: int | None) -> None:
    box.feed(hit(box.good, at, cut))


@settings(FEW, max_examples=10)
@given(data=st.binary(max_size=400))
def test_any_bytes(box: Box, data: bytes) -> None:
    box.feed(data)


@FEW
@given(raw=st.dictionaries(keys, values, max_size=8))
def test_a_report_file_of_any_values(forms: Forms, raw: dict[str, object]) -> None:
    told = "来历不明"
    try:
        one = report_file.loads(json.dumps({"gxreport": 1, "year": 2026, **raw}).encode("utf-8", "surrogatepass"), forms, "来历不明.gxreport")
        assert report_file.loads(report_file.dumps(one), forms) == one
    except UserError as error:
        told = str(error)
    assert "来历不明" in told and "\n" not in told


@pytest.mark.parametrize("bomb", [b"[" * 1_000_000, b'{"a":' * 200_000, b'{"gxreport": 1, "year": ' + b"9" * 1_000_000 + b"}", b'{"gxreport": 1e999}'])
def test_a_report_file_made_to_hang(forms: Forms, bomb: bytes) -> None:
    with pytest.raises(UserError):
        report_file.loads(bomb, forms)
