"""The one door to peewee and SQLCipher: opening, creating and migrating a store's database.

The key is 32 raw bytes (no derivation inside SQLCipher: the keyring has done that). A database
that turns out not to be encrypted is refused.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
from sqlcipher3 import dbapi2

from icme_tui import durable
from icme_tui.codes import StoreError

APPLICATION_ID = 0x49434D45
"""``ICME``: marks the file as ours."""

SCHEMA = 6
"""``user_version`` of a store with all migrations applied."""

_LEAST_ROOM = 64 * 1024
"""With less free than this SQLite cannot even lay the index of its log beside the file: it says of that only
``disk I/O error``."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("busy_timeout", 5000),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("temp_store", 2),
    ("cache_size", -16000),
    ("wal_autocheckpoint", 4000),
    ("journal_size_limit", 32_000_000),
)


class CipherDatabase(peewee.SqliteDatabase):
    """A peewee database on SQLCipher with a raw 256-bit key."""

    server_version = dbapi2.sqlite_version_info

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__(str(path), pragmas=_PRAGMAS, autoconnect=False, thread_safe=False)
        self.key = key

    def rekey(self, key: bytes) -> None:
        """Encrypt every page anew, in one transaction of SQLite's. Only where nobody else is in the file.

        After a failure SQLCipher goes on writing with the new key and reading with the old one, which would
        destroy the file at the next write: that connection is left at once for a fresh one.
        Raises StoreError ``REKEY_ROOM``, ``REKEY_FAILED``.
        """
        self.require_room()
        durable.point("rekey")
        database: Any = self
        try:
            database.execute_sql(f"PRAGMA rekey = \"x'{key.hex()}'\"").fetchall()
        except (dbapi2.Error, peewee.PeeweeException) as error:
            database.close()
            database.connect()
            raise StoreError("REKEY_FAILED") from error
        self.key = key
        durable.point("rekeyed")

    def require_room(self) -> None:
        """Whether every page can be kept beside the file until all are written anew. Raises StoreError
        ``REKEY_ROOM``."""
        path = Path(self.database)
        needed, free = path.stat().st_size * 11 // 10, shutil.disk_usage(path.parent).free
        if free < needed:
            raise StoreError("REKEY_ROOM", needed=needed // 1_000_000 + 1, free=free // 1_000_000)

    def _connect(self) -> Any:
        conn = self.connect_beside(Path(self.database))
        try:
            self._add_conn_hooks(conn)  # type: ignore[attr-defined]
        except BaseException:
            conn.close()
            raise
        return conn

    def connect_beside(self, path: Path) -> Any:
        """A bare connection to the database at ``path`` with the key of this one."""
        conn = dbapi2.connect(str(path), isolation_level=None, timeout=5.0, check_same_thread=False)
        try:
            # Must come first: otherwise SQLCipher prints its complaints into the terminal.
            conn.execute("PRAGMA cipher_log_level = NONE")
            conn.execute(f"PRAGMA key = \"x'{self.key.hex()}'\"")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            conn.close()
            raise
        return conn

    def open_beside(self, path: Path) -> Any:
        """The existing database at ``path``, which has the key of this one (see ``open_database``)."""
        return open_database(path, self.key)


def open_database(path: Path, key: bytes, *, create: bool = False) -> Any:
    """Open (or create) the database at ``path`` and bring its schema up to date.

    Raises StoreError: ``STORE_MISSING``, ``STORE_EXISTS``, ``STORE_KEY`` (its beginning is damaged, or the
    key is that of another store), ``STORE_DAMAGED``, ``STORE_READ_ONLY``, ``STORE_FULL``, ``STORE_BUSY``,
    ``STORE_PLAIN`` (not encrypted), ``STORE_NEWER`` (written by a newer program).
    """
    if len(key) != 32:
        raise StoreError("STORE_KEY")
    if create and path.exists():
        raise StoreError("STORE_EXISTS", path=str(path))
    if not create and not path.exists():
        raise StoreError("STORE_MISSING", path=str(path))
    if create:
        durable.create_private(path)
    else:
        _refuse_plain(path)
    db: Any = CipherDatabase(path, key)
    try:
        db.connect()
        version = _pragma(db, "user_version")
        if version > SCHEMA:
            raise StoreError("STORE_NEWER", found=version, known=SCHEMA)
        if version < SCHEMA:
            _migrate(db)
    except (dbapi2.DatabaseError, peewee.DatabaseError) as error:
        db.close()
        if "not a database" in str(error):
            raise StoreError("STORE_KEY", path=str(path)) from error
        reason = reason_of(error) or StoreError("STORE_KEY")
        if reason.code == "STORE_FAULT" and shutil.disk_usage(path.parent).free < _LEAST_ROOM:
            reason = StoreError("STORE_FULL")
        reason.detail["path"] = str(path)
        raise reason from error
    except BaseException:
        db.close()
        raise
    if create:
        db.close()
        _refuse_plain(path)
        db.connect()
    return db


def reason_of(error: BaseException) -> StoreError | None:
    """What an error of the database library means: ``STORE_BUSY``, ``STORE_FULL``, ``STORE_READ_ONLY`` (its
    file or folder cannot be written), ``STORE_FAULT`` or ``STORE_DAMAGED`` (a page does not hold what was
    written). None for any other error."""
    if isinstance(error, dbapi2.OperationalError | peewee.OperationalError):
        text = str(error)
        if "locked" in text or "busy" in text:
            return StoreError("STORE_BUSY")
        if "readonly" in text or "unable to open" in text:
            return StoreError("STORE_READ_ONLY")
        return StoreError("STORE_FULL") if "full" in text else StoreError("STORE_FAULT", error=text)
    if type(error) in (dbapi2.DatabaseError, peewee.DatabaseError):  # SQLITE_CORRUPT and SQLITE_NOTADB
        return StoreError("STORE_DAMAGED")
    return None


@contextmanager
def exclusive(db: Any) -> Iterator[None]:
    """Nobody else can have the file open within the block.

    Leaving the write-ahead log takes the whole file, so it fails where another connection is open; what lies
    in the log is then in the file, and the log is gone. Raises StoreError ``STORE_IN_USE``.
    """
    try:
        db.execute_sql("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        try:
            db.execute_sql("PRAGMA journal_mode = DELETE").fetchall()
            db.execute_sql("BEGIN EXCLUSIVE")
            db.execute_sql("COMMIT")
        except (dbapi2.OperationalError, peewee.OperationalError) as error:
            raise StoreError("STORE_IN_USE") from error
        yield
    finally:
        db.execute_sql("PRAGMA locking_mode = NORMAL").fetchall()
        db.execute_sql("PRAGMA journal_mode = WAL").fetchall()
        db.execute_sql("SELECT count(*) FROM sqlite_master").fetchall()  # gives the lock back


def quick_check(db: Any) -> None:
    """SQLite's own check of the file. Raises StoreError ``STORE_DAMAGED``."""
    answer = db.execute_sql("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise StoreError("STORE_DAMAGED")


def _migrate(db: Any) -> None:
    from playhouse.migrations import Runner  # only where the schema is behind

    Runner(db, str(_MIGRATIONS)).up()
    db.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute_sql(f"PRAGMA user_version = {SCHEMA}")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _pragma(db: Any, name: str) -> int:
    return int(db.execute_sql(f"PRAGMA {name}").fetchone()[0])


def _refuse_plain(path: Path) -> None:
    """An empty key silently makes a plain database, and nothing else would tell.

    Not while it is open: closing the file takes SQLite's locks on it away (POSIX advisory locks).
    """
    with path.open("rb") as file:
        if file.read(16) == b"SQLite format 3\0":
            raise StoreError("STORE_PLAIN", path=str(path))
