"""Who holds a card: what the registry says of a UID, and of people and their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.rules.unittree import units_below

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

ACTIVE = "active"
CANCELLED = "cancelled"
LOST = "lost"
REPLACED = "replaced"

_RANDOM_UID = 0x08
"""First byte of a UID of 4 bytes that is drawn anew each time (ISO 14443-3)."""


class Person(NamedTuple):
    """What a screen shows of a person."""

    code: str
    name: str
    unit: str
    """Name of the unit, else its code."""


def card_of(station: Station, uid: str) -> Record | None:
    """The registry's record of a card by its UID: the active one, one that was issued before one that is only
    linked, else the newest."""
    found = [card for card in station.registry.find("card", "uid", uid) if not is_free(card)]
    return max(
        found, key=lambda card: (state_of(card) == ACTIVE, not is_linked(card), card.v, card.id), default=None
    )


def is_linked(card: Record) -> bool:
    """Whether it is no card of ours but any card that was linked to a person by its UID."""
    return card.id == card.body.get("uid")


def is_free(card: Record) -> bool:
    """Whether it was linked once and belongs to nobody now."""
    return is_linked(card) and not card.body.get("person")


def is_random(uid: bytes) -> bool:
    """Whether a card draws its UID anew each time: phones, some DESFire cards."""
    return len(uid) == 4 and uid[0] == _RANDOM_UID


def state_of(card: Record) -> str:
    """``active`` unless the record says otherwise."""
    return str(card.body.get("state") or ACTIVE)


def active_card_of(station: Station, person: str) -> Record | None:
    """The card of ours that a person uses."""
    cards = station.registry.find("card", "person", person)
    return next((card for card in cards if state_of(card) == ACTIVE and not is_linked(card)), None)


def person_of(station: Station, code: str, name: str = "", unit: str = "") -> Person:
    """The person of a code; ``name`` and ``unit`` stand in for what is not known here."""
    record = station.registry.get("person", code)
    body = record.body if record else {}
    unit = str(body.get("unit") or unit)
    of_unit = station.registry.get("unit", unit) if unit else None
    return Person(
        code, str(body.get("name") or name), str(of_unit.body.get("name") or unit) if of_unit else unit
    )


def people_of_unit(station: Station, unit: str) -> list[Record]:
    """The people of a unit and of all units below it, by code."""
    parents = {record.id: record.body.get("parent") for record in station.registry.all("unit")}
    people = [
        person
        for code in units_below(parents, unit)
        for person in station.registry.find("person", "unit", code)
    ]
    return sorted(people, key=lambda person: person.id)
