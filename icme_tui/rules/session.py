"""A session of a course as the rules see it, read from its registry body.

Bodies come from any station, so nothing in them is taken on trust: what cannot be read makes the
session unknown, it never raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from icme_tui.utc import parse_utc

MODES = ("in", "in_out")
MIN_PERCENT = 80
"""Share of the minutes that must be attended where a session names none."""

IN_BEFORE_MS = 60 * 60_000
OUT_AFTER_MS = 60 * 60_000
"""Where a session gives no windows, doors open this long before it and close this long after. No rule
text names figures; each session can set its own."""

_FIRST_MS, _LAST_MS = parse_utc("2000-01-01"), parse_utc("2101-01-01")


class Session(NamedTuple):
    """A session with its windows filled in. Moments are Unix milliseconds."""

    id: str
    course: str
    title: str
    start_ms: int
    end_ms: int
    in_from_ms: int
    in_until_ms: int
    out_from_ms: int
    out_until_ms: int
    mode: str
    """``in`` (coming is enough) or ``in_out``."""
    minutes: int
    """Teaching minutes: what a full attendance is worth."""
    min_percent: int
    lecturers: tuple[tuple[str, int], ...]
    """(person, minutes)."""


def session_of(code: str, body: Mapping[str, Any]) -> Session | None:
    """The session in a registry body, or None while its times are missing or make no sense."""
    try:
        start, end = _utc_ms(body["start"]), _utc_ms(body["end"])
        in_from = _moment(body, "in_from", start - IN_BEFORE_MS)
        in_until = _moment(body, "in_until", end)
        out_from = _moment(body, "out_from", start)
        out_until = _moment(body, "out_until", end + OUT_AFTER_MS)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if end <= start:
        return None
    mode = body.get("mode")
    return Session(
        id=code,
        course=_text(body.get("course")),
        title=_text(body.get("title")),
        start_ms=start,
        end_ms=end,
        in_from_ms=in_from,
        in_until_ms=in_until,
        out_from_ms=out_from,
        out_until_ms=out_until,
        mode=mode if mode in MODES else "in",
        minutes=_whole(body.get("minutes"), (end - start) // 60_000),
        min_percent=min(_whole(body.get("min_percent"), MIN_PERCENT), 100),
        lecturers=_lecturers(body.get("lecturers")),
    )


def _moment(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    return _utc_ms(value) if value else default


def _utc_ms(text: str) -> int:
    """Unix milliseconds of an ISO 8601 moment; without a zone it is UTC. Raises ValueError, TypeError.

    A year that no session can have is refused too: near the ends of the calendar a day of another zone
    does not exist.
    """
    moment = parse_utc(text)
    if not _FIRST_MS <= moment < _LAST_MS:
        raise ValueError(text)
    return moment


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object, default: int) -> int:
    return value if type(value) is int and value >= 0 else default


def _lecturers(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, list):
        return ()
    found = [
        (entry["person"], entry["minutes"])
        for entry in value
        if isinstance(entry, dict)
        and isinstance(entry.get("person"), str)
        and type(entry.get("minutes")) is int
        and entry["minutes"] > 0
    ]
    return tuple(found)
