"""Inspecting a card: what it holds, whose it is, and what the registry says of it. Writes nothing to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui import idcodes
from icme_tui.cards import mad, record
from icme_tui.cards.holder import Holder
from icme_tui.cards.inspect import Inspection, inspect
from icme_tui.cards.layout import MAD_BLOCKS
from icme_tui.clock import format_seconds, minute_ms
from icme_tui.codes import CardError
from icme_tui.operations.changing import is_changing
from icme_tui.operations.doorlist import who
from icme_tui.operations.harvesting import keep_inspected
from icme_tui.operations.holders import Person, card_of, is_linked, person_of, state_of
from icme_tui.operations.issuing import begun_for
from icme_tui.operations.presenting import hex_of, run

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Station


class SeenRecord(NamedTuple):
    """One swipe as the card tells it."""

    number: int
    station: int
    """Station number."""
    session: str
    """Session code."""
    at: str
    """UTC, to the minute; empty for a clock that stood before 2020."""
    direction: str
    doubtful: bool
    verified: bool | None
    """Whether the MAC is right; None for the record of another station, which cannot be checked here."""
    known: bool
    """Whether the store knows it: by its swipe, or because it was kept when a card was seen before."""


class Sight(NamedTuple):
    """Everything that can be said of a card."""

    uid: str
    kind: str
    """``mifare-classic-1k``, ``mifare-classic-4k``, ``mifare-ultralight`` … as its reader tells."""
    state: str
    """``OK``, ``BLANK``, ``INCOMPLETE``, ``CANCELLED``, ``FOREIGN_CARD`` …"""
    sectors: tuple[str, ...]
    holder: Holder | None
    applications: tuple[str, ...]
    """Identifiers in the card's directory, in hex; empty without one."""
    registered: str
    """Its number in the registry; empty if it is not known there."""
    registered_state: str
    person: Person | None
    """The person whom the registry names, else the one on the card."""
    is_linked: bool
    """It is no card of ours but was linked to the person by its UID."""
    begun: bool
    """This station has begun to issue or to change it and was cut."""
    records: tuple[SeenRecord, ...]
    highest: int
    """The highest record number that the store knows of this card; 0 for none. Where the card shows less, an
    older state was put back."""
    kept: int = 0
    """How many records the store did not know and has kept now."""

    @property
    def is_by_uid(self) -> bool:
        """Whether it is known here and swipes by its UID: it was linked, or its reader tells only that."""
        return self.is_linked or bool(self.registered and not self.sectors)


_UID_ONLY = Inspection("FOREIGN_CARD", (), None, None, {}, {})
"""What is seen of a card that has no sectors."""


def inspect_card(station: Station, reader: Reader, seen: CardSeen, *, harvest: bool = False) -> Sight:
    """Look at the card on the reader; with ``harvest`` keep the records that the store does not know.

    Raises CardError CARD_GONE, ReaderError; StoreError with ``harvest``.
    """
    keys = station.card_keys
    found = run(reader, inspect(seen.uid, keys, publicly=True)) if seen.is_classic else _UID_ONLY
    uid = hex_of(seen.uid)
    kept = keep_inspected(station, seen.uid, found, reader.name) if harvest else 0
    known = card_of(station, uid)
    person = None
    if known is not None:
        person = who(station, str(known.body.get("person") or ""))
    elif found.holder is not None:
        person = person_of(station, found.holder.person, found.holder.name, found.holder.unit)
    return Sight(
        uid=uid,
        kind=seen.kind,
        state=found.state,
        sectors=found.sectors,
        holder=found.holder,
        applications=_applications(found),
        registered=known.id if known else "",
        registered_state=state_of(known) if known else "",
        person=person,
        is_linked=known is not None and is_linked(known),
        begun=bool(begun_for(station, uid)) or is_changing(station, uid),
        records=tuple(_records(station, seen.uid, found)),
        highest=station.highest_record(uid) or 0,
        kept=kept,
    )


def _applications(found: Inspection) -> tuple[str, ...]:
    raw = b"".join(found.blocks.get(block, b"") for block in MAD_BLOCKS)
    try:
        return tuple(sorted({application.hex().upper() for application in mad.decode(raw).applications}))
    except CardError:
        return ()


def _records(station: Station, uid: bytes, found: Inspection) -> list[SeenRecord]:
    keys = station.card_keys
    codes = {each.body.get("number"): each.id for each in station.registry.all("station")}
    kept = station.records_seen(hex_of(uid), min(found.records, default=0), max(found.records, default=0))
    seen_records = []
    for data in found.records.values():
        one = record.decode(data)
        if one is None:
            continue
        verified = None
        if keys is not None and one.station == station.number and one.key_version == keys.key_version:
            number = int(found.holder.number) if found.holder else 0
            verified = record.verify(data, uid, number, keys.record_key)
        seen_records.append(
            SeenRecord(
                one.number,
                one.station,
                idcodes.session_code(one.session),
                _moment(one.minute),
                one.direction,
                one.doubtful,
                verified,
                data in kept or station.knows_record(hex_of(uid), one.number, codes.get(one.station, "-")),
            )
        )
    return seen_records


def _moment(minute: int) -> str:
    return format_seconds(minute_ms(minute)) if minute else ""
