"""Making a station: its home folder, keys, keyring, store and first operator.

An office also makes the keys that it will need when it has lost its own: the recovery identity and
its next signing key go to a file that is printed and put into a safe.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple

from icme_tui import durable
from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.cards.keys import record_key
from icme_tui.clock import Clock, SystemClock
from icme_tui.codes import StoreError
from icme_tui.home import Config, Home, make_folders, write_config
from icme_tui.keyring import Keyring, write_keyring
from icme_tui.operations import naming
from icme_tui.station import Secrets, Station
from icme_tui.store.store import create_store

OFFICE_CODE = "OFFICE"
FIRST_OPERATOR = "admin"
CARDS_PER_STATION = 10_000
"""Serials of card numbers that each station may give out."""

MIN_PASSWORD = 8
"""Characters of a new password."""


class Founded(NamedTuple):
    """A new station, open, and what its operator has to be shown."""

    station: Station
    fingerprint: str
    """30 digits of the station's signing key."""
    recovery_file: Path | None


def found_office(
    home: Path,
    code: str,
    name: str,
    domain: str,
    password: str,
    *,
    operator: str = FIRST_OPERATOR,
    recovery_out: Path | None = None,
    clock: Clock | None = None,
) -> Founded:
    """Make an office. Raises StoreError: ``HOME_EXISTS``, ``CODE_BAD``, ``DOMAIN_BAD``, ``NAME_BAD``,
    ``PASSWORD_WEAK``, ``RECOVERY_EXISTS``."""
    recovery_out = recovery_out or home / "recovery.txt"
    if recovery_out.exists():
        raise StoreError("RECOVERY_EXISTS", file=str(recovery_out))
    config = Config("office", code, name, domain, ("sim:cards",))
    station = _found(home, config, code, operator, password, clock)
    try:
        recovery, next_key = age.Identity.generate(), SigningKey.generate()
        masters = {name: secrets.token_hex(16) for name in ("k_a", "k_ring", "k_issue", "k_record")}
        with station.writing():
            station.set_setting("recovery", recovery.public)
            station.set_setting("next_key", next_key.public.line)
            station.set_setting("masters", masters)
            station.set_setting(
                "card_keys",
                {
                    "k_a": masters["k_a"],
                    "k_ring": masters["k_ring"],
                    "k_issue": masters["k_issue"],
                    "record_key": record_key(bytes.fromhex(masters["k_record"]), 0, 1).hex(),
                    "key_version": 1,
                },
            )
            station.record(
                station.put(
                    "station",
                    code,
                    number=0,
                    name=name,
                    sign_key=station.public_key.line,
                    age=station.age_identity.public,
                    card_key=station.card_public_key.line,
                    key_version=1,
                    card_from=1,
                    card_to=CARDS_PER_STATION,
                    state="active",
                )
            )
        durable.write_atomic(recovery_out, _recovery_text(station, recovery, next_key).encode())
    except BaseException:
        station.close()
        raise
    return Founded(station, station.public_key.fingerprint, recovery_out)


def found_venue(
    home: Path,
    code: str,
    name: str,
    domain: str,
    password: str,
    *,
    operator: str = FIRST_OPERATOR,
    office: str = OFFICE_CODE,
    clock: Clock | None = None,
) -> Founded:
    """Make a venue that still has to be enrolled. Raises StoreError: ``HOME_EXISTS``, ``CODE_BAD``,
    ``DOMAIN_BAD``, ``NAME_BAD``, ``PASSWORD_WEAK``."""
    if code == office:
        raise StoreError("CODE_BAD", given=code)
    config = Config("venue", code, name, domain, ("sim:cards",))
    station = _found(home, config, office, operator, password, clock)
    return Founded(station, station.public_key.fingerprint, None)


def _found(
    home: Path, config: Config, office: str, operator: str, password: str, clock: Clock | None
) -> Station:
    naming.require_code(config.code)
    naming.require_domain(config.domain)
    naming.require_name(config.name)
    naming.require_operator(operator)
    if len(password) < MIN_PASSWORD:
        raise StoreError("PASSWORD_WEAK", least=MIN_PASSWORD)
    folders = Home(home)
    make_folders(folders)
    store_key = secrets.token_bytes(32)
    keys = Secrets(SigningKey.generate(), age.Identity.generate(), SigningKey.generate())
    keyring = Keyring(()).with_slot(operator, password, store_key)
    keyring = keyring.with_key("sign", keys.sign.to_openssh(), store_key)
    keyring = keyring.with_key("age", keys.age.secret().encode(), store_key)
    keyring = keyring.with_key("card", keys.card.to_openssh(), store_key)
    write_keyring(folders.keyring, keyring)
    store = create_store(folders.store, store_key, office, config.code)
    store.set_setting("identity", {"role": config.role, "code": config.code, "domain": config.domain})
    store.set_setting("office", office)
    store.set_setting("home_id", secrets.token_hex(16))
    station = Station(folders, config, keys, store, operator, clock or SystemClock())
    with station.writing():
        station.begin_epoch("FOUNDED")
        station.record(station.put("operator", operator, name=operator, role="admin", state="active"))
    write_config(folders, config)  # last: without it the home counts as not made
    return station


def _recovery_text(station: Station, recovery: age.Identity, next_key: SigningKey) -> str:
    return (
        f"# icme {station.code} {station.domain}: print this, put it into a safe, delete the file.\n"
        f"# Fingerprint of the office's key: {station.public_key.fingerprint}\n"
        f"# Fingerprint of its next key:     {next_key.public.fingerprint}\n"
        f"# Recovery identity, opens every bundle and pack ({recovery.public}):\n{recovery.secret()}\n"
        f"# Next signing key of the office:\n{next_key.to_openssh().decode()}"
    )
