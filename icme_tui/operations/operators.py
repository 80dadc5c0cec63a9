"""The accounts of a station: who may log in, adding one, and a new password.

All accounts share the store's key, wrapped once for each in the keyring, so adding one takes the password of
somebody who has it. Roles are a local order (the setting ``operators``), no cryptography.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import logins
from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError, StoreError
from icme_tui.keyring import Keyring, read_keyring, write_keyring
from icme_tui.operations import naming
from icme_tui.operations.founding import MIN_PASSWORD

if TYPE_CHECKING:
    from icme_tui.facts import Put
    from icme_tui.station import Station

ADMIN, OPERATOR = "admin", "operator"
ROLES = (ADMIN, OPERATOR)

_SETTING = "operators"


class Operator(NamedTuple):
    """One account."""

    name: str
    role: str
    """``admin``, who may add others, or ``operator``."""
    is_self: bool
    """Whether it is the one who asks."""


def operators(station: Station) -> list[Operator]:
    """The accounts, by name.

    Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``.
    """
    names = sorted(read_keyring(station.folders.keyring).operators)
    return [Operator(name, role_of(station, name), name == station.operator) for name in names]


def role_of(station: Station, name: str) -> str:
    """The role of an account; the one that the station was founded with is an admin."""
    return str(station.setting(_SETTING, {}).get(name, ADMIN))


def add(station: Station, own_password: str, name: str, password: str, role: str = OPERATOR) -> Operator:
    """Add an account. ``own_password`` is that of the operator who acts.

    Raises RuleError ``ADMIN_ONLY``, ``ROLE_UNKNOWN``; StoreError ``OPERATOR_BAD``, ``OPERATOR_EXISTS``,
    ``PASSWORD_WEAK``, ``LOGIN_REFUSED``, ``KEYRING_MISSING``, ``KEYRING_BAD``.
    """
    if role_of(station, station.operator) != ADMIN:
        raise RuleError("ADMIN_ONLY")
    if role not in ROLES:
        raise RuleError("ROLE_UNKNOWN", role=role, known=list(ROLES))
    naming.require_operator(name)
    keyring = read_keyring(station.folders.keyring)
    if name in keyring.operators:
        raise StoreError("OPERATOR_EXISTS", operator=name)
    _require_strong(password)
    store_key = _unlocked(station, keyring, own_password)
    roles = {**station.setting(_SETTING, {}), name: role}
    put = station.put("operator", name, name=name, role=role, state="active")
    _change(station, keyring, keyring.with_slot(name, password, store_key), put, roles)
    return Operator(name, role, False)


def change_password(station: Station, own_password: str, password: str) -> None:
    """Give the operator who acts a new password.

    Raises StoreError ``PASSWORD_WEAK``, ``PASSWORD_SAME``, ``LOGIN_REFUSED``, ``KEYRING_MISSING``,
    ``KEYRING_BAD``.
    """
    _require_strong(password)
    keyring = read_keyring(station.folders.keyring)
    store_key = _unlocked(station, keyring, own_password)
    if hmac.compare_digest(own_password.encode(), password.encode()):
        raise StoreError("PASSWORD_SAME")
    now = format_seconds(station.clock.read().wall_ms)
    put = station.put("operator", station.operator, password_at=now)
    _change(station, keyring, keyring.with_slot(station.operator, password, store_key), put, None)


def _require_strong(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise StoreError("PASSWORD_WEAK", least=MIN_PASSWORD)


def _unlocked(station: Station, keyring: Keyring, password: str) -> bytes:
    try:
        return keyring.unlock(station.operator, password)
    except StoreError:
        logins.note_refused(station.folders.logins, station.operator)
        raise


def _change(
    station: Station, before: Keyring, after: Keyring, put: Put, roles: dict[str, str] | None
) -> None:
    """Record the change and write the keyring: both, or neither.

    The keyring is written inside the transaction; should the commit then fail, the old one is put back.
    """
    path = station.folders.keyring
    written = False
    try:
        with station.writing():
            station.record(put)
            if roles is not None:
                station.set_setting(_SETTING, roles)
            write_keyring(path, after)
            written = True
    except BaseException:
        if written:
            write_keyring(path, before)
        raise
