"""Ed25519 signing keys in OpenSSH form: public lines and blobs, private files, fingerprints.

The wire form of a public key is ``string "ssh-ed25519" | string key`` (RFC 8709, RFC 4253 section 6.6).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from icme_tui.codes import BundleError

ALGORITHM = b"ssh-ed25519"
KEY_BYTES = 32
SIGNATURE_BYTES = 64

_BLOB_START = struct.pack(">I", len(ALGORITHM)) + ALGORITHM + struct.pack(">I", KEY_BYTES)

# The curve of RFC 8032: -x² + y² = 1 + d·x²·y² over the integers modulo p.
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_Y_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y_ORDER_8, _P - _Y_ORDER_8})


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key that is a point of the curve and not of small order."""

    raw: bytes
    """32 bytes."""

    def __post_init__(self) -> None:
        if not is_sound(self.raw):
            raise BundleError("KEY_BAD")

    @property
    def blob(self) -> bytes:
        """The SSH wire form, 51 bytes."""
        return _BLOB_START + self.raw

    @property
    def line(self) -> str:
        """``ssh-ed25519 AAAA…`` as in a ``.pub`` file, without a comment."""
        return f"{ALGORITHM.decode()} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """30 digits in 6 groups, to be read out and typed: SHA-256 of the blob modulo 10^30."""
        number = int.from_bytes(hashlib.sha256(self.blob).digest(), "big") % 10**30
        digits = f"{number:030d}"
        return " ".join(digits[i : i + 5] for i in range(0, 30, 5))

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's over ``message``."""
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def from_blob(cls, blob: bytes) -> PublicKey:
        """Raises BundleError ``KEY_BAD`` for anything but one sound Ed25519 key."""
        if len(blob) != len(_BLOB_START) + KEY_BYTES or not blob.startswith(_BLOB_START):
            raise BundleError("KEY_BAD")
        return cls(blob[len(_BLOB_START) :])

    @classmethod
    def from_line(cls, line: str) -> PublicKey:
        """The key of ``ssh-ed25519 AAAA… [comment]``. Raises BundleError ``KEY_BAD``."""
        words = line.split()
        if len(words) < 2 or words[0] != ALGORITHM.decode():
            raise BundleError("KEY_BAD")
        try:
            return cls.from_blob(base64.b64decode(words[1], validate=True))
        except (binascii.Error, ValueError):
            raise BundleError("KEY_BAD") from None


def is_sound(raw: bytes) -> bool:
    """Whether 32 bytes are the one encoding of a point of the curve whose order is not 1, 2, 4 or 8.

    A key of small order would verify signatures that nobody made.
    """
    if len(raw) != KEY_BYTES:
        return False
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        return False
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(x_squared, (_P - 1) // 2, _P) == 1


class SigningKey:
    """An Ed25519 private key. It never shows itself."""

    def __init__(self, private: ed25519.Ed25519PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey({self.public.fingerprint})"

    def sign(self, message: bytes) -> bytes:
        """The raw signature, 64 bytes."""
        return self._private.sign(message)

    def to_openssh(self) -> bytes:
        """The unencrypted OpenSSH private key file (PEM). A secret."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )

    def seed(self) -> bytes:
        """The 32 bytes that the key is made of (RFC 8032). A secret."""
        return self._private.private_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """The key that is made of 32 bytes."""
        return cls(ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def from_openssh(cls, pem: bytes) -> SigningKey:
        """The key of an unencrypted OpenSSH private key file. Raises BundleError ``KEY_BAD``."""
        try:
            private = serialization.load_ssh_private_key(pem, None)
        except Exception:  # the parser raises many kinds; none of them may carry key material on
            raise BundleError("KEY_BAD") from None
        if not isinstance(private, ed25519.Ed25519PrivateKey):
            raise BundleError("KEY_BAD")
        return cls(private)
