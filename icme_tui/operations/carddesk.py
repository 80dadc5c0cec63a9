"""Staying at the reader of the desk where cards are made: a card is looked at, unless the operator has asked
for something else to be done with it.

``CardDesk.watch`` runs in a thread of its own; the other methods may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.codes import CardError, IcmeError, ReaderError, StoreError
from icme_tui.operations.cancelling import Cancelled, cancel_card
from icme_tui.operations.cardsteps import Step, Watched
from icme_tui.operations.changing import Changed, change_card, finish_change, would_change
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.issuing import Issued, begun_for, finish_begun, issue_card
from icme_tui.operations.listening import LOOK_S, ReaderFound, ReaderLost
from icme_tui.operations.posts import RETRY_S
from icme_tui.operations.presenting import UNKNOWN_STATE, hex_of, reader_of
from icme_tui.operations.replacing import Replaced, replace_card

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Station

AGAIN = UNKNOWN_STATE
"""Errors after which the same card is put back."""
_ENDS = (
    "HAS_CARD", "NO_PERSON", "NO_OLD_CARD", "NUMBERS_USED_UP", "NO_ISSUE_KEY", "NO_CARD_KEYS",
    "CARD_UNKNOWN", "CANCELLED", "BLOCKED", "OTHER_CARD",
)  # fmt: skip
"""Errors that no other card would mend."""

_TRIES_IN_USE = 4
"""A reader that somebody else holds is told to be gone at this try."""


class Issue(NamedTuple):
    """The next blank card becomes a person's; then the next of them, by code."""

    people: tuple[str, ...]


class Change(NamedTuple):
    """What is known of its person is written to this card."""

    uid: str


class Cancel(NamedTuple):
    """This card becomes nobody's."""

    uid: str
    why: str


class Finish(NamedTuple):
    """What was begun with this card is finished."""

    uid: str


class Replace(NamedTuple):
    """The next blank card becomes a person's instead of the one before."""

    person: str


Wish = Issue | Change | Cancel | Finish | Replace
Result = Issued | Changed | Cancelled | Replaced


class Saw(NamedTuple):
    """A card was looked at."""

    sight: Sight
    differs: tuple[str, ...]
    """What a change would write anew (see ``Changed``)."""
    after: bool
    """Something was done with it a moment ago."""


class Done(NamedTuple):
    """What was asked for is done."""

    result: Result
    next: str
    """The person whose card is wanted now; empty where nobody waits."""
    left: int
    """How many still wait."""


class Refused(NamedTuple):
    """A card with which it was not done, or not to the end."""

    code: str
    detail: dict[str, Any]
    person: str
    """For whom it was meant; empty where it was for none."""
    again: bool
    """The same card is to be put back: nobody knows what it holds now."""
    waits: bool
    """Whether the wish still stands."""


Event = Saw | Done | Refused | Step | ReaderFound | ReaderLost


class CardDesk:
    """The first reader of a station, at the desk where cards are made."""

    def __init__(self, station: Station, address: str = "") -> None:
        self.is_paused = False
        self._station = station
        self._address = address
        self._wish: Wish | None = None
        self._turn = 0
        """Counts what was asked; a card that lies there is taken up again for something new."""
        self._served = -1
        """The turn of the card that was taken up last."""
        self._lock = threading.Lock()

    @property
    def wish(self) -> Wish | None:
        """What will be done with the next card; it is only looked at where this is None."""
        return self._wish

    def ask(self, wish: Wish | None) -> None:
        """From now on do this; a card that lies there counts as the next one."""
        with self._lock:
            self._wish = wish
            self._turn += 1

    def watch(self, stopped: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        """Serve cards until ``stopped()``; the card under way is finished first.

        A reader that does not answer is told of and looked for again.
        """
        tries, lost = 0, False
        while not stopped():
            try:
                reader = reader_of(self._station, self._address)
                try:
                    tell(ReaderFound(reader.name, lost))
                    tries, lost = 0, False
                    self._serve(reader, stopped, tell)
                finally:
                    reader.close()
            except ReaderError as error:
                tries += 1
                if tries == (_TRIES_IN_USE if error.code == "READER_IN_USE" else 1):
                    lost = True
                    tell(ReaderLost(self._address, error))
                _sleep(RETRY_S[min(tries, len(RETRY_S)) - 1], stopped)

    def _serve(self, reader: Reader, stopped: Callable[[], bool], tell: Callable[[Event], None]) -> None:
        lies = False
        while not stopped():
            if self.is_paused:
                time.sleep(LOOK_S / 4)
            elif lies and self._turn == self._served:
                lies = not reader.wait_for_removal(LOOK_S)
            else:
                seen = reader.wait_for_card(LOOK_S)
                lies = seen is not None
                if seen is not None:
                    self._take(reader, seen, tell)

    def _take(self, reader: Reader, seen: CardSeen, tell: Callable[[Event], None]) -> None:
        with self._lock:
            wish, self._served = self._wish, self._turn
        try:
            if wish is None:
                tell(self._look(reader, seen, after=False))
                return
            result = self._do(Watched(reader, tell), seen, wish)
        except ReaderError:
            raise
        except IcmeError as error:
            tell(self._refused(error, seen, wish))
            reader.signal("again" if error.code in AGAIN else "refused")
            return
        tell(self._done(result, wish))
        reader.signal("accepted")
        try:
            tell(self._look(reader, seen, after=True))
        except (CardError, StoreError):
            return

    def _look(self, reader: Reader, seen: CardSeen, after: bool) -> Saw:
        sight = inspect_card(self._station, reader, seen, harvest=True)
        differs = would_change(self._station, sight.uid, sight.holder)
        return Saw(sight, differs, after)

    def _do(self, reader: Reader, seen: CardSeen, wish: Wish) -> Result:
        uid = hex_of(seen.uid)
        if isinstance(wish, Change | Cancel | Finish) and wish.uid != uid:
            raise CardError("NOT_THAT_CARD", wanted=wish.uid)
        match wish:
            case Issue(people):
                person = begun_for(self._station, uid) if len(people) > 1 else ""
                return issue_card(self._station, reader, seen, person or people[0])
            case Replace(person):
                return replace_card(self._station, reader, seen, person)
            case Change():
                return change_card(self._station, reader, seen)
            case Cancel(why=why):
                return cancel_card(self._station, reader, seen, why)
            case Finish():
                found: Result | None = finish_begun(self._station, reader, seen)
                found = found or finish_change(self._station, reader, seen)
                if found is None:
                    raise CardError("NOTHING_BEGUN")
                return found

    def _done(self, result: Result, wish: Wish) -> Done:
        waiting: tuple[str, ...] = ()
        if isinstance(wish, Issue) and isinstance(result, Issued):
            waiting = tuple(person for person in wish.people if person != result.person)
        self._end(wish, Issue(waiting) if waiting else None)
        return Done(result, waiting[0] if waiting else "", len(waiting))

    def _refused(self, error: IcmeError, seen: CardSeen, wish: Wish | None) -> Refused:
        person = ""
        if isinstance(wish, Issue):
            person = begun_for(self._station, hex_of(seen.uid)) or wish.people[0]
        elif isinstance(wish, Replace):
            person = wish.person
        waits = wish is not None and error.code not in _ENDS
        if wish is not None and not waits:
            self._end(wish, None)
        return Refused(error.code, error.detail, person, error.code in AGAIN, waits)

    def _end(self, wish: Wish, then: Wish | None) -> None:
        """What was asked is over, unless something else has been asked since."""
        with self._lock:
            if self._wish is wish:
                self._wish = then


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stopped():
        time.sleep(0.05)
