"""What exports and packs share: the stamp of a bundle, its place in a row of bundles, and its way out."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import __version__, durable
from icme_tui.bundles import build, stick
from icme_tui.bundles.build import Built, Route
from icme_tui.bundles.manifest import NO_MANIFEST, SCHEMA, Made
from icme_tui.bundles.trust import namespace
from icme_tui.clock import format_seconds

if TYPE_CHECKING:
    from icme_tui.station import Station


class Sent(NamedTuple):
    """A file that was written, read back and verified."""

    file: Path
    to: str
    facts: int
    """Facts of a bundle, or rows of a pack."""
    first: int
    last: int
    bytes: int
    bundle_id: str


def made_now(station: Station) -> Made:
    """When, in what state of the clock and with which program."""
    reading = station.clock.read()
    clock = "suspect" if station.is_clock_suspect(reading) else "synced" if reading.synced else "unsynced"
    return Made(wall=format_seconds(reading.wall_ms), clock=clock, sw=__version__, schema=SCHEMA)


def next_route(station: Station, epoch: str, to: str, recipients: list[str]) -> Route:
    """The next bundle of ours in an epoch."""
    last = station.setting("sent", {}).get(epoch, {"seq": 0, "id": NO_MANIFEST})
    return Route(station.code, to, epoch, last["seq"] + 1, last["id"], recipients, station.successor_for(to))


def count(station: Station, built: Built) -> None:
    """The next bundle of this epoch comes after this one."""
    manifest = built.manifest
    with station.writing():
        sent = station.setting("sent", {})
        if sent.get(manifest.epoch, {"seq": 0})["seq"] < manifest.seq:
            sent[manifest.epoch] = {"seq": manifest.seq, "id": built.bundle_id}
            station.set_setting("sent", sent)


def send(station: Station, kind: str, built: Built, folder: Path) -> Sent:
    """Keep a bundle in ``outbox/`` and write it to ``folder``, read back and verified; then count it.

    Raises BundleError (see ``bundles.stick.write``).
    """
    on = stick.medium(folder)
    kept = station.folders.outbox / _free_name(station.folders.outbox, built.name)
    durable.write_atomic(kept, built.data)
    own, use = station.public_key_for(built.manifest.to), namespace(kind, station.domain)
    if folder.resolve() == station.folders.outbox.resolve():
        path = kept
        build.verify_own(durable.read_regular(path, len(built.data)), own, use)
    else:
        name = _free_name(folder, built.name)
        path = stick.write(folder, name, built.data, lambda back: build.verify_own(back, own, use), on)
    count(station, built)
    manifest = built.manifest
    log = manifest.log
    return Sent(path, manifest.to, log.n, log.first, log.last, len(built.data), built.bundle_id)


def _free_name(folder: Path, name: str) -> str:
    """``name``, or with a number behind it where something has that name already.

    A restored or copied home counts its bundles from where the copy stood, so two bundles may be named
    alike; the one that lies there may hold facts that are nowhere else by now.
    """
    stem, dot, suffix = name.rpartition(".")
    taken = (f"{stem}-{number}{dot}{suffix}" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], taken) if not (folder / one).exists())
