"""An office, one venue and a stick that goes between them."""

from __future__ import annotations

from pathlib import Path

from icme_tui import facts
from icme_tui.clock import FixedClock
from icme_tui.operations import enrolling, exporting, importing, packing
from icme_tui.station import Station
from tests.support import stations

MINUTE = 60_000


class Pair:
    """Two real stations. Nothing has travelled yet: call ``join`` for that."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock("2026-09-25T08:00:00Z")
        self.office: Station = stations.office(folder / "office", self.clock)
        self.venue: Station = stations.venue(folder / "venue", clock=self.clock)
        self.stick = folder / "stick"
        self.stick.mkdir()

    def enroll(self, unit: str = "") -> None:
        received = enrolling.read_request(self.office, enrolling.write_request(self.venue))
        enrolling.enroll(self.office, received, unit=unit)

    def confirm(self) -> None:
        enrolling.type_digits(self.venue, self.office.public_key.fingerprint)

    def pack(self) -> Path:
        self.clock.advance(MINUTE)
        return packing.write_pack(self.office, "V0007", self.stick).sent.file

    def join(self) -> None:
        """All that has to happen before the venue works."""
        self.enroll()
        self.confirm()
        self.renew()

    def renew(self) -> None:
        """A new pack goes to the venue."""
        (outcome,) = importing.import_files(self.venue, [self.pack()])
        assert (outcome.result, outcome.code) == ("accept", "OK")

    def note(self, count: int = 1) -> None:
        """Something happens at the venue."""
        self.clock.advance(MINUTE)
        self.venue.record(*(facts.Note(text=f"note {number}") for number in range(count)))

    def export(self) -> Path:
        self.clock.advance(MINUTE)
        return exporting.export(self.venue, self.stick)[-1].file

    def office_takes(self, file: Path) -> importing.Imported:
        """A bundle of the venue arrives at the office."""
        (outcome,) = importing.import_files(self.office, [file])
        return outcome

    def close(self) -> None:
        self.office.close()
        self.venue.close()
