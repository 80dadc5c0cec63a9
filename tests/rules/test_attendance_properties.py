"""What holds for any touches. Each property has a control: a seeded defect under which it fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from icme_tui.rules import attendance, overlaps
from icme_tui.rules.attendance import Attendance, Tap, attend
from icme_tui.rules.overlaps import settle_overlaps
from tests.support.properties import Property, of
from tests.support.touches import a_session, at, tap, tap_sets

SESSION = a_session()


def rows_of(taps: list[Tap]) -> list[Attendance]:
    return attend(taps, SESSION, lambda station: station, makeup_counts=False)


@of(tap_sets(), st.randoms(use_true_random=False))
def order_and_repetition_change_nothing(taps: list[Tap], random: Any) -> None:
    shuffled = taps + random.sample(taps, len(taps) // 2)
    random.shuffle(shuffled)
    assert rows_of(shuffled) == rows_of(taps)


@of(tap_sets())
def minutes_are_those_inside_the_session(taps: list[Tap]) -> None:
    for row in rows_of(taps):
        assert 0 <= row.minutes <= SESSION.minutes
        if row.in_ms is not None and row.out_ms is not None and not row.suspect:
            inside = min(row.out_ms, SESSION.end_ms) - max(row.in_ms, SESSION.start_ms)
            # Two boots and a wall clock agree here, so no stay is longer than first coming to last going.
            assert row.minutes * 60_000 <= max(inside, 0)


@of(tap_sets(), st.integers(0, 59_999))
def a_double_tap_adds_a_flag_and_nothing_else(taps: list[Tap], later: int) -> None:
    first = tap("in", "07:00", "P3", station="V1", p=500)
    double = tap("in", at("07:00") + later, "P3", station="V1", p=501)
    [before] = [row for row in rows_of([*taps, first]) if row.person == "P3"]
    [after] = [row for row in rows_of([*taps, double, first]) if row.person == "P3"]
    assert after == before._replace(flags=("DOUBLE_TAP:V1/e1/501",))


@of(tap_sets())
def a_row_counts_or_says_why(taps: list[Tap]) -> None:
    people = {one.person for one in taps}
    rows = rows_of(taps)
    assert {row.person for row in rows} <= people
    for row in rows:
        enough = row.minutes * 100 >= SESSION.min_percent * SESSION.minutes
        assert (row.reason == "") <= (row.exists and row.out_ms is not None and enough)


@st.composite
def days(draw: st.DrawFn) -> list[Attendance]:
    """Attendances of two people at sessions of which some overlap."""
    found = {}
    for number in range(draw(st.integers(1, 10))):
        start = at("08:00") + draw(st.integers(0, 8)) * 3_600_000
        end = start + draw(st.integers(1, 4)) * 3_600_000
        reason = draw(st.sampled_from(["", "", "", "SHORT", "UNKNOWN_COURSE"]))
        exists = draw(st.integers(0, 9)) > 0
        person = draw(st.sampled_from(["P1", "P2"]))
        found[number] = Attendance(
            person, "C1", f"S{number}", start, end, start, end, 60, 60, reason if exists else "NO_IN", (),
            False, exists,
        )  # fmt: skip
    return list(found.values())


@of(days(), st.randoms(use_true_random=False))
def nobody_is_credited_twice_for_one_hour(rows: list[Attendance], random: Any) -> None:
    settled = settle_overlaps(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert settle_overlaps(shuffled) == settled
    counted = [row for row in settled if not row.reason]
    for row in counted:
        for other in counted:
            if row is not other and row.person == other.person:
                assert row.end_ms <= other.start_ms or other.end_ms <= row.start_ms
    for row in settled:
        if row.reason == "TWO_VENUES":
            assert f"TWO_VENUES:{row.person}/C1/{row.session}" in row.flags


PROPERTIES: list[Property] = [
    order_and_repetition_change_nothing,
    minutes_are_those_inside_the_session,
    a_double_tap_adds_a_flag_and_nothing_else,
    a_row_counts_or_says_why,
    nobody_is_credited_twice_for_one_hour,
]


@pytest.mark.parametrize("property_", PROPERTIES, ids=lambda one: one.name)
def test_holds(property_: Property) -> None:
    property_.holds()


def _blind_to_overlaps(rows: list[Attendance]) -> list[Attendance]:
    return sorted(rows, key=overlaps._by_start)


DEFECTS: list[tuple[str, Any, str, object, Property]] = [
    ("as they come", attendance, "_in_order", lambda taps: taps, order_and_repetition_change_nothing),
    ("told twice", attendance, "_once_per_event", list, order_and_repetition_change_nothing),
    (
        "not cut",
        attendance,
        "_inside",
        lambda first, last, _session: attendance._elapsed(first, last),
        minutes_are_those_inside_the_session,
    ),
    ("no doubles", attendance, "DOUBLE_TAP_MS", 0, a_double_tap_adds_a_flag_and_nothing_else),
    ("never short", attendance, "SHORT", "", a_row_counts_or_says_why),
]


@pytest.mark.parametrize(
    ("module", "name", "defect", "property_"),
    [case[1:] for case in DEFECTS],
    ids=[case[0] for case in DEFECTS],
)
def test_a_defect_is_found(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, defect: object, property_: Property
) -> None:
    monkeypatch.setattr(module, name, defect)
    property_.breaks()


def test_blindness_to_overlaps_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "settle_overlaps", _blind_to_overlaps)
    nobody_is_credited_twice_for_one_hour.breaks()
