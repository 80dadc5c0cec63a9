"""Enrolment, packs, export and import as commands: what they print and how they end."""

from __future__ import annotations

import io
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

    def said(self, who: str, *arguments: str, status: int = 0) -> str:
        """What a person reads: results, then notes and refusals."""
        options = ["--home", str(self.folder / who), "--password-file", str(self._password)]
        assert main([*options, *arguments]) == status
        shown = self._capsys.readouterr()
        return shown.out + shown.err

    def join(self) -> dict[str, Any]:
        """An office, and a venue that is admitted and knows its office's digits."""
        domain = ("--domain", "cme.example")
        office = self("office", "init", "office", "--name", "办公室", *domain)
        venue = self("venue", "init", "venue", "--code", "V0007", "--name", "示范医院", *domain)
        self("office", "enroll", venue["request"], "--digits", venue["fingerprint"])
        self("venue", "trust", *office["fingerprint"].split())
        return venue

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
    counts = {"held": 0, "quarantined": 0, "files_taken": len(files), "files_held": 0}
    assert first["totals"] == {"new": sent["facts"], "known": 0, **counts}
    again = desk("office", "import", *files)
    assert again["totals"] == {"new": 0, "known": sent["facts"], **counts}


def test_what_is_refused_ends_with_three(desk: Desk, tmp_path: Path) -> None:
    desk("office", "init", "office", "--name", "办公室", "--domain", "cme.example")
    (tmp_path / "x.cmeb").write_bytes(b"nothing")
    told = desk("office", "import", str(tmp_path / "x.cmeb"), status=3)
    assert desk.codes(told) == ["CONTAINER"]
    assert told["totals"]["quarantined"] == 1
    assert "icme quarantine list" in desk.said("office", "import", str(tmp_path / "x.cmeb"), status=3)


