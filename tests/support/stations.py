"""Real stations for tests: founded with weak password work, so that hundreds of them are quick."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from icme_tui import keyring
from icme_tui.clock import Clock, FixedClock
from icme_tui.operations.founding import found_office, found_venue
from icme_tui.station import Station, open_station

PASSWORD = "plainly invented"
DOMAIN = "cme.example"
START = "2026-09-25T00:00:00Z"


def weaken_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its least: what it costs is not what these tests are about."""
    monkeypatch.setattr(keyring, "MEMORY_KIB", 8)
    monkeypatch.setattr(keyring, "ITERATIONS", 1)
    slot = keyring.Slot
    monkeypatch.setattr(slot.__init__, "__defaults__", (8, 1, 1))


def office(home: Path, clock: Clock | None = None, code: str = "OFFICE") -> Station:
    return found_office(home, code, "示范办公室", DOMAIN, PASSWORD, clock=clock or FixedClock(START)).station


def venue(home: Path, code: str = "V0007", clock: Clock | None = None) -> Station:
    return found_venue(home, code, "示范医院", DOMAIN, PASSWORD, clock=clock or FixedClock(START)).station


def reopened(station: Station, clock: Clock | None = None) -> Station:
    """The same home, closed and opened again."""
    station.close()
    return open_station(station.home, None, PASSWORD, clock or station.clock)


def copy_home(home: Path, to: Path) -> Path:
    """A copy of a closed home, as a person makes it."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to)
    return to
