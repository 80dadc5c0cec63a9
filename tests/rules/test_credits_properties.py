"""What holds for any work. Each property has a control: a seeded defect under which it fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from icme_tui.rules import credits as crediting
from icme_tui.rules import standing
from icme_tui.rules.credits import BELOW_STEP, OVER_PROJECT_CAP, OVER_YEAR_CAP, CreditRow, Work, credit_rows
from icme_tui.rules.policy import load_policy
from icme_tui.rules.standing import totals_of
from tests.support.properties import Property, of
from tests.support.touches import COURSES, PROJECTS, at, works

POLICY = load_policy()
many_works = st.lists(works, max_size=30)
busy = st.builds(
    lambda course, role, day, hours: Work(
        "P1", course, f"S{day}", role, at("08:00") + day * 86_400_000, hours * 60, hours * 60
    ),
    st.sampled_from(["C1", "C3", "C5"]),
    st.sampled_from(["attendee", "lecturer"]),
    st.integers(0, 60),
    st.integers(1, 12),
)
"""Work enough to reach the caps."""

randoms = st.randoms(use_true_random=False)


def rows_of(of: list[Work]) -> list[CreditRow]:
    return credit_rows(of, COURSES, PROJECTS, POLICY)


def _sums(rows: list[CreditRow], field: str, *keys: str) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in keys)
        found[key] = found.get(key, 0) + getattr(row, field)
    return found


@of(many_works, randoms)
def order_changes_nothing(given_works: list[Work], random: Any) -> None:
    shuffled = list(given_works)
    random.shuffle(shuffled)
    assert rows_of(shuffled) == rows_of(given_works)


@of(many_works)
def caps_are_kept(given_works: list[Work]) -> None:
    rows = rows_of(given_works)
    in_projects = [row for row in rows if row.code[:4] in ("1-G-", "1-S-")]
    assert all(sum_ <= 1000 for sum_ in _sums(in_projects, "after_project_c", "person", "project").values())
    in_house = [row for row in rows if row.code.startswith("2-YN-")]
    assert all(sum_ <= 1000 for sum_ in _sums(in_house, "after_year_c", "person", "year").values())


@of(many_works)
def gross_is_at_least_what_counts(given_works: list[Work]) -> None:
    for row in rows_of(given_works):
        assert row.gross_c >= row.after_project_c >= row.after_year_c >= 0
        cut = row.after_year_c < row.gross_c
        assert cut == (row.reason in (OVER_PROJECT_CAP, OVER_YEAR_CAP))
        assert (row.gross_c == 0) == (row.reason not in ("", OVER_PROJECT_CAP, OVER_YEAR_CAP))


@of(many_works)
def a_project_is_rounded_once(given_works: list[Work]) -> None:
    rows = [row for row in rows_of(given_works) if row.code[:3] in ("1-G", "1-S", "2-C") and not row.fixed]
    exact: dict[tuple[Any, ...], int] = {}
    for row in rows:
        assert row.rate is not None
        assert row.rate.per_minutes is not None
        if row.reason in ("", BELOW_STEP, OVER_PROJECT_CAP, OVER_YEAR_CAP):
            key = (row.person, row.project)
            units = row.minutes * row.rate.gives_c * (360 // row.rate.per_minutes)
            exact[key] = exact.get(key, 0) + units
    gross = _sums(rows, "gross_c", "person", "project")
    for key, units in exact.items():
        assert gross[key] == units // (50 * 360) * 50


@of(many_works)
def totals_add_up(given_works: list[Work]) -> None:
    rows = rows_of(given_works)
    totals = totals_of(rows)
    assert len({(one.person, one.year) for one in totals}) == len(totals)
    assert sum(one.counted_c for one in totals) == sum(row.after_year_c for row in rows)
    assert sum(one.gross_c for one in totals) == sum(row.gross_c for row in rows)
    for one in totals:
        assert one.class_1_c + one.class_2_c == one.counted_c


@of(st.lists(busy, max_size=12), busy)
def more_work_never_counts_less(given_works: list[Work], more: Work) -> None:
    """Within one year: over two, a project's cap may move what counts from one to the other."""
    year = POLICY.year_of(more.start_ms)
    same_year = [work for work in given_works if POLICY.year_of(work.start_ms) == year]
    before = sum(row.after_year_c for row in rows_of(same_year) if row.person == more.person)
    after = sum(row.after_year_c for row in rows_of([*same_year, more]) if row.person == more.person)
    assert after >= before


@of(many_works)
def people_do_not_touch_each_other(given_works: list[Work]) -> None:
    for person in ("P1", "P2"):
        alone = [work for work in given_works if work.person == person]
        assert [row for row in rows_of(given_works) if row.person == person] == rows_of(alone)


PROPERTIES = [
    order_changes_nothing,
    caps_are_kept,
    gross_is_at_least_what_counts,
    a_project_is_rounded_once,
    totals_add_up,
    more_work_never_counts_less,
    people_do_not_touch_each_other,
]


@pytest.mark.parametrize("property_", PROPERTIES, ids=lambda one: one.name)
def test_holds(property_: Property) -> None:
    property_.holds()


def _no_cap(_self: Any, _caps: Any, _scope: str, _key: Any, credit: int) -> int:
    return credit


def _generous_cap(_self: Any, _caps: Any, _scope: str, _key: Any, credit: int) -> int:
    return credit + 1


def _all_or_nothing(self: Any, caps: Any, scope: str, key: Any, credit: int) -> int:
    """A cap that refuses what does not fit whole."""
    for number, cap in caps:
        if cap.scope == scope and self._used.get((number, key), 0) + credit > cap.max_c:
            return 0
    for number, cap in caps:
        if cap.scope == scope:
            self._used[number, key] = self._used.get((number, key), 0) + credit
    return credit


def _round_each(self: Any, _project: str, work: Work, rate: Any) -> int:
    units = rate.gives_c * self._denominator
    return int(self._rounded(units * work.minutes // rate.per_minutes if rate.per_minutes else units))


def _one_for_all(_work: Work) -> str:
    return ""


def _leave_out_class_2(rows: list[CreditRow]) -> list[standing.Totals]:
    return standing.totals_of([row for row in rows if row.cls != 2])


DEFECTS: list[tuple[Any, str, Any, Property]] = [
    (crediting, "_turn", lambda work: work.person, order_changes_nothing),
    (crediting._Account, "_under", _no_cap, caps_are_kept),
    (crediting._Account, "_under", _generous_cap, gross_is_at_least_what_counts),
    (crediting._Account, "_by_rate", _round_each, a_project_is_rounded_once),
    (crediting._Account, "_under", _all_or_nothing, more_work_never_counts_less),
    (crediting, "_person_of", _one_for_all, people_do_not_touch_each_other),
]


@pytest.mark.parametrize(
    ("owner", "name", "defect", "property_"), DEFECTS, ids=[case[3].name for case in DEFECTS]
)
def test_a_defect_is_found(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, defect: Any, property_: Property
) -> None:
    monkeypatch.setattr(owner, name, defect)
    property_.breaks()


def test_totals_that_leave_something_out_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "totals_of", _leave_out_class_2)
    totals_add_up.breaks()
