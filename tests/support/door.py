"""A venue with cards for everybody and sessions that are open now: for the program with its real clock."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from icme_tui.clock import SystemClock
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations import courses, enrolling, importing, issuing, packing
from icme_tui.operations.founding import found_office, found_venue
from icme_tui.station import Station, open_station
from tests.support.stations import DOMAIN, PASSWORD

CARDS = 24
SESSIONS = 30
HOUR = 3_600_000


class Door(NamedTuple):
    """A venue with its own cards, and the sessions of one course, all open now."""

    home: Path
    password: Path
    uids: dict[str, str]
    """Of each simulated card."""
    sessions: list[str]
    state: Path

    @property
    def cards(self) -> Path:
        return self.home / "cards"

    @property
    def options(self) -> list[str | Path]:
        return ["--home", self.home, "--password-file", self.password]

    def station(self) -> Station:
        return open_station(self.home, None, PASSWORD)


def make_door(folder: Path) -> Door:
    """Found an office and a venue, and issue the cards. They and the password file lie in ``folder``."""
    office = found_office(folder / "office", "OFFICE", "示范办公室", DOMAIN, PASSWORD).station
    venue = found_venue(folder / "venue", "V0007", "示范医院", DOMAIN, PASSWORD).station
    enrolled = enrolling.enroll(office, enrolling.read_request(office, enrolling.write_request(venue)))
    names = [f"CARD-{n:02d}" for n in range(CARDS)]
    people = [f"P00010{n:02d}" for n in range(CARDS)]
    now = SystemClock().read().wall_ms
    with office.writing():
        for person, name in zip(people, names, strict=True):
            office.record(office.put("person", person, name=name, unit=enrolled.unit))
        course = courses.add_project(office, "心电图新进展", "national").course
        sessions = [
            courses.add_session(
                office,
                course,
                now - HOUR + turn * 60_000,
                now - HOUR + (turn + 1) * 60_000,
                mode="in_out",
                in_from_ms=now - 2 * HOUR,
                in_until_ms=now + 9 * HOUR,
                out_from_ms=now - 2 * HOUR,
                out_until_ms=now + 9 * HOUR,
            )
            for turn in range(SESSIONS)
        ]
    pack = packing.write_pack(office, "V0007", folder).sent.file
    office.close()
    enrolling.type_digits(venue, office.public_key.fingerprint)
    importing.import_files(venue, [pack])
    cards = venue.home / "cards"
    reader = SimulatedReader(cards, NO_TIME)
    uids = {}
    for person, name in zip(people, names, strict=True):
        shelf.new_card(cards, name)
        shelf.tap(cards, name)
        seen = reader.wait_for_card(0)
        assert seen is not None
        uids[name] = issuing.issue_card(venue, reader, seen, person).uid
        shelf.remove(cards)
    venue.close()
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    return Door(venue.home, password, uids, sessions, folder / "state")