def test_a_pack_tells_what_it_brought_and_an_older_one_is_passed(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    course = desk("office", "project", "add", "心血管", "--level", "national")["course"]
    times = ("--start", "2026-09-25T08:30", "--end", "11:30")
    desk("office", "session", "add", course, *times)
    stick = str(tmp_path / "stick")
    for folder in ("stick", "newer"):
        (tmp_path / folder).mkdir(exist_ok=True)
    desk("office", "pack", "V0007", "--to", stick)
    told = desk("venue", "import", stick)
    assert told["bundles"][0]["brought"] == {
        "people": 0, "courses": 1, "sessions": 1, "cards": 0, "blocked": 0,
    }  # fmt: skip
    desk("office", "pack", "V0007", "--to", str(tmp_path / "newer"))
    said = desk.said("venue", "import", str(tmp_path / "newer"))
    assert "The pack of OFFICE is in force: 0 people, 1 course, 1 session, 0 cards, 0 blocked cards." in said
    again = desk("venue", "import", stick)
    assert (desk.codes(again), again["totals"]["quarantined"]) == (["ALREADY_TAKEN"], 0)
    assert "An older pack that was taken in before" in desk.said("venue", "import", stick)
    assert not list((tmp_path / "venue" / "quarantine").iterdir())


def test_what_waits_is_explained_and_counted(desk: Desk, tmp_path: Path) -> None:
    domain = ("--domain", "cme.example")
    desk("office", "init", "office", "--name", "办公室", *domain)
    venue = desk("venue", "init", "venue", "--code", "V0007", "--name", "示范医院", *domain)
    desk("office", "enroll", venue["request"], "--digits", venue["fingerprint"])
    pack = desk("office", "pack", "V0007", "--to", str(tmp_path / "stick"))["file"]
    said = desk.said("venue", "import", pack, status=3)
    assert "icme trust DIGITS" in said
    assert "[TRUST_UNCONFIRMED]" in said
    assert "Files: 0 taken in, 1 waiting, 0 set aside." in said


def test_a_folder_without_anything_for_us_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    stick = tmp_path / "stick"
    assert "There is nothing for V0007 here." in desk.said("venue", "import", str(stick))
    desk("venue", "init", "venue", "--code", "V0009", "--name", "别处", "--domain", "cme.example", status=1)
    other = desk("v9", "init", "venue", "--code", "V0009", "--name", "别处", "--domain", "cme.example")
    desk("office", "enroll", other["request"], "--digits", other["fingerprint"])
    desk("office", "pack", "V0009", "--to", str(stick))
    said = desk.said("venue", "import", str(stick))
    assert "There is nothing for V0007 here. What lies here is for: V0009." in said
    told = desk("venue", "import", str(stick))
    assert [(one["kind"], one["from"], one["to"]) for one in told["passed_over"]] == [
        ("pack", "OFFICE", "V0009")
    ]
    (stick / "V0007.enrol").write_bytes(b"whatever")
    assert "use 'icme enroll'" in desk.said("office", "import", str(stick))


def test_a_file_named_by_mistake_is_not_kept(desk: Desk, tmp_path: Path) -> None:
    venue = desk.join()
    told = desk("office", "import", venue["request"], status=1)
    assert told["error"]["code"] == "ENROLMENT_REQUEST"
    assert "icme enroll V0007.enrol" in told["error"]["message"]
    assert desk("office", "import", str(tmp_path / "password"), status=1)["error"]["code"] == "NOT_A_BUNDLE"
    assert not list((tmp_path / "office" / "quarantine").iterdir())


def test_a_request_of_another_deployment_names_both(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    other = desk("v9", "init", "venue", "--code", "V0009", "--name", "别处", "--domain", "other.example")
    said = desk.said("office", "enroll", other["request"], "--yes", status=1)
    assert "another deployment, other.example; ours is cme.example" in said


def test_a_script_that_compares_nothing_is_told_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    domain = ("--domain", "cme.example")
    desk("office", "init", "office", "--name", "办公室", *domain)
    venue = desk("venue", "init", "venue", "--code", "V0007", "--name", "示范医院", *domain)
    said = desk.said("office", "enroll", venue["request"])
    assert f"NOBODY HAS COMPARED THE DIGITS OF V0007 示范医院: {venue['fingerprint']}" in said
    assert desk("office", "enroll", venue["request"])["compared"] is False
    for how in (("--yes",), ("--digits", venue["fingerprint"])):
        assert desk("office", "enroll", venue["request"], *how)["compared"] is True
        assert "NOBODY" not in desk.said("office", "enroll", venue["request"], *how)


def test_a_venue_that_is_admitted_again_is_told_so(desk: Desk) -> None:
    venue = desk.join()
    digits = ("--digits", venue["fingerprint"])
    assert desk("office", "enroll", venue["request"], *digits)["again"] is True
    assert "was admitted before, as station 1" in desk.said("office", "enroll", venue["request"], *digits)


def test_a_no_at_the_question_is_not_a_wrong_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.join()
    other = desk("v9", "init", "venue", "--code", "V0009", "--name", "别处", "--domain", "cme.example")
    typed = io.StringIO("\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    said = desk.said("office", "enroll", other["request"], status=1)
    assert "[DIGITS_NOT_CONFIRMED]" in said
    assert "find out why" not in said


def test_credits_at_a_venue_are_said_to_be_its_own_view(desk: Desk) -> None:
    desk.join()
    assert desk("office", "credits")["provisional"] is False
    assert desk("venue", "credits")["provisional"] is True
    assert "What counts is said by the office." in desk.said("venue", "credits")


def test_stations_and_what_they_owe(desk: Desk) -> None:
    venue = desk.join()
    [office, known] = desk("office", "stations")["stations"]
    assert (office["state"], office["epoch"] != "") == ("self", True)
    assert (known["code"], known["state"], known["fingerprint"]) == (
        "V0007",
        "enrolled",
        venue["fingerprint"],
    )
    [owing] = desk("office", "stations", "--owing")["venues"]
    assert (owing["code"], owing["days"], owing["silent"]) == ("V0007", None, True)
    assert "Nothing has ever come of it." in desk.said("office", "stations", "--owing")
    assert venue["fingerprint"] in desk.said("office", "stations")
    assert desk("venue", "stations", status=1)["error"]["code"] == "OFFICE_ONLY"


def test_the_outbox_tells_how_far_facts_have_come(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    stick = str(tmp_path / "stick")
    desk("venue", "import", desk("office", "pack", "V0007", "--to", stick)["file"])
    assert [one["state"] for one in desk("venue", "outbox")["stretches"]] == ["recorded"]
    sent = desk("venue", "export", "--to", stick)
    told = desk("venue", "outbox")
    assert [(one["state"], one["folder"]) for one in told["stretches"]] == [("exported", stick)]
    assert (told["exported"], told["receipted"]) == (sent["facts"], 0)
    desk("office", "import", stick)
    desk("venue", "import", desk("office", "pack", "V0007", "--to", stick)["file"])
    told = desk("venue", "outbox")
    assert [one["state"] for one in told["stretches"]] == ["receipted", "recorded"]
    assert "receipted by the office" in desk.said("venue", "outbox")


def test_a_pack_is_looked_at_before_it_is_taken(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    stick = str(tmp_path / "stick")
    desk("venue", "import", desk("office", "pack", "V0007", "--to", stick)["file"])
    project = desk("office", "project", "add", "心血管", "--level", "national")
    (tmp_path / "newer").mkdir()
    newer = desk("office", "pack", "V0007", "--to", str(tmp_path / "newer"))["file"]
    looked = desk("venue", "import", newer, "--dry-run")["files"]
    rows = [(one["kind"], one["id"], one["what"]) for one in looked[0]["changes"]]
    assert ("course", project["course"], "new") in rows
    said = desk.said("venue", "import", newer, "--dry-run")
    assert "Courses: 1 new, 0 changed, 0 gone" in said
    assert "Nothing has been changed." in said
    taken = desk("venue", "import", newer)["bundles"]
    assert taken[0]["changes"] == looked[0]["changes"]
