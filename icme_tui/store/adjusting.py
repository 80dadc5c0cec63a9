"""The projection ``adjusted``: ranges of a station's facts whose times the office has moved.

The stored times stay as they are; they are moved where they are read. Of several adjusts that cover a place
the last one holds, in the order (hlc, station, epoch, p) in which operations fold: each says how far the
place stands from its original, so that two clerks who decide the same do not move it twice. One of 0 ms puts
the original back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icme_tui import facts
from icme_tui.clock import MAX_ADJUST_MS
from icme_tui.rules.attendance import Tap
from icme_tui.store.books import Books

LATEST_MS = 253_402_300_799_999
"""The end of the year 9999: no time is moved beyond it, nor before 1970."""


class Adjusted(NamedTuple):
    """One adjust that stands."""

    station: str
    epoch: str
    first: int
    last: int
    ms: int
    place: facts.Place
    """Of the ``clock-adjust``."""


Ranges = dict[tuple[str, str], list[Adjusted]]
"""(station, epoch) → its adjusts, the one that holds before those that it overrules."""


def insert(books: Books, source: int, fact: facts.ClockAdjust, hlc: str) -> None:
    """Let an adjust of the office count."""
    if fact.last < fact.first or abs(fact.ms) > MAX_ADJUST_MS:
        return
    books.run(
        "INSERT OR REPLACE INTO adjusted VALUES (?, ?, ?, ?, ?, ?, ?)",
        books.sources.number(fact.station, fact.epoch),
        fact.first,
        fact.last,
        fact.ms,
        hlc,
        source,
        fact.p,
    )


def delete(books: Books, source: int, p: int) -> None:
    """Forget the adjust at a place."""
    books.run("DELETE FROM adjusted WHERE by_source = ? AND by_p = ?", source, p)


def ranges(books: Books) -> Ranges:
    """Every adjust that stands."""
    found: Ranges = {}
    rows = books.run(
        "SELECT a.source, a.first, a.last, a.ms, a.by_source, a.by_p FROM adjusted a"
        " JOIN source s ON s.id = a.by_source ORDER BY a.hlc DESC, s.station DESC, s.epoch DESC, a.by_p DESC"
    )
    for source, first, last, ms, by_source, by_p in rows.fetchall():
        pair = books.sources.pair(source)
        place = books.sources.place(by_source, by_p)
        found.setdefault(pair, []).append(Adjusted(*pair, first, last, ms, place))
    return found


def holding(known: Ranges, station: str, epoch: str, p: int) -> Adjusted | None:
    """The adjust that holds at a place, if any covers it."""
    of_source = known.get((station, epoch), ())
    return next((one for one in of_source if one.first <= p <= one.last), None)


def sessions(books: Books, station: str, epoch: str, first: int, last: int) -> set[str]:
    """The sessions that the swipes of a range name, by themselves or as they were corrected."""
    source = books.sources.find(station, epoch)
    if source is None:
        return set()
    lines = [line.line for line in books.journal.lines(source, first, last)]
    found = {fact.session for fact in facts.decode_many(lines) if isinstance(fact, facts.Swipe)}
    rows = books.run(
        "SELECT line FROM operation WHERE target = ? AND target_p BETWEEN ? AND ?", source, first, last
    )
    for (line,) in rows.fetchall():
        fact = facts.decode(line)
        session = fact.set.get("session") if isinstance(fact, facts.Correct) else None
        if isinstance(session, str):
            found.add(session)
    return found


def moved(at_ms: int, ms: int) -> int:
    """A time moved; the same where it would leave the years that can be told."""
    after = at_ms + ms
    return after if 0 <= after <= LATEST_MS else at_ms


def is_stamped(tap: Tap) -> bool:
    """Whether the time of a tap was read off the clock of its moment."""
    return tap.kind == "swipe" and (
        tap.boot != "" or tap.mono_ms is not None or tap.suspect or tap.moved_ms != 0
    )


def applied(books: Books, taps: Sequence[Tap]) -> list[Tap]:
    """The taps with the times that the office moved.

    Only a time that was read off the clock of its moment moves: that of a make-up was typed, and that of a
    touch that a card told of later was read off another moment's clock.
    """
    known = ranges(books)
    return [_applied(known, tap) for tap in taps] if known else list(taps)


def _applied(known: Ranges, tap: Tap) -> Tap:
    one = holding(known, tap.station, tap.epoch, tap.p) if is_stamped(tap) else None
    if one is None or one.ms == 0:
        return tap
    after = moved(tap.at_ms, one.ms)
    return tap._replace(at_ms=after, suspect=False, moved_ms=after - tap.at_ms)
