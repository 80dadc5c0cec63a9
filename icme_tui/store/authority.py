"""Whose puts count. The office may put anything; a venue the units and people of its own unit's
subtree, and the sessions, cards and guests that it made. At a venue its own puts always count:
they are its view, which the office judges when they arrive there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from icme_tui import idcodes
from icme_tui.rules.unittree import is_within
from icme_tui.store.books import OFFICE, Books

_UID = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})")
"""The number of a card that was linked by its UID; ours have nine digits."""

MOST_STEP = 1_000_000
"""How far a venue's v may lie above what it changes: no record can be pushed to the end of the numbers."""


class StoredPut(NamedTuple):
    """One put of a record."""

    source: int
    p: int
    v: int
    rank: int
    hlc: str
    station: str
    epoch: str
    id: str
    body: dict[str, Any]

    @property
    def order(self) -> tuple[str | int, ...]:
        return self.hlc, self.station, self.epoch, self.p


Judge = Callable[[Books, str, str, "dict[str, Any] | None", list[StoredPut]], list[bool]]

_PUTS = (
    "SELECT p.source, p.p, p.v, p.rank, p.hlc, s.station, s.epoch, p.id, p.body"
    " FROM put p JOIN source s ON s.id = p.source"
)


def puts_of(books: Books, kind: str, id_: str) -> list[StoredPut]:
    """The puts of one record in the order (v, rank, hlc, station, epoch, p)."""
    puts = _stored(books.run(f"{_PUTS} WHERE p.kind = ? AND p.id = ?", kind, id_))
    return sorted(puts, key=lambda put: (put.v, put.rank, put.order))


def of_record(
    books: Books, kind: str, id_: str, base: dict[str, Any] | None, puts: list[StoredPut]
) -> list[bool]:
    """Judge the puts of any record but a unit's."""
    verdicts: list[bool] = []
    maker = _maker(books, kind, id_) or (books.office if base is not None else None)
    v = 0
    unit = base.get("unit") if base is not None else None
    for put in puts:
        if put.rank == OFFICE or (books.at_venue and put.station == books.own):
            good = True
        elif put.v > v + MOST_STEP:
            good = False
        elif kind == "person":
            own = unit_of_station(books, put.station)
            after = put.body.get("unit", unit)
            good = (
                own is not None and within(books, after, own) and (unit is None or within(books, unit, own))
            )
        elif kind in ("session", "card", "guest"):
            good = maker in (None, put.station)
        else:
            good = False
        verdicts.append(good)
        if good:
            v = put.v
            maker = maker or put.station
            unit = put.body.get("unit", unit)
    return verdicts


def _maker(books: Books, kind: str, id_: str) -> str | None:
    """The station that a session, guest or card belongs to by its code or number; None for codes that are
    not ours, whose first put then tells."""
    if kind == "card" and _UID.fullmatch(id_):
        return books.office  # the link of a card of which only the UID is known
    if kind == "card":
        row = books.run(
            "SELECT id FROM record WHERE kind = 'station'"
            " AND CAST(substr(?, 1, 8) AS INTEGER) BETWEEN body ->> '$.card_from' AND body ->> '$.card_to'",
            id_,
        ).fetchone()
        return str(row[0]) if row else None
    number = idcodes.station_of(id_) if kind in ("session", "guest") else None
    if number is None:
        return None
    row = books.run(
        "SELECT id FROM record WHERE kind = 'station' AND body ->> '$.number' = ?", number
    ).fetchone()
    return str(row[0]) if row else None


