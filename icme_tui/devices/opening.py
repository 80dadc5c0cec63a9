"""Readers by their address."""

from __future__ import annotations

from pathlib import Path

from icme_tui.codes import ReaderError
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import USB_READER, SimulatedReader, Timing


def open_reader(address: str, pace: float = 1.0) -> Reader:
    """The reader at ``sim:FOLDER``. Raises ReaderError READER_ADDRESS for any other address.

    ``pace`` multiplies the time that a simulated operation takes; 0 takes none.
    """
    kind, _, place = address.partition(":")
    if kind != "sim" or not place:
        raise ReaderError("READER_ADDRESS", address=address)
    return SimulatedReader(Path(place), Timing(*(pace * seconds for seconds in USB_READER)))
