"""From the office's start screen to what waits there: make-ups to confirm, guests to recognise."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.operations import courses, guests, makeups
from icme_tui.operations.guests import NewGuest
from tests.support import pilots, stations
from tests.support.offices import Office
from tests.support.touches import at


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Two make-ups of a national course, and a guest who is called like somebody of the roster."""
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    office = Office(tmp_path / "office")
    one, two = office.person("张示例"), office.person("李样本")
    course = courses.add_project(office.station, "心电图新进展", "national").course
    session = courses.add_session(office.station, course, at("08:00"), at("11:00"), mode="in")
    for person in (one, two):
        office.makeup(person, session, "in", "08:05", course=course)
    guests.add_guest(office.station, NewGuest("张示例", "某医院", "13800000000"))
    return office


async def press(pilot: Pilot[int], *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilots.settle(pilot)
    return pilots.shown(pilot)


def test_from_the_start_screen_to_the_last_of_what_waits(office: Office) -> None:
    async def journey() -> None:
        async with pilots.at(office.station) as pilot:
            shown = pilots.shown(pilot)
            assert "2 make-ups wait to be confirmed" in shown
            assert "1 guest is to be recognised" in shown
            shown = await press(pilot, "5", "w")
            assert "card at home" in shown
            shown = await press(pilot, "c")
            assert "Let 2 make-ups count?" in shown
            shown = await press(pilot, "y")
            assert "2 make-ups are confirmed." in shown
            assert makeups.count_open(office.station) == 0
            shown = await press(pilot, "enter")
            assert "Who of the roster is the guest" in shown
            shown = await press(pilot, "enter")
            assert "Nothing waits." in shown
            assert guests.unmerged(office.station) == []
            shown = await press(pilot, "0")
            assert "wait to be confirmed" not in shown

    asyncio.run(journey())
