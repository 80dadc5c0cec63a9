"""Guests: any card, no card, and what the office makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.codes import RuleError
from icme_tui.devices.port import CardSeen
from icme_tui.operations import crediting, guests, sitting
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.swiping import Outcome
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE
VISITOR = NewGuest("孙客人", "外院", "13800000000")
CARD = CardSeen(bytes.fromhex("04AABBCC"), "other")
HOUR = 3_600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path, mode="in")
    yield made
    made.office.close()
    made.venue.close()


def touch(world: Deployment, guest: str | NewGuest, card: CardSeen = CARD) -> Outcome:
    session = sitting.open_session(world.venue, world.session)
    return guests.touch(world.venue, session, "auto", guest, card, "sim:cards")


def carry_over(venue: Station, office: Station) -> None:
    """What a bundle does, without the bundle."""
    lines = venue.lines(venue.code, venue.epoch)
    decoded = [facts.decode(line) for line in lines]
    hashes = [facts.line_hash(line) for line in lines]
    office.absorb(venue.code, venue.epoch, 1, lines, hashes, decoded)


def test_the_first_touch_makes_the_record_and_the_second_knows_it(world: Deployment) -> None:
    first = touch(world, VISITOR)
    assert (first.code, first.warnings, first.cseq) == ("ACCEPTED_IN", ("GUEST",), None)
    assert first.person is not None
    code = first.person.code
    assert guests.guest_of_card(world.venue, "04AABBCC") == code
    assert touch(world, code).code == "ALREADY_IN"
    assert len(list(world.venue.registry.all("guest"))) == 1


def test_once_the_office_has_merged_him_his_touches_count_for_the_person(world: Deployment) -> None:
    outcome = touch(world, VISITOR)
    assert outcome.person is not None
    carry_over(world.venue, world.office)
    assert [row.person for row in crediting.attendance_of(world.office, world.session)] == [
        outcome.person.code
    ]
    (waiting,) = crediting.credits(world.office).rows
    assert (waiting.person, waiting.after_year_c, waiting.reason) == (outcome.person.code, 0, "GUEST")
    guests.merge_guest(world.office, outcome.person.code, LI, "by telephone")
    (row,) = crediting.attendance_of(world.office, world.session)
    assert (row.person, row.reason) == (LI, "")
    (earned,) = crediting.credits(world.office).rows
    assert (earned.person, earned.reason) == (LI, "")
    assert earned.after_year_c > 0


def test_a_guest_without_any_card_comes_by_a_make_up(world: Deployment) -> None:
    code = guests.come_without_card(world.venue, world.session, VISITOR, "no card")
    (tap,) = world.venue.taps(world.session)
    assert (tap.person, tap.kind) == (code, "makeup")


def test_a_number_that_changes_each_time_is_no_card_of_anybody(world: Deployment) -> None:
    phone = CardSeen(bytes.fromhex("08112233"), "other")
    assert touch(world, VISITOR, phone).code == "FOREIGN_CARD"
    assert list(world.venue.registry.all("guest")) == []


def test_a_closed_door_leaves_no_record(world: Deployment) -> None:
    world.clock.advance(24 * HOUR)
    assert touch(world, VISITOR).code == "TOO_LATE"
    assert list(world.venue.registry.all("guest")) == []


@pytest.mark.parametrize(
    ("guest", "code"),
    [
        (NewGuest(" ", "外院", "138"), "NAME_MISSING"),
        (NewGuest("孙客人", "", "138"), "GUEST_UNIT_MISSING"),
        (NewGuest("孙客人", "外院", " ", ""), "GUEST_NUMBER_MISSING"),
    ],
)
def test_what_is_needed(guest: NewGuest, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        guests.checked(guest)
    assert caught.value.code == code


def test_blanks_go(world: Deployment) -> None:
    assert guests.checked(NewGuest(" 孙 \n客人", "外院 ", "138 0000", "1x")) == NewGuest(
        "孙 客人", "外院", "1380000", "1X"
    )


def test_only_the_office_merges(world: Deployment) -> None:
    code = guests.add_guest(world.venue, VISITOR)
    with pytest.raises(RuleError, match="OFFICE_ONLY"):
        guests.merge_guest(world.venue, code, LI)
    for guest, person, why in (("V0070099", LI, "NO_GUEST"), (code, "P9999999", "NO_PERSON")):
        carry_over(world.venue, world.office)
        with pytest.raises(RuleError, match=why):
            guests.merge_guest(world.office, guest, person)
