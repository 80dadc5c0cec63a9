"""The table ``imported``: what became of every file that this home took in. It is no projection: another home
with the same facts has taken in other files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from icme_tui.store.books import Books


class Import(NamedTuple):
    """What became of one file."""

    at_ms: int
    """Unix milliseconds by the clock of this station."""
    by: str
    file: str
    """Its name where it came from."""
    bundle: str
    """SHA-256 of the manifest, empty where its signature does not hold."""
    kind: str
    """``facts`` or ``pack``; empty with ``bundle``, as the following are."""
    station: str
    epoch: str
    seq: int
    first: int
    last: int
    result: str
    """``accept``, ``hold`` or ``quarantine``."""
    code: str
    new: int
    known: int
    flagged: int
    """Places of the file that carried a flag right after it was taken in."""


_COLUMNS = "at, by_, file, bundle, kind, station, epoch, seq, first, last, result, code, new, known, flagged"


def note(books: Books, one: Import) -> None:
    """Keep what became of a file. One that still waits for the same reason is not told again."""
    if one.result == "hold" and one.bundle:
        row = books.run(
            "SELECT result, code FROM imported WHERE bundle = ? ORDER BY id DESC LIMIT 1", one.bundle
        ).fetchone()
        if row == (one.result, one.code):
            return
    books.run(f"INSERT INTO imported ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *one)  # noqa: S608


def since(books: Books, ms: int) -> Iterable[Import]:
    """What was taken in from a moment on, the oldest first."""
    rows = books.run(f"SELECT {_COLUMNS} FROM imported WHERE at >= ? ORDER BY id", ms)  # noqa: S608 - ours
    return [Import(*row) for row in rows.fetchall()]


def flagged(books: Books, station: str, epoch: str, first: int, last: int) -> int:
    """How many places of a range carry a flag."""
    source = books.sources.find(station, epoch)
    if source is None:
        return 0
    row = books.run(
        "SELECT count(DISTINCT p) FROM flag WHERE source = ? AND p BETWEEN ? AND ?", source, first, last
    ).fetchone()
    return int(row[0])
