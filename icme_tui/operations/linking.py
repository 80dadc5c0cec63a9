"""Linking cards of which only the UID is known: hospital badges, bank cards, what a keyboard reader types.

The office links a card to a person; its next pack tells every venue. What a venue links works there at once
and is a proposal for the office (``NOT_ALLOWED``) until the office links the card itself; a guest whom the
venue has met gets the card into the record of the guest, which is the venue's own. Nothing is ever written to
such a card.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import CardError, RuleError
from icme_tui.facts import Fact, Link
from icme_tui.operations.holders import ACTIVE, card_of, is_linked, is_random, state_of

if TYPE_CHECKING:
    from icme_tui.station import Station

_UID = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})")


class Linked(NamedTuple):
    """A card and whose it is now."""

    uid: str
    person: str
    """Code of a person or a guest; empty for a card that is nobody's now."""
    before: str
    """Whose it was; empty for nobody's."""
    is_proposal: bool
    """Whether the office has to agree before others believe it."""


def uid_of(text: str) -> str:
    """A UID as somebody types it: 4, 7 or 10 bytes in hex. Raises CardError UID_BAD, FOREIGN_CARD (a UID that
    is drawn anew each time)."""
    uid = re.sub(r"[\s:-]", "", text).upper()
    if not _UID.fullmatch(uid):
        raise CardError("UID_BAD", uid=text)
    if is_random(bytes.fromhex(uid)):
        raise CardError("FOREIGN_CARD")
    return uid


def link_card(station: Station, uid: str, person: str, reason: str = "") -> Linked:
    """From now on the card with this UID is a person's or a guest's, whoever had it before.

    Raises CardError UID_BAD, FOREIGN_CARD, CARD_IN_USE (a card of ours); RuleError NO_PERSON; StoreError.
    """
    uid = uid_of(uid)
    with station.writing():
        before = _holder(station, uid)
        new: Fact = Link(card=uid, person=person, reason=reason.strip())
        if station.registry.get("guest", person) is not None:
            new = station.put("guest", person, card=uid)
        elif station.registry.get("person", person) is None:
            raise RuleError("NO_PERSON", person=person)
        station.record(new)
    return Linked(uid, person, before, isinstance(new, Link) and station.role == "venue")


def unlink_card(station: Station, uid: str, reason: str = "") -> Linked:
    """From now on a card that was linked is nobody's.

    Raises CardError UID_BAD, FOREIGN_CARD, CARD_IN_USE, NOT_LINKED; StoreError.
    """
    uid = uid_of(uid)
    with station.writing():
        before = _holder(station, uid)
        guests = station.registry.find("guest", "card", uid)
        if not before and not guests:
            raise CardError("NOT_LINKED", uid=uid)
        new: list[Fact] = [station.put("guest", guest.id, card=None) for guest in guests]
        if before:
            new.append(Link(card=uid, person="", reason=reason.strip()))
        station.record(*new)
    return Linked(uid, "", before or guests[0].id, bool(before) and station.role == "venue")


def _holder(station: Station, uid: str) -> str:
    """To whom a card is linked. Raises CardError CARD_IN_USE for a card of ours that somebody uses."""
    card = card_of(station, uid)
    if card is None or (not is_linked(card) and state_of(card) != ACTIVE):
        return ""
    if not is_linked(card):
        raise CardError("CARD_IN_USE", number=card.id)
    return str(card.body.get("person") or "")
