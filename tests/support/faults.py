"""Disks that fail as real ones do: small, read-only or pulled out, in a mount namespace of their own.

``python -m tests.support.faults SCENARIO FOLDER`` runs one of the functions here, as ``unshare -rm`` starts
it; it fails with a traceback.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui import durable, facts
from icme_tui.clock import FixedClock
from icme_tui.codes import BundleError, IcmeError, StoreError
from icme_tui.operations import backing_up, exporting, importing, restoring
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.stations import PASSWORD, START
from tests.support.venues import deploy

KIB = 1024


def mount(folder: Path, options: str) -> None:
    """A file system in memory at ``folder``."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)


def fill(folder: Path) -> Path:
    """Use up all the room of the folder's file system; removing the file that is returned frees it."""
    blocker = folder / "blocker"
    with blocker.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 * KIB))
        except OSError:
            pass
        try:
            while True:
                file.write(b"\0")
        except OSError:
            pass
    return blocker


def code_of(action: Callable[[], Any]) -> str:
    """The reason for which something is refused; ``OK`` if it is not."""
    try:
        action()
    except IcmeError as error:
        return error.code
    return "OK"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def joined(folder: Path) -> Pair:
    """A pair that works, with an empty stick and facts that nobody has yet."""
    pair = Pair(folder)
    pair.join()
    for path in pair.stick.iterdir():
        path.unlink()
    pair.note(50)
    return pair


def full_stick(folder: Path) -> None:
    """Neither a bundle nor a backup is half written; the next stick gets everything."""
    pair = joined(folder)
    waiting = exporting.waiting(pair.venue)
    stick = folder / "small"
    mount(stick, "size=4k")
    assert code_of(lambda: exporting.export(pair.venue, stick)) == "STICK_FULL"
    assert code_of(lambda: backing_up.back_up(pair.venue, stick)) == "STICK_FULL"
    assert (names(stick), exporting.waiting(pair.venue)) == ([], waiting)
    assert backing_up.last(pair.venue) is None
    assert pair.office_takes(pair.export()).new == pair.venue.top("V0007", pair.venue.epoch)[0]


def read_only_stick(folder: Path) -> None:
    pair = joined(folder)
    stick = folder / "locked"
    mount(stick, "size=1m,ro")
    waiting = exporting.waiting(pair.venue)
    assert code_of(lambda: exporting.export(pair.venue, stick)) == "STICK_READ_ONLY"
    assert code_of(lambda: backing_up.back_up(pair.venue, stick)) == "STICK_READ_ONLY"
    assert exporting.waiting(pair.venue) == waiting


def _pulling_at(step: int, stick: Path) -> Callable[[str], None]:
    """A ``durable.point`` at whose ``step``-th call for the stick it is pulled out."""
    count = 0

    def point(name: str) -> None:
        nonlocal count
        count += 1
        if count == step:
            subprocess.run(["umount", "-l", stick], check=True)

    return point


def pulled_out(folder: Path) -> None:
    """The stick goes at each durable step of an export: then nothing counts as carried. What was called done
    was on the stick."""
    pair = joined(folder)
    stick = folder / "pulled"
    step, outcome = 0, ""
    seen: set[str] = set()
    while outcome != "OK":
        step += 1
        mount(stick, "size=1m")
        before = exporting.waiting(pair.venue)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(durable, "point", _pulling_at(step, stick))
            outcome = code_of(lambda: exporting.export(pair.venue, stick))
        if outcome != "OK":
            seen.add(outcome)
            assert exporting.waiting(pair.venue) == before, (step, outcome)
            assert outcome in ("STICK_GONE", "STICK_MISSING"), (step, outcome)
        if os.path.ismount(stick):
            subprocess.run(["umount", stick], check=True)
        assert names(stick) == [], (step, outcome)  # nothing was written to the disk below
    assert seen
    assert step > 4


