"""Attendance and credits over everything that the store holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.rules.attendance import Attendance, attend
from icme_tui.rules.credits import ATTENDEE, LECTURER, Course, CreditRow, Work, credit_rows
from icme_tui.rules.overlaps import settle_overlaps
from icme_tui.rules.policy import Policy, load_policy
from icme_tui.rules.session import Session, session_of
from icme_tui.rules.standing import Totals, standing, target_for, totals_of

if TYPE_CHECKING:
    from icme_tui.station import Station

NOT_HELD = "NOT_HELD"
"""A lecture of a session that has not begun yet and that nobody attended."""

GUEST = "GUEST"
"""A touch of somebody of whom the office has not said who it is."""

POLICY_OUTSIDE_DATES = "POLICY_OUTSIDE_DATES"


class PersonYear(NamedTuple):
    """One person's year against the target of the rules."""

    name: str
    totals: Totals
    target: str
    """Id of the target; empty where the rules ask nothing of this person."""
    missing: tuple[str, ...]
    """What is short of the target: reason codes."""


class CreditReport(NamedTuple):
    """Credits as asked for: all rows of the answer, and the whole years of the people in it."""

    policy: Policy
    rows: list[CreditRow]
    people: list[PersonYear]
    names: dict[str, str]
    """Person code → name, of the people in the answer."""
    titles: dict[str, str]
    """Course code → title."""
    starts: dict[str, int]
    """Session code → its start in Unix milliseconds, of the sessions that are known. A day that is shown
    beside times of the clock is the local day of this; the day of a row is the one of the rules."""
    flags: list[str]
    """Flags of the attendances in the answer, such as ``TWO_VENUES:…``."""
    warnings: list[str]
    """``POLICY_OUTSIDE_DATES:<year>``: the rules are applied outside their own time."""


class _Catalogue:
    """Sessions, courses and levels of projects, read once."""

    def __init__(self, station: Station, policy: Policy) -> None:
        self.policy = policy
        self._place_of = station.place_of
        self.sessions: dict[str, Session] = {}
        minutes: dict[str, int] = {}
        for record in station.registry.all("session"):
            if (session := session_of(record.id, record.body)) is not None:
                self.sessions[record.id] = session
                minutes[session.course] = minutes.get(session.course, 0) + session.minutes
        self.titles: dict[str, str] = {}
        self.courses: dict[str, Course] = {}
        for record in station.registry.all("course"):
            own, credit = record.body.get("minutes"), record.body.get("credit_hundredths")
            self.titles[record.id] = str(record.body.get("title", ""))
            self.courses[record.id] = Course(
                record.id,
                str(record.body.get("project", "")),
                own if type(own) is int and own > 0 else minutes.get(record.id, 0),
                credit if type(credit) is int and credit >= 0 else None,
            )
        self.levels = {
            record.id: str(record.body.get("level", "")) for record in station.registry.all("project")
        }

    def attendances(self, station: Station, session: str, person: str | None = None) -> list[Attendance]:
        """The attendances of one session (of one person), overlaps not yet settled."""
        known = self.sessions.get(session)
        taps = station.taps(session) if person is None else station.taps_of(session, person)
        return attend(taps, known, self._place_of, self._makeup_counts(known))

    def _makeup_counts(self, session: Session | None) -> bool:
        course = self.courses.get(session.course) if session is not None else None
        level = self.levels.get(course.project) if course is not None else None
        return level is not None and level not in self.policy.attendance.confirm_makeups


def attendance_of(station: Station, session: str, policy: Policy | None = None) -> list[Attendance]:
    """The attendances of one session, with overlaps against all other sessions settled.

    Raises RuleError ``NO_SESSION`` if there is neither a record nor a touch of it.
    """
    catalogue = _Catalogue(station, policy or load_policy())
    found = catalogue.attendances(station, session)
    if not found and session not in catalogue.sessions:
        raise RuleError("NO_SESSION", session=session)
    own = catalogue.sessions.get(session)
    people = {row.person for row in found}
    others: list[Attendance] = []
    if own is not None:
        with_taps = set(station.sessions_with_taps())
        for other in catalogue.sessions.values():
            overlapping = other.start_ms < own.end_ms and own.start_ms < other.end_ms
            if other.id != session and overlapping and other.id in with_taps:
                others += [row for row in catalogue.attendances(station, other.id) if row.person in people]
    settled = settle_overlaps([*found, *others])
    return [row for row in settled if row.session == session]


def all_attendances(station: Station, policy: Policy | None = None) -> list[Attendance]:
    """Every attendance in the store, overlaps settled, by person and start."""
    catalogue = _Catalogue(station, policy or load_policy())
    return settle_overlaps(_every(station, catalogue))


FEW_PEOPLE = 40
"""So many are looked up one by one; for more it is quicker to pass over everything once."""


