"""Backups: one encrypted file of the whole home, made while others write, opened to verify it.

The setting ``backup`` holds what is known of the last one, ``backups_made`` the ids of those that this store
made: what it has written only grows, so it holds all that they hold. Only these are ever removed.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from icme_tui import __version__, durable, facts
from icme_tui.bundles import stick
from icme_tui.clock import format_seconds, parse_utc
from icme_tui.codes import BundleError, StoreError
from icme_tui.keyring import read_keyring
from icme_tui.operations import backupfile
from icme_tui.operations.backupfile import FORMAT, KEYRING, STORE, SUFFIX, Manifest, Part
from icme_tui.store.database import SCHEMA

if TYPE_CHECKING:
    from icme_tui.station import Station

KEPT = 3
"""Backups of one store that stay in a folder."""

STEPS = 4
"""How often ``step`` is called."""

LAST, MADE = "backup", "backups_made"
"""Settings."""

OLD_DAYS = 7
"""A station that has gone on for longer than this without a backup is told so."""

_MOST_MADE = 200
_MAKING = "making"
_DAY_MS = 24 * 3600 * 1000


class BackedUp(NamedTuple):
    """A backup that was written, read back from its medium, and opened."""

    file: Path
    facts: int
    """Lines of the journal in it, of all stations."""
    bytes: int
    made: str
    """In UTC, by this station's clock."""
    removed: list[str]
    """Older backups of this store that were removed from the folder."""


def back_up(station: Station, to: Path | None = None, step: Callable[[], None] = lambda: None) -> BackedUp:
    """Write a backup to a folder or a file; without ``to`` into ``backups/`` of the home folder.

    In a folder it gets a name of its own, and of those that this store made there the last three stay. A file
    of that name is replaced only if this store made it.

    Raises StoreError ``BACKUP_RUNNING``, ``BACKUP_EXISTS``, ``BACKUP_ROOM`` (too little room beside the store
    to make and to open the copy), ``STORE_FULL``, ``STORE_DAMAGED``, ``COPY_DIFFERS``, ``KEYRING_BAD``;
    BundleError ``FOLDER_MISSING``, ``STICK_READ_BACK``, and those of ``stick.placing``.
    """
    target = _target(station, to)
    durable.make_folder(station.folders.backups)
    try:
        with durable.alone_in(station.folders.backups):
            return _make(station, target, step, in_folder=to is None or to.is_dir())
    except BlockingIOError:
        raise StoreError("BACKUP_RUNNING", folder=str(station.folders.backups)) from None


def last(station: Station) -> tuple[str, str] | None:
    """(when, in UTC; which file) of the last backup; None where there was none."""
    told = station.setting(LAST)
    return None if told is None else (str(told["at"]), str(told["file"]))


