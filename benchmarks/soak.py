"""Runs every Hypothesis property again and again with fresh examples until the time is up.

``python -m benchmarks.soak --seconds 1200 [PATH…]``. Prints one JSON object: rounds, examples of each
property (of a test of another kind, what it records as its ``runs``), failures. A failure is told on standard
error with the line that reproduces it, and ends the run with 1. Controls, the seeded defects that a property
must find, are run as well.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import time
from collections import Counter
from typing import Any

import pytest

_PASSING = re.compile(r"(\d+) passing, ")


class Counting:
    """A pytest plugin that counts examples and stops when the time is up."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self.examples: Counter[str] = Counter()
        self.failed: list[str] = []

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # A round that is cut short must not always leave out the same ones: the least tried go first.
        items.sort(key=lambda item: self.examples[item.nodeid])

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        told = getattr(item, "hypothesis_statistics", "")
        self.examples[item.nodeid] += sum(int(n) for n in _PASSING.findall(told))
        self.examples[item.nodeid] += sum(int(str(n)) for name, n in item.user_properties if name == "runs")
        if self.is_over:
            item.session.shouldstop = "the time is up"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def soak(seconds: float, paths: list[str]) -> dict[str, Any]:
    """Run rounds for ``seconds``; a round under way ends after the property that it is at."""
    os.environ["ICME_HYPOTHESIS"] = "soak"
    os.environ.setdefault("ICME_KILLS", "200")
    os.environ.setdefault("ICME_CUTS", "50000")
    begun = time.monotonic()
    counting = Counting(begun + seconds)
    rounds = 0
    while not counting.is_over and not counting.failed:
        # pytest tells of failures where a person sees them; standard output is for the result
        with contextlib.redirect_stdout(sys.stderr):
            code = pytest.main(
                ["-q", "-x", "-m", "hypothesis or soak", "-p", "no:cacheprovider", "--no-header", *paths],
                plugins=[counting],
            )
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED):
            counting.failed.append(f"pytest ended with {code!s}")
        rounds += 1
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "rounds": rounds,
        "examples": counting.examples.total(),
        "properties": dict(sorted(counting.examples.items())),
        "failed": counting.failed,
    }


def main(arguments: list[str]) -> int:
    """Returns 1 if a property failed."""
    parser = argparse.ArgumentParser(prog="soak", description="Run the properties for a long time.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("paths", nargs="*", default=["tests"], help="tests to run; else all")
    chosen = parser.parse_args(arguments)
    report = soak(chosen.seconds, chosen.paths)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 1 if report["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
