"""Readers that type, taken from the keyboard of the machine: nobody else hears what they type.

Reads ``struct input_event`` from ``/dev/input/…`` and grabs the device (Linux, ``input.h``), so that a number
never lands in a console's login prompt or in another window. It needs no library: the usual one has to be
compiled, and the machines of venues have no compiler.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import struct
import sys
import time
from collections.abc import Callable
from pathlib import PurePath

from icme_tui.cards.numberformat import LONGEST
from icme_tui.codes import ReaderError

if sys.platform != "win32":
    import fcntl

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value; ``long`` as the kernel of this machine has it."""

EVIOCGRAB = 0x40044590
"""``_IOW('E', 0x90, int)``"""

EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
RELEASED, PRESSED = 0, 1
SHIFTS = (42, 54)
ENTERS = (28, 96)

PAUSE_S = 1.0
"""A reader types without pausing: after so long a new number begins."""

_EVENTS_AT_ONCE = 64

_ROWS = {2: "1234567890", 16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm"}
"""Keys by the code of the first of a row (``input-event-codes.h``)."""
_KEYPAD = {71: "789", 75: "456", 79: "123", 82: "0"}
_SIGNS = {12: "-", 51: ",", 52: ".", 83: "."}

KEYS: dict[int, str] = {
    **{
        first + at: key
        for first, row in {**_ROWS, **_KEYPAD}.items()
        for at, key in enumerate(row)
        if key in "0123456789abcdef"
    },
    **_SIGNS,
}
"""The character of a key without Shift, of those that stand in numbers."""

_SHIFTED = {39: ":"}

_OPENING = {errno.EACCES: "READER_DENIED", errno.EPERM: "READER_DENIED", errno.EBUSY: "READER_IN_USE"}


class Keys:
    """Puts lines together from the events of a keyboard. What stands in no number is passed over, such as the
    letter or the sign with which some readers begin."""

    def __init__(self) -> None:
        self._text = ""
        self._shift = False
        self._is_broken = False
        self._last = 0.0

    def take(self, seconds: float, type_: int, code: int, value: int) -> str | None:
        """An event at a time; the line that it ends."""
        if type_ == EV_SYN and code == SYN_DROPPED:  # the kernel has lost events: the line is not whole
            self._is_broken = True
        if type_ != EV_KEY:
            return None
        if code in SHIFTS:
            self._shift = value != RELEASED
        if value != PRESSED:
            return None
        if seconds - self._last > PAUSE_S:
            self._text = ""
        self._last = seconds
        if code in ENTERS:
            text, self._text = self._text, ""
            whole, self._is_broken = not self._is_broken, False
            return text if whole and text else None
        if self._shift and code in _SHIFTED:
            self._text += _SHIFTED[code]
        elif code in KEYS and not (self._shift and not KEYS[code].isalpha()):
            self._text += KEYS[code]
        self._text = self._text[-LONGEST - 1 :]
        return None


def grab(descriptor: int) -> None:
    """Take a keyboard away from everybody else. Raises OSError."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTTY, "no such keyboards here")
    fcntl.ioctl(descriptor, EVIOCGRAB, 1)


class KeyboardSource:
    """The lines of one keyboard of the machine. A ``typed.Source``."""

    def __init__(self, device: str, grab: Callable[[int], None] = grab) -> None:
        """``device``: ``/dev/input/by-id/…``.

        Raises ReaderError READER_GONE, READER_DENIED, READER_IN_USE, INPUT_UNKNOWN for what is no keyboard
        (each with ``reader``, ``device``, ``group``).
        """
        self.name = f"evdev:{PurePath(device).name}"
        self._device = device
        self._keys = Keys()
        self._lines: list[str] = []
        self._rest = b""
        try:
            self._descriptor = os.open(device, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            raise self._error(_OPENING.get(error.errno or 0, "READER_GONE")) from None
        try:
            grab(self._descriptor)
        except OSError as error:
            self.close()
            raise self._error(_OPENING.get(error.errno or 0, "INPUT_UNKNOWN")) from None

    def line(self, timeout_s: float) -> str | None:
        """See ``typed.Source``. Raises ReaderError READER_GONE."""
        until = time.monotonic() + timeout_s
        while not self._lines:
            try:
                ready, _, _ = select.select([self._descriptor], [], [], max(0.0, until - time.monotonic()))
                data = os.read(self._descriptor, EVENT.size * _EVENTS_AT_ONCE) if ready else None
            except (OSError, ValueError):  # unplugged
                raise self._error("READER_GONE") from None
            if data is None:
                return None
            if not data:
                raise self._error("READER_GONE")
            self._take(data)
        return self._lines.pop(0)

    def close(self) -> None:
        """See ``typed.Source``. The system ends the grab."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _take(self, data: bytes) -> None:
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for seconds, microseconds, type_, code, value in EVENT.iter_unpack(data[:whole]):
            text = self._keys.take(seconds + microseconds / 1e6, type_, code, value)
            if text is not None:
                self._lines.append(text)

    def _error(self, code: str) -> ReaderError:
        return ReaderError(code, reader=self.name, device=self._device, group="input")
