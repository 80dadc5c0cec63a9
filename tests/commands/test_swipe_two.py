"""``icme swipe`` at two readers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from icme_tui.cli import main
from icme_tui.devices import shelf
from tests.support.venues import PASSWORD, PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE
FIRST, SECOND = "sim:cards?pace=0", "sim:cards2?pace=0"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """A venue with two folders of cards; somebody lies on each reader."""
    made = deploy(tmp_path)
    made = made._replace(folder=made.venue.folders.cards)
    other = made.venue.home / "cards2"
    for folder in (made.folder, other):
        folder.mkdir(exist_ok=True)
    for person in (WANG, LI):
        made.issue(person)
    shutil.move(made.folder / f"{LI}.mfd", other)
    shelf.tap(made.folder, WANG)
    shelf.tap(other, LI)
    made.office.close()
    made.venue.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(made.venue.home))
    monkeypatch.setattr("icme_tui.station.opening.SystemClock", lambda: made.clock)
    return made


def test_both_readers_are_served(world: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    readers = ["--reader", FIRST, "--reader", SECOND]
    assert main(["swipe", world.session, *readers, "--count", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accepted"] == 2
    assert {one["reader"]: one["person"] for one in found["outcomes"]} == {
        "sim:cards": WANG,
        "sim:cards2": LI,
    }


def test_all_readers_of_the_station_where_none_is_named(
    world: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["station", "readers", FIRST, SECOND]) == 0
    capsys.readouterr()
    assert main(["swipe", world.session, "--count", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[-1] for line in lines if "[ACCEPTED_IN]" in line) == [
        "sim:cards",
        "sim:cards2",
    ]


def test_one_that_is_not_there(world: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    gone = "pn532:/dev/no-such-port"
    assert main(["swipe", world.session, "--reader", FIRST, "--reader", gone, "--wait", "0"]) == 1
    assert main(["station", "readers", FIRST, gone]) == 0
    capsys.readouterr()
    assert main(["swipe", world.session, "--count", "1", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["accepted"] == 1
    assert "/dev/no-such-port" in told.err
