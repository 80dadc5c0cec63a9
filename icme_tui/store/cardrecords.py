"""The projection ``card_record``: records of any station that were seen on cards, and the comings and goings
that they stand for.

Only an office holds the master of the record keys (setting ``masters``), so only there a record can be
checked and counts. It is the event (UID, record number, station that wrote it). Where a swipe tells of that
event, even one that was voided or corrected since, the record adds nothing; where several facts tell the same
record, one of them counts; where the office, or the station that wrote the record, has voided one of them,
none does. Another station can only take back its own telling, and correct nothing: the event is not its own.
The MAC is tried with every number under which the registry knows the card: it may have been issued more than
once, and the number tells whose it was.

All of this is computed for one number of one card at a time, from nothing but the rows here, the registry and
``card_event``, so the order of arrival does not show.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from icme_tui import facts
from icme_tui.cards import record
from icme_tui.cards.keys import record_key
from icme_tui.cards.record import Record
from icme_tui.store import cardevents, taps
from icme_tui.store.books import Books
from icme_tui.store.operations import Fold

Unit = tuple[str, int]
"""(UID, record number): what is settled together."""

MAC_BAD = "MAC_BAD"
"""Flag of a card record whose MAC does not hold: it counts for nothing."""

REVOKED = "KEY_REVOKED"
"""Flag of a card record of a revoked record key, of which the office heard only afterwards."""

ANY, OFFICE = 1, 2
"""Bits of ``counts``: the fact counts by all operations on it; by those of the office alone."""

_KEY = "card = ? AND rec = ? AND source = ? AND p = ?"
_UNFLAG = (
    "DELETE FROM flag WHERE source = ? AND p = ?"
    " AND (flag GLOB 'MAC_BAD:*' OR flag GLOB 'CARD_FORK:*' OR flag GLOB 'KEY_REVOKED:*')"
)
_AT_ONCE = 500
_LAST = 0xFFFF
_BEYOND = b"\xff" * 17
_NUMBER = re.compile(r"[0-9]{9}")
_UID = re.compile(r"(?:[0-9A-F]{2}){4,10}")


class _Row(NamedTuple):
    rec: bytes
    source: int
    p: int
    counts: int
    """Bits: ANY, OFFICE."""
    changes: str
    """What corrections set, as JSON [by anybody, by the office]; empty for nothing."""
    session: int | None
    person: int | None
    """Of the tap that stands for this row; None where none does."""


class _Valid(NamedTuple):
    """A row whose MAC holds."""

    row: _Row
    told: Record
    station: str
    """Code of the station that wrote it."""
    person: str
    """Whose card it was."""
    counts: bool
    changes: dict[str, Any]


def put_in(books: Books, source: int, fact: facts.CardRecord, fold: Fold | None) -> Unit:
    """Note a record that was seen; the unit to settle. ``fold``: what operations on the fact amount to."""
    rec = bytes.fromhex(fact.rec)
    counts, changes = ANY | OFFICE, ""
    if fold is not None:
        counts = ANY * fold.counts | OFFICE * fold.office_counts
    if fold is not None and fold.changes:
        changes = msgspec.json.encode([fold.changes, fold.office_changes], order="sorted").decode()
    books.run(
        "INSERT OR REPLACE INTO card_record VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",
        books.names[fact.card],
        rec,
        source,
        fact.p,
        counts,
        changes,
    )
    return fact.card, record.number_of(rec)


def take_out(books: Books, source: int, fact: facts.CardRecord) -> Unit:
    """Forget a record that was seen, and what it gave; the unit to settle."""
    card, rec = books.names[fact.card], bytes.fromhex(fact.rec)
    for row in _rows(books, card, record.number_of(rec)):
        if (row.rec, row.source, row.p) == (rec, source, fact.p):
            _delete_tap(books, card, row)
            books.run(f"DELETE FROM card_record WHERE {_KEY}", card, *row[:3])  # noqa: S608
    return fact.card, record.number_of(rec)


def replaced_by(books: Books, swipes: Iterable[facts.Swipe]) -> set[Unit]:
    """The units in which a record counts that one of these swipes may tell of as well."""
    if books.run("SELECT 1 FROM card_record WHERE person IS NOT NULL LIMIT 1").fetchone() is None:
        return set()
    cards = {swipe.card for swipe in swipes if swipe.cseq is not None and swipe.card}
    return _units(books, cards, "AND person IS NOT NULL")


def settle(books: Books, dirty: set[Unit]) -> None:
    """Compute these units anew, and those that hang on cards and stations that have changed."""
    cards, numbers = books.changed_cards, books.changed_numbers
    books.changed_cards, books.changed_numbers = set(), set()
    if not (dirty or cards or numbers) or (master := books.record_master) is None:
        return
    dirty = dirty | _units(books, cards) | _units_of_stations(books, numbers)
    if dirty:
        settling = _Settling(books, master)
        for unit in sorted(dirty):
            settling.settle(*unit)


def seen(books: Books, uid: str, first: int, last: int) -> set[bytes]:
    """The records (16 bytes each) of a card that facts tell of, with numbers from ``first`` to ``last``."""
    card = books.names.find(uid)
    return set() if card is None else {row.rec for row in _rows(books, card, first, last)}


def of_unknown_cards(books: Books) -> list[tuple[str, int]]:
    """(UID, records) of the cards of which records were seen and which the registry does not know."""
    rows = books.run(
        "SELECT n.text, count(DISTINCT c.rec) FROM card_record c JOIN name n ON n.id = c.card"
        " WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.kind = 'card' AND r.body ->> '$.uid' = n.text)"
        " GROUP BY n.text ORDER BY n.text"
    )
    return [(str(uid), int(count)) for uid, count in rows.fetchall()]


def count_bad(books: Books, station: str, epoch: str, first: int, last: int) -> int:
    """How many facts of a range tell of records whose MAC does not hold."""
    source = books.sources.find(station, epoch)
    row = books.run(
        "SELECT count(*) FROM flag WHERE source = ? AND p BETWEEN ? AND ? AND flag GLOB 'MAC_BAD:*'",
        source,
        first,
        last,
    ).fetchone()
    return int(row[0])


class _Settling:
    """One round of settling: what several units need is looked up once."""

    def __init__(self, books: Books, master: bytes) -> None:
        self._books = books
        self._master = master
        self._codes = _codes(books)
        self._cards: dict[str, list[tuple[int, str]]] = {}
        self._runs: dict[str, list[tuple[str, int, int]]] = {}
        self._keys: dict[tuple[int, int], bytes] = {}
        self._lost = _lost_versions(books)

    def settle(self, uid: str, number: int) -> None:
        books, card = self._books, self._books.names[uid]
        by_station: defaultdict[str, list[_Valid]] = defaultdict(list)
        for row in _rows(books, card, number):
            _delete_tap(books, card, row)
            books.run(_UNFLAG, row.source, row.p)
            found = self._checked(uid, row)
            if found is not None:
                by_station[found.station].append(found)
        told = {station for station, first, last in self._runs_of(uid) if first <= number <= last}
        standing: dict[str, _Valid] = {}
        for station, valid in by_station.items():
            if len({one.row.rec for one in valid}) > 1:
                self._flag_fork(uid, number, valid)
            if station not in told and all(one.counts for one in valid):
                standing[station] = min(valid, key=self._order)
        for one in standing.values():
            self._give(card, one)
        if len(told | standing.keys()) > 1:
            self._flag_fork(uid, number, standing.values())

    def _checked(self, uid: str, row: _Row) -> _Valid | None:
        """The row, if its MAC holds under a number of the card and it is known who wrote it; a wrong MAC is
        flagged. Nothing can be said while no number of the card is known."""
        cards = self._cards_of(uid)
        told = record.decode(row.rec)
        if told is not None:
            for number, person in cards:
                if record.verify(row.rec, bytes.fromhex(uid), number, self._key(told)):
                    if self._is_lost(told, row):
                        self._books.flag(REVOKED, row.source, row.p)
                        return None
                    station = self._codes.get(told.station)
                    return self._valid(row, told, station, person) if station and person else None
        if cards and row.counts & OFFICE:
            self._books.flag(MAC_BAD, row.source, row.p)
        return None

    def _valid(self, row: _Row, told: Record, station: str, person: str) -> _Valid | None:
        """The row with what counts of the operations on it; None where a station took back what it told of
        another's record."""
        anybody, office = msgspec.json.decode(row.changes) if row.changes else ({}, {})
        if self._books.station(row.source) == station:
            return _Valid(row, told, station, person, bool(row.counts & ANY), anybody)
        if row.counts == OFFICE:
            return None
        return _Valid(row, told, station, person, bool(row.counts & OFFICE), office)

    def _is_lost(self, told: Record, row: _Row) -> bool:
        """Whether its key was revoked, and the fact that tells of it came after that."""
        held = self._lost.get((told.station, told.key_version))
        return held is not None and row.p > held.get(self._books.sources.pair(row.source)[1], 0)

    def _key(self, told: Record) -> bytes:
        which = told.station, told.key_version
        if which not in self._keys:
            self._keys[which] = record_key(self._master, *which)
        return self._keys[which]

    def _give(self, card: int, one: _Valid) -> None:
        """Let a record count as a swipe of the station that wrote it."""
        row = one.row
        key = taps.insert_record(
            self._books, row.source, row.p, card, one.station, one.person, one.told, one.changes
        )
        self._books.run(
            f"UPDATE card_record SET session = ?, person = ? WHERE {_KEY}",  # noqa: S608
            *key,
            card,
            *row[:3],
        )

    def _flag_fork(self, uid: str, number: int, found: Iterable[_Valid]) -> None:
        flag = f"CARD_FORK:{uid}/{number}"
        self._books.run_many(
            "INSERT OR IGNORE INTO flag VALUES (?, ?, ?)",
            ((flag, one.row.source, one.row.p) for one in found),
        )

    def _order(self, one: _Valid) -> tuple[bool, str, str, int, bytes]:
        """A corrected record before others, then by place."""
        station, epoch = self._books.sources.pair(one.row.source)
        return not one.changes, station, epoch, one.row.p, one.row.rec

    def _cards_of(self, uid: str) -> list[tuple[int, str]]:
        """(card number, person) of every issue of this UID that the registry knows, by number."""
        if uid not in self._cards:
            rows = self._books.run(
                "SELECT id, body ->> '$.person' FROM record"
                " WHERE kind = 'card' AND body ->> '$.uid' = ? ORDER BY id",
                uid,
            ).fetchall()
            numbered = [(int(id_), str(person or "")) for id_, person in rows if _NUMBER.fullmatch(id_)]
            self._cards[uid] = numbered if _UID.fullmatch(uid) else []
        return self._cards[uid]

    def _runs_of(self, uid: str) -> list[tuple[str, int, int]]:
        if uid not in self._runs:
            self._runs[uid] = cardevents.runs(self._books, uid)
        return self._runs[uid]


