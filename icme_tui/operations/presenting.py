"""Presenting cards to a reader: opening it, carrying out plans on it, one presentation after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from icme_tui.cards.keys import CardKeys
from icme_tui.cards.plan import Authenticate, Operation, Plan, Read, Result, drive
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.opening import open_reader
from icme_tui.devices.port import CardSeen, Reader

if TYPE_CHECKING:
    from icme_tui.station import Station

REMOVAL_S = 30.0
"""How long a card may lie on the reader after its outcome before the next look at it."""

_SIMULATED = "sim:"


def reader_of(station: Station, address: str = "", pace: float = 1.0) -> Reader:
    """The reader at ``address``, else the first one of the station. ``sim:`` folders stand in its home.

    Raises ReaderError READER_ADDRESS.
    """
    address = address or next(iter(station.readers), f"{_SIMULATED}{station.folders.cards.name}")
    if address.startswith(_SIMULATED):
        address = _SIMULATED + str(station.home / Path(address.removeprefix(_SIMULATED)))
    return open_reader(address, pace)


def keys_of(station: Station) -> CardKeys:
    """The station's keys for cards. Raises CardError NO_CARD_KEYS before the first pack."""
    keys = station.card_keys
    if keys is None or station.number is None:
        raise CardError("NO_CARD_KEYS")
    return keys


def run(reader: Reader, plan: Plan[Result]) -> Result:
    """Carry out a plan on the card in the field. Raises CardError, ReaderError."""

    def perform(operation: Operation) -> bytes:
        if isinstance(operation, Authenticate):
            reader.authenticate(operation.block, operation.key_type, operation.key)
            return b""
        if isinstance(operation, Read):
            return reader.read(operation.block)
        reader.write(operation.block, operation.data)
        return b""

    return drive(plan, perform)


def wait(reader: Reader, timeout_s: float) -> CardSeen:
    """The next card. Raises ReaderError NO_CARD if none comes in time."""
    seen = reader.wait_for_card(timeout_s)
    if seen is None:
        raise ReaderError("NO_CARD")
    return seen


def presentations(reader: Reader, timeout_s: float) -> Iterator[CardSeen]:
    """Every card that is put on the reader, until none comes for ``timeout_s`` seconds.

    The next one is waited for only after the last one was taken away.
    """
    while (seen := reader.wait_for_card(timeout_s)) is not None:
        yield seen
        while not reader.wait_for_removal(REMOVAL_S):
            pass


def hex_of(uid: bytes) -> str:
    """A UID as facts and the registry write it."""
    return uid.hex().upper()
