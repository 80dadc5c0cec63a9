"""The work at the desk beside the reader: make-ups, guests, undoing, moving, closing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui import facts
from icme_tui.clock import parse_utc
from icme_tui.devices import shelf
from icme_tui.operations import courses
from icme_tui.station import Station
from tests.support import pilots
from tests.support.doors import journey, open_door, press, touch, until, venue_at_work
from tests.support.venues import PEOPLE, START, Deployment

WANG, LI, ZHAO = PEOPLE
HOUR = 3_600_000


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = venue_at_work(tmp_path, monkeypatch)
    yield made
    made.office.close()


def recorded(station: Station, kind: type[facts.FactT]) -> list[facts.FactT]:
    found = [facts.decode(entry.line) for entry in station.entries()]
    return [fact for fact in found if isinstance(fact, kind)]


async def search(pilot: Pilot[int], text: str, expected: str) -> None:
    """Type into the open search and take the first row."""
    await pilots.type_text(pilot, text)
    await pilot.press("enter")
    await until(pilot, expected)
    await press(pilot, "enter")


@journey
async def test_somebody_without_a_card_is_found_by_initials(world: Deployment) -> None:
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await press(pilot, "f")
        await search(pilot, "lyb", "李样本")
        await until(pilot, "came in")
        await press(pilot, "i")
        shown = await press(pilot, "enter")
        assert "Make-up: 李样本 in" in shown
        shown = await press(pilot, "enter")
        assert "MADE UP: IN" in shown
        assert "It counts once the office has confirmed it." in shown
        assert "In 1   Out 0   Inside 1" in shown
        assert "make-up" in shown
        (made,) = recorded(world.venue, facts.Makeup)
        assert (made.person, made.dir, made.reason) == (LI, "in", "Forgot the card")
        assert made.when == "2026-09-25T00:00:00.000Z"


@journey
async def test_a_make_up_that_cannot_be_is_refused_in_words(world: Deployment) -> None:
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await press(pilot, "f")
        await search(pilot, "李", "李样本")
        await until(pilot, "came in")
        await press(pilot, "i")
        await pilots.type_text(pilot, "23:00")
        await press(pilot, "enter", "enter")
        shown = await until(pilot, "between the opening")
        assert "Inside 0" in shown
        assert recorded(world.venue, facts.Makeup) == []


@journey
async def test_a_guest_touches_any_card_and_comes_and_goes_with_it(world: Deployment) -> None:
    shelf.new_card(world.folder, "bus")
    shelf.load(world.folder, "bus").put(4, b"ticket 000000042")
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await press(pilot, "g")
        for value in ("孙客人", "外院", "", ""):
            await pilots.type_text(pilot, value)
            await press(pilot, "enter")
        await until(pilot, "tells guests apart")
        await pilots.type_text(pilot, "13800000000")
        await press(pilot, "enter")
        shown = await press(pilot, "enter")
        assert "Hold any card of the guest" in shown
        shown = await touch(pilot, world, "bus", "[ OK ]")
        assert "孙客人 / 外院" in shown
        assert "A guest: it counts once" in shown
        world.clock.advance(3 * HOUR + HOUR // 2)
        shown = await touch(pilot, world, "bus", " OUT")
        assert "孙客人" in shown
        (guest,) = world.venue.registry.all("guest")
        assert [(swipe.person, swipe.dir) for swipe in recorded(world.venue, facts.Swipe)] == [
            (guest.id, "in"),
            (guest.id, "out"),
        ]


@journey
async def test_a_guest_who_has_a_card_of_ours_is_no_guest(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await press(pilot, "g")
        for value in ("孙客人", "外院", "13800000000", ""):
            await pilots.type_text(pilot, value)
            await press(pilot, "enter")
        shown = await touch(pilot, world, WANG, "[ OK ]")
        assert "王试验" in shown
        assert list(world.venue.registry.all("guest")) == []


@journey
async def test_a_guest_without_any_card(world: Deployment) -> None:
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        assert "No card at all" not in pilots.shown(pilot)
        await press(pilot, "g")
        for value in ("孙客人", "外院", "", "11010119900101001X"):
            await pilots.type_text(pilot, value)
            await press(pilot, "enter")
        await until(pilot, "n No card at all")
        shown = await press(pilot, "n")
        assert "MADE UP: IN" in shown
        assert "孙客人 / 外院" in shown
        assert [made.dir for made in recorded(world.venue, facts.Makeup)] == ["in"]


@journey
async def test_the_last_touch_is_taken_back(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await press(pilot, "u")
        assert "nothing to take back" in shown
        await touch(pilot, world, WANG, "[ OK ]")
        assert "Take back: 07:50:00 in 王试验?" in await press(pilot, "u")
        await press(pilot, "n")
        assert recorded(world.venue, facts.Void) == []
        await press(pilot, "u")
        shown = await press(pilot, "w")
        assert "Inside 0" in shown
        (void,) = recorded(world.venue, facts.Void)
        assert void.reason == "The wrong person or card"
        await touch(pilot, world, WANG, "[ OK ]")


@journey
async def test_touches_of_the_wrong_session_are_moved(world: Deployment) -> None:
    world.issue(WANG)
    begins = parse_utc(START) + 5 * HOUR
    right = courses.add_session(world.venue, "C0000001", begins, begins + HOUR, title="下午场")
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await touch(pilot, world, WANG, "[ OK ]")
        await press(pilot, "m", "enter")
        await press(pilot, "enter", "enter")
        shown = await press(pilot, "enter")
        assert "1 touch is moved: 王试验" in shown
        shown = await press(pilot, "y")
        assert "1 touch was moved." in shown
        assert "In 0   Out 0   Inside 0" in shown
        assert [tap.person for tap in world.venue.taps(right)] == [WANG]


@journey
async def test_closing_lists_those_without_sign_out(world: Deployment) -> None:
    for person in (WANG, LI):
        world.issue(person)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await touch(pilot, world, WANG, "王试验 / 内科")
        await touch(pilot, world, LI, "李样本 / 内科")
        shown = await press(pilot, "c")
        assert "2 people have not signed out: 李样本 王试验" in shown
        await press(pilot, "k")
        world.clock.advance(4 * HOUR)
        shown = await press(pilot, "c")
        assert "Sign them out by make-ups for 11:00, and close" in shown
        shown = await press(pilot, "m")
        assert "2 people are entered as having left at 2026-09-25 11:00: 李样本 王试验" in shown
        assert recorded(world.venue, facts.Makeup) == []
        shown = await press(pilot, "y")
        assert "The session is closed: 2 people, 2 in, 2 out." in shown
        assert "NO SESSION IS OPEN" in shown
        assert {made.when for made in recorded(world.venue, facts.Makeup)} == {"2026-09-25T03:00:00.000Z"}
        (closed,) = recorded(world.venue, facts.SessionClose)
        assert closed.counts == {"people": 2, "in": 2, "out": 2}


@journey
async def test_the_direction_can_be_fixed(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        assert "only in" in await press(pilot, "d")
        assert "only out" in await press(pilot, "d")
        await until(pilot, "READY")
        shown = await touch(pilot, world, WANG, "TOO EARLY")
        assert "Sign out from 08:00 to 12:00." in shown
        await press(pilot, "s", "enter")
        await until(pilot, "in and out by the time")
