"""A morning at a venue whose machine may be lost, an office, and another venue that may meet its cards."""

from __future__ import annotations

from pathlib import Path

from icme_tui.clock import FixedClock, parse_utc
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations import courses, crediting, enrolling, exporting, importing, packing
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.rules.credits import CreditRow
from icme_tui.station import Station
from tests.support import stations

PEOPLE = {"P0000101": "王试验", "P0000102": "李样本", "P0000103": "赵演示"}
MINUTE, HOUR = 60_000, 3_600_000
START = parse_utc("2026-09-25T00:00:00Z")


class Morning:
    """An office, two venues of it, cards, and three sessions of a day: two at the first venue, one later at
    the second."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock("2026-09-24T20:00:00Z")
        self.office = stations.office(folder / "office", self.clock)
        self.lost = stations.venue(folder / "lost", "V0007", self.clock)
        self.other = stations.venue(folder / "other", "V0008", self.clock)
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.cards = folder / "cards"
        self.cards.mkdir()
        with self.office.writing():
            self.office.record(self.office.put("unit", "U0000001", name="示范医院", type="hospital"))
            for code, name in PEOPLE.items():
                self.office.record(self.office.put("person", code, name=name, unit="U0000001", title=233))
        course = courses.add_project(self.office, "心电图新进展", "national").course
        self.sessions = [
            courses.add_session(
                self.office, course, START + hour * HOUR, START + (hour + 2) * HOUR, mode="in_out"
            )
            for hour in (0, 3, 8)
        ]
        for venue in (self.lost, self.other):
            received = enrolling.read_request(self.office, enrolling.write_request(venue))
            enrolling.enroll(self.office, received)
            enrolling.type_digits(venue, self.office.public_key.fingerprint)
        self.renew()

    def close(self) -> None:
        for station in (self.office, self.lost, self.other):
            station.close()

    def renew(self) -> None:
        """Both venues get a new pack."""
        for venue in (self.lost, self.other):
            self.clock.advance(MINUTE)
            importing.import_files(venue, [packing.write_pack(self.office, venue.code, self.stick).sent.file])

    def carry(self, venue: Station, folder: str) -> list[importing.Imported]:
        """A venue exports, and the office takes it in."""
        target = self.stick / folder
        target.mkdir()
        return [
            outcome
            for sent in exporting.export(venue, target)
            for outcome in importing.import_files(self.office, [sent.file])
        ]

    def issue(self, station: Station) -> None:
        """Everybody gets a card."""
        for person in PEOPLE:
            shelf.new_card(self.cards, person)
            shelf.tap(self.cards, person)
            reader = SimulatedReader(self.cards, NO_TIME)
            seen = reader.wait_for_card(0)
            assert seen is not None
            issue_card(station, reader, seen, person)
            shelf.remove(self.cards)

    def swipe(self, station: Station, session: int, person: str, pull_after: int | None = None) -> Outcome:
        reader = SimulatedReader(self.cards, NO_TIME)
        at_door = Swiping(station, reader, self.sessions[session])
        shelf.tap(self.cards, person, pull_after=pull_after)
        seen = reader.wait_for_card(0)
        assert seen is not None
        outcome = at_door.touch(seen)
        shelf.remove(self.cards)
        return outcome

    def attend(self, station: Station, session: int) -> None:
        """Everybody comes and goes, a minute apart."""
        self.go_to(START + (session * 3 if session < 2 else 8) * HOUR - 5 * MINUTE)
        for way in ("in", "out"):
            for person in PEOPLE:
                outcome = self.swipe(station, session, person)
                assert (outcome.accepted, outcome.direction) == (True, way), outcome
                self.clock.advance(MINUTE)
            self.clock.advance(2 * HOUR)

    def inspect(self, station: Station, person: str) -> Sight:
        reader = SimulatedReader(self.cards, NO_TIME)
        shelf.tap(self.cards, person)
        seen = reader.wait_for_card(0)
        assert seen is not None
        sight = inspect_card(station, reader, seen, harvest=True)
        shelf.remove(self.cards)
        return sight

    def credits(self) -> list[CreditRow]:
        return sorted(crediting.credits(self.office).rows)

    def go_to(self, ms: int) -> None:
        self.clock.advance(ms - self.clock.wall_ms)
