"""Staying at the readers: one answer for every card, whatever becomes of the reader meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import shelf
from icme_tui.operations import listening, sitting
from icme_tui.operations.listening import Door, Event, Looked, ReaderFound, ReaderLost, Touched
from icme_tui.operations.presenting import reader_of
from icme_tui.station import Station
from tests.support.venues import PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE
ADDRESS = "sim:cards?pace=0"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made._replace(folder=made.venue.folders.cards)
    made.office.close()
    made.venue.close()


class Watch:
    """A door with somebody who hears what happens there."""

    def __init__(self, station: Station, session: str, *addresses: str) -> None:
        self.door = Door(station, sitting.open_session(station, session), "auto", addresses or (ADDRESS,))
        self.events: list[Event] = []
        self.fault: BaseException | None = None
        self._heard = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.door.watch(self._stop.is_set, self._tell)
        except BaseException as error:
            self.fault = error

    def _tell(self, event: Event) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def wait(self, kind: type[Any], count: int = 1) -> Any:
        """The newest event of a kind, once there are as many."""

        def found() -> list[Event]:
            return [event for event in self.events if isinstance(event, kind)]

        with self._heard:
            assert self._heard.wait_for(lambda: len(found()) >= count, 10), self.events
        return found()[-1]

    def touch(self, world: Deployment, card: str, count: int) -> Touched:
        shelf.tap(world.folder, card)
        touched: Touched = self.wait(Touched, count)
        return touched


def test_every_card_gets_one_answer_and_the_counts_follow(world: Deployment) -> None:
    for person in (WANG, LI):
        world.issue(person)
    with Watch(world.venue, world.session) as watch:
        assert watch.wait(ReaderFound) == ReaderFound("sim:cards", again=False)
        assert watch.touch(world, WANG, 1).counts == (1, 0, 1)
        assert watch.touch(world, LI, 2).counts == (2, 0, 2)
        assert watch.touch(world, LI, 3).outcome.code == "ALREADY_IN"
        assert len(watch.events) == 4


def test_two_readers_at_one_door(world: Deployment) -> None:
    world.issue(WANG)
    other = world.venue.home / "cards2"
    other.mkdir()
    with Watch(world.venue, world.session, ADDRESS, "sim:cards2?pace=0") as watch:
        watch.wait(ReaderFound, 2)
        shelf.new_card(other, "blank")
        shelf.tap(other, "blank")
        assert watch.wait(Touched).outcome.code == "UNKNOWN_CARD"
        assert watch.touch(world, WANG, 2).outcome.code == "ACCEPTED_IN"


def test_a_reader_that_goes_and_comes(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    world.issue(WANG)
    monkeypatch.setattr(listening, "RETRY_S", (0.01,))
    failures = iter([ReaderError("READER_GONE")] * 3)

    def flaky(station: Station, address: str = "") -> Any:
        for failure in failures:
            raise failure
        return reader_of(station, address)

    monkeypatch.setattr(listening, "reader_of", flaky)
    with Watch(world.venue, world.session) as watch:
        assert watch.touch(world, WANG, 1).outcome.code == "ACCEPTED_IN"
        assert [type(event) for event in watch.events] == [ReaderLost, ReaderFound, Touched]


def test_a_reader_that_is_just_being_let_go_of_is_no_news(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(WANG)
    monkeypatch.setattr(listening, "RETRY_S", (0.01,))
    failures = iter([ReaderError("READER_IN_USE", reader="sim:cards")] * 2)

    def busy(station: Station, address: str = "") -> Any:
        for failure in failures:
            raise failure
        return reader_of(station, address)

    monkeypatch.setattr(listening, "reader_of", busy)
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
        watch._thread.join(10)
    assert isinstance(watch.fault, CardError)
    assert watch.fault.code == "NO_CARD_KEYS"
