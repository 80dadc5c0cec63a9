"""The commands of cards on the real stack: pcscd, its virtual reader, pyscard, and a card made of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cards.layout import BLOCK_SIZE
from tests.support.door import Door
from tests.support.killing import Program
from tests.support.vpcd import PLAIN, Slot, Stack
from tests.support.vpcd_card import CLASSIC_4K, Fault, StorageCard

pytestmark = pytest.mark.integration

FIRST, SECOND = f"{PLAIN} 00 00", f"{PLAIN} 00 01"


@pytest.fixture
def program(stack: Stack) -> Iterator[Program]:
    with Program({"LANG": "C.UTF-8"}) as running:
        yield running


def card_of(door: Door, name: str, **how: Any) -> StorageCard:
    """A card of the door, as it was issued."""
    return StorageCard(bytearray((door.cards / f"{name}.mfd").read_bytes()), **how)


def told(program: Program) -> dict[str, Any]:
    """The JSON object that a command printed."""
    found: dict[str, Any] = json.loads("\n".join(program.lines))
    return found


def ask(program: Program, door: Door, *arguments: str | Path) -> dict[str, Any]:
    """Run a command that succeeds; what it prints."""
    assert program.run(*door.options, "--json", *arguments, weak=True) == 0, program.lines
    return told(program)


def test_a_card_lives_its_whole_life_at_a_real_reader(door: Door, stack: Stack, program: Program) -> None:
    card = card_of(door, "CARD-00")
    slot = stack.slots[FIRST]
    at = ("--reader", "pcsc:pcd 00 00", "--wait", "10")
    slot.put_on(card)
    seen = ask(program, door, "card", "inspect", *at)
    assert (seen["state"], seen["uid"], seen["name"]) == ("OK", door.uids["CARD-00"], "CARD-00")
    person = seen["person"]

    ask(program, door, "person", "edit", person, "--name", "改名")
    assert ask(program, door, "card", "change", *at)["fields"] == ["name"]
    assert ask(program, door, "card", "inspect", *at)["holder"]["name"] == "改名"

    session = door.sessions[0]
    first = ask(program, door, "swipe", session, *at, "--count", "1")
    assert first["counts"] == {"ACCEPTED_IN": 1}
    (record,) = ask(program, door, "card", "inspect", *at)["records"]
    assert (record["session"], record["direction"], record["verified"], record["known"]) == (
        session, "in", True, True,
    )  # fmt: skip

    ask(program, door, "card", "cancel", *at, "--reason", "try")
    assert ask(program, door, "card", "inspect", *at)["state"] == "CANCELLED"
    (issued,) = ask(program, door, "card", "issue", person, *at)["issued"]
    again = ask(program, door, "card", "inspect", *at)
    assert (again["state"], again["registered"], len(again["records"])) == ("OK", issued["number"], 1)
    assert bytes(card.memory[: BLOCK_SIZE // 4]).hex().upper() == door.uids["CARD-00"]


def test_an_issue_and_a_change_that_were_cut_are_finished(door: Door, stack: Stack, program: Program) -> None:
    slot, at = stack.slots[FIRST], ("--reader", f"pcsc:{FIRST}", "--wait", "10")
    card = card_of(door, "CARD-00")
    slot.put_on(card)
    person = ask(program, door, "card", "inspect", *at)["person"]
    ask(program, door, "card", "block", ask(program, door, "card", "inspect", *at)["registered"])
    slot.leave()

    fresh = StorageCard.blank(bytes.fromhex("04C0FFEE"), atr=CLASSIC_4K, fault=Fault(300, "pull"))
    refused(program, door, slot, fresh, "card", "issue", person, *at)
    slot.put_on(fresh)
    (issued,) = ask(program, door, "card", "issue", person, *at)["issued"]
    assert issued["finished"]
    slot.leave()

    ask(program, door, "person", "edit", person, "--name", "改名")
    fresh.fault = Fault(60, "torn")
    refused(program, door, slot, fresh, "card", "change", *at)
    slot.put_on(fresh)
    assert ask(program, door, "card", "change", *at)["finished"]
    seen = ask(program, door, "card", "inspect", *at)
    assert (seen["state"], seen["holder"]["name"]) == ("OK", "改名")


def refused(program: Program, door: Door, slot: Slot, card: StorageCard, *arguments: str) -> None:
    """A command whose card is pulled away: it says so."""
    slot.put_on(card)
    assert program.run(*door.options, "--json", *arguments, weak=True) == 1
    assert told(program)["error"]["code"] == "CARD_GONE"
    slot.leave()
    card.fault = None
