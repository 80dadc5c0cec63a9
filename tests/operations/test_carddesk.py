"""The desk at a reader: what is asked is done once, with the card that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from icme_tui.codes import ReaderError
from icme_tui.devices import shelf
from icme_tui.devices.port import CardSeen
from icme_tui.devices.simulated import SimulatedReader
from icme_tui.operations import carddesk
from icme_tui.operations.carddesk import CardDesk, Change, Done, Event, Finish, Issue, Refused, Replace, Saw
from icme_tui.operations.cardsteps import PHASES, Step
from icme_tui.operations.listening import ReaderFound, ReaderLost
from tests.support.venues import FIRST_CARD, PEOPLE, Deployment, deploy

WANG, LI, ZHAO = PEOPLE


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    monkeypatch.setattr(carddesk, "LOOK_S", 0.0)
    monkeypatch.setattr(carddesk, "reader_of", lambda *_: made.reader())
    yield made
    made.office.close()
    made.venue.close()


class Play:
    """Does one thing before each round at the reader, and ends after the last."""

    def __init__(self, world: Deployment, *acts: Callable[[CardDesk], object]) -> None:
        self.events: list[Event] = []
        desk = CardDesk(world.venue)
        todo = list(acts)

        def stopped() -> bool:
            if not todo:
                return True
            todo.pop(0)(desk)
            return False

        desk.watch(stopped, self.events.append)

    def told(self) -> list[Event]:
        """Everything but the reader and the steps."""
        return [event for event in self.events if not isinstance(event, Step | ReaderFound)]


def test_a_card_is_issued_step_by_step_and_then_looked_at(world: Deployment) -> None:
    shelf.new_card(world.folder, "new")
    play = Play(
        world,
        lambda desk: None,
        lambda desk: desk.ask(Issue((WANG, LI))),
        lambda desk: shelf.tap(world.folder, "new"),
        lambda desk: None,
        lambda desk: None,
    )
    done, saw = play.told()
    assert isinstance(done, Done)
    assert (done.next, done.left) == (LI, 1)
    assert isinstance(saw, Saw)
    assert (saw.sight.registered, saw.differs, saw.after) == (FIRST_CARD, (), True)
    steps = [event for event in play.events if isinstance(event, Step)]
    assert list(dict.fromkeys(step.phase for step in steps)) == list(PHASES)
    assert [step.operations for step in steps] == sorted(step.operations for step in steps)


def test_what_is_asked_while_the_card_comes_is_done_once(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.new_card(world.folder, "new")
    shelf.tap(world.folder, "new")
    waiting = SimulatedReader.wait_for_card
    asked: list[CardDesk] = []

    def late(reader: SimulatedReader, timeout_s: float) -> CardSeen | None:
        if asked:
            asked.pop().ask(Issue((WANG,)))
        return waiting(reader, timeout_s)

    monkeypatch.setattr(SimulatedReader, "wait_for_card", late)
    play = Play(world, lambda desk: None, asked.append, *[lambda desk: None] * 4)
    assert [type(event) for event in play.told()] == [Done, Saw]


def test_a_card_that_lies_there_is_taken_up_for_something_new(world: Deployment) -> None:
    uid = world.issue(WANG)
    shelf.tap(world.folder, WANG)
    nothing = [lambda desk: None] * 3
    play = Play(
        world,
        *nothing,
        lambda desk: desk.ask(Change("00000000")),
        *nothing,
        lambda desk: desk.ask(Change(uid)),
    )
    saw, refused, done, after = play.told()
    assert isinstance(saw, Saw)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.waits) == ("NOT_THAT_CARD", True)
    assert isinstance(done, Done)
    assert isinstance(after, Saw)


def test_what_no_other_card_would_mend_ends_the_wish(world: Deployment) -> None:
    uid = world.issue(WANG)
    shelf.tap(world.folder, WANG)
    for wish, code, waits in (
        (Issue((WANG,)), "HAS_CARD", False),
        (Issue((LI,)), "CARD_IN_USE", True),
        (Replace(LI), "NO_OLD_CARD", False),
        (Finish(uid), "NOTHING_BEGUN", True),
    ):
        play = Play(world, lambda desk, wish=wish: desk.ask(wish), lambda desk: None)  # type: ignore[misc]
        refused = play.told()[0]
        assert isinstance(refused, Refused)
        assert (refused.code, refused.waits) == (code, waits)


def test_nothing_is_done_while_nobody_sees_the_answer(world: Deployment) -> None:
    world.issue(WANG)
    shelf.tap(world.folder, WANG)

    def pause(desk: CardDesk) -> None:
        desk.is_paused = True

    assert Play(world, pause, lambda desk: None, lambda desk: None).told() == []


def test_a_reader_in_use_is_told_only_when_it_stays_so(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddesk, "RETRY_S", (0.0,))

    def taken(*_: object) -> None:
        raise ReaderError("READER_IN_USE", reader="sim:cards")

    monkeypatch.setattr(carddesk, "reader_of", taken)
    assert Play(world, *[lambda desk: None] * 3).events == []
    assert [type(event) for event in Play(world, *[lambda desk: None] * 8).events] == [ReaderLost]
