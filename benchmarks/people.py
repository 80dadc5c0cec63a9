"""The list of people: how long until it is shown, and until a search has answered."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from icme_tui.clock import FixedClock
from icme_tui.operations import people
from icme_tui.operations.founding import found_venue
from icme_tui.station import Station

FEW, MANY = 100, 100_000
UNITS = 200
ROUNDS = 9
WORDS = ("zw", "王伟", "1234", "qqqq", "P0000042")
"""Initials, a name, the end of an ID number, nobody, a code."""

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉"


def measure() -> dict[str, Any]:
    """Medians in milliseconds: on the screen, and of the query alone."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (asyncio.run(_shown(_station(Path(folder), count))) for count in (FEW, MANY))
    return {
        "few": few,
        "many": many,
        "open_many_to_few": round(many["open_ms"] / few["open_ms"], 2),
        "bars": {"open_ms": 150, "open_many_to_few": 2, "search_ms": 100},
    }


def _station(folder: Path, count: int) -> Station:
    station = found_venue(
        folder / str(count), "V0007", "Bench", "bench.example", "for benchmarks only",
        clock=FixedClock("2026-09-25T00:00:00Z"),
    ).station  # fmt: skip
    station.lay_pack([*_units(), *_people(count)])
    return station


def _units() -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for number in range(UNITS):
        yield "unit", f"U{number:07d}", 1, {"name": f"科室{number}", "type": "department"}


def _people(count: int) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    lot = random.Random(1)
    for number in range(count):
        name = lot.choice(_SURNAMES) + lot.choice(_GIVEN) + lot.choice(_GIVEN)
        body = {
            "name": name, "idno": str(lot.randrange(10**17, 10**18)), "unit": f"U{number % UNITS:07d}",
            "title": 231 + number % 5, "sex": 1, "born": "1980-01-01", "phone": "13800138000",
        }  # fmt: skip
        yield "person", f"P{number:07d}", 1, body


async def _shown(station: Station) -> dict[str, Any]:
    from icme_tui.app import IcmeApp
    from icme_tui.terminal import Terminal

    app = IcmeApp(station.home, None, Terminal("lean", "en", False), clock=station.clock)
    async with app.run_test(size=(80, 24)) as pilot:
        app.enter(station)
        await pilot.pause()
        opened = [await _opened(app) for _round in range(ROUNDS + 1)][1:]
        searched = {word: [await _searched(app, word) for _round in range(ROUNDS)] for word in WORDS}
        asked = {word: [_asked(station, word) for _round in range(ROUNDS)] for word in WORDS}
    app.close_station()
    medians = {word: statistics.median(taken) for word, taken in searched.items()}
    return {
        "open_ms": round(statistics.median(opened), 1),
        "search_ms": round(max(medians.values()), 1),
        "searches_ms": {word: round(taken, 1) for word, taken in medians.items()},
        "query_ms": round(max(statistics.median(taken) for taken in asked.values()), 1),
    }


async def _opened(app: Any) -> float:
    """Milliseconds from the key to the first rows."""
    app.go("start")
    await asyncio.sleep(0.1)
    begun = time.perf_counter()
    app.go("people")
    while not app.screen.query("#people") or app.screen.query_one("#people").total is None:
        await asyncio.sleep(0.0005)
    return (time.perf_counter() - begun) * 1000


async def _searched(app: Any, word: str) -> float:
    """Milliseconds from the word to its rows, without the pause that the list waits for more letters."""
    paged = app.screen.query_one("#people")
    paged.words = word
    begun = time.perf_counter()
    paged.reload(first=True)
    while not paged._chunks:
        await asyncio.sleep(0.0005)
    return (time.perf_counter() - begun) * 1000


def _asked(station: Station, word: str) -> float:
    begun = time.perf_counter()
    people.people_page(station, people.query_of(station, word), 0, 200)
    return (time.perf_counter() - begun) * 1000
