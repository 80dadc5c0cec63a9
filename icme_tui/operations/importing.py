"""Importing: bundles at the office, packs at a venue.

What is accepted is merged in one transaction. What has to wait stays in ``inbox/`` and is tried again at
every import; what is refused stays in ``quarantine/`` with its reason. Nothing that somebody brought is
deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.bundles import container, sshsig, stick
from icme_tui.bundles.check import AT_ONCE, Checked, check
from icme_tui.bundles.held import Held
from icme_tui.bundles.trust import FACTS, PACK, Signer, Trust, namespace
from icme_tui.codes import BundleError, StoreError
from icme_tui.facts import decode_many
from icme_tui.operations import (
    enrolling,
    filing,
    harvesting,
    packchanges,
    packtaking,
    quarantine,
    receipts,
    reporting,
    rotating,
)
from icme_tui.operations.filing import SUFFIX
from icme_tui.operations.importturn import import_turn
from icme_tui.operations.packchanges import Changes
from icme_tui.station import Merged

if TYPE_CHECKING:
    from icme_tui.bundles.check import Content
    from icme_tui.bundles.manifest import Manifest
    from icme_tui.station import Station


class Imported(NamedTuple):
    """What became of one file."""

    file: Path
    result: str
    """``accept``, ``hold`` or ``quarantine``; ``unreadable`` for what lies in a folder and is no file."""
    code: str
    kind: str = ""
    """``facts`` or ``pack``, once the manifest is believed; the following too."""
    sender: str = ""
    facts: int = 0
    """Facts of a bundle, or rows of a pack."""
    new: int = 0
    known: int = 0
    """Of a bundle: facts that were not held before, and those that were."""
    from_inbox: bool = False
    """Whether it had waited in ``inbox/``."""
    name: str = ""
    """What the file was called where it came from."""
    brought: Mapping[str, int] = {}
    """Of a pack that was put in force: see ``packtaking.brought``."""
    changes: Changes | None = None
    """Of a pack that was put in force: what is different now."""


def bundles_in(paths: list[Path]) -> list[Path]:
    """The files named, and of each folder named (a stick) the bundles that lie in it, by name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    return found


def import_files(
    station: Station, paths: list[Path], step: Callable[[], None] = lambda: None
) -> list[Imported]:
    """Take in files (and folders of them), then try again what waits in ``inbox/``.

    Of what lies in a folder, our own bundles and those for other stations are left alone: one stick serves
    many. ``step`` is called after each file. Raises StoreError, and before anything is taken in, for a file
    that was named, BundleError ``FILE_MISSING``, ``FILE_NOT_REGULAR``, ``FILE_TOO_LARGE``,
    ``FILE_UNREADABLE``, ``ENROLMENT_REQUEST``, ``NOT_A_BUNDLE``; RuleError ``IMPORT_RUNNING``.
    """
    results: list[Imported] = []
    digests: set[str] = set()
    named = set(paths)
    files = bundles_in(paths)
    for path in files:
        if path in named:
            data = stick.read(path)
            _refuse_others(path, data)
            digests.add(filing.digest(data))
    with import_turn(station):
        for path in files:
            outcome = _import_one(station, path, choosy=path not in named, digests=digests)
            if outcome is not None:
                results.append(outcome)
            step()
        return results + _try_waiting(station, digests)


def import_found(station: Station, files: list[Path]) -> list[Imported]:
    """Take in files that nobody has named: our own and those for other stations are left alone. Then try
    again what waits. Raises StoreError, RuleError ``IMPORT_RUNNING``."""
    digests: set[str] = set()
    with import_turn(station):
        found = [_import_one(station, path, choosy=True, digests=digests) for path in files]
        return [each for each in found if each is not None] + _try_waiting(station, digests)


def _refuse_others(path: Path, data: bytes) -> None:
    """Some file that was named by mistake is not copied into ``quarantine/``: it may be a secret."""
    if _is_container(data, container.ENROLMENT):
        raise BundleError("ENROLMENT_REQUEST", file=path.name)
    if path.suffix.lower() != SUFFIX and not _is_container(data, container.BUNDLE):
        raise BundleError("NOT_A_BUNDLE", file=path.name)


def _is_container(data: bytes, members: tuple[container.Member, ...]) -> bool:
    try:
        container.read(data, members)
    except BundleError:
        return False
    return True


