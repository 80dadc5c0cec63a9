"""A reader behind PC/SC, as ``port.Reader``.

Between presentations the reader belongs to everybody; the service is only asked whether a card has come.
A presentation, from ``wait_for_card`` until ``wait_for_removal`` or ``close``, has the card for itself, so
that no other program gets between two of its steps; at its end the card is reset and nothing stays open.

Whatever fails during a presentation is a CardError and means that nobody knows what the card holds. What is
wrong with the reader or the service is told by the next wait, as ReaderError; then it is closed, and opened
again when both are back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError, IcmeError
from icme_tui.devices.claim import Claim
from icme_tui.devices.pcsc import acr122, atr, failures
from icme_tui.devices.pcsc.keyways import KeyWays
from icme_tui.devices.pcsc.presentation import Presentation
from icme_tui.devices.pcsc.profiles import BETWEEN_S, Escapes, profile_of
from icme_tui.devices.pcsc.scard import Connection, ReaderState, StatusError
from icme_tui.devices.pcsc.watch import Watch
from icme_tui.devices.port import CardSeen, Signal
from icme_tui.devices.traffic import Traffic

_PATIENCE_S = 1.0
"""For so long another program may hold a card that has just come: some look at every one."""
_RETRY_S = 0.05
_AGAIN_S = 0.3
"""After so long a card that lies there and could not be talked to is tried again."""
_PSEUDO_APDU = 0xFF
"""Class of commands that the reader takes for itself; any other would go to the card."""


class PcscReader:
    """Use it from one thread at a time."""

    def __init__(self, part: str, claim: Callable[[str], Claim | None] = lambda _name: None) -> None:
        """The reader whose name contains ``part``; without one the first for contactless cards. ``claim``
        makes it this program's alone.

        Raises ReaderError PCSC_MISSING, NO_SERVICE, NO_READER, READER_FORBIDDEN, SERVICE_HANGS, and what
        ``claim`` raises.
        """
        self._watch = Watch(part)
        self.name = f"pcsc:{self._watch.reader}"
        try:
            self._claim = claim(self.name)
        except IcmeError:
            self._watch.close()
            raise
        self._traffic = Traffic(logging.getLogger(__name__))
        self._profile = profile_of(self._watch.reader)
        self._ways = KeyWays(self._watch.reader, self._profile)
        self._shown: Presentation | None = None
        """The presentation of the card that came last, ended or not."""
        self._counter = 0
        """The service's count of cards when it came."""
        self._is_silenced = False
        self._is_mute = False
        self._is_set_up = self._tell_reader(self._profile.polling)
        """It obeys us in a way that is to be given back."""

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``. Raises ReaderError."""
        deadline = time.monotonic() + timeout_s
        self._end_presentation()
        state = self._watch.look()
        while True:
            if state.is_present and (seen := self._present(state)) is not None:
                return seen
            again = time.monotonic() + _AGAIN_S if state.is_present else deadline
            changed = self._watch.change(min(deadline, again))
            if changed is None and time.monotonic() >= deadline:
                return None
            state = changed or self._watch.look()

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``. A card whose presentation was cut counts as gone, so that it is taken up again
        where it still lies there. Raises ReaderError."""
        deadline = time.monotonic() + timeout_s
        self._end_presentation()
        if self._shown is None or self._shown.is_cut:
            self._shown = None
            return True
        state: ReaderState | None = self._watch.look()
        while state is not None:
            if not state.is_present or state.counter != self._counter:
                self._shown = None
                return True
            state = self._watch.change(deadline)
        return False

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        self._present_card().authenticate(block, key_type, key)

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        return self._present_card().read(block)

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        self._present_card().write(block, data)

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""
        self._tell_reader(self._profile.signals.get(outcome, ()), BETWEEN_S)

    def fault(self) -> acr122.Fault:
        """What the reader says of itself that is not right; empty where it says nothing of the kind. For a
        look between presentations."""
        if not self._profile.is_acr122:
            return ""
        return acr122.fault_of(self._ask(acr122.FIRMWARE), self._ask(acr122.PARAMETER))

    def close(self) -> None:
        """See ``port.Reader``."""
        if self._is_set_up:
            self._tell_reader(self._profile.restore)
        self._end_presentation()
        self._watch.close()
        if self._claim is not None:
            self._claim.release()

    def _present(self, state: ReaderState) -> CardSeen | None:
        """Begin a presentation; None if the card has gone again. Raises ReaderError."""
        card = self._connect()
        if card is None:
            return None
        try:
            self._shown = Presentation(card, self._watch.reader, self._ways, self._traffic)
        except CardError:
            return None
        self._counter = state.counter
        if not self._is_silenced and self._profile.silence:
            self._is_silenced = True
            self._is_set_up |= self._tell_reader(self._profile.silence)
        return CardSeen(self._shown.uid, atr.kind_of(state.atr))

    def _connect(self) -> Connection | None:
        """The card for this program alone, however short the wait for it was; None if it has gone. Raises
        ReaderError."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._watch.connect("exclusive")
            except StatusError as error:
                self._traffic.note(f"{error}")
                if failures.trouble_of(error.status) == "CARD_GONE":
                    return None
                if error.status != failures.SHARING_VIOLATION or time.monotonic() >= until:
                    self._watch.fail(error)
            time.sleep(_RETRY_S)

    def _present_card(self) -> Presentation:
        if self._shown is None:
            raise CardError("CARD_GONE")
        return self._shown

    def _end_presentation(self) -> None:
        if self._shown is not None:
            self._shown.end()

    def _tell_reader(self, commands: Escapes, pause_s: float = 0.0) -> bool:
        """Commands to the reader itself. Many drivers refuse them, and then it stays as it is. Whether it
        took them all."""
        for turn, command in enumerate(() if self._is_mute else commands):
            if turn:
                time.sleep(pause_s)
            try:
                self._escape(command)
            except (IcmeError, StatusError) as error:
                self._traffic.note(f"no answer to a command to the reader: {error}")
                return False
        return bool(commands) and not self._is_mute

    def _escape(self, command: bytes) -> None:
        """While a card lies there over its connection, those of class FF as an APDU, which drivers let pass;
        else straight to the reader."""
        try:
            if command[0] == _PSEUDO_APDU:
                self._is_mute = self._present_card().exchange(command).is_unsupported
            else:
                self._present_card().escape(command)
        except CardError:
            self._escape_directly(command)

    def _escape_directly(self, command: bytes) -> bytes:
        """What the reader itself answers. Raises StatusError."""
        direct = self._watch.connect("direct")
        try:
            self._traffic.sent(command)
            answer = direct.escape(command)
            self._traffic.received(answer)
            return answer
        finally:
            direct.end(reset=False)

    def _ask(self, command: bytes) -> bytes:
        """What the reader itself answers; nothing where the driver refuses the command."""
        try:
            return self._escape_directly(command)
        except StatusError:
            return b""
