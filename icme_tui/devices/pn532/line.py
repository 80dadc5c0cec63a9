"""A serial line: the only module that knows pyserial."""

from __future__ import annotations

import contextlib
import errno
import sys
import time
from pathlib import PurePath
from typing import TYPE_CHECKING

from icme_tui.codes import ReaderError

if TYPE_CHECKING:
    from serial import Serial

if sys.platform == "win32":
    _FAILURES: tuple[type[Exception], ...] = (OSError,)
else:
    import termios

    _FAILURES = (OSError, termios.error)

BAUD = 115_200
_SLICE_S = 0.02
"""Longest wait inside one call of the library, whose own limits are never what ends a frame."""
_MOST_CHUNKS = 64
"""A device that never stops talking is not waited for."""

_OPENING = {
    errno.EACCES: "READER_DENIED",
    errno.EPERM: "READER_DENIED",
    errno.EAGAIN: "READER_IN_USE",
    errno.EBUSY: "READER_IN_USE",
}


class SerialLine:
    """A serial device at 115,200 baud, 8N1, for this program only."""

    def __init__(self, device: str) -> None:
        """Raises ReaderError READER_GONE, READER_DENIED, READER_IN_USE (each with ``reader``, ``device``,
        ``group``)."""
        import serial

        self._device = device
        try:
            self._port: Serial = serial.Serial(
                device, BAUD, timeout=_SLICE_S, write_timeout=1.0, exclusive=True
            )
        except _FAILURES as error:
            code = _OPENING.get(getattr(error, "errno", None) or 0, "READER_GONE")
            raise self._error(code) from None
        if sys.platform == "linux":  # else an FTDI adapter keeps every answer back for 16 ms
            with contextlib.suppress(ValueError, OSError):
                self._port.set_low_latency_mode(True)

    def write(self, data: bytes) -> None:
        """Send bytes. Raises ReaderError READER_GONE."""
        try:
            self._port.write(data)
        except _FAILURES:
            raise self._error("READER_GONE") from None

    def read(self, until: float) -> bytes:
        """What has come, at least a byte; nothing if none came until ``until`` (of ``time.monotonic``).

        Raises ReaderError READER_GONE.
        """
        try:
            while not (data := self._port.read(max(1, self._port.in_waiting))):
                if time.monotonic() >= until:
                    break
        except _FAILURES:
            raise self._error("READER_GONE") from None
        return bytes(data)

    def drop(self) -> None:
        """Throw away what has come and was not read. Raises ReaderError READER_GONE."""
        try:
            for _chunk in range(_MOST_CHUNKS):
                if not (waiting := self._port.in_waiting):
                    return
                self._port.read(waiting)
        except _FAILURES:
            raise self._error("READER_GONE") from None

    def close(self) -> None:
        """Let go of the device, which may be gone."""
        with contextlib.suppress(*_FAILURES):
            self._port.close()

    def _error(self, code: str) -> ReaderError:
        return ReaderError(code, reader=name_of(self._device), device=self._device, group="dialout")


def name_of(device: str) -> str:
    """What facts and messages call the reader at a device: ``pn532:ttyUSB0``."""
    return f"pn532:{PurePath(device).name}"
