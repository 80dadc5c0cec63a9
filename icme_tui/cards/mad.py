"""The MIFARE Application Directory of sector 0, version 1 (NXP AN10787).

Byte 0 is a CRC-8 (polynomial 1D, start C7) over the other 31 bytes, byte 1 the sector of the card's
publisher; then one identifier of two bytes, application code and function cluster, per sector 1 to 15.
"""

from __future__ import annotations

from typing import NamedTuple

from icme_tui.cards.layout import BLOCK_SIZE, SECTORS
from icme_tui.codes import CardError

GENERAL_BYTE = 0xC1
"""Byte 9 of the trailer of sector 0: a directory is there, several applications, version 1."""

DEFAULT_GENERAL_BYTE = 0x69
APPLICATION = bytes([0x4D, 0x38])
"""Ours: application code 4D in the cluster 38, company services. It is not registered with NXP."""

_PUBLISHER_SECTOR = 1


class Directory(NamedTuple):
    """What a directory says."""

    publisher_sector: int
    applications: tuple[bytes, ...]
    """Two bytes for each of the sectors 1 to 15."""


def crc8(data: bytes) -> int:
    """CRC-8 of the directory standard."""
    crc = 0xC7
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1) ^ 0x11D if crc & 0x80 else crc << 1
    return crc & 0xFF


def encode(directory: Directory) -> bytes:
    """The 32 bytes of blocks 1 and 2."""
    body = bytes([directory.publisher_sector]) + b"".join(directory.applications)
    return bytes([crc8(body)]) + body


def decode(data: bytes) -> Directory:
    """The directory in blocks 1 and 2. Raises CardError MAD_BAD if the CRC does not fit."""
    if len(data) != 2 * BLOCK_SIZE or crc8(data[1:]) != data[0]:
        raise CardError("MAD_BAD")
    return Directory(data[1] & 0x3F, tuple(data[i : i + 2] for i in range(2, len(data), 2)))


def ours() -> bytes:
    """The directory of a card of ours: every sector is our application's."""
    return encode(Directory(_PUBLISHER_SECTOR, (APPLICATION,) * (SECTORS - 1)))
