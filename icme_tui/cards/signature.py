"""The issuer's signature over a holder: Ed25519 by the issuing station's card key."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIZE = 64


def message(uid: bytes, holder: bytes) -> bytes:
    """What is signed: the layout's name, the UID with its length, the 96 bytes of the holder."""
    return b"icme-card/1\n" + bytes([len(uid)]) + uid + holder


def verify(public_key: bytes, uid: bytes, holder: bytes, signature: bytes) -> bool:
    """Whether a 64-byte signature fits. ``public_key`` is the raw 32 bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message(uid, holder))
    except (InvalidSignature, ValueError):
        return False
    return True
