"""The rows of people in order: what lists and searches are answered from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icme_tui.station import Station
from icme_tui.store import people
from icme_tui.store.people import PeopleQuery
from tests.support import stations


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    opened = stations.office(tmp_path / "office")
    with opened:
        yield opened


def add(station: Station, code: str, name: str, **fields: object) -> None:
    station.record(station.put("person", code, name=name, **fields))


def named(station: Station, first: int = 0, count: int = 200, **query: object) -> list[str]:
    found, total = station.registry.people(PeopleQuery()._replace(**query), first, count)
    assert station.registry.count_people(PeopleQuery()._replace(**query)) == total
    return [str(record.body["name"]) for record in found]


@pytest.fixture
def three(office: Station) -> Station:
    add(office, "P0000001", "张示例", idno="340221199003079512", unit="U1", title=231)
    add(office, "P0000002", "李样本", idno="340221199003071235", unit="U2", title=234)
    add(office, "P0000003", "阿依·古丽", unit="U1", state="left")
    return office


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("zs", ["张示例"]),
        ("ZSL", ["张示例"]),
        ("样", ["李样本"]),
        ("9512", ["张示例"]),
        ("1235", ["李样本"]),
        ("p0000002", ["李样本"]),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_a_word_finds_people(three: Station, word: str, names: list[str]) -> None:
    assert named(three, words=(word,)) == names


def test_filters(three: Station) -> None:
    assert named(three) == ["李样本", "张示例"]
    assert named(three, gone=True) == ["阿依·古丽"]
    assert named(three, gone=None, units=("U1",)) == ["阿依·古丽", "张示例"]
    assert named(three, rank=1) == ["张示例"]
    assert named(three, rank=0, gone=None) == ["阿依·古丽"]
    three.record(three.put("card", "700000018", uid="04AA", person="P0000001", state="active"))
    assert named(three, without_card=True) == ["李样本"]
    three.record(three.put("card", "700000018", state="lost"))
    assert named(three, without_card=True) == ["李样本", "张示例"]


def test_pages_follow_each_other(three: Station) -> None:
    assert [named(three, first, 1)[0] for first in (0, 1)] == named(three)


def test_people_by_unit(three: Station) -> None:
    assert three.registry.people_by_unit() == {"U1": 1, "U2": 1}


def test_a_pack_brings_its_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    with stations.venue(tmp_path / "venue") as venue:
        add(venue, "P0000009", "本地人")
        venue.lay_pack([("person", "P0000001", 1, {"name": "张示例"})])
        assert named(venue) == ["本地人", "张示例"]
        venue.lay_pack([])
        assert named(venue) == ["本地人"]
        assert named(stations.reopened(venue)) == ["本地人"]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["P0000001", "P0000002", "P0000003"]),
        st.fixed_dictionaries(
            {"name": st.sampled_from(["张示例", "李样本", "Anna Muster", "[/x]"])},
            optional={
                "unit": st.sampled_from(["U1", "U2", None]),
                "title": st.sampled_from([231, None]),
                "state": st.sampled_from(["left", None]),
            },
        ),
    ),
    max_size=8,
)


def agree(station: Station) -> bool:
    """Whether the rows are those that the records give."""
    kept = station._store.books.run("SELECT * FROM person_row").fetchall()
    station._store.books.run("SAVEPOINT once_more")
    people.fill(station._store.books.connection)
    fresh = station._store.books.run("SELECT * FROM person_row").fetchall()
    station._store.books.run("ROLLBACK TO once_more")
    station._store.books.run("RELEASE once_more")
    return bool(kept == fresh)


def follow(station: Station, changes: list[tuple[str, dict[str, object]]]) -> bool:
    for code, fields in changes:
        add(station, code, **fields)  # type: ignore[arg-type]
    return agree(station)


@settings(max_examples=15, deadline=None)
@given(changes=CHANGES)
def test_rows_follow_every_change(tmp_path_factory: pytest.TempPathFactory, changes: list[object]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stations.weaken_passwords(patch)
        with stations.office(tmp_path_factory.mktemp("rows") / "office") as office:
            assert follow(office, changes)  # type: ignore[arg-type]
            assert office.rebuild(check=True)["person_row"] == 0


def test_control_rows_that_keep_the_old_name_are_noticed(
    office: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = people.note
    monkeypatch.setattr(
        people, "note", lambda connection, id_, body: right(connection, id_, body and {**body, "unit": "U9"})
    )
    assert not follow(office, [("P0000001", {"name": "张示例", "unit": "U1"})])
