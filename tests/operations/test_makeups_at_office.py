"""What the office has still to look at: make-ups that do not count yet, guests whom nobody recognised."""

from __future__ import annotations

from pathlib import Path

import pytest

from icme_tui.codes import RuleError
from icme_tui.facts import Place
from icme_tui.operations import courses, crediting, guests, makeups
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.overview import overview
from tests.support.offices import Office
from tests.support.touches import at


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


def a_session(office: Office, level: str = "national") -> tuple[str, str]:
    course = courses.add_project(office.station, "某项目", level).course
    return course, courses.add_session(office.station, course, at("08:30"), at("11:30"), mode="in")


def test_a_make_up_waits_until_it_is_confirmed(office: Office) -> None:
    person = office.person()
    course, session = a_session(office)
    office.makeup(person, session, "in", "08:35", course=course)
    [waiting] = makeups.open_makeups(office.station)
    assert (waiting.line.person.name, waiting.session, waiting.title) == ("张示例", session, "某项目")
    assert (waiting.reason, waiting.by) == ("card at home", office.station.operator)
    assert overview(office.station).makeups == 1
    assert makeups.confirm(office.station, [waiting.line.place]) == 1
    assert makeups.open_makeups(office.station) == []
    assert overview(office.station).makeups == 0
    [row] = crediting.credits(office.station).rows
    assert (row.reason, row.after_year_c) == ("", 100)


def test_only_what_needs_it_waits(office: Office) -> None:
    person = office.person()
    in_house, national = a_session(office, "in_house"), a_session(office)
    office.makeup(person, in_house[1], "in", "08:35", course=in_house[0])
    assert makeups.open_makeups(office.station) == []
    office.makeup(person, national[1], "in", "08:35", course=national[0])
    assert [one.session for one in makeups.open_makeups(office.station)] == [national[1]]
    assert makeups.open_makeups(office.station, in_house[1]) == []
    assert makeups.count_open(office.station) == 1


def test_what_does_not_wait_cannot_be_confirmed(office: Office) -> None:
    person = office.person()
    course, session = a_session(office)
    place = office.makeup(person, session, "in", "08:35", course=course)
    with pytest.raises(RuleError, match=r"^NO_OPEN_MAKEUP$"):
        makeups.confirm(office.station, [place, Place("V0007", "e" * 32, 1)])
    assert makeups.count_open(office.station) == 1, "all or nothing"
    makeups.confirm(office.station, [place, place])
    with pytest.raises(RuleError, match=r"^NO_OPEN_MAKEUP$"):
        makeups.confirm(office.station, [place])


def test_a_guest_waits_until_he_is_recognised(office: Office) -> None:
    person = office.person()
    guest = guests.add_guest(office.station, NewGuest("张示例", "某医院", "13800000000"))
    assert [record.id for record in guests.unmerged(office.station)] == [guest]
    assert overview(office.station).guests == 1
    guests.merge_guest(office.station, guest, person)
    assert overview(office.station).guests == 0


def test_a_guest_has_a_name_in_the_credits(office: Office) -> None:
    course, session = a_session(office)
    guest = guests.add_guest(office.station, NewGuest("孙来宾", "某医院", "13800000000"))
    office.swipe(guest, session, "in", "08:20", course=course)
    report = crediting.credits(office.station)
    assert report.names == {guest: "孙来宾 (某医院)"}
    assert report.starts[session] == at("08:30")
