"""The whole exchange as people type it: enrol, pack, swipe, export, lose the stick, export again, import,
receipt back. Every command is a process of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.killing import Program
from tests.support.stations import DOMAIN, PASSWORD, weaken_passwords


class Commands:
    """An office, a venue, and what they answer."""

    def __init__(self, folder: Path, program: Program) -> None:
        self.folder = folder
        self._program = program
        self._password = folder / "password"
        self._password.write_text(PASSWORD + "\n")
        self._password.chmod(0o600)

    def __call__(self, who: str, *words: str | Path, status: int = 0) -> dict[str, Any]:
        options = ["--home", self.folder / who, "--password-file", self._password]
        assert self._program.run(*options, *words, "--json", weak=True) == status, self._program.lines
        found: dict[str, Any] = json.loads(self._program.lines[-1])
        return found

    def stick(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    state = tmp_path_factory.mktemp("state")
    with Program({"XDG_STATE_HOME": str(state)}) as made:
        yield made


@pytest.fixture
def icme(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Commands:
    weaken_passwords(monkeypatch)
    return Commands(tmp_path, program)


def found(icme: Commands) -> tuple[str, str]:
    """An office and a venue that know each other; (the code of a person, of a session that is on)."""
    office = icme("office", "init", "office", "--name", "示范办公室", "--domain", DOMAIN)
    venue = icme("venue", "init", "venue", "--code", "V0007", "--name", "示范医院", "--domain", DOMAIN)
    wrong = icme("office", "enroll", venue["request"], "--digits", office["fingerprint"], status=1)
    assert wrong["error"]["code"] == "DIGITS_DIFFER"
    unit = icme("office", "enroll", venue["request"], "--digits", venue["fingerprint"])["unit"]
    idno = icme.folder / "idno"
    idno.write_text("11010519491231002X\n")
    idno.chmod(0o600)
    person = icme(
        "office", "person", "add", "张示例", "--unit", unit, "--title", "主治医师", "--idno-file", idno
    )["person"]
    course = icme("office", "project", "add", "心电图新进展", "--level", "national")["course"]
    now = datetime.now(UTC)
    start, end = (f"{now + timedelta(minutes=n):%Y-%m-%dT%H:%M}Z" for n in (-5, 90))
    session = icme("office", "session", "add", course, "--start", start, "--end", end)["session"]
    icme("venue", "trust", *office["fingerprint"].split())
    return person, session


def take_pack(icme: Commands, name: str) -> list[dict[str, Any]]:
    """A new pack goes to the venue; what it says of itself, looked at first."""
    stick = icme.stick(name)
    icme("office", "pack", "V0007", "--to", stick)
    looked = icme("venue", "import", stick, "--dry-run")["files"]
    taken = icme("venue", "import", stick)["bundles"]
    assert [one["result"] for one in taken] == ["accept"]
    assert taken[0]["changes"] == looked[0]["changes"]
    changes: list[dict[str, Any]] = taken[0]["changes"]
    return changes


def swipe(icme: Commands, person: str, session: str) -> None:
    icme("venue", "sim", "new", "one")
    icme("venue", "sim", "tap", "one")
    assert len(icme("venue", "card", "issue", person, "--wait", "5")["issued"]) == 1
    icme("venue", "sim", "tap", "one")
    assert icme("venue", "swipe", session, "--count", "1", "--wait", "5")["accepted"] == 1


def test_a_lost_stick_is_mended_and_the_receipt_comes_back(icme: Commands) -> None:
    person, session = found(icme)
    assert {one["what"] for one in take_pack(icme, "pack-1")} == {"new"}
    swipe(icme, person, session)

    lost = icme.stick("lost")
    first = icme("venue", "export", "--to", lost)
    told = icme("venue", "outbox")
    assert [(one["state"], one["folder"]) for one in told["stretches"]] == [("exported", str(lost))]
    shutil.rmtree(lost)
    [owing] = icme("office", "stations", "--owing")["venues"]
    assert (owing["code"], owing["days"]) == ("V0007", None)

    second = icme("venue", "export", "--to", icme.stick("second"))
    assert second["facts"] >= first["facts"]
    assert icme("venue", "outbox")["stretches"][0]["bundles"] == 2
    taken = icme("office", "import", icme.folder / "second")
    assert taken["totals"]["new"] == second["facts"]
    again = icme("office", "import", icme.folder / "second")
    assert (again["totals"]["new"], again["totals"]["known"]) == (0, second["facts"])
    assert icme("office", "stations", "--owing")["venues"] == []
    [_office, venue] = icme("office", "stations")["stations"]
    assert (venue["state"], venue["last"]) == ("enrolled", second["facts"])

    changes = take_pack(icme, "pack-2")
    assert ("card", "new") in {(one["kind"], one["what"]) for one in changes}
    told = icme("venue", "outbox")
    assert told["receipted"] == second["facts"]
    assert [one["state"] for one in told["stretches"]] == ["receipted", "recorded"]
    assert told["refused"] == []


def test_a_damaged_stick_a_wrong_one_and_a_clerk_who_decides(icme: Commands) -> None:
    person, session = found(icme)
    take_pack(icme, "pack-1")
    swipe(icme, person, session)
    stick = icme.stick("stick")
    [sent] = icme("venue", "export", "--to", stick)["bundles"]
    bad = Path(sent["file"])
    data = bad.read_bytes()
    bad.write_bytes(data[:-512])
    told = icme("office", "import", stick, status=3)
    assert [one["code"] for one in told["bundles"]] == ["CONTAINER"]
    [kept] = icme("office", "quarantine", "list")["files"]
    shown = icme("office", "quarantine", "show", kept["id"][:8])
    assert shown["file"]["way"] == "never"
    refused = icme("office", "quarantine", "release", kept["name"], "--reason", "try", status=1)
    assert refused["error"]["code"] == "RELEASE_NEVER"
    icme("office", "quarantine", "reject", kept["name"], "--reason", "the stick was pulled out")
    assert icme("office", "quarantine", "list")["files"] == []
    bad.write_bytes(data)
    assert icme("office", "import", stick)["totals"]["new"] == sent["facts"]
