"""The real program in processes that can be killed: started again and again without loading it each time.

``Program`` keeps one process that has loaded everything and forks for each command line. What the command
prints comes through a pipe, line by line.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pytest

from tests.support.stations import weaken_passwords

ROOT = Path(__file__).parents[2]
SWITCHES = ("early", "unsynced", "die_at", "weak")
"""What a command can be started with (see ``switch``)."""

LONGEST_S = 60.0


class Program:
    """``icme`` as processes. ``environment`` is added to this process's own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._out, written = os.pipe()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killing", str(written)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(written,),
        )
        os.close(written)
        self._rest = b""
        self.lines: list[str] = []
        """What the command printed, as far as it was read."""
        self.pid = 0

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        _pipe(self._server.stdin).close()
        self._server.wait(LONGEST_S)
        _pipe(self._server.stdout).close()
        os.close(self._out)

    def start(self, *arguments: str | Path, **switches: Any) -> None:
        """Start a command."""
        self.lines, self._rest = [], b""
        asked = {"argv": [str(one) for one in arguments], **switches}
        stdin = _pipe(self._server.stdin)
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        self.pid = self._told()

    def line(self, seconds: float) -> str | None:
        """The next line that the command prints, or None if none comes in time or it has ended."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not self._readable(max(0.0, deadline - time.monotonic())):
                return None
            self._rest += os.read(self._out, 65536)
        line, _newline, self._rest = self._rest.partition(b"\n")
        self.lines.append(line.decode())
        return self.lines[-1]

    def kill(self) -> None:
        """SIGKILL, and read what it had printed."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def ended(self) -> int:
        """Wait for the end and read what is left: the exit status, or minus the signal."""
        status = self._told()
        while self.line(0.0) is not None:
            pass
        return status

    def run(self, *arguments: str | Path, **switches: Any) -> int:
        """Start a command and wait for its end."""
        self.start(*arguments, **switches)
        return self.ended()

    def _told(self) -> int:
        answer = _pipe(self._server.stdout).readline()
        assert answer, "the server of commands has ended"
        return int(answer)

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self._out], [], [], seconds)[0])


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def serve(output: int) -> None:
    """Fork for each request on standard input; tell its process number, then how it ended."""
    from icme_tui import cli
    from icme_tui.commands import backup, exchange, init, journal, swipe  # noqa: F401 - loaded once for all
    from icme_tui.operations import exporting, founding, importing, packing, presenting, swiping  # noqa: F401

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        cli.main(["--home", os.devnull, "swipe", "S0000001"])  # fails, and so loads what failing takes
        cli.main(["swipe", "--help"])
    for request in sys.stdin.buffer:
        asked = json.loads(request)
        pid = os.fork()
        if pid == 0:
            os.dup2(output, 1)
            status = 70
            try:
                for name in SWITCHES:
                    if name in asked:
                        switch(name, asked[name])
                status = cli.main(asked["argv"])
                sys.stdout.flush()
            finally:
                os._exit(status)
        os.write(1, b"%d\n" % pid)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def switch(name: str, value: Any) -> None:
    """In this process: ``die_at`` a durable step, commits ``unsynced``, swipes told ``early``, passwords that
    cost nothing (``weak``)."""
    from icme_tui import durable
    from icme_tui.station import Station
    from icme_tui.store import database

    if name == "die_at":
        durable._DIE_AT = value
    elif name == "unsynced":
        pragmas = tuple(one for one in database._PRAGMAS if one[0] != "synchronous")
        database._PRAGMAS = (*pragmas, ("synchronous", "off"))
    elif name == "weak":
        weaken_passwords(pytest.MonkeyPatch())
    elif name == "early":
        Station.record = _recorded_late(Station.record)  # type: ignore[method-assign]


def _recorded_late(record: Any) -> Any:
    """A ``Station.record`` that says it is done and does it the next time."""
    waiting: list[Any] = []

    def late(self: Any, *new: Any) -> Any:
        from icme_tui.facts import Place

        if waiting:
            record(self, *waiting)
        waiting[:] = new
        return [Place(self.code, self.epoch, 0) for _ in new]

    return late


if __name__ == "__main__":
    serve(int(sys.argv[1]))
