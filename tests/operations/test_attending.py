"""Swipes at several readers from one command: it ends when it should, and counts exactly."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import shelf
from icme_tui.devices.port import CardSeen
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations import guests
from icme_tui.operations.attending import Attending
from tests.support.venues import PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE
GUEST = guests.NewGuest("张示例", "乙医院", "13800000000")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    (tmp_path / "cards2").mkdir()
    yield made
    made.office.close()
    made.venue.close()


def readers(world: Deployment) -> list[SimulatedReader]:
    return [SimulatedReader(world.folder, NO_TIME), SimulatedReader(world.folder.parent / "cards2", NO_TIME)]


def test_two_readers_until_the_count_is_reached(world: Deployment) -> None:
    for person in (WANG, LI):
        world.issue(person)
    shutil.move(world.folder / f"{LI}.mfd", world.folder.parent / "cards2")
    attending = Attending(world.venue, readers(world), world.session, most=2)
    shelf.tap(world.folder, WANG)
    shelf.tap(world.folder.parent / "cards2", LI)
    attending.take(lambda answered: None)
    told = {one.reader: one.outcome.person.code for one in attending.answered if one.outcome.person}
    assert told == {"sim:cards": WANG, "sim:cards2": LI}
    assert [one.outcome.accepted for one in attending.answered] == [True, True]


def test_of_two_cards_at_once_only_as_many_as_wanted_are_taken(world: Deployment) -> None:
    for person in (WANG, LI):
        world.issue(person)
    shutil.move(world.folder / f"{LI}.mfd", world.folder.parent / "cards2")
    attending = Attending(world.venue, readers(world), world.session, most=1)
    shelf.tap(world.folder, WANG)
    shelf.tap(world.folder.parent / "cards2", LI)
    attending.take(lambda answered: None)
    assert len(attending.answered) == 1
    assert len(world.venue.taps(world.session)) == 1


def test_the_card_of_a_guest_counts_for_the_guest(world: Deployment) -> None:
    shelf.new_card(world.folder, "ticket")
    shelf.tap(world.folder, "ticket")
    uid = shelf.load(world.folder, "ticket").uid.hex().upper()
    guest = guests.add_guest(world.venue, GUEST, uid)
    attending = Attending(world.venue, readers(world), world.session, most=1)
    attending.take(lambda answered: None)
    assert [one.outcome.code for one in attending.answered] == ["ACCEPTED_IN"]
    assert [tap.person for tap in world.venue.taps(world.session)] == [guest]


def test_it_ends_when_nothing_comes(world: Deployment) -> None:
    attending = Attending(world.venue, readers(world), world.session, wait_s=0)
    attending.take(lambda answered: None)
    assert attending.answered == []


def test_an_interrupt_finishes_the_card_under_way(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    at_work, go_on = threading.Event(), threading.Event()
    write = SimulatedReader.write

    def slow(reader: SimulatedReader, block: int, data: bytes) -> None:
        at_work.set()
        assert go_on.wait(10)
        write(reader, block, data)

    monkeypatch.setattr(SimulatedReader, "write", slow)
    shelf.tap(world.folder, WANG)
    join, joins = threading.Thread.join, iter([True])

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        if next(joins, False):
            assert at_work.wait(10)
            go_on.set()
            raise KeyboardInterrupt
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    attending = Attending(world.venue, readers(world), world.session)
    with pytest.raises(KeyboardInterrupt):
        attending.take(lambda answered: None)
    assert [one.outcome.accepted for one in attending.answered] == [True]
    assert len(world.venue.taps(world.session)) == 1


class Failing(SimulatedReader):
    code = ""

    def wait_for_card(self, timeout_s: float) -> CardSeen | None:
        raise ReaderError(self.code)


@pytest.mark.parametrize("code", ["READER_KEYS", "TYPING_ENDED"])
def test_a_reader_that_ends(world: Deployment, code: str) -> None:
    second = readers(world)[1]
    ending: Any = Failing(world.folder, NO_TIME)
    ending.code = code
    attending = Attending(world.venue, [ending, second], world.session, wait_s=0.1)
    if code == "TYPING_ENDED":
        attending.take(lambda answered: None)
    else:
        with pytest.raises(ReaderError, match=code):
            attending.take(lambda answered: None)


def test_what_hinders_every_swipe_is_told_at_once(world: Deployment) -> None:
    world.venue.set_setting("card_keys", None)
    with pytest.raises(CardError, match="NO_CARD_KEYS"):
        Attending(world.venue, readers(world), world.session)
