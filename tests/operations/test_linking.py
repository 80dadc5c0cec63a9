"""Cards of which only the UID is known: linked by the office, proposed by a venue, never written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import IcmeError
from icme_tui.devices import shelf
from icme_tui.devices.port import CardSeen
from icme_tui.facts import Link, Swipe, Void, decode, line_hash
from icme_tui.operations import guests, linking, packrows
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.holders import active_card_of, card_of
from icme_tui.operations.inspecting import inspect_card
from icme_tui.operations.issuing import issue_card, people_without_card
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy, give_pack

WANG, LI = list(PEOPLE)[:2]
BADGE = "04AABBCC"


class TypingReader:
    """A reader that tells UIDs and nothing else; whatever else is asked of it fails the test."""

    name = "keyboard:"

    def __init__(self) -> None:
        self.signals: list[str] = []

    def signal(self, outcome: str) -> None:
        self.signals.append(outcome)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the reader was asked to {name}")


@pytest.fixture
def world(tmp_path: Path) -> Deployment:
    return deploy(tmp_path)


def typed(world: Deployment, station: Station, uid: str, kind: str = "other") -> Outcome:
    at_door = Swiping(station, TypingReader(), world.session)  # type: ignore[arg-type]
    return at_door.touch(CardSeen(bytes.fromhex(uid), kind))  # type: ignore[arg-type]


def last(station: Station) -> Any:
    return decode(station.lines(station.code, station.epoch)[-1])


def test_what_the_office_links_swipes_at_a_venue_after_the_next_pack(world: Deployment) -> None:
    done = linking.link_card(world.office, "04:aa:bb:cc", WANG)
    assert done == (BADGE, WANG, "", False)
    assert typed(world, world.venue, BADGE).code == "FOREIGN_CARD"
    give_pack(world.office, world.venue)
    outcome = typed(world, world.venue, BADGE)
    assert (outcome.code, outcome.warnings, outcome.cseq) == ("ACCEPTED_IN", ("BY_UID",), None)
    assert outcome.person is not None
    assert (outcome.person.code, outcome.person.name) == (WANG, PEOPLE[WANG])
    swipe = last(world.venue)
    assert isinstance(swipe, Swipe)
    assert (swipe.card, swipe.cseq, swipe.person, swipe.reader) == (BADGE, None, WANG, "keyboard:")


def test_a_linked_classic_card_of_another_system_is_not_touched(world: Deployment) -> None:
    linking.link_card(world.office, BADGE, WANG)
    assert typed(world, world.office, BADGE, "mifare-classic-1k").accepted


def test_double_taps_are_the_same_touch(world: Deployment) -> None:
    linking.link_card(world.office, BADGE, WANG)
    assert typed(world, world.office, BADGE).code == "ACCEPTED_IN"
    world.clock.advance(30_000)
    assert typed(world, world.office, BADGE).code == "ALREADY_IN"
    world.clock.advance(2 * 3600_000)
    assert typed(world, world.office, BADGE).code == "ACCEPTED_OUT"


def test_a_venue_links_for_itself_and_proposes_it_to_the_office(world: Deployment) -> None:
    assert linking.link_card(world.venue, BADGE, WANG).is_proposal
    assert typed(world, world.venue, BADGE).accepted
    lines = world.venue.lines("V0007", world.venue.epoch)
    found = [decode(line) for line in lines]
    world.office.absorb("V0007", world.venue.epoch, 1, lines, [line_hash(line) for line in lines], found)
    assert card_of(world.office, BADGE) is None
    link = next(fact for fact in found if isinstance(fact, Link))
    assert f"NOT_ALLOWED:V0007/{world.venue.epoch}/{link.p}" in world.office.flags()
    assert [tap.person for tap in world.office.taps(world.session)] == [WANG]
    assert set(world.office.rebuild(check=True).values()) == {0}
    assert set(world.venue.rebuild(check=True).values()) == {0}


def test_the_last_link_counts_and_a_void_brings_the_one_before_back(world: Deployment) -> None:
    linking.link_card(world.office, BADGE, WANG)
    world.clock.advance(60_000)
    assert linking.link_card(world.office, BADGE, LI).before == WANG
    place = max(
        (entry.place for entry in world.office.entries() if isinstance(decode(entry.line), Link)),
        key=lambda place: place.p,
    )
    assert typed(world, world.office, BADGE).person == (LI, PEOPLE[LI], "内科")
    world.office.record(Void(target=[place.station, place.epoch, place.p]))
    outcome = typed(world, world.office, BADGE)
    assert outcome.person is not None
    assert outcome.person.code == WANG
    assert world.office.flags() == []


def test_unlinked_it_is_nobodys(world: Deployment) -> None:
    linking.link_card(world.office, BADGE, WANG)
    world.clock.advance(1)
    assert linking.unlink_card(world.office, BADGE) == (BADGE, "", WANG, False)
    assert typed(world, world.office, BADGE).code == "FOREIGN_CARD"
    give_pack(world.office, world.venue)
    assert typed(world, world.venue, BADGE).code == "FOREIGN_CARD"
    with pytest.raises(IcmeError, match="NOT_LINKED"):
        linking.unlink_card(world.office, BADGE)


def test_the_card_of_a_guest_is_in_his_record(world: Deployment) -> None:
    guest = guests.add_guest(world.venue, NewGuest("周来宾", "邻市医院", "13800000000"))
    assert not linking.link_card(world.venue, BADGE, guest).is_proposal
    assert guests.guest_of_card(world.venue, BADGE) == guest
    assert linking.unlink_card(world.venue, BADGE).before == guest
    assert guests.guest_of_card(world.venue, BADGE) == ""


def test_a_linked_card_is_not_the_card_that_a_person_is_issued(world: Deployment) -> None:
    linking.link_card(world.office, BADGE, WANG)
    assert active_card_of(world.office, WANG) is None
    assert WANG in {person.id for person in people_without_card(world.office, "U0000002")}
    uid = world.issue(WANG, world.office)
    with pytest.raises(IcmeError, match="CARD_IN_USE"):
        linking.link_card(world.office, uid, LI)
    venue = world.office.registry.get("station", "V0007")
    assert venue is not None
    rows = packrows.rows_for(world.office, venue, "2026-09-25T00:00:00Z")
    assert sum(BADGE.encode() in row for row in rows) == 1


def test_our_own_card_at_a_reader_that_only_types_its_number(world: Deployment) -> None:
    uid = world.issue(WANG)
    outcome = typed(world, world.venue, uid)
    assert (outcome.code, outcome.warnings) == ("ACCEPTED_IN", ("BY_UID",))


@pytest.mark.parametrize(
    ("uid", "code"), [("08AABBCC", "FOREIGN_CARD"), ("04AABB", "UID_BAD"), ("王", "UID_BAD"), ("", "UID_BAD")]
)
def test_what_is_never_linked(world: Deployment, uid: str, code: str) -> None:
    with pytest.raises(IcmeError, match=code):
        linking.link_card(world.office, uid, WANG)


def test_nobody_is_no_person(world: Deployment) -> None:
    with pytest.raises(IcmeError, match="NO_PERSON"):
        linking.link_card(world.office, BADGE, "P9999999")


def test_a_linked_card_that_is_looked_at_tells_its_person(world: Deployment) -> None:
    uid = shelf.new_card(world.folder, "badge").hex().upper()
    linking.link_card(world.office, uid, WANG)
    shelf.tap(world.folder, "badge")
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    sight = inspect_card(world.office, reader, seen)
    assert sight.person is not None
    assert (sight.registered, sight.registered_state, sight.person.code) == (uid, "active", WANG)
    by_number = inspect_card(world.office, TypingReader(), CardSeen(seen.uid, "other"))  # type: ignore[arg-type]
    assert (by_number.state, by_number.registered) == ("FOREIGN_CARD", uid)


@pytest.mark.parametrize("kind", ["4k", "ultralight", "random"])
def test_cards_of_other_kinds(world: Deployment, kind: str) -> None:
    uid = shelf.new_card(world.folder, "other", kind=kind).hex().upper()  # type: ignore[arg-type]
    shelf.tap(world.folder, "other")
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    sight = inspect_card(world.office, reader, seen)
    wanted = {
        "4k": ("mifare-classic-4k", "BLANK", 16),
        "ultralight": ("mifare-ultralight", "FOREIGN_CARD", 0),
    }
    assert (sight.kind, sight.state, len(sight.sectors)) == wanted.get(kind, ("other", "FOREIGN_CARD", 0))
    if kind == "random":
        with pytest.raises(IcmeError, match="FOREIGN_CARD"):
            linking.link_card(world.office, uid, WANG)
        return
    linking.link_card(world.office, uid, WANG)
    at_door = world.swiping(world.office)
    outcome = world.touch(at_door, "other")
    assert (outcome.code, outcome.warnings) == ("ACCEPTED_IN", ("BY_UID",))


def test_a_4k_card_is_issued_and_swiped_like_any_other(world: Deployment) -> None:
    shelf.new_card(world.folder, WANG, kind="4k")
    before = (world.folder / f"{WANG}.mfd").read_bytes()
    shelf.tap(world.folder, WANG)
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    issue_card(world.venue, reader, seen, WANG)
    shelf.remove(world.folder)
    outcome = world.touch(world.swiping(), WANG)
    assert (outcome.code, outcome.cseq) == ("ACCEPTED_IN", 1)
    after = (world.folder / f"{WANG}.mfd").read_bytes()
    assert len(after) == 4096
    assert after[1024:] == before[1024:]


def test_our_own_card_looked_at_by_a_reader_that_only_types_its_number(world: Deployment) -> None:
    uid = world.issue(WANG)
    seen = CardSeen(bytes.fromhex(uid), "other")
    sight = inspect_card(world.venue, TypingReader(), seen)  # type: ignore[arg-type]
    assert (sight.is_by_uid, sight.is_linked, sight.registered_state) == (True, False, "active")
    stranger = CardSeen(bytes.fromhex(BADGE), "other")
    assert not inspect_card(world.venue, TypingReader(), stranger).is_by_uid  # type: ignore[arg-type]
