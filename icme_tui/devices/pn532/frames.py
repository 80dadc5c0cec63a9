"""Frames of the PN532 on a serial line (UM0701-02, section 6.2.1): pure bytes, no line and no clock.

::

    normal    00 00 FF LEN LCS  TFI PD…  DCS 00     LEN = bytes of TFI and PD, LCS = -LEN, DCS = -(TFI + PD…)
    extended  00 00 FF FF FF LENhi LENlo LCS  TFI PD…  DCS 00
    ACK       00 00 FF 00 FF 00
    NACK      00 00 FF FF 00 00
    error     00 00 FF 01 FF 7F 81 00

All sums are modulo 256. The zeros around a frame are only padding: what begins a frame is ``00 FF``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

TO_CHIP = 0xD4
"""TFI of a command."""
TO_HOST = 0xD5
"""TFI of an answer."""
SYNTAX_ERROR = 0x7F
"""TFI of the error frame: the chip did not understand the command."""

MOST = 265
"""Bytes of TFI and PD that a frame can hold."""
_MOST_NORMAL = 255

_START = b"\x00\xff"
_ACK = b"\x00\xff"
_NACK = b"\xff\x00"
_EXTENDED = b"\xff\xff"

ACK = b"\x00" + _START + _ACK + b"\x00"
"""The last frame came well. From the host it also ends the command that is under way."""
NACK = b"\x00" + _START + _NACK + b"\x00"
"""The last frame came damaged: send it again."""

Fault = Literal["length", "length checksum", "checksum", "cut"]


class Body(NamedTuple):
    """A frame that carries something."""

    tfi: int
    data: bytes
    """What follows the TFI, at most 264 bytes."""


class Sign(NamedTuple):
    """A frame that carries nothing."""

    positive: bool
    """ACK, else NACK."""


class Damaged(NamedTuple):
    """What began like a frame and is none."""

    fault: Fault
    """``cut``: it does not go on, which only a clock can tell."""


Frame = Body | Sign | Damaged


def encode(data: bytes, tfi: int = TO_CHIP) -> bytes:
    """The frame around ``data``, 0 to 264 bytes. Raises ValueError for more."""
    length = len(data) + 1
    if length > MOST:
        raise ValueError("more than a frame can hold")
    if length <= _MOST_NORMAL:
        header = bytes([length, -length & 0xFF])
    else:
        high, low = divmod(length, 256)
        header = _EXTENDED + bytes([high, low, -(high + low) & 0xFF])
    body = bytes([tfi]) + data
    return b"\x00" + _START + header + body + bytes([-sum(body) & 0xFF, 0])


class Decoder:
    """Cuts a stream into frames, however the stream is cut into pieces. Nothing that comes makes it raise.

    A frame ends where its length says, never because a pause follows. What cannot begin a frame is skipped;
    after a header that cannot be right the search goes on right behind its ``00 FF``, after a wrong sum over
    the content behind the frame, so that content is never taken for frames.
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete with these bytes, in their order."""
        self._rest += data
        found: list[Frame] = []
        while True:
            begin = self._rest.find(_START)
            if begin < 0:
                del self._rest[: len(self._rest) - 1 if self._rest.endswith(b"\x00") else None]
                return found
            del self._rest[:begin]
            taken = _first(bytes(self._rest[: MOST + 8]))
            if taken is None:
                return found
            frame, length = taken
            del self._rest[:length]
            found.append(frame)

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and more of it has to come."""
        return len(self._rest) >= len(_START)

    def clear(self) -> None:
        """Forget what has come of a frame so far."""
        self._rest.clear()


def _first(stream: bytes) -> tuple[Frame, int] | None:
    """The frame at the beginning of a stream, which is its ``00 FF``, and how many bytes it took; None where
    more have to come."""
    if len(stream) < 4:
        return None
    header, at = stream[2:4], 4
    if header in (_ACK, _NACK):
        return Sign(header == _ACK), at
    length = header[0]
    if header == _EXTENDED:
        header, at = stream[4:7], 7
        if len(header) < 3:
            return None
        length = header[0] * 256 + header[1]
    if sum(header) & 0xFF:
        return Damaged("length checksum"), len(_START)
    if not 1 <= length <= MOST:
        return Damaged("length"), len(_START)
    if len(stream) < at + length + 1:
        return None
    body = stream[at : at + length]
    if (sum(body) + stream[at + length]) & 0xFF:
        return Damaged("checksum"), at + length + 1
    return Body(body[0], body[1:]), at + length + 1
