"""The office moves the times of a range of a station's facts, and sees before what that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import MAX_ADJUST_MS
from icme_tui.codes import RuleError
from icme_tui.facts import ClockAdjust, Place, Swipe, decode_many
from icme_tui.operations import clocks
from icme_tui.operations.supposing import Change, changes, supposed, verdicts
from icme_tui.station import is_stamped

if TYPE_CHECKING:
    from icme_tui.station import Station


class Range(NamedTuple):
    """Facts of one epoch of a station, first and last included."""

    station: str
    epoch: str
    first: int
    last: int


class Preview(NamedTuple):
    """What an adjust would do."""

    range: Range
    ms: int
    swipes: int
    """Touches whose times move."""
    people: int
    from_ms: int | None
    """The earliest of their times as they were read off the clock; None where none moves."""
    until_ms: int | None
    changes: list[Change]


def find_range(station: Station, code: str, epoch: str, first: int, last: int) -> Range:
    """A range by the code of its station and the beginning of its epoch.

    Raises RuleError ``NO_FACTS_OF``, ``EPOCH_UNCLEAR``, ``RANGE_EMPTY`` (no fact of it is held).
    """
    full = clocks.full_epoch(station, code, epoch)
    if not 1 <= first <= last or not station.lines(code, full, first, last):
        raise RuleError("RANGE_EMPTY", station=code, first=first, last=last)
    return Range(code, full, first, last)


def distance_to(station: Station, wanted: Range, right_ms: int) -> int:
    """What to add so that the first swipe of the range stands at this moment (Unix milliseconds).

    Raises RuleError ``RANGE_EMPTY`` where no swipe of the range has a clock's time.
    """
    for fact in decode_many(station.lines(*wanted)):
        if isinstance(fact, Swipe) and fact.boot:
            at = clocks.moment(fact)
            if at is not None:
                return right_ms - at
    raise RuleError("RANGE_EMPTY", station=wanted.station, first=wanted.first, last=wanted.last)


def preview(station: Station, wanted: Range, ms: int) -> Preview:
    """What moving a range by ``ms`` would change. Records nothing.

    Raises RuleError ``OFFICE_ONLY``, ``CLOCK_TOO_FAR``.
    """
    _check(station, ms)
    moved = [
        tap
        for session in sorted(station.sessions_between(*wanted))
        for tap in station.taps(session)
        if tap[:2] == wanted[:2] and wanted.first <= tap.p <= wanted.last and is_stamped(tap)
    ]
    people = {tap.person for tap in moved}
    times = [tap.at_ms - tap.moved_ms for tap in moved]
    before = verdicts(station, people)
    after = supposed(station, [_fact(wanted, ms, "")], lambda: verdicts(station, people))
    return Preview(
        wanted,
        ms,
        len(moved),
        len(people),
        min(times, default=None),
        max(times, default=None),
        changes(station, before, after),
    )


def adjust(station: Station, wanted: Range, ms: int, reason: str) -> Place:
    """Move the times of a range by ``ms``, counted from what its facts say; 0 puts the originals back.

    Raises RuleError ``OFFICE_ONLY``, ``CLOCK_TOO_FAR``, ``REASON_MISSING``.
    """
    _check(station, ms)
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    return station.record(_fact(wanted, ms, reason.strip()))[0]


def _check(station: Station, ms: int) -> None:
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    if abs(ms) > MAX_ADJUST_MS:
        raise RuleError("CLOCK_TOO_FAR")


def _fact(wanted: Range, ms: int, reason: str) -> ClockAdjust:
    return ClockAdjust(
        station=wanted.station, epoch=wanted.epoch, first=wanted.first, last=wanted.last, ms=ms, reason=reason
    )
