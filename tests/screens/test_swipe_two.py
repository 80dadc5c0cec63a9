"""Two readers on the swipe screen: each has its own place, and says whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from icme_tui.codes import ReaderError
from icme_tui.devices import shelf
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations import posts
from tests.support import pilots
from tests.support.doors import journey, open_door, press, touch, until, venue_at_work
from tests.support.venues import PEOPLE, Deployment

WANG, LI, ZHAO = PEOPLE


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = venue_at_work(tmp_path, monkeypatch)
    other(made).mkdir()
    made.venue.readers = ("sim:cards?pace=0", "sim:cards2?pace=0")
    yield made
    made.office.close()


def other(world: Deployment) -> Path:
    return world.venue.home / "cards2"


async def touch_other(pilot: Pilot[int], world: Deployment, card: str, expected: str) -> str:
    shelf.new_card(other(world), card)
    shelf.tap(other(world), card)
    shown = await until(pilot, expected)
    shelf.remove(other(world))
    return shown


def halves(shown: str) -> tuple[str, str]:
    """What stands in the left pane and in the right one."""
    rows = shown.split("\n")[4:12]
    return "\n".join(row[:40] for row in rows), "\n".join(row[40:] for row in rows)


@journey
async def test_each_reader_has_its_place(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shown = await until(pilot, "2  sim:cards2")
        assert "1  sim:cards" in shown
        await touch(pilot, world, WANG, "[ OK ]")
        shown = await touch_other(pilot, world, "blank", "UNKNOWN CARD")
        left, right = halves(shown)
        assert "[ OK ]" in left
        assert "王试验 / 内科" in left
        assert "UNKNOWN CARD" in right
        assert "王" not in right
        rows = [line.split()[:3] for line in shown.split("\n") if line[:2] in ("1 ", "2 ")]
        assert rows == [["2", "07:50:00", "!"], ["1", "07:50:00", "in"]]
        assert all(cell_len(row) <= 80 for row in shown.split("\n"))


@journey
async def test_one_of_them_goes_and_comes_while_the_other_goes_on(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(WANG)
    monkeypatch.setattr(posts, "RETRY_S", (0.01,))
    wait = SimulatedReader.wait_for_card

    def second_is_gone(reader: SimulatedReader, timeout_s: float) -> object:
        if reader.name == "sim:cards2":
            raise ReaderError("READER_GONE")
        return wait(reader, timeout_s)

    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(SimulatedReader, "wait_for_card", second_is_gone)
            shown = await until(pilot, "READER GONE")
            assert "! reader 2 gone" in shown
            assert "READER GONE" in halves(shown)[1]
            shown = await touch(pilot, world, WANG, "[ OK ]")
            assert "READER GONE" in halves(shown)[1]
            await press(pilot, "t")
            shown = await until(pilot, "TEST")
            assert "READER GONE" in halves(shown)[1]
            await press(pilot, "escape")
        shown = await until(pilot, "Reader 2 is back.")
        assert "gone" not in shown
        await touch_other(pilot, world, "blank", "UNKNOWN CARD")


@journey
async def test_a_test_touch_at_one_reader_ends_the_test_at_the_other(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await until(pilot, "2  sim:cards2")
        await press(pilot, "t")
        assert all("TEST" in half for half in halves(pilots.shown(pilot)))
        shown = await touch_other(pilot, world, "blank", "nothing was recorded")
        left, right = halves(shown)
        assert "READY" in left
        assert "TEST" in right
        await touch(pilot, world, WANG, "[ OK ]")


@journey
async def test_many_readers_share_the_panes_there_is_room_for(world: Deployment) -> None:
    folders = [world.venue.home / f"hall{number}" for number in range(5)]
    for folder in folders:
        folder.mkdir()
    world.venue.readers = tuple(f"sim:{folder.name}?pace=0" for folder in folders)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        shelf.new_card(folders[4], "blank")
        shelf.tap(folders[4], "blank")
        shown = await until(pilot, "UNKNOWN CARD")
        assert "5  sim:hall4" in shown
        assert all(cell_len(row) <= 80 for row in shown.split("\n"))
