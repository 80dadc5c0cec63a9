"""A swipe, as plans: find the place of the next record, write it, and after the commit write the hint.

Usual path, 3 authentications, 4 reads, 2 writes: open sector 4, read both hints, open the sector of the
next slot, read it, write the record, read it back; the caller commits the fact; open sector 4, write
the hint. A number is never used twice, whoever used it, and nothing is believed twice: what a hint says
is looked up in the ring, and what a cut left in the ring is read twice and written once more before
anybody relies on it, because a torn block may read new today and old tomorrow.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from icme_tui.cards import image, record, ring
from icme_tui.cards.image import Image
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import (
    BLOCK_SIZE,
    HINT_EVEN,
    HINT_ODD,
    HINT_SECTOR,
    RING_FIRST_SECTOR,
    SECTORS,
    SIGNATURE_BLOCKS,
    data_blocks,
    sector_of,
    trailer_of,
)
from icme_tui.cards.plan import Authenticate, Plan, Read, Write, write_checked
from icme_tui.cards.record import LAST_NUMBER, Record
from icme_tui.codes import CardError
from icme_tui.facts import Direction

_UNSTEADY = bytes(BLOCK_SIZE)
"""Stands for a block that a cut left and that reads differently each time: no record."""


class Spot(NamedTuple):
    """Where the next record goes."""

    number: int
    behind: bool = False
    """The card shows less than this station has written to it: an older state was put back."""


class Written(NamedTuple):
    """A record of this station that stands on the card."""

    record: Record
    data: bytes
    """Its 16 bytes."""


class Unreported(Written):
    """A record of this station that it has no fact of: a touch was cut after the write."""


def read_holder(uid: bytes, keys: CardKeys) -> Plan[Image]:
    """Read holder and signature: 3 authentications and 10 reads beside sector 4, which stays open.

    Raises CardError AUTH_REFUSED where a sector is not ours.
    """
    blocks: dict[int, bytes] = {}
    for sector in (1, 2, 3):
        yield Authenticate(trailer_of(sector), "A", keys.key_a(uid, sector))
        for block in data_blocks(sector):
            blocks[block] = yield Read(block)
    yield Authenticate(trailer_of(HINT_SECTOR), "B", keys.key_b(uid, HINT_SECTOR))
    blocks[SIGNATURE_BLOCKS[-1]] = yield Read(SIGNATURE_BLOCKS[-1])
    return image.collect(blocks)


class Touch:
    """One presentation of a card whose holder is known. Throw it away after any error."""

    def __init__(
        self, uid: bytes, card: int, keys: CardKeys, station: int, open_sector: int | None = None
    ) -> None:
        """``card`` is the card number; ``open_sector`` the one that ``read_holder`` left open."""
        self._uid = uid
        self._card = card
        self._keys = keys
        self._station = station
        self._open_sector = open_sector
        self._slots: dict[int, bytes] = {}
        """What was read in this presentation, by slot."""

    def locate(self, own_highest: int) -> Plan[Spot | Unreported]:
        """Find where the next record goes, or the record that a cut left unreported.

        ``own_highest`` is the highest number on this card of which this station has a fact, 0 for
        none. Raises CardError CARD_WORN when the numbers are used up.
        """
        yield from self._open(HINT_SECTOR)
        even = ring.decode_hint(HINT_EVEN, (yield Read(HINT_EVEN)))
        odd = ring.decode_hint(HINT_ODD, (yield Read(HINT_ODD)))
        if even is None and odd is None:
            reached = yield from self._scan()
            if reached > own_highest:
                return (yield from self._look(reached, own_highest))
            return (yield from self._look(own_highest + 1, own_highest, behind=reached < own_highest))
        hint = max(even or 0, odd or 0)
        if hint >= own_highest:
            return (yield from self._look(hint + 1, own_highest))
        newest = ring.plausible(ring.slot_of(own_highest), (yield from self._slot(own_highest)))
        behind = newest is None or newest.number < own_highest
        return (yield from self._look(own_highest + 1, own_highest, behind))

    def locate_after(self, number: int) -> Plan[Spot | Unreported]:
        """Go on from a record of this station that now has its fact."""
        return (yield from self._look(number + 1, number))

    def secure(self, found: Unreported) -> Plan[Written]:
        """Write what a cut left once more and read it back, so that it stays what it was read as."""
        yield from self._put(found.record.number, found.data)
        return found

    def write_record(
        self, spot: Spot, session: int, minute: int, direction: Direction, doubtful: bool
    ) -> Plan[Written]:
        """Write the record and read it back. Raises CardError READ_BACK: the state is unknown then."""
        new = Record(spot.number, self._station, session, minute, direction, self._keys.key_version, doubtful)
        data = record.encode(new, self._uid, self._card, self._keys.record_key)
        yield from self._put(spot.number, data)
        return Written(new, data)

    def write_hint(self, number: int) -> Plan[None]:
        """Write the hint of a record number, after its fact is committed. A failure changes nothing."""
        yield from self._open(HINT_SECTOR)
        yield Write(ring.hint_block(number), ring.encode_hint(number))

    def read_numbers(self, numbers: Collection[int]) -> Plan[None]:
        """Read the slots of these record numbers that were not read yet, the open sector first. ``records``
        shows them, also those that were read before the plan was cut."""
        for number in sorted(numbers, key=lambda one: sector_of(ring.block_of(one)) != self._open_sector):
            data = yield from self._slot(number)
            if self.is_own(data) and (yield from self._read_again(number)) != data:
                self._slots[ring.slot_of(number)] = _UNSTEADY

    def records(self) -> dict[int, bytes]:
        """The records that the ring shows among what was read, 16 bytes each, by number."""
        return ring.shown(self._slots)

    def is_own(self, data: bytes) -> bool:
        """Whether 16 bytes are a record that this station wrote, with its present key, for this card."""
        seen = record.decode(data)
        return (
            seen is not None
            and seen.station == self._station
            and seen.key_version == self._keys.key_version
            and record.verify(data, self._uid, self._card, self._keys.record_key)
        )

    def is_used(self, seen: Record, number: int) -> bool:
        """Whether a plausible record takes its number: it does, whoever wrote it."""
        return seen.number >= number

    def _look(self, number: int, own_highest: int, behind: bool = False) -> Plan[Spot | Unreported]:
        """From ``number`` on, the first slot that is free or holds something unreported of ours."""
        while number <= LAST_NUMBER:
            data = yield from self._slot(number)
            seen = ring.plausible(ring.slot_of(number), data)
            if seen is None or not self.is_used(seen, number):
                return Spot(number, behind)
            if seen.number > number:  # the hint is older than a whole turn of the ring
                number = yield from self._scan()
                continue
            if number > own_highest and self.is_own(data) and (yield from self._read_again(number)) == data:
                return Unreported(seen, data)
            number += 1
        raise CardError("CARD_WORN", number=number)

    def _scan(self) -> Plan[int]:
        """Read every slot, beginning in the open sector. The highest plausible number, 0 for none."""
        sectors = range(RING_FIRST_SECTOR, SECTORS)
        for sector in sorted(sectors, key=lambda sector: sector != self._open_sector):
            for block in data_blocks(sector):
                slot = ring.slot_of_block(block)
                if slot not in self._slots:
                    yield from self._open(sector)
                    self._slots[slot] = yield Read(block)
        return ring.highest(self._slots)

    def _slot(self, number: int) -> Plan[bytes]:
        slot = ring.slot_of(number)
        if slot not in self._slots:
            self._slots[slot] = yield from self._read_again(number)
        return self._slots[slot]

    def _read_again(self, number: int) -> Plan[bytes]:
        block = ring.block_of(number)
        yield from self._open(sector_of(block))
        return (yield Read(block))

    def _put(self, number: int, data: bytes) -> Plan[None]:
        block = ring.block_of(number)
        yield from self._open(sector_of(block))
        yield from write_checked(block, data)
        self._slots[ring.slot_of(number)] = data

    def _open(self, sector: int) -> Plan[None]:
        if self._open_sector != sector:
            yield Authenticate(trailer_of(sector), "B", self._keys.key_b(self._uid, sector))
            self._open_sector = sector
