"""Staying at the readers of a station while a session is on: every card gets one answer, a reader that goes
away is looked for again, and what the operator asks for the next card is done with it.

``Door.watch`` runs in a thread of its own; the other methods may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from icme_tui.codes import IcmeError, ReaderError
from icme_tui.operations import guests
from icme_tui.operations.doorlist import Counts, Tally
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.presenting import hex_of, reader_of
from icme_tui.operations.sitting import other_session_now
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.rules.session import Session
from icme_tui.rules.window import Way

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Station

LOOK_S = 0.4
"""Longest wait in one round over all readers, so that leaving never hangs."""

RETRY_S = (0.5, 1.0, 2.0, 5.0)
"""Pauses before a reader that went away is looked for again; the last one goes on."""

_TRIES_IN_USE = 3
"""A reader that somebody else holds is told to be gone at this try."""

NOBODYS = ("UNKNOWN_CARD", "FOREIGN_CARD", "ISSUER_UNKNOWN", "LAYOUT_NEWER")
"""Cards that belong to nobody known here, so that a guest may use them."""

_one_watch = threading.Lock()
"""A reader belongs to one thread: the next watch begins when the last one has ended."""


class Touched(NamedTuple):
    """A card was answered."""

    outcome: Outcome
    at_ms: int
    counts: Counts
    other: Session | None
    """Where the touch is too early or too late: another session whose door is open now."""


class Looked(NamedTuple):
    """A card was only read."""

    sight: Sight
    would: str
    """What a swipe would have said: a reason code; empty where nothing speaks against it."""


class LookFailed(NamedTuple):
    """A card that was only to be read could not be."""

    code: str


class ReaderLost(NamedTuple):
    """A reader does not answer."""

    address: str
    error: IcmeError


class ReaderFound(NamedTuple):
    """A reader answers, for the first time or again."""

    name: str
    again: bool


Asked = Literal["look"] | NewGuest | None
"""What the operator wants of the next card; usually nothing but a swipe."""

Event = Touched | Looked | LookFailed | ReaderLost | ReaderFound


class Door:
    """The readers of a station at one session."""

    def __init__(
        self, station: Station, session: Session, way: Way = "auto", addresses: Sequence[str] = ()
    ) -> None:
        self.session = session
        self._station = station
        self._way: Way = way
        self._addresses = tuple(addresses) or station.readers or ("",)
        self._asked: Asked = None
        self.is_paused = False
        self._tally = Tally([])
        self._counting = threading.Lock()

    def look_next(self) -> None:
        """The next card is only read."""
        self._asked = "look"

    def guest_next(self, guest: NewGuest) -> None:
        """The next card becomes this guest's, if it is nobody's."""
        self._asked = guest

    def as_usual(self) -> None:
        """The next card is a swipe."""
        self._asked = None

    def pause(self, yes: bool) -> None:
        """Take no cards while nobody sees the answers."""
        self.is_paused = yes

    def recount(self) -> Counts:
        """Read the counts again, after something else than a touch has changed them."""
        with self._counting:  # a touch that is committed meanwhile is added to the new count
            self._tally = Tally(self._station.taps(self.session.id))
            return self._tally.counts

    def watch(self, stopped: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        """Answer cards until ``stopped()``; the card under way is finished first.

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
        posts = [_Post(self._station, address, self.session.id, self._way) for address in self._addresses]
        try:
            while not stopped():
                here = [post for post in posts if post.is_due()]
                if self.is_paused or not here:
                    time.sleep(LOOK_S / 4)
                    continue
                for post in here:
                    self._serve(post, LOOK_S / len(here), tell)
        finally:
            for post in posts:
                post.close()

    def _serve(self, post: _Post, limit_s: float, tell: Callable[[Event], None]) -> None:
        try:
            seen = post.look(limit_s)
            if (found := post.found()) is not None:
                tell(found)
            if seen is not None and self.is_paused:
                post.leave_lying()
            elif seen is not None:
                self._answer(post, seen, tell)
        except ReaderError as error:
            if post.lose(error):
                tell(ReaderLost(post.address, error))

    def _answer(self, post: _Post, seen: CardSeen, tell: Callable[[Event], None]) -> None:
        asked, self._asked = self._asked, None
        if asked == "look":
            tell(self._looked(post, seen))
            return
        known = guests.guest_of_card(self._station, hex_of(seen.uid))
        if known:
            self._tell(_of_guest(self._station, post.swiping, self._way, known, seen, post.reader), tell)
        elif asked is None:
            post.swiping.touch(seen, lambda outcome: self._tell(outcome, tell))
        else:
            outcome = touch_for_guest(self._station, post.swiping, self._way, asked, seen, post.reader)
            if outcome.code == "PUT_CARD_BACK":
                self._asked = asked
            self._tell(outcome, tell)

    def _tell(self, outcome: Outcome, tell: Callable[[Event], None]) -> None:
        mistaken = outcome.code in ("TOO_EARLY", "TOO_LATE")
        other = other_session_now(self._station, self.session) if mistaken else None
        at_ms = self._station.clock.read().wall_ms
        tell(Touched(outcome, at_ms, self._counted(outcome), other))

    def _counted(self, outcome: Outcome) -> Counts:
        """The counts with this touch."""
        with self._counting:
            if outcome.accepted and outcome.person is not None and outcome.direction is not None:
                self._tally.add(self._station.person_code(outcome.person.code), outcome.direction)
            return self._tally.counts

    def _looked(self, post: _Post, seen: CardSeen) -> Looked | LookFailed:
        try:
            sight = inspect_card(self._station, post.reader, seen)
        except ReaderError:
            raise
        except IcmeError as error:
            return LookFailed(error.code)
        return Looked(sight, _would_say(sight))


