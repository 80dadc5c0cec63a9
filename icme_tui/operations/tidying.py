"""A stick keeps the last three bundles of a station for each receiver; older ones that nobody needs go.

A bundle is needed no more if every fact in it is in the journal here, under the same hash: what the office
has not receipted of it lies in the bundles that were written just now. A bundle of another history (that of
the home before it was restored, or of a copy) may hold facts that are nowhere else, and stays.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable
from icme_tui.bundles import container, sshsig
from icme_tui.bundles import manifest as manifests
from icme_tui.bundles.manifest import Manifest
from icme_tui.codes import BundleError

if TYPE_CHECKING:
    from icme_tui.station import Station

KEPT = 3
SUFFIX = ".cmeb"
PART = f"{SUFFIX}.part"


class _Old(NamedTuple):
    """A bundle of ours that lies in the folder; the newest has the greatest ``age``."""

    age: tuple[int, int]
    path: Path


def tidy(station: Station, kind: str, to: str, written: list[Path]) -> list[str]:
    """Remove what is needed no more from the folder of the files that were written just now, all proven.

    Returns the names of what was removed. What cannot be read or removed stays.
    """
    folder = written[0].parent
    if folder.resolve() == station.folders.outbox.resolve():
        return []
    ours: list[_Old] = []
    with contextlib.suppress(OSError):
        for part in folder.glob(f"{station.code}-*{PART}"):  # of writings that were cut off
            part.unlink()
        for path in folder.glob(f"{station.code}-*{SUFFIX}"):
            manifest = _own(station, path)
            if manifest is not None and (manifest.kind, manifest.to) == (kind, to):
                ours.append(_Old(_age(station, manifest), path))
    ours.sort(reverse=True)
    removed: list[str] = []
    for old in ours[KEPT:]:
        with contextlib.suppress(OSError):
            if old.path not in written:
                old.path.unlink()
                removed.append(old.path.name)
    return removed


def _own(station: Station, path: Path) -> Manifest | None:
    """The manifest of a bundle that we signed and that is needed no more; None for any other file."""
    try:
        with durable.open_regular(path) as file:
            stored = container.read_next(file, container.MANIFEST)
            signature = sshsig.parse(container.read_next(file, container.SIGNATURE))
        if not signature.holds(stored):
            return None
        manifest = manifests.decode(stored)
    except (OSError, BundleError):
        return None
    if signature.key not in (station.public_key, station.public_key_for(manifest.to)):
        return None
    return manifest if manifest.from_ == station.code and _is_held(station, manifest) else None


def _is_held(station: Station, manifest: Manifest) -> bool:
    """Whether nothing in a bundle of ours is missing here. A pack is a table of what stands elsewhere."""
    if manifest.kind == "pack":
        return True
    head = station.head(station.code, manifest.epoch, manifest.log.last)
    return head is not None and head.hex() == manifest.log.head


def _age(station: Station, manifest: Manifest) -> tuple[int, int]:
    if manifest.snapshot is not None:
        return manifest.snapshot, manifest.seq
    return int(manifest.epoch == station.epoch), manifest.seq
