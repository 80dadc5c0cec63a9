"""Making a station: its home folder, keys, keyring, store and first operator.

An office also makes the keys that it will need when it has lost its own: the recovery identity and
its next signing key go to a file that is printed and put into a safe.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.cards.keys import masters_of, record_key
from icme_tui.cards.numbers import serials_of
from icme_tui.clock import Clock, SystemClock
from icme_tui.codes import StoreError
from icme_tui.home import Config, Home, make_folders, refuse_station, write_config
from icme_tui.keyring import Keyring, write_keyring
from icme_tui.operations import adopting, enrolling, naming
from icme_tui.operations.keysheet import Notes, Sheet
from icme_tui.station import Secrets, Station
from icme_tui.store.store import create_store

OFFICE_CODE = "OFFICE"
FIRST_OPERATOR = "admin"

MIN_PASSWORD = 8
"""Characters of a new password."""


class Founded(NamedTuple):
    """A new station, open, and what its operator has to be shown."""

    station: Station
    fingerprint: str
    """30 digits of the station's signing key."""
    recovery_file: Path | None


def recovery_file_of(home: Path) -> Path:
    """Where the recovery keys go unless somebody says otherwise: beside the home, not inside. A copy of the
    home must not carry in clear what opens everything."""
    return home.with_name(f"{home.name}-recovery.txt")


def found_office(
    home: Path,
    code: str,
    name: str,
    domain: str,
    password: str,
    *,
    operator: str = FIRST_OPERATOR,
    recovery_out: Path | None = None,
    sheet: Sheet | None = None,
    notes: Notes | None = None,
    fill: Callable[[Station], None] = lambda station: None,
    clock: Clock | None = None,
) -> Founded:
    """Make an office; from the recovery ``sheet`` of one that was lost, one that its venues believe.

    ``notes`` are what the new recovery sheet says to people. ``fill`` puts in what it is to begin with; the
    office counts as made only once that is done.

    Raises StoreError: ``HOME_EXISTS``, ``CODE_BAD``, ``DOMAIN_BAD``, ``NAME_BAD``, ``PASSWORD_WEAK``,
    ``RECOVERY_EXISTS``, ``FOLDER_MISSING`` (that of ``recovery_out``).
    """
    config = Config("office", code, name, domain, ("sim:cards",))
    _require_good(config, operator, password)
    folders = Home(home)
    refuse_station(folders)
    given, recovery_out = recovery_out is not None, recovery_out or recovery_file_of(home)
    if recovery_out.exists():
        raise StoreError("RECOVERY_EXISTS", file=str(recovery_out))
    if given and not recovery_out.parent.is_dir():
        raise StoreError("FOLDER_MISSING", folder=str(recovery_out.parent))
    keys, again = _new_keys(), sheet is not None
    if sheet is not None:
        keys, sheet = keys._replace(sign=sheet.next_key), adopting.following_sheet(sheet)
    else:
        digits = keys.sign.public.fingerprint
        sheet = Sheet(age.Identity.generate(), SigningKey.generate(), secrets.token_bytes(16), digits)
    masters = masters_of(sheet.card_seed)
    settings: dict[str, Any] = {
        "recovery": sheet.recovery.public,
        "next_key": sheet.next_key.public.line,
        "masters": masters,
        "card_keys": {
            "k_a": masters["k_a"],
            "k_ring": masters["k_ring"],
            "k_issue": masters["k_issue"],
            "record_key": record_key(bytes.fromhex(masters["k_record"]), 0, 1).hex(),
            "key_version": 1,
        },
    }
    if again:  # what codes and numbers the lost home has given out is not known here
        settings["codes_by_lot"] = True
    first, last = serials_of(0)
    own = {
        "number": 0,
        "name": name,
        "sign_key": keys.sign.public.line,
        "age": keys.age.public,
        "card_key": keys.card.public.line,
        "key_version": 1,
        "card_from": first,
        "card_to": last,
        "state": "active",
    }
    station = _found(folders, config, keys, code, operator, password, clock, settings, own)
    try:
        if again:
            station.number_packs_ahead()
        fill(station)
        adopting.write_sheet(sheet, code, domain, recovery_out, notes)
        write_config(folders, config)  # last: without it the home counts as not made
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
    """Make a venue that still has to be enrolled, with its request. Raises StoreError as ``found_office``
    does."""
    if code == office:
        raise StoreError("CODE_BAD", given=code)
    config = Config("venue", code, name, domain, ("sim:cards",))
    _require_good(config, operator, password)
    folders = Home(home)
    station = _found(folders, config, _new_keys(), office, operator, password, clock, {}, {})
    try:
        enrolling.write_request(station)
        write_config(folders, config)  # last: without it the home counts as not made
    except BaseException:
        station.close()
        raise
    return Founded(station, station.public_key.fingerprint, None)


def _require_good(config: Config, operator: str, password: str) -> None:
    naming.require_code(config.code)
    naming.require_domain(config.domain)
    naming.require_name(config.name)
    naming.require_operator(operator)
    if len(password) < MIN_PASSWORD:
        raise StoreError("PASSWORD_WEAK", least=MIN_PASSWORD)


def _new_keys() -> Secrets:
    return Secrets(SigningKey.generate(), age.Identity.generate(), SigningKey.generate())


def _found(
    folders: Home,
    config: Config,
    keys: Secrets,
    office: str,
    operator: str,
    password: str,
    clock: Clock | None,
    settings: dict[str, Any],
    own: dict[str, Any],
) -> Station:
    """The home without its ``station.toml``: keyring, and a store that holds all of it or nothing. ``own``
    are the fields of the station's own record."""
    make_folders(folders)
    store_key = secrets.token_bytes(32)
    keyring = Keyring(()).with_slot(operator, password, store_key)
    keyring = keyring.with_key("sign", keys.sign.to_openssh(), store_key)
    keyring = keyring.with_key("age", keys.age.secret().encode(), store_key)
    keyring = keyring.with_key("card", keys.card.to_openssh(), store_key)
    if recipient := settings.get("recovery"):
        keyring = keyring.with_recovery(recipient, store_key)
    write_keyring(folders.keyring, keyring)
    store = create_store(folders.store, store_key, office, config.code)
    station = Station(folders, config, keys, store, operator, clock or SystemClock())
    identity = {"role": config.role, "code": config.code, "domain": config.domain}
    try:
        with station.writing():
            station.set_setting("identity", identity)
            station.set_setting("office", office)
            station.set_setting("home_id", secrets.token_hex(16))
            for name, value in settings.items():
                station.set_setting(name, value)
            station.begin_epoch("FOUNDED")
            station.record(station.put("operator", operator, name=operator, role="admin", state="active"))
            if own:
                station.record(station.put("station", config.code, **own))
    except BaseException:
        station.close()
        raise
    return station
