"""``icme keys`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from icme_tui.operations import auditing
from icme_tui.station import open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.stations import PASSWORD
from tests.support.tools import output_of

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Both homes, joined and closed."""
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    made.note()
    made.office_takes(made.export())
    made.close()
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(password))
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def one(home: Path, *words: str | Path) -> tuple[int, dict[str, Any]]:
        code = main(["--home", str(home), *map(str, words), "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return code, found

    return one


def test_a_venue_and_its_office_show_the_same_digits(pair: Pair, run: Run) -> None:
    office = run(pair.office.home, "keys", "list")[1]
    venue = run(pair.venue.home, "keys", "list")[1]
    assert venue["office"]["fingerprint"] == office["own"]["sign"]
    assert venue["office"] == office["office"]
    assert venue["own"]["recovery_slot"] == office["office"]["recipients"][1]
    known = {each["code"]: each for each in office["stations"]}
    assert known["V0007"]["fingerprint"] == venue["own"]["sign"]
    assert (venue["stations"], venue["own"]["key_version"]) == ([], 1)


def test_people_see_no_secret(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(pair.office.home), "keys", "list"]) == 0
    shown = capsys.readouterr().out
    assert pair.office.public_key.fingerprint in shown
    assert "SECRET" not in shown


@pytest.mark.integration
def test_the_exported_identity_opens_what_was_sent(pair: Pair, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "identity.txt"
    assert run(pair.office.home, "keys", "export", "--identity", file) == (0, {"file": str(file)})
    assert file.stat().st_mode & 0o777 == 0o600
    code, refused = run(pair.office.home, "keys", "export", "--identity", file)
    assert (code, refused["error"]["code"]) == (1, "FILE_EXISTS")
    bundle = next(pair.stick.glob("V0007-*.cmeb"))
    output_of("tar", "-xf", bundle, "-C", tmp_path)
    assert output_of("age", "-d", "-i", file, tmp_path / "payload.age")[:2] == b"\x1f\x8b"
    with open_station(pair.office.home, None, PASSWORD, pair.clock) as office:
        noted = [one.fields["text"] for one in auditing.show(office, kind="note")]
    assert len([text for text in noted if text.startswith("IDENTITY_EXPORTED age1")]) == 1


def test_a_station_is_revoked_and_the_list_says_so(pair: Pair, run: Run) -> None:
    words = ("keys", "revoke", "V0007", "--reason", "stolen from the car")
    code, done = run(pair.office.home, *words, "--keep-received")
    assert (code, done["station"]) == (0, "V0007")
    [mark] = done["marks"].values()
    assert mark[0] > 1
    assert run(pair.office.home, *words)[1]["marks"] == {}
    states = {each["code"]: each["state"] for each in run(pair.office.home, "keys", "list")[1]["stations"]}
    assert states["V0007"] == "revoked"
    assert run(pair.venue.home, *words)[1]["error"]["code"] == "OFFICE_ONLY"


def test_a_rotation_is_shown_until_it_is_done(pair: Pair, run: Run) -> None:
    code, begun = run(pair.office.home, "keys", "rotate", "--reason", "every two years")
    assert (code, begun["waiting_for"]) == (0, ["V0007"])
    listed = run(pair.office.home, "keys", "list")[1]
    assert (listed["own"]["new_sign"], listed["waiting_for"]) == (begun["fingerprint"], ["V0007"])
    again = run(pair.office.home, "keys", "rotate", "--reason", "again")[1]
    assert again["error"]["code"] == "ROTATION_OPEN"


def test_a_sheet_is_read_back(pair: Pair, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = pair.office.home.with_name("office-recovery.txt")
    code, told = run(pair.office.home, "keys", "sheet", sheet)
    assert (code, told["office"]) == (0, pair.office.public_key.fingerprint)
    assert told["next_fingerprint"] == run(pair.office.home, "keys", "list")[1]["office"]["next_fingerprint"]
    assert main(["keys", "sheet", str(sheet), "--codes"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("█") > 300
    assert max(len(line) for line in shown.splitlines() if "█" in line) <= 80
    assert "SECRET" not in shown
    sheet.write_text(sheet.read_text().replace("AGE-SECRET", "AGE-SEKRET"))
    assert run(pair.office.home, "keys", "sheet", sheet)[1]["error"]["code"] == "SHEET_BAD"
