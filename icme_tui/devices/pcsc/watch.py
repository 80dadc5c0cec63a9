"""Watching one reader of the PC/SC service: is it there, has a card come, has it gone?

One loop over SCardGetStatusChange, with the reader that tells of readers which come and go. Whatever is wrong
with the service or the reader ends the watch with a ReaderError; a new one is begun when both are back.
"""

from __future__ import annotations

import time
from typing import NoReturn

from icme_tui.codes import ReaderError
from icme_tui.devices.pcsc import failures
from icme_tui.devices.pcsc.profiles import choose
from icme_tui.devices.pcsc.scard import (
    PLUG_AND_PLAY,
    STATE_CHANGED,
    TIMEOUT,
    Connection,
    Context,
    ReaderState,
    Share,
    StatusError,
)

_SLICE_S = 0.4
"""Longest question to the service, so that nobody who leaves has to wait for its answer."""


class Watch:
    """A reader and the conversation with the service about it."""

    def __init__(self, part: str) -> None:
        """Raises ReaderError PCSC_MISSING, NO_SERVICE, NO_READER, READER_FORBIDDEN, SERVICE_HANGS."""
        self.reader = part
        self._context: Context | None = None
        self._known = 0
        self._plugged = 0
        """What the service told last of readers that come and go: some tell it until it is given back."""
        try:
            self._context = Context()
            found = choose(self._context.readers(), part)
        except StatusError as error:
            self.fail(error)
        if found is None:
            self._gone()
        self.reader = found
        """The whole PC/SC name."""

    def look(self) -> ReaderState:
        """What lies on the reader now. Raises ReaderError."""
        self._known = 0
        return self._ask(0) or self._gone()

    def change(self, deadline: float) -> ReaderState | None:
        """The next change on the reader, or None if there is none until then. Raises ReaderError."""
        while (left := deadline - time.monotonic()) > 0:
            if (state := self._ask(min(left, _SLICE_S))) is not None:
                return state
        return None

    def connect(self, share: Share) -> Connection:
        """Raises StatusError."""
        return self._open().connect(self.reader, share)

    def fail(self, error: StatusError) -> NoReturn:
        """End with what a status code means between presentations. Raises ReaderError."""
        self.close()
        raise failures.between_presentations(error.status, self.reader) from error

    def close(self) -> None:
        """End the conversation."""
        context, self._context = self._context, None
        if context is not None:
            context.release()

    def _ask(self, timeout_s: float) -> ReaderState | None:
        try:
            asked = [(self.reader, self._known), (PLUG_AND_PLAY, self._plugged)]
            states = self._open().changes(asked, timeout_s)
        except StatusError as error:
            if error.status == TIMEOUT:
                return None
            self.fail(error)
        told = {one.name: one for one in states}
        state = told[self.reader]
        self._plugged = told[PLUG_AND_PLAY].state & ~STATE_CHANGED
        if not state.is_known:
            self._gone()
        is_news = self._known == 0 or not state.is_like(self._known)
        self._known = state.state
        return state if is_news else None

    def _open(self) -> Context:
        if self._context is None:
            raise StatusError(failures.NO_SERVICE)
        return self._context

    def _gone(self) -> NoReturn:
        self.close()
        raise ReaderError("NO_READER", reader=self.reader)
