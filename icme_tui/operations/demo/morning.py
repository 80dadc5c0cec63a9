"""A morning at two doors: everybody comes and goes, with the faults of real life among them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time
from typing import NamedTuple

from icme_tui.clock import parse_utc
from icme_tui.devices import shelf
from icme_tui.devices.port import Reader
from icme_tui.operations import courses, presenting
from icme_tui.operations.demo.sites import SWIFT, Sites
from icme_tui.operations.demo.tray import PULLED_AFTER
from icme_tui.operations.importing import Imported
from icme_tui.operations.presenting import reader_of
from icme_tui.operations.swiping import Swiping
from icme_tui.station import Station

STRANGER = "stranger"
"""A card that nobody issued."""

SECONDS_BETWEEN = 7
DOUBLE_EVERY, TORN_EVERY = 20, 25


class Agenda(NamedTuple):
    """The sessions of the day."""

    lecture: str
    """National project, two hours and more, in and out."""
    ward_round: str
    """In-house activity after it, in only."""


class Touches:
    """Counts what every touch led to."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    @property
    def accepted(self) -> int:
        return sum(count for code, count in self.outcomes.items() if code.startswith("ACCEPTED"))

    @property
    def refused(self) -> dict[str, int]:
        return {code: n for code, n in sorted(self.outcomes.items()) if not code.startswith("ACCEPTED")}


def moment(day: date, hour: int, minute: int) -> int:
    """Unix milliseconds of a local time of day."""
    return parse_utc(datetime.combine(day, time(hour, minute)).astimezone().isoformat())


def plan_day(sites: Sites, day: date) -> Agenda:
    """Two projects, each with a course and a session, entered at the office."""
    office = sites.office
    national = courses.add_project(office, "心肺复苏新进展", "national", number=f"{day.year}-03-01-001（国）")
    in_house = courses.add_project(office, "多科病例讨论", "in_house")
    lecturer = next(office.registry.all("person")).id
    lecture = courses.add_session(
        office,
        national.course,
        moment(day, 8, 30),
        moment(day, 11, 30),
        mode="in_out",
        in_from_ms=moment(day, 7, 30),
        in_until_ms=moment(day, 9, 15),
        out_from_ms=moment(day, 9, 30),
        out_until_ms=moment(day, 12, 30),
        lecturers=[(lecturer, 60)],
    )
    ward_round = courses.add_session(
        office, in_house.course, moment(day, 13, 0), moment(day, 14, 0), in_from_ms=moment(day, 12, 45)
    )
    return Agenda(lecture, ward_round)


class Door:
    """One station's reader at one session: cards are put on it and taken off."""

    def __init__(self, sites: Sites, station: Station, session: str, touches: Touches) -> None:
        self._sites = sites
        self._reader: Reader = reader_of(station, SWIFT)
        self._cards = station.folders.cards
        self._swiping = Swiping(station, self._reader, session)
        self._touches = touches

    def touch(self, card: str, pull_after: int | None = None) -> str:
        """Put a card on the reader; the outcome's code."""
        self._sites.clock.advance(SECONDS_BETWEEN * 1000)
        shelf.tap(self._cards, card, pull_after, "mixed" if pull_after else None)
        seen = presenting.wait(self._reader, 1)
        outcome = self._swiping.touch(seen)
        shelf.remove(self._cards)
        self._reader.wait_for_removal(1)
        self._touches.outcomes[outcome.code] += 1
        return outcome.code


def swipe_lecture(
    sites: Sites, agenda: Agenda, day: date, cards: list[str], touches: Touches, step: Callable[[], None]
) -> None:
    """In and out at the lecture. Now and then a card is held twice, or pulled too early and put back; one
    card is nobody's, one is blocked, one person is also seen at the other venue, some leave early or
    without a touch."""
    _wait_until(sites, moment(day, 7, 35))
    hurry = random.Random(7)  # noqa: S311 - a demonstration that is the same every time
    door = Door(sites, sites.hospital, agenda.lecture, touches)
    hall = Door(sites, sites.hall, agenda.lecture, touches)
    arriving = hurry.sample(cards, len(cards))
    for i, card in enumerate(arriving, 1):
        if i % TORN_EVERY == 0:
            door.touch(card, pull_after=PULLED_AFTER)
        code = door.touch(card)
        if i % DOUBLE_EVERY == 0 and code.startswith("ACCEPTED"):
            door.touch(card)
        step()
    door.touch(STRANGER)
    _carry(sites.hospital, sites.hall, arriving[0])
    hall.touch(arriving[0])
    _carry(sites.hall, sites.hospital, arriving[0])
    leaving = hurry.sample(cards, len(cards))
    early, forgetful = leaving[: len(leaving) // 30], set(leaving[-max(1, len(leaving) // 30) :])
    _wait_until(sites, moment(day, 9, 50))
    for card in early:
        door.touch(card)
    _wait_until(sites, moment(day, 11, 25))
    for card in leaving:
        if card not in forgetful and card not in early:
            door.touch(card)
        step()


def swipe_ward_round(sites: Sites, agenda: Agenda, day: date, cards: list[str], touches: Touches) -> None:
    """Every third person comes to the discussion."""
    _wait_until(sites, moment(day, 12, 50))
    door = Door(sites, sites.hospital, agenda.ward_round, touches)
    for card in cards[::3]:
        door.touch(card)


def totals(outcomes: list[Imported]) -> dict[str, int]:
    """New, known and held facts of some imports."""
    return {
        "new": sum(one.new for one in outcomes),
        "known": sum(one.known for one in outcomes),
        "held": sum(one.facts for one in outcomes if one.result == "hold"),
    }


def _carry(giver: Station, taker: Station, card: str) -> None:
    """The holder walks from one venue to the other: a simulated card is a file in a station's folder."""
    taker.folders.cards.mkdir(mode=0o700, exist_ok=True)
    name = f"{card}.mfd"
    (giver.folders.cards / name).rename(taker.folders.cards / name)


def _wait_until(sites: Sites, ms: int) -> None:
    sites.clock.advance(max(0, ms - sites.clock.wall_ms))
