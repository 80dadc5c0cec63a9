"""Card numbers as readers type them, and the UIDs that they stand for.

A reader that types like a keyboard writes the UID of a card in one of a few forms, and nothing in the text
says in which: as hex or decimal digits, with the bytes in their order on the air or reversed, with or without
leading zeros, or as two halves of 16 bits with a comma (``4H+4H``). The form is learnt from a card whose UID
is known. Some readers type only 3 bytes (``6H`` as ``8D``, ``2H+4H`` as ``3D,5D``): their numbers stand for
many cards, so they name none.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

Base = Literal["hex", "dec", "pair"]
NumberFormat = Literal["hex", "hex-reversed", "dec", "dec-reversed", "pair", "pair-reversed"]

FORMATS: tuple[NumberFormat, ...] = get_args(NumberFormat)

SHORTEST, LONGEST = 6, 40
"""Characters of a number that is looked at: 10 bytes take 25 digits, and fewer than 6 are keys that somebody
pressed."""

_SIZES = (4, 7, 10)
"""Bytes that a UID can have (ISO 14443-3)."""
_PART = 3
_HALF = 1 << 16

_HEX = re.compile(r"[0-9A-Fa-f]+|(?:[0-9A-Fa-f]{2}[ :.-])+[0-9A-Fa-f]{2}")
_DECIMAL = re.compile(r"[0-9]+")
_PAIR = re.compile(r"([0-9]{1,5})[,.:-]([0-9]{1,5})")
_SEPARATORS = re.compile(r"[ :.-]")


class _Form(NamedTuple):
    base: Base
    is_reversed: bool


def _form(name: NumberFormat) -> _Form:
    base, _, order = name.partition("-")
    return _Form(base, bool(order))  # type: ignore[arg-type]


def encode(name: NumberFormat, uid: bytes) -> str:
    """What a reader of this format types for a UID of 4, 7 or 10 bytes, with all leading zeros.

    Raises ValueError for a pair of more than 4 bytes.
    """
    base, is_reversed = _form(name)
    value = int.from_bytes(uid[::-1] if is_reversed else uid)
    if base == "hex":
        return f"{value:0{2 * len(uid)}X}"
    if base == "dec":
        return f"{value:0{len(str((1 << 8 * len(uid)) - 1))}}"
    if len(uid) != _SIZES[0]:
        raise ValueError("a pair stands for 4 bytes")
    high, low = divmod(value, _HALF)
    return f"{high:05},{low:05}"


def decode(name: NumberFormat, text: str) -> bytes | None:
    """The UID for which a number stands; None where it is no number of this format.

    It has the fewest bytes that hold the number, so only a UID of 7 or 10 bytes that begins with zeros (ends
    with them, where reversed) would come back shorter; makers give out none (ISO/IEC 7816-6).
    """
    base, is_reversed = _form(name)
    value = _value(base, text.strip())
    if value is None:
        return None
    for size in _SIZES:
        if value < 1 << 8 * size:
            uid = value.to_bytes(size)
            return uid[::-1] if is_reversed else uid
    return None


def fitting(text: str, uid: bytes) -> tuple[NumberFormat, ...]:
    """The formats in which a reader that typed ``text`` for the card ``uid`` may write."""
    return tuple(name for name in FORMATS if decode(name, text) == uid)


def tells_a_part(text: str, uid: bytes) -> bool:
    """Whether a number that fits no format holds only 3 bytes of this UID."""
    ends = {uid[:_PART], uid[-_PART:], uid[::-1][:_PART], uid[::-1][-_PART:]}
    values = {_value("hex", text.strip()), _value("dec", text.strip()), _facility(text.strip())}
    return any(int.from_bytes(end) in values for end in ends)


def _value(base: Base, text: str) -> int | None:
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    if base == "pair":
        found = _PAIR.fullmatch(text)
        if found is None:
            return None
        high, low = int(found[1]), int(found[2])
        return high * _HALF + low if max(high, low) < _HALF else None
    if base == "dec":
        return int(text) if _DECIMAL.fullmatch(text) else None
    return int(_SEPARATORS.sub("", text), 16) if _HEX.fullmatch(text) else None


def _facility(text: str) -> int | None:
    """``3D,5D``: one byte and two."""
    found = _PAIR.fullmatch(text)
    if found is None or int(found[1]) > 255 or int(found[2]) >= _HALF:
        return None
    return int(found[1]) * _HALF + int(found[2])
