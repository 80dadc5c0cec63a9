"""Importing at the office: verified, merged, projected and durable, beside the stock pipes."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import pipes
from benchmarks.made import FACTS_A_BUNDLE, Sent, bundles, make_office, make_venue
from icme_tui.bundles.check import check
from icme_tui.station import Station

FACTS = 100_000
HELD = 3_000_000 if os.environ.get("BENCH_LARGE") == "1" else 1_000_000
NOW = 1_796_083_200_000
"""2026-12-01, Unix milliseconds."""


def take(office: Station, sent: Sent) -> tuple[int, int]:
    """Check and merge one bundle. Returns (new, known)."""
    checked = check(sent.data, office.trust(), [office.age_identity], office.code, office, NOW)
    if checked.result != "accept" or checked.manifest is None or checked.content is None:
        raise RuntimeError(f"a bundle of the benchmark gave {checked.code}")
    manifest, content = checked.manifest, checked.content
    merged = office.absorb(
        manifest.from_, manifest.epoch, manifest.log.first, content.lines, content.hashes, content.facts
    )
    return merged.new, merged.known


def rate(office: Station, sent: Iterable[Sent]) -> tuple[int, int]:
    """(facts per second, facts that were new)."""
    begun = time.perf_counter()
    counts = [(bundle.facts, take(office, bundle)[0]) for bundle in sent]
    taken = time.perf_counter() - begun
    return round(sum(count for count, _new in counts) / taken), sum(new for _count, new in counts)


def _fill(office: Station, count: int) -> None:
    """Let the office hold ``count`` facts of other venues."""
    number = 100
    while count > 0:
        share = min(count, 20 * FACTS_A_BUNDLE)
        for sent in bundles(make_venue(office, number), share):
            take(office, sent)
        number, count = number + 1, count - share
        print(f"  {count:,} facts to go", file=sys.stderr, flush=True)


def _stock(office: Station, venue: Any, sent: list[Sent], folder: Path, ours: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (run, tools) in pipes.PIPES.items():
        beside = Path(sys.executable).parent
        missing = [tool for tool in pipes.missing_tools(*tools) if not (beside / tool).exists()]
        if missing:
            found[name] = {"note": f"left out: {', '.join(missing)} not installed"}
            continue
        per_second = run(office, venue, sent, folder / name)
        found[name] = {"facts_per_second": per_second, "ours_to_it": round(ours / per_second, 2)}
    return found


def measure() -> dict[str, Any]:
    """Facts per second into an empty store, again, and into one that holds many; the pipes beside it."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        folder = Path(name)
        with make_office(folder) as office:
            venue = make_venue(office, 7)
            sent = list(bundles(venue, FACTS))
            ours, new = rate(office, sent)
            again, new_again = rate(office, sent)
            stock = _stock(office, venue, sent, folder, ours)
            _fill(office, HELD - FACTS)
            full, _new = rate(office, list(bundles(make_venue(office, 8), FACTS)))
            size = (office.home / "store.db").stat().st_size
        return {
            "facts": FACTS,
            "bundles": len(sent),
            "facts_per_second": ours,
            "new": new,
            "again_per_second": again,
            "again_new": new_again,
            "stock": stock,
            "held": HELD,
            "facts_per_second_when_held": full,
            "held_to_empty": round(full / ours, 2),
            "store_bytes_per_fact": round(size / (HELD + FACTS)),
        }
