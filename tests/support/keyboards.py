"""A keyboard down to the events of the kernel, through a named pipe."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from icme_tui.devices.evdev import EV_KEY, EV_SYN, EVENT

_SHIFT, _ENTER, _KEYPAD_ENTER = 42, 28, 96
_CODES = {
    **{"1234567890"[at]: 2 + at for at in range(10)},
    **{"qwertyuiop"[at]: 16 + at for at in range(10)},
    **{"asdfghjkl"[at]: 30 + at for at in range(9)},
    **{"zxcvbnm"[at]: 44 + at for at in range(7)},
    "-": 12, ";": 39, ",": 51, ".": 52, "/": 53,
}  # fmt: skip
_SHIFTED = {"%": "5", ":": ";", "?": "/"}
_KEYPAD = {
    "7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82, ".": 83,
}  # fmt: skip


def typed(text: str, *, keypad: bool = False, enter: bool = True, at: int = 100) -> bytes:
    """The events of a text that is typed at second ``at``, upper-case letters with Shift."""
    events = []
    for character in text:
        shifted = character in _SHIFTED or character.isupper()
        plain = _SHIFTED.get(character, character.lower())
        code = _KEYPAD[plain] if keypad and plain in _KEYPAD else _CODES[plain]
        pressed = [(code, 1), (code, 0)]
        events += [(_SHIFT, 1), *pressed, (_SHIFT, 0)] if shifted else pressed
    if enter:
        code = _KEYPAD_ENTER if keypad else _ENTER
        events += [(code, 1), (code, 0)]
    return b"".join(
        EVENT.pack(at, 0, EV_KEY, code, value) + EVENT.pack(at, 0, EV_SYN, 0, 0) for code, value in events
    )


class Keyboard:
    """A reader that types into ``device``. A context manager."""

    def __init__(self, device: Path) -> None:
        self.device = device
        os.mkfifo(device)
        self._handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
        self._at = 100

    def __enter__(self) -> Keyboard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def type(self, text: str, *, keypad: bool = False) -> None:
        """A number and Enter."""
        self.send(typed(text, keypad=keypad, at=self._at))

    def send(self, events: bytes) -> None:
        os.write(self._handle, events)

    def later(self, seconds: int) -> None:
        """What is typed from now on comes so much later."""
        self._at += seconds

    def unplug(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1
