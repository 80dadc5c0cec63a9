"""Issuing a card, as plans: examine it; write the data, then the trailers, and read everything back.

Between the two the caller records the whole image (``card-begin``), so that a cut can be finished at the
next touch with the same image. A torn trailer is the one step that cannot be undone.
"""

from __future__ import annotations

from collections.abc import Sequence

from icme_tui.cards import access, image
from icme_tui.cards.image import Image
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import (
    BLOCK_SIZE,
    HOLDER_BLOCKS,
    MAD_BLOCKS,
    SECTORS,
    SIGNATURE_BLOCKS,
    data_blocks,
    trailer_of,
)
from icme_tui.cards.plan import Authenticate, Plan, Read, Write, try_key, write_checked
from icme_tui.codes import CardError

_BLANK = (bytes(BLOCK_SIZE), b"\xff" * BLOCK_SIZE)
_OF_THE_ISSUE = {*MAD_BLOCKS, *HOLDER_BLOCKS, *SIGNATURE_BLOCKS}
"""What an issue may mend in a sector that is ours already: hints and ring are not its business."""


def examine(uid: bytes, keys: CardKeys, begun: bool) -> Plan[list[int]]:
    """The sectors that are still in transport configuration. Writes nothing.

    ``begun`` says that this station has a ``card-begin`` for this very card: only then may a sector be
    ours already and a data block hold something. Raises CardError FOREIGN_CARD for a card that is neither
    blank nor ours, CARD_IN_USE for one that is somebody's, INCOMPLETE for one whose issue another station
    began, NO_ISSUE_KEY at a station that issues no cards.
    """
    blank = []
    for sector in range(SECTORS):
        if (yield from _is_blank(sector, begun)):
            blank.append(sector)
        elif not (yield from try_key(trailer_of(sector), "B", keys.key_b(uid, sector))):
            raise CardError("FOREIGN_CARD", sector=sector)
    if not begun and len(blank) < SECTORS:
        raise CardError("INCOMPLETE" if blank else "CARD_IN_USE")
    return blank


def write(uid: bytes, keys: CardKeys, new: Image, blank: Sequence[int]) -> Plan[None]:
    """Write the whole image to an examined card whose ``blank`` sectors have the transport keys.

    Raises CardError READ_BACK if the card does not keep what was written, NO_ISSUE_KEY.
    """
    blocks = image.data_blocks(new)
    trailers = [image.trailer(uid, sector, keys) for sector in range(SECTORS)]
    for sector in blank:
        yield Authenticate(trailer_of(sector), "A", access.TRANSPORT_KEY)
        for block in data_blocks(sector):
            yield from write_checked(block, blocks[block])
    for sector in blank:
        yield Authenticate(trailer_of(sector), "A", access.TRANSPORT_KEY)
        yield Write(trailer_of(sector), trailers[sector])
    for sector in range(SECTORS):
        yield Authenticate(trailer_of(sector), "B", keys.key_b(uid, sector))
        yield from _check_trailer(sector)
        for block in data_blocks(sector):
            if sector in blank:
                if (yield Read(block)) != blocks[block]:
                    raise CardError("READ_BACK", block=block)
            elif block in _OF_THE_ISSUE:  # what a cut left may read right today and wrong tomorrow
                yield from write_checked(block, blocks[block])


def _is_blank(sector: int, begun: bool) -> Plan[bool]:
    """Whether a sector has the transport keys. Raises CardError if it has but is not for us."""
    if not (yield from try_key(trailer_of(sector), "A", access.TRANSPORT_KEY)):
        return False
    trailer = yield Read(trailer_of(sector))
    if trailer[6:9] != access.TRANSPORT:
        raise CardError("FOREIGN_CARD", sector=sector)
    if not begun:
        for block in data_blocks(sector):
            if (yield Read(block)) not in _BLANK:
                raise CardError("FOREIGN_CARD", sector=sector)
    return True


def _check_trailer(sector: int) -> Plan[None]:
    trailer = yield Read(trailer_of(sector))
    if trailer[6:9] != access.OURS:
        raise CardError("READ_BACK", block=trailer_of(sector))
