"""In the demonstration one key holds one card to the reader; elsewhere letters do nothing of the kind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from icme_tui.commands import words
from icme_tui.operations.demo import stage
from icme_tui.operations.demo import tray as trays
from icme_tui.operations.demo.sites import PASSWORD
from icme_tui.screens import glyphs
from icme_tui.screens.glyphs import clean
from icme_tui.screens.swipe.tray import COLUMNS, label_of
from icme_tui.station import Station, open_station
from tests.support import pilots
from tests.support.doors import journey, open_door, until, venue_at_work

CARD_CELLS = 80 // COLUMNS - 1


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Station]:
    made = stage.set_stage(tmp_path / "demo", time.time_ns() // 1_000_000)
    opened = open_station(made.venue, None, PASSWORD)
    opened.readers = ("sim:cards?pace=0",)
    yield opened
    opened.close()


@journey
async def test_a_letter_is_a_card(demo: Station) -> None:
    async with pilots.at(demo, "swipe") as pilot:
        shown = await until(pilot, "Cards to try")
        assert "M Nobody's card" in shown
        await until(pilot, "READY")
        await pilot.press("A")
        await until(pilot, "In 1")
        await pilot.press("M")
        await until(pilot, "UNKNOWN CARD")


@journey
async def test_every_card_of_the_tray_is_named_in_full(demo: Station) -> None:
    async with pilots.at(demo, "swipe") as pilot:
        await until(pilot, "Cards to try")
        cards = trays.tray_of(demo)
        for language in ("en", "zh_CN"):
            words.use(language)
            assert all(cell_len(f"{card.key} {label_of(card)}") <= CARD_CELLS for card in cards)
        words.use("en")
        glyphs.draw_latin_only(True)
        shown = [clean(f"{card.key} {label_of(card)}") for card in cards if card.what]
        glyphs.draw_latin_only(False)
        assert all(len(label) <= CARD_CELLS for label in shown), shown


@journey
async def test_there_is_no_tray_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = venue_at_work(tmp_path, monkeypatch)
    async with pilots.at(world.venue, "swipe") as pilot:
        await open_door(pilot)
        assert "Cards to try" not in pilots.shown(pilot)
        await pilot.press("A")
        await pilots.settle(pilot)
        assert "READY" in pilots.shown(pilot)
    world.office.close()
