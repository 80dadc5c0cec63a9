"""The projection ``card_event``: which station wrote which record number of a card.

One row per card, so that the check for the same number from two stations (``CARD_FORK``) needs no
index over all facts. ``events`` is a sorted run of pairs: record number u32, station's number in
``name`` u32, big-endian. A number was used even if its swipe was voided later, so nothing is taken out.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable

from icme_tui import facts
from icme_tui.store.books import Books

_PAIR = struct.Struct(">II")
_MOST = 2**32 - 1


def note(books: Books, source: int, swipes: Iterable[facts.Swipe]) -> None:
    """Take the record numbers of some swipes of one source into account."""
    station = books.names[books.station(source)]
    by_card: defaultdict[str, list[int]] = defaultdict(list)
    for swipe in swipes:
        if swipe.card and swipe.cseq is not None and swipe.cseq <= _MOST:
            by_card[swipe.card].append(swipe.cseq)
    for uid, numbers in by_card.items():
        card = books.names[uid]
        row = books.run("SELECT events FROM card_event WHERE card = ?", card).fetchone()
        held = set(_PAIR.iter_unpack(row[0])) if row else set()
        events = held | {(number, station) for number in numbers}
        if len(events) == len(held):
            continue
        books.run(
            "INSERT OR REPLACE INTO card_event VALUES (?, ?)",
            card,
            b"".join(_PAIR.pack(*event) for event in sorted(events)),
        )
        _flag_forks(books, uid, numbers, events)


def highest(books: Books, uid: str, station: str | None = None) -> int | None:
    """The highest record number known of a card, of all stations or of one."""
    card = books.names.find(uid)
    number = None if station is None else books.names.find(station)
    if card is None or (station is not None and number is None):
        return None
    row = books.run("SELECT events FROM card_event WHERE card = ?", card).fetchone()
    found = [seq for seq, by in _PAIR.iter_unpack(row[0]) if number in (None, by)] if row else []
    return max(found, default=None)


def known(books: Books, uid: str, seq: int, station: str) -> bool:
    """Whether a swipe of this station with this record number is in the journal."""
    card, number = books.names.find(uid), books.names.find(station)
    if card is None or number is None:
        return False
    row = books.run("SELECT events FROM card_event WHERE card = ?", card).fetchone()
    return row is not None and (seq, number) in set(_PAIR.iter_unpack(row[0]))


def _flag_forks(books: Books, uid: str, numbers: list[int], events: set[tuple[int, ...]]) -> None:
    stations: defaultdict[int, set[int]] = defaultdict(set)
    for seq, station in events:
        stations[seq].add(station)
    for seq in set(numbers):
        if len(stations[seq]) > 1:
            books.run("INSERT OR IGNORE INTO flag VALUES (?, 0, 0)", f"CARD_FORK:{uid}/{seq}")
