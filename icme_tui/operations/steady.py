"""A reader that comes back: what is unplugged, or whose service stops, is looked for until it is there again.

For commands, which would otherwise end with the reader. The door of the screen keeps its own ``posts``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from icme_tui.codes import CardError, ReaderError
from icme_tui.operations.presenting import reader_of

if TYPE_CHECKING:
    from icme_tui.cards.plan import KeyType
    from icme_tui.devices.port import CardSeen, Reader, Signal
    from icme_tui.station import Station

RETRY_S = (0.2, 0.4, 0.8, 1.6, 2.0)
"""Pauses before it is looked for again; the last one goes on."""

ENDS = (
    "READER_KEYS", "READER_ADDRESS", "READER_FORMAT", "INPUT_UNKNOWN", "TYPING_ENDED", "PCSC_MISSING",
    "SIM_NAME", "SIM_UNKNOWN",
)  # fmt: skip
"""Errors that waiting does not mend."""

_SETTLES_S = 1.0
"""A reader that has come back shows within this time what lies on it."""

Done = TypeVar("Done")


def steady_reader(station: Station, address: str, tell: Callable[[ReaderError | None], None]) -> Steady:
    """The reader of ``presenting.reader_of``, opened now and again whenever it fails. Raises as that does."""
    return Steady(lambda: reader_of(station, address), tell)


class Steady:
    """A ``port.Reader`` around one that is opened anew when it fails."""

    def __init__(self, open_: Callable[[], Reader], tell: Callable[[ReaderError | None], None]) -> None:
        """Opens it. ``tell`` is called with what is wrong, once for each code, and with None when it is there
        again. Raises what ``open_`` raises."""
        self._open = open_
        self._tell = tell
        self._reader: Reader | None = open_()
        self.name = self._reader.name
        self._told = ""
        self._lying: CardSeen | None = None
        """The card that was seen last, until it has left or its presentation has failed."""
        self._is_new = False
        """It was opened again and has not been asked about that card."""

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``. Raises ReaderError of ``ENDS``."""
        seen = self._until(timeout_s, lambda reader, left_s: reader.wait_for_card(left_s))
        self._lying, self._is_new = seen, False
        return seen

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``. Raises ReaderError of ``ENDS``."""
        return bool(self._until(timeout_s, self._has_left))

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        self._do(lambda reader: reader.authenticate(block, key_type, key))

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        return self._do(lambda reader: reader.read(block))

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        self._do(lambda reader: reader.write(block, data))

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""
        if self._reader is not None:
            self._reader.signal(outcome)

    def close(self) -> None:
        """See ``port.Reader``."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _has_left(self, reader: Reader, left_s: float) -> bool:
        lying = self._lying
        if self._is_new and lying is not None:
            here = reader.wait_for_card(_SETTLES_S)
            self._is_new = False
            if here is None or here.uid != lying.uid:
                self._lying = None
                return True
        has_left = reader.wait_for_removal(left_s)
        self._lying = None if has_left else lying
        return has_left

    def _do(self, act: Callable[[Reader], Done]) -> Done:
        """One operation on the card. A reader that fails meanwhile leaves the card in an unknown state."""
        try:
            if self._reader is None:
                raise CardError("READER_LOST", reader=self.name)
            return act(self._reader)
        except CardError:
            raise
        except ReaderError as error:
            if error.code in ENDS:
                raise
            self._lose(error)
            self._lying = None
            raise CardError("READER_LOST", reader=self.name) from error

    def _until(self, timeout_s: float, look: Callable[[Reader, float], Done]) -> Done | None:
        """What ``look(reader, seconds left)`` finds, with as many readers as it takes."""
        deadline = time.monotonic() + timeout_s
        pauses = iter(RETRY_S)
        while True:
            try:
                if self._reader is None:
                    self._reader, self._is_new = self._open(), True
                found = look(self._reader, max(0.0, deadline - time.monotonic()))
            except ReaderError as error:
                if error.code in ENDS:
                    raise
                self._lose(error)
            else:
                self._found()
                return found
            pause = min(next(pauses, RETRY_S[-1]), deadline - time.monotonic())
            if pause <= 0:
                return None
            time.sleep(pause)

    def _lose(self, error: ReaderError) -> None:
        self.close()
        if error.code != self._told:
            self._told = error.code
            self._tell(error)

    def _found(self) -> None:
        if self._told:
            self._told = ""
            self._tell(None)
