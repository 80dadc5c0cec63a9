"""Forks: places of a station that hold two histories, because a home was copied and both went on.

Places beside each other are one fork, so that one decision covers the run. Lines do not say which copy they
are of; each is laid to the side whose last line it can follow: same boot, a later clock, the same operator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby, permutations
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.operations.doorlist import who
from icme_tui.operations.supposing import Change, changes, supposed, title_of, verdicts

if TYPE_CHECKING:
    from icme_tui.station import Line, Station

FORK = "FORK"
_MOST_SIDES = 4
"""Of more lines at one place it is not tried which side each is of: they are taken by their hashes."""


class Side(NamedTuple):
    """One of the histories of a fork."""

    number: int
    """From 1; a decision names it."""
    facts: int
    swipes: int
    people: int
    sessions: tuple[str, ...]
    """Titles."""
    operators: tuple[str, ...]
    boots: tuple[str, ...]
    from_at: str
    until_at: str
    """UTC, as its first and last line say."""


class Fork(NamedTuple):
    """Places of one epoch of a station, first and last included, that all hold several histories."""

    station: str
    epoch: str
    first: int
    last: int
    sides: tuple[Side, ...]
    after: int
    """Facts beyond these places of which there is one history only: they count, whatever is decided."""

    @property
    def name(self) -> str:
        """``V0007/<epoch>/12-40``: names it in a command."""
        return f"{self.station}/{self.epoch}/{self.first}-{self.last}"


class Told(NamedTuple):
    """One line of a fork in words."""

    p: int
    side: int
    kind: str
    """Empty for a line that cannot be read."""
    at: str
    by: str
    person: str
    """Name, else code; empty where the line is of nobody."""
    session: str
    """Title, else code."""
    dir: str


class Outcome(NamedTuple):
    """What a decision would change."""

    keep: tuple[int, ...]
    """Sides that would count."""
    changes: list[Change]


class _Place(NamedTuple):
    p: int
    lines: tuple[Line | None, ...]
    """By side."""
    facts: tuple[facts.AnyFact | None, ...]


def forks(station: Station) -> list[Fork]:
    """The forks that wait for a decision, by station, epoch and position."""
    return [_fork(station, *run) for run in _runs(station)]


def count(station: Station) -> int:
    """How many forks wait for a decision."""
    return len(_runs(station))


def find(station: Station, name: str) -> Fork:
    """The undecided fork, or part of one, that ``V0007/<beginning of the epoch>/12-40`` or ``…/12`` names.

    Raises RuleError ``NO_FORK``.
    """
    code, _slash, rest = name.partition("/")
    epoch, _slash, places = rest.partition("/")
    first, _dash, last = places.partition("-")
    for run in _runs(station):
        if run[0] != code or not run[1].startswith(epoch):
            continue
        if not places:
            return _fork(station, *run)
        if _is_position(first) and _is_position(last or first):
            wanted = int(first), int(last or first)
            if run[2] <= wanted[0] <= wanted[1] <= run[3]:
                return _fork(station, *run[:2], *wanted)
    raise RuleError("NO_FORK", fork=name)


def lines(station: Station, fork: Fork) -> list[Told]:
    """Every line of a fork, by position and side."""
    found: list[Told] = []
    for place in _places(station, fork):
        for number, (line, fact) in enumerate(zip(place.lines, place.facts, strict=True), 1):
            if line is not None:
                found.append(_told(station, place.p, number, fact))
    return found


def outcomes(station: Station, fork: Fork) -> list[Outcome]:
    """What each decision would change: each side alone, and all of them. Keeping none changes nothing, as
    nothing of a fork counts before it is decided. Raises RuleError ``OFFICE_ONLY``."""
    _require_office(station)
    places = _places(station, fork)
    people = {
        station.person_code(fact.person)
        for place in places
        for fact in place.facts
        if isinstance(fact, facts.Touch)
    }
    before = verdicts(station, people)
    numbers = range(1, len(fork.sides) + 1)
    found: list[Outcome] = []
    for keep in [*((number,) for number in numbers), tuple(numbers)]:
        decided = _resolves(fork, places, keep, "")
        after = supposed(station, decided, lambda: verdicts(station, people))
        found.append(Outcome(keep, changes(station, before, after)))
    return found


def resolve(station: Station, fork: Fork, keep: Collection[int], reason: str) -> int:
    """Decide which sides of a fork count: one, several or none. Returns how many places were decided.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``, ``NO_SIDE``, ``NO_FORK`` (it was decided meanwhile).
    """
    _require_office(station)
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    for number in keep:
        if not 1 <= number <= len(fork.sides):
            raise RuleError("NO_SIDE", side=number, sides=len(fork.sides))
    with station.writing():
        waiting = find(station, fork.name)
        decided = _resolves(waiting, _places(station, waiting), keep, reason.strip())
        station.record(*decided)
    return len(decided)


def _require_office(station: Station) -> None:
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _resolves(
    fork: Fork, places: Iterable[_Place], keep: Collection[int], reason: str
) -> list[facts.Resolve]:
    return [
        facts.Resolve(
            target=[fork.station, fork.epoch, place.p],
            keep=[
                line.hash.hex()
                for number, line in enumerate(place.lines, 1)
                if line is not None and number in keep
            ],
            reason=reason,
        )
        for place in places
    ]


def _runs(station: Station) -> list[tuple[str, str, int, int]]:
    """(station, epoch, first, last) of each run of forked places."""
    places = sorted(
        (code, epoch, int(p))
        for flag in station.stored_flags()
        if flag.startswith(FORK + ":")
        for code, epoch, p in [flag.removeprefix(FORK + ":").split("/")]
    )
    runs: list[tuple[str, str, int, int]] = []
    for (code, epoch, _), group in groupby(
        enumerate(places), key=lambda item: (*item[1][:2], item[1][2] - item[0])
    ):
        positions = [place[2] for _, place in group]
        runs.append((code, epoch, positions[0], positions[-1]))
    return runs


def _fork(station: Station, code: str, epoch: str, first: int, last: int) -> Fork:
    fork = Fork(code, epoch, first, last, (), 0)
    places = _places(station, fork)
    sides = max(len(place.lines) for place in places)
    return fork._replace(
        sides=tuple(_side(station, number, places) for number in range(1, sides + 1)),
        after=max(0, station.last_held(code, epoch) - last),
    )


def _side(station: Station, number: int, places: list[_Place]) -> Side:
    own = [
        place.facts[number - 1]
        for place in places
        if len(place.lines) >= number and place.lines[number - 1] is not None
    ]
    known = [fact for fact in own if fact is not None]
    touches = [fact for fact in known if isinstance(fact, facts.Touch)]
    times = [fact.at for fact in known if fact.at]
    return Side(
        number,
        len(own),
        sum(isinstance(fact, facts.Swipe) for fact in known),
        len({fact.person for fact in touches}),
        tuple(title_of(station, code) for code in sorted({fact.session for fact in touches})),
        tuple(sorted({fact.by for fact in known} - {""})),
        tuple(dict.fromkeys(fact.boot for fact in known if fact.boot)),
        times[0] if times else "",
        times[-1] if times else "",
    )


def _places(station: Station, fork: Fork) -> list[_Place]:
    """The places of a fork with their lines by side."""
    stored = station.stored_between(fork.station, fork.epoch, fork.first, fork.last)
    last: list[facts.AnyFact | None] = []
    found: list[_Place] = []
    for p, group in groupby(stored, key=lambda line: line.p):
        pairs = [(line, facts.decode(line.line)) for line in sorted(group, key=lambda line: line.hash)]
        ordered = _by_side(last, pairs)
        last += [None] * (len(ordered) - len(last))
        for number, pair in enumerate(ordered):
            if pair is not None and pair[1] is not None:
                last[number] = pair[1]
        found.append(
            _Place(
                p,
                tuple(pair[0] if pair else None for pair in ordered),
                tuple(pair[1] if pair else None for pair in ordered),
            )
        )
    return found


_Pair = tuple["Line", "facts.AnyFact | None"]


def _by_side(last: list[facts.AnyFact | None], pairs: list[_Pair]) -> list[_Pair | None]:
    """The lines of a place in the order of the sides that they go on; None for a side without a line."""
    if not last:  # the first place: the side that began earlier comes first
        begun = sorted(pairs, key=lambda pair: pair[1].hlc if pair[1] is not None else "~")
        return [*begun]
    places = max(len(last), len(pairs))
    if places > _MOST_SIDES:
        return list(pairs)
    padded: list[_Pair | None] = [*pairs, *[None] * (places - len(pairs))]
    before = [*last, *[None] * (places - len(last))]
    return list(
        min(
            permutations(padded),
            key=lambda order: sum(_unlikely(one, pair) for one, pair in zip(before, order, strict=True)),
        )
    )


def _unlikely(before: facts.AnyFact | None, pair: _Pair | None) -> int:
    """How little a line looks like the one after another of the same copy."""
    fact = pair[1] if pair is not None else None
    if before is None or fact is None:
        return 0
    same_boot = before.boot == fact.boot
    backward = same_boot and (fact.mono_ms or 0) < (before.mono_ms or 0)
    return 4 * (not same_boot) + 4 * backward + 2 * (fact.hlc <= before.hlc) + (before.by != fact.by)


def _told(station: Station, p: int, side: int, fact: facts.AnyFact | None) -> Told:
    if fact is None:
        return Told(p, side, "", "", "", "", "", "")
    touch = fact if isinstance(fact, facts.Touch) else None
    person = touch.person if touch is not None else ""
    return Told(
        p,
        side,
        facts.kind_of(fact),
        fact.at,
        fact.by,
        (who(station, person).name or person) if person else "",
        title_of(station, touch.session) if touch is not None else "",
        touch.dir if touch is not None else "",
    )
