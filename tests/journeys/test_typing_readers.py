"""Readers that type: their form is learnt from a card, and what they type are swipes, at a command, on the
screen, and from a keyboard that nobody else hears."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cards.numberformat import encode
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import evdev
from icme_tui.operations import linking, settings, typed
from icme_tui.operations.listening import ReaderFound, ReaderLost, Touched
from icme_tui.operations.preferences import change_preferences, read_preferences
from icme_tui.screens import burst
from tests.journeys.test_serial_readers import command_line
from tests.support import pilots
from tests.support.door import Door
from tests.support.doors import journey, open_door, press, until, venue_at_work
from tests.support.keyboards import Keyboard
from tests.support.pty import Pty
from tests.support.stations import PASSWORD
from tests.support.venues import PEOPLE, Deployment, deploy
from tests.support.watching import Watch

WANG, LI, ZHAO = PEOPLE
BADGE = bytes.fromhex("04DEADBEEF1234")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def icme(door: Door, *arguments: object, said: str = "", code: int = 0) -> Any:
    """What a command prints as JSON, with ``said`` as its standard input."""
    line, environment = command_line(door, "--json", *arguments)
    done = subprocess.run(
        line, env=environment, input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout or done.stderr)


class TestCommands:
    def test_a_form_is_learnt_and_numbers_swipe(self, door: Door) -> None:
        (first, uid), (_, other) = list(door.uids.items())[:2]
        with door.station() as station:
            (number,) = [card.id for card in station.registry.find("card", "uid", uid)]
        typed_first, typed_other = (encode("dec-reversed", bytes.fromhex(one)) for one in (uid, other))
        swipe = ("swipe", door.sessions[0], "--reader", "keyboard:")
        assert icme(door, *swipe, said=typed_first, code=1)["error"]["code"] == "READER_FORMAT"
        learnt = icme(door, "reader", "learn", "keyboard:", "--card", number, said=f"{typed_first}\n")
        assert learnt == {"address": "keyboard:", "form": "dec-reversed"}
        took = icme(door, *swipe, said=f"{typed_first}\nhello\n{typed_other}\n{typed_first}\n")
        assert [(one["code"], one["warnings"]) for one in took["outcomes"]] == [
            ("ACCEPTED_IN", ["BY_UID"]),
            ("ACCEPTED_IN", ["BY_UID"]),
            ("ALREADY_IN", []),
        ]
        assert took["outcomes"][0]["name"] == first

    def test_support_sees_what_was_typed(self, door: Door) -> None:
        icme(door, "reader", "learn", "keyboard:", "--as", "hex")
        seen = icme(door, "card", "trace", "--reader", "keyboard:", said="77705923x\n04DEADBEEF1234\n")
        assert "typed '04DEADBEEF1234': 04DEADBEEF1234" in json.dumps(seen)

    def test_a_doubt_asks_for_a_second_card(self, door: Door) -> None:
        learn = ("reader", "learn", "keyboard:;")
        both = ("A1B2B2A1", "04A1B2C3")
        refused = icme(door, *learn, "--card", both[0], said=";A1B2B2A1\n", code=1)
        assert refused["error"]["code"] == "FORMAT_OPEN"
        cards = [option for card in both for option in ("--card", card)]
        assert icme(door, *learn, *cards, said=";A1B2B2A1\n;C3B2A104\n")["form"] == "hex-reversed"

    def test_what_cannot_be_learnt(self, door: Door) -> None:
        card = ("--card", "04A1B2C3")
        for said, code in (("10597059\n", "FORMAT_PART"), ("1234567\n", "FORMAT_NONE"), ("", "TYPING_ENDED")):
            refused = icme(door, "reader", "learn", "keyboard:", *card, said=said, code=1)
            assert refused["error"]["code"] == code
        assert (
            icme(door, "reader", "learn", "sim:cards", *card, code=1)["error"]["code"] == "READER_TYPES_NOT"
        )
        assert icme(door, "reader", "learn", "keyboard:", "--as", "octal", code=1)["error"]["code"] == (
            "FORMAT_UNKNOWN"
        )
        icme(door, "reader", "learn", "keyboard:", "--as", "dec")


class TestOperations:
    def test_a_form_is_kept_for_its_reader(self, world: Deployment) -> None:
        typed.set_format(world.venue, "keyboard:", "dec")
        typed.set_format(world.venue, "keyboard:;", "hex")
        assert read_preferences(world.venue.home).numbers == {"keyboard:": "dec", "keyboard:;": "hex"}

    def test_a_known_card(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        (number,) = [card.id for card in world.venue.registry.find("card", "uid", uid)]
        assert typed.known_card(world.venue, number).uid == bytes.fromhex(uid)
        assert typed.known_card(world.venue, "04deadbeef1234").uid == BADGE
        for name in ("123456789", "04A1B2", "", "P0000101"):
            with pytest.raises(CardError, match="NO_SUCH_CARD"):
                typed.known_card(world.venue, name)

    def test_which_readers_type_here(self, world: Deployment) -> None:
        settings.set_readers(world.venue, ["keyboard:;", "sim:cards", "keyboard:"])
        assert typed.prefixes(world.venue) == (";", "")
        assert typed.types_here(world.venue, "")
        assert not typed.types_here(world.venue, "sim:cards")

    def test_the_source_is_let_go_of(self, world: Deployment) -> None:
        card = typed.known_card(world.venue, "04A1B2C3")
        with typed.listening("keyboard:") as source, pytest.raises(ReaderError, match="NO_CARD"):
            typed.learn(source, [card], 0, lambda _: None)
        with typed.listening("keyboard:"):
            pass


def test_a_linked_badge_swipes_at_the_door(world: Deployment) -> None:
    linking.link_card(world.venue, BADGE.hex().upper(), LI)
    typed.set_format(world.venue, "keyboard:", "dec")
    with Watch(world.venue, world.session, "keyboard:") as watch:
        assert watch.wait(ReaderFound).name == "keyboard:"
        assert typed.feed(encode("dec", BADGE))
        touched = watch.wait(Touched)
        assert (touched.outcome.code, touched.outcome.warnings) == ("ACCEPTED_IN", ("BY_UID",))
        assert touched.outcome.person is not None
        assert touched.outcome.person.code == LI


def test_a_keyboard_of_the_machine_at_the_door(
    world: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evdev.fcntl, "ioctl", lambda *_: 0)
    uid = bytes.fromhex(world.issue(WANG))
    with Keyboard(tmp_path / "usb-reader-event-kbd") as keyboard:
        address = f"evdev:{keyboard.device}"
        typed.set_format(world.venue, address, "hex-reversed")
        with Watch(world.venue, world.session, address) as watch:
            keyboard.type(encode("hex-reversed", uid))
            assert watch.wait(Touched).outcome.code == "ACCEPTED_IN"
            keyboard.unplug()
            assert watch.wait(ReaderLost).error.code == "READER_GONE"


@journey
async def test_a_number_among_the_keys_of_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "MOMENT_S", 2.0)  # however slowly this machine types
    world = venue_at_work(tmp_path, monkeypatch)
    linking.link_card(world.venue, BADGE.hex().upper(), LI)
    world.venue.readers = ("keyboard:",)
    typed.set_format(world.venue, "keyboard:", "dec")
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        await pilot.press(*encode("dec", BADGE), "enter")
        assert PEOPLE[LI] in await until(pilot, PEOPLE[LI])
        await pilot.press(*"123456789012345678901234567890", "enter")
        await until(pilot, "no number that this reader types")
        monkeypatch.setattr(burst, "MOMENT_S", 0.01)
        await pilot.press("f")
        await until(pilot, "Who? Name, initials, number, or the end of the ID number:")
    world.office.close()


def test_a_reader_types_into_the_real_program(door: Door) -> None:
    numbers = {"keyboard:": "dec", "keyboard:;": "hex"}
    change_preferences(door.home, readers=list(numbers), numbers=numbers)
    typed_ = [encode("dec", bytes.fromhex(uid)) for uid in door.uids.values()]
    environment = pilots.environment(door.home, HOME=str(door.state))
    with Pty(["--lang", "en", "--profile", "lean"], environment, size=(100, 30)) as program:
        program.wait_for("Password")
        program.press(PASSWORD, "enter", until="What needs doing now")
        program.press("1", until="Which session?")
        program.press("enter", until="READY")
        for number, name in list(zip(typed_, door.uids, strict=True))[:3]:
            program.send(number + "\r")
            program.wait_for(f"{name} / ")
        program.send(";" + list(door.uids.values())[3] + "\r")
        program.wait_for("CARD-03 / ")
        program.press("7", until="Epoch")
        program.send("ctrl+q")
        assert program.ended() == 0
        assert b"Traceback" not in program.raw
    with door.station() as station:
        assert sum(len(station.taps(session)) for session in door.sessions) == 4


@journey
async def test_a_badge_that_is_typed_is_linked_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burst, "MOMENT_S", 2.0)
    world = venue_at_work(tmp_path, monkeypatch)
    world.venue.readers = ("keyboard:",)
    typed.set_format(world.venue, "keyboard:", "hex")
    async with pilots.at(world.venue, "cards") as pilot:
        await pilot.press(*BADGE.hex(), "enter")
        await until(pilot, BADGE.hex().upper())
        monkeypatch.setattr(burst, "MOMENT_S", 0.01)
        await pilot.press("l")
        await until(pilot, "Who?")
        await pilots.type_text(pilot, "李样本")
        await press(pilot, "enter")
        await press(pilot, "enter")
        monkeypatch.setattr(burst, "MOMENT_S", 2.0)
        await pilot.press(*BADGE.hex(), "enter")
        await until(pilot, PEOPLE[LI])
    world.office.close()
