"""Readers by their address."""

from __future__ import annotations

import re
from pathlib import Path

from icme_tui.codes import ReaderError
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import USB_READER, SimulatedReader, Timing

_SIMULATED = re.compile(r"sim:(?P<folder>[^?]+)(?:\?pace=(?P<pace>\d{1,3}(?:\.\d{1,3})?))?")


def open_reader(address: str) -> Reader:
    """The reader at ``sim:FOLDER`` or ``sim:FOLDER?pace=FACTOR``. Raises ReaderError READER_ADDRESS.

    ``pace`` multiplies the time that a simulated operation takes: 1 is a common USB reader, 0 takes none.
    """
    found = _SIMULATED.fullmatch(address)
    if found is None:
        raise ReaderError("READER_ADDRESS", address=address)
    pace = float(found["pace"] or 1)
    return SimulatedReader(Path(found["folder"]), Timing(*(pace * seconds for seconds in USB_READER)))
