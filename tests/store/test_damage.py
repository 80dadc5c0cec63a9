"""A store whose file was damaged says so, wherever that comes to light."""

from __future__ import annotations

from pathlib import Path

import peewee
import pytest
from sqlcipher3 import dbapi2

from icme_tui.codes import StoreError
from icme_tui.store.database import open_database, reason_of

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed, healthy database."""
    path = tmp_path / "store.db"
    open_database(path, KEY, create=True).close()
    return path


def test_a_healthy_one_opens(path: Path) -> None:
    open_database(path, KEY).close()


@pytest.mark.parametrize(
    ("keep", "code"),
    [(0, "STORE_KEY"), (100, "STORE_KEY"), (5000, "STORE_DAMAGED"), (20_000, "STORE_DAMAGED")],
)
def test_a_file_that_was_cut_short_or_overwritten(path: Path, keep: int, code: str) -> None:
    path.write_bytes(path.read_bytes()[:keep] + b"\xa5" * 9000)
    with pytest.raises(StoreError) as refused:
        open_database(path, KEY).execute_sql("SELECT * FROM sqlite_master").fetchall()
    assert refused.value.code == code


def test_a_file_whose_end_is_lost_is_damaged_and_not_of_another_key(path: Path) -> None:
    db = open_database(path, KEY)
    db.execute_sql("CREATE TABLE filler AS SELECT zeroblob(40000) AS content")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    path.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(StoreError) as refused:
        open_database(path, KEY).execute_sql("SELECT content FROM filler").fetchall()
    assert (refused.value.code, refused.value.detail) == ("STORE_DAMAGED", {"path": str(path)})


def test_what_may_not_be_written_says_so(path: Path) -> None:
    db = open_database(path, KEY)
    db.execute_sql("PRAGMA query_only = 1")
    with pytest.raises(peewee.OperationalError) as met:
        db.execute_sql("CREATE TABLE filler (content)")
    db.close()
    reason = reason_of(met.value)
    assert reason is not None
    assert reason.code == "STORE_READ_ONLY"


def test_a_damaged_page_has_its_reason(path: Path) -> None:
    db = open_database(path, KEY)
    db.execute_sql("CREATE TABLE filler AS SELECT zeroblob(40000) AS content")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    data[-6000] ^= 0xFF  # inside the content: the schema stays whole
    path.write_bytes(bytes(data))
    db = open_database(path, KEY)
    with pytest.raises(peewee.DatabaseError) as met:
        db.execute_sql("SELECT content FROM filler").fetchall()
    db.close()
    reason = reason_of(met.value)
    assert reason is not None
    assert reason.code == "STORE_DAMAGED"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (dbapi2.OperationalError("database is locked"), "STORE_BUSY"),
        (peewee.OperationalError("database or disk is full"), "STORE_FULL"),
        (dbapi2.OperationalError("attempt to write a readonly database"), "STORE_READ_ONLY"),
        (peewee.OperationalError("unable to open database file"), "STORE_READ_ONLY"),
        (dbapi2.OperationalError("no such table: x"), "STORE_FAULT"),
        (dbapi2.IntegrityError("UNIQUE constraint failed"), None),
        (ValueError("database is locked"), None),
    ],
)
def test_each_error_of_the_library_has_a_reason(error: Exception, code: str | None) -> None:
    reason = reason_of(error)
    assert (reason.code if reason else None) == code
