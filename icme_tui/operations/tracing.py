"""What passes between the program and a reader while one card is looked at, line by line, for support.

The lines hold what is on the card, the holder's name too, and no keys.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable
from icme_tui.codes import IcmeError, StoreError
from icme_tui.devices import traffic
from icme_tui.devices.tracing import Traced
from icme_tui.operations import presenting
from icme_tui.operations.inspecting import Sight, inspect_card

if TYPE_CHECKING:
    from icme_tui.station import Station

KEPT = 2_000
"""Lines at the beginning and as many at the end; what a reader says in between while nothing lies on it is
left out."""


class Trace(NamedTuple):
    """What was heard."""

    lines: tuple[str, ...]
    left_out: int
    """How many lines of the middle are missing."""
    sight: Sight | None
    error: IcmeError | None
    """What ended it, if it was not the card's last block."""


def trace_card(
    station: Station, address: str, wait_s: float, begin: Callable[[], None] = lambda: None
) -> Trace:
    """Wait for a card at a reader, look at all of it, and tell every byte that passed. Never raises what the
    reader or the card raises: what was heard until then is what support wants to see. ``begin`` is called
    once the reader is open.
    """
    heard = _Heard()
    sight: Sight | None = None
    ended: IcmeError | None = None
    with traffic.overheard(heard.add):
        try:
            reader = Traced(presenting.reader_of(station, address))
            try:
                begin()
                sight = inspect_card(station, reader, presenting.wait(reader, wait_s))
            finally:
                reader.close()
        except IcmeError as error:
            ended = error
    return Trace((*heard.first, *heard.last), heard.left_out, sight, ended)


def save(trace: Trace, path: Path) -> None:
    """Write the lines to a new file that only its owner may read.

    Raises StoreError ``FILE_EXISTS``, OSError.
    """
    try:
        durable.create_private(path, "".join(f"{line}\n" for line in trace.lines).encode())
    except FileExistsError:
        raise StoreError("FILE_EXISTS", file=str(path)) from None


class _Heard:
    """The first lines and the last ones."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.last: list[str] = []
        self.left_out = 0

    def add(self, line: str) -> None:
        if len(self.first) < KEPT:
            self.first.append(line)
            return
        self.last.append(line)
        if len(self.last) > KEPT:
            del self.last[0]
            self.left_out += 1
