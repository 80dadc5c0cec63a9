"""Issuing cards: examine the card, record what will be written, write it, record that it was.

An issue that was cut is kept in the setting ``cards_begun`` ({UID: {number, person, image}}) and is
finished with the same image when the card comes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.cards import holder, image, issue
from icme_tui.cards.holder import Holder
from icme_tui.cards.image import Image
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.numbers import card_number
from icme_tui.cards.touch import read_holder
from icme_tui.codes import CardError, RuleError
from icme_tui.facts import CardBegin
from icme_tui.operations.holders import (
    ACTIVE,
    REPLACED,
    active_card_of,
    card_of,
    is_linked,
    people_of_unit,
    state_of,
)
from icme_tui.operations.presenting import hex_of, keys_of, presentations, run

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Record, Station

_BEGUN = "cards_begun"
_SERIAL = "card_serial"
"""Setting: the serial that was given out last."""
_DRAWN = "card_drawn"
"""Setting {epoch, serial}: the one given out last by an epoch that draws its serials."""
_PARTS = 200
"""Parts of a block of serials; an epoch that draws takes whole ones."""

_END_OF_ISSUING = ("NUMBERS_USED_UP", "NO_ISSUE_KEY", "NO_CARD_KEYS")


class Issued(NamedTuple):
    """A card that is somebody's now."""

    uid: str
    number: str
    person: str
    finished: bool
    """It was begun at an earlier touch."""


class Refused(NamedTuple):
    """A card that was not written, or not to the end: its person still waits."""

    uid: str
    person: str
    code: str
    detail: dict[str, Any]


def person_for_card(station: Station, person: str, instead_of: str = "") -> Record:
    """A person who may get a card, ``instead_of`` the one with this number.

    Raises RuleError NO_PERSON, CardError HAS_CARD, and NO_CARD_KEYS or NO_ISSUE_KEY where no cards are
    issued.
    """
    issuing_keys(station)
    record = station.registry.get("person", person)
    if record is None:
        raise RuleError("NO_PERSON", person=person)
    present = active_card_of(station, person)
    if present is not None and present.id != instead_of:
        raise CardError("HAS_CARD", person=person, number=present.id)
    return record


def people_without_card(station: Station, unit: str) -> list[Record]:
    """The people of a unit and the units below it who have no card yet, by code.

    Raises RuleError NO_UNIT, CardError NO_CARD_KEYS or NO_ISSUE_KEY.
    """
    issuing_keys(station)
    if station.registry.get("unit", unit) is None:
        raise RuleError("NO_UNIT", unit=unit)
    with_card = {
        card.body.get("person")
        for card in station.registry.all("card")
        if state_of(card) == ACTIVE and not is_linked(card)
    }
    return [person for person in people_of_unit(station, unit) if person.id not in with_card]


def why_nobody(station: Station, unit: str) -> str:
    """Why ``people_without_card`` finds nobody: ``NOBODY_IN_UNIT`` or ``ALL_HAVE_CARDS``."""
    return "ALL_HAVE_CARDS" if people_of_unit(station, unit) else "NOBODY_IN_UNIT"


def issue_card(station: Station, reader: Reader, seen: CardSeen, person: str, instead_of: str = "") -> Issued:
    """Make the card that lies on the reader the person's. It must lie there until this returns.

    ``instead_of``: number of the person's card that counts as replaced once the new one is begun. A card of
    ours that was cancelled is taken too; its record numbers go on. Raises what ``person_for_card`` raises;
    CardError FOREIGN_CARD, CARD_IN_USE, INCOMPLETE (begun for somebody else, or elsewhere), CARD_GONE and
    READ_BACK (put it back: the same call finishes it), NUMBERS_USED_UP; StoreError.
    """
    keys = issuing_keys(station)
    uid = hex_of(seen.uid)
    if not seen.is_classic:
        raise CardError("FOREIGN_CARD", sector=0)
    begun = _require_free(station, uid, person, instead_of)
    blank = _examine(station, reader, seen.uid, keys)
    number, new = _begin(station, keys, seen.uid, person, instead_of) if begun is None else _parse(begun)
    try:
        run(reader, issue.write(seen.uid, keys, new, blank))
    except CardError as error:
        if error.code == "AUTH_REFUSED":  # every sector opened a moment ago: the card lies badly
            raise CardError("CARD_GONE") from error
        raise
    _finish(station, uid, number, person)
    return Issued(uid, number, person, begun is not None)


