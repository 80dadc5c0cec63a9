"""The first screen: who comes in, and how."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.app import IcmeApp
from icme_tui.screens.login import LockScreen, LoginScreen
from icme_tui.screens.start import StartScreen
from icme_tui.terminal import Terminal
from tests.support import pilots, stations


async def send(pilot: Pilot[int], password: str) -> None:
    await pilots.type_text(pilot, password)
    await pilot.press("enter")
    await pilots.settle(pilot)


def test_a_wrong_password_says_so_and_the_right_one_enters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    stations.venue(tmp_path / "home").close()

    async def journey() -> None:
        async with pilots.program(tmp_path / "home") as pilot:
            app = pilots.app_of(pilot)
            assert isinstance(app.screen, LoginScreen)
            assert "admin" in pilots.shown(pilot)
            await send(pilot, "wrong")
            assert isinstance(app.screen, LoginScreen)
            assert app.station is None
            assert "the wrong password" in pilots.shown(pilot)
            await send(pilot, stations.PASSWORD)
            assert isinstance(app.screen, StartScreen)
            assert app.station is not None
            assert "This venue has no pack yet" in pilots.shown(pilot)
            assert "V0007 示范医院" in pilots.shown(pilot)

    asyncio.run(journey())


def test_what_a_console_cannot_show_does_not_hide_the_greeting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the password that it tells, a newcomer stands before the door."""
    stations.weaken_passwords(monkeypatch)
    stations.venue(tmp_path / "home").close()
    terminal = Terminal("lean", "en", True, "zh_CN")

    async def journey() -> None:
        app = IcmeApp(tmp_path / "home", terminal=terminal, greeting="The password is plainly invented")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilots.settle(pilot)
            shown = " ".join(pilots.shown(pilot).split())
            assert "This terminal cannot show Chinese" in shown
            assert "The password is plainly invented" in shown

    asyncio.run(journey())


def test_a_locked_screen_opens_with_the_password_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    station = stations.venue(tmp_path / "home")

    async def journey() -> None:
        async with pilots.at(station) as pilot:
            app = pilots.app_of(pilot)
            await pilot.press("ctrl+l")
            await pilots.settle(pilot)
            assert isinstance(app.screen, LockScreen)
            await pilot.press("escape", "f12")
            await send(pilot, "wrong")
            assert isinstance(app.screen, LockScreen)
            await send(pilot, stations.PASSWORD)
            assert isinstance(app.screen, StartScreen)

    asyncio.run(journey())
