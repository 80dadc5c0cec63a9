"""Blocking a card that is not at hand: from now on here, elsewhere with the office's next pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import CardError
from icme_tui.operations.holders import ACTIVE, CANCELLED, LOST, active_card_of, state_of

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

STATES = (LOST, CANCELLED)
"""What a card without its plastic may become."""


_DIGITS = 9
"""Of a card number."""


class Blocked(NamedTuple):
    """A card that no longer swipes here."""

    number: str
    person: str
    state: str
    is_proposal: bool
    """Whether the office has to agree before others believe it: the card is another station's."""


def block_card(station: Station, number: str, state: str = LOST, why: str = "") -> Blocked:
    """Block an active card by its number; ``state`` is one of ``STATES``.

    Raises CardError NO_SUCH_CARD, CARD_NOT_ACTIVE (``state``), CARD_STATE; StoreError.
    """
    if state not in STATES:
        raise CardError("CARD_STATE", state=state, known=list(STATES))
    with station.writing():
        card = card_of_number(station, number)
        if state_of(card) != ACTIVE:
            raise CardError("CARD_NOT_ACTIVE", number=number, state=state_of(card))
        station.record(station.put("card", number, state=state, **({"why": why} if why else {})))
    return Blocked(number, str(card.body.get("person") or ""), state, is_proposal(station, number))


def card_of_number(station: Station, number: str) -> Record:
    """The card with this number. Raises CardError NO_SUCH_CARD."""
    card = station.registry.get("card", number)
    if card is None:
        raise CardError("NO_SUCH_CARD", number=number)
    return card


def card_in_use(station: Station, person: str) -> Record:
    """The card that a person uses. Raises CardError NO_OLD_CARD."""
    card = active_card_of(station, person)
    if card is None:
        raise CardError("NO_OLD_CARD", person=person)
    return card


def is_proposal(station: Station, number: str) -> bool:
    """Whether what this station says of a card is for the office to decide: a venue's own block counts."""
    if station.role == "office":
        return False
    own = station.registry.get("station", station.code)
    first, last = (own.body.get(name) if own else None for name in ("card_from", "card_to"))
    if not isinstance(first, int) or not isinstance(last, int):
        return True
    ours = len(number) == _DIGITS and number.isdigit()  # any other is the UID of a card that was linked
    return not (ours and first <= int(number[:8]) <= last)
