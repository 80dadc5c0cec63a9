"""A roster at a venue: matched with the people of the pack, bound to the venue's own units."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.operations import roster
from icme_tui.operations.people import check_person
from icme_tui.operations.roster import RosterPlan
from icme_tui.rules.people.sexes import read_sex
from icme_tui.station import Station
from tests.support import rosters
from tests.support.pairs import Pair


class World(Pair):
    """The office has a hospital with a ward, which is the venue's, and a ward elsewhere."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        office = self.office
        self.hospital, self.ward, self.other = (office.new_code("unit") for _ in range(3))
        office.record(
            office.put("unit", self.hospital, name="示范医院", type="hospital"),
            office.put("unit", self.ward, name="骨科", parent=self.hospital),
            office.put("unit", self.other, name="急诊科"),
        )
        self.own = self.known(rosters.person(1), self.ward)
        self.stranger = self.known(rosters.person(2), self.other)
        self.enroll(unit=self.hospital)
        self.confirm()
        self.renew()

    def known(self, row: dict[str, Any], unit: str) -> str:
        code = self.office.new_code("person")
        said = {"name": row["姓名"], "idno": row["身份证号"], "sex": read_sex(row["性别"]), "title": 233}
        self.office.record(self.office.put("person", code, **said, unit=unit))
        return code

    def plan(self, *rows: dict[str, Any], create: bool = False) -> RosterPlan:
        path = rosters.write_csv(self.folder / "roster.csv", rosters.table(rows))
        return roster.plan_import(self.venue, path, create)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def codes(plan: RosterPlan) -> list[str]:
    return [finding.code for finding in plan.errors]


def people_of(station: Station) -> set[str]:
    return {record.id for record in station.registry.all("person")}


def test_somebody_of_the_venue_is_the_same_person(world: World) -> None:
    plan = world.plan(rosters.person(1, 科室="骨科", 手机号码="13900000001"))
    assert (codes(plan), len(plan.new), [entry.person for entry in plan.changed]) == ([], 0, [world.own])
    roster.apply(world.venue, plan)
    assert people_of(world.venue) == {world.own, world.stranger}
    world.office_takes(world.export())
    record = world.office.registry.get("person", world.own)
    assert record is not None
    assert record.body["phone"] == "13900000001"


def test_somebody_of_another_unit_is_refused_by_row(world: World) -> None:
    plan = world.plan(rosters.person(1, 科室="骨科"), rosters.person(2, 科室="骨科"))
    [finding] = plan.errors
    assert (finding.row, finding.code) == (3, "PERSON_OUTSIDE")
    assert finding.detail == {"people": [world.stranger], "units": ["急诊科"]}
    assert not plan.new


def test_one_with_the_name_and_another_number_is_somebody_new(world: World) -> None:
    namesake = rosters.person(2)["姓名"]
    plan = world.plan(rosters.person(4, 姓名=namesake, 科室="骨科"))
    assert (codes(plan), len(plan.new)) == ([], 1)


def test_a_department_of_somebody_else_is_refused_and_one_of_its_own_is_made(world: World) -> None:
    row = rosters.person(5, 科室="急诊科")
    assert codes(world.plan(row)) == ["UNIT_OUTSIDE"]
    plan = world.plan(row, create=True)
    assert (codes(plan), plan.units_to_create) == ([], ["急诊科"])
    roster.apply(world.venue, plan)
    world.office_takes(world.export())
    made = [unit for unit in world.office.registry.find("unit", "name", "急诊科") if unit.id != world.other]
    assert [unit.body["parent"] for unit in made] == [world.hospital]
    assert [person.body["name"] for person in world.office.registry.find("person", "unit", made[0].id)] == [
        row["姓名"]
    ]


def test_somebody_of_another_unit_is_not_entered_by_hand_either(world: World) -> None:
    row = rosters.person(2)
    values = {"name": row["姓名"], "idno": row["身份证号"], "unit": world.ward}
    [finding] = check_person(world.venue, values).errors
    assert (finding.code, finding.detail["person"]) == ("ID_TAKEN", world.stranger)
    namesake = {**values, "idno": rosters.id_number(4)}
    assert check_person(world.venue, namesake).errors == []


def test_before_the_first_pack_nothing_is_bound(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    path = rosters.write_csv(tmp_path / "roster.csv", rosters.table([rosters.person(1)]))
    plan = roster.plan_import(pair.venue, path, create_units=True)
    roster.apply(pair.venue, plan)
    assert len(people_of(pair.venue)) == 1
    pair.close()
