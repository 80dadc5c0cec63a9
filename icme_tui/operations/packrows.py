"""The rows of a pack: the office's view of what one venue needs, always whole.

A row is a flat JSON object with ``k``, ``id``, ``v`` and the fields of its kind (``exports/FORMAT.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from icme_tui.cards.keys import record_key
from icme_tui.operations import receipts
from icme_tui.operations.holders import ACTIVE, is_linked, state_of
from icme_tui.rules.unittree import units_below

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

WHOLE_KINDS = ("unit", "card", "project", "course", "session")
"""Kinds of which every venue gets all records with all fields."""

PERSON_FIELDS = ("name", "sex", "title", "unit", "state")
OWN_PERSON_FIELDS = ("idno", "phone")
"""Only of the people in the venue's own subtree of units."""

STATION_FIELDS = (
    "number", "name", "unit", "place", "sign_key", "card_key", "key_version", "card_from", "card_to", "state",
    "replaced_card_keys",
)  # fmt: skip
BLOCKED_STATES = ("cancelled", "lost", "replaced")

POLICY = "cn-2006"

Row = dict[str, Any]


def rows_for(station: Station, venue: Record, office_time: str) -> list[bytes]:
    """The lines of a pack for ``venue`` (its ``station`` record)."""
    rows: list[Row] = [*receipts.rows_for(station, venue.id, office_time)]
    rows += [_key_row(station, venue), _card_key_row(station, venue)]
    for kind in WHOLE_KINDS:
        rows += [_row(kind, record, record.body) for record in station.registry.all(kind)]
    rows += _people(station, str(venue.body.get("unit") or ""))
    rows += _blocked(station)
    rows += [_row("station", each, _only(each, STATION_FIELDS)) for each in station.registry.all("station")]
    rows.append({"k": "policy", "id": POLICY, "v": 1})
    return [msgspec.json.encode(row, order="sorted") for row in rows]


def _row(kind: str, record: Record, fields: dict[str, Any]) -> Row:
    return {**fields, "k": kind, "id": record.id, "v": record.v}


def _only(record: Record, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: record.body[field] for field in fields if field in record.body}


def _people(station: Station, own_unit: str) -> Iterator[Row]:
    parents = {unit.id: unit.body.get("parent") for unit in station.registry.all("unit")}
    inside = units_below(parents, own_unit) if own_unit else set()
    cards = _active_cards(station)
    for person in station.registry.all("person"):
        fields = _only(person, PERSON_FIELDS)
        if person.body.get("idno"):
            fields["idno4"] = str(person.body["idno"])[-4:]
        if person.id in cards:
            fields["card"] = cards[person.id]
        if person.body.get("unit") in inside:
            fields |= _only(person, OWN_PERSON_FIELDS)
        yield _row("person", person, fields)


def _active_cards(station: Station) -> dict[str, str]:
    return {
        str(card.body["person"]): card.id
        for card in station.registry.all("card")
        if card.body.get("person") and state_of(card) == ACTIVE and not is_linked(card)
    }


def _blocked(station: Station) -> Iterator[Row]:
    for card in station.registry.all("card"):
        state = card.body.get("state")
        if state in BLOCKED_STATES and card.body.get("uid"):
            fields = {"card": card.body["uid"], "number": card.id, "why": state}
            yield {**fields, "k": "blacklist", "id": f"{card.body['uid']}/{card.id}", "v": card.v}


def _key_row(station: Station, venue: Record) -> Row:
    """Whom the venue is to believe, and to whom it encrypts."""
    return {
        "k": "keys",
        "id": "office",
        "v": 1,
        "sign_key": station.public_key_for(venue.id).line,
        "next_key": station.setting("next_key"),
        "age": station.age_identity.public,
        "recovery": station.setting("recovery"),
        "request": venue.body.get("request", ""),
    }


def _card_key_row(station: Station, venue: Record) -> Row:
    """The keys for cards that this one venue holds."""
    masters = station.setting("masters")
    version = int(venue.body.get("key_version", 1))
    own = record_key(bytes.fromhex(masters["k_record"]), int(venue.body["number"]), version)
    row: Row = {
        "k": "keys",
        "id": "cards",
        "v": 1,
        "k_a": masters["k_a"],
        "k_ring": masters["k_ring"],
        "record_key": own.hex(),
        "key_version": version,
    }
    if "card_from" in venue.body:
        row["k_issue"] = masters["k_issue"]
    return row
