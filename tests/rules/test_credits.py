"""Rates, rounding and caps of cn-2006, by example."""

from __future__ import annotations

import pytest

from icme_tui.rules.credits import Course, CreditRow, Work, credit_rows
from icme_tui.rules.policy import Policy, load_policy, parse_policy
from icme_tui.rules.standing import totals_of
from tests.rules.test_policy import text_of
from tests.support.touches import at

DAY = 86_400_000
LEVELS = {
    "G1": "national",
    "G2": "province",
    "G3": "in_house",
    "G4": "national",
    "G5": "distance",
    "G9": "moon",
}
COURSES = {
    "N": Course("N", "G1", 0),
    "N2": Course("N2", "G1", 0),
    "S": Course("S", "G2", 0),
    "H": Course("H", "G3", 0),
    "D": Course("D", "G5", 0),
    "M": Course("M", "G9", 0),
    "LOST": Course("LOST", "G8", 0),
    "FIX": Course("FIX", "G4", 540, 300),
    "FIXBIG": Course("FIXBIG", "G4", 180, 1200),
}


def work(
    course: str, minutes: int, role: str = "attendee", *, day: int = 0, reason: str = "", **more: int
) -> Work:
    whole = more.get("whole", minutes)
    return Work("P1", course, f"S{day:03d}", role, at("08:00") + day * DAY, minutes, whole, reason)


def rows_of(*works: Work, policy: Policy | None = None) -> list[CreditRow]:
    return credit_rows(works, COURSES, LEVELS, policy or load_policy())


def counted(*works: Work, policy: Policy | None = None) -> int:
    return sum(row.after_year_c for row in rows_of(*works, policy=policy))


@pytest.mark.parametrize(
    ("works", "gross", "credit"),
    [
        ([work("N", 18 * 60)], 600, 600),
        ([work("N", 40 * 60)], 1300, 1000),
        ([work("N", 2 * 60, "lecturer")], 400, 400),
        ([work("N", 6 * 60, "lecturer")], 1200, 1000),
        ([work("S", 18 * 60)], 300, 300),
        ([work("S", 7 * 60)], 100, 100),
        ([work("S", 2 * 60, "lecturer")], 200, 200),
        ([work("N", 9 * 60), work("N2", 4 * 60, "lecturer", day=1)], 1100, 1000),
        ([work("H", 90)], 50, 50),
        ([work("H", 90, "lecturer")], 200, 200),
        ([work("D", 18 * 60)], 600, 500),
    ],
    ids=[
        "national 18 h",
        "national 40 h",
        "national lecturer 2 h",
        "national lecturer 6 h",
        "provincial 18 h",
        "provincial 7 h",
        "provincial lecturer 2 h",
        "attendee 9 h and lecturer 4 h in one project",
        "in-house",
        "in-house lecturer",
        "distance 18 h",
    ],
)
def test_vectors(works: list[Work], gross: int, credit: int) -> None:
    rows = rows_of(*works)
    assert sum(row.gross_c for row in rows) == gross
    assert sum(row.after_year_c for row in rows) == credit


def test_forty_hours_exactly_are_cut_only_by_the_cap() -> None:
    exact = parse_policy(text_of("cn-2006").replace('mode = "floor"', 'mode = "exact"'), "exact")
    [row] = rows_of(work("N", 40 * 60), policy=exact)
    assert (row.gross_c, row.after_year_c, row.reason) == (1333, 1000, "OVER_PROJECT_CAP")
    assert counted(work("S", 7 * 60), policy=exact) == 116


def test_nothing_is_lost_before_the_whole_project_is_rounded() -> None:
    """Six provincial sessions of 70 minutes are 7 hours: 1.166…, not six times nothing."""
    works = [work("S", 70, day=day) for day in range(6)]
    assert [row.gross_c for row in rows_of(*works)] == [0, 0, 50, 0, 0, 50]
    assert [row.reason for row in rows_of(*works)] == [
        "BELOW_STEP",
        "BELOW_STEP",
        "",
        "BELOW_STEP",
        "BELOW_STEP",
        "",
    ]


def test_half_up_is_a_switch() -> None:
    half_up = parse_policy(text_of("cn-2006").replace('mode = "floor"', 'mode = "half_up"'), "half")
    assert counted(work("S", 7 * 60 + 30), policy=half_up) == 150
    assert counted(work("S", 7 * 60 + 29), policy=half_up) == 100


def test_each_is_never_rounded() -> None:
    coarse = parse_policy(text_of("cn-2006").replace("step_c = 50", "step_c = 100"), "coarse")
    assert counted(work("H", 60), policy=coarse) == 50


def test_in_house_activities_have_a_yearly_cap() -> None:
    rows = rows_of(*(work("H", 60, day=day) for day in range(22)))
    assert [row.after_year_c for row in rows] == [50] * 20 + [0] * 2
    assert [row.reason for row in rows[19:]] == ["", "OVER_YEAR_CAP", "OVER_YEAR_CAP"]
    assert rows[20].after_project_c == 50


