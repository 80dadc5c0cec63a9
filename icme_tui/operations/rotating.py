"""New keys in the place of old ones, without anybody's work but the usual sticks.

The owner makes new keys and goes on signing with the old one; every bundle or pack names the new one
(``bundles.rotation``). Once the other side is known to have taken it over, the new key signs and the old
one is forgotten. A venue knows it by its own row in a pack; the office by a venue's acknowledgement of a
pack that named the new key, for each venue by itself.

At the office the old key of a venue stays good until the first bundle comes that the new one signed; then it
is revoked, with good marks at all that was received.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icme_tui import facts
from icme_tui.bundles import age, rotation
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.clock import minute_of
from icme_tui.codes import RuleError
from icme_tui.keyring import Keyring, read_keyring
from icme_tui.operations import enrolling, keychanges, revoking
from icme_tui.station import AGE_OTHER, NEW_SIGN, PACKS_AHEAD, ROTATION

if TYPE_CHECKING:
    from icme_tui.bundles.check import Checked
    from icme_tui.station import Record, Station

NEW_AGE = f"{AGE_OTHER}new"
"""Name in the keyring of a venue's identity that its office does not know yet."""

ROTATES, ROTATED, SUPERSEDED = "KEY_ROTATES", "KEY_ROTATED", "ROTATED"
"""Beginnings of notes, and the reason of a revocation."""


def rotate(station: Station, reason: str) -> str:
    """Give the station a new signing key and a new age identity; its 30 digits.

    Given again after it was cut, it comes to its end. Raises RuleError ``NO_OFFICE_KEY`` (a venue before its
    first pack), ``REASON_MISSING``, ``ROTATION_OPEN`` (the last one is still on its way).
    """
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    if station.role == "venue" and station.setting("recipients") is None:
        raise RuleError("NO_OFFICE_KEY")
    keyring = read_keyring(station.folders.keyring)
    new = station.new_public_key
    if new is not None and station.setting(ROTATION) is not None:
        raise RuleError("ROTATION_OPEN", digits=new.fingerprint)
    if new is None:
        key, identity = SigningKey.generate(), age.Identity.generate()
        new = key.public
        keyring = station.seal_key(keyring, NEW_SIGN, key.to_openssh())
        secret = identity.secret().encode()
        if station.role == "venue":
            keyring = station.seal_key(keyring, NEW_AGE, secret)
        else:  # its packs tell the recipient
            keyring = station.seal_key(with_old_age(station, keyring), "age", secret)

    def note() -> None:
        station.set_setting(ROTATION, {"told": {}})
        station.record(facts.Note(text=f"{ROTATES} {new.fingerprint}: {reason.strip()}"))

    keychanges.apply(station, keyring, note)
    return new.fingerprint


def waiting_for(station: Station) -> list[str]:
    """At an office, the venues that have not yet taken over its new key."""
    if station.new_public_key is None:
        return []
    return [
        record.id
        for record in station.registry.all("station")
        if _is_served(station, record) and station.public_key_for(record.id) == station.public_key
    ]


def settle(station: Station) -> bool:
    """Let the new key take the place of the old one where the other side has it. Whether it did.

    Where this was cut between keyring and journal, the journal is told.
    """
    new = station.new_public_key
    if new is None:
        if station.setting(ROTATION) is None:
            return False
        with station.writing():
            _note_done(station)
        return True
    own = station.registry.get("station", station.code)
    if station.role == "venue" and (own is None or own.body.get("sign_key") != new.line):
        return False
    if station.role == "office" and waiting_for(station):
        return False
    keyring = read_keyring(station.folders.keyring)
    keyring = station.move_key(keyring, NEW_SIGN, "sign")
    if NEW_AGE in keyring.keys:
        keyring = station.move_key(with_old_age(station, keyring), NEW_AGE, "age")
    keychanges.apply(station, keyring, lambda: _note_done(station, new))
    return True


