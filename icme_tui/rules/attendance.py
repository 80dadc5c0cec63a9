"""From touches to attendances: who was at a session, for how long, and if it does not count, why.

Pure and independent of the order of its input: the same set of taps gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from icme_tui.rules.session import Session

DOUBLE_TAP_MS = 60_000
"""A touch less than this after the first kept one, same station and direction, is a double tap."""

MAKEUP = "makeup"
NO_IN = "NO_IN"
NO_OUT = "NO_OUT"
SHORT = "SHORT"
MAKEUP_OPEN = "MAKEUP_OPEN"
UNKNOWN_COURSE = "UNKNOWN_COURSE"
TWO_VENUES = "TWO_VENUES"


class Tap(NamedTuple):
    """One effective coming or going: what a swipe, a make-up or a card record says after operations.

    ``station``, ``epoch`` and ``p`` are the place of the fact. ``at_ms`` is Unix milliseconds: of
    a make-up the moment it stands for, with an empty ``boot`` and no ``mono_ms``.
    """

    station: str
    epoch: str
    p: int
    person: str
    course: str
    """Course code; empty where only the session is known (a card record)."""
    session: str
    dir: str
    """``in`` or ``out``."""
    at_ms: int
    boot: str
    mono_ms: int | None
    suspect: bool
    """The wall clock of the moment is doubtful."""
    kind: str
    """``swipe``, ``makeup`` or ``card-record``."""
    card: str
    """UID; empty for a make-up."""
    cseq: int | None
    """Record number on the card; None for a card of which only the UID is known, and for a make-up."""
    confirmed: bool
    """The office has confirmed it (it matters for a make-up only)."""
    at_station: str = ""
    """Station that was touched, where it is not the one that reports it (a card record)."""
    moved_ms: int = 0
    """How far the office has moved ``at_ms``."""


class Attendance(NamedTuple):
    """One person at one session. Moments are Unix milliseconds."""

    person: str
    course: str
    session: str
    start_ms: int
    """Start of the session; of an unknown session the first touch."""
    end_ms: int
    in_ms: int | None
    out_ms: int | None
    minutes: int
    """Minutes attended, cut to the session."""
    whole_minutes: int
    """Teaching minutes of the session."""
    reason: str
    """Empty if it counts, else the reason code."""
    flags: tuple[str, ...]
    suspect: bool
    """The minutes rest on a doubtful clock."""
    exists: bool
    """Whether there is an effective coming: without one the row only explains the touches."""
    in_was_ms: int | None = None
    """What the clock said at the coming, where the office has moved its time; so with the going."""
    out_was_ms: int | None = None


class _Stay(NamedTuple):
    in_ms: int | None
    out_ms: int | None
    minutes: int
    reason: str
    suspect: bool
    in_was_ms: int | None = None
    out_was_ms: int | None = None


def attend(
    taps: Iterable[Tap],
    session: Session | None,
    place_of: Callable[[str], str],
    makeup_counts: bool,
) -> list[Attendance]:
    """The attendances of one session, by person and course.

    ``taps`` are the effective taps of the session; ``session`` is None while its record is unknown.
    ``place_of`` gives the place of a station. ``makeup_counts`` says whether a make-up counts before the
    office has confirmed it. Sessions that overlap are settled by ``overlaps.settle_overlaps``.
    """
    by_person: dict[str, list[Tap]] = {}
    for tap in _once_per_event(taps):
        of_person = by_person.get(tap[3])
        if of_person is None:
            by_person[tap[3]] = [tap]
        else:
            of_person.append(tap)
    rows: list[Attendance] = []
    for person in sorted(by_person):
        kept, doubles = _collapse(by_person[person])
        by_course: dict[str, list[Tap]] = {}
        for tap in kept:
            course = tap.course or (session.course if session is not None else "")
            by_course.setdefault(course, []).append(tap)
        for number, course in enumerate(sorted(by_course)):
            flags = doubles if number == 0 else []
            rows.append(
                _attendance(person, course, by_course[course], session, place_of, makeup_counts, flags)
            )
    return rows


def _once_per_event(taps: Iterable[Tap]) -> Iterable[Tap]:
    """One tap for each touch: a card event (UID, cseq, station) of a person may be told by several facts. A
    number without a card tells none: it stands for itself, as both do where both of a fork count."""
    best: dict[tuple[str | int, ...], Tap] = {}
    for tap in taps:
        card, cseq = tap[12], tap[13]
        key: tuple[str | int, ...] = (tap[0], tap[1], tap[2], tap[3], tap[7])
        if cseq is not None and card:
            key = (card, cseq, tap[15] or tap[0], tap[3])
        other = best.get(key)
        if other is None or _told_by(tap) < _told_by(other):
            best[key] = tap
    return best.values()


def _told_by(tap: Tap) -> tuple[bool, bool, str, str, int]:
    """The swipe itself tells more (milliseconds, boot) than what was read off the card later: a record, or by
    a station that had lost the swipe (after a restore) a swipe with the minute of the record."""
    return (tap.kind != "swipe", not tap.boot, tap.station, tap.epoch, tap.p)


def _by_wall(tap: Tap) -> tuple[int, str, str, int]:
    return (tap[7], tap[0], tap[1], tap[2])


def _by_boot(tap: Tap) -> tuple[int, str, str, int]:
    return (tap[9] or 0, tap[0], tap[1], tap[2])


def _in_order(taps: list[Tap]) -> list[Tap]:
    """By the clock that cannot be set, if one boot saw all of them, else by the wall clock."""
    if len(taps) < 2:
        return taps
    boot = taps[0][8]
    one_boot = boot and all(tap[8] == boot and tap[9] is not None for tap in taps)
    return sorted(taps, key=_by_boot if one_boot else _by_wall)


def _elapsed(first: Tap, second: Tap) -> int:
    """Milliseconds from one touch to another."""
    if first[8] and first[8] == second[8] and first[9] is not None and second[9] is not None:
        return second[9] - first[9]
    return second[7] - first[7]


def _collapse(taps: list[Tap]) -> tuple[list[Tap], list[str]]:
    """One person's taps in order without the double ones, and a flag for each of those."""
    ordered = _in_order(taps)
    if len(ordered) == 1:
        return ordered, []
    kept: list[Tap] = []
    flags: list[str] = []
    last: dict[tuple[str, str], Tap] = {}
    for tap in ordered:
        if tap.kind != MAKEUP:
            key = (tap[15] or tap[0], tap[6])
            first = last.get(key)
            if first is not None and abs(_elapsed(first, tap)) < DOUBLE_TAP_MS:
                flags.append(f"DOUBLE_TAP:{tap.station}/{tap.epoch}/{tap.p}")
                continue
            last[key] = tap
        kept.append(tap)
    return kept, sorted(flags)


