"""Every call of a reader's port with the time it took, as lines of traffic: for readers of every kind."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from icme_tui.cards.layout import BLOCK_SIZE, is_trailer
from icme_tui.cards.plan import KeyType
from icme_tui.codes import IcmeError
from icme_tui.devices.port import CardSeen, Reader, Signal
from icme_tui.devices.traffic import ROOT, Traffic, masked
from icme_tui.devices.wrapping import Wrapped

_KEYS_OF_TRAILER = (slice(0, 6), slice(10, BLOCK_SIZE))

Result = TypeVar("Result")


class Traced(Wrapped):
    """Tells every call once it has returned. Keys are not shown."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._traffic = Traffic(logging.getLogger(f"{ROOT}.port"))

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``."""
        return self._timed("wait for card", lambda: self._reader.wait_for_card(timeout_s), _of_card)

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``."""
        return self._timed("wait for removal", lambda: self._reader.wait_for_removal(timeout_s), str)

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        what = f"authenticate block {block} with key {key_type} {masked(key, slice(None))}"
        self._timed(what, lambda: self._reader.authenticate(block, key_type, key), _done)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        return self._timed(
            f"read block {block}", lambda: self._reader.read(block), lambda data: _of_block(block, data)
        )

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        what = f"write block {block} {_of_block(block, data)}"
        self._timed(what, lambda: self._reader.write(block, data), _done)

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""
        self._timed(f"signal {outcome}", lambda: self._reader.signal(outcome), _done)

    def close(self) -> None:
        """See ``port.Reader``."""
        self._timed("close", self._reader.close, _done)

    def _timed(self, what: str, call: Callable[[], Result], shown: Callable[[Result], str]) -> Result:
        began = time.monotonic()
        try:
            result = call()
        except IcmeError as error:
            self._note(what, error.code, began)
            raise
        self._note(what, shown(result), began)
        return result

    def _note(self, what: str, answer: str, began: float) -> None:
        self._traffic.note(f"{what}: {answer}  ({(time.monotonic() - began) * 1000:.1f} ms)")


def _done(nothing: None) -> str:
    return "done"


def _of_card(seen: CardSeen | None) -> str:
    return f"{masked(seen.uid)} {seen.kind}" if seen is not None else "none"


def _of_block(block: int, data: bytes) -> str:
    if not is_trailer(block):
        return masked(data)
    key_a, key_b = (masked(data[part], slice(None)) for part in _KEYS_OF_TRAILER)
    return f"{key_a} {masked(data[6:10])} {key_b}"
