"""The keyring: the store's key wrapped once per operator, the station's private keys wrapped by it.

A slot holds the 32-byte store key sealed with AES-256-GCM under a key that Argon2id (RFC 9106) makes
from the operator's password. The private keys are sealed under a key that HKDF derives from the
store key. No password, no data.
"""

from __future__ import annotations

import base64
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from icme_tui import durable
from icme_tui.codes import StoreError

MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1
"""Argon2id parameters of new slots; each slot carries its own."""

_MOST_MEMORY_KIB, _MOST_ITERATIONS, _MOST_LANES = 1024 * 1024, 64, 16
_NONCE = 12


@dataclass(frozen=True)
class Slot:
    """The store key, sealed for one operator."""

    operator: str
    salt: bytes
    sealed: bytes = field(repr=False)
    memory_kib: int = MEMORY_KIB
    iterations: int = ITERATIONS
    lanes: int = LANES


@dataclass(frozen=True)
class Keyring:
    """All slots, and the private keys by name (``sign``, ``age``, ``card``), sealed."""

    slots: tuple[Slot, ...]
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def operators(self) -> list[str]:
        return [slot.operator for slot in self.slots]

    def unlock(self, operator: str, password: str) -> bytes:
        """The store key. Raises StoreError ``LOGIN_REFUSED`` for an unknown operator and a wrong
        password alike, after the same work."""
        slot = next((slot for slot in self.slots if slot.operator == operator), None)
        probe = slot or Slot(operator, bytes(16), bytes(_NONCE + 48))
        try:
            key = _open(_password_key(password, probe), probe.sealed, _slot_label(operator))
        except InvalidTag:
            raise StoreError("LOGIN_REFUSED") from None
        return key

    def with_slot(self, operator: str, password: str, store_key: bytes) -> Keyring:
        """The keyring with one more operator, or with a new password for one that it has."""
        slot = Slot(operator, secrets.token_bytes(16), b"")
        sealed = _seal(_password_key(password, slot), store_key, _slot_label(operator))
        kept = tuple(slot for slot in self.slots if slot.operator != operator)
        return Keyring((*kept, Slot(operator, slot.salt, sealed)), self.keys)

    def with_key(self, name: str, secret: bytes, store_key: bytes) -> Keyring:
        """The keyring with a private key sealed in it."""
        sealed = _seal(_wrapping_key(store_key), secret, b"icme-key/1/" + name.encode())
        return Keyring(self.slots, {**self.keys, name: sealed})

    def key(self, name: str, store_key: bytes) -> bytes:
        """A private key. Raises StoreError ``KEYRING_BAD`` if it is not there or was tampered with."""
        try:
            return _open(_wrapping_key(store_key), self.keys[name], b"icme-key/1/" + name.encode())
        except (KeyError, InvalidTag):
            raise StoreError("KEYRING_BAD", key=name) from None


def write_keyring(path: Path, keyring: Keyring) -> None:
    """Write the keyring, atomically and readable by its owner only."""
    slots = [
        {
            "operator": slot.operator,
            "salt": _text(slot.salt),
            "sealed": _text(slot.sealed),
            "argon2id": {"memory_kib": slot.memory_kib, "iterations": slot.iterations, "lanes": slot.lanes},
        }
        for slot in keyring.slots
    ]
    keys = {name: _text(sealed) for name, sealed in keyring.keys.items()}
    durable.write_atomic(path, tomli_w.dumps({"schema": 1, "slot": slots, "key": keys}).encode())


def read_keyring(path: Path) -> Keyring:
    """Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        slots = tuple(
            Slot(
                slot["operator"],
                _bytes(slot["salt"]),
                _bytes(slot["sealed"]),
                _bounded(slot["argon2id"]["memory_kib"], _MOST_MEMORY_KIB),
                _bounded(slot["argon2id"]["iterations"], _MOST_ITERATIONS),
                _bounded(slot["argon2id"]["lanes"], _MOST_LANES),
            )
            for slot in raw["slot"]
        )
        return Keyring(slots, {name: _bytes(sealed) for name, sealed in raw.get("key", {}).items()})
    except FileNotFoundError:
        raise StoreError("KEYRING_MISSING", file=str(path)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StoreError("KEYRING_BAD", file=str(path)) from None


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