def test_lecturers_in_house_share_that_cap_and_a_new_year_begins_anew() -> None:
    lectures = [work("H", 60, "lecturer", day=day) for day in range(6)]
    assert counted(*lectures) == 1000
    assert counted(*lectures, work("H", 60, "lecturer", day=200)) == 1200


def test_the_cap_of_a_project_reaches_over_the_new_year() -> None:
    rows = rows_of(work("N", 24 * 60), work("N", 24 * 60, day=200))
    assert [(row.year, row.after_year_c) for row in rows] == [(2026, 800), (2027, 200)]


def test_caps_are_allotted_by_date_then_id() -> None:
    late, early = work("N", 24 * 60, day=3), work("N2", 24 * 60, day=1)
    assert [(row.course, row.after_year_c) for row in rows_of(late, early)] == [("N2", 800), ("N", 200)]


def test_each_project_and_each_person_has_its_own_cap() -> None:
    other = work("N", 40 * 60)._replace(person="P2")
    assert counted(work("N", 40 * 60), other, work("S", 60 * 60 * 2)) == 3000


@pytest.mark.parametrize("reason", ["SHORT", "NO_OUT", "NO_IN", "MAKEUP_OPEN", "TWO_VENUES", "NOT_HELD"])
def test_what_attendance_does_not_count_is_shown_with_its_reason(reason: str) -> None:
    [row] = rows_of(work("N", 18 * 60, reason=reason))
    assert (row.gross_c, row.after_year_c, row.reason, row.code) == (0, 0, reason, "1-G-A")


@pytest.mark.parametrize("course", ["NEVER", "LOST"])
def test_unknown_courses_and_projects_wait(course: str) -> None:
    [row] = rows_of(work(course, 180))
    assert (row.reason, row.after_year_c, row.code, row.cls) == ("UNKNOWN_COURSE", 0, "", 0)


def test_a_level_without_a_rate() -> None:
    [row] = rows_of(work("M", 180))
    assert (row.reason, row.level) == ("NO_RATE", "moon")


def test_a_fixed_credit_replaces_the_rate_but_not_the_caps() -> None:
    [row] = rows_of(work("FIXBIG", 180))
    assert (row.gross_c, row.after_year_c, row.reason, row.fixed) == (1200, 1000, "OVER_PROJECT_CAP", True)
    assert row.code == "1-G-A"


def test_a_fixed_credit_is_earned_by_sessions_and_never_twice() -> None:
    works = [work("FIX", 170, day=day, whole=180) for day in range(4)]
    assert [row.gross_c for row in rows_of(*works)] == [100, 100, 100, 0]


def test_a_fixed_credit_is_for_attendees() -> None:
    [row] = rows_of(work("FIX", 60, "lecturer"))
    assert (row.gross_c, row.fixed) == (200, False)


def test_minutes_of_an_attendance_are_its_own_or_those_of_the_session() -> None:
    nearly = [work("N", 170, whole=180)]
    assert counted(*nearly) == 50
    session = parse_policy(text_of("cn-2006").replace('"attended"', '"session"', 1), "session")
    assert counted(*nearly, policy=session) == 100


def test_a_row_names_rules_rate_and_caps() -> None:
    [row] = rows_of(work("N", 18 * 60))
    assert row.rate is not None
    assert (row.rate.src, row.rate.mark, row.rate.gives_c, row.rate.per_minutes) == ("L1", "V", 100, 180)
    assert [(cap.scope, cap.max_c) for cap in row.caps] == [("project", 1000)]
    assert (row.day, row.year, row.cls) == ("2026-09-25", 2026, 1)


def test_days_and_years_are_those_of_the_rules() -> None:
    new_year = work("N", 180)._replace(start_ms=at("16:30") + 97 * DAY)
    [row] = rows_of(new_year)
    assert (row.day, row.year) == ("2027-01-01", 2027)


def test_2024_gives_one_credit_for_three_hours_everywhere() -> None:
    policy = load_policy("cn-2024")
    rows = rows_of(work("N", 180), work("S", 180, day=1), work("H", 180, day=2), policy=policy)
    assert [(row.after_year_c, row.cls) for row in rows] == [(100, 0)] * 3
    assert counted(work("N", 40 * 60), policy=policy) == 1000


def test_totals_of_a_year() -> None:
    rows = rows_of(
        work("N", 40 * 60),
        work("H", 60, day=1),
        work("S", 180, day=2, reason="SHORT"),
        work("S", 60, day=200),
    )
    first, second = totals_of(rows)
    assert (first.person, first.year, first.class_1_c, first.class_2_c, first.counted_c) == (
        "P1",
        2026,
        1000,
        50,
        1050,
    )
    assert (first.gross_c, first.minutes, first.not_counted) == (1350, 40 * 60 + 60, 2)
    assert (second.year, second.counted_c, second.minutes) == (2027, 0, 60)
