"""The swipe screen in tests: a venue with its own simulated cards, somebody who touches them."""

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
from tests.support import pilots
from tests.support.venues import Deployment


def journey(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that runs beside the program."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


def venue_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Deployment:
    """A deployment whose venue reads the cards of its own home, without taking time."""
    made = pilots.deployed(tmp_path, monkeypatch, **how)
    made.venue.readers = ("sim:cards?pace=0",)
    return made._replace(folder=made.venue.folders.cards)


async def until(pilot: Pilot[int], text: str) -> str:
    """Wait until the screen shows a text; the screen."""
    limit = time.monotonic() + 10
    while text not in (shown := pilots.shown(pilot)):
        assert time.monotonic() < limit, shown
        await pilot.pause(0.02)
    return shown


async def open_door(pilot: Pilot[int]) -> None:
    """Choose the first session that is offered."""
    await until(pilot, "Which session?")
    await pilot.press("enter")
    await pilots.settle(pilot)
    await until(pilot, "READY")


async def touch(pilot: Pilot[int], world: Deployment, card: str, expected: str, **how: Any) -> str:
    """Put a card on the reader, wait for the words that are expected; the screen then."""
    shelf.tap(world.folder, card, **how)
    shown = await until(pilot, expected)
    shelf.remove(world.folder)
    return shown


async def press(pilot: Pilot[int], *keys: str) -> str:
    """Press keys, wait for what they start; the screen then."""
    await pilot.press(*keys)
    await pilots.settle(pilot)
    return pilots.shown(pilot)
