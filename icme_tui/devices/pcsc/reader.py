"""A reader behind PC/SC, as ``port.Reader``.

Between presentations the reader belongs to everybody; the service is only asked whether a card has come.
A presentation, from ``wait_for_card`` until ``wait_for_removal`` or ``close``, has the card for itself, so
that no other program gets between two of its steps; at its end the card is reset and nothing stays open.

Whatever fails during a presentation is a CardError and means that nobody knows what the card holds. What is
wrong with the reader or the service is told by the next wait, as ReaderError; every wait looks for both
anew, so that a reader or a service that comes back is used again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from icme_tui.cards.layout import BLOCK_SIZE
from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError, IcmeError, ReaderError
from icme_tui.devices.claim import Claim
from icme_tui.devices.pcsc import apdu, atr, failures
from icme_tui.devices.pcsc.keyways import KeyWays
from icme_tui.devices.pcsc.profiles import BETWEEN_S, Escapes, choose, profile_of
from icme_tui.devices.pcsc.scard import (
    PLUG_AND_PLAY,
    TIMEOUT,
    Connection,
    Context,
    ReaderState,
    StatusError,
)
from icme_tui.devices.port import CardSeen, Signal
from icme_tui.devices.traffic import Traffic

_SLICE_S = 0.4
"""Longest question to the service, so that nobody who leaves has to wait for its answer."""
_PATIENCE_S = 1.0
"""For so long another program may hold a card that has just come: some look at every one."""
_RETRY_S = 0.05
_AGAIN_S = 0.3
"""After so long a card that lies there and could not be talked to is tried again."""


class _Presented(NamedTuple):
    """The card that was seen last."""

    uid: bytes
    counter: int | None
    """The service's count of cards when it came; None since another service counts."""


