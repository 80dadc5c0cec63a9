"""The one door to age encryption (age-encryption.org/v1, X25519 recipients), in memory only.

The streaming functions of pyrage 1.4 are not used: writing reports success on a full disk, and reading
hands out data before it is verified.
"""

from __future__ import annotations

import pyrage

from icme_tui.codes import BundleError

_HEADER = b"age-encryption.org/v1\n"


class Identity:
    """An age X25519 identity: it opens what is encrypted to ``public``. It never shows itself."""

    def __init__(self, secret: str) -> None:
        """Raises BundleError ``IDENTITY_BAD``."""
        try:
            self._identity = pyrage.x25519.Identity.from_str(secret)
        except (pyrage.IdentityError, ValueError):
            raise BundleError("IDENTITY_BAD") from None
        self.public = str(self._identity.to_public())
        """The recipient, ``age1…``."""

    def __repr__(self) -> str:
        return f"Identity({self.public})"

    def secret(self) -> str:
        """``AGE-SECRET-KEY-1…``. A secret."""
        return str(self._identity)

    @classmethod
    def generate(cls) -> Identity:
        return cls(str(pyrage.x25519.Identity.generate()))


def parse_identities(text: str) -> list[Identity]:
    """The identities of an ``age-keygen`` file: one a line, ``#`` begins a comment.

    Raises BundleError ``IDENTITY_BAD`` for a line of another kind, or where there is none.
    """
    lines = [line.strip() for line in text.splitlines()]
    secrets = [line for line in lines if line and not line.startswith("#")]
    if not secrets or not all(secret.startswith("AGE-SECRET-KEY-1") for secret in secrets):
        raise BundleError("IDENTITY_BAD")
    return [Identity(secret) for secret in secrets]


def is_recipient(text: str) -> bool:
    """Whether ``text`` is an X25519 recipient in its usual, lower-case form."""
    try:
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except (pyrage.RecipientError, ValueError):
        return False


def encrypt(plain: bytes, recipients: list[str]) -> bytes:
    """Encrypt to every one of ``recipients``; binary form.

    Raises BundleError ``RECIPIENT_BAD``.
    """
    if not recipients or not all(map(is_recipient, recipients)):
        raise BundleError("RECIPIENT_BAD")
    known = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    return bytes(pyrage.encrypt(plain, known))


def decrypt(cipher: bytes, identities: list[Identity]) -> bytes:
    """Open a binary age file with any of ``identities``. Raises BundleError ``NOT_DECRYPTABLE``."""
    if not identities or not cipher.startswith(_HEADER):
        raise BundleError("NOT_DECRYPTABLE")
    try:
        return bytes(pyrage.decrypt(cipher, [identity._identity for identity in identities]))
    except (pyrage.DecryptError, ValueError):
        raise BundleError("NOT_DECRYPTABLE") from None
