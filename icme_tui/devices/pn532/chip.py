"""Commands of the PN532 and what it answers (UM0701-02, section 7).

Every command is acknowledged before it is answered; what comes before the acknowledgement belongs to an older
command and is dropped, so that an answer is never taken for that of another command. All waits have a limit.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from typing import Literal, NamedTuple, Protocol

from icme_tui.codes import ReaderError
from icme_tui.devices.pn532 import frames
from icme_tui.devices.pn532.frames import Body, Damaged, Decoder, Frame, Sign
from icme_tui.devices.traffic import Traffic

WAKE_UP = b"\x55\x55" + bytes(14)
"""Wakes a chip that sleeps, and gives it time until the frame that follows."""

Masked = Literal["", "command", "answer"]
"""Where a key stands, which is never told to whoever listens to the line."""


class Limits(NamedTuple):
    """Longest waits, in seconds."""

    ack: float = 0.1
    """For an acknowledgement, which comes within 15 ms."""
    waking: tuple[float, ...] = (0.3, 1.5)
    """The same, try by try, while the chip is woken up; behind some hosts' USB it takes this long."""
    answer: float = 1.0
    gap: float = 0.1
    """Inside a frame. One that does not go on for so long has been cut."""


USUAL = Limits()

GET_FIRMWARE_VERSION = 0x02
SET_PARAMETERS = 0x12
SAM_CONFIGURATION = 0x14
RF_CONFIGURATION = 0x32
IN_DATA_EXCHANGE = 0x40
IN_LIST_PASSIVE_TARGET = 0x4A

_PN532 = 0x32
_SET_UP = (
    # A card that is both a Classic and an ISO 14443-4 card has to stay a Classic: no RATS by itself.
    (SET_PARAMETERS, b"\x04"),
    # MxRtyATR and MxRtyPSL as they are, MxRtyPassiveActivation 1: the default 255 never says "no card".
    (RF_CONFIGURATION, b"\x05\xff\x01\x01"),
)
_FIELD_OFF = b"\x01\x00"

_SHOWN = 10
"""Bytes of a frame up to the block of a card's command; behind them lies what may be a key."""

_CASCADE = 0x88
"""Cascade tag (ISO/IEC 14443-3): more of the UID follows."""

OK = 0x00
TIMEOUT = 0x01
FORMAT = 0x13
MIFARE = 0x14
STATUS = {
    TIMEOUT: "timeout",
    0x02: "crc",
    0x03: "parity",
    0x04: "bit count",
    0x05: "framing",
    0x06: "collision",
    0x07: "buffer too small",
    0x09: "buffer overflow",
    0x0A: "field not switched on",
    0x0B: "rf protocol",
    0x0D: "too hot",
    0x0E: "internal overflow",
    0x10: "parameter",
    0x12: "command",
    FORMAT: "format",
    MIFARE: "authentication",
    0x23: "uid check",
    0x25: "state",
    0x26: "not allowed",
    0x27: "context",
    0x29: "released",
    0x2A: "card swapped",
    0x2B: "card vanished",
    0x2C: "mismatch",
    0x2D: "overcurrent",
    0x2E: "nad missing",
}
"""Names of the status in the low 6 bits (UM0701-02, section 7.1)."""


class Target(NamedTuple):
    """A card of ISO 14443 type A that was selected."""

    number: int
    atqa: bytes
    sak: int
    uid: bytes
    """4, 7 or 10 bytes."""


class Exchanged(NamedTuple):
    """What a card answered."""

    status: int
    data: bytes


class Line(Protocol):
    """A way for bytes. Its methods raise ReaderError READER_GONE."""

    def write(self, data: bytes) -> None:
        """Send."""
        ...

    def read(self, until: float) -> bytes:
        """What has come by ``until`` (of ``time.monotonic``), at the first byte."""
        ...

    def drop(self) -> None:
        """Throw away what has come."""
        ...


