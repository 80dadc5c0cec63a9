"""The work at the desk of a session from the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from icme_tui.clock import parse_utc
from icme_tui.devices import shelf
from icme_tui.operations import guests, makeups
from icme_tui.operations.courses import add_session
from icme_tui.station import open_station
from tests.support.venues import PASSWORD, PEOPLE, START, deploy

WANG, LI, ZHAO = PEOPLE
HOUR = 3_600_000
SESSION, OTHER = "S0000001", "S0070001"

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command at a venue with a second session in the afternoon."""
    world = deploy(tmp_path)
    begins = parse_utc(START) + 5 * HOUR
    assert add_session(world.venue, "C0000001", begins, begins + HOUR, title="下午场") == OTHER
    world.office.close()
    world.venue.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "venue"))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()

    def one(*arguments: str, shown: bool = False) -> tuple[int, Any]:
        code = main([*arguments] if shown else [*arguments, "--json"])
        out = capsys.readouterr().out
        return code, out if shown else json.loads(out)

    yield one
    monkeypatch.undo()
    time.tzset()


def test_a_make_up_is_added_listed_and_taken_back(run: Run) -> None:
    _code, found = run("makeup", "find", "lyb")
    assert [one["person"] for one in found["people"]] == [LI]
    code, made = run("makeup", "add", SESSION, LI, "--reason", "forgot the card", "--at", "08:05")
    assert (code, made["dir"], made["pending"]) == (0, "in", True)
    _code, listed = run("makeup", "list", SESSION)
    assert [(one["person"], one["at"], one["pending"]) for one in listed["makeups"]] == [
        (LI, "2026-09-25T00:05:00.000Z", True)
    ]
    assert "waits for the office" in run("makeup", "list", SESSION, shown=True)[1]
    code, undone = run("undo", SESSION, "--reason", "the wrong person", "--yes")
    assert (code, undone["undone"]["position"]) == (0, made["position"])
    assert run("makeup", "list", SESSION)[1]["total"] == 0
    code, error = run("undo", SESSION, "--reason", "once more", "--yes")
    assert (code, error["error"]["code"]) == (1, "NOTHING_TO_UNDO")


def test_what_waits_for_the_office_is_listed_and_only_the_office_confirms(run: Run) -> None:
    run("makeup", "add", SESSION, LI, "--reason", "forgot the card", "--at", "08:05")
    [waiting] = run("makeup", "list", "--open")[1]["makeups"]
    assert (waiting["person"], waiting["session"], waiting["reason"]) == (LI, SESSION, "forgot the card")
    assert run("makeup", "confirm", waiting["place"])[1]["error"]["code"] == "OFFICE_ONLY"
    assert run("makeup", "confirm", "V0007/1")[1]["error"]["code"] == "NO_OPEN_MAKEUP"
    assert run("makeup", "list")[0] == 2
    assert run("makeup", "confirm")[0] == 2


def test_taking_back_asks_first(run: Run) -> None:
    run("makeup", "add", SESSION, LI, "--reason", "forgot the card")
    code, error = run("undo", SESSION, "--reason", "the wrong person")
    assert (code, error["error"]["code"]) == (1, "CONFIRM_NEEDED")
    assert run("makeup", "list", SESSION)[1]["total"] == 1


def test_touches_are_moved_after_a_preview(run: Run) -> None:
    for person, at in ((WANG, "08:01"), (LI, "08:02"), (ZHAO, "08:03")):
        run("makeup", "add", SESSION, person, "--reason", "forgot the card", "--at", at)
    between = ("session", "move", SESSION, OTHER, "--between", "08:01", "08:02")
    _code, seen = run(*between, "--dry-run")
    assert ([one["person"] for one in seen["touches"]], seen["moved"]) == ([WANG, LI], 0)
    assert "王试验" in run(*between, "--dry-run", shown=True)[1]
    assert run(*between)[1]["error"]["code"] == "CONFIRM_NEEDED"
    _code, moved = run(*between, "--yes")
    assert (moved["total"], moved["moved"]) == (2, 2)
    assert run("makeup", "list", OTHER)[1]["total"] == 2
    assert run(*between, "--yes")[1]["error"]["code"] == "NOTHING_TO_MOVE"


def test_guests_with_and_without_a_card(run: Run, tmp_path: Path) -> None:
    code, made = run("guest", "add", SESSION, "孙客人", "--unit", "外院", "--phone", "13800000000")
    assert (code, made["code"], made["card"]) == (0, "MAKEUP", "")
    number = tmp_path / "idno"
    number.write_text("11010119900101001x\n")
    cards = tmp_path / "venue" / "cards"
    shelf.new_card(cards, "bus", bytes.fromhex("04010203"))
    shelf.tap(cards, "bus")
    given = ("guest", "add", SESSION, "钱客人", "--unit", "外院", "--idno-file", str(number), "--wait", "1")
    _code, touched = run(*given, "--reader", "sim:cards?pace=0")
    assert touched["card"] == "04010203"
    _code, listed = run("guest", "list")
    assert "孙客人" in [one["name"] for one in listed["guests"]]
    assert "11010119900101001X" not in json.dumps(listed)
    assert run("guest", "merge", made["guest"], LI)[1]["error"]["code"] == "OFFICE_ONLY"


def test_what_the_command_line_wrote_is_what_the_operations_read(run: Run, tmp_path: Path) -> None:
    run("guest", "add", SESSION, "孙客人", "--unit", "外院", "--phone", "13800000000")
    with open_station(tmp_path / "venue", None, PASSWORD) as station:
        (guest,) = guests.guests(station)
        (listed,) = makeups.makeups_of(station, SESSION)
        assert listed.line.person.code == guest.id
