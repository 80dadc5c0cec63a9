"""The full-screen program in tests: a real station, a clock that stands still, keys, the screen as text."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot

from icme_tui.app import IcmeApp
from icme_tui.clock import Clock
from icme_tui.station import Station
from icme_tui.terminal import Terminal
from tests.support.stations import weaken_passwords

if TYPE_CHECKING:
    from tests.support.venues import Deployment

ZONE = "Asia/Shanghai"


def freeze_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local times as in China, whatever the machine thinks."""
    monkeypatch.setenv("TZ", ZONE)
    time.tzset()


def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Deployment:
    """An office and a venue with people, a session and card keys (see ``venues.deploy``)."""
    from tests.support.venues import deploy

    weaken_passwords(monkeypatch)
    freeze_zone(monkeypatch)
    return deploy(tmp_path, **how)


@asynccontextmanager
async def program(
    home: Path,
    *,
    clock: Clock | None = None,
    size: tuple[int, int] = (80, 24),
    language: str = "en",
    profile: str = "lean",
    console: bool = False,
) -> AsyncIterator[Pilot[int]]:
    """The program on a home folder, at its first screen."""
    app = IcmeApp(home, None, Terminal(profile, language, console), clock=clock)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot
        app.stop_jobs()
        await settle(pilot)
    app.close_station()


@asynccontextmanager
async def at(station: Station, place: str = "start", **how: Any) -> AsyncIterator[Pilot[int]]:
    """The program with an open station, past the login, at a screen. It closes the station at the end."""
    async with program(station.home, clock=station.clock, **how) as pilot:
        app_of(pilot).enter(station)
        await settle(pilot)
        if place != "start":
            app_of(pilot).go(place)
            await settle(pilot)
        yield pilot


def app_of(pilot: Pilot[int]) -> IcmeApp:
    assert isinstance(pilot.app, IcmeApp)
    return pilot.app


async def settle(pilot: Pilot[int]) -> None:
    """Until no job that ends by itself is under way and every message was handled."""
    app = app_of(pilot)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        await pilot.pause()
        if not any(job.group != "listen" and not job.ended.is_set() for job in app._jobs.values()):
            waiting = [job for job in app._jobs.values() if job.group != "listen"]
            if not waiting:
                break
        await pilot.pause(0.005)
    await pilot.pause()


def lines(pilot: Pilot[int]) -> list[str]:
    """The rows of the screen, without the blanks at their ends."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips(screen.size)
    return [strip.text.rstrip() for strip in strips]


def shown(pilot: Pilot[int]) -> str:
    """The screen as text."""
    return "\n".join(lines(pilot))


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type a text into whatever has the focus."""
    for char in text:
        await pilot.press("space" if char == " " else char)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Variables for a program in a process of its own."""
    kept = {
        name: os.environ[name] for name in ("PATH", "XDG_STATE_HOME", "XDG_DATA_HOME") if name in os.environ
    }
    return {**kept, "ICME_HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": ZONE, **more}