def _lost_versions(books: Books) -> dict[tuple[int, int], dict[str, int]]:
    """{(station number, version of its record key): {epoch: what was held of it when that was revoked}}."""
    rows = books.run(
        "SELECT body ->> '$.number', body ->> '$.lost_versions' FROM record"
        " WHERE kind = 'station' AND body ->> '$.lost_versions' IS NOT NULL"
    ).fetchall()
    lost: dict[tuple[int, int], dict[str, int]] = {}
    for number, told in rows:
        for each in msgspec.json.decode(told) if isinstance(number, int) else ():
            held = lost.setdefault((number, each.get("version", -1)), {})
            held[each.get("epoch", "")] = each.get("pos", 0)
    return lost


def _rows(books: Books, card: int, first: int, last: int | None = None) -> list[_Row]:
    after = (first if last is None else last) + 1
    found = books.run(
        "SELECT rec, source, p, counts, changes, session, person FROM card_record"
        " WHERE card = ? AND rec >= ? AND rec < ?",
        card,
        first.to_bytes(2, "big"),
        after.to_bytes(2, "big") if after <= _LAST else _BEYOND,
    )
    return [_Row(*row) for row in found.fetchall()]


def _delete_tap(books: Books, card: int, row: _Row) -> None:
    if row.person is None:
        return
    books.run(
        "DELETE FROM tap WHERE session = ? AND person = ? AND source = ? AND p = ?",
        row.session,
        row.person,
        row.source,
        row.p,
    )
    books.run(f"UPDATE card_record SET session = NULL, person = NULL WHERE {_KEY}", card, *row[:3])  # noqa: S608


