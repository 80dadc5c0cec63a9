"""Two readers at the doors of one hall: neither waits for the other, nothing is lost or counted twice."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.devices import shelf
from icme_tui.operations import posts
from icme_tui.operations.listening import ReaderFound, ReaderLost, Touched
from icme_tui.operations.onecard import Turns
from icme_tui.operations.presenting import reader_of
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy
from tests.support.watching import ADDRESS, Watch

WANG, LI, ZHAO = PEOPLE
OTHER = "sim:cards2?pace=0"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    made.venue.folders.cards.mkdir(exist_ok=True)
    (made.venue.home / "cards2").mkdir()
    yield made._replace(folder=made.venue.folders.cards)
    made.office.close()
    made.venue.close()


def swipes(station: Station) -> list[facts.Swipe]:
    found = [facts.decode(entry.line) for entry in station.entries()]
    return [fact for fact in found if isinstance(fact, facts.Swipe)]


class Hooked:
    """A simulated reader that calls ``before_write`` first. A ``port.Reader``."""

    def __init__(self, inner: Any, before_write: Callable[[str, int], None]) -> None:
        self._inner = inner
        self._before_write = before_write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, block: int, data: bytes) -> None:
        self._before_write(self._inner.name, block)
        self._inner.write(block, data)


def hook(monkeypatch: pytest.MonkeyPatch, before_write: Callable[[str, int], None]) -> None:
    monkeypatch.setattr(
        posts, "reader_of", lambda station, address="": Hooked(reader_of(station, address), before_write)
    )


def test_each_answer_names_its_reader(world: Deployment) -> None:
    world.issue(WANG)
    other = world.venue.home / "cards2"
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        watch.wait(ReaderFound, 2)
        found = {event.post: event.name for event in watch.events}
        assert found == {0: "sim:cards", 1: "sim:cards2"}
        shelf.new_card(other, "blank")
        shelf.tap(other, "blank")
        assert watch.wait(Touched).post == 1
        assert watch.touch(world, WANG, 2).post == 0
    assert [swipe.reader for swipe in swipes(world.venue)] == ["sim:cards"]


def test_a_slow_card_at_one_door_keeps_nobody_waiting_at_the_other(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (WANG, LI):
        world.issue(person)
    shutil.move(world.folder / f"{LI}.mfd", world.venue.home / "cards2")
    at_work, go_on = threading.Event(), threading.Event()

    def before_write(reader: str, block: int) -> None:
        if reader == "sim:cards":
            at_work.set()
            assert go_on.wait(10)

    hook(monkeypatch, before_write)
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        shelf.tap(world.folder, WANG)
        assert at_work.wait(10)
        shelf.tap(world.venue.home / "cards2", LI)
        answered = watch.wait(Touched)
        assert (answered.post, answered.outcome.person.code) == (1, LI)
        go_on.set()
        assert watch.wait(Touched, 2).counts == (2, 0, 2)


def test_leaving_waits_for_the_cards_under_way(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    at_work, go_on = threading.Event(), threading.Event()

    def before_write(reader: str, block: int) -> None:
        at_work.set()
        assert go_on.wait(10)

    hook(monkeypatch, before_write)
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        shelf.tap(world.folder, WANG)
        assert at_work.wait(10)
        watch.leave()
        go_on.set()
    assert [swipe.person for swipe in swipes(world.venue)] == [WANG]
    assert watch.wait(Touched).outcome.accepted


def test_a_reader_that_is_lost_stops_only_itself(world: Deployment) -> None:
    world.issue(WANG)
    with Watch(world.venue, world.session, ADDRESS, "sim:cards2/none?pace=x") as watch:
        assert watch.wait(ReaderLost).post == 1
        assert watch.touch(world, WANG, 1).outcome.accepted


def test_a_fault_at_one_reader_ends_both(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)

    def before_write(reader: str, block: int) -> None:
        raise ZeroDivisionError

    hook(monkeypatch, before_write)
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        watch.wait(ReaderFound, 2)
        shelf.tap(world.folder, WANG)
        watch.join()
    assert isinstance(watch.fault, ZeroDivisionError)


def same_card_at_both(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """(UID, number) of the swipes of one card and its copy that lie on both readers at the same time, each
    of which waits for the other before it writes."""
    world.issue(WANG)
    shutil.copy(world.folder / f"{WANG}.mfd", world.venue.home / "cards2")
    both = threading.Barrier(2)

    def before_write(reader: str, block: int) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3)

    hook(monkeypatch, before_write)
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        watch.wait(ReaderFound, 2)
        for folder in (world.folder, world.venue.home / "cards2"):
            shelf.tap(folder, WANG)
        watch.wait(Touched, 2)
    return [(swipe.card, swipe.cseq) for swipe in swipes(world.venue)]


def test_a_card_and_its_copy_at_both_readers_count_once(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(same_card_at_both(world, monkeypatch)) == 1


def test_control_without_turns_they_count_twice(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(turns: Turns, name: str) -> AbstractContextManager[None]:
        return nullcontext()

    monkeypatch.setattr(Turns, "of", at_once)
    told = same_card_at_both(world, monkeypatch)
    assert len(told) == 2
    assert len(set(told)) == 1


@pytest.mark.soak
def test_a_rush_at_two_doors(world: Deployment) -> None:
    if os.environ.get("ICME_HYPOTHESIS") == "soak":
        rush(world, secrets.randbits(32), rounds=200)
    else:
        rush(world, 1, rounds=24)


def rush(world: Deployment, seed: int, rounds: int) -> None:
    """Cards and copies of them at both doors as fast as they are answered, a test touch and new counts in
    between: every accepted touch is one fact, and no record is told twice."""
    for person in PEOPLE:
        world.issue(person)
        shutil.copy(world.folder / f"{person}.mfd", world.venue.home / "cards2")
    folders = (world.folder, world.venue.home / "cards2")
    with Watch(world.venue, world.session, ADDRESS, OTHER) as watch:
        watch.wait(ReaderFound, 2)

        def queue(post: int) -> None:
            chance = random.Random(seed * 2 + post)
            for number in range(1, rounds + 1):
                shelf.tap(folders[post], chance.choice(list(PEOPLE)))
                watch.wait_until(
                    lambda events, number=number: (
                        sum(isinstance(event, Touched) and event.post == post for event in events) >= number
                    )
                )
                if number % 5 == 0:
                    watch.door.recount()

        queues = [threading.Thread(target=queue, args=(post,)) for post in (0, 1)]
        for each in queues:
            each.start()
        for each in queues:
            each.join()
    touched = [event for event in watch.events if isinstance(event, Touched)]
    told = swipes(world.venue)
    assert len(touched) == 2 * rounds
    assert sum(event.outcome.accepted for event in touched) == len(told)
    assert len({(swipe.card, swipe.cseq) for swipe in told}) == len(told)
    assert {event.outcome.place.p for event in touched if event.outcome.place} == {
        entry.place.p for entry in world.venue.entries() if isinstance(facts.decode(entry.line), facts.Swipe)
    }
    assert touched[-1].counts == watch.door.recount() == (3, 0, 3)
    assert not any(world.venue.rebuild(check=True).values())
