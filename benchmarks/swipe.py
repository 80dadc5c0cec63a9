"""A swipe where 100,000 people are known: our own time from card to outcome, and card operations."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.made import make_office
from icme_tui.cards.numbers import card_number
from icme_tui.cards.plan import KeyType
from icme_tui.clock import FixedClock, parse_utc
from icme_tui.devices import mifare
from icme_tui.devices.port import CardSeen, Signal
from icme_tui.idcodes import make_code
from icme_tui.operations import courses
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.swiping import Swiping
from icme_tui.station import Station

PEOPLE = 100_000
CARDS = 500
"""People among them whose card is swiped, twice each."""

BATCH = 5000
START = "2026-12-01T00:00:00Z"
PAUSE_MS = 20_000
"""Between two cards."""


class Stopwatch:
    """A ``port.Reader`` over cards in memory that counts operations and the time spent in them."""

    def __init__(self) -> None:
        self.name = "bench"
        self.operations: Counter[str] = Counter()
        self.spent = 0.0
        self._chip: mifare.Classic1K | None = None

    def put_on(self, chip: mifare.Classic1K) -> CardSeen:
        self._chip = chip
        return CardSeen(chip.uid, "mifare-classic-1k")

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        return None

    def wait_for_removal(self, timeout_s: float) -> bool:
        return True

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        begun = time.perf_counter()
        chip = self._on_reader()
        if chip.halted:
            chip.select()
        chip.authenticate(block, key_type, key)
        self._note("authentications", begun)

    def read(self, block: int) -> bytes:
        begun = time.perf_counter()
        data = self._on_reader().read(block)
        self._note("reads", begun)
        return data

    def write(self, block: int, data: bytes) -> None:
        begun = time.perf_counter()
        self._on_reader().write(block, data)
        self._note("writes", begun)

    def signal(self, outcome: Signal) -> None:
        """A stopwatch makes no sound."""

    def close(self) -> None:
        self._chip = None

    def _on_reader(self) -> mifare.Classic1K:
        if self._chip is None:
            raise RuntimeError("no card lies on the reader")
        return self._chip

    def _note(self, kind: str, begun: float) -> None:
        self.operations[kind] += 1
        self.spent += time.perf_counter() - begun


def _enter_people(office: Station) -> None:
    """People with ID numbers and cards, as packs and rosters bring them."""
    for first in range(1, PEOPLE + 1, BATCH):
        puts = []
        for number in range(first, min(first + BATCH, PEOPLE + 1)):
            person = make_code("person", 0, number)
            puts.append(
                office.put(
                    "person", person, name=f"人{number}", sex=1, idno=f"{number:017d}X", unit="U0000001"
                )
            )
            if number > CARDS:
                uid = f"{0x10000000 + number:08X}"
                puts.append(office.put("card", card_number(20_000 + number), uid=uid, person=person, issue=1))
        office.record(*puts)


def _issue(office: Station, reader: Stopwatch) -> list[mifare.Classic1K]:
    chips = []
    for number in range(1, CARDS + 1):
        chip = mifare.Classic1K(bytearray(mifare.new_memory(number.to_bytes(4, "big"))), lambda *_: None)
        issue_card(office, reader, reader.put_on(chip), make_code("person", 0, number))
        chips.append(chip)
    return chips


def _swipe_all(
    swiping: Swiping, clock: FixedClock, reader: Stopwatch, chips: list[mifare.Classic1K]
) -> tuple[list[float], Counter[str]]:
    """Our own milliseconds of each swipe, and how the touches ended."""
    own: list[float] = []
    ended: Counter[str] = Counter()
    shown_at = [0.0]

    def show(_outcome: object) -> None:
        shown_at[0] = time.perf_counter() - reader.spent

    for chip in chips:
        clock.advance(PAUSE_MS)
        seen = reader.put_on(chip)
        begun = time.perf_counter() - reader.spent
        ended[swiping.touch(seen, show).code] += 1
        own.append((shown_at[0] - begun) * 1000)
    return own, ended


def measure() -> dict[str, Any]:
    """Milliseconds without card time; operations per swipe by kind; the bar is 20 ms at p99 and 3/4/2."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        clock, reader = FixedClock(START), Stopwatch()
        with make_office(Path(name), clock) as office:
            office.record(office.put("unit", "U0000001", name="内科"))
            _enter_people(office)
            chips = _issue(office, reader)
            project = courses.add_project(office, "Bench", "in_house")
            begin = parse_utc(START)
            whole = (CARDS + 1) * PAUSE_MS
            session = courses.add_session(
                office, project.course, begin, begin + 2 * whole, mode="in_out",
                in_from_ms=begin, in_until_ms=begin + whole, out_from_ms=begin + whole,
                out_until_ms=begin + 3 * whole,
            )  # fmt: skip
            swiping = Swiping(office, reader, session)
            reader.operations.clear()
            own, ended = _swipe_all(swiping, clock, reader, chips)
            more, ended_more = _swipe_all(swiping, clock, reader, chips)
        own += more
        own.sort()
        return {
            "people": PEOPLE,
            "swipes": len(own),
            "outcomes": dict(ended + ended_more),
            "own_ms_p50": round(statistics.median(own), 2),
            "own_ms_p99": round(own[len(own) * 99 // 100], 2),
            "own_ms_most": round(own[-1], 2),
            "operations_per_swipe": {kind: round(n / len(own), 2) for kind, n in reader.operations.items()},
        }
