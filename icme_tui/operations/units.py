"""Units: the tree of hospitals and departments with the people in it, made and changed with checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.operations import remit
from icme_tui.rules.people.departments import comparable
from icme_tui.rules.people.names import read_label

if TYPE_CHECKING:
    from icme_tui.station import Record, Station

UNIT_TYPES = ("department", "hospital", "authority", "school", "other")
CLOSED = "closed"


class UnitLine(NamedTuple):
    """A unit at its place in the tree."""

    code: str
    name: str
    type: str
    parent: str
    """Code of the unit above; empty at the top."""
    depth: int
    people: int
    """In the unit itself, those who have left not counted."""
    people_below: int
    """In it and in all units below."""


def unit_tree(station: Station) -> list[UnitLine]:
    """All units that are not closed, each above those that belong to it, else by name.

    What hangs in a ring, or on a unit that is not known, stands at the top.
    """
    units = {
        record.id: record for record in station.registry.all("unit") if record.body.get("state") != CLOSED
    }
    counts = station.registry.people_by_unit()
    children: dict[str, list[Record]] = {}
    for record in sorted(units.values(), key=_by_name):
        parent = _parent(record)
        children.setdefault(parent if parent in units else "", []).append(record)
    lines: list[UnitLine] = []
    seen: set[str] = set()

    def walk(record: Record, parent: str, depth: int) -> int:
        seen.add(record.id)
        at = len(lines)
        lines.append(_line(record, parent, depth, counts.get(record.id, 0)))
        below = counts.get(record.id, 0)
        for child in children.get(record.id, ()):
            if child.id not in seen:
                below += walk(child, record.id, depth + 1)
        lines[at] = lines[at]._replace(people_below=below)
        return below

    for record in [*children.get("", ()), *sorted(units.values(), key=_by_name)]:
        if record.id not in seen:
            walk(record, "", 0)
    return lines


def people_without_unit(station: Station) -> int:
    """How many people are in no unit, or in one that is not known."""
    known = {record.id for record in station.registry.all("unit")}
    return sum(count for unit, count in station.registry.people_by_unit().items() if unit not in known)


def with_those_below(tree: list[UnitLine], unit: str) -> tuple[str, ...]:
    """The codes of a unit and of all below it, in a tree of ``unit_tree``."""
    found: list[str] = []
    depth = -1
    for line in tree:
        if line.code == unit:
            depth = line.depth
        elif depth >= 0 and line.depth <= depth:
            break
        if depth >= 0:
            found.append(line.code)
    return tuple(found) or (unit,)


def add_unit(station: Station, name: str, type: str = "department", parent: str = "") -> str:
    """Make a unit; returns its code.

    Raises RuleError: ``UNIT_NAME_MISSING``, ``UNIT_NAME_BAD``, ``UNIT_TAKEN``, ``UNIT_TYPE_UNKNOWN``,
    ``NO_UNIT``, ``UNIT_OF_OTHERS``.
    """
    body = {"name": _checked_name(station, name, parent), "type": _checked_type(type)}
    if parent:
        body["parent"] = _known(station, parent)
        _require_ours(station, parent)
    code = station.new_code("unit")
    station.record(station.put("unit", code, **body))
    return code


def edit_unit(
    station: Station, code: str, name: str | None = None, type: str | None = None, parent: str | None = None
) -> bool:
    """Change what is given; an empty ``parent`` puts the unit at the top. Whether anything has changed.

    Raises RuleError: those of ``add_unit``, and ``UNIT_RING`` where it would belong to itself.
    """
    _known(station, code)
    _require_ours(station, code)
    if parent:
        _require_ours(station, parent)
    record = station.registry.get("unit", code)
    body = record.body if record is not None else {}
    above = str(body.get("parent") or "") if parent is None else parent
    changes: dict[str, str | None] = {}
    if parent is not None:
        changes["parent"] = _checked_parent(station, code, parent) or None
    changes["name"] = _checked_name(station, str(body.get("name", "")) if name is None else name, above, code)
    if type is not None:
        changes["type"] = _checked_type(type)
    changes = {field: value for field, value in changes.items() if value != body.get(field)}
    if changes:
        station.record(station.put("unit", code, **changes))
    return bool(changes)


def close_unit(station: Station, code: str) -> None:
    """Take a unit out of the tree. It keeps its code; nothing that names it is lost.

    Raises RuleError: ``NO_UNIT``, ``UNIT_NOT_EMPTY``, ``UNIT_OF_OTHERS``.
    """
    _known(station, code)
    _require_ours(station, code)
    below = [record for record in station.registry.find("unit", "parent", code) if _is_open(record)]
    people = station.registry.people_by_unit().get(code, 0)
    if below or people:
        raise RuleError("UNIT_NOT_EMPTY", unit=code, people=people, units=len(below))
    station.record(station.put("unit", code, state=CLOSED))


def _is_open(record: Record) -> bool:
    return record.body.get("state") != CLOSED


def _known(station: Station, code: str) -> str:
    record = station.registry.get("unit", code)
    if record is None or not _is_open(record):
        raise RuleError("NO_UNIT", unit=code)
    return code


def _require_ours(station: Station, code: str) -> None:
    """A venue with a pack changes its own unit and those below it only."""
    within = remit.units_within(station)
    if within is not None and code not in within:
        raise RuleError("UNIT_OF_OTHERS", unit=code)


def _checked_type(type: str) -> str:
    if type not in UNIT_TYPES:
        raise RuleError("UNIT_TYPE_UNKNOWN", type=type, known=list(UNIT_TYPES))
    return type


def _checked_name(station: Station, name: str, parent: str, own: str = "") -> str:
    label, error = read_label(name)
    if error:
        raise RuleError("UNIT_NAME_BAD", name=name)
    if not label:
        raise RuleError("UNIT_NAME_MISSING")
    plain = comparable(label)
    for other in station.registry.all("unit"):
        beside = _parent(other) == parent and other.id != own and _is_open(other)
        if beside and comparable(str(other.body.get("name", ""))) == plain:
            raise RuleError("UNIT_TAKEN", name=label, unit=other.id)
    return label


def _checked_parent(station: Station, code: str, parent: str) -> str:
    if not parent:
        return ""
    above: str = _known(station, parent)
    seen: set[str] = set()
    while above and above not in seen:
        if above == code:
            raise RuleError("UNIT_RING", unit=code, parent=parent)
        seen.add(above)
        record = station.registry.get("unit", above)
        above = _parent(record) if record is not None else ""
    return parent


def _parent(record: Record) -> str:
    return str(record.body.get("parent") or "")


def _by_name(record: Record) -> tuple[str, str]:
    return comparable(str(record.body.get("name", ""))), record.id


def _line(record: Record, parent: str, depth: int, people: int) -> UnitLine:
    name, type_ = str(record.body.get("name") or record.id), str(record.body.get("type") or "")
    return UnitLine(record.id, name, type_, parent, depth, people, people)
