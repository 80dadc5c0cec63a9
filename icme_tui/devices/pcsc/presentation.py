"""One presentation of a card at a PC/SC reader: the card is ours alone from its arrival until the end."""

from __future__ import annotations

from typing import NoReturn

from icme_tui.cards.layout import BLOCK_SIZE, is_trailer
from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.pcsc import apdu, failures
from icme_tui.devices.pcsc.keyways import KeyWays
from icme_tui.devices.pcsc.scard import Connection, StatusError
from icme_tui.devices.traffic import Traffic


class Presentation:
    """Talks to the card. After a CardError that is no refusal it is over."""

    def __init__(self, card: Connection, reader: str, ways: KeyWays, traffic: Traffic) -> None:
        """Asks for the UID. Raises CardError, which means that the card has gone again."""
        self._card: Connection | None = card
        self._reader = reader
        self._ways = ways
        self._traffic = traffic
        self.is_cut = False
        """It ended before it was ended: by a card that was pulled or reset, a reader or service that went."""
        self.uid = self._ask_uid()

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``. A key is put into the reader each time: sectors have keys of their own.

        A reader that has never opened a sector is asked in every way that there is. Raises ReaderError
        READER_KEYS if it takes the key in none of them.
        """
        refused, first = False, None
        for way in self._ways.to_try():
            loaded = self.exchange(apdu.load_key(way, key, key_type), apdu.KEY_IN_LOAD)
            first = first or loaded
            if not loaded.is_ok:
                continue
            if self._opens(way, block, key_type):
                return
            refused = True
            if way == self._ways.known:
                break
        if refused:
            raise CardError("AUTH_REFUSED")
        self._select_again()  # some readers take keys only while a card lies there
        if self._ways.known is not None and first is not None:
            _senseless(first)
        raise ReaderError("READER_KEYS", reader=self._reader)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        secret = apdu.DATA_IN_ANSWER if is_trailer(block) else None
        answer = self.exchange(apdu.read(block), secret_answer=secret)
        if not answer.is_ok:
            self._refused(answer)
        if len(answer.data) != BLOCK_SIZE:
            _senseless(answer)
        return answer.data

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        answer = self.exchange(apdu.write(block, data), apdu.DATA_IN_WRITE if is_trailer(block) else None)
        if not answer.is_ok:
            self._refused(answer)

    def exchange(
        self, command: bytes, secret: slice | None = None, secret_answer: slice | None = None
    ) -> apdu.Answer:
        """One command and its answer; what is secret in them is not traced. Raises CardError."""
        if self._card is None:
            raise CardError("CARD_GONE")
        self._traffic.sent(command, secret)
        try:
            raw = self._card.transmit(command)
        except StatusError as error:
            self._cut(error)
        self._traffic.received(raw, secret_answer)
        answer = apdu.parse(raw)
        if answer is None:  # pulled away in mid-command: success, and no answer
            self.is_cut = True
            self.end()
            raise CardError("CARD_GONE")
        return answer

    def escape(self, command: bytes) -> None:
        """A command to the reader itself, of which the card hears nothing. Raises CardError CARD_GONE;
        StatusError where the driver refuses it, which does no harm."""
        if self._card is None:
            raise CardError("CARD_GONE")
        self._traffic.sent(command)
        self._traffic.received(self._card.escape(command))

    def end(self) -> None:
        """Let go of the card, reset, so that nothing of it stays open. Never fails."""
        card, self._card = self._card, None
        if card is not None:
            # Resetting a card that is not there makes pcscd blind for it if it comes back at once.
            card.end(reset=not self.is_cut)

    def _ask_uid(self) -> bytes:
        answer = self.exchange(apdu.GET_UID)
        if not answer.is_ok or not answer.data:
            self.end()
            raise CardError("CARD_GONE")
        return answer.data

    def _opens(self, way: apdu.KeyWay, block: int, key_type: KeyType) -> bool:
        """Whether the key that was put into the reader opens the sector; if not, the card is selected again.

        Raises CardError.
        """
        answer = self.exchange(apdu.authenticate(way, block, key_type))
        if answer.is_unsupported and not way.is_old:
            way = way._replace(is_old=True)
            answer = self.exchange(apdu.authenticate(way, block, key_type))
        if answer.is_ok:
            self._ways.worked(way)
        elif answer.is_refusal:
            self._select_again()
        else:
            _senseless(answer)
        return answer.is_ok

    def _select_again(self) -> None:
        """After a refusal the card has halted. Raises CardError CARD_GONE if it is not there any more: some
        readers say of a card that has gone what they say of a wrong key."""
        if self._card is None:
            raise CardError("CARD_GONE")
        try:
            self._card.reset()
        except StatusError as error:
            self._cut(error)
        if self._ask_uid() != self.uid:
            self.is_cut = True
            self.end()
            raise CardError("CARD_GONE")

    def _refused(self, answer: apdu.Answer) -> NoReturn:
        if not answer.is_refusal:
            _senseless(answer)
        self._select_again()
        raise CardError("NOT_AUTHENTICATED" if answer.status == apdu.NOT_AUTHENTICATED else "ACCESS_DENIED")

    def _cut(self, error: StatusError) -> NoReturn:
        self._traffic.note(f"{error}")
        self.is_cut = True
        self.end()
        raise failures.during_presentation(error.status, self._reader) from error


def _senseless(answer: apdu.Answer) -> NoReturn:
    raise CardError("CARD_ANSWER", status=f"{answer.status:04X}")
