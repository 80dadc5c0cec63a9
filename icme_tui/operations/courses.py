"""Projects, courses and sessions: made with checks, listed, opened and closed.

Moments are Unix milliseconds, durations minutes, credits hundredths. What is refused raises RuleError with a
reason code and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError
from icme_tui.facts import SessionClose, SessionOpen
from icme_tui.operations import remit
from icme_tui.operations.coursechecks import (
    MAX_SESSION_MS,
    check_project_days,
    check_windows,
    checked_day,
    checked_lecturers,
    checked_level,
    checked_minutes,
    checked_title,
    course_body,
)
from icme_tui.rules.projectnumber import normalise
from icme_tui.rules.session import MIN_PERCENT, MODES, Session, session_of

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

OPEN_SESSION = "open_session"
"""Setting: the session whose door was opened here last; kept over a restart of the program."""
CLOSED_SESSIONS = "closed_sessions"
MOST_CLOSED = 50
"""Closed sessions that are remembered; those before them are long over."""

WINDOW_NAMES = ("in_from", "in_until", "out_from", "out_until")


class NewProject(NamedTuple):
    """The codes of a project and its first course."""

    project: str
    course: str


def add_project(
    station: Station,
    title: str,
    level: str,
    *,
    number: str = "",
    unit: str = "",
    starts: str = "",
    ends: str = "",
    course_title: str = "",
    course_minutes: int | None = None,
    credit_c: int | None = None,
) -> NewProject:
    """Make a project with its first course, in one transaction. Without a title of its own the course bears
    that of the project. ``starts`` and ``ends`` are days, ``YYYY-MM-DD``.

    Raises RuleError: ``OFFICE_PLANS`` (see ``remit``), ``TITLE_NEEDED``, ``TITLE_FORM``, ``UNKNOWN_LEVEL``,
    ``NUMBER_TAKEN``, ``NO_UNIT``, ``BAD_DAY``, ``DAYS_ORDER``, and what ``add_course`` raises.
    """
    remit.require_planner(station)
    first = course_body(course_title or title, course_minutes, credit_c)
    with station.writing():
        body = project_body(station, title, level, number=number, unit=unit, starts=starts, ends=ends)
        project, course = station.new_code("project"), station.new_code("course")
        station.record(
            station.put("project", project, **body),
            station.put("course", course, project=project, **first),
        )
    return NewProject(project, course)


def project_body(
    station: Station,
    title: str,
    level: str,
    *,
    number: str = "",
    unit: str = "",
    starts: str = "",
    ends: str = "",
    own: str = "",
) -> dict[str, Any]:
    """The checked body of a project; ``own`` is its code where it is there already.

    Raises what ``add_project`` raises of these fields.
    """
    body: dict[str, Any] = {"title": checked_title(title), "level": checked_level(level)}
    if number := normalise(number):
        for other in station.registry.find("project", "number", number):
            if other.id != own:
                raise RuleError("NUMBER_TAKEN", number=number, project=other.id)
        body["number"] = number
    if unit:
        if station.registry.get("unit", unit) is None:
            raise RuleError("NO_UNIT", unit=unit)
        body["unit"] = unit
    for name, day in (("starts", starts), ("ends", ends)):
        if day:
            body[name] = checked_day(day)
    if starts and ends and body["ends"] < body["starts"]:
        raise RuleError("DAYS_ORDER", starts=body["starts"], ends=body["ends"])
    return body


def add_course(
    station: Station,
    project: str,
    title: str,
    *,
    minutes: int | None = None,
    credit_c: int | None = None,
) -> str:
    """Make a course; returns its code. ``credit_c`` fixes what the whole course gives an attendee.

    Raises RuleError: ``OFFICE_PLANS`` (see ``remit``), ``NO_PROJECT``, ``TITLE_NEEDED``, ``TITLE_FORM``,
    ``BAD_MINUTES``, ``BAD_CREDIT``.
    """
    remit.require_planner(station)
    if station.registry.get("project", project) is None:
        raise RuleError("NO_PROJECT", project=project)
    body = course_body(title, minutes, credit_c)
    with station.writing():
        course: str = station.new_code("course")
        station.record(station.put("course", course, project=project, **body))
    return course


def add_session(
    station: Station,
    course: str,
    start_ms: int,
    end_ms: int,
    *,
    title: str = "",
    mode: str = "in",
    minutes: int | None = None,
    min_percent: int = MIN_PERCENT,
    in_from_ms: int | None = None,
    in_until_ms: int | None = None,
    out_from_ms: int | None = None,
    out_until_ms: int | None = None,
    lecturers: Sequence[tuple[str, int | None]] = (),
) -> str:
    """Make a session; returns its code. Minutes are those from start to end unless given; ``lecturers`` are
    (person, minutes), all of the session's where None. Windows that are not given follow from the times.

    Raises RuleError: ``NO_COURSE``, ``COURSE_NOT_IN_PACK`` (see ``remit``), ``TITLE_FORM``, ``TIMES_ORDER``,
    ``SESSION_TOO_LONG``, ``SESSION_OVERLAP``,
    ``OUTSIDE_PROJECT``, ``BAD_MODE``, ``BAD_MINUTES``, ``BAD_PERCENT``, ``WINDOW_ORDER``, ``WINDOW_OUTSIDE``,
    ``WINDOW_WITHOUT_OUT``, ``NO_PERSON``, ``LECTURER_TWICE``.
    """
    with station.writing():
        body = session_body(
            station,
            course,
            start_ms,
            end_ms,
            title=title,
            mode=mode,
            minutes=minutes,
            min_percent=min_percent,
            in_from_ms=in_from_ms,
            in_until_ms=in_until_ms,
            out_from_ms=out_from_ms,
            out_until_ms=out_until_ms,
            lecturers=lecturers,
        )
        session: str = station.new_code("session")
        station.record(station.put("session", session, **body))
    return session


def session_body(
    station: Station,
    course: str,
    start_ms: int,
    end_ms: int,
    *,
    title: str = "",
    mode: str = "in",
    minutes: int | None = None,
    min_percent: int = MIN_PERCENT,
    in_from_ms: int | None = None,
    in_until_ms: int | None = None,
    out_from_ms: int | None = None,
    out_until_ms: int | None = None,
    lecturers: Sequence[tuple[str, int | None]] = (),
    own: str = "",
) -> dict[str, Any]:
    """The checked body of a session; ``own`` is its code where it is there already.

    Raises what ``add_session`` raises.
    """
    of_course = station.registry.get("course", course)
    if of_course is None:
        raise RuleError("NO_COURSE", course=course)
    remit.require_office_course(station, of_course)
    if end_ms <= start_ms:
        raise RuleError("TIMES_ORDER", start=format_seconds(start_ms), end=format_seconds(end_ms))
    length = (end_ms - start_ms) // 60_000
    if end_ms - start_ms > MAX_SESSION_MS or not length:
        raise RuleError("SESSION_TOO_LONG" if length else "TIMES_ORDER", minutes=length)
    if mode not in MODES:
        raise RuleError("BAD_MODE", mode=mode, known=list(MODES))
    if not 1 <= min_percent <= 100:
        raise RuleError("BAD_PERCENT", percent=min_percent)
    worth = length if minutes is None else checked_minutes(minutes, length)
    body: dict[str, Any] = {
        "course": course,
        "title": checked_title(title) if title.strip() else str(of_course.body.get("title", "")),
        "start": format_seconds(start_ms),
        "end": format_seconds(end_ms),
        "mode": mode,
        "minutes": worth,
        "min_percent": min_percent,
    }
    windows = (in_from_ms, in_until_ms, out_from_ms, out_until_ms)
    for name, moment in zip(WINDOW_NAMES, windows, strict=True):
        if moment is not None:
            body[name] = format_seconds(moment)
    check_windows(body)
    check_project_days(station, of_course, start_ms, end_ms)
    if lecturers:
        body["lecturers"] = checked_lecturers(station, lecturers, worth, length)
    for other in sessions(station, course):
        if other.id != own and start_ms < other.end_ms and other.start_ms < end_ms:
            raise RuleError("SESSION_OVERLAP", session=other.id, title=other.title)
    return body


def projects(station: Station) -> list[Record]:
    """All projects by code."""
    return list(station.registry.all("project"))


def courses(station: Station, project: str = "") -> list[Record]:
    """The courses of a project, or all, by code.

    Raises RuleError ``NO_PROJECT``.
    """
    if not project:
        return list(station.registry.all("course"))
    if station.registry.get("project", project) is None:
        raise RuleError("NO_PROJECT", project=project)
    return station.registry.find("course", "project", project)


def sessions(station: Station, course: str = "") -> list[Session]:
    """The sessions of a course, or all, by start. Those without readable times are left out.

    Raises RuleError ``NO_COURSE``.
    """
    if course and station.registry.get("course", course) is None:
        raise RuleError("NO_COURSE", course=course)
    records = (
        station.registry.find("session", "course", course) if course else station.registry.all("session")
    )
    found = (session_of(record.id, record.body) for record in records)
    return sorted((one for one in found if one is not None), key=lambda one: (one.start_ms, one.id))


def session(station: Station, code: str) -> Session:
    """One session. Raises RuleError ``NO_SESSION``."""
    record = station.registry.get("session", code)
    found = session_of(record.id, record.body) if record is not None else None
    if found is None:
        raise RuleError("NO_SESSION", session=code)
    return found


def open_session(station: Station, code: str) -> dict[str, int]:
    """Note that a session begins at this station; returns the counts noted.

    Raises RuleError ``NO_SESSION``.
    """
    session(station, code)
    with station.writing():
        counts = counts_of(station, code)
        station.set_setting(OPEN_SESSION, code)
        station.set_setting(CLOSED_SESSIONS, [each for each in closed_sessions(station) if each != code])
        station.record(SessionOpen(session=code, counts=counts))
    return counts


def close_session(station: Station, code: str) -> dict[str, int]:
    """Note that a session has ended at this station; returns the counts noted.

    Raises RuleError ``NO_SESSION``.
    """
    session(station, code)
    with station.writing():
        counts = counts_of(station, code)
        if station.setting(OPEN_SESSION, "") == code:
            station.set_setting(OPEN_SESSION, "")
        others = [each for each in closed_sessions(station) if each != code]
        station.set_setting(CLOSED_SESSIONS, [*others, code][-MOST_CLOSED:])
        station.record(SessionClose(session=code, counts=counts))
    return counts


def closed_sessions(station: Station) -> list[str]:
    """The sessions that were closed here last and not opened again."""
    return list(station.setting(CLOSED_SESSIONS, []))


def counts_of(station: Station, code: str) -> dict[str, int]:
    """``people`` who came, touches ``in`` and ``out`` that this store holds of a session."""
    people: set[str] = set()
    counts = {"people": 0, "in": 0, "out": 0}
    for tap in station.taps(code):
        counts[tap.dir] += 1
        if tap.dir == "in":
            people.add(tap.person)
    counts["people"] = len(people)
    return counts
