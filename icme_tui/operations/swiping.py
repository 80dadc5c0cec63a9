"""Taking swipes at a session: check session, card and person, write the card, commit the fact, show one
outcome, and only then write the hint.

The outcome is decided by the commit: nothing is called accepted before it, and nothing that happens after
it changes the outcome. Whatever goes wrong during a presentation means that the state of the card is
unknown: the card is put back, and that touch finds what the first one left. A record of ours that has no
fact yet is a swipe that happened: it is recorded with its own minute, session and direction, however late
the card comes back, and whether or not the doors are still open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui import idcodes
from icme_tui.cards import holder
from icme_tui.cards.inspect import believe, inspect
from icme_tui.cards.keys import CardKeys
from icme_tui.cards.layout import HINT_SECTOR
from icme_tui.cards.plan import Plan, Result
from icme_tui.cards.record import Record as CardSwipe
from icme_tui.cards.touch import Spot, Touch, Unreported, read_holder
from icme_tui.clock import Reading, minute_of
from icme_tui.codes import CardError, IcmeError, RuleError, StoreError
from icme_tui.facts import Direction, Fact, Note, Place, Swipe
from icme_tui.operations import courses, harvesting, presenting
from icme_tui.operations.changing import finish_change
from icme_tui.operations.doorlist import who
from icme_tui.operations.holders import (
    ACTIVE,
    CANCELLED,
    Person,
    card_of,
    is_linked,
    is_random,
    person_of,
    state_of,
)
from icme_tui.operations.issuing import finish_begun
from icme_tui.operations.presenting import UNKNOWN_STATE, hex_of, keys_of
from icme_tui.rules.window import Moment, Way, passage

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen, Reader, Signal
    from icme_tui.station import Station

ACCEPTED: dict[Direction, str] = {"in": "ACCEPTED_IN", "out": "ACCEPTED_OUT"}

FRESH_MINUTES = 10
"""A touch that was cut this recently is finished by the next one; after an older one the next counts for
itself as well."""


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
    detail: Mapping[str, Any] = {}
    """What the sentence of the code needs."""

    @property
    def accepted(self) -> bool:
        """Whether the swipe counts."""
        return self.code in ACCEPTED.values()


def signal_for(outcome: Outcome) -> Signal:
    """What the queue hears: accepted also where nothing was left to do, again for a card to be put back."""
    if outcome.accepted or outcome.code in ("ALREADY_IN", "ALREADY_OUT"):
        return "accepted"
    return "again" if outcome.code == "PUT_CARD_BACK" else "refused"


class _Holder(NamedTuple):
    """A card that may swipe."""

    card: str
    person: Person
    open_sector: int | None
    by_uid: bool = False
    """Nothing is read from the card or written to it: it was linked, or its reader tells only a UID."""


class _RefusedError(Exception):
    """The touch ends here with an outcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Swiping:
    """Swipes at one session with one reader."""

    def __init__(self, station: Station, reader: Reader, session: str, way: Way = "auto") -> None:
        """Raises RuleError NO_SESSION or NO_SWIPES_OUT; CardError NO_CARD_KEYS or SESSION_CODE."""
        self.session = courses.session(station, session)
        if way == "out" and self.session.mode == "in":
            raise RuleError("NO_SWIPES_OUT", session=session)
        self._station = station
        self._reader = reader
        self._way = way
        self._keys: CardKeys = keys_of(station)
        self._pack = ""
        self._blocked: set[str] = set()
        number = idcodes.session_number(session)
        if number is None:
            raise CardError("SESSION_CODE", session=session)
        self._session_number = number
        self._station_number = station.number or 0
        self._follow_pack()

    def touch(
        self,
        seen: CardSeen,
        show: Callable[[Outcome], None] = lambda outcome: None,
        *,
        signals: bool = True,
    ) -> Outcome:
        """One card, from its arrival to the ring: commit, ``show`` with the outcome, hint, the reader's
        signal unless ``signals`` says no, ring. Raises ReaderError if the reader itself fails."""
        uid = hex_of(seen.uid)
        written: Touch | None = None
        try:
            outcome, written = self._decide(seen, uid)
        except _RefusedError as refused:
            outcome = refused.outcome
        except CardError as error:
            code = "PUT_CARD_BACK" if error.code in UNKNOWN_STATE else error.code
            outcome = Outcome(code, uid, detail=error.detail)
        except (StoreError, RuleError) as error:
            outcome = Outcome(error.code, uid, detail=error.detail)
        show(outcome)
        hinted = written is not None and self._write_hint(written, outcome)
        if signals:
            self._reader.signal(signal_for(outcome))  # people take the card away when they hear it
        if written is not None and hinted:
            self._read_ring(written, outcome)
        return outcome

    def _decide(self, seen: CardSeen, uid: str) -> tuple[Outcome, Touch | None]:
        """The outcome, and where a record was written to the card, what wrote it."""
        self._follow_pack()
        holder_ = self._holder(seen, uid)
        now = self._station.clock.read()
        if holder_.by_uid:
            return self._touch_by_uid(uid, holder_, now), None
        located = self._locate(seen, uid, holder_)
        if located is None:
            return self._by_uid(seen, uid, holder_, now), None
        touch, found = located
        while isinstance(found, Unreported):
            written = self._run(touch.secure(found))
            if self._finishes(written.record, now):
                return self._finish(uid, holder_, written.record, now), touch
            number = written.record.number
            self._station.record(self._told_late(uid, holder_.person.code, written.record))
            found = self._run(touch.locate_after(number))
        direction = self._pass_door(uid, holder_, now)
        facts: list[Fact] = []
        if found.behind:
            facts.append(Note(text=f"CARD_BEHIND:{uid}/{found.number}"))
        minute, doubtful = minute_of(now.wall_ms), self._clock_doubtful(now)
        written = self._run(touch.write_record(found, self._session_number, minute, direction, doubtful))
        facts.append(self._swipe(uid, holder_.person.code, direction, written.record.number))
        place = self._station.record(*facts)[-1]
        warnings = ("CARD_BEHIND",) if found.behind else ()
        return _accepted(uid, holder_, direction, written.record.number, place, warnings), touch

    def _locate(self, seen: CardSeen, uid: str, holder_: _Holder) -> tuple[Touch, Spot | Unreported] | None:
        """Where the next record goes; None for a card that does not open.

        At the edge of the field a card refuses now and then the key that is right, so it is asked twice.
        """
        for open_sector in (holder_.open_sector, None):
            touch = Touch(seen.uid, int(holder_.card), self._keys, self._station_number, open_sector)
            try:
                return touch, self._run(touch.locate(self._station.highest_record(uid) or 0))
            except CardError as error:
                if error.code != "AUTH_REFUSED":
                    raise
        return None

    def _pass_door(self, uid: str, holder_: _Holder, now: Reading) -> Direction:
        """Which way this touch counts. Raises _RefusedError where the door is shut for it."""
        taps = self._station.taps_of(self.session.id, holder_.person.code)
        moment = Moment(now.wall_ms, now.boot, now.mono_ms)
        doubtful = self._clock_doubtful(now)
        direction, refusal = passage(self.session, taps, self._station.code, self._way, moment, doubtful)
        if refusal:
            raise _RefusedError(Outcome(refusal, uid, holder_.person, holder_.card, direction))
        return direction

    def _finishes(self, record: CardSwipe, now: Reading) -> bool:
        """Whether what a cut left is this very swipe, so that this touch finishes it."""
        since = abs(record.minute - minute_of(now.wall_ms))
        return record.session == self._session_number and since <= FRESH_MINUTES

    def _finish(self, uid: str, holder_: _Holder, record: CardSwipe, now: Reading) -> Outcome:
        """Record what a cut left of this very swipe. It keeps its own minute unless that has hardly passed:
        then the moment of this touch tells more of it."""
        if abs(record.minute - minute_of(now.wall_ms)) <= 1:
            swipe = self._swipe(uid, holder_.person.code, record.direction, record.number)
        else:
            swipe = self._told_late(uid, holder_.person.code, record)
        place = self._station.record(swipe)[-1]
        return _accepted(uid, holder_, record.direction, record.number, place)

    def _by_uid(self, seen: CardSeen, uid: str, holder_: _Holder, now: Reading) -> Outcome:
        """A card of ours that does not open: only one whose issue was cut elsewhere swipes by its UID."""
        state = self._run(inspect(seen.uid, self._keys, briefly=True)).state
        if state != "INCOMPLETE":
            return Outcome("FOREIGN_CARD", uid, holder_.person, holder_.card)
        return self._touch_by_uid(uid, holder_, now)

    def _touch_by_uid(self, uid: str, holder_: _Holder, now: Reading) -> Outcome:
        """A swipe of which the card will tell nothing."""
        direction = self._pass_door(uid, holder_, now)
        place = self._station.record(self._swipe(uid, holder_.person.code, direction, None))[-1]
        return _accepted(uid, holder_, direction, None, place, ("BY_UID",))

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

    def _told_late(self, uid: str, person: str, record: CardSwipe) -> Swipe:
        return harvesting.told_late(self._station, uid, person, record, self._reader.name)

    def _write_hint(self, touch: Touch, outcome: Outcome) -> bool:
        """The hint, after the outcome, which it does not change. Whether the card still lies there."""
        try:
            self._run(touch.write_hint(outcome.cseq or 0))
        except IcmeError:
            return False
        return True

    def _read_ring(self, touch: Touch, outcome: Outcome) -> None:
        """Keep what the card tells of touches that the store does not know, while it still lies there. What
        is not read now is read at a later touch."""
        station, uid, person = self._station, outcome.uid, outcome.person
        wanted = harvesting.numbers_to_read(station, uid, outcome.cseq or 0)
        if not wanted or person is None:
            return
        with suppress(IcmeError):  # the card was taken away: what was read before that is kept
            self._run(touch.read_numbers(wanted))
        shown = {number: data for number, data in touch.records().items() if number in wanted}
        with suppress(StoreError):
            harvesting.keep(station, uid, shown, self._reader.name, person.code, touch.is_own)

    def _follow_pack(self) -> None:
        """Take over session, keys and blocked cards; the latter two only where another pack has come."""
        self.session = courses.session(self._station, self.session.id)
        pack = str(self._station.setting("pack", {}).get("sha256", "-"))
        if pack != self._pack:
            self._keys = keys_of(self._station)
            self._blocked = {id_ for id_, _body in self._station.pack_rows("blacklist")}
            self._pack = pack

    def _holder(self, seen: CardSeen, uid: str) -> _Holder:
        """Whose card it is. Raises _RefusedError for a card that may not swipe."""
        if is_random(seen.uid):
            raise _RefusedError(Outcome("FOREIGN_CARD", uid))
        known = card_of(self._station, uid)
        if known is None and not seen.is_classic:
            raise _RefusedError(Outcome("FOREIGN_CARD", uid))
        if known is None and finish_begun(self._station, self._reader, seen) is not None:
            known = card_of(self._station, uid)
        if known is None:
            return self._unknown_holder(seen, uid)
        person = who(self._station, str(known.body.get("person") or ""))
        state = state_of(known)
        if state == CANCELLED:
            raise _RefusedError(Outcome("CANCELLED", uid, person, known.id))
        if state != ACTIVE or self._is_blocked(uid, known.id):
            raise _RefusedError(Outcome("BLOCKED", uid, person, known.id))
        if is_linked(known) or not seen.is_classic:
            return _Holder(known.id, person, None, by_uid=True)
        finish_change(self._station, self._reader, seen)
        return _Holder(known.id, person, None)

    def _unknown_holder(self, seen: CardSeen, uid: str) -> _Holder:
        """A card that is not in the registry: what is on it counts if a known issuer signed it."""
        open_sector: int | None = HINT_SECTOR
        try:
            found = self._run(read_holder(seen.uid, self._keys))
        except CardError as error:
            if error.code != "AUTH_REFUSED":
                raise
            closer = self._run(inspect(seen.uid, self._keys, briefly=True))
            if closer.state not in ("OK", "INCOMPLETE") or closer.image is None:
                code: str = "UNKNOWN_CARD" if closer.state == "BLANK" else closer.state
                raise _RefusedError(Outcome(code, uid)) from None
            found, open_sector = closer.image, None
        state = believe(seen.uid, found, self._keys)
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


def _accepted(
    uid: str,
    holder_: _Holder,
    direction: Direction,
    number: int | None,
    place: Place,
    warnings: tuple[str, ...] = (),
) -> Outcome:
    code = ACCEPTED[direction]
    return Outcome(code, uid, holder_.person, holder_.card, direction, number, place, warnings)
