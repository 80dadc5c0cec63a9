"""Two programs on one home: what another one does just before ours gets hold of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from icme_tui.station import Station, open_station


def beside(station: Station, password: str) -> Station:
    """The same home, opened by a second program."""
    return open_station(station.home, station.operator, password, station.clock)


def overtaken(station: Station, other: Callable[[], object]) -> None:
    """Let ``other`` happen at the last moment before the next transaction of ``station`` begins."""
    writing = station.writing

    @contextmanager
    def late() -> Iterator[None]:
        station.writing = writing  # type: ignore[method-assign]
        other()
        with writing():
            yield

    station.writing = late  # type: ignore[method-assign]
