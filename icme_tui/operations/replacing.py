"""Replacing a card: a new one with an empty ring for the same person; the old one is blocked.

Both happen in the transaction that begins the new card, so that nobody ever has two cards or, because the
new one was foreign, none. The history of the old one is in the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import CardError
from icme_tui.operations.blocking import is_proposal
from icme_tui.operations.holders import is_linked, state_of
from icme_tui.operations.issuing import Issued, issue_card

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Record, Station


class Replaced(NamedTuple):
    """A new card for somebody who had one."""

    issued: Issued
    old: str
    """Number of the card that is blocked."""
    old_state: str
    """``replaced``; one that was lost or cancelled before stays so."""
    is_proposal: bool
    """Whether the office has to agree before others block the old one: it is another station's."""


def old_card(station: Station, person: str) -> Record:
    """The card that a new one replaces: the one in use, else the newest. Raises CardError NO_OLD_CARD."""
    cards = [card for card in station.registry.find("card", "person", person) if not is_linked(card)]
    if not cards:
        raise CardError("NO_OLD_CARD", person=person)
    return max(cards, key=lambda card: (state_of(card) == "active", card.v, card.id))


def replace_card(station: Station, reader: Reader, seen: CardSeen, person: str) -> Replaced:
    """Make the card on the reader the person's, instead of the one before.

    It must lie there until this returns. Raises CardError NO_OLD_CARD, and what ``issue_card`` raises.
    """
    old = old_card(station, person)
    issued = issue_card(station, reader, seen, person, instead_of=old.id)
    now = station.registry.get("card", old.id)
    return Replaced(issued, old.id, state_of(now or old), is_proposal(station, old.id))
