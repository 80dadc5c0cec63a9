"""Sessions at the door: which ones there are today, which one is open here, opening it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.operations import courses
from icme_tui.rules.session import Session, session_of

if TYPE_CHECKING:
    from icme_tui.station import Station

AROUND_MS = 12 * 3600 * 1000
"""A session this near to now is one of today's, whatever the time zone."""


class Offered(NamedTuple):
    """A session to choose from."""

    session: Session
    is_today: bool
    is_open: bool


def offered(station: Station) -> list[Offered]:
    """All sessions: the open one, today's by start, then the others, the nearest first."""
    now = station.clock.read().wall_ms
    open_ = station.setting(courses.OPEN_SESSION, "")
    found = [
        Offered(
            one,
            one.start_ms - AROUND_MS <= now <= one.end_ms + AROUND_MS,
            one.id == open_,
        )
        for one in courses.sessions(station)
    ]
    return sorted(
        found,
        key=lambda one: (
            not one.is_open,
            not one.is_today,
            one.session.start_ms if one.is_today else abs(one.session.start_ms - now),
            one.session.id,
        ),
    )


def open_session(station: Station, code: str) -> Session:
    """Open the door of a session here; the fact is recorded once, until it is closed.

    Raises RuleError ``NO_SESSION``.
    """
    found = courses.session(station, code)
    if station.setting(courses.OPEN_SESSION, "") != code:
        courses.open_session(station, code)
    return found


def remarks(station: Station, code: str, *, opening: bool) -> list[str]:
    """What is unusual about opening or closing the door of a session now.

    ``SESSION_ALREADY_OPEN``, ``SESSION_TO_COME`` (its door for comings is still closed), ``SESSION_OVER``
    (all its doors are closed), ``SESSION_NOT_OPEN``. Raises RuleError ``NO_SESSION``.
    """
    found = courses.session(station, code)
    is_open = station.setting(courses.OPEN_SESSION, "") == code
    if not opening:
        return [] if is_open else ["SESSION_NOT_OPEN"]
    now = station.clock.read().wall_ms
    said = ["SESSION_ALREADY_OPEN"] if is_open else []
    if now < found.in_from_ms:
        said.append("SESSION_TO_COME")
    if now > max(found.in_until_ms, found.out_until_ms):
        said.append("SESSION_OVER")
    return said


def session_at_hand(station: Station) -> Session | None:
    """The session whose door was left open here."""
    record = station.registry.get("session", station.setting(courses.OPEN_SESSION, ""))
    return session_of(record.id, record.body) if record is not None else None


def other_session_now(station: Station, session: Session) -> Session | None:
    """Another session whose door for comings or goings is open now: perhaps the one that is meant."""
    now = station.clock.read().wall_ms
    for other in courses.sessions(station):
        if other.id != session.id and (
            other.in_from_ms <= now <= other.in_until_ms or other.out_from_ms <= now <= other.out_until_ms
        ):
            return other
    return None
