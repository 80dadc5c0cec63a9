"""What a venue waits for when it writes its stick, and what verifying costs without taking anything in."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.made import DOMAIN, FACTS_A_BUNDLE, PASSWORD, bundles, make_office, make_venue
from icme_tui.bundles.check import check
from icme_tui.bundles.held import Remembered
from icme_tui.clock import FixedClock
from icme_tui.facts import Swipe
from icme_tui.operations import enrolling, exporting, importing, packing
from icme_tui.operations.founding import found_venue

SWIPES = 1_000
ROUNDS = 5
BUNDLES = 10


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _swipe(number: int) -> Swipe:
    return Swipe(
        person=f"P007{number % 250:04X}", course="C0070001", session="S0070001", dir="in",
        card=f"{number % 250:08X}", cseq=1 + number // 250, reader="sim:cards",
    )  # fmt: skip


def _export(folder: Path) -> dict[str, Any]:
    """The same facts each time, for no receipt comes back."""
    clock = FixedClock("2026-12-01T00:00:00Z")
    venue = found_venue(folder / "venue", "V0007", "Bench", DOMAIN, PASSWORD, clock=clock).station
    with make_office(folder, clock) as office, venue:
        enrolling.enroll(office, enrolling.read_request(office, enrolling.write_request(venue)))
        enrolling.type_digits(venue, office.public_key.fingerprint)
        importing.import_files(venue, [packing.write_pack(office, "V0007", folder).sent.file])
        for number in range(SWIPES):
            venue.record(_swipe(number))
        taken = [_seconds(lambda: exporting.export(venue, folder)) for _ in range(ROUNDS)]
    return {"facts": SWIPES, "seconds": round(statistics.median(taken), 3)}


def _verify(folder: Path) -> dict[str, Any]:
    """All stages of the reading order on bundles in memory."""
    with make_office(folder) as office:
        venue = make_venue(office, 7)
        sent = list(bundles(venue, BUNDLES * FACTS_A_BUNDLE))
        trust, identity = office.trust(), office.age_identity
        now = office.clock.read().wall_ms
        held = Remembered()

        def all_of_them() -> None:
            for each in sent:
                checked = check(each.data, trust, [identity], "OFFICE", held, now)
                if checked.content is None or checked.manifest is None:
                    raise RuntimeError(f"the benchmark's bundle gave {checked.code}")
                log = checked.manifest.log
                head = bytes.fromhex(log.head_before)
                held.take(venue.code, venue.epoch, log.first, head, checked.content.hashes)

        facts = sum(each.facts for each in sent)
        return {
            "facts": facts,
            "bundles": len(sent),
            "facts_per_second": round(facts / _seconds(all_of_them)),
        }


def measure() -> dict[str, Any]:
    """Seconds to write and verify a stick with ``SWIPES`` facts; facts verified per second."""
    with tempfile.TemporaryDirectory(prefix="icme-bench-") as name:
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        parts: dict[str, Any] = {}
        for title, part in (("export", _export), ("verification", _verify)):
            folder = Path(name) / title
            folder.mkdir()
            parts[title] = part(folder)
        return parts
