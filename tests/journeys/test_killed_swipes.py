"""A swipe loop killed at random moments: what it called accepted is in the journal and on the card, once.

The loop is ``icme swipe`` in a process of its own, cards come from this one. ``ICME_KILLS`` says how often it
is killed. Each control puts a defect in, with which the same check must fail.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable

import pytest

from icme_tui import facts, idcodes
from icme_tui.cards import ring
from icme_tui.cards.layout import BLOCK_SIZE, RING_BLOCKS
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations import swiping
from icme_tui.station import Station
from tests.support.door import CARDS, Door
from tests.support.killing import Program

KILLS = int(os.environ.get("ICME_KILLS") or 25)
MOST_TOUCHES = 2
PACE = "0.7"
"""A touch takes about 60 ms: most kills fall inside one."""

_ACCEPTED = re.compile(r"\[ACCEPTED_(IN|OUT)\b")

Touch = tuple[str, str, str]
"""(UID, session, direction)"""


class Killing:
    """Runs of the loop, each killed at some moment, and what they reported."""

    def __init__(self, door: Door, program: Program, seed: int) -> None:
        self.door = door
        self.reported: list[Touch] = []
        self._program = program
        self._random = random.Random(seed)
        self._rounds = iter([(session, way) for session in door.sessions for way in ("in", "out")])
        self._waiting: list[str] = []
        self._next_round()

    def _next_round(self) -> None:
        self._session, self._way = next(self._rounds)
        self._waiting = list(self.door.uids)
        self._random.shuffle(self._waiting)

    def once(self, **switches: object) -> None:
        """Start the loop, let it take some cards, and kill it at a touch or before the first one."""
        if len(self._waiting) <= MOST_TOUCHES:
            self._next_round()
        reader = f"sim:cards?pace={PACE}"
        self._program.start(
            *(*self.door.options, "swipe", self._session, "--dir", self._way, "--reader", reader), **switches
        )
        touches = self._random.randint(0, MOST_TOUCHES)
        for _ in range(touches):
            card = self._tap()
            line = self._program.line(20)
            assert line is not None
            self._note(card, line)
        card = self._tap()
        deadline = time.monotonic() + self._random.uniform(0, 0.09 if touches else 0.15)
        while (left := deadline - time.monotonic()) > 0:
            if (line := self._program.line(left)) is not None:
                self._note(card, line)
        told = len(self._program.lines)
        self._program.kill()
        for line in self._program.lines[told:]:
            self._note(card, line)
        if self._random.random() < 0.7:  # else the card comes back in a later round
            self._waiting.append(card)

    def _tap(self) -> str:
        card = self._waiting.pop()
        shelf.tap(self.door.cards, card)
        return card

    def _note(self, card: str, line: str) -> None:
        if found := _ACCEPTED.search(line):
            assert card in line
            self.reported.append((self.door.uids[card], self._session, found[1].lower()))


def swipes_of(station: Station) -> list[facts.Swipe]:
    decoded = (facts.decode(entry.line) for entry in station.entries())
    return [fact for fact in decoded if isinstance(fact, facts.Swipe)]


def require_reported(door: Door, reported: list[Touch]) -> None:
    """Every swipe that was called accepted is in the journal, once."""
    with door.station() as station:
        held = Counter((swipe.card, swipe.session, swipe.dir) for swipe in swipes_of(station))
    assert not [touch for touch in reported if held[touch] != 1]


def require_cards(door: Door) -> None:
    """Journal and cards say the same, and no number was used twice."""
    with door.station() as station:
        for name in door.uids:  # what a cut left is told at the next touch
            reader = SimulatedReader(door.cards, NO_TIME)
            shelf.tap(door.cards, name)
            seen = reader.wait_for_card(0)
            assert seen is not None
            assert swiping.Swiping(station, reader, door.sessions[-1], "in").touch(seen).accepted
            shelf.remove(door.cards)
        swipes = swipes_of(station)
    journal = Counter((swipe.card, swipe.cseq) for swipe in swipes)
    assert set(journal.values()) == {1}
    told = {(swipe.card, swipe.cseq): (swipe.session, swipe.dir) for swipe in swipes}
    assert Counter(told.values()).most_common(1)[0][1] <= CARDS
    on_cards = {}
    for name, uid in door.uids.items():
        memory = shelf.card_path(door.cards, name).read_bytes()
        slots = {
            slot: memory[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE]
            for slot, block in enumerate(RING_BLOCKS)
        }
        for number in ring.shown(slots):
            record = ring.plausible(ring.slot_of(number), slots[ring.slot_of(number)])
            assert record is not None
            on_cards[uid, number] = (idcodes.session_code(record.session), record.direction)
    newest = {uid: max(n for one, n in on_cards if one == uid) for uid in door.uids.values()}
    assert on_cards == {
        (uid, number): touch
        for (uid, number), touch in told.items()
        if number is not None and number > newest[uid] - ring.SHOWN
    }


def kill_often(door: Door, program: Program, seed: int, **switches: object) -> list[Touch]:
    """What was reported by the loops, after each of which it must be in the journal."""
    killing = Killing(door, program, seed)
    for _ in range(KILLS):
        killing.once(**switches)
        require_reported(door, killing.reported)
    return killing.reported


@pytest.mark.soak
def test_what_was_accepted_is_there(door: Door, record_property: Callable[[str, object], None]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("runs", KILLS)
    with Program({"XDG_STATE_HOME": str(door.state)}) as program:
        assert len(kill_often(door, program, seed)) > KILLS // 2
        require_cards(door)
        assert program.run(*door.options, "journal", "verify") == 0
        assert program.run(*door.options, "journal", "rebuild", "--check") == 0


def test_control_told_before_the_commit(door: Door) -> None:
    with Program({"XDG_STATE_HOME": str(door.state)}) as program, pytest.raises(AssertionError):
        kill_often(door, program, seed=1, early=True)