def issue_to_all(
    station: Station,
    reader: Reader,
    people: Sequence[Record],
    wait_s: float,
    ask: Callable[[Record], None],
) -> Iterator[Issued | Refused]:
    """Issue one card after another to people without one, until all have theirs or no card comes for
    ``wait_s`` seconds.

    ``ask`` is called with the person whose card is wanted next. A card whose issue was cut goes to
    the person for whom it was begun, whoever is next. Raises what ends the whole work: CardError
    NUMBERS_USED_UP, ReaderError, StoreError.
    """
    waiting = list(people)
    if waiting:
        ask(waiting[0])
    for seen in presentations(reader, wait_s) if waiting else ():
        begun = _waiting_for(station, hex_of(seen.uid))
        person = waiting[0].id if begun is None else begun["person"]
        try:
            issued = issue_card(station, reader, seen, person)
        except CardError as error:
            if error.code in _END_OF_ISSUING:
                raise
            yield Refused(hex_of(seen.uid), person, error.code, error.detail)
        else:
            waiting = [one for one in waiting if one.id != person]
            yield issued
        if not waiting:
            return
        ask(waiting[0])


def finish_begun(station: Station, reader: Reader, seen: CardSeen) -> Issued | None:
    """Finish the issue of a card that this station began; None if it began none for this card, or its person
    has got another one since.

    Raises as ``issue_card`` does.
    """
    begun = _waiting_for(station, hex_of(seen.uid))
    return None if begun is None else issue_card(station, reader, seen, begun["person"])


def begun_for(station: Station, uid: str) -> str:
    """The person for whom this station began to issue a card and who still waits for it; else empty."""
    begun = _waiting_for(station, uid)
    return "" if begun is None else str(begun["person"])


def cards_begun(station: Station) -> dict[str, dict[str, Any]]:
    """Issues that were cut and wait for their card: {UID: {number, person, image}}."""
    found: dict[str, dict[str, Any]] = station.setting(_BEGUN, {})
    return found


def _examine(station: Station, reader: Reader, uid: bytes, keys: CardKeys) -> list[int]:
    """The sectors of a card that are still blank. Raises what ``issue.examine`` raises."""
    try:
        return run(reader, issue.examine(uid, keys, hex_of(uid) in cards_begun(station)))
    except CardError as error:
        if error.code != "CARD_IN_USE" or run(reader, read_holder(uid, keys)).holder != holder.CANCELLED:
            raise
    return run(reader, issue.examine(uid, keys, begun=True))


def _require_free(station: Station, uid: str, person: str, instead_of: str = "") -> dict[str, Any] | None:
    """Refuse a card that is somebody's and a person who has one; what was begun for this card and this
    person, if anything. A card begun for somebody who has got another one since is free.

    Raises what ``person_for_card`` raises, CardError CARD_IN_USE, INCOMPLETE.
    """
    person_for_card(station, person, instead_of)
    known = card_of(station, uid)
    if known is not None and state_of(known) == ACTIVE:
        raise CardError("CARD_IN_USE", number=known.id)
    begun = _waiting_for(station, uid)
    if begun is not None and begun["person"] != person:
        raise CardError("INCOMPLETE", person=begun["person"])
    return begun


def _waiting_for(station: Station, uid: str) -> dict[str, Any] | None:
    """What was begun for a card, while its person still waits for one."""
    begun = cards_begun(station).get(uid)
    return None if begun is None or active_card_of(station, begun["person"]) is not None else begun


