"""The projection ``tap``: one row for each coming or going that counts, kept session first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from icme_tui import clock, facts
from icme_tui.cards.record import Record
from icme_tui.idcodes import session_code
from icme_tui.rules.attendance import Tap
from icme_tui.store import adjusting
from icme_tui.store.books import Books

IN, MAKEUP, SUSPECT, CONFIRMED, RECORD, DOUBTFUL = 1, 2, 4, 8, 16, 32
"""Bits of ``tap.bits``. Of a card record (RECORD, DOUBTFUL where its clock was) ``boot`` is the code of the
station that wrote it."""

_INSERT = "INSERT OR REPLACE INTO tap VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def insert_swipes(books: Books, source: int, swipes: Sequence[facts.Swipe]) -> None:
    """Add many swipes that no operation touches."""
    names = books.names
    names.load({swipe.person for swipe in swipes} | {swipe.card for swipe in swipes})
    minutes = _Minutes()
    rows = []
    for swipe in swipes:
        at = swipe.at
        try:
            ms = minutes[at[:17]] + _SECONDS[at[17:20]] + _MILLISECONDS[at[20:]]
        except KeyError:
            ms = moment_of(swipe)
        bits = (swipe.dir == "in") + (4 if swipe.clk == "suspect" else 0)
        rows.append(
            (
                names[swipe.session],
                names[swipe.person],
                ms,
                source,
                swipe.p,
                names[swipe.course],
                bits,
                names[swipe.card],
                swipe.cseq,
                names[swipe.boot],
                swipe.mono_ms,
            )
        )
    rows.sort()  # neighbours in the table's key: fewer pages are touched
    books.run_many(_INSERT, rows)


_SECONDS = {f"{second:02d}.": 1000 * second for second in range(60)}
_MILLISECONDS = {f"{ms:03d}Z": ms for ms in range(1000)}


class _Minutes(dict[str, int]):
    """Beginning of a stamp of the usual form, ``2026-09-25T08:01:`` → Unix milliseconds.

    With the two tables of its rest, a stamp is read without a datetime for each. Raises KeyError.
    """

    def __missing__(self, minute: str) -> int:
        try:
            ms = clock.parse_utc(f"{minute}00Z")
        except (ValueError, OverflowError):
            raise KeyError(minute) from None
        if minute[16] != ":":
            raise KeyError(minute)
        self[minute] = ms
        return ms


def insert(books: Books, source: int, touch: facts.Touch, changes: dict[str, Any], confirmed: bool) -> None:
    """Add one swipe or make-up as it counts after ``changes`` (fields that a ``correct`` set)."""
    touch = changed(touch, changes)
    names = books.names
    makeup = isinstance(touch, facts.Makeup)
    bits = IN * (touch.dir == "in") + SUSPECT * (touch.clk == "suspect") + CONFIRMED * confirmed
    if makeup:
        bits += MAKEUP
    card = touch.card if isinstance(touch, facts.Swipe) else ""
    cseq = touch.cseq if isinstance(touch, facts.Swipe) else None
    books.run(
        _INSERT,
        names[touch.session],
        names[touch.person],
        moment_of(touch),
        source,
        touch.p,
        names[touch.course],
        bits,
        names[card],
        cseq,
        names["" if makeup else touch.boot],
        None if makeup else touch.mono_ms,
    )


def insert_record(
    books: Books,
    source: int,
    p: int,
    card: int,
    station: str,
    person: str,
    told: Record,
    changes: dict[str, Any],
) -> tuple[int, int]:
    """Add what a card record tells as it counts after ``changes``: a touch at ``station``, of the course that
    its session turns out to have. Returns the numbers of its session and person."""
    said = facts.Swipe(person=person, course="", session=session_code(told.session), dir=told.direction)
    touch = changed(said, changes)
    names = books.names
    session, who = names[touch.session], names[touch.person]
    bits = RECORD + IN * (touch.dir == "in") + DOUBTFUL * told.doubtful
    at = clock.minute_ms(told.minute)
    course, boot = names[touch.course], names[station]
    books.run(_INSERT, session, who, at, source, p, course, bits, card, told.number, boot, None)
    return session, who


def delete(books: Books, source: int, touch: facts.Touch, sessions: set[str], people: set[str]) -> None:
    """Remove what stands of a touch, in its own session or one of these, of its person or one of these."""
    sessions, people = sessions | {touch.session}, people | {touch.person}
    if len(sessions) * len(people) <= _FEW:
        books.run_many(
            "DELETE FROM tap WHERE session = ? AND person = ? AND source = ? AND p = ?",
            [
                (books.names[session], books.names[who], source, touch.p)
                for session, who in product(sessions, people)
            ],
        )
        return
    numbers = [number for session in sessions if (number := books.names.find(session)) is not None]
    books.run_many(
        "DELETE FROM tap WHERE session = ? AND source = ? AND p = ?",
        [(number, source, touch.p) for number in numbers],
    )


_FEW = 64
"""Of more pairs of session and person it is quicker to look through the sessions."""


def changed(touch: facts.Touch, changes: dict[str, Any]) -> facts.Touch:
    """The touch with the fields of a ``correct``; values of another type are left out."""
    allowed: dict[str, Any] = {}
    for field in ("person", "course", "session", "when"):
        value = changes.get(field)
        if isinstance(value, str) and hasattr(touch, field):
            allowed[field] = value
    if changes.get("dir") in ("in", "out"):
        allowed["dir"] = changes["dir"]
    return facts.replace(touch, **allowed) if allowed else touch


def moment_of(touch: facts.Touch) -> int:
    """Unix milliseconds that a touch stands for; its hlc, else 0, where ``at`` cannot be read."""
    stated = touch.when if isinstance(touch, facts.Makeup) else touch.at
    for text in (stated, touch.hlc[:24]):
        try:
            return clock.parse_utc(text)
        except (ValueError, OverflowError):
            continue
    return 0


def of_session(books: Books, session: str) -> list[Tap]:
    """The taps of one session, in no particular order."""
    number = books.names.find(session)
    return [] if number is None else list(_read(books, "t.session = ?", number))


def of_person(books: Books, session: str, person: str) -> list[Tap]:
    """The taps of one person in one session."""
    numbers = books.names.find(session), books.names.find(person)
    return [] if None in numbers else list(_read(books, "t.session = ? AND t.person = ?", *numbers))


def unconfirmed(books: Books) -> list[Tap]:
    """The make-ups that the office has not confirmed, of all sessions."""
    return list(_read(books, "(t.bits & 10) = 2"))  # as the partial index says it: MAKEUP and not CONFIRMED


class Suspects(NamedTuple):
    """Swipes of one boot of a station whose wall clock was wrong."""

    station: str
    epoch: str
    first: int
    last: int
    boot: str
    swipes: int
    sessions: int
    from_ms: int
    until_ms: int
    """The times that they say."""


def suspects(books: Books, known: adjusting.Ranges) -> list[Suspects]:
    """The runs of suspect swipes whose times the office has not moved (``known``), by station, epoch and
    position. A run ends where a moved one lies between."""
    found: list[list[tuple[Any, ...]]] = []
    before: tuple[Any, ...] = ()
    rows = books.run("SELECT source, boot, p, session, at FROM tap WHERE (bits & 4) != 0 ORDER BY 1, 2, 3")
    for row in rows.fetchall():  # the condition as the partial index says it
        one = adjusting.holding(known, *books.sources.pair(row[0]), row[2]) if known else None
        if one is not None and one.ms:
            before = ()
            continue
        if row[:2] != before:
            found.append([])
            before = row[:2]
        found[-1].append(row)
    return sorted(_run_of(books, run) for run in found)


def _run_of(books: Books, run: list[tuple[Any, ...]]) -> Suspects:
    source, boot, first, _, _ = run[0]
    station, epoch = books.sources.pair(source)
    times = [at for *_, at in run]
    return Suspects(
        station,
        epoch,
        first,
        run[-1][2],
        books.names.text(boot),
        len(run),
        len({session for *_, session, _ in run}),
        min(times),
        max(times),
    )


def sessions(books: Books) -> list[str]:
    """The sessions that have taps."""
    rows = books.run(
        # A loose index scan: one seek for each session instead of a pass over all taps.
        "WITH RECURSIVE s(id) AS (SELECT min(session) FROM tap UNION ALL"
        " SELECT (SELECT min(session) FROM tap WHERE session > s.id) FROM s WHERE s.id IS NOT NULL)"
        " SELECT name.text FROM s JOIN name ON name.id = s.id ORDER BY name.text"
    )
    return [str(text) for (text,) in rows.fetchall()]


def _read(books: Books, where: str, *values: Any) -> Iterator[Tap]:
    sql = (
        "SELECT t.source, t.p, pe.text, co.text, se.text, t.at, t.bits, ca.text, t.cseq, bo.text, t.mono"
        " FROM tap t JOIN name pe ON pe.id = t.person JOIN name co ON co.id = t.course"
        " JOIN name se ON se.id = t.session JOIN name ca ON ca.id = t.card JOIN name bo ON bo.id = t.boot"
        " WHERE "
    )
    cursor = books.run(sql + where, *values)  # the conditions are this module's own
    for source, p, person, course, session, at, bits, card, cseq, boot, mono in cursor.fetchall():
        station, epoch = books.sources.pair(source)
        is_record = bool(bits & RECORD)
        yield Tap(
            station,
            epoch,
            p,
            person,
            course,
            session,
            "in" if bits & IN else "out",
            at,
            "" if is_record else boot,
            mono,
            bool(bits & (SUSPECT | DOUBTFUL)),
            "makeup" if bits & MAKEUP else "card-record" if is_record else "swipe",
            card,
            cseq,
            bool(bits & CONFIRMED),
            boot if is_record else "",
        )
