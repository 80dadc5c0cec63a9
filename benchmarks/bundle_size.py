"""How many bytes a swipe costs in a bundle, and what a bundle costs without any."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.made import make_office, make_venue, seal, swipe_lines

SIZES = (0, 1, 10, 100, 1000, 10_000)
"""Swipes in a bundle. The container counts in blocks of 512 bytes, which shows at the small ones."""


def bar(swipes: int) -> int:
    """4.6 kB and 40 bytes a swipe, up to a whole block."""
    return -(-(4608 + 40 * swipes) // 512) * 512


def measure() -> dict[str, Any]:
    """Bytes of a bundle by the number of swipes in it."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        with make_office(Path(name)) as office:
            venue = make_venue(office, 7)
            sizes = {count: len(seal(venue, 1, swipe_lines(venue, 1, count)).data) for count in SIZES}
    least, most = SIZES[0], SIZES[-1]
    return {
        "bytes": {str(count): size for count, size in sizes.items()},
        "bytes_per_swipe": round((sizes[most] - sizes[least]) / (most - least), 1),
        "over_bar": [count for count, size in sizes.items() if size > bar(count)],
    }
