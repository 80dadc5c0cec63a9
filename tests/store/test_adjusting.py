"""Times that the office moves: the last adjust of a place holds, whatever arrives in what order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from icme_tui import facts
from icme_tui.clock import parse_utc
from icme_tui.store import adjusting
from icme_tui.store.store import Store
from tests.support.merging import Delivered, at_place, deliver, new_store, projections, undone

OFFICE, VENUE = "OFFICE", "V0001"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = new_store(tmp_path_factory.mktemp("adjusting"))
    yield opened
    opened.close()


def stamp(minute: int) -> str:
    return f"2026-09-25T08:{minute:02d}:00.000Z"


def swipe(p: int, **more: Any) -> Delivered:
    given_fields = {"boot": "b1", "mono_ms": p * 1000, "clk": "suspect", "card": "04AA", **more}
    touch = {"person": "P1", "course": "C1", "session": "S1", "dir": "in"}
    return at_place(
        VENUE, "e", facts.Swipe(p=p, at=stamp(p), hlc=f"{stamp(p)}-0000", **touch, **given_fields)
    )


def adjust(
    p: int, first: int, last: int, ms: int, *, minute: int = 0, by: str = OFFICE, epoch: str = "o"
) -> Delivered:
    fact = facts.ClockAdjust(
        p=p, hlc=f"{stamp(minute)}-0000", station=VENUE, epoch="e", first=first, last=last, ms=ms
    )
    return at_place(by, epoch, fact)


def times(store: Store, *given_lines: Delivered) -> dict[int, tuple[int, bool]]:
    """Position → (how far its time was moved, whether its clock is doubtful); the same for every order."""
    answers = []
    for order in itertools.permutations(given_lines):
        with undone(store):
            for one in order:
                deliver(store, [one])
            found = {tap.p: (tap.at_ms - parse_utc(stamp(tap.p)), tap.suspect) for tap in store.taps("S1")}
            assert all(tap.moved_ms == found[tap.p][0] for tap in store.taps_of("S1", "P1"))
            assert not any(store.rebuild(check=True).values())
        answers.append(found)
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


def test_a_range_is_moved_and_no_longer_doubtful(store: Store) -> None:
    seen = times(store, swipe(1), swipe(2), swipe(3), adjust(1, 2, 3, HOUR))
    assert seen == {1: (0, True), 2: (HOUR, False), 3: (HOUR, False)}


def test_the_last_of_several_holds_and_counts_from_the_original(store: Store) -> None:
    first, second = adjust(1, 1, 2, HOUR, minute=1), adjust(2, 2, 3, 2 * HOUR, minute=2)
    assert times(store, swipe(1), swipe(2), first, second) == {1: (HOUR, False), 2: (2 * HOUR, False)}


def test_two_clerks_who_decide_the_same_move_it_once(store: Store) -> None:
    lines = adjust(1, 1, 1, HOUR, epoch="o1"), adjust(1, 1, 1, HOUR, epoch="o2")
    assert times(store, swipe(1), *lines) == {1: (HOUR, False)}


def test_none_at_all_puts_the_original_back(store: Store) -> None:
    back = adjust(2, 1, 1, 0, minute=2)
    assert times(store, swipe(1), adjust(1, 1, 1, HOUR, minute=1), back) == {1: (0, True)}


def test_a_voided_adjust_moves_nothing(store: Store) -> None:
    void = at_place(OFFICE, "o", facts.Void(p=2, hlc=f"{stamp(9)}-0000", target=[OFFICE, "o", 1]))
    assert times(store, swipe(1), adjust(1, 1, 1, HOUR), void) == {1: (0, True)}


def test_only_the_office_moves_times(store: Store) -> None:
    assert times(store, swipe(1), adjust(5, 1, 1, HOUR, by=VENUE)) == {1: (0, True)}


def test_an_absurd_distance_moves_nothing(store: Store) -> None:
    assert times(store, swipe(1), adjust(1, 1, 1, 2**52)) == {1: (0, True)}
    assert times(store, swipe(1), adjust(1, 1, 1, -60 * 366 * 24 * HOUR)) == {1: (0, False)}


def test_an_adjust_whose_own_time_ran_ahead_orders_as_the_time_of_its_import(store: Store) -> None:
    ahead = facts.ClockFact(p=3, hlc=f"{stamp(1)}-0000", what="CLOCK_AHEAD", target=[OFFICE, "o", 1], last=1)
    lines = adjust(1, 1, 1, HOUR, minute=9), adjust(2, 1, 1, 2 * HOUR, minute=5)
    assert times(store, swipe(1), *lines) == {1: (HOUR, False)}
    assert times(store, swipe(1), *lines, at_place(OFFICE, "o", ahead)) == {1: (2 * HOUR, False)}


def test_typed_times_and_those_that_a_card_told_later_stay(store: Store) -> None:
    late = swipe(1, boot="", mono_ms=None, clk="")
    makeup = facts.Makeup(
        p=2, hlc=f"{stamp(2)}-0000", person="P1", course="C1", session="S1", dir="out", when=stamp(2)
    )
    seen = times(store, late, at_place(VENUE, "e", makeup), adjust(1, 1, 2, HOUR))
    assert seen == {1: (0, False), 2: (0, False)}


positions = st.integers(1, 4)
adjusts = st.builds(
    adjust,
    positions,
    positions,
    positions,
    st.sampled_from((0, HOUR, -HOUR)),
    minute=st.integers(0, 2),
    epoch=st.sampled_from(("o1", "o2")),
)
acts = st.builds(
    lambda kind, p, minute, target: at_place(
        OFFICE, "o3", kind(p=p, hlc=f"{stamp(minute)}-0000", target=[OFFICE, *target])
    ),
    st.sampled_from((facts.Void, facts.Reinstate)),
    positions,
    st.integers(0, 2),
    st.tuples(st.sampled_from(("o1", "o2")), positions),
)


@st.composite
def two_ways(draw: st.DrawFn) -> tuple[list[Delivered], list[Delivered]]:
    """One set of lines in two orders."""
    lines = draw(st.lists(adjusts | acts, min_size=2, max_size=6))
    lines += [swipe(p) for p in (1, 2, 3, 4)]
    return draw(st.permutations(lines)), draw(st.permutations(lines))


def seen_after(store: Store, order: list[Delivered]) -> Any:
    with undone(store):
        for one in order:
            deliver(store, [one])
        assert not any(store.rebuild(check=True).values())
        return sorted((tap.p, tap.at_ms, tap.suspect) for tap in store.taps("S1")), projections(store)


@given(ways=two_ways())
@settings(max_examples=settings.default.max_examples)
def test_arrival_does_not_show(store: Store, ways: tuple[list[Delivered], list[Delivered]]) -> None:
    assert seen_after(store, ways[0]) == seen_after(store, ways[1])


def test_control_the_last_to_arrive_holds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = adjusting.insert

    def replacing(books: Any, source: int, fact: facts.ClockAdjust, hlc: str) -> None:
        books.run("DELETE FROM adjusted WHERE first <= ? AND last >= ?", fact.last, fact.first)
        honest(books, source, fact, hlc)

    monkeypatch.setattr(adjusting, "insert", replacing)
    quickly = settings(max_examples=500, database=None, phases=[Phase.generate])

    def fails(ways: tuple[list[Delivered], list[Delivered]]) -> bool:
        try:
            return bool(seen_after(store, ways[0]) != seen_after(store, ways[1]))
        except AssertionError:
            return True

    try:
        find(two_ways(), fails, settings=quickly)
    except NoSuchExample:
        pytest.fail("the property did not find the defect")


def test_notes_of_the_office_are_kept_by_flag(store: Store) -> None:
    note = facts.Note(p=1, hlc=f"{stamp(1)}-0000", text="asked the hall", about="FORK:V0001/e/1")
    with undone(store):
        deliver(store, [at_place(VENUE, "e", note)])
        assert store.noted() == {}
        deliver(store, [at_place(OFFICE, "o", note)])
        assert store.noted() == {"FORK:V0001/e/1": facts.Place(OFFICE, "o", 1)}
        void = facts.Void(p=2, hlc=f"{stamp(2)}-0000", target=[OFFICE, "o", 1])
        deliver(store, [at_place(OFFICE, "o", void)])
        assert store.noted() == {}
