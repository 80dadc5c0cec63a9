"""The accounts of a station: who may log in, adding and removing one, and a new password.

All accounts share the store's key, wrapped once for each in the keyring. Who is removed knew that key, so the
store gets another one. Roles are a local order (the setting ``operators``), no cryptography.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import logins
from icme_tui.clock import format_seconds
from icme_tui.codes import RuleError, StoreError
from icme_tui.keyring import Keyring, read_keyring
from icme_tui.operations import keychanges, naming
from icme_tui.operations.founding import MIN_PASSWORD
from icme_tui.station import OPERATORS, REMOVED

if TYPE_CHECKING:
    from icme_tui.facts import Put
    from icme_tui.station import Station

ADMIN, OPERATOR = "admin", "operator"
ROLES = (ADMIN, OPERATOR)

FORGOTTEN = "FORGOTTEN"
"""The reason of a new password that was given with the recovery identity."""


class Operator(NamedTuple):
    """One account."""

    name: str
    role: str
    """``admin``, who may add and remove others, or ``operator``; ``removed`` where that was cut."""
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
    return str(station.setting(OPERATORS, {}).get(name, ADMIN))


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
    _check_own(station, keyring, own_password)
    roles = {**station.setting(OPERATORS, {}), name: role}
    put = station.put("operator", name, name=name, role=role, state="active")

    def note() -> None:
        station.record(put)
        station.set_setting(OPERATORS, roles)

    keychanges.apply(station, station.add_slot(keyring, name, password), note)
    return Operator(name, role, False)


def change_password(station: Station, own_password: str, password: str, name: str = "") -> None:
    """Give the operator who acts a new password, or as an admin another one who has forgotten his.

    Raises RuleError ``ADMIN_ONLY``; StoreError ``PASSWORD_WEAK``, ``PASSWORD_SAME``, ``LOGIN_REFUSED``,
    ``NO_OPERATOR``, ``KEYRING_MISSING``, ``KEYRING_BAD``.
    """
    name = name or station.operator
    if name != station.operator and role_of(station, station.operator) != ADMIN:
        raise RuleError("ADMIN_ONLY")
    _require_strong(password)
    keyring = read_keyring(station.folders.keyring)
    _check_own(station, keyring, own_password)
    if name not in keyring.operators:
        raise StoreError("NO_OPERATOR", operator=name)
    if name == station.operator and hmac.compare_digest(own_password.encode(), password.encode()):
        raise StoreError("PASSWORD_SAME")
    _give_password(station, keyring, name, password)


def set_forgotten(station: Station, password: str) -> None:
    """Give the operator who acts a new password, where the recovery identity has opened the station.

    Raises StoreError ``PASSWORD_WEAK``, ``KEYRING_MISSING``, ``KEYRING_BAD``.
    """
    _require_strong(password)
    keyring = read_keyring(station.folders.keyring)
    _give_password(station, keyring, station.operator, password, reason=FORGOTTEN)


def remove(station: Station, own_password: str, name: str, reason: str) -> None:
    """Take an account away and encrypt the store anew: who had it knew the key. Given again after it was cut,
    it comes to its end.

    Raises RuleError ``ADMIN_ONLY``, ``REASON_MISSING``, ``REMOVES_SELF``; StoreError ``LOGIN_REFUSED``,
    ``NO_OPERATOR``, ``STORE_IN_USE`` (another program has the store open), ``REKEY_ROOM``, ``REKEY_FAILED``
    (the account is closed, and the store still has its old key), ``KEYRING_MISSING``, ``KEYRING_BAD``.
    """
    if role_of(station, station.operator) != ADMIN:
        raise RuleError("ADMIN_ONLY")
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    if name == station.operator:
        raise RuleError("REMOVES_SELF")
    keyring = read_keyring(station.folders.keyring)
    _check_own(station, keyring, own_password)
    roles = station.setting(OPERATORS, {})
    is_noted = roles.get(name) == REMOVED
    if name not in keyring.operators:
        if is_noted:
            return
        raise StoreError("NO_OPERATOR", operator=name)
    with station.exclusive():
        if not is_noted:
            with station.writing():
                station.record(station.put("operator", name, state=REMOVED, reason=reason.strip()))
                station.set_setting(OPERATORS, {**roles, name: REMOVED})
        station.encrypt_anew(keyring.without_slot(name))


def _give_password(station: Station, keyring: Keyring, name: str, password: str, reason: str = "") -> None:
    fields = {"password_at": format_seconds(station.clock.read().wall_ms)}
    if reason:
        fields["reason"] = reason
    put = station.put("operator", name, **fields)
    keychanges.apply(station, station.add_slot(keyring, name, password), lambda: _record(station, put))


def _record(station: Station, put: Put) -> None:
    station.record(put)


def _require_strong(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise StoreError("PASSWORD_WEAK", least=MIN_PASSWORD)


def _check_own(station: Station, keyring: Keyring, password: str) -> None:
    try:
        keyring.unlock(station.operator, password)
    except StoreError:
        logins.note_refused(station.folders.logins, station.operator)
        raise