def days_without(station: Station, now_ms: int) -> int | None:
    """Days since the last backup, or where there was none since the first fact; None where there is none."""
    known = last(station)
    moment = known[0] if known is not None else _first_fact_at(station)
    return max(0, (now_ms - parse_utc(moment)) // _DAY_MS) if moment else None


def _first_fact_at(station: Station) -> str:
    own = [epoch for code, epoch in station.sources() if code == station.code]
    lines = [line for epoch in own for line in station.lines(station.code, epoch, 1, 1)]
    return min(
        (fact.at for line in lines if (fact := facts.decode(line)) is not None and fact.at), default=""
    )


def _target(station: Station, to: Path | None) -> Path:
    folder = station.folders.backups if to is None else to
    if to is None or folder.is_dir():
        day = format_seconds(station.clock.read().wall_ms)[:10]
        number = max((_number(station, path) for path in folder.glob(f"*{SUFFIX}")), default=0) + 1
        names = (f"{station.code}-{each:04d}-{day}{SUFFIX}" for each in itertools.count(number))
        # What has such a name may be the backup of a home that is lost.
        return next(folder / name for name in names if not os.path.lexists(folder / name))
    if not folder.parent.is_dir():
        raise BundleError("FOLDER_MISSING", folder=str(folder.parent))
    if folder.suffix != SUFFIX:  # it was meant to be a folder, such as that of a stick that is not in
        raise BundleError("FOLDER_MISSING", folder=str(folder))
    if os.path.lexists(folder) and backupfile.id_of(folder) not in station.setting(MADE, []):
        raise StoreError("BACKUP_EXISTS", file=str(folder))
    return folder


def _number(station: Station, path: Path) -> int:
    """The number in the name of a backup of ours: its order does not hang on a clock."""
    found = re.fullmatch(re.escape(station.code) + r"-(\d{1,9})-[0-9-]{10}" + re.escape(SUFFIX), path.name)
    return int(found[1]) if found else 0


def _make(station: Station, target: Path, step: Callable[[], None], *, in_folder: bool) -> BackedUp:
    on = stick.medium(target.parent)
    _require_room(station, target)
    made = format_seconds(station.clock.read().wall_ms)
    making = station.folders.backups / _MAKING
    shutil.rmtree(making, ignore_errors=True)  # of a backup that was cut off
    durable.make_folder(making)
    before = station.tops()
    try:
        parts = _gather(station, making)
        step()
        told = Manifest(
            FORMAT, station.role, station.code, station.domain, made, __version__, SCHEMA,
            tuple(part for part, _path in parts),
        )  # fmt: skip
        stored = msgspec.json.encode(told) + b"\n"
        signature = station.sign(backupfile.KIND, stored)
        with stick.placing(target, on) as part:
            durable.write_chunks_through(part, backupfile.chunks(stored, signature, parts))
            step()
            (making / STORE).unlink()  # so that the room is enough for the one that is opened
            backup = backupfile.read(part)
            step()
            if backup.key != station.public_key or backup.manifest != told:
                raise BundleError("STICK_READ_BACK", file=str(target))
            count = _open(station, backup, making, before)
            size = part.stat().st_size
            station.set_setting(MADE, [*station.setting(MADE, []), backup.id][-_MOST_MADE:])
    except BundleError as error:
        if error.code in ("BACKUP_DAMAGED", "BACKUP_NOT_ONE"):  # what was written just now
            raise BundleError("STICK_READ_BACK", file=str(target)) from error
        raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    station.set_setting(LAST, {"at": made, "file": str(target), "facts": count})
    removed = _remove_older(station, target) if in_folder else []
    step()
    return BackedUp(target, count, size, made, removed)


def _gather(station: Station, making: Path) -> list[tuple[Part, Path]]:
    """Copies of everything, in a folder of its own, so that nothing of it changes any more.

    The files that wait come first: one that an import takes in meanwhile is in the store's copy then.
    """
    folders = station.folders
    kept: list[tuple[str, Path]] = []
    for folder in (folders.inbox, folders.quarantine):
        for path in sorted(folder.glob("*")):
            name = f"{folder.name}/{path.name}"
            copied = making / name.replace("/", "-")
            if backupfile.is_kept(name) and _hold(path, copied):
                kept.append((name, copied))
    for path in (folders.config, folders.keyring):
        durable.create_private(making / path.name, path.read_bytes())
    station.copy_store(making / STORE)
    own = [(name, making / name) for name in backupfile.MEMBERS]
    return [(backupfile.part_of(name, path), path) for name, path in (*own, *kept)]


def _hold(path: Path, at: Path) -> bool:
    """Keep what a file holds now: these files are replaced as a whole and never written to. False where it is
    gone by now."""
    try:
        at.hardlink_to(path)
    except FileNotFoundError:
        return False
    except OSError:  # a file system without links
        durable.create_private(at, path.read_bytes())
    return True


def _open(
    station: Station, backup: backupfile.Backup, making: Path, least: dict[tuple[str, str], int]
) -> int:
    """Open what was written as a restore would; how many facts it has."""
    opened = making / "opened.db"
    backupfile.extract(backup, STORE, opened)
    backupfile.extract(backup, KEYRING, making / "opened.toml")
    station.require_keyring(read_keyring(making / "opened.toml"))
    return station.require_copy(opened, least)


def _require_room(station: Station, target: Path) -> None:
    store = station.folders.store
    size = sum(path.stat().st_size for path in (store, store.with_name("store.db-wal")) if path.exists())
    beside = target.parent.stat().st_dev == station.home.stat().st_dev
    needed = (2 if beside else 1) * (size + size // 10)
    free = shutil.disk_usage(station.home).free
    if free < needed:
        raise StoreError("BACKUP_ROOM", needed=needed // 1_000_000 + 1, free=free // 1_000_000)


def _remove_older(station: Station, newest: Path) -> list[str]:
    known = set(station.setting(MADE, []))
    ours = [path for path in newest.parent.glob(f"*{SUFFIX}") if _number(station, path) and path != newest]
    ours = [path for path in ours if backupfile.id_of(path) in known]
    ours.sort(key=lambda path: _number(station, path), reverse=True)
    removed: list[str] = []
    for path in ours[KEPT - 1 :]:
        try:
            path.unlink()
        except OSError:
            continue
        removed.append(path.name)
    return removed
