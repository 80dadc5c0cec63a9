"""The stations of the demonstration, founded and made known to each other as in real life."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from icme_tui import durable
from icme_tui.clock import FixedClock
from icme_tui.codes import RuleError
from icme_tui.operations import enrolling
from icme_tui.operations.founding import found_office, found_venue
from icme_tui.operations.importing import import_files
from icme_tui.operations.packing import write_pack
from icme_tui.station import Station

PASSWORD = "icme-demo"  # noqa: S105 - of invented data, and told to whoever runs the demonstration
DOMAIN = "demo.example"
SWIFT = "sim:cards?pace=0"
"""The simulated reader, whose operations take no time here."""
VENUES = {"V0007": "示范医院", "V0008": "示范会议中心"}


class Sites(NamedTuple):
    """The stations, open, under one clock."""

    folder: Path
    clock: FixedClock
    office: Station
    hospital: Station
    hall: Station

    @property
    def stick(self) -> Path:
        """The folder that stands for the USB stick."""
        return self.folder / "stick"

    @property
    def venues(self) -> tuple[Station, Station]:
        return self.hospital, self.hall

    def close(self) -> None:
        for station in (self.office, *self.venues):
            station.close()


def found(folder: Path, start: str) -> Sites:
    """Found an office and two venues below ``folder``, where it is ``start`` (ISO, UTC).

    Raises RuleError ``DEMO_FOLDER`` where the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RuleError("DEMO_FOLDER", folder=str(folder))
    durable.make_folder(folder)
    durable.make_folder(folder / "stick")
    durable.write_atomic(folder / "password.txt", f"{PASSWORD}\n".encode())
    clock = FixedClock(start)
    office = found_office(
        folder / "office",
        "OFFICE",
        "示范继教办公室",
        DOMAIN,
        PASSWORD,
        clock=clock,
        recovery_out=folder / "recovery.txt",
    ).station
    hospital, hall = (
        found_venue(folder / code.lower(), code, name, DOMAIN, PASSWORD, clock=clock).station
        for code, name in VENUES.items()
    )
    return Sites(folder, clock, office, hospital, hall)


def enrol(sites: Sites) -> None:
    """Each venue's request goes to the office, the office's digits are typed at each venue."""
    for venue in sites.venues:
        request = enrolling.read_request(sites.office, enrolling.write_request(venue))
        enrolling.enroll(sites.office, request)
        enrolling.type_digits(venue, sites.office.public_key.fingerprint)


def deliver_packs(sites: Sites) -> None:
    """A pack for each venue, by stick."""
    for venue in sites.venues:
        pack = write_pack(sites.office, venue.code, sites.stick)
        (outcome,) = import_files(venue, [pack.sent.file])
        if outcome.result != "accept":
            raise RuleError("DEMO_FAILED", step=f"pack {venue.code}: {outcome.code}")
