"""Watching one folder for bundles that come by other ways than a stick: a share, a mailbox, a synchronised
folder.

A file is taken in once nobody writes to it any more: its size and time are those of the look before, and it
is a whole container. One that stays in pieces for a minute is taken as it is, so that its reason is told.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.bundles import container, stick
from icme_tui.codes import BundleError, RuleError, StoreError
from icme_tui.operations import importing
from icme_tui.operations.filing import SUFFIX
from icme_tui.operations.importing import Imported

if TYPE_CHECKING:
    from icme_tui.station import Station

FOLDER = "watch_folder"
"""Setting: the folder that is watched; empty for none."""

SEEN = "watched"
"""Setting: {folder, files: {name: [size, mtime in ns]}} of what was taken in or set aside from there."""

EVERY_S = 5.0
"""Between two looks."""

PATIENCE_S = 60.0
"""A file that is no whole container and does not change for so long is no longer waited for."""

MOST_AT_ONCE = 50
"""Files of one look; the next look takes the next ones."""

MOST_SEEN = 5000


class Look(NamedTuple):
    """What one look brought."""

    results: list[Imported]
    growing: list[str]
    """Names of files that somebody still writes to, or that are not whole yet."""
    problem: str
    """``FOLDER_MISSING`` (or what cannot be read), ``IMPORT_RUNNING``, ``STORE_BUSY``; else empty. The next
    look tries again."""


class _State(NamedTuple):
    size: int
    mtime_ns: int
    since: float
    """Since when it has been so, by the monotonic clock, in seconds."""


def watched_folder(station: Station) -> str:
    """The folder that this station watches; empty for none."""
    return str(station.setting(FOLDER, ""))


def set_folder(station: Station, folder: Path | None) -> None:
    """Watch a folder from now on, or none. Raises BundleError ``FOLDER_MISSING``."""
    if folder is not None and not folder.is_dir():
        raise BundleError("FOLDER_MISSING", folder=str(folder))
    station.set_setting(FOLDER, str(folder.absolute()) if folder is not None else "")


class Watch:
    """One folder under watch. ``monotonic`` tells seconds."""

    def __init__(
        self, station: Station, folder: Path, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder = folder.absolute()
        self._station = station
        self._monotonic = monotonic
        self._states: dict[str, _State] = {}

    def look(self) -> Look:
        """Look once, and take in what has come to rest. Raises StoreError for what a person must mend."""
        try:
            found = self._found()
        except OSError:
            return Look([], [], "FOLDER_MISSING")
        seen = self._seen()
        fresh = {name: state for name, state in found.items() if seen.get(name) != state[:2]}
        ready = [name for name, state in fresh.items() if self._is_at_rest(name, state)]
        growing = sorted(fresh.keys() - set(ready))
        self._states = found
        if not ready:
            return Look([], growing, "")
        chosen = sorted(ready)[:MOST_AT_ONCE]
        try:
            results = importing.import_found(self._station, [self.folder / name for name in chosen])
        except RuleError as refused:
            return Look([], growing, refused.code)
        except StoreError as refused:
            if refused.code == "STORE_BUSY":
                return Look([], growing, refused.code)
            raise
        unreadable = {each.file.name for each in results if each.result == "unreadable"}
        self._note({name: found[name] for name in chosen if name not in unreadable})
        return Look(results, growing, "")

    def _found(self) -> dict[str, _State]:
        """The bundles in the folder; those with a dot before their names are copies under way."""
        found: dict[str, _State] = {}
        now = self._monotonic()
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not entry.name.endswith(SUFFIX):
                    continue
                told = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(told.st_mode):
                    continue
                before = self._states.get(entry.name)
                same = before is not None and before[:2] == (told.st_size, told.st_mtime_ns)
                since = before.since if before is not None and same else now
                found[entry.name] = _State(told.st_size, told.st_mtime_ns, since)
        return found

    def _is_at_rest(self, name: str, state: _State) -> bool:
        before = self._states.get(name)
        if before is None or before[:2] != state[:2]:
            return False
        if self._monotonic() - state.since >= PATIENCE_S:
            return True
        try:
            container.read(stick.read(self.folder / name), container.BUNDLE)
        except BundleError:
            return False
        return True

    def _seen(self) -> dict[str, tuple[int, int]]:
        told = self._station.setting(SEEN, {})
        if told.get("folder") != str(self.folder):
            return {}
        return {name: (int(size), int(mtime)) for name, (size, mtime) in told["files"].items()}

    def _note(self, done: dict[str, _State]) -> None:
        """What is gone from the folder need not be remembered."""
        kept = {name: state for name, state in self._seen().items() if name in self._states}
        files = {**kept, **{name: state[:2] for name, state in done.items()}}
        newest = dict(list(files.items())[-MOST_SEEN:])
        self._station.set_setting(SEEN, {"folder": str(self.folder), "files": newest})
