"""The exchange of one venue from the first day on, all by keys, in both languages: enrolled, a pack, swipes,
a stick that is lost, a machine that dies and comes back from its backup. Nothing is lost, nothing counts
twice, and each step tells whoever does it what to do next."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.clock import FixedClock, parse_utc
from icme_tui.commands import words
from icme_tui.devices import shelf
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations import backing_up, courses, crediting
from icme_tui.operations.issuing import issue_card
from icme_tui.screens.widgets.field import Field
from icme_tui.station import Station, open_station
from tests.support import pilots, stations
from tests.support.doors import journey, until
from tests.support.stations import DOMAIN, PASSWORD

PEOPLE = {"P0000101": "王试验", "P0000102": "李样本"}
WANG, LI = PEOPLE
MINUTE, HOUR = 60_000, 3_600_000
BEGINS = parse_utc("2026-09-25T00:00:00Z")


class Desk:
    """Somebody at the keyboard of one station."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await pilots.settle(self.pilot)

    async def fill(self, **values: str) -> None:
        """Type into fields and send the last one."""
        for name, value in values.items():
            field = self.pilot.app.screen.query_one(f"#field-{name}", Field)
            field.focus_line()
            await self.pilot.pause()
            field.value = value
        await self.press("enter")

    async def choose(self, folder: Path) -> None:
        """Name the folder that is asked for."""
        if not self.pilot.app.screen.query("#field-folder"):
            await self.press("t")
        await self.fill(folder=str(folder))

    async def see(self, message: str, **values: object) -> None:
        """The screen says this, in its language, wherever its lines are broken. Without values the longest
        part of the message that stands as it is."""
        told = words._(message)
        parts = [told.format(**values)] if values else re.split(r"{\w+}", told)
        await self.see_plain(max(parts, key=len))

    async def see_plain(self, text: str) -> None:
        shown = "".join(pilots.shown(self.pilot).split())
        assert "".join(text.split()) in shown, pilots.shown(self.pilot)


