"""The stage of the demonstration: a session that is on, a tray of cards, a bundle that waits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from icme_tui.operations import importing, sitting
from icme_tui.operations.demo import stage
from icme_tui.operations.demo import tray as trays
from icme_tui.operations.demo.sites import PASSWORD
from icme_tui.operations.presenting import reader_of, wait
from icme_tui.operations.swiping import Swiping
from icme_tui.station import open_station


@pytest.fixture
def found(tmp_path: Path) -> stage.Stage:
    return stage.set_stage(tmp_path / "demo", time.time_ns() // 1_000_000)


def test_every_card_of_the_tray_has_the_outcome_that_it_is_for(found: stage.Stage) -> None:
    wanted = {"": "ACCEPTED_IN", "torn": "PUT_CARD_BACK", "blocked": "BLOCKED", "stranger": "UNKNOWN_CARD"}
    with open_station(found.venue, None, PASSWORD) as venue:
        session = sitting.session_at_hand(venue)
        assert session is not None
        tray = trays.tray_of(venue)
        assert len({card.key for card in tray}) == len(tray) == stage.PEOPLE + 1
        reader = reader_of(venue, "sim:cards?pace=0")
        swiping = Swiping(venue, reader, session.id)
        for card in tray:
            trays.put_on_reader(venue, card)
            assert swiping.touch(wait(reader, 1)).code == wanted[card.what], card.what
            trays.take_off_reader(venue)
            reader.wait_for_removal(1)
        [torn] = [card for card in tray if card.what == "torn"]
        trays.put_on_reader(venue, torn)
        assert swiping.touch(wait(reader, 1)).code == "ACCEPTED_IN"
        trays.take_off_reader(venue)
        reader.close()


def test_at_the_office_a_bundle_waits_on_the_stick(found: stage.Stage) -> None:
    stage.bring_bundle(found)
    waiting = sorted(found.stick.glob("V0007-*.cmeb"))
    stage.bring_bundle(found)
    assert sorted(found.stick.glob("V0007-*.cmeb")) == waiting
    with open_station(found.office, None, PASSWORD) as office:
        outcomes = importing.import_files(office, [found.stick])
        assert {outcome.result for outcome in outcomes} == {"accept"}
        assert trays.tray_of(office) == []
        session = next(office.registry.all("session")).id
        ways = [tap.dir for tap in office.taps(session)]
        assert (ways.count("in"), ways.count("out")) == (stage.COMING, 1)


def test_a_stage_is_over_with_its_session(found: stage.Stage) -> None:
    folder = found.venue.parent
    assert not stage.is_over(folder, time.time())
    assert stage.is_over(folder, time.time() + stage.SESSION_MIN * 60 + 60)
    assert stage.stage_in(folder) == found
    assert stage.stage_in(folder / "elsewhere") is None
