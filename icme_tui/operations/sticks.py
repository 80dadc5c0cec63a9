"""Where sticks are: what the system has mounted under the folders that are meant for them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from icme_tui.codes import BundleError

MOUNTS = Path("/proc/self/mounts")
"""fstab(5): device, folder, type, options, with blanks and backslashes as ``\\040`` and the like."""

LAST_FOLDER = "transfer_folder"
"""Setting of a station: the folder that was used last."""

PLACES = ("/media", "/run/media", "/mnt")

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


def folder_of(typed: str) -> Path:
    """The folder that somebody typed; ``~`` is his own. Raises BundleError ``FOLDER_MISSING``."""
    folder = Path(typed).expanduser()
    if not folder.is_dir():
        raise BundleError("FOLDER_MISSING", folder=typed)
    return folder
