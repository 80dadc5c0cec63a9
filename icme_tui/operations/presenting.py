"""Presenting cards to a reader: opening it, carrying out plans on it, one presentation after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from icme_tui.cards.keys import CardKeys
from icme_tui.cards.plan import Authenticate, Operation, Plan, Read, Result, drive
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.opening import open_reader
from icme_tui.devices.port import CardSeen, Reader
from icme_tui.devices.wrapping import Quiet
from icme_tui.operations.preferences import is_quiet, read_preferences

if TYPE_CHECKING:
    from icme_tui.station import Station

_LOOK_S = 5.0
"""Longest time in one call of a reader, so that leaving never hangs."""

_SIMULATED = "sim:"

UNKNOWN_STATE = (
    "CARD_GONE", "CARD_RESET", "CARD_ANSWER", "READER_LOST", "READ_BACK", "NOT_AUTHENTICATED",
    "ACCESS_DENIED",
)  # fmt: skip
"""Errors after which nobody knows what the card holds: it is put back."""

Found = TypeVar("Found")


def reader_of(station: Station, address: str = "") -> Reader:
    """The reader at ``address``, else the first one of the station. ``sim:`` folders stand in its home.

    Raises ReaderError READER_ADDRESS, READER_IN_USE, READER_FORMAT (it types, and the form of its numbers is
    not known). It makes no sound where the hall wants silence.
    """
    address = address or next(iter(station.readers), f"{_SIMULATED}{station.folders.cards.name}")
    quiet = is_quiet(station.home, address)
    if address.startswith(_SIMULATED):
        address = _SIMULATED + str(station.home / Path(address.removeprefix(_SIMULATED)))
    reader = open_reader(address, read_preferences(station.home).numbers.get(address, ""))
    return Quiet(reader) if quiet else reader


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


def presentations(reader: Reader, timeout_s: float | None) -> Iterator[CardSeen]:
    """Every card that is put on the reader; each has to leave before the next one is looked for.

    Ends when nothing changes on the reader for ``timeout_s`` seconds; None: never.
    """
    while (seen := _wait_for(reader.wait_for_card, timeout_s)) is not None:
        yield seen
        if not _wait_for(lambda limit: reader.wait_for_removal(limit) or None, timeout_s):
            return


def _wait_for(look: Callable[[float], Found | None], timeout_s: float | None) -> Found | None:
    if timeout_s is not None:
        return look(timeout_s)
    while (found := look(_LOOK_S)) is None:
        pass
    return found


def hex_of(uid: bytes) -> str:
    """A UID as facts and the registry write it."""
    return uid.hex().upper()
