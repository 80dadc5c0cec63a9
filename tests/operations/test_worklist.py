"""What waits for an office: each flag is listed with what it is about, and leaves the list once decided."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.clock import format_utc
from icme_tui.codes import CardError, RuleError
from icme_tui.commands import worklistwords
from icme_tui.operations import adjusting, courses, crediting, deciding, worklist
from icme_tui.operations.worklist import Item
from tests.support.offices import Office
from tests.support.touches import at

HOUR = 3_600_000
EPOCH = "e" * 32
START = "2026-09-25T07:{:02d}:00.000Z"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office")
    made.clock.advance(6 * HOUR)
    yield made
    made.station.close()


def arrive(office: Office, venue: str, *new: facts.Fact) -> list[facts.Place]:
    """Facts of a venue."""
    first = office.station.last_held(venue, EPOCH) + 1
    places = []
    for p, fact in enumerate(new, first):
        stamp = START.format(p)
        line = facts.encode(facts.replace(fact, p=p, at=fact.at or stamp, hlc=f"{stamp}-0000", by="clerk"))
        office.station.absorb(venue, EPOCH, p, [line], [facts.line_hash(line)], [facts.decode(line)])
        places.append(facts.Place(venue, EPOCH, p))
    return places


def a_session(office: Office, start: str = "08:30", end: str = "11:30") -> tuple[str, str]:
    course = courses.add_project(office.station, "某项目", "in_house").course
    return course, courses.add_session(office.station, course, start_ms=at(start), end_ms=at(end), mode="in")


def only(office: Office, kind: str) -> Item:
    [item] = [one for one in worklist.items(office.station) if one.kind == kind]
    return item


def kinds(office: Office) -> list[str]:
    return [item.kind for item in worklist.items(office.station)]


def test_nothing_waits_at_first(office: Office) -> None:
    assert worklist.items(office.station) == []


def test_two_venues_are_found_without_computing_everybody(office: Office) -> None:
    person, other = office.person("张示例"), office.person("李示例")
    course, session = a_session(office)
    second, late = a_session(office, "11:00", "12:00")
    office.swipe_at("V0007", person, session, "in", "08:20", course=course)
    office.swipe_at("V0008", person, late, "in", "10:55", course=second)
    office.swipe_at("V0007", other, session, "in", "08:21", course=course)
    item = only(office, "TWO_VENUES")
    assert (item.subject, item.name) == ("张示例", f"{person}/{second}/{late}")
    assert item.detail["counts"] is False
    flags = [flag for row in crediting.all_attendances(office.station) for flag in row.flags]
    assert [one.flags[0] for one in worklist.items(office.station) if one.kind == "TWO_VENUES"] == flags
    assert deciding.note(office.station, item.flags, "one card lent, person asked") == 1
    assert kinds(office) == []


def test_people_who_are_one_person_are_found_too(office: Office) -> None:
    one, two = office.person("张示例"), office.person("张示例")
    course, session = a_session(office)
    office.swipe_at("V0007", one, session, "in", "08:20", course=course)
    office.swipe_at("V0008", two, session, "in", "08:21", course=course)
    office.station.record(
        office.station.put("station", "V0007", place="甲"), office.station.put("station", "V0008", place="乙")
    )
    assert kinds(office) == []
    deciding.merge_people(office.station, two, one, "the same employee")
    assert only(office, "TWO_VENUES").subject == "张示例"


def test_a_doubtful_clock_waits_until_its_times_are_moved_or_noted(office: Office) -> None:
    person = office.person()
    course, session = a_session(office)
    touch: dict[str, Any] = {"person": person, "course": course, "session": session, "dir": "in"}
    stamps: dict[str, Any] = {"boot": "b" * 32, "mono_ms": 1000, "clk": "suspect"}
    [place] = arrive(office, "V0007", facts.Swipe(**touch, **stamps, at=format_utc(at("05:00"))))
    item = only(office, "CLOCK")
    assert (item.subject, item.size, item.detail["first"], item.detail["last"]) == ("V0007", 1, 1, 1)
    wanted = adjusting.find_range(office.station, *place, place.p)
    adjusting.adjust(office.station, wanted, HOUR, "battery")
    assert kinds(office) == []
    adjusting.adjust(office.station, wanted, 0, "wrong station")
    deciding.note(office.station, only(office, "CLOCK").flags, "coming counts whatever the time")
    assert kinds(office) == []
    arrive(office, "V0007", facts.Swipe(**touch, **stamps, at=format_utc(at("05:10"))))
    assert only(office, "CLOCK").size == 2


def test_a_contradiction_is_settled_by_choosing_a_value(office: Office) -> None:
    station = office.station
    person = office.person("张示例")
    station.record(facts.PersonPut(id=person, v=5, set={"name": "张一"}))
    station.record(facts.PersonPut(id=person, v=5, set={"name": "张二"}))
    item = only(office, "CONFLICT")
    assert (item.name, item.subject) == (f"person/{person}/name", "张二")
    found = deciding.values(station, "person", person, "name")
    assert [(one.shown, one.counts) for one in found] == [("张二", True), ("张一", False), ("张示例", False)]
    deciding.choose(station, "person", person, "name", found[1].place)
    assert kinds(office) == []
    assert station.registry.get("person", person).body["name"] == "张一"  # type: ignore[union-attr]


def test_a_contradiction_shows_titles_by_name(office: Office) -> None:
    station = office.station
    person = office.person("张示例")
    station.record(facts.PersonPut(id=person, v=5, set={"title": 232}))
    station.record(facts.PersonPut(id=person, v=5, set={"title": 233}))
    item = only(office, "CONFLICT")
    assert "job title" in worklistwords.why(item).lower()
    assert item.detail["value"] == "主治医师"
    found = deciding.values(station, "person", person, "title")
    assert [one.shown for one in found][:2] == ["主治医师", "副主任医师"]


def test_two_people_with_one_number(office: Office) -> None:
    older = office.person("张示例", idno="11010119900101001X")
    younger = office.person("李示例", idno="11010119900101001X")
    item = only(office, "SAME_ID")
    assert item.name == f"{older}/{younger}"
    assert "11010119900101001X" not in str(item)
    deciding.merge_people(office.station, younger, older, "married")
    assert kinds(office) == []
    with pytest.raises(RuleError) as caught:
        deciding.merge_people(office.station, younger, older, "again")
    assert caught.value.code == "SAME_PERSON"


def test_a_proposal_of_a_venue_is_taken_over(office: Office) -> None:
    person = office.person("张示例")
    course, session = a_session(office)
    office.swipe(person, session, "in", "08:20", course=course)
    [touch] = [facts.Place(tap.station, tap.epoch, tap.p) for tap in office.station.taps(session)]
    arrive(office, "V0007", facts.PersonPut(id=person, v=9, set={"name": "张改"}))
    arrive(office, "V0007", facts.Void(target=list(touch), reason="not there"))
    put, void = [one for one in worklist.items(office.station) if one.kind == "NOT_ALLOWED"]
    assert (put.detail["kind"], put.detail["about"], put.subject) == ("person", "张示例", "V0007")
    deciding.accept(office.station, facts.Place("V0007", EPOCH, 1), "letter of the hospital")
    deciding.accept(office.station, facts.Place("V0007", EPOCH, 2), "list on paper")
    assert void.detail["kind"] == "void"
    assert kinds(office) == []
    assert office.station.registry.get("person", person).body["name"] == "张改"  # type: ignore[union-attr]
    assert office.station.taps(session) == []
    with pytest.raises(RuleError) as caught:
        deciding.accept(office.station, facts.Place("V0007", EPOCH, 9), "no such place")
    assert caught.value.code == "NOTHING_WAITS"


def test_of_a_proposal_only_fields_that_are_known_are_taken_over(office: Office) -> None:
    """A venue may write anything: names of a function's own parameters, fields of a newer program."""
    odd = {"id": "x", "kind": "x", "self": "x", "later": [1]}
    places = arrive(
        office,
        "V0007",
        facts.CoursePut(id="C0070001", v=1, set={"title": "某课程", **odd}),
        facts.CoursePut(id="C0070002", v=1, set=odd),
    )
    deciding.accept(office.station, places[0], "so")
    record = office.station.registry.get("course", "C0070001")
    assert record is not None
    assert record.body == {"title": "某课程"}
    with pytest.raises(RuleError) as caught:
        deciding.accept(office.station, places[1], "so")
    assert caught.value.code == "NO_PROPOSAL"


