"""A swipe loop at a real reader while everything goes wrong: nothing is lost, nothing counts twice, and each
time the right sentence stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from icme_tui import facts
from icme_tui.cards import ring
from icme_tui.cards.layout import BLOCK_SIZE, RING_BLOCKS
from tests.support.door import Door
from tests.support.loops import Loop
from tests.support.vpcd import PLAIN, Slot, Stack, wait_until
from tests.support.vpcd_card import Fault, StorageCard

pytestmark = pytest.mark.integration

READER = f"{PLAIN} 00 00"
APDUS = 13
"""Of a swipe: UID, 3 times key and authentication, 4 reads, 2 writes."""
COMMITTED = 10
"""So many of them come before the swipe is stored: what follows changes nothing."""

WRITE, HINT = 8, 12
"""Which of them writes the record, and the hint."""
PULLS = ("pull", "pull after", "torn")
FAULTS = (
    *(Fault(at, "pull") for at in range(APDUS)),
    *(Fault(at, wrong) for at in (WRITE, HINT) for wrong in ("pull after", "torn", "drop")),
    *(Fault(at, "status") for at in (1, 2, 3, WRITE)),
    Fault(WRITE - 1, "silent"),
)


class AtDoor:
    """A loop, the field of its reader, and the cards that were put into it."""

    def __init__(self, door: Door, loop: Loop, slot: Slot, session: str) -> None:
        self.loop, self.slot = loop, slot
        self.cards: dict[str, StorageCard] = {}
        self._door, self._session = door, session

    def card(self, number: int, fault: Fault | None = None) -> str:
        """Put a card of the door on the reader; its name."""
        name = f"CARD-{number:02}"
        memory = bytearray((self._door.cards / f"{name}.mfd").read_bytes())
        self.cards[name] = StorageCard(memory, fault=fault)
        self.slot.put_on(self.cards[name])
        return name

    def again(self, name: str) -> None:
        """Put it back, whole."""
        self.cards[name].fault = None
        self.slot.put_on(self.cards[name])

    def require_truth(self) -> None:
        """End the loop: every card has one swipe in the journal, the one that stands on it, and nothing but
        sentences was printed."""
        assert self.loop.end() == 0
        assert not [line for line in self.loop.lines if "Traceback" in line or 'File "' in line]
        with self._door.station() as station:
            decoded = [facts.decode(entry.line) for entry in station.entries()]
        swipes = [fact for fact in decoded if isinstance(fact, facts.Swipe) and fact.session == self._session]
        journal = Counter((swipe.card, swipe.cseq) for swipe in swipes)
        assert journal == Counter((card.uid.hex().upper(), 1) for card in self.cards.values())
        for card in self.cards.values():
            assert list(shown(card)) == [1]


def shown(card: StorageCard) -> dict[int, bytes]:
    """What the ring of a card shows."""
    block_of = dict(enumerate(RING_BLOCKS))
    return ring.shown(
        {slot: bytes(card.memory[n * BLOCK_SIZE : (n + 1) * BLOCK_SIZE]) for slot, n in block_of.items()}
    )


@contextmanager
def at_door(door: Door, stack: Stack, *options: str) -> Iterator[AtDoor]:
    session = door.sessions[0]
    with Loop(*door.options, "swipe", session, "--dir", "in", "--reader", f"pcsc:{READER}", *options) as loop:
        loop.expect("cards, please")
        yield AtDoor(door, loop, stack.slots[READER], session)


def test_a_swipe_takes_thirteen_commands(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        name = here.card(0)
        here.loop.expect(name, "[ACCEPTED_IN]")
        wait_until(lambda: len(here.cards[name].seen) == APDUS)
        here.slot.leave()
        here.again(name)
        here.loop.expect(name, "[ALREADY_IN]")
        here.require_truth()


def test_every_command_of_a_swipe_may_fail(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        for number, fault in enumerate(FAULTS):
            name = here.card(number, fault)
            if fault.wrong in PULLS:
                assert here.slot.gone.wait(10), here.loop.lines
            if fault.at and fault.at < COMMITTED:
                here.loop.expect("put the card back", "[PUT_CARD_BACK]")
            if fault.wrong not in PULLS and fault.at < COMMITTED:
                here.slot.leave()
            if fault.wrong in PULLS or fault.at < COMMITTED:
                here.again(name)
            here.loop.expect(name, "[ACCEPTED_IN]")
            here.slot.leave()
        here.require_truth()
