"""A decision about a file that was set aside, killed at any of its durable steps and given again: all is as
if it had not been killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.operations import enrolling, exporting, importing, quarantine
from icme_tui.station import open_station
from tests.support import stations
from tests.support.killing import Program
from tests.support.pairs import Pair

MOST_STEPS = 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with a bundle of a venue in its quarantine that it has enrolled since; and its computer."""
    stations.weaken_passwords(monkeypatch)
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    pair = Pair(folder)
    pair.venue.set_setting("recipients", [pair.office.age_identity.public, pair.office.setting("recovery")])
    pair.venue.believe_office("OFFICE")
    bundle = exporting.export(pair.venue, pair.stick)[-1].file
    (outcome,) = importing.import_files(pair.office, [bundle])
    assert outcome.code == "SIG_UNKNOWN_KEY"
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(pair.venue)))
    pair.close()
    return folder


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    with Program({"XDG_STATE_HOME": str(folder / "state")}) as made:
        yield made


def seen(folder: Path) -> tuple[object, ...]:
    """What the office holds and has decided, however often it was said."""
    with open_station(folder / "office", None, stations.PASSWORD) as office:
        assert not any(office.rebuild(check=True).values())
        own = [facts.decode(line) for line in office.lines("OFFICE", office.epoch)]
        told = {
            (facts.kind_of(one), one.file) for one in own if isinstance(one, facts.Release | facts.Reject)
        }
        (kept,) = quarantine.kept_files(office)
        held = [(code, office.top(code, epoch)) for code, epoch in office.sources() if code != "OFFICE"]
        waiting = sorted(path.name for path in office.folders.inbox.iterdir())
        return told, kept.decision is not None and kept.decision.what, held, waiting, office.flags()


@pytest.mark.parametrize("what", ["release", "reject"])
def test_a_decision_is_whole_or_not_at_all(folder: Path, program: Program, what: str) -> None:
    saved = folder.with_name("saved")
    shutil.copytree(folder, saved)
    password = folder.with_name("password")
    password.write_text(stations.PASSWORD)
    password.chmod(0o600)
    name = next((folder / "office" / "quarantine").glob("*.cmeb")).stem
    command = ["--home", folder / "office", "--password-file", password, "quarantine", what, name]
    command += ["--reason", "asked by telephone", "--json"]

    assert program.run(*command, weak=True) == 0
    wanted = seen(folder)
    assert wanted[1] == what
    killed = 0
    for step in range(1, MOST_STEPS):
        shutil.rmtree(folder)
        shutil.copytree(saved, folder)
        status = program.run(*command, weak=True, die_at=step)
        if status == 0:
            break
        killed += 1
        assert program.run(*command, weak=True) == 0
        assert seen(folder) == wanted, step
    assert killed >= 2
    assert status == 0
