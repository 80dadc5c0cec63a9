"""One import at a time in a home folder: the second waits for its turn, or is told that it has to.

Two of them would both move the files that wait in ``inbox/`` and judge each on what the other has not taken
yet. Where the first one dies, the system gives the turn back.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from icme_tui.codes import RuleError

if TYPE_CHECKING:
    from icme_tui.station import Station

if sys.platform != "win32":
    import fcntl

WAIT_S = 30.0
"""So long a second import waits for the first one."""

_LOOK_S = 0.1
_LOCK = "import.lock"


@contextmanager
def import_turn(station: Station) -> Iterator[None]:
    """Nobody else imports in this home within the block.

    Raises RuleError ``IMPORT_RUNNING`` where another import goes on for longer than ``WAIT_S``.
    """
    if sys.platform == "win32":  # has no such lock: one program at a time is used there
        yield
        return
    descriptor = os.open(station.home / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int) -> None:
    until = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise RuleError("IMPORT_RUNNING") from None
            time.sleep(_LOOK_S)
        else:
            return
