"""Projects, courses, sessions and attendance on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from textual.pilot import Pilot

from icme_tui.facts import Swipe
from icme_tui.operations import courses
from icme_tui.operations.sticks import remember
from icme_tui.screens.courses import CoursesScreen
from icme_tui.screens.courses_attendance import AttendanceScreen
from icme_tui.station import Station
from tests.support import pilots
from tests.support.venues import Deployment

Journey = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return pilots.deployed(tmp_path, monkeypatch)


def travel(station: Station, journey: Journey, **how: object) -> None:
    async def go() -> None:
        async with pilots.at(station, "courses", **how) as pilot:  # type: ignore[arg-type]
            await journey(pilot)

    asyncio.run(go())


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys, and texts that begin with a colon."""
    for key in keys:
        if len(key) > 1 and key[0] == ":":
            await pilots.type_text(pilot, key[1:])
        else:
            await pilot.press(key)
        await pilots.settle(pilot)


def test_down_from_a_project_to_a_session_and_up_again(made: Deployment) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        assert "Projects" in pilots.lines(pilot)[1]
        await press(pilot, "enter")
        assert pilots.lines(pilot)[1].partition("   [")[0].endswith("/ Courses")
        await press(pilot, "enter")
        assert "2026-09-25 08:00-11:00" in pilots.shown(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AttendanceScreen)
        assert "Nobody has swiped here yet" in pilots.shown(pilot)
        await press(pilot, "escape", "escape")
        assert pilots.lines(pilot)[1].partition("   [")[0].endswith("/ Courses")
        await press(pilot, "escape")
        assert "Projects" in pilots.lines(pilot)[1]
        await press(pilot, "t")
        assert "All sessions" in pilots.lines(pilot)[1]
        assert made.session in pilots.shown(pilot)

    travel(made.office, journey)


def test_a_project_a_course_and_a_session_are_made(made: Deployment) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "a", "ctrl+s")
        assert "This is needed" in pilots.shown(pilot)
        await press(pilot, ":超声新技术", "enter", "ctrl+o", "enter")
        assert "_" not in pilots.shown(pilot), "levels stand in words"
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, CoursesScreen)
        assert "超声新技术" in pilots.shown(pilot)
        [project] = made.office.registry.find("project", "title", "超声新技术")
        await press(pilot, "enter", "a", ":第二讲", "enter", "enter", ":2,5", "ctrl+s")
        assert "This is no number of credits" in pilots.shown(pilot)
        await press(pilot, "backspace", "backspace", "backspace", ":2.5", "ctrl+s")
        [course] = made.office.registry.find("course", "title", "第二讲")
        assert course.body["credit_hundredths"] == 250
        assert course.body["project"] == project.id
        await press(pilot, "enter", "a", "enter", "enter", ":13:30", "enter", ":12:00", "ctrl+s")
        assert "The end lies before the start" in pilots.shown(pilot)
        await press(pilot, "end", "ctrl+u", ":15:00", "ctrl+s")
        assert "2026-09-25 13:30-15:00" in pilots.shown(pilot)
        [session] = courses.sessions(made.office, course.id)
        assert (session.mode, session.minutes) == ("in_out", 90)

    travel(made.office, journey)


def test_what_the_rules_refuse_is_said_at_its_field(made: Deployment) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "enter", "enter", "a", "tab", "tab", ":08:30", "tab", ":09:30", "ctrl+s")
        assert "overlap" in pilots.shown(pilot)
        assert len(courses.sessions(made.office)) == 1

    travel(made.office, journey)


def test_a_session_is_changed(made: Deployment) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "enter", "enter", "e")
        shown = pilots.shown(pilot)
        assert "08:00" in shown
        assert "11:00" in shown
        await press(pilot, "tab", "tab", "tab", "end", "ctrl+u", ":10:00")
        await press(pilot, *["tab"] * 8, ":p0000101:45 P0000009", "ctrl+s")
        assert "There is no person P0000009" in pilots.shown(pilot)
        await press(pilot, *["backspace"] * 9, "ctrl+s")
        session = courses.session(made.office, made.session)
        assert (session.minutes, session.lecturers) == (120, (("P0000101", 45),))
        await press(pilot, "e", "ctrl+s")
        assert courses.session(made.office, made.session) == session

    travel(made.office, journey)


def test_a_session_is_opened_and_closed(made: Deployment) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        app = pilots.app_of(pilot)
        await press(pilot, "t", "o")
        assert app.desk.session == made.session
        assert "The session is open" in pilots.shown(pilot)
        await press(pilot, "c", "y")
        assert app.desk.session == ""
        assert "Closed: 0 people" in pilots.shown(pilot)

    travel(made.venue, journey)


def swiped(made: Deployment) -> None:
    course = courses.session(made.venue, made.session).course
    for person, way, minutes in (("P0000101", "in", 5), ("P0000102", "in", 1), ("P0000101", "out", 190)):
        made.clock.advance(minutes * 60_000)
        made.venue.record(
            Swipe(person=person, course=course, session=made.session, dir=way, card=f"04AA{person[-2:]}")  # type: ignore[arg-type]
        )


def test_who_was_there_with_times_and_credits(made: Deployment, tmp_path: Path) -> None:
    swiped(made)
    remember(made.venue, tmp_path)

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "t", "enter")
        shown = pilots.shown(pilot)
        assert "1 of 2 count" in shown
        [line] = [line for line in pilots.lines(pilot) if "王试验" in line]
        assert "07:55" in line
        assert "11:06" in line
        assert "180" in line
        [line] = [line for line in pilots.lines(pilot) if "李样本" in line]
        assert " - " in line
        await press(pilot, "slash", ":李样本", "enter", "enter")
        assert "P0000102" in pilots.shown(pilot)
        await press(pilot, "escape", "escape")
        await to_folder(pilot, "w", tmp_path)
        await to_folder(pilot, "p", tmp_path)
        rows = CalamineWorkbook.from_path(tmp_path / f"{made.session}.xlsx").get_sheet_by_index(0).to_python()
        assert any("王试验" in row and 180 in row for row in rows)
        assert "李样本" in (tmp_path / f"{made.session}.txt").read_text(encoding="utf-8")
        await to_folder(pilot, "p", tmp_path)
        assert (tmp_path / f"{made.session}-2.txt").is_file()

    travel(made.venue, journey)


async def to_folder(pilot: Pilot[int], key: str, folder: Path) -> None:
    """Whatever sticks this machine has: the path is typed."""
    await press(pilot, key, "t", "end", "ctrl+u", f":{folder}", "enter")


def test_an_empty_list_says_what_to_do_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support import stations

    stations.weaken_passwords(monkeypatch)

    async def journey(pilot: Pilot[int]) -> None:
        assert "Press a to add the first one" in pilots.shown(pilot)

    travel(stations.office(tmp_path / "empty"), journey)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_keys_of_a_session_fit_into_the_line(made: Deployment, language: str) -> None:
    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "t")
        for key in ("Enter", "/", "o ", "c ", "F1", "Esc", "Ctrl+Q"):
            assert f" {key}" in pilots.lines(pilot)[-1]

    travel(made.office, journey, language=language)


@pytest.mark.parametrize("title", ["题" * 60, "[/x] [bold]甲", "مثال"])
def test_any_title_stays_in_its_line(made: Deployment, title: str) -> None:
    project = courses.add_project(made.office, title, "national").project
    assert project

    async def journey(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", f":{project}", "enter", "enter")
        path, heading = pilots.lines(pilot)[1:3]
        assert "Courses" in path or "~" in path
        assert heading.lstrip().startswith("Title")
        assert title[:4] in path

    travel(made.office, journey)
