"""Issuing cards at a station, and inspecting them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards.numbers import card_number
from icme_tui.codes import CardError, RuleError
from icme_tui.devices import shelf
from icme_tui.devices.port import CardSeen
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.issuing import (
    Issued,
    Refused,
    cards_begun,
    issue_card,
    issue_to_all,
    people_without_card,
)
from icme_tui.station import Record, Station, open_station
from tests.support.refusing import Refusing
from tests.support.rivals import beside, overtaken
from tests.support.stations import copy_home
from tests.support.venues import FIRST_CARD, PASSWORD, PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def kinds(station: Station) -> list[str]:
    return [facts.kind_of(fact) for entry in station.entries() if (fact := facts.decode(entry.line))]


def put_on(world: Deployment, card: str, **how: object) -> tuple[SimulatedReader, CardSeen]:
    shelf.tap(world.folder, card, **how)  # type: ignore[arg-type]
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    return reader, seen


def look(world: Deployment, station: Station, card: str) -> Sight:
    reader, seen = put_on(world, card)
    return inspect_card(station, reader, seen)


def test_a_card_is_issued_and_every_station_believes_it(world: Deployment) -> None:
    uid = world.issue(WANG)
    card = world.venue.registry.get("card", FIRST_CARD)
    assert card is not None
    assert card.body == {"uid": uid, "person": WANG, "issue": 1, "state": "active"}
    assert kinds(world.venue)[-2:] == ["card-begin", "card"]
    for station in (world.venue, world.office):
        seen = look(world, station, WANG)
        assert (seen.state, seen.records) == ("OK", ())
        assert seen.holder is not None
        assert (seen.holder.name, seen.holder.number, seen.holder.station) == (PEOPLE[WANG], FIRST_CARD, 7)
        assert seen.applications == ("4D38",)
    assert look(world, world.office, WANG).registered == ""
    assert look(world, world.venue, WANG).registered == FIRST_CARD


@pytest.mark.parametrize("at", [0, 1, 16, 40])
def test_a_key_that_is_refused_in_the_middle_asks_for_the_card_again(world: Deployment, at: int) -> None:
    looked_at = 16
    shelf.new_card(world.folder, WANG)
    reader, seen = put_on(world, WANG)
    with pytest.raises(CardError, match="CARD_GONE"):
        issue_card(world.venue, Refusing(reader, looked_at + at), seen, WANG)
    assert set(cards_begun(world.venue)) == {seen.uid.hex().upper()}
    assert issue_card(world.venue, *put_on(world, WANG), WANG).finished
    assert look(world, world.venue, WANG).state == "OK"


def test_a_person_has_one_card_and_a_card_one_person(world: Deployment) -> None:
    world.issue(WANG)
    shelf.new_card(world.folder, "second")
    reader, seen = put_on(world, "second")
    with pytest.raises(CardError, match="HAS_CARD"):
        issue_card(world.venue, reader, seen, WANG)
    reader, seen = put_on(world, WANG)
    with pytest.raises(CardError, match="CARD_IN_USE"):
        issue_card(world.venue, reader, seen, LI)
    with pytest.raises(CardError, match="CARD_IN_USE"):
        issue_card(world.office, reader, seen, LI)
    with pytest.raises(RuleError, match="NO_PERSON"):
        issue_card(world.venue, reader, seen, "P9999999")


def test_a_refused_card_costs_no_number_and_leaves_no_fact(world: Deployment) -> None:
    shelf.new_card(world.folder, "foreign")
    chip = shelf.load(world.folder, "foreign")
    chip.put(4, b"ticket 000000042")
    before = kinds(world.venue)
    reader, seen = put_on(world, "foreign")
    with pytest.raises(CardError, match="FOREIGN_CARD"):
        issue_card(world.venue, reader, seen, WANG)
    assert kinds(world.venue) == before
    world.issue(WANG)
    assert world.venue.registry.get("card", FIRST_CARD) is not None


@pytest.mark.parametrize("after", [85, 150, 200, 260])
def test_an_issue_that_was_cut_is_finished_with_the_same_image(world: Deployment, after: int) -> None:
    shelf.new_card(world.folder, "x")
    reader, seen = put_on(world, "x", pull_after=after, torn="old")
    with pytest.raises(CardError, match="CARD_GONE"):
        issue_card(world.venue, reader, seen, WANG)
    begun = cards_begun(world.venue)
    assert [one["person"] for one in begun.values()] == [WANG]
    assert look(world, world.venue, "x").begun
    reader, seen = put_on(world, "x")
    with pytest.raises(CardError, match="INCOMPLETE") as refused:
        issue_card(world.venue, reader, seen, LI)
    assert refused.value.detail == {"person": WANG}
    issued = issue_card(world.venue, reader, seen, WANG)
    assert (issued.number, issued.finished) == (FIRST_CARD, True)
    assert cards_begun(world.venue) == {}
    assert look(world, world.venue, "x").state == "OK"


def test_the_numbers_of_a_station_end(world: Deployment) -> None:
    world.venue.set_setting("card_serial", 70009)
    world.issue(WANG)
    with pytest.raises(CardError, match="NUMBERS_USED_UP"):
        world.issue(LI)
    assert cards_begun(world.venue) == {}


def test_people_without_a_card_are_those_of_the_unit_and_below(world: Deployment) -> None:
    assert [person.id for person in people_without_card(world.venue, "U0000001")] == [WANG, LI, ZHAO]
    world.issue(LI)
    assert [person.id for person in people_without_card(world.venue, "U0000002")] == [WANG, ZHAO]
    with pytest.raises(RuleError, match="NO_UNIT"):
        people_without_card(world.venue, "U9999999")


def test_a_unit_is_issued_one_after_another_whatever_is_put_on_the_reader(world: Deployment) -> None:
    """A good card, a foreign one, one that is pulled and put back, a good one."""
    for card in ("a", "foreign", "b", "c"):
        shelf.new_card(world.folder, card)
    shelf.load(world.folder, "foreign").put(4, b"ticket 000000042")
    taps = iter([("a", None), ("foreign", None), ("b", 150), ("b", None), ("c", None)])

    def ask(person: Record) -> None:
        asked.append(person.id)
        shelf.tap(world.folder, *next(taps))

    asked: list[str] = []
    waiting = people_without_card(world.venue, "U0000001")
    results = list(issue_to_all(world.venue, world.reader(), waiting, 1, ask))
    assert asked == [WANG, LI, LI, LI, ZHAO]
    assert [(one.person, one.code if isinstance(one, Refused) else one.finished) for one in results] == [
        (WANG, False),
        (LI, "FOREIGN_CARD"),
        (LI, "CARD_GONE"),
        (LI, True),
        (ZHAO, False),
    ]
    assert people_without_card(world.venue, "U0000001") == []


def test_before_the_first_pack_and_without_the_issuing_key_nothing_is_issued(world: Deployment) -> None:
    keys = world.venue.setting("card_keys")
    for stored, code in (({**keys, "k_issue": None}, "NO_ISSUE_KEY"), (None, "NO_CARD_KEYS")):
        world.venue.set_setting("card_keys", stored)
        with pytest.raises(CardError, match=code):
            people_without_card(world.venue, "U0000001")
        with pytest.raises(CardError, match=code):
            world.issue({"NO_ISSUE_KEY": WANG, "NO_CARD_KEYS": LI}[code])


def test_an_inspection_shows_the_records_and_checks_only_our_own(world: Deployment) -> None:
    world.issue(WANG)
    world.touch(world.swiping(), WANG)
    here, there = look(world, world.venue, WANG), look(world, world.office, WANG)
    assert [(one.number, one.station, one.session, one.direction) for one in here.records] == [
        (1, 7, world.session, "in")
    ]
    assert here.records[0].at == "2026-09-24T23:50:00Z"
    assert [one.verified for one in (*here.records, *there.records)] == [True, None]


def test_a_blank_card(world: Deployment) -> None:
    shelf.new_card(world.folder, "blank")
    seen = look(world, world.venue, "blank")
    assert (seen.state, seen.person, seen.registered) == ("BLANK", None, "")


class TestACutCardWhosePersonGotAnother:
    """It would otherwise be plastic for the bin: nobody else may have it, and its person needs none."""

    @pytest.fixture
    def cut(self, world: Deployment) -> str:
        shelf.new_card(world.folder, "cut")
        reader, seen = put_on(world, "cut", pull_after=150)
        with pytest.raises(CardError, match="CARD_GONE"):
            issue_card(world.venue, reader, seen, WANG)
        world.issue(WANG)
        return seen.uid.hex().upper()

    def test_becomes_somebody_else_s(self, world: Deployment, cut: str) -> None:
        reader, seen = put_on(world, "cut")
        issued = issue_card(world.venue, reader, seen, LI)
        assert (issued.uid, issued.finished) == (cut, False)
        sight = look(world, world.office, "cut")
        assert sight.holder is not None
        assert (sight.state, sight.holder.name) == ("OK", PEOPLE[LI])
        assert cards_begun(world.venue) == {}

    def test_is_issued_in_a_row_to_whoever_is_next(self, world: Deployment, cut: str) -> None:
        put_on(world, "cut")
        waiting = people_without_card(world.venue, "U0000002")
        done = next(iter(issue_to_all(world.venue, world.reader(), waiting, 0.1, lambda person: None)))
        assert isinstance(done, Issued)
        assert (done.uid, done.person) == (cut, LI)

    def test_at_the_door_it_counts_as_it_does_elsewhere(self, world: Deployment, cut: str) -> None:
        outcome = world.touch(world.swiping(), "cut")
        assert (outcome.code, outcome.warnings, outcome.detail) == ("ACCEPTED_IN", ("BY_UID",), {})


class TestTwoProgramsOnOneHome:
    def test_a_person_gets_one_card(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "spare")
        shelf.new_card(world.folder, WANG)
        rival = beside(world.venue, PASSWORD)
        overtaken(world.venue, lambda: issue_card(rival, *put_on(world, "spare"), WANG))
        reader, seen = put_on(world, WANG)
        with pytest.raises(CardError, match="HAS_CARD"):
            issue_card(world.venue, reader, seen, WANG)
        assert len(rival.registry.find("card", "person", WANG)) == 1
        rival.close()

    def test_a_card_gets_one_person(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "one")
        rival = beside(world.venue, PASSWORD)
        overtaken(world.venue, lambda: issue_card(rival, *put_on(world, "one"), LI))
        reader, seen = put_on(world, "one")
        with pytest.raises(CardError, match="CARD_IN_USE"):
            issue_card(world.venue, reader, seen, WANG)
        rival.close()


class TestNumbersAfterARestore:
    def test_no_number_is_given_out_twice(self, world: Deployment, tmp_path: Path) -> None:
        world.issue(WANG)
        world.venue.close()
        backup = copy_home(world.venue.home, tmp_path / "backup")
        lost = open_station(world.venue.home, None, PASSWORD, world.clock)
        world.issue(LI, lost)
        gone = lost.registry.find("card", "person", LI)[0].id
        lost.close()
        copy_home(backup, world.venue.home)
        with open_station(world.venue.home, None, PASSWORD, world.clock) as restored:
            world.issue(ZHAO, restored)
            mine = restored.registry.find("card", "person", ZHAO)[0].id
        assert mine not in (FIRST_CARD, gone)

    def test_all_numbers_of_the_block_can_be_used(self, world: Deployment) -> None:
        world.venue.set_setting("codes_by_lot", True)
        given = set()
        for number in range(10):
            code = f"P000010{number + 4:X}"
            world.venue.record(world.venue.put("person", code, name="陈补充", sex=1, unit="U0000002"))
            world.issue(code)
            given.add(world.venue.registry.find("card", "person", code)[0].id)
        assert given == {card_number(serial) for serial in range(70001, 70011)}
        with pytest.raises(CardError, match="NUMBERS_USED_UP"):
            world.issue(WANG)
