"""What an office has to look at: every flag that nobody has decided, as one list.

A decision takes its flag away (a fork resolved, two people merged, a clock put right). What needs no change
is noted: a fact of the office names the flag and the reason, and the flag leaves the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui import facts
from icme_tui.operations import crediting, forks, guests, makeups
from icme_tui.operations.deciding import shown
from icme_tui.operations.doorlist import who
from icme_tui.operations.supposing import title_of
from icme_tui.rules.attendance import TWO_VENUES
from icme_tui.rules.session import session_of

if TYPE_CHECKING:
    from icme_tui.station import Station

FORK = "FORK"
CLOCK = "CLOCK"
CLOCK_AHEAD = "CLOCK_AHEAD"
CARD_FORK = "CARD_FORK"
CARD_BEHIND = "CARD_BEHIND"
MACS_BAD = "MACS_BAD"
CONFLICT = "CONFLICT"
NOT_ALLOWED = "NOT_ALLOWED"
UNKNOWN_COURSE = "UNKNOWN_COURSE"
SAME_ID = "SAME_ID"
MAKEUP = "MAKEUP"
GUEST = "GUEST"
LINE_BAD = "LINE_BAD"
MAC_BAD = "MAC_BAD"
KEY_REVOKED = "KEY_REVOKED"
UNKNOWN_CARD = "UNKNOWN_CARD"

KINDS = (
    FORK,
    CARD_FORK,
    CARD_BEHIND,
    MACS_BAD,
    CLOCK,
    TWO_VENUES,
    SAME_ID,
    CONFLICT,
    NOT_ALLOWED,
    UNKNOWN_COURSE,
    UNKNOWN_CARD,
    MAKEUP,
    GUEST,
    KEY_REVOKED,
    MAC_BAD,
    LINE_BAD,
    CLOCK_AHEAD,
)
"""The kinds of items in the order of the list: first what keeps most from counting."""

_BY_SOURCE = (CLOCK_AHEAD, KEY_REVOKED, LINE_BAD, MAC_BAD)
"""Flags of places that are one item for each epoch of a station."""

_BY_CARD = (CARD_FORK, CARD_BEHIND)
"""Flags of record numbers that are one item for each card."""


class Item(NamedTuple):
    """One thing to decide."""

    kind: str
    name: str
    """Names it in a command, with its kind: a flag, a fork, a place, a code."""
    subject: str
    """Whom or what it is about: a person's name, a station, a card."""
    size: int
    """Places, swipes or flags that hang on it."""
    flags: tuple[str, ...]
    """What a note about it names; empty for what cannot be noted."""
    detail: dict[str, Any]
    """Values for the sentence: scalars."""


def items(station: Station) -> list[Item]:
    """Everything that waits, by kind and name. At a venue only what its own store shows."""
    noted = station.noted()
    found = [
        *_of_flags(station, noted),
        *_forks(station),
        *_clocks(station, noted),
        *_two_venues(station, noted),
        *_unknown_courses(station, noted),
        *_unknown_cards(station, noted),
        *_people_who_wait(station),
    ]
    return sorted(found, key=lambda item: (KINDS.index(item.kind), item.name))


def quick_count(station: Station) -> int:
    """How many flags of the store wait: those that need neither attendances nor everybody's ID numbers."""
    noted = station.noted()
    of_flags = _grouped(station.stored_flags(), noted)
    return len(of_flags) + forks.count(station) + len(_clocks(station, noted))


def _grouped(flags: Iterable[str], noted: dict[str, facts.Place]) -> dict[tuple[str, str], list[str]]:
    """{(kind, name): flags} of what is one item each."""
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for flag in flags:
        code, _colon, rest = flag.partition(":")
        if flag in noted or code not in KINDS or code == FORK:
            continue
        if code in _BY_CARD:
            grouped[code, rest.partition("/")[0]].append(flag)
        elif code in _BY_SOURCE:
            grouped[code, rest.rpartition("/")[0]].append(flag)
        else:
            grouped[code, rest].append(flag)
    return grouped


