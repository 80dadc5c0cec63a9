"""What a status code of PC/SC means: the reason code that a person can act on.

Codes and names are those of PC/SC part 5 and pcsc-lite's ``pcsclite.h``. During a presentation every failure
means that nobody knows what the card holds (CardError); between presentations it is told of the reader or of
the way to it (ReaderError).
"""

from __future__ import annotations

from typing import Literal

from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.pcsc.scard import HANGS

NO_SERVICE = 0x8010001D
SHARING_VIOLATION = 0x8010000B

Trouble = Literal[
    "CARD_GONE", "CARD_RESET", "NO_SERVICE", "NO_READER", "READER_IN_USE", "READER_FORBIDDEN", "SERVICE_HANGS"
]

_TROUBLES: dict[int, Trouble] = {
    HANGS: "SERVICE_HANGS",
    0x80100001: "NO_SERVICE",  # F_INTERNAL_ERROR
    0x80100003: "NO_SERVICE",  # E_INVALID_HANDLE: of a service that has ended since
    0x80100009: "NO_READER",  # E_UNKNOWN_READER
    0x8010000B: "READER_IN_USE",  # E_SHARING_VIOLATION
    0x8010000C: "CARD_GONE",  # E_NO_SMARTCARD
    0x80100013: "NO_SERVICE",  # F_COMM_ERROR
    0x80100016: "CARD_GONE",  # E_NOT_TRANSACTED
    0x80100017: "NO_READER",  # E_READER_UNAVAILABLE
    0x8010001D: "NO_SERVICE",  # E_NO_SERVICE
    0x8010001E: "NO_SERVICE",  # E_SERVICE_STOPPED
    0x8010002E: "NO_READER",  # E_NO_READERS_AVAILABLE
    0x8010002F: "CARD_GONE",  # E_COMM_DATA_LOST
    0x80100066: "CARD_GONE",  # W_UNRESPONSIVE_CARD
    0x80100067: "CARD_GONE",  # W_UNPOWERED_CARD
    0x80100068: "CARD_RESET",  # W_RESET_CARD
    0x80100069: "CARD_GONE",  # W_REMOVED_CARD
    0x8010006A: "READER_FORBIDDEN",  # W_SECURITY_VIOLATION: polkit
}


def trouble_of(status: int) -> Trouble | None:
    """The trouble behind a status code; None if it is none of those that are known."""
    return _TROUBLES.get(status)


def during_presentation(status: int, reader: str) -> CardError:
    """What an operation on a card raises."""
    trouble = trouble_of(status)
    if trouble in ("CARD_GONE", "CARD_RESET"):
        return CardError(trouble)
    return CardError("READER_LOST", reader=reader, status=f"{status & 0xFFFFFFFF:08X}")


def between_presentations(status: int, reader: str) -> ReaderError:
    """What waiting for a card raises."""
    trouble = trouble_of(status)
    if trouble is None or trouble in ("CARD_GONE", "CARD_RESET"):
        return ReaderError("READER_FAILED", reader=reader, status=f"{status & 0xFFFFFFFF:08X}")
    return ReaderError(trouble, reader=reader)
