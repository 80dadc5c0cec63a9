"""A swipe on a card: 16 bytes, written in one block write. Big-endian.

seq u16 · station u16 · session u32 · minute since 2020-01-01 UTC u24 · flags u8 · MAC 4 bytes. Flags:
bit 0 direction (0 in, 1 out), bits 1 to 3 version of the record key, bit 4 clock doubtful, others zero.
The MAC is the first 4 bytes of AES-CMAC, with the writing station's record key, over
UID ‖ card number u32 ‖ the 12 bytes before it. Only the writing station and the office can check it.
"""

from __future__ import annotations

import hmac
import struct
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from icme_tui.codes import CardError
from icme_tui.facts import Direction

SIZE = 16
MAC_SIZE = 4
LAST_NUMBER = 65_000
"""At this record number a card is worn: numbers never wrap."""

_BODY = struct.Struct(">HHI3sB")
_OUT, _VERSION_SHIFT, _VERSION_MASK, _DOUBTFUL, _UNUSED = 1, 1, 0b0000_1110, 0b0001_0000, 0b1110_0000


class Record(NamedTuple):
    """One swipe as a card holds it."""

    number: int
    """The record number on this card, 1 to 65,000."""
    station: int
    session: int
    """u32: station number and counter, see ``idcodes.session_number``."""
    minute: int
    """Minutes since 2020-01-01 UTC; 0 for a clock that stood before it."""
    direction: Direction
    key_version: int
    doubtful: bool
    """The station doubted its clock."""


def encode(record: Record, uid: bytes, card: int, key: bytes) -> bytes:
    """The 16 bytes of a record on the card ``uid`` with the card number ``card``.

    Raises CardError CARD_WORN beyond the last number, ValueError for values that do not fit.
    """
    if record.number > LAST_NUMBER:
        raise CardError("CARD_WORN", number=record.number)
    if not 0 <= record.key_version <= 7:
        raise ValueError("a record key has a version of three bits")
    flags = (
        (_OUT if record.direction == "out" else 0)
        | record.key_version << _VERSION_SHIFT
        | (_DOUBTFUL if record.doubtful else 0)
    )
    minute = record.minute.to_bytes(3, "big")
    try:
        body = _BODY.pack(record.number, record.station, record.session, minute, flags)
    except struct.error as cause:
        raise ValueError("a value does not fit a record") from cause
    return body + mac(body, uid, card, key)


def decode(data: bytes) -> Record | None:
    """The record in 16 bytes, whoever wrote it, or None if they cannot be one. Checks no MAC."""
    number, station, session, minute, flags = _BODY.unpack_from(data)
    if not 1 <= number <= LAST_NUMBER or flags & _UNUSED:
        return None
    return Record(
        number,
        station,
        session,
        int.from_bytes(minute, "big"),
        "out" if flags & _OUT else "in",
        (flags & _VERSION_MASK) >> _VERSION_SHIFT,
        bool(flags & _DOUBTFUL),
    )


def number_of(data: bytes) -> int:
    """The number that 16 bytes say, whether they are a record or not."""
    return int.from_bytes(data[:2], "big")


def mac(body: bytes, uid: bytes, card: int, key: bytes) -> bytes:
    """The 4-byte MAC over a record's first 12 bytes."""
    cmac = CMAC(AES(key))
    cmac.update(uid + card.to_bytes(4, "big") + body)
    return cmac.finalize()[:MAC_SIZE]


def verify(data: bytes, uid: bytes, card: int, key: bytes) -> bool:
    """Whether the MAC of a 16-byte record fits."""
    return hmac.compare_digest(data[-MAC_SIZE:], mac(data[:-MAC_SIZE], uid, card, key))
