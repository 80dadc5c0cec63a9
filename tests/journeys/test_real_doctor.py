"""``icme doctor`` on the real stack: a reader that answers, and a service that has stopped."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.support.door import Door
from tests.support.killing import Program
from tests.support.vpcd import Stack

pytestmark = pytest.mark.integration

READER = "pcsc:pcd 00 00"


def findings(door: Door) -> dict[str, dict[str, Any]]:
    """What it finds, by check."""
    with Program({"LANG": "C.UTF-8"}) as program:
        program.run(*door.options, "--json", "doctor", weak=True)
        return {one["check"]: one for one in json.loads("\n".join(program.lines))["findings"]}


def test_a_reader_that_answers_and_a_service_that_has_stopped(door: Door, stack: Stack) -> None:
    with Program({"LANG": "C.UTF-8"}) as program:
        assert program.run(*door.options, "station", "readers", READER, weak=True) == 0, program.lines
    found = findings(door)
    assert (found[f"reader {READER}"]["code"], found["file"]["code"]) == ("READER_ANSWERS", "FILE_GOOD")
    assert found["pcsc-service"]["level"] == "ok"
    stack.kill(signal.SIGTERM)
    try:
        stopped = findings(door)
    finally:
        stack.start()
    assert stopped[f"reader {READER}"]["code"] == "NO_SERVICE"
    assert "pcsc-protocol" not in stopped or stopped["pcsc-service"]["level"] == "ok"
