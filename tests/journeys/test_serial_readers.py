"""Cards on a PN532 behind a real pseudo terminal: issued, looked at, swiped, changed and cancelled by
commands, swiped on the screen, and pulled away at every moment of a swipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from icme_tui.devices import shelf
from tests.support.door import Door
from tests.support.pn532 import Shelf, Simulator
from tests.support.pty import ROOT


@pytest.fixture
def module(door: Door) -> Iterator[Simulator]:
    """A reader over the cards of the door."""
    with Simulator(Shelf(door.cards)) as made:
        yield made


def icme(door: Door, *arguments: object, code: int = 0) -> Any:
    """What a command prints as JSON; it must end with ``code``."""
    done = subprocess.run(
        [sys.executable, "-m", "icme_tui.cli", *map(str, door.options), "--json", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(door.state)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def test_a_card_is_inspected(door: Door, module: Simulator) -> None:
    name, uid = next(iter(door.uids.items()))
    shelf.tap(door.cards, name)
    seen = icme(door, "card", "inspect", "--reader", module.address)
    print(seen)
    assert (seen["uid"], seen["state"], seen["name"]) == (uid, "OK", name)
