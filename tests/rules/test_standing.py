"""A year's credits against the target of the rules."""

from __future__ import annotations

import pytest

from icme_tui.rules.policy import Policy, load_policy, parse_policy
from icme_tui.rules.standing import Totals, cycle_reached, rank_of, standing, target_for
from tests.rules.test_policy import text_of

DOCTOR, JUNIOR, NURSE_IN_CHARGE = 233, 234, 253


def missing(one: int, two: int, policy: Policy | None = None, minutes: int = 0) -> tuple[str, ...]:
    policy = policy or load_policy()
    target = target_for(policy, DOCTOR, None)
    assert target is not None
    counted = one + two
    return standing(Totals("P1", 2026, counted, counted, one, two, minutes, 0), target, policy).missing


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (500, 2000, ()),
        (1000, 1500, ()),
        (300, 2200, ("TOTAL_BELOW", "CLASS_1_BELOW")),
        (1000, 1400, ("TOTAL_BELOW", "CLASS_2_BELOW")),
        (0, 0, ("TOTAL_BELOW", "CLASS_1_BELOW", "CLASS_2_BELOW")),
    ],
)
def test_classes_do_not_stand_in_for_each_other(one: int, two: int, expected: tuple[str, ...]) -> None:
    assert missing(one, two) == expected


def test_what_a_class_adds_to_the_total_is_limited_by_a_switch() -> None:
    assert missing(500, 2500) == ()
    assert missing(2000, 1500) == ()
    assert missing(900, 1590) == ("TOTAL_BELOW",)
    assert missing(500, 1990) == ("TOTAL_BELOW",)
    assert missing(1500, 1500) == ()
    few = parse_policy(text_of("cn-2006").replace("class_2_c = 1500", "class_2_c = 0"), "few")
    assert missing(2500, 0, few) == ("TOTAL_BELOW",)
    floors = parse_policy(
        text_of("cn-2006")
        .replace("class_2_c = 1500", "class_2_c = 0")
        .replace("most_counts = true", "most_counts = false"),
        "floors",
    )
    assert missing(2500, 0, floors) == ()


def test_a_share_may_be_stood_in_for() -> None:
    half = parse_policy(text_of("cn-2006").replace("substitute_pct = 0", "substitute_pct = 50"), "half")
    assert missing(1000, 1500, half) == ()
    assert missing(249, 2000, half) == ("TOTAL_BELOW", "CLASS_1_BELOW")
    assert "CLASS_1_BELOW" not in missing(250, 2000, half)


def test_2024_tests_credits_and_hours_apart() -> None:
    policy = load_policy("cn-2024")
    target = target_for(policy, JUNIOR, None)
    assert target is not None
    enough_credits = Totals("P1", 2026, 2500, 2500, 0, 0, 75 * 60, 0)
    assert standing(enough_credits, target, policy).missing == ("HOURS_BELOW",)
    assert standing(enough_credits._replace(minutes=90 * 60), target, policy).reached


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        (231, "senior"),
        (242, "vice_senior"),
        (253, "middle"),
        (264, "junior_master"),
        (235, "junior_assistant"),
        *((title, "") for title in (230, 236, 266, 13, None, "233", True)),
    ],
)
def test_rank_by_the_code_of_the_title(title: object, rank: str) -> None:
    assert rank_of(title) == rank


def test_the_post_held_decides_before_the_certificate() -> None:
    policy = load_policy()
    assert target_for(policy, DOCTOR, JUNIOR) is None
    assert target_for(policy, JUNIOR, NURSE_IN_CHARGE) is not None
    assert target_for(policy, NURSE_IN_CHARGE, None) is not None
    assert target_for(policy, None, None) is None


def test_the_requirement_over_five_years_is_a_switch() -> None:
    policy = load_policy()
    earned = {2022: 400, 2024: 300, 2026: 300, 2021: 999}
    assert cycle_reached(policy, "province", earned, 2026)
    assert not cycle_reached(policy, "province", earned, 2027)
    assert cycle_reached(policy, "county", {}, 2026)
    without = parse_policy(text_of("cn-2006").replace("cycle = true", "cycle = false"), "without")
    assert cycle_reached(without, "province", {}, 2026)
