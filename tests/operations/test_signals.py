"""The reader's own beep and light: after the commit and after the outcome is shown, one for each touch, and
silent where the hall wants silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui import durable
from icme_tui.devices import shelf
from icme_tui.devices.port import Signal
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.operations import posts, presenting, settings
from icme_tui.operations.guests import NewGuest
from icme_tui.operations.listening import Touched
from icme_tui.operations.preferences import read_preferences
from icme_tui.operations.swiping import Outcome, Swiping, signal_for
from tests.support.venues import PEOPLE, Deployment, deploy
from tests.support.watching import Watch

WANG, LI, ZHAO = PEOPLE
GUEST = NewGuest("张示例", "乙医院", "13800000000")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    made.venue.folders.cards.mkdir(exist_ok=True)
    made.venue.readers = ("sim:cards?pace=0",)
    yield made._replace(folder=made.venue.folders.cards)
    made.office.close()
    made.venue.close()


class Recording(SimulatedReader):
    """Notes what happens at the reader, in order."""

    def __init__(self, folder: Path, log: list[str]) -> None:
        super().__init__(folder, NO_TIME)
        self.log = log

    def write(self, block: int, data: bytes) -> None:
        super().write(block, data)
        self.log.append(f"write {block}")

    def signal(self, outcome: Signal) -> None:
        self.log.append(outcome)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happens, commits included."""
    noted: list[str] = []
    point = durable.point

    def pointed(name: str, *more: Any) -> Any:
        if name == "committed":
            noted.append("committed")
        return point(name, *more)

    monkeypatch.setattr(durable, "point", pointed)
    return noted


def touch(world: Deployment, log: list[str], card: str, **how: Any) -> list[str]:
    reader = Recording(world.folder, log)
    swiping = Swiping(world.venue, reader, world.session)
    shelf.tap(world.folder, card, **how)
    seen = reader.wait_for_card(0)
    assert seen is not None
    log.clear()
    swiping.touch(seen, lambda outcome: log.append("shown"))
    shelf.remove(world.folder)
    return list(log)


def test_commit_then_show_then_hint_then_signal(world: Deployment, log: list[str]) -> None:
    world.issue(WANG)
    record, committed, shown, hint, signal = touch(world, log, WANG)
    assert record.startswith("write")
    assert (committed, shown, signal) == ("committed", "shown", "accepted")
    assert hint in ("write 17", "write 18")


def test_refused_and_again_and_nothing_to_do_sound_different(world: Deployment, log: list[str]) -> None:
    world.issue(WANG)
    shelf.new_card(world.folder, "blank")
    assert touch(world, log, "blank") == ["shown", "refused"]
    assert touch(world, log, WANG, pull_after=4)[-2:] == ["shown", "again"]
    touch(world, log, WANG)
    assert touch(world, log, WANG) == ["shown", "accepted"]
    assert signal_for(Outcome("TOO_EARLY", "11223344")) == "refused"


def test_a_card_pulled_before_the_hint_is_accepted_all_the_same(world: Deployment, log: list[str]) -> None:
    world.issue(WANG)
    assert touch(world, log, WANG, pull_after=7)[-3:] == ["committed", "shown", "accepted"]


def test_a_guest_hears_one_signal_after_the_answer(
    world: Deployment, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.new_card(world.folder, "ticket")
    monkeypatch.setattr(posts, "reader_of", lambda station, address="": Recording(world.folder, log))
    with Watch(world.venue, world.session) as watch:
        watch.door.guest_next(GUEST)
        log.clear()
        watch.on_event = lambda event: log.append("shown") if isinstance(event, Touched) else None
        assert watch.touch(world, "ticket", 1).outcome.accepted
        watch.leave()
        watch.join()
        assert log == ["committed", "shown", "accepted"]


def test_a_quiet_reader_makes_no_sound(world: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(SimulatedReader, "signal", lambda reader, outcome: heard.append(outcome))
    first, second = "sim:cards?pace=0", "sim:cards2?pace=0"
    (world.venue.home / "cards2").mkdir()
    world.venue.readers = (first, second)

    def sounds() -> list[bool]:
        found = []
        for address in world.venue.readers:
            reader = presenting.reader_of(world.venue, address)
            heard.clear()
            reader.signal("accepted")
            found.append(bool(heard))
            reader.close()
        return found

    assert sounds() == [True, True]
    assert settings.set_signals(world.venue, False, second) == (second,)
    assert sounds() == [True, False]
    assert settings.set_signals(world.venue, False) == ("all",)
    assert sounds() == [False, False]
    assert settings.set_signals(world.venue, True, first) == (second,)
    assert sounds() == [True, False]
    assert settings.set_signals(world.venue, True) == ()
    assert sounds() == [True, True]


def test_the_bell_is_on_until_somebody_wants_it_off(world: Deployment) -> None:
    assert read_preferences(world.venue.home).bell
    settings.set_bell(world.venue, False)
    assert not read_preferences(world.venue.home).bell
    settings.set_bell(world.venue, True)
    assert read_preferences(world.venue.home).bell
