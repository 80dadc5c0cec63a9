"""The first usable frame of the login screen beside that of a minimal Textual app, turn about."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.screens import icme, made_home, minimal
from tests.support.pty import Pty

ROUNDS = 9
BAR = 1.5
"""Times the minimal app."""


def _seconds(start: Callable[[Path], Pty], home: Path, text: str) -> float:
    begun = time.perf_counter()
    with start(home) as program:
        program.wait_for(text, quiet=0)
        return time.perf_counter() - begun


def measure() -> dict[str, Any]:
    """Medians in milliseconds from the start of the process to the frame."""
    ours: list[float] = []
    theirs: list[float] = []
    with made_home() as home:
        for _round in range(ROUNDS + 1):
            theirs.append(_seconds(minimal, home, "ready for input"))
            ours.append(_seconds(icme, home, "Password"))
    login, least = (statistics.median(taken[1:]) * 1000 for taken in (ours, theirs))
    return {
        "login_ms": round(login),
        "minimal_app_ms": round(least),
        "ratio": round(login / least, 2),
        "bar": BAR,
    }
