"""From an empty home to a venue with its first pack, and to an office with its recovery file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.clock import FixedClock
from icme_tui.operations import backing_up, enrolling, packing
from icme_tui.screens.enrolment import EnrolmentScreen, FoundedScreen
from icme_tui.screens.setup import SetupScreen
from icme_tui.screens.setup_restore import RestoredScreen
from icme_tui.screens.start import StartScreen
from icme_tui.screens.widgets.field import Field
from icme_tui.station import open_station
from tests.support import pilots, stations
from tests.support.stations import DOMAIN, PASSWORD, START


async def fill(pilot: Pilot[int], **values: str) -> None:
    """Type into the fields of the screen and send the last one."""
    for name, value in values.items():
        field = pilot.app.screen.query_one(f"#field-{name}", Field)
        field.focus_line()
        await pilot.pause()
        field.value = ""
        await pilots.type_text(pilot, value)
    await pilot.press("enter")
    await pilots.settle(pilot)


def test_a_venue_is_made_enrolled_and_takes_its_first_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    clock = FixedClock(START)
    office = stations.office(tmp_path / "office", clock)
    home, stick = tmp_path / "venue", tmp_path / "stick"
    stick.mkdir()

    async def journey() -> None:
        async with pilots.program(home, clock=clock) as pilot:
            app = pilots.app_of(pilot)
            assert isinstance(app.screen, SetupScreen)
            assert "What is this machine going to be?" in pilots.shown(pilot)
            await pilot.press("v")
            await pilots.settle(pilot)
            await fill(
                pilot, code="V0007", name="Sample Hospital", domain=DOMAIN, password=PASSWORD, again=PASSWORD
            )
            assert isinstance(app.screen, EnrolmentScreen)
            shown = pilots.shown(pilot)
            request = home / "outbox" / "V0007.enrol"
            assert "V0007.enrol" in shown
            received = enrolling.read_request(office, request)
            assert received.key.fingerprint in shown
            enrolling.enroll(office, received)
            packing.write_pack(office, "V0007", stick)
            await fill(pilot, digits="12345")
            assert "A fingerprint has 30 digits" in pilots.shown(pilot)
            await fill(pilot, pack=str(tmp_path / "nowhere"))
            assert "There is no file" in pilots.shown(pilot)
            await fill(pilot, digits=office.public_key.fingerprint)
            assert "Only an office with these digits will be believed" in pilots.shown(pilot)
            await fill(pilot, pack=str(stick))
            assert isinstance(app.screen, StartScreen)
            assert "This venue is ready." in pilots.shown(pilot)

    asyncio.run(journey())
    office.close()
    with open_station(home, "admin", PASSWORD) as venue:
        assert venue.number == 1


def test_an_office_is_made_and_shows_its_recovery_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)

    async def journey() -> None:
        async with pilots.program(tmp_path / "home", clock=FixedClock(START), size=(120, 36)) as pilot:
            app = pilots.app_of(pilot)
            await pilot.press("o")
            await pilots.settle(pilot)
            assert app.screen.query_one("#field-code", Field).value == "OFFICE"
            await fill(pilot, name="Sample Office", domain=DOMAIN, password=PASSWORD, again=PASSWORD)
            assert isinstance(app.screen, FoundedScreen)
            assert app.station is not None
            assert app.station.public_key.fingerprint in pilots.shown(pilot)
            assert "recovery.txt" in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert isinstance(app.screen, StartScreen)

    asyncio.run(journey())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "v7"}, "is no code for a station"),
        ({"domain": "Not A Domain"}, "is no name of a deployment"),
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "A new password has at least"),
        ({"operator": "Li Lei"}, "is no name for an operator"),
    ],
)
def test_what_is_wrong_stands_below_its_field_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], said: str
) -> None:
    stations.weaken_passwords(monkeypatch)
    right = {"code": "V0007", "name": "x", "domain": DOMAIN, "operator": "admin", "password": PASSWORD,
             "again": PASSWORD}  # fmt: skip

    async def journey() -> None:
        async with pilots.program(tmp_path / "home", clock=FixedClock(START)) as pilot:
            await pilot.press("v")
            await pilots.settle(pilot)
            await fill(pilot, **{**right, **wrong})
            assert isinstance(pilot.app.screen, SetupScreen)
            assert said in pilots.shown(pilot)
            field = pilot.app.screen.query_one(f"#field-{next(iter(wrong))}", Field)
            assert field.is_wrong

    asyncio.run(journey())
    assert not (tmp_path / "home" / "station.toml").exists()


def test_a_backup_is_restored_where_there_is_no_station(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    with stations.venue(tmp_path / "old") as old:
        made = backing_up.back_up(old, tmp_path / "b.icmebak")
        epoch = old.epoch
    (tmp_path / "x").write_bytes(made.file.read_bytes()[:-2000])
    monkeypatch.chdir(tmp_path)

    async def journey() -> None:
        async with pilots.program(tmp_path / "home", clock=FixedClock(START), size=(100, 30)) as pilot:
            app = pilots.app_of(pilot)
            for file, said in (("./x", "is a damaged backup"), ("./b.icmebak", "Backup of V0007, made")):
                if app.screen.panel is None:
                    await pilot.press("ctrl+o")
                    await pilots.settle(pilot)
                await pilot.press("r")
                await pilots.settle(pilot)
                await pilots.type_text(pilot, file)
                await pilot.press("enter")
                await pilots.settle(pilot)
                assert said in pilots.shown(pilot)
            await pilots.type_text(pilot, "a wrong one")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "the wrong password" in pilots.shown(pilot)
            await pilots.type_text(pilot, PASSWORD)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert isinstance(app.screen, RestoredScreen)
            assert "Take every stick" in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert isinstance(app.screen, StartScreen)

    asyncio.run(journey())
    with open_station(tmp_path / "home", "admin", PASSWORD, FixedClock(START)) as new:
        assert new.epoch != epoch
        assert (new.code, epoch) in new.sources()


def test_up_and_down_go_from_field_to_field(tmp_path: Path) -> None:
    async def journey() -> None:
        async with pilots.program(tmp_path / "home") as pilot:
            await pilot.press("v")
            await pilots.settle(pilot)
            names = []
            for key in ("up", "down", "down", "up", *["down"] * 9):
                await pilot.press(key)
                await pilot.pause()
                names.append(next(f.field_name for f in pilot.app.screen.query(Field) if f.line.has_focus))
            assert names[:4] == ["code", "name", "domain", "name"]
            assert names[-1] == "again"

    asyncio.run(journey())
