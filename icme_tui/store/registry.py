"""The registry: units, people, cards, projects, courses, sessions, guests, stations, operators.

A put carries only what it sets. Per field the greatest (v, rank, hlc, station, epoch, p) wins. At a
venue the rows of the newest pack lie under its own puts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from icme_tui import facts, putfields
from icme_tui.clock import hlc_time, is_hlc
from icme_tui.rules.people.idnumber import normalise
from icme_tui.store import authority, people
from icme_tui.store.books import OFFICE, Books


class Record(NamedTuple):
    """One record of the registry as it stands."""

    kind: str
    id: str
    v: int
    """The highest version that any put of it carries."""
    body: dict[str, Any]
    maker: str = ""
    """Code of the station that made it."""
    since: str = ""
    """hlc of its first put: tells which of two records is the older."""


_LATEST = "~"
"""Stands for the hlc of a put that carries none: nobody is older by leaving it out."""

_COLUMNS = "kind, id, v, body, maker, since"
_INDEXED = {"idno": "person", "unit": "person", "uid": "card", "person": "card"}


def get(books: Books, kind: str, id_: str) -> Record | None:
    row = books.run(f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND id = ?", kind, id_).fetchone()  # noqa: S608
    return _record(row) if row else None


def every(books: Books, kind: str) -> Iterator[Record]:
    """All records of a kind, by id."""
    rows = books.run(f"SELECT {_COLUMNS} FROM record WHERE kind = ? ORDER BY id", kind)  # noqa: S608
    return map(_record, rows.fetchall())


def find(books: Books, kind: str, field: str, value: Any) -> list[Record]:
    """The records of a kind whose field has this value, by id. Indexed: person.idno, person.unit,
    card.uid, card.person."""
    if _INDEXED.get(field) == kind:  # literals, so that the partial index is used
        where = f"kind = '{kind}' AND body ->> '$.{field}' = ?"
        rows = books.run(f"SELECT {_COLUMNS} FROM record WHERE {where} ORDER BY id", value)  # noqa: S608
    else:
        where = "kind = ? AND body ->> ? = ?"
        rows = books.run(
            f"SELECT {_COLUMNS} FROM record WHERE {where} ORDER BY id",  # noqa: S608
            kind,
            f'$."{field}"',
            value,
        )
    return [_record(row) for row in rows.fetchall()]


def highest_version(books: Books, kind: str, id_: str) -> int:
    """The highest v of a record that counts, 0 if it is new."""
    row = books.run("SELECT v FROM record WHERE kind = ? AND id = ?", kind, id_).fetchone()
    return int(row[0]) if row else 0


def insert(books: Books, source: int, fact: facts.Put, hlc: str, changes: dict[str, Any]) -> tuple[str, str]:
    """Note a put; the (kind, id) of the record to fold again."""
    key = facts.kind_of(fact), fact.id
    body = _encoded(key[0], {**fact.set, **changes})
    books.run(
        "INSERT OR REPLACE INTO put VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *key,
        source,
        fact.p,
        fact.v,
        books.rank(source),
        hlc,
        body,
    )
    return key


def delete(books: Books, source: int, fact: facts.Put) -> tuple[str, str]:
    """Forget a put; the (kind, id) of the record to fold again."""
    key = facts.kind_of(fact), fact.id
    books.run("DELETE FROM put WHERE kind = ? AND id = ? AND source = ? AND p = ?", *key, source, fact.p)
    return key


def of_link(fact: facts.Link, hlc: str) -> facts.CardPut:
    """A link as the put that it amounts to: of a card whose number is its UID. The version is the time by
    which the fact is ordered, in milliseconds, so that the last link of a card counts."""
    v = max(1, hlc_time(hlc)) if is_hlc(hlc) else 1
    body = {"uid": fact.card, "person": fact.person or None, "state": "active"}
    return facts.CardPut(p=fact.p, id=fact.card, v=v, set=body)


def lay_pack(books: Books, rows: Iterable[tuple[str, str, int, dict[str, Any]]]) -> None:
    """Replace the rows of the pack in force by (kind, id, v, body) of a new one."""
    books.run("DELETE FROM pack_row")
    books.run_many(
        "INSERT OR REPLACE INTO pack_row VALUES (?, ?, ?, ?)",
        ((kind, id_, v, _encoded(kind, body)) for kind, id_, v, body in rows),
    )
    settle_all(books)


def _encoded(kind: str, body: dict[str, Any]) -> str:
    if kind in putfields.PUT_FIELDS:
        body = {
            name: _tidy(kind, name, value)
            for name, value in body.items()
            if putfields.is_field(kind, name, value)
        }
    return msgspec.json.encode(body).decode()


def settle_all(books: Books) -> None:
    """Fold every record anew."""
    books.people_changed = True
    books.run("DELETE FROM record")
    books.run("DELETE FROM flag WHERE flag GLOB 'CONFLICT:*'")
    # Rows that no put of ours touches are taken over in one statement.
    books.run(
        "INSERT INTO record SELECT kind, id, v, '', ?, body FROM pack_row r"
        " WHERE NOT EXISTS (SELECT 1 FROM put WHERE put.kind = r.kind AND put.id = r.id)",
        books.office,
    )
    people.fill(books.connection)
    keys = books.run("SELECT DISTINCT kind, id FROM put").fetchall()
    settle(books, {(str(kind), str(id_)) for kind, id_ in keys})


def settle(books: Books, dirty: set[tuple[str, str]]) -> None:
    """Fold the records whose puts have changed, and those whose authority hangs on them."""
    if not dirty:
        return
    if any(kind in ("unit", "station") for kind, _ in dirty):
        for kind, id_ in sorted(key for key in dirty if key[0] == "station"):
            before = authority.made_by(books, id_)
            _fold(books, kind, id_, authority.of_record)
            dirty = dirty | before | authority.made_by(books, id_)
        if authority.venues_named_units(books):
            dirty = dirty | authority.hanging_on_units(books)
    units = sorted(key for key in dirty if key[0] == "unit")
    if units:
        judge = authority.unit_judge(books)
        for key in units:
            _fold(books, *key, judge)
    for key in sorted(key for key in dirty if key[0] not in ("unit", "station")):
        _fold(books, *key, authority.of_record)


def _fold(books: Books, kind: str, id_: str, judge: authority.Judge) -> None:
    if kind == "person":
        books.people_changed = True
    before = _told_to_records(books, kind, id_)
    _fold_puts(books, kind, id_, judge)
    after = _told_to_records(books, kind, id_)
    if kind == "card" and after != before:
        books.changed_cards.update(uid for uid, _ in (before, after) if isinstance(uid, str))
    elif kind == "station" and after != before:
        books.changed_numbers.update(number for number, _ in (before, after) if isinstance(number, int))


def _told_to_records(books: Books, kind: str, id_: str) -> tuple[Any, Any]:
    """What the records on cards are judged by: UID and person of a card, number and revoked record keys of a
    station."""
    if kind not in ("card", "station"):
        return None, None
    first, second = ("$.uid", "$.person") if kind == "card" else ("$.number", "$.lost_versions")
    row = books.run(
        "SELECT body ->> ?, body ->> ? FROM record WHERE kind = ? AND id = ?",
        first,
        second,
        kind,
        id_,
    ).fetchone()
    return tuple(row) if row else (None, None)


def _fold_puts(books: Books, kind: str, id_: str, judge: authority.Judge) -> None:
    puts = authority.puts_of(books, kind, id_)
    row = books.run("SELECT v, body FROM pack_row WHERE kind = ? AND id = ?", kind, id_).fetchone()
    base = (int(row[0]), msgspec.json.decode(row[1])) if row else None
    verdicts = judge(books, kind, id_, base[1] if base else None, puts)
    body: dict[str, Any] = {}
    decided: dict[str, tuple[int, Any]] = {}
    conflicts: set[str] = set()
    least = base[0] if base else 0  # at a venue the pack stands above everything that it has seen
    layers: list[tuple[int, int, tuple[str | int, ...], dict[str, Any]]] = [
        (put.v, put.rank, put.order, put.body)
        for put, good in zip(puts, verdicts, strict=True)
        if good and put.v > least
    ]
    if base is not None:
        layers.append((base[0], OFFICE, (), base[1]))
    for v, _, _, fields in sorted(layers, key=lambda layer: layer[:3]):
        for field, value in fields.items():
            if field in decided and decided[field][0] == v and decided[field][1] != value:
                conflicts.add(field)
            elif field not in decided or decided[field][0] != v:
                conflicts.discard(field)
            decided[field] = (v, value)
    body = {field: value for field, (_, value) in sorted(decided.items()) if value is not None}
    books.run("DELETE FROM flag WHERE source = 0 AND p = 0 AND flag GLOB ?", _glob(f"CONFLICT:{kind}/{id_}/"))
    if base is None:  # at a venue two edits of one version are settled by the office, in its pack
        for field in conflicts:
            books.run("INSERT OR IGNORE INTO flag VALUES (?, 0, 0)", f"CONFLICT:{kind}/{id_}/{field}")
    for put, good in zip(puts, verdicts, strict=True):
        books.run(
            "DELETE FROM flag WHERE source = ? AND p = ? AND flag GLOB 'NOT_ALLOWED:*'", put.source, put.p
        )
        if not good and kind != "operator":  # accounts of another station are its own affair
            books.flag("NOT_ALLOWED", put.source, put.p)
    if not layers:
        books.run("DELETE FROM record WHERE kind = ? AND id = ?", kind, id_)
        if kind == "person":
            people.note(books.connection, id_, None)
        return
    good_puts = [put for put, good in zip(puts, verdicts, strict=True) if good]
    v = max([put.v for put in good_puts] + ([base[0]] if base else []))
    first = min(good_puts, key=lambda put: put.order) if good_puts else None
    books.run(
        "INSERT OR REPLACE INTO record (kind, id, v, since, maker, body) VALUES (?, ?, ?, ?, ?, ?)",
        kind,
        id_,
        v,
        (first.hlc or _LATEST) if first and not base else "",
        first.station if first and not base else books.office,
        msgspec.json.encode(body).decode(),
    )
    if kind == "person":
        people.note(books.connection, id_, body)


def _tidy(kind: str, field: str, value: Any) -> Any:
    """ID numbers are compared as they are normalised, whoever wrote them."""
    return normalise(value) if kind == "person" and field == "idno" and value is not None else value


def _glob(prefix: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in prefix) + "*"


def _record(row: tuple[Any, ...]) -> Record:
    kind, id_, v, body, maker, since = row
    return Record(str(kind), str(id_), int(v), msgspec.json.decode(body), str(maker), str(since))
