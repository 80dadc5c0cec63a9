"""Lists: pages from the store, a cursor, a search; hostile names stay in their line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from icme_tui.screens.base import StationScreen
from icme_tui.screens.widgets.pagedlist import CHUNK, CHUNKS, Column, Page, PagedList, Row
from icme_tui.station import Station
from tests.screens.test_glyphs import HOSTILE
from tests.support import pilots, stations


class Bench(StationScreen):
    """A list over invented rows."""

    LABEL = "Bench"

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names
        self.asked: list[tuple[int, int, str]] = []
        self.opened: list[str] = []

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [
                Column("Name", 20),
                Column("Unit"),
                Column("Wide", 10, from_width=100),
                Column("No.", 6, right=True),
            ],
            self._fetch,
            id="bench",
            empty="Nothing yet. Press a.",
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def _fetch(self, first: int, count: int, words: str) -> Page:
        self.asked.append((first, count, words))
        fit = [(number, name) for number, name in enumerate(self.names) if words in name]
        rows = [Row(str(n), (name, "unit", "wide", n)) for n, name in fit[first : first + count]]
        return Page(rows, len(fit))

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        self.opened.append(event.row.key)

    def back(self) -> None:
        if not self.query_one(PagedList).end_search():
            super().back()


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    stations.weaken_passwords(monkeypatch)
    return stations.venue(tmp_path / "home")


async def opened(pilot: Pilot[int], names: list[str]) -> tuple[Bench, PagedList]:
    screen = Bench(names)
    await pilot.app.push_screen(screen)
    await pilots.settle(pilot)
    return screen, screen.query_one(PagedList)


NAMES = [f"name {number}" for number in range(100_000)]


def test_of_a_hundred_thousand_only_what_is_looked_at_is_read(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen, paged = await opened(pilot, NAMES)
            assert paged.total == 100_000
            assert screen.asked == [(0, CHUNK, "")]
            await pilot.press("end")
            await pilots.settle(pilot)
            assert "name 99999" in pilots.shown(pilot)
            assert len(screen.asked) <= 3
            for _page in range(60):
                await pilot.press("pageup")
            await pilots.settle(pilot)
            assert len(paged._chunks) <= CHUNKS
            await pilot.press("home", "down", "down", "enter")
            await pilots.settle(pilot)
            assert screen.opened == ["2"]

    asyncio.run(journey())


def test_the_cursor_turns_the_page_at_its_edge(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            _screen, paged = await opened(pilot, NAMES)
            for _key in range(paged._height):
                await pilot.press("down")
            await pilots.settle(pilot)
            assert paged.top == paged._height
            assert f"name {paged._height}" in pilots.shown(pilot)
            await pilot.press("up")
            assert paged.top == 0

    asyncio.run(journey())


def test_search_asks_anew_and_escape_ends_it(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen, paged = await opened(pilot, NAMES)
            await pilot.press("slash")
            await pilots.type_text(pilot, "99998")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert paged.total == 1
            assert screen.asked[-1] == (0, CHUNK, "99998")
            assert paged.row is not None
            assert paged.row.key == "99998"
            await pilot.press("slash")
            await pilots.type_text(pilot, "x")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "Nothing fits." in pilots.shown(pilot)
            await pilot.press("escape")
            await pilots.settle(pilot)
            assert paged.total == 100_000
            assert pilot.app.screen is screen

    asyncio.run(journey())


def test_an_empty_list_says_what_to_do(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            await opened(pilot, [])
            assert "Nothing yet. Press a." in pilots.shown(pilot)

    asyncio.run(journey())


def test_wider_screens_show_more_columns(station: Station) -> None:
    async def journey(size: tuple[int, int]) -> str:
        async with pilots.at(station, size=size) as pilot:
            await opened(pilot, ["one"])
            return pilots.shown(pilot)

    assert "wide" in asyncio.run(journey((120, 36)))


@pytest.mark.parametrize("console", [False, True])
def test_hostile_names_stay_in_their_line(station: Station, console: bool) -> None:
    async def journey() -> None:
        async with pilots.at(station, console=console) as pilot:
            _screen, _paged = await opened(pilot, HOSTILE)
            lines = pilots.lines(pilot)
            rows = [line for line in lines if line.endswith(tuple(f" {n}" for n in range(len(HOSTILE))))]
            assert len(rows) == len(HOSTILE)
            assert all(" unit " in row for row in rows)
            if console:
                "\n".join(lines).encode("cp437")

    asyncio.run(journey())


def test_after_a_change_the_cursor_goes_to_the_row_that_is_meant(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen, paged = await opened(pilot, NAMES[:50])
            screen.names = [*screen.names, "added"]
            paged.reload("50")
            await pilots.settle(pilot)
            assert paged.row is not None
            assert paged.row.cells[0] == "added"

    asyncio.run(journey())