def test_a_proposal_that_only_its_own_station_can_make(office: Office) -> None:
    arrive(office, "V0007", facts.Release(file="00" * 32))
    [place] = arrive(office, "V0007", facts.Revoke(key="a key"))
    assert only(office, "NOT_ALLOWED").name == str(place)
    with pytest.raises(RuleError) as caught:
        deciding.accept(office.station, place, "so")
    assert caught.value.code == "NO_PROPOSAL"


def test_a_card_that_a_venue_linked(office: Office) -> None:
    person = office.person("张示例")
    [place] = arrive(office, "V0007", facts.Link(card="04A1B2C3", person=person))
    item = only(office, "NOT_ALLOWED")
    assert (item.detail["kind"], item.detail["about"]) == ("link", "04A1B2C3")
    deciding.accept(office.station, place, "badge of the hospital")
    assert kinds(office) == []
    office.clock.advance(1000)
    [place] = arrive(office, "V0007", facts.Link(card="04A1B2C3", person=""))
    deciding.accept(office.station, place, "badge given back")
    assert kinds(office) == []


def test_records_of_a_card_that_nobody_knows(office: Office) -> None:
    arrive(office, "V0007", facts.CardRecord(card="04AABBCC", rec="00" * 16))
    item = only(office, "UNKNOWN_CARD")
    assert (item.name, item.size) == ("04AABBCC", 1)
    deciding.note(office.station, item.flags, "of another region")
    assert kinds(office) == []
    arrive(office, "V0007", facts.CardRecord(card="04AABBCC", rec="01" * 16))
    assert only(office, "UNKNOWN_CARD").size == 2


