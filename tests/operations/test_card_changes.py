"""Changing, cancelling, replacing and blocking cards at a station, and what a swipe says afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.cards.numbers import card_number
from icme_tui.codes import CardError
from icme_tui.devices import shelf
from icme_tui.devices.port import CardSeen
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations.blocking import block_card
from icme_tui.operations.cancelling import cancel_card
from icme_tui.operations.changing import cards_changing, change_card, finish_change, would_change
from icme_tui.operations.inspecting import Sight, inspect_card
from icme_tui.operations.issuing import issue_card
from icme_tui.operations.replacing import replace_card
from icme_tui.station import Station
from tests.support.venues import FIRST_CARD, PEOPLE, Deployment, deploy, give_pack

WANG, LI, ZHAO = PEOPLE
SECOND_CARD = card_number(70002)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def put_on(world: Deployment, card: str, **how: object) -> tuple[SimulatedReader, CardSeen]:
    shelf.tap(world.folder, card, **how)  # type: ignore[arg-type]
    reader = world.reader()
    seen = reader.wait_for_card(0)
    assert seen is not None
    return reader, seen


def look(world: Deployment, station: Station, card: str) -> Sight:
    return inspect_card(station, *put_on(world, card))


def kinds(station: Station) -> list[str]:
    return [facts.kind_of(fact) for entry in station.entries() if (fact := facts.decode(entry.line))]


def rename(world: Deployment, name: str = "王试验改") -> None:
    world.venue.record(world.venue.put("person", WANG, name=name, title=234))


def swipe(world: Deployment, card: str, station: Station | None = None) -> str:
    return world.touch(world.swiping(station), card).code


class TestChange:
    def test_the_card_says_what_the_registry_says(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        assert swipe(world, WANG) == "ACCEPTED_IN"
        rename(world)
        present = look(world, world.venue, WANG).holder
        assert would_change(world.venue, uid, present) == ("name", "title")
        changed = change_card(world.venue, *put_on(world, WANG))
        assert (changed.number, changed.fields, changed.finished) == (FIRST_CARD, ("name", "title"), False)
        assert kinds(world.venue)[-2:] == ["card-begin", "card"]
        seen = look(world, world.office, WANG)
        assert seen.holder is not None
        assert (seen.state, seen.holder.name, seen.holder.title, seen.holder.issue) == (
            "OK",
            "王试验改",
            234,
            2,
        )
        assert [one.number for one in seen.records] == [1]
        card = world.venue.registry.get("card", FIRST_CARD)
        assert card is not None
        assert (card.body["issue"], card.body["state"]) == (2, "active")
        assert swipe(world, WANG) == "ALREADY_IN"

    def test_nothing_is_written_where_nothing_differs(self, world: Deployment) -> None:
        world.issue(WANG)
        before = (world.folder / f"{WANG}.mfd").read_bytes(), kinds(world.venue)
        assert change_card(world.venue, *put_on(world, WANG)).fields == ()
        assert ((world.folder / f"{WANG}.mfd").read_bytes(), kinds(world.venue)) == before

    def test_a_name_that_is_cut_on_the_card_is_no_difference(self, world: Deployment) -> None:
        rename(world, "名" * 40)
        world.issue(WANG)
        assert change_card(world.venue, *put_on(world, WANG)).fields == ()

    @pytest.mark.parametrize("after", [20, 22, 30, 45])
    @pytest.mark.parametrize("torn", ["old", "new", "zero", "mixed"])
    def test_one_that_was_cut_is_finished_with_the_same_image(
        self, world: Deployment, after: int, torn: str
    ) -> None:
        world.issue(WANG)
        rename(world)
        with pytest.raises(CardError, match="CARD_GONE"):
            change_card(world.venue, *put_on(world, WANG, pull_after=after, torn=torn))
        assert len(cards_changing(world.venue)) == 1
        rename(world, "王又改")
        changed = change_card(world.venue, *put_on(world, WANG))
        assert (changed.finished, cards_changing(world.venue)) == (True, {})
        seen = look(world, world.office, WANG)
        assert seen.holder is not None
        assert (seen.state, seen.holder.name) == ("OK", "王试验改")
        assert change_card(world.venue, *put_on(world, WANG)).fields == ("name",)

    def test_one_that_was_cut_is_finished_by_the_next_swipe(self, world: Deployment) -> None:
        world.issue(WANG)
        rename(world)
        with pytest.raises(CardError, match="CARD_GONE"):
            change_card(world.venue, *put_on(world, WANG, pull_after=25, torn="zero"))
        assert look(world, world.office, WANG).state != "OK"
        assert swipe(world, WANG) == "ACCEPTED_IN"
        assert look(world, world.office, WANG).state == "OK"
        assert cards_changing(world.venue) == {}

    def test_one_that_was_cut_waits_only_while_the_card_is_in_use(self, world: Deployment) -> None:
        world.issue(WANG)
        rename(world)
        with pytest.raises(CardError, match="CARD_GONE"):
            change_card(world.venue, *put_on(world, WANG, pull_after=25, torn="zero"))
        assert look(world, world.venue, WANG).begun
        keys = world.venue.setting("card_keys")
        world.venue.set_setting("card_keys", {**keys, "k_issue": None})
        assert swipe(world, WANG) == "ACCEPTED_IN"
        world.venue.set_setting("card_keys", keys)
        block_card(world.venue, FIRST_CARD, "cancelled")
        assert not look(world, world.venue, WANG).begun
        assert cancel_card(world.venue, *put_on(world, WANG)).state == "cancelled"
        assert look(world, world.office, WANG).state == "CANCELLED"

    def test_what_is_refused(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "blank")
        with pytest.raises(CardError, match="CARD_UNKNOWN"):
            change_card(world.venue, *put_on(world, "blank"))
        world.issue(WANG)
        with pytest.raises(CardError, match="CARD_UNKNOWN"):
            change_card(world.office, *put_on(world, WANG))
        block_card(world.venue, FIRST_CARD)
        with pytest.raises(CardError, match="BLOCKED"):
            change_card(world.venue, *put_on(world, WANG))
        assert finish_change(world.venue, *put_on(world, WANG)) is None


class TestCancel:
    def test_the_card_and_every_reader_say_so(self, world: Deployment) -> None:
        world.issue(WANG)
        swipe(world, WANG)
        done = cancel_card(world.venue, *put_on(world, WANG), why="离职")
        assert (done.number, done.person, done.state, done.is_proposal) == (
            FIRST_CARD,
            WANG,
            "cancelled",
            False,
        )
        card = world.venue.registry.get("card", FIRST_CARD)
        assert card is not None
        assert (card.body["state"], card.body["why"]) == ("cancelled", "离职")
        seen = look(world, world.office, WANG)
        assert (seen.state, seen.holder, [one.number for one in seen.records]) == ("CANCELLED", None, [1])
        assert swipe(world, WANG) == "CANCELLED"
        give_pack(world.office, world.venue, f"{done.uid}/{FIRST_CARD}")
        assert swipe(world, WANG) == "CANCELLED"
        cancel_card(world.venue, *put_on(world, WANG))

    @pytest.mark.parametrize("after", [14, 16, 25, 40])
    def test_one_that_was_cut_is_cancelled_already_and_can_be_finished(
        self, world: Deployment, after: int
    ) -> None:
        world.issue(WANG)
        with pytest.raises(CardError, match="CARD_GONE"):
            cancel_card(world.venue, *put_on(world, WANG, pull_after=after, torn="mixed"))
        assert swipe(world, WANG) == "CANCELLED"
        assert cancel_card(world.venue, *put_on(world, WANG)).state == "cancelled"
        assert look(world, world.office, WANG).state == "CANCELLED"

    def test_a_card_of_another_station_is_a_proposal(self, world: Deployment) -> None:
        world.venue.record(world.venue.put("station", "V0007", card_from=80001, card_to=80010))
        world.issue(WANG)
        number = world.venue.registry.find("card", "person", WANG)[0].id
        world.venue.record(world.venue.put("station", "V0007", card_from=70001, card_to=70010))
        done = cancel_card(world.venue, *put_on(world, WANG))
        assert (done.number, done.is_proposal) == (number, True)
        with pytest.raises(CardError, match="CARD_NOT_ACTIVE"):
            block_card(world.venue, number)

    def test_it_can_be_issued_again_and_its_numbers_go_on(self, world: Deployment) -> None:
        uid = world.issue(WANG)
        swipe(world, WANG)
        cancel_card(world.venue, *put_on(world, WANG))
        issued = issue_card(world.venue, *put_on(world, WANG), LI)
        assert (issued.uid, issued.number) == (uid, SECOND_CARD)
        outcome = world.touch(world.swiping(), WANG)
        assert (outcome.code, outcome.cseq, outcome.person and outcome.person.code) == ("ACCEPTED_IN", 2, LI)

    def test_what_is_refused(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "blank")
        shelf.new_card(world.folder, "foreign")
        shelf.load(world.folder, "foreign").put(7, b"\1" * 6 + bytes.fromhex("78778869") + b"\2" * 6)
        for name, code in (("blank", "BLANK"), ("foreign", "FOREIGN_CARD")):
            before = (world.folder / f"{name}.mfd").read_bytes()
            with pytest.raises(CardError, match=code):
                cancel_card(world.venue, *put_on(world, name))
            assert (world.folder / f"{name}.mfd").read_bytes() == before


class TestBlock:
    def test_a_lost_card_is_blocked_without_it(self, world: Deployment) -> None:
        world.issue(WANG)
        blocked = block_card(world.venue, FIRST_CARD, "lost", "掉了")
        assert blocked == (FIRST_CARD, WANG, "lost", False)
        assert swipe(world, WANG) == "BLOCKED"
        assert issue_card_for(world, WANG) == SECOND_CARD

    def test_a_state_that_there_is_not(self, world: Deployment) -> None:
        world.issue(WANG)
        with pytest.raises(CardError, match="CARD_STATE"):
            block_card(world.venue, FIRST_CARD, "eaten")
        with pytest.raises(CardError, match="NO_SUCH_CARD"):
            block_card(world.venue, "1")


def issue_card_for(world: Deployment, person: str) -> str:
    shelf.new_card(world.folder, "another")
    return issue_card(world.venue, *put_on(world, "another"), person).number


class TestReplace:
    def test_the_new_card_swipes_and_the_old_one_is_blocked(self, world: Deployment) -> None:
        world.issue(WANG)
        swipe(world, WANG)
        shelf.new_card(world.folder, "new")
        done = replace_card(world.venue, *put_on(world, "new"), WANG)
        assert (done.old, done.old_state, done.issued.number) == (FIRST_CARD, "replaced", SECOND_CARD)
        assert swipe(world, WANG) == "BLOCKED"
        assert swipe(world, "new") == "ALREADY_IN"
        assert look(world, world.venue, "new").records == ()

    @pytest.mark.parametrize("after", [85, 150, 260])
    def test_one_that_was_cut_is_finished_by_the_same_call(self, world: Deployment, after: int) -> None:
        world.issue(WANG)
        shelf.new_card(world.folder, "new")
        with pytest.raises(CardError, match="CARD_GONE"):
            replace_card(world.venue, *put_on(world, "new", pull_after=after, torn="old"), WANG)
        assert swipe(world, WANG) == "BLOCKED"
        done = replace_card(world.venue, *put_on(world, "new"), WANG)
        assert (done.issued.finished, done.old) == (True, FIRST_CARD)
        assert swipe(world, "new") == "ACCEPTED_IN"

    def test_a_card_that_cannot_be_used_leaves_the_old_one_alone(self, world: Deployment) -> None:
        world.issue(WANG)
        world.issue(LI)
        shelf.new_card(world.folder, "foreign")
        shelf.load(world.folder, "foreign").put(4, b"ticket 000000042")
        for name in ("foreign", LI, WANG):
            with pytest.raises(CardError):
                replace_card(world.venue, *put_on(world, name), WANG)
        world.venue.set_setting("card_serial", 70010)
        shelf.new_card(world.folder, "new")
        with pytest.raises(CardError, match="NUMBERS_USED_UP"):
            replace_card(world.venue, *put_on(world, "new"), WANG)
        assert swipe(world, WANG) == "ACCEPTED_IN"

    def test_somebody_who_never_had_one(self, world: Deployment) -> None:
        shelf.new_card(world.folder, "new")
        with pytest.raises(CardError, match="NO_OLD_CARD"):
            replace_card(world.venue, *put_on(world, "new"), WANG)
