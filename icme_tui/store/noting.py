"""The projection ``noted``: flags at which the office has looked and which need no decision any more."""

from __future__ import annotations

from icme_tui import facts
from icme_tui.store.books import Books


def insert(books: Books, source: int, fact: facts.Note) -> None:
    """Let a note of the office count."""
    books.run("INSERT OR REPLACE INTO noted VALUES (?, ?, ?)", fact.about, source, fact.p)


def delete(books: Books, source: int, p: int) -> None:
    """Forget the note at a place."""
    books.run("DELETE FROM noted WHERE source = ? AND p = ?", source, p)


def noted(books: Books) -> dict[str, facts.Place]:
    """Each flag that was noted, with the place of the last note by station, epoch and position."""
    rows = books.run(
        "SELECT n.flag, s.station, s.epoch, n.p FROM noted n JOIN source s ON s.id = n.source"
        " ORDER BY s.station, s.epoch, n.p"
    )
    return {str(flag): facts.Place(station, epoch, p) for flag, station, epoch, p in rows.fetchall()}
