"""Readers by their address."""

from __future__ import annotations

import re
from pathlib import Path

from icme_tui.codes import ReaderError
from icme_tui.devices.claim import Claim
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import USB_READER, SimulatedReader, Timing

_SIMULATED = re.compile(r"sim:(?P<folder>[^?]+)(?:\?pace=(?P<pace>\d{1,3}(?:\.\d{1,3})?))?")


def require_address(address: str) -> None:
    """Raises ReaderError READER_ADDRESS for what ``open_reader`` would not understand. Touches no reader."""
    if _SIMULATED.fullmatch(address) is None:
        raise ReaderError("READER_ADDRESS", address=address)


def open_reader(address: str) -> Reader:
    """The reader at ``sim:FOLDER`` or ``sim:FOLDER?pace=FACTOR``, for nobody else until it is closed.

    Raises ReaderError READER_ADDRESS, READER_IN_USE.

    ``pace`` multiplies the time that a simulated operation takes: 1 is a common USB reader, 0 takes none.
    """
    found = _SIMULATED.fullmatch(address)
    if found is None:
        raise ReaderError("READER_ADDRESS", address=address)
    pace = float(found["pace"] or 1)
    folder = Path(found["folder"])
    claim = Claim(folder / "reader.lock", f"sim:{folder.name}") if folder.is_dir() else None
    return SimulatedReader(folder, Timing(*(pace * seconds for seconds in USB_READER)), claim)
