"""What restored and copied homes must not do to each other, each with the defect that would let them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui import marks
from icme_tui.operations import packtaking, receipts, sending
from icme_tui.station import Station, opened
from tests.support.journeys import World, forget_the_disk


@pytest.fixture
def world(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    forget_the_disk(monkeypatch)
    made = World(prepared)
    yield made
    made.close()


def one_stick_for_what_was_and_what_is(world: World) -> None:
    """The facts of a home that was overwritten lie only on a stick, to which the restored home writes too."""
    venue, office = world.venues[0], world.offices[0]
    world.note(venue, 1)
    world.back_up(venue)
    world.note(venue, 5)
    world.export(venue, "red")
    world.restore(venue, 0)
    world.export(venue, "red")
    world.take_in(office, "red")


def an_office_that_never_saw_an_epoch(world: World) -> None:
    """One home of the office sends receipts for an epoch; the other has nothing of it yet."""
    venue, (first, _second) = world.venues[0], world.offices
    world.note(venue, 3)
    world.back_up(venue)
    world.note(venue, 1)
    world.restore(venue, 0)
    world.export(venue, "red")
    world.take_in(first, "red")
    world.send_pack(first, "V0007", "red")
    world.take_pack(venue, "red")
    world.lose("red")
    world.settle()


def two_copies_at_once(world: World) -> None:
    """Two homes that went on from one give codes to people."""
    venue = world.venues[0]
    world.copy(venue)
    world.copy(venue)
    for seat in world.venues:
        world.add_person(seat)


def a_backup_restored_twice(world: World) -> None:
    venue = world.venues[0]
    world.back_up(venue)
    for _ in range(3):
        world.add_person(venue)
        world.restore(venue, 0)
        world.add_person(venue)


def two_homes_on_one_computer(world: World) -> None:
    """A copy in another folder, and both are open at once."""
    venue = world.venues[0]
    world.note(venue, 1)
    world.copy(venue, same_computer=True)
    world.note(venue, 2)
    world.note(world.venues[-1], 1)
    world.settle()
    world.check()


JOURNEYS = (
    one_stick_for_what_was_and_what_is,
    an_office_that_never_saw_an_epoch,
    two_copies_at_once,
    a_backup_restored_twice,
    two_homes_on_one_computer,
)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_nothing_is_lost_or_confused(world: World, journey: Callable[[World], None]) -> None:
    journey(world)


def test_control_names_on_a_stick_taken_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_free_name", lambda folder, name: name)
    with pytest.raises(AssertionError):
        one_stick_for_what_was_and_what_is(world)


def test_control_receipts_of_earlier_packs_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = receipts.take_receipts

    def keeping(at: Station, rows: list[dict[str, Any]]) -> bool:
        before = at.setting("receipts", {})
        agreed = honest(at, rows)
        at.set_setting("receipts", {**before, **at.setting("receipts", {})})
        return agreed

    monkeypatch.setattr(packtaking.receipts, "take_receipts", keeping)
    with pytest.raises(AssertionError):
        an_office_that_never_saw_an_epoch(world)


@pytest.mark.parametrize("journey", [two_copies_at_once, a_backup_restored_twice])
def test_control_codes_counted_on(
    world: World, monkeypatch: pytest.MonkeyPatch, journey: Callable[[World], None]
) -> None:
    monkeypatch.setattr(opened, "counters_after", lambda kind, last, draw: range((last or 512) + 1, 9999))
    with pytest.raises(AssertionError):
        journey(world)


def test_control_one_mark_for_all_folders(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = marks.mark_path
    monkeypatch.setattr(marks, "mark_path", lambda home_id, folder: honest(home_id, Path("/")))
    for seat in world.venues:
        seat.close()
        seat.open()
    with pytest.raises(AssertionError):
        two_homes_on_one_computer(world)


def a_restored_home_goes_on(world: World) -> None:
    """What was exported after the backup, and what the restored home writes, both reach the office."""
    venue = world.venues[0]
    world.note(venue, 1)
    world.back_up(venue)
    world.note(venue, 3)
    world.export(venue, "red")
    world.restore(venue, 0)
    world.note(venue, 2)
    world.export(venue, "green")
    world.settle()
    world.check()


def test_a_restored_home_begins_an_epoch(world: World) -> None:
    a_restored_home_goes_on(world)


def test_control_a_restore_without_a_new_epoch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Station.begin_epoch

    def begin_epoch(self: Station, why: str) -> None:
        if why != "RESTORED":
            honest(self, why)

    monkeypatch.setattr(Station, "begin_epoch", begin_epoch)
    with pytest.raises(AssertionError):
        a_restored_home_goes_on(world)
