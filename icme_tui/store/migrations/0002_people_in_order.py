"""People as lists show and find them: narrow rows in the order of their initials."""

from __future__ import annotations

from typing import Any

from icme_tui.store import people

TABLES = """
CREATE TABLE person_row (
    initials TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,
    idno TEXT NOT NULL, unit TEXT NOT NULL, title INTEGER NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (initials, name, id)) WITHOUT ROWID;
CREATE UNIQUE INDEX person_row_id ON person_row (id);
CREATE INDEX person_row_unit ON person_row (unit, state)
"""


def up(migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";"):
        db.execute_sql(statement)
    people.fill(db.connection())
