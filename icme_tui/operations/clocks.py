"""The clocks of a station as its facts tell of them: boots, steps of the wall clock, doubtful ranges.

Within one boot the wall clock less the time since the boot is one number, the offset. Where it jumps the wall
clock was set. A doubtful run of a boot that has a believed run too tells by the difference how wrong it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import facts
from icme_tui.clock import MAX_BACKWARD_MS, parse_utc
from icme_tui.codes import RuleError

if TYPE_CHECKING:
    from icme_tui.station import Adjusted, Station

_PORTION = 10_000


class Run(NamedTuple):
    """Facts that follow each other under one boot and one offset."""

    station: str
    epoch: str
    boot: str
    first: int
    last: int
    facts: int
    swipes: int
    from_ms: int
    until_ms: int
    """What the wall clock said, Unix milliseconds."""
    clk: str
    """``synced``, ``unsynced`` or ``suspect``, as its last fact says."""
    step_ms: int
    """How far the wall clock was set since the run of the same boot before it; 0 for the first."""
    suggested_ms: int | None
    """Of a doubtful run: what to add to its times, where a believed run of the same boot tells."""
    adjusted_ms: int | None
    """What the office adds to the times of its first fact."""

    @property
    def is_suspect(self) -> bool:
        return self.clk == "suspect"


@dataclass(eq=False)
class _Open:
    boot: str
    first: int
    last: int
    facts: int
    swipes: int
    from_ms: int
    until_ms: int
    offset: int
    clk: str


def runs(station: Station, code: str, epoch: str = "") -> list[Run]:
    """The runs of a station's facts, of all its epochs or of one, by epoch and position.

    Facts without clocks of their own (told late, or of another program) belong to none. Raises RuleError
    ``NO_FACTS_OF`` where nothing of this station is held.
    """
    epochs = epochs_of(station, code)
    adjusted = station.adjusted()
    found: list[Run] = []
    for one in epochs:
        if epoch in ("", one):
            given = adjusted.get((code, one), [])
            of_epoch = _read(_stamped(station, code, one))
            found += [_told(code, one, run, of_epoch, given) for run in of_epoch]
    return found


def believe(station: Station, reason: str) -> facts.Place:
    """Somebody has compared the wall clock of this machine and says that it is right: what it said before,
    when it ran ahead, no longer makes it suspect. Returns the place of the note that says so.

    Raises RuleError ``REASON_MISSING``, ``CLOCK_WRONG`` (it stands before the time in the newest pack).
    """
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    with station.writing():
        if not station.believe_clock():
            raise RuleError("CLOCK_WRONG")
        return station.record(facts.Note(text=reason.strip()))[0]


def epochs_of(station: Station, code: str) -> list[str]:
    """The epochs of a station of which facts are held. Raises RuleError ``NO_FACTS_OF``."""
    found = [epoch for name, epoch in station.sources() if name == code and station.last_held(code, epoch)]
    if not found:
        raise RuleError("NO_FACTS_OF", station=code)
    return found


def full_epoch(station: Station, code: str, given: str) -> str:
    """The epoch that begins so; the only one there is where ``given`` is empty.

    Raises RuleError ``NO_FACTS_OF``, ``EPOCH_UNCLEAR`` (none, or more than one).
    """
    fitting = [epoch for epoch in epochs_of(station, code) if epoch.startswith(given.lower())]
    if len(fitting) != 1:
        raise RuleError("EPOCH_UNCLEAR", station=code, given=given)
    return fitting[0]


def moment(fact: facts.Fact) -> int | None:
    """Unix milliseconds of what the wall clock said at a fact, None where it cannot be read."""
    try:
        return parse_utc(fact.at)
    except (ValueError, OverflowError):
        return None


def _stamped(station: Station, code: str, epoch: str) -> Iterator[facts.AnyFact]:
    first, top = 1, station.last_held(code, epoch)
    while first <= top:
        lines = station.lines(code, epoch, first, first + _PORTION - 1)
        yield from (fact for fact in facts.decode_many(lines) if fact is not None)
        first += _PORTION


def _read(told: Iterable[facts.AnyFact]) -> list[_Open]:
    """The runs by their first position. Boots go side by side where two copies of a home wrote one epoch."""
    runs: list[_Open] = []
    running: dict[str, _Open] = {}
    for fact in told:
        at = moment(fact)
        if not fact.boot or fact.mono_ms is None or at is None:
            continue
        offset = at - fact.mono_ms
        run = running.get(fact.boot)
        if (
            run is None
            or abs(offset - run.offset) > MAX_BACKWARD_MS
            or (run.clk == "suspect") != (fact.clk == "suspect")
        ):
            run = running[fact.boot] = _Open(fact.boot, fact.p, fact.p, 0, 0, at, at, offset, fact.clk)
            runs.append(run)
        run.last, run.until_ms, run.offset, run.clk = fact.p, at, offset, fact.clk
        run.facts += 1
        run.swipes += isinstance(fact, facts.Swipe)
    return runs


def _told(code: str, epoch: str, run: _Open, every: list[_Open], given: list[Adjusted]) -> Run:
    of_boot = [one for one in every if one.boot == run.boot]
    before = of_boot[: of_boot.index(run)]
    believed = [one for one in of_boot if one.clk != "suspect"]
    nearest = min(believed, key=lambda one: (one.clk != "synced", abs(one.first - run.first)), default=None)
    holding = next((one for one in given if one.first <= run.first <= one.last), None)
    return Run(
        code,
        epoch,
        run.boot,
        run.first,
        run.last,
        run.facts,
        run.swipes,
        run.from_ms,
        run.until_ms,
        run.clk,
        run.offset - before[-1].offset if before else 0,
        nearest.offset - run.offset if run.clk == "suspect" and nearest is not None else None,
        holding.ms if holding is not None and holding.ms else None,
    )
