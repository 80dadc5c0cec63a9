"""Cards on a PN532 behind a real pseudo terminal: issued, looked at, swiped, changed and cancelled by
commands, swiped on the screen, and pulled away at every moment of a swipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.cards import ring
from icme_tui.cards.layout import RING_BLOCKS
from icme_tui.clock import parse_utc
from icme_tui.codes import CardError
from icme_tui.devices import shelf
from icme_tui.devices.pn532 import reader as reader_
from icme_tui.devices.pn532.chip import Limits
from icme_tui.devices.pn532.reader import Pn532Reader
from icme_tui.operations import posts
from icme_tui.operations.courses import add_session
from icme_tui.operations.issuing import Issued, issue_card
from icme_tui.operations.listening import ReaderFound, ReaderLost, Touched
from icme_tui.operations.swiping import Outcome, Swiping
from tests.support import pilots
from tests.support.door import Door
from tests.support.doors import journey, open_door, touch, until, venue_at_work
from tests.support.pn532 import Bench, Fault, Shelf, Simulator
from tests.support.pty import ROOT
from tests.support.stations import weaken_passwords
from tests.support.venues import FIRST_CARD, PEOPLE, START, Deployment, deploy, give_pack
from tests.support.watching import Watch

WANG, LI, _ZHAO = PEOPLE
NEWCOMER = "P0001099"
HOUR = 3_600_000
SHORT = Limits(ack=0.1, waking=(0.2, 0.2), answer=0.2, gap=0.05)


@pytest.fixture
def module(door: Door) -> Iterator[Simulator]:
    """A reader over the cards of the door."""
    with Simulator(Shelf(door.cards)) as made:
        yield made


def command_line(door: Door, *arguments: object) -> tuple[list[str], dict[str, str]]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(door.state),
        "LANG": "C.UTF-8",
    }
    return [sys.executable, "-m", "icme_tui.cli", *map(str, (*door.options, *arguments))], environment


def icme(door: Door, *arguments: object, code: int = 0) -> Any:
    """What a command prints as JSON; it must end with ``code``."""
    line, environment = command_line(door, "--json", *arguments)
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout or done.stderr)


class TestCommands:
    def test_the_life_of_a_card(self, door: Door, module: Simulator) -> None:
        with door.station() as station:
            station.record(station.put("person", NEWCOMER, name="新来的"))
        shelf.new_card(door.cards, "blank")
        shelf.tap(door.cards, "blank")
        reader = ("--reader", module.address)
        (issued,) = icme(door, "card", "issue", NEWCOMER, *reader)["issued"]
        seen = icme(door, "card", "inspect", *reader)
        assert (seen["state"], seen["registered"], seen["name"]) == ("OK", issued["number"], "新来的")
        (came,) = icme(door, "swipe", door.sessions[0], "--count", 1, *reader)["outcomes"]
        assert (came["code"], came["person"], came["cseq"]) == ("ACCEPTED_IN", NEWCOMER, 1)
        with door.station() as station:
            station.record(station.put("person", NEWCOMER, name="改名的"))
        icme(door, "card", "change", *reader)
        seen = icme(door, "card", "inspect", *reader)
        assert (seen["holder"]["name"], len(seen["records"])) == ("改名的", 1)
        icme(door, "card", "cancel", "--reason", "for the test", *reader)
        assert icme(door, "card", "inspect", *reader)["state"] == "CANCELLED"
        (refused,) = icme(door, "swipe", door.sessions[1], "--count", 1, *reader)["outcomes"]
        assert refused["code"] == "CANCELLED"

    def test_one_card_after_another(self, door: Door, module: Simulator) -> None:
        line, environment = command_line(door, "swipe", door.sessions[0], "--reader", module.address)
        with subprocess.Popen(
            [*line, "--count", "3"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as program:
            assert program.stdout is not None
            for name in list(door.uids)[:3]:
                shelf.tap(door.cards, name)
                told = program.stdout.readline()
                assert name in told
                assert "[ACCEPTED_IN]" in told
                shelf.remove(door.cards)
            program.communicate(timeout=30)
        assert program.returncode == 0

    def test_what_is_wrong_with_a_reader_is_said(self, door: Door, module: Simulator) -> None:
        held = Pn532Reader(module.device)
        refused = icme(door, "card", "inspect", "--reader", module.address, code=1)
        held.close()
        assert refused["error"]["code"] == "READER_IN_USE"
        missing = icme(door, "card", "inspect", "--reader", "pn532:/dev/no-such-line", code=1)
        assert missing["error"]["code"] == "READER_GONE"


@journey
async def test_a_swipe_on_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = venue_at_work(tmp_path, monkeypatch)
    world.issue(WANG)
    with Simulator(Shelf(world.folder)) as module:
        world.venue.readers = (module.address,)
        async with pilots.at(world.venue, "swipe") as pilot:
            await open_door(pilot)
            await touch(pilot, world, WANG, PEOPLE[WANG])
            module.unplug()
            await until(pilot, "gone")
    world.office.close()


class TestDoors:
    def test_a_module_that_is_plugged_in_again_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The device has another name then; the link of the system names it as before."""
        monkeypatch.setattr(posts, "RETRY_S", (0.05,))
        world = venue_at_work(tmp_path, monkeypatch)
        world.issue(WANG)
        cards, link = Shelf(world.folder), tmp_path / "usb-serial"
        with Simulator(cards) as first, Simulator(cards) as second:
            link.symlink_to(first.device)
            with Watch(world.venue, world.session, f"pn532:{link}") as watch:
                assert watch.wait(ReaderFound) == ReaderFound("pn532:usb-serial", again=False)
                first.unplug()
                assert watch.wait(ReaderLost).error.code == "READER_GONE"
                link.unlink()
                link.symlink_to(second.device)
                assert watch.wait(ReaderFound, 2).again
                shelf.tap(world.folder, WANG)
                assert watch.wait(Touched).outcome.code == "ACCEPTED_IN"
        world.office.close()
        world.venue.close()

    def test_two_modules_at_two_doors(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        world = venue_at_work(tmp_path, monkeypatch)
        for person in (WANG, LI):
            world.issue(person)
        with Simulator() as left, Simulator() as right:
            for module, person in ((left, WANG), (right, LI)):
                memory = bytearray((world.folder / f"{person}.mfd").read_bytes())
                bench(module).put(bytes(memory[:4]), memory)
            with Watch(world.venue, world.session, left.address, right.address) as watch:
                watch.wait(Touched, 2)
                touched = [event for event in watch.events if isinstance(event, Touched)]
                assert {(one.post, one.outcome.code) for one in touched} == {
                    (0, "ACCEPTED_IN"),
                    (1, "ACCEPTED_IN"),
                }
        world.office.close()
        world.venue.close()


@pytest.mark.parametrize("after", [20, 70, 130, 200, 260, 290])
def test_an_issue_that_was_cut_is_finished_when_the_card_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(reader_, "POLL_S", 0.01)
    world = venue_at_work(tmp_path, monkeypatch)
    shelf.new_card(world.folder, WANG)
    with Simulator(Shelf(world.folder)) as module:
        reader = Pn532Reader(module.device, SHORT)
        module.card_faults[after] = "pulled after"
        with pytest.raises(CardError, match="CARD_GONE"):
            issue(world, reader)
        assert reader.wait_for_removal(2)
        assert issue(world, reader).number == FIRST_CARD
        reader.close()
    assert world.touch(world.swiping(), WANG).code == "ACCEPTED_IN"
    world.office.close()
    world.venue.close()


def issue(world: Deployment, reader: Pn532Reader) -> Issued:
    shelf.tap(world.folder, WANG)
    seen = reader.wait_for_card(2)
    assert seen is not None
    return issue_card(world.venue, reader, seen, WANG)


def bench(module: Simulator) -> Bench:
    assert isinstance(module.cards, Bench)
    return module.cards


FAULTS: list[Fault] = [
    "pulled",
    "pulled after",
    "refused and pulled",
    "no answer",
    "always flipped",
    "asleep",
]
OPERATIONS = 9
"""Of a usual swipe, the hint with it."""
WRITES = (5, 8)
"""Those of them that write: record and hint."""


class Cutting:
    """One card that is pulled, session after session, each time followed by a touch that is not cut."""

    def __init__(self, world: Deployment, module: Simulator, reader: Pn532Reader) -> None:
        self.world = world
        self.module = module
        self.reader = reader
        self.sessions: list[str] = []
        self.gone = 0
        """Touches that a pulled card ended before they were accepted."""

    def play(self, faults: dict[int, Fault], **how: Any) -> None:
        """``faults``: by the number of the card's command in this swipe."""
        session = self._new_session()
        self.module.card_faults.update({self.module.card_commands + n: fault for n, fault in faults.items()})
        first = self._touch(session, **how)
        self.module.card_faults.clear()
        second = self._touch(session)
        assert first.code in ("ACCEPTED_IN", "PUT_CARD_BACK"), first
        assert second.code == ("ALREADY_IN" if first.accepted else "ACCEPTED_IN"), (first, second)
        self.gone += not first.accepted

    def require_all_told(self) -> None:
        """Every session has one swipe, no number was used twice, and the card shows what the journal says."""
        decoded = [facts.decode(entry.line) for entry in self.world.venue.entries()]
        swipes = [fact for fact in decoded if isinstance(fact, facts.Swipe)]
        assert Counter(swipe.session for swipe in swipes) == Counter(self.sessions)
        told = {swipe.cseq or 0 for swipe in swipes}
        assert len(told) == len(swipes)
        card = shelf.load(self.world.folder, WANG)
        shown = ring.shown({slot: card.peek(block) for slot, block in enumerate(RING_BLOCKS)})
        newest = max([*shown, *told])
        assert {number for number in told if number > newest - ring.SHOWN} <= set(shown)

    def _new_session(self) -> str:
        office, start = self.world.office, parse_utc(START) + (len(self.sessions) + 400) * 60_000
        window = {"in_from_ms": parse_utc(START) - HOUR, "in_until_ms": parse_utc(START) + HOUR}
        course = next(iter(office.registry.all("course"))).id
        self.sessions.append(add_session(office, course, start, start + 60_000, mode="in", **window))
        give_pack(office, self.world.venue)
        return self.sessions[-1]

    def _touch(self, session: str, **how: Any) -> Outcome:
        shelf.tap(self.world.folder, WANG, **how)
        seen = self.reader.wait_for_card(2)
        assert seen is not None
        outcome = Swiping(self.world.venue, self.reader, session, "in").touch(seen)
        shelf.remove(self.world.folder)
        assert self.reader.wait_for_removal(2)
        return outcome


def cut_everywhere(cutting: Cutting) -> None:
    """Every fault at every command of a swipe, and every way of tearing a write."""
    for number in range(OPERATIONS):
        for fault in FAULTS:
            cutting.play({number: fault})
    for number in WRITES:
        for torn in shelf.TORN:
            cutting.play({}, pull_after=number, torn=torn)


@pytest.fixture
def cutting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cutting]:
    monkeypatch.setattr(reader_, "POLL_S", 0.01)
    weaken_passwords(monkeypatch)
    world = deploy(tmp_path)
    world.issue(WANG)
    with Simulator(Shelf(world.folder)) as module:
        reader = Pn532Reader(module.device, SHORT)
        yield Cutting(world, module, reader)
        reader.close()
    world.office.close()
    world.venue.close()


def test_no_cut_loses_a_swipe_or_counts_it_twice(cutting: Cutting) -> None:
    cut_everywhere(cutting)
    cutting.require_all_told()
    assert cutting.gone > 30


def test_a_driver_that_believes_its_own_writes_would_be_noticed(
    cutting: Cutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: dict[int, bytes] = {}
    write, read = Pn532Reader.write, Pn532Reader.read

    def believing(self: Pn532Reader, block: int, data: bytes) -> None:
        written[block] = data
        with suppress(CardError):
            write(self, block, data)

    monkeypatch.setattr(Pn532Reader, "write", believing)
    monkeypatch.setattr(Pn532Reader, "read", lambda self, block: written.pop(block, b"") or read(self, block))
    cutting.play({WRITES[0]: "pulled"})
    with pytest.raises(AssertionError):
        cutting.require_all_told()
