"""What stands in the way here: the machine, the readers, the home folder and, where it is open, the station.

Nothing is changed. Every check ends by itself, and none of them ends the others.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from icme_tui.codes import IcmeError, StoreError
from icme_tui.devices.opening import open_reader
from icme_tui.devices.pcsc.reader import PcscReader
from icme_tui.home import Home, read_config
from icme_tui.keyring import read_keyring
from icme_tui.machine import examining
from icme_tui.machine.finding import Finding, Level
from icme_tui.machine.surroundings import Surroundings, here
from icme_tui.operations import selfcheck
from icme_tui.operations.preferences import read_preferences

if TYPE_CHECKING:
    from icme_tui.station import Station

__all__ = ["Finding", "Surroundings", "count", "examine", "reader", "surroundings", "unopened", "worst"]

READER_S = 5.0
"""Longest time that one reader is given to answer."""

_LEVELS: dict[str, Level] = {"good": "ok", "warn": "warn", "bad": "fail"}


def surroundings(home: Path | None, environ: Mapping[str, str]) -> Surroundings:
    """This machine, with the readers that the home folder names."""
    try:
        readers = read_config(Home(home)).readers if home is not None else ()
    except StoreError:
        readers = ()
    return here(environ, readers, home)


def count(machine: Surroundings, *, thorough: bool = False) -> int:
    """About how many steps ``examine`` takes."""
    return len(examining.CHECKS) + len(machine.readers) + 2 + (selfcheck.COUNT if thorough else 1)


def examine(
    machine: Surroundings,
    station: Station | None = None,
    step: Callable[[], None] = lambda: None,
    *,
    thorough: bool = False,
) -> list[Finding]:
    """Every check in its order. ``thorough`` reads the whole journal too; without a station its checks are
    left out, and said to be."""
    found = examining.examine(machine, step)
    numbers = read_preferences(machine.home).numbers if machine.home is not None else {}
    for address in machine.readers:
        found.append(reader(address, numbers.get(address, "")))
        step()
    found += [*_mismatch(found), *_home(machine)]
    step()
    if station is None:
        return [*found, Finding("station", "skipped", "STATION_CLOSED")]
    inside = {finding.check for finding in found}
    of_station = selfcheck.run_checks(station, step, quick=not thorough)
    found += [_of_station(one, station.home) for one in of_station if one.check not in inside]
    return found


def unopened(error: IcmeError) -> Finding:
    """Why the station's own checks could not be made."""
    return Finding("station", "fail", error.code, error.detail)


def worst(findings: Iterable[Finding]) -> Level:
    """``fail`` if anything will not work, ``warn`` if something may not, else ``ok``."""
    levels = {finding.level for finding in findings}
    return "fail" if "fail" in levels else "warn" if "warn" in levels else "ok"


def reader(address: str, number_format: str = "", limit_s: float = READER_S) -> Finding:
    """Whether the reader at an address can be opened now; ``number_format`` is that of one that types.
    Simulated ones are not tried."""
    check = f"reader {address}"
    if address.startswith("sim:"):
        return Finding(check, "skipped", "READER_SIMULATED")
    if address.startswith(("keyboard:", "evdev:")) and not number_format:
        learn = f"icme reader learn {shlex.quote(address)} --card NUMBER"
        return Finding(check, "warn", "READER_FORMAT", {"reader": address}, (learn,))
    ended: list[Finding] = []

    def attempt() -> None:
        try:
            opened = open_reader(address, number_format)
            fault = opened.fault() if isinstance(opened, PcscReader) else ""
            opened.close()
            told = {"name": opened.name}
            ended.append(Finding(check, "warn" if fault else "ok", fault or "READER_ANSWERS", told))
        except IcmeError as error:
            level: Level = "warn" if error.code == "READER_IN_USE" else "fail"
            remedy = _REMEDIES.get(error.code, "") if address.startswith("evdev:") else ""
            ended.append(Finding(check, level, error.code, error.detail, (remedy,) if remedy else ()))
        except Exception as error:
            ended.append(Finding(check, "skipped", "CHECK_BROKE", {"why": type(error).__name__}))

    trial = threading.Thread(target=attempt, daemon=True)  # a driver that hangs must not hold the program
    trial.start()
    trial.join(limit_s)
    return ended[0] if ended else Finding(check, "fail", "READER_HANGS", {"seconds": int(limit_s)})


def _mismatch(found: list[Finding]) -> list[Finding]:
    """The service runs, and a reader is told that there is none: the library and the service are of versions
    that do not understand each other."""
    running = next((one for one in found if one.code == "PCSC_RUNS"), None)
    if running is None or not any(one.code == "NO_SERVICE" for one in found):
        return []
    remedy = ("pip uninstall -y pyscard", "sudo apt install python3-pyscard")
    return [Finding("pcsc-protocol", "fail", "PCSC_MISMATCH", running.detail, remedy)]


def _home(machine: Surroundings) -> list[Finding]:
    """What can be told of a home folder without a password."""
    if machine.home is None or not Home(machine.home).config.exists():
        return [Finding("home", "skipped", "HOME_NONE")]
    folders = Home(machine.home)
    found = [_configuration(folders), _keyring(folders)]
    try:
        found += [_of_station(one, folders.path) for one in _held(folders)]
    except OSError as error:
        found.append(Finding("home", "fail", "HOME_UNREADABLE", {"why": error.strerror or ""}))
    return found


def _held(folders: Home) -> list[selfcheck.Finding]:
    return [selfcheck.rights_of(folders), selfcheck.room_of(folders.path)]


def _configuration(folders: Home) -> Finding:
    try:
        read_config(folders)
    except StoreError as error:
        return Finding("home", "fail", error.code, error.detail)
    if not folders.store.exists():
        return Finding("home", "fail", "STORE_MISSING", {"path": str(folders.store)})
    return Finding("home", "ok", "HOME_GOOD", {"home": str(folders.path)})


def _keyring(folders: Home) -> Finding:
    try:
        keyring = read_keyring(folders.keyring)
    except StoreError as error:
        return Finding("keyring", "fail", error.code, error.detail)
    return Finding("keyring", "ok", "KEYRING_GOOD", {"operators": len(keyring.operators)})


def _of_station(found: selfcheck.Finding, home: Path) -> Finding:
    remedy = _REMEDIES.get(found.code, "").format(home=shlex.quote(str(home)))
    level = _LEVELS[found.state]
    return Finding(found.check, level, found.code, found.detail, (remedy,) if remedy else ())


_REMEDIES = {
    "RIGHTS_OPEN": "chmod -R go= {home}",
    "ROOM_LOW": "du -xh --max-depth=2 {home} | sort -h | tail",
    "LISTS_DIFFER": "icme journal rebuild",
    "CLOCK_UNSYNCED": "sudo timedatectl set-ntp true",
    "CLOCK_WRONG": "timedatectl",
    "BACKUP_NEVER": "icme backup --to /media/STICK",
    "BACKUP_OLD": "icme backup --to /media/STICK",
    "READER_DENIED": "sudo usermod -aG input $USER",
    "STORE_DAMAGED": "icme backup --to /media/STICK",
}
