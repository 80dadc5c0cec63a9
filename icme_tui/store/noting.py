"""Notes that mean something: the projection ``noted``, flags at which the office has looked and which need no
decision any more; and notes that raise a flag, by their text, until they are voided.
"""

from __future__ import annotations

import re

from icme_tui import facts
from icme_tui.store.books import OFFICE, Books

CARD_BEHIND = "CARD_BEHIND"
"""``CARD_BEHIND:UID/number``: at a door a card showed less than the station had written to it."""

MACS_BAD = "MACS_BAD"
"""``MACS_BAD:station``: too many records that the station says to have seen on cards are forged."""

_TOLD_BY_ANYBODY = re.compile(rf"{CARD_BEHIND}:[0-9A-F]{{8,20}}/[0-9]{{1,5}}")
_TOLD_BY_OFFICE = re.compile(rf"{MACS_BAD}:[^/\s]{{1,40}}")


def insert(books: Books, source: int, fact: facts.Note) -> None:
    """Let a note count."""
    by_office = books.rank(source) == OFFICE
    if fact.about and by_office:
        books.run("INSERT OR REPLACE INTO noted VALUES (?, ?, ?)", fact.about, source, fact.p)
    if _TOLD_BY_ANYBODY.fullmatch(fact.text) or (by_office and _TOLD_BY_OFFICE.fullmatch(fact.text)):
        books.run("INSERT OR IGNORE INTO flag VALUES (?, ?, ?)", fact.text, source, fact.p)


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
