"""The screen of cards by its keys, at a real station with simulated cards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from icme_tui.codes import ReaderError
from icme_tui.devices import shelf
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations import carddesk
from tests.support import pilots
from tests.support.doors import journey, press, touch, until, venue_at_work
from tests.support.venues import FIRST_CARD, PEOPLE, Deployment, card_number

WANG, LI, ZHAO = PEOPLE
SECOND_CARD = card_number(70002)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = venue_at_work(tmp_path, monkeypatch)
    yield made
    made.office.close()


async def find(pilot: Pilot[int], key: str, words: str) -> str:
    """Choose somebody in the panel that a key opens."""
    await press(pilot, key)
    await pilots.type_text(pilot, words)
    await press(pilot, "enter")
    return await press(pilot, "enter")


async def leave_lying(pilot: Pilot[int], world: Deployment, card: str, *expected: str) -> str:
    """Put a card on the reader and leave it there until everything that is expected was shown."""
    shelf.tap(world.folder, card)
    for words in expected:
        shown = await until(pilot, words)
    shelf.remove(world.folder)
    return shown


def swipe(world: Deployment, card: str) -> str:
    return world.touch(world.swiping(), card).code


def whole(shown: str) -> None:
    """Nothing is cut: no row is wider than the screen, no mark of a cut, no ellipsis."""
    assert all(cell_len(row) <= 80 for row in shown.split("\n"))
    assert "…" not in shown
    assert "~" not in shown, shown


@journey
async def test_a_card_that_is_held_up_is_looked_at(world: Deployment) -> None:
    world.issue(WANG)
    world.touch(world.swiping(), WANG)
    shelf.new_card(world.folder, "blank")
    shelf.new_card(world.folder, "foreign")
    shelf.load(world.folder, "foreign").put(4, b"ticket 000000042")
    before = (world.folder / f"{WANG}.mfd").read_bytes()
    async with pilots.at(world.venue, "cards") as pilot:
        await until(pilot, "LOOK AT A CARD")
        shown = await touch(pilot, world, WANG, "CARD IN ORDER")
        await pilots.settle(pilot)
        shown = pilots.shown(pilot)
        assert "王试验 / 内科" in shown
        assert f"card {FIRST_CARD}, issue 1, station 7" in shown
        assert "1 on the card, 1 of them in the store" in shown
        assert "2026-09-25 07:50" in shown
        assert world.session in shown
        row = next(line for line in shown.split("\n") if world.session in line)
        assert row.split()[-4:] == ["in", "7", "good", "yes"]
        whole(shown)
        whole(await touch(pilot, world, "blank", "BLANK CARD"))
        whole(await touch(pilot, world, "foreign", "FOREIGN CARD"))
    assert (world.folder / f"{WANG}.mfd").read_bytes() == before


@journey
async def test_a_card_is_issued_to_somebody(world: Deployment) -> None:
    shelf.new_card(world.folder, "blank")
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "i", "王试验")
        whole(await until(pilot, "BLANK CARD, PLEASE"))
        await leave_lying(pilot, world, "blank", "CARD ISSUED", FIRST_CARD, "In the registry: 王试验")
        await touch(pilot, world, "blank", "CARD IN ORDER")
        await find(pilot, "i", "王试验")
        await until(pilot, "has a card already")


@journey
async def test_an_issue_that_was_cut_is_finished_when_the_card_is_put_back(world: Deployment) -> None:
    shelf.new_card(world.folder, "blank")
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "i", "王试验")
        await until(pilot, "BLANK CARD, PLEASE")
        whole(await touch(pilot, world, "blank", "PUT THE CARD BACK", pull_after=150))
        await press(pilot, "escape")
        whole(await touch(pilot, world, "blank", "NOT FINISHED"))
        await press(pilot, "f")
        await touch(pilot, world, "blank", "CARD ISSUED")


@journey
async def test_a_whole_unit_one_after_another(world: Deployment) -> None:
    for name in ("a", "b", "c"):
        shelf.new_card(world.folder, name)
    async with pilots.at(world.venue, "cards") as pilot:
        await press(pilot, "u")
        whole(await until(pilot, "Cards for which unit?"))
        await press(pilot, "enter")
        await until(pilot, "3 people have no card yet")
        await touch(pilot, world, "a", "2 people have no card yet")
        await until(pilot, "A blank card for 李样本, please.")
        await touch(pilot, world, "a", "This card is issued already")
        await touch(pilot, world, "b", "1 person has no card yet")
        assert "A blank card for" in pilots.shown(pilot)
        await press(pilot, "escape")
        assert "A blank card for" not in pilots.shown(pilot)
        await press(pilot, "u")
        await press(pilot, "enter")
        await touch(pilot, world, "c", "Take the card away.")
        assert "A blank card for" not in pilots.shown(pilot)
        await press(pilot, "u")
        await press(pilot, "enter")
        await until(pilot, "has a card.")


@journey
async def test_change(world: Deployment) -> None:
    world.issue(WANG)
    world.issue(LI)
    world.venue.record(world.venue.put("person", WANG, name="王改名"))
    async with pilots.at(world.venue, "cards") as pilot:
        shown = await touch(pilot, world, WANG, "Not up to date: name. Press e.")
        whole(shown)
        await press(pilot, "e")
        await touch(pilot, world, LI, "That is another card.")
        await touch(pilot, world, WANG, "PUT THE CARD BACK", pull_after=25, torn="mixed")
        shown = await touch(pilot, world, WANG, "CARD CHANGED")
        whole(shown)
        await touch(pilot, world, WANG, "CARD IN ORDER")
        await until(pilot, "On the card: 王改名")
        await press(pilot, "e")
        await touch(pilot, world, WANG, "UP TO DATE")
        assert swipe(world, WANG) == "ACCEPTED_IN"


@journey
async def test_cancel(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "cards") as pilot:
        await touch(pilot, world, WANG, "CARD IN ORDER")
        whole(await press(pilot, "c"))
        await press(pilot, "l")
        whole(await leave_lying(pilot, world, WANG, "CARD CANCELLED", "cancelled, nobody's"))
        assert swipe(world, WANG) == "CANCELLED"
        card = world.venue.registry.get("card", FIRST_CARD)
        assert card is not None
        assert (card.body["state"], card.body["why"]) == ("cancelled", "has left")
        await find(pilot, "i", "李样本")
        await touch(pilot, world, WANG, "CARD ISSUED")
        assert world.touch(world.swiping(), WANG).person.code == LI  # type: ignore[union-attr]


@journey
async def test_replace_and_block(world: Deployment) -> None:
    world.issue(WANG)
    shelf.new_card(world.folder, "new")
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "r", "王试验")
        whole(await until(pilot, f"Card {FIRST_CARD} will be blocked"))
        await touch(pilot, world, WANG, "This card is issued already")
        whole(await touch(pilot, world, "new", "CARD REPLACED"))
        assert swipe(world, WANG) == "BLOCKED"
        assert swipe(world, "new") == "ACCEPTED_IN"
        whole(await find(pilot, "b", "王试验"))
        await press(pilot, "l")
        whole(await until(pilot, f"Card {SECOND_CARD}: lost."))
        assert swipe(world, "new") == "BLOCKED"
        await find(pilot, "b", "王试验")
        await until(pilot, "Nobody uses a card")
        await find(pilot, "r", "李样本")
        await until(pilot, "has had no card yet")


@journey
async def test_without_the_issuing_key_it_says_so(world: Deployment) -> None:
    world.venue.set_setting("card_keys", {**world.venue.setting("card_keys"), "k_issue": None})
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "i", "王试验")
        whole(await until(pilot, "no key to issue cards"))


@journey
async def test_a_reader_that_goes_away_comes_back(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    monkeypatch.setattr(carddesk, "RETRY_S", (0.05,))

    def gone(*_: object) -> None:
        raise ReaderError("READER_GONE")

    async with pilots.at(world.venue, "cards") as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(SimulatedReader, "wait_for_card", gone)
            assert "! reader gone" in await until(pilot, "READER GONE")
        await until(pilot, "The reader is back.")
        await touch(pilot, world, WANG, "CARD IN ORDER")


@journey
async def test_a_fault_beside_the_screen_is_told(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    async with pilots.at(world.venue, "cards") as pilot:
        await until(pilot, "LOOK AT A CARD")
        monkeypatch.setattr(carddesk, "inspect_card", lambda *_: 1 / 0)
        shelf.new_card(world.folder, "blank")
        await touch(pilot, world, "blank", "The program made a mistake")


@journey
async def test_leaving_in_the_middle_finishes_the_card(world: Deployment) -> None:
    world.venue.readers = ("sim:cards?pace=1",)
    shelf.new_card(world.folder, "blank")
    async with pilots.at(world.venue, "cards") as pilot:
        await find(pilot, "i", "王试验")
        shelf.tap(world.folder, "blank")
        await until(pilot, "LEAVE THE CARD THERE")
        pilots.app_of(pilot).leave_now()
        while pilots.app_of(pilot).station is not None:
            await pilot.pause(0.05)
    from icme_tui.station import open_station
    from tests.support.venues import PASSWORD

    with open_station(world.venue.home, None, PASSWORD, world.clock) as again:
        assert again.registry.get("card", FIRST_CARD) is not None


@journey
async def test_in_chinese_nothing_is_cut(world: Deployment) -> None:
    world.issue(WANG)
    world.venue.record(world.venue.put("person", WANG, name="王改名"))
    async with pilots.at(world.venue, "cards", language="zh_CN") as pilot:
        screens = [await press(pilot)]
        screens.append(await touch(pilot, world, WANG, "王改名"))
        for key in ("i", "u", "r", "b", "c", "f1"):
            screens.append(await press(pilot, key))
            await press(pilot, "escape")
        screens.append(await press(pilot, "e"))
        for shown in screens:
            whole(shown)


@pytest.mark.parametrize(
    "name", ["[/x] [red]", "名" * 40, "שלום עולם", "张\n三\t\u202e\x1b[31m"], ids=str.encode
)
@journey
async def test_any_name_stays_in_its_place(world: Deployment, name: str) -> None:
    world.venue.record(world.venue.put("person", WANG, name=name))
    world.issue(WANG)
    shelf.new_card(world.folder, "new")
    async with pilots.at(world.venue, "cards") as pilot:
        screens = [await leave_lying(pilot, world, WANG, "CARD IN ORDER", "In the registry")]
        await press(pilot, "r")
        await pilots.type_text(pilot, WANG)
        screens += [await press(pilot, "enter"), await press(pilot, "enter")]
        screens.append(await leave_lying(pilot, world, "new", "CARD REPLACED", "In the registry"))
        for shown in screens:
            assert all(cell_len(row) <= 80 for row in shown.split("\n"))
            assert not any(char in shown for char in "\x1b\u202e\t…")
        if "[" in name[:1]:
            assert f"{name} / 内科" in screens[0]


@journey
async def test_on_the_linux_console_only_its_glyphs_are_drawn(world: Deployment) -> None:
    world.issue(WANG)
    async with pilots.at(world.venue, "cards", console=True) as pilot:
        screens = [await touch(pilot, world, WANG, "CARD IN ORDER")]
        for key in ("i", "u", "r", "b", "c", "e"):
            screens.append(await press(pilot, key))
            await press(pilot, "escape")
        for shown in screens:
            shown.encode("cp437")


@journey
async def test_a_foreign_card_is_linked_to_somebody(world: Deployment) -> None:
    shelf.new_card(world.folder, "foreign")
    shelf.load(world.folder, "foreign").put(4, b"ticket 000000042")
    async with pilots.at(world.venue, "cards") as pilot:
        await until(pilot, "LOOK AT A CARD")
        whole(await touch(pilot, world, "foreign", "FOREIGN CARD"))
        await find(pilot, "l", "王试验")
        await until(pilot, "swipes for 王试验")
        shown = await touch(pilot, world, "foreign", "LINKED CARD")
        assert "王试验 / 内科" in shown
        assert "l Link" in shown
        assert "e Change" not in shown
        whole(shown)
