"""The door of a session at a moment: which way a touch counts, and whether the door is open for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from icme_tui.facts import Direction
from icme_tui.rules.attendance import DOUBLE_TAP_MS, Tap
from icme_tui.rules.session import Session

Way = Literal["auto", "in", "out"]


class Moment(NamedTuple):
    """When a card is touched: the wall clock, and the clock of this boot that cannot be set."""

    wall_ms: int
    boot: str
    mono_ms: int


class Passage(NamedTuple):
    """What a touch is."""

    direction: Direction
    refusal: str
    """Empty, TOO_EARLY, TOO_LATE, ALREADY_IN or ALREADY_OUT."""


def passage(
    session: Session, taps: Sequence[Tap], station: str, way: Way, now: Moment, clock_doubtful: bool
) -> Passage:
    """Decide a touch of a person with these ``taps`` at the session, at ``station``, now.

    ``auto`` is the window in which the moment lies, else (in both, in none) the opposite of the last
    touch. With a doubtful clock the windows decide nothing.
    """
    last = max(taps, key=lambda tap: (tap.at_ms, tap.p), default=None)
    if last is not None and way in ("auto", last.dir) and _is_double(last, station, now):
        direction: Direction = "in" if last.dir == "in" else "out"
        return Passage(direction, _already(direction))
    in_open = session.in_from_ms <= now.wall_ms <= session.in_until_ms
    out_open = session.out_from_ms <= now.wall_ms <= session.out_until_ms
    if session.mode == "in":
        direction = "in"
    elif way != "auto":
        direction = way
    elif in_open != out_open and not clock_doubtful:
        direction = "in" if in_open else "out"
    else:
        direction = "out" if last is not None and last.dir == "in" else "in"
    if not clock_doubtful and (refusal := _closed(session, direction, now.wall_ms)):
        return Passage(direction, refusal)
    if direction == "in" and last is not None and last.dir == "in":
        return Passage("in", "ALREADY_IN")
    return Passage(direction, "")


def _closed(session: Session, direction: Direction, now_ms: int) -> str:
    opens, closes = (
        (session.in_from_ms, session.in_until_ms)
        if direction == "in"
        else (session.out_from_ms, session.out_until_ms)
    )
    return "TOO_EARLY" if now_ms < opens else "TOO_LATE" if now_ms > closes else ""


def _is_double(last: Tap, station: str, now: Moment) -> bool:
    """Less than a minute after the last touch at this station, by the clock that cannot be set."""
    if (last.at_station or last.station) != station:
        return False
    if last.boot == now.boot and last.mono_ms is not None:
        return abs(now.mono_ms - last.mono_ms) < DOUBLE_TAP_MS
    return abs(now.wall_ms - last.at_ms) < DOUBLE_TAP_MS


def _already(direction: Direction) -> str:
    return "ALREADY_IN" if direction == "in" else "ALREADY_OUT"
