"""``icme transfer`` and ``icme station`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from icme_tui.operations import importing
from icme_tui.operations.preferences import read_preferences
from icme_tui.station import Station
from tests.support import stations
from tests.support.pairs import Pair

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the home of a station, which it closes before."""
    secret = tmp_path / "password"
    secret.write_text(stations.PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))

    def one(station: Station, *arguments: str) -> tuple[int, dict[str, Any]]:
        station.close()
        code = main(["--home", str(station.home), *arguments, "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return code, found

    return one


def test_a_scan_says_what_an_import_would_do(pair: Pair, run: Run) -> None:
    pair.note(2)
    good = pair.export()
    (pair.stick / "bad.cmeb").write_bytes(good.read_bytes()[:-1])
    code, found = run(pair.office, "transfer", "scan", str(pair.stick))
    assert code == 3
    assert [(one["result"], one["code"], one["from"]) for one in found["files"]] == [
        ("accept", "OK", "V0007"),
        ("quarantine", "CONTAINER", ""),
    ]
    assert found["left_alone"] == 1
    assert run(pair.office, "transfer", "aside")[1] == {"files": []}
    run(pair.office, "import", str(pair.stick))
    [kept] = run(pair.office, "transfer", "aside")[1]["files"]
    assert (kept["name"], kept["code"]) == ("bad.cmeb", "CONTAINER")
    [venue] = run(pair.office, "transfer", "venues")[1]["venues"]
    assert (venue["code"], venue["last_seq"], venue["last_result"]) == ("V0007", 1, "accepted")


def test_receipts_at_the_venue(pair: Pair, run: Run) -> None:
    pair.clock.advance(60_000)
    pair.venue.record(pair.venue.put("course", "C0070001", title="not a venue's to make"))
    importing.import_files(pair.office, [pair.export()])
    pair.renew()
    code, found = run(pair.venue, "transfer", "receipts")
    assert code == 0
    [epoch] = found["epochs"]
    assert epoch["bundles"] == [{"seq": 1, "result": "accepted", "code": "OK"}]
    assert [one["code"] for one in epoch["refused"]] == ["NOT_ALLOWED"]
    code, refused = run(pair.office, "transfer", "receipts")
    assert (code, refused["error"]["code"]) == (1, "VENUE_ONLY")
    code, refused = run(pair.venue, "transfer", "venues")
    assert (code, refused["error"]["code"]) == (1, "OFFICE_ONLY")


def test_a_station_and_its_settings(pair: Pair, run: Run) -> None:
    home = pair.venue.home
    code, shown = run(pair.venue, "station", "show")
    assert code == 0
    assert (shown["code"], shown["number"], shown["unit"], shown["readers"]) == (
        "V0007", 1, "示范医院", ["sim:cards"],
    )  # fmt: skip
    assert shown["pack"] > 0
    assert run(pair.venue, "station", "readers", "sim:a", "sim:b")[0] == 0
    assert run(pair.venue, "station", "show")[1]["readers"] == ["sim:a", "sim:b"]
    code, refused = run(pair.venue, "station", "readers", "sim:a", "sim:a")
    assert (code, refused["error"]["code"]) == (1, "READER_TWICE")
    run(pair.venue, "station", "language", "zh_CN")
    run(pair.venue, "station", "profile", "lean")
    assert read_preferences(home)[:2] == ("zh_CN", "lean")
    run(pair.venue, "station", "language", "system")
    run(pair.venue, "station", "profile", "terminal")
    assert read_preferences(home)[:2] == ("", "")


def test_the_desk_for_what_was_set_aside(pair: Pair, run: Run) -> None:
    (pair.stick / "odd.cmeb").write_bytes(b"nothing")
    run(pair.office, "import", str(pair.stick / "odd.cmeb"))
    [kept] = run(pair.office, "quarantine", "list")[1]["files"]
    assert (kept["name"], kept["code"], kept["way"], kept["decision"]) == (
        "odd.cmeb",
        "CONTAINER",
        "never",
        None,
    )
    code, told = run(pair.office, "quarantine", "show", "odd.cmeb")
    assert (code, told["file"]["id"]) == (0, kept["id"])
    assert "export again" in told["remedy"]
    code, told = run(pair.office, "quarantine", "release", "odd.cmeb", "--reason", "please")
    assert (code, told["error"]["code"]) == (1, "RELEASE_NEVER")
    code, told = run(pair.office, "quarantine", "reject", kept["id"][:8], "--reason", "a damaged stick")
    assert (code, told["id"]) == (0, kept["id"])
    assert run(pair.office, "quarantine", "list")[1]["files"] == []
    [kept] = run(pair.office, "quarantine", "list", "--all")[1]["files"]
    assert (kept["decision"]["what"], kept["decision"]["reason"]) == ("reject", "a damaged stick")
    code, told = run(pair.office, "import", str(pair.stick / "odd.cmeb"))
    assert (code, told["bundles"][0]["code"]) == (3, "REJECTED")


def test_a_folder_that_is_watched_need_not_be_named(pair: Pair, run: Run, tmp_path: Path) -> None:
    assert run(pair.office, "import")[0] == 2
    share = tmp_path / "share"
    share.mkdir()
    file = pair.export()
    file.rename(share / file.name)
    assert run(pair.office, "station", "watch", str(share)) == (0, {"folder": str(share)})
    code, told = run(pair.office, "import")
    assert (code, told["totals"]["files_taken"]) == (0, 1)
    assert run(pair.office, "station", "watch")[1] == {"folder": str(share)}
    assert run(pair.office, "station", "watch", "--off")[1] == {"folder": ""}
    assert run(pair.office, "import", str(share), str(file), "--watch")[0] == 2
