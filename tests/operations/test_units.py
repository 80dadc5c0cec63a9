"""The tree of units."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icme_tui.codes import RuleError
from icme_tui.operations import units
from icme_tui.station import Station
from tests.support import stations


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    with stations.office(tmp_path / "office") as station:
        yield station


def put(station: Station, kind: str, code: str, **fields: object) -> None:
    station.record(station.put(kind, code, **fields))


def shape(station: Station) -> list[tuple[int, str, int, int]]:
    return [(one.depth, one.name, one.people, one.people_below) for one in units.unit_tree(station)]


def test_the_tree_counts_people(office: Station) -> None:
    hospital = units.add_unit(office, "示范医院", "hospital")
    inner = units.add_unit(office, "内科", parent=hospital)
    units.add_unit(office, "外科", parent=hospital)
    put(office, "person", "P0000001", name="张示例", unit=inner)
    put(office, "person", "P0000002", name="李样本", unit=hospital)
    put(office, "person", "P0000003", name="王试验", unit=inner, state="left")
    put(office, "person", "P0000004", name="赵演示")
    assert shape(office) == [(0, "示范医院", 1, 2), (1, "内科", 1, 1), (1, "外科", 0, 0)]
    assert units.people_without_unit(office) == 1
    tree = units.unit_tree(office)
    assert len(units.with_those_below(tree, hospital)) == 3
    assert units.with_those_below(tree, inner) == (inner,)


def test_what_hangs_in_a_ring_is_shown(office: Station) -> None:
    put(office, "unit", "U0000001", name="甲", parent="U0000002")
    put(office, "unit", "U0000002", name="乙", parent="U0000001")
    assert sorted(name for _depth, name, _n, _m in shape(office)) == ["乙", "甲"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"name": " "}, "UNIT_NAME_MISSING"),
        ({"name": "=1+1"}, "UNIT_NAME_BAD"),
        ({"name": "内 科"}, "UNIT_TAKEN"),
        ({"name": "外科", "type": "ship"}, "UNIT_TYPE_UNKNOWN"),
        ({"name": "外科", "parent": "U9999999"}, "NO_UNIT"),
    ],
)
def test_what_is_wrong_is_refused(office: Station, how: dict[str, str], code: str) -> None:
    units.add_unit(office, "内科")
    with pytest.raises(RuleError, match=code):
        units.add_unit(office, **how)
    assert len(list(office.registry.all("unit"))) == 1


def test_a_unit_is_changed_moved_and_closed(office: Station) -> None:
    top, below = units.add_unit(office, "示范医院", "hospital"), units.add_unit(office, "内科")
    assert units.edit_unit(office, below, "心内科", parent=top)
    assert not units.edit_unit(office, below, "心内科")
    assert shape(office) == [(0, "示范医院", 0, 0), (1, "心内科", 0, 0)]
    with pytest.raises(RuleError, match="UNIT_RING"):
        units.edit_unit(office, top, parent=below)
    with pytest.raises(RuleError, match="UNIT_NOT_EMPTY"):
        units.close_unit(office, top)
    units.edit_unit(office, below, parent="")
    units.close_unit(office, below)
    assert shape(office) == [(0, "示范医院", 0, 0)]


PARENTS = st.lists(st.integers(-1, 7), min_size=8, max_size=8)


@settings(max_examples=25, deadline=None)
@given(parents=PARENTS)
def test_every_unit_stands_in_the_tree_once(
    tmp_path_factory: pytest.TempPathFactory, parents: list[int]
) -> None:
    """Whatever hangs on what."""
    with pytest.MonkeyPatch.context() as patch:
        stations.weaken_passwords(patch)
        with stations.office(tmp_path_factory.mktemp("tree") / "office") as station:
            for number, parent in enumerate(parents):
                more = {"parent": f"U000000{parent}"} if parent >= 0 else {}
                put(station, "unit", f"U000000{number}", name=f"科{number}", **more)
            assert stands_once(units.unit_tree(station), 8)


def stands_once(tree: list[units.UnitLine], count: int) -> bool:
    return sorted(line.code for line in tree) == [f"U000000{number}" for number in range(count)]


def test_control_a_tree_that_loses_a_unit_is_noticed(office: Station) -> None:
    put(office, "unit", "U0000000", name="科0")
    put(office, "unit", "U0000001", name="科1", parent="U0000000")
    assert not stands_once(units.unit_tree(office)[:1], 2)
