"""Handling the cards of the simulated reader of a home: made, put on the reader, taken off."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from icme_tui.codes import ReaderError, StoreError
from icme_tui.devices import shelf
from icme_tui.home import Home
from icme_tui.operations.presenting import hex_of


class SimulatedCard(NamedTuple):
    """One card of the folder."""

    name: str
    uid: str
    on_reader: bool


def cards_folder(home: Path) -> Path:
    """Where the simulated cards of a home lie. Raises StoreError NO_HOME."""
    if not Home(home).config.is_file():
        raise StoreError("NO_HOME", home=str(home.absolute()))
    return Home(home).cards


def new_card(folder: Path, name: str, kind: str = "1k") -> SimulatedCard:
    """A new, blank card of a kind: 1k, 4k, ultralight, or random for one whose UID changes each time.

    Raises ReaderError SIM_NAME, SIM_EXISTS, SIM_KIND.
    """
    wanted = next((known for known in shelf.KINDS if known == kind), None)
    if wanted is None:
        raise ReaderError("SIM_KIND", kind=kind, known=list(shelf.KINDS))
    return SimulatedCard(name, hex_of(shelf.new_card(folder, name, kind=wanted)), False)


def tap(folder: Path, name: str, pull_after: int | None = None, torn: str = "") -> None:
    """Put a card on the reader; it may be pulled away after some operations, in the middle of a write
    with ``torn`` (old, new, zero or mixed). Raises ReaderError SIM_UNKNOWN, SIM_TORN."""
    kind = next((known for known in shelf.TORN if known == torn), None)
    if torn and kind is None:
        raise ReaderError("SIM_TORN", torn=torn, known=list(shelf.TORN))
    shelf.tap(folder, name, pull_after, kind)


def remove(folder: Path) -> bool:
    """Take the card off the reader. Whether one lay there."""
    return shelf.remove(folder)


def list_cards(folder: Path) -> list[SimulatedCard]:
    """Every card of the folder, by name."""
    present = shelf.on_reader(folder)
    return [
        SimulatedCard(name, hex_of(uid), present is not None and present.card == name)
        for name, uid in shelf.list_cards(folder)
    ]
