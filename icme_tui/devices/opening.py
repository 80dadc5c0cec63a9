"""Readers by their address."""

from __future__ import annotations

import re
from pathlib import Path

from icme_tui.codes import ReaderError
from icme_tui.devices.claim import Claim
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import USB_READER, SimulatedReader, Timing

_SIMULATED = re.compile(r"sim:(?P<folder>[^?]+)(?:\?pace=(?P<pace>\d{1,3}(?:\.\d{1,3})?))?")

_PCSC = re.compile(r"pcsc:(?P<part>[^?]*)")
_PN532 = re.compile(r"pn532:(?P<device>[^\s?][^?]*)")


def require_address(address: str) -> None:
    """Raises ReaderError READER_ADDRESS for what ``open_reader`` would not understand. Touches no reader."""
    if not any(form.fullmatch(address) for form in (_SIMULATED, _PCSC, _PN532)):
        raise ReaderError("READER_ADDRESS", address=address)


def open_reader(address: str) -> Reader:
    """The reader at an address, for nobody else until it is closed:

    - ``sim:FOLDER`` or ``sim:FOLDER?pace=FACTOR``: a folder of simulated cards. ``pace`` multiplies the time
      that an operation takes: 1 is a common USB reader, 0 takes none
    - ``pcsc:`` or ``pcsc:NAME-PART``: a reader behind PC/SC, the first contactless one or the first whose
      name contains the part, whatever the case
    - ``pn532:DEVICE``: a PN532 on a serial line, such as ``pn532:/dev/ttyUSB0``

    Raises ReaderError READER_ADDRESS, READER_IN_USE and what else the reader raises that it is.
    """
    if pcsc := _PCSC.fullmatch(address):
        from icme_tui.devices.pcsc.opening import open_pcsc

        return open_pcsc(pcsc["part"])
    if serial := _PN532.fullmatch(address):
        from icme_tui.devices.pn532.reader import Pn532Reader

        return Pn532Reader(serial["device"])
    found = _SIMULATED.fullmatch(address)
    if found is None:
        raise ReaderError("READER_ADDRESS", address=address)
    pace = float(found["pace"] or 1)
    folder = Path(found["folder"])
    claim = Claim(folder / "reader.lock", f"sim:{folder.name}") if folder.is_dir() else None
    return SimulatedReader(folder, Timing(*(pace * seconds for seconds in USB_READER)), claim)
