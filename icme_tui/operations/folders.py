"""What is in a folder, for somebody who looks for a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from icme_tui.codes import SheetError
from icme_tui.operations.sticks import sticks

MOST = 2000
"""Entries of one folder that are offered."""


class Found(NamedTuple):
    """A folder or a file that can be chosen."""

    path: Path
    is_folder: bool


def look_into(folder: Path, suffixes: tuple[str, ...]) -> list[Found]:
    """The folder above, then the folders in it, then its files with one of the suffixes; each by name.

    Hidden ones are left out. Raises SheetError ``FOLDER_UNREADABLE``.
    """
    folder = folder.expanduser().absolute()
    folders: list[Found] = []
    files: list[Found] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "~$")):
                    continue
                if entry.is_dir():
                    folders.append(Found(Path(entry.path), True))
                elif Path(entry.name).suffix.lower() in suffixes:
                    files.append(Found(Path(entry.path), False))
    except OSError as error:
        raise SheetError("FOLDER_UNREADABLE", folder=str(folder), reason=error.strerror or "") from error
    above = [Found(folder.parent, True)] if folder.parent != folder else []
    return [*above, *sorted(folders), *sorted(files)][:MOST]


def beginnings(home: Path) -> list[Path]:
    """Folders from which a search can begin: sticks first, then one's own folder and that of the station."""
    own = Path.home()
    return [*(stick.folder for stick in sticks()), *([own] if own.is_dir() else []), home]


def free_name(path: Path) -> Path:
    """The path, or where it is taken the first of ``name-2``, ``name-3`` … that is not."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
