"""OpenSSH signatures of files (SSHSIG, OpenSSH's PROTOCOL.sshsig), Ed25519 with SHA-512 only.

What ``sign`` makes is byte-identical to ``ssh-keygen -Y sign``. Reading is strict: one signature has one
form, so no byte of it can be changed without being noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from typing import NamedTuple

from icme_tui.bundles.keys import ALGORITHM, SIGNATURE_BYTES, PublicKey, SigningKey
from icme_tui.codes import BundleError

_MAGIC = b"SSHSIG"
_VERSION = 1
_HASH = b"sha512"
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70


class Signature(NamedTuple):
    """A well-formed signature; whether it holds is another question."""

    key: PublicKey
    namespace: str
    raw: bytes
    """64 bytes."""

    def holds(self, message: bytes) -> bool:
        """Whether the key named in the signature made it, over ``message`` in this namespace."""
        return self.key.verifies(self.raw, _signed_data(self.namespace.encode(), message))


def sign(key: SigningKey, namespace: str, message: bytes) -> bytes:
    """The armored signature over ``message``."""
    name = namespace.encode("ascii")
    inner = _string(ALGORITHM) + _string(key.sign(_signed_data(name, message)))
    return _armor(
        _MAGIC
        + struct.pack(">I", _VERSION)
        + b"".join(map(_string, (key.public.blob, name, b"", _HASH, inner)))
    )


def parse(armored: bytes) -> Signature:
    """Read an armored signature. Raises BundleError ``SIG_BAD`` for any other form."""
    blob = _dearmor(armored)
    try:
        if blob[:6] != _MAGIC or struct.unpack(">I", blob[6:10])[0] != _VERSION:
            raise BundleError("SIG_BAD")
        (key_blob, namespace, reserved, hash_name, inner), rest = _strings(blob[10:], 5)
        (algorithm, raw), inner_rest = _strings(inner, 2)
        if reserved or rest or inner_rest or hash_name != _HASH:
            raise BundleError("SIG_BAD")
        if algorithm != ALGORITHM or len(raw) != SIGNATURE_BYTES:
            raise BundleError("SIG_BAD")
        if not namespace or not all(0x21 <= byte <= 0x7E for byte in namespace):
            raise BundleError("SIG_BAD")
        return Signature(PublicKey.from_blob(key_blob), namespace.decode("ascii"), raw)
    except (struct.error, BundleError):
        raise BundleError("SIG_BAD") from None


def _signed_data(namespace: bytes, message: bytes) -> bytes:
    return _MAGIC + b"".join(map(_string, (namespace, b"", _HASH, hashlib.sha512(message).digest())))


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _strings(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """``count`` SSH strings from the start of ``data``, and what is left."""
    found: list[bytes] = []
    for _ in range(count):
        (length,) = struct.unpack(">I", data[:4])
        if length > len(data) - 4:
            raise BundleError("SIG_BAD")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found, data


def blob_of(armored: bytes) -> bytes:
    """What is inside the armor. Raises BundleError ``SIG_BAD``."""
    return _dearmor(armored)


def armored(blob: bytes) -> bytes:
    """A signature's bytes in armor."""
    return _armor(blob)


def _armor(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[i : i + _COLUMNS] + b"\n" for i in range(0, len(text), _COLUMNS)]
    return _BEGIN + b"".join(lines) + _END


def _dearmor(armored: bytes) -> bytes:
    body = armored.removeprefix(_BEGIN).removesuffix(_END)
    try:
        blob = base64.b64decode(body)
    except (binascii.Error, ValueError):
        raise BundleError("SIG_BAD") from None
    # Base64 can say one thing in several ways; only the way of ssh-keygen counts.
    if _armor(blob) != armored:
        raise BundleError("SIG_BAD")
    return blob
