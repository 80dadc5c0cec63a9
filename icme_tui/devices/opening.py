"""Readers by their address."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from icme_tui.codes import ReaderError
from icme_tui.devices.claim import Claim
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import USB_READER, SimulatedReader, Timing

if TYPE_CHECKING:
    from icme_tui.devices.typed import Source

_SIMULATED = re.compile(r"sim:(?P<folder>[^?]+)(?:\?pace=(?P<pace>\d{1,3}(?:\.\d{1,3})?))?")

_PCSC = re.compile(r"pcsc:(?P<part>[^?]*)")
_PN532 = re.compile(r"pn532:(?P<device>[^\s?][^?]*)")
_KEYBOARD = re.compile(r"keyboard:(?P<prefix>[!-~]{0,8})")
_EVDEV = re.compile(r"evdev:(?P<device>/[^?]+)")


def require_address(address: str) -> None:
    """Raises ReaderError READER_ADDRESS for what ``open_reader`` would not understand. Touches no reader."""
    if not any(form.fullmatch(address) for form in (_SIMULATED, _PCSC, _PN532, _KEYBOARD, _EVDEV)):
        raise ReaderError("READER_ADDRESS", address=address)


def open_reader(address: str, number_format: str = "") -> Reader:
    """The reader at an address, for nobody else until it is closed:

    - ``sim:FOLDER`` or ``sim:FOLDER?pace=FACTOR``: a folder of simulated cards. ``pace`` multiplies the time
      that an operation takes: 1 is a common USB reader, 0 takes none
    - ``pcsc:`` or ``pcsc:NAME-PART``: a reader behind PC/SC, the first contactless one or the first whose
      name contains the part, whatever the case
    - ``pn532:DEVICE``: a PN532 on a serial line, such as ``pn532:/dev/ttyUSB0``
    - ``keyboard:`` or ``keyboard:PREFIX``: a reader that types into our terminal, where its numbers begin
      with the prefix; ``evdev:DEVICE``: one that types, as a keyboard of the machine. ``number_format`` says
      how these write numbers; without it they raise ReaderError READER_FORMAT

    Raises ReaderError READER_ADDRESS, READER_IN_USE and what else the reader raises that it is.
    """
    if pcsc := _PCSC.fullmatch(address):
        from icme_tui.devices.pcsc.opening import open_pcsc

        return open_pcsc(pcsc["part"])
    if serial := _PN532.fullmatch(address):
        from icme_tui.devices.pn532.reader import Pn532Reader

        return Pn532Reader(serial["device"])
    if types(address):
        return _open_typed(address, number_format)
    found = _SIMULATED.fullmatch(address)
    if found is None:
        raise ReaderError("READER_ADDRESS", address=address)
    pace = float(found["pace"] or 1)
    folder = Path(found["folder"])
    claim = Claim(folder / "reader.lock", f"sim:{folder.name}") if folder.is_dir() else None
    return SimulatedReader(folder, Timing(*(pace * seconds for seconds in USB_READER)), claim)


def types(address: str) -> bool:
    """Whether a reader of this address types numbers."""
    return any(form.fullmatch(address) for form in (_KEYBOARD, _EVDEV))


def open_source(address: str, fits: Callable[[str], bool] = lambda text: True) -> Source:
    """The lines that a reader types; one in our terminal takes only those that fit.

    Raises ReaderError READER_ADDRESS, READER_IN_USE and what else the source raises that it is.
    """
    if keyboard := _KEYBOARD.fullmatch(address):
        from icme_tui.devices.wedge import TerminalSource

        return TerminalSource(keyboard["prefix"], fits)
    if evdev := _EVDEV.fullmatch(address):
        from icme_tui.devices.evdev import KeyboardSource

        return KeyboardSource(evdev["device"])
    raise ReaderError("READER_ADDRESS", address=address)


def _open_typed(address: str, number_format: str) -> Reader:
    from icme_tui.cards.numberformat import FORMATS, decode
    from icme_tui.devices.typed import TypedReader

    found = next((one for one in FORMATS if one == number_format), None)
    if found is None:
        raise ReaderError("READER_FORMAT", reader=address)

    def decoded(text: str) -> bytes | None:
        return decode(found, text)

    return TypedReader(open_source(address, lambda text: decoded(text) is not None), decoded)
