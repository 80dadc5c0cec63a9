"""A copy of a store that others are writing to, and whether such a copy is sound."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2

from icme_tui import durable
from icme_tui.codes import StoreError
from icme_tui.store.database import reason_of
from icme_tui.store.store import Store

_PAGES = 4096
"""Pages of 4 KiB that are copied in one go."""


def copy_to(store: Store, target: Path) -> None:
    """Copy what is committed now to ``target``, a new file, encrypted with the same key.

    It is SQLite's online backup (https://www.sqlite.org/backup.html) inside a read transaction of its own
    connection: writers go on meanwhile, and the copy has nothing of what they commit.

    Raises StoreError (see ``database.reason_of``), such as ``STORE_FULL``; OSError.
    """
    database = store.database
    durable.create_private(target)
    try:
        with (
            closing(database.connect_beside(Path(database.database))) as source,
            closing(database.connect_beside(target)) as copy,
        ):
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees no change
            source.backup(copy, pages=_PAGES)
            source.execute("COMMIT")
    except dbapi2.DatabaseError as error:
        raise reason_of(error) or error from error


def require_part_of(store: Store, path: Path, least: Mapping[tuple[str, str], int]) -> int:
    """Open the copy at ``path``: is it sound, is all that it holds held by ``store`` too, and does it come as
    far as ``least``, {(station, epoch): position}?

    Returns how many facts it has. Raises StoreError ``STORE_DAMAGED``, ``COPY_DIFFERS``, and those of
    ``open_database``.
    """
    with closing(Store(store.database.open_beside(path), store.books.office, store.books.own)) as copy:
        copy.quick_check()
        count = 0
        for station, epoch in {*copy.sources(), *least}:
            top, head = copy.top(station, epoch)
            if top < least.get((station, epoch), 0) or store.head_at(station, epoch, top) != head:
                raise StoreError("COPY_DIFFERS", station=station, epoch=epoch, p=top)
            count += top
    return count
