"""The ring of records and the two hints that say where it stands.

Record number q lives in slot q mod 33, so a plausible record shows itself, whoever wrote it. One slot is
always spare: a ring of 33 shows the 32 newest numbers, and a write that is torn destroys only what the
spare slot held. A hint (even numbers in block 17, odd ones in block 18) is seq u16, 12 zeros and
CRC-16/IBM-3740 (polynomial 1021, start FFFF, not reflected); the larger valid one counts, and both are
only hints.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Mapping

from icme_tui.cards import record
from icme_tui.cards.layout import HINT_EVEN, HINT_ODD, RING_BLOCKS
from icme_tui.cards.record import LAST_NUMBER, Record

SLOTS = len(RING_BLOCKS)
SHOWN = SLOTS - 1
"""How many records a ring can show."""

_SLOT_OF_BLOCK = {block: slot for slot, block in enumerate(RING_BLOCKS)}


def slot_of(number: int) -> int:
    """The slot in which a record number lives."""
    return number % SLOTS


def block_of(number: int) -> int:
    """The block in which a record number lives."""
    return RING_BLOCKS[slot_of(number)]


def slot_of_block(block: int) -> int:
    """The slot that a block of the ring is."""
    return _SLOT_OF_BLOCK[block]


def plausible(slot: int, data: bytes) -> Record | None:
    """The record in a slot's 16 bytes if its number belongs there. Checks no MAC."""
    seen = record.decode(data)
    return seen if seen is not None and slot_of(seen.number) == slot else None


def highest(slots: Mapping[int, bytes]) -> int:
    """The highest plausible number of any station among slots, 0 if there is none."""
    return max((seen.number for slot, data in slots.items() if (seen := plausible(slot, data))), default=0)


def shown(slots: Mapping[int, bytes], count: int = SHOWN) -> dict[int, bytes]:
    """The records that a ring shows: the plausible ones among its ``count`` newest numbers."""
    top = highest(slots)
    found = {seen.number: data for slot, data in slots.items() if (seen := plausible(slot, data))}
    return {number: data for number, data in sorted(found.items()) if number > top - count}


def hint_block(number: int) -> int:
    """The block that holds the hint of a record number."""
    return HINT_ODD if number % 2 else HINT_EVEN


def encode_hint(number: int) -> bytes:
    """The 16 bytes of a hint: the last number used, 0 on a new card."""
    body = number.to_bytes(2, "big") + bytes(12)
    return body + crc_hqx(body, 0xFFFF).to_bytes(2, "big")


def decode_hint(block: int, data: bytes) -> int | None:
    """The number in a hint block, or None if the block holds no valid hint."""
    number = int.from_bytes(data[:2], "big")
    if data != encode_hint(number) or hint_block(number) != block or number > LAST_NUMBER:
        return None
    return number