def _note_done(station: Station, new: PublicKey | None = None) -> None:
    key = station.public_key if new is None else new
    station.set_setting(ROTATION, None)
    station.record(facts.Note(text=f"{ROTATED} {key.fingerprint}"))
    if station.role == "office":
        station.record(
            station.put("station", station.code, sign_key=key.line, age=station.age_identity.public)
        )


def heard(station: Station, checked: Checked) -> None:
    """At the office, inside the transaction of a bundle: what it says of keys. One that waits for others
    tells which pack its sender has: the next one has to be signed so that it is believed there."""
    manifest, signer = checked.manifest, checked.signer
    if station.role != "office" or manifest is None or signer is None or checked.result == "quarantine":
        return
    record = station.registry.get("station", manifest.from_)
    if record is None or record.body.get("state") == revoking.REVOKED:
        return
    rotated = [str(line) for line in record.body.get("rotated_keys") or ()]
    if signer.line not in (record.body.get("sign_key"), *rotated):
        return  # of a key that was withdrawn the past is good; it says nothing new
    if manifest.ack.pack <= _last_number(station):
        station.note_acknowledged(manifest.from_, manifest.ack.pack)
    if checked.result != "accept":
        return
    following = rotation.successor(manifest, signer, station.domain)
    if following is not None:
        _take_over(station, record, signer, following)
    elif signer.line == record.body.get("sign_key") and rotated:
        _retire(station, record, rotated)


def _last_number(station: Station) -> int:
    """Beyond this no pack of ours is numbered, whatever a home that was lost has written: who says to have
    taken one has it from somebody else."""
    written, now = int(station.setting("snapshot", 0)), minute_of(station.clock.read().wall_ms)
    return max(written, now) + PACKS_AHEAD


def _take_over(station: Station, record: Record, signer: PublicKey, following: rotation.Successor) -> None:
    key, before = following.key, list(record.body.get("rotated_keys") or ())
    if key.line in (record.body.get("sign_key"), *before):  # an old stick tells what is over
        return
    if enrolling.is_unfit(station, key, record.id):
        return
    rotated = list(dict.fromkeys([*before, signer.line]))
    fields = {"sign_key": key.line, "age": following.age, "rotated_keys": rotated}
    passed = str(record.body["sign_key"])
    if passed not in rotated:  # it was named and has not signed: a stick that names it may still lie about
        fields["replaced_keys"] = [*(record.body.get("replaced_keys") or ()), passed]
        station.record(facts.Revoke(key=passed, reason=SUPERSEDED))
    station.record(station.put("station", record.id, **fields))


def _retire(station: Station, record: Record, rotated: list[str]) -> None:
    """The new key has signed: the old ones are good for what was received, and for nothing else."""
    received = revoking.received_marks(station, record.id)
    told: dict[str, list[str | int]] = {epoch: [pos, head] for epoch, (pos, head) in received.items()}
    station.record(
        *(facts.Revoke(key=line, marks=told or None, reason=SUPERSEDED) for line in rotated),
        station.put(
            "station",
            record.id,
            rotated_keys=[],
            replaced_keys=[*(record.body.get("replaced_keys") or ()), *rotated],
            good_marks=revoking.good_marks(record, dict.fromkeys(rotated, received)),
        ),
    )


def _is_served(station: Station, record: Record) -> bool:
    is_ours = record.id != station.code and "request" in record.body
    return is_ours and record.body.get("state") != revoking.REVOKED


def with_old_age(station: Station, keyring: Keyring) -> Keyring:
    """The keyring with the identity in use kept beside: what is on its way was encrypted to it."""
    taken = [int(name[len(AGE_OTHER) :]) for name in keyring.keys if re.fullmatch(r"age-[0-9]+", name)]
    return station.seal_key(
        keyring, f"{AGE_OTHER}{max(taken, default=0) + 1:04d}", station.age_identity.secret().encode()
    )
