"""A PN532 on a serial line as a reader of cards."""

from __future__ import annotations

import logging
import time

from icme_tui.cards.layout import BLOCK_SIZE, is_trailer, sector_of
from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.pn532.chip import (
    FORMAT,
    MIFARE,
    OK,
    STATUS,
    USUAL,
    Chip,
    Exchanged,
    Limits,
    Masked,
    Target,
)
from icme_tui.devices.pn532.line import SerialLine, name_of
from icme_tui.devices.port import CardKind, CardSeen, Signal
from icme_tui.devices.traffic import Traffic

POLL_S = 0.15
"""Pause between two looks for a card."""

_MISSES = 2
"""A card that does not answer so many looks has left: one look may fail at the edge of the field."""

_KINDS: dict[int, CardKind] = {
    0x00: "mifare-ultralight",
    0x08: "mifare-classic-1k",
    0x09: "mifare-mini",
    0x18: "mifare-classic-4k",
    0x20: "mifare-desfire",
    0x28: "mifare-classic-1k",
    0x38: "mifare-classic-4k",
    0x88: "mifare-classic-1k",
}
"""By SAK (NXP AN10833). 28 and 38 are ISO 14443-4 cards as well, 88 is Infineon's."""

_DESFIRE_ATQA = b"\x03\x44"

_AUTHENTICATE = {"A": b"\x60", "B": b"\x61"}
_READ = b"\x30"
_WRITE = b"\xa0"


def kind_of(atqa: bytes, sak: int) -> CardKind:
    """What a card says it is, by its ATQA (2 bytes in the chip's order) and SAK."""
    kind = _KINDS.get(sak, "other")
    return "other" if kind == "mifare-desfire" and atqa != _DESFIRE_ATQA else kind


class Pn532Reader:
    """A ``port.Reader``. It makes no sound: modules with this chip have no beeper."""

    def __init__(self, device: str, limits: Limits = USUAL) -> None:
        """``device``: ``/dev/ttyUSB0``, ``COM3``.

        Raises ReaderError READER_GONE, READER_DENIED, READER_IN_USE, READER_SILENT, READER_NOISY,
        READER_UNKNOWN.
        """
        self.name = name_of(device)
        self._line = SerialLine(device)
        self._chip = Chip(self._line, self.name, Traffic(logging.getLogger(__name__)), limits)
        self._seen: Target | None = None
        """The card that came last and has not been seen to leave."""
        self._card: Target | None = None
        """The same while it is selected."""
        self._open: int | None = None
        """The sector that is open."""
        try:
            self._chip.start()
        except ReaderError:
            self._line.close()
            raise

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``. A card that is still there is selected again."""
        until = time.monotonic() + timeout_s
        while (card := self._select()) is None:
            left = until - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(POLL_S, left))
        self._seen = card
        return CardSeen(card.uid, kind_of(card.atqa, card.sak))

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``."""
        until = time.monotonic() + timeout_s
        misses = 0
        while self._seen is not None:
            card = self._select()
            misses = misses + 1 if card is None else 0
            if misses == _MISSES or (card is not None and card.uid != self._seen.uid):
                self._seen = self._card = None
                break
            if (left := until - time.monotonic()) <= 0:
                return False
            time.sleep(min(POLL_S, left))
        return True

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``. Of a longer UID the last 4 bytes count (AN10927)."""
        uid = self._present().uid
        command = _AUTHENTICATE[key_type] + bytes([block]) + key + uid[-4:]
        self._open = None
        self._exchange(command, "command")
        self._open = sector_of(block)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        self._require_open(block)
        data = self._exchange(_READ + bytes([block]), "answer" if is_trailer(block) else "")
        if len(data) != BLOCK_SIZE:
            self._card = None
            raise CardError("CARD_GONE", status="length")
        return data

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        self._require_open(block)
        self._exchange(_WRITE + bytes([block]) + data, "command" if is_trailer(block) else "")

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""

    def close(self) -> None:
        """See ``port.Reader``."""
        self._chip.stop()
        self._line.close()
        self._seen = self._card = None

    def _present(self) -> Target:
        if self._card is None:
            raise CardError("CARD_GONE")
        return self._card

    def _require_open(self, block: int) -> None:
        self._present()
        if self._open != sector_of(block):
            raise CardError("NOT_AUTHENTICATED")

    def _exchange(self, command: bytes, masked: Masked) -> bytes:
        """What the card answers. Raises CardError: what is wrong with the reader is told by the next wait.

        After whatever went wrong the card is selected again, as it halts after a refusal: one that does not
        come back has left, so that a card pulled away is never taken for one that refused a key.
        """
        target = self._present().number
        try:
            try:
                answer = self._chip.exchange(target, command, masked)
            except ReaderError as error:
                if error.code == "READER_GONE":
                    raise
                self._failed()
                raise CardError("CARD_GONE", status=error.code) from None
            return self._answered(command, answer)
        except ReaderError as error:
            self._seen = self._card = None  # whatever lies there is taken up again
            raise CardError("READER_LOST", reader=self.name, status=error.code) from error

    def _answered(self, command: bytes, answer: Exchanged) -> bytes:
        if answer.status == OK:
            return answer.data
        status = STATUS.get(answer.status, f"{answer.status:02x}")
        is_there = self._failed()
        if is_there and answer.status == MIFARE:
            raise CardError("AUTH_REFUSED" if command[:1] in _AUTHENTICATE.values() else "NOT_AUTHENTICATED")
        if is_there and answer.status == FORMAT:
            raise CardError("ACCESS_DENIED", status=status)
        raise CardError("CARD_GONE", status=status)

    def _failed(self) -> bool:
        """Select the card again after a failure. Whether it is still there."""
        before = self._card
        card = self._select()
        if card is None or before is None or card.uid != before.uid:
            self._card = None
            return False
        return True

    def _select(self) -> Target | None:
        """The card in the field, selected. Raises ReaderError where the chip fails even after it was set up
        anew, as one that lost its power has to be."""
        self._open = None
        try:
            self._card = self._chip.list_target()
        except ReaderError as error:
            if error.code == "READER_GONE":
                raise
            self._chip.start()
            self._card = self._chip.list_target()
        return self._card