def try_waiting(station: Station) -> list[Imported]:
    """Try the files in ``inbox/`` again until none of them gets any further. Raises RuleError
    ``IMPORT_RUNNING``."""
    with import_turn(station):
        return _try_waiting(station, set())


def _try_waiting(station: Station, just_tried: set[str]) -> list[Imported]:
    """Those in ``just_tried`` (SHA-256 of the file) are reported only if something has changed for them."""
    waiting: dict[Path, Imported | None] = {}
    moved = True
    while moved:
        moved = False
        for path in filing.kept_in(station.folders.inbox):
            outcome = _import_one(station, path)
            waiting[path] = outcome
            if outcome is not None and outcome.result not in ("hold", "unreadable"):
                path.unlink()
                path.with_suffix(".json").unlink(missing_ok=True)
                moved = True
    return [
        outcome._replace(from_inbox=True)
        for path, outcome in waiting.items()
        if outcome is not None and (outcome.result != "hold" or path.stem not in just_tried)
    ]


def is_of_another_kind(station: Station, data: bytes) -> bool:
    """Whether it is one of our own, or a pack where bundles are wanted, or the other way round."""
    try:
        _stored, armored, _cipher = container.read(data, container.BUNDLE)
        signature = sshsig.parse(armored)
    except BundleError:
        return False
    wanted = PACK if station.role == "venue" else FACTS
    return signature.key == station.public_key or signature.namespace != namespace(wanted, station.domain)


def _import_one(
    station: Station, path: Path, *, choosy: bool = False, digests: set[str] | None = None
) -> Imported | None:
    """Take in one file, and note its SHA-256 in ``digests``. ``choosy``: None for a file that is sound but
    not meant for us."""
    try:
        data = stick.read(path)
    except BundleError as refusal:
        return Imported(path, "unreadable", refusal.code, name=path.name)
    if digests is not None:
        digests.add(filing.digest(data))
    if choosy and is_of_another_kind(station, data):
        return None
    if quarantine.is_rejected(station, filing.digest(data)):
        return Imported(path, "quarantine", "REJECTED", name=path.name)
    checked = judge(station, data)
    if choosy and checked.code == "AUDIENCE":
        return None
    changes = _changes(station, checked)
    name = filing.name_of(path) if path.parent == station.folders.inbox else path.name
    checked, merged = settle(station, checked, name=name)
    filing.keep(station, data, name, checked)
    if checked.result == "quarantine":
        quarantine.note(station, filing.digest(data), None)
    manifest = checked.manifest
    if manifest is None:
        return Imported(path, checked.result, checked.code, name=name)
    content = checked.content if checked.result == "accept" and manifest.kind == PACK else None
    return Imported(
        path,
        checked.result,
        checked.code,
        manifest.kind,
        manifest.from_,
        manifest.log.n,
        merged.new if merged else 0,
        merged.known if merged else 0,
        name=name,
        brought=packtaking.brought(content.rows) if content else {},
        changes=changes if content else None,
    )


def _changes(station: Station, checked: Checked) -> Changes | None:
    """What a pack would change that is about to be taken."""
    manifest, content = checked.manifest, checked.content
    if checked.result != "accept" or manifest is None or content is None or manifest.kind != PACK:
        return None
    return packchanges.between(packchanges.in_force(station), packchanges.laid(content.rows))


def settle(
    station: Station, checked: Checked, also: Callable[[Checked], None] = lambda now: None, name: str = ""
) -> tuple[Checked, Merged | None]:
    """Do what was judged, then ``also`` with it, in one transaction. What turns out there not to hold is
    refused and undone. ``name`` is what the file was called where it came from, for the report."""
    try:
        with station.writing():
            merged = _take(station, checked)
            if checked.code == "FORK" and merged and _is_decided(station, checked, merged):
                checked = replace(checked, result="accept", code="OK")
            receipts.note_bundle(station, checked, merged)
            reporting.note(station, checked, merged, name)
            rotating.heard(station, checked)
            also(checked)
    except BundleError as refusal:  # a pack whose rows do not hold, or that another program has taken in
        if refusal.code == "ROLLBACK" and checked.bundle_id == packtaking.in_force(station):
            return replace(checked, content=None), None
        refused = replace(checked, result="quarantine", code=refusal.code)
    except (StoreError, OSError):
        raise
    except Exception:
        refused = replace(checked, result="quarantine", code="BUNDLE_FAULT")
    else:
        station.keep_recovery_slot()
        rotating.settle(station)
        return checked, merged
    with station.writing():
        receipts.note_bundle(station, refused, None)
        reporting.note(station, refused, None, name)
    return refused, None


