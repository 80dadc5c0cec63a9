"""What was refused and is kept in ``quarantine/``, for reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from icme_tui.station import Station


class Kept(NamedTuple):
    """A file that was set aside, and why."""

    file: Path
    code: str
    """Empty where the reason beside the file is missing or damaged."""
    name: str
    """What the file was called where it came from."""
    sender: str
    at: str
    """When it was set aside, in UTC."""
    by: str


class _Reason(msgspec.Struct):
    code: str = ""
    file: str = ""
    from_: str = msgspec.field(default="", name="from")
    at: str = ""
    by: str = ""


def kept_files(station: Station) -> list[Kept]:
    """Everything in ``quarantine/``, the newest first."""
    found: list[Kept] = []
    for path in station.folders.quarantine.glob("*.cmeb"):
        try:
            reason = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=_Reason)
        except (OSError, msgspec.MsgspecError, ValueError):
            reason = _Reason()
        found.append(Kept(path, reason.code, reason.file, reason.from_, reason.at, reason.by))
    return sorted(found, key=lambda each: (each.at, each.file.name), reverse=True)
