"""Where files that came are kept: what waits in ``inbox/``, what was refused in ``quarantine/``.

Each is named after its SHA-256; a file beside it tells what it was called, why it lies there, since when, and
who brought it. Nothing that somebody brought is deleted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from icme_tui import durable
from icme_tui.bundles.check import Checked
from icme_tui.clock import format_seconds

if TYPE_CHECKING:
    from icme_tui.station import Station

SUFFIX = ".cmeb"


class Label(msgspec.Struct):
    """What lies beside a kept file."""

    code: str = ""
    """Why it lies there."""
    file: str = ""
    """What the file was called where it came from."""
    bundle: str = ""
    """SHA-256 of its manifest, once the signature over it held."""
    from_: str = msgspec.field(default="", name="from")
    at: str = ""
    """Since when, in UTC."""
    by: str = ""
    """The operator."""


def digest(data: bytes) -> str:
    """SHA-256 of a file, in hex: its name where it is kept."""
    return hashlib.sha256(data).hexdigest()


def kept_in(folder: Path) -> list[Path]:
    """The files that are kept in a folder, by name."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def label_of(path: Path) -> Label:
    """The label of a kept file; an empty one where it is missing or damaged."""
    try:
        return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Label)
    except (OSError, msgspec.MsgspecError, ValueError):
        return Label()


def name_of(path: Path) -> str:
    """What a kept file was called where it came from."""
    return label_of(path).file or path.name


def keep(station: Station, data: bytes, name: str, checked: Checked) -> None:
    """Keep a file that was not taken in where it belongs: waiting, or refused."""
    if checked.result == "accept":
        return
    folder = station.folders.inbox if checked.result == "hold" else station.folders.quarantine
    target = folder / f"{digest(data)}{SUFFIX}"
    if not target.exists():
        durable.write_atomic(target, data)
    beside = target.with_suffix(".json")
    if checked.result == "quarantine" or not beside.exists():
        durable.write_atomic(beside, msgspec.json.encode(_label(station, name, checked)) + b"\n")


def relabel(station: Station, path: Path, checked: Checked) -> None:
    """Tell beside a kept file why it is refused now."""
    before = label_of(path)
    label = _label(station, before.file or path.name, checked)
    label.at, label.by = before.at or label.at, before.by or label.by
    durable.write_atomic(path.with_suffix(".json"), msgspec.json.encode(label) + b"\n")


def _label(station: Station, name: str, checked: Checked) -> Label:
    return Label(
        checked.code,
        name,
        checked.bundle_id,
        checked.manifest.from_ if checked.manifest else "",
        format_seconds(station.clock.read().wall_ms),
        station.operator,
    )
