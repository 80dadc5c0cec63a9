"""What a venue may plan itself, before and after its first pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.clock import parse_utc
from icme_tui.codes import RuleError
from icme_tui.operations import courses, remit
from tests.support.pairs import Pair

START = parse_utc("2026-09-26T00:00:00Z")
END = parse_utc("2026-09-26T03:00:00Z")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def refused(code: str) -> Any:
    return pytest.raises(RuleError, match=f"^{code}$")


def test_projects_and_courses_are_the_offices_once_its_pack_is_there(pair: Pair) -> None:
    own = courses.add_project(pair.venue, "预备", "in_house")
    assert remit.is_before_pack(pair.venue)
    office = courses.add_project(pair.office, "心血管新进展", "national")
    pair.join()
    assert not remit.is_before_pack(pair.venue)
    with refused("OFFICE_PLANS"):
        courses.add_project(pair.venue, "又一个", "in_house")
    with refused("OFFICE_PLANS"):
        courses.add_course(pair.venue, office.project, "第二讲")
    with refused("COURSE_NOT_IN_PACK"):
        courses.add_session(pair.venue, own.course, START, END)


def test_sessions_of_the_offices_courses_are_made_at_the_venue_and_arrive(pair: Pair) -> None:
    course = courses.add_project(pair.office, "心血管新进展", "national").course
    pair.join()
    session = courses.add_session(pair.venue, course, START, END)
    pair.office_takes(pair.export())
    assert courses.session(pair.office, session).course == course


def test_an_office_is_not_bound(pair: Pair) -> None:
    assert remit.units_within(pair.office) is None
    assert remit.units_within(pair.venue) is None


def test_the_units_of_a_venue_are_its_own_those_below_and_those_that_it_made(pair: Pair) -> None:
    office = pair.office
    made = {name: office.new_code("unit") for name in ("医院", "内科", "病区", "别处")}
    office.record(
        office.put("unit", made["医院"], name="示范医院", type="hospital"),
        office.put("unit", made["内科"], name="内科", parent=made["医院"]),
        office.put("unit", made["病区"], name="一病区", parent=made["内科"]),
        office.put("unit", made["别处"], name="别处"),
    )
    pair.enroll(unit=made["医院"])
    pair.confirm()
    pair.renew()
    own = pair.venue.new_code("unit")
    pair.venue.record(pair.venue.put("unit", own, name="新科室", type="department"))
    assert remit.units_within(pair.venue) == {made["医院"], made["内科"], made["病区"], own}
