"""Transfer: out and in by keys, at a venue and at the office."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from icme_tui.operations import enrolling, exporting, importing, quarantine, scanning
from icme_tui.screens.transfer_arrivals import ArrivalsScreen
from icme_tui.screens.transfer_watch import WatchLine
from icme_tui.screens.widgets.field import Field
from tests.support import pilots, stations
from tests.support.pairs import Pair


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    monkeypatch.setattr("icme_tui.operations.sticks.sticks", list)
    monkeypatch.setattr("icme_tui.operations.drives.drives", list)
    made = Pair(tmp_path)
    yield made
    made.close()


def field(pilot: Pilot[int], name: str) -> Field:
    return pilot.app.screen.query_one(f"#field-{name}", Field)


async def choose(pilot: Pilot[int], folder: Path) -> None:
    """Name the folder that is asked for."""
    await pilots.settle(pilot)
    if not pilot.app.screen.query("#field-folder"):
        await pilot.press("t")
        await pilots.settle(pilot)
    field(pilot, "folder").value = str(folder)
    await pilot.press("enter")
    await pilots.settle(pilot)


def test_a_venue_exports_and_is_told_that_the_stick_is_safe(pair: Pair) -> None:
    pair.join()
    pair.note(3)

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            assert "facts are on no stick yet" in pilots.shown(pilot)
            assert "unexported" in pilots.lines(pilot)[0]
            await pilot.press("x")
            await choose(pilot, pair.stick)
            shown = pilots.shown(pilot)
            assert "safe\nto remove" in shown
            assert "F1 Help" in shown
            assert "The office has receipted everything" not in shown
            assert "on their way" in shown
            assert "unexported" not in pilots.lines(pilot)[0]
            assert len(list(pair.stick.glob("V0007-*.cmeb"))) == 1

    asyncio.run(journey())


def test_a_folder_that_is_not_there_and_one_that_cannot_be_written(pair: Pair) -> None:
    pair.join()
    locked = pair.stick / "locked"
    locked.write_text("a file, no folder")

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("x")
            await choose(pilot, pair.stick / "missing")
            assert "There is no folder" in pilots.shown(pilot)
            await pilot.press("x")
            await choose(pilot, locked)
            assert "There is no folder" in pilots.shown(pilot)
            await pilot.press("x")
            await choose(pilot, Path("/proc"))
            assert "+ " not in pilots.shown(pilot)
            assert "! " in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_venue_gets_to_know_its_office_by_keys(pair: Pair) -> None:
    async def at_venue() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            assert "Three steps" in pilots.shown(pilot)
            await pilot.press("r")
            await choose(pilot, pair.stick)
            assert "V0007.enrol is written" in pilots.shown(pilot)
            await pilot.press("d")
            await pilots.type_text(pilot, "12345")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "30 digits" in pilots.shown(pilot)
            field(pilot, "digits").value = pair.office.public_key.fingerprint
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "Only an office with these digits" in pilots.shown(pilot)

    async def at_office() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            assert "No venue yet" in pilots.shown(pilot)
            await pilot.press("e")
            await choose(pilot, pair.stick)
            assert "V0007 示范医院" in pilots.shown(pilot)
            digits = pair.venue.public_key.fingerprint
            wrong = ("1" if digits[0] != "1" else "2") + digits[1:]
            field(pilot, "digits").value = wrong
            await pilot.press("ctrl+s")
            await pilots.settle(pilot)
            assert "The digits differ" in pilots.shown(pilot)
            assert pair.office.registry.get("station", "V0007") is None
            field(pilot, "digits").value = digits
            await pilot.press("ctrl+s")
            await pilots.settle(pilot)
            assert "V0007 is station 1. Read to it: " in pilots.shown(pilot)
            assert pair.office.public_key.fingerprint in pilots.shown(pilot)
            await pilot.press("p")
            await pilots.settle(pilot)
            await choose(pilot, pair.stick)
            assert "1 pack." in pilots.shown(pilot)

    async def taking() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("t")
            await choose(pilot, pair.stick)
            assert isinstance(pilot.app.screen, ArrivalsScreen)
            assert "take in" in pilots.shown(pilot)
            assert pair.venue.snapshot() is None
            await pilot.press("i")
            await pilots.settle(pilot)
            assert "taken in" in pilots.shown(pilot)
            await pilot.press("escape")
            await pilots.settle(pilot)
            assert "Office OFFICE, pack" in pilots.shown(pilot)

    asyncio.run(at_venue())
    pair.venue = stations.open_station(pair.venue.home, None, stations.PASSWORD, pair.clock)
    asyncio.run(at_office())
    asyncio.run(taking())


def test_the_office_looks_first_then_imports(pair: Pair) -> None:
    pair.join()
    pair.note(2)
    good = pair.export()
    (pair.stick / "bad.cmeb").write_bytes(good.read_bytes()[:-1])
    (pair.stick / "link.cmeb").symlink_to(good)

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("f")
            await choose(pilot, pair.stick)
            shown = pilots.shown(pilot)
            assert "3 files in" in shown
            assert "Nothing has been changed" in shown
            assert "take in" in shown
            assert "set aside" in shown
            assert "unreadable" in shown
            assert pair.office.sources() == [("OFFICE", pair.office.epoch)]
            await pilot.press("i")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "0 held, 1 set aside." in shown
            assert "Not everything was taken in" in shown
            assert len(pair.office.sources()) == 2
            await pilot.press("escape", "q")
            await pilots.settle(pilot)
            assert "bad.cmeb" in pilots.shown(pilot)
            assert "This is not a whole bundle" in pilots.shown(pilot)

    asyncio.run(journey())


def test_names_of_files_break_nothing(pair: Pair) -> None:
    pair.join()
    for name in ("[red]x.cmeb", "one\ntwo \u202eevil\x1b[31m.cmeb", "😀𠮷" * 20 + ".cmeb"):
        (pair.stick / name).write_bytes(name.encode())

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("f")
            await choose(pilot, pair.stick)
            shown = pilots.shown(pilot)
            assert "[red]x.cmeb" in shown
            assert "one two evil" in shown
            assert "😀𠮷" in shown
            assert all(cell_len(line) <= 80 for line in pilots.lines(pilot))
            await pilot.press("i")
            await pilots.settle(pilot)
            assert "3 set aside" in pilots.shown(pilot)
            await pilot.press("down", "enter")
            await pilots.settle(pilot)
            assert "\x1b" not in pilots.shown(pilot)
            await pilot.press("escape", "escape", "q")
            await pilots.settle(pilot)
            assert "[red]x.cmeb" in pilots.shown(pilot)

    asyncio.run(journey())


def test_packs_for_all_or_for_the_marked_venues(pair: Pair, tmp_path: Path) -> None:
    pair.join()
    other = stations.venue(tmp_path / "other", "V0008", pair.clock)
    received = enrolling.read_request(pair.office, enrolling.write_request(other))
    enrolling.enroll(pair.office, received)
    other.close()
    for path in pair.stick.iterdir():
        path.unlink()

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("a")
            await pilots.settle(pilot)
            await pilot.press("p")
            await choose(pilot, pair.stick)
            assert "2 packs." in pilots.shown(pilot)
            await pilot.press("down", "space")
            await pilots.settle(pilot)
            await pilot.press("up", "p")
            await pilots.settle(pilot)
            assert "Packs for V0008" in pilots.shown(pilot)
            await choose(pilot, pair.stick)
            assert "1 pack." in pilots.shown(pilot)

    asyncio.run(journey())
    assert len(list(pair.stick.glob("*.cmeb"))) == 3


def test_a_refused_fact_is_told_at_the_venue(pair: Pair) -> None:
    pair.join()
    pair.clock.advance(60_000)
    pair.venue.record(pair.venue.put("course", "C0070001", title="not a venue's to make"))
    importing.import_files(pair.office, [pair.export()])
    pair.renew()

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("enter")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "Bundle 1: taken in" in shown
            assert "Not this station's to decide" in shown

    asyncio.run(journey())


def test_escape_stops_what_is_under_way_then_leads_back(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.join()
    begun = threading.Event()

    def endless(station: object, paths: object, step: Callable[[], None]) -> None:
        begun.set()
        while True:
            step()

    monkeypatch.setattr(scanning, "scan", endless)

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("w")
            await pilot.pause()
            assert await asyncio.to_thread(begun.wait, 10)
            await pilot.press("5")
            assert "This is still being done" in pilots.shown(pilot)
            await pilot.press("escape")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "Stopped." in shown
            assert "Not finished." in shown
            await pilot.press("escape")
            await pilots.settle(pilot)
            assert "Digits of this office" in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_fault_in_a_worker_reaches_the_screen(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.join()

    def fail(*given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(scanning, "scan", fail)
    monkeypatch.setattr("icme_tui.operations.exporting.export", fail)

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("x")
            await choose(pilot, pair.stick)
            assert "The program made a mistake (ZeroDivisionError)" in pilots.shown(pilot)
            await pilot.press("w")
            await pilots.settle(pilot)
            assert "The program made a mistake (ZeroDivisionError)" in pilots.shown(pilot)
            assert "Not finished." in pilots.shown(pilot)

    asyncio.run(journey())


def test_the_outbox_tells_what_became_of_every_fact(pair: Pair) -> None:
    pair.join()
    pair.note(2)
    pair.export()
    pair.note()

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("o")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "1 fact is on no stick yet." in shown
            assert "exported 2026-09-25 16:0" in shown
            assert "on no stick yet: export" in shown
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert ".cmeb" in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_venue_sees_what_a_pack_changes_before_and_after(pair: Pair) -> None:
    pair.join()
    pair.office.record(pair.office.put("person", "P0000001", name="张示例"))
    pair.stick = pair.stick / "newer"
    pair.stick.mkdir()
    pair.pack()

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("t")
            await choose(pilot, pair.stick)
            assert "People +1." in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "new: 张示例 (P0000001)" in pilots.shown(pilot)
            assert pair.venue.registry.get("person", "P0000001") is None
            await pilot.press("escape", "i")
            await pilots.settle(pilot)
            assert "People +1." in pilots.shown(pilot)
            assert pair.venue.registry.get("person", "P0000001") is not None

    asyncio.run(journey())


def test_a_clerk_decides_what_was_set_aside(pair: Pair) -> None:
    pair.join()
    for name in ("one.cmeb", "two.cmeb"):
        (pair.stick / name).write_bytes(name.encode())
        importing.import_files(pair.office, [pair.stick / name])
        pair.clock.advance(60_000)

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("q")
            await pilots.settle(pilot)
            assert "have the sender export again" in " ".join(pilots.shown(pilot).split())
            await pilot.press("r")
            await pilots.settle(pilot)
            assert "can never be let in" in pilots.shown(pilot)
            await pilot.press("x")
            await pilots.settle(pilot)
            assert "Why is two.cmeb refused for good?" in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "A reason is needed." in pilots.shown(pilot)
            await pilots.type_text(pilot, "a damaged stick")
            await pilot.press("enter")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "two.cmeb is rejected" in shown
            assert "one.cmeb" in shown
            await pilot.press("a")
            await pilots.settle(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "a damaged stick" in pilots.shown(pilot)
            (two, one) = quarantine.kept_files(pair.office)
            assert (one.decision, two.decision is not None) == (None, True)

    asyncio.run(journey())


def test_a_file_is_let_in_once_its_venue_is_enrolled(pair: Pair, tmp_path: Path) -> None:
    pair.join()
    other = stations.venue(tmp_path / "other", "V0008", pair.clock)
    other.set_setting("recipients", [pair.office.age_identity.public, pair.office.setting("recovery")])
    other.believe_office("OFFICE")
    importing.import_files(pair.office, [exporting.export(other, pair.stick)[-1].file])
    request = enrolling.write_request(other)
    other.close()

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("q", "r")
            await pilots.settle(pilot)
            await pilots.type_text(pilot, "asked")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "stays set aside" in pilots.shown(pilot)
            enrolling.enroll(pair.office, enrolling.read_request(pair.office, request))
            await pilot.press("r")
            await pilots.settle(pilot)
            await pilots.type_text(pilot, "asked")
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "is let in" in pilots.shown(pilot)
            assert "Nothing was set aside that waits" in pilots.shown(pilot)

    asyncio.run(journey())


def test_the_office_sees_who_owes_what(pair: Pair) -> None:
    pair.join()

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("o")
            await pilots.settle(pilot)
            assert "Nothing has ever come of it." in pilots.shown(pilot)
            await pilot.press("escape", "0")
            await pilots.settle(pilot)
            assert "1 venue owes data" in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_watched_folder_is_taken_in_while_the_screen_is_there(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.join()
    share = tmp_path / "share"
    share.mkdir()
    file = pair.export()
    file.rename(share / file.name)

    async def journey() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("g")
            await choose(pilot, share)
            assert f"Watched: {share}"[:60] in pilots.shown(pilot)
            pilot.app.screen.query_one(WatchLine).look()
            await pilots.settle(pilot)
            assert "From the watched folder:" in pilots.shown(pilot)
            assert pair.office.top("V0007", pair.venue.epoch)[0] > 0
            await pilot.press("g")
            await pilots.settle(pilot)
            await pilot.press("y")
            await pilots.settle(pilot)
            assert "Watched:" not in pilots.shown(pilot)

    asyncio.run(journey())


def test_the_whole_exchange_by_keys_with_a_lost_stick(pair: Pair, tmp_path: Path) -> None:
    pair.join()
    pair.note(3)
    lost, second, third = (tmp_path / name for name in ("lost", "second", "third"))
    for folder in (lost, second, third):
        folder.mkdir()

    async def at_venue() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            for folder in (lost, second):
                await pilot.press("x")
                await choose(pilot, folder)
                assert "safe\nto remove" in pilots.shown(pilot)
            for path in lost.iterdir():
                path.unlink()

    async def at_office() -> None:
        async with pilots.at(pair.office, "transfer") as pilot:
            await pilot.press("f")
            await choose(pilot, second)
            await pilot.press("i")
            await pilots.settle(pilot)
            assert "Imported." in pilots.shown(pilot)
            await pilot.press("escape", "p")
            await choose(pilot, third)
            assert "1 pack." in pilots.shown(pilot)

    async def receipt() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("t")
            await choose(pilot, third)
            await pilot.press("i")
            await pilots.settle(pilot)
            await pilot.press("escape", "o")
            await pilots.settle(pilot)
            assert "receipted by the office" in pilots.shown(pilot)

    asyncio.run(at_venue())
    asyncio.run(at_office())
    pair.venue = stations.open_station(pair.venue.home, None, stations.PASSWORD, pair.clock)
    asyncio.run(receipt())
