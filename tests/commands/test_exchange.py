"""Enrolment, packs, export and import as commands: what they print and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main


class Desk:
    """Commands of an office and a venue, their answers as JSON."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self._password = folder / "password"
        self._password.write_text("plainly invented\n")
        self._password.chmod(0o600)

    def __call__(self, who: str, *arguments: str, status: int = 0) -> dict[str, Any]:
        options = ["--home", str(self.folder / who), "--password-file", str(self._password)]
        assert main([*options, *arguments, "--json"]) == status
        told: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return told

    def codes(self, told: dict[str, Any]) -> list[str]:
        return [each["code"] for each in told["bundles"]]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path, capsys)
    (tmp_path / "stick").mkdir()
    return made


def test_the_round_trip(desk: Desk, tmp_path: Path) -> None:
    stick = str(tmp_path / "stick")
    domain = ("--domain", "cme.example")
    office = desk("office", "init", "office", "--name", "办公室", *domain)
    venue = desk("venue", "init", "venue", "--code", "V0007", "--name", "示范医院", *domain)

    assert desk("venue", "export", "--to", stick, status=1)["error"]["code"] == "NO_OFFICE_KEY"
    wrong = desk("office", "enroll", venue["request"], "--digits", office["fingerprint"], status=1)
    assert wrong["error"]["code"] == "DIGITS_DIFFER"
    enrolled = desk("office", "enroll", venue["request"], "--digits", venue["fingerprint"])
    assert (enrolled["code"], enrolled["number"]) == ("V0007", 1)
    pack = desk("office", "pack", "V0007", "--to", stick)
    assert Path(pack["file"]).is_file()

    assert desk.codes(desk("venue", "import", pack["file"], status=3)) == ["TRUST_UNCONFIRMED"]
    trusted = desk("venue", "trust", *office["fingerprint"].split())
    assert desk.codes(trusted) == ["OK"]

    sent = desk("venue", "export", "--to", stick)
    assert sent["facts"] > 0
    files = [each["file"] for each in sent["bundles"]]
    first = desk("office", "import", *files)
    assert first["totals"] == {"new": sent["facts"], "known": 0, "held": 0, "quarantined": 0}
    again = desk("office", "import", *files)
    assert again["totals"] == {"new": 0, "known": sent["facts"], "held": 0, "quarantined": 0}


def test_what_is_refused_ends_with_three(desk: Desk, tmp_path: Path) -> None:
    desk("office", "init", "office", "--name", "办公室", "--domain", "cme.example")
    (tmp_path / "x.cmeb").write_bytes(b"nothing")
    told = desk("office", "import", str(tmp_path / "x.cmeb"), status=3)
    assert desk.codes(told) == ["CONTAINER"]
    assert told["totals"]["quarantined"] == 1
