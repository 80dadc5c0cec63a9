"""Changing what is taught."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.operations import courseedits, courses
from icme_tui.station import Station
from tests.support import stations

START = parse_utc("2026-09-25T00:30:00Z")
HOUR = 3_600_000


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    with stations.office(tmp_path / "office") as station:
        yield station


def body(station: Station, kind: str, code: str) -> dict[str, Any]:
    record = station.registry.get(kind, code)
    assert record is not None
    return record.body


def test_a_project_and_its_course(office: Station) -> None:
    made = courses.add_project(office, "心电图", "national", number="2026-04-08-186(国)")
    assert courseedits.edit_project(office, made.project, title="心电图新进展", starts="2026-09-01")
    assert body(office, "project", made.project)["title"] == "心电图新进展"
    assert not courseedits.edit_project(office, made.project, title="心电图新进展")
    assert courseedits.edit_project(office, made.project, starts="")
    assert "starts" not in body(office, "project", made.project)
    assert courseedits.edit_course(office, made.course, title="第一讲", minutes=90, credit_c=250)
    assert body(office, "course", made.course)["credit_hundredths"] == 250
    courseedits.edit_course(office, made.course, minutes=None, credit_c=None)
    assert "minutes" not in body(office, "course", made.course)


def test_a_number_that_another_project_has_is_refused(office: Station) -> None:
    courses.add_project(office, "甲", "national", number="2026-04-08-186(国)")
    other = courses.add_project(office, "乙", "national").project
    with pytest.raises(RuleError, match="NUMBER_TAKEN"):
        courseedits.edit_project(office, other, number="2026-04-08-186(国)")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end_ms": START}, "TIMES_ORDER"),
        ({"mode": "out"}, "BAD_MODE"),
        ({"minutes": 0}, "BAD_MINUTES"),
        ({"end_ms": START + 5 * HOUR}, "SESSION_OVERLAP"),
        ({"out_from_ms": START}, "WINDOW_WITHOUT_OUT"),
    ],
)
def test_a_session_is_checked_like_a_new_one(office: Station, changes: dict[str, Any], code: str) -> None:
    course = courses.add_project(office, "甲", "national").course
    session = courses.add_session(office, course, START, START + 3 * HOUR)
    courses.add_session(office, course, START + 4 * HOUR, START + 6 * HOUR)
    before = body(office, "session", session)
    with pytest.raises(RuleError, match=code):
        courseedits.edit_session(office, session, **changes)
    assert body(office, "session", session) == before


def test_what_follows_from_the_times_moves_with_them(office: Station) -> None:
    course = courses.add_project(office, "甲", "national").course
    session = courses.add_session(office, course, START, START + 3 * HOUR)
    courseedits.edit_session(office, session, end_ms=START + 2 * HOUR)
    assert body(office, "session", session)["minutes"] == 120
    assert courses.session(office, session).in_until_ms == START + 2 * HOUR


MAYBE_MINUTES = st.none() | st.integers(1, 60)


@settings(max_examples=20, deadline=None)
@given(
    title=st.sampled_from(["", "第一讲"]),
    mode=st.sampled_from(["in", "in_out"]),
    minutes=MAYBE_MINUTES,
    percent=st.integers(1, 100),
    opens=st.none() | st.integers(-60, 59),
)
def test_saving_a_session_as_it_is_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    mode: str,
    minutes: int | None,
    percent: int,
    opens: int | None,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stations.weaken_passwords(patch)
        with stations.office(tmp_path_factory.mktemp("same") / "office") as office:
            course = courses.add_project(office, "甲", "national").course
            session = courses.add_session(
                office, course, START, START + HOUR, title=title, mode=mode, minutes=minutes,
                min_percent=percent, in_from_ms=None if opens is None else START + opens * 60_000,
            )  # fmt: skip
            assert not courseedits.edit_session(
                office, session, **courseedits.session_values(office, session)
            )


def test_control_a_value_that_is_read_wrongly_is_noticed(office: Station) -> None:
    course = courses.add_project(office, "甲", "national").course
    session = courses.add_session(office, course, START, START + HOUR, min_percent=70)
    values = courseedits.session_values(office, session) | {"min_percent": 80}
    assert courseedits.edit_session(office, session, **values)
