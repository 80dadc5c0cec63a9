"""A swipe at a reader: operations, what they would take at readers of the field, and what we take ourselves
on the real stack of pcscd, its virtual reader and pyscard.

The virtual reader takes no time for the card, so what is measured there is ours: Python, PC/SC and the store.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.made import make_office
from benchmarks.swipe import Stopwatch
from icme_tui.cards.layout import HINT_EVEN, HINT_ODD
from icme_tui.clock import FixedClock, parse_utc
from icme_tui.codes import CardError
from icme_tui.devices import mifare
from icme_tui.devices.opening import open_reader
from icme_tui.devices.port import Reader
from icme_tui.idcodes import make_code
from icme_tui.operations import courses
from icme_tui.operations.inspecting import inspect_card
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.swiping import Swiping
from icme_tui.station import Station
from tests.support import vpcd
from tests.support.vpcd_card import StorageCard

CARDS = 100
START = "2026-12-01T00:00:00Z"
PAUSE_MS = 20_000
BAR_MS = 350


class Speed(NamedTuple):
    """Milliseconds of one operation at a reader."""

    select: float
    authentication: float
    read: float
    write: float

    def of(self, done: Counter[str]) -> float:
        """Of these operations, and of selecting the card before them."""
        card = self.authentication * done["authentications"] + self.read * done["reads"]
        return round(self.select + card + self.write * done["writes"], 1)


SPEEDS = {
    "on air": Speed(3.0, 3.0, 2.5, 6.0),
    "good USB reader (estimate)": Speed(10.0, 8.0, 6.0, 12.0),
    "PN532 at 115200 baud": Speed(6.1, 6.3, 6.3, 9.8),
    "slowest published serial module": Speed(30.0, 20.0, 25.0, 25.0),
}
"""NXP MF1S5009 figure 5; our simulated reader; frames at 115200 baud and the air; Libelium's module."""

PATHS = ("usual", "hint lost", "record cut", "both hints destroyed")
"""A record that was cut before its fact is finished at the next touch."""

_LOST = {"hint lost": (HINT_ODD,), "both hints destroyed": (HINT_ODD, HINT_EVEN)}


class Counting(Stopwatch):
    """Counts; a card can be pulled right after the next write."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts = False

    def read(self, block: int) -> bytes:
        if self.cuts and self.operations["writes"]:
            self.cuts = False
            raise CardError("CARD_GONE")
        return super().read(block)


class Bench:
    """An office with people, cards in memory and a session."""

    def __init__(self, office: Station, clock: FixedClock) -> None:
        self.office, self.clock = office, clock
        self.counting = Counting()
        office.record(office.put("unit", "U0000001", name="内科"))
        people = [make_code("person", 0, number) for number in range(1, CARDS + 1)]
        office.record(*(office.put("person", code, name=code, unit="U0000001") for code in people))
        self.memories = [mifare.new_memory(number.to_bytes(4, "big")) for number in range(1, CARDS + 1)]
        for person, memory in zip(people, self.memories, strict=True):
            issue_card(office, self.counting, self.counting.put_on(self.chip(memory)), person)
        project = courses.add_project(office, "Bench", "in_house")
        begin = parse_utc(START)
        end = begin + 2 * CARDS * PAUSE_MS
        self.session = courses.add_session(
            office, project.course, begin, end, mode="in_out",
            in_from_ms=begin, in_until_ms=end, out_from_ms=begin, out_until_ms=end,
        )  # fmt: skip

    def chip(self, memory: bytearray) -> mifare.Classic1K:
        return mifare.Classic1K(memory, lambda *_: None)

    def swiping(self, reader: Reader, way: str) -> Swiping:
        return Swiping(self.office, reader, self.session, "in" if way == "in" else "out")


def _operations(bench: Bench) -> dict[str, Counter[str]]:
    """By path, of one swipe until its hint is written."""
    done, counting = {}, bench.counting
    for number, path in enumerate(PATHS):
        chip = bench.chip(bench.memories[number])
        for way in ("in", "out"):
            bench.clock.advance(PAUSE_MS)
            counting.operations.clear()
            counting.cuts = path == "record cut" and way == "in"
            bench.swiping(counting, "in" if path == "record cut" else way).touch(counting.put_on(chip))
            for block in _LOST.get(path, ()) if way == "in" else ():
                chip.put(block, bytes(16))
        done[path] = Counter(counting.operations)
    return done


def _timed(bench: Bench) -> Iterator[tuple[str, float]]:
    """(what, milliseconds) on the real stack."""
    with vpcd.running((vpcd.PLAIN,)) as stack, stack.turn():
        slot = next(iter(stack.slots.values()))
        reader = open_reader(f"pcsc:{slot.name}")
        at_door = bench.swiping(reader, "in")
        shown = [0.0]

        def show(_outcome: object) -> None:
            shown[0] = time.perf_counter()

        card = StorageCard(bench.memories[0])
        slot.put_on(card)
        reader.wait_for_card(10)
        for memory in bench.memories[len(PATHS) :]:
            bench.clock.advance(PAUSE_MS)
            card.become(memory)
            seen = reader.wait_for_card(10)
            if seen is None:
                raise RuntimeError("the virtual reader shows no card")
            begun = time.perf_counter()
            outcome = at_door.touch(seen, show)
            yield "ended", (time.perf_counter() - begun) * 1000
            yield "shown", (shown[0] - begun) * 1000
            yield outcome.code, 0.0
        for _ in range(10):
            seen = reader.wait_for_card(10)
            begun = time.perf_counter()
            if seen is not None:
                inspect_card(bench.office, reader, seen)
                yield "inspect", (time.perf_counter() - begun) * 1000
        reader.close()


def _summary(figures: list[float]) -> dict[str, float]:
    figures.sort()
    return {
        "p50": round(statistics.median(figures), 2),
        "p99": round(figures[min(len(figures) * 99 // 100, len(figures) - 1)], 2),
        "most": round(figures[-1], 2),
    }


def measure() -> dict[str, Any]:
    """Operations by path, computed milliseconds by reader (bar 350 on the usual path), measured ones."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        clock = FixedClock(START)
        with make_office(Path(name), clock) as office:
            bench = Bench(office, clock)
            operations = _operations(bench)
            computed = {
                reader: {path: speed.of(done) for path, done in operations.items()}
                for reader, speed in SPEEDS.items()
            }
            report: dict[str, Any] = {
                "operations": {path: dict(done) for path, done in operations.items()},
                "computed_ms": computed,
                "bar_ms": BAR_MS,
                "within_bar": all(times["usual"] < BAR_MS for times in computed.values()),
            }
            if missing := vpcd.missing():
                return {**report, "note": f"{missing} is not installed: nothing was measured"}
            figures: dict[str, list[float]] = {}
            for what, taken_ms in _timed(bench):
                figures.setdefault(what, []).append(taken_ms)
        return {
            **report,
            "outcomes": {what: len(taken) for what, taken in figures.items() if what.isupper()},
            "own_ms_until_shown": _summary(figures["shown"]),
            "own_ms_until_ended": _summary(figures["ended"]),
            "inspect_ms": _summary(figures["inspect"]),
        }