def _units(books: Books, cards: Iterable[str], also: str = "") -> set[Unit]:
    """The units of some cards that have rows; ``also`` narrows which."""
    numbers = {number: uid for uid in cards if (number := books.names.find(uid)) is not None}
    found: set[Unit] = set()
    some = list(numbers)
    for start in range(0, len(some), _AT_ONCE):
        part = some[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        rows = books.run(f"SELECT card, rec FROM card_record WHERE card IN ({marks}) {also}", *part)  # noqa: S608
        found |= {(numbers[card], record.number_of(rec)) for card, rec in rows.fetchall()}
    return found


def _units_of_stations(books: Books, numbers: Iterable[int]) -> set[Unit]:
    """The units in which a station with one of these numbers has written."""
    found: set[Unit] = set()
    for number in numbers:
        if 0 <= number <= _LAST:
            rows = books.run(
                "SELECT n.text, r.rec FROM card_record r JOIN name n ON n.id = r.card"
                " WHERE substr(r.rec, 3, 2) = ?",
                number.to_bytes(2, "big"),
            )
            found |= {(str(uid), record.number_of(rec)) for uid, rec in rows.fetchall()}
    return found


def _codes(books: Books) -> dict[int, str]:
    """{station number: code}. Of two stations with one number the first by code."""
    rows = books.run(
        "SELECT body ->> '$.number', id FROM record"
        " WHERE kind = 'station' AND body ->> '$.number' IS NOT NULL ORDER BY id DESC"
    )
    return {int(number): str(id_) for number, id_ in rows.fetchall()}
