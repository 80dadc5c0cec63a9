"""What stands at a station just now: for the line that every screen shows, and for what needs doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import parse_utc
from icme_tui.operations import backing_up, courses, exporting, guests, makeups, owing, quarantine, worklist
from icme_tui.operations.filing import kept_in
from icme_tui.rules.session import Session

if TYPE_CHECKING:
    from icme_tui.station import Station

DAY_MS = 24 * 3600 * 1000
AROUND_MS = 2 * 3600 * 1000
"""A session counts as near from this long before its start until this long after its end."""
STALE_DAYS = 14
"""A roster older than this should be renewed before people stand at the door."""


class Overview(NamedTuple):
    """All of it by value; nothing here changes afterwards."""

    uncarried: int = 0
    """Facts of a venue that were not exported yet: no stick has carried them."""
    roster_days: int | None = None
    """Days since the office wrote the pack in force; None at an office, and at a venue without a pack."""
    needs_pack: bool = False
    """A venue that has no pack yet."""
    waiting: int = 0
    """Files in ``inbox/`` that wait for something."""
    makeups: int = 0
    """Make-ups that wait for this office to confirm them."""
    guests: int = 0
    """Guests whom this office has not recognised yet."""
    aside: int = 0
    """Files in ``quarantine/`` that wait for a decision."""
    flags: int = 0
    """Flags that wait for a decision of this office, without those that only attendances show."""
    owing: int = 0
    """Venues that owe this office data."""
    clock_doubtful: bool = False
    backup_days: int | None = None
    """Days without a backup, where these are too many."""
    is_expired: bool = False
    """Whether the pack in force is past the date that the office gave it."""
    near: tuple[Session, ...] = ()
    """Sessions that are on, or nearly, and were not closed here, by start."""

    @property
    def is_stale(self) -> bool:
        return self.is_expired or (self.roster_days is not None and self.roster_days > STALE_DAYS)


def overview(station: Station) -> Overview:
    """Read it from the store and the home folder."""
    at_venue = station.role == "venue"
    reading = station.clock.read()
    now = reading.wall_ms
    closed = set(courses.closed_sessions(station))
    pack = station.setting("pack") if at_venue else None
    days = backing_up.days_without(station, now)
    uncarried = exporting.waiting(station)[1] if at_venue else 0
    return Overview(
        uncarried,
        _days_since(pack["office_time"], now) if pack is not None else None,
        at_venue and pack is None,
        len(kept_in(station.folders.inbox)),
        0 if at_venue else makeups.count_open(station),
        0 if at_venue else len(guests.unmerged(station)),
        quarantine.count_open(station),
        0 if at_venue else worklist.quick_count(station),
        0 if at_venue else len(owing.debts(station).venues),
        station.is_clock_suspect(reading),
        days if days is not None and days > backing_up.OLD_DAYS else None,
        bool(pack and pack["expires"] and parse_utc(pack["expires"]) < now),
        tuple(
            session
            for session in courses.sessions(station)
            if session.id not in closed and session.start_ms - AROUND_MS <= now <= session.end_ms + AROUND_MS
        ),
    )


def _days_since(moment: str, now: int) -> int:
    return max(0, (now - parse_utc(moment)) // DAY_MS) if moment else 0
