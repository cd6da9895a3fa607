"""A library written by any earlier version opens, with everything in it.

`schemas/` holds, for every shape there ever was, the SQL of a library that a program of that time wrote: schema, record of migrations and one
report with its history. They are never edited; a new migration adds one (`python -m tests.drafts.test_schemas` writes the file for the newest).
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from gxdesk.drafts import migrations
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.history import History, Splice, Step
from gxdesk.report import Report, Slot

HERE = Path(__file__).with_name("schemas")
SCHEMAS = sorted(HERE.glob("*.sql"))
OLDEST = SCHEMAS[0] if SCHEMAS else HERE
OVERVIEW = Slot("texts", "overview")
REPORT = Report("2021", 2025, {"name": "某区社会事务综合服务中心"}, {"overview": "本年度主动公开 5 条。"}, {"requests.received.person": "6"}, extra={"later": [1]})
HISTORY = History((Step((Splice(OVERVIEW, 0, "", "本年度主动公开 5 条。"),), "修改文字", 1.0), Step((Splice(OVERVIEW, 8, "5", "6"),), "", 2.0)), 1)


def build(schema: Path, path: Path) -> None:
    """The library that this SQL is."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(schema.read_text(encoding="utf-8"))


def test_every_shape_is_kept() -> None:
    assert [s.stem for s in SCHEMAS] == [step.__name__ for step in migrations.STEPS]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.stem)
def test_a_library_of_every_earlier_shape_opens_with_everything_in_it(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "library.gxd"
    build(schema, path)
    with closing(sqlite3.connect(path)) as db:
        assert migrations.applied(db) == {s.stem for s in SCHEMAS[: SCHEMAS.index(schema) + 1]}
    with DraftStore.open(path) as library:
        (line,) = library.drafts()
        draft = library.load(line.id)
        assert (draft.report, draft.history, draft.place, line.progress) == (REPORT, HISTORY, "overview|3", "{}")
        assert (draft.created, draft.modified, draft.exported_at, line.exported_what) == (1.7e9, 1.7e9 + 60, 1.7e9 + 60, "PDF")
        assert (line.rewritten, line.is_sample, library.settled_last_year(line.id)) == (False, False, None)
        library.set_agency(REPORT.agency)
        library.moments.note(line.id, Kind.WORKED, REPORT)
    with closing(sqlite3.connect(path)) as db:
        assert migrations.applied(db) == {s.stem for s in SCHEMAS}


def write_newest() -> Path:
    """The library a program of today writes, as SQL."""
    folder = Path(tempfile.mkdtemp())
    times = iter([1.7e9])
    with DraftStore.open(folder / "library.gxd", lambda: next(times, 1.7e9 + 60)) as library:
        draft = library.create(REPORT)
        library.save(draft, REPORT, HISTORY, place="overview|3", progress="{}")
        library.note_export(draft, REPORT, "PDF")
    target = HERE / f"{migrations.STEPS[-1].__name__}.sql"
    with closing(sqlite3.connect(folder / "library.gxd")) as db:
        target.write_text(f"PRAGMA application_id = {migrations.APPLICATION_ID};\n" + "\n".join(db.iterdump()) + "\n", encoding="utf-8")
    shutil.rmtree(folder)
    return target


if __name__ == "__main__":
    print(write_newest())
