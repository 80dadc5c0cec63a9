"""Killed at any durable step: an import is whole or not at all, and a stick holds only whole files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.clock import FixedClock
from icme_tui.operations import enrolling, exporting, founding, importing, packing
from icme_tui.station import Station, open_station

ROOT = Path(__file__).parents[2]
PASSWORD = "plainly invented"
CLOCK = "2026-09-25T08:00:00Z"

RUN = """
import sys
from pathlib import Path
from icme_tui.clock import FixedClock
from icme_tui.operations import exporting, importing
from icme_tui.station import open_station

home, what, path, password, clock = sys.argv[1:]
with open_station(Path(home), None, password, FixedClock(clock)) as station:
    if what == "import":
        importing.import_files(station, [Path(path)])
    else:
        exporting.export(station, Path(path))
"""


def _run(home: Path, what: str, path: Path, step: int) -> bool:
    """Whether the process was killed at its ``step``-th durable step."""
    environment = os.environ | {"ICME_TEST_DIE_AT": str(step), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(home), what, str(path), PASSWORD, CLOCK],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0


@pytest.fixture
def venue(tmp_path: Path, _no_home_of_the_user: Path) -> Path:
    """A venue with 200 facts that no office has, and its office beside it; returns the folder of both."""
    clock = FixedClock(CLOCK)
    office = founding.found_office(
        tmp_path / "office", "OFFICE", "办公室", "cme.example", PASSWORD, clock=clock
    ).station
    station = founding.found_venue(
        tmp_path / "venue", "V0007", "医院", "cme.example", PASSWORD, clock=clock
    ).station
    enrolling.enroll(office, enrolling.read_request(office, enrolling.write_request(station)))
    enrolling.type_digits(station, office.public_key.fingerprint)
    importing.import_files(station, [packing.write_pack(office, "V0007", tmp_path).sent.file])
    station.record(*(facts.Note(text=str(n)) for n in range(200)))
    office.close()
    station.close()
    return tmp_path


def _opened(home: Path) -> Station:
    return open_station(home, None, PASSWORD, FixedClock(CLOCK))


def test_an_import_is_whole_or_not_at_all(venue: Path) -> None:
    stick = venue / "stick"
    stick.mkdir()
    with _opened(venue / "venue") as station:
        (sent,) = exporting.export(station, stick)
        epoch, top = station.epoch, station.top("V0007", station.epoch)[0]
    seen = set()
    step = 0
    killed = True
    while killed:
        step += 1
        killed = _run(venue / "office", "import", sent.file, step)
        with _opened(venue / "office") as office:
            held = office.top("V0007", epoch)[0]
            assert held in (0, top)
            assert office.rebuild(check=True).keys()
            assert not any(office.rebuild(check=True).values())
            seen.add((killed, held == top))
    assert {(True, False), (False, True)} <= seen
    assert step > 1


def test_a_stick_holds_only_whole_files(venue: Path) -> None:
    seen = set()
    step = 0
    killed = True
    while killed:
        step += 1
        stick = venue / f"stick{step}"
        stick.mkdir()
        killed = _run(venue / "venue", "export", stick, step)
        names = [path.name for path in stick.iterdir() if path.suffix == ".cmeb"]
        with _opened(venue / "office") as office:
            for outcome in importing.import_files(office, [stick]):
                assert outcome.result == "accept"
        seen.add((killed, bool(names)))
    assert {(True, False), (True, True), (False, True)} <= seen
