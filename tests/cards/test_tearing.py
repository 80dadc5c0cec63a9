"""The tear rule: whenever the card is pulled, the next touch finds the state before or the state after."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import ring
from icme_tui.cards.plan import Plan
from icme_tui.cards.record import Record
from icme_tui.cards.touch import Touch, Unreported, Written
from tests.support.cards import issued_memory
from tests.support.tearing import (
    KINDS,
    OPERATIONS,
    STATIONS,
    BrokenRuleError,
    Cut,
    World,
    random_cut,
)

ISSUED = issued_memory()

touches = st.lists(
    st.tuples(
        st.sampled_from(STATIONS),
        st.none()
        | st.builds(Cut, st.integers(0, OPERATIONS), st.sampled_from(KINDS), st.integers(0, 1 << 30)),
    ),
    min_size=1,
    max_size=60,
)


@given(touches)
def test_after_any_cuts_the_next_touch_yields_exactly_before_or_after(
    presentations: list[tuple[int, Cut | None]],
) -> None:
    world = World(ISSUED)
    for station, cut in presentations:
        world.touch(station, cut)
    world.touch(STATIONS[0], None)


def play(world: World, seed: int, touches: int = 120) -> None:
    chance = random.Random(seed)
    for _ in range(touches):
        world.touch(chance.choice(STATIONS), random_cut(chance))


def play_many(world: Callable[[], World]) -> None:
    for seed in range(30):
        play(world(), seed)


def test_a_thousand_random_cuts() -> None:
    worlds = [World(ISSUED) for _ in range(15)]
    for seed, world in enumerate(worlds):
        play(world, seed)
    assert sum(world.cuts for world in worlds) > 1000


class BelievesOnlyItself(Touch):
    """A station that takes what others wrote for free."""

    def is_used(self, seen: Record, number: int) -> bool:
        return super().is_used(seen, number) and seen.station == self._station


class TrustsWhatACutLeft(Touch):
    """A station that reports what a cut left as it reads at the moment."""

    def secure(self, found: Unreported) -> Plan[Written]:
        yield from ()
        return found


@pytest.mark.parametrize(
    ("world", "broken"),
    [
        (lambda: World(ISSUED, shown=ring.SLOTS), "destroyed a record that the ring showed"),
        (lambda: World(ISSUED, touch=BelievesOnlyItself), "used twice|only the oldest|destroyed"),
        (lambda: World(ISSUED, touch=TrustsWhatACutLeft), "does not stand on the card"),
    ],
    ids=["no spare slot", "numbers of other stations not believed", "torn records not rewritten"],
)
def test_control_without_the_rule_the_property_fails(world: Callable[[], World], broken: str) -> None:
    with pytest.raises(BrokenRuleError, match=broken):
        play_many(world)
