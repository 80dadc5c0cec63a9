"""Where things lie on a card: block numbers of ``icme-card/1`` on a MIFARE Classic 1K.

16 sectors of 4 blocks of 16 bytes; the last block of a sector is its trailer; block 0 is the
manufacturer's.
"""

from __future__ import annotations

BLOCK_SIZE = 16
SECTORS = 16
BLOCKS = 4 * SECTORS

MAD_BLOCKS = (1, 2)
HOLDER_BLOCKS = (4, 5, 6, 8, 9, 10)
SIGNATURE_BLOCKS = (12, 13, 14, 16)
HINT_EVEN, HINT_ODD = 17, 18
HINT_SECTOR = 4
RING_FIRST_SECTOR = 5
RING_BLOCKS = tuple(4 * sector + i for sector in range(RING_FIRST_SECTOR, SECTORS) for i in range(3))
"""The block of each of the 33 slots, by slot number."""

DATA_BLOCKS = tuple(block for block in range(1, BLOCKS) if block % 4 != 3)
"""Every block that can hold data of ours, in order."""


def sector_of(block: int) -> int:
    """The sector that a block lies in."""
    return block // 4


def trailer_of(sector: int) -> int:
    """The trailer block of a sector."""
    return 4 * sector + 3


def is_trailer(block: int) -> bool:
    """Whether a block is a sector trailer."""
    return block % 4 == 3


def data_blocks(sector: int) -> tuple[int, ...]:
    """The writable data blocks of a sector: two in sector 0, three elsewhere."""
    return tuple(block for block in range(4 * sector, 4 * sector + 3) if block != 0)
