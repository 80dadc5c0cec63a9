"""One outcome for every touch, and what stands in the journal and on the card afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards import access, ring
from icme_tui.cards import record as records
from icme_tui.codes import CardError, RuleError, StoreError
from icme_tui.devices import shelf
from icme_tui.operations import sending
from icme_tui.operations import swiping as module
from icme_tui.operations.courses import add_session
from icme_tui.operations.crediting import attendance_of
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.overview import overview
from icme_tui.operations.swiping import Outcome, Swiping
from icme_tui.station import Record, Registry, Station
from tests.support.refusing import Refusing
from tests.support.venues import FIRST_CARD, PEOPLE, Deployment, deploy, give_pack

WANG, LI, ZHAO = PEOPLE
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def swipes(station: Station) -> list[tuple[str, str, int | None]]:
    """(person, direction, record number) of every swipe in the journal."""
    found = [facts.decode(entry.line) for entry in station.entries()]
    return [(one.person, one.dir, one.cseq) for one in found if isinstance(one, facts.Swipe)]


def card_records(station: Station) -> list[str]:
    found = [facts.decode(entry.line) for entry in station.entries()]
    return [one.rec for one in found if isinstance(one, facts.CardRecord)]


def on_card(world: Deployment, card: str, number: int = 1) -> records.Record:
    seen = records.decode(shelf.load(world.folder, card).peek(ring.block_of(number)))
    assert seen is not None
    return seen


class TestAccepted:
    def test_in_and_out(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        came = world.touch(at_door, WANG)
        assert (came.code, came.cseq, came.accepted) == ("ACCEPTED_IN", 1, True)
        assert came.person is not None
        assert (came.person.name, came.person.unit) == (PEOPLE[WANG], "内科")
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        assert world.touch(at_door, WANG).code == "ACCEPTED_OUT"
        assert swipes(world.venue) == [(WANG, "in", 1), (WANG, "out", 2)]

    def test_the_usual_path_is_9_operations_and_the_outcome_comes_before_the_hint(
        self, world: Deployment
    ) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        reader = world.reader()
        shelf.tap(world.folder, WANG)
        seen = reader.wait_for_card(0)
        assert seen is not None
        at_outcome: list[tuple[int, int]] = []
        at_door = Swiping(world.venue, reader, world.session)
        at_door.touch(seen, lambda _: at_outcome.append((reader.operations, len(swipes(world.venue)))))
        assert at_outcome == [(7, 1)]
        assert reader.operations == 9

    def test_a_card_that_another_station_issued_counts_by_its_signature(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        outcome = world.touch(world.swiping(world.office), WANG)
        assert (outcome.code, outcome.card, outcome.uid) == ("ACCEPTED_IN", FIRST_CARD, uid)
        assert outcome.person is not None
        assert outcome.person.code == WANG

    def test_numbers_go_on_across_stations_and_what_others_wrote_is_told_once(
        self, world: Deployment
    ) -> None:
        world.issue(WANG)
        here, there = world.swiping(), world.swiping(world.office)
        assert world.touch(here, WANG).cseq == 1
        assert world.touch(there, WANG).cseq == 2
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        assert world.touch(here, WANG).cseq == 3
        assert [bytes.fromhex(rec)[:4] for rec in card_records(world.venue)] == [b"\0\2\0\0"]
        world.clock.advance(2 * MINUTE)
        assert world.touch(world.swiping(way="out"), WANG).cseq == 4
        assert len(card_records(world.venue)) == 1
        assert [bytes.fromhex(rec)[:4] for rec in card_records(world.office)] == [b"\0\1\0\7"]

    @pytest.mark.parametrize("after", [95, 150, 200, 250])
    def test_a_card_whose_issue_was_cut_is_finished_by_the_station_that_began_it(
        self, world: Deployment, after: int
    ) -> None:
        shelf.new_card(world.folder, WANG)
        with pytest.raises(CardError, match="CARD_GONE"):
            cut_issue(world, after)
        outcome = world.touch(world.swiping(), WANG)
        assert (outcome.code, outcome.cseq) == ("ACCEPTED_IN", 1)

    @pytest.mark.parametrize(
        ("after", "code", "warnings"),
        [(95, "INCOMPLETE", ()), (150, "ACCEPTED_IN", ("BY_UID",)), (200, "ACCEPTED_IN", ("BY_UID",))],
    )
    def test_elsewhere_it_swipes_by_its_uid_once_its_holder_is_certain(
        self, world: Deployment, after: int, code: str, warnings: tuple[str, ...]
    ) -> None:
        shelf.new_card(world.folder, WANG)
        with pytest.raises(CardError, match="CARD_GONE"):
            cut_issue(world, after)
        before = (world.folder / f"{WANG}.mfd").read_bytes()
        outcome = world.touch(world.swiping(world.office), WANG)
        assert (outcome.code, outcome.cseq, outcome.warnings) == (code, None, warnings)
        assert (world.folder / f"{WANG}.mfd").read_bytes() == before

    def test_an_older_state_of_a_card_is_let_in_and_noted(self, world: Deployment) -> None:
        world.issue(WANG)
        file = world.folder / f"{WANG}.mfd"
        old = file.read_bytes()
        assert world.touch(world.swiping(), WANG).cseq == 1
        file.write_bytes(old)
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        outcome = world.touch(world.swiping(), WANG)
        assert (outcome.code, outcome.cseq, outcome.warnings) == ("ACCEPTED_OUT", 2, ("CARD_BEHIND",))


def carry(venue: Station, office: Station) -> None:
    """What the venue recorded, as a bundle would bring it."""
    lines = venue.lines(venue.code, venue.epoch)
    hashes = [facts.line_hash(line) for line in lines]
    office.absorb(venue.code, venue.epoch, 1, lines, hashes, facts.decode_many(lines))


def cut_issue(world: Deployment, after: int) -> None:
    shelf.tap(world.folder, WANG, pull_after=after)
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    issue_card(world.venue, reader, seen, WANG)


class TestClockSetBack:
    """A clock that is wrong for certain shuts no door, from the first touch on."""

    def test_the_first_touch_after_it_counts_and_is_marked(self, world: Deployment) -> None:
        world.issue(WANG)
        world.issue(LI)
        at_door = world.swiping()
        assert world.touch(at_door, WANG).code == "ACCEPTED_IN"
        world.clock.wall_ms -= 5 * HOUR
        assert overview(world.venue).clock_doubtful
        assert sending.made_now(world.venue).clock == "suspect"
        assert world.touch(at_door, LI).code == "ACCEPTED_IN"
        assert on_card(world, LI).doubtful

    def test_once_it_is_right_again_nothing_is_marked(self, world: Deployment) -> None:
        world.issue(WANG)
        world.issue(LI)
        at_door = world.swiping()
        world.clock.wall_ms -= 5 * HOUR
        world.touch(at_door, WANG)
        world.clock.wall_ms += 5 * HOUR
        assert not overview(world.venue).clock_doubtful
        assert world.touch(at_door, LI).code == "ACCEPTED_IN"
        assert not on_card(world, LI).doubtful


class TestRefused:
    def test_a_double_tap(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        world.touch(at_door, WANG)
        world.clock.advance(59_000)
        again = world.touch(at_door, WANG)
        assert (again.code, again.direction) == ("ALREADY_IN", "in")
        assert len(swipes(world.venue)) == 1

    def test_before_and_after_the_doors_are_open(self, world: Deployment) -> None:
        world.issue(WANG)
        tomorrow = world.clock.wall_ms + 24 * HOUR
        later = add_session(world.venue, "C0000001", tomorrow, tomorrow + HOUR)
        assert world.touch(Swiping(world.venue, world.reader(), later), WANG).code == "TOO_EARLY"
        world.clock.advance(12 * HOUR)
        assert world.touch(world.swiping(), WANG).code == "TOO_LATE"
        assert swipes(world.venue) == []

    def test_a_blank_card_and_the_card_of_another_system(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "blank")
        shelf.new_card(world.folder, "ticket")
        shelf.load(world.folder, "ticket").put(4, b"ticket 000000042")
        shelf.new_card(world.folder, "phone", bytes.fromhex("08112233"))
        at_door = world.swiping()
        assert world.touch(at_door, "blank").code == "UNKNOWN_CARD"
        assert world.touch(at_door, "ticket").code == "FOREIGN_CARD"
        assert world.touch(at_door, "phone").code == "FOREIGN_CARD"

    @pytest.mark.parametrize("known", [False, True])
    def test_a_foreign_card_keeps_the_queue_no_longer_than_a_swipe(
        self, world: Deployment, known: bool
    ) -> None:
        uid = world.issue(WANG)
        shelf.new_card(world.folder, "badge", bytes.fromhex(uid) if known else None)
        chip = shelf.load(world.folder, "badge")
        for trailer in range(3, 64, 4):
            chip.put(trailer, b"others" + access.OURS + b"\x69" + b"theirs")
        at_door = world.swiping()
        assert world.touch(at_door, "badge").code == "FOREIGN_CARD"
        assert at_door._reader.operations <= 9  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("state", "code"), [("lost", "BLOCKED"), ("replaced", "BLOCKED"), ("cancelled", "CANCELLED")]
    )
    def test_a_card_that_is_no_longer_used(self, world: Deployment, state: str, code: str) -> None:
        world.issue(WANG)
        world.venue.record(world.venue.put("card", FIRST_CARD, state=state))
        outcome = world.touch(world.swiping(), WANG)
        assert outcome.code == code
        assert outcome.person is not None

    def test_a_card_that_the_pack_blocks(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        for blocked, code in (
            (f"{uid}/123456782", "ACCEPTED_IN"),
            (f"{uid}/{FIRST_CARD}", "BLOCKED"),
            (uid, "BLOCKED"),
        ):
            give_pack(world.office, world.venue, blocked)
            assert world.touch(world.swiping(), WANG).code == code

    def test_a_pack_that_comes_while_the_loop_runs(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        at_door = world.swiping()
        give_pack(world.office, world.venue, uid)
        assert world.touch(at_door, WANG).code == "BLOCKED"

    def test_a_begun_card_of_somebody_who_is_not_known_any_more_ends_no_loop(
        self, world: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shelf.new_card(world.folder, WANG)
        with pytest.raises(CardError, match="CARD_GONE"):
            cut_issue(world, 150)
        monkeypatch.setattr(Registry, "get", without(WANG))
        assert world.touch(world.swiping(), WANG).code == "NO_PERSON"

    def test_a_known_uid_on_a_card_that_is_not_ours(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        shelf.new_card(world.folder, "copy", bytes.fromhex(uid))
        assert world.touch(world.swiping(), "copy").code == "FOREIGN_CARD"

    def test_a_copy_of_a_holder_on_another_uid(self, world: Deployment) -> None:
        world.issue(WANG)
        shelf.new_card(world.folder, "copy")
        source = shelf.load(world.folder, WANG)
        copy = shelf.load(world.folder, "copy")
        for block in range(1, 64):
            copy.put(block, source.peek(block))
        assert world.touch(world.swiping(world.office), "copy").code == "FOREIGN_CARD"

    def test_a_worn_card(self, world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
        world.issue(WANG)
        monkeypatch.setattr(Station, "highest_record", lambda *_: 65_000)
        assert world.touch(world.swiping(), WANG).code == "CARD_WORN"

    def test_a_session_that_is_not_known_or_takes_no_swipes_out(self, tmp_path: Path) -> None:
        world = deploy(tmp_path, mode="in")
        with pytest.raises(RuleError, match="NO_SWIPES_OUT"):
            world.swiping(way="out")
        with pytest.raises(RuleError, match="NO_SESSION"):
            Swiping(world.venue, world.reader(), "S0000999")
        world.venue.set_setting("card_keys", None)
        with pytest.raises(CardError, match="NO_CARD_KEYS"):
            world.swiping()


def without(person: str) -> Callable[[Registry, str, str], Record | None]:
    known = Registry.get
    return lambda registry, kind, code: None if code == person else known(registry, kind, code)


class TestCut:
    @pytest.mark.parametrize("after", range(9))
    @pytest.mark.parametrize("torn", ["old", "new", "zero", "mixed"])
    def test_pulled_at_any_operation_the_next_touch_makes_it_one_swipe(
        self, world: Deployment, after: int, torn: str
    ) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        first = world.touch(at_door, WANG, pull_after=after, torn=torn)
        second = world.touch(at_door, WANG)
        expected = ["ACCEPTED_IN", "ALREADY_IN"] if after >= 7 else ["PUT_CARD_BACK", "ACCEPTED_IN"]
        assert [first.code, second.code] == expected
        assert [(person, way) for person, way, _ in swipes(world.venue)] == [(WANG, "in")]

    def test_a_fault_of_the_store_is_an_outcome_and_the_next_touch_finishes_it(
        self, world: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.issue(WANG)
        at_door = world.swiping()

        def full(*_: object) -> None:
            raise StoreError("STORE_FULL")

        with monkeypatch.context() as patch:
            patch.setattr(Station, "record", full)
            assert world.touch(at_door, WANG).code == "STORE_FULL"
        assert swipes(world.venue) == []
        assert world.touch(at_door, WANG).cseq == 1
        assert swipes(world.venue) == [(WANG, "in", 1)]

    def test_put_back_much_later_the_cut_swipe_counts_with_its_own_minute(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        assert world.touch(at_door, WANG, pull_after=5, torn="new").code == "PUT_CARD_BACK"
        world.clock.advance(3 * HOUR + 15 * MINUTE)
        outcome = world.touch(at_door, WANG)
        assert (outcome.code, outcome.cseq) == ("ACCEPTED_OUT", 2)
        assert swipes(world.venue) == [(WANG, "in", 1), (WANG, "out", 2)]
        assert card_records(world.venue) == []
        (row,) = attendance_of(world.venue, world.session)
        assert (row.minutes, row.reason) == (180, "")

    def test_the_same_at_the_office_once_the_facts_are_there(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        world.touch(at_door, WANG, pull_after=5, torn="new")
        world.clock.advance(3 * HOUR + 15 * MINUTE)
        world.touch(at_door, WANG)
        carry(world.venue, world.office)
        (row,) = attendance_of(world.office, world.session)
        assert (row.minutes, row.reason) == (180, "")

    def test_an_old_cut_is_recorded_before_this_touch_is_judged(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping(way="in")
        world.touch(at_door, WANG, pull_after=5, torn="new")
        world.clock.advance(module.FRESH_MINUTES * MINUTE + MINUTE)
        assert world.touch(at_door, WANG).code == "ALREADY_IN"
        assert swipes(world.venue) == [(WANG, "in", 1)]

    def test_cut_just_before_the_door_shuts_and_put_back_after_it(self, tmp_path: Path) -> None:
        world = deploy(tmp_path, mode="in")
        world.issue(WANG)
        at_door = world.swiping()
        world.clock.advance(at_door.session.in_until_ms - world.clock.wall_ms - 1000)
        assert world.touch(at_door, WANG, pull_after=6).code == "PUT_CARD_BACK"
        world.clock.advance(5000)
        assert world.touch(at_door, WANG).code == "ACCEPTED_IN"

    def test_a_cut_of_another_session_is_recorded_there(self, world: Deployment) -> None:
        world.issue(WANG)
        world.touch(world.swiping(), WANG, pull_after=6)
        start = world.clock.wall_ms + 24 * HOUR
        later = add_session(world.venue, "C0000001", start, start + HOUR)
        world.clock.advance(24 * HOUR)
        assert world.touch(Swiping(world.venue, world.reader(), later), WANG).code == "ACCEPTED_IN"
        assert [tap.at_ms % MINUTE for tap in world.venue.taps(world.session)] == [0]
        assert len(world.venue.taps(later)) == 1

    def test_a_cut_that_another_station_went_on_from_is_found_in_the_ring(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        world.touch(at_door, WANG, pull_after=6)
        assert world.touch(world.swiping(world.office), WANG).cseq == 2
        world.clock.advance(3 * HOUR + 15 * MINUTE)
        assert world.touch(at_door, WANG).cseq == 3
        assert sorted(swipes(world.venue)) == [(WANG, "in", 1), (WANG, "out", 3)]
        assert [bytes.fromhex(rec)[:4] for rec in card_records(world.venue)] == [b"\0\2\0\0"]

    def test_a_failed_hint_changes_nothing(self, world: Deployment) -> None:
        world.issue(WANG)
        at_door = world.swiping()
        assert world.touch(at_door, WANG, pull_after=8, torn="zero").code == "ACCEPTED_IN"
        world.clock.advance(3 * HOUR + 30 * MINUTE)
        assert world.touch(at_door, WANG).cseq == 2


@pytest.mark.parametrize("issuer", ["here", "elsewhere"])
@pytest.mark.parametrize("at", range(5))
def test_a_key_that_is_refused_once_makes_no_card_foreign(world: Deployment, at: int, issuer: str) -> None:
    world.issue(WANG, world.venue if issuer == "here" else world.office)
    at_door = world.swiping()
    at_door._reader = Refusing(at_door._reader, at)
    outcome = world.touch(at_door, WANG)
    assert (outcome.code, outcome.cseq, outcome.warnings) == ("ACCEPTED_IN", 1, ())


def test_nothing_of_a_person_is_in_the_repr_of_a_refusal() -> None:
    assert "idno" not in repr(Outcome("BLOCKED", "04A1B2C3"))
