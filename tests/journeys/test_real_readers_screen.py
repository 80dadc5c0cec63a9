"""The screens of cards and of the door at real readers: pcscd, two virtual readers, cards made of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.cards import ring
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations import posts
from tests.support import pilots
from tests.support.door import Door
from tests.support.doors import journey, open_door, press, until, venue_at_work
from tests.support.pty import Pty
from tests.support.stations import PASSWORD
from tests.support.venues import FIRST_CARD, PEOPLE, Deployment
from tests.support.vpcd import PLAIN, Slot, Stack
from tests.support.vpcd_card import CLASSIC_4K, Fault, StorageCard

pytestmark = pytest.mark.integration

WANG, LI, _ZHAO = PEOPLE


@pytest.fixture
def slots(stack: Stack) -> list[Slot]:
    return [stack.slots[f"{PLAIN} 00 0{number}"] for number in (0, 1)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slots: list[Slot]) -> Iterator[Deployment]:
    made = venue_at_work(tmp_path, monkeypatch)
    made.venue.readers = tuple(f"pcsc:{slot.name}" for slot in slots)
    monkeypatch.setattr(posts, "RETRY_S", (0.05,))
    yield made
    made.office.close()


def blank(number: int, **how: bytes) -> StorageCard:
    return StorageCard.blank(bytes((4, 0, 0, number)), **how)


async def see(pilot: Pilot[int], slot: Slot, card: StorageCard, *expected: str) -> str:
    """Put a card on the reader and leave it there until everything that is expected was shown."""
    slot.put_on(card)
    for words in expected:
        shown = await until(pilot, words)
    slot.leave()
    return shown


async def find(pilot: Pilot[int], key: str, words: str) -> None:
    """Choose somebody in the panel that a key opens."""
    await press(pilot, key)
    await pilots.type_text(pilot, words)
    await press(pilot, "enter")
    await press(pilot, "enter")


@journey
async def test_a_card_is_issued_changed_and_cancelled(world: Deployment, slots: list[Slot]) -> None:
    slot, card = slots[0], blank(1, atr=CLASSIC_4K)
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "i", "王试验")
        await until(pilot, "BLANK CARD, PLEASE")
        card.fault = Fault(150, "pull")
        await see(pilot, slot, card, "PUT THE CARD BACK")
        card.fault = None
        await see(pilot, slot, card, "CARD ISSUED", FIRST_CARD)
        world.venue.record(world.venue.put("person", WANG, name="王改名"))
        await see(pilot, slot, card, "Not up to date: name. Press e.")
        await press(pilot, "e")
        await see(pilot, slot, card, "CARD CHANGED")
        await see(pilot, slot, card, "CARD IN ORDER", "On the card: 王改名")
        await press(pilot, "c")
        await press(pilot, "l")
        await see(pilot, slot, card, "CARD CANCELLED")


@journey
async def test_two_readers_at_one_door_outlive_their_service(
    world: Deployment, stack: Stack, slots: list[Slot]
) -> None:
    cards = {WANG: blank(1), LI: blank(2)}
    async with pilots.at(world.venue, "cards") as pilot:
        for person, name in ((WANG, "王试验"), (LI, "李样本")):
            await find(pilot, "i", name)
            await until(pilot, "BLANK CARD, PLEASE")
            await see(pilot, slots[0], cards[person], "CARD ISSUED")
        left, right = slots
        pilots.app_of(pilot).go("swipe")
        await open_door(pilot)
        cards[WANG].fault = Fault(9, "pull")
        await see(pilot, left, cards[WANG], "PUT THE CARD BACK")
        cards[WANG].fault = None
        cards[LI].fault = Fault(9, "call", call=stack.strike)
        left.put_on(cards[WANG])
        await until(pilot, "王试验 / 内科")
        right.put_on(cards[LI])
        await until(pilot, "READER GONE")
        await until(pilot, "service does not run")
        stack.kill()
        stack.start()
        cards[LI].fault = None
        await see(pilot, right, cards[LI], "李样本 / 内科")
        assert "Traceback" not in pilots.shown(pilot)
        assert [tap.person for tap in world.venue.taps(world.session)] == [WANG, LI]
    assert all(any(card.chip.peek(ring.block_of(1))) for card in cards.values())


def test_nothing_but_the_screen_comes_over_the_line(door: Door, stack: Stack, slots: list[Slot]) -> None:
    home = Home(door.home)
    write_config(home, read_config(home)._replace(readers=(f"pcsc:{PLAIN}",)))
    card = StorageCard(bytearray((door.cards / "CARD-00.mfd").read_bytes()))
    socket = {"PCSCLITE_CSOCK_NAME": str(stack.socket), "HOME": str(door.state)}
    with Pty(["--lang", "en", "--profile", "lean"], pilots.environment(home.path, **socket)) as program:
        program.wait_for("Password")
        program.press(PASSWORD, "enter", until="What needs doing now")
        program.press("1", until="Which session?")
        program.press("enter", until="READY")
        card.fault = Fault(8, "call", call=stack.strike)
        slots[0].put_on(card)
        program.wait_for("READER GONE")
        stack.kill()
        stack.start()
        card.fault = None
        slots[0].put_on(card)
        program.wait_for("CARD-00 / 示范医院")
        program.send("ctrl+q")
        assert program.ended() == 0
        assert b"Traceback" not in program.raw
        assert b"smartcard" not in program.raw
