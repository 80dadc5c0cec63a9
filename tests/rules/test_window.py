"""Direction of a touch and the doors of a session."""

from __future__ import annotations

import pytest

from icme_tui.clock import parse_utc
from icme_tui.rules.session import Session, session_of
from icme_tui.rules.window import direction, judge

DAY = "2026-09-25T"


def at(clock: str) -> int:
    return parse_utc(f"{DAY}{clock}:00Z")


def session(**body: object) -> Session:
    made = session_of("S1", {"start": f"{DAY}08:30:00Z", "end": f"{DAY}11:30:00Z", "mode": "in_out", **body})
    assert made is not None
    return made


def strict() -> Session:
    return session(in_until=f"{DAY}08:45:00Z", out_from=f"{DAY}11:15:00Z")


@pytest.mark.parametrize(
    ("clock", "last", "expected"),
    [
        ("08:00", None, "in"),  # only the doors for coming are open
        ("08:00", "in", "in"),
        ("11:40", None, "out"),
        ("11:40", "out", "out"),
        ("10:00", None, "in"),  # in neither window: the opposite of the last touch
        ("10:00", "in", "out"),
        ("10:00", "out", "in"),
    ],
)
def test_auto_takes_the_window_else_the_opposite(clock: str, last: str | None, expected: str) -> None:
    assert direction(strict(), at(clock), last) == expected


def test_auto_toggles_where_both_windows_are_open() -> None:
    both = session()
    assert [direction(both, at("10:00"), last) for last in (None, "in", "out")] == ["in", "out", "in"]


def test_mode_in_knows_no_going() -> None:
    only_in = session(mode="in")
    assert direction(only_in, at("11:40"), "in") == "in"


@pytest.mark.parametrize(
    ("way", "clock", "expected"),
    [
        ("in", "07:29", "TOO_EARLY"),
        ("in", "07:30", ""),
        ("in", "08:45", ""),
        ("in", "08:46", "TOO_LATE"),
        ("out", "11:14", "TOO_EARLY"),
        ("out", "11:15", ""),
        ("out", "12:30", ""),
        ("out", "12:31", "TOO_LATE"),
    ],
)
def test_doors(way: str, clock: str, expected: str) -> None:
    assert judge(strict(), way, at(clock)) == expected


def test_windows_not_given_follow_from_the_times() -> None:
    plain = session()
    assert (plain.in_from_ms, plain.in_until_ms) == (at("07:30"), at("11:30"))
    assert (plain.out_from_ms, plain.out_until_ms) == (at("08:30"), at("12:30"))
    assert (plain.minutes, plain.min_percent, plain.lecturers) == (180, 80, ())


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"start": "soon", "end": "later"},
        {"start": 5, "end": 6},
        {"start": f"{DAY}08:30:00Z"},
        {"start": f"{DAY}08:30:00Z", "end": f"{DAY}08:30:00Z"},
        {"start": f"{DAY}08:30:00Z", "end": f"{DAY}09:30:00Z", "in_from": "x"},
        {"start": f"{DAY}08:30:00Z", "end": f"{DAY}09:30:00Z", "in_from": ["x"]},
    ],
)
def test_times_that_make_no_sense_leave_a_session_unknown(body: dict[str, object]) -> None:
    assert session_of("S1", body) is None


def test_other_nonsense_falls_back() -> None:
    made = session(
        mode="sideways",
        minutes=-3,
        min_percent=True,
        title=7,
        lecturers=[{"person": "P1"}, 3, {"minutes": 2}],
    )
    assert (made.mode, made.minutes, made.min_percent, made.title, made.lecturers) == ("in", 180, 80, "", ())
    assert session(min_percent=250).min_percent == 100
    assert session(lecturers=[{"person": "P1", "minutes": 45}]).lecturers == (("P1", 45),)
