"""Commands to storage cards behind a PC/SC reader, and what their status words mean.

PC/SC Specification part 3, "Requirements for PC-connected interface devices", section 3.2.2.1 (storage card
functionality); ACS "ACR122U API" v1.2 for the old authenticate command. Commands are class FF: the reader
answers them itself and talks MIFARE to the card.
"""

from __future__ import annotations

from typing import NamedTuple

from icme_tui.cards.layout import BLOCK_SIZE
from icme_tui.cards.plan import KeyType

GET_UID = bytes.fromhex("FFCA000000")
KEY_SIZE = 6
KEY_IN_LOAD = slice(5, 5 + KEY_SIZE)
"""Where the key stands in ``load_key``."""
DATA_IN_WRITE = slice(5, 5 + BLOCK_SIZE)
DATA_IN_ANSWER = slice(0, BLOCK_SIZE)
"""Where keys stand in ``write`` and in the answer to ``read`` when the block is a trailer."""

OK = 0x9000
NOT_AUTHENTICATED = 0x6982

_KEY_TYPES = {"A": 0x60, "B": 0x61}
_UNSUPPORTED = (0x6700, 0x6800, 0x6A81, 0x6D00, 0x6E00)
_REFUSALS = (0x63, 0x69)


class Answer(NamedTuple):
    """What came back."""

    data: bytes
    status: int
    """SW1 SW2."""

    @property
    def is_ok(self) -> bool:
        """90 00."""
        return self.status == OK

    @property
    def is_unsupported(self) -> bool:
        """The reader does not know such a command."""
        return self.status in _UNSUPPORTED

    @property
    def is_refusal(self) -> bool:
        """The card said no. 63 00 is the answer of ACS readers to a wrong key, a closed sector, a forbidden
        operation and a card that has gone, all alike; 69 8x is that of readers that keep to the standard."""
        return self.status >> 8 in _REFUSALS


def parse(answer: bytes) -> Answer | None:
    """Data and status word; None for fewer than two bytes."""
    return Answer(answer[:-2], int.from_bytes(answer[-2:])) if len(answer) >= 2 else None


class KeyWay(NamedTuple):
    """How a reader takes a key and is told to use it."""

    structure: int
    """P1 of LOAD KEYS: 00 volatile memory, 20 non-volatile memory."""
    slot: int
    """P2 of LOAD KEYS."""
    number: int
    """The key number in AUTHENTICATE."""
    is_old: bool = False
    """Takes only the old authenticate command, FF 88."""
    is_by_type: bool = False
    """``slot`` is for keys A only; keys B go into the next one."""


def load_key(way: KeyWay, key: bytes, key_type: KeyType = "A") -> bytes:
    """LOAD KEYS: put a 6-byte key into the reader."""
    slot = way.slot + 1 if way.is_by_type and key_type == "B" else way.slot
    return bytes((0xFF, 0x82, way.structure, slot, KEY_SIZE)) + key


def authenticate(way: KeyWay, block: int, key_type: KeyType) -> bytes:
    """GENERAL AUTHENTICATE with the loaded key, or its older form."""
    if way.is_old:
        return bytes((0xFF, 0x88, 0x00, block, _KEY_TYPES[key_type], way.number))
    return bytes((0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, _KEY_TYPES[key_type], way.number))


def read(block: int) -> bytes:
    """READ BINARY of one block of 16 bytes."""
    return bytes((0xFF, 0xB0, 0x00, block, BLOCK_SIZE))


def write(block: int, data: bytes) -> bytes:
    """UPDATE BINARY of one block of 16 bytes."""
    return bytes((0xFF, 0xD6, 0x00, block, BLOCK_SIZE)) + data
