"""Where sticks are: what the system has mounted under the folders that are meant for them, and which folders
were used."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.bundles.stick import PLACES
from icme_tui.codes import BundleError

if TYPE_CHECKING:
    from icme_tui.station import Station

MOUNTS = Path("/proc/self/mounts")
"""fstab(5): device, folder, type, options, with blanks and backslashes as ``\\040`` and the like."""

USED_FOLDERS = "transfer_folders"
"""Setting of a station: the folders that were used, the last one first."""

MOST_USED = 3

_ESCAPED = re.compile(r"\\([0-7]{3})")


class Stick(NamedTuple):
    """A mounted medium."""

    folder: Path
    read_only: bool


def sticks(mounts: Path = MOUNTS, places: tuple[str, ...] = PLACES) -> list[Stick]:
    """What is mounted at or below ``places``, what can be written first, by name; nothing where the system
    does not tell."""
    try:
        told = mounts.read_text("utf-8", "surrogateescape")
    except OSError:
        return []
    found: dict[Path, Stick] = {}
    for line in told.splitlines():
        parts = line.split(" ")
        if len(parts) < 4:
            continue
        folder = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), parts[1])
        if any(folder == place or folder.startswith(f"{place}/") for place in places):
            path = Path(os.fsdecode(folder.encode("utf-8", "surrogateescape")))
            found[path] = Stick(path, "ro" in parts[3].split(","))
    return sorted(found.values(), key=lambda stick: (stick.read_only, stick.folder))


def used(station: Station) -> list[str]:
    """The folders that were written to, the last one first."""
    return list(station.setting(USED_FOLDERS, []))


def remember(station: Station, folder: Path) -> None:
    """Offer the folder first from now on; those before it stay. One that cannot be written to is none that
    somebody uses: it stays where it was in the list of what is mounted.
    """
    if os.access(folder, os.W_OK):
        others = [each for each in used(station) if each != str(folder)]
        station.set_setting(USED_FOLDERS, [str(folder), *others][:MOST_USED])


def folder_of(typed: str) -> Path:
    """The folder that somebody typed; ``~`` is his own. Raises BundleError ``FOLDER_MISSING``."""
    folder = Path(typed).expanduser()
    if not folder.is_dir():
        raise BundleError("FOLDER_MISSING", folder=typed)
    return folder