def of_people(
    station: Station, people: Collection[str], policy: Policy | None = None
) -> tuple[list[Attendance], list[CreditRow]]:
    """The attendances of some people with overlaps settled, and what each gave."""
    policy = policy or load_policy()
    catalogue = _Catalogue(station, policy)
    if len(people) <= FEW_PEOPLE:
        found = (row for person in sorted(people) for row in _every(station, catalogue, person))
    else:
        found = (row for row in _every(station, catalogue) if row.person in people)
    attendances = settle_overlaps(found)
    held = set(station.sessions_with_taps())
    works = _attended(station, attendances)
    works += [work for work in _lectured(station, catalogue, held, None) if work.person in people]
    return attendances, credit_rows(works, catalogue.courses, catalogue.levels, policy)


def credits(  # noqa: A001 - the word of the field
    station: Station,
    year: int | None = None,
    person: str | None = None,
    course: str | None = None,
    policy: Policy | None = None,
) -> CreditReport:
    """Credits of all people, or of a year, a person, a course.

    The narrower question is cut from the whole answer, so that caps and overlaps are the same in each.
    ``people`` always shows whole years. Raises RuleError: ``NO_PERSON``, ``NO_COURSE``.
    """
    if person is not None and station.registry.get("person", person) is None:
        raise RuleError("NO_PERSON", person=person)
    if course is not None and station.registry.get("course", course) is None:
        raise RuleError("NO_COURSE", course=course)
    person = None if person is None else station.person_code(person)
    policy = policy or load_policy()
    catalogue = _Catalogue(station, policy)
    attendances = settle_overlaps(_every(station, catalogue, person))
    held = set(station.sessions_with_taps())
    works = _attended(station, attendances)
    works += _lectured(station, catalogue, held, person)
    rows = credit_rows(works, catalogue.courses, catalogue.levels, policy)
    in_years = [row for row in rows if year is None or row.year == year]
    answer = [row for row in in_years if course is None or row.course == course]
    asked = {(row.person, row.year) for row in answer}
    people = _people(station, policy, [row for row in in_years if (row.person, row.year) in asked])
    shown = {(row.person, row.session) for row in answer}
    return CreditReport(
        policy,
        answer,
        people,
        {one.totals.person: one.name for one in people},
        catalogue.titles,
        {code: session.start_ms for code, session in catalogue.sessions.items()},
        sorted(flag for row in attendances if (row.person, row.session) in shown for flag in row.flags),
        [
            f"{POLICY_OUTSIDE_DATES}:{one}"
            for one in sorted({row.year for row in answer})
            if not policy.covers_year(one)
        ],
    )


def _every(station: Station, catalogue: _Catalogue, person: str | None = None) -> Iterable[Attendance]:
    for session in station.sessions_with_taps():
        yield from catalogue.attendances(station, session, person)


def _attended(station: Station, rows: list[Attendance]) -> list[Work]:
    """A guest earns nothing until the office has said who it is: the credits then go to that person."""
    guests = {record.id for record in station.registry.all("guest")}
    return [
        Work(
            row.person,
            row.course,
            row.session,
            ATTENDEE,
            row.start_ms,
            row.minutes,
            row.whole_minutes,
            row.reason or (GUEST if row.person in guests else ""),
        )
        for row in rows
    ]


def _lectured(station: Station, catalogue: _Catalogue, held: set[str], person: str | None) -> list[Work]:
    """The lectures of all sessions. A session counts as held once it has begun or somebody attended it."""
    now_ms = station.clock.read().wall_ms
    return [
        Work(
            lecturer,
            session.course,
            session.id,
            LECTURER,
            session.start_ms,
            minutes,
            session.minutes,
            "" if session.start_ms <= now_ms or session.id in held else NOT_HELD,
        )
        for session in catalogue.sessions.values()
        for lecturer, minutes in ((station.person_code(code), minutes) for code, minutes in session.lecturers)
        if person is None or lecturer == person
    ]


def _people(station: Station, policy: Policy, rows: list[CreditRow]) -> list[PersonYear]:
    found: list[PersonYear] = []
    for totals in totals_of(rows):
        record = station.registry.get("person", totals.person)
        body = record.body if record is not None else {}
        target = target_for(policy, body.get("title"), body.get("employed_title"))
        found.append(
            PersonYear(
                str(body.get("name", "")) or _of_guest(station, totals.person),
                totals,
                target.id if target is not None else "",
                standing(totals, target, policy).missing if target is not None else (),
            )
        )
    return found


def _of_guest(station: Station, code: str) -> str:
    """Name and hospital of a guest; empty for anybody else."""
    record = station.registry.get("guest", code)
    if record is None:
        return ""
    name, unit = str(record.body.get("name", "")), str(record.body.get("unit_name", ""))
    return f"{name} ({unit})" if unit else name
