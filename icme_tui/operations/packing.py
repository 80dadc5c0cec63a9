"""Making a pack at the office: signed, encrypted to one venue and the recovery key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import facts
from icme_tui.bundles import build
from icme_tui.bundles.build import Issue
from icme_tui.bundles.manifest import Ack
from icme_tui.clock import format_seconds, minute_of
from icme_tui.codes import RuleError
from icme_tui.operations import packrows, sending, tidying

if TYPE_CHECKING:
    from icme_tui.station import Station

VALID_DAYS = 90
"""After so many days a venue says how old its roster is."""

_DAY_MS = 86_400_000


class Packed(NamedTuple):
    """A pack that was written."""

    sent: sending.Sent
    snapshot: int
    expires: str


def write_pack(station: Station, venue: str, folder: Path, *, days: int = VALID_DAYS) -> Packed:
    """Write the pack for a venue to ``folder``, keep it in ``outbox/`` and record that it was made. Of the
    packs for this venue the last three stay in the folder.

    Raises RuleError ``OFFICE_ONLY``, ``NO_STATION`` (never enrolled), ``STATION_REVOKED``; BundleError (see
    ``bundles.build.pack`` and ``bundles.stick.write``).
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    now = station.clock.read().wall_ms
    office_time, expires = format_seconds(now), format_seconds(now + days * _DAY_MS)
    with station.writing():  # its number is taken before it is written: no second pack may bear it
        record = station.registry.get("station", venue)
        if record is None or venue == station.code or "request" not in record.body:
            raise RuleError("NO_STATION", station=venue)
        if record.body.get("state") == "revoked":
            raise RuleError("STATION_REVOKED", station=venue)
        snapshot = max(int(station.setting("snapshot", 0)) + 1, minute_of(now))
        recipients = [str(record.body["age"]), str(station.setting("recovery"))]
        built = build.pack(
            sending.next_route(station, station.epoch, venue, recipients),
            packrows.rows_for(station, record, office_time),
            Issue(snapshot, expires, office_time),
            _ack(station, venue),
            sending.made_now(station),
            lambda stored: station.sign("pack", stored, venue),
        )
        station.set_setting("snapshot", snapshot)
        if built.manifest.next is not None:
            station.note_told(venue, snapshot)
        sending.count(station, built)
    sent = sending.send(station, "pack", built, folder)
    station.record(facts.PackTaken(snapshot=snapshot, sha256=built.bundle_id, to=venue))
    tidying.tidy(station, "pack", venue, [sent.file])
    return Packed(sent, snapshot, expires)


def _ack(station: Station, venue: str) -> Ack:
    """What we have of the venue's newest epoch."""
    received = [each["epoch"] for each in station.setting(f"received/{venue}", [])]
    if not received:
        return Ack(pack=0, pos=0, head="0" * 64)
    pos, head = station.top(venue, received[-1])
    return Ack(pack=0, pos=pos, head=head.hex())
