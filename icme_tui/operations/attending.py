"""Taking swipes at one or several readers until somebody ends it: each reader in a thread of its own.

What the screen does with a ``Door``, commands do with this: they end by themselves, and print what comes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import ReaderError
from icme_tui.operations.answering import touch_of_anybody
from icme_tui.operations.listening import LOOK_S
from icme_tui.operations.onecard import Turns
from icme_tui.operations.presenting import hex_of
from icme_tui.operations.swiping import Outcome, Swiping

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.rules.window import Way
    from icme_tui.station import Station

TYPING_ENDED = "TYPING_ENDED"
"""A reader that types will type no more: it ends, and nothing is wrong."""


class Answered(NamedTuple):
    """A card was answered."""

    outcome: Outcome
    reader: str
    """Name of the reader."""


class Attending:
    """Some readers at one session. The readers stay the caller's, who closes them."""

    def __init__(
        self,
        station: Station,
        readers: Sequence[Reader],
        session: str,
        way: Way = "auto",
        *,
        most: int | None = None,
        wait_s: float | None = None,
    ) -> None:
        """``most``: end after so many cards; one to be put back is not done yet. ``wait_s``: end when nothing
        changes at any reader for so many seconds.

        Raises as ``Swiping`` does.
        """
        self.answered: list[Answered] = []
        """What was answered so far, in order."""
        self._posts = [(reader, Swiping(station, reader, session, way)) for reader in readers]
        self.session = self._posts[0][1].session
        self._station = station
        self._way: Way = way
        self._most = most
        self._wait_s = wait_s
        self._cards = Turns()
        self._lock = threading.Lock()
        self._under_way = 0
        self._changed_at = time.monotonic()
        self._over = threading.Event()
        self._faults: list[Exception] = []

    def take(self, show: Callable[[Answered], None]) -> None:
        """Answer cards until the end; ``show`` is called with every outcome, by one thread at a time. The
        cards under way are finished first, whatever ends it.

        Raises what a reader raises that cannot go on, and KeyboardInterrupt.
        """
        self._changed_at = time.monotonic()
        threads = [
            threading.Thread(target=self._stay, args=(reader, swiping, show), name=reader.name)
            for reader, swiping in self._posts
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        if self._faults:
            raise self._faults[0]

    def _stay(self, reader: Reader, swiping: Swiping, show: Callable[[Answered], None]) -> None:
        try:
            self._serve(reader, swiping, show)
        except Exception as error:
            if not (isinstance(error, ReaderError) and error.code == TYPING_ENDED):
                self._faults.append(error)
                self._over.set()

    def _serve(self, reader: Reader, swiping: Swiping, show: Callable[[Answered], None]) -> None:
        lies, looked = False, False
        while not self._over.is_set():
            limit_s = self._limit_s()
            if looked and limit_s <= 0:
                return
            looked = True
            if lies:
                lies = not reader.wait_for_removal(limit_s)
                if not lies:
                    self._changed_at = time.monotonic()
            elif (seen := reader.wait_for_card(limit_s)) is not None:
                lies = self._answer(swiping, seen, reader, show)

    def _limit_s(self) -> float:
        """How long to wait in one call; nothing where the time is over."""
        if self._wait_s is None:
            return LOOK_S
        return max(0.0, min(LOOK_S, self._changed_at + self._wait_s - time.monotonic()))

    def _answer(
        self, swiping: Swiping, seen: CardSeen, reader: Reader, show: Callable[[Answered], None]
    ) -> bool:
        """Answer a card, unless as many are answered or being answered as are wanted. Whether it was."""
        with self._cards.of(hex_of(seen.uid)):  # a copy may lie on another reader
            with self._lock:
                if self._over.is_set() or self._under_way + self._done == self._most:
                    return False
                self._under_way += 1

            def shown(outcome: Outcome) -> None:
                with self._lock:
                    self._under_way -= 1
                    self.answered.append(Answered(outcome, reader.name))
                    show(self.answered[-1])
                    if self._done == self._most:
                        self._over.set()

            touch_of_anybody(self._station, swiping, self._way, seen, reader, shown)
        self._changed_at = time.monotonic()
        return True

    @property
    def _done(self) -> int:
        return sum(one.outcome.code != "PUT_CARD_BACK" for one in self.answered)
