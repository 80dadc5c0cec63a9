"""What kind of card lies on a reader, from the ATR that the reader makes up for it.

PC/SC part 3, section 3.1.3.2.3.1: a storage card shows
``3B 8F 80 01 80 4F 0C A0 00 00 03 06 SS C0 C1 00 00 00 00 TCK``: SS is the standard (03: ISO 14443-3 A),
C0 C1 the name of the card. Readers that do not know the card write FF and its SAK instead of a name. A card
that speaks ISO 14443-4 shows its historical bytes: ``3B 8N 80 01 … TCK``.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from icme_tui.devices.port import CardKind

_STORAGE = bytes.fromhex("3B8F8001804F0CA000000306")
_LENGTH = 20
_TYPE_A = 0x03

_NAMES: dict[int, CardKind] = {
    0x0001: "mifare-classic-1k",
    0x0002: "mifare-classic-4k",
    0x0003: "mifare-ultralight",
    0x0026: "mifare-mini",
    0x0036: "mifare-classic-1k",  # Plus SL1 2K: speaks Classic, its first 16 sectors are those of a 1K card
    0x0037: "mifare-classic-4k",  # Plus SL1 4K
    0x003A: "mifare-ultralight",  # Ultralight C
}
"""Of PC/SC part 3 supplemental document, section 4."""

_SAKS: dict[int, CardKind] = {
    0x00: "mifare-ultralight",
    0x08: "mifare-classic-1k",
    0x09: "mifare-mini",
    0x18: "mifare-classic-4k",
    0x28: "mifare-classic-1k",  # emulated by a chip card
    0x38: "mifare-classic-4k",
    0x88: "mifare-classic-1k",  # Infineon SLE66R35
}
"""By SAK (NXP AN10833), for the names FF xx."""

_DESFIRE = (bytes.fromhex("80"), bytes.fromhex("067577810280"))
"""Historical bytes of a DESFire; the latter is its whole ATS, as old ACR122U give it."""


def is_whole(atr: bytes) -> bool:
    """Whether the check byte TCK, the exclusive or of all bytes after the first, is right."""
    return len(atr) > 2 and reduce(xor, atr[1:]) == 0


def kind_of(atr: bytes) -> CardKind:
    """The kind of the card; ``other`` for all that is not understood."""
    if not is_whole(atr):
        return "other"
    if len(atr) == _LENGTH and atr.startswith(_STORAGE):
        if atr[12] != _TYPE_A:
            return "other"
        name = int.from_bytes(atr[13:15])
        return _SAKS.get(name & 0xFF, "other") if name >> 8 == 0xFF else _NAMES.get(name, "other")
    if atr[1] >> 4 == 8 and atr[2:4] == b"\x80\x01" and atr[4:-1] in _DESFIRE:
        return "mifare-desfire"
    return "other"


def storage_atr(name: int, standard: int = _TYPE_A) -> bytes:
    """The ATR that a reader makes up for a storage card of this name."""
    body = _STORAGE + bytes((standard,)) + name.to_bytes(2) + bytes(4)
    return body + bytes((reduce(xor, body[1:]),))
