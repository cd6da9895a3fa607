"""The shape of the library file, as steps that are never changed once published.

A new version of gxdesk adds a function at the end; it never edits one above. Each runs in one transaction with the record of it, and
`bring_up_to_date` puts all that are pending into one more around them, so that a library is of the old shape or of the new one, also
after a power cut.

sqlite-utils takes longer to import than everything else a start needs, so it is imported only when there is something to migrate.
"""

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x67786472  # "gxdr" in the file's header: tells a library from any other SQLite file


def m001_drafts(db: "Database") -> None:
    """Reports, their texts and what can be undone.

    Times are seconds since the epoch. `drafts.position` is the number of the next step to redo. `slots.part` is a part of `Report`, or
    "extra" with JSON for its text. `steps.splices` is JSON: `[[part, key, at, removed, inserted], …]`.
    """
    from sqlite_utils.db import DescIndex

    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    drafts = db.table("drafts")
    drafts.create(
        {
            "id": int,
            "form": str,
            "year": int,
            "agency": str,
            "created": float,
            "modified": float,
            "position": int,
            "place": str,
            "progress": str,
            "exported_at": float,
            "exported_what": str,
            "deleted_at": float,
        },
        pk="id",
        not_null=("form", "agency", "created", "modified", "position", "place", "progress", "exported_what"),
        defaults={"position": 0, "place": "", "progress": "", "exported_what": ""},
        strict=True,
    )
    drafts.create_index(["deleted_at", DescIndex("year"), DescIndex("modified"), DescIndex("id")], index_name="drafts_in_order")
    # The texts of a report stay in the order they were first written in (by rowid), hence no compound primary key here.
    slots = db.table("slots")
    slots.create(
        {"id": int, "draft": int, "part": str, "key": str, "text": str},
        pk="id",
        not_null=("draft", "part", "key", "text"),
        foreign_keys=[("draft", "drafts", "id")],
        strict=True,
    )
    slots.create_index(["draft", "part", "key"], unique=True)
    db.table("steps").create(
        {"draft": int, "number": int, "time": float, "label": str, "splices": str},
        pk=("draft", "number"),
        not_null=("time", "label", "splices"),
        foreign_keys=[("draft", "drafts", "id")],
        strict=True,
    )


def m002_settings(db: "Database") -> None:
    """The agency's data, asked once, and what the program remembers (JSON)."""
    db.table("agency").create({"key": str, "text": str}, pk="key", not_null=("text",), strict=True)
    db.table("settings").create({"key": str, "value": str}, pk="key", not_null=("value",), strict=True)


def m003_moments(db: "Database") -> None:
    """Whole reports as they were at named moments. `kind` is a `moments.Kind`, `report` what `rows.packed` makes."""
    moments = db.table("moments")
    moments.create(
        {"id": int, "draft": int, "time": float, "kind": str, "what": str, "report": bytes},
        pk="id",
        not_null=("draft", "time", "kind", "what", "report"),
        foreign_keys=[("draft", "drafts", "id")],
        strict=True,
    )
    moments.create_index(["draft", "id"])


def m004_last_year(db: "Database") -> None:
    """Which draft is last year's report of another. `last_year` is its id, 0 where she wants none, NULL where nothing was settled yet.

    No foreign key: what it names may be gone, and is then looked for by its name again.
    """
    db.table("drafts").add_column("last_year", int)


def m005_rewritten(db: "Database") -> None:
    """Whether what is printed of a draft changed since it was exported (0 or 1); of one exported before this, whether anything did."""
    db.table("drafts").add_column("rewritten", int, not_null_default=0)
    db.execute("UPDATE drafts SET rewritten = 1 WHERE modified > exported_at")


def m006_samples(db: "Database") -> None:
    """Of a copy of an example the agency it came with, which is nobody's; empty of a report."""
    db.table("drafts").add_column("sample", str, not_null_default="")


STEPS = (m001_drafts, m002_settings, m003_moments, m004_last_year, m005_rewritten, m006_samples)
SET = "gxdesk"  # the name of these migrations in sqlite-utils' own table


def applied(connection: sqlite3.Connection) -> set[str]:
    """The migrations this file went through, as sqlite-utils records them. Writes nothing."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (SET,))}


def written_by_newer(connection: sqlite3.Connection) -> bool:
    """Whether the file went through a migration this version does not know. Writes nothing."""
    return not applied(connection) <= {step.__name__ for step in STEPS}


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Run what is pending. Raises sqlite3.Error, and the file is then as it was."""
    if applied(connection) >= {step.__name__ for step in STEPS}:
        return
    from sqlite_utils import Database, Migrations

    migrations = Migrations(SET)
    for step in STEPS:
        migrations()(step)
    db = Database(connection, execute_plugins=False, recursive_triggers=False)
    with db.atomic():
        migrations.apply(db)
