"""The one door to pyscard: its ``scard`` level, with a time limit on every call.

Calls into PC/SC may never return: the service hangs, or another program keeps a transaction open. Each
context therefore has a thread in which its calls are made; a caller who has waited long enough goes on, and
the thread is left behind. pyscard's monitors are not used: they print to the terminal, and go deaf when the
service ends.

Status codes are those of PC/SC part 5; they come as signed numbers on some platforms.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from icme_tui.codes import ReaderError

TIMEOUT = 0x8010000A
HANGS = -1
"""Not a code of PC/SC: the call has not returned in time."""

PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
"""The reader that tells of readers which come and go."""

STATE_CHANGED = 0x0002
STATE_UNKNOWN = 0x0004
STATE_UNAVAILABLE = 0x0008
STATE_PRESENT = 0x0020
STATE_MUTE = 0x0200
STATE_OF_OTHERS = STATE_CHANGED | 0x0080 | 0x0100 | 0x0400
"""Changed, held by one program, used by some, unpowered: all of it changes while a card just lies there."""
COUNTER_SHIFT = 16
"""Above are cards that came and went, counted by the service since it has known the reader."""

SHORT_S = 2.0
"""Longest wait for the service alone."""
EXCHANGE_S = 6.0
"""Longest wait for a reader with a card; drivers themselves give up after 3 s."""

_SUCCESS = 0
_CCID_ESCAPE = 3500

Share = Literal["exclusive", "direct"]
Returned = TypeVar("Returned")
Call = Callable[[Callable[[], Sequence[Any]], float], Any]


class StatusError(Exception):
    """A call ended with something else than success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status & 0xFFFFFFFF:08X}")
        self.status = status


class ReaderState(NamedTuple):
    """What the service knows of one reader."""

    name: str
    state: int
    atr: bytes

    @property
    def is_present(self) -> bool:
        """A card lies on it and can be talked to."""
        return bool(self.state & STATE_PRESENT) and not self.state & STATE_MUTE

    @property
    def is_known(self) -> bool:
        """The service has such a reader."""
        return not self.state & (STATE_UNKNOWN | STATE_UNAVAILABLE)

    def is_like(self, state: int) -> bool:
        """Whether this state says the same of the card."""
        return (self.state ^ state) & ~STATE_OF_OTHERS == 0

    @property
    def counter(self) -> int:
        """How often a card came or went."""
        return self.state >> COUNTER_SHIFT


def library() -> Any:
    """``smartcard.scard``. Raises ReaderError PCSC_MISSING without pyscard or the system's library."""
    try:
        from smartcard import scard
    except ImportError as cause:
        raise ReaderError("PCSC_MISSING") from cause
    return scard


