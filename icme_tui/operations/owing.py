"""Which venues owe the office data: they were not heard for long, a piece is missing, or a session that
they held has brought nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.idcodes import station_of
from icme_tui.operations.courses import sessions
from icme_tui.operations.stations import last_seen
from icme_tui.rules.session import Session
from icme_tui.rules.unittree import units_below

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

DAY_MS = 24 * 3600 * 1000

SILENT_DAYS = 14
"""A venue that was not heard for longer is asked for its data."""

GRACE_MS = DAY_MS
"""So long after its end a session may stay without facts: the stick is on its way."""

LOOK_BACK_MS = 180 * DAY_MS
"""Sessions that ended earlier are not asked for any more."""


class Owing(NamedTuple):
    """A venue, and what is to be asked of it."""

    code: str
    name: str
    days: int | None
    """Days since a bundle of it came last; None where none ever came."""
    is_silent: bool
    """Whether that is longer than it may be."""
    missing: tuple[tuple[int, int], ...]
    """Positions (first, last) that lie before a bundle that waits for them."""
    sessions: tuple[Session, ...]
    """Sessions of this venue that are over and of which nothing has come, by start."""


class Debts(NamedTuple):
    """All that is owed."""

    venues: list[Owing]
    """Those that owe something, by code."""
    unplaced: list[Session]
    """Sessions that are over, of which nothing has come, and which no venue is known to have held."""


def debts(station: Station, days: int = SILENT_DAYS) -> Debts:
    """Who owes what just now; ``days`` without a bundle are silence.

    A session belongs to the venue that made it, else to the venues whose unit lies in the unit of its
    project; where there is none, it is unplaced. Raises RuleError ``OFFICE_ONLY``.
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    now = station.clock.read().wall_ms
    venues = [
        each
        for each in station.registry.all("station")
        if each.id != station.code and "sign_key" in each.body and each.body.get("state") != "revoked"
    ]
    held, unplaced = _by_venue(station, venues, _empty_sessions(station, now))
    found: list[Owing] = []
    for venue in venues:
        seen = last_seen(station, venue.id)
        since = max(0, (now - parse_utc(seen)) // DAY_MS) if seen else None
        missing = _missing(station, venue.id)
        silent = since is None or since > days
        if silent or missing or held[venue.id]:
            name = str(venue.body.get("name", ""))
            found.append(Owing(venue.id, name, since, silent, missing, tuple(held[venue.id])))
    return Debts(found, unplaced)


def _empty_sessions(station: Station, now: int) -> list[Session]:
    """Sessions that are over, and of which nobody has brought anything."""
    told = set(station.sessions_with_taps())
    return [
        each
        for each in sessions(station)
        if now - LOOK_BACK_MS <= each.end_ms < now - GRACE_MS and each.id not in told
    ]


def _by_venue(
    station: Station, venues: list[Record], empty: list[Session]
) -> tuple[dict[str, list[Session]], list[Session]]:
    held: dict[str, list[Session]] = {venue.id: [] for venue in venues}
    by_number = {venue.body.get("number"): venue.id for venue in venues if venue.body.get("number")}
    parents = {unit.id: unit.body.get("parent") for unit in station.registry.all("unit")} if empty else {}
    unplaced: list[Session] = []
    for session in empty:
        maker = by_number.get(station_of(session.id) or 0)
        codes = [maker] if maker else _in_unit(station, venues, parents, session)
        for code in codes:
            held[code].append(session)
        if not codes:
            unplaced.append(session)
    return held, unplaced


def _in_unit(
    station: Station, venues: list[Record], parents: dict[str, str | None], session: Session
) -> list[str]:
    """The venues that stand in the unit of the session's project."""
    course = station.registry.get("course", session.course)
    project = station.registry.get("project", str(course.body.get("project") or "")) if course else None
    unit = project.body.get("unit") if project else None
    if not unit:
        return []
    inside = units_below(parents, str(unit))
    return [venue.id for venue in venues if venue.body.get("unit") in inside]


def _missing(station: Station, venue: str) -> tuple[tuple[int, int], ...]:
    """What the newest bundles that wait are waiting for, as far as it has not come meanwhile."""
    found: set[tuple[int, int]] = set()
    for each in station.setting(f"received/{venue}", []):
        if each["result"] == "held":
            top = station.highest(venue, each["epoch"])
            found |= {(max(top + 1, first), last) for first, last in each["held"] if last > top}
    return tuple(sorted(found))
