"""Records that were seen on cards, and the comings and goings that they stand for."""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE card_record (
    card INTEGER NOT NULL, rec BLOB NOT NULL, source INTEGER NOT NULL, p INTEGER NOT NULL,
    counts INTEGER NOT NULL, changes TEXT NOT NULL, session INTEGER, person INTEGER,
    PRIMARY KEY (card, rec, source, p)) WITHOUT ROWID;
CREATE INDEX card_record_tap ON card_record (card) WHERE person IS NOT NULL
"""


def up(migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";"):
        db.execute_sql(statement)
    # What older programs kept without looking into it is folded once the store is open.
    db.execute_sql(
        "INSERT INTO setting SELECT 'refold', '[\"card-record\"]' WHERE EXISTS (SELECT 1 FROM source)"
    )
