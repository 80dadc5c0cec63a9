"""What can be decided about an item of the work list in one line, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from icme_tui.commands.moments import show_moment, show_utc
from icme_tui.commands.words import _
from icme_tui.facts import Place
from icme_tui.operations import deciding, worklist
from icme_tui.operations.worklist import Item
from icme_tui.rules.attendance import TWO_VENUES
from icme_tui.screens.glyphs import clean
from icme_tui.station import Station

MOST_TOUCHES = 9
"""Touches of a person that are offered to be taken back."""


class Decision(NamedTuple):
    """One way to decide; ``take`` gets the station and the reason, in a job."""

    text: str
    take: Callable[[Station, str], Any]


def decisions(station: Station, item: Item) -> list[Decision]:
    """The ways in which an item can be decided, without the note. Read in a job."""
    found = _WAYS.get(item.kind)
    return found(station, item) if found is not None and station.role == "office" else []


def _same_id(station: Station, item: Item) -> list[Decision]:
    older, younger = item.detail["older_code"], item.detail["younger_code"]

    def into(kept: str, given_up: str) -> Decision:
        text = _("One person: {kept} stays").format(kept=clean(f"{_name(station, kept)} {kept}"))
        return Decision(text, lambda at, reason: deciding.merge_people(at, given_up, kept, reason))

    return [into(older, younger), into(younger, older)]


def _conflict(station: Station, item: Item) -> list[Decision]:
    kind, code, field = item.detail["kind"], item.detail["id"], item.detail["field"]

    def choice(one: deciding.Value) -> Decision:
        told = f"{one.shown}   {one.place.station} {show_utc(one.at)} {one.by}"
        text = f"{told}  {_('(counts now)')}" if one.counts else told
        return Decision(clean(text), lambda at, reason: deciding.choose(at, kind, code, field, one.place))

    return [choice(one) for one in deciding.values(station, kind, code, field)]


def _not_allowed(_station: Station, item: Item) -> list[Decision]:
    place = worklist.place_of(item)
    return [
        Decision(
            _("Make it the office's own decision"), lambda at, reason: deciding.accept(at, place, reason)
        )
    ]


def _two_venues(station: Station, item: Item) -> list[Decision]:
    taps = sorted(
        station.taps_of(item.detail["session"], item.detail["code"]), key=lambda tap: (tap.at_ms, tap.p)
    )

    def back(tap: Any) -> Decision:
        way = _("in") if tap.dir == "in" else _("out")
        text = _("Take back: {way} {time} at {station}").format(
            way=way, time=show_moment(tap.at_ms), station=tap.at_station or tap.station
        )
        place = Place(tap.station, tap.epoch, tap.p)
        return Decision(text, lambda at, reason: deciding.void(at, [place], reason))

    return [back(tap) for tap in taps[:MOST_TOUCHES]]


def _card_fork(_station: Station, item: Item) -> list[Decision]:
    number = item.detail["number"]
    if not number:
        return []
    return [
        Decision(
            _("Block the card {number}").format(number=number),
            lambda at, reason: deciding.block_copied(at, number, item.flags, reason),
        )
    ]


_WAYS: dict[str, Callable[[Station, Item], list[Decision]]] = {
    worklist.SAME_ID: _same_id,
    worklist.CONFLICT: _conflict,
    worklist.NOT_ALLOWED: _not_allowed,
    TWO_VENUES: _two_venues,
    worklist.CARD_FORK: _card_fork,
    worklist.CARD_BEHIND: _card_fork,
}


def _name(station: Station, code: str) -> str:
    record = station.registry.get("person", code)
    return str(record.body.get("name", "")) if record is not None else ""
