"""The tray of the demonstration: simulated cards that a key holds to the reader. It knows nothing of how the
stage is set, so that the swipe screen of a weak machine does not load that."""

from __future__ import annotations

from typing import NamedTuple

from icme_tui.devices import shelf
from icme_tui.station import Station

PULLED_AFTER = 5
"""Operations after which a hasty hand pulls its card: the record is being written."""

_TRAY = "demo_tray"
_TORN = "demo_torn"


class TrayCard(NamedTuple):
    """A card that one key puts on the reader."""

    key: str
    """An upper-case letter."""
    card: str
    """Its name in the folder of simulated cards."""
    holder: str
    """Name of its holder; empty for a card that is nobody's."""
    what: str
    """``""``, ``torn`` (pulled away while it is first written), ``blocked`` or ``stranger``."""


def lay_out(station: Station, cards: list[TrayCard]) -> None:
    """Put cards on the tray."""
    station.set_setting(_TRAY, [card._asdict() for card in cards])


def tray_of(station: Station) -> list[TrayCard]:
    """The cards that can be put on the reader by a key; none outside the demonstration."""
    return [TrayCard(**card) for card in station.setting(_TRAY, [])]


def put_on_reader(station: Station, card: TrayCard) -> None:
    """Hold a card of the tray to the simulated reader. One is torn at its first touch only: put back, it is
    whole, and what was cut is finished.
    """
    was_torn = station.setting(_TORN, [])
    torn = card.what == "torn" and card.card not in was_torn
    if torn:
        station.set_setting(_TORN, [*was_torn, card.card])
    shelf.tap(station.folders.cards, card.card, PULLED_AFTER if torn else None, "mixed" if torn else None)


def take_off_reader(station: Station) -> None:
    """Take away whatever lies on the simulated reader."""
    shelf.remove(station.folders.cards)
