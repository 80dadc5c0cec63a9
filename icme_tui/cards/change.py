"""Changing and cancelling a card of ours, as plans: only holder and signature are written anew.

Keys, directory, hints and ring stay as they are, so that the record numbers go on. Before a change the caller
records the whole new image; before a cancellation nothing is needed, because zeros can be written again at
any time. What a cut left is not believed: every block is written once more and read back.
"""

from __future__ import annotations

from icme_tui.cards import holder, signature
from icme_tui.cards.image import Image
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import BLOCK_SIZE, HOLDER_BLOCKS, SIGNATURE_BLOCKS, sector_of, trailer_of
from icme_tui.cards.plan import Authenticate, Plan, Read, write_checked
from icme_tui.codes import CardError

CANCELLED = Image(holder.CANCELLED, bytes(signature.SIZE))
"""What a cancelled card holds: nobody, signed by nobody."""


def rewrite(uid: bytes, keys: CardKeys, new: Image) -> Plan[None]:
    """Write holder and signature to a card whose sectors 1 to 4 are ours: 8 authentications, 10 writes.

    Call it again after a cut. Raises CardError NO_ISSUE_KEY, AUTH_REFUSED where a sector is not ours,
    READ_BACK if the card does not keep what was written.
    """
    blocks = _blocks(new)
    opened = None
    for block, data in blocks.items():
        opened = yield from _open(uid, keys, block, opened)
        yield from write_checked(block, data)
    for block, data in blocks.items():
        opened = yield from _open(uid, keys, block, opened)
        if (yield Read(block)) != data:
            raise CardError("READ_BACK", block=block)


def _blocks(new: Image) -> dict[int, bytes]:
    return {
        block: data[BLOCK_SIZE * i : BLOCK_SIZE * (i + 1)]
        for numbers, data in ((HOLDER_BLOCKS, new.holder), (SIGNATURE_BLOCKS, new.signature))
        for i, block in enumerate(numbers)
    }


def _open(uid: bytes, keys: CardKeys, block: int, opened: int | None) -> Plan[int]:
    """Open the sector of a block with key B unless it is open. Returns the sector."""
    sector = sector_of(block)
    if sector != opened:
        yield Authenticate(trailer_of(sector), "B", keys.key_b(uid, sector))
    return sector
