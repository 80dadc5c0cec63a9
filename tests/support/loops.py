"""``icme`` in a process of its own, with everything that it prints, as it stands in a terminal."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
LONGEST_S = 20.0

_WITH_DEFECT = """
import sys
from tests.support.killing import switch
from icme_tui import cli
switch(sys.argv[1], True)
sys.exit(cli.main(sys.argv[2:]))
"""


class Loop:
    """A command that goes on until it is told to end. A context manager: it is killed if it still runs."""

    def __init__(self, *arguments: str | Path, defect: str = "") -> None:
        """``defect``: one of the switches of ``tests.support.killing``."""
        program = ["-c", _WITH_DEFECT, defect] if defect else ["-m", "icme_tui.cli"]
        self.lines: list[str] = []
        self._rest = b""
        self._read = 0
        self._process = subprocess.Popen(
            [sys.executable, *program, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout

    def __enter__(self) -> Loop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(LONGEST_S)
        self._out.close()

    def expect(self, *texts: str, seconds: float = LONGEST_S) -> str:
        """The next line, of those not looked at yet, with all of these texts. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while True:
            while self._read < len(self.lines):
                line = self.lines[self._read]
                self._read += 1
                if all(text in line for text in texts):
                    return line
            left = deadline - time.monotonic()
            assert left > 0, f"no line with {texts} in:\n" + "\n".join(self.lines)
            assert self._take(left), f"it ended without a line with {texts}:\n" + "\n".join(self.lines)

    def end(self) -> int:
        """Ctrl+C, and the exit code. Everything that was printed is in ``lines`` then."""
        self._process.send_signal(signal.SIGINT)
        while self._take(LONGEST_S):
            pass
        return self._process.wait(LONGEST_S)

    def _take(self, seconds: float) -> bool:
        if not select.select([self._out], [], [], seconds)[0]:
            return self._process.poll() is None
        data = os.read(self._out.fileno(), 65536)
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode() for line in whole]
        return bool(data)
