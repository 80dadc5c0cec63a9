"""A simulated reader over a folder of simulated cards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from icme_tui.cards.layout import BLOCK_SIZE
from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError
from icme_tui.devices import shelf
from icme_tui.devices.claim import Claim
from icme_tui.devices.mifare import Classic1K
from icme_tui.devices.port import CardKind, CardSeen, Signal
from icme_tui.devices.shelf import OnReader, Torn
from icme_tui.devices.uidonly import UidOnly

_POLL_S = 0.02
_LONG_UID = 7
Seen = TypeVar("Seen")


class Timing(NamedTuple):
    """Seconds that one operation takes."""

    select: float
    authenticate: float
    read: float
    write: float


USB_READER = Timing(select=0.010, authenticate=0.008, read=0.006, write=0.012)
"""A good CCID reader: about 100 ms for 2 authentications, 6 reads and 4 writes (an estimate)."""

NO_TIME = Timing(0.0, 0.0, 0.0, 0.0)


class SimulatedReader:
    """Reads and writes the card that ``shelf.tap`` put on. A ``port.Reader``."""

    def __init__(self, folder: Path, timing: Timing = USB_READER, claim: Claim | None = None) -> None:
        self.name = f"sim:{folder.name}"
        self.operations = 0
        """Authentications, reads and writes so far."""
        self._claim = claim
        self._folder = folder
        self._timing = timing
        self._present: OnReader | None = None
        self._chip: Classic1K | UidOnly | None = None
        self._left: int | None = None

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``. A card that is still there is selected again."""
        present = self._wait(lambda: shelf.on_reader(self._folder), timeout_s)
        if present is None:
            return None
        if self._present is None or present.tap != self._present.tap:
            self._left = present.pull_after
        self._present = present
        self._chip = shelf.chip(self._folder, present.card)
        time.sleep(self._timing.select)
        return CardSeen(self._chip.uid, _kind_of(self._chip))

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``."""
        seen = self._present
        if seen is None:
            return True
        if not self._wait(lambda: not self._still_there(seen) or None, timeout_s):
            return False
        self._present = self._chip = None
        return True

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        chip = self._field()
        if chip.halted:
            time.sleep(self._timing.select)
            chip.select()
        self._pull_if_due()
        time.sleep(self._timing.authenticate)
        chip.authenticate(block, key_type, key)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        chip = self._field()
        self._pull_if_due()
        time.sleep(self._timing.read)
        return chip.read(block)

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        chip = self._field()
        how = self._present.torn if self._present is not None and self._left == 0 else None
        if how is not None and isinstance(chip, Classic1K):
            chip.put(block, torn(chip.peek(block), chip.written(block, data), how))
        self._pull_if_due()
        time.sleep(self._timing.write)
        chip.write(block, data)

    def signal(self, outcome: Signal) -> None:
        """A simulated reader makes no sound."""

    def close(self) -> None:
        """See ``port.Reader``."""
        self._present = self._chip = None
        if self._claim is not None:
            self._claim.release()

    def _field(self) -> Classic1K | UidOnly:
        if self._chip is None or self._present is None:
            raise CardError("CARD_GONE")
        if not self._still_there(self._present):
            self._gone()
        return self._chip

    def _pull_if_due(self) -> None:
        self.operations += 1
        if self._left is None:
            return
        if self._left == 0:
            shelf.remove(self._folder, only=self._present)
            self._gone()
        self._left -= 1

    def _gone(self) -> NoReturn:
        self._chip = None
        raise CardError("CARD_GONE")

    def _still_there(self, seen: OnReader) -> bool:
        present = shelf.on_reader(self._folder)
        return present is not None and present.tap == seen.tap

    def _wait(self, look: Callable[[], Seen | None], timeout_s: float) -> Seen | None:
        deadline = time.monotonic() + timeout_s
        while (found := look()) is None and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        return found


def _kind_of(chip: Classic1K | UidOnly) -> CardKind:
    if isinstance(chip, UidOnly):
        return "mifare-ultralight" if len(chip.uid) == _LONG_UID else "other"
    return "mifare-classic-4k" if chip.is_4k else "mifare-classic-1k"


def torn(old: bytes, new: bytes, kind: Torn) -> bytes:
    """What a block holds after a write that was interrupted."""
    half = BLOCK_SIZE // 2
    return {"old": old, "new": new, "zero": bytes(BLOCK_SIZE), "mixed": new[:half] + old[half:]}[kind]
