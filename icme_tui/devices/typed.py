"""Readers that type the number of a card and Enter, as a keyboard does.

They tell a number and nothing else: no card of theirs can be opened, read or written.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import NoReturn, Protocol

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError
from icme_tui.devices.port import CardSeen, Signal
from icme_tui.devices.traffic import Traffic

Decode = Callable[[str], bytes | None]
"""The UID for which a typed number stands; None where it is no number of this reader."""


class Source(Protocol):
    """Where typed lines come from."""

    name: str
    """What facts and messages call the reader."""

    def line(self, timeout_s: float) -> str | None:
        """The next line, without its end; None if none came in time.

        Raises ReaderError READER_GONE, TYPING_ENDED.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class TypedReader:
    """A ``port.Reader`` over a source of lines. What is no number of a card is passed over."""

    def __init__(self, source: Source, decode: Decode) -> None:
        self.name = source.name
        self._source = source
        self._decode = decode
        self._traffic = Traffic(logging.getLogger(__name__))

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``."""
        until = time.monotonic() + timeout_s
        while (text := self._source.line(max(0.0, until - time.monotonic()))) is not None:
            uid = self._decode(text)
            self._traffic.note(f"typed {text!r}: {uid.hex().upper() if uid else 'no number of this reader'}")
            if uid is not None:
                return CardSeen(uid, "other")
        return None

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``. A card that was typed does not lie anywhere."""
        return True

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``. Raises CardError NO_MEMORY."""
        self._refuse()

    def read(self, block: int) -> bytes:
        """See ``port.Reader``. Raises CardError NO_MEMORY."""
        self._refuse()

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``. Raises CardError NO_MEMORY."""
        self._refuse()

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``. These readers beep by themselves when they have read a number."""

    def close(self) -> None:
        """See ``port.Reader``."""
        self._source.close()

    def _refuse(self) -> NoReturn:
        raise CardError("NO_MEMORY", reader=self.name)
