"""An office and a venue that may issue and swipe, a clock that stands still, people and a session."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from icme_tui.cards.keys import record_key
from icme_tui.cards.numbers import card_number
from icme_tui.clock import FixedClock, parse_utc
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations.courses import add_project, add_session
from icme_tui.operations.founding import found_office, found_venue
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.station import Station

PASSWORD = "only for tests"
START = "2026-09-25T00:00:00Z"
"""When the session of a deployment begins; the clock stands ten minutes before."""
FOUNDED = "2026-09-24T20:00:00Z"
VENUE_NUMBER = 7
FIRST_CARD = card_number(70001)
PEOPLE = {"P0000101": "王试验", "P0000102": "李样本", "P0000103": "赵演示"}


class Deployment(NamedTuple):
    """Two stations that share people, a session and the masters of the card keys."""

    office: Station
    venue: Station
    clock: FixedClock
    session: str
    folder: Path
    """Simulated cards; any station may read them."""

    def reader(self) -> SimulatedReader:
        """A reader over the cards."""
        return SimulatedReader(self.folder, NO_TIME)

    def issue(self, person: str, station: Station | None = None) -> str:
        """A card for a person, named like the person; returns its UID in hex."""
        shelf.new_card(self.folder, person)
        shelf.tap(self.folder, person)
        reader = self.reader()
        seen = reader.wait_for_card(0)
        assert seen is not None
        issued = issue_card(station or self.venue, reader, seen, person)
        shelf.remove(self.folder)
        return issued.uid

    def touch(self, swiping: Swiping, card: str, **how: object) -> Outcome:
        """Put a card on the reader of ``swiping``, take its outcome, and take the card away."""
        reader = swiping._reader
        shelf.tap(self.folder, card, **how)  # type: ignore[arg-type]
        seen = reader.wait_for_card(0)
        assert seen is not None
        outcome = swiping.touch(seen)
        shelf.remove(self.folder)
        return outcome

    def swiping(self, station: Station | None = None, way: str = "auto") -> Swiping:
        """Swipes of the session at a station, by default the venue."""
        return Swiping(station or self.venue, self.reader(), self.session, way)  # type: ignore[arg-type]


def deploy(folder: Path, mode: str = "in_out", hours: int = 3) -> Deployment:
    """Make both stations. The venue holds what a first pack would have brought."""
    clock = FixedClock(FOUNDED)
    office = found_office(folder / "office", "OFFICE", "示范办", "cme.example", PASSWORD, clock=clock).station
    venue = found_venue(folder / "venue", "V0007", "示范医院", "cme.example", PASSWORD, clock=clock).station
    masters = office.setting("masters")
    with office.writing():
        office.record(office.put("unit", "U0000001", name="示范医院", type="hospital"))
        office.record(office.put("unit", "U0000002", name="内科", type="department", parent="U0000001"))
        for code, name in PEOPLE.items():
            office.record(office.put("person", code, name=name, sex=1, unit="U0000002", title=233))
        office.record(
            office.put(
                "station",
                "V0007",
                number=VENUE_NUMBER,
                name="示范医院",
                card_key=venue.card_public_key.line,
                key_version=1,
                card_from=70001,
                card_to=70010,
                state="active",
            )
        )
    course = add_project(office, "心电图新进展", "national").course
    start = parse_utc(START)
    session = add_session(office, course, start, start + hours * 3600_000, mode=mode)
    clock.advance(start - 10 * 60_000 - clock.wall_ms)
    venue.set_setting(
        "card_keys",
        {
            **{name: masters[name] for name in ("k_a", "k_ring", "k_issue")},
            "record_key": record_key(bytes.fromhex(masters["k_record"]), VENUE_NUMBER, 1).hex(),
            "key_version": 1,
        },
    )
    give_pack(office, venue)
    cards = folder / "cards"
    cards.mkdir()
    return Deployment(office, venue, clock, session, cards)


def give_pack(office: Station, venue: Station, *blocked: str) -> None:
    """Lay what the office holds under the venue's own, with these cards blocked."""
    rows = [
        (kind, record.id, record.v, record.body)
        for kind in ("unit", "person", "card", "project", "course", "session", "station")
        for record in office.registry.all(kind)
    ]
    venue.lay_pack([*rows, *(("blacklist", id_, 1, {}) for id_ in blocked)])
    told = {"snapshot": 1, "sha256": hashlib.sha256(repr(blocked).encode()).hexdigest()}
    venue.set_setting("pack", {**told, "expires": "", "office_time": ""})
