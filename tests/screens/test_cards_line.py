"""The screen of cards of the real program in a pseudo terminal: what travels, and a line that breaks while a
card is written."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from icme_tui.devices import shelf
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations.issuing import cards_begun
from icme_tui.station import open_station
from tests.support import pilots
from tests.support.doors import venue_at_work
from tests.support.pty import Pty
from tests.support.venues import FIRST_CARD, PASSWORD, PEOPLE, Deployment, card_number

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

WANG, LI, ZHAO = PEOPLE
OUTCOME, ISSUE, SCREEN, IDLE_S = 2_000, 6_000, 12_000, 3.0
"""Bytes. An issue is some fifteen steps that are told, an outcome and a card that is shown."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    made = venue_at_work(tmp_path, monkeypatch)
    made.issue(WANG)
    shelf.new_card(made.folder, "blank")
    made.venue.close()
    made.office.close()
    return made


def at_start(world: Deployment, pace: str) -> Pty:
    """The program past its login."""
    home = Home(world.venue.home)
    write_config(home, read_config(home)._replace(readers=(f"sim:cards?pace={pace}",)))
    program = Pty(
        ["--lang", "en", "--profile", "lean"], pilots.environment(home.path, HOME=str(home.path.parent))
    )
    program.wait_for("Password")
    program.send(PASSWORD, "enter")
    program.wait_for("What needs doing now")
    return program


def ask_for(program: Pty, words: str) -> None:
    program.press("i", until="Who?")
    program.send(words)
    program.wait_for("1/1")
    program.send("enter", "enter")
    program.wait_for("BLANK CARD, PLEASE")


def test_what_travels(world: Deployment) -> None:
    with at_start(world, "0") as program:
        assert 0 < program.press("2", until="LOOK AT A CARD") <= SCREEN
        assert program.listen(IDLE_S) == 0
        shelf.tap(world.folder, WANG)
        assert 0 < program.listen(quiet=1.0) <= OUTCOME
        assert "CARD IN ORDER" in program.screen.text
        shelf.remove(world.folder)
        assert program.listen(IDLE_S) == 0
        ask_for(program, "lyb")
        shelf.tap(world.folder, "blank")
        assert 0 < program.listen(quiet=1.5) <= ISSUE
        assert "CARD ISSUED" in program.screen.text


def test_a_line_that_breaks_while_a_card_is_written_loses_nothing(world: Deployment) -> None:
    with at_start(world, "1") as program:
        program.press("2", until="LOOK AT A CARD")
        ask_for(program, "lyb")
        shelf.tap(world.folder, "blank")
        program.wait_for("writing the data")
        program.kill(signal.SIGHUP)
        program.ended()
    with open_station(world.venue.home, None, PASSWORD, world.clock) as station:
        assert cards_begun(station) == {}
        card = station.registry.get("card", card_number(70002))
        assert card is not None
        assert (card.body["person"], card.body["state"]) == (LI, "active")
        assert station.registry.get("card", FIRST_CARD) is not None
