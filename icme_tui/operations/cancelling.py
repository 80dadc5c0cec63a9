"""Cancelling a card that lies on the reader: nobody's from now on, and every reader sees it.

First the registry says so, then holder and signature become zeros. A cut needs nothing to be remembered: the
card is cancelled already, and whoever cancels it again writes the zeros that are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.cards import change
from icme_tui.cards.holder import Holder
from icme_tui.codes import CardError
from icme_tui.operations.blocking import is_proposal
from icme_tui.operations.changing import read_own
from icme_tui.operations.holders import ACTIVE, CANCELLED, card_of, state_of
from icme_tui.operations.issuing import issuing_keys
from icme_tui.operations.presenting import hex_of, run

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Station


class Cancelled(NamedTuple):
    """A card that is nobody's now."""

    uid: str
    number: str
    """Empty where nobody knows it."""
    person: str
    state: str
    """As the registry has it now: a card that was lost or replaced stays so."""
    is_proposal: bool
    """Whether the office has to agree before others believe it: the card is another station's."""


def cancel_card(station: Station, reader: Reader, seen: CardSeen, why: str = "") -> Cancelled:
    """Cancel the card. It must lie on the reader until this returns.

    Raises CardError NO_CARD_KEYS, NO_ISSUE_KEY, FOREIGN_CARD, BLANK, INCOMPLETE, OTHER_CARD, CARD_UNKNOWN (it
    is in no registry and says nothing that can be believed), CARD_GONE and READ_BACK (put it back: the same
    call finishes it); StoreError.
    """
    keys = issuing_keys(station)
    uid = hex_of(seen.uid)
    state, present = read_own(reader, seen, keys)
    number, person, now = _record(station, uid, present if state == "OK" else None, why, state == "CANCELLED")
    run(reader, change.rewrite(seen.uid, keys, change.CANCELLED))
    return Cancelled(uid, number, person, now, bool(number) and is_proposal(station, number))


def _record(
    station: Station, uid: str, present: Holder | None, why: str, is_empty: bool
) -> tuple[str, str, str]:
    """Put the card's state. Returns its number, its person, its state now."""
    with station.writing():
        card = card_of(station, uid)
        told = {"state": CANCELLED, **({"why": why} if why else {})}
        if card is not None:
            if present is not None and card.id != present.number:
                raise CardError("OTHER_CARD", number=present.number)
            if state_of(card) == ACTIVE:
                station.record(station.put("card", card.id, **told))
            now = CANCELLED if state_of(card) == ACTIVE else state_of(card)
            return card.id, str(card.body.get("person") or ""), now
        if present is not None:
            known = {"uid": uid, "person": present.person, "issue": present.issue}
            station.record(station.put("card", present.number, **known, **told))
            return present.number, present.person, CANCELLED
        if is_empty:
            return "", "", CANCELLED
        raise CardError("CARD_UNKNOWN")
