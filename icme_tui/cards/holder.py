"""The holder: 96 bytes in sectors 1 and 2 that say whose card this is. Big-endian.

======  ============================================  ======  ===================================
offset  what                                          offset  what
======  ============================================  ======  ===================================
0       layout, 1                                     25      title, u16 (GB/T 8561)
1       key version                                   27      valid until, days since 2020-01-01,
2       issue, u16                                            u16; 0 means without limit
4       card number, u32 (9 digits)                   29      issuing station, u16
8       person code, 8 ASCII                          31      zero
16      unit code, 8 ASCII, zeros after a shorter one 32      bytes of the name, at most 55
24      sex (GB/T 2261.1)                             33      name, UTF-8, zeros to the end
======  ============================================  ======  ===================================

No ID number stands on a card, nor anything made from one.
"""

from __future__ import annotations

import struct
from datetime import date, timedelta
from typing import NamedTuple

from icme_tui.codes import CardError

SIZE = 96
LAYOUT = 1
NAME_BYTES = 55
CANCELLED = bytes(SIZE)
"""What a cancelled card holds in place of a holder."""

_FIXED = struct.Struct(">BBHI8s8sBHHHBB")
_DAY_ZERO = date(2020, 1, 1)


class Holder(NamedTuple):
    """Whose card it is."""

    number: str
    """The card number, 9 digits."""
    person: str
    unit: str
    name: str
    issue: int = 1
    """Counts the writings of this holder to this card."""
    key_version: int = 1
    sex: int = 0
    title: int = 0
    valid_until: date | None = None
    station: int = 0
    """Number of the station that issued the card."""


def encode(holder: Holder) -> bytes:
    """The 96 bytes of a holder. Raises CardError HOLDER_BAD for values that do not fit."""
    name = fit_name(holder.name)
    days = (holder.valid_until - _DAY_ZERO).days if holder.valid_until else 0
    try:
        fixed = _FIXED.pack(
            LAYOUT,
            holder.key_version,
            holder.issue,
            int(holder.number),
            _code(holder.person),
            _code(holder.unit),
            holder.sex,
            holder.title,
            days,
            holder.station,
            0,
            len(name),
        )
    except (struct.error, ValueError) as cause:
        raise CardError("HOLDER_BAD") from cause
    return (fixed + name).ljust(SIZE, b"\0")


def decode(data: bytes) -> Holder:
    """The holder in 96 bytes. Raises CardError LAYOUT_NEWER or HOLDER_BAD."""
    if len(data) != SIZE or data[0] == 0:
        raise CardError("HOLDER_BAD")
    if data[0] != LAYOUT:
        raise CardError("LAYOUT_NEWER", layout=data[0])
    (_, version, issue, number, person, unit, sex, title, days, station, zero, length) = _FIXED.unpack_from(
        data
    )
    end = _FIXED.size + length
    if zero or length > NAME_BYTES or any(data[end:]):
        raise CardError("HOLDER_BAD")
    try:
        return Holder(
            number=f"{number:09d}",
            person=_text(person),
            unit=_text(unit),
            name=data[_FIXED.size : end].decode(),
            issue=issue,
            key_version=version,
            sex=sex,
            title=title,
            valid_until=_DAY_ZERO + timedelta(days) if days else None,
            station=station,
        )
    except UnicodeDecodeError as cause:
        raise CardError("HOLDER_BAD") from cause


def fit_name(name: str) -> bytes:
    """A name as at most 55 bytes of UTF-8, cut between two characters."""
    return name.encode()[:NAME_BYTES].decode(errors="ignore").encode()


def _code(code: str) -> bytes:
    raw = code.encode("ascii")
    if len(raw) > 8:
        raise ValueError("a code has at most 8 characters")
    return raw


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("ascii")
