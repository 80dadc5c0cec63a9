"""Staying at the readers: one answer for every card, whatever becomes of the reader meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import shelf
from icme_tui.operations import posts
from icme_tui.operations.listening import Looked, ReaderFound, ReaderLost, Touched
from icme_tui.operations.presenting import reader_of
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy
from tests.support.watching import Watch

WANG, LI, ZHAO = PEOPLE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made._replace(folder=made.venue.folders.cards)
    made.office.close()
    made.venue.close()


def test_every_card_gets_one_answer_and_the_counts_follow(world: Deployment) -> None:
    for person in (WANG, LI):
        world.issue(person)
    with Watch(world.venue, world.session) as watch:
        assert watch.wait(ReaderFound) == ReaderFound("sim:cards", again=False)
        assert watch.touch(world, WANG, 1).counts == (1, 0, 1)
        assert watch.touch(world, LI, 2).counts == (2, 0, 2)
        assert watch.touch(world, LI, 3).outcome.code == "ALREADY_IN"
        assert len(watch.events) == 4


def test_a_reader_that_goes_and_comes(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    monkeypatch.setattr(posts, "RETRY_S", (0.01,))
    failures = iter([ReaderError("READER_GONE")] * 3)

    def flaky(station: Station, address: str = "") -> Any:
        for failure in failures:
            raise failure
        return reader_of(station, address)

    monkeypatch.setattr(posts, "reader_of", flaky)
    with Watch(world.venue, world.session) as watch:
        assert watch.touch(world, WANG, 1).outcome.code == "ACCEPTED_IN"
        assert [type(event) for event in watch.events] == [ReaderLost, ReaderFound, Touched]


def test_a_reader_that_is_just_being_let_go_of_is_no_news(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(WANG)
    monkeypatch.setattr(posts, "RETRY_S", (0.01,))
    failures = iter([ReaderError("READER_IN_USE", reader="sim:cards")] * 2)

    def busy(station: Station, address: str = "") -> Any:
        for failure in failures:
            raise failure
        return reader_of(station, address)

    monkeypatch.setattr(posts, "reader_of", busy)
    with Watch(world.venue, world.session) as watch:
        watch.touch(world, WANG, 1)
        assert [type(event) for event in watch.events] == [ReaderFound, Touched]


def test_a_card_that_is_only_read(world: Deployment) -> None:
    world.issue(WANG)
    with Watch(world.venue, world.session) as watch:
        watch.wait(ReaderFound)
        watch.door.look_next()
        shelf.tap(world.folder, WANG)
        looked = watch.wait(Looked)
        assert (looked.would, looked.sight.person.code) == ("", WANG)
        assert world.venue.taps(world.session) == []
        assert watch.touch(world, WANG, 1).outcome.code == "ACCEPTED_IN"


def test_while_it_is_paused_a_card_waits(world: Deployment) -> None:
    world.issue(WANG)
    with Watch(world.venue, world.session) as watch:
        watch.wait(ReaderFound)
        watch.door.pause(True)
        shelf.tap(world.folder, WANG)
        assert world.venue.taps(world.session) == []
        watch.door.pause(False)
        assert watch.wait(Touched).outcome.code == "ACCEPTED_IN"


def test_without_keys_for_cards_it_ends_at_once(world: Deployment) -> None:
    world.venue.set_setting("card_keys", None)
    with Watch(world.venue, world.session) as watch:
        watch.join()
    assert isinstance(watch.fault, CardError)
    assert watch.fault.code == "NO_CARD_KEYS"
