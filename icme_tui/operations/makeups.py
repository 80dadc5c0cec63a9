"""Make-ups: an operator's entry for a swipe that is missing, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import format_utc
from icme_tui.codes import RuleError
from icme_tui.facts import Confirm, Direction, Makeup, Place, decode
from icme_tui.operations import courses
from icme_tui.operations.doorlist import Line, line_of
from icme_tui.rules.policy import load_policy
from icme_tui.rules.session import Session, session_of

if TYPE_CHECKING:
    from icme_tui.rules.attendance import Tap
    from icme_tui.station import Station


class Entered(NamedTuple):
    """A make-up that was recorded."""

    place: Place
    pending: bool
    """It counts only after the office has confirmed it."""


class Listed(NamedTuple):
    """A make-up of a session."""

    line: Line
    pending: bool


class Open(NamedTuple):
    """A make-up that counts only once the office has confirmed it."""

    line: Line
    session: str
    title: str
    """Of the session; its code where it is not known here."""
    reason: str
    """What the operator gave as the reason."""
    by: str
    """The operator who entered it."""


def usual_moment(session: Session, direction: Direction, now_ms: int) -> int:
    """The moment that a make-up stands for where the operator names none: now, as far as it lies in the
    session; else its start for a coming and its end for a going."""
    if session.start_ms <= now_ms <= session.end_ms:
        return now_ms
    return session.start_ms if direction == "in" else session.end_ms


def add_makeup(
    station: Station, session: str, person: str, direction: Direction, reason: str, when_ms: int | None = None
) -> Entered:
    """Record that a person or guest came or left at ``when_ms`` (Unix milliseconds).

    Raises RuleError ``NO_SESSION``, ``NO_PERSON``, ``REASON_MISSING``, ``NO_OUT_HERE``, ``ALREADY_IN``,
    ``ALREADY_OUT``, ``MAKEUP_OUTSIDE``.
    """
    known = courses.session(station, session)
    with station.writing():
        place = station.record(_checked(station, known, person, direction, reason, when_ms))[0]
    return Entered(place, needs_office(station, known))


def add_makeups(
    station: Station,
    session: str,
    people: Sequence[str],
    direction: Direction,
    reason: str,
    when_ms: int | None = None,
) -> int:
    """The same for several people, all or nothing; returns how many."""
    known = courses.session(station, session)
    with station.writing():
        station.record(*(_checked(station, known, person, direction, reason, when_ms) for person in people))
    return len(people)


def makeups_of(station: Station, session: str) -> list[Listed]:
    """The make-ups of a session that count or wait, by moment. Raises RuleError ``NO_SESSION``."""
    waits = needs_office(station, courses.session(station, session))
    found = [tap for tap in station.taps(session) if tap.kind == "makeup"]
    return [
        Listed(line_of(station, tap), waits and not tap.confirmed)
        for tap in sorted(found, key=lambda tap: (tap.at_ms, tap.station, tap.epoch, tap.p))
    ]


def open_makeups(station: Station, session: str | None = None) -> list[Open]:
    """What waits for the office, of all sessions or of one, by moment. Sessions whose project is not known
    here wait too, as they may turn out to be of a level that asks for it."""
    return [
        _open(station, tap)
        for tap in sorted(_waiting(station), key=lambda tap: (tap.at_ms, tap.station, tap.epoch, tap.p))
        if session in (None, tap.session)
    ]


def count_open(station: Station) -> int:
    """How many make-ups wait for the office."""
    return len(_waiting(station))


def confirm(station: Station, places: Sequence[Place], reason: str = "") -> int:
    """The office confirms the make-ups at these places, all or nothing; returns how many.

    Raises RuleError ``OFFICE_ONLY``, ``NO_OPEN_MAKEUP`` (nothing at this place waits).
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    with station.writing():
        waiting = {Place(tap.station, tap.epoch, tap.p) for tap in _waiting(station)}
        wanted = list(dict.fromkeys(places))
        for place in wanted:
            if place not in waiting:
                raise RuleError("NO_OPEN_MAKEUP", place=f"{place.station}/{place.p}")
        station.record(*(Confirm(target=list(place), reason=reason.strip()) for place in wanted))
    return len(wanted)


def _waiting(station: Station) -> list[Tap]:
    waits: dict[str, bool] = {}
    found: list[Tap] = []
    for tap in station.unconfirmed_makeups():
        if tap.session not in waits:
            record = station.registry.get("session", tap.session)
            known = session_of(record.id, record.body) if record is not None else None
            waits[tap.session] = known is None or needs_office(station, known)
        if waits[tap.session]:
            found.append(tap)
    return found


def _open(station: Station, tap: Tap) -> Open:
    record = station.registry.get("session", tap.session)
    known = session_of(record.id, record.body) if record is not None else None
    # Of a forked place the first line that says why.
    entered = (decode(line) for line in station.lines(tap.station, tap.epoch, tap.p, tap.p))
    fact = next((one for one in entered if isinstance(one, Makeup)), None)
    return Open(
        line_of(station, tap),
        tap.session,
        (known.title if known is not None else "") or tap.session,
        fact.reason if fact is not None else "",
        fact.by if fact is not None else "",
    )


def needs_office(station: Station, session: Session) -> bool:
    """Whether make-ups of this session count only after the office has confirmed them: by the rules that
    hold for the level of its project, and while that is not known."""
    course = station.registry.get("course", session.course)
    project = station.registry.get("project", str(course.body.get("project") or "")) if course else None
    if project is None:
        return True
    return project.body.get("level") in load_policy().attendance.confirm_makeups


def _checked(
    station: Station,
    session: Session,
    person: str,
    direction: Direction,
    reason: str,
    when_ms: int | None,
) -> Makeup:
    taps = sorted(station.taps_of(session.id, person), key=lambda tap: (tap.at_ms, tap.p))
    # Somebody with a card of another station has touches here and no record.
    if not taps and all(station.registry.get(kind, person) is None for kind in ("person", "guest")):
        raise RuleError("NO_PERSON", person=person)
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    if direction == "out" and session.mode == "in":
        raise RuleError("NO_OUT_HERE", session=session.id)
    if taps and taps[-1].dir == direction:
        raise RuleError("ALREADY_IN" if direction == "in" else "ALREADY_OUT", person=person)
    now = station.clock.read().wall_ms
    when = usual_moment(session, direction, now) if when_ms is None else when_ms
    if not session.in_from_ms <= when <= session.out_until_ms:
        raise RuleError(
            "MAKEUP_OUTSIDE", opens=format_utc(session.in_from_ms), closes=format_utc(session.out_until_ms)
        )
    return Makeup(
        person=person,
        course=session.course,
        session=session.id,
        dir=direction,
        when=format_utc(when),
        reason=reason.strip(),
    )
