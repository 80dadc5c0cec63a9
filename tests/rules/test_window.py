"""Direction of a touch and the doors of a session."""

from __future__ import annotations

import pytest

from icme_tui.rules.attendance import Tap
from icme_tui.rules.session import Session, session_of
from icme_tui.rules.window import Moment, Way, passage
from tests.support.touches import at, tap

DAY = "2026-09-25T"


def session(**body: object) -> Session:
    made = session_of("S1", {"start": f"{DAY}08:30:00Z", "end": f"{DAY}11:30:00Z", "mode": "in_out", **body})
    assert made is not None
    return made


def strict() -> Session:
    return session(in_until=f"{DAY}08:45:00Z", out_from=f"{DAY}11:15:00Z")


def now(clock: str, boot: str = "b1") -> Moment:
    return Moment(at(clock), boot, at(clock) - at("06:00"))


def touched(way: str, clock: str = "07:45") -> list[Tap]:
    """One touch at this station before."""
    return [tap(way, clock, boot="b1", mono_ms=at(clock) - at("06:00"))]


def direction(of: Session, clock: str, last: str | None) -> str:
    taps = touched(last) if last else []
    return passage(of, taps, "V1", "auto", now(clock), clock_doubtful=False).direction


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
    assert direction(strict(), clock, last) == expected


def test_auto_toggles_where_both_windows_are_open() -> None:
    both = session()
    assert [direction(both, "10:00", last) for last in (None, "in", "out")] == ["in", "out", "in"]


def test_mode_in_knows_no_going() -> None:
    only_in = session(mode="in")
    assert direction(only_in, "11:40", "in") == "in"


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
@pytest.mark.parametrize("doubtful", [False, True])
def test_doors_and_a_doubtful_clock_shuts_none(way: Way, clock: str, expected: str, doubtful: bool) -> None:
    taps = touched("in", "07:00") if way == "out" else []
    found = passage(strict(), taps, "V1", way, now(clock), doubtful)
    assert found == (way, "" if doubtful else expected)


@pytest.mark.parametrize(
    ("way", "clock", "boot", "refusal"),
    [
        ("auto", "07:45:59", "b1", "ALREADY_IN"),
        ("out", "07:45:59", "b1", "TOO_EARLY"),  # another way is another touch
        ("auto", "07:46:30", "b1", "ALREADY_IN"),  # two comings in a row, however far apart
        ("auto", "07:45:59", "b2", "ALREADY_IN"),  # after a restart the wall clock is all there is
    ],
)
def test_a_second_touch(way: Way, clock: str, boot: str, refusal: str) -> None:
    moment = Moment(at(clock), boot, at(clock) - at("06:00") if boot == "b1" else 1000)
    assert passage(strict(), touched("in"), "V1", way, moment, clock_doubtful=False).refusal == refusal


def test_a_double_tap_is_told_by_the_clock_that_cannot_be_set() -> None:
    both = session()
    set_ahead = Moment(at("10:30"), "b1", at("07:45:30") - at("06:00"))
    assert passage(both, touched("in"), "V1", "auto", set_ahead, False) == ("in", "ALREADY_IN")
    assert passage(both, touched("in"), "V2", "auto", set_ahead, False) == ("out", "")


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
        {"start": f"{DAY}08:30:00Z", "end": f"{DAY}09:30:00Z", "in_from": "0001-01-01T00:00:00Z"},
        {"start": "9999-12-31T20:00:00Z", "end": "9999-12-31T23:00:00Z"},
        {"start": "0001-01-01T00:00:00Z", "end": "0001-01-01T01:00:00Z"},
        {"start": "0001-01-01T00:00:00+08:00", "end": f"{DAY}09:30:00Z"},
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