def _attendance(
    person: str,
    course: str,
    taps: list[Tap],
    session: Session | None,
    place_of: Callable[[str], str],
    makeup_counts: bool,
    flags: list[str],
) -> Attendance:
    firm = taps if makeup_counts else [tap for tap in taps if tap.kind != MAKEUP or tap.confirmed]
    exists = any(tap.dir == "in" for tap in firm)
    session_id = taps[0].session
    if len(taps) > 1 and _two_places(taps, place_of):
        flags = [*flags, f"{TWO_VENUES}:{person}/{course}/{session_id}"]
    if session is None:
        stay = _seen(taps, UNKNOWN_COURSE if exists or len(firm) < len(taps) else NO_IN)
        start, end, whole = taps[0].at_ms, taps[-1].at_ms, 0
    else:
        stay = _stay(firm, session)
        if stay.reason and len(firm) < len(taps):
            with_open = _stay(taps, session)
            stay = with_open if with_open.reason else with_open._replace(reason=MAKEUP_OPEN)
        start, end, whole = session.start_ms, session.end_ms, session.minutes
    return Attendance(
        person,
        course,
        session_id,
        start,
        end,
        stay.in_ms,
        stay.out_ms,
        stay.minutes,
        whole,
        stay.reason,
        tuple(flags),
        stay.suspect,
        exists,
        stay.in_was_ms,
        stay.out_was_ms,
    )


def _two_places(taps: list[Tap], place_of: Callable[[str], str]) -> bool:
    stations = {tap[15] or tap[0] for tap in taps if tap[6] == "in" and tap[11] != MAKEUP}
    return len(stations) > 1 and len({place_of(station) for station in stations}) > 1


def _seen(taps: list[Tap], reason: str) -> _Stay:
    """First coming and last going, without minutes."""
    coming = next((tap for tap in taps if tap.dir == "in"), None)
    going = next((tap for tap in reversed(taps) if tap.dir == "out"), None)
    return _Stay(
        None if coming is None else coming.at_ms,
        None if going is None else going.at_ms,
        0,
        reason,
        any(tap.suspect for tap in taps),
        None if coming is None or not coming.moved_ms else coming.at_ms - coming.moved_ms,
        None if going is None or not going.moved_ms else going.at_ms - going.moved_ms,
    )


def _stay(taps: list[Tap], session: Session) -> _Stay:
    """What ``taps`` (in order) are worth at a known session."""
    if session.mode == "in":
        seen = _seen(taps, "")
        if seen.in_ms is None:
            return seen._replace(reason=NO_IN)
        return seen._replace(minutes=session.minutes, suspect=False)
    return _stay_in_out(taps, session)


def _stay_in_out(taps: list[Tap], session: Session) -> _Stay:
    """Every coming up to the going after it: a person may leave and return.

    Of comings in a row the first counts, of goings in a row the last.
    """
    pairs: list[tuple[Tap, Tap]] = []
    coming: Tap | None = None
    paired = False
    for tap in taps:
        if tap[6] == "in":
            if coming is None or paired:
                coming, paired = tap, False
        elif coming is not None:
            if paired:
                pairs[-1] = (coming, tap)
            else:
                pairs.append((coming, tap))
                paired = True
    seen = _seen(taps, "")
    if coming is None:
        return seen._replace(reason=NO_IN)
    milliseconds = sum(_inside(first, last, session) for first, last in pairs)
    minutes = min(milliseconds // 60_000, session.minutes)
    enough = bool(pairs) and minutes * 100 >= session.min_percent * session.minutes
    reason = "" if enough else SHORT if paired else NO_OUT
    return seen._replace(minutes=minutes, reason=reason)


def _inside(first: Tap, last: Tap, session: Session) -> int:
    """Milliseconds between two touches that lie inside the session.

    The length comes from ``_elapsed``; it is laid on the wall clock at the end whose clock is trusted.
    Where none is, the length is only kept below that of the session.
    """
    length = _elapsed(first, last)
    if first.suspect and last.suspect:
        return max(0, min(length, session.end_ms - session.start_ms))
    begin = last.at_ms - length if first.suspect else first.at_ms
    return max(0, min(begin + length, session.end_ms) - max(begin, session.start_ms))
