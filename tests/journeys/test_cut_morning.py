"""Cards that are torn away all day at two venues, one of which is lost: what the cards still show comes home
once, and nothing of it changes when the lost journal turns up after all."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards import record, ring
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations.swiping import Swiping
from icme_tui.station import Station
from icme_tui.store import cardrecords
from tests.support import stations
from tests.support.mornings import PEOPLE, START, Morning

TOUCHES = 90
JUMPS = (5, 50, 65, 400, 900)
"""Seconds between two touches."""

Event = tuple[str, int, str]
"""(UID, record number, station that wrote it)"""


class BrokenRuleError(AssertionError):
    """A swipe was lost, or counts twice."""


def touch(morning: Morning, station: Station, person: str, chance: random.Random) -> None:
    """One touch, seven times in ten cut somewhere, also while the ring is read."""
    reader = SimulatedReader(morning.cards, NO_TIME)
    at_door = Swiping(station, reader, morning.sessions[0])
    cut = chance.random() < 0.7
    after = chance.randrange(40) if chance.random() < 0.4 else chance.randrange(10)
    how = {"pull_after": after, "torn": chance.choice(shelf.TORN)} if cut else {}
    shelf.tap(morning.cards, person, **how)  # type: ignore[arg-type]
    seen = reader.wait_for_card(0)
    assert seen is not None
    at_door.touch(seen)
    shelf.remove(morning.cards)


def swiped(station: Station) -> set[Event]:
    """The events that a station has told of."""
    lines = station.lines(station.code, station.epoch)
    found = [fact for line in lines if isinstance(fact := facts.decode(line), facts.Swipe)]
    told = [(fact.card, fact.cseq, station.code) for fact in found if fact.cseq is not None]
    if len(told) != len(set(told)):
        raise BrokenRuleError("a station told of one event twice")
    return set(told)


def counted(morning: Morning) -> set[Event]:
    """The events that count at the office, each once."""
    taps = [tap for session in morning.sessions for tap in morning.office.taps(session)]
    events = Counter((tap.card, tap.cseq or 0, tap.at_station or tap.station) for tap in taps)
    if any(count > 1 for count in events.values()):
        raise BrokenRuleError("an event counts twice")
    return set(events)


def standing(morning: Morning) -> set[Event]:
    """The events of the whole records that the cards still show: each is a swipe that happened, told of yet
    or not."""
    found: set[Event] = set()
    for person in PEOPLE:
        chip = shelf.load(morning.cards, person)
        [card] = morning.office.registry.find("card", "person", person)
        slots = {ring.slot_of(n): chip.peek(ring.block_of(n)) for n in range(ring.SLOTS)}
        for number, data in ring.shown(slots).items():
            for station in (morning.lost, morning.other):
                keys = station.card_keys
                if keys is not None and record.verify(data, chip.uid, int(card.id), keys.record_key):
                    found.add((chip.uid.hex().upper(), number, station.code))
    return found


def play(morning: Morning, seed: int) -> None:
    chance = random.Random(seed)
    morning.issue(morning.lost)
    morning.carry(morning.lost, "evening")
    morning.renew()
    morning.go_to(START)
    for _ in range(TOUCHES):
        touch(morning, chance.choice((morning.lost, morning.other)), chance.choice(list(PEOPLE)), chance)
        morning.clock.advance(chance.choice(JUMPS) * 1000)
    for station in (morning.lost, morning.other):  # what was cut last is finished by a touch that is not
        for person in PEOPLE:
            morning.clock.advance(600_000)
            morning.swipe(station, 0, person)
    morning.carry(morning.other, "other")
    for person in PEOPLE:
        morning.inspect(morning.office, person)
    on_cards, told = standing(morning), swiped(morning.other)
    if counted(morning) != on_cards | told:
        raise BrokenRuleError("what counts is not what stands on the cards or was told")
    morning.carry(morning.lost, "found")
    if counted(morning) != on_cards | told | swiped(morning.lost):
        raise BrokenRuleError("the journal and the cards disagree")
    assert set(morning.office.rebuild(check=True).values()) == {0}


@pytest.fixture
def weak(monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_and_nothing_counts_twice(seed: int, tmp_path: Path, weak: None) -> None:
    morning = Morning(tmp_path)
    play(morning, seed)
    morning.close()


def test_control_records_beside_their_swipes(
    tmp_path: Path, weak: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cardrecords, "replaced_by", lambda *_: set())
    morning = Morning(tmp_path)
    with pytest.raises(BrokenRuleError, match="counts twice"):
        play(morning, 0)
    morning.close()
