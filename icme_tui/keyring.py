"""The keyring: the store's key wrapped once per operator, the station's private keys wrapped by it.

A slot has an age identity of its own, sealed with AES-256-GCM under a key that Argon2id (RFC 9106) makes from
the operator's password; the 32-byte store key is age-encrypted to it. So the store gets a new key without
anybody's password. The private keys are sealed under a key that HKDF derives from the store key. No password,
no data. The recovery slot is the store key, age-encrypted to the recovery identity of the office: ``age -d``
opens it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from icme_tui import durable
from icme_tui.bundles import age
from icme_tui.codes import BundleError, StoreError

MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1
"""Argon2id parameters of new slots; each slot carries its own."""

_MOST_MEMORY_KIB, _MOST_ITERATIONS, _MOST_LANES = 256 * 1024, 16, 16
_NONCE = 12
_KEY_BYTES = 32
_ARMOR = ("-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----")


@dataclass(frozen=True)
class Slot:
    """The store key, sealed for one operator."""

    operator: str
    salt: bytes
    sealed: bytes = field(repr=False)
    """The slot's age identity under the password."""
    recipient: str
    """What belongs to that identity."""
    wrapped: bytes = field(repr=False)
    """The store key, encrypted to ``recipient``."""
    tag: bytes = field(repr=False)
    """Shows that somebody who had the store key put ``recipient`` here."""
    memory_kib: int = MEMORY_KIB
    iterations: int = ITERATIONS
    lanes: int = LANES


