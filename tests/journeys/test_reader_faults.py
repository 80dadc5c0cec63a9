"""A swipe loop at a real reader while everything goes wrong: nothing is lost, nothing counts twice, and each
time the right sentence stands there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from icme_tui import facts
from icme_tui.cards import ring
from icme_tui.cards.layout import BLOCK_SIZE, RING_BLOCKS
from tests.support.door import Door
from tests.support.loops import Loop
from tests.support.vpcd import ACS, PLAIN, Slot, Stack, another_client, wait_until
from tests.support.vpcd_card import Fault, StorageCard

pytestmark = pytest.mark.integration

ACS_READER = f"{ACS} 00 00"
READER, OTHER = f"{PLAIN} 00 00", f"{PLAIN} 00 01"
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

    def __init__(self, door: Door, loop: Loop, slot: Slot) -> None:
        self.loop, self.slot = loop, slot
        self.cards: dict[str, StorageCard] = {}
        self._door = door

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

    def swipe(self, number: int, fault: Fault) -> None:
        """A card with a fault, which is put back until it is accepted."""
        name = self.card(number, fault)
        is_pulled, is_stored = fault.wrong in PULLS, fault.at >= COMMITTED
        if is_pulled:
            assert self.slot.gone.wait(10), self.loop.lines
        if fault.at and not is_stored:
            self.loop.expect("put the card back", "[PUT_CARD_BACK]")
            if not is_pulled:
                self.slot.leave()
        if is_pulled or not is_stored:
            self.again(name)
        self.loop.expect(name, "[ACCEPTED_IN]")
        self.slot.leave()

    def require_truth(self) -> None:
        """End the loop: every card has one swipe in the journal, the one that stands on it, and nothing but
        sentences was printed."""
        assert self.loop.end() == 0
        assert not [line for line in self.loop.lines if "Traceback" in line or 'File "' in line]
        with self._door.station() as station:
            decoded = [facts.decode(entry.line) for entry in station.entries()]
        swipes = [fact for fact in decoded if isinstance(fact, facts.Swipe)]
        for card in self.cards.values():
            (swipe,) = [swipe for swipe in swipes if swipe.card == card.uid.hex().upper()]
            assert max(shown(card)) == swipe.cseq


def shown(card: StorageCard) -> dict[int, bytes]:
    """What the ring of a card shows."""
    block_of = dict(enumerate(RING_BLOCKS))
    return ring.shown(
        {slot: bytes(card.memory[n * BLOCK_SIZE : (n + 1) * BLOCK_SIZE]) for slot, n in block_of.items()}
    )


@contextmanager
def at_door(door: Door, stack: Stack, reader: str = READER, defect: str = "") -> Iterator[AtDoor]:
    options = ("--dir", "in", "--reader", f"pcsc:{reader}")
    with Loop(*door.options, "swipe", door.sessions[0], *options, defect=defect) as loop:
        loop.expect("cards, please")
        yield AtDoor(door, loop, stack.slots[reader])


def test_a_swipe_takes_thirteen_commands(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        name = here.card(0)
        here.loop.expect(name, "[ACCEPTED_IN]")
        wait_until(lambda: len(here.cards[name].seen) == APDUS)
        here.slot.leave()
        here.again(name)
        here.loop.expect(name, "[ALREADY_IN]")
        here.require_truth()


def test_every_command_of_a_swipe_may_fail_at_two_readers_at_once(door: Door, stack: Stack) -> None:
    def serve(here: AtDoor, first: int) -> None:
        for number in range(first, len(FAULTS), 2):
            here.swipe(number, FAULTS[number])

    with at_door(door, stack) as one, at_door(door, stack, OTHER) as two, ThreadPoolExecutor() as pool:
        for served in [pool.submit(serve, one, 0), pool.submit(serve, two, 1)]:
            served.result()
        one.require_truth()
        two.require_truth()


def test_the_service_is_killed_in_the_middle_of_swipes_and_starts_again(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        for number, at in enumerate((2, WRITE, WRITE + 1, HINT)):
            name = here.card(number, Fault(at, "call", call=stack.strike))
            if at < COMMITTED:
                here.loop.expect("[PUT_CARD_BACK]")
            else:
                here.loop.expect(name, "[ACCEPTED_IN]")
            here.loop.expect("The smart card service does not run.")
            stack.kill()
            stack.start()
            here.again(name)
            here.loop.expect("The reader is there again.")
            if at < COMMITTED:
                here.loop.expect(name, "[ACCEPTED_IN]")
            here.slot.leave()
        here.require_truth()


def test_the_control_a_program_that_stores_late_is_found_out(door: Door, stack: Stack) -> None:
    with at_door(door, stack, defect="early") as here:
        here.loop.expect(here.card(0), "[ACCEPTED_IN]")
        with pytest.raises(ValueError, match="not enough values"):
            here.require_truth()


def test_a_reader_that_is_unplugged_and_comes_back(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        here.loop.expect(here.card(0), "[ACCEPTED_IN]")
        here.slot.take_off()
        stack.unplug(PLAIN)
        here.loop.expect("No such reader is plugged in.")
        stack.plug(PLAIN)
        here.loop.expect("The reader is there again.")
        here.loop.expect(here.card(1), "[ACCEPTED_IN]")
        here.require_truth()


def test_a_card_that_another_program_holds(door: Door, stack: Stack) -> None:
    with at_door(door, stack, ACS_READER) as here:
        blank = StorageCard.blank(b"\x04\x00\x00\x01")
        here.slot.put_on(blank)
        here.loop.expect("[UNKNOWN_CARD]")
        with another_client(ACS_READER, alone=True):
            here.slot.leave()
            name = here.card(0)
            here.loop.expect("Another program is using the reader")
        here.loop.expect("The reader is there again.")
        here.loop.expect(name, "[ACCEPTED_IN]")
        here.require_truth()


def test_a_card_that_another_program_resets(door: Door, stack: Stack) -> None:
    with at_door(door, stack) as here:
        name = here.card(0)
        with another_client(READER, alone=False) as reset:
            for _ in range(5):
                reset()
        here.loop.expect(name, "[ACCEPTED_IN]")
        here.require_truth()