def _of_flags(station: Station, noted: dict[str, facts.Place]) -> list[Item]:
    grouped = _grouped(station.flags(), noted)
    return [_ABOUT[kind](station, name, tuple(flags)) for (kind, name), flags in grouped.items()]


def _copied(kind: str) -> Any:
    return lambda station, uid, flags: _of_card(station, kind, uid, flags)


def _of_card(station: Station, kind: str, uid: str, flags: tuple[str, ...]) -> Item:
    cards = station.registry.find("card", "uid", uid)
    card = next(
        (one for one in cards if one.body.get("state", "active") == "active"), cards[0] if cards else None
    )
    person = str(card.body.get("person") or "") if card is not None else ""
    detail = {"uid": uid, "number": card.id if card else "", "person": _name(station, person)}
    return Item(kind, uid, detail["person"] or uid, len(flags), flags, detail)


def _forger(_station: Station, name: str, flags: tuple[str, ...]) -> Item:
    return Item(MACS_BAD, name, name, len(flags), flags, {"station": name})


def _of_source(kind: str) -> Any:
    def item(station: Station, name: str, flags: tuple[str, ...]) -> Item:
        code, _slash, epoch = name.partition("/")
        return Item(kind, name, code, len(flags), flags, {"station": code, "epoch": epoch, "n": len(flags)})

    return item


def _conflict(station: Station, name: str, flags: tuple[str, ...]) -> Item:
    kind, id_, field = [*name.split("/", 2), "", ""][:3]
    record = station.registry.get(kind, id_)
    body = record.body if record is not None else {}
    subject = str(body.get("name") or body.get("title") or id_)
    detail = {"kind": kind, "id": id_, "field": field, "value": shown(station, kind, field, body.get(field))}
    return Item(CONFLICT, name, subject, 1, flags, detail)


def _same_id(station: Station, name: str, flags: tuple[str, ...]) -> Item:
    older, _slash, younger = name.partition("/")
    names = {"older": _name(station, older), "younger": _name(station, younger)}
    detail = {"older_code": older, "younger_code": younger, **names}
    return Item(SAME_ID, name, f"{names['older']} / {names['younger']}", 1, flags, detail)


def _not_allowed(station: Station, name: str, flags: tuple[str, ...]) -> Item:
    fact = _fact_at(station, name)
    kind = facts.kind_of(fact) if fact is not None else ""
    about = fact.id if isinstance(fact, facts.Put) else fact.card if isinstance(fact, facts.Link) else ""
    record = station.registry.get(kind, about) if isinstance(fact, facts.Put) else None
    told = str(record.body.get("name") or record.body.get("title") or about) if record is not None else about
    detail = {"station": name.partition("/")[0], "kind": kind, "about": told, "by": fact.by if fact else ""}
    return Item(NOT_ALLOWED, name, detail["station"], 1, flags, detail)


_ABOUT: dict[str, Any] = {
    **{kind: _copied(kind) for kind in _BY_CARD},
    MACS_BAD: _forger,
    CONFLICT: _conflict,
    SAME_ID: _same_id,
    NOT_ALLOWED: _not_allowed,
    **{kind: _of_source(kind) for kind in _BY_SOURCE},
}


def _fact_at(station: Station, place: str) -> facts.AnyFact | None:
    code, epoch, p = [*place.split("/"), "", "", "0"][:3]
    found = (
        [facts.decode(line) for line in station.lines(code, epoch, int(p), int(p))] if p.isdecimal() else []
    )
    return found[0] if found else None


def _forks(station: Station) -> list[Item]:
    return [
        Item(
            FORK,
            fork.name,
            fork.station,
            fork.last - fork.first + 1,
            (),
            {"station": fork.station, "first": fork.first, "last": fork.last, "sides": len(fork.sides)},
        )
        for fork in forks.forks(station)
    ]


