"""Is this station sound? Journal, lists, file, disk, access rights, clock, backup and library."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.codes import StoreError
from icme_tui.operations import auditing, backing_up

if TYPE_CHECKING:
    from icme_tui.home import Home
    from icme_tui.station import Station

GOOD, WARN, BAD = "good", "warn", "bad"

ROOM_AT_LEAST = 200_000_000
"""Bytes that should be free where the home folder lies: a day's work, a backup and an export."""

SAFE_SQLITE = (3, 51, 3)
"""Earlier ones may damage a database when its write-ahead log is reset (SQLite 3.7.0 to 3.51.2)."""

_PRIVATE_FOLDERS = ("outbox", "inbox", "quarantine", "backups", "logs")


class Finding(NamedTuple):
    """What one check says."""

    check: str
    """``journal``, ``lists``, ``file``, ``room``, ``rights``, ``clock``, ``backup`` or ``library``."""
    state: str
    """``good``, ``warn`` or ``bad``."""
    code: str
    detail: Mapping[str, Any] = {}


def run_checks(
    station: Station, step: Callable[[], None] = lambda: None, *, quick: bool = False
) -> list[Finding]:
    """Every check in its order; changes nothing. ``step`` is called after each. ``quick`` leaves out those
    that read the whole journal."""
    found: list[Finding] = []
    for check in _QUICK if quick else _CHECKS:
        found.append(check(station))
        step()
    return found


def worst(findings: list[Finding]) -> str:
    """The worst state among them."""
    states = {finding.state for finding in findings}
    return BAD if BAD in states else WARN if WARN in states else GOOD


def _journal(station: Station) -> Finding:
    reports = auditing.verify(station)
    total = sum(report.lines for report in reports)
    problems = [each for report in reports for each in report.problems]
    wrong = [each for each in problems if not each.startswith("GAP:")]
    forks = [each for each in wrong if each.startswith("FORK:")]
    if len(wrong) > len(forks):
        return Finding("journal", BAD, "CHAIN_WRONG", {"facts": total, "wrong": len(wrong)})
    if forks:  # both histories are whole, and somebody has to decide
        return Finding("journal", WARN, "CHAIN_FORKS", {"facts": total, "forks": len(forks)})
    if problems:
        return Finding("journal", WARN, "CHAIN_GAPS", {"facts": total, "gaps": len(problems)})
    return Finding("journal", GOOD, "CHAIN_GOOD", {"facts": total})


def _lists(station: Station) -> Finding:
    rows = sum(station.rebuild(check=True).values())
    return (
        Finding("lists", BAD, "LISTS_DIFFER", {"rows": rows})
        if rows
        else Finding("lists", GOOD, "LISTS_GOOD")
    )


def _file(station: Station) -> Finding:
    try:
        station.check_file()
    except StoreError as error:
        return Finding("file", BAD, error.code, error.detail)
    return Finding("file", GOOD, "FILE_GOOD")


def _room(station: Station) -> Finding:
    return room_of(station.home)


def room_of(home: Path) -> Finding:
    """Whether there is room for a day's work. Raises OSError."""
    free = shutil.disk_usage(home).free
    detail = {"free": free // 1_000_000}
    return Finding("room", *((GOOD, "ROOM_GOOD") if free >= ROOM_AT_LEAST else (WARN, "ROOM_LOW")), detail)


def _rights(station: Station) -> Finding:
    return rights_of(station.folders)


def rights_of(folders: Home) -> Finding:
    """Whether others may read what only the station's account should. Raises OSError."""
    if os.name != "posix":
        return Finding("rights", GOOD, "RIGHTS_GOOD")
    for path in _private(folders):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding("rights", BAD, "RIGHTS_OPEN", {"file": str(path)})
    return Finding("rights", GOOD, "RIGHTS_GOOD")


def _private(folders: Home) -> Iterator[Path]:
    """What nobody but its owner may read."""
    yield folders.path
    yield from (folders.store, folders.keyring, folders.config, folders.logins)
    yield from (folders.path / name for name in _PRIVATE_FOLDERS)


def _clock(station: Station) -> Finding:
    reading = station.clock.read()
    if station.is_clock_suspect(reading):
        return Finding("clock", BAD, "CLOCK_WRONG")
    return (
        Finding("clock", GOOD, "CLOCK_SYNCED") if reading.synced else Finding("clock", WARN, "CLOCK_UNSYNCED")
    )


def _backup(station: Station) -> Finding:
    known = backing_up.last(station)
    days = backing_up.days_without(station, station.clock.read().wall_ms) or 0
    state = WARN if days > backing_up.OLD_DAYS else GOOD
    if known is None:
        return Finding("backup", state, "BACKUP_NEVER", {"days": days})
    code = "BACKUP_OLD" if state == WARN else "BACKUP_GOOD"
    return Finding("backup", state, code, {"days": days, "file": known[1]})


def _library(station: Station) -> Finding:
    version = station.sqlite_version
    detail = {"version": ".".join(str(part) for part in version)}
    return Finding(
        "library", *((GOOD, "LIBRARY_GOOD") if version >= SAFE_SQLITE else (WARN, "LIBRARY_OLD")), detail
    )


_CHECKS: tuple[Callable[[Station], Finding], ...] = (
    _journal, _lists, _file, _room, _rights, _clock, _backup, _library,
)  # fmt: skip
_QUICK = tuple(check for check in _CHECKS if check not in (_journal, _lists))
COUNT = len(_CHECKS)
"""How many checks there are."""
