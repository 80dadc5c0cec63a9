"""``icme doctor`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icme_tui.cli import main
from icme_tui.commands import doctorwords
from icme_tui.commands.sentences import SENTENCES
from icme_tui.operations import doctoring
from tests.support.machines import Made
from tests.support.venues import PASSWORD, deploy


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A machine with nothing installed."""
    machine = Made(tmp_path / "machine")
    monkeypatch.setattr(
        doctoring,
        "surroundings",
        lambda home, environ: machine.machine(home=home, environ={"LANG": "C.UTF-8", "TERM": "xterm"}),
    )
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "venue"))
    return machine


def test_before_there_is_a_station(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "! PC/SC: The smart card service (pcscd) is not installed.  [PCSC_NOT_INSTALLED]" in shown
    assert "      $ sudo apt install pcscd libccid" in shown
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["level"] == "warn"
    service = next(one for one in found["findings"] if one["check"] == "pcsc-service")
    assert service["remedy"][0] == "sudo apt install pcscd libccid"
    assert service["message"] in shown


def test_it_ends_with_1_where_something_will_not_work(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    made.usb("1-1", "072f:2200", "ACR122U", driver="pn533_usb")
    assert main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["level"] == "fail"


def test_with_a_station(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = deploy(tmp_path)
    world.office.close()
    world.venue.close()
    monkeypatch.setattr("icme_tui.station.opening.SystemClock", lambda: world.clock)
    assert main(["doctor"]) == 0
    assert "[STATION_CLOSED]" in capsys.readouterr().out
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    assert main(["doctor", "--json"]) == 0
    found = {one["check"]: one["code"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert (found["file"], found["library"]) == ("FILE_GOOD", "LIBRARY_GOOD")
    secret.write_text("another one\n")
    assert main(["doctor", "--json"]) == 1
    found = {one["check"]: one["code"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert found["station"] == "LOGIN_REFUSED"


def test_every_word_is_a_sentence_and_every_name_is_known() -> None:
    assert set(doctorwords.DOCTOR) <= set(SENTENCES)
    assert {doctorwords.name_of(name) for name in doctorwords.CHECKS} == set(doctorwords.CHECKS.values())
    assert doctorwords.name_of("reader pcsc:ACR") == "pcsc:ACR"
