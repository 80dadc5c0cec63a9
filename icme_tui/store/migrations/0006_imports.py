"""What became of every file that was taken in."""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE imported (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, by_ TEXT NOT NULL, file TEXT NOT NULL, bundle TEXT NOT NULL,
    kind TEXT NOT NULL, station TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, result TEXT NOT NULL, code TEXT NOT NULL,
    new INTEGER NOT NULL, known INTEGER NOT NULL, flagged INTEGER NOT NULL);
CREATE INDEX imported_bundle ON imported (bundle)
"""


def up(migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";"):
        db.execute_sql(statement)