class Deployment:
    """An office with people and a session, and the place where a venue will stand."""

    def __init__(self, folder: Path, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.language, self._patch = folder, language, monkeypatch
        self.clock = FixedClock("2026-09-24T20:00:00Z")
        self.venue_home = folder / "venue"
        self.sticks = {name: folder / name for name in ("first", "lost", "second", "third")}
        for stick in self.sticks.values():
            stick.mkdir()
        with stations.office(folder / "office", self.clock) as office:
            unit = office.new_code("unit")
            office.record(office.put("unit", unit, name="示范医院", type="hospital"))
            for code, name in PEOPLE.items():
                office.record(office.put("person", code, name=name, unit=unit, title=233))
            course = courses.add_project(office, "心电图新进展", "national").course
            self.session = courses.add_session(office, course, BEGINS, BEGINS + 3 * HOUR, mode="in_out")
            self.digits = office.public_key.fingerprint

    @asynccontextmanager
    async def sitting(self, home: Path, place: str = "") -> AsyncIterator[Desk]:
        """The program on a home, as it is met; with a ``place``, logged in and there."""
        how = {"clock": self.clock, "size": (100, 30), "language": self.language}
        async with pilots.program(home, **how) as pilot:  # type: ignore[arg-type]
            desk = Desk(pilot)
            if place:
                await desk.fill(password=PASSWORD)
                pilots.app_of(pilot).go(place)
                await pilots.settle(pilot)
            yield desk

    def opened(self) -> Station:
        return open_station(self.venue_home, None, PASSWORD, self.clock)

    def issue_cards(self) -> None:
        """The venue has a reader, and everybody a card."""
        home = Home(self.venue_home)
        write_config(home, read_config(home)._replace(readers=("sim:cards?pace=0",)))
        reader = SimulatedReader(home.cards, NO_TIME)
        with self.opened() as venue:
            for person in PEOPLE:
                shelf.new_card(home.cards, person)
                shelf.tap(home.cards, person)
                seen = reader.wait_for_card(0)
                assert seen is not None
                issue_card(venue, reader, seen, person)
                shelf.remove(home.cards)

    def lose_the_machine(self) -> None:
        """The venue goes on at another computer; the cards are in people's pockets."""
        new = self.folder / "venue-2"
        new.mkdir(mode=0o700)
        shutil.copytree(self.venue_home / "cards", self.folder / "pockets")
        shutil.rmtree(self.venue_home)
        self.venue_home = new
        self._patch.setenv("XDG_STATE_HOME", str(self.folder / "state-2"))


@pytest.fixture(params=["en", "zh_CN"])
def deployment(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("icme_tui.operations.sticks.sticks", list)
    monkeypatch.setattr("icme_tui.operations.drives.drives", list)
    yield Deployment(tmp_path, request.param, monkeypatch)
    words.use("en")


async def enrol(world: Deployment) -> None:
    async with world.sitting(world.venue_home) as desk:
        await desk.see("What is this machine going to be?")
        await desk.press("v")
        await desk.fill(code="V0007", name="示范医院", domain=DOMAIN, password=PASSWORD, again=PASSWORD)
        await desk.see("1. Bring this request to the office")
        station = pilots.app_of(desk.pilot).station
        assert station is not None
        digits = station.public_key.fingerprint
        await desk.see_plain(digits)
        async with world.sitting(world.folder / "office", "transfer") as office:
            await office.press("e")
            await office.choose(world.venue_home / "outbox")
            await office.see("Do not read them out: the venue reads, you type.")
            office.pilot.app.screen.query_one("#field-digits", Field).value = digits
            await office.press("ctrl+s")
            await office.see("{code} is station {number}. Read to it: {digits}", code="V0007", number=1,
                             digits=world.digits)  # fmt: skip
            await office.press("p")
            await office.choose(world.sticks["first"])
        await desk.fill(digits=world.digits)
        await desk.see("Only an office with these digits will be believed: {digits}")
        await desk.fill(pack=str(world.sticks["first"]))
        await desk.see("The first pack is in force. This venue is ready.")


async def swipe(world: Deployment, *people: str) -> None:
    """They touch with their cards, one after the other, and see their names."""
    async with world.sitting(world.venue_home, "swipe") as desk:
        if words._("Which session? Enter opens it.") in pilots.shown(desk.pilot):
            await desk.press("enter")
        await until(desk.pilot, words._("READY"))
        for person in people:
            shelf.tap(world.venue_home / "cards", person)
            await until(desk.pilot, f"{PEOPLE[person]} / 示范医院")
            await desk.see_plain("[ OK ]")
            shelf.remove(world.venue_home / "cards")


async def export(world: Deployment, stick: str) -> None:
    async with world.sitting(world.venue_home, "transfer") as desk:
        await desk.press("x")
        await desk.choose(world.sticks[stick])
        await desk.see("Written, read back and verified: safe to remove.")


async def take_in_at_the_office(world: Deployment, stick: str) -> None:
    async with world.sitting(world.folder / "office", "transfer") as desk:
        await desk.press("f")
        await desk.choose(world.sticks[stick])
        await desk.see("take in")
        await desk.press("i")
        await desk.see("Imported.")


async def restore(world: Deployment, backup: Path) -> None:
    async with world.sitting(world.venue_home) as desk:
        await desk.press("r")
        await pilots.type_text(desk.pilot, str(backup))
        await desk.press("enter")
        await pilots.type_text(desk.pilot, PASSWORD)
        await desk.press("enter")
        await desk.see("Now do this, in this order:")
        await desk.see(
            "1. Take every stick that was written after the backup to the office, before it is written to"
            " again: what lies on it counts."
        )
        await desk.press("enter")
    shutil.rmtree(world.venue_home / "cards", ignore_errors=True)
    shutil.move(world.folder / "pockets", world.venue_home / "cards")


async def send_receipts(world: Deployment) -> None:
    async with world.sitting(world.folder / "office", "transfer") as desk:
        await desk.press("p")
        await desk.choose(world.sticks["third"])
    async with world.sitting(world.venue_home, "transfer") as desk:
        await desk.press("t")
        await desk.choose(world.sticks["third"])
        await desk.press("i")
        await desk.see("taken in")
        await desk.press("escape", "o")
        await desk.see("receipted by the office {at}")


@journey
async def test_the_exchange_of_a_venue(deployment: Deployment) -> None:
    world = deployment
    await enrol(world)
    world.issue_cards()
    world.clock.advance(BEGINS - 10 * MINUTE - world.clock.wall_ms)
    await swipe(world, WANG)
    with world.opened() as venue:
        backup = backing_up.back_up(venue, world.folder).file
        before = venue.epoch
    await swipe(world, LI)
    await export(world, "lost")
    for file in world.sticks["lost"].iterdir():
        file.unlink()
    await export(world, "second")
    await take_in_at_the_office(world, "second")
    world.lose_the_machine()
    await restore(world, backup)
    world.clock.advance(3 * HOUR + 30 * MINUTE)
    await swipe(world, LI, WANG)
    await export(world, "third")
    await take_in_at_the_office(world, "third")
    world.clock.advance(MINUTE)
    await send_receipts(world)
    with world.opened() as venue:
        assert venue.epoch != before
    with open_station(world.folder / "office", None, PASSWORD, world.clock) as office:
        assert office.flags() == []
        credited = [(row.person, row.session, row.minutes) for row in crediting.credits(office).rows]
        assert sorted(credited) == [(WANG, world.session, 180), (LI, world.session, 180)]
