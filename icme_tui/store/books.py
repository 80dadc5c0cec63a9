"""What every projection works with: the database, the journal, and who is who."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
        self.connection = connection
        self.office = office
        self.own = own
        self.at_venue = own != office
        self.names = Names(connection)
        self.sources = Sources(connection)
        self.journal = Journal(connection, self.sources)
        self.people_changes = 0
        """Counts the changes to records of people and to merges of them."""

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

    def people_stamp(self) -> tuple[int, int]:
        """Differs from an earlier one if people may have changed, in this program or in another."""
        return int(self.run("PRAGMA data_version").fetchone()[0]), self.people_changes

    def forget(self) -> None:
        """Drop what is remembered of a transaction that was rolled back."""
        self.names.clear()
        self.sources.clear()
        self.people_changes += 1
