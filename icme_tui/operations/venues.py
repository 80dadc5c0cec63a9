"""The venues of an office: who they are, what is held of them, and what became of their last bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.operations.stations import last_seen

if TYPE_CHECKING:
    from icme_tui.station import Station


class Judged(NamedTuple):
    """What became of one bundle of a venue here."""

    seq: int
    result: str
    """``accepted``, ``held`` or ``quarantined``."""
    code: str
    new: int
    known: int
    last: int
    """Position of its last fact."""


class Venue(NamedTuple):
    """One enrolled venue."""

    code: str
    name: str
    number: int
    is_revoked: bool
    facts: int
    """How many of its facts are held without a gap, in all its epochs."""
    last_seq: int
    """Number of the last bundle that was judged; 0 for none."""
    last_result: str
    """``accepted``, ``held`` or ``quarantined``; empty for none."""
    last_code: str
    seen: str
    """When a bundle that nobody had seen before came of it, in UTC; empty for never."""


def venues(station: Station) -> list[Venue]:
    """Every venue that was enrolled, by code."""
    held: dict[str, int] = {}
    for code, epoch in station.sources():
        held[code] = held.get(code, 0) + station.top(code, epoch)[0]
    found: list[Venue] = []
    for record in station.registry.all("station"):
        if record.id == station.code or "request" not in record.body:
            continue
        judged = station.setting(f"received/{record.id}", [])
        last = judged[-1] if judged else {}
        found.append(
            Venue(
                record.id,
                str(record.body.get("name", "")),
                int(record.body.get("number") or 0),
                record.body.get("state") == "revoked",
                held.get(record.id, 0),
                int(last.get("seq", 0)),
                str(last.get("result", "")),
                str(last.get("code", "")),
                last_seen(station, record.id),
            )
        )
    return found


def judged(station: Station, venue: str) -> list[Judged]:
    """The bundles of a venue that were judged here, the newest first."""
    kept = station.setting(f"received/{venue}", [])
    names = ("seq", "result", "code", "new", "dup", "last")
    return [Judged(*(each[name] for name in names)) for each in reversed(kept)]
