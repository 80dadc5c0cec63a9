"""The units of a store by name: exactly one, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, Protocol

from icme_tui.operations import remit
from icme_tui.rules.people.departments import comparable

if TYPE_CHECKING:
    from icme_tui.station import Station

SEPARATOR = "/"
"""Between the names of a unit and of the one above it, where a name alone is not enough."""


class UnitRecord(Protocol):
    """What is read of a unit."""

    @property
    def id(self) -> str: ...
    @property
    def body(self) -> dict[str, object]: ...


class Found(NamedTuple):
    """The result of a look-up."""

    code: str = ""
    several: tuple[str, ...] = ()
    """Paths of the units that have the name, where there are several."""
    suggestion: str = ""
    """A name that is nearly the same, where there is none."""


class UnitIndex:
    """Units by the comparable form of their name and of ``upper/name``."""

    def __init__(self, records: Iterable[UnitRecord]) -> None:
        units = {record.id: record.body for record in records if record.body.get("state") != "closed"}
        self._names = {code: str(body.get("name", "")) for code, body in units.items()}
        self._codes: dict[str, list[str]] = {}
        for code, body in units.items():
            above = self._names.get(str(body.get("parent", "")), "")
            self._codes.setdefault(comparable(self._names[code]), []).append(code)
            if above:
                self._codes.setdefault(comparable(f"{above}{SEPARATOR}{self._names[code]}"), []).append(code)
        self._parents = {code: str(body.get("parent", "")) for code, body in units.items()}
        self._known: dict[str, Found] = {}

    def find(self, name: str) -> Found:
        """Look a name up; the answer is kept, since a roster names few units many times."""
        if name not in self._known:
            self._known[name] = self._look_up(comparable(name))
        return self._known[name]

    def name(self, code: str) -> str:
        """The name of a unit, or its code where it is not known."""
        return self._names.get(code, code)

    def _look_up(self, plain: str) -> Found:
        codes = self._codes.get(plain, [])
        if len(codes) == 1:
            return Found(codes[0])
        if codes:
            return Found(several=tuple(self._path(code) for code in codes))
        near = get_close_matches(plain, self._codes, n=1, cutoff=0.75)
        return Found(suggestion=self._names[self._codes[near[0]][0]] if near else "")

    def _path(self, code: str) -> str:
        above = self._names.get(self._parents[code], "")
        return f"{above}{SEPARATOR}{self._names[code]}" if above else self._names[code]


def own_units(station: Station) -> UnitIndex:
    """The units that a roster may name here: all, or at a venue with a pack its own and those below it."""
    bound = remit.units_within(station)
    return UnitIndex(record for record in station.registry.all("unit") if bound is None or record.id in bound)