def test_an_unknown_session_and_a_copied_card(office: Office) -> None:
    person = office.person()
    touch: dict[str, Any] = {"person": person, "course": "C9", "session": "S9", "dir": "in", "card": "04AA"}
    arrive(office, "V0007", facts.Swipe(**touch, cseq=1))
    [place] = arrive(office, "V0008", facts.Swipe(**touch, cseq=1))
    item = only(office, "UNKNOWN_COURSE")
    assert (item.name, item.size, item.detail["courses"]) == ("S9", 2, "C9")
    card = only(office, "CARD_FORK")
    assert (card.name, card.flags) == ("04AA", ("CARD_FORK:04AA/1",))
    assert deciding.void(office.station, [place], "a copy") == 1
    assert only(office, "UNKNOWN_COURSE").size == 1
    deciding.note(office.station, card.flags, "card drawn in")
    assert kinds(office) == ["UNKNOWN_COURSE"]


def test_a_copied_card_that_is_blocked_leaves_the_list(office: Office) -> None:
    person = office.person("张示例")
    office.station.record(office.station.put("card", "000700014", uid="04AA", person=person, issue=1))
    course, session = a_session(office)
    touch: dict[str, Any] = {
        "person": person,
        "course": course,
        "session": session,
        "dir": "in",
        "card": "04AA",
    }
    for venue in ("V0007", "V0008"):
        arrive(office, venue, facts.Swipe(**touch, cseq=1))
    item = only(office, "CARD_FORK")
    assert (item.subject, item.detail["number"]) == ("张示例", "000700014")
    deciding.block_copied(office.station, "000700014", item.flags, "two of them exist")
    assert "CARD_FORK" not in kinds(office)
    assert office.station.registry.get("card", "000700014").body["state"] == "lost"  # type: ignore[union-attr]
    with pytest.raises(CardError):
        deciding.block_copied(office.station, "000700014", item.flags, "again")


