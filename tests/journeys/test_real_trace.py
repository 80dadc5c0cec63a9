"""``icme card trace`` on the real stack: the APDUs as they went over the line, without their keys."""

from __future__ import annotations

import json

import pytest

from tests.support.door import Door
from tests.support.killing import Program
from tests.support.vpcd import PLAIN, Stack
from tests.support.vpcd_card import StorageCard

pytestmark = pytest.mark.integration


def test_apdus_are_told_and_keys_are_not(door: Door, stack: Stack) -> None:
    card = StorageCard(bytearray((door.cards / "CARD-00.mfd").read_bytes()))
    stack.slots[f"{PLAIN} 00 00"].put_on(card)
    with Program({"LANG": "C.UTF-8"}) as program:
        arguments = ("--json", "card", "trace", "--reader", "pcsc:pcd 00 00", "--wait", "10")
        assert program.run(*door.options, *arguments, weak=True) == 0, program.lines
        found = json.loads("\n".join(program.lines))
    text = "\n".join(found["lines"])
    assert found["state"] == "OK"
    assert "> FF 82 " in text
    assert "06 ** ** ** ** ** **" in text
    assert "> FF 86 00 00 05 01 00 " in text
    assert "> FF B0 00 " in text
    assert "read block " in text
    stored = {
        bytes(card.memory[at : at + 6]) for block in range(3, 64, 4) for at in (block * 16, block * 16 + 10)
    }
    plain = text.replace(" ", "")
    assert not [key for key in stored if key.hex().upper() in plain]
