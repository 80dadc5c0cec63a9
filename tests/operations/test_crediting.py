"""Attendance and credits over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.operations import courses, crediting
from icme_tui.rules.policy import load_policy
from tests.support.offices import Office
from tests.support.touches import at

DAY = 86_400_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office")
    yield made
    made.station.close()


def a_session(office: Office, level: str = "national", **more: object) -> tuple[str, str]:
    """(course, session) of a new project, 08:30 to 11:30."""
    course = courses.add_project(office.station, "某项目", level).course
    times = {"start_ms": at("08:30"), "end_ms": at("11:30"), "mode": "in_out", **more}
    return course, courses.add_session(office.station, course, **times)  # type: ignore[arg-type]


def attend(office: Office, person: str, course: str, session: str) -> None:
    office.swipe_at("V0007", person, session, "in", "08:20", course=course)
    office.swipe_at("V0007", person, session, "out", "11:35", course=course)


def test_a_morning_gives_credits_to_listeners_and_lecturers(office: Office) -> None:
    person, teacher = office.person("张示例", title=233), office.person("李示例", title=232)
    course, session = a_session(office, lecturers=[(teacher, 120)])
    attend(office, person, course, session)
    report = crediting.credits(office.station)
    found = {(row.person, row.code): (row.minutes, row.after_year_c, row.cls) for row in report.rows}
    assert found == {(person, "1-G-A"): (180, 100, 1), (teacher, "1-G-L"): (120, 400, 1)}
    assert report.names == {person: "张示例", teacher: "李示例"}
    assert report.titles == {course: "某项目"}
    [listener, _lecturer] = report.people
    assert (listener.totals.counted_c, listener.target) == (100, "mid_plus")
    assert listener.missing == ("TOTAL_BELOW", "CLASS_1_BELOW", "CLASS_2_BELOW")


def test_the_answer_can_be_narrowed_without_changing_the_figures(office: Office) -> None:
    one, two = office.person(), office.person("李示例")
    first, second = a_session(office), a_session(office, start_ms=at("13:30"), end_ms=at("16:30"))
    for person in (one, two):
        attend(office, person, *first)
    office.swipe_at("V0007", one, second[1], "in", "13:20", course=second[0])
    office.swipe_at("V0007", one, second[1], "out", "16:35", course=second[0])
    everything = crediting.credits(office.station).rows
    assert len(everything) == 3
    assert crediting.credits(office.station, person=one).rows == [
        row for row in everything if row.person == one
    ]
    of_course = crediting.credits(office.station, course=second[0])
    assert of_course.rows == [row for row in everything if row.course == second[0]]
    [whole_year] = of_course.people
    assert whole_year.totals.counted_c == 200
    assert crediting.credits(office.station, year=2026).rows == everything
    assert crediting.credits(office.station, year=2025).rows == []


def test_unknown_people_and_courses_are_refused(office: Office) -> None:
    with pytest.raises(RuleError, match=r"^NO_PERSON$"):
        crediting.credits(office.station, person="P0000099")
    with pytest.raises(RuleError, match=r"^NO_COURSE$"):
        crediting.credits(office.station, course="C0000099")
    with pytest.raises(RuleError, match=r"^NO_SESSION$"):
        crediting.attendance_of(office.station, "S0000099")


def test_swipes_of_a_course_not_known_yet_count_when_it_arrives(office: Office) -> None:
    person = office.person()
    office.swipe_at("V0007", person, "S0070001", "in", "08:20", course="C0070001")
    [waiting] = crediting.credits(office.station).rows
    assert (waiting.reason, waiting.after_year_c) == ("UNKNOWN_COURSE", 0)
    station = office.station
    station.record(
        station.put("project", "G0070001", title="某项目", level="national"),
        station.put("course", "C0070001", project="G0070001", title="某课程"),
        station.put(
            "session",
            "S0070001",
            course="C0070001",
            start="2026-09-25T08:30:00Z",
            end="2026-09-25T11:30:00Z",
            mode="in",
        ),
    )
    [counted] = crediting.credits(station).rows
    assert (counted.reason, counted.after_year_c) == ("", 100)


def test_a_makeup_in_a_national_course_waits_for_the_office(office: Office) -> None:
    person = office.person()
    course, session = a_session(office)
    office.swipe_at("V0007", person, session, "in", "08:20", course=course)
    place = office.makeup(person, session, "out", "11:35", course=course)
    [row] = crediting.credits(office.station).rows
    assert (row.reason, row.minutes) == ("MAKEUP_OPEN", 180)
    office.station.record(facts.Confirm(target=list(place)))
    [row] = crediting.credits(office.station).rows
    assert (row.reason, row.after_year_c) == ("", 100)


def test_a_makeup_in_house_counts_at_once(office: Office) -> None:
    person = office.person()
    course, session = a_session(office, "in_house", mode="in")
    office.makeup(person, session, "in", "08:35", course=course)
    [row] = crediting.credits(office.station).rows
    assert (row.reason, row.after_year_c, row.cls) == ("", 50, 2)


def test_a_voided_swipe_takes_its_credit_along(office: Office) -> None:
    person = office.person()
    course, session = a_session(office, mode="in")
    office.swipe(person, session, "in", "08:20", course=course)
    station = office.station
    p = station.top(station.code, station.epoch)[0]
    station.record(facts.Void(target=[station.code, station.epoch, p]))
    assert crediting.credits(station).rows == []


def test_nobody_is_at_two_venues_at_once(office: Office) -> None:
    person = office.person()
    first = a_session(office, mode="in")
    second = a_session(office, mode="in", start_ms=at("10:00"), end_ms=at("12:00"))
    office.swipe_at("V0007", person, first[1], "in", "08:20", course=first[0])
    office.swipe_at("V0008", person, second[1], "in", "10:05", course=second[0])
    report = crediting.credits(office.station)
    assert [(row.session, row.reason) for row in report.rows] == [(first[1], ""), (second[1], "TWO_VENUES")]
    assert report.flags == [f"TWO_VENUES:{person}/{second[0]}/{second[1]}"]
    [shown] = crediting.attendance_of(office.station, second[1])
    assert shown.reason == "TWO_VENUES"
    assert crediting.all_attendances(office.station)[1] == shown


def test_one_session_at_two_venues_is_one_credit_with_a_flag(office: Office) -> None:
    person = office.person()
    course, session = a_session(office, mode="in")
    for venue, moment in (("V0007", "08:20"), ("V0008", "08:50")):
        office.swipe_at(venue, person, session, "in", moment, course=course)
    report = crediting.credits(office.station)
    assert [row.after_year_c for row in report.rows] == [100]
    assert report.flags == [f"TWO_VENUES:{person}/{course}/{session}"]


def test_a_lecture_waits_until_it_is_held(office: Office) -> None:
    teacher, person = office.person(), office.person("李示例")
    course, session = a_session(office, lecturers=[(teacher, 120)])
    [row] = crediting.credits(office.station, person=teacher).rows
    assert (row.reason, row.after_year_c) == ("NOT_HELD", 0)
    office.swipe_at("V0007", person, session, "in", "08:20", course=course)
    [row] = crediting.credits(office.station, person=teacher).rows
    assert (row.reason, row.after_year_c) == ("", 400)


def test_a_lecture_counts_once_its_time_has_come(office: Office) -> None:
    teacher = office.person()
    a_session(office, lecturers=[(teacher, 120)])
    office.clock.advance(at("08:30") - office.clock.wall_ms)
    [row] = crediting.credits(office.station).rows
    assert row.reason == ""


def test_a_fixed_credit_is_shared_out_over_the_sessions_of_its_course(office: Office) -> None:
    person = office.person()
    course = courses.add_project(office.station, "某项目", "province", credit_c=300).course
    sessions = [
        courses.add_session(office.station, course, at("08:30") + n * DAY, at("11:30") + n * DAY)
        for n in range(2)
    ]
    office.swipe_at("V0007", person, sessions[0], "in", "08:20", course=course)
    assert [row.after_year_c for row in crediting.credits(office.station).rows] == [150]
    office.swipe_at("V0007", person, sessions[1], "in", at("08:20") + DAY, course=course)
    assert [row.after_year_c for row in crediting.credits(office.station).rows] == [150, 150]


def test_other_rules_may_be_asked_for_and_dates_only_warn(office: Office) -> None:
    person = office.person(title=234)
    course, session = a_session(office, "province")
    attend(office, person, course, session)
    by_2006 = crediting.credits(office.station)
    assert by_2006.warnings == ["POLICY_OUTSIDE_DATES:2026"]
    assert (by_2006.rows[0].after_year_c, by_2006.people[0].target) == (50, "")
    by_2024 = crediting.credits(office.station, policy=load_policy("cn-2024"))
    assert by_2024.warnings == []
    assert (by_2024.rows[0].after_year_c, by_2024.people[0].target) == (100, "all")
    assert by_2024.people[0].missing == ("TOTAL_BELOW", "HOURS_BELOW")


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_a_venue_beyond_the_calendar_takes_nobody_s_credits(office: Office, year: str) -> None:
    person = office.person()
    attend(office, person, *a_session(office))
    body = {"course": "C1", "start": f"{year}T20:00:00Z", "end": f"{year}T23:00:00Z"}
    lines = [
        facts.encode(facts.SessionPut(p=1, id="S0000999", v=1, set=body)),
        facts.encode(
            facts.Swipe(
                p=2, at=f"{year}T23:30:00.000Z", person=person, course="C1", session="S0000999", dir="in"
            )
        ),
        facts.encode(
            facts.Swipe(
                p=3, at=f"{year}T00:10:00.000Z", person=person, course="C1", session="S0000998", dir="in"
            )
        ),
    ]
    hashes = [facts.line_hash(line) for line in lines]
    office.station.absorb("V0009", "f" * 32, 1, lines, hashes, facts.decode_many(lines))
    report = crediting.credits(office.station)
    counted = [(row.session, row.after_year_c) for row in report.rows if not row.reason]
    assert [credit for _session, credit in counted] == [100]
