"""The registry of a station: the records as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from icme_tui.store.people import PeopleQuery
from icme_tui.store.registry import Record
from icme_tui.store.store import Store


class Registry:
    """Units, people, cards, projects, courses, sessions … as they stand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, kind: str, id: str) -> Record | None:
        return self._store.record_of(kind, id)

    def all(self, kind: str) -> Iterator[Record]:
        """All records of a kind, by id."""
        return self._store.records(kind)

    def find(self, kind: str, field: str, value: Any) -> list[Record]:
        """Records whose field equals ``value``; fast for person.idno, person.unit, card.uid, card.person."""
        return self._store.find_records(kind, field, value)

    def people(self, query: PeopleQuery, first: int = 0, count: int = 200) -> tuple[list[Record], int]:
        """A page of people by initials and name, at most ``count`` from the ``first`` on (counted from 0),
        and how many the query has."""
        return self._store.people(query, first, count)

    def count_people(self, query: PeopleQuery) -> int:
        """How many people a query has."""
        return self._store.count_people(query)

    def people_by_unit(self) -> dict[str, int]:
        """{code of a unit: people in it who have not left}; ``""`` for those without one."""
        return self._store.people_by_unit()
