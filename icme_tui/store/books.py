"""What every projection works with: the database, the journal, and who is who."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from icme_tui.store.journal import Journal
from icme_tui.store.names import Names, Sources

OFFICE, VENUE = 1, 0
"""Ranks: of edits that did not see each other the office's wins."""


class Books:
    """The open database (a connection, without peewee between: it would cost more than the work) with its
    journal and numberings.

    ``office`` is the code of the station whose word is the office's; ``own`` the code of the
    station whose store this is; ``at_venue`` says that ``own`` is not the office: there its own
    registry puts are laid over the newest pack.
    """

    def __init__(self, connection: Any, office: str, own: str) -> None:
        self.use(connection)
        self._named_office = office
        self._office: str | None = None
        self.own = own
        self.at_venue = own != office
        self.people_changed = False
        """Whether this transaction has changed records of people, or merges of them."""
        self.changed_cards: set[str] = set()
        """UIDs of the cards whose records have changed since card records were last settled."""
        self.changed_numbers: set[int] = set()
        """Numbers that stations got or lost since then."""
        self._master: bytes | None = None

    def use(self, connection: Any) -> None:
        """Work on this connection from now on, and forget what was known of another."""
        self.connection = connection
        self.names = Names(connection)
        self.sources = Sources(connection)
        self.journal = Journal(connection, self.sources)

    def rank(self, source: int) -> int:
        return OFFICE if self.station(source) == self.office else VENUE

    def station(self, source: int) -> str:
        return self.sources.pair(source)[0]

    def run(self, sql: str, *values: Any) -> Any:
        """Execute one statement; the cursor."""
        return self.connection.execute(sql, values)

    def run_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute one statement for many rows (several times faster than one by one)."""
        self.connection.executemany(sql, rows)

    def flag(self, code: str, source: int, p: int) -> None:
        """Flag a place: ``CODE:station/epoch/p``."""
        place = self.sources.place(source, p)
        self.run("INSERT OR IGNORE INTO flag VALUES (?, ?, ?)", f"{code}:{place}", source, p)

    @property
    def office(self) -> str:
        """Code of the office: pinned in the settings, else as the store was opened."""
        if self._office is None:
            row = self.run("SELECT value FROM setting WHERE key = 'office'").fetchone()
            self._office = self._named_office if row is None else str(msgspec.json.decode(row[0]))
        return self._office

    @property
    def record_master(self) -> bytes | None:
        """Master of the stations' record keys, 16 bytes; None at a venue, which can check no records."""
        if self._master is None:
            row = self.run("SELECT value FROM setting WHERE key = 'masters'").fetchone()
            if row is not None:
                self._master = bytes.fromhex(msgspec.json.decode(row[0])["k_record"])
        return self._master

    def forget_office(self) -> None:
        """The office has been pinned anew."""
        self._office = None

    def people_stamp(self) -> int:
        """Differs from an earlier one if people have changed since, in this program or in another."""
        row = self.run("SELECT value FROM setting WHERE key = 'people_stamp'").fetchone()
        stamp = 0 if row is None else int(msgspec.json.decode(row[0]))
        return -stamp - 1 if self.people_changed else stamp

    def tell_people_changed(self) -> None:
        """Count the changes of this transaction, before it is committed."""
        if self.people_changed:
            self.people_changed = False
            stamp = msgspec.json.encode(self.people_stamp() + 1)
            self.run("INSERT OR REPLACE INTO setting VALUES ('people_stamp', ?)", stamp)

    def forget(self) -> None:
        """Drop what is remembered of a transaction that was rolled back."""
        self.names.clear()
        self.sources.clear()
        self.journal.forget()
        self.people_changed = False
        self.changed_cards = set()
        self.changed_numbers = set()
        self._master = None
        self._office = None
