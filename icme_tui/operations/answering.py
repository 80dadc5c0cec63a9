"""What becomes of a card that is held up at a door: a swipe of its holder, or a touch of a guest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from icme_tui.codes import IcmeError
from icme_tui.operations import guests
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.presenting import hex_of
from icme_tui.operations.swiping import Outcome, Swiping, signal_for

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.rules.window import Way
    from icme_tui.station import Station

NOBODYS = ("UNKNOWN_CARD", "FOREIGN_CARD", "ISSUER_UNKNOWN", "LAYOUT_NEWER")
"""Cards that belong to nobody known here, so that a guest may use them."""


def touch_of_anybody(
    station: Station,
    swiping: Swiping,
    way: Way,
    seen: CardSeen,
    reader: Reader,
    show: Callable[[Outcome], None],
) -> None:
    """A card at the door: that of a guest counts for the guest, any other is a swipe. ``show`` is called with
    the outcome, and the reader signals it after that.

    Raises ReaderError.
    """
    known = guests.guest_of_card(station, hex_of(seen.uid))
    if not known:
        swiping.touch(seen, show)
        return
    outcome = _of_guest(station, swiping, way, known, seen, reader)
    show(outcome)
    reader.signal(signal_for(outcome))


def touch_for_guest(
    station: Station, swiping: Swiping, way: Way, guest: NewGuest, seen: CardSeen, reader: Reader
) -> Outcome:
    """A card that is held up for a new guest. One of ours counts for its holder instead; no guest is made.
    The reader signals nothing yet.

    Raises ReaderError.
    """
    known = guests.guest_of_card(station, hex_of(seen.uid))
    if known:
        return _of_guest(station, swiping, way, known, seen, reader)
    outcome = swiping.touch(seen, signals=False)
    if outcome.code in NOBODYS and outcome.person is None:
        return _of_guest(station, swiping, way, guest, seen, reader)
    return outcome


def _of_guest(
    station: Station, swiping: Swiping, way: Way, guest: str | NewGuest, seen: CardSeen, reader: Reader
) -> Outcome:
    try:
        return guests.touch(station, swiping.session, way, guest, seen, reader.name)
    except IcmeError as error:
        return Outcome(error.code, hex_of(seen.uid))
