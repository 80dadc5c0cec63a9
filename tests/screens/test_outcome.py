"""The large outcome: what does not fit a line goes on in the next one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from icme_tui.screens.widgets.outcome import Outcome
from tests.support import pilots, stations

LONG = "keyboard: types numbers, and their form is not known yet. Take a card of known number, then type: "
COMMAND = "icme reader learn keyboard: --card NUMBER"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((LONG + COMMAND,), True),
        ((LONG + COMMAND, "Swipes go on by themselves when it is back."), True),
        (("读卡器只输入卡号，" * 8 + COMMAND,), True),
        ((LONG + COMMAND, "a second line", "a third line"), False),
    ],
)
def test_a_long_line_goes_on_where_a_line_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], expected: bool
) -> None:
    stations.weaken_passwords(monkeypatch)
    station = stations.venue(tmp_path / "venue")

    async def journey() -> str:
        async with pilots.at(station, "cards") as pilot:
            pilot.app.screen.query_one(Outcome).tell("bad", "READER GONE", lines)
            await pilots.settle(pilot)
            return pilots.shown(pilot)

    shown = asyncio.run(journey())
    assert (COMMAND.replace(" ", "") in "".join(shown.split())) == expected
    assert all(line in shown for line in lines[1:])
