"""``icme swipe`` at two real readers at once: pcscd with two virtual slots, cards made of bytes."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter

import pytest

from icme_tui.cards.layout import BLOCK_SIZE
from tests.support.door import Door
from tests.support.killing import Program
from tests.support.vpcd import LONGEST_S, PLAIN, Slot, Stack
from tests.support.vpcd_card import StorageCard

pytestmark = pytest.mark.integration

EACH = 4
"""Cards that are held to each reader."""


HINTS = slice(17 * BLOCK_SIZE, 19 * BLOCK_SIZE)
"""Written last at a touch."""


def hold_up(slot: Slot, card: StorageCard) -> None:
    """Hold a card to a reader until its hint is written, and take it away."""
    before = bytes(card.memory[HINTS])
    slot.put_on(card)
    deadline = time.monotonic() + LONGEST_S
    while bytes(card.memory[HINTS]) == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    slot.leave()


def test_every_card_at_both_readers_counts_once(door: Door, stack: Stack) -> None:
    names = sorted(door.uids)[: 2 * EACH]
    cards = [StorageCard(bytearray((door.cards / f"{name}.mfd").read_bytes())) for name in names]
    slots = [stack.slots[f"{PLAIN} 00 00"], stack.slots[f"{PLAIN} 00 01"]]

    def queue(at: int) -> None:
        for card in cards[at::2]:
            hold_up(slots[at], card)

    with Program({"LANG": "C.UTF-8"}) as program:
        readers = ("--reader", "pcsc:pcd 00 00", "--reader", "pcsc:pcd 00 01")
        arguments = ("--json", "swipe", door.sessions[0], *readers, "--count", str(2 * EACH), "--wait", "30")
        people = [threading.Thread(target=queue, args=(at,)) for at in (0, 1)]
        for each in people:
            each.start()
        assert program.run(*door.options, *arguments, weak=True) == 0, program.lines
        for each in people:
            each.join()
        found = json.loads("\n".join(program.lines))
    assert found["counts"] == {"ACCEPTED_IN": 2 * EACH}
    told = [(one["uid"], one["cseq"]) for one in found["outcomes"]]
    assert sorted(told) == sorted((door.uids[name], 1) for name in names)
    assert sorted(Counter(one["reader"] for one in found["outcomes"]).values()) == [EACH, EACH]
