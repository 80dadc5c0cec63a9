"""Finding somebody who stands at the desk without a card, by what an operator can type."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.operations.holders import person_of
from icme_tui.rules.people.initials import initials
from icme_tui.station import PeopleQuery

if TYPE_CHECKING:
    from icme_tui.station import Record, Station


class Found(NamedTuple):
    """Somebody who fits."""

    code: str
    name: str
    unit: str
    """Name of the unit, else its code."""
    is_guest: bool = False


class FoundPage(NamedTuple):
    """Some of those who fit."""

    found: list[Found]
    total: int


def find(station: Station, typed: str, first: int = 0, count: int = 50) -> FoundPage:
    """People whom every word fits, by initials, then guests; at most ``count`` from the ``first`` on.

    A word is a part of the name, the beginning of the pinyin initials, the code, the end of the ID number,
    or the whole number of a card or (of a guest) the end of the telephone number.
    """
    words = tuple(unicodedata.normalize("NFKC", typed).split())
    cards = (station.registry.get("card", word) for word in words)
    query = PeopleQuery(words=words, codes=tuple(str(card.body.get("person")) for card in cards if card))
    people, known = station.registry.people(query, first, count)
    visitors = [guest for guest in station.registry.all("guest") if _fits(guest, words)]
    after = max(0, first - known)
    found = [Found(*person_of(station, record.id)) for record in people]
    found += [_of_guest(guest) for guest in visitors[after : after + count - len(found)]]
    return FoundPage(found, known + len(visitors))


def _fits(guest: Record, words: tuple[str, ...]) -> bool:
    name = str(guest.body.get("name") or "")
    spelled = initials(name)
    numbers = [str(guest.body.get(field) or "") for field in ("phone", "idno")]
    return all(
        word.lower() in name.lower()
        or spelled.startswith(word.lower())
        or word.upper() == guest.id
        or any(number.endswith(word.upper()) for number in numbers)
        for word in words
    )


def _of_guest(guest: Record) -> Found:
    return Found(guest.id, str(guest.body.get("name") or ""), str(guest.body.get("unit_name") or ""), True)