class Chip:
    """A PN532 behind a line.

    Methods raise ReaderError READER_GONE (the line is gone), READER_SILENT (nothing answers), READER_NOISY
    (what answers cannot be understood) and READER_UNKNOWN (something else answers), with ``reader``.
    """

    def __init__(self, line: Line, name: str, traffic: Traffic, limits: Limits = USUAL) -> None:
        self._line = line
        self._limits = limits
        self._name = name
        self._traffic = traffic
        self._decoder = Decoder()
        self._waiting: deque[Frame] = deque()
        self._is_up = False

    def start(self) -> None:
        """Wake the chip up and set it up, as after it was switched on."""
        self._is_up = False
        for ack_s in self._limits.waking:
            self._line.write(WAKE_UP)
            if self._once(SAM_CONFIGURATION, b"\x01\x00\x00", ack_s) is not None:
                break
        else:
            raise self._error("READER_SILENT")
        version = self._known(self._once(GET_FIRMWARE_VERSION))
        if version[:1] != bytes([_PN532]):
            raise self._error("READER_UNKNOWN")
        for code, data in _SET_UP:
            self._known(self._once(code, data))
        self._is_up = True

    def stop(self) -> None:
        """Switch the field off, which resets the card in it. Never fails."""
        if self._is_up:
            with contextlib.suppress(ReaderError):
                self._once(RF_CONFIGURATION, _FIELD_OFF)
        self._is_up = False

    def list_target(self) -> Target | None:
        """Select a card that is in the field, one that has halted as well."""
        return target_of(self._command(IN_LIST_PASSIVE_TARGET, b"\x01\x00"), self._name)

    def exchange(self, target: int, command: bytes, masked: Masked = "") -> Exchanged:
        """Have a selected card carry out a command. ``masked``: which of both holds a key."""
        answer = self._command(IN_DATA_EXCHANGE, bytes([target]) + command, masked)
        if not answer:
            raise self._error("READER_NOISY")
        return Exchanged(answer[0] & 0x3F, answer[1:])

    def _command(self, code: int, data: bytes, masked: Masked = "") -> bytes:
        answer = self._once(code, data, masked=masked)
        if answer is None:
            self.start()
            answer = self._once(code, data, masked=masked)
            if answer is not None:
                self._settle(self._limits.ack)
        return self._known(answer)

    def _once(
        self, code: int, data: bytes = b"", ack_s: float | None = None, masked: Masked = ""
    ) -> bytes | None:
        """The answer to a command; None where the chip did not acknowledge it."""
        frame = frames.encode(bytes([code]) + data)
        hidden = slice(None) if masked == "answer" else None
        self._settle(0)
        self._traffic.sent(frame, slice(_SHOWN, None) if masked == "command" else None)
        self._line.write(frame)
        until = time.monotonic() + (self._limits.ack if ack_s is None else ack_s)
        while (got := self._next(until, hidden)) is not None:
            if isinstance(got, Sign):
                return self._answer(code, hidden) if got.positive else None
        return None

    def _answer(self, code: int, hidden: slice | None) -> bytes:
        until = time.monotonic() + self._limits.answer
        asked_again = False
        fault = "READER_SILENT"
        while (got := self._next(until, hidden)) is not None:
            if isinstance(got, Body) and got.tfi == frames.TO_HOST and got.data[:1] == bytes([code + 1]):
                return got.data[1:]
            if isinstance(got, Sign):
                continue
            fault = "READER_NOISY"
            if isinstance(got, Body) and got.tfi == frames.SYNTAX_ERROR:
                break
            if isinstance(got, Damaged):
                if asked_again:
                    break
                asked_again = True
                self._traffic.note(f"damaged: {got.fault}")
                self._line.write(frames.NACK)
        self._line.write(frames.ACK)  # ends a command that is still under way
        time.sleep(0.001)
        self._settle(0)
        raise self._error(fault)

    def _next(self, until: float, hidden: slice | None) -> Frame | None:
        """The next frame; None if none came in time."""
        while not self._waiting:
            if (now := time.monotonic()) >= until:
                return None
            is_inside = self._decoder.is_inside
            data = self._line.read(min(until, now + self._limits.gap) if is_inside else until)
            if data:
                self._traffic.received(data, hidden)
                self._waiting.extend(self._decoder.feed(data))
            elif is_inside:
                self._decoder.clear()
                return Damaged("cut")
        return self._waiting.popleft()

    def _settle(self, quiet_s: float) -> None:
        """Drop what is left of earlier commands, and what still comes until the line is quiet."""
        until = time.monotonic() + self._limits.answer
        while quiet_s and time.monotonic() < until and self._line.read(time.monotonic() + quiet_s):
            pass
        self._line.drop()
        self._decoder.clear()
        self._waiting.clear()

    def _known(self, answer: bytes | None) -> bytes:
        if answer is None:
            self._is_up = False
            raise self._error("READER_SILENT")
        return answer

    def _error(self, code: str) -> ReaderError:
        return ReaderError(code, reader=self._name)


def target_of(answer: bytes, name: str = "") -> Target | None:
    """The card in an answer to InListPassiveTarget for 106 kbit/s type A: ``NbTg Tg ATQA(2) SAK n UID(n) …``.

    Raises ReaderError READER_NOISY (``reader``) for what cannot be such an answer.
    """
    if answer[:1] == b"\0":
        return None
    uid_size = answer[5] if len(answer) > 5 else 0
    uid = _uncascaded(answer[6 : 6 + uid_size])
    if len(uid) not in (4, 7, 10) or len(answer) < 6 + uid_size:
        raise ReaderError("READER_NOISY", reader=name)
    return Target(answer[1], answer[2:4], answer[4], uid)


def _uncascaded(uid: bytes) -> bytes:
    """A longer UID without the cascade tags of the anticollision, which some firmware leaves in it."""
    if len(uid) == 8 and uid[0] == _CASCADE:
        return uid[1:]
    if len(uid) == 12 and uid[0] == uid[4] == _CASCADE:
        return uid[1:4] + uid[5:]
    return uid
