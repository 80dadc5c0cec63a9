"""Taking swipes at a session: check session, card and person, write the card, commit the fact, show one
outcome, and only then write the hint.

The outcome is decided by the commit: nothing is called accepted before it, and nothing that happens after
it changes the outcome. Whatever goes wrong during a presentation means that the state of the card is
unknown: the card is put back, and that touch finds what the first one left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import idcodes
from icme_tui.cards import holder
from icme_tui.cards.inspect import believe, inspect
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import HINT_SECTOR
from icme_tui.cards.plan import Plan, Result
from icme_tui.cards.record import Record as CardSwipe
from icme_tui.cards.touch import Touch, Unreported, Written, read_holder
from icme_tui.clock import Reading, minute_of
from icme_tui.codes import CardError, IcmeError, RuleError, StoreError
from icme_tui.facts import CardRecord, Direction, Fact, Note, Place, Swipe
from icme_tui.operations import courses, presenting
from icme_tui.operations.doors import Way, passage
from icme_tui.operations.holders import ACTIVE, CANCELLED, Person, card_of, person_of, state_of
from icme_tui.operations.issuing import finish_begun
from icme_tui.operations.presenting import hex_of, keys_of

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader
    from icme_tui.station import Station

ACCEPTED: dict[Direction, str] = {"in": "ACCEPTED_IN", "out": "ACCEPTED_OUT"}

FRESH_MINUTES = 10
"""A touch that was cut this recently is finished by the next one; an older one is only reported."""

_RANDOM_UID = 0x08
"""First byte of a 4-byte UID that is drawn anew each time (ISO 14443-3): phones, some DESFire cards."""

_UNKNOWN_STATE = ("CARD_GONE", "READ_BACK", "NOT_AUTHENTICATED", "ACCESS_DENIED")
"""Errors after which nobody knows what the card holds."""

_RING_MARK = "card_ring/"
"""Setting by UID, for cards that have been elsewhere: the highest record number that a fact tells of."""


class Outcome(NamedTuple):
    """The one answer to a touch."""

    code: str
    uid: str
    person: Person | None = None
    card: str = ""
    """Card number."""
    direction: Direction | None = None
    cseq: int | None = None
    """Number of the record on the card."""
    place: Place | None = None
    """Of the fact, if one was recorded."""
    warnings: tuple[str, ...] = ()
    """CARD_BEHIND: an older state of the card was put back. BY_UID: nothing was written to the card."""

    @property
    def accepted(self) -> bool:
        """Whether the swipe counts."""
        return self.code in ACCEPTED.values()


class _Holder(NamedTuple):
    """A card that may swipe."""

    card: str
    person: Person
    open_sector: int | None


class _RefusedError(Exception):
    """The touch ends here with an outcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Swiping:
    """Swipes at one session with one reader."""

    def __init__(self, station: Station, reader: Reader, session: str, way: Way = "auto") -> None:
        """Raises RuleError NO_SESSION or WINDOW_WITHOUT_OUT; CardError NO_CARD_KEYS or SESSION_CODE."""
        self.session = courses.session(station, session)
        if way == "out" and self.session.mode == "in":
            raise RuleError("WINDOW_WITHOUT_OUT", session=session)
        self._station = station
        self._reader = reader
        self._way = way
        self._keys: CardKeys = keys_of(station)
        number = idcodes.session_number(session)
        if number is None:
            raise CardError("SESSION_CODE", session=session)
        self._session_number = number
        self._station_number = station.number or 0
        self._blocked = {id_ for id_, _body in station.pack_rows("blacklist")}

    def touch(self, seen: CardSeen, show: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
        """One card, from its arrival to the hint. ``show`` is called with the outcome once it is certain
        and before the hint is written. Raises ReaderError if the reader itself fails."""
        uid = hex_of(seen.uid)
        hint: Callable[[], None] | None = None
        try:
            outcome, hint = self._decide(seen, uid)
        except _RefusedError as refused:
            outcome = refused.outcome
        except CardError as error:
            code = "PUT_CARD_BACK" if error.code in _UNKNOWN_STATE else error.code
            outcome = Outcome(code, uid)
        except StoreError as error:
            outcome = Outcome(error.code, uid)
        show(outcome)
        self._reader.signal(
            "accepted" if outcome.accepted else "again" if outcome.code == "PUT_CARD_BACK" else "refused"
        )
        if hint is not None:
            hint()
        return outcome

    def _decide(self, seen: CardSeen, uid: str) -> tuple[Outcome, Callable[[], None] | None]:
        holder_ = self._holder(seen, uid)
        now = self._station.clock.read()
        doubtful = self._clock_doubtful(now)
        taps = self._station.taps_of(self.session.id, holder_.person.code)
        direction, refusal = passage(self.session, taps, self._station.code, self._way, now, doubtful)
        if refusal:
            return Outcome(refusal, uid, holder_.person, holder_.card, direction), None
        touch = Touch(seen.uid, int(holder_.card), self._keys, self._station_number, holder_.open_sector)
        known = self._station.highest_record(uid) or 0
        try:
            found = self._run(touch.locate(known))
        except CardError as error:
            if error.code != "AUTH_REFUSED":
                raise
            return self._by_uid(seen, uid, holder_, direction), None
        minute = minute_of(now.wall_ms)
        facts: list[Fact] = []
        if isinstance(found, Unreported) and not self._finishes(found.record, minute):
            facts.append(CardRecord(card=uid, rec=found.data.hex(), reader=self._reader.name))
            known = found.record.number
            found = self._run(touch.locate_after(found.record.number))
        newest = found.record.number if isinstance(found, Unreported) else found.number - 1
        warnings: tuple[str, ...] = ()
        if isinstance(found, Unreported):
            written = self._run(touch.secure(found))
        else:
            if found.behind:
                warnings = ("CARD_BEHIND",)
                facts.append(Note(text=f"CARD_BEHIND:{uid}/{found.number}"))
            written = self._run(touch.write_record(found, self._session_number, minute, direction, doubtful))
        outcome = self._commit(uid, holder_, written, facts, warnings)
        return outcome, lambda: self._after(touch, uid, written.record.number, newest, known)

    def _commit(
        self, uid: str, holder_: _Holder, written: Written, facts: list[Fact], warnings: tuple[str, ...]
    ) -> Outcome:
        direction, number = written.record.direction, written.record.number
        swipe = self._swipe(uid, holder_.person.code, direction, number)
        place = self._station.record(*facts, swipe)[-1]
        return Outcome(
            ACCEPTED[direction], uid, holder_.person, holder_.card, direction, number, place, warnings
        )

    def _by_uid(self, seen: CardSeen, uid: str, holder_: _Holder, direction: Direction) -> Outcome:
        """A card of ours that does not open: only one whose issue was cut elsewhere swipes by its UID."""
        state = self._run(inspect(seen.uid, self._keys)).state
        if state != "INCOMPLETE":
            return Outcome("FOREIGN_CARD", uid, holder_.person, holder_.card)
        place = self._station.record(self._swipe(uid, holder_.person.code, direction, None))[-1]
        return Outcome(
            ACCEPTED[direction], uid, holder_.person, holder_.card, direction, None, place, ("BY_UID",)
        )

    def _swipe(self, uid: str, person: str, direction: Direction, number: int | None) -> Swipe:
        return Swipe(
            card=uid,
            cseq=number,
            person=person,
            course=self.session.course,
            session=self.session.id,
            dir=direction,
            reader=self._reader.name,
        )

    def _finishes(self, record: CardSwipe, minute: int) -> bool:
        """Whether what a cut left is this very swipe, so that this touch finishes it."""
        return record.session == self._session_number and abs(record.minute - minute) <= FRESH_MINUTES

    def _after(self, touch: Touch, uid: str, number: int, newest: int, known: int) -> None:
        """The hint, and the ring of a card that has been elsewhere. Nothing here changes the outcome."""
        try:
            self._run(touch.write_hint(number))
            floor = max(known, self._station.setting(_RING_MARK + uid, 0))
            if newest > floor:
                self._tell_ring(self._run(touch.rest_of_ring()), uid, number, floor)
        except IcmeError:
            return

    def _tell_ring(self, shown: dict[int, bytes], uid: str, own: int, floor: int) -> None:
        station = self._station
        new = [
            CardRecord(card=uid, rec=data.hex(), reader=self._reader.name)
            for number, data in shown.items()
            if number > floor and number != own and not station.knows_record(uid, number)
        ]
        with station.writing():
            station.set_setting(_RING_MARK + uid, max([own, *shown]))
            station.record(*new)

    def _holder(self, seen: CardSeen, uid: str) -> _Holder:
        """Whose card it is. Raises _RefusedError for a card that may not swipe."""
        if seen.kind != "mifare-classic-1k" or (len(seen.uid) == 4 and seen.uid[0] == _RANDOM_UID):
            raise _RefusedError(Outcome("FOREIGN_CARD", uid))
        known = card_of(self._station, uid)
        if known is None and finish_begun(self._station, self._reader, seen) is not None:
            known = card_of(self._station, uid)
        if known is None:
            return self._unknown_holder(seen, uid)
        person = person_of(self._station, str(known.body.get("person") or ""))
        state = state_of(known)
        if self._is_blocked(uid, known.id):
            raise _RefusedError(Outcome("BLOCKED", uid, person, known.id))
        if state != ACTIVE:
            code = "CANCELLED" if state == CANCELLED else "BLOCKED"
            raise _RefusedError(Outcome(code, uid, person, known.id))
        return _Holder(known.id, person, None)

    def _unknown_holder(self, seen: CardSeen, uid: str) -> _Holder:
        """A card that is not in the registry: what is on it counts if a known issuer signed it."""
        open_sector: int | None = HINT_SECTOR
        try:
            found = self._run(read_holder(seen.uid, self._keys))
        except CardError as error:
            if error.code != "AUTH_REFUSED":
                raise
            closer = self._run(inspect(seen.uid, self._keys))
            if closer.state != "INCOMPLETE" or closer.image is None:
                code: str = "UNKNOWN_CARD" if closer.state == "BLANK" else closer.state
                raise _RefusedError(Outcome(code, uid)) from None
            found, open_sector = closer.image, None
        state = believe(seen.uid, found, self._keys.issuers)
        if state != "OK":
            code = state if open_sector is not None else "INCOMPLETE"
            raise _RefusedError(Outcome(code, uid))
        on_card = holder.decode(found.holder)
        person = person_of(self._station, on_card.person, on_card.name, on_card.unit)
        if self._is_blocked(uid, on_card.number):
            raise _RefusedError(Outcome("BLOCKED", uid, person, on_card.number))
        return _Holder(on_card.number, person, open_sector)

    def _is_blocked(self, uid: str, card: str) -> bool:
        """Whether the pack blocks this issue of the card, or every issue of it."""
        return not self._blocked.isdisjoint((uid, f"{uid}/{card}"))

    def _clock_doubtful(self, now: Reading) -> bool:
        return minute_of(now.wall_ms) == 0 or self._station.is_clock_suspect(now)

    def _run(self, plan: Plan[Result]) -> Result:
        return presenting.run(self._reader, plan)
