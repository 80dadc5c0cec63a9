"""What a project, course or session must be like before it is recorded.

Each check returns the value to record, or raises RuleError with the reason code.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError
from icme_tui.rules.policy import load_policy
from icme_tui.rules.session import session_of

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

MAX_SESSION_MS = 24 * 60 * 60_000
"""A longer session is a slip of the pen; doors may not stand open longer before or after it either."""

MAX_COURSE_MINUTES = 365 * 24 * 60

_NOT_IN_LINES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


MAX_TITLE = 200
"""Characters of a title: a longer one, or one with line breaks, would spoil every list that it stands in."""


def checked_title(text: str) -> str:
    """One line without control or direction characters. Raises ``TITLE_NEEDED``, ``TITLE_FORM``."""
    title = text.strip()
    if not title:
        raise RuleError("TITLE_NEEDED")
    if len(title) > MAX_TITLE or any(unicodedata.category(char) in _NOT_IN_LINES for char in title):
        raise RuleError("TITLE_FORM", most=MAX_TITLE)
    return title


def checked_level(level: str) -> str:
    """A level that the rules have a rate for. Raises ``UNKNOWN_LEVEL``."""
    known = load_policy().levels()
    if level not in known:
        raise RuleError("UNKNOWN_LEVEL", level=level, known=list(known))
    return level


def checked_day(text: str) -> str:
    """A day as ``YYYY-MM-DD``. Raises ``BAD_DAY``."""
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise RuleError("BAD_DAY", day=text) from None


def checked_minutes(minutes: int, most: int) -> int:
    """Raises ``BAD_MINUTES``."""
    if not 1 <= minutes <= most:
        raise RuleError("BAD_MINUTES", minutes=minutes, most=most)
    return minutes


def course_body(title: str, minutes: int | None, credit_c: int | None) -> dict[str, Any]:
    """Raises ``TITLE_NEEDED``, ``TITLE_FORM``, ``BAD_MINUTES``, ``BAD_CREDIT``."""
    body: dict[str, Any] = {"title": checked_title(title)}
    if minutes is not None:
        body["minutes"] = checked_minutes(minutes, MAX_COURSE_MINUTES)
    if credit_c is not None:
        if credit_c < 0:
            raise RuleError("BAD_CREDIT", credit_hundredths=credit_c)
        body["credit_hundredths"] = credit_c
    return body


def check_windows(body: Mapping[str, Any]) -> None:
    """Each window of a session opens before it closes, touches the session and lies within a day of it.

    Raises ``WINDOW_WITHOUT_OUT``, ``WINDOW_ORDER``, ``WINDOW_OUTSIDE``.
    """
    made = session_of("", body)
    if made is None:
        raise RuleError("TIMES_ORDER", start=body["start"], end=body["end"])
    if made.mode == "in" and ("out_from" in body or "out_until" in body):
        raise RuleError("WINDOW_WITHOUT_OUT")
    for way, opens, closes in (
        ("in", made.in_from_ms, made.in_until_ms),
        ("out", made.out_from_ms, made.out_until_ms),
    ):
        detail = {"way": way, "opens": format_seconds(opens), "closes": format_seconds(closes)}
        if closes <= opens:
            raise RuleError("WINDOW_ORDER", **detail)
        near = made.start_ms - MAX_SESSION_MS <= opens and closes <= made.end_ms + MAX_SESSION_MS
        if not near or opens > made.end_ms or (way == "out" and closes < made.start_ms):
            raise RuleError("WINDOW_OUTSIDE", **detail)


def check_project_days(station: Station, course: Record, start_ms: int, end_ms: int) -> None:
    """A session lies inside the days of its project, by the calendar of the rules.

    Raises ``OUTSIDE_PROJECT``.
    """
    project = station.registry.get("project", str(course.body.get("project", "")))
    if project is None:
        return
    policy = load_policy()
    starts, ends = str(project.body.get("starts") or ""), str(project.body.get("ends") or "")
    first, last = policy.day_of(start_ms).isoformat(), policy.day_of(end_ms - 1).isoformat()
    if (starts and first < starts) or (ends and last > ends):
        raise RuleError("OUTSIDE_PROJECT", starts=starts, ends=ends, day=first)


def checked_lecturers(
    station: Station, given: Sequence[tuple[str, int | None]], default: int, most: int
) -> list[dict[str, Any]]:
    """Known people, each once. Raises ``NO_PERSON``, ``LECTURER_TWICE``, ``BAD_MINUTES``."""
    found: dict[str, int] = {}
    for person, minutes in given:
        if station.registry.get("person", person) is None:
            raise RuleError("NO_PERSON", person=person)
        if person in found:
            raise RuleError("LECTURER_TWICE", person=person)
        found[person] = default if minutes is None else checked_minutes(minutes, most)
    return [{"person": person, "minutes": minutes} for person, minutes in found.items()]