def test_flags_of_lines_are_one_item_for_each_epoch(office: Office) -> None:
    for p in (1, 2):
        line = b'{"k":"later","p":%d}' % p
        office.station.absorb("V0007", EPOCH, p, [line], [facts.line_hash(line)], [None])
    item = only(office, "LINE_BAD")
    assert (item.name, item.size, item.subject) == (f"V0007/{EPOCH}", 2, "V0007")
    assert worklist.quick_count(office.station) == 1


def test_an_office_whose_own_clock_is_wrong_blames_nobody(office: Office) -> None:
    office.station.record(facts.Note(text="the clock is right"))
    office.clock.wall_ms -= 6 * 365 * 24 * HOUR
    arrive(office, "V0007", facts.Note(text="in time"))
    assert office.station.is_clock_suspect(office.clock.read())
    assert kinds(office) == []
    ahead = facts.Note(
        p=1, at="2031-01-01T00:00:00.000Z", hlc="2031-01-01T00:00:00.000Z-0000", text="far ahead"
    )
    line = facts.encode(ahead)
    office.station.absorb("V0008", EPOCH, 1, [line], [facts.line_hash(line)], [facts.decode(line)])
    assert only(office, "CLOCK_AHEAD").subject == "V0008"


def test_make_ups_and_guests_stand_in_the_same_list(office: Office) -> None:
    person = office.person("张示例")
    course = courses.add_project(office.station, "某项目", "national").course
    session = courses.add_session(office.station, course, start_ms=at("08:30"), end_ms=at("11:30"), mode="in")
    place = office.makeup(person, session, "in", "08:30", course=course)
    arrive(office, "V0007", facts.GuestPut(id="G0070001", v=1, set={"name": "孙客人", "unit_name": "外院"}))
    assert (only(office, "MAKEUP").name, only(office, "GUEST").subject) == (str(place), "孙客人")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_needs_a_reason(office: Office, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        deciding.note(office.station, ["FORK:x"], reason)
    assert caught.value.code == "REASON_MISSING"


class _Undo(Exception):
    pass


people_twice = st.lists(
    st.tuples(st.sampled_from((0, 1, 2)), st.sampled_from((0, 1, 2, 3)), st.sampled_from(("V0007", "V0008"))),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def crowd(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Office, list[str], list[tuple[str, str]]]]:
    """An office with three people, two of them merged, and four sessions, some at the same time."""
    made = Office(tmp_path_factory.mktemp("crowd") / "office")
    made.clock.advance(9 * HOUR)
    people = [made.person(name) for name in ("张示例", "李示例", "王示例")]
    times = (("08:30", "10:00"), ("09:30", "11:00"), ("10:00", "12:00"), ("13:00", "14:00"))
    sessions = [a_session(made, *one) for one in times]
    deciding.merge_people(made.station, people[2], people[1], "one person")
    yield made, people, sessions
    made.station.close()


def finds_all(crowd: Any, touches: list[tuple[int, int, str]]) -> None:
    """The list has the flags that all attendances have."""
    office, people, sessions = crowd
    with contextlib.suppress(_Undo), office.station.writing():
        for who, which, venue in touches:
            course, session = sessions[which]
            touch: dict[str, Any] = {"person": people[who], "course": course, "session": session, "dir": "in"}
            arrive(office, venue, facts.Swipe(**touch, at=format_utc(at("08:00"))))
        listed = [one.flags[0] for one in worklist.items(office.station) if one.kind == "TWO_VENUES"]
        computed = {flag for row in crediting.all_attendances(office.station) for flag in row.flags}
        assert sorted(listed) == sorted(flag for flag in computed if flag.startswith("TWO_VENUES"))
        raise _Undo


@given(touches=people_twice)
@settings(max_examples=settings.default.max_examples // 2 or 1)
def test_the_list_has_the_flags_of_all_attendances(crowd: Any, touches: list[tuple[int, int, str]]) -> None:
    finds_all(crowd, touches)


def test_control_only_sessions_by_themselves(crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = worklist._overlapping
    monkeypatch.setattr(worklist, "_overlapping", lambda station: [one[:1] for one in honest(station)])
    with pytest.raises(AssertionError):
        finds_all(crowd, [(0, 0, "V0007"), (0, 1, "V0007")])
