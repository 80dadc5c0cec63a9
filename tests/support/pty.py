"""The real program in a pseudo terminal: keys go in, bytes come out and are counted, the screen is read.

The screen understands what the program sends: cursor positions, colours (ignored), text with wide
characters. Anything else that begins with an escape is skipped.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich.cells import cell_len

ROOT = Path(__file__).parent.parent.parent

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "backspace": "\x7f", "up": "\x1b[A", "down": "\x1b[B",
    "right": "\x1b[C", "left": "\x1b[D", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H",
    "end": "\x1b[F", "delete": "\x1b[3~", "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS",
    "f5": "\x1b[15~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f12": "\x1b[24~",
    "ctrl+p": "\x10", "ctrl+q": "\x11", "ctrl+l": "\x0c", "shift+tab": "\x1b[Z",
}  # fmt: skip

_SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-9;?<>=!$ ]*)(?P<final>[@-~])"  # control sequences
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands
    r"|\x1b[()][A-Z0-9]|\x1b[=>78cDEHMN]"
    r"|(?P<char>[^\x1b])",
    re.DOTALL,
)

QUIET_S = 0.35
"""With nothing sent for this long, the program has answered."""

ANSWER_S = 5.0
"""So long a busy machine may take until it answers a key at all."""


class Screen:
    """The cells of a terminal."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows = [[" "] * width for _row in range(height)]
        self._styles = [[""] * width for _row in range(height)]
        self._style = ""
        self._x = self._y = 0
        self._rest = ""

    def feed(self, text: str) -> None:
        text = self._rest + text
        done = 0
        while done < len(text):
            found = _SEQUENCE.match(text, done)
            if found is None:  # a sequence that has not come to its end
                break
            done = found.end()
            if found["char"]:
                self._put(found["char"])
            elif found["final"]:
                self._control(found["csi"], found["final"])
        self._rest = text[done:]

    def _put(self, char: str) -> None:
        if char == "\r":
            self._x = 0
        elif char == "\n":
            self._y = min(self._y + 1, self.height - 1)
        elif char == "\b":
            self._x = max(0, self._x - 1)
        elif char >= " ":
            cells = cell_len(char)
            if cells == 0 or self._x + cells > self.width:
                return
            row, styles = self._rows[self._y], self._styles[self._y]
            if row[self._x] == "" and self._x:  # half of a wide character cannot stay
                row[self._x - 1], styles[self._x - 1] = " ", ""
            if self._x + cells < self.width and row[self._x + cells] == "":
                row[self._x + cells], styles[self._x + cells] = " ", ""
            row[self._x] = char
            if cells == 2:
                row[self._x + 1] = ""
            self._styles[self._y][self._x : self._x + cells] = [self._style] * cells
            self._x += cells

    def _control(self, parameters: str, final: str) -> None:
        numbers = [int(each) if each.isdigit() else 0 for each in parameters.split(";")]
        if final in "Hf":
            self._y = min(max(numbers[0], 1), self.height) - 1
            self._x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.width) - 1
        elif final == "m":
            self._style = parameters
        elif final == "K":
            left = self.width - self._x
            self._rows[self._y][self._x :] = [" "] * left
            self._styles[self._y][self._x :] = [self._style] * left
        elif final == "J" and numbers[0] == 2:
            self._rows = [[" "] * self.width for _row in range(self.height)]

    @property
    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self._rows]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """(character, parameters of its style) of every cell; the right half of a wide one is empty."""
        return [
            list(zip(row, styles, strict=True)) for row, styles in zip(self._rows, self._styles, strict=True)
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Pty:
    """A program in a pseudo terminal. A context manager: what still runs at the end is killed."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        size: tuple[int, int] = (80, 24),
        command: Sequence[str] = (sys.executable, "-m", "icme_tui.cli"),
    ) -> None:
        self.screen = Screen(*size)
        self.count = 0
        """Bytes that the program has sent so far."""
        self.raw = b""
        self._decoded = b""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.process = subprocess.Popen(
            [*command, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "PYTHONPATH": str(ROOT), "COLUMNS": str(size[0]), "LINES": str(size[1])},
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Pty:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the line, as a dropped connection does."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def send(self, *keys: str) -> None:
        """Press keys by name, or type texts."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def listen(self, quiet: float = QUIET_S, most: float = 30.0) -> int:
        """Take what comes until nothing came for ``quiet`` seconds; how many bytes that were."""
        before = self.count
        until = time.monotonic() + most
        while time.monotonic() < until and self._take(quiet):
            pass
        return self.count - before

    def press(self, *keys: str, until: str = "") -> int:
        """Press keys, wait for the answer, or until the screen shows a text; the bytes of it."""
        before = self.count
        self.send(*keys)
        if until:
            self.wait_for(until)
        elif self._take(ANSWER_S):
            self.listen()
        return self.count - before

    def wait_for(self, text: str, most: float = 30.0, quiet: float = QUIET_S) -> None:
        """Until the screen shows a text and is quiet. Raises AssertionError with the screen."""
        until = time.monotonic() + most
        while text not in self.screen.text:
            left = until - time.monotonic()
            if left <= 0 or not (self._take(left) or self.process.poll() is None):
                raise AssertionError(f"{text!r} is not on the screen:\n{self.screen.text}")
        if quiet:
            self.listen(quiet)

    def ended(self, most: float = 30.0) -> int:
        """Wait for the end of the program; its exit code."""
        until = time.monotonic() + most
        while self.process.poll() is None and time.monotonic() < until:
            self._take(0.05)
        return self.process.wait(timeout=1)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def _take(self, timeout: float) -> bool:
        if self._master < 0 or not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program has closed its side
            return False
        self.count += len(data)
        self.raw += data
        text = (self._decoded + data).decode("utf-8", "ignore")
        whole = (self._decoded + data)[: len(text.encode())]
        self._decoded = (self._decoded + data)[len(whole) :]
        self.screen.feed(text)
        return bool(data)


def _take_terminal() -> None:
    """Make the pseudo terminal the one that controls the new session, so that hanging up is noticed."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
