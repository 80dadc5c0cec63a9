"""Whenever cards are pulled, and however late they come back: what stands on a card as a swipe of ours is in
the journal once, with its own session, direction and minute."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from icme_tui import facts, idcodes
from icme_tui.cards import record as records
from icme_tui.cards import ring
from icme_tui.cards.layout import RING_BLOCKS
from icme_tui.clock import minute_of, parse_utc
from icme_tui.devices import shelf
from icme_tui.operations import harvesting
from icme_tui.station import Station
from tests.support.venues import PEOPLE, VENUE_NUMBER, Deployment, deploy

WANG = next(iter(PEOPLE))
JUMPS = (0, 2, 20, 50, 65, 130, 700, 1500)
"""Seconds between two touches."""


class BrokenRuleError(AssertionError):
    """A swipe was lost, or counted twice."""


def play(world: Deployment, seed: int, touches: int = 60) -> None:
    """Touches at two stations, most of them cut; then one at the venue that is not, and that counts."""
    chance = random.Random(seed)
    for _ in range(touches):
        at_door = world.swiping(chance.choice([world.venue, world.venue, world.office]))
        cut = chance.random() < 0.7
        how = {"pull_after": chance.randrange(10), "torn": chance.choice(shelf.TORN)} if cut else {}
        world.touch(at_door, WANG, **how)
        world.clock.advance(chance.choice(JUMPS) * 1000)
    while not world.touch(world.swiping(), WANG).accepted:
        world.clock.advance(120_000)
    require_all_told(world)


def play_all(folder: Path) -> None:
    for seed in range(6):
        world = deploy(folder / str(seed), hours=12)
        world.issue(WANG)
        play(world, seed)


def require_all_told(world: Deployment) -> None:
    told: dict[int, facts.Swipe] = {}
    for line in world.venue.lines(world.venue.code, world.venue.epoch):
        fact = facts.decode(line)
        if isinstance(fact, facts.Swipe) and fact.cseq is not None:
            if fact.cseq in told:
                raise BrokenRuleError(f"record {fact.cseq} counts twice")
            told[fact.cseq] = fact
    card = shelf.load(world.folder, WANG)
    shown = ring.shown({slot: card.peek(block) for slot, block in enumerate(RING_BLOCKS)})
    for number, data in shown.items():
        one = records.decode(data)
        if one is None or one.station != VENUE_NUMBER or not is_whole(world, card.uid, data):
            continue
        if number not in told:
            raise BrokenRuleError(f"record {number} is lost")
        fact = told[number]
        assert (fact.session, fact.dir) == (idcodes.session_code(one.session), one.direction)
        assert abs(minute_of(parse_utc(fact.at)) - one.minute) <= 1


def is_whole(world: Deployment, uid: bytes, data: bytes) -> bool:
    keys = world.venue.card_keys
    found = world.venue.registry.find("card", "person", WANG)
    assert keys is not None
    return records.verify(data, uid, int(found[0].id), keys.record_key)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_nothing_counts_twice(seed: int, tmp_path: Path) -> None:
    world = deploy(tmp_path, hours=12)
    world.issue(WANG)
    play(world, seed)


def test_control_without_the_late_swipes_some_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_a_remark(_: Station, uid: str, __: str, record: records.Record, ___: str) -> facts.Note:
        return facts.Note(text=f"{uid}/{record.number}")

    monkeypatch.setattr(harvesting, "told_late", as_a_remark)
    with pytest.raises(BrokenRuleError, match="is lost"):
        play_all(tmp_path)


def test_control_a_station_that_forgets_its_records_counts_them_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Station, "highest_record", lambda *_: 0)
    with pytest.raises(BrokenRuleError, match="counts twice"):
        play_all(tmp_path)