def _clocks(station: Station, noted: dict[str, facts.Place]) -> list[Item]:
    """Doubtful swipes of a boot. The flag names the last of them: what comes after it is a new question."""
    found: list[Item] = []
    for one in station.suspect_ranges():
        name = f"{one.station}/{one.epoch}/{one.first}-{one.last}"
        if (flag := f"{CLOCK}:{name}") not in noted:
            detail = {
                "station": one.station,
                "epoch": one.epoch,
                "first": one.first,
                "last": one.last,
                "swipes": one.swipes,
                "sessions": one.sessions,
                "from_ms": one.from_ms,
                "until_ms": one.until_ms,
            }
            found.append(Item(CLOCK, name, one.station, one.swipes, (flag,), detail))
    return found


def _two_venues(station: Station, noted: dict[str, facts.Place]) -> list[Item]:
    people = station.people_twice(_overlapping(station))
    if not people:
        return []
    attendances, _rows = crediting.of_people(station, people)
    found: list[Item] = []
    for row in attendances:
        for flag in row.flags:
            if flag.startswith(TWO_VENUES + ":") and flag not in noted:
                detail = {
                    "person": _name(station, row.person),
                    "code": row.person,
                    "session": row.session,
                    "title": title_of(station, row.session),
                    "counts": row.reason == "",
                }
                name = flag.partition(":")[2]
                found.append(Item(TWO_VENUES, name, str(detail["person"]), 1, (flag,), detail))
    return found


def _overlapping(station: Station) -> list[list[str]]:
    """Sessions that people touched: each by itself, with those before it that had not ended when it began."""
    touched = set(station.sessions_with_taps())
    known = [
        session
        for record in station.registry.all("session")
        if record.id in touched and (session := session_of(record.id, record.body)) is not None
    ]
    groups: list[list[str]] = []
    running: list[Any] = []
    for session in sorted(known, key=lambda one: (one.start_ms, one.id)):
        running = [one for one in running if one.end_ms > session.start_ms]
        groups.append([session.id, *(one.id for one in running)])
        running.append(session)
    return groups


def _unknown_courses(station: Station, noted: dict[str, facts.Place]) -> list[Item]:
    found: list[Item] = []
    for session in station.sessions_with_taps():
        flag = f"{UNKNOWN_COURSE}:{session}"
        record = station.registry.get("session", session)
        if flag in noted or (record is not None and session_of(session, record.body) is not None):
            continue
        crowd = station.crowd(session)
        detail = {
            "session": session,
            "courses": ", ".join(crowd.courses),
            "stations": ", ".join(crowd.stations),
            "people": crowd.people,
        }
        found.append(Item(UNKNOWN_COURSE, session, session, crowd.touches, (flag,), detail))
    return found


def _unknown_cards(station: Station, noted: dict[str, facts.Place]) -> list[Item]:
    """Cards whose records venues have seen, and which are not known here. The flag names how many."""
    found: list[Item] = []
    for uid, records in station.unknown_cards():
        if (flag := f"{UNKNOWN_CARD}:{uid}/{records}") not in noted:
            found.append(Item(UNKNOWN_CARD, uid, uid, records, (flag,), {"uid": uid, "records": records}))
    return found


def _people_who_wait(station: Station) -> list[Item]:
    if station.role != "office":
        return []
    found: list[Item] = []
    for one in makeups.open_makeups(station):
        name = str(one.line.place)
        detail = {
            "person": one.line.person.name or one.line.person.code,
            "dir": one.line.direction,
            "at_ms": one.line.at_ms,
            "session": one.session,
            "title": one.title,
            "reason": one.reason,
            "by": one.by,
        }
        found.append(Item(MAKEUP, name, str(detail["person"]), 1, (), detail))
    for guest in guests.unmerged(station):
        name, unit = str(guest.body.get("name", "")), str(guest.body.get("unit_name", ""))
        found.append(Item(GUEST, guest.id, name or guest.id, 1, (), {"name": name, "unit": unit}))
    return found


def _name(station: Station, code: str) -> str:
    return (who(station, code).name or code) if code else ""


def place_of(item: Item) -> facts.Place:
    """The place that names an item of one fact: a make-up, a proposal."""
    code, epoch, p = item.name.split("/")
    return facts.Place(code, epoch, int(p))
