"""The narrow port that all readers share.

Calls block; each has a time limit of its own, so that leaving never hangs. Errors are ``CardError`` with

- CARD_GONE: the card left the field; whether the last write reached it is unknown
- AUTH_REFUSED: not the key; the card has halted and the reader selects it again by itself
- NOT_AUTHENTICATED: the sector of the block is not open
- ACCESS_DENIED: the access bits forbid this with the key that is in use
- CARD_RESET, READER_LOST: another program reset the card; reader or service went away. As unknown
- CARD_ANSWER: an answer that makes no sense

and ``ReaderError`` with READER_GONE, READER_ADDRESS, READER_IN_USE, or with READER_DENIED (no right to use
the device), READER_SILENT, READER_NOISY (what it sends is no answer), READER_UNKNOWN (it is something else);
of PC/SC with NO_SERVICE, NO_READER, READER_FORBIDDEN, SERVICE_HANGS, READER_FAILED, READER_KEYS and
PCSC_MISSING. A reader that raised one is closed, and opened again when it may be back.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from icme_tui.cards.plan import KeyType

CardKind = Literal[
    "mifare-classic-1k", "mifare-classic-4k", "mifare-mini", "mifare-ultralight", "mifare-desfire", "other"
]
Signal = Literal["accepted", "refused", "again"]


class CardSeen(NamedTuple):
    """A card that came into the field and was selected."""

    uid: bytes
    """4, 7 or 10 bytes."""
    kind: CardKind

    @property
    def is_classic(self) -> bool:
        """Whether our layout fits on it. A 4K card is used as a 1K card: its first 16 sectors are alike."""
        return self.kind in ("mifare-classic-1k", "mifare-classic-4k")


class Reader(Protocol):
    """One contactless reader. Use it from one thread at a time."""

    name: str
    """What facts and messages call it."""

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """The card in the field, or None if none came in ``timeout_s`` seconds."""
        ...

    def wait_for_removal(self, timeout_s: float) -> bool:
        """Whether the card that was seen last has left the field within ``timeout_s`` seconds."""
        ...

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """Open the sector of a block with a 6-byte key."""
        ...

    def read(self, block: int) -> bytes:
        """The 16 bytes of a block of the open sector."""
        ...

    def write(self, block: int, data: bytes) -> None:
        """Write the 16 bytes of a block of the open sector."""
        ...

    def signal(self, outcome: Signal) -> None:
        """Beep and light where the reader can. Never fails."""
        ...

    def close(self) -> None:
        """Let go of the reader."""
        ...
