"""What all screens share: status line, help, palette, keys that were changed, languages, glyphs."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from icme_tui.operations.preferences import change_preferences
from icme_tui.screens.places import PLACES, present
from icme_tui.screens.start import StartScreen
from tests.support import pilots, stations
from tests.support.venues import PASSWORD, Deployment


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return pilots.deployed(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("role", "language", "size"),
    [("venue", "en", (80, 24)), ("venue", "zh_CN", (80, 24)), ("office", "zh_CN", (120, 36))],
)
def test_every_screen_opens_by_its_digit_and_keeps_its_frame(
    made: Deployment, role: str, language: str, size: tuple[int, int]
) -> None:
    station = made.office if role == "office" else made.venue

    async def journey() -> None:
        async with pilots.at(station, language=language, size=size) as pilot:
            for place in present():
                await pilot.press(place.digit)
                await pilots.settle(pilot)
                assert place.name == pilot.app.screen.PLACE  # type: ignore[attr-defined]
                lines = pilots.lines(pilot)
                assert station.code in lines[0]
                assert "Ctrl+Q" in lines[-1]
                if language == "zh_CN":
                    assert re.search("[\u4e00-\u9fff]", lines[-1])
                await pilot.press("escape", "escape", "0")
                await pilots.settle(pilot)

    asyncio.run(journey())


@pytest.mark.parametrize("role", ["venue", "office"])
def test_on_the_linux_console_no_screen_draws_what_it_has_no_glyph_for(made: Deployment, role: str) -> None:
    station = made.office if role == "office" else made.venue

    async def journey() -> None:
        async with pilots.at(station, console=True) as pilot:
            for place in present():
                for key in (place.digit, "f1", "escape", "ctrl+p"):
                    await pilot.press(key)
                    await pilots.settle(pilot)
                    pilots.shown(pilot).encode("cp437")
                await pilot.press("escape", "escape", "0")
                await pilots.settle(pilot)

    asyncio.run(journey())


def test_help_tells_of_the_focus_and_of_every_key_that_works(made: Deployment) -> None:
    async def journey() -> None:
        async with pilots.at(made.venue) as pilot:
            await pilot.press("question_mark")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "Above stands what needs doing now" in shown
            assert "Ctrl+P" in shown
            await pilot.press("1")  # the keys of the screen do nothing now
            await pilots.settle(pilot)
            assert isinstance(pilot.app.screen, StartScreen)
            await pilot.press("escape")
            await pilots.settle(pilot)
            assert "Above stands" not in pilots.shown(pilot)

    asyncio.run(journey())


def test_help_and_lock_work_over_an_open_panel_and_leave_it_as_it_was(made: Deployment) -> None:
    async def journey() -> None:
        async with pilots.at(made.venue, "swipe") as pilot:
            assert "Which session?" in pilots.shown(pilot)
            assert "F1 Help" in pilots.lines(pilot)[-1]
            await pilot.press("f1")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "Enter takes it" in shown
            assert "Which session?" not in shown
            assert "F1 Help" not in pilots.lines(pilot)[-1]
            await pilot.press("escape")
            await pilots.settle(pilot)
            assert "Which session?" in pilots.shown(pilot)
            await pilot.press("ctrl+l")
            await pilots.settle(pilot)
            assert "Locked" in pilots.lines(pilot)[0]
            await pilots.type_text(pilot, PASSWORD)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "Which session?" in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "Which session?" not in pilots.shown(pilot)
            assert "心电图" in pilots.lines(pilot)[0]

    asyncio.run(journey())


def test_the_palette_finds_by_a_word_and_does_it(made: Deployment) -> None:
    async def journey() -> None:
        async with pilots.at(made.venue) as pilot:
            await pilot.press("ctrl+p")
            await pilots.settle(pilot)
            await pilots.type_text(pilot, "units")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert pilot.app.screen.PLACE == "people"  # type: ignore[attr-defined]

    asyncio.run(journey())


def test_a_key_that_was_changed_is_used_and_shown(made: Deployment) -> None:
    change_preferences(made.venue.home, keys={"app.help": "f11", "go.people": "9"})

    async def journey() -> None:
        async with pilots.at(made.venue) as pilot:
            assert "F11" in pilots.lines(pilot)[-1]
            await pilot.press("3")
            await pilots.settle(pilot)
            assert isinstance(pilot.app.screen, StartScreen)
            await pilot.press("9")
            await pilots.settle(pilot)
            assert pilot.app.screen.PLACE == "people"  # type: ignore[attr-defined]

    asyncio.run(journey())


def test_the_status_line_says_what_stands(made: Deployment) -> None:
    async def journey() -> None:
        async with pilots.at(made.venue, size=(120, 36)) as pilot:
            first = pilots.lines(pilot)[0]
            assert "V0007 示范医院" in first
            assert "admin" in first
            assert re.search(r"\d+ unexported", first)
            assert "心电图" in pilots.shown(pilot)

    asyncio.run(journey())


def test_markup_in_names_of_the_station_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    from icme_tui.operations.founding import found_venue

    station = found_venue(
        tmp_path / "home", "V0007", "[/x] [red]院", "cme.example", stations.PASSWORD
    ).station

    async def journey() -> None:
        async with pilots.at(station) as pilot:
            assert "[/x] [red]院" in pilots.lines(pilot)[0]

    asyncio.run(journey())


def test_the_table_says_where_every_screen_is() -> None:
    assert set(PLACES) >= {"start", "swipe", "cards", "people", "courses", "credits", "transfer", "system"}
