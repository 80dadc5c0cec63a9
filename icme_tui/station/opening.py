"""Opening a home folder: by a password, or by the recovery identity of the office."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from icme_tui import durable, logins, marks
from icme_tui.bundles import age
from icme_tui.clock import Clock, SystemClock
from icme_tui.codes import StoreError
from icme_tui.home import Config, Home, read_config, refuse_unsafe
from icme_tui.keyring import Keyring, read_keyring
from icme_tui.station.opened import Station
from icme_tui.station.privatekeys import secrets_in
from icme_tui.store.store import Store, open_store

_DAY_MS = 24 * 3600 * 1000


def open_station(
    home: Path,
    operator: str | None,
    password: str,
    clock: Clock | None = None,
    *,
    unsafe_home: bool = False,
) -> Station:
    """Open a home folder as an operator; the only one there is where ``operator`` is None.

    Raises StoreError: ``NO_HOME``, ``CONFIG_BAD``, ``KEYRING_MISSING``, ``KEYRING_BAD``, ``OPERATOR_NEEDED``,
    ``LOGIN_REFUSED``, ``HOME_UNSAFE``, those of ``open_database``, and at the first opening of a day
    ``STORE_DAMAGED``; the next one goes on, so that what can still be read can be exported.
    """
    folders = Home(home)
    config = _config_of(folders, unsafe_home=unsafe_home)
    operator = operator or _only_operator(read_keyring(folders.keyring))
    try:
        store, keyring = _unlocked(folders, config, lambda ring: ring.unlock(operator, password))
        return _opened(folders, config, store, keyring, operator, clock)
    except StoreError as refusal:
        if refusal.code == "LOGIN_REFUSED":
            logins.note_refused(folders.logins, operator)
        raise


def recover_station(
    home: Path,
    operator: str,
    identities: list[age.Identity],
    clock: Clock | None = None,
    *,
    unsafe_home: bool = False,
) -> Station:
    """Open a home folder without a password, by the recovery identity of its office, as ``operator``.

    Raises StoreError as ``open_station`` does, and ``RECOVERY_SLOT_MISSING``, ``IDENTITY_WRONG``,
    ``NO_OPERATOR``.
    """
    folders = Home(home)
    config = _config_of(folders, unsafe_home=unsafe_home)
    if operator not in read_keyring(folders.keyring).operators:
        raise StoreError("NO_OPERATOR", operator=operator)
    store, keyring = _unlocked(folders, config, lambda ring: ring.recover(identities))
    return _opened(folders, config, store, keyring, operator, clock)


def _config_of(folders: Home, *, unsafe_home: bool) -> Config:
    config = read_config(folders)
    if not unsafe_home:
        refuse_unsafe(folders)
    return config


def _unlocked(folders: Home, config: Config, unlock: Callable[[Keyring], bytes]) -> tuple[Store, Keyring]:
    """The open store, and the keyring that opened it.

    Where giving the store a new key was cut between store and keyring, the keyring that waits beside opens
    it, and takes its place.
    """
    keyring = read_keyring(folders.keyring)
    try:
        return open_store(folders.store, unlock(keyring), config.code, config.code), keyring
    except StoreError as error:
        if error.code != "STORE_KEY" or not folders.next_keyring.exists():
            raise
    keyring = read_keyring(folders.next_keyring)
    store = open_store(folders.store, unlock(keyring), config.code, config.code)
    try:
        durable.replace(folders.next_keyring, folders.keyring)
    except BaseException:
        store.close()
        raise
    return store, keyring


def _opened(
    folders: Home, config: Config, store: Store, keyring: Keyring, operator: str, clock: Clock | None
) -> Station:
    try:
        _match(store, config)
        store.refold_due()
        keys = secrets_in(keyring, store.key)
        station = Station(folders, config, keys, store, operator, clock or SystemClock())
        station.refuse_removed(operator)
        if (why := marks.why_new_epoch(store, config.code, folders.path)) is not None:
            station.begin_epoch(why)
            station.begun = why
        station.note_login()
        station.keep_recovery_slot()
        _check_file_daily(station)
    except BaseException:
        store.close()
        raise
    return station


def _match(store: Store, config: Config) -> None:
    """What ``station.toml`` says of identity must be what the encrypted store says: it decides nothing."""
    pinned = store.setting("identity", {})
    if pinned != {"role": config.role, "code": config.code, "domain": config.domain}:
        raise StoreError("CONFIG_BAD", file="station.toml")
    store.books.at_venue = config.role == "venue"


def _only_operator(keyring: Keyring) -> str:
    if len(keyring.operators) != 1:
        raise StoreError("OPERATOR_NEEDED", operators=keyring.operators)
    return keyring.operators[0]


def _check_file_daily(station: Station) -> None:
    today = station.clock.read().wall_ms // _DAY_MS
    if station.setting("checked_day") != today:
        station.set_setting("checked_day", today)
        station.check_file()
