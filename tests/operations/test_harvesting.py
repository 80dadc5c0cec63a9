"""What is read off a card after the outcome: what the store does not know, never twice, never in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import CardError, ReaderError, StoreError
from icme_tui.devices import shelf
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.facts import CardRecord, Swipe, decode, line_hash
from icme_tui.operations import harvesting
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy

WANG = next(iter(PEOPLE))
USUAL = 9
"""Operations of a touch whose ring holds nothing new."""


@pytest.fixture
def world(tmp_path: Path) -> Deployment:
    """A card that the office has swiped three times and the venue never."""
    made = deploy(tmp_path, hours=12)
    made.issue(WANG)
    absorb_card(made)
    for _ in range(3):
        assert made.touch(made.swiping(made.office), WANG).accepted
        made.clock.advance(3600_000)
    return made


def absorb_card(world: Deployment) -> None:
    lines = world.venue.lines("V0007", world.venue.epoch)
    found = [decode(line) for line in lines]
    world.office.absorb("V0007", world.venue.epoch, 1, lines, [line_hash(line) for line in lines], found)


def kept(station: Station) -> list[str]:
    lines = station.lines(station.code, station.epoch)
    return [fact.rec for line in lines if isinstance(fact := decode(line), CardRecord)]


def swipes(station: Station) -> int:
    lines = station.lines(station.code, station.epoch)
    return sum(isinstance(decode(line), Swipe) for line in lines)


def test_it_is_read_after_the_outcome_and_only_once(world: Deployment) -> None:
    at_door = world.swiping()
    reader: Any = at_door._reader
    shelf.tap(world.folder, WANG)
    seen = reader.wait_for_card(0)
    assert seen is not None
    shown: list[tuple[Outcome, int, int]] = []
    outcome = at_door.touch(seen, lambda one: shown.append((one, reader.operations, len(kept(world.venue)))))
    assert shown == [(outcome, 7, 0)]
    assert len(kept(world.venue)) == 3
    shelf.remove(world.folder)
    reader.wait_for_removal(0)
    world.clock.advance(3600_000)
    before = reader.operations
    assert world.touch(at_door, WANG).accepted
    assert reader.operations - before == USUAL
    assert len(kept(world.venue)) == 3


@pytest.mark.parametrize(
    "error", [ReaderError("READER_GONE"), CardError("CARD_GONE"), CardError("ACCESS_DENIED")]
)
def test_whatever_fails_then_is_silent_and_loses_nothing(
    world: Deployment, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = SimulatedReader.read

    def fails(reader: SimulatedReader, block: int) -> bytes:
        if reader.operations >= USUAL + 2:
            raise error
        return honest(reader, block)

    with monkeypatch.context() as patched:
        patched.setattr(SimulatedReader, "read", fails)
        assert world.touch(world.swiping(), WANG).accepted
    assert len(kept(world.venue)) == 1
    world.clock.advance(3600_000)
    assert world.touch(world.swiping(), WANG).accepted
    assert len(set(kept(world.venue))) == len(kept(world.venue)) == 3


def test_a_store_that_takes_no_more_changes_no_outcome(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StoreError("STORE_FULL")

    monkeypatch.setattr(harvesting, "keep", full)
    assert world.touch(world.swiping(), WANG).accepted
    assert kept(world.venue) == []


def test_a_swipe_of_ours_that_was_cut_is_told_late_and_not_as_a_record(world: Deployment) -> None:
    at_door = Swiping(world.venue, world.reader(), world.session)
    assert world.touch(at_door, WANG, pull_after=6).code == "PUT_CARD_BACK"
    world.clock.advance(3600_000)
    assert world.touch(world.swiping(world.office), WANG).accepted
    world.clock.advance(3600_000)
    assert world.touch(world.swiping(), WANG).accepted
    assert swipes(world.venue) == 2
    assert len(kept(world.venue)) == 4
    assert len(kept(world.office)) == 1


def test_control_what_a_station_has_read_is_forgotten(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.touch(world.swiping(), WANG).accepted
    monkeypatch.setattr(Station, "numbers_told", lambda *_: set())
    monkeypatch.setattr(Station, "records_seen", lambda *_: set())
    world.clock.advance(3600_000)
    assert world.touch(world.swiping(), WANG).accepted
    assert len(set(kept(world.venue))) < len(kept(world.venue))


def test_what_a_cut_left_of_a_write_of_ours_is_told_to_nobody(world: Deployment) -> None:
    assert world.touch(world.swiping(), WANG).accepted
    world.clock.advance(3600_000)
    assert world.touch(world.swiping(), WANG, pull_after=5, torn="mixed").code == "PUT_CARD_BACK"
    world.clock.advance(3600_000)
    outcome = world.touch(world.swiping(), WANG)
    assert (outcome.accepted, outcome.cseq) == (True, 6)
    assert len(kept(world.venue)) == 3
