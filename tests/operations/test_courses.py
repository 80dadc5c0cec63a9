"""Projects, courses and sessions: made with checks, listed, opened and closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.operations import courses
from tests.support.offices import PASSWORD, Office
from tests.support.rivals import beside, overtaken
from tests.support.touches import at


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office")
    yield made
    made.station.close()


def last_facts(office: Office, n: int) -> list[Any]:
    station = office.station
    return [facts.decode(line) for line in station.lines(station.code, station.epoch)[-n:]]


def refused(code: str) -> Any:
    return pytest.raises(RuleError, match=f"^{code}$")


def a_course(office: Office) -> str:
    return courses.add_project(office.station, "心血管新进展", "national").course


class TestTwoProgramsOnOneHome:
    """What another program does at the last moment is seen: the checks stand inside the transaction."""

    def test_a_number_is_taken_once(self, office: Office) -> None:
        rival = beside(office.station, PASSWORD)
        number = "2026-01-01-001(国)"
        overtaken(office.station, lambda: courses.add_project(rival, "别人的", "national", number=number))
        with refused("NUMBER_TAKEN"):
            courses.add_project(office.station, "心血管新进展", "national", number=number)
        rival.close()

    def test_sessions_of_a_course_do_not_overlap(self, office: Office) -> None:
        course = a_course(office)
        rival = beside(office.station, PASSWORD)
        overtaken(office.station, lambda: courses.add_session(rival, course, at("08:30"), at("10:30")))
        with refused("SESSION_OVERLAP"):
            courses.add_session(office.station, course, at("09:00"), at("11:00"))
        rival.close()


def test_a_project_brings_its_first_course_in_one_transaction(office: Office) -> None:
    made = courses.add_project(
        office.station,
        " 心血管 [bold]新进展[/x] ",
        "national",
        number="2026－04－08－186（国）",
        starts="2026-09-25",
        ends="2026-09-27",
        course_minutes=360,
        credit_c=300,
    )
    [project] = courses.projects(office.station)
    [course] = courses.courses(office.station)
    assert (project.id, course.id) == made
    assert project.body == {
        "title": "心血管 [bold]新进展[/x]",
        "level": "national",
        "number": "2026-04-08-186(国)",
        "starts": "2026-09-25",
        "ends": "2026-09-27",
    }
    assert course.body == {
        "project": project.id,
        "title": "心血管 [bold]新进展[/x]",
        "minutes": 360,
        "credit_hundredths": 300,
    }
    assert (project.id[0], course.id[0], len(project.id)) == ("G", "C", 8)


def test_the_first_course_may_have_its_own_title(office: Office) -> None:
    courses.add_project(office.station, "心血管新进展", "province", course_title="第一讲")
    [course] = courses.courses(office.station)
    assert course.body["title"] == "第一讲"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": "  "}, "TITLE_NEEDED"),
        ({"title": "两\n行"}, "TITLE_FORM"),
        ({"title": "左\u202e右"}, "TITLE_FORM"),
        ({"title": "长" * 201}, "TITLE_FORM"),
        ({"level": "planet"}, "UNKNOWN_LEVEL"),
        ({"unit": "U0000001"}, "NO_UNIT"),
        ({"starts": "25.09.2026"}, "BAD_DAY"),
        ({"starts": "2026-09-25", "ends": "2026-09-24"}, "DAYS_ORDER"),
        ({"course_minutes": 0}, "BAD_MINUTES"),
        ({"credit_c": -1}, "BAD_CREDIT"),
    ],
)
def test_a_wrong_project_is_refused_and_leaves_nothing(
    office: Office, given: dict[str, Any], code: str
) -> None:
    with refused(code):
        courses.add_project(office.station, **{"title": "某项目", "level": "national", **given})
    assert courses.projects(office.station) == []
    assert courses.courses(office.station) == []


def test_a_project_number_belongs_to_one_project_and_blanks_to_any(office: Office) -> None:
    courses.add_project(office.station, "甲", "national", number="2026-04-08-186(国)")
    with refused("NUMBER_TAKEN"):
        courses.add_project(office.station, "乙", "national", number="2026-04-08-186（国）")
    courses.add_project(office.station, "乙", "in_house")
    courses.add_project(office.station, "丙", "in_house")
    assert len(courses.projects(office.station)) == 3


def test_courses_are_listed_by_project(office: Office) -> None:
    first = courses.add_project(office.station, "甲", "national")
    second = courses.add_project(office.station, "乙", "province")
    added = courses.add_course(office.station, first.project, "第二讲", minutes=90)
    assert [one.id for one in courses.courses(office.station, first.project)] == [first.course, added]
    assert [one.id for one in courses.courses(office.station, second.project)] == [second.course]
    with refused("NO_PROJECT"):
        courses.courses(office.station, "G0000099")
    with refused("NO_PROJECT"):
        courses.add_course(office.station, "G0000099", "第二讲")


def test_a_session_takes_its_minutes_from_its_times(office: Office) -> None:
    course, teacher = a_course(office), office.person()
    code = courses.add_session(
        office.station, course, at("08:30"), at("11:30"), mode="in_out", lecturers=[(teacher, None)]
    )
    assert courses.session(office.station, code).minutes == 180
    record = office.station.registry.get("session", code)
    assert record is not None
    assert record.body == {
        "course": course,
        "title": "心血管新进展",
        "start": "2026-09-25T08:30:00Z",
        "end": "2026-09-25T11:30:00Z",
        "mode": "in_out",
        "minutes": 180,
        "min_percent": 80,
        "lecturers": [{"person": teacher, "minutes": 180}],
    }


def test_windows_are_kept_as_given(office: Office) -> None:
    code = courses.add_session(
        office.station, a_course(office), at("08:30"), at("11:30"), in_until_ms=at("08:45")
    )
    session = courses.session(office.station, code)
    assert (session.in_from_ms, session.in_until_ms) == (at("07:30"), at("08:45"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"course": "C0000099"}, "NO_COURSE"),
        ({"end_ms": at("08:30")}, "TIMES_ORDER"),
        ({"end_ms": at("08:30") + 59_999}, "TIMES_ORDER"),
        ({"end_ms": at("08:30") + 25 * 3_600_000}, "SESSION_TOO_LONG"),
        ({"mode": "sideways"}, "BAD_MODE"),
        ({"minutes": 0}, "BAD_MINUTES"),
        ({"minutes": 181}, "BAD_MINUTES"),
        ({"min_percent": 0}, "BAD_PERCENT"),
        ({"min_percent": 101}, "BAD_PERCENT"),
        ({"in_from_ms": at("09:00"), "in_until_ms": at("08:45")}, "WINDOW_ORDER"),
        ({"in_from_ms": at("11:31"), "in_until_ms": at("11:40")}, "WINDOW_OUTSIDE"),
        ({"in_from_ms": at("08:30") - 25 * 3_600_000}, "WINDOW_OUTSIDE"),
        ({"mode": "in_out", "out_until_ms": at("08:29"), "out_from_ms": at("08:00")}, "WINDOW_OUTSIDE"),
        ({"out_from_ms": at("11:00")}, "WINDOW_WITHOUT_OUT"),
        ({"lecturers": [("P0000099", None)]}, "NO_PERSON"),
    ],
)
def test_a_wrong_session_is_refused_and_leaves_nothing(
    office: Office, given: dict[str, Any], code: str
) -> None:
    course = a_course(office)
    wanted = {"course": course, "start_ms": at("08:30"), "end_ms": at("11:30"), **given}
    with refused(code):
        courses.add_session(office.station, **wanted)
    assert courses.sessions(office.station) == []


def test_lecturers_stand_once_and_within_the_session(office: Office) -> None:
    course, teacher = a_course(office), office.person()
    with refused("LECTURER_TWICE"):
        courses.add_session(
            office.station, course, at("08:30"), at("11:30"), lecturers=[(teacher, 60), (teacher, 60)]
        )
    with refused("BAD_MINUTES"):
        courses.add_session(office.station, course, at("08:30"), at("11:30"), lecturers=[(teacher, 181)])


def test_sessions_of_a_course_may_touch_but_not_overlap(office: Office) -> None:
    course, other = a_course(office), a_course(office)
    courses.add_session(office.station, course, at("08:30"), at("10:00"))
    courses.add_session(office.station, course, at("10:00"), at("11:30"))
    for start, end in (("08:00", "08:31"), ("09:00", "09:30"), ("08:00", "12:00")):
        with refused("SESSION_OVERLAP"):
            courses.add_session(office.station, course, at(start), at(end))
    courses.add_session(office.station, other, at("09:00"), at("09:30"))
    assert [one.start_ms for one in courses.sessions(office.station, course)] == [at("08:30"), at("10:00")]
    assert len(courses.sessions(office.station)) == 3


def test_a_session_lies_inside_the_days_of_its_project(office: Office) -> None:
    course = courses.add_project(
        office.station, "甲", "national", starts="2026-09-24", ends="2026-09-25"
    ).course
    courses.add_session(office.station, course, at("08:30"), at("11:30"))
    with refused("OUTSIDE_PROJECT"):  # the day of the rules begins at 16:00 UTC
        courses.add_session(office.station, course, at("16:00"), at("17:00"))


def test_opening_and_closing_leave_facts_with_counts(office: Office) -> None:
    course, person = a_course(office), office.person()
    code = courses.add_session(office.station, course, at("08:30"), at("11:30"), mode="in_out")
    assert courses.open_session(office.station, code) == {"people": 0, "in": 0, "out": 0}
    office.swipe(person, code, "in", "08:20", course=course)
    office.swipe(person, code, "out", "11:40", course=course)
    assert courses.close_session(office.station, code) == {"people": 1, "in": 1, "out": 1}
    [closed] = last_facts(office, 1)
    assert isinstance(closed, facts.SessionClose)
    assert (closed.session, closed.counts) == (code, {"people": 1, "in": 1, "out": 1})
    for act in (courses.open_session, courses.close_session, courses.session):
        with refused("NO_SESSION"):
            act(office.station, "S0000099")
