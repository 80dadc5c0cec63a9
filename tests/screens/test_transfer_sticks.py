"""Sticks on a machine that mounts nothing by itself, from the screens: mounted, written to, let go of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui.codes import BundleError
from icme_tui.operations import drives
from icme_tui.operations.drives import Drive, LetGo
from tests.support import pilots, stations
from tests.support.pairs import Pair


class Slot:
    """Where a stick is put in; it is mounted at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.drive = Drive("/dev/sdb1", "/dev/sdb", "CME", "", "vfat", 7_900_000_000, False, "")
        self.folder = folder
        self.refusal = ""

    def drives(self) -> list[Drive]:
        return [self.drive]

    def mount(self, drive: Drive) -> Path:
        if self.refusal:
            raise BundleError(self.refusal, device=drive.device)
        self.drive = drive._replace(folder=str(self.folder))
        return self.folder

    def eject(self, drive: Drive) -> LetGo:
        self.drive = drive._replace(folder="")
        return LetGo(drive.disk, [str(self.folder)], True)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    pilots.freeze_zone(monkeypatch)
    monkeypatch.setattr("icme_tui.operations.sticks.sticks", list)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


@pytest.fixture
def slot(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Slot:
    made = Slot(pair.stick)
    for name in ("drives", "mount", "eject"):
        monkeypatch.setattr(drives, name, getattr(made, name))
    return made


def test_a_stick_is_mounted_written_to_and_let_go_of(pair: Pair, slot: Slot) -> None:
    pair.note(3)

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("x")
            await pilots.settle(pilot)
            assert "Mount CME, 7.9 GB" in pilots.shown(pilot)
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert len(list(pair.stick.glob("V0007-*.cmeb"))) == 1
            await pilot.press("x")
            await pilots.settle(pilot)
            assert "Mount CME" not in pilots.shown(pilot)
            await pilot.press("e")
            await pilots.settle(pilot)
            assert "/dev/sdb may be pulled out." in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_session_that_may_not_mount_is_told_why(pair: Pair, slot: Slot) -> None:
    slot.refusal = "DRIVE_DENIED"

    async def journey() -> None:
        async with pilots.at(pair.venue, "transfer") as pilot:
            await pilot.press("x", "enter")
            await pilots.settle(pilot)
            assert "This session may not mount /dev/sdb1" in pilots.shown(pilot)

    asyncio.run(journey())


def test_a_backup_is_written_from_the_system_screen(pair: Pair, slot: Slot) -> None:
    async def journey() -> None:
        async with pilots.at(pair.venue, "system") as pilot:
            await pilot.press("b")
            await pilots.settle(pilot)
            shown = pilots.shown(pilot)
            assert "Write the backup to which folder?" in shown
            assert "backups/ in the home folder" in shown
            await pilot.press("enter")
            await pilots.settle(pilot)
            assert "Read back and opened: safe" in " ".join(pilots.shown(pilot).split())

    asyncio.run(journey())
    (file,) = [*pair.stick.glob("*.icmebak"), *pair.venue.folders.backups.glob("*.icmebak")]
    assert file.name.startswith("V0007-0001-")
