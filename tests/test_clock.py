"""Stamps sort as time, and the hybrid clock never runs backward."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.clock import format_utc, hlc_time, minute_of, next_hlc, parse_utc

moments = st.integers(0, 4_000_000_000_000)


@given(moments)
def test_stamps_are_read_as_written(ms: int) -> None:
    assert parse_utc(format_utc(ms)) == ms


@given(moments, moments)
def test_stamps_sort_as_time(one: int, other: int) -> None:
    assert (format_utc(one) < format_utc(other)) == (one < other)


@given(st.lists(moments, min_size=2, max_size=20))
def test_the_hybrid_clock_only_rises(walls: list[int]) -> None:
    values = [""]
    for wall in walls:
        values.append(next_hlc(values[-1], wall))
    assert values == sorted(set(values))
    assert all(hlc_time(value) >= wall for value, wall in zip(values[1:], walls, strict=True))


def test_control_the_wall_clock_alone_runs_backward() -> None:
    walls = [2, 1]
    values = [format_utc(wall) + "-0000" for wall in walls]
    assert values != sorted(values)


def test_a_full_counter_moves_on_by_a_millisecond() -> None:
    assert next_hlc("2026-09-25T08:01:00.000Z-ffff", 0) == "2026-09-25T08:01:00.001Z-0000"


def test_cards_count_minutes_from_2020() -> None:
    assert minute_of(parse_utc("2020-01-01T01:00:59.999Z")) == 60
    assert minute_of(parse_utc("2019-12-31T23:59:00Z")) == 0


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_other_texts_are_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        parse_utc(text)
