"""Who came to a session, as sets of numbers: finds who was at two places without all attendances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from icme_tui.store.books import Books


class Crowd(NamedTuple):
    """The touches of one session in figures."""

    touches: int
    people: int
    """Codes; two of one person count twice."""
    courses: list[str]
    stations: list[str]


def crowd(books: Books, session: str) -> Crowd:
    """The touches of a session, without reading each."""
    number = books.names.find(session)
    touches, people = books.run(
        "SELECT count(*), count(DISTINCT person) FROM tap WHERE session = ?", number
    ).fetchone()
    found = books.run(
        "SELECT DISTINCT course, source, CASE WHEN bits & 16 THEN boot END FROM tap WHERE session = ?", number
    ).fetchall()
    courses = {books.names.text(course) for course, _, _ in found} - {""}
    stations = {
        books.station(source) if writer is None else books.names.text(writer) for _, source, writer in found
    }
    return Crowd(int(touches), int(people), sorted(courses), sorted(stations))


def people_twice(books: Books, groups: Sequence[Sequence[str]], aliases: Mapping[str, str]) -> set[str]:
    """The people who came to the first session of a group and to another of the same group, or to the first
    one at two stations. Each under the code that counts; ``aliases`` are the codes that stand for another."""
    same = _numbers(books, aliases)
    crowds: dict[str, set[int]] = {}
    found: set[int] = set()
    for session, *others in groups:
        crowd, twice = _crowd(books, session, same)
        found |= twice
        crowds = {other: crowds[other] for other in others if other in crowds}
        for other in crowds.values():
            found |= crowd & other
        crowds[session] = crowd
    return {str(aliases.get(text, text)) for text in (books.names.text(number) for number in found)}


def _crowd(books: Books, session: str, same: Mapping[int, int]) -> tuple[set[int], set[int]]:
    """(everybody who came to a session, those who came at more than one station)."""
    number = books.names.find(session)
    if number is None:
        return set(), set()
    # Of what was read off a card (16) the station that wrote it counts; boot is its code.
    rows = books.run(
        "SELECT person, CASE WHEN bits & 16 THEN -boot ELSE source END FROM tap"
        " WHERE session = ? AND (bits & 1) != 0",
        number,
    ).fetchall()
    seen: dict[int, int] = {}
    twice: set[int] = set()
    for person, source in rows:
        person = same.get(person, person)
        if seen.setdefault(person, source) != source:
            twice.add(person)
    return set(seen), twice


def _numbers(books: Books, aliases: Mapping[str, str]) -> dict[int, int]:
    found: dict[int, int] = {}
    of_kept: dict[str, int] = {}
    for code, kept in aliases.items():
        number, into = books.names.find(code), books.names.find(kept)
        if number is not None:  # who was never met under the code that counts goes by the first of the others
            found[number] = into if into is not None else of_kept.setdefault(kept, number)
    return found
