"""Whom a station believes: the keys that sign what it reads, and those that sign cards."""

from __future__ import annotations

from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.trust import FACTS, PACK, Mark, Signer, Trust, namespace
from icme_tui.codes import BundleError
from icme_tui.station.view import View
from icme_tui.store.registry import Record

OFFICE_KEYS = ("office_key", "office_new_key", "office_next_key")
"""Settings of a venue: the key of its office, the one that will take its place, and the one that counts when
the office has lost its own."""

FORMER_KEYS = "office_former_keys"
"""Setting of a venue: keys that its office had before."""


def trust_of_venue(view: View, office_code: str, domain: str) -> Trust:
    """A venue believes its office, once its key is confirmed."""
    if view.setting("office_key") is None:
        return Trust(is_confirmed=False)
    office = Signer((office_code,), (namespace(PACK, domain),))
    pinned = [key_in(view.setting(name)) for name in OFFICE_KEYS]
    former = [key_in(line) for line in view.setting(FORMER_KEYS, [])]
    # Of no epoch anything is good; but whose pack it is can still be told.
    withdrawn = {key: dict[str, Mark]() for key in former if key is not None and key not in pinned}
    return Trust({key: (office,) for key in (*pinned, *former) if key is not None}, withdrawn)


def trust_of_office(view: View, domain: str) -> Trust:
    """An office believes the venues that it has enrolled, and none of their keys beyond its revocation."""
    signers: dict[PublicKey, tuple[Signer, ...]] = {}
    revoked: dict[PublicKey, dict[str, Mark] | None] = {}
    for record in view.registry.all("station"):
        if "sign_key" not in record.body:
            continue
        key = PublicKey.from_line(record.body["sign_key"])
        signer = Signer((record.id,), (namespace(FACTS, domain),))
        signers[key] = (*signers.get(key, ()), signer)
        if record.body.get("state") == "revoked":
            revoked[key] = _marks_of(record, key)
        for line in record.body.get("rotated_keys", ()):
            signers[PublicKey.from_line(line)] = (signer,)
            if record.body.get("state") == "revoked":
                revoked[PublicKey.from_line(line)] = _marks_of(record, PublicKey.from_line(line))
        for line in record.body.get("replaced_keys", ()):
            replaced = PublicKey.from_line(line)
            signers[replaced] = (signer,)
            revoked[replaced] = _marks_of(record, replaced)
    return Trust(signers, revoked)


def issuers_of(view: View) -> tuple[dict[int, bytes], dict[int, tuple[bytes, ...]]]:
    """By station number: the raw key with which it signs cards, and those of it that were revoked."""
    issuers: dict[int, bytes] = {}
    lost: dict[int, tuple[bytes, ...]] = {}
    for record in view.registry.all("station"):
        if isinstance(number := record.body.get("number"), int):
            good, bad = _card_keys_of(record)
            lost[number] = bad
            if good is not None:
                issuers[number] = good
    return issuers, lost


def key_in(line: object) -> PublicKey | None:
    """A public key, or None for what cannot be read as one: then nothing that it signed is believed."""
    try:
        return PublicKey.from_line(line) if isinstance(line, str) else None
    except BundleError:
        return None


def _card_keys_of(record: Record) -> tuple[bytes | None, tuple[bytes, ...]]:
    """The key with which a station signs cards, and those of it that were revoked."""
    keys = [key_in(record.body.get("card_key"))]
    keys += [key_in(line) for line in record.body.get("replaced_card_keys") or ()]
    raw = [None if key is None else key.raw for key in keys]
    if record.body.get("state") == "revoked":
        raw.insert(0, None)
    return raw[0], tuple(key for key in raw[1:] if key is not None)


def _marks_of(record: Record, key: PublicKey) -> dict[str, Mark] | None:
    """How far a revoked key is good, by epoch; None where it is revoked as a whole."""
    marks = {
        str(each["epoch"]): Mark(int(each["pos"]), str(each["head"]))
        for each in record.body.get("good_marks") or ()
        if each.keys() >= {"epoch", "pos", "head"} and each.get("key") == key.line
    }
    return marks or None
