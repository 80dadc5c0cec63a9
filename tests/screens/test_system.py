"""System by keys: accounts, readers, language, keys, journal, check."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from icme_tui import facts
from icme_tui.commands import words
from icme_tui.commands.kindwords import KINDS
from icme_tui.operations import operators, selfcheck
from icme_tui.operations.preferences import read_preferences
from icme_tui.screens import keymap
from icme_tui.screens.actions import registry
from icme_tui.screens.widgets.field import Field
from icme_tui.station import Station, open_station
from tests.support import pilots, stations
from tests.support.stations import PASSWORD

NEW = "another invented one"


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    made = stations.office(tmp_path / "home")
    yield made
    made.close()
    words.use("en")


async def press(pilot: Pilot[int], *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilots.settle(pilot)
    return pilots.shown(pilot)


def put(pilot: Pilot[int], **values: str) -> None:
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Field).value = value


def test_every_line_of_the_menu_opens(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            for letter, seen in {
                "s": "cme.example", "o": "admin", "r": "sim:cards", "k": "Ctrl+L", "j": "epoch",
                "c": "What was found", "a": "MIT",
            }.items():  # fmt: skip
                assert seen in await press(pilot, letter), letter
                assert "Journal" in await press(pilot, "escape")
            assert "Which language?" in await press(pilot, "l")
            await press(pilot, "escape")
            assert "Which profile?" in await press(pilot, "p")
            assert "when the program is started again" in await press(pilot, "l")
            assert read_preferences(station.home).profile == "lean"

    asyncio.run(journey())


def test_an_operator_is_added_with_errors_at_their_fields(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            await press(pilot, "o", "a")
            put(pilot, own=PASSWORD, name="Li Wen", new=NEW, again="something else")
            assert "The two passwords differ" in await press(pilot, "ctrl+s")
            put(pilot, again=NEW)
            assert "is no name for an operator" in await press(pilot, "ctrl+s")
            put(pilot, name="li.wen", own="wrong")
            assert "the wrong password" in await press(pilot, "ctrl+s")
            put(pilot, own=PASSWORD)
            shown = await press(pilot, "ctrl+s")
            assert "li.wen may log in here now" in shown
            assert NEW not in shown

    asyncio.run(journey())
    open_station(station.home, "li.wen", NEW, station.clock).close()


def test_an_admin_is_added_by_choosing_the_role(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            await press(pilot, "o", "a", "ctrl+o")
            assert "Role: admin" in await press(pilot, "a")
            put(pilot, own=PASSWORD, name="wang", new=NEW, again=NEW)
            await press(pilot, "ctrl+s")

    asyncio.run(journey())
    with open_station(station.home, "wang", NEW, station.clock) as again:
        assert operators.role_of(again, "wang") == "admin"


def test_a_new_password_for_oneself(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            await press(pilot, "o", "w")
            put(pilot, own=PASSWORD, new="short", again="short")
            assert "at least 8 characters" in await press(pilot, "ctrl+s")
            put(pilot, new=NEW, again=NEW)
            assert "You have a new password" in await press(pilot, "ctrl+s")

    asyncio.run(journey())
    open_station(station.home, "admin", NEW, station.clock).close()


def test_chinese_is_spoken_from_the_next_screen_on(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            await press(pilot, "l")
            shown = await press(pilot, "z")
            assert words.language() == "zh_CN"
            assert "开始" in shown or "现在" in shown

    asyncio.run(journey())
    assert read_preferences(station.home).language == "zh_CN"


def test_readers_are_named_ordered_and_forgotten(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            assert "o Sound  b Bell  d Take away" in await press(pilot, "r")
            await press(pilot, "a")
            put(pilot, address="usb:0")
            assert "'usb:0' names no reader" in await press(pilot, "enter")
            await press(pilot, "a")
            put(pilot, address="sim:other")
            await press(pilot, "enter")
            assert station.readers == ("sim:cards", "sim:other")
            await press(pilot, "down", "t")
            assert station.readers == ("sim:other", "sim:cards")
            await press(pilot, "home", "d", "y")
            assert station.readers == ("sim:cards",)

    asyncio.run(journey())
    with stations.reopened(station) as again:
        assert again.readers == ("sim:cards",)


def test_a_key_is_changed_and_given_back(station: Station) -> None:
    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            await press(pilot, "k", "slash")
            pilot.app.screen.query_one("Input").value = "system.journal"  # type: ignore[attr-defined]
            await press(pilot, "enter")
            assert "Journal" in await press(pilot, "enter")
            assert "does this here already" in await press(pilot, "c")
            await press(pilot, "enter", "ctrl+m")
            assert read_preferences(station.home).keys == {}
            await press(pilot, "enter", "z")
            assert read_preferences(station.home).keys == {"system.journal": "z"}
            await press(pilot, "escape", "escape", "z")
            assert "All facts, the newest first" in pilots.shown(pilot)

    asyncio.run(journey())


def test_the_journal_is_narrowed(station: Station) -> None:
    station.record(*(facts.Note(text=f"note {number:03d}") for number in range(300)))
    station.record(station.put("person", "P0000001", name="张示例"))

    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            shown = await press(pilot, "j")
            assert "P0000001 Name" in shown
            assert "note 299" in shown
            assert "note 000" in await press(pilot, "n", "end")
            await press(pilot, "f")
            put(pilot, person="zsl", since="yesterday")
            await press(pilot, "enter", "enter", "enter", "enter")
            assert "is no moment" in await press(pilot, "enter")
            put(pilot, since="2026-09-01")
            shown = await press(pilot, "enter", "enter")
            assert "Person: zsl, Not before: 2026-09-01" in shown
            assert "1/1" in shown
            assert "name: 张示例" in await press(pilot, "enter") or "张示例" in pilots.shown(pilot)
            await press(pilot, "escape", "f")
            put(pilot, person="nobody")
            await press(pilot, "enter", "enter", "enter", "enter", "enter")
            assert "0 people fit 'nobody'" in pilots.shown(pilot)
            await press(pilot, "n", "k")
            await pilots.type_text(pilot, "opened")
            assert "No fact fits" in await press(pilot, "enter")

    asyncio.run(journey())


def test_a_fault_in_a_check_reaches_the_screen(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(selfcheck, "run_checks", fail)
    monkeypatch.setattr(operators, "operators", fail)

    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            assert "The program made a mistake (ZeroDivisionError)" in await press(pilot, "c")
            assert "The program made a mistake (ZeroDivisionError)" in await press(pilot, "escape", "o")

    asyncio.run(journey())


def test_the_keys_that_come_with_the_program_do_not_collide() -> None:
    actions = registry()
    clashing = [
        (action.id, key)
        for action in actions.values()
        if action.screen not in ("app", "go", "list")
        for key in action.key.split(",")
        for other in actions.values()
        if other.id != action.id and other.screen == action.screen and key in other.key.split(",")
    ]
    assert clashing == []


def test_every_kind_of_fact_has_a_word() -> None:
    assert set(KINDS) == {str(kind.__struct_config__.tag) for kind in get_args(facts.AnyFact)}


def clashes(changed: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of actions that would answer to one key at one place."""
    actions = list(registry().values())
    return [
        (one.id, other.id)
        for number, one in enumerate(actions)
        for other in actions[:number]
        if set(keymap.keys_of(one, changed)) & set(keymap.keys_of(other, changed))
        and (one.screen == other.screen or {one.screen, other.screen} & {"app", "go", "list"})
    ]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(sorted(registry())), st.sampled_from(["a", "c", "j", "x", "f6", "5", "ctrl+t"])
    ),
    max_size=8,
)


