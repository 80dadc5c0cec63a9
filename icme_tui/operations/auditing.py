"""The journal for a person's eyes: does the chain hold, do the projections agree, who did what when."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, NamedTuple

import msgspec

from icme_tui import facts
from icme_tui.clock import format_utc, parse_utc
from icme_tui.codes import RuleError
from icme_tui.rules.people.idnumber import mask
from icme_tui.rules.people.phones import mask_phone
from icme_tui.station import Entry, Ranges, Station, holding


class SourceReport(NamedTuple):
    """What the chain of one (station, epoch) says."""

    station: str
    epoch: str
    lines: int
    last: int
    """Highest position held."""
    head: str
    """Hex head of the chain at ``top``."""
    top: int
    """Last position without a gap before it."""
    problems: list[str]
    """``GAP:p``, ``FORK:p``, ``HASH:p`` (a stored line does not fit its hash), ``HEAD:p``, ``PLACE:p``."""


class Shown(NamedTuple):
    """One fact as the audit view shows it."""

    station: str
    epoch: str
    p: int
    kind: str
    at: str
    by: str
    fields: dict[str, Any]
    """Everything else that the line says; ID numbers and telephone numbers masked."""
    adjusted_at: str = ""
    """UTC, what ``at`` counts as since the office has moved it; empty where it has not."""


_SECRET_FIELDS = ("idno", "phone")
_DEEPEST = 8
"""Levels of a line that are shown."""


def verify(station: Station) -> list[SourceReport]:
    """Recompute every hash and chain from the stored bytes. A fork that was decided is no problem."""
    flags = set(station.stored_flags())
    return [_verify_source(station, name, epoch, flags) for name, epoch in station.sources()]


def _verify_source(station: Station, name: str, epoch: str, flags: set[str]) -> SourceReport:
    head = facts.chain_start(name, epoch)
    top, held_head = station.top(name, epoch)
    problems: list[str] = []
    count = last = 0
    for p, group in groupby(station.stored_lines(name, epoch), key=lambda entry: entry.p):
        entries = list(group)
        count += len(entries)
        for entry in entries:
            if facts.line_hash(entry.line) != entry.hash:
                problems.append(f"HASH:{p}")
            told = facts.head_of(entry.line).p
            if told is not None and told != p:
                problems.append(f"PLACE:{p}")
        if len(entries) > 1 and f"FORK:{facts.Place(name, epoch, p)}" in flags:
            problems.append(f"FORK:{p}")
        if p != last + 1:
            problems.append(f"GAP:{last + 1}")
        last = p
        if last <= top:
            head = facts.chain_next(head, min(entry.hash for entry in entries))
        if last == top and head != held_head:
            problems.append(f"HEAD:{last}")
    return SourceReport(name, epoch, count, last, held_head.hex(), top, problems)


class Wanted(NamedTuple):
    """Which facts are asked for: those for which everything that is given holds."""

    kind: str | None = None
    person: str | None = None
    operator: str | None = None
    source: str | None = None
    """Code of the station."""
    since: str | None = None
    until: str | None = None
    """ISO moments, UTC unless they say otherwise; the end is left out."""
    words: tuple[str, ...] = ()
    """Each occurs somewhere in the line."""


def show(station: Station, *, limit: int = 50, **wanted: str | None) -> list[Shown]:
    """The newest ``limit`` facts that fit, oldest first, by hybrid clock. ``wanted``: fields of ``Wanted``.

    Raises RuleError ``TIME_BAD``.
    """
    shown, _total = page(station, Wanted(**wanted), count=limit)  # type: ignore[arg-type]
    return shown[::-1]


class Known(NamedTuple):
    """The words by which facts can be asked for."""

    kinds: set[str]
    operators: set[str]
    stations: set[str]


def known(station: Station) -> Known:
    """Kinds, operators and stations of all facts that are held."""
    found = Known(set(), set(), set())
    for entry in station.entries():
        told = _told(entry)
        found.kinds.add(told.kind)
        found.operators.add(told.by)
        found.stations.add(entry.place.station)
    return found


def page(station: Station, wanted: Wanted, first: int = 0, count: int = 200) -> tuple[list[Shown], int]:
    """Facts that fit, the newest first, from the ``first`` on, and how many there are.

    Raises RuleError ``TIME_BAD``.
    """
    if wanted == Wanted():
        return _shown(station, islice(_newest(station), first, first + count)), station.count_lines()
    total = 0

    def counted() -> Iterator[_Found]:
        nonlocal total
        for each in _fitting(station, wanted):
            total += 1
            yield each

    newest = heapq.nlargest(first + count, counted())
    return _shown(station, newest[first:]), total


def _newest(station: Station) -> Iterator[_Found]:
    """All lines, the newest first, without a pass over all of them: the clock of a source never runs back."""
    sources = [station.newest(name, epoch) for name, epoch in station.sources()]
    found = [((_told(entry).hlc, entry) for entry in source) for source in sources]
    return heapq.merge(*found, reverse=True)


_Found = tuple[str, Entry]
"""Hybrid clock, line: they sort as the view has them."""


class _Told(NamedTuple):
    """What a line tells of itself; empty where it does not."""

    kind: str
    at: str
    by: str
    hlc: str


class _Head(msgspec.Struct):
    """The fields that are looked at of every line, whatever their form."""

    k: Any = ""
    at: Any = ""
    by: Any = ""
    hlc: Any = ""


_head_decoder = msgspec.json.Decoder(_Head)


def _told(entry: Entry) -> _Told:
    try:
        head = _head_decoder.decode(entry.line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _Told("LINE_BAD", "", "", "")
    return _Told(str(head.k), str(head.at), str(head.by), str(head.hlc))


def _fitting(station: Station, wanted: Wanted) -> Iterator[_Found]:
    """Those that fit. A line is read whole only where something in it is asked for: there are millions."""
    start, end = _stamp(wanted.since), _stamp(wanted.until)
    words = [word.lower() for word in wanted.words]
    for entry in station.entries():
        told = _told(entry)
        if (
            (wanted.kind is None or told.kind == wanted.kind)
            and (wanted.operator is None or told.by == wanted.operator)
            and (wanted.source is None or entry.place.station == wanted.source)
            and (start is None or told.at >= start)
            and (end is None or told.at < end)
            and (wanted.person is None or _concerns(_read(entry), wanted.person))
            and (not words or _says(_show(entry, ""), words))
        ):
            yield told.hlc, entry


def _says(shown: Shown, words: list[str]) -> bool:
    text = f"{shown.station} {shown.kind} {shown.by} {shown.fields}".lower()
    return all(word in text for word in words)


def _shown(station: Station, found: Iterable[_Found]) -> list[Shown]:
    adjusted = station.adjusted()
    return [_show(entry, _moved(adjusted, entry) if adjusted else "") for _, entry in found]


def _show(entry: Entry, adjusted_at: str) -> Shown:
    place, told, raw = entry.place, _told(entry), _read(entry)
    rest = {name: value for name, value in raw.items() if name not in ("k", "p", "at", "by", "hlc")}
    return Shown(place.station, place.epoch, place.p, told.kind, told.at, told.by, _masked(rest), adjusted_at)


def _read(entry: Entry) -> dict[str, Any]:
    try:
        raw = msgspec.json.decode(entry.line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _moved(adjusted: Ranges, entry: Entry) -> str:
    one = holding(adjusted, *entry.place)
    raw = _read(entry)
    if one is None or one.ms == 0 or not raw.get("boot"):
        return ""
    try:
        return format_utc(parse_utc(str(raw.get("at", ""))) + one.ms)
    except (ValueError, OverflowError):
        return ""


def _concerns(raw: dict[str, Any], person: str) -> bool:
    inner = raw.get("set")
    named = [raw.get("person"), raw.get("into"), raw.get("id") if raw.get("k") == "person" else None]
    named += [inner.get("person")] if isinstance(inner, dict) else []
    return person in named


def _masked(value: Any, depth: int = 0) -> Any:
    """A value of a line without what is shown masked only, whatever its form: lines
    come from anybody."""
    if depth > _DEEPEST and isinstance(value, dict | list):
        return "…"
    if isinstance(value, list):
        return [_masked(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _mask(name, one) if name in _SECRET_FIELDS and one is not None else _masked(one, depth + 1)
        for name, one in value.items()
    }


def _mask(name: str, value: Any) -> str:
    if isinstance(value, dict | list):
        return "****"
    return mask(str(value)) if name == "idno" else mask_phone(str(value))


def _stamp(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return format_utc(parse_utc(text))
    except (ValueError, OverflowError):
        raise RuleError("TIME_BAD", given=text) from None
