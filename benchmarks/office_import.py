"""Importing at the office: verified, merged, projected and durable, beside the stock pipes."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import pipes
from benchmarks.made import FACTS_A_BUNDLE, Sent, Venue, bundles, make_office, make_venue
from icme_tui.operations import importing
from icme_tui.station import Station

FACTS = 100_000
ROUNDS = 3
HELD = 3_000_000 if os.environ.get("BENCH_LARGE") == "1" else 1_000_000
"""Facts in bundles of the usual size that the office takes in and then holds."""


def rate(office: Station, folder: Path, sent: Sequence[Sent]) -> tuple[int, int]:
    """(facts per second through the whole import, facts that were new)."""
    files = []
    for bundle in sent:
        files.append(folder / bundle.name)
        files[-1].write_bytes(bundle.data)
    begun = time.perf_counter()
    outcomes = importing.import_files(office, files)
    taken = time.perf_counter() - begun
    for file in files:
        file.unlink()
    if {outcome.result for outcome in outcomes} != {"accept"}:
        raise RuntimeError(f"the benchmark's bundles gave {[outcome.code for outcome in outcomes]}")
    return round(sum(bundle.facts for bundle in sent) / taken), sum(outcome.new for outcome in outcomes)


def _fill(office: Station, folder: Path, count: int) -> dict[str, Any]:
    """Let the office hold ``count`` facts of other venues: the rate of all, and of the last ones again."""
    number, left, seconds, again = 100, count, 0.0, 0
    while left > 0:
        share = min(left, 20 * FACTS_A_BUNDLE)
        sent = list(bundles(make_venue(office, number), share))
        seconds += share / rate(office, folder, sent)[0]
        number, left = number + 1, left - share
        print(f"  {left:,} facts to go", file=sys.stderr, flush=True)
        if left <= 0:
            again = rate(office, folder, sent)[0]
    return {"facts": count, "facts_per_second": round(count / seconds), "again_per_second": again}


def _pipe(name: str, office: Station, venue: Venue, sent: Sequence[Sent], folder: Path) -> int | None:
    """Facts per second through one of the pipes, or None where a tool of it is missing."""
    run, tools = pipes.PIPES[name]
    beside = Path(sys.executable).parent
    if any(not (beside / tool).exists() for tool in pipes.missing_tools(*tools)):
        return None
    return run(office, venue, sent, folder)


def _beside_the_pipes(office: Station, first: int, size: int, folder: Path) -> dict[str, Any]:
    """The same bundles through the import and through the pipes, by turns, so that what else the machine does
    meets all of them; medians of ``ROUNDS``."""
    ours, again = [], []
    theirs: dict[str, list[int | None]] = {name: [] for name in pipes.PIPES}
    for number in range(first, first + ROUNDS):
        venue = make_venue(office, number)
        sent = list(bundles(venue, FACTS, size))
        taken, new = rate(office, folder, sent)
        if new != FACTS:
            raise RuntimeError(f"{new} facts of {FACTS} were new")
        ours.append(taken)
        again.append(rate(office, folder, sent)[0])
        for name, rates in theirs.items():
            rates.append(_pipe(name, office, venue, sent, folder / f"{name}-{number}"))
    return {
        "facts": FACTS,
        "bundles": -(-FACTS // size),
        "rounds": ROUNDS,
        "facts_per_second": round(median(ours)),
        "again_per_second": round(median(again)),
        "stock": {name: _compared(ours, rates) for name, rates in theirs.items()},
    }


def _compared(ours: list[int], theirs: list[int | None]) -> dict[str, Any]:
    rates = [rate for rate in theirs if rate is not None]
    if not rates:
        return {"note": "left out: a tool of it is not installed"}
    ratios = [mine / other for mine, other in zip(ours, rates, strict=True)]
    return {"facts_per_second": round(median(rates)), "ours_to_it": round(median(ratios), 2)}


def measure() -> dict[str, Any]:
    """Facts per second from files to a durable store: one large bundle and many usual ones beside the stock
    pipes, the same again, and into a store that holds many."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        folder = Path(name)
        with make_office(folder) as office:
            one = _beside_the_pipes(office, 10, FACTS, folder)
            usual = _beside_the_pipes(office, 20, FACTS_A_BUNDLE, folder)
            many = _fill(office, folder, HELD)
            full, _new = rate(office, folder, list(bundles(make_venue(office, 9), FACTS)))
            size = (office.home / "store.db").stat().st_size
        return {
            "one_bundle": one,
            "usual_bundles": usual,
            "many": many,
            "facts_per_second_after_many": full,
            "held_to_empty": round(full / usual["facts_per_second"], 2),
            "store_bytes_per_fact": round(size / (HELD + (2 * ROUNDS + 1) * FACTS)),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
