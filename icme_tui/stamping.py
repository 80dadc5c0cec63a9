"""Stamps of new facts, and what a station knows of time: its hybrid clock and whether its wall clock lies.

The setting ``time`` holds ``hlc`` (the highest used or seen), ``wall`` (the latest wall clock that was
believed, Unix ms), ``floor`` (the office's time in the newest pack) and ``suspect``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from icme_tui import facts
from icme_tui.clock import MAX_AHEAD_MS, MAX_BACKWARD_MS, Clock, Reading, format_utc, is_hlc, next_hlc
from icme_tui.store.store import Store

_NOTHING: dict[str, Any] = {"hlc": "", "wall": 0, "floor": 0, "suspect": False}


def stamp(store: Store, clock: Clock, operator: str, first: int, new: Iterable[facts.Fact]) -> list[Any]:
    """Give facts their positions from ``first`` on and their stamps, inside a transaction.

    A ``clock`` fact goes before them where the wall clock has turned out to be wrong, and where it
    has come right again. A fact that brings its ``at`` with it (a swipe told late, from the card) keeps it:
    the clocks of this moment say nothing of that one.
    """
    known = {**_NOTHING, **store.setting("time", {})}
    reading = clock.read()
    suspect = _is_behind(known, reading)
    stamped: list[facts.Fact] = []
    turned: list[facts.Fact] = []
    if suspect != known["suspect"]:
        what = "CLOCK_BACK" if suspect else "CLOCK_GOOD"
        turned = [facts.ClockFact(what=what, ms=max(0, known["wall"] - reading.wall_ms) if suspect else 0)]
    hlc = known["hlc"]
    for p, fact in enumerate([*turned, *new], first):
        hlc = next_hlc(hlc, reading.wall_ms)
        stamped.append(_stamped(fact, p, hlc, reading, suspect, operator))
    wall = known["wall"] if suspect else reading.wall_ms
    store.set_setting("time", {**known, "hlc": hlc, "wall": wall, "suspect": suspect})
    return stamped


def is_suspect(store: Store, reading: Reading) -> bool:
    """Whether the wall clock is wrong for certain at this reading, whatever was recorded before it."""
    return _is_behind({**_NOTHING, **store.setting("time", {})}, reading)


def receive(
    store: Store, clock: Clock, station: str, epoch: str, received: Sequence[facts.AnyFact | None]
) -> list[facts.ClockFact]:
    """Let our hybrid clock follow what was received, except where that runs ahead of us by more than
    ten minutes: the ``clock`` facts that say so, one for each run of such facts.

    Where our own wall clock is wrong for certain, the latest time that was believed stands in for it: else an
    office whose battery is empty would blame every venue.
    """
    known = {**_NOTHING, **store.setting("time", {})}
    reading = clock.read()
    now = max(known["wall"], known["floor"]) if _is_behind(known, reading) else reading.wall_ms
    limit = format_utc(now + MAX_AHEAD_MS) + "-ffff"
    highest = _highest(received, limit)
    runs: list[tuple[int, int]] = []
    for fact in received:
        if fact is None or fact.hlc <= limit or not is_hlc(fact.hlc):
            continue
        if runs and runs[-1][1] == fact.p - 1:
            runs[-1] = (runs[-1][0], fact.p)
        else:
            runs.append((fact.p, fact.p))
    if highest > known["hlc"]:
        store.set_setting("time", {**known, "hlc": highest})
    return [
        facts.ClockFact(what="CLOCK_AHEAD", target=[station, epoch, first], last=last) for first, last in runs
    ]


def _highest(received: Sequence[facts.AnyFact | None], limit: str) -> str:
    """The highest hybrid clock value up to ``limit``; empty where there is none of the right form."""
    stamps = [fact.hlc for fact in received if fact is not None and fact.hlc <= limit]
    highest = max(stamps, default="")
    if is_hlc(highest):  # the usual, found without sorting
        return highest
    return next((stamp for stamp in sorted(set(stamps), reverse=True) if is_hlc(stamp)), "")


def believe_office_time(store: Store, clock: Clock, ms: int) -> None:
    """A wall clock earlier than the newest pack's ``office_time`` is wrong for certain.

    One that is not, but stands before what it said once, was wrong then: it is believed again.
    """
    known = {**_NOTHING, **store.setting("time", {})}
    now = clock.read().wall_ms
    wall = now if ms <= now < known["wall"] else known["wall"]
    store.set_setting("time", {**known, "floor": ms, "wall": wall})


def believe(store: Store, clock: Clock) -> bool:
    """Somebody says that the wall clock is right, though it stands before what it once said: it was wrong
    then. False where it stands before the office's time, which is wrong for certain. Inside a transaction."""
    known = {**_NOTHING, **store.setting("time", {})}
    now = clock.read().wall_ms
    if now < known["floor"]:
        return False
    store.set_setting("time", {**known, "wall": min(known["wall"], now)})
    return True


def _is_behind(known: dict[str, Any], reading: Reading) -> bool:
    return bool(reading.wall_ms < max(known["wall"] - MAX_BACKWARD_MS, known["floor"]))


def _stamped(
    fact: facts.Fact, p: int, hlc: str, reading: Reading, suspect: bool, operator: str
) -> facts.Fact:
    if fact.at:
        return facts.replace(fact, p=p, hlc=hlc, by=operator)
    clk = "suspect" if suspect else "synced" if reading.synced else "unsynced"
    return facts.replace(
        fact,
        p=p,
        at=format_utc(reading.wall_ms),
        hlc=hlc,
        boot=reading.boot,
        mono_ms=reading.mono_ms,
        clk=clk,
        by=operator,
    )
