"""Credits by keys: a person's year with the reasons, a course's people, and the spreadsheet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import openpyxl
import pytest
from textual.pilot import Pilot

from icme_tui.operations import courses, crediting
from icme_tui.screens.credits_pages import CourseCreditsScreen, PersonCreditsScreen
from icme_tui.screens.widgets.field import Field
from tests.support import pilots, stations
from tests.support.offices import Office
from tests.support.touches import at


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """张示例 attended a session of three hours, 李样本 went without signing out."""
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    monkeypatch.setattr("icme_tui.operations.sticks.sticks", list)
    office = Office(tmp_path / "office")
    whole, short = office.person("张示例", title=233), office.person("李样本", title=233)
    course = courses.add_project(office.station, "心电图新进展", "national").course
    session = courses.add_session(office.station, course, at("08:00"), at("11:00"), mode="in_out")
    office.swipe(whole, session, "in", "07:55", course=course)
    office.swipe(short, session, "in", "07:56", course=course)
    office.swipe(whole, session, "out", "11:01", course=course)
    return office


async def press(pilot: Pilot[int], *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilots.settle(pilot)
    return pilots.shown(pilot)


def test_a_person_and_his_year(office: Office) -> None:
    async def journey() -> None:
        async with pilots.at(office.station, "credits") as pilot:
            shown = await press(pilot, "slash")
            await pilots.type_text(pilot, "zsl")
            await pilot.pause(0.5)
            shown = await press(pilot, "enter")
            assert "张示例" in shown
            assert "李样本" not in shown
            shown = await press(pilot, "enter")
            assert isinstance(pilot.app.screen, PersonCreditsScreen)
            assert "心电图新进展" in shown
            assert "Counted 1 (I 1, II 0) of 1 earned; hours of study: 3.0" in shown
            assert "Target 25; still too little: in all, class I, class II" in shown
            shown = await press(pilot, "left")
            assert "No credits in 2025" in shown
            shown = await press(pilot, "right", "enter")
            assert "At most" in shown
            assert "Earned 1, after caps 1, counted 1" in shown
            shown = await press(pilot, "escape", "escape")
            assert "Whose credits?" in shown

    asyncio.run(journey())


def test_a_course_and_its_people_with_the_reason(office: Office, tmp_path: Path) -> None:
    async def journey() -> None:
        async with pilots.at(office.station, "credits") as pilot:
            shown = await press(pilot, "c")
            assert "Which course?" in shown
            shown = await press(pilot, "enter")
            assert isinstance(pilot.app.screen, CourseCreditsScreen)
            assert "People: 2; with credits: 1; counted in all: 1" in shown
            shown = await press(pilot, "end")
            assert "Came and did not sign out." in shown
            await press(pilot, "x")
            pilot.app.screen.query_one("#field-folder", Field).value = str(tmp_path)
            shown = await press(pilot, "enter")
            assert "Written to" in shown

    asyncio.run(journey())
    [path] = tmp_path.glob("credits-*.xlsx")
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 2
    texts = [str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row]
    assert "张示例" in texts
    assert "心电图新进展" in texts


def test_empty_lists_say_what_to_do_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    station = stations.office(tmp_path / "home")

    async def journey() -> None:
        async with pilots.at(station, "credits") as pilot:
            assert "Take in a roster first" in pilots.shown(pilot)
            assert "Plan one first" in await press(pilot, "c")

    asyncio.run(journey())


def test_a_venue_says_that_it_does_not_know_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    station = stations.venue(tmp_path / "home")

    async def journey() -> None:
        async with pilots.at(station, "credits") as pilot:
            assert "the office counts everything" in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_fault_while_counting_and_a_folder_that_takes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object, **more: object) -> None:
        raise ZeroDivisionError

    async def journey() -> None:
        async with pilots.at(office.station, "credits") as pilot:
            await press(pilot, "enter", "x")
            pilot.app.screen.query_one("#field-folder", Field).value = "/proc"
            assert "could not be written" in await press(pilot, "enter")
            monkeypatch.setattr(crediting, "credits", fail)
            assert "The program made a mistake (ZeroDivisionError)" in await press(pilot, "left")

    asyncio.run(journey())
