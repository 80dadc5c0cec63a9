"""Operations on a target: void, correct, reinstate, confirm and resolve, folded in a fixed order."""

from __future__ import annotations

from typing import Any, NamedTuple

from icme_tui import facts
from icme_tui.store.books import OFFICE, Books


class Moved(NamedTuple):
    """Where corrections may have put a touch, whichever of them were known at a time."""

    sessions: set[str]
    people: set[str]

    def add(self, fact: facts.AnyFact | None) -> None:
        """Take an operation into account."""
        if isinstance(fact, facts.Correct):
            for name, codes in (("session", self.sessions), ("person", self.people)):
                if isinstance(code := fact.set.get(name), str):
                    codes.add(code)

    def union(self, other: Moved) -> Moved:
        return Moved(self.sessions | other.sessions, self.people | other.people)


class Fold(NamedTuple):
    """What the operations on a place amount to."""

    counts: bool
    changes: dict[str, Any]
    confirmed: bool
    keep: list[str] | None
    """Hashes that the office keeps of a fork; None if it has not decided."""
    moved: Moved
    office_counts: bool
    office_changes: dict[str, Any]
    """Whether it counts, and the changes, by what the office alone did."""


class Row(NamedTuple):
    """An operation that stands, and the place (source, p) that it acts on."""

    target: tuple[int, int]
    rank: int
    hlc: str
    line: bytes


def target_of(books: Books, source: int, target: list[str | int]) -> tuple[int, int] | None:
    """(source, p) of a target, or None if it is malformed. Two parts mean the same station."""
    station, epoch, p = target if len(target) == 3 else [books.station(source), *target]
    if not (isinstance(station, str) and isinstance(epoch, str)):
        return None
    if not isinstance(p, int) or not 1 <= p <= 2**53:
        return None
    return books.sources.number(station, epoch), p


def allowed(books: Books, source: int, fact: facts.Operation) -> bool:
    """The office may do anything; a venue may void and correct what its own station recorded."""
    if books.rank(source) == OFFICE:
        return True
    target = target_of(books, source, fact.target)
    own = target is not None and books.station(target[0]) == books.station(source)
    return own and isinstance(fact, facts.Void | facts.Correct)


def insert(books: Books, source: int, fact: facts.Operation, hlc: str) -> tuple[int, int] | None:
    """Note an allowed operation; the place it acts on."""
    target = target_of(books, source, fact.target)
    if target is not None:
        books.run(
            "INSERT OR REPLACE INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)",
            *target,
            source,
            fact.p,
            books.rank(source),
            hlc,
            facts.encode(_plain(fact)),
        )
    return target


def at(books: Books, source: int, p: int) -> set[Row]:
    """The operations that stand at a place: several only where a fork was resolved."""
    rows = books.run(
        "SELECT target, target_p, rank, hlc, line FROM operation WHERE source = ? AND p = ?", source, p
    )
    return {Row((int(target), int(target_p)), *rest) for target, target_p, *rest in rows.fetchall()}


def _plain(fact: facts.Operation) -> facts.Operation:
    """A ``correct`` with only those fields that may be the value of any field: nothing deep."""
    if not isinstance(fact, facts.Correct):
        return fact
    fields = {name: value for name, value in fact.set.items() if isinstance(value, str | int | None)}
    return facts.replace(fact, set=fields)


def delete(books: Books, source: int, p: int) -> None:
    """Forget the operations at a place."""
    books.run("DELETE FROM operation WHERE source = ? AND p = ?", source, p)


def fold(books: Books, source: int, p: int) -> Fold:
    """Fold the operations on a place in the order (rank office last, hlc, station, epoch, p)."""
    rows = books.run(
        "SELECT o.line, o.rank FROM operation o JOIN source s ON s.id = o.source"
        " WHERE o.target = ? AND o.target_p = ? ORDER BY o.rank, o.hlc, s.station, s.epoch, o.p",
        source,
        p,
    ).fetchall()
    counts, confirmed, keep = True, False, None
    office_counts = True
    changes: dict[str, Any] = {}
    office_changes: dict[str, Any] = {}
    moved = Moved(set(), set())
    for line, rank in rows:
        match fact := facts.decode(line):
            case facts.Void() | facts.Reinstate():
                counts = isinstance(fact, facts.Reinstate)
                office_counts = counts if rank == OFFICE else office_counts
            case facts.Confirm():
                confirmed = True
            case facts.Correct(set=fields):
                changes.update(fields)
                moved.add(fact)
                if rank == OFFICE:
                    office_changes.update(fields)
            case facts.Resolve(keep=hashes):
                keep = hashes
    return Fold(counts, changes, confirmed, keep, moved, office_counts, office_changes)


def targeted(books: Books, source: int, first: int, last: int) -> set[int]:
    """The positions of a range on which operations act that came before them."""
    rows = books.run(
        "SELECT DISTINCT target_p FROM operation WHERE target = ? AND target_p BETWEEN ? AND ?",
        source,
        first,
        last,
    )
    return {int(p) for (p,) in rows.fetchall()}