def _begin(station: Station, keys: CardKeys, uid: bytes, person: str, instead_of: str) -> tuple[str, Image]:
    """Take a card number and record the whole image that will be written."""
    with station.writing():
        _require_free(station, hex_of(uid), person, instead_of)
        if instead_of and active_card_of(station, person) is not None:
            station.record(station.put("card", instead_of, state=REPLACED))
        number = _next_number(station)
        new = image.sign(uid, holder_for(station, keys, number, person_for_card(station, person)), keys)
        begun = {"number": number, "person": person, "image": new.hex()}
        station.set_setting(_BEGUN, {**station.setting(_BEGUN, {}), hex_of(uid): begun})
        station.record(CardBegin(card=hex_of(uid), number=number, person=person, image=new.hex()))
    return number, new


def _parse(begun: dict[str, Any]) -> tuple[str, Image]:
    return begun["number"], image.parse(begun["image"])


def _finish(station: Station, uid: str, number: str, person: str) -> None:
    with station.writing():
        _require_free(station, uid, person)
        waiting = station.setting(_BEGUN, {})
        station.set_setting(_BEGUN, {other: begun for other, begun in waiting.items() if other != uid})
        station.record(station.put("card", number, uid=uid, person=person, issue=1, state=ACTIVE))


def _next_number(station: Station) -> str:
    """The next card number of the station's block. Raises CardError NUMBERS_USED_UP."""
    own = station.registry.get("station", station.code)
    block = own.body if own else {}
    first, last = block.get("card_from"), block.get("card_to")
    if not isinstance(first, int) or not isinstance(last, int):
        raise CardError("NUMBERS_USED_UP")
    for serial in _serials(station, first, last):
        if _is_free(station, serial):
            if station.setting("codes_by_lot", False):
                station.set_setting(_DRAWN, {"epoch": station.epoch, "serial": serial})
            else:
                station.set_setting(_SERIAL, serial)
            return card_number(serial)
    raise CardError("NUMBERS_USED_UP")


def _serials(station: Station, first: int, last: int) -> Iterator[int]:
    """The serials of the block that are to be tried, in order.

    A station counts from the first one on. A home that was restored or copied does not know which its other
    self has given out since: in every epoch it goes on in a part of the upper half that is drawn by lot and
    that no card is known of.
    """
    if not station.setting("codes_by_lot", False):
        yield from range(max(first, int(station.setting(_SERIAL, 0)) + 1), last + 1)
        return
    half, size = first + (last - first + 1) // 2, max(1, (last - first + 1) // _PARTS)
    drawn = station.setting(_DRAWN, {})
    if drawn.get("epoch") == station.epoch:
        begun = drawn["serial"] - (drawn["serial"] - half) % size
        yield from range(drawn["serial"] + 1, min(begun + size, last + 1))
    starts = list(range(half, last + 1, size))
    secrets.SystemRandom().shuffle(starts)
    for start in starts:
        part = range(start, min(start + size, last + 1))
        if all(_is_free(station, serial) for serial in part):
            yield from part
    yield from range(first, last + 1)


def _is_free(station: Station, serial: int) -> bool:
    number = card_number(serial)
    begun = (card["number"] for card in cards_begun(station).values())
    return station.registry.get("card", number) is None and number not in begun


def holder_for(station: Station, keys: CardKeys, number: str, person: Record) -> Holder:
    """What stands on a card of this station for a person, as the registry knows the person now."""
    body = person.body
    return Holder(
        number=number,
        person=person.id,
        unit=str(body.get("unit") or ""),
        name=str(body.get("name") or ""),
        key_version=keys.key_version,
        sex=_number(body.get("sex")),
        title=_number(body.get("title")),
        station=station.number or 0,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def issuing_keys(station: Station) -> CardKeys:
    """The keys with which cards are made. Raises CardError NO_CARD_KEYS, NO_ISSUE_KEY."""
    keys = keys_of(station)
    if keys.k_issue is None or keys.card_sign is None:
        raise CardError("NO_ISSUE_KEY")
    return keys
