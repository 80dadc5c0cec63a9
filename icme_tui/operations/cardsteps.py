"""Telling how far the making of a card is, from what is done at the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from icme_tui.cards.layout import is_trailer
from icme_tui.cards.plan import KeyType
from icme_tui.devices.wrapping import Wrapped

if TYPE_CHECKING:
    from icme_tui.devices.port import Reader

Phase = Literal["look", "data", "keys", "check"]
PHASES: tuple[Phase, ...] = ("look", "data", "keys", "check")

TOLD_EVERY = 25
"""Operations between two steps that are told."""


class Step(NamedTuple):
    """How far it is."""

    phase: Phase
    operations: int
    """Done so far; an issue takes some 380."""


class Watched(Wrapped):
    """A reader that tells its steps."""

    def __init__(self, reader: Reader, tell: Callable[[Step], None]) -> None:
        super().__init__(reader)
        self._tell = tell
        self._phase: Phase = "look"
        self._done = 0

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        self._step(self._phase)
        super().authenticate(block, key_type, key)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        self._step("check" if self._phase == "keys" else self._phase)
        return super().read(block)

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        self._step("keys" if is_trailer(block) else "check" if self._phase == "check" else "data")
        super().write(block, data)

    def _step(self, phase: Phase) -> None:
        if phase != self._phase or self._done % TOLD_EVERY == 0:
            self._tell(Step(phase, self._done))
        self._phase = phase
        self._done += 1
