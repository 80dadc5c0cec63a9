"""Work in a process of its own that dies at a durable step."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from icme_tui import durable


def dies_at(step: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a fork that is killed at its ``step``-th durable step: whether it came to that.

    The work must open what it needs itself. Raises AssertionError where it fails otherwise.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            durable._DIE_AT, durable._points_passed = step, 0
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert ended in (0, -signal.SIGKILL), ended
    return ended != 0
