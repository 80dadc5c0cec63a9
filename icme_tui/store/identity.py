"""Who is one person: records with one ID number and one name, and those that the office merged."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from icme_tui.rules.attendance import Tap
from icme_tui.store.books import Books


class Identity:
    """The codes that stand for another person's, computed when people have changed."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._stamp: int | None = None
        self._into: dict[str, str] = {}

    def aliases(self) -> dict[str, str]:
        """{code of a person: code that stands for the same person}; the older record gives the code."""
        stamp = self._books.people_stamp()
        if stamp != self._stamp or self._books.people_changed:
            self._into = _aliases(self._books)
            self._stamp = stamp
        return self._into

    def code(self, person: str) -> str:
        """The code that stands for a person."""
        return self.aliases().get(person, person)

    def codes(self, person: str) -> list[str]:
        """All codes that stand for the same person as this one."""
        kept = self.code(person)
        return [kept, *(code for code, into in self.aliases().items() if into == kept)]

    def resolved(self, taps: list[Tap]) -> list[Tap]:
        """The taps with each person under the code that counts."""
        into = self.aliases()
        if not into:
            return taps
        return [tap._replace(person=into[tap.person]) if tap.person in into else tap for tap in taps]


def _aliases(books: Books) -> dict[str, str]:
    into = {code: oldest for code, oldest, same_name in _same_id(books) if same_name}
    for person, kept in books.run(
        "SELECT m.person, m.into_ FROM merged m JOIN source s ON s.id = m.source"
        " ORDER BY s.station, s.epoch, m.p"
    ).fetchall():
        into[str(person)] = str(kept)
    return {person: _end(into, person) for person in into}


def same_id_flags(books: Books) -> list[str]:
    """``SAME_ID:older/younger`` where one ID number stands under two names that the office has not merged."""
    into = _aliases(books)
    return [
        f"SAME_ID:{oldest}/{code}"
        for code, oldest, same_name in _same_id(books)
        if not same_name and into.get(code, code) != into.get(oldest, oldest)
    ]


def _same_id(books: Books) -> Iterator[tuple[str, str, bool]]:
    """(younger code, oldest code, whether the names agree) of each ID number with several records."""
    rows = books.run(
        "SELECT r.body ->> '$.idno', r.id, r.body ->> '$.name' FROM record r"
        " WHERE r.kind = 'person' AND r.body ->> '$.idno' IN ("
        "  SELECT body ->> '$.idno' FROM record WHERE kind = 'person' AND body ->> '$.idno' IS NOT NULL"
        "  GROUP BY 1 HAVING count(*) > 1)"
        " ORDER BY 1, r.since, r.id"
    ).fetchall()
    oldest: tuple[str, str, str] | None = None
    for idno, code, name in rows:
        if oldest is None or oldest[0] != idno:
            oldest = (idno, code, _plain(name))
        else:
            yield code, oldest[1], _plain(name) == oldest[2]


def _plain(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", name or "").split())


def _end(into: dict[str, str], person: str) -> str:
    seen = {person}
    while person in into and into[person] not in seen:
        person = into[person]
        seen.add(person)
    return person