def full_home(folder: Path) -> None:
    """The disk of a venue fills up while people swipe: what cannot be recorded is said, nothing of it stands,
    and when there is room again work goes on."""
    mount(folder / "venue", "size=3m,mode=700")
    world = deploy(folder)
    for person in ("P0000101", "P0000102"):
        world.issue(person)
    swiping = world.swiping(way="in")
    assert world.touch(swiping, "P0000101").code == "ACCEPTED_IN"
    before = world.venue.top("V0007", world.venue.epoch)
    world.venue._store.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # no room left inside the log
    blocker = fill(world.venue.home)
    assert world.touch(swiping, "P0000102").code == "STORE_FULL"
    notes = [facts.Note(text="x" * 4000) for _ in range(60)]
    assert code_of(lambda: world.venue.record(*notes)) == "STORE_FULL"
    assert world.venue.top("V0007", world.venue.epoch) == before
    assert code_of(lambda: backing_up.back_up(world.venue)) in ("BACKUP_ROOM", "STORE_FULL", "STICK_FULL")
    blocker.unlink()
    # The card has its record already: the next touch takes it up.
    assert world.touch(world.swiping(way="in"), "P0000102").code in ("ACCEPTED_IN", "ALREADY_IN")
    people = {tap.person for tap in world.venue.taps(world.session)}
    assert people == {"P0000101", "P0000102"}
    assert not any(world.venue.rebuild(check=True).values())
    world.venue.check_file()


def full_login(folder: Path) -> None:
    """Nobody can log in where not even that can be recorded, and is told why: with no room at all, and with
    just enough to open the store. Nothing is lost by it."""
    pair = joined(folder)
    pair.venue.close()
    mount(folder / "disk", "size=3m,mode=700")
    home = folder / "disk" / "venue"
    subprocess.run(["cp", "-a", pair.venue.home, home], check=True)
    clock = FixedClock("2026-09-26T08:00:00Z")

    def log_in(password: str) -> str:
        return code_of(lambda: open_station(home, None, password, clock).close())

    for room in (0, 4 * KIB, 40 * KIB):
        blocker = fill(folder / "disk")
        os.truncate(blocker, blocker.stat().st_size - room)
        assert log_in(PASSWORD) == "STORE_FULL", room
        assert log_in("another") == "LOGIN_REFUSED", room
        blocker.unlink()
    with open_station(home, None, PASSWORD, clock) as venue:
        own = [line for code, epoch in venue.sources() for line in venue.lines(code, epoch)]
        told = [fact.text for line in own if isinstance(fact := facts.decode(line), facts.Note)]
        assert told == [f"note {number}" for number in range(50)]
        assert not any(venue.rebuild(check=True).values())
        venue.check_file()


def full_office(folder: Path) -> None:
    """The disk of an office fills up while it imports: all of a bundle or nothing; then it goes on."""
    pair = joined(folder)
    pair.venue.record(*(facts.Note(text=str(n) * 300) for n in range(2000)))
    file = pair.export()
    pair.office.close()
    disk = folder / "disk"
    mount(disk, "size=2m")
    subprocess.run(["cp", "-a", pair.office.home, disk / "office"], check=True)
    with open_station(disk / "office", None, PASSWORD, FixedClock(START)) as office:
        blocker = fill(disk)
        outcome = code_of(lambda: importing.import_files(office, [file]))
        assert outcome == "STORE_FULL", outcome
        assert office.top("V0007", pair.venue.epoch)[0] == 0
        blocker.unlink()
        (taken,) = importing.import_files(office, [file])
        assert (taken.result, taken.new) == ("accept", pair.venue.top("V0007", pair.venue.epoch)[0])
        assert not any(office.rebuild(check=True).values())


def full_restore(folder: Path) -> None:
    """A restore that finds no room leaves no station behind, and is done again where there is room."""
    with stations.venue(folder / "home") as venue:
        venue.record(*(facts.Note(text="x" * 1000) for _ in range(200)))
        made = backing_up.back_up(venue, folder)
    mount(folder / "disk", "size=128k")
    new = folder / "disk" / "home"
    backup = restoring.read_backup(made.file)
    try:
        restoring.restore(backup, new, None, PASSWORD)
    except (OSError, StoreError, BundleError):
        pass
    else:
        raise AssertionError("there was room")
    assert not (new / "station.toml").exists()
    assert not (new / "restoring").exists()
    subprocess.run(["mount", "-o", "remount,size=4m", folder / "disk"], check=True)
    restoring.restore(backup, new, None, PASSWORD)
    with open_station(new, None, PASSWORD) as station:
        assert isinstance(station, Station)


SCENARIOS = (full_stick, read_only_stick, pulled_out, full_home, full_login, full_office, full_restore)


if __name__ == "__main__":
    os.environ["XDG_STATE_HOME"] = f"{sys.argv[2]}/state"
    stations.weaken_passwords(pytest.MonkeyPatch())
    {scenario.__name__: scenario for scenario in SCENARIOS}[sys.argv[1]](Path(sys.argv[2]))
