"""Numbers for texts and for sources, so that the wide tables hold only integers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from icme_tui import facts

_AT_ONCE = 500

_MOST_KEPT = 200_000
"""Texts that are remembered: more are looked up again, so that a bundle full of new ones fills no memory."""


class Names(dict[str, int]):
    """Text → number, read through to the table ``name``; a text not yet known gets a number.

    Must be used inside a write transaction when it may meet new texts, and be cleared when that
    transaction is rolled back.
    """

    def __init__(self, db: Any) -> None:
        super().__init__()
        self._db = db

    def __missing__(self, text: str) -> int:
        number = self.find(text)
        if number is None:
            number = int(self._db.execute("INSERT INTO name (text) VALUES (?)", (text,)).lastrowid)
        self[text] = number
        return number

    def load(self, texts: Collection[str]) -> None:
        """Look up many texts together, and number those that are new."""
        if len(self) > _MOST_KEPT:
            self.clear()
        missing = [text for text in texts if text not in self]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            self._fetch(some)
            new = [(text,) for text in some if text not in self]
            if new:
                self._db.executemany("INSERT INTO name (text) VALUES (?)", new)
                self._fetch([text for (text,) in new])

    def _fetch(self, texts: list[str]) -> None:
        marks = ",".join("?" * len(texts))
        self.update(self._db.execute(f"SELECT text, id FROM name WHERE text IN ({marks})", texts))  # noqa: S608

    def find(self, text: str) -> int | None:
        """The number of a text, or None if it has none yet. Writes nothing."""
        row = self._db.execute("SELECT id FROM name WHERE text = ?", (text,)).fetchone()
        return int(row[0]) if row else None

    def text(self, number: int) -> str:
        """The text of a number that was given out."""
        return str(self._db.execute("SELECT text FROM name WHERE id = ?", (number,)).fetchone()[0])


class Sources:
    """Numbers for (station, epoch) pairs. Clear it when a transaction is rolled back."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self._number: dict[tuple[str, str], int] = {}
        self._pair: dict[int, tuple[str, str]] = {}

    def clear(self) -> None:
        self._number.clear()
        self._pair.clear()

    def find(self, station: str, epoch: str) -> int | None:
        """The number of a source, or None if nothing named it yet. Writes nothing."""
        number = self._number.get((station, epoch))
        if number is None:
            row = self._db.execute(
                "SELECT id FROM source WHERE station = ? AND epoch = ?", (station, epoch)
            ).fetchone()
            if row is None:
                return None
            number = int(row[0])
            self._remember(number, station, epoch)
        return number

    def number(self, station: str, epoch: str) -> int:
        """The number of a source; a new one starts with the head of its empty chain."""
        number = self.find(station, epoch)
        if number is None:
            number = int(
                self._db.execute(
                    "INSERT INTO source (station, epoch, head) VALUES (?, ?, ?)",
                    (station, epoch, facts.chain_start(station, epoch)),
                ).lastrowid
            )
            self._remember(number, station, epoch)
        return number

    def pair(self, number: int) -> tuple[str, str]:
        """(station, epoch) of a source."""
        if number not in self._pair:
            row = self._db.execute("SELECT station, epoch FROM source WHERE id = ?", (number,)).fetchone()
            self._remember(number, str(row[0]), str(row[1]))
        return self._pair[number]

    def all(self) -> list[tuple[int, str, str]]:
        """(number, station, epoch) of every source."""
        rows = self._db.execute("SELECT id, station, epoch FROM source ORDER BY station, epoch")
        return [(int(number), str(station), str(epoch)) for number, station, epoch in rows.fetchall()]

    def place(self, number: int, p: int) -> facts.Place:
        return facts.Place(*self.pair(number), p)

    def _remember(self, number: int, station: str, epoch: str) -> None:
        self._number[station, epoch] = number
        self._pair[number] = (station, epoch)
