"""What a venue may decide itself, once its office has sent a pack.

From then on projects and courses are the office's, and of units and people a venue writes those of its own
unit and of the units below it. What it wrote beyond that would be kept at the office without effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.codes import RuleError
from icme_tui.rules.unittree import units_below

if TYPE_CHECKING:
    from icme_tui.station import Record, Station


def is_before_pack(station: Station) -> bool:
    """Whether this is a venue without a pack yet: what it plans, the office must enter too."""
    return station.role == "venue" and station.snapshot() is None


def is_bound(station: Station) -> bool:
    """Whether this is a venue with a pack of its office."""
    return station.role == "venue" and station.snapshot() is not None


def require_planner(station: Station) -> None:
    """Raises RuleError ``OFFICE_PLANS`` where projects and courses are not this station's to make."""
    if is_bound(station):
        raise RuleError("OFFICE_PLANS", office=station.office)


def require_office_course(station: Station, course: Record) -> None:
    """Raises RuleError ``COURSE_NOT_IN_PACK`` at a venue for a course that the office does not know."""
    if is_bound(station) and course.id not in {code for code, _body in station.pack_rows("course")}:
        raise RuleError("COURSE_NOT_IN_PACK", course=course.id, title=str(course.body.get("title", "")))


def own_unit(station: Station) -> str:
    """Code of the unit that this venue belongs to; empty where that is not known."""
    record = station.registry.get("station", station.code)
    return str(record.body.get("unit") or "") if record is not None else ""


def units_within(station: Station) -> frozenset[str] | None:
    """The units whose people this station may write: a venue's own one and those below it. None where there
    is no bound: at the office, and before the first pack."""
    if not is_bound(station):
        return None
    own = own_unit(station)
    parents = {
        # A unit that a venue made without naming a parent stands below the venue's own.
        unit.id: unit.body.get("parent") or (own if unit.maker == station.code else "")
        for unit in station.registry.all("unit")
    }
    return frozenset(units_below(parents, own) if own else ())
