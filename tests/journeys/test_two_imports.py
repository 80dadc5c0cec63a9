"""Two real programs import into one home at once: one waits for the other, and nothing is lost."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import RuleError
from icme_tui.operations import importing, importturn
from icme_tui.station import open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.pilots import environment

BUNDLES = 12


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def start(pair: Pair, tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    secret = tmp_path / "password"
    secret.write_text(stations.PASSWORD + "\n")
    secret.chmod(0o600)
    path = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-m", "icme_tui.cli", *arguments],
        env=environment(pair.office.home, ICME_PASSWORD_FILE=str(secret), PYTHONPATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, json.loads(out or b"{}"), err.decode()


def chain_over(pair: Pair, sticks: list[Path]) -> None:
    """Bundles in a row, each on the next stick: every one but the first waits for the one before it."""
    epoch = pair.venue.epoch
    for number in range(BUNDLES):
        pair.note(3)
        file = pair.export()
        file.rename(sticks[number % len(sticks)] / file.name)
        top, head = pair.venue.top("V0007", epoch)
        pair.venue.set_setting("receipts", {epoch: {"pos": top, "head": head.hex()}})


def test_two_clerks_at_once_lose_nothing(pair: Pair, tmp_path: Path) -> None:
    sticks = [tmp_path / "red", tmp_path / "blue"]
    for stick in sticks:
        stick.mkdir()
    chain_over(pair, sticks)
    pair.office.close()
    both = [start(pair, tmp_path, "import", str(stick), "--json") for stick in sticks]
    for process in both:
        code, told, err = ended(process)
        assert code in (0, 3), err
        assert {each["result"] for each in told["bundles"]} <= {"accept", "hold"}
    pair.office = open_station(pair.office.home, None, stations.PASSWORD, pair.clock)
    assert pair.office.top("V0007", pair.venue.epoch) == pair.venue.top("V0007", pair.venue.epoch)
    assert list(pair.office.folders.inbox.iterdir()) == []
    assert list(pair.office.folders.quarantine.iterdir()) == []
    assert not any(pair.office.rebuild(check=True).values())


def test_who_waits_too_long_is_told_and_has_taken_nothing(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importturn, "WAIT_S", 0.0)
    file = pair.export()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(pair.office.home / "import.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(RuleError, match="IMPORT_RUNNING"):
        importing.import_files(pair.office, [file])
    with pytest.raises(RuleError, match="IMPORT_RUNNING"):
        importing.try_waiting(pair.office)
    assert pair.office.top("V0007", pair.venue.epoch)[0] == 0
    holder.kill()  # a program that dies gives the turn back
    holder.communicate()
    assert importing.import_files(pair.office, [file])[0].result == "accept"


_HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_the_turn_is_given_back_after_an_import(pair: Pair) -> None:
    importing.import_files(pair.office, [pair.export()])
    with (pair.office.home / "import.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_watched_folder_is_taken_in_until_somebody_stops_it(pair: Pair, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    file = pair.export()
    pair.office.close()
    process = start(pair, tmp_path, "import", str(share), "--watch", "--every", "1")
    assert process.stdout is not None
    assert b"Watching" in process.stdout.readline()
    (share / f"{file.name}.part").write_bytes(file.read_bytes())
    (share / f"{file.name}.part").rename(share / file.name)
    line = process.stdout.readline().decode()
    assert f"{file.name} from V0007: taken in" in line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert b"Files: 1 taken in, 0 waiting, 0 set aside." in out
    pair.office = open_station(pair.office.home, None, stations.PASSWORD, pair.clock)
    assert pair.office.top("V0007", pair.venue.epoch) == pair.venue.top("V0007", pair.venue.epoch)