class PcscReader:
    """Use it from one thread at a time."""

    def __init__(self, part: str, claim: Callable[[str], Claim | None] = lambda _name: None) -> None:
        """The reader whose name contains ``part``; without one the first for contactless cards. ``claim``
        makes it this program's alone.

        Raises ReaderError PCSC_MISSING, NO_SERVICE, NO_READER, READER_FORBIDDEN, SERVICE_HANGS, and what
        ``claim`` raises.
        """
        self._part = part
        self._claim: Claim | None = None
        self._traffic = Traffic(logging.getLogger(__name__))
        self._context: Context | None = None
        self._card: Connection | None = None
        self._presented: _Presented | None = None
        self._known_state = 0
        self._is_failed = False
        """The presentation ended early for a reason that has nothing to do with the card."""
        self._is_silenced = False
        self._is_mute = False
        try:
            self._slot = self._find(self._service())
            self.name = f"pcsc:{self._slot}"
            self._claim = claim(self.name)
        except BaseException:
            self.close()
            raise
        self._profile = profile_of(self._slot)
        self._ways = KeyWays(self._slot, self._profile)

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        """See ``port.Reader``. Raises ReaderError, after which it may be called again."""
        deadline = time.monotonic() + timeout_s
        self._end_presentation()
        state = self._look()
        while True:
            if state.is_present:
                seen = self._select(state, deadline)
                if seen is not None:
                    return seen
            again = time.monotonic() + _AGAIN_S if state.is_present else deadline
            changed = self._change(min(deadline, again))
            if changed is None and time.monotonic() >= deadline:
                return None
            state = changed or self._look()

    def wait_for_removal(self, timeout_s: float) -> bool:
        """See ``port.Reader``. A card whose presentation failed for no fault of its own counts as gone, so
        that it is taken up again while it still lies there. Raises ReaderError."""
        deadline = time.monotonic() + timeout_s
        self._end_presentation()
        seen = self._presented
        if seen is None or self._is_failed:
            self._presented, self._is_failed = None, False
            return True
        state: ReaderState | None = self._look()
        while state is not None:
            if self._has_left(state):
                self._presented = None
                return True
            state = self._change(deadline)
        return False

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        """See ``port.Reader``."""
        way = self._load(key)
        answer = self._exchange(apdu.authenticate(way, block, key_type))
        if answer.is_unsupported and not way.is_old:
            way = way._replace(is_old=True)
            answer = self._exchange(apdu.authenticate(way, block, key_type))
        if answer.is_ok:
            self._ways.worked(way)
            return
        if not answer.is_refusal:
            self._nonsense(answer)
        self._ways.worked(way)
        self._select_again()
        raise CardError("AUTH_REFUSED")

    def read(self, block: int) -> bytes:
        """See ``port.Reader``."""
        answer = self._exchange(apdu.read(block))
        if not answer.is_ok:
            self._refused(answer)
        if len(answer.data) != BLOCK_SIZE:
            self._nonsense(answer)
        return answer.data

    def write(self, block: int, data: bytes) -> None:
        """See ``port.Reader``."""
        answer = self._exchange(apdu.write(block, data))
        if not answer.is_ok:
            self._refused(answer)

    def signal(self, outcome: Signal) -> None:
        """See ``port.Reader``."""
        self._tell_reader(self._profile.signals.get(outcome, ()))

    def close(self) -> None:
        """See ``port.Reader``."""
        if self._is_silenced:
            self._tell_reader(self._profile.restore)
        self._end_presentation()
        if self._context is not None:
            self._context.release()
            self._context = None
        if self._claim is not None:
            self._claim.release()

    # The service and its readers

    def _service(self) -> Context:
        """The conversation with the service, a new one if the last has broken off. Raises ReaderError."""
        if self._context is None:
            try:
                self._context = Context()
            except StatusError as error:
                self._fail_wait(error)
            self._known_state = 0
            if self._presented is not None:
                self._presented = self._presented._replace(counter=None)
        return self._context

    def _find(self, service: Context) -> str:
        try:
            found = choose(service.readers(), self._part)
        except StatusError as error:
            self._fail_wait(error)
        if found is None:
            raise ReaderError("NO_READER", reader=self._part)
        return found

    def _look(self) -> ReaderState:
        """What lies on the reader now. Raises ReaderError."""
        service = self._service()
        self._known_state = 0
        return self._ask(service, 0) or self._lost()

    def _change(self, deadline: float) -> ReaderState | None:
        """The next change on the reader, or None if there is none in time. Raises ReaderError."""
        service = self._service()
        while (left := deadline - time.monotonic()) > 0:
            if (state := self._ask(service, min(left, _SLICE_S))) is not None:
                return state
        return None

    def _ask(self, service: Context, timeout_s: float) -> ReaderState | None:
        try:
            states = service.changes([(self._slot, self._known_state), (PLUG_AND_PLAY, 0)], timeout_s)
        except StatusError as error:
            if error.status == TIMEOUT:
                return None
            self._fail_wait(error)
        state = next(one for one in states if one.name == self._slot)
        if not state.is_known:
            self._lost()
        is_news = self._known_state == 0 or not state.is_like(self._known_state)
        self._known_state = state.state
        return state if is_news else None

    def _lost(self) -> NoReturn:
        self._drop_context()
        raise ReaderError("NO_READER", reader=self._slot)

    def _fail_wait(self, error: StatusError) -> NoReturn:
        self._traffic.note(f"{error}")
        self._drop_context()
        raise failures.between_presentations(error.status, self._part) from error

    def _drop_context(self) -> None:
        """The service or the reader has gone: what it has counted means nothing to the next one."""
        self._card = None
        if self._context is not None:
            self._context.release()
            self._context = None

    # One presentation

    def _select(self, state: ReaderState, deadline: float) -> CardSeen | None:
        """Begin a presentation; None if the card has gone again. Raises ReaderError."""
        self._card = self._connect(state, deadline)
        if self._card is None:
            return None
        self._is_failed = False
        try:
            uid = self._uid()
        except CardError:
            self._end_presentation()
            return None
        self._presented = _Presented(uid, state.counter)
        if not self._is_silenced and self._profile.silence:
            self._is_silenced = True
            self._tell_reader(self._profile.silence)
        return CardSeen(uid, atr.kind_of(state.atr))

    def _connect(self, state: ReaderState, deadline: float) -> Connection | None:
        until = min(max(deadline, time.monotonic() + _RETRY_S), time.monotonic() + _PATIENCE_S)
        while True:
            try:
                return self._service().connect(self._slot, "exclusive")
            except StatusError as error:
                if failures.trouble_of(error.status) == "CARD_GONE":
                    return None
                if error.status != failures.SHARING_VIOLATION or time.monotonic() >= until:
                    self._fail_wait(error)
            time.sleep(_RETRY_S)

    def _uid(self) -> bytes:
        answer = self._exchange(apdu.GET_UID)
        if not answer.is_ok or not answer.data:
            raise CardError("CARD_GONE")
        return answer.data

    def _end_presentation(self) -> None:
        if self._card is not None:
            self._card.end(reset=True)
            self._card = None

    def _has_left(self, state: ReaderState) -> bool:
        """Whether the card that was seen last is not the one that lies there now."""
        seen = self._presented
        if seen is None or not state.is_present:
            return True
        if seen.counter is not None:
            return state.counter != seen.counter
        self._card = self._connect(state, 0.0)
        try:
            same = self._card is not None and self._uid() == seen.uid
        except CardError:
            same = False
        self._end_presentation()
        if same:
            self._presented = seen._replace(counter=state.counter)
        return not same

    def _load(self, key: bytes) -> apdu.KeyWay:
        """Put a key into the reader, in the way that it takes. Raises CardError, ReaderError READER_KEYS."""
        first: apdu.Answer | None = None
        for way in self._ways.to_try():
            answer = self._exchange(apdu.load_key(way, key), apdu.KEY_IN_LOAD)
            if answer.is_ok:
                return way
            first = first or answer
        self._select_again()
        if self._ways.known is not None and first is not None:
            self._nonsense(first)
        raise ReaderError("READER_KEYS", reader=self._slot)

    def _select_again(self) -> None:
        """After a refusal the card has halted. Raises CardError CARD_GONE if it is not there any more: some
        readers say of a card that has gone what they say of a wrong key."""
        seen = self._presented
        try:
            self._here().reset()
            if seen is None or self._uid() == seen.uid:
                return
        except StatusError as error:
            self._fail(error)
        self._leave()
        raise CardError("CARD_GONE")

    def _refused(self, answer: apdu.Answer) -> NoReturn:
        if not answer.is_refusal:
            self._nonsense(answer)
        self._select_again()
        raise CardError("NOT_AUTHENTICATED" if answer.status == 0x6982 else "ACCESS_DENIED")

    def _nonsense(self, answer: apdu.Answer) -> NoReturn:
        raise CardError("CARD_ANSWER", status=f"{answer.status:04X}")

    def _exchange(self, command: bytes, secret: slice | None = None) -> apdu.Answer:
        """One command to the card. Raises CardError."""
        card = self._here()
        self._traffic.sent(command, secret)
        try:
            raw = card.transmit(command)
        except StatusError as error:
            self._fail(error)
        self._traffic.received(raw)
        answer = apdu.parse(raw)
        if answer is None:  # pulled away in mid-command: success, and no answer
            self._leave()
            raise CardError("CARD_GONE")
        return answer

    def _here(self) -> Connection:
        if self._card is None:
            raise CardError("CARD_GONE")
        return self._card

    def _fail(self, error: StatusError) -> NoReturn:
        self._traffic.note(f"{error}")
        failure = failures.during_presentation(error.status, self._slot)
        self._is_failed = failure.code != "CARD_GONE"
        self._leave()
        raise failure from error

    def _leave(self) -> None:
        """There is nothing to be done with this card any more."""
        card, self._card = self._card, None
        if card is not None:
            card.end(reset=True)

    # Beep and light

    def _tell_reader(self, commands: Escapes) -> None:
        """Commands to the reader itself. A reader or a driver that takes none is not asked again."""
        for turn, command in enumerate(commands if not self._is_mute else ()):
            if turn:
                time.sleep(BETWEEN_S)
            try:
                self._escape(command)
            except (IcmeError, StatusError) as error:
                self._traffic.note(f"no answer to {command.hex(' ').upper()}: {error}")
                return

    def _escape(self, command: bytes) -> None:
        if self._card is not None:
            try:
                self._is_mute = self._exchange(command).is_unsupported
                return
            except CardError:
                self._traffic.note("the card has gone: the command goes to the reader itself")
        direct = self._service().connect(self._slot, "direct")
        try:
            self._traffic.sent(command)
            self._traffic.received(direct.escape(command))
        finally:
            direct.end(reset=False)
