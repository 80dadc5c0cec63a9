"""Staying at the readers of a station while a session is on: every card gets one answer, a reader that goes
away is looked for again, and what the operator asks for the next card is done with it.

Each reader has a thread of its own, so that a card that is slow at one door keeps nobody waiting at the
other. What they commit takes turns in the store; what they tell comes in the order in which it is counted.

``Door.watch`` runs in a thread of its own; the other methods may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TYPE_CHECKING, Literal, NamedTuple

from icme_tui.codes import IcmeError, ReaderError
from icme_tui.operations.answering import touch_for_guest, touch_of_anybody
from icme_tui.operations.doorlist import Counts, Tally
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.onecard import Turns
from icme_tui.operations.posts import Post
from icme_tui.operations.presenting import hex_of
from icme_tui.operations.sitting import other_session_now
from icme_tui.operations.swiping import Outcome, signal_for
from icme_tui.rules.session import Session
from icme_tui.rules.window import Way

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen
    from icme_tui.station import Station


LOOK_S = 0.4
"""Longest wait for a card in one call, so that leaving never hangs."""

_one_watch = threading.Lock()
"""A reader belongs to one thread: the next watch begins when the last one has ended."""


class Touched(NamedTuple):
    """A card was answered."""

    outcome: Outcome
    at_ms: int
    counts: Counts
    other: Session | None
    """Where the touch is too early or too late: another session whose door is open now."""
    post: int = 0
    """At which of the readers, from 0 on."""


class Looked(NamedTuple):
    """A card was only read."""

    sight: Sight
    would: str
    """What a swipe would have said: a reason code; empty where nothing speaks against it."""
    post: int = 0


class LookFailed(NamedTuple):
    """A card that was only to be read could not be."""

    code: str
    post: int = 0


class ReaderLost(NamedTuple):
    """A reader does not answer."""

    address: str
    error: IcmeError
    post: int = 0


class ReaderFound(NamedTuple):
    """A reader answers, for the first time or again."""

    name: str
    again: bool
    post: int = 0


Asked = Literal["look"] | NewGuest | None
"""What the operator wants of the next card; usually nothing but a swipe."""

Event = Touched | Looked | LookFailed | ReaderLost | ReaderFound


class Door:
    """The readers of a station at one session."""

    def __init__(
        self, station: Station, session: Session, way: Way = "auto", addresses: Sequence[str] = ()
    ) -> None:
        self.session = session
        self.is_paused = False
        self.addresses = tuple(addresses) or station.readers or ("",)
        """Of the readers; events name them by their place here."""
        self._station = station
        self._way: Way = way
        self._asked: Asked = None
        self._asking = threading.Lock()
        self._tally = Tally([])
        self._counting = threading.Lock()
        self._cards = Turns()

    def look_next(self) -> None:
        """The next card is only read."""
        self._ask("look")

    def guest_next(self, guest: NewGuest) -> None:
        """The next card becomes this guest's, if it is nobody's."""
        self._ask(guest)

    def as_usual(self) -> None:
        """The next card is a swipe."""
        self._ask(None)

    def pause(self, yes: bool) -> None:
        """Take no cards while nobody sees the answers."""
        self.is_paused = yes

    def recount(self) -> Counts:
        """Read the counts again, after something else than a touch has changed them."""
        with self._counting:  # a touch that is committed meanwhile is added to the new count
            self._tally = Tally(self._station.taps(self.session.id))
            return self._tally.counts

    def watch(self, stopped: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        """Answer cards until ``stopped()``; cards under way are finished first. ``tell`` is called from the
        threads of the readers, by one at a time, and must not wait for anything.

        Raises RuleError and CardError of ``Swiping`` at once; a reader's errors are told.
        """
        while not _one_watch.acquire(timeout=LOOK_S):
            if stopped():
                return
        try:
            self.recount()
            self._watch(stopped, tell)
        finally:
            _one_watch.release()

    def _watch(self, stopped: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        faults: list[Exception] = []

        def over() -> bool:
            return bool(faults) or stopped()

        def stay(post: Post) -> None:
            try:
                self._stay(post, over, tell)
            except Exception as error:
                faults.append(error)
            finally:
                post.close()

        session, way = self.session.id, self._way
        threads = [
            threading.Thread(
                target=copy_context().run,
                args=(stay, Post(self._station, number, address, session, way)),
                name=f"reader {number}",
            )
            for number, address in enumerate(self.addresses)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]

    def _stay(self, post: Post, over: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        while not over():
            if self.is_paused or not post.is_due():
                time.sleep(LOOK_S / 4)
            else:
                self._serve(post, tell)

    def _serve(self, post: Post, tell: Callable[[Event], None]) -> None:
        try:
            seen = post.look(LOOK_S)
            if (again := post.came()) is not None:
                self._say(ReaderFound(post.reader.name, again, post.number), tell)
            if seen is not None and self.is_paused:
                post.leave_lying()
            elif seen is not None:
                with self._cards.of(hex_of(seen.uid)):  # a copy may lie on the other reader
                    self._answer(post, seen, tell)
        except ReaderError as error:
            if post.lose(error):
                self._say(ReaderLost(post.address, error, post.number), tell)

    def _answer(self, post: Post, seen: CardSeen, tell: Callable[[Event], None]) -> None:
        asked = self._take_asked()
        if asked == "look":
            self._say(self._looked(post, seen), tell)
            return
        if asked is None:
            touch_of_anybody(
                self._station,
                post.swiping,
                self._way,
                seen,
                post.reader,
                lambda outcome: self._tell(post, outcome, tell),
            )
            return
        outcome = touch_for_guest(self._station, post.swiping, self._way, asked, seen, post.reader)
        if outcome.code == "PUT_CARD_BACK":
            self._ask(asked, only_if_nothing=True)
        self._tell(post, outcome, tell)
        post.reader.signal(signal_for(outcome))

    def _ask(self, what: Asked, *, only_if_nothing: bool = False) -> None:
        with self._asking:
            if not (only_if_nothing and self._asked is not None):
                self._asked = what

    def _take_asked(self) -> Asked:
        """What is wanted of this card; the next one, at whichever reader, is a swipe again."""
        with self._asking:
            asked, self._asked = self._asked, None
            return asked

    def _tell(self, post: Post, outcome: Outcome, tell: Callable[[Event], None]) -> None:
        mistaken = outcome.code in ("TOO_EARLY", "TOO_LATE")
        other = other_session_now(self._station, self.session) if mistaken else None
        at_ms = self._station.clock.read().wall_ms
        with self._counting:
            if outcome.accepted and outcome.person is not None and outcome.direction is not None:
                self._tally.add(self._station.person_code(outcome.person.code), outcome.direction)
            tell(Touched(outcome, at_ms, self._tally.counts, other, post.number))

    def _say(self, event: Event, tell: Callable[[Event], None]) -> None:
        with self._counting:
            tell(event)

    def _looked(self, post: Post, seen: CardSeen) -> Looked | LookFailed:
        try:
            sight = inspect_card(self._station, post.reader, seen)
        except ReaderError:
            raise
        except IcmeError as error:
            return LookFailed(error.code, post.number)
        return Looked(sight, _would_say(sight), post.number)


def _would_say(sight: Sight) -> str:
    """What speaks against a swipe with a card that was looked at, whatever the time."""
    if sight.registered and sight.registered_state != "active":
        return "CANCELLED" if sight.registered_state == "cancelled" else "BLOCKED"
    if sight.state == "OK" or sight.is_by_uid:
        return ""
    return "UNKNOWN_CARD" if sight.state == "BLANK" else sight.state
