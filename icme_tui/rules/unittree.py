"""The tree of units, from what each says of the one above it. Rings, which a slip can make, end nothing."""

from __future__ import annotations

from collections.abc import Mapping

Parents = Mapping[str, str | None]
"""{code of a unit: code of the one above it; None or empty at the top}."""


def is_within(parents: Parents, unit: str | None, top: str) -> bool:
    """Whether a unit is ``top`` or lies below it."""
    seen: set[str] = set()
    while unit and unit not in seen:
        if unit == top:
            return True
        seen.add(unit)
        unit = parents.get(unit)
    return False


def units_below(parents: Parents, top: str) -> set[str]:
    """``top`` and every unit below it."""
    children: dict[str, list[str]] = {}
    for unit, above in parents.items():
        if above:
            children.setdefault(above, []).append(unit)
    found: set[str] = set()
    waiting = [top]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += children.get(unit, [])
    return found
