"""A MIFARE Classic chip down to memory, keys and access bits (NXP MF1S50yyX, tables 6 to 8).

What it refuses, a real chip refuses: it halts after a failed authentication, enforces the access
conditions block by block, never shows key A, shows key B only where the conditions let it be read (and
then it is no key), and a sector whose access bits contradict themselves is closed for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from icme_tui.cards import access
from icme_tui.cards.layout import BLOCK_SIZE, BLOCKS, is_trailer, sector_of, trailer_of
from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError

MEMORY = BLOCKS * BLOCK_SIZE
MEMORY_4K = 4 * MEMORY
"""32 sectors of 4 blocks, of which only the first 16 answer here, then 8 of 16."""

_TRAILERS_4K = (*range(3, 128, 4), *range(143, 256, 16))

_READ = ("AB", "AB", "AB", "B", "AB", "B", "AB", "")
"""Who may read a data block, by condition C1 C2 C3."""
_WRITE = ("AB", "", "", "B", "B", "", "B", "")
_KEY_A_WRITE = ("A", "A", "", "B", "B", "", "", "")
"""Of a trailer, by its condition; key A is never readable and the access bits always are to A."""
_ACCESS_READ = ("A", "A", "A", "AB", "AB", "AB", "AB", "AB")
_ACCESS_WRITE = ("", "A", "", "B", "", "B", "", "")
_KEY_B_READ = ("A", "A", "A", "", "", "", "", "")
_KEY_B_WRITE = ("A", "A", "", "B", "B", "", "", "")


def new_memory(uid: bytes, size: int = MEMORY) -> bytearray:
    """The bytes of a new card with a UID of 4 bytes, of 1K or of 4K: empty, in transport configuration."""
    memory = bytearray(size)
    check = uid[0] ^ uid[1] ^ uid[2] ^ uid[3]
    maker = bytes([check, 0x08, 0x04, 0x00] if size == MEMORY else [check, 0x18, 0x02, 0x00])
    memory[:BLOCK_SIZE] = uid + maker + b"simulate"
    blank = access.trailer(access.TRANSPORT_KEY, access.TRANSPORT, 0x69, access.TRANSPORT_KEY)
    for trailer in range(3, BLOCKS, 4) if size == MEMORY else _TRAILERS_4K:
        memory[trailer * BLOCK_SIZE : (trailer + 1) * BLOCK_SIZE] = blank
    return memory


class Classic1K:
    """One chip in the field; of a 4K chip the first 16 sectors, which are the same."""

    def __init__(self, memory: bytearray, save: Callable[[int, bytes], None]) -> None:
        """``save(block, data)`` is called with every block that changes, before the write returns."""
        self._memory = memory
        self._save = save
        self._open: tuple[int, KeyType] | None = None
        self._halted = False

    @property
    def uid(self) -> bytes:
        """The 4 bytes of the UID."""
        return bytes(self._memory[:4])

    @property
    def is_4k(self) -> bool:
        return len(self._memory) == MEMORY_4K

    @property
    def halted(self) -> bool:
        """Whether the chip answers nothing until it is selected again."""
        return self._halted

    def select(self) -> None:
        """Wake the chip up. No sector is open afterwards."""
        self._open = None
        self._halted = False

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """Open the sector of a block. Raises CardError AUTH_REFUSED, after which the chip has halted."""
        self._awake()
        trailer = self._block(trailer_of(sector_of(block)))
        stored = trailer[:6] if key_type == "A" else trailer[10:]
        if key != stored or self._conditions(block) is None:
            self._halt("AUTH_REFUSED")
        self._open = (sector_of(block), key_type)

    def read(self, block: int) -> bytes:
        """16 bytes, with zeros in place of what may not be seen. Raises CardError."""
        condition, key = self._condition(block)
        data = self._block(block)
        if not is_trailer(block):
            self._require(key in _READ[condition])
            return data
        general = data[6:10] if key in _ACCESS_READ[condition] else bytes(4)
        key_b = data[10:] if key in _KEY_B_READ[condition] else bytes(6)
        return bytes(6) + general + key_b

    def write(self, block: int, data: bytes) -> None:
        """Write 16 bytes; of a trailer, the parts that may be written. Raises CardError."""
        self.put(block, self.written(block, data))

    def written(self, block: int, data: bytes) -> bytes:
        """What a block would hold after writing ``data`` to it. Raises CardError as ``write`` does."""
        condition, key = self._condition(block)
        if not is_trailer(block):
            self._require(key in _WRITE[condition] and block != 0)
            return data
        parts = (
            (0, 6, _KEY_A_WRITE),
            (6, 10, _ACCESS_WRITE),
            (10, 16, _KEY_B_WRITE),
        )
        allowed = [(start, end) for start, end, table in parts if key in table[condition]]
        self._require(bool(allowed))
        merged = bytearray(self._block(block))
        for start, end in allowed:
            merged[start:end] = data[start:end]
        return bytes(merged)

    def put(self, block: int, data: bytes) -> None:
        """Set a block whatever its access bits say: what an interrupted write leaves behind."""
        self._save(block, data)
        self._memory[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE] = data

    def peek(self, block: int) -> bytes:
        """A block as it lies in memory, keys included."""
        return self._block(block)

    def _block(self, block: int) -> bytes:
        return bytes(self._memory[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE])

    def _conditions(self, block: int) -> access.Conditions | None:
        try:
            return access.decode(self._block(trailer_of(sector_of(block)))[6:9])
        except CardError:
            return None

    def _condition(self, block: int) -> tuple[int, str]:
        """The condition of a block of the open sector and the key in use, "" if it is no key."""
        self._awake()
        if self._open is None or self._open[0] != sector_of(block):
            self._halt("NOT_AUTHENTICATED")
        conditions = self._conditions(block)
        if conditions is None:
            self._halt("ACCESS_DENIED")
        key: str = self._open[1]
        if key == "B" and _KEY_B_READ[conditions[3]]:
            self._halt("ACCESS_DENIED")
        return conditions[block % 4], key

    def _require(self, allowed: bool) -> None:
        if not allowed:
            self._halt("ACCESS_DENIED")

    def _awake(self) -> None:
        if self._halted:
            raise CardError("NOT_AUTHENTICATED")

    def _halt(self, code: str) -> NoReturn:
        self._open = None
        self._halted = True
        raise CardError(code)
