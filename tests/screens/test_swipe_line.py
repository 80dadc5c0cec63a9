"""The swipe screen of the real program in a pseudo terminal: what travels over the line, and a line that
breaks in the middle of a card."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from icme_tui.cards import record as records
from icme_tui.cards.layout import RING_BLOCKS
from icme_tui.clock import SystemClock
from icme_tui.devices import shelf
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations.courses import add_session
from icme_tui.rules.attendance import Tap
from icme_tui.station import open_station
from tests.support import pilots
from tests.support.doors import venue_at_work
from tests.support.pty import Pty
from tests.support.venues import PASSWORD, PEOPLE, Deployment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

WANG, LI, ZHAO = PEOPLE
MINUTE = 60_000
OUTCOME, KEY, SCREEN, IDLE_S = 2_000, 700, 12_000, 3.0
WORDS = {
    "en": ("Password", "What needs doing now", "Which session?", "READY"),
    "zh_CN": ("密码", "现在需要做的事", "哪个场次", "请刷卡"),
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """A venue with cards and a session that is on by the clock of this machine."""
    made = venue_at_work(tmp_path, monkeypatch)
    for person in (WANG, LI):
        made.issue(person)
    shelf.new_card(made.folder, "blank")
    now = SystemClock().read().wall_ms
    session = add_session(
        made.venue, "C0000001", now - 10 * MINUTE, now + 120 * MINUTE, title="心电图", mode="in_out"
    )
    made.venue.close()
    made.office.close()
    return made._replace(session=session)


def at_door(world: Deployment, pace: str, language: str = "en", again: bool = False) -> Pty:
    """The program at the door of the session."""
    home = Home(world.venue.home)
    write_config(home, read_config(home)._replace(readers=(f"sim:cards?pace={pace}",)))
    program = Pty(
        ["--lang", language, "--profile", "lean"],
        pilots.environment(home.path, HOME=str(home.path.parent)),
    )
    password, start, which, ready = WORDS[language]
    program.wait_for(password)
    program.send(PASSWORD, "enter")
    program.wait_for(start)
    program.send("1")
    program.wait_for(ready if again else which)
    if not again:
        program.send("enter")
        program.wait_for(ready)
    return program


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_an_outcome_and_what_an_idle_door_sends(world: Deployment, language: str) -> None:
    with at_door(world, "0", language) as program:
        assert program.listen(IDLE_S) == 0
        for card in (LI, "blank") * 6:  # until the list of last touches is full
            shelf.tap(world.folder, card)
            program.listen()
            shelf.remove(world.folder)
        sent: dict[str, int] = {}
        for name, card, pull in (
            ("put back", WANG, 5),
            ("in", WANG, None),
            ("already", LI, None),
            ("unknown", "blank", None),
            ("refused", "blank", None),
        ):
            shelf.tap(world.folder, card, pull)
            sent[name] = program.listen(quiet=1.0)
            shelf.remove(world.folder)
        assert all(0 < count <= OUTCOME for count in sent.values()), sent
        assert "王试验" in program.screen.text
        program.press("0")
        assert program.press("1") <= SCREEN
        program.press("f")
        program.listen(quiet=1.0)
        assert program.press("w") <= KEY
        assert "\a" in program.raw.decode("utf-8", "replace")


def hung_up(program: Pty) -> None:
    program.kill(signal.SIGHUP)


def line_dropped(program: Pty) -> None:
    program.hang_up()


def killed(program: Pty) -> None:
    program.kill(signal.SIGKILL)


def on_card(folder: Path) -> list[int]:
    """Numbers of the records on the card."""
    chip = shelf.load(folder, WANG)
    found = (records.decode(chip.peek(block)) for block in RING_BLOCKS)
    return [one.number for one in found if one is not None and one.number]


def taps(world: Deployment) -> list[Tap]:
    with open_station(world.venue.home, None, PASSWORD) as station:
        return station.taps(world.session)


@pytest.mark.parametrize(("cut", "expected"), [(hung_up, [1]), (line_dropped, [1]), (killed, [])])
def test_a_line_that_breaks_in_the_middle_of_a_card(
    world: Deployment, cut: Callable[[Pty], None], expected: list[int]
) -> None:
    """Killed outright (the control) the store knows nothing of the record; hung up on, both agree."""
    file = world.folder / f"{WANG}.mfd"
    before = file.read_bytes()
    with at_door(world, "30") as program:
        shelf.tap(world.folder, WANG)
        until = time.monotonic() + 20
        while file.read_bytes() == before and time.monotonic() < until:
            program.listen(0.01)
        cut(program)
        if cut is line_dropped:
            program.process.wait(timeout=20)
        else:
            program.ended()
    assert on_card(world.folder) == [1]
    assert [tap.cseq for tap in taps(world)] == expected
    shelf.remove(world.folder)
    with at_door(world, "0", again=True) as program:
        shelf.tap(world.folder, WANG)
        program.wait_for("ALREADY IN" if expected else "[ OK ]")
        program.send("ctrl+q")
        assert program.ended() == 0
    assert [tap.cseq for tap in taps(world)] == [1]
