"""One reader at a door: whether it is there, and whether a card that was answered still lies on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from icme_tui.codes import ReaderError
from icme_tui.operations.presenting import reader_of
from icme_tui.operations.swiping import Swiping

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.rules.window import Way
    from icme_tui.station import Station

RETRY_S = (0.5, 1.0, 2.0, 5.0)
"""Pauses before a reader that went away is looked for again; the last one goes on."""

_TRIES_IN_USE = 3
"""A reader that somebody else holds is told to be gone at this try."""


SETTLES_S = 1.0
"""A reader that has come back shows within this time what lies on it."""


class Post:
    """Used by the one thread that serves this reader."""

    def __init__(self, station: Station, number: int, address: str, session: str, way: Way) -> None:
        self.number = number
        """Its place among the readers of the door, from 0 on."""
        self.address = address
        self._station = station
        self._reader: Reader | None = None
        self._holds_card = False
        self._uid = b""
        """Of the card that came last."""
        self._left_lying = b""
        """The same, if it was answered and lay there when the reader went away."""
        self._tries = 0
        self._retry_at = 0.0
        self._was_told = False
        self._swiping: Swiping | None = None
        self._session, self._way = session, way

    @property
    def reader(self) -> Reader:
        """Raises ReaderError READER_GONE while it is not open."""
        if self._reader is None:
            raise ReaderError("READER_GONE")
        return self._reader

    @property
    def swiping(self) -> Swiping:
        """Raises ReaderError READER_GONE before it was open for the first time."""
        if self._swiping is None:
            raise ReaderError("READER_GONE")
        return self._swiping

    def is_due(self) -> bool:
        """Whether it is there, or to be looked for again."""
        return self._reader is not None or time.monotonic() >= self._retry_at

    def look(self, limit_s: float) -> CardSeen | None:
        """A card that has just come. Raises ReaderError."""
        if self._reader is None:
            reader = reader_of(self._station, self.address)
            try:
                self._swiping = Swiping(self._station, reader, self._session, self._way)
            except BaseException:
                reader.close()
                raise
            self._reader = reader
        if self._holds_card:
            try:
                self._holds_card = not self._reader.wait_for_removal(limit_s)
            except ReaderError:
                self._left_lying = self._uid
                raise
            return None
        seen = self._reader.wait_for_card(SETTLES_S if self._left_lying else limit_s)
        left_lying, self._left_lying = self._left_lying, b""
        if seen is None:
            return None
        self._holds_card, self._uid = True, seen.uid
        return None if seen.uid == left_lying else seen

    def leave_lying(self) -> None:
        """The card was not answered: it will come up again."""
        self._holds_card = False

    def came(self) -> bool | None:
        """The news that it answers, once: whether it does so again. None where that is no news."""
        again, self._tries = self._was_told and self._tries > 0, 0
        if self._was_told and not again:
            return None
        self._was_told = True
        return again

    def lose(self, error: ReaderError) -> bool:
        """It does not answer: close it, and look for it later. Whether that is news: that another part of
        the program is just letting go of it is none."""
        self.close()
        self._retry_at = time.monotonic() + RETRY_S[min(self._tries, len(RETRY_S) - 1)]
        self._tries += 1
        return self._tries == (_TRIES_IN_USE if error.code == "READER_IN_USE" else 1)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None
        self._holds_card = False
