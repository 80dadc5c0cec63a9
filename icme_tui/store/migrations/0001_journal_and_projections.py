"""The journal, its projections and the station's own settings.

``source`` numbers each (station, epoch); ``name`` numbers each text that the wide tables repeat.
``fact`` holds lines one by one, ``segment`` holds runs of lines as one compressed block: together
they are the journal. ``tap``, ``operation``, ``put``, ``record``, ``merged``, ``ahead``,
``card_event`` and ``flag`` are projections: a rebuild from the journal (and the newest pack, held in
``pack_row``) gives them again.
"""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE source (
    id INTEGER PRIMARY KEY, station TEXT NOT NULL, epoch TEXT NOT NULL,
    top INTEGER NOT NULL DEFAULT 0, head BLOB NOT NULL,
    UNIQUE (station, epoch));
CREATE TABLE fact (
    source INTEGER NOT NULL REFERENCES source(id), p INTEGER NOT NULL, hash BLOB NOT NULL, line BLOB NOT NULL,
    PRIMARY KEY (source, p, hash)) WITHOUT ROWID;
CREATE TABLE segment (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),
    first INTEGER NOT NULL, last INTEGER NOT NULL, hashes BLOB NOT NULL,
    skip INTEGER NOT NULL, lines BLOB NOT NULL, head BLOB,
    UNIQUE (source, first));
CREATE TABLE tap (
    session INTEGER NOT NULL, person INTEGER NOT NULL, at INTEGER NOT NULL,
    source INTEGER NOT NULL, p INTEGER NOT NULL,
    course INTEGER NOT NULL, bits INTEGER NOT NULL, card INTEGER NOT NULL, cseq INTEGER,
    boot INTEGER NOT NULL, mono INTEGER,
    PRIMARY KEY (session, person, at, source, p)) WITHOUT ROWID;
CREATE TABLE operation (
    target INTEGER NOT NULL, target_p INTEGER NOT NULL, source INTEGER NOT NULL, p INTEGER NOT NULL,
    rank INTEGER NOT NULL, hlc TEXT NOT NULL, line BLOB NOT NULL,
    PRIMARY KEY (target, target_p, source, p)) WITHOUT ROWID;
CREATE INDEX operation_place ON operation (source, p);
CREATE TABLE put (
    kind TEXT NOT NULL, id TEXT NOT NULL, source INTEGER NOT NULL, p INTEGER NOT NULL,
    v INTEGER NOT NULL, rank INTEGER NOT NULL, hlc TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id, source, p)) WITHOUT ROWID;
CREATE TABLE record (
    kind TEXT NOT NULL, id TEXT NOT NULL, v INTEGER NOT NULL, since TEXT NOT NULL, maker TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX record_idno ON record (body ->> '$.idno')
    WHERE kind = 'person' AND body ->> '$.idno' IS NOT NULL;
CREATE INDEX record_unit ON record (body ->> '$.unit')
    WHERE kind = 'person' AND body ->> '$.unit' IS NOT NULL;
CREATE INDEX record_uid ON record (body ->> '$.uid')
    WHERE kind = 'card' AND body ->> '$.uid' IS NOT NULL;
CREATE INDEX record_person ON record (body ->> '$.person')
    WHERE kind = 'card' AND body ->> '$.person' IS NOT NULL;
CREATE TABLE pack_row (
    kind TEXT NOT NULL, id TEXT NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE merged (source INTEGER NOT NULL, p INTEGER NOT NULL, person TEXT NOT NULL, into_ TEXT NOT NULL,
    PRIMARY KEY (source, p)) WITHOUT ROWID;
CREATE TABLE ahead (
    source INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, hlc TEXT NOT NULL,
    by_source INTEGER NOT NULL, by_p INTEGER NOT NULL,
    PRIMARY KEY (source, first, by_source, by_p)) WITHOUT ROWID;
CREATE TABLE card_event (card INTEGER PRIMARY KEY, events BLOB NOT NULL);
CREATE TABLE flag (
    flag TEXT NOT NULL, source INTEGER NOT NULL, p INTEGER NOT NULL,
    PRIMARY KEY (flag, source, p)) WITHOUT ROWID;
CREATE INDEX flag_place ON flag (source, p)
"""


def up(migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";"):
        db.execute_sql(statement)
