"""The office's machine is lost. From its recovery sheet, and packs on old sticks, it starts again: the venues
believe it at once and nothing that they recorded is lost. Command by command, as docs/recovery.md has it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.operations import auditing
from icme_tui.station import Station, open_station
from tests.support.killing import Program
from tests.support.stations import DOMAIN, PASSWORD, weaken_passwords

SWIPES = 6
IDNO = "11010519491231002X"


class Place:
    """An office and two venues, each a home folder; everything is done with the real program."""

    def __init__(self, folder: Path, program: Program) -> None:
        self.folder = folder
        self._program = program
        self._password = folder / "password"
        self._password.write_text(PASSWORD)
        self._password.chmod(0o600)
        self.stick = folder / "stick"
        self.stick.mkdir()

    def icme(self, home: str, *words: str | Path, password: Path | None = None) -> dict[str, Any]:
        """The JSON of a command that must succeed."""
        code, told = self.tried(home, *words, password=password)
        assert code == 0, told
        return told

    def tried(
        self, home: str, *words: str | Path, password: Path | None = None
    ) -> tuple[int, dict[str, Any]]:
        options = ["--home", self.folder / home, "--password-file", password or self._password]
        code = self._program.run(*options, *words, "--json", weak=True)
        told = json.loads(self._program.lines[-1])
        assert isinstance(told, dict)
        return code, told

    def open(self, home: str) -> Station:
        return open_station(self.folder / home, None, PASSWORD)

    def pack(self, office: str, venue: str) -> None:
        self.icme(office, "pack", venue, "--to", self.stick)
        assert self.icme(venue, "import", self.stick)

    def join(self, office: str, venue: str, digits: str) -> None:
        request = self.icme(
            venue, "init", "venue", "--code", venue, "--name", f"医院 {venue}", "--domain", DOMAIN
        )["request"]
        self.icme(office, "enroll", request, "--yes")
        self.icme(venue, "trust", digits)
        self.pack(office, venue)

    def swipe(self, venue: str, session: str) -> None:
        with self.open(venue) as station:
            station.record(
                *(
                    facts.Swipe(person="P1", course="C1", session=session, dir="in", card="04AA", cseq=n)
                    for n in range(1, SWIPES + 1)
                )
            )


def swipes(station: Station, venue: str) -> int:
    decoded = [facts.decode(entry.line) for entry in station.entries() if entry.place.station == venue]
    return sum(isinstance(fact, facts.Swipe) for fact in decoded)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    weaken_passwords(monkeypatch)
    with Program({"XDG_STATE_HOME": str(tmp_path / "state")}) as program:
        yield Place(tmp_path, program)


def found(place: Place) -> str:
    """An office with a person, a course and two venues; its digits."""
    office = ("office", "init", "office", "--name", "市办公室", "--domain", DOMAIN)
    digits = place.icme(*office)["fingerprint"]
    for venue in ("V0007", "V0008"):
        place.join("office", venue, digits)
    with place.open("office") as station:
        own = station.registry.get("station", "V0007")
        assert own is not None
        station.record(
            station.put("person", "P1", name="张示例", idno=IDNO, unit=own.body["unit"]),
            station.put("course", "C1", title="心电图"),
            station.put("session", "S1", course="C1"),
            station.put("session", "S2", course="C1"),
        )
    for venue in ("V0007", "V0008"):
        place.pack("office", venue)
    return str(digits)


def test_from_the_sheet_and_the_packs_on_sticks_nothing_is_lost(place: Place) -> None:
    found(place)
    place.swipe("V0007", "S1")
    place.icme("V0007", "export", "--to", place.stick)
    place.icme("office", "import", place.stick)
    place.pack("office", "V0007")  # receipted: the venue would not send it again of itself
    place.swipe("V0008", "S2")
    shutil.rmtree(place.folder / "office")
    sheet = place.folder / "office-recovery.txt"

    new = place.icme(
        "desk", "init", "office", "--name", "市办公室", "--domain", DOMAIN,
        "--from-recovery", sheet, "--packs", place.stick,
    )  # fmt: skip
    assert sorted(new["packs"]) == ["V0007", "V0008"]
    assert (new["records"]["person"], new["records"]["course"]) == (1, 1)
    assert Path(new["recovery_file"]) == place.folder / "desk-recovery.txt"
    for venue in ("V0007", "V0008"):
        place.pack("desk", venue)
        assert place.icme(venue, "keys", "list")["office"]["fingerprint"] == new["fingerprint"]
    _code, told = place.tried("desk", "import", place.stick)
    assert {each["code"] for each in told["bundles"]} == {"NOT_DECRYPTABLE"}, "of before: to the lost office"
    place.icme("desk", "import", place.stick, "--identity", sheet)
    with place.open("desk") as desk:
        assert swipes(desk, "V0007") == SWIPES, "even where its venue were lost as well"
    for venue in ("V0007", "V0008"):
        place.icme(venue, "export", "--to", place.stick)
    place.icme("desk", "import", place.stick, "--identity", sheet)
    with place.open("desk") as desk:
        assert (swipes(desk, "V0007"), swipes(desk, "V0008")) == (SWIPES, SWIPES)
        assert {len(desk.taps("S1")), len(desk.taps("S2"))} <= {1, 2, SWIPES}
        person = desk.registry.get("person", "P1")
        assert person is not None
        assert (person.body["name"], person.body["idno"]) == ("张示例", IDNO)
        assert not [report for report in auditing.verify(desk) if report.problems]
        assert not any(desk.rebuild(check=True).values())
        assert not [flag for flag in desk.flags() if flag.startswith(("FORK", "CONFLICT", "NOT_ALLOWED"))]
        assert desk.setting("masters") is not None
        assert desk.new_code("person") != "P1"
    place.pack("desk", "V0007")
    with place.open("V0007") as venue:
        assert [one.get("pos") for one in venue.setting("receipts").values()]


def test_without_any_pack_the_venues_bring_their_requests_again(place: Place) -> None:
    found(place)
    place.swipe("V0007", "S1")
    shutil.rmtree(place.folder / "office")
    shutil.rmtree(place.stick)
    place.stick.mkdir()
    sheet = place.folder / "office-recovery.txt"
    place.icme("desk", "init", "office", "--name", "市办公室", "--domain", DOMAIN, "--from-recovery", sheet)
    place.icme("desk", "enroll", place.folder / "V0007" / "outbox" / "V0007.enrol", "--yes")
    place.pack("desk", "V0007")
    place.icme("V0007", "export", "--to", place.stick)
    place.icme("desk", "import", place.stick)
    with place.open("desk") as desk:
        assert swipes(desk, "V0007") == SWIPES


def test_a_stolen_office_takes_its_next_key_and_the_old_one_is_worth_nothing(place: Place) -> None:
    found(place)
    sheet = place.folder / "office-recovery.txt"
    shutil.copytree(place.folder / "office", place.folder / "thief")
    asked = ("keys", "adopt-next", sheet, "--reason", "the notebook was stolen", "--recovery-out")
    digits = place.icme("office", *asked, place.folder / "sheet-2.txt")["fingerprint"]
    assert place.tried("office", *asked, place.folder / "sheet-3.txt")[1]["error"]["code"] == "SHEET_OTHER"
    place.pack("office", "V0007")
    assert place.icme("V0007", "keys", "list")["office"]["fingerprint"] == digits
    forged = place.folder / "forged"
    forged.mkdir()
    place.icme("thief", "pack", "V0007", "--to", forged)
    _code, told = place.tried("V0007", "import", forged)
    assert [each["code"] for each in told["bundles"]] == ["KEY_REVOKED"]
    place.swipe("V0007", "S1")
    place.icme("V0007", "export", "--to", place.stick)
    place.icme("office", "import", place.stick)
    with place.open("office") as office:
        assert swipes(office, "V0007") == SWIPES
    again = ("keys", "adopt-next", place.folder / "sheet-2.txt", "--reason", "again", "--recovery-out")
    place.icme("office", *again, place.folder / "sheet-4.txt")
    place.pack("office", "V0007")


def test_a_backup_and_the_next_key_bring_a_stolen_office_back(place: Place) -> None:
    found(place)
    place.swipe("V0007", "S1")
    place.icme("V0007", "export", "--to", place.stick)
    place.icme("office", "import", place.stick)
    safe = place.folder / "safe"
    safe.mkdir()
    backup = place.icme("office", "backup", "--to", safe)["file"]
    place.pack("office", "V0007")
    place.swipe("V0008", "S2")
    place.icme("V0008", "export", "--to", place.stick)
    place.icme("office", "import", place.stick)
    place.pack("office", "V0008")  # receipted, and the receipt is gone with the office
    shutil.rmtree(place.folder / "office")

    place.icme("office", "restore", backup)
    place.icme(
        "office", "keys", "adopt-next", place.folder / "office-recovery.txt",
        "--reason", "stolen from the car", "--recovery-out", place.folder / "sheet-2.txt",
    )  # fmt: skip
    for venue in ("V0007", "V0008"):
        place.pack("office", venue)
        place.icme(venue, "export", "--to", place.stick)
    place.icme("office", "import", place.stick)
    with place.open("office") as office:
        assert (swipes(office, "V0007"), swipes(office, "V0008")) == (SWIPES, SWIPES)
        assert not [report for report in auditing.verify(office) if report.problems]
        assert not [flag for flag in office.flags() if flag.startswith(("FORK", "CONFLICT"))]


def test_a_password_forgotten_on_a_sunday(place: Place) -> None:
    found(place)
    place.swipe("V0007", "S1")
    new = place.folder / "new-password"
    new.write_text("remembered this time\n")
    new.chmod(0o600)
    lost = place.folder / "lost"
    lost.write_text("what was it again\n")
    lost.chmod(0o600)
    assert place.tried("V0007", "keys", "list", password=lost)[1]["error"]["code"] == "LOGIN_REFUSED"
    sheet = place.folder / "office-recovery.txt"
    place.icme("V0007", "operator", "recover", "admin", "--identity", sheet, "--new-password-file", new)
    place.icme("V0007", "export", "--to", place.stick, password=new)
    place.icme("office", "import", place.stick)
    with place.open("office") as office:
        assert swipes(office, "V0007") == SWIPES
