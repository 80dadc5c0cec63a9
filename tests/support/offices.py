"""A real office with a clock that stands still, and touches at it and at other stations."""

from __future__ import annotations

from pathlib import Path

from icme_tui import facts
from icme_tui.clock import FixedClock, format_utc, next_hlc
from icme_tui.operations.founding import found_office
from icme_tui.station import Station
from tests.support.touches import at

PASSWORD = "correct horse battery"


class Office:
    """An office of invented people, and what reaches it from venues."""

    def __init__(self, home: Path) -> None:
        self.clock = FixedClock("2026-09-25T07:00:00.000Z")
        self.station: Station = found_office(
            home, "OFFICE", "示范委员会", "cme.example", PASSWORD, clock=self.clock
        ).station
        self._positions: dict[str, int] = {}

    def person(self, name: str = "张示例", **body: object) -> str:
        """A new person's code."""
        code = self.station.new_code("person")
        self.station.record(self.station.put("person", code, name=name, **body))
        return code

    def swipe(
        self, person: str, session: str, way: facts.Direction, moment: str | int, *, course: str
    ) -> None:
        """At the office's own reader. The clock goes on to that moment."""
        self._go_to(moment)
        self.station.record(facts.Swipe(person=person, course=course, session=session, dir=way, card="04AA"))

    def makeup(
        self, person: str, session: str, way: facts.Direction, moment: str, *, course: str
    ) -> facts.Place:
        """Entered by hand, for a moment that has passed."""
        when = format_utc(at(moment))
        [place] = self.station.record(
            facts.Makeup(
                person=person, course=course, session=session, dir=way, when=when, reason="card at home"
            )
        )
        return place

    def swipe_at(
        self, venue: str, person: str, session: str, way: facts.Direction, moment: str | int, *, course: str
    ) -> None:
        """At a venue, whose line arrives here."""
        ms = at(moment) if isinstance(moment, str) else moment
        p = self._positions[venue] = self._positions.get(venue, 0) + 1
        swipe = facts.Swipe(
            p=p,
            at=format_utc(ms),
            hlc=next_hlc("", ms),
            boot="b" * 32,
            mono_ms=ms - at("00:00"),
            clk="synced",
            person=person,
            course=course,
            session=session,
            dir=way,
            card="04BB",
        )
        line = facts.encode(swipe)
        self.station.absorb(venue, "e" * 32, p, [line], [facts.line_hash(line)], [facts.decode(line)])

    def _go_to(self, moment: str | int) -> None:
        ms = at(moment) if isinstance(moment, str) else moment
        self.clock.advance(ms - self.clock.wall_ms)
