"""The projection ``card_event``: which station wrote which record number of a card.

One row per card, so that the check for the same number from two stations (``CARD_FORK``) needs no
index over all facts. ``events`` is a sorted run of pairs: record number u32, station's number in
``name`` u32, big-endian. A number was used even if its swipe was voided later, so nothing is taken out.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable

from icme_tui import facts
from icme_tui.store.books import Books

_PAIR = struct.Struct(">II")
_MOST = 2**32 - 1
_AT_ONCE = 500


def note(books: Books, source: int, swipes: Iterable[facts.Swipe]) -> None:
    """Take the record numbers of some swipes of one source into account."""
    station = books.names[books.station(source)]
    by_card: defaultdict[str, set[tuple[int, ...]]] = defaultdict(set)
    for swipe in swipes:
        if swipe.card and swipe.cseq is not None and swipe.cseq <= _MOST:
            by_card[swipe.card].add((swipe.cseq, station))
    cards = {books.names[uid]: uid for uid in by_card}
    changed: list[tuple[int, bytes]] = []
    held = _held(books, list(cards))
    for card, uid in cards.items():
        before = held.get(card, set())
        events = before | by_card[uid]
        if len(events) == len(before):
            continue
        changed.append((card, b"".join(_PAIR.pack(*event) for event in sorted(events))))
        if len({seq for seq, _ in events}) < len(events):
            _flag_forks(books, uid, events)
    books.run_many("INSERT OR REPLACE INTO card_event VALUES (?, ?)", changed)


def _held(books: Books, cards: list[int]) -> dict[int, set[tuple[int, ...]]]:
    held: dict[int, set[tuple[int, ...]]] = {}
    for start in range(0, len(cards), _AT_ONCE):
        some = cards[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        rows = books.run(f"SELECT card, events FROM card_event WHERE card IN ({marks})", *some)  # noqa: S608
        held.update((card, set(_PAIR.iter_unpack(events))) for card, events in rows)
    return held


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


def _flag_forks(books: Books, uid: str, events: set[tuple[int, ...]]) -> None:
    stations = Counter(seq for seq, _ in events)
    for seq, count in stations.items():
        if count > 1:
            books.run("INSERT OR IGNORE INTO flag VALUES (?, 0, 0)", f"CARD_FORK:{uid}/{seq}")
