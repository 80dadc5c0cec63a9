"""Access bits of a sector trailer (NXP MF1S50yyX, section 8.7).

For block b of a sector bit b of C1, C2 and C3 together name one of eight conditions. The three access
bytes hold each bit twice, once inverted::

    byte 6 = ~C2 << 4 | ~C1      byte 7 = C1 << 4 | ~C3      byte 8 = C3 << 4 | C2

A trailer whose copies disagree closes its sector for ever.
"""

from __future__ import annotations

from icme_tui.codes import CardError

Conditions = tuple[int, int, int, int]
"""Per block of the sector, trailer last, the number C1 C2 C3 (0b100 is C1 alone)."""

TRANSPORT = bytes.fromhex("FF0780")
"""A new card: everything open to key A; key B is readable and hence no key."""

OURS = bytes.fromhex("787788")
"""Key A reads, key B reads and writes, only key B changes the keys."""

TRANSPORT_KEY = b"\xff" * 6


def encode(conditions: Conditions) -> bytes:
    """The three access bytes for the conditions of the four blocks."""
    c1 = sum((c >> 2 & 1) << b for b, c in enumerate(conditions))
    c2 = sum((c >> 1 & 1) << b for b, c in enumerate(conditions))
    c3 = sum((c & 1) << b for b, c in enumerate(conditions))
    return bytes([(~c2 & 15) << 4 | (~c1 & 15), c1 << 4 | (~c3 & 15), c3 << 4 | c2])


def decode(access: bytes) -> Conditions:
    """The conditions in three access bytes. Raises CardError ACCESS_BITS if the copies disagree."""
    c1, c2, c3 = access[1] >> 4, access[2] & 15, access[2] >> 4
    if access[0] >> 4 != ~c2 & 15 or access[0] & 15 != ~c1 & 15 or access[1] & 15 != ~c3 & 15:
        raise CardError("ACCESS_BITS")
    a, b, c, d = ((c1 >> i & 1) << 2 | (c2 >> i & 1) << 1 | (c3 >> i & 1) for i in range(4))
    return a, b, c, d


def trailer(key_a: bytes, access: bytes, general: int, key_b: bytes) -> bytes:
    """The 16 bytes of a trailer. Raises CardError ACCESS_BITS rather than close a sector for ever."""
    decode(access)
    return key_a + access + bytes([general]) + key_b
