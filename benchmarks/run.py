"""Runs every benchmark and prints one JSON object: a section for each, and how long it took.

A benchmark is a module of this package named in ``SECTIONS`` with ``measure() -> dict``. Names given as
arguments choose among them. A benchmark whose tool is not installed says so in ``note``.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib import import_module
from typing import Any

SECTIONS = (
    "start", "swipe", "readers", "bundle_size", "exchange", "office_import", "people", "screen_start",
    "screen_memory",
)  # fmt: skip
"""Modules of this package, in the order in which they run."""


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def main(names: list[str]) -> int:
    """Run the named sections, or all; returns 2 for a name that is none."""
    unknown = sorted(set(names) - set(SECTIONS))
    if unknown:
        print(f"No such section: {', '.join(unknown)}. There are: {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    report: dict[str, Any] = {"machine": machine()}
    for name in names or SECTIONS:
        print(f"{name} …", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        report[name] = import_module(f"benchmarks.{name}").measure()
        report[name]["seconds"] = round(time.perf_counter() - begun, 1)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
