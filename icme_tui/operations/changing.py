"""Changing a card: its person stays, what stands on it of the person is written anew.

Like an issue it first records the whole image; one that was cut is kept in the setting ``cards_changing``
({UID: {number, person, image, issue}}) and is finished with the same image when the card comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.cards import change, holder, image
from icme_tui.cards.holder import Holder
from icme_tui.cards.image import Image
from icme_tui.cards.inspect import CardState, believe, inspect
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.touch import read_holder
from icme_tui.codes import CardError, RuleError
from icme_tui.facts import CardBegin
from icme_tui.operations.holders import ACTIVE, CANCELLED, card_of, state_of
from icme_tui.operations.issuing import holder_for, issuing_keys
from icme_tui.operations.presenting import hex_of, run

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Record, Station

_CHANGING = "cards_changing"

_TOLD = ("name", "unit", "sex", "title", "key_version")
"""Fields of a holder that tell of the person and of the keys in force."""


class Changed(NamedTuple):
    """A card that holds what the registry says of its person."""

    uid: str
    number: str
    person: str
    fields: tuple[str, ...]
    """What was different on it: of ``name``, ``unit``, ``sex``, ``title``, ``key_version``; ``signature`` for
    a holder that was damaged or not believed. Empty where nothing was written."""
    finished: bool
    """It was begun at an earlier touch."""


def change_card(station: Station, reader: Reader, seen: CardSeen) -> Changed:
    """Write what the registry says of a card's person to the card. It must lie there until this returns.

    Raises CardError NO_CARD_KEYS, NO_ISSUE_KEY, CARD_UNKNOWN (not in the registry here), CANCELLED, BLOCKED,
    FOREIGN_CARD, INCOMPLETE, OTHER_CARD (the card says another number), CARD_GONE and READ_BACK (put it back:
    the same call finishes it); RuleError NO_PERSON; StoreError.
    """
    keys = issuing_keys(station)
    uid = hex_of(seen.uid)
    card = changeable_card(station, uid)
    begun = cards_changing(station).get(uid)
    finished = begun is not None and begun["number"] == card.id
    if begun is None or not finished:
        state, present = read_own(reader, seen, keys)
        if state == "CANCELLED":
            raise CardError("CANCELLED")
        if state == "OK" and present is not None and present.number != card.id:
            raise CardError("OTHER_CARD", number=present.number)
        new = _new_holder(station, keys, card)
        fields = differences(present, new) if state == "OK" else ("signature",)
        if not fields:
            return Changed(uid, card.id, new.person, (), False)
        begun = _begin(station, keys, seen.uid, new, fields)
    run(reader, change.rewrite(seen.uid, keys, image.parse(begun["image"])))
    with station.writing():
        changeable_card(station, uid)
        _keep(station, uid, None)
        station.record(station.put("card", card.id, issue=begun["issue"]))
    return Changed(uid, card.id, begun["person"], tuple(begun["fields"]), finished)


def finish_change(station: Station, reader: Reader, seen: CardSeen) -> Changed | None:
    """Finish the change of a card that this station began; None if none waits for this card, or if this
    station issues no cards any more.

    Raises as ``change_card`` does.
    """
    keys = station.card_keys
    if keys is None or keys.k_issue is None or not is_changing(station, hex_of(seen.uid)):
        return None
    return change_card(station, reader, seen)


def is_changing(station: Station, uid: str) -> bool:
    """Whether a change that was cut waits for this card, which is still in use."""
    begun, card = cards_changing(station).get(uid), card_of(station, uid)
    return begun is not None and card is not None and state_of(card) == ACTIVE and begun["number"] == card.id


def cards_changing(station: Station) -> dict[str, dict[str, Any]]:
    """Changes that were cut and wait for their card: {UID: {number, person, image, issue, fields}}."""
    found: dict[str, dict[str, Any]] = station.setting(_CHANGING, {})
    return found


def changeable_card(station: Station, uid: str) -> Record:
    """The active card of a UID. Raises CardError CARD_UNKNOWN, CANCELLED, BLOCKED."""
    card = card_of(station, uid)
    if card is None:
        raise CardError("CARD_UNKNOWN")
    if (state := state_of(card)) != ACTIVE:
        raise CardError("CANCELLED" if state == CANCELLED else "BLOCKED")
    return card


def would_change(station: Station, uid: str, present: Holder | None) -> tuple[str, ...]:
    """What a change would write anew to a card that shows a holder; empty for one that is not changed."""
    card, keys = card_of(station, uid), station.card_keys
    if card is None or keys is None or state_of(card) != ACTIVE:
        return ()
    try:
        return differences(present, _new_holder(station, keys, card))
    except RuleError:
        return ()


def differences(present: Holder | None, new: Holder) -> tuple[str, ...]:
    """The fields in which two holders differ; all of them where nothing can be read."""
    if present is None:
        return _TOLD
    as_written = holder.decode(holder.encode(new))
    return tuple(name for name in _TOLD if getattr(present, name) != getattr(as_written, name))


def read_own(reader: Reader, seen: CardSeen, keys: CardKeys) -> tuple[CardState, Holder | None]:
    """What a card of ours says of its holder, and what that is worth.

    Raises CardError FOREIGN_CARD, BLANK or INCOMPLETE for a card whose first sectors are not ours.
    """
    if not seen.is_classic:
        raise CardError("FOREIGN_CARD")
    try:
        found = run(reader, read_holder(seen.uid, keys))
    except CardError as error:
        if error.code != "AUTH_REFUSED":
            raise
        state = run(reader, inspect(seen.uid, keys)).state
        raise CardError(state if state in ("BLANK", "INCOMPLETE") else "FOREIGN_CARD") from None
    state = believe(seen.uid, found, keys)
    return state, _decoded(found)


def _decoded(found: Image) -> Holder | None:
    try:
        return holder.decode(found.holder)
    except CardError:
        return None


def _new_holder(station: Station, keys: CardKeys, card: Record) -> Holder:
    """What the card is to hold. Raises RuleError NO_PERSON."""
    code = station.person_code(str(card.body.get("person") or ""))
    person = station.registry.get("person", code)
    if person is None:
        raise RuleError("NO_PERSON", person=code)
    written = card.body.get("issue")
    issue = (written if isinstance(written, int) else 1) + 1
    return holder_for(station, keys, card.id, person)._replace(issue=issue)


def _begin(
    station: Station, keys: CardKeys, uid: bytes, new: Holder, fields: tuple[str, ...]
) -> dict[str, Any]:
    """Record the whole image that will be written."""
    signed = image.sign(uid, new, keys).hex()
    begun = {
        "number": new.number,
        "person": new.person,
        "image": signed,
        "issue": new.issue,
        "fields": list(fields),
    }
    with station.writing():
        changeable_card(station, hex_of(uid))
        _keep(station, hex_of(uid), begun)
        station.record(CardBegin(card=hex_of(uid), number=new.number, person=new.person, image=signed))
    return begun


def _keep(station: Station, uid: str, begun: dict[str, Any] | None) -> None:
    others = {other: one for other, one in cards_changing(station).items() if other != uid}
    station.set_setting(_CHANGING, others if begun is None else {**others, uid: begun})
