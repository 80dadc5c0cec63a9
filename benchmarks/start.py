"""How long the program takes to say its version, beside importing the terminal library."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

ROUNDS = 9


def _median_ms(*command: str) -> float:
    taken: list[float] = []
    for _round in range(ROUNDS + 1):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(taken[1:]), 1)  # the first one filled the page cache


def measure() -> dict[str, Any]:
    """Medians in milliseconds."""
    version = _median_ms(sys.executable, "-m", "icme_tui.cli", "--version")
    usage = _median_ms(sys.executable, "-m", "icme_tui.cli", "--help")
    textual = _median_ms(sys.executable, "-c", "import textual.app")
    bare = _median_ms(sys.executable, "-c", "pass")
    return {
        "icme_version_ms": version,
        "icme_help_ms": usage,
        "import_textual_app_ms": textual,
        "bare_python_ms": bare,
        "version_to_textual": round(version / textual, 3),
    }
