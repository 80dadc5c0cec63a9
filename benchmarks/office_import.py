"""Importing at the office: verified, merged, projected and durable, beside the stock pipes."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import pipes
from benchmarks.made import FACTS_A_BUNDLE, Sent, Venue, bundles, make_office, make_venue
from icme_tui.operations import importing
from icme_tui.station import Station

FACTS = 100_000
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


def _stock(
    office: Station, venue: Venue, sent: Sequence[Sent], folder: Path, ours: int
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, (run, tools) in pipes.PIPES.items():
        beside = Path(sys.executable).parent
        missing = [tool for tool in pipes.missing_tools(*tools) if not (beside / tool).exists()]
        if missing:
            found[name] = {"note": f"left out: {', '.join(missing)} not installed"}
            continue
        per_second = run(office, venue, sent, folder / f"{name}-{len(sent)}")
        found[name] = {"facts_per_second": per_second, "ours_to_it": round(ours / per_second, 2)}
    return found


def _beside_the_pipes(office: Station, number: int, size: int, folder: Path) -> dict[str, Any]:
    """The same bundles through the import and through the pipes."""
    venue = make_venue(office, number)
    sent = list(bundles(venue, FACTS, size))
    ours, new = rate(office, folder, sent)
    again, new_again = rate(office, folder, sent)
    return {
        "facts": FACTS,
        "bundles": len(sent),
        "facts_per_second": ours,
        "new": new,
        "again_per_second": again,
        "again_new": new_again,
        "stock": _stock(office, venue, sent, folder, ours),
    }


def measure() -> dict[str, Any]:
    """Facts per second from files to a durable store: one large bundle and many usual ones beside the stock
    pipes, the same again, and into a store that holds many."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        folder = Path(name)
        with make_office(folder) as office:
            one = _beside_the_pipes(office, 7, FACTS, folder)
            usual = _beside_the_pipes(office, 8, FACTS_A_BUNDLE, folder)
            many = _fill(office, folder, HELD)
            full, _new = rate(office, folder, list(bundles(make_venue(office, 9), FACTS)))
            size = (office.home / "store.db").stat().st_size
        return {
            "one_bundle": one,
            "usual_bundles": usual,
            "many": many,
            "facts_per_second_after_many": full,
            "held_to_empty": round(full / usual["facts_per_second"], 2),
            "store_bytes_per_fact": round(size / (HELD + 3 * FACTS)),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
