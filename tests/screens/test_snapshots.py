"""How the screens look: compared with the pictures in ``snapshots/``.

``ICME_NEW_SNAPSHOTS=1`` writes them anew; only with the Python and the Textual that are pinned, since others
draw the same thing in other words.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual

from tests.support import pilots
from tests.support.doors import journey, touch, until, venue_at_work
from tests.support.pictures import draw_nothing_by_lot, picture
from tests.support.venues import PEOPLE, Deployment

SNAPSHOTS = Path(__file__).parent / "snapshots"
PINNED = ("3.11", "8.2.8")
PLACES = ("start", "swipe", "cards", "people", "courses", "transfer", "system")
LOOKS = {
    "lean-en": {"profile": "lean", "language": "en", "size": (80, 24)},
    "lean-zh": {"profile": "lean", "language": "zh_CN", "size": (80, 24)},
    "full-zh": {"profile": "full", "language": "zh_CN", "size": (80, 24)},
    "wide-en": {"profile": "full", "language": "en", "size": (120, 36)},
}

pytestmark = pytest.mark.skipif(
    (platform.python_version().rpartition(".")[0], textual.__version__) != PINNED,
    reason="another Python or Textual draws the same screens in other words",
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    draw_nothing_by_lot(monkeypatch)
    made = venue_at_work(tmp_path, monkeypatch)
    yield made
    made.office.close()
    made.venue.close()


def compare(name: str, drawn: str) -> None:
    """Raises AssertionError where a picture differs from the one that is kept."""
    path = SNAPSHOTS / f"{name}.svg"
    if os.environ.get("ICME_NEW_SNAPSHOTS") == "1":
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert path.exists(), f"{path.name} is not there: run with ICME_NEW_SNAPSHOTS=1 and look at it"
    assert drawn == path.read_text(encoding="utf-8"), f"{path.name} has changed"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("place", PLACES)
@journey
async def test_a_screen_of_the_venue(world: Deployment, tmp_path: Path, place: str, look: str) -> None:
    async with pilots.at(world.venue, place, **LOOKS[look]) as pilot:
        if place == "cards":
            await until(pilot, "reader ready" if LOOKS[look]["language"] == "en" else "读卡器就绪")
            await pilots.settle(pilot)
        compare(f"venue-{place}-{look}", picture(pilot, tmp_path))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("place", ["credits", "transfer"])
@journey
async def test_a_screen_of_the_office(world: Deployment, tmp_path: Path, place: str, look: str) -> None:
    async with pilots.at(world.office, place, **LOOKS[look]) as pilot:
        compare(f"office-{place}-{look}", picture(pilot, tmp_path))


@pytest.mark.parametrize("look", LOOKS)
@journey
async def test_an_outcome(world: Deployment, tmp_path: Path, look: str) -> None:
    (person, *_others) = PEOPLE
    world.issue(person)
    async with pilots.at(world.venue, "swipe", **LOOKS[look]) as pilot:
        await pilot.press("enter")
        await until(pilot, "READY" if LOOKS[look]["language"] == "en" else "请刷卡")
        await touch(pilot, world, person, "[ OK ]")
        await pilots.settle(pilot)
        compare(f"outcome-{look}", picture(pilot, tmp_path))


def test_control_another_screen_is_another_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ICME_NEW_SNAPSHOTS", raising=False)
    with pytest.raises(AssertionError, match="has changed"):
        compare("venue-start-lean-en", "<svg></svg>")
