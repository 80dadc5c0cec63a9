"""The whole image of an issue: what every data block and trailer of a new card will hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from icme_tui.cards import access, holder, mad, ring, signature
from icme_tui.cards.holder import Holder
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import BLOCK_SIZE, DATA_BLOCKS, HOLDER_BLOCKS, MAD_BLOCKS, SIGNATURE_BLOCKS
from icme_tui.codes import CardError

SIZE = holder.SIZE + signature.SIZE


class Image(NamedTuple):
    """What makes a card somebody's: 96 bytes of holder and 64 of signature."""

    holder: bytes
    signature: bytes

    def hex(self) -> str:
        """As the fact ``card-begin`` keeps it."""
        return (self.holder + self.signature).hex()


def parse(text: str) -> Image:
    """The image in the hex of a ``card-begin`` fact. Raises CardError IMAGE_BAD."""
    try:
        data = bytes.fromhex(text)
    except ValueError as cause:
        raise CardError("IMAGE_BAD") from cause
    if len(data) != SIZE:
        raise CardError("IMAGE_BAD")
    return Image(data[: holder.SIZE], data[holder.SIZE :])


def sign(uid: bytes, person: Holder, keys: CardKeys) -> Image:
    """The signed image of a holder for one card. Raises CardError NO_ISSUE_KEY without a card key."""
    if keys.card_sign is None:
        raise CardError("NO_ISSUE_KEY")
    data = holder.encode(person)
    return Image(data, keys.card_sign(signature.message(uid, data)))


def data_blocks(image: Image) -> dict[int, bytes]:
    """Every data block of a new card: directory, holder, signature, the hint 0, an empty ring."""
    blocks = dict.fromkeys(DATA_BLOCKS, bytes(BLOCK_SIZE))
    blocks[ring.hint_block(0)] = ring.encode_hint(0)
    for numbers, data in (
        (MAD_BLOCKS, mad.ours()),
        (HOLDER_BLOCKS, image.holder),
        (SIGNATURE_BLOCKS, image.signature),
    ):
        for i, block in enumerate(numbers):
            blocks[block] = data[BLOCK_SIZE * i : BLOCK_SIZE * (i + 1)]
    return blocks


def collect(blocks: Mapping[int, bytes]) -> Image:
    """The image in the blocks that were read from a card."""
    return Image(
        b"".join(blocks[block] for block in HOLDER_BLOCKS),
        b"".join(blocks[block] for block in SIGNATURE_BLOCKS),
    )


def trailer(uid: bytes, sector: int, keys: CardKeys) -> bytes:
    """The 16 bytes of a sector trailer of ours. Raises CardError NO_ISSUE_KEY."""
    general = mad.GENERAL_BYTE if sector == 0 else mad.DEFAULT_GENERAL_BYTE
    return access.trailer(keys.key_a(uid, sector), access.OURS, general, keys.key_b(uid, sector))
