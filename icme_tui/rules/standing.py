"""What a person's credits of a year come to, and whether they reach what the rules ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from icme_tui.rules.credits import BELOW_STEP, OVER_PROJECT_CAP, OVER_YEAR_CAP, CreditRow
from icme_tui.rules.policy import Policy, Target

TOTAL_BELOW = "TOTAL_BELOW"
CLASS_1_BELOW = "CLASS_1_BELOW"
CLASS_2_BELOW = "CLASS_2_BELOW"
HOURS_BELOW = "HOURS_BELOW"

_STUDIED = ("", BELOW_STEP, OVER_PROJECT_CAP, OVER_YEAR_CAP)
_RANKS = {1: "senior", 2: "vice_senior", 3: "middle", 4: "junior_master", 5: "junior_assistant"}


class Totals(NamedTuple):
    """One person's year. Credits in hundredths."""

    person: str
    year: int
    gross_c: int
    counted_c: int
    class_1_c: int
    class_2_c: int
    minutes: int
    """Study that counts as such, credited or over a cap."""
    not_counted: int
    """Rows of which nothing or not all was counted."""


class Standing(NamedTuple):
    """Whether a target is reached. ``missing`` holds the reason codes; empty means it is."""

    target: Target
    missing: tuple[str, ...]

    @property
    def reached(self) -> bool:
        return not self.missing


def totals_of(rows: Iterable[CreditRow]) -> list[Totals]:
    """The totals of each person and year, in that order."""
    sums: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        key = (row.person, row.year)
        total = sums.get(key)
        if total is None:
            total = sums[key] = [0] * 6
        total[0] += row.gross_c
        total[1] += row.after_year_c
        if row.cls:
            total[1 + row.cls] += row.after_year_c
        if row.reason in _STUDIED:
            total[4] += row.minutes
        if row.reason:
            total[5] += 1
    return [Totals(*key, *sums[key]) for key in sorted(sums)]


def rank_of(title: object) -> str:
    """The rank of a health title by its GB/T 8561 code (231–265: the last digit), else empty."""
    if type(title) is not int or not 231 <= title <= 265:
        return ""
    return _RANKS.get(title % 10, "")


def target_for(policy: Policy, title: object, employed_title: object) -> Target | None:
    """The target of a person with these titles, or None if the rules ask nothing.

    Where a target goes by the post held and none is recorded, the certificate's title stands for it.
    """
    certificate = rank_of(title)
    employed = rank_of(employed_title) or certificate
    for target in policy.target:
        if (employed if target.basis == "employed" else certificate) in target.who:
            return target
    return None


def standing(totals: Totals, target: Target, policy: Policy) -> Standing:
    """Hold a year's totals against a target."""
    toward = totals.counted_c
    if policy.reading.most_counts:
        unclassed = totals.counted_c - totals.class_1_c - totals.class_2_c
        toward = (
            unclassed
            + _most(totals.class_1_c, target.class_1_most_c)
            + _most(totals.class_2_c, target.class_2_most_c)
        )
    own_share = 100 - target.substitute_pct
    tests = (
        (TOTAL_BELOW, toward, target.total_c),
        (CLASS_1_BELOW, totals.class_1_c * 100, target.class_1_c * own_share),
        (CLASS_2_BELOW, totals.class_2_c * 100, target.class_2_c * own_share),
        (HOURS_BELOW, totals.minutes, target.min_hours_min),
    )
    return Standing(target, tuple(code for code, have, need in tests if have < need))


def _most(value: int, most: int | None) -> int:
    return value if most is None else min(value, most)


def cycle_reached(policy: Policy, unit_level: str, counted_c: Mapping[int, int], year: int) -> bool:
    """Whether the requirement over several years is reached at the end of ``year``.

    ``counted_c`` gives, by year, the credits counted from projects of the level that the rule names.
    True where the rules ask nothing of units of this level.
    """
    if not policy.reading.cycle:
        return True
    return all(
        sum(counted_c.get(one, 0) for one in range(year - cycle.years + 1, year + 1)) >= cycle.min_c
        for cycle in policy.cycle
        if unit_level in cycle.unit_level
    )
