"""A station's store: transactions, settings, the journal and what is computed from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlcipher3 import dbapi2

from icme_tui import durable, facts
from icme_tui.cards import record
from icme_tui.rules.attendance import Tap
from icme_tui.store import (
    adjusting,
    authority,
    cardevents,
    cardrecords,
    crowds,
    identity,
    importlog,
    merging,
    noting,
    people,
    registry,
    taps,
)
from icme_tui.store.books import Books
from icme_tui.store.comparing import Fingerprints
from icme_tui.store.database import exclusive, open_database, quick_check, reason_of
from icme_tui.store.journal import Journal, Line
from icme_tui.store.merging import Merged
from icme_tui.store.people import PeopleQuery
from icme_tui.store.registry import Record
from icme_tui.store.taps import Suspects

PROJECTIONS = (
    "tap",
    "operation",
    "put",
    "record",
    "person_row",
    "merged",
    "ahead",
    "adjusted",
    "noted",
    "card_event",
    "card_record",
    "flag",
)
"""The tables that a rebuild gives again."""


_PORTION = 10_000
_PAGE = 500
"""Lines that are read at once where only the newest are looked at."""
"""Lines that are read together."""


class Entry(NamedTuple):
    """One line of the journal with its place."""

    place: facts.Place
    hash: bytes
    line: bytes


class Store:
    """One open database. Every write happens inside ``writing()``; calls from several threads take turns."""

    def __init__(self, db: Any, office: str, own: str) -> None:
        self._db = db
        self._connection = db.connection()
        self._lock = threading.RLock()
        self._depth = 0
        self.books = Books(self._connection, office, own)
        self._identity = identity.Identity(self.books)
        self._by_unit: tuple[Any, dict[str, int]] | None = None

    @property
    def journal(self) -> Journal:
        return self.books.journal

    @property
    def database(self) -> Any:
        """The open ``CipherDatabase``."""
        return self._db

    @property
    def key(self) -> bytes:
        """The 32 bytes that open the database. A secret."""
        return bytes(self._db.key)

    def close(self) -> None:
        self._db.close()

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is open."""
        return self._depth > 0

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread reads or writes while the block runs."""
        with self._lock:
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other program has the store open within the block. Raises StoreError ``STORE_IN_USE``."""
        with self._lock, _translated(), exclusive(self._db):
            yield

    def rekey(self, key: bytes) -> None:
        """Encrypt the store with another key of 32 bytes, inside ``exclusive``: all of it or nothing.

        Raises StoreError ``REKEY_ROOM`` (for the pages of before there must be room beside the store for a
        while), ``REKEY_FAILED``.
        """
        with self._lock:
            try:
                self._db.rekey(key)
            finally:  # after a failure it is another connection
                self._connection = self._db.connection()
                self.books.use(self._connection)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, durable when the block ends; nothing of it remains if the block raises.

        Blocks may nest: the outermost one commits. Raises StoreError ``STORE_BUSY`` when another
        program keeps the store locked, ``STORE_FULL`` when the disk is full, ``STORE_FAULT`` else.
        """
        with self._lock:
            if self._depth:
                yield
                return
            self._depth = 1
            try:
                with _translated():
                    self._connection.execute("BEGIN IMMEDIATE")
                    try:
                        yield
                        self.books.tell_people_changed()
                        durable.point("commit")
                        self._connection.execute("COMMIT")
                        durable.point("committed")
                    except BaseException:
                        self.books.forget()
                        if self._connection.in_transaction:
                            self._connection.execute("ROLLBACK")
                        raise
            finally:
                self._depth = 0

    # Settings: pinned by the station itself, never exchanged as facts.

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting as JSON-able value."""
        with self._lock:
            row = self.books.run("SELECT value FROM setting WHERE key = ?", key).fetchone()
        return msgspec.json.decode(row[0]) if row else default

    def set_setting(self, key: str, value: Any) -> None:
        with self.writing():
            self.books.run("INSERT OR REPLACE INTO setting VALUES (?, ?)", key, msgspec.json.encode(value))
            if key == "office":
                self.books.forget_office()

    # Journal

    def merge(
        self,
        station: str,
        epoch: str,
        first: int,
        lines: Sequence[bytes],
        hashes: Sequence[bytes] | None = None,
        decoded: Sequence[facts.AnyFact | None] | None = None,
        block: bytes | None = None,
        head: bytes | None = None,
    ) -> Merged:
        """Merge lines of consecutive positions of one source (see ``merging.merge``)."""
        if not lines:
            return Merged(0, 0, 0)
        with self.writing():
            source = self.books.sources.number(station, epoch)
            hashes = [facts.line_hash(line) for line in lines] if hashes is None else hashes
            return merging.merge(self.books, source, first, lines, hashes, decoded, block, head)

    def top(self, station: str, epoch: str) -> tuple[int, bytes]:
        """(position up to which no line of a source is missing, the chain's head there)."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            return self.journal.top(source) if source is not None else (0, facts.chain_start(station, epoch))

    def last_held(self, station: str, epoch: str) -> int:
        """The highest position of which a line is held, 0 for none."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            return 0 if source is None else self.journal.last_held(source)

    def head_at(self, station: str, epoch: str, p: int) -> bytes | None:
        """The chain's head after position ``p``, None where lines before it are missing."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            if source is None:
                return facts.chain_start(station, epoch) if p == 0 else None
            return self.journal.head_at(source, p)

    def is_forked(self, station: str, epoch: str, below: int) -> bool:
        """Whether a place of a source under ``below`` holds several lines."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            return source is not None and self.journal.is_forked(source, below)

    def lines(self, station: str, epoch: str, first: int = 1, last: int | None = None) -> list[Line]:
        """The lines of a range of one source."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            return [] if source is None else list(self.journal.lines(source, first, last))

    def hashes(self, station: str, epoch: str, first: int, last: int) -> list[tuple[int, bytes]]:
        """(position, content hash) of every line held of a range of one source."""
        with self._lock:
            source = self.books.sources.find(station, epoch)
            return [] if source is None else self.journal.hashes(source, first, last)

    def sources(self) -> list[tuple[str, str]]:
        """(station, epoch) of every source of which a line is held, and of our own. What a fact merely names
        is none: anybody can name anything."""
        with self._lock:
            rows = self.books.run(
                "SELECT station, epoch FROM source s WHERE station = ?"
                " OR EXISTS (SELECT 1 FROM fact WHERE source = s.id)"
                " OR EXISTS (SELECT 1 FROM segment WHERE source = s.id) ORDER BY station, epoch",
                self.books.own,
            )
            return [(str(station), str(epoch)) for station, epoch in rows.fetchall()]

    def entries(self) -> Iterator[Entry]:
        """Every line held, by station, epoch and position; read in portions, others may write meanwhile."""
        for station, epoch in self.sources():
            first = 1
            while lines := self._portion(station, epoch, first):
                yield from (
                    Entry(facts.Place(station, epoch, line.p), line.hash, line.line) for line in lines
                )
                first = lines[-1].p + 1

    def newest(self, station: str, epoch: str) -> Iterator[Entry]:
        """Every line held of one source, from the last position down; read in portions."""
        below = 2**62
        while lines := self._portion_below(station, epoch, below):
            yield from (
                Entry(facts.Place(station, epoch, line.p), line.hash, line.line) for line in reversed(lines)
            )
            below = lines[0].p

    def count_lines(self) -> int:
        """How many lines the journal holds."""
        with self._lock:
            return self.journal.count()

    def _portion_below(self, station: str, epoch: str, below: int) -> list[Line]:
        with self._lock:
            source = self.books.sources.find(station, epoch)
            last = 0 if source is None else self.journal.last_held(source, below)
            return [] if last == 0 else self.lines(station, epoch, max(1, last - _PAGE + 1), last)

    def _portion(self, station: str, epoch: str, first: int) -> list[Line]:
        with self._lock:
            positions = self.books.run(
                "SELECT min(p) FROM (SELECT min(f.p) AS p FROM fact f JOIN source s ON s.id = f.source"
                " WHERE s.station = ?1 AND s.epoch = ?2 AND f.p >= ?3 UNION ALL"
                " SELECT min(max(g.first, ?3)) FROM segment g JOIN source s ON s.id = g.source"
                " WHERE s.station = ?1 AND s.epoch = ?2 AND g.last >= ?3)",
                station,
                epoch,
                first,
            ).fetchone()
            return (
                []
                if positions[0] is None
                else self.lines(station, epoch, positions[0], positions[0] + _PORTION - 1)
            )

    # Projections

    def record_of(self, kind: str, id_: str) -> Record | None:
        with self._lock:
            return registry.get(self.books, kind, id_)

    def records(self, kind: str) -> Iterator[Record]:
        with self._lock:
            return registry.every(self.books, kind)

    def find_records(self, kind: str, field: str, value: Any) -> list[Record]:
        with self._lock:
            return registry.find(self.books, kind, field, value)

    def people(self, query: PeopleQuery, first: int, count: int) -> tuple[list[Record], int]:
        with self._lock:
            if query.words:  # one look at everybody gives both
                codes = people.found(self._connection, query)
                total, codes = len(codes), codes[first : first + count]
            else:
                codes = people.page(self._connection, query, first, count)
                total = self.count_people(query)
            found = (registry.get(self.books, "person", code) for code in codes)
            return [record for record in found if record is not None], total

    def count_people(self, query: PeopleQuery) -> int:
        with self._lock:
            return people.count(self._connection, query, self.people_by_unit())

    def people_by_unit(self) -> dict[str, int]:
        with self._lock:
            stamp = self.books.people_stamp()
            if self._by_unit is None or self._by_unit[0] != stamp:
                self._by_unit = stamp, people.by_unit(self._connection)
            return dict(self._by_unit[1])

    def highest_version(self, kind: str, id_: str) -> int:
        with self._lock:
            return registry.highest_version(self.books, kind, id_)

    def taps(self, session: str) -> list[Tap]:
        with self._lock:
            found = adjusting.applied(self.books, taps.of_session(self.books, session))
            return self._identity.resolved(found)

    def taps_of(self, session: str, person: str) -> list[Tap]:
        with self._lock:
            found = [
                tap
                for code in self._identity.codes(person)
                for tap in taps.of_person(self.books, session, code)
            ]
            return self._identity.resolved(adjusting.applied(self.books, found))

    def unconfirmed(self) -> list[Tap]:
        with self._lock:
            return self._identity.resolved(taps.unconfirmed(self.books))

    def person_code(self, person: str) -> str:
        with self._lock:
            return self._identity.code(person)

    def sessions_with_taps(self) -> list[str]:
        with self._lock:
            return taps.sessions(self.books)

    def highest_record(self, uid: str, station: str | None = None) -> int | None:
        with self._lock:
            return cardevents.highest(self.books, uid, station)

    def knows_record(self, uid: str, seq: int, station: str) -> bool:
        with self._lock:
            return cardevents.known(self.books, uid, seq, station)

    def numbers_told(self, uid: str, first: int, last: int) -> set[int]:
        with self._lock:
            told = {record.number_of(rec) for rec in cardrecords.seen(self.books, uid, first, last)}
            for _, start, stop in cardevents.runs(self.books, uid):
                told.update(range(max(first, start), min(last, stop) + 1))
            return told

    def records_seen(self, uid: str, first: int, last: int) -> set[bytes]:
        with self._lock:
            return cardrecords.seen(self.books, uid, first, last)

    def bad_macs(self, station: str, epoch: str, first: int, last: int) -> int:
        with self._lock:
            return cardrecords.count_bad(self.books, station, epoch, first, last)

    def flags(self) -> list[str]:
        """The flags of facts and records, sorted. Those of attendances come from the rules."""
        with self._lock:
            rows = self.books.run("SELECT DISTINCT flag FROM flag").fetchall()
            return sorted({str(flag) for (flag,) in rows} | set(identity.same_id_flags(self.books)))

    def stored_flags(self) -> list[str]:
        """The same without ``SAME_ID``, for which everybody's number is compared."""
        with self._lock:
            return sorted(
                str(flag) for (flag,) in self.books.run("SELECT DISTINCT flag FROM flag").fetchall()
            )

    def noted(self) -> dict[str, facts.Place]:
        """The flags at which the office has looked, each with the place of its note."""
        with self._lock:
            return noting.noted(self.books)

    def adjusted(self) -> adjusting.Ranges:
        """The ranges whose times the office has moved."""
        with self._lock:
            return adjusting.ranges(self.books)

    def sessions_between(self, station: str, epoch: str, first: int, last: int) -> set[str]:
        with self._lock:
            return adjusting.sessions(self.books, station, epoch, first, last)

    def crowd(self, session: str) -> crowds.Crowd:
        with self._lock:
            return crowds.crowd(self.books, session)

    def people_twice(self, groups: Sequence[Sequence[str]]) -> set[str]:
        """Who came to the first session of a group and to another of it, or to the first at two stations."""
        with self._lock:
            return crowds.people_twice(self.books, groups, self._identity.aliases())

    def values_set(self, kind: str, id_: str, field: str) -> list[tuple[facts.Place, Any]]:
        with self._lock:
            puts = authority.puts_of(self.books, kind, id_)
            found = [put for put in puts if field in put.body]
            return [(facts.Place(put.station, put.epoch, put.p), put.body[field]) for put in reversed(found)]

    def note_import(self, one: importlog.Import) -> None:
        """Keep what became of a file, inside a transaction."""
        importlog.note(self.books, one)

    def imports(self, since_ms: int) -> list[importlog.Import]:
        with self._lock:
            return list(importlog.since(self.books, since_ms))

    def flagged_places(self, station: str, epoch: str, first: int, last: int) -> int:
        with self._lock:
            return importlog.flagged(self.books, station, epoch, first, last)

    def unknown_cards(self) -> list[tuple[str, int]]:
        with self._lock:
            return cardrecords.of_unknown_cards(self.books)

    def suspect_ranges(self) -> list[Suspects]:
        with self._lock:
            return taps.suspects(self.books, adjusting.ranges(self.books))

    def lay_pack(self, rows: Sequence[tuple[str, str, int, dict[str, Any]]]) -> None:
        """Put a pack's rows (kind, id, v, body) in force instead of the last one's."""
        with self.writing():
            registry.lay_pack(self.books, rows)

    def pack_rows(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """(id, body) of the rows of one kind in the pack in force."""
        with self._lock:
            rows = self.books.run("SELECT id, body FROM pack_row WHERE kind = ? ORDER BY id", kind).fetchall()
        return [(str(id_), msgspec.json.decode(body)) for id_, body in rows]

    def refold_due(self) -> None:
        """Fold the facts that an older program kept in its journal without looking into them."""
        for kind in self.setting("refold", []):
            with self.writing():
                merging.refold_kind(self.books, kind)
                self.set_setting("refold", [])

    def quick_check(self) -> None:
        """SQLite's own check of the file. Raises StoreError ``STORE_DAMAGED``."""
        with self._lock, _translated():
            quick_check(self._db)

    @property
    def sqlite_version(self) -> tuple[int, ...]:
        return tuple(dbapi2.sqlite_version_info)

    def rebuild(self, *, check: bool) -> dict[str, int]:
        """Compute every projection anew: {table: rows that differed}. With ``check`` nothing is changed."""
        with self.writing():
            return self._rebuilt(keep=not check)

    def _rebuilt(self, *, keep: bool) -> dict[str, int]:
        run = self.books.run
        run("SAVEPOINT rebuild")
        before = {table: Fingerprints(self.books, table) for table in PROJECTIONS}
        merging.refold_everything(self.books)
        different = {
            table: before.pop(table).differing(Fingerprints(self.books, table)) for table in PROJECTIONS
        }
        if not keep:
            run("ROLLBACK TO rebuild")
            self.books.forget()
        run("RELEASE rebuild")
        return different


def create_store(path: Path, key: bytes, office: str, own: str) -> Store:
    """A new, empty store (see ``open_database`` for what it raises)."""
    return Store(open_database(path, key, create=True), office, own)


def open_store(path: Path, key: bytes, office: str, own: str) -> Store:
    """An existing store (see ``open_database`` for what it raises)."""
    return Store(open_database(path, key), office, own)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except dbapi2.DatabaseError as error:
        reason = reason_of(error)
        if reason is None:
            raise
        raise reason from error
