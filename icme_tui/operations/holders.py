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


class Person(NamedTuple):
    """What a screen shows of a person."""

    code: str
    name: str
    unit: str
    """Name of the unit, else its code."""


def card_of(station: Station, uid: str) -> Record | None:
    """The registry's record of a card by its UID: the active one, else the newest."""
    found = station.registry.find("card", "uid", uid)
    return max(found, key=lambda card: (state_of(card) == ACTIVE, card.v, card.id), default=None)


def state_of(card: Record) -> str:
    """``active`` unless the record says otherwise."""
    return str(card.body.get("state") or ACTIVE)


def active_card_of(station: Station, person: str) -> Record | None:
    """The card that a person uses."""
    cards = station.registry.find("card", "person", person)
    return next((card for card in cards if state_of(card) == ACTIVE), None)


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
