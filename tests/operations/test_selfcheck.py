"""The check of a station sees what is wrong, and says so with a code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from icme_tui import facts
from icme_tui.clock import FixedClock
from icme_tui.codes import StoreError
from icme_tui.operations import backing_up, selfcheck
from icme_tui.operations.selfcheck import Finding
from icme_tui.station import Station
from tests.support import stations


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    made = stations.venue(tmp_path / "home")
    made.record(*(facts.Note(text=f"note {number}") for number in range(20)))
    yield made
    made.close()


def found(station: Station) -> dict[str, Finding]:
    return {finding.check: finding for finding in selfcheck.run_checks(station)}


def test_a_sound_station(station: Station) -> None:
    steps: list[None] = []
    findings = selfcheck.run_checks(station, lambda: steps.append(None))
    assert len(steps) == len(findings) == selfcheck.COUNT
    assert {finding.state for finding in findings} == {"good"}
    assert selfcheck.worst(findings) == "good"


def test_it_changes_nothing(station: Station) -> None:
    before = station.top(station.code, station.epoch)
    selfcheck.run_checks(station)
    assert station.top(station.code, station.epoch) == before


class Usage(NamedTuple):
    free: int


def test_each_check_can_fail(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise StoreError("STORE_DAMAGED")

    books = station._store.books
    with station.writing():
        books.run("UPDATE fact SET line = ? WHERE p = 5", b'{"k":"note","p":5,"text":"forged"}')
        books.run("INSERT INTO flag VALUES ('NO_SUCH:flag', 0, 0)")
    station.folders.keyring.chmod(0o644)
    assert isinstance(station.clock, FixedClock)
    station.clock.synced = False
    monkeypatch.setattr(backing_up, "OLD_DAYS", -1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(5_000_000))
    monkeypatch.setattr(Station, "sqlite_version", (3, 40, 1))
    monkeypatch.setattr(station, "check_file", damaged)
    codes = {name: (finding.state, finding.code) for name, finding in found(station).items()}
    assert codes == {
        "journal": ("bad", "CHAIN_WRONG"),
        "lists": ("bad", "LISTS_DIFFER"),
        "file": ("bad", "STORE_DAMAGED"),
        "room": ("warn", "ROOM_LOW"),
        "rights": ("bad", "RIGHTS_OPEN"),
        "clock": ("warn", "CLOCK_UNSYNCED"),
        "backup": ("warn", "BACKUP_NEVER"),
        "library": ("warn", "LIBRARY_OLD"),
    }
    station.clock.advance(-3_600_000)
    assert found(station)["clock"].code == "CLOCK_WRONG"
