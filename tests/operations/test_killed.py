"""A swipe loop that is killed at any moment: what was called accepted stands, once, in journal and ring."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards import ring
from icme_tui.cards.layout import RING_BLOCKS
from icme_tui.clock import FixedClock
from icme_tui.devices import shelf
from icme_tui.station import Station, open_station
from tests.support.venues import PASSWORD, PEOPLE, START, Deployment, deploy

KILLS = int(os.environ.get("ICME_KILLS", "8"))
"""At most 350, one every two minutes of a long session."""

OPERATIONS = 9
"""Card operations of one swipe."""

LOOP = """
import os, signal, sys
from pathlib import Path
from icme_tui.clock import FixedClock
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations.swiping import Swiping
from icme_tui.station import open_station

home, folder, session, start, die_at, ways, *people = sys.argv[1:]

class Mortal(SimulatedReader):
    def _pull_if_due(self):
        super()._pull_if_due()
        if self.operations == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

station = open_station(Path(home), None, "only for tests", FixedClock(start, boot=start))
reader = Mortal(Path(folder), NO_TIME)
for way in ways.split(","):
    at_door = Swiping(station, reader, session, way)
    for person in people:
        shelf.tap(Path(folder), person)
        show = lambda one: print(one.code, person, one.cseq, flush=True)
        at_door.touch(reader.wait_for_card(0), show)
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path, hours=12)
    for person in PEOPLE:
        made.issue(person)
    made.venue.close()
    yield made
    made.office.close()


def accepted_in_journal(station: Station) -> dict[tuple[str, str, int | None], int]:
    counts: dict[tuple[str, str, int | None], int] = {}
    for entry in station.entries():
        fact = facts.decode(entry.line)
        if isinstance(fact, facts.Swipe):
            key = (f"ACCEPTED_{fact.dir.upper()}", fact.person, fact.cseq)
            counts[key] = counts.get(key, 0) + 1
    return counts


def loop(world: Deployment, minute: int, die_at: int) -> list[tuple[str, str, int | None]]:
    """Run the loop until it dies or ends; what it reported as accepted."""
    start = f"{START[:11]}{minute // 60:02d}:{minute % 60:02d}:00Z"
    way = "in" if minute % 4 else "out"
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(world.venue.home), str(world.folder), world.session, start,
         str(die_at), way, *PEOPLE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(code, person, int(cseq)) for code, person, cseq in lines if code.startswith("ACCEPTED")]


def test_every_swipe_that_was_called_accepted_stands_and_none_twice(world: Deployment) -> None:
    reported: list[tuple[str, str, int | None]] = []
    for kill in range(KILLS):
        reported += loop(world, 2 + 2 * kill, 1 + 7 * kill % (OPERATIONS * len(PEOPLE)))
    station = open_station(world.venue.home, None, PASSWORD, FixedClock("2026-09-25T12:00:00Z"))
    with station:
        journal = accepted_in_journal(station)
        head = facts.chain_start(station.code, station.epoch)
        lines = station.lines(station.code, station.epoch)
        top, stored = station.top(station.code, station.epoch)
    assert len(reported) >= KILLS // 2
    assert set(reported) <= set(journal)
    assert set(journal.values()) == {1}
    assert (top, facts.chain_over(head, [facts.line_hash(line) for line in lines])) == (len(lines), stored)
    for person in PEOPLE:
        chip = shelf.load(world.folder, person)
        slots = {slot: chip.peek(block) for slot, block in enumerate(RING_BLOCKS)}
        on_card = set(ring.shown(slots, ring.SLOTS))  # one of them may be a swipe that was cut
        mine = {cseq for _, who, cseq in journal if who == person and cseq is not None}
        newest = max(mine, default=0)
        assert {cseq for cseq in mine if cseq > newest - ring.SHOWN} <= on_card
