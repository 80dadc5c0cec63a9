"""Between any two swipes that are called accepted, something was forced to the disk.

That a killed process loses nothing proves nothing about the disk: what it has written is kept by the system.
So the system calls themselves are looked at.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from icme_tui.devices import shelf
from tests.support.door import Door
from tests.support.killing import LONGEST_S, ROOT

pytestmark = pytest.mark.integration

SWIPES = 6
RUN = """
import sys
from icme_tui.cli import main
from tests.support.killing import switch

for name in sys.argv[1].split():
    switch(name, True)
sys.exit(main(sys.argv[2:]))
"""
_SYNC = re.compile(r"\b(fsync|fdatasync)\(")
_ACCEPTED = re.compile(r"\bwrite\(1, .*\[ACCEPTED_")


def traced(door: Door, trace: Path, switches: str = "") -> list[str]:
    """The lines of strace of a loop that takes some swipes."""
    strace = shutil.which("strace")
    if strace is None:
        if os.environ.get("ICME_REQUIRE_INTEGRATION"):
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed")
    told, written = os.pipe()
    looking = [strace, "-f", "-s", "1000", "-e", "trace=fsync,fdatasync,write", "-o", str(trace)]
    swipe = [*door.options, "swipe", door.sessions[0], "--count", str(SWIPES)]
    loop = subprocess.Popen(
        [*looking, sys.executable, "-c", RUN, switches, *map(str, swipe), "--reader", "sim:cards?pace=0"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=written,
        stderr=subprocess.DEVNULL,
    )
    os.close(written)
    try:
        for card in list(door.uids)[:SWIPES]:
            shelf.tap(door.cards, card)
            assert select.select([told], [], [], LONGEST_S)[0]
            assert b"[ACCEPTED_" in os.read(told, 65536)
        shelf.remove(door.cards)
        assert loop.wait(LONGEST_S) == 0
    finally:
        loop.kill()
        os.close(told)
    return trace.read_text(errors="replace").splitlines()


def syncs_before(lines: list[str]) -> list[int]:
    """How many syncs lie before each accepted swipe, after the one before."""
    syncs, each = 0, []
    for line in lines:
        if _SYNC.search(line):
            syncs += 1
        elif _ACCEPTED.search(line):
            each.append(syncs)
            syncs = 0
    assert len(each) == SWIPES
    return each


def test_a_sync_lies_between_any_two_accepted(door: Door, tmp_path: Path) -> None:
    assert all(syncs_before(traced(door, tmp_path / "trace")))


def test_control_without_syncs(door: Door, tmp_path: Path) -> None:
    assert not all(syncs_before(traced(door, tmp_path / "trace", "unsynced")))
