"""Keys of a deployment and what is derived from them for one card (NXP AN10922, AES-128)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError

MAD_KEY = bytes.fromhex("A0A1A2A3A4A5")
"""Key A of sector 0, public by the MAD standard."""

_FIRST_RING_KEY_SECTOR = 4


def diversify(master: bytes, message: bytes) -> bytes:
    """The 16-byte key that AN10922 derives from a 16-byte master key and up to 31 bytes of input.

    The input with 0x01 before it is always padded to two blocks, which is why a library's AES-CMAC
    gives another result for short inputs.
    """
    if len(message) > 31:
        raise ValueError("AN10922 takes at most 31 bytes")
    data = b"\x01" + message
    padded = len(data) < 32
    if padded:
        data = (data + b"\x80").ljust(32, b"\0")
    mask = _subkey(_encrypt(master, bytes(16)))
    if padded:
        mask = _subkey(mask)
    last = bytes(a ^ b for a, b in zip(data[16:], mask, strict=True))
    return _encrypt(master, data[:16] + last)[16:]


def sector_key(master: bytes, uid: bytes, sector: int, key_type: KeyType) -> bytes:
    """The 6-byte key of one sector of one card."""
    return diversify(master, uid + bytes([sector]) + key_type.encode())[:6]


def record_key(master: bytes, station: int, version: int) -> bytes:
    """The 16-byte key with which a station signs its records."""
    return diversify(master, station.to_bytes(2, "big") + bytes([version]))


def masters_of(seed: bytes) -> dict[str, str]:
    """The master keys of a deployment (16 bytes each, in hex), derived from its card key of 16 bytes by HKDF
    with SHA-256: ``k_a``, ``k_ring``, ``k_issue`` and ``k_record``."""
    return {
        name: HKDF(SHA256(), 16, salt=None, info=f"icme-card-master/1/{name}".encode()).derive(seed).hex()
        for name in ("k_a", "k_ring", "k_issue", "k_record")
    }


@dataclass(frozen=True)
class CardKeys:
    """The keys that a station holds for cards. Its repr names none of them."""

    k_a: bytes = field(repr=False)
    """Master of key A of every sector but the first, 16 bytes."""
    k_ring: bytes = field(repr=False)
    """Master of key B of sectors 4 to 15, 16 bytes."""
    k_issue: bytes | None = field(repr=False)
    """Master of key B of sectors 0 to 3, 16 bytes; None where no cards are issued."""
    record_key: bytes = field(repr=False)
    """This station's own record key, 16 bytes."""
    card_sign: Callable[[bytes], bytes] | None = field(repr=False)
    """Signs with this station's Ed25519 card key (message to 64 bytes); None where none is held."""
    issuers: Mapping[int, bytes]
    """Ed25519 public keys (32 bytes) of the stations that issue cards, by station number."""
    key_version: int = 1
    """Version of the record key, 0 to 7."""
    lost_issuers: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    """Public keys that were revoked, by the number of their station."""
    is_listed: Callable[[bytes, str, int], bool] = field(default=lambda uid, number, issue: False, repr=False)
    """Whether this issue of the card number, with this UID, is one that the office knows."""

    def key_a(self, uid: bytes, sector: int) -> bytes:
        """Key A of a sector of one card."""
        return MAD_KEY if sector == 0 else sector_key(self.k_a, uid, sector, "A")

    def key_b(self, uid: bytes, sector: int) -> bytes:
        """Key B of a sector of one card. Raises CardError NO_ISSUE_KEY where it is not held."""
        if sector >= _FIRST_RING_KEY_SECTOR:
            return sector_key(self.k_ring, uid, sector, "B")
        if self.k_issue is None:
            raise CardError("NO_ISSUE_KEY")
        return sector_key(self.k_issue, uid, sector, "B")


def _encrypt(key: bytes, data: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor().update(data)


def _subkey(block: bytes) -> bytes:
    """Doubling in GF(2^128), as for the subkeys of CMAC (NIST SP 800-38B)."""
    value = int.from_bytes(block, "big") << 1
    if value >> 128:
        value = value ^ (1 << 128) ^ 0x87
    return value.to_bytes(16, "big")
