"""The keys of a reader that types into a screen, told from those of the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Key
from textual.message import Message

from icme_tui.commands.words import _
from icme_tui.operations import typed
from icme_tui.screens import burst
from icme_tui.screens.burst import Burst

if TYPE_CHECKING:
    from icme_tui.screens.base import StationScreen


class TypedKeys:
    """Takes numbers out of the keys; everything else reaches the screen, in its order."""

    def __init__(self, screen: StationScreen) -> None:
        self._screen = screen
        self._burst = Burst(typed.prefixes(screen.station))
        self._passing: list[str] = []
        """Keys that were let go and are on their way back."""

    def take(self, event: Key) -> bool:
        """Whether a key is held back or was part of a number."""
        if self._passing and event.key == self._passing[0]:
            del self._passing[0]
            return False
        if self._burst.overdue(event.time):
            self._let_go()
        taken = self._burst.take(event.key, event.character or "", event.time)
        if taken.number:
            self._give(taken.number)
        elif taken.held:
            self._screen.set_timer(burst.MOMENT_S, self._look)
        elif self._burst.is_open:  # somebody pressed two keys at once
            self._let_go(event.key)
            return True
        return taken.held

    def _look(self) -> None:
        """A moment has passed. Keys that have come and wait to be handled are handled first."""
        self._screen.call_later(self._look_now, Message().time)

    def _look_now(self, then: float) -> None:
        if self._burst.overdue(then):
            self._let_go()

    def _let_go(self, *more: str) -> None:
        keys = [*self._burst.let_go(), *more]
        self._passing += keys
        for key in keys:
            self._screen.app.simulate_key(key)

    def _give(self, number: str) -> None:
        if not typed.feed(number):
            self._screen.tell(_("'{text}' is no number that this reader types.").format(text=number), "warn")


def typed_keys(screen: StationScreen) -> TypedKeys | None:
    """For a screen that takes cards; None where no reader of the station types into our terminal."""
    return TypedKeys(screen) if typed.prefixes(screen.station) else None
