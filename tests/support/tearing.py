"""A card that is pulled away at every possible moment, between stations that share it.

``World.touch`` plays one presentation, cut or whole, and checks after it what must never break. Each has a
session number of its own, which tells in the end which touch a record is of. It is kept apart from the tests
so that a long run can use it too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from icme_tui.cards import record, ring
from icme_tui.cards.layout import BLOCK_SIZE, RING_BLOCKS
from icme_tui.cards.plan import Operation, Read, Write
from icme_tui.cards.touch import Touch, Unreported
from icme_tui.codes import CardError
from tests.support.cards import HOLDER, UID, Field, count, keys_of

Kind = Literal["old", "new", "zero", "mixed", "faded", "unstable", "crash"]
KINDS: tuple[Kind, ...] = ("old", "new", "zero", "mixed", "faded", "unstable", "crash")
STATIONS = (7, 8, 9)

OPERATIONS = 22
"""Of a usual touch: 9 of the swipe, and what is read of the ring while the card still lies there."""


class Cut(NamedTuple):
    """The card is pulled at the operation number ``at``; a write leaves ``kind`` behind.

    ``crash``: the program dies after the read-back and before the commit.
    """

    at: int
    kind: Kind
    salt: int


class BrokenRuleError(AssertionError):
    """Something that must never happen."""


class TornField(Field):
    """A field that pulls the card and keeps unstable blocks, which read differently each time."""

    def __init__(self, memory: bytearray) -> None:
        super().__init__(memory)
        self.cut: Cut | None = None
        self.unstable: dict[int, tuple[bytes, bytes]] = {}
        self._random = random.Random(0)

    def perform(self, operation: Operation) -> bytes:
        if self.cut is not None and len(self.log) >= self.cut.at and self.cut.kind != "crash":
            if isinstance(operation, Write):
                self._tear(operation, self.cut)
            raise CardError("CARD_GONE")
        if isinstance(operation, Write):
            self.unstable.pop(operation.block, None)
        elif isinstance(operation, Read) and operation.block in self.unstable:
            self.chip.put(operation.block, self._random.choice(self.unstable[operation.block]))
        return super().perform(operation)

    def _tear(self, write: Write, cut: Cut) -> None:
        chance = random.Random(cut.salt)
        old, new = self.chip.peek(write.block), write.data
        self.unstable.pop(write.block, None)
        mask = chance.randbytes(BLOCK_SIZE)
        left = {
            "old": old,
            "new": new,
            "zero": bytes(BLOCK_SIZE),
            "mixed": _mixed(old, new, mask, chance),
            "faded": bytes(s & m for s, m in zip(chance.choice((old, new)), mask, strict=True)),
            "unstable": old,
        }[cut.kind]
        self.chip.put(write.block, left)
        if cut.kind == "unstable":
            self.unstable[write.block] = (old, new)
            self._random.seed(cut.salt)


def _mixed(old: bytes, new: bytes, mask: bytes, chance: random.Random) -> bytes:
    """Some bytes of both: as they come, or the new ones up to a byte."""
    if chance.random() < 0.5:
        written = chance.randrange(1, BLOCK_SIZE)
        return new[:written] + old[written:]
    return bytes(n if m & 1 else o for o, n, m in zip(old, new, mask, strict=True))


class World:
    """Some stations, one card, and what each station has committed."""

    def __init__(self, issued: bytearray, touch: type[Touch] = Touch, shown: int = ring.SHOWN) -> None:
        """``touch`` and ``shown`` let a control take a rule away."""
        self.field = TornField(bytearray(issued))
        self.facts: dict[int, dict[int, bytes]] = {station: {} for station in STATIONS}
        self.kept: dict[int, dict[int, bytes]] = {station: {} for station in STATIONS}
        """What each station has read off the ring of what others wrote."""
        self.cuts = 0
        self._touches = 0
        self._told: set[int] = set()
        """The touches that a committed record is of."""
        self._touch = touch
        self._shown = shown

    def touch(self, station: int, cut: Cut | None) -> None:
        """One presentation. Raises BrokenRuleError if it breaks the tear rule."""
        field = self.field
        field.log, field.cut = [], cut
        before = self._committed_and_shown()
        committed = None
        with self._pulled():
            field.chip.select()
            committed = self._present(station, cut)
        if cut is None and committed is None:
            raise BrokenRuleError("a whole touch committed nothing")
        after = {number: self._at(number) for number in before}
        if committed is None and after != before:
            raise BrokenRuleError("a cut destroyed a record that the ring showed")
        if committed is not None and {n for n in before if after[n] != before[n]} - {min(before, default=0)}:
            raise BrokenRuleError("more than the oldest record is gone")
        auths, reads, writes = count(field.log)
        if auths > 25 or reads > 74 or writes > 3:
            raise BrokenRuleError(f"{auths} authentications, {reads} reads, {writes} writes")

    def _present(self, station: int, cut: Cut | None) -> int:
        """Returns the number that was committed; what follows the commit may still be cut."""
        field = self.field
        self._touches += 1
        touch = self._touch(UID, int(HOLDER.number), keys_of(station), station)
        found = field.run(touch.locate(max(self.facts[station], default=0)))
        if isinstance(found, Unreported):
            written = field.run_on(touch.secure(found))
        else:
            written = field.run_on(touch.write_record(found, self._touches, 3_000_000, "in", False))
        if cut is not None and cut.kind == "crash":
            raise CardError("CARD_GONE")
        number = written.record.number
        if any(number in facts for facts in self.facts.values()):
            raise BrokenRuleError(f"number {number} was used twice")
        self._commit(station, written.data)
        if self._at(number) != written.data or ring.block_of(number) in field.unstable:
            raise BrokenRuleError("what was committed does not stand on the card")
        before_ring = len(field.log)
        with self._pulled():
            field.run_on(touch.write_hint(number))
            before_ring = len(field.log)
            self._harvest(station, touch, number)
        usual = count(field.log[:before_ring])
        if usual[0] > 14 or usual[1] > 40:
            raise BrokenRuleError(f"{usual} operations before the ring")
        return number

    def _commit(self, station: int, data: bytes) -> None:
        """A record becomes a fact of its station."""
        told = record.decode(data)
        if told is None or told.station != station or not 0 < told.session <= self._touches:
            raise BrokenRuleError("a record is of nobody's touch")
        if told.session in self._told:
            raise BrokenRuleError("two records are of one touch")
        self._told.add(told.session)
        self.facts[station][told.number] = data

    def _harvest(self, station: int, touch: Touch, newest: int) -> None:
        """Read what the station does not know yet: what a cut left of its own becomes a fact, late; what
        others have committed is kept as it stands."""
        known = self.facts[station].keys() | self.kept[station].keys()
        wanted = [n for n in range(max(1, newest - ring.SHOWN + 1), newest) if n not in known]
        try:
            self.field.run_on(touch.read_numbers(wanted))
        finally:
            for number, data in touch.records().items():
                if number in wanted and any(self.facts[one].get(number) == data for one in STATIONS):
                    self.kept[station][number] = data
                elif number in wanted and touch.is_own(data):
                    self._commit(station, data)

    @contextmanager
    def _pulled(self) -> Iterator[None]:
        try:
            yield
        except CardError as error:
            if error.code != "CARD_GONE":
                raise
            self.cuts += 1

    def _at(self, number: int) -> bytes:
        return self.field.chip.peek(ring.block_of(number))

    def _committed_and_shown(self) -> dict[int, bytes]:
        """The committed records among those that the ring shows, whatever unstable blocks say; without what
        was read off such a block late: only its fact is sure to stay."""
        committed = {number: data for facts in self.facts.values() for number, data in facts.items()}
        newest = 0
        for slot, block in enumerate(RING_BLOCKS):
            for data in self.field.unstable.get(block, (self.field.chip.peek(block),)):
                newest = max(newest, ring.highest({slot: data}))
        return {
            number: data
            for number, data in sorted(committed.items())
            if number > newest - self._shown
            and self._at(number) == data
            and ring.block_of(number) not in self.field.unstable
        }


def random_cut(chance: random.Random) -> Cut | None:
    """A cut at a random moment of a usual touch; now and then none."""
    if chance.random() < 0.3:
        return None
    return Cut(
        chance.randrange(0, chance.choice((10, OPERATIONS))), chance.choice(KINDS), chance.randrange(1 << 30)
    )
