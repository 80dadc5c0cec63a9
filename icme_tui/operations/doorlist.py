"""What stands at the door of a session: who came, who left, who is inside, and the last touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.facts import Place
from icme_tui.operations.holders import Person, person_of

if TYPE_CHECKING:
    from icme_tui.rules.attendance import Tap
    from icme_tui.rules.session import Session
    from icme_tui.station import Station


class Line(NamedTuple):
    """One touch that counts."""

    person: Person
    direction: str
    at_ms: int
    kind: str
    """``swipe`` or ``makeup``."""
    place: Place


class Counts(NamedTuple):
    """People, not touches."""

    came: int
    left: int
    inside: int


class Tally:
    """Who came and who left, kept up to date touch by touch."""

    def __init__(self, taps: list[Tap]) -> None:
        self._came: set[str] = set()
        self._left: set[str] = set()
        self._inside: set[str] = set()
        for tap in sorted(taps, key=_order):
            self.add(tap.person, tap.dir)

    def add(self, person: str, direction: str) -> None:
        """A touch later than all before."""
        if direction == "in":
            self._came.add(person)
            self._inside.add(person)
        else:
            self._left.add(person)
            self._inside.discard(person)

    @property
    def counts(self) -> Counts:
        return Counts(len(self._came), len(self._left), len(self._inside))


class Standing(NamedTuple):
    """A session as it stands in this store."""

    tally: Tally
    last: tuple[Line, ...]
    """The newest first."""


def standing(station: Station, session: str, last: int) -> Standing:
    """The counts of a session and its ``last`` touches."""
    taps = sorted(station.taps(session), key=_order)
    newest = taps[: -last - 1 : -1] if last else []
    return Standing(Tally(taps), tuple(line_of(station, tap) for tap in newest))


def without_out(station: Station, session: Session) -> list[Line]:
    """The last coming of those who have not signed out of a session that asks for it, by name."""
    if session.mode != "in_out":
        return []
    newest: dict[str, Tap] = {}
    for tap in sorted(station.taps(session.id), key=_order):
        newest[tap.person] = tap
    missing = [line_of(station, tap) for tap in newest.values() if tap.dir == "in"]
    return sorted(missing, key=lambda line: (line.person.name, line.person.code))


def is_inside(station: Station, session: str, person: str) -> bool:
    """Whether the last touch of somebody was a coming."""
    taps = sorted(station.taps_of(session, person), key=_order)
    return bool(taps) and taps[-1].dir == "in"


def line_of(station: Station, tap: Tap) -> Line:
    """A touch with the names that belong to it."""
    place = Place(tap.station, tap.epoch, tap.p)
    return Line(who(station, tap.person), tap.dir, tap.at_ms, tap.kind, place)


def who(station: Station, code: str) -> Person:
    """A person or a guest by code."""
    guest = station.registry.get("guest", code)
    if guest is None:
        return person_of(station, code)
    return Person(code, str(guest.body.get("name") or ""), str(guest.body.get("unit_name") or ""))


def _order(tap: Tap) -> tuple[int, str, str, int]:
    return tap.at_ms, tap.station, tap.epoch, tap.p
