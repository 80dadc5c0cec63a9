"""What hangs on the USB, from ``/sys/bus/usb/devices``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from icme_tui.machine.surroundings import Surroundings

DEVICES = "/sys/bus/usb/devices"

CCID_CLASS = "0b"
"""Smart card readers (USB interface class)."""

PN533_READERS = ("072f:2200", "04cc:2533", "04cc:0531", "04e6:5591", "04e6:5594", "054c:02e1")
"""Readers with a PN532 or PN533 inside, which the kernel's own driver takes too (ACR122U, SCL3711, …)."""

SERIAL_BRIDGES = ("1a86:7523", "1a86:5523", "10c4:ea60", "0403:6001", "067b:2303")
"""CH340, CP210x, FT232 and PL2303: what serial modules hang on."""


class Device(NamedTuple):
    """One device."""

    place: str
    """Its name in ``/sys``, such as ``1-1.2``."""
    id: str
    """Maker and product, such as ``072f:2200``."""
    name: str
    """What it calls itself."""
    is_card_reader: bool
    version: int
    """What its firmware calls itself (``bcdDevice``): 0x0214 is 2.14; 0 where that is not known."""
    drivers: tuple[str, ...]
    """Kernel drivers that hold its interfaces."""


def devices(machine: Surroundings) -> Iterator[Device]:
    """Every device, by place."""
    names = machine.names(DEVICES)
    for place in names:
        if ":" in place:
            continue
        folder = f"{DEVICES}/{place}"
        maker, product = machine.read(f"{folder}/idVendor"), machine.read(f"{folder}/idProduct")
        if not maker or not product:
            continue
        parts = [name for name in names if name.startswith(f"{place}:")]
        said = (machine.read(f"{folder}/manufacturer"), machine.read(f"{folder}/product"))
        classes = [machine.read(f"{DEVICES}/{part}/bInterfaceClass") for part in parts]
        drivers = [machine.link(f"{DEVICES}/{part}/driver") for part in parts]
        yield Device(
            place,
            f"{maker}:{product}",
            " ".join(word for word in said if word),
            CCID_CLASS in classes,
            _version(machine.read(f"{folder}/bcdDevice")),
            tuple(driver for driver in drivers if driver),
        )


def _version(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{4}", text) else 0
