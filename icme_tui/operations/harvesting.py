"""Keeping what a card tells of other touches, so that a machine that is lost for ever loses nothing.

A card shows its 32 newest records, whoever wrote them. What the store does not know of them is kept: a record
of this station that has no fact is a swipe that was cut; any other becomes a ``card-record``, whose MAC the
office checks. Nothing is written to the card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from icme_tui import idcodes
from icme_tui.cards import record as records
from icme_tui.cards import ring
from icme_tui.cards.holder import Holder
from icme_tui.cards.inspect import Inspection
from icme_tui.cards.record import Record as CardSwipe
from icme_tui.clock import format_utc, minute_ms
from icme_tui.facts import CardRecord, Fact, Note, Swipe
from icme_tui.operations.holders import ACTIVE, card_of

if TYPE_CHECKING:
    from icme_tui.station import Station


MOST_BAD = 16
"""Bad MACs that one bundle may bring: a torn card shows one now and then."""


_NO_KEY = 0
"""Version of a record key that no station is given: it stands in a record of which only the first half was
written."""


def numbers_to_read(station: Station, uid: str, newest: int) -> list[int]:
    """The numbers that a card may show below ``newest``, first those of which the store knows nothing, the
    newest first. None where it knows all; where the card has been elsewhere the others are looked at too,
    because on a copy they may be another's.
    """
    first = max(1, newest - ring.SHOWN + 1)
    told = station.numbers_told(uid, first, newest)
    numbers = range(newest - 1, first - 1, -1)
    untold = [number for number in numbers if number not in told]
    return untold + [number for number in numbers if number in told] if untold else []


def keep(
    station: Station,
    uid: str,
    shown: Mapping[int, bytes],
    reader: str,
    person: str,
    is_own: Callable[[bytes], bool],
) -> int:
    """Record what the store does not know of records (16 bytes each, by number) that a card shows.

    ``is_own``: whether this station wrote 16 bytes; such a record is a swipe of ``person``. Returns how many
    facts that made. Raises StoreError.
    """
    if not shown:
        return 0
    codes = {each.body.get("number"): each.id for each in station.registry.all("station")}
    with station.writing():
        seen = station.records_seen(uid, min(shown), max(shown))
        new: list[Fact] = []
        for number, data in sorted(shown.items()):
            told = records.decode(data)
            if told is None or data in seen:
                continue
            known = station.knows_record(uid, number, codes.get(told.station, "-"))
            if person and is_own(data):
                if not known:
                    new.append(told_late(station, uid, person, told, reader))
            elif known == _claims_to_be_ours(station, told):
                new.append(CardRecord(card=uid, rec=data.hex(), reader=reader))
        station.record(*new)
    return len(new)


def keep_inspected(station: Station, uid: bytes, found: Inspection, reader: str) -> int:
    """The same for a card that was read as a whole.

    An office takes a card of which it knows nothing into its registry if the signature on it is good: the
    station that issued it may be the one that is lost.
    """
    text = uid.hex().upper()
    card = card_of(station, text)
    holder = found.holder if found.state == "OK" else None
    person = str(card.body.get("person") or "") if card else holder.person if holder else ""
    with station.writing():
        if card is None and holder is not None and station.role == "office" and found.records:
            _register(station, text, holder)
        return keep(
            station, text, found.records, reader, person, lambda data: _is_own(station, uid, holder, data)
        )


def flag_forger(station: Station, sender: str, epoch: str, first: int, last: int) -> None:
    """At the office: flag the sender of a bundle in which more than ``MOST_BAD`` card records are forged."""
    flag = f"MACS_BAD:{sender}"
    if station.role != "office" or station.bad_macs(sender, epoch, first, last) <= MOST_BAD:
        return
    if flag not in station.flags():
        station.record(Note(text=flag))


def told_late(station: Station, uid: str, person: str, record: CardSwipe, reader: str) -> Swipe:
    """The swipe of a record of ours that had no fact yet. Of its moment only the minute is known."""
    session = idcodes.session_code(record.session)
    known = station.registry.get("session", session)
    return Swipe(
        at=format_utc(minute_ms(record.minute)),
        clk="suspect" if record.doubtful else "unsynced",
        card=uid,
        cseq=record.number,
        person=person,
        course=str(known.body.get("course") or "") if known else "",
        session=session,
        dir=record.direction,
        reader=reader,
    )


def _claims_to_be_ours(station: Station, told: CardSwipe) -> bool:
    """Whether a record whose MAC is not ours names this station, and its present key or none at all.

    Where its swipe is known the card was copied; else a cut left it in the middle of a write, it never
    counted, and nobody needs to hear of it.
    """
    keys = station.card_keys
    versions = (_NO_KEY, keys.key_version) if keys is not None else ()
    return told.station == station.number and told.key_version in versions


def _is_own(station: Station, uid: bytes, holder: Holder | None, data: bytes) -> bool:
    keys, told = station.card_keys, records.decode(data)
    if keys is None or told is None or holder is None or told.station != station.number:
        return False
    return records.verify(data, uid, int(holder.number), keys.record_key)


def _register(station: Station, uid: str, holder: Holder) -> None:
    fields: dict[str, Any] = {"uid": uid, "person": holder.person, "issue": holder.issue, "state": ACTIVE}
    if station.registry.get("card", holder.number) is None:
        station.record(station.put("card", holder.number, **fields))
