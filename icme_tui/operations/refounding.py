"""An office whose home is lost, made again from its recovery sheet and from packs that lie on sticks.

Its journal is gone with its machine, but nothing of it stood only there: the venues keep every fact of their
own and send all of it again, because the new office has no receipt for it. What the old office had entered
itself is read back from the packs that it wrote: they are whole tables, and the recovery identity opens them.
The newest pack of each venue gives the most: also its enrolment, and the ID numbers of its own people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui import facts, putfields
from icme_tui.bundles import check, sshsig, stick
from icme_tui.bundles import manifest as manifests
from icme_tui.bundles.manifest import Manifest
from icme_tui.bundles.trust import PACK, namespace
from icme_tui.cards.keys import record_key
from icme_tui.codes import BundleError
from icme_tui.operations import enrolling

if TYPE_CHECKING:
    from icme_tui.operations.keysheet import Sheet
    from icme_tui.station import Station

KINDS = ("unit", "person", "card", "project", "course", "session", "station")
"""Kinds of rows that become puts of the new office."""

_DERIVED = {"person": ("card",)}
_PORTION = 2_000

Row = dict[str, Any]


class Pack(NamedTuple):
    """A pack of the old office that holds."""

    manifest: Manifest
    rows: list[Row]
    keys: Row
    """The row with the old office's keys."""


class Adopted(NamedTuple):
    """What was read back."""

    packs: dict[str, int]
    """{venue: snapshot of its newest pack}."""
    records: dict[str, int]
    """{kind: how many}."""
    refused: list[tuple[str, str]]
    """(file, reason) of those that are no packs of the old office."""


def adopt(station: Station, sheet: Sheet, paths: Sequence[Path], digits: Iterable[str] = ()) -> Adopted:
    """Read the packs in files and folders, and take over what they say.

    ``digits``: those of the old office's key, where they are not the ones on the sheet. Raises BundleError of
    ``stick.read`` for a file that cannot be read.
    """
    known = {enrolling.plain_digits(each) for each in (sheet.office, *digits) if each}
    newest: dict[str, Pack] = {}
    refused: list[tuple[str, str]] = []
    for path in _files(paths):
        try:
            pack = read_pack(stick.read(path), station.domain, sheet, known)
        except BundleError as reason:
            refused.append((path.name, reason.code))
            continue
        before = newest.get(pack.manifest.to)
        if before is None or (before.manifest.snapshot or 0) < (pack.manifest.snapshot or 0):
            newest[pack.manifest.to] = pack
    packs = sorted(newest.values(), key=lambda pack: pack.manifest.snapshot or 0)
    counts = _take(station, packs)
    return Adopted({pack.manifest.to: pack.manifest.snapshot or 0 for pack in packs}, counts, refused)


def read_pack(data: bytes, domain: str, sheet: Sheet, digits: set[str]) -> Pack:
    """A pack that an office signed whose key has the ``digits`` and that named the next key of ``sheet``.

    Raises BundleError: the codes of the check, ``SIG_UNKNOWN_KEY``, ``PACK_KEYS``.
    """
    stored, armored, cipher = check.check_container(data)
    signature = sshsig.parse(armored)
    if signature.namespace != namespace(PACK, domain):
        raise BundleError("SIG_NAMESPACE")
    if enrolling.plain_digits(signature.key.fingerprint) not in digits:
        raise BundleError("SIG_UNKNOWN_KEY")
    if not signature.holds(stored):
        raise BundleError("SIG_BAD")
    manifest = manifests.decode(stored)
    if manifest.kind != PACK:
        raise BundleError("SIG_WRONG_PRINCIPAL")
    content = check.check_lines(check.check_payload(cipher, manifest, [sheet.recovery]), manifest)
    rows = [row for row in content.rows if row is not None]
    keys = next((row for row in rows if row.get("k") == "keys" and row.get("id") == "office"), {})
    if keys.get("sign_key") != signature.key.line or keys.get("recovery") != sheet.recovery.public:
        raise BundleError("PACK_KEYS")
    return Pack(manifest, rows, keys)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.cmeb")) if path.is_dir() else [path]
    return found


def _take(station: Station, packs: list[Pack]) -> dict[str, int]:
    """Record the rows; of one record those of the highest version together, the newest pack's last."""
    merged: dict[tuple[str, str], tuple[int, Row]] = {}
    for pack in packs:
        for kind, id_, v, fields in _puts_of(pack):
            held = merged.get((kind, id_))
            if held is None or v > held[0]:
                merged[kind, id_] = v, fields
            elif v == held[0]:
                merged[kind, id_] = v, {**held[1], **fields}
    counts: dict[str, int] = {}
    new: list[facts.Put] = []
    with station.writing():
        for (kind, id_), (v, fields) in sorted(merged.items()):
            if kind == "station" and id_ == station.code:
                _take_own(station, fields)
                continue
            counts[kind] = counts.get(kind, 0) + 1
            new.append(facts.PUT_KINDS[kind](id=id_, v=v, set=fields))
        for first in range(0, len(new), _PORTION):
            station.record(*new[first : first + _PORTION])
        newest = max((pack.manifest.snapshot or 0 for pack in packs), default=0)
        station.set_setting("snapshot", max(newest, int(station.setting("snapshot", 0))))
        names = ", ".join(f"{pack.manifest.to} {pack.manifest.snapshot}" for pack in packs)
        station.record(facts.Note(text=f"REFOUNDED from packs: {names or '-'}"))
    return counts


def _puts_of(pack: Pack) -> Iterable[tuple[str, str, int, Row]]:
    for row in pack.rows:
        kind, id_, v = row.get("k"), row.get("id"), row.get("v")
        if kind not in KINDS or not isinstance(id_, str) or not id_ or type(v) is not int or v < 1:
            continue
        fields = {
            name: value
            for name, value in row.items()
            if name not in _DERIVED.get(kind, ()) and putfields.is_field(kind, name, value)
        }
        if kind == "station" and id_ == pack.manifest.to:
            fields |= {"age": pack.manifest.recipients[0], "request": str(pack.keys.get("request", ""))}
        yield kind, id_, v, fields


def _take_own(station: Station, fields: Row) -> None:
    """Of the old office's own row: the keys of its cards, which are listed and stay good, and a new version
    of its record key, as the old one may be in other hands."""
    old = [*(fields.get("replaced_card_keys") or ()), fields.get("card_key")]
    version = min(int(fields.get("key_version", 1)) + 1, enrolling.LAST_KEY_VERSION)
    card_keys = station.setting("card_keys")
    master = bytes.fromhex(station.setting("masters")["k_record"])
    station.set_setting(
        "card_keys", {**card_keys, "record_key": record_key(master, 0, version).hex(), "key_version": version}
    )
    replaced = [str(key) for key in dict.fromkeys(old) if key]
    station.record(station.put("station", station.code, replaced_card_keys=replaced, key_version=version))
