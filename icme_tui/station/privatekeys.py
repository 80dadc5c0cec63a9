"""The private keys of a station as the keyring has them."""

from __future__ import annotations

from typing import NamedTuple

from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.keyring import Keyring

NEW_SIGN, AGE_OTHER = "sign-new", "age-"
"""Names in the keyring: the key that takes the place of ``sign``, and the beginning of those of identities
beside ``age``."""


class Secrets(NamedTuple):
    """The private keys of a station, while it is open."""

    sign: SigningKey
    age: age.Identity
    card: SigningKey
    new_sign: SigningKey | None = None
    """Takes the place of ``sign`` once those who read us have heard of it."""
    other_ages: tuple[age.Identity, ...] = ()
    """Identities of before, and one that is on its way: what was encrypted to them is still opened."""

    def __repr__(self) -> str:
        return "Secrets(…)"


def secrets_in(keyring: Keyring, store_key: bytes) -> Secrets:
    """Raises StoreError ``KEYRING_BAD``."""
    new = keyring.key(NEW_SIGN, store_key) if NEW_SIGN in keyring.keys else None
    others = sorted((name for name in keyring.keys if name.startswith(AGE_OTHER)), reverse=True)
    return Secrets(
        SigningKey.from_openssh(keyring.key("sign", store_key)),
        age.Identity(keyring.key("age", store_key).decode()),
        SigningKey.from_openssh(keyring.key("card", store_key)),
        None if new is None else SigningKey.from_openssh(new),
        tuple(age.Identity(keyring.key(name, store_key).decode()) for name in others),
    )
