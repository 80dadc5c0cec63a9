"""From attendances and lectures to credits: rate, rounding, caps, and what was not counted and why.

Exact whole-number arithmetic. Work is taken by date, then id, so that caps and roundings fall on the same
rows at every run and in every store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from icme_tui.rules.policy import Cap, Policy, Rate

ATTENDEE = "attendee"
LECTURER = "lecturer"

UNKNOWN_COURSE = "UNKNOWN_COURSE"
NO_RATE = "NO_RATE"
OVER_PROJECT_CAP = "OVER_PROJECT_CAP"
OVER_YEAR_CAP = "OVER_YEAR_CAP"
BELOW_STEP = "BELOW_STEP"
"""Too little yet for a step of the rounding; it adds up with the rest of the project."""

NumberedCaps = tuple[tuple[int, Cap], ...]


class Work(NamedTuple):
    """What one person did at one session."""

    person: str
    course: str
    session: str
    role: str
    """``attendee`` or ``lecturer``."""
    start_ms: int
    """Unix milliseconds: the day and the year it counts for, and its turn under the caps."""
    minutes: int
    """Attended or lectured."""
    whole_minutes: int
    """Teaching minutes of the session."""
    reason: str = ""
    """Why it does not count, from attendance; empty if it does."""


class Course(NamedTuple):
    """What the rules need of a course."""

    id: str
    project: str
    total_minutes: int
    """Teaching minutes of the whole course: what earns a fixed credit in full."""
    credit_c: int | None = None
    """A fixed credit for attendees instead of the rate, in hundredths."""


class CreditRow(NamedTuple):
    """What one piece of work gave, in hundredths: gross ≥ after the project cap ≥ after the year cap ≥ 0."""

    person: str
    year: int
    day: str
    """``YYYY-MM-DD`` by the offset of the rules."""
    project: str
    course: str
    session: str
    level: str
    role: str
    cls: int
    """Class 1 or 2; 0 where the rules know none, or where no rate was found."""
    minutes: int
    gross_c: int
    after_project_c: int
    after_year_c: int
    """What counts."""
    reason: str
    """Why something was not counted, else empty. Of both caps the one of the year."""
    fixed: bool
    """The course fixes the credit."""
    rate: Rate | None
    caps: tuple[Cap, ...]

    @property
    def code(self) -> str:
        """The rate code, or empty."""
        return self.rate.code if self.rate is not None else ""


def credit_rows(
    works: Iterable[Work],
    courses: Mapping[str, Course],
    levels: Mapping[str, str],
    policy: Policy,
) -> list[CreditRow]:
    """One row for each piece of work, by person, date, session, course and role.

    ``levels`` gives the level of each known project. Work whose course or project is unknown is kept with
    ``UNKNOWN_COURSE``.
    """
    ordered = sorted(works, key=_turn)
    table = _Table(policy)
    rows: list[CreditRow] = []
    for _person, of_person in groupby(ordered, key=_person_of):
        account = _Account(courses, levels, policy, table)
        rows.extend(account.credit(work) for work in of_person)
    return rows


def _person_of(work: Work) -> str:
    return work.person


def _turn(work: Work) -> tuple[str, int, str, str, str, int, int, str]:
    return (
        work.person,
        work.start_ms,
        work.session,
        work.course,
        work.role,
        work.minutes,
        work.whole_minutes,
        work.reason,
    )


def _shortfall(gross: int, after_project: int, after_year: int) -> str:
    if after_year < after_project:
        return OVER_YEAR_CAP
    if after_project < gross:
        return OVER_PROJECT_CAP
    return "" if gross else BELOW_STEP


class _Table:
    """Rates, caps and days looked up once for all people."""

    def __init__(self, policy: Policy) -> None:
        self.denominator = policy.denominator
        self._policy = policy
        self._rates: dict[tuple[str, str], tuple[Rate | None, NumberedCaps]] = {}
        self._days: dict[int, tuple[int, str]] = {}

    def rate(self, level: str, role: str) -> tuple[Rate | None, NumberedCaps]:
        """The rate of a level and role with the caps on it."""
        found = self._rates.get((level, role))
        if found is None:
            rate = self._policy.rate_for(level, role)
            found = (rate, self._policy.caps_of(rate) if rate is not None else ())
            self._rates[level, role] = found
        return found

    def day(self, at_ms: int) -> tuple[int, str]:
        """Year and day of a moment."""
        found = self._days.get(at_ms)
        if found is None:
            day = self._policy.day_of(at_ms)
            found = self._days[at_ms] = (day.year, day.isoformat())
        return found


class _Account:
    """One person's sums so far."""

    def __init__(
        self, courses: Mapping[str, Course], levels: Mapping[str, str], policy: Policy, table: _Table
    ) -> None:
        self._courses = courses
        self._levels = levels
        self._policy = policy
        self._table = table
        self._denominator = table.denominator
        self._units: dict[str, int] = {}
        """Exact sum of each project, in fractions of a hundredth."""
        self._fixed_minutes: dict[str, int] = {}
        self._used: dict[tuple[int, str | int], int] = {}
        """Used up of each cap, by its index and the project or year."""

    def credit(self, work: Work) -> CreditRow:
        course = self._courses.get(work.course)
        level = self._levels.get(course.project, "") if course is not None else ""
        rate, caps = self._table.rate(level, work.role) if level else (None, ())
        fixed = course is not None and course.credit_c is not None and work.role == ATTENDEE
        year, day = self._table.day(work.start_ms)
        reason = work.reason
        gross = after_project = after_year = 0
        if course is None or not level:
            reason = UNKNOWN_COURSE
        elif rate is None:
            reason = reason or NO_RATE
        elif not reason:
            gross = self._fixed(course, work) if fixed else self._by_rate(course.project, work, rate)
            after_project = self._under(caps, "project", course.project, gross)
            after_year = self._under(caps, "year", year, after_project)
            reason = _shortfall(gross, after_project, after_year)
        return CreditRow(
            work.person,
            year,
            day,
            course.project if course is not None else "",
            work.course,
            work.session,
            level,
            work.role,
            rate.cls if rate is not None else 0,
            work.minutes,
            gross,
            after_project,
            after_year,
            reason,
            fixed,
            rate,
            tuple(cap for _number, cap in caps),
        )

    def _by_rate(self, project: str, work: Work, rate: Rate) -> int:
        """What this work adds to the rounded sum of its project, or of itself for a rate ``each``."""
        policy = self._policy
        units = rate.gives_c * self._denominator
        if rate.per_minutes is not None:
            whole = policy.attendance.credit_minutes == "session" and work.role == ATTENDEE
            minutes = work.whole_minutes if whole else work.minutes
            units = minutes * rate.gives_c * (self._denominator // rate.per_minutes)
        if rate.kind not in policy.rounding.applies_to:
            return units // self._denominator
        before = self._units.get(project, 0)
        self._units[project] = before + units
        return self._rounded(before + units) - self._rounded(before)

    def _rounded(self, units: int) -> int:
        rounding = self._policy.rounding
        if rounding.mode == "exact":
            return units // self._denominator
        step = rounding.step_c * self._denominator
        if rounding.mode == "half_up":
            units += step // 2
        return units // step * rounding.step_c

    def _fixed(self, course: Course, work: Work) -> int:
        """The session's share of the course's fixed credit; a course attended whole gives all of it."""
        assert course.credit_c is not None  # noqa: S101 - asked by the caller
        total = max(course.total_minutes, 1)
        before = self._fixed_minutes.get(course.id, 0)
        after = min(before + max(work.whole_minutes, 1), total)
        self._fixed_minutes[course.id] = after
        return course.credit_c * after // total - course.credit_c * before // total

    def _under(self, caps: NumberedCaps, scope: str, key: str | int, credit: int) -> int:
        """What the caps of one scope leave of ``credit``; takes it off them."""
        scoped = [(number, cap) for number, cap in caps if cap.scope == scope]
        for number, cap in scoped:
            credit = min(credit, cap.max_c - self._used.get((number, key), 0))
        for number, _cap in scoped:
            self._used[number, key] = self._used.get((number, key), 0) + credit
        return credit
