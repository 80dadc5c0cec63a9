"""A dry run of an import: what would become of each file, and nothing is changed.

Files are judged in the order of an import, each on what would be held after those before it, and what
waits in ``inbox/`` is tried again as an import does. After a fork nothing is reckoned with: what follows
it is judged on what is held now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui import facts
from icme_tui.bundles import stick
from icme_tui.bundles.check import Checked
from icme_tui.bundles.trust import PACK
from icme_tui.codes import BundleError
from icme_tui.operations import packchanges, packtaking
from icme_tui.operations.filing import kept_in, name_of
from icme_tui.operations.importing import bundles_in, is_of_another_kind, judge
from icme_tui.operations.packchanges import Changes, Row, Rows

if TYPE_CHECKING:
    from icme_tui.station import Station

REQUEST_SUFFIX = ".enrol"


class Scanned(NamedTuple):
    """What would become of one file."""

    file: Path
    result: str
    """``accept``, ``hold`` or ``quarantine``; ``unreadable`` for a file that stops an import."""
    code: str
    kind: str = ""
    """``facts`` or ``pack``, once the manifest is believed; the following too."""
    sender: str = ""
    seq: int = 0
    made: str = ""
    """When the sender wrote it, by his clock, in UTC."""
    facts: int = 0
    """Facts of a bundle, or rows of a pack."""
    known: int = 0
    """Of a bundle: facts that are held already."""
    snapshot: int = 0
    """Of a pack: its number."""
    from_inbox: bool = False
    name: str = ""
    """What the file was called where it came from."""
    detail: Mapping[str, Any] = {}
    """Of a file that cannot be read: what its sentence needs."""
    changes: Changes | None = None
    """Of a pack that would be taken: what is different in it."""


class Scan(NamedTuple):
    """A folder, or some files, looked through."""

    files: list[Scanned]
    left_alone: int
    """Sound files in the folder that are our own or for another station."""


def scan(station: Station, paths: list[Path], step: Callable[[], None] = lambda: None) -> Scan:
    """Judge files (and folders of them), then what waits in ``inbox/``. ``step`` is called after each file.

    A file that cannot be read is reported with its code (``FILE_UNREADABLE``, ``FILE_NOT_REGULAR`` …).
    """
    named = set(paths)
    held = _Ahead(station)
    found: dict[Path, Scanned] = {}
    left_alone = 0
    for path in files_in(station, paths):
        outcome = _scan_one(station, path, held, choosy=path not in named and not _waits(station, path))
        step()
        if outcome is None:
            left_alone += 1
        else:
            found[path] = outcome
    moved = True
    while moved:  # a file that came later may be the one that another waits for
        moved = False
        for path, before in found.items():
            if before.result == "hold":
                outcome = _scan_one(station, path, held)
                if outcome is not None and outcome.result != "hold":
                    found[path] = outcome
                    moved = True
    return Scan(list(found.values()), left_alone)


def files_in(station: Station, paths: list[Path]) -> list[Path]:
    """What a scan looks at, in its order: the files, those of the folders, and what waits."""
    files = bundles_in(paths)
    return files + [path for path in waiting_files(station) if path not in files]


def waiting_files(station: Station) -> list[Path]:
    """The files in ``inbox/``."""
    return kept_in(station.folders.inbox)


def requests_in(folder: Path) -> list[Path]:
    """The enrolment requests that lie in a folder, by name."""
    return sorted(folder.glob(f"*{REQUEST_SUFFIX}"))


def _waits(station: Station, path: Path) -> bool:
    return path.parent == station.folders.inbox


def _scan_one(station: Station, path: Path, held: _Ahead, *, choosy: bool = False) -> Scanned | None:
    """Judge one file. ``choosy``: None for a file that is sound but not meant for us."""
    waits = _waits(station, path)
    name = name_of(path) if waits else path.name
    try:
        data = stick.read(path)
    except BundleError as refusal:
        return Scanned(path, "unreadable", refusal.code, from_inbox=waits, name=name, detail=refusal.detail)
    if choosy and is_of_another_kind(station, data):
        return None
    checked = judge(station, data, held)
    if choosy and checked.code == "AUDIENCE":
        return None
    result, code = checked.result, checked.code
    if result == "accept" and (refused := _refused_pack(station, checked)):
        result, code = "quarantine", refused
    manifest = checked.manifest
    if manifest is None:
        return Scanned(path, result, code, from_inbox=waits, name=name)
    log = manifest.log
    is_pack = manifest.kind == PACK
    known = 0
    changes = (
        held.changes(checked.content.rows) if checked.content and is_pack and result == "accept" else None
    )
    if checked.content is not None and not is_pack:
        known = len({p for p, _hash in held.hashes(manifest.from_, manifest.epoch, log.first, log.last)})
    if result == "accept":
        held.take(checked)
    return Scanned(
        path,
        result,
        code,
        manifest.kind,
        manifest.from_,
        manifest.seq,
        manifest.made.wall,
        log.n,
        known,
        manifest.snapshot or 0,
        waits,
        name,
        changes=changes,
    )


def _refused_pack(station: Station, checked: Checked) -> str:
    """Why the rows of a sound pack would be refused, or nothing."""
    if checked.content is None or checked.manifest is None or checked.manifest.kind != PACK:
        return ""
    try:
        packtaking.office_keys(station, checked.signer, [row for row in checked.content.rows if row])
    except BundleError as refusal:
        return refusal.code
    return ""


class _Run(NamedTuple):
    """What would have come after what is held of an epoch."""

    after: int
    hashes: list[bytes]
    heads: list[bytes]


class _Ahead:
    """What a station would hold after taking in what was accepted so far (``bundles.held.Held``)."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._runs: dict[tuple[str, str], _Run] = {}
        self._snapshot: int | None = None
        self._pack: Rows | None = None

    def changes(self, rows: Sequence[Row | None]) -> Changes:
        """What a pack with these rows would change."""
        before = self._pack or packchanges.in_force(self._station)
        return packchanges.between(before, packchanges.laid(rows))

    def highest(self, station: str, epoch: str) -> int:
        run = self._runs.get((station, epoch))
        return run.after + len(run.hashes) if run else self._station.highest(station, epoch)

    def head(self, station: str, epoch: str, position: int) -> bytes | None:
        run = self._runs.get((station, epoch))
        if run and run.after < position <= run.after + len(run.heads):
            return run.heads[position - run.after - 1]
        return self._station.head(station, epoch, position)

    def hashes(self, station: str, epoch: str, first: int, last: int) -> list[tuple[int, bytes]]:
        found = self._station.hashes(station, epoch, first, last)
        run = self._runs.get((station, epoch))
        if run:
            found = [each for each in found if each[0] <= run.after]
            found += [each for each in enumerate(run.hashes, run.after + 1) if first <= each[0] <= last]
        return found

    def snapshot(self) -> int | None:
        return self._station.snapshot() if self._snapshot is None else self._snapshot

    def take(self, checked: Checked) -> None:
        """Reckon with a bundle or pack that would be accepted."""
        manifest, content = checked.manifest, checked.content
        if manifest is None or content is None:
            return
        if manifest.kind == PACK:
            self._snapshot = manifest.snapshot
            self._pack = packchanges.laid(content.rows)
            return
        key, log = (manifest.from_, manifest.epoch), manifest.log
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = _Run(self._station.highest(*key), [], [])
        top = run.after + len(run.hashes)
        head = run.heads[-1] if run.heads else self._station.head(*key, run.after)
        for content_hash in content.hashes[max(0, top + 1 - log.first) :]:
            head = facts.chain_next(head or b"", content_hash)
            run.hashes.append(content_hash)
            run.heads.append(head)