def made_by(books: Books, station: str) -> set[tuple[str, str]]:
    """The sessions, guests and cards that belong to a station by their codes and numbers."""
    row = books.run(
        "SELECT body ->> '$.number', body ->> '$.card_from', body ->> '$.card_to' FROM record"
        " WHERE kind = 'station' AND id = ?",
        station,
    ).fetchone()
    if row is None:
        return set()
    number, first, last = row
    rows = books.run(
        "SELECT DISTINCT kind, id FROM put WHERE kind = 'card'"
        " AND CAST(substr(id, 1, 8) AS INTEGER) BETWEEN ? AND ?",
        first,
        last,
    ).fetchall()
    if number is not None and 0 <= number < idcodes.MOST_STATIONS:
        prefix = idcodes.make_code("session", number, 0)[1:4]
        rows += books.run(
            "SELECT DISTINCT kind, id FROM put WHERE kind IN ('session', 'guest') AND substr(id, 2, 3) = ?",
            prefix,
        ).fetchall()
    return {(str(kind), str(id_)) for kind, id_ in rows}


def unit_judge(books: Books) -> Judge:
    """A judge of unit puts: the whole tree is folded once, the office's puts first, then the
    venues' by time, each against the tree as it stands then."""
    parents: dict[str, str | None] = {}
    for id_, parent in books.run(
        "SELECT id, body ->> '$.parent' FROM pack_row WHERE kind = 'unit'"
    ).fetchall():
        parents[id_] = parent
    puts = _stored(books.run(f"{_PUTS} WHERE p.kind = 'unit'"))
    good: set[tuple[int, int]] = set()
    versions: dict[str, int] = {}
    for put in sorted(puts, key=lambda put: (-put.rank, put.v if put.rank else 0, put.order)):
        id_ = put.id
        own_view = books.at_venue and put.station == books.own
        if put.rank != OFFICE and not own_view:
            own = unit_of_station(books, put.station)
            parent = put.body.get("parent", parents.get(id_, own))
            if own is None or not is_within(parents, parent, own):
                continue
            if id_ in parents and not is_within(parents, id_, own):
                continue
            if put.v > versions.get(id_, 0) + MOST_STEP:
                continue
            parents[id_] = parent
        elif "parent" in put.body or id_ not in parents:
            parents[id_] = put.body.get("parent")
        good.add((put.source, put.p))
        versions[id_] = max(put.v, versions.get(id_, 0))

    def judge(
        _: Books, __: str, ___: str, ____: dict[str, Any] | None, stored: list[StoredPut]
    ) -> list[bool]:
        return [(put.source, put.p) in good for put in stored]

    return judge


def unit_of_station(books: Books, station: str) -> str | None:
    """The unit that a venue belongs to, from its enrolment."""
    row = books.run(
        "SELECT body ->> '$.unit' FROM record WHERE kind = 'station' AND id = ?", station
    ).fetchone()
    return str(row[0]) if row and row[0] is not None else None


def within(books: Books, unit: str | None, top: str) -> bool:
    """Whether a unit is ``top`` or lies below it."""
    seen: set[str] = set()
    while unit is not None and unit not in seen:
        if unit == top:
            return True
        seen.add(unit)
        row = books.run(
            "SELECT maker, body ->> '$.parent' FROM record WHERE kind = 'unit' AND id = ?", unit
        ).fetchone()
        if row is None:
            return False
        # A unit that a venue made without naming a parent stands below the venue's own.
        unit = row[1] if row[1] is not None else unit_of_station(books, str(row[0]))
    return False


def venues_named_units(books: Books) -> bool:
    """Whether any venue's put of a unit or a person waits for a judgement."""
    if books.at_venue:
        return False
    row = books.run(
        "SELECT 1 FROM put WHERE kind IN ('unit', 'person') AND rank < ? LIMIT 1", OFFICE
    ).fetchone()
    return row is not None


def hanging_on_units(books: Books) -> set[tuple[str, str]]:
    """The units and people whose venue puts are judged by the tree of units."""
    rows = books.run(
        "SELECT DISTINCT kind, id FROM put WHERE kind IN ('unit', 'person') AND rank < ?", OFFICE
    )
    return {(str(kind), str(id_)) for kind, id_ in rows.fetchall()}


def _stored(cursor: Any) -> list[StoredPut]:
    rows: list[Any] = cursor.fetchall()
    return [StoredPut._make((*row[:8], msgspec.json.decode(row[8]))) for row in rows]