@pytest.mark.parametrize("asks", [True, False])
def test_no_change_that_is_allowed_makes_two_actions_answer(asks: bool) -> None:
    actions, known = registry(), set(clashes({}))

    @given(CHANGES)
    def change(changes: list[tuple[str, str]]) -> None:
        changed: dict[str, str] = {}
        for name, key in changes:
            if not asks or not keymap.why_not(key, actions[name], actions.values(), changed):
                changed[name] = key
        assert set(clashes(changed)) <= known

    if asks:
        change()
    else:  # the control: without asking there are clashes
        with pytest.raises(AssertionError):
            change()


def test_why_a_key_cannot_be_given() -> None:
    actions = registry()
    journal = actions["system.journal"]
    assert keymap.why_not("y", journal, actions.values(), {}) == ""
    assert "does this here already: Check" in keymap.why_not("c", journal, actions.values(), {})
    assert keymap.why_not("c", journal, actions.values(), {"system.check": "y"}) == ""
    assert "needed as it is" in keymap.why_not("ctrl+m", journal, actions.values(), {})
    assert "Help" in keymap.why_not("f1", journal, actions.values(), {})


def test_the_journal_speaks_in_words_and_masks_numbers(station: Station) -> None:
    station.record(
        station.put("person", "P0000001", name="张示例", idno="11010519491231002X", state="active")
    )

    async def journey() -> None:
        async with pilots.at(station, "system", size=(160, 36)) as pilot:
            shown = await press(pilot, "j")
            assert "Name 张示例" in shown
            assert "ID number 1101**********002X" in shown
            assert "State in use" in shown
            assert "idno" not in shown
            while "ID number: 1101" not in shown:
                shown = await press(pilot, "enter")
                if "ID number: 1101" not in shown:
                    shown = await press(pilot, "escape", "down")
            assert "19491231" not in shown

    asyncio.run(journey())
