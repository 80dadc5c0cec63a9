"""Carries a plan out: all of it in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icme_tui.codes import SheetError
from icme_tui.facts import Fact
from icme_tui.operations.roster.plan import RosterPlan
from icme_tui.operations.roster.units import own_units
from icme_tui.rules.people.departments import comparable

if TYPE_CHECKING:
    from icme_tui.station import Station

DEPARTMENT = "department"
"""The type of a unit that an import creates."""


class Applied(NamedTuple):
    """What was written."""

    new: int
    changed: int
    units: int
    facts: int


def apply(station: Station, plan: RosterPlan) -> Applied:
    """Write the new units, the new people and the changed fields. A plan without changes writes nothing.

    Raises SheetError: ``ROSTER_REFUSED`` for a plan with errors, ``ROSTER_STALE`` where somebody else has
    changed the people or units of the store since the plan was made.
    """
    if errors := plan.errors:
        rows = len({finding.row for finding in errors})
        raise SheetError("ROSTER_REFUSED", file=plan.file, errors=len(errors), rows=rows)
    facts: list[Fact] = []
    units: dict[str, str] = {}
    with station.writing():
        _refuse_stale(station, plan)
        below = {"parent": plan.under} if plan.under else {}
        for name in plan.units_to_create:
            code = units[comparable(name)] = station.new_code("unit")
            facts.append(station.put("unit", code, name=name, type=DEPARTMENT, **below))
        for entry in (*plan.new, *plan.changed):
            values = dict(entry.set)
            if entry.creates_unit:
                values["unit"] = units[comparable(entry.unit)]
            facts.append(station.put("person", entry.person or station.new_code("person"), **values))
        station.record(*facts)
    return Applied(len(plan.new), len(plan.changed), len(units), len(facts))


def _refuse_stale(station: Station, plan: RosterPlan) -> None:
    new = {entry.idno for entry in plan.new}
    if new and any(record.body.get("idno") in new for record in station.registry.all("person")):
        raise SheetError("ROSTER_STALE", file=plan.file)
    for entry in plan.changed:
        now = station.registry.get("person", entry.person)
        if now is None or now.v != entry.v:
            raise SheetError("ROSTER_STALE", file=plan.file)
    units = own_units(station)
    if any(units.find(name).code for name in plan.units_to_create):
        raise SheetError("ROSTER_STALE", file=plan.file)
