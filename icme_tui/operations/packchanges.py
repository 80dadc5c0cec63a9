"""What a pack changes beside the one in force: told before it is taken, and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.operations import packtaking

if TYPE_CHECKING:
    from icme_tui.station import Station

KINDS = ("person", "course", "session", "card", "blacklist", "unit", "project", "station")
"""Kinds of rows that are told of, the most looked at first."""

Row = dict[str, Any]
Rows = Mapping[str, Mapping[str, Row]]
"""{kind: {id: fields}}."""


class Change(NamedTuple):
    """One row that is another than before."""

    kind: str
    """One of ``KINDS``; ``blacklist`` is a blocked card."""
    id: str
    name: str
    """Name or title; of a card the name of its holder. May be empty."""
    what: str
    """``new``, ``changed`` or ``gone``."""
    fields: tuple[str, ...]
    """Of a changed row: the fields that differ, by name."""


class Changes(NamedTuple):
    """Everything that differs."""

    changes: tuple[Change, ...]
    """By kind in the order of ``KINDS``: new, changed, gone; then by id."""
    is_first: bool
    """Whether there is no pack in force, so that everything is new."""

    def counts(self, kind: str) -> tuple[int, int, int]:
        """How many rows of a kind are new, changed and gone."""
        told = [each.what for each in self.changes if each.kind == kind]
        return told.count("new"), told.count("changed"), told.count("gone")


def in_force(station: Station) -> Rows | None:
    """The rows of the pack in force; None before the first one."""
    if packtaking.in_force(station) is None:
        return None
    return {kind: dict(station.pack_rows(kind)) for kind in KINDS}


def laid(rows: Sequence[Row | None]) -> Rows:
    """The rows of a checked pack as they would be laid."""
    found: dict[str, dict[str, Row]] = {kind: {} for kind in KINDS}
    for row in rows:
        shown = packtaking.laid_row(row) if row is not None else None
        if shown is not None and shown[0] in found:
            kind, id_, _v, body = shown
            found[kind][id_] = body
    return found


def between(before: Rows | None, after: Rows) -> Changes:
    """What is different in ``after``."""
    known = before or {kind: {} for kind in KINDS}
    people = {**known["person"], **after["person"]}
    return Changes(
        tuple(change for kind in KINDS for change in _of_kind(kind, known[kind], after[kind], people)),
        before is None,
    )


def _of_kind(
    kind: str, before: Mapping[str, Row], after: Mapping[str, Row], people: Mapping[str, Row]
) -> Iterator[Change]:
    for id_ in sorted(after.keys() - before.keys()):
        yield Change(kind, id_, _name(kind, after[id_], people), "new", ())
    for id_ in sorted(after.keys() & before.keys()):
        old, new = before[id_], after[id_]
        if old != new:
            differ = tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
            yield Change(kind, id_, _name(kind, new, people), "changed", differ)
    for id_ in sorted(before.keys() - after.keys()):
        yield Change(kind, id_, _name(kind, before[id_], people), "gone", ())


def _name(kind: str, body: Row, people: Mapping[str, Row]) -> str:
    if kind == "card":
        body = people.get(str(body.get("person") or ""), {})
    elif kind == "blacklist":
        return str(body.get("number") or "")
    return str(body.get("name") or body.get("title") or "")