class _Post:
    """One reader: whether it is there, and whether a card that was answered still lies on it."""

    def __init__(self, station: Station, address: str, session: str, way: Way) -> None:
        self.address = address
        self._station = station
        self._reader: Reader | None = None
        self._holds_card = False
        self._tries = 0
        self._retry_at = 0.0
        self._was_told = False
        self._swiping: Swiping | None = None
        self._session, self._way = session, way

    @property
    def reader(self) -> Reader:
        if self._reader is None:
            raise ReaderError("READER_GONE")
        return self._reader

    @property
    def swiping(self) -> Swiping:
        if self._swiping is None:
            raise ReaderError("READER_GONE")
        return self._swiping

    def is_due(self) -> bool:
        """Whether it is there, or to be looked for again."""
        return self._reader is not None or time.monotonic() >= self._retry_at

    def look(self, limit_s: float) -> CardSeen | None:
        """A card that has just come. Raises ReaderError."""
        if self._reader is None:
            reader = reader_of(self._station, self.address)
            self._swiping = Swiping(self._station, reader, self._session, self._way)
            self._reader = reader
        if self._holds_card:
            self._holds_card = not self._reader.wait_for_removal(limit_s)
            return None
        seen = self._reader.wait_for_card(limit_s)
        self._holds_card = seen is not None
        return seen

    def leave_lying(self) -> None:
        """The card was not answered: it will come up again."""
        self._holds_card = False

    def found(self) -> ReaderFound | None:
        """The news that it answers, once."""
        again, self._tries = self._was_told and self._tries > 0, 0
        if self._was_told and not again:
            return None
        self._was_told = True
        return ReaderFound(self.reader.name, again)

    def lose(self, error: ReaderError) -> bool:
        """It does not answer: close it, and look for it later. Whether that is news: that another part of
        the program is just letting go of it is none."""
        self.close()
        self._retry_at = time.monotonic() + RETRY_S[min(self._tries, len(RETRY_S) - 1)]
        self._tries += 1
        return self._tries == (_TRIES_IN_USE if error.code == "READER_IN_USE" else 1)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None
        self._holds_card = False


def touch_for_guest(
    station: Station, swiping: Swiping, way: Way, guest: NewGuest, seen: CardSeen, reader: Reader
) -> Outcome:
    """A card that is held up for a new guest. One of ours counts for its holder instead; no guest is made.

    Raises ReaderError.
    """
    known = guests.guest_of_card(station, hex_of(seen.uid))
    if known:
        return _of_guest(station, swiping, way, known, seen, reader)
    outcome = swiping.touch(seen)
    if outcome.code in NOBODYS and outcome.person is None:
        return _of_guest(station, swiping, way, guest, seen, reader)
    return outcome


def _of_guest(
    station: Station, swiping: Swiping, way: Way, guest: str | NewGuest, seen: CardSeen, reader: Reader
) -> Outcome:
    try:
        outcome = guests.touch(station, swiping.session, way, guest, seen, reader.name)
    except IcmeError as error:
        outcome = Outcome(error.code, hex_of(seen.uid))
    reader.signal("accepted" if outcome.accepted else "refused")
    return outcome


def _would_say(sight: Sight) -> str:
    """What speaks against a swipe with a card that was looked at, whatever the time."""
    if sight.registered and sight.registered_state != "active":
        return "CANCELLED" if sight.registered_state == "cancelled" else "BLOCKED"
    return "" if sight.state == "OK" else "UNKNOWN_CARD" if sight.state == "BLANK" else sight.state
