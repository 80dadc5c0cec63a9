"""Taking back the last touch of this station: a ``void`` with a reason. The touch itself stays on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.codes import RuleError
from icme_tui.facts import Place, Void
from icme_tui.operations.doorlist import Line, line_of

if TYPE_CHECKING:
    from icme_tui.station import Station


def last_touch(station: Station, session: str) -> Line | None:
    """The newest touch of a session that this station has recorded since it was set up, and that counts."""
    epoch = station.epoch
    own = [tap for tap in station.taps(session) if (tap.station, tap.epoch) == (station.code, epoch)]
    newest = max(own, key=lambda tap: tap.p, default=None)
    return None if newest is None else line_of(station, newest)


def undo(station: Station, session: str, place: Place, reason: str) -> Place:
    """Take back the touch at ``place``, which must still be the last one; returns the place of the void.

    Raises RuleError ``REASON_MISSING``, ``NOTHING_TO_UNDO``.
    """
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    with station.writing():
        last = last_touch(station, session)
        if last is None or last.place != place:
            raise RuleError("NOTHING_TO_UNDO")
        return station.record(Void(target=list(place), reason=reason.strip()))[0]
