"""交接包: everything of one library in one file, taken in by another; whatever else such a file may be, it is refused with a sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxdesk.drafts import handover
from gxdesk.drafts.handover import Received
from gxdesk.drafts.store import EARLIER_DEADLINE, DraftStore
from gxdesk.errors import LibraryError
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot
from tests.drafts.test_store import SLOW_DISK, histories, reports

REPORT = Report("2021", 2025, {"name": "某中心", "phone": "0632-0000000"}, {"overview": "本年度"}, {}, {"Y:x": "去年统计口径不同"}, notes={"overview": "明年一月前向法制科要数。"})


@pytest.fixture
def hers(tmp_path: Path) -> Iterator[DraftStore]:
    """The library of the one who leaves."""
    with DraftStore.open(tmp_path / "hers" / "library.gxd") as library:
        library.set_agency(REPORT.agency)
        library.set_setting("backup_folder", "E:\\她的U盘")
        draft = library.create(REPORT)
        library.save(draft, REPORT, History((Step((Splice(Slot("texts", "overview"), 0, "", "本年度"),), "修改文字", 5.0),), 1), place="overview|3", progress="{}")
        library.note_export(draft, REPORT, "PDF")
        library.delete(library.create(Report("2021", 2019, texts={"overview": "删掉的内容不给别人"})))
        yield library


@pytest.fixture
def his(tmp_path: Path) -> Iterator[DraftStore]:
    """The library of the one who comes."""
    with DraftStore.open(tmp_path / "his" / "library.gxd") as library:
        yield library


@pytest.fixture
def package(hers: DraftStore, tmp_path: Path) -> Path:
    path = tmp_path / "交接 2026.gxhandover"
    handover.write(hers, path, "印章在二楼档案室。")
    return path


def test_everything_arrives_on_another_pc(hers: DraftStore, his: DraftStore, package: Path) -> None:
    received = handover.receive(his, package)
    assert received == Received((1,), 0, "印章在二楼档案室。")
    mine, yours = hers.load(1), his.load(1)
    assert (yours.report, yours.history, yours.place, yours.created, yours.modified, yours.exported_at) == (
        mine.report, mine.history, mine.place, mine.created, mine.modified, mine.exported_at,
    )  # fmt: skip
    assert [(m.kind, m.what, m.time) for m in his.moments.of(1)] == [(m.kind, m.what, m.time) for m in hers.moments.of(1)]
    assert [his.moments.report(m.id) for m in his.moments.of(1)] == [REPORT, REPORT]
    assert his.agency() == REPORT.agency
    (line,) = his.drafts()
    assert (line.exported_what, line.progress) == ("PDF", "{}")


def test_neither_bin_nor_settings_of_this_pc_go_along(package: Path) -> None:
    data = package.read_bytes()
    assert "删掉的内容".encode() not in data and "她的U盘".encode() not in data
    assert [p.name for p in package.parent.glob("交接*")] == [package.name]


def test_the_day_of_her_place_goes_along_and_replaces_none(hers: DraftStore, his: DraftStore, tmp_path: Path) -> None:
    hers.set_setting(EARLIER_DEADLINE, [1, 20])
    handover.write(hers, path := tmp_path / "a.gxhandover")
    handover.receive(his, path)
    assert his.setting(EARLIER_DEADLINE) == [1, 20]
    his.set_setting(EARLIER_DEADLINE, [1, 26])
    handover.receive(his, path)
    assert his.setting(EARLIER_DEADLINE) == [1, 26]


def test_which_report_is_last_years_goes_along(hers: DraftStore, his: DraftStore, tmp_path: Path) -> None:
    his.create(Report("2021", 2011))  # so that numbers differ
    named = Report("2021", 2026, {"name": "某市某中心"})
    hers.settle_last_year(hers.create(named), 1)
    hers.settle_last_year(hers.create(Report("2021", 2027)), None)
    handover.write(hers, tmp_path / "p.gxhandover")
    handover.receive(his, tmp_path / "p.gxhandover")
    arrived = {d.year: d.id for d in his.drafts()}
    assert his.last_year_of(arrived[2026]) == arrived[2025]
    assert his.last_year_of(arrived[2027]) is None
    his.settle_last_year(arrived[2026], None)
    handover.receive(his, tmp_path / "p.gxhandover")
    assert his.last_year_of(arrived[2026]) is None, "his word stays"


def test_a_second_time_nothing_is_doubled(his: DraftStore, package: Path) -> None:
    handover.receive(his, package)
    assert handover.receive(his, package) == Received((), 1, "印章在二楼档案室。")
    assert len(his.drafts()) == 1


def test_reports_already_there_stay_as_they_are(his: DraftStore, package: Path) -> None:
    own = Report("2021", 2025, {"name": "某中心"}, {"overview": "自己写的"})
    draft = his.create(own)
    his.set_agency({"name": "新中心"})
    handover.receive(his, package)
    assert his.load(draft).report == own
    assert [his.load(d.id).report for d in his.drafts()] == [own, REPORT]
    assert his.agency() == {"name": "新中心"}


@pytest.mark.no_cover
@SLOW_DISK
@given(report=reports, history=histories())
def test_any_report_goes_through_unchanged(tmp_path_factory: pytest.TempPathFactory, report: Report, history: History) -> None:
    folder = tmp_path_factory.mktemp("through")
    with DraftStore.open(folder / "a.gxd") as one, DraftStore.open(folder / "b.gxd") as other:
        draft = one.create(report)
        one.save(draft, report, history)
        handover.write(one, folder / "p.gxhandover")
        (arrived,) = handover.receive(other, folder / "p.gxhandover").drafts
        assert (other.load(arrived).report, other.load(arrived).history) == (report, history)


def test_a_package_of_an_older_version_is_taken_in(his: DraftStore, tmp_path: Path) -> None:
    from tests.drafts.test_schemas import OLDEST, build

    build(OLDEST, tmp_path / "old.gxhandover")
    before = (tmp_path / "old.gxhandover").read_bytes()
    assert len(handover.receive(his, tmp_path / "old.gxhandover").drafts) == 1
    assert (tmp_path / "old.gxhandover").read_bytes() == before


def test_a_disk_that_refuses_leaves_the_package_that_was_there(hers: DraftStore, package: Path, tmp_path: Path) -> None:
    before = package.read_bytes()
    blocked = package.with_name(f"{package.name}.part")
    blocked.mkdir()
    with pytest.raises(LibraryError, match="请"):
        handover.write(hers, package, "另一份")
    assert package.read_bytes() == before
    with pytest.raises(LibraryError, match="请"):
        handover.write(hers, tmp_path / "没有这个文件夹" / "x.gxhandover")


# --- hostile -------------------------------------------------------------------------------------------------------------


def refused(his: DraftStore, package: Path, *words: str) -> None:
    """The package is refused with a sentence; it is as it was, and so is the library."""
    before, there = package.read_bytes(), [his.load(d.id) for d in his.drafts()]
    with pytest.raises(LibraryError) as caught:
        handover.receive(his, package)
    sentence = str(caught.value)
    assert all(word in sentence for word in (*words, "请", package.name)) and "\n" not in sentence
    assert package.read_bytes() == before
    assert [his.load(d.id) for d in his.drafts()] == there and his.agency() == {}


HOSTILE: dict[str, str] = {
    "trigger": "CREATE TRIGGER t AFTER INSERT ON slots BEGIN DELETE FROM drafts; END",
    "view in place of a table": "ALTER TABLE slots RENAME TO s; CREATE VIEW slots AS SELECT * FROM s",
    "endless view": "DROP TABLE slots; CREATE VIEW slots AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT 1 AS id, 1 AS draft, 'texts' AS part, i AS key, 'x' AS text FROM n",
    "virtual table": "CREATE VIRTUAL TABLE f USING fts5(text)",
    "generated column": "ALTER TABLE agency ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000)))",
    "missing table": "DROP TABLE steps",
    "other table": "DROP TABLE slots; CREATE TABLE slots (a)",
    "endless time": "UPDATE drafts SET created = 1e300",
    "time before time": "UPDATE drafts SET modified = -1",
    "export in no year": "UPDATE drafts SET exported_at = 1e17",
    "moment of no kind": "UPDATE moments SET kind = 'seal'",
    "moment that is no report": "UPDATE moments SET report = x'00'",
    "part of no report": "UPDATE slots SET part = '../../x' WHERE part = 'texts'",
    "note that is no text": "UPDATE settings SET value = '[1]'",
    "note that is no JSON": "UPDATE settings SET value = '{'",
    "migration without its table": "DELETE FROM _sqlite_migrations WHERE name = 'm001_drafts'",
    "newer": "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gxdesk', 'm900', '2031')",
    "no library": "PRAGMA application_id = 7",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused(his: DraftStore, package: Path, name: str) -> None:
    with closing(sqlite3.connect(package)) as db:
        db.executescript(HOSTILE[name])
    refused(his, package)


def test_a_bomb_in_a_moment_is_not_unpacked(his: DraftStore, package: Path) -> None:
    import zlib

    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * 10_000_000) for _ in range(30)) + packer.flush()
    with closing(sqlite3.connect(package)) as db:
        db.execute("UPDATE moments SET report = ?", (bomb,))
        db.commit()
    refused(his, package, "损坏")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"../../evil" * 500, b"SQLite format 3\0" + b"\xff" * 8000, "报告".encode() * 4000])
def test_a_file_that_is_no_package(his: DraftStore, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.gxhandover"
    path.write_bytes(content)
    refused(his, path)


def test_a_package_that_is_not_there(his: DraftStore, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="找不到"):
        handover.receive(his, tmp_path / "没有.gxhandover")


def flips(data: bytes, at: list[tuple[int, int]]) -> bytes:
    out = bytearray(data)
    for place, value in at:
        out[place % len(out)] = value
    return bytes(out)


@SLOW_DISK
@given(at=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30), cut=st.none() | st.integers(0, 10**6))
def test_any_package_is_taken_in_or_refused_and_the_library_stays_whole(
    tmp_path_factory: pytest.TempPathFactory, package: Path, at: list[tuple[int, int]], cut: int | None
) -> None:
    folder = tmp_path_factory.mktemp("any")
    data = flips(package.read_bytes(), at)
    (folder / "p.gxhandover").write_bytes(data if cut is None else data[: cut % len(data)])
    with DraftStore.open(folder / "library.gxd") as store:
        own = store.create(REPORT.with_values({Slot("texts", "other"): "自己的"}))
        try:
            received = handover.receive(store, folder / "p.gxhandover")
        except LibraryError:
            assert [d.id for d in store.drafts()] == [own]
        else:
            assert len(store.drafts()) == 1 + len(received.drafts)
        assert store.load(own).report.texts["other"] == "自己的"
    with DraftStore.open(folder / "library.gxd") as store:
        for summary in store.drafts():
            store.load(summary.id)
    assert sorted(p.name for p in folder.iterdir()) == ["library.gxd", "p.gxhandover"]  # nothing was written anywhere else
