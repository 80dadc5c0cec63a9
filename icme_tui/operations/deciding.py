"""The decisions of an office on what waits. Each is a fact with the operator who took it and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from icme_tui import facts, putfields
from icme_tui.codes import RuleError
from icme_tui.facts import MergePerson, Note, Place
from icme_tui.operations import blocking, linking, people
from icme_tui.rules.people.idnumber import mask
from icme_tui.rules.people.phones import mask_phone

if TYPE_CHECKING:
    from icme_tui.station import Station


class Value(NamedTuple):
    """What one station set a field to."""

    place: Place
    at: str
    """UTC."""
    by: str
    shown: str
    """The value; ID numbers and telephone numbers masked."""
    counts: bool


def shown(station: Station, kind: str, field: str, value: Any) -> str:
    """A value for the eyes: titles and units by name, ID numbers and telephone numbers masked."""
    if value is None:
        return ""
    if kind == "person":
        return people.shown_value(station, field, value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return mask(text) if field == "idno" else mask_phone(text) if field == "phone" else text


def note(station: Station, flags: Sequence[str], reason: str) -> int:
    """Say of flags that they were looked at and need no change; returns how many.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``, ``NOTHING_WAITS`` (there is nothing to note).
    """
    given = _checked(station, reason)
    if not flags:
        raise RuleError("NOTHING_WAITS", name="")
    station.record(*(Note(text=given, about=flag) for flag in flags))
    return len(flags)


def merge_people(station: Station, person: str, into: str, reason: str) -> Place:
    """From now on a person is another one: everything of his counts for ``into``.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``, ``NO_PERSON``, ``SAME_PERSON``.
    """
    given = _checked(station, reason)
    for code in (person, into):
        if station.registry.get("person", code) is None:
            raise RuleError("NO_PERSON", person=code)
    if station.person_code(person) == station.person_code(into):
        raise RuleError("SAME_PERSON")
    return station.record(MergePerson(person=person, into=into, reason=given))[0]


def values(station: Station, kind: str, id: str, field: str) -> list[Value]:
    """What stations set a field of a record to, the newest edit first."""
    record = station.registry.get(kind, id)
    current = record.body.get(field) if record is not None else None
    found: list[Value] = []
    for place, value in station.values_set(kind, id, field):
        decoded = (facts.decode(line) for line in station.lines(*place, place.p))
        fact = next((one for one in decoded if one is not None), None)
        at, by = (fact.at, fact.by) if fact is not None else ("", "")
        found.append(Value(place, at, by, shown(station, kind, field, value), value == current))
    return found


def choose(station: Station, kind: str, id: str, field: str, place: Place) -> Place:
    """Settle a field on which two stations contradict each other: a new edit that has seen both sets it to
    what the put at ``place`` did. Raises RuleError ``OFFICE_ONLY``, ``NOTHING_WAITS``."""
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    with station.writing():
        for one, value in station.values_set(kind, id, field):
            if one == place:
                return station.record(station.put(kind, id, **{field: value}))[0]
    raise RuleError("NOTHING_WAITS", name=f"{kind}/{id}/{field}")


def accept(station: Station, place: Place, reason: str) -> Place:
    """The office makes a venue's proposal its own: an edit, or an operation on a fact.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``, ``NOTHING_WAITS`` (no proposal at this place),
    ``NO_PROPOSAL`` (what stands there cannot be taken over), and for a card those of ``linking``.
    """
    given = _checked(station, reason)
    if f"NOT_ALLOWED:{place}" not in station.flags():
        raise RuleError("NOTHING_WAITS", name=str(place))
    decoded = [facts.decode(line) for line in station.lines(*place, place.p)]
    fact = decoded[0] if len(decoded) == 1 else None
    with station.writing():
        if isinstance(fact, facts.Put) and facts.kind_of(fact) not in ("station", "operator"):
            kind = facts.kind_of(fact)
            told = {name: value for name, value in fact.set.items() if putfields.is_field(kind, name, value)}
            if not told:  # what this program does not know counts nowhere
                raise RuleError("NO_PROPOSAL")
            made = station.record(station.put(kind, fact.id, **told))[0]
        elif isinstance(fact, facts.Void | facts.Correct | facts.Reinstate | facts.Confirm):
            target = fact.target if len(fact.target) == 3 else [place.station, *fact.target]
            made = station.record(_anew(fact, target, given))[0]
        elif isinstance(fact, facts.MergePerson):
            made = station.record(MergePerson(person=fact.person, into=fact.into, reason=given))[0]
        elif isinstance(fact, facts.Link) and fact.person:
            linking.link_card(station, fact.card, fact.person, given)
            made = Place(station.code, station.epoch, station.top(station.code, station.epoch)[0])
        elif isinstance(fact, facts.Link):
            linking.unlink_card(station, fact.card, given)
            made = Place(station.code, station.epoch, station.top(station.code, station.epoch)[0])
        else:
            raise RuleError("NO_PROPOSAL")
        station.record(Note(text=given, about=f"NOT_ALLOWED:{place}"))
    return made


def block_copied(station: Station, number: str, flags: Sequence[str], reason: str) -> None:
    """Block a card that was copied: the flags that tell of it are decided with that.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``; CardError ``NO_SUCH_CARD``, ``CARD_NOT_ACTIVE``.
    """
    given = _checked(station, reason)
    with station.writing():
        blocking.block_card(station, number, why=given)
        station.record(*(Note(text=given, about=flag) for flag in flags))


def void(station: Station, places: Sequence[Place], reason: str) -> int:
    """Take touches back that do not count rightly; returns how many.

    Raises RuleError ``OFFICE_ONLY``, ``REASON_MISSING``, ``NOTHING_WAITS`` (no fact at this place).
    """
    given = _checked(station, reason)
    for place in places:
        if not station.lines(*place, place.p):
            raise RuleError("NOTHING_WAITS", name=str(place))
    station.record(*(facts.Void(target=list(place), reason=given) for place in places))
    return len(places)


def _anew(
    fact: facts.Void | facts.Correct | facts.Reinstate | facts.Confirm, target: list[str | int], reason: str
) -> facts.Fact:
    if isinstance(fact, facts.Correct):
        return facts.Correct(target=target, set=fact.set, reason=reason)
    return type(fact)(target=target, reason=reason)


def _checked(station: Station, reason: str) -> str:
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    return reason.strip()