@dataclass(frozen=True)
class Recovery:
    """The store key, encrypted to the recovery identity of the office."""

    recipient: str
    armored: str = field(repr=False)
    """An age file in ASCII armor: 64 hex digits and a newline."""
    tag: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """All slots, and the private keys by name (``sign``, ``age``, ``card`` …), sealed."""

    slots: tuple[Slot, ...]
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    recovery: Recovery | None = None

    @property
    def operators(self) -> list[str]:
        return [slot.operator for slot in self.slots]

    def unlock(self, operator: str, password: str) -> bytes:
        """The store key. Raises StoreError ``LOGIN_REFUSED`` for an unknown operator and a wrong
        password alike, after the same work; ``KEYRING_BAD``."""
        slot = next((slot for slot in self.slots if slot.operator == operator), None)
        probe = slot or Slot(operator, bytes(16), bytes(_NONCE + 48), "", b"", b"")
        try:
            identity = _open(_password_key(password, probe), probe.sealed, _slot_label(operator))
        except InvalidTag:
            raise StoreError("LOGIN_REFUSED") from None
        except ValueError:  # a salt, a nonce or a cost that there cannot be
            raise StoreError("KEYRING_BAD", key="slot") from None
        return _unwrap(probe.wrapped, [age.Identity(identity.decode())])

    def recover(self, identities: list[age.Identity]) -> bytes:
        """The store key, by the recovery identity of the office.

        Raises StoreError ``RECOVERY_SLOT_MISSING``, ``IDENTITY_WRONG``, ``KEYRING_BAD``.
        """
        if self.recovery is None:
            raise StoreError("RECOVERY_SLOT_MISSING")
        try:
            shown = age.decrypt(_dearmored(self.recovery.armored), identities)
            return bytes.fromhex(shown.decode().strip())
        except BundleError:
            raise StoreError("IDENTITY_WRONG") from None
        except ValueError:
            raise StoreError("KEYRING_BAD", key="recovery") from None

    def with_slot(self, operator: str, password: str, store_key: bytes) -> Keyring:
        """The keyring with one more operator, or with a new password for one that it has."""
        identity = age.Identity.generate()
        blank = Slot(operator, secrets.token_bytes(16), b"", identity.public, b"", b"")
        sealed = _seal(_password_key(password, blank), identity.secret().encode(), _slot_label(operator))
        slot = _wrapped(replace(blank, sealed=sealed), store_key)
        return replace(self, slots=(*self.without_slot(operator).slots, slot))

    def without_slot(self, operator: str) -> Keyring:
        """The keyring without an operator. Who was in it may know the store key: see ``rewrapped``."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.operator != operator))

    def with_recovery(self, recipient: str, store_key: bytes) -> Keyring:
        """The keyring with the store key encrypted to ``recipient``, in the place of an older one."""
        armored = _armored(age.encrypt(f"{store_key.hex()}\n".encode(), [recipient]))
        return replace(
            self, recovery=Recovery(recipient, armored, _recovery_tag(recipient, armored, store_key))
        )

    def has_recovery(self, recipient: str, store_key: bytes) -> bool:
        """Whether there is a recovery slot for ``recipient`` that somebody made who had the store key."""
        if self.recovery is None or self.recovery.recipient != recipient:
            return False
        return hmac.compare_digest(
            self.recovery.tag, _recovery_tag(recipient, self.recovery.armored, store_key)
        )

    def with_key(self, name: str, secret: bytes, store_key: bytes) -> Keyring:
        """The keyring with a private key sealed in it."""
        sealed = _seal(_wrapping_key(store_key), secret, b"icme-key/1/" + name.encode())
        return replace(self, keys={**self.keys, name: sealed})

    def without_key(self, name: str) -> Keyring:
        """The keyring without one of its private keys."""
        return replace(self, keys={each: sealed for each, sealed in self.keys.items() if each != name})

    def key(self, name: str, store_key: bytes) -> bytes:
        """A private key. Raises StoreError ``KEYRING_BAD`` if it is not there or was tampered with."""
        try:
            return _open(_wrapping_key(store_key), self.keys[name], b"icme-key/1/" + name.encode())
        except (KeyError, InvalidTag, ValueError):
            raise StoreError("KEYRING_BAD", key=name) from None

    def rewrapped(self, store_key: bytes, new_key: bytes) -> Keyring:
        """All slots and private keys under another store key; nobody's password is needed.

        Raises StoreError ``KEYRING_BAD`` where a slot was put in by somebody without the store key: the new
        one would be handed to him.
        """
        for slot in self.slots:
            if not hmac.compare_digest(slot.tag, _slot_tag(slot, store_key)):
                raise StoreError("KEYRING_BAD", key=slot.operator)
        fresh = Keyring(tuple(_wrapped(slot, new_key) for slot in self.slots))
        for name in self.keys:
            fresh = fresh.with_key(name, self.key(name, store_key), new_key)
        if self.recovery is not None and self.has_recovery(self.recovery.recipient, store_key):
            fresh = fresh.with_recovery(self.recovery.recipient, new_key)
        return fresh


def write_keyring(path: Path, keyring: Keyring) -> None:
    """Write the keyring, atomically and readable by its owner only."""
    slots = [
        {
            "operator": slot.operator,
            "salt": _text(slot.salt),
            "sealed": _text(slot.sealed),
            "recipient": slot.recipient,
            "wrapped": _text(slot.wrapped),
            "tag": _text(slot.tag),
            "argon2id": {"memory_kib": slot.memory_kib, "iterations": slot.iterations, "lanes": slot.lanes},
        }
        for slot in keyring.slots
    ]
    keys = {name: _text(sealed) for name, sealed in keyring.keys.items()}
    table: dict[str, Any] = {"schema": 2, "slot": slots, "key": keys}
    if (recovery := keyring.recovery) is not None:
        table["recovery"] = {
            "recipient": recovery.recipient,
            "tag": _text(recovery.tag),
            "store_key": recovery.armored,
        }
    durable.write_atomic(path, tomli_w.dumps(table, multiline_strings=True).encode())


def read_keyring(path: Path) -> Keyring:
    """Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        slots = tuple(
            Slot(
                slot["operator"],
                _bytes(slot["salt"]),
                _bytes(slot["sealed"]),
                str(slot["recipient"]),
                _bytes(slot["wrapped"]),
                _bytes(slot["tag"]),
                _bounded(slot["argon2id"]["memory_kib"], _MOST_MEMORY_KIB),
                _bounded(slot["argon2id"]["iterations"], _MOST_ITERATIONS),
                _bounded(slot["argon2id"]["lanes"], _MOST_LANES),
            )
            for slot in raw["slot"]
        )
        keys = {name: _bytes(sealed) for name, sealed in raw.get("key", {}).items()}
        return Keyring(slots, keys, _recovery_of(raw.get("recovery")))
    except FileNotFoundError:
        raise StoreError("KEYRING_MISSING", file=str(path)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError("KEYRING_BAD", file=str(path)) from None


def _recovery_of(raw: dict[str, Any] | None) -> Recovery | None:
    if raw is None:
        return None
    return Recovery(str(raw["recipient"]), str(raw["store_key"]), _bytes(raw["tag"]))


def _wrapped(slot: Slot, store_key: bytes) -> Slot:
    """The slot with this store key in it."""
    return replace(slot, wrapped=age.encrypt(store_key, [slot.recipient]), tag=_slot_tag(slot, store_key))


def _unwrap(wrapped: bytes, identities: list[age.Identity]) -> bytes:
    try:
        key = age.decrypt(wrapped, identities)
    except BundleError:
        raise StoreError("KEYRING_BAD", key="slot") from None
    if len(key) != _KEY_BYTES:
        raise StoreError("KEYRING_BAD", key="slot")
    return key


def _slot_tag(slot: Slot, store_key: bytes) -> bytes:
    return _tag(store_key, f"slot/{slot.operator}/{slot.recipient}")


def _recovery_tag(recipient: str, armored: str, store_key: bytes) -> bytes:
    return _tag(store_key, f"recovery/{recipient}/{armored}")


def _tag(store_key: bytes, message: str) -> bytes:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"icme-keyring-tags/1").derive(store_key)
    return hmac.digest(key, message.encode(), "sha256")


def _armored(cipher: bytes) -> str:
    """ASCII armor as age writes it: base64 in lines of 64 between two marks."""
    return "\n".join((_ARMOR[0], *textwrap.wrap(_text(cipher), 64), _ARMOR[1], ""))


def _dearmored(armored: str) -> bytes:
    lines = armored.split()
    return _bytes("".join(lines[4:-4]))


def _password_key(password: str, slot: Slot) -> bytes:
    kdf = Argon2id(
        salt=slot.salt, length=32, iterations=slot.iterations, lanes=slot.lanes, memory_cost=slot.memory_kib
    )
    return kdf.derive(password.encode())


def _wrapping_key(store_key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"icme-keyring/1").derive(store_key)


def _seal(key: bytes, secret: bytes, label: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret, label)


def _open(key: bytes, sealed: bytes, label: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], label)


def _slot_label(operator: str) -> bytes:
    return b"icme-slot/1/" + operator.encode()


def _bounded(value: object, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(value)
    return value


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
