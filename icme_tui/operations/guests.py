"""Guests: people of other hospitals who come without a card of ours and without a record.

A guest is a record of the venue that met him, with a code of its own. His touches stand under that code: by
the number of any card he carries, or as make-ups where he carries none. Once the office has merged the guest
into a person (``merge-person``) they count for that person, like everything that stood under another code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.facts import MergePerson, Place, Swipe
from icme_tui.operations.doorlist import who
from icme_tui.operations.holders import Person, is_random
from icme_tui.operations.makeups import add_makeup
from icme_tui.operations.presenting import hex_of
from icme_tui.operations.swiping import ACCEPTED, Outcome
from icme_tui.rules.window import Moment, Way, passage

if TYPE_CHECKING:
    from icme_tui.devices.port import CardSeen
    from icme_tui.rules.session import Session
    from icme_tui.station import Record, Station

GUEST = "GUEST"
"""Warning of an outcome: a guest, whom the office has still to recognise."""


class NewGuest(NamedTuple):
    """What a guest says of himself."""

    name: str
    unit_name: str
    phone: str = ""
    idno: str = ""


def checked(guest: NewGuest) -> NewGuest:
    """The same without stray blanks. A telephone or an ID number tells a guest from others.

    Raises RuleError ``NAME_MISSING``, ``GUEST_UNIT_MISSING``, ``GUEST_NUMBER_MISSING``.
    """
    tidy = NewGuest(
        " ".join(guest.name.split()),
        " ".join(guest.unit_name.split()),
        "".join(guest.phone.split()),
        "".join(guest.idno.split()).upper(),
    )
    if not tidy.name:
        raise RuleError("NAME_MISSING")
    if not tidy.unit_name:
        raise RuleError("GUEST_UNIT_MISSING")
    if not (tidy.phone or tidy.idno):
        raise RuleError("GUEST_NUMBER_MISSING")
    return tidy


def add_guest(station: Station, guest: NewGuest, card: str = "") -> str:
    """Make the record of a guest; returns the code. ``card`` is the UID of any card of his.

    Raises what ``checked`` raises.
    """
    fields = {**checked(guest)._asdict(), "card": card}
    code: str = station.new_code("guest")
    station.record(station.put("guest", code, **{field: value for field, value in fields.items() if value}))
    return code


def guests(station: Station) -> list[Record]:
    """All guests by code."""
    return list(station.registry.all("guest"))


def unmerged(station: Station) -> list[Record]:
    """The guests whom the office has not recognised yet, by code."""
    return [record for record in guests(station) if station.person_code(record.id) == record.id]


def guest_of_card(station: Station, uid: str) -> str:
    """The guest who touched with this card before, or nothing."""
    found = station.registry.find("guest", "card", uid)
    return found[0].id if found else ""


def is_fit(seen: CardSeen) -> bool:
    """Whether a card says the same number each time."""
    return not is_random(seen.uid)


def touch(
    station: Station, session: Session, way: Way, guest: str | NewGuest, seen: CardSeen, reader: str
) -> Outcome:
    """A guest's card at the reader; nothing is written to it. A new guest gets his record with it.

    Raises StoreError, and RuleError as ``checked``.
    """
    uid = hex_of(seen.uid)
    new = isinstance(guest, NewGuest)
    person = Person("", guest.name, guest.unit_name) if isinstance(guest, NewGuest) else who(station, guest)
    if new and not is_fit(seen):
        return Outcome("FOREIGN_CARD", uid, person)
    taps = [] if new else station.taps_of(session.id, person.code)
    now = station.clock.read()
    moment = Moment(now.wall_ms, now.boot, now.mono_ms)
    direction, refusal = passage(session, taps, station.code, way, moment, station.is_clock_suspect(now))
    if refusal:
        return Outcome(refusal, uid, person, "", direction)
    with station.writing():
        if isinstance(guest, NewGuest):
            person = person._replace(code=add_guest(station, guest, uid))
        place = station.record(
            Swipe(
                card=uid,
                person=person.code,
                course=session.course,
                session=session.id,
                dir=direction,
                reader=reader,
            )
        )[0]
    return Outcome(ACCEPTED[direction], uid, person, "", direction, None, place, (GUEST,))


def come_without_card(station: Station, session: str, guest: NewGuest, reason: str) -> str:
    """A guest who carries no card at all comes in by a make-up; returns his code.

    Raises what ``checked`` and ``add_makeup`` raise.
    """
    with station.writing():
        code = add_guest(station, guest)
        add_makeup(station, session, code, "in", reason)
    return code


def merge_guest(station: Station, guest: str, person: str, reason: str = "") -> Place:
    """The office recognises a guest: everything of his counts for the person.

    Raises RuleError ``OFFICE_ONLY``, ``NO_GUEST``, ``NO_PERSON``.
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    if station.registry.get("guest", guest) is None:
        raise RuleError("NO_GUEST", guest=guest)
    if station.registry.get("person", person) is None:
        raise RuleError("NO_PERSON", person=person)
    return station.record(MergePerson(person=guest, into=person, reason=reason.strip()))[0]
