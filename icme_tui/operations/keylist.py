"""The keys of this station and of those that it deals with, as far as they may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable, facts
from icme_tui.bundles.keys import PublicKey
from icme_tui.clock import format_seconds
from icme_tui.codes import BundleError, StoreError
from icme_tui.keyring import read_keyring
from icme_tui.operations import rotating, stations

if TYPE_CHECKING:
    from icme_tui.station import Station

EXPORTED = "IDENTITY_EXPORTED"
"""First word of the note that tells of an exported identity."""


class OfficeKeys(NamedTuple):
    """Whom this station believes as its office."""

    code: str
    fingerprint: str
    """30 digits of the key in use; empty before the first pack."""
    next_fingerprint: str
    """Of the key that is believed when the office has lost its own."""
    recipients: list[str]
    """age recipients to which bundles are encrypted: the office, then the recovery identity."""


class Keys(NamedTuple):
    """What ``icme keys`` shows."""

    sign: str
    """30 digits of the key with which this station signs."""
    new_sign: str
    """Of the key that will take its place; empty where none is on its way."""
    age: str
    """Recipient of this station."""
    card: str
    """30 digits of the key with which this station signs cards."""
    key_version: int | None
    """Of the key with which it signs records on cards; None before the first pack."""
    recovery_slot: str
    """The recipient whose identity opens this home without a password; empty for none."""
    office: OfficeKeys
    stations: list[stations.Known]
    """At the office: the keys of its venues."""
    waiting_for: list[str]
    """At the office: venues that have not yet taken over its new key."""


def keys(station: Station) -> Keys:
    """Every key that this station has to do with. Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``."""
    recovery = read_keyring(station.folders.keyring).recovery
    new = station.new_public_key
    card_keys = station.card_keys
    is_office = station.role == "office"
    return Keys(
        station.public_key.fingerprint,
        new.fingerprint if new is not None else "",
        station.age_identity.public,
        station.card_public_key.fingerprint,
        card_keys.key_version if card_keys is not None else None,
        recovery.recipient if recovery is not None else "",
        _office(station),
        stations.known_stations(station) if is_office else [],
        rotating.waiting_for(station) if is_office else [],
    )


def _office(station: Station) -> OfficeKeys:
    if station.role == "office":
        recipients = [station.age_identity.public, station.recovery_recipient]
        own, following = station.public_key.line, station.setting("next_key")
    else:
        recipients = station.setting("recipients") or []
        own, following = station.setting("office_key"), station.setting("office_next_key")
    return OfficeKeys(station.office, _digits(own), _digits(following), recipients)


def export_identity(station: Station, file: Path) -> Path:
    """Write this station's age identity to a new file, 0600, so that stock ``age`` opens what was sent to it;
    a note in the journal tells of it.

    Raises StoreError ``FILE_EXISTS``, OSError.
    """
    if file.exists():
        raise StoreError("FILE_EXISTS", file=str(file))
    made = format_seconds(station.clock.read().wall_ms)
    lines = [f"# age identity of {station.code}, exported {made}"]
    for identity in station.own_identities:
        lines += [f"# public key: {identity.public}", identity.secret()]
    try:
        with station.writing():
            station.record(facts.Note(text=f"{EXPORTED} {station.age_identity.public}"))
            durable.create_private(file, ("\n".join(lines) + "\n").encode())
    except FileExistsError:
        raise StoreError("FILE_EXISTS", file=str(file)) from None
    return file


def _digits(line: object) -> str:
    try:
        return PublicKey.from_line(line).fingerprint if isinstance(line, str) else ""
    except BundleError:
        return ""
