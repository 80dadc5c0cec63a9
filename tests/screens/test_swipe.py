"""The swipe screen by its keys: every outcome of a touch, and the work at the desk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from icme_tui.devices import shelf
from icme_tui.screens.swipe import SwipeScreen
from tests.support import pilots
from tests.support.venues import PEOPLE, Deployment

WANG, LI, ZHAO = PEOPLE


def journey(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that runs beside the program."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    made = pilots.deployed(tmp_path, monkeypatch)
    made.office.close()
    folder = made.venue.folders.cards
    made.venue.readers = (f"sim:{folder.name}?pace=0",)
    return made._replace(folder=folder)


async def until(pilot: Pilot[int], text: str) -> str:
    """Wait until the screen shows a text."""
    limit = time.monotonic() + 10
    while text not in pilots.shown(pilot):
        assert time.monotonic() < limit, pilots.shown(pilot)
        await pilot.pause(0.02)
    return pilots.shown(pilot)


async def open_door(pilot: Pilot[int]) -> None:
    """Choose the only session there is."""
    await until(pilot, "Which session?")
    await pilot.press("enter")
    await pilots.settle(pilot)
    await until(pilot, "READY")


@journey
async def test_a_morning_at_the_door(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "swipe") as pilot:
        assert isinstance(pilot.app.screen, SwipeScreen)
        await open_door(pilot)
        shelf.tap(world.folder, WANG)
        shown = await until(pilot, "[ OK ]")
        assert "王试验 / 内科" in shown
