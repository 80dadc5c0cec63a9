"""The projection ``card_event``: which station wrote which record numbers of a card.

One row per card, so that the check for the same number from two stations (``CARD_FORK``) needs no
index over all facts. ``events`` is a sorted row of runs: station's number in ``name``, first and last
record number, u32 each, big-endian. A number was used even if its swipe was voided later, so nothing is
taken out.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable

from icme_tui import facts
from icme_tui.store.books import Books

Run = tuple[int, ...]
"""(station, first, last)"""

_RUN = struct.Struct(">III")
_MOST = 2**32 - 1
_AT_ONCE = 500


def note(books: Books, source: int, swipes: Iterable[facts.Swipe]) -> None:
    """Take the record numbers of some swipes of one source into account."""
    station = books.names[books.station(source)]
    by_card: defaultdict[str, list[int]] = defaultdict(list)
    for swipe in swipes:
        number = swipe.cseq
        if number is not None and swipe.card and number <= _MOST:
            by_card[swipe.card].append(number)
    cards = {books.names[uid]: uid for uid in by_card}
    held = _held(books, list(cards))
    changed: list[tuple[int, bytes]] = []
    for card, uid in cards.items():
        numbers = sorted(set(by_card[uid]))
        before = held.get(card, b"")
        after = _extended(before, station, numbers)
        if after != before:
            changed.append((card, after))
            if after[:4] != after[-_RUN.size :][:4]:  # the first and the last run are of two stations
                _flag_forks(books, uid, after)
    books.run_many("INSERT OR REPLACE INTO card_event VALUES (?, ?)", changed)


def highest(books: Books, uid: str, station: str | None = None) -> int | None:
    """The highest record number known of a card, of all stations or of one."""
    number = None if station is None else books.names.find(station)
    if station is not None and number is None:
        return None
    return max((last for by, _, last in _runs_of(books, uid) if number in (None, by)), default=None)


def known(books: Books, uid: str, seq: int, station: str) -> bool:
    """Whether a swipe of this station with this record number is in the journal."""
    number = books.names.find(station)
    return any(by == number and first <= seq <= last for by, first, last in _runs_of(books, uid))


def runs(books: Books, uid: str) -> list[tuple[str, int, int]]:
    """(station, first, last) of the record numbers of a card that swipes tell of."""
    return [(books.names.text(by), first, last) for by, first, last in _runs_of(books, uid)]


def _runs_of(books: Books, uid: str) -> list[Run]:
    card = books.names.find(uid)
    row = None if card is None else books.run("SELECT events FROM card_event WHERE card = ?", card).fetchone()
    return list(_RUN.iter_unpack(row[0])) if row else []


def _held(books: Books, cards: list[int]) -> dict[int, bytes]:
    held: dict[int, bytes] = {}
    for start in range(0, len(cards), _AT_ONCE):
        some = cards[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        held.update(books.run(f"SELECT card, events FROM card_event WHERE card IN ({marks})", *some))  # noqa: S608
    return held


def _extended(before: bytes, station: int, numbers: list[int]) -> bytes:
    """The runs with some more numbers (sorted, not empty) of a station."""
    first, last = numbers[0], numbers[-1]
    if last - first == len(numbers) - 1 and len(before) <= _RUN.size:  # the usual: a run, and one before it
        if not before:
            return _RUN.pack(station, first, last)
        by, start, stop = _RUN.unpack(before)
        if by == station and stop == first - 1:
            return _RUN.pack(station, start, last)
    every: defaultdict[int, set[int]] = defaultdict(set)
    for by, start, stop in _RUN.iter_unpack(before):
        every[by].update(range(start, stop + 1))
    every[station].update(numbers)
    return b"".join(_RUN.pack(by, *run) for by in sorted(every) for run in _runs(sorted(every[by])))


def _runs(numbers: list[int]) -> Iterable[tuple[int, int]]:
    start = previous = numbers[0]
    for number in numbers[1:]:
        if number != previous + 1:
            yield start, previous
            start = number
        previous = number
    yield start, previous


def _flag_forks(books: Books, uid: str, events: bytes) -> None:
    by_number: defaultdict[int, set[int]] = defaultdict(set)
    for by, start, stop in _RUN.iter_unpack(events):
        for number in range(start, stop + 1):
            by_number[number].add(by)
    for number, stations in by_number.items():
        if len(stations) > 1:
            books.run("INSERT OR IGNORE INTO flag VALUES (?, 0, 0)", f"CARD_FORK:{uid}/{number}")
