"""A card and the reader around it, as bytes: what PC/SC part 3 says, with the rules of a MIFARE chip.

``StorageCard.answer`` takes an APDU and gives back data and status word. ``Fault`` makes one go wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from icme_tui.cards.layout import BLOCK_SIZE, BLOCKS
from icme_tui.codes import CardError
from icme_tui.devices.mifare import Classic1K, new_memory
from icme_tui.devices.pcsc.atr import storage_atr

CLASSIC_1K, CLASSIC_4K, ULTRALIGHT = storage_atr(0x0001), storage_atr(0x0002), storage_atr(0x0003)
CLONE = storage_atr(0xFF88)
DESFIRE = bytes.fromhex("3B8180018080")

OK, FAILED = b"\x90\x00", b"\x63\x00"

Wrong = Literal["pull", "pull after", "torn", "status", "drop", "silent", "call"]
"""Pulled before the command reaches the card, or after it did; in the middle of a write; another status word;
a write that is confirmed and not done; an answer without a status word; something else happens first."""


class Fault(NamedTuple):
    """What goes wrong at the APDU number ``at`` after the card was put on."""

    at: int
    wrong: Wrong
    status: bytes = b"\x6f\x00"
    call: Callable[[], object] = lambda: None


class Pulled(Exception):
    """The card has left the field."""


@dataclass
class StorageCard:
    """One card. The reader around it forgets its keys when the card loses its power."""

    memory: bytearray
    uid: bytes = b""
    atr: bytes = CLASSIC_1K
    takes: frozenset[tuple[int, int]] = frozenset({(0x00, 0x00), (0x00, 0x01)})
    """(P1, P2) of LOAD KEYS that the reader knows."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Key numbers of AUTHENTICATE by the P2 of LOAD KEYS, where they differ."""
    is_old: bool = False
    """The reader knows FF 88 only."""
    fault: Fault | None = None
    seen: list[bytes] = field(default_factory=list)
    """Every APDU since it was put on."""
    told: list[bytes] = field(default_factory=list)
    """Every command to the reader itself, ever."""

    def __post_init__(self) -> None:
        self.uid = self.uid or bytes(self.memory[:4])
        self.chip = Classic1K(self.memory, lambda block, data: None)
        self._keys: dict[int, bytes] = {}

    def become(self, memory: bytearray) -> None:
        """Be another card, from the next reset on, without the time that taking one away takes."""
        self.memory, self.uid = memory, b""
        self.__post_init__()

    @classmethod
    def blank(cls, uid: bytes, **how: object) -> StorageCard:
        """A new card."""
        return cls(new_memory(uid[-4:]), uid, **how)  # type: ignore[arg-type]

    def power(self) -> None:
        """It came into the field, or was reset."""
        self._keys.clear()
        self.chip.select()

    def answer(self, apdu: bytes) -> bytes:
        """Data and status word. Raises Pulled."""
        self.seen.append(apdu)
        fault = self.fault
        if fault is None or len(self.seen) - 1 != fault.at:
            return self._obey(apdu)
        if fault.wrong == "torn" and apdu[1] == 0xD6:
            old, new = self.chip.peek(apdu[3]), apdu[5:]
            self.chip.put(apdu[3], new[: BLOCK_SIZE // 2] + old[BLOCK_SIZE // 2 :])
        if fault.wrong in ("pull", "torn"):
            raise Pulled
        if fault.wrong == "drop" and apdu[1] == 0xD6:
            return OK
        if fault.wrong == "status":
            return fault.status
        if fault.wrong == "call":
            fault.call()
        answer = self._obey(apdu)
        if fault.wrong == "pull after":
            raise Pulled
        return answer[:1] if fault.wrong == "silent" else answer

    def _obey(self, apdu: bytes) -> bytes:
        if apdu[:1] != b"\xff" or len(apdu) < 5:
            return self._tell(apdu)
        instruction = apdu[1]
        if instruction == 0x00 or (self.atr == DESFIRE and instruction != 0xCA):
            return self._tell(apdu)
        if instruction == 0xCA:
            return self.uid + OK if apdu[2] == 0 else b"\x6a\x81"
        if instruction == 0x82:
            return self._load(apdu)
        if instruction in (0x86, 0x88):
            return self._authenticate(apdu)
        if instruction in (0xB0, 0xD6) and apdu[3] < BLOCKS:
            return self._touch(apdu)
        return b"\x6d\x00"

    def _tell(self, apdu: bytes) -> bytes:
        self.told.append(apdu)
        return OK if apdu[:2] in (b"\xff\x00", b"\xe0\x00") else b"\x6d\x00"

    def _load(self, apdu: bytes) -> bytes:
        where, key = (apdu[2], apdu[3]), apdu[5:]
        if where not in self.takes or apdu[4] != 6 or len(key) != 6:
            return b"\x63\x86"
        self._keys[self.numbers.get(apdu[3], apdu[3])] = key
        return OK

    def _authenticate(self, apdu: bytes) -> bytes:
        if self.is_old != (apdu[1] == 0x88):
            return b"\x6d\x00"
        block, kind, number = (apdu[3], apdu[4], apdu[5]) if self.is_old else (apdu[7], apdu[8], apdu[9])
        key = self._keys.get(number)
        try:
            if key is None or kind not in (0x60, 0x61) or block >= BLOCKS:
                return FAILED
            self.chip.authenticate(block, "A" if kind == 0x60 else "B", key)
        except CardError:
            return FAILED
        return OK

    def _touch(self, apdu: bytes) -> bytes:
        try:
            if apdu[1] == 0xB0:
                return self.chip.read(apdu[3]) + OK if apdu[4] == BLOCK_SIZE else b"\x6c\x10"
            self.chip.write(apdu[3], apdu[5:])
        except CardError:
            return FAILED
        return OK
