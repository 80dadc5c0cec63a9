"""People one by one: checked as the roster is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icme_tui.codes import RuleError
from icme_tui.operations import people, units
from icme_tui.rules.people.idnumber import check_digit, mask
from icme_tui.station import Station
from tests.support import stations
from tests.support.pairs import Pair

BODY = "34022119900307951"
IDNO = BODY + check_digit(BODY)
OTHER_BODY = "34022119850307952"
OTHER = OTHER_BODY + check_digit(OTHER_BODY)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    with stations.office(tmp_path / "office") as station:
        units.add_unit(station, "内科")
        yield station


def values(**more: str) -> dict[str, str]:
    return {"name": "张示例", "idno": IDNO, "unit": "内科", "title": "主治医师", **more}


def add(station: Station, **more: str) -> str:
    return people.save_person(station, people.check_person(station, values(**more)))


def codes(check: people.PersonCheck) -> list[str]:
    return [finding.code for finding in check.findings]


def test_a_person_is_written_with_what_follows_from_the_number(office: Station) -> None:
    code = add(office, phone="+86 138 0013 8000")
    record = office.registry.get("person", code)
    assert record is not None
    assert record.body["born"] == "1990-03-07"
    assert record.body["sex"] == 1
    assert record.body["phone"] == "13800138000"
    assert office.registry.get("unit", record.body["unit"]).body["name"] == "内科"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, "NAME_MISSING"),
        ({"idno": ""}, "ID_MISSING"),
        ({"idno": IDNO[:-1] + ("1" if IDNO[-1] != "1" else "2")}, "ID_CHECK"),
        ({"sex": "女"}, "SEX_DISAGREES"),
        ({"born": "1990-03-08"}, "BORN_DISAGREES"),
        ({"unit": ""}, "UNIT_MISSING"),
        ({"unit": "外科"}, "UNIT_NOT_THERE"),
        ({"title": "主治大臣"}, "TITLE_UNKNOWN"),
        ({"employed_on": "2020-02-30"}, "DATE_NONE_SUCH"),
    ],
)
def test_what_is_wrong_is_refused(office: Station, wrong: dict[str, str], code: str) -> None:
    check = people.check_person(office, values(**wrong))
    assert code in [finding.code for finding in check.errors]
    with pytest.raises(RuleError, match="PERSON_REFUSED"):
        people.save_person(office, check)
    assert list(office.registry.all("person")) == []


def test_a_number_that_somebody_has_is_refused_and_tells_who(office: Station) -> None:
    code = add(office)
    [finding] = people.check_person(office, values(name="李样本")).errors
    assert finding.code == "ID_TAKEN"
    assert finding.detail["person"] == code
    assert finding.value == mask(IDNO)


def test_only_the_findings_of_one_field_are_asked_for(office: Station) -> None:
    assert codes(people.check_person(office, {"name": "", "idno": "1"}, only=["idno"])) == ["ID_FORM"]


def test_a_change_writes_what_differs_and_empty_takes_away(office: Station) -> None:
    code = add(office, specialty="心血管")
    check = people.check_person(office, {"name": "张示例", "title": "副主任医师", "specialty": ""}, code)
    assert set(check.set) == {"title", "specialty"}
    people.save_person(office, check)
    view = people.person_view(office, code)
    assert (view.values["title"], view.values["specialty"]) == ("副主任医师", "")
    before = office.top(office.code, office.epoch)[0]
    people.save_person(office, people.check_person(office, {"name": "张示例"}, code))
    assert office.top(office.code, office.epoch)[0] == before


def test_secrets_stay_where_the_form_leaves_them_empty(office: Station) -> None:
    code = add(office, phone="13800138000")
    shown = people.shown_values(office, code)
    assert shown["idno"] == shown["phone"] == ""
    check = people.check_person(office, shown, code)
    assert check.set == {}
    assert check.errors == []


def test_a_page_shows_numbers_masked(office: Station) -> None:
    view = people.person_view(office, add(office, phone="13800138000"))
    assert view.values["idno"] == mask(IDNO)
    assert view.values["phone"] == "138****8000"
    assert IDNO not in repr(people.check_person(office, values(idno=OTHER)))
    assert OTHER not in repr(people.check_person(office, values(idno=OTHER)))


def test_who_has_left_is_out_of_the_list_and_can_come_back(office: Station) -> None:
    code = add(office)
    assert people.set_left(office, code, left=True)
    assert not people.set_left(office, code, left=True)
    assert people.people_page(office, people.query_of(office, "")) == ([], 0)
    people.set_left(office, code, left=False)
    found, total = people.people_page(office, people.query_of(office, "zsl"))
    assert ([one.code for one in found], total) == ([code], 1)


def test_the_number_of_a_card_finds_its_holder(office: Station) -> None:
    code = add(office)
    office.record(office.put("card", "700000018", uid="04AA", person=code, state="active"))
    found, _total = people.people_page(office, people.query_of(office, "700000018"))
    assert [(one.code, one.has_card) for one in found] == [(code, True)]


TEXT = st.text(max_size=12)


@settings(max_examples=40, deadline=None)
@given(texts=st.dictionaries(st.sampled_from(people.FIELDS), TEXT))
def test_any_text_is_either_refused_or_can_be_read_back(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    station = shared(tmp_path_factory)
    check = people.check_person(station, values(**texts))
    if not check.errors:
        assert leaves_a_whole_record(check.set)


def leaves_a_whole_record(body: dict[str, object]) -> bool:
    return {"name", "idno", "unit", "born", "sex"} <= {
        key for key, value in body.items() if value is not None
    }


def test_control_a_check_that_forgets_the_unit_is_noticed(
    office: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_find_unit", lambda *_: None)
    check = people.check_person(office, values())
    assert not check.errors
    assert not leaves_a_whole_record(check.set)


_SHARED: list[Station] = []


def shared(factory: pytest.TempPathFactory) -> Station:
    """One office for all examples: nothing is written to it."""
    if not _SHARED:
        with pytest.MonkeyPatch.context() as patch:
            stations.weaken_passwords(patch)
            station = stations.office(factory.mktemp("people") / "office")
        units.add_unit(station, "内科")
        _SHARED.append(station)
    return _SHARED[0]


def test_a_venue_with_a_pack_changes_its_own_people_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations.weaken_passwords(monkeypatch)
    pair = Pair(tmp_path)
    own, other = units.add_unit(pair.office, "示范医院", "hospital"), units.add_unit(pair.office, "别的医院")
    pair.enroll(own)
    pair.confirm()
    pair.renew()
    venue = pair.venue
    assert not people.check_person(venue, values(unit=own)).errors
    assert codes(people.check_person(venue, values(unit=other))) == ["UNIT_OF_OTHERS"]
    below = units.add_unit(venue, "内科", parent=own)
    assert not people.check_person(venue, values(unit=below)).errors
    for how in ({"name": "外科", "parent": other}, {"name": "心内科", "code": other}):
        with pytest.raises(RuleError, match="UNIT_OF_OTHERS"):
            units.edit_unit(venue, **how) if "code" in how else units.add_unit(venue, **how)