class _Caller:
    """A thread that makes one call at a time for somebody who does not wait for ever."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._busy = threading.Lock()
        self._hangs = False
        threading.Thread(target=self._work, name="pcsc", daemon=True).start()

    def call(self, function: Callable[[], Returned], limit_s: float) -> Returned:
        """What ``function`` returns or raises; StatusError HANGS if it takes longer, or if an earlier one has
        not come to an end."""
        if not self._busy.acquire(timeout=0 if self._hangs else limit_s):
            raise StatusError(HANGS)
        self._hangs = False
        box: list[Returned] = []
        failed: list[Exception] = []
        done = threading.Event()

        def run() -> None:
            try:
                box.append(function())
            except Exception as error:
                failed.append(error)
            finally:
                self._busy.release()
                done.set()

        self._calls.put(run)
        if not done.wait(limit_s):
            self._hangs = True
            raise StatusError(HANGS)
        if failed:
            raise failed[0]
        return box[0]

    @property
    def is_busy(self) -> bool:
        """Whether a call has not come to its end."""
        return self._busy.locked()

    def end(self) -> None:
        """Let the thread end, once it is free."""
        self._calls.put(None)

    def _work(self) -> None:
        while (run := self._calls.get()) is not None:
            run()


_left_behind: list[_Caller] = []
"""Those that asked a service in vain: while it still hangs, nobody asks again."""


class Context:
    """A conversation with the service. Methods raise StatusError."""

    def __init__(self) -> None:
        """Raises ReaderError PCSC_MISSING, StatusError."""
        self._scard = library()
        if any(caller.is_busy for caller in _left_behind):
            raise StatusError(HANGS)
        _left_behind.clear()
        self._caller = _Caller()
        scope = self._scard.SCARD_SCOPE_USER
        try:
            self._handle = self._call(lambda: self._scard.SCardEstablishContext(scope), SHORT_S)
        except StatusError:
            self._caller.end()
            _left_behind.append(self._caller)
            raise

    def readers(self) -> list[str]:
        """Names of the readers that are plugged in."""
        found: list[str] = self._call(lambda: self._scard.SCardListReaders(self._handle, []), SHORT_S)
        return found

    def changes(self, known: Sequence[tuple[str, int]], timeout_s: float) -> list[ReaderState]:
        """Wait until the state of one of these readers differs from the known one (0: tell at once)."""
        wait_ms = max(0, round(timeout_s * 1000))
        told = self._call(
            lambda: self._scard.SCardGetStatusChange(self._handle, wait_ms, list(known)), timeout_s + SHORT_S
        )
        return [ReaderState(name, state & 0xFFFFFFFF, bytes(atr)) for name, state, atr in told]

    def connect(self, reader: str, share: Share) -> Connection:
        """Talk to the card on a reader, for nobody else meanwhile, or to the reader itself."""
        scard = self._scard
        direct = share == "direct"
        mode = scard.SCARD_SHARE_DIRECT if direct else scard.SCARD_SHARE_EXCLUSIVE
        protocols = 0 if direct else scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        found = self._call(
            lambda: _pair(scard.SCardConnect(self._handle, reader, mode, protocols)), EXCHANGE_S
        )
        return Connection(self._call, scard, *found)

    def release(self) -> None:
        """End it; connections are gone with it. Never fails."""
        try:
            self._call(lambda: (self._scard.SCardReleaseContext(self._handle), None), SHORT_S)
        except StatusError:
            return
        finally:
            self._caller.end()

    def _call(self, function: Callable[[], Sequence[Any]], limit_s: float) -> Any:
        """``function`` returns a status and a value: the value, if the status says success."""

        def checked() -> Any:
            status, value = function()
            if status != _SUCCESS:
                raise StatusError(status & 0xFFFFFFFF)
            return value

        return self._caller.call(checked, limit_s)


class Connection:
    """A connection to one card, or to a reader without one. Methods raise StatusError."""

    def __init__(
        self,
        call: Callable[[Callable[[], Sequence[Any]], float], Any],
        scard: Any,
        handle: Any,
        protocol: int,
    ) -> None:
        self._call = call
        self._scard = scard
        self._handle = handle
        is_t1 = protocol == scard.SCARD_PROTOCOL_T1
        self._protocol = scard.SCARD_PCI_T1 if is_t1 else scard.SCARD_PCI_T0

    def transmit(self, command: bytes) -> bytes:
        """One APDU and its answer, status word at the end. A card that was pulled may answer nothing."""
        return bytes(
            self._call(
                lambda: self._scard.SCardTransmit(self._handle, self._protocol, list(command)), EXCHANGE_S
            )
        )

    def escape(self, command: bytes) -> bytes:
        """A command to the reader itself, which needs no card; many drivers refuse it."""
        code = self._scard.SCARD_CTL_CODE(_CCID_ESCAPE)
        return bytes(
            self._call(lambda: self._scard.SCardControl(self._handle, code, list(command)), EXCHANGE_S)
        )

    def reset(self) -> None:
        """Have the card selected again, without letting others in between."""
        scard = self._scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        self._call(
            lambda: scard.SCardReconnect(
                self._handle, scard.SCARD_SHARE_EXCLUSIVE, protocols, scard.SCARD_RESET_CARD
            ),
            EXCHANGE_S,
        )

    def end(self, reset: bool) -> None:
        """Let go of the card, as it is or reset. Never fails."""
        scard = self._scard
        how = scard.SCARD_RESET_CARD if reset else scard.SCARD_LEAVE_CARD
        try:
            self._call(lambda: (scard.SCardDisconnect(self._handle, how), None), EXCHANGE_S)
        except StatusError:
            return


def _pair(returned: Sequence[Any]) -> tuple[Any, tuple[Any, Any]]:
    status, handle, protocol = returned
    return status, (handle, protocol)
