"""Rules as data: what ships, and how a wrong file is refused."""

from __future__ import annotations

import datetime
import re
from importlib import resources

import pytest

from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.rules.policy import DEFAULT_POLICY, load_policy, parse_policy, shipped_policies


def text_of(policy: str) -> str:
    return (resources.files("icme_tui.rules") / "data" / f"{policy}.toml").read_text(encoding="utf-8")


def test_the_default_ships_and_so_do_the_rules_in_force() -> None:
    assert DEFAULT_POLICY == "cn-2006"
    assert {"cn-2006", "cn-2024"} <= set(shipped_policies())


@pytest.mark.parametrize("policy", ["cn-2006", "cn-2024"])
def test_every_shipped_file_loads_and_holds_no_fraction(policy: str) -> None:
    assert load_policy(policy).id == policy
    assert re.search(r"=\s*-?\d+\.\d", text_of(policy)) is None


def test_rates_of_2006() -> None:
    policy = load_policy("cn-2006")
    rates = {rate.code: (rate.cls, rate.gives_c, rate.per_minutes) for rate in policy.rate}
    assert rates["1-G-A"] == (1, 100, 180)
    assert rates["1-G-L"] == (1, 200, 60)
    assert rates["1-S-A"] == (1, 100, 360)
    assert rates["1-S-L"] == (1, 100, 60)
    assert rates["2-YN-A"] == (2, 50, None)
    assert rates["2-YN-L"] == (2, 200, None)
    assert all(rate.src in policy.sources for rate in policy.rate)


def test_2024_knows_no_classes_and_asks_for_hours() -> None:
    policy = load_policy("cn-2024")
    assert {rate.cls for rate in policy.rate} == {0}
    assert {rate.per_minutes for rate in policy.rate} == {180}
    assert (policy.target[0].total_c, policy.target[0].min_hours_min) == (2500, 5400)


def test_days_are_those_of_the_rules() -> None:
    policy = load_policy()
    assert policy.day_of(parse_utc("2025-12-31T16:00:00Z")) == datetime.date(2026, 1, 1)
    assert policy.year_of(parse_utc("2025-12-31T15:59:59Z")) == 2025


def test_dates_of_validity_only_say_where_the_rules_are_at_home() -> None:
    policy = load_policy("cn-2006")
    assert [policy.covers_year(year) for year in (2005, 2006, 2024, 2025)] == [False, True, True, False]
    assert load_policy("cn-2024").covers_year(2099)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("gives_c = 100", "gives_c = 100.0", "rate[0].gives_c"),
        ("gives_c = 100", 'gives_c = "100"', "rate[0].gives_c"),
        ("gives_c = 100", "gives_c = 0", "rate[0].gives_c"),
        ("gives_c = 100", "gives = 100", "rate[0]"),
        ("per_minutes = 180", "per_minutes = -180", "rate[0].per_minutes"),
        ("per_minutes = 180, ", "", "rate[0].per_minutes"),
        ('code = "1-G-L"', 'code = "1-G-A"', "rate[1].code"),
        ('role = "lecturer"', 'role = "attendee"', "rate[1].level"),
        ('role = "attendee"', 'role = "listener"', "rate[0].role"),
        ('class = 1, level = "national"', 'class = 3, level = "national"', "rate[0].class"),
        (
            'src = "L1", mark = "V" },\n  { code = "1-G-L"',
            'src = "L9", mark = "V" },\n  { code = "1-G-L"',
            "rate[0].src",
        ),
        ('codes = ["1-R"]', 'codes = ["9-*"]', "cap[1].codes"),
        ('scope = "project"', 'scope = "life"', "cap[0].scope"),
        ("step_c = 50", "step_c = 0", "rounding.step_c"),
        ('mode = "floor"', 'mode = "up"', "rounding.mode"),
        ("carry_over = false", "carry_over = true", "policy.carry_over"),
        ("valid_to = 2024-12-31", "valid_to = 2004-12-31", "policy.valid_to"),
        (
            'confirm_makeups = ["national", "province"]',
            'confirm_makeups = ["moon"]',
            "attendance.confirm_makeups",
        ),
        ("schema = 1", "schema = 2", "schema"),
        ("[reading]", "[readings]", ""),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_the_key(old: str, new: str, key: str) -> None:
    text = text_of("cn-2006")
    assert old in text
    with pytest.raises(RuleError) as refused:
        parse_policy(text.replace(old, new, 1), "trial")
    assert refused.value.code == "POLICY_INVALID"
    assert refused.value.detail["name"] == "trial"
    assert refused.value.detail["key"] == key
    assert refused.value.detail["why"]


def test_broken_toml_is_refused() -> None:
    with pytest.raises(RuleError, match="POLICY_INVALID"):
        parse_policy("schema = ", "trial")


@pytest.mark.parametrize("name", ["nowhere", "../cn-2006", "", "cn-2006.toml"])
def test_unknown_rules(name: str) -> None:
    with pytest.raises(RuleError, match="UNKNOWN_POLICY"):
        load_policy(name)
