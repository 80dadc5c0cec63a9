"""Putting a checked pack in force at a venue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from icme_tui import facts
from icme_tui.bundles import age, rotation
from icme_tui.bundles.keys import PublicKey
from icme_tui.clock import parse_utc
from icme_tui.codes import BundleError
from icme_tui.operations import enrolling, receipts
from icme_tui.station import FORMER_KEYS

if TYPE_CHECKING:
    from icme_tui.bundles.manifest import Manifest
    from icme_tui.station import Station

Row = dict[str, Any]

LAID_KINDS = ("unit", "person", "card", "project", "course", "session", "station", "blacklist", "policy")
"""Kinds whose rows the venue shows; receipts and keys are taken into its settings."""

TAKEN = "packs_taken"
"""Setting: ids of the packs that were put in force here, the newest last."""

_MOST_TAKEN = 500
_MARKS = ("k", "id", "v")
_LAST_VERSION = 2**52
"""Beyond it there would be no room for our own edits: a put's version has 53 bits."""


def in_force(station: Station) -> str | None:
    """Id of the pack in force (SHA-256 of its manifest), or None."""
    pack = station.setting("pack")
    return None if pack is None else str(pack["sha256"])


def was_taken(station: Station, bundle_id: str) -> bool:
    """Whether this very pack was put in force here before. It lies on sticks long after a newer one came."""
    return bundle_id == in_force(station) or bundle_id in station.setting(TAKEN, [])


def begins_anew(station: Station, signer: PublicKey | None) -> bool:
    """Whether the office's next key signs here for the first time. Its packs count from there: whoever has
    the lost key can have given his any number. From then on no pack of the lost key counts at all."""
    pinned = station.setting("office_next_key")
    return signer is not None and signer.line == pinned != station.setting("office_key")


def brought(rows: Sequence[Row | None]) -> dict[str, int]:
    """How much of each kind a pack brings: ``people``, ``courses``, ``sessions``, ``cards`` that work, and
    ``blocked`` ones."""
    counts = Counter(str(row.get("k")) for row in rows if row is not None)
    working = sum(
        row is not None and row.get("k") == "card" and row.get("state", "active") == "active" for row in rows
    )
    return {
        "people": counts["person"],
        "courses": counts["course"],
        "sessions": counts["session"],
        "cards": working,
        "blocked": counts["blacklist"],
    }


def take(
    station: Station,
    manifest: Manifest,
    bundle_id: str,
    signer: PublicKey | None,
    rows: Sequence[Row | None],
) -> None:
    """Lay the rows of a pack under our own facts, inside a transaction, and record that it is in force.

    The first pack pins the office: its code, its key, and to whom we encrypt.

    Raises BundleError ``PACK_KEYS`` (the row with the office's keys is missing or does not name the key that
    signed), ``REQUEST_MISMATCH`` (it answers another request than ours), ``ROLLBACK`` (another program has
    put this one or a newer one in force since it was judged).
    """
    if (manifest.snapshot or 0) <= (station.snapshot() or -1) and not begins_anew(station, signer):
        raise BundleError("ROLLBACK")
    good = [row for row in rows if row is not None]
    keys = office_keys(station, signer, good)
    station.believe_office(manifest.from_)
    _forget_key(station, str(keys["sign_key"]))
    station.set_setting("office_key", keys["sign_key"])
    station.set_setting("office_next_key", keys.get("next_key"))
    following = rotation.successor(manifest, signer, station.domain) if signer is not None else None
    station.set_setting("office_new_key", following.key.line if following is not None else None)
    station.set_setting("recipients", [keys["age"], keys["recovery"]])
    _take_card_keys(station, good)
    station.lay_pack([laid for row in good if (laid := laid_row(row)) is not None])
    office_time = manifest.office_time or ""
    station.set_setting(
        "pack",
        {
            "snapshot": manifest.snapshot,
            "sha256": bundle_id,
            "expires": manifest.expires,
            "office_time": office_time,
        },
    )
    station.set_setting(TAKEN, [*station.setting(TAKEN, []), bundle_id][-_MOST_TAKEN:])
    station.believe_office_time(parse_utc(office_time))
    if not receipts.take_receipts(station, [row for row in good if row.get("k") == "receipt"]):
        station.begin_epoch("RECEIPT_DIFFERS")
    station.record(facts.PackTaken(snapshot=manifest.snapshot or 0, sha256=bundle_id))


def office_keys(station: Station, signer: PublicKey | None, rows: Sequence[Row]) -> Row:
    """The row with the office's keys, if it may be believed here. Raises BundleError (see ``take``)."""
    row = _row(rows, "keys", "office")
    recipients = [row.get("age"), row.get("recovery")]
    if signer is None or row.get("sign_key") != signer.line:
        raise BundleError("PACK_KEYS")
    if not all(isinstance(each, str) and age.is_recipient(each) for each in recipients):
        raise BundleError("PACK_KEYS")
    if not _keeps_the_safe(station, signer, row):
        raise BundleError("PACK_KEYS")
    if row.get("request") != enrolling.request_hash(station):
        raise BundleError("REQUEST_MISMATCH")
    return row


def _keeps_the_safe(station: Station, signer: PublicKey, row: Row) -> bool:
    """Whether what lies in the office's safe stays as it is pinned here: the next key and the recovery
    identity. Only the next key itself, once it signs, names others; whoever has stolen the office's key must
    not lock out the one that is to replace it.
    """
    pinned = station.setting("office_next_key")
    if pinned is None or signer.line == pinned:
        return True
    return bool(row.get("next_key") == pinned and row.get("recovery") == station.recovery_recipient)


def _forget_key(station: Station, new: str) -> None:
    """The office signs with another key now: packs of the old one may still lie on sticks."""
    former = [*station.setting(FORMER_KEYS, []), station.setting("office_key")]
    kept = [line for line in dict.fromkeys(former) if line is not None and line != new]
    station.set_setting(FORMER_KEYS, kept)


def _take_card_keys(station: Station, rows: list[Row]) -> None:
    row = _row(rows, "keys", "cards")
    names = ("k_a", "k_ring", "k_issue", "record_key")
    taken: Row = {name: row[name] for name in names if _is_key(row.get(name))}
    version = row.get("key_version")
    if {"k_a", "k_ring", "record_key"} <= taken.keys() and isinstance(version, int) and 0 <= version <= 7:
        station.set_setting("card_keys", {**taken, "key_version": version})
        if (
            version > 1 and not station.draws_codes
        ):  # the venue was admitted anew, in the place of a lost home
            station.draw_codes()


def _is_key(value: object) -> bool:
    """16 bytes in hex."""
    if not isinstance(value, str) or len(value) != 32:
        return False
    return all(char in "0123456789abcdef" for char in value)


def _row(rows: Sequence[Row], kind: str, id_: str) -> Row:
    return next((row for row in rows if row.get("k") == kind and row.get("id") == id_), {})


def laid_row(row: Row) -> tuple[str, str, int, Row] | None:
    """(kind, id, v, body) of a row that is shown; None for one of another kind or without what it needs."""
    kind, id_, v = row.get("k"), row.get("id"), row.get("v", 1)
    if kind == "blacklist" and id_ is None:
        id_ = row.get("card")
    if kind not in LAID_KINDS or not isinstance(id_, str) or not id_:
        return None
    if type(v) is not int or not 1 <= v <= _LAST_VERSION:
        return None
    return kind, id_, v, {name: value for name, value in row.items() if name not in _MARKS}