def _is_decided(station: Station, checked: Checked, merged: Merged) -> bool:
    """Whether nothing of a bundle that disagrees with what is held waits for a decision: what is forked was
    decided, and what is new of it goes on from there."""
    manifest = checked.manifest
    if manifest is None or open_forks(station, checked) or merged.forked:
        return False
    return not merged.new or station.is_forked(manifest.from_, manifest.epoch, manifest.log.last + 1)


def open_forks(station: Station, checked: Checked) -> int:
    """How many places of the epoch of a bundle have two histories, and nobody has decided."""
    manifest = checked.manifest
    if manifest is None:
        return 0
    prefix = f"FORK:{manifest.from_}/{manifest.epoch}/"
    return sum(flag.startswith(prefix) for flag in station.stored_flags())


def judge(station: Station, data: bytes, held: Held | None = None) -> Checked:
    """What this station makes of a file; ``held`` stands in for what the station itself holds."""
    now = station.clock.read().wall_ms
    checked = check(data, _trust(station, data), station.age_identities, station.code, held or station, now)
    if checked.code in ("ROLLBACK", "KEY_REVOKED") and packtaking.was_taken(station, checked.bundle_id):
        code = "OK" if checked.bundle_id == packtaking.in_force(station) else "ALREADY_TAKEN"
        return replace(checked, result="accept", code=code, content=None)
    if checked.code == "ROLLBACK" and packtaking.begins_anew(station, checked.signer):
        return replace(checked, result="accept", code="OK")
    return checked


def _trust(station: Station, data: bytes) -> Trust:
    """The station's trust. Before the first pack it is the key whose digits the operator has typed."""
    trust = station.trust()
    typed = station.setting(enrolling.TYPED)
    if trust.is_confirmed or typed is None:
        return trust
    try:
        _stored, armored, _cipher = container.read(data, container.BUNDLE)
        key = sshsig.parse(armored).key
    except BundleError:
        return trust
    if enrolling.plain_digits(key.fingerprint) != typed:
        return trust
    return Trust({key: (Signer(("*",), (namespace(PACK, station.domain),)),)})


def _take(station: Station, checked: Checked) -> Merged | None:
    """Merge or lay down what was accepted, inside a transaction. The lines of a fork are kept too."""
    manifest, content = checked.manifest, checked.content
    if manifest is None or content is None:
        return None
    if manifest.kind == PACK:
        if checked.result == "accept":
            packtaking.take(station, manifest, checked.bundle_id, checked.signer, content.rows)
        return None
    if checked.result != "accept" and checked.code != "FORK":
        return None
    merged = _absorb(station, manifest, content, is_whole=checked.result == "accept")
    if merged.new:
        harvesting.flag_forger(station, manifest.from_, manifest.epoch, manifest.log.first, manifest.log.last)
    return merged


def _absorb(station: Station, manifest: Manifest, content: Content, *, is_whole: bool) -> Merged:
    """Merge the lines of a bundle; a flood of them by portions, as they are decoded. ``is_whole``: the head
    that the manifest tells is that of all that is held."""
    log, every = manifest.log, len(content.lines)
    source, head = (manifest.from_, manifest.epoch), bytes.fromhex(log.head) if is_whole else None
    if len(content.facts) == every:
        lines, hashes, packed = content.lines, content.hashes, content.packed
        return station.absorb(*source, log.first, lines, hashes, content.facts, packed, head)
    merged = Merged(0, 0, 0)
    for start in range(0, every, AT_ONCE):
        lines, hashes = (part[start : start + AT_ONCE] for part in (content.lines, content.hashes))
        last = head if start + AT_ONCE >= every else None
        some = station.absorb(*source, log.first + start, lines, hashes, decode_many(lines), None, last)
        merged = Merged(*map(sum, zip(merged, some, strict=True)))
    return merged
