"""Times that the office has moved, flags that it has noted, and an index of swipes of doubtful clocks."""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE adjusted (
    source INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, ms INTEGER NOT NULL,
    hlc TEXT NOT NULL, by_source INTEGER NOT NULL, by_p INTEGER NOT NULL,
    PRIMARY KEY (by_source, by_p, source, first)) WITHOUT ROWID;
CREATE TABLE noted (
    flag TEXT NOT NULL, source INTEGER NOT NULL, p INTEGER NOT NULL,
    PRIMARY KEY (source, p, flag)) WITHOUT ROWID;
CREATE INDEX tap_suspect ON tap (source, boot, p) WHERE (bits & 4) != 0
"""


def up(migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";"):
        db.execute_sql(statement)
