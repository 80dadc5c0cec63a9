"""Work beside the screen: whatever goes wrong in it reaches the screen in words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from icme_tui.codes import StoreError
from icme_tui.screens.base import StationScreen
from icme_tui.screens.jobs import Job
from icme_tui.screens.widgets.progress import Progress
from icme_tui.station import Station
from tests.support import pilots, stations

SECRET = "the password is hunter2"


class Bench(StationScreen):
    """A screen to run jobs on."""

    LABEL = "Bench"

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []

    def body(self) -> Iterable[Widget]:
        yield Progress("Counting", id="bar")


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    stations.weaken_passwords(monkeypatch)
    return stations.venue(tmp_path / "home")


async def bench(pilot: Pilot[int]) -> Bench:
    screen = Bench()
    await pilot.app.push_screen(screen)
    await pilots.settle(pilot)
    return screen


def fail_in_words(job: Job) -> None:
    raise StoreError("STORE_FULL")


def fail_by_fault(job: Job) -> None:
    raise RuntimeError(SECRET)


@pytest.mark.parametrize("way", ["fetch", "perform", "listen"])
def test_what_goes_wrong_in_a_worker_is_said_on_the_screen(station: Station, way: str) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            getattr(screen, way)(fail_in_words, screen.results.append)
            await pilots.settle(pilot)
            assert "The disk is full. Nothing was recorded." in pilots.shown(pilot)
            assert screen.results == []

    asyncio.run(journey())


@pytest.mark.parametrize("way", ["fetch", "perform", "listen"])
def test_a_fault_of_the_program_is_said_and_noted_without_values(station: Station, way: str) -> None:
    home = station.home

    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            getattr(screen, way)(fail_by_fault, screen.results.append)
            await pilots.settle(pilot)
            assert "The program made a mistake (RuntimeError)" in pilots.shown(pilot)
            assert "hunter2" not in pilots.shown(pilot)

    asyncio.run(journey())
    (file,) = (home / "logs").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "fail_by_fault" in file.read_text()
    assert "hunter2" not in file.read_text()


def test_what_goes_wrong_on_the_way_of_the_status_line_is_said_too(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from icme_tui.operations import overview

    async def journey() -> None:
        async with pilots.at(station) as pilot:
            monkeypatch.setattr(overview, "overview", lambda station: fail_in_words(None))  # type: ignore[arg-type]
            pilots.app_of(pilot).look()
            await pilots.settle(pilot)
            assert "The disk is full." in pilots.shown(pilot)

    asyncio.run(journey())


def test_an_error_can_be_shown_at_its_field_instead(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            screen.fetch(
                fail_in_words, screen.results.append, failed=lambda error: not screen.results.append(error)
            )
            await pilots.settle(pilot)
            assert [type(error) for error in screen.results] == [StoreError]
            assert "The disk is full" not in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_newer_question_replaces_the_one_before(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            go = threading.Event()

            def slow(job: Job) -> str:
                go.wait(10)
                return "old"

            screen.fetch(slow, screen.results.append)
            await pilot.pause()
            screen.fetch(lambda job: "new", screen.results.append)
            await pilots.settle(pilot)
            go.set()
            await pilots.settle(pilot)
            assert screen.results == ["new"]

    asyncio.run(journey())


def test_a_change_is_not_begun_twice_and_escape_stops_it_between_steps(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            at_work, go = threading.Event(), threading.Event()
            done: list[int] = []

            def work(job: Job) -> None:
                step = job.stepper(1000)
                for number in range(1000):
                    done.append(number)
                    at_work.set()
                    if number == 3:
                        go.wait(10)
                    step()

            bar = screen.query_one(Progress)
            assert screen.perform(work, screen.results.append, progressed=bar.advance) is not None
            await asyncio.to_thread(at_work.wait, 10)
            assert screen.perform(work, screen.results.append) is None
            pilots.app_of(pilot).go("start")
            assert pilot.app.screen is screen
            await pilot.press("escape")
            go.set()
            await pilots.settle(pilot)
            assert 4 <= len(done) < 1000
            assert screen.results == []
            assert "Stopped." in pilots.shown(pilot)
            assert "Counting" in pilots.shown(pilot)

    asyncio.run(journey())


def test_what_is_told_before_the_end_arrives_in_order(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)

            def speak(job: Job) -> None:
                for number in range(5):
                    job.tell(number)

            screen.listen(speak, screen.results.append)
            for _look in range(100):
                await pilot.pause(0.01)
                if len(screen.results) == 5:
                    break
            assert screen.results == [0, 1, 2, 3, 4]

    asyncio.run(journey())


def test_nothing_arrives_at_a_screen_that_is_gone(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station) as pilot:
            screen = await bench(pilot)
            go = threading.Event()

            def late(job: Job) -> str:
                go.wait(10)
                return "late"

            screen.fetch(late, screen.results.append)
            await pilot.press("escape")
            go.set()
            await pilots.settle(pilot)
            assert screen.results == []

    asyncio.run(journey())
