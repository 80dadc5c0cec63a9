"""Stores for tests of the merge: one database, its contents rolled back after each question."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from icme_tui import facts
from icme_tui.rules.attendance import attend
from icme_tui.store.store import PROJECTIONS, Store, create_store

KEY = bytes(range(32))


class Delivered(NamedTuple):
    """A line on its way to a store."""

    station: str
    epoch: str
    p: int
    line: bytes


class View(NamedTuple):
    """What a store shows."""

    facts_kept: int
    credits: list[list[str]]
    flags: list[str]


class _Undo(Exception):
    pass


def new_store(folder: Path, own: str = "OFFICE") -> Store:
    return create_store(folder / f"{own}.db", KEY, "OFFICE", own)


@contextmanager
def undone(store: Store) -> Iterator[Store]:
    """Whatever happens inside never happened."""
    try:
        with store.writing():
            yield store
            raise _Undo
    except _Undo:
        pass


def deliver(store: Store, group: Iterable[Delivered]) -> None:
    """Merge a group of lines as bundles bring them: consecutive positions of one source together."""
    run: list[Delivered] = []
    for one in sorted(group, key=lambda item: (item.station, item.epoch, item.p)):
        if run and (one[:2] != run[-1][:2] or one.p != run[-1].p + 1):
            _merge(store, run)
            run = []
        run.append(one)
    _merge(store, run)


def _merge(store: Store, run: Sequence[Delivered]) -> None:
    if run:
        store.merge(run[0].station, run[0].epoch, run[0].p, [one.line for one in run])


def view(store: Store) -> View:
    """Facts kept, people credited with having been there, and every flag."""
    seen: set[tuple[str, str, str]] = set()
    flags = set(store.flags())
    for session in store.sessions_with_taps():
        for attendance in attend(store.taps(session), None, str, True):
            flags.update(attendance.flags)
            if attendance.in_ms is not None:
                seen.add((attendance.person, attendance.course, attendance.session))
    return View(len(list(store.entries())), [list(one) for one in sorted(seen)], sorted(flags))


def projections(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every projection with texts in place of the store's own numbers."""
    names = {None: "", **dict(store.books.run("SELECT id, text FROM name").fetchall())}
    sources = {number: f"{station}/{epoch}" for number, station, epoch in store.books.sources.all()}
    sources[0] = ""
    columns: dict[str, dict[int, dict[int, str]]] = {
        "tap": {0: names, 1: names, 3: sources, 5: names, 7: names, 9: names},
        "operation": {0: sources, 2: sources},
        "put": {2: sources},
        "merged": {0: sources},
        "ahead": {0: sources, 4: sources},
        "adjusted": {0: sources, 5: sources},
        "noted": {1: sources},
        "card_event": {0: names},
        "card_record": {0: names, 2: sources, 6: names, 7: names},
        "flag": {1: sources},
    }
    told: dict[str, list[tuple[Any, ...]]] = {}
    for table in PROJECTIONS:
        rows = store.books.run(f"SELECT * FROM {table}").fetchall()
        spelled = columns.get(table, {})
        told[table] = sorted(
            (
                tuple(spelled[i][value] if i in spelled else value for i, value in enumerate(row))
                for row in rows
            ),
            key=repr,
        )
    told["card_event"] = sorted((card, _events(blob, names)) for card, blob in told["card_event"])
    return told


def _events(blob: bytes, names: dict[int, str]) -> tuple[tuple[str, int, int], ...]:
    return tuple(sorted((names[by], first, last) for by, first, last in struct.iter_unpack(">III", blob)))


def from_case(raw: dict[str, Any]) -> Delivered:
    """A fact of a merge case: ``v`` is the station, ``e`` the epoch, the rest is the line."""
    line = {name: value for name, value in raw.items() if name not in ("v", "e")}
    return Delivered(raw["v"], raw["e"], raw["p"], msgspec.json.encode(line))


def at_place(station: str, epoch: str, fact: facts.Fact) -> Delivered:
    return Delivered(station, epoch, fact.p, facts.encode(fact))
