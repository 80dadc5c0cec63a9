"""A reader around a reader, for what wants to hear or hold back single calls."""

from __future__ import annotations

from icme_tui.cards.plan import KeyType
from icme_tui.devices.port import CardSeen, Reader, Signal


class Wrapped:
    """Hands every call on. A ``port.Reader``; subclasses change the calls that concern them."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``."""
        return self._reader.wait_for_card(timeout_s)

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``."""
        return self._reader.wait_for_removal(timeout_s)

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        self._reader.authenticate(block, key_type, key)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        return self._reader.read(block)

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        self._reader.write(block, data)

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""
        self._reader.signal(outcome)

    def close(self) -> None:
        """See ``port.Reader``."""
        self._reader.close()


class Quiet(Wrapped):
    """A reader that neither beeps nor shows a light."""

    def signal(self, outcome: Signal) -> None:
        """The hall wants silence."""
