"""Signing keys and the end of an account, by keys: what it means is said before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from icme_tui.codes import IcmeError
from icme_tui.operations import auditing, operators
from icme_tui.screens.widgets.field import Field
from icme_tui.station import Station, open_station
from tests.support import pilots, stations
from tests.support.pairs import Pair
from tests.support.stations import PASSWORD

NEW = "another invented one"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


async def press(pilot: Pilot[int], *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilots.settle(pilot)
    return pilots.shown(pilot)


def put(pilot: Pilot[int], **values: str) -> None:
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Field).value = value


def refused(station: Station, name: str, password: str) -> str:
    with pytest.raises(IcmeError) as refusal:
        open_station(station.home, name, password, station.clock)
    return refusal.value.code


def test_an_operator_is_removed_after_a_question(pair: Pair) -> None:
    station = pair.office
    operators.add(station, PASSWORD, "li", NEW)

    async def journey() -> None:
        async with pilots.at(station, "system") as pilot:
            assert "Put the cursor on another operator" in await press(pilot, "o", "x")
            assert "encrypted with a new key" in await press(pilot, "down", "x")
            put(pilot, own=PASSWORD, reason="")
            await press(pilot, "ctrl+s")
            assert "li" in [one.name for one in operators.operators(station)]
            put(pilot, reason="left the hospital")
            assert "Remove li for good?" in await press(pilot, "ctrl+s")
            shown = await press(pilot, "y")
            assert "li may not log in here any more" in shown

    asyncio.run(journey())
    pair.office = open_station(station.home, None, PASSWORD, pair.clock)
    assert [one.name for one in operators.operators(pair.office)] == ["admin"]
    assert refused(station, "li", NEW) == "LOGIN_REFUSED"


def test_an_admin_gives_a_forgotten_password(pair: Pair) -> None:
    operators.add(pair.office, PASSWORD, "li", NEW)

    async def journey() -> None:
        async with pilots.at(pair.office, "system") as pilot:
            await press(pilot, "o", "down", "f")
            put(pilot, own=PASSWORD, new="remembered this time", again="remembered this time")
            assert "li has a new password" in await press(pilot, "ctrl+s")

    asyncio.run(journey())
    open_station(pair.office.home, "li", "remembered this time", pair.clock).close()


def test_the_digits_of_all_keys_are_shown_and_a_stolen_one_revoked(pair: Pair) -> None:
    async def journey() -> None:
        async with pilots.at(pair.office, "system") as pilot:
            shown = await press(pilot, "d")
            for key in (pair.office.public_key, pair.venue.public_key):
                assert key.fingerprint in shown
            assert "on the key of a venue" in await press(pilot, "home", "x")
            assert "Nothing new of V0007" in await press(pilot, "end", "x")
            put(pilot, reason="stolen from the car")
            assert "for good?" in await press(pilot, "ctrl+s")
            assert "is not believed any more" in await press(pilot, "r")
            assert "revoked" in pilots.shown(pilot)

    asyncio.run(journey())
    pair.office = open_station(pair.office.home, None, PASSWORD, pair.clock)
    [done] = auditing.show(pair.office, kind="revoke")
    assert done.fields["reason"] == "stolen from the car"
    assert pair.office_takes(pair.export()).code == "KEY_REVOKED"


def test_new_keys_are_made_at_a_venue_and_shown_as_coming(pair: Pair) -> None:
    async def journey() -> None:
        async with pilots.at(pair.venue, "system") as pilot:
            assert "Only" in await press(pilot, "d", "x") or "office" in pilots.shown(pilot)
            await press(pilot, "n")
            put(pilot, reason="every two years")
            assert "Make new keys for this station?" in await press(pilot, "ctrl+s")
            assert "Digits of the new key" in await press(pilot, "y")
            assert "coming" in pilots.shown(pilot)

    asyncio.run(journey())
    assert pair.venue.new_public_key is not None


def test_the_login_says_what_helps_against_a_forgotten_password(pair: Pair) -> None:
    async def journey() -> None:
        async with pilots.program(pair.venue.home, clock=pair.clock) as pilot:
            assert "icme operator recover" in pilots.shown(pilot)

    asyncio.run(journey())
