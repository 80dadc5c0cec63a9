"""Memory at the swipe screen after a morning of swipes, beside a minimal app with the same libraries."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.screens import LIBRARIES, icme, minimal, rss_kb
from icme_tui.clock import SystemClock
from icme_tui.devices import shelf
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations.courses import add_session
from tests.support.doors import venue_at_work
from tests.support.pty import Pty
from tests.support.venues import PASSWORD, PEOPLE, Deployment

EARLY, LATE = 100, 1000
"""Swipes after which memory is read."""
MINUTE = 60_000


def _made(folder: Path, patch: pytest.MonkeyPatch) -> Deployment:
    made = venue_at_work(folder, patch)
    for person in PEOPLE:
        made.issue(person)
    now = SystemClock().read().wall_ms
    add_session(made.venue, "C0000001", now - 10 * MINUTE, now + 240 * MINUTE, title="Bench", mode="in_out")
    home = Home(made.venue.home)
    made.venue.close()
    made.office.close()
    write_config(home, read_config(home)._replace(readers=("sim:cards?pace=0",)))
    return made


def _swipe(program: Pty, folder: Path, card: str) -> None:
    """One card on the reader until the screen answers, then off it until it is ready for the next."""
    before = program.count
    shelf.tap(folder, card)
    until = time.monotonic() + 10
    while program.count == before and time.monotonic() < until:
        program.listen(0.05, most=0.05)
    shelf.remove(folder)
    program.listen(0.06, most=1)


def measure() -> dict[str, Any]:
    """Kilobytes of VmRSS."""
    if not sys.platform.startswith("linux"):
        return {"note": "reads /proc"}
    cards = list(PEOPLE)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        made = _made(Path(folder), patch)
        with icme(made.venue.home) as program:
            program.wait_for("Password")
            program.send(PASSWORD, "enter")
            program.wait_for("What needs doing now")
            program.send("1")
            program.wait_for("Which session?")
            program.send("enter")
            program.wait_for("READY")
            for number in range(EARLY):
                _swipe(program, made.folder, cards[number % len(cards)])
            early = rss_kb(program)
            for number in range(EARLY, LATE):
                _swipe(program, made.folder, cards[number % len(cards)])
            late = rss_kb(program)
        with minimal(made.venue.home, LIBRARIES) as least:
            least.wait_for("ready for input")
            base = rss_kb(least)
    return {
        "early_kb": early,
        "late_kb": late,
        "growth_kb": late - early,
        "growth_bar_kb": 2048,
        "minimal_app_kb": base,
        "ratio": round(late / base, 2),
        "bar": 1.3,
    }
